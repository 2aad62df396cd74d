"""``costcalc report``: every analysis of one question on one page, with pictures."""

from dataclasses import replace
from typing import TYPE_CHECKING

from costcalc.cli.answer import Answer
from costcalc.cli.flags import MoneyFlags, PriceFlags, ServingFlags, TrafficFlags
from costcalc.cli.needs import NeedFlags
from costcalc.cli.pictures import FEW, MONTHS, Drawn, tornado_of
from costcalc.cli.question import Question, question
from costcalc.cli.recommend import UNDECIDED, recommendation
from costcalc.cli.sections import assumptions_of, sections_of, what_if_of
from costcalc.cli.time_flags import TimeFlags, course_inputs
from costcalc.errors import UndecidableError

if TYPE_CHECKING:
    from costcalc.recommend.answer import Recommendation

MOST = 12  # options that are drawn where some were named


def report_command(
    traffic: TrafficFlags,
    needs: NeedFlags,
    serving: ServingFlags,
    prices: PriceFlags,
    shown: MoneyFlags,
    time: TimeFlags,
) -> Answer:
    """Put the answer and every analysis on one page: -o report.html.

    The page is one file with pictures, tables and a what-if; it works offline. People and upkeep count, as in recommend
    (--costs hardware leaves them out).
    """
    from costcalc.render.ahead import with_announced
    from costcalc.render.full import full_report
    from costcalc.render.recommend import recommendation_report

    time.check()
    stated = needs.stated()
    asked = question(traffic, serving, prices, shown, costs="all")
    answer = recommendation(asked, stated)
    drawn = drawn_of(asked, answer)._replace(time=time)
    inputs = {**asked.inputs, "data": answer.question.asked.get("data"), "options": list(drawn.options)}
    inputs |= course_inputs(time.course(drawn.case.catalog, months=MONTHS), time.rate(drawn.case.catalog))
    tornado = tornado_of(drawn)
    vouched = frozenset(candidate.id for candidate in answer.pool)
    first = recommendation_report(answer, inputs=inputs, notes=asked.said.notes, explain=False, money=asked.money)
    report = full_report(
        with_announced(first, answer.ahead),
        sections_of(drawn, tornado, asked.said, vouched=vouched),
        drawn.case,
        unproven=[option for option in drawn.options if option not in vouched],
        cheaper=[(each.id, each.usd) for each in answer.cheaper_if if each.id not in drawn.options],
        left_out=drawn.left_out,
        inputs=inputs,
        assumptions=assumptions_of(drawn, asked.said),
        what_if=what_if_of(drawn, tornado),
    )
    return Answer(report, UNDECIDED if answer.choice is None else 0, catalog=drawn.case.catalog)


def drawn_of(asked: Question, answer: "Recommendation") -> Drawn:
    """Choose what is drawn: what was named; else the answer, what serves today, the next, the cheapest and the builds.

    Raises:
        UndecidableError: No option has a price.
    """
    from costcalc.render.scale import Scale

    case = replace(answer.case, counted=None)
    names = asked.chosen(()) if asked.options is not None else _important(asked, answer)
    priced = case.priced(names)
    if not priced.estimates:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in priced.reasons)
        raise UndecidableError(f"no option has a price: {reasons}")
    most = FEW if asked.options is None else MOST
    too_many = [(name, f"a page draws {MOST} options at most") for name in priced.options[most:]]
    left_out = (*priced.reasons, *too_many) if asked.options is not None else ()
    scale = Scale.of(case.workload, asked.volume)
    about = answer.choice.id if answer.choice is not None else None
    return Drawn(case, priced.options[:most], scale, asked.money, left_out=left_out, about=about)


def _important(asked: Question, answer: "Recommendation") -> list[str]:
    """Order options by what a reader looks for: the answer, today's, the cheapest to build, what else suffices.

    Of the mixes that were composed, only the answer is drawn. What has no evidence is not, so that every analysis is
    about the answer; only a build is, where none has any.
    """
    catalog = asked.case.catalog
    pool = [candidate for candidate in answer.pool if candidate is answer.choice or candidate.id in catalog.options]
    unproven = sorted(answer.sorted.aside, key=lambda each: each.order)
    builds = [each for each in (*pool, *unproven) if each.side == "build"]
    first = [answer.choice.id] if answer.choice is not None else [*asked.case.usual]
    names = [*first, asked.today, *asked.own, *(each.id for each in (*builds[:1], *pool))]
    return list(dict.fromkeys(name for name in names if name is not None))
