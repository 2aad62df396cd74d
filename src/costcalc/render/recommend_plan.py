"""What `recommend` says of several workloads: each with what serves it today and what should, and the sum."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from costcalc.money import USD, Money
from costcalc.recommend.plan import Plan, Row
from costcalc.render.numbers import change
from costcalc.render.recommend_data import result_of
from costcalc.render.recommend_verdict import name_of, verdict_of
from costcalc.render.report import Block, Column, Heading, Json, Report, Table, listed
from costcalc.render.verdict import fitting
from costcalc.units import how_many, short

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

_MEANINGS = {
    "unproven now": "nothing vouches for what serves it today",
    "falls short": "what serves it today does not suffice for all of it",
    "test first": "nothing is known to suffice at this cost",
    "too close": "the evidence does not decide between this and the next",
    "none left": "every option is excluded",
}
_NAMED = 2  # workloads that a sentence names; more are counted


def plan_report(
    plan: Plan,
    *,
    as_of: "date",
    digest_of: "Callable[[], str]",
    inputs: Mapping[str, Json],
    assumed: Sequence[str],
    explain: bool,
    money: Money = USD,
) -> Report:
    """Put the answers for several workloads into words and data.

    Args:
        plan: The answers.
        as_of: The day whose prices are in force.
        digest_of: Works out the digest of the catalog.
        inputs: What was asked, after defaults were filled in.
        assumed: What was assumed for all of them.
        explain: Whether to show what is said of each workload.
        money: In which currency amounts are shown.
    """
    verdict = fitting(*(tuple(_verdict(plan, money, brief=brief)) for brief in (False, True)))
    rows = tuple(_row(row) for row in plan.rows)
    each = tuple(_each(plan, money))
    return Report(
        command="recommend",
        as_of=as_of,
        digest_of=digest_of,
        inputs=inputs,
        result={**_together(plan, verdict, assumed), "announced": None, "workloads": list(rows), "total": _total(plan)},
        records=rows,
        verdict=verdict,
        blocks=(
            Heading(f"{how_many(len(plan.rows), 'workload')}, a month at the prices of {as_of}"),
            _table(plan, money),
            *(each if explain else ()),
        ),
        assumed=tuple(assumed),
        more=() if explain else each,
        money=money,
    )


def _verdict(plan: Plan, money: Money, *, brief: bool) -> Iterator[str]:
    """Say what is paid today, what the answers cost, what that rests on, and what one option for all would cost."""
    yield f"{_sum_of(plan, money)}."
    if plan.owed and plan.known:
        owed = f"what you owe {' and '.join(each.provider for each in plan.owed)} anyway"
        ends = f"today {money.text(plan.today_in_all_usd)}, then {money.text(plan.planned_in_all_usd)}"
        yield f"Counting in {owed}: {ends}."
    doubts = "; ".join(_doubts(plan, money))
    if doubts:
        yield f"{doubts[0].upper()}{doubts[1:]}."
    together = plan.together.choice if plan.together is not None else None
    if together is not None and not brief and not plan.owed:
        yield f"One option for all of them: {together.id}, {money.text(together.usd)} a month."


def _sum_of(plan: Plan, money: Money) -> str:
    """Say what is paid today and what the answers cost, of the workloads whose option the file says."""
    known, total = plan.known, f"{money.text(plan.usd)} a month"
    if not known:
        each = f"{how_many(len(plan.rows), 'workload')}, each on the cheapest option with evidence"
        return f"{total} for {each}; to see a saving, say what serves them today (option:)"
    options = {row.current for row in known if row.current is not None}
    where = options.pop() if len(options) == 1 else how_many(len(options), "option")
    today, moved = money.text(plan.today_usd), sum(not row.stays for row in known)
    is_all = len(known) == len(plan.rows)
    of = "" if is_all else f" for {len(known)} of {how_many(len(plan.rows), 'workload')}"
    rest = "" if is_all else f"; all of them {total}"
    if not moved:
        return f"Today {today} a month on {where}{of}, and nothing to change{rest}"
    changes = "this change" if moved == 1 else f"these {moved} changes"
    after = f"{money.text(plan.planned_usd)} with {changes} ({change(plan.planned_usd, plan.today_usd)})"
    return f"Today {today} a month on {where}{of}; {after}{rest}"


def _doubts(plan: Plan, money: Money) -> Iterator[str]:
    """Say for which workloads nothing is left, what is to be tested first, and what would cost more than today."""
    if plan.stuck:
        yield f"nothing is left for {_names(plan.stuck)}"
    if plan.untested:
        saved = sum((row.saving_usd or Decimal(0) for row in plan.untested), start=Decimal(0))
        amount = f", which is {money.text(saved)} of the saving" if saved > 0 else ""
        yield f"test the option for {_names(plan.untested)} first{amount}"
    if plan.dearer:
        more = sum((-(row.saving_usd or Decimal(0)) for row in plan.dearer), start=Decimal(0))
        verb = "costs" if len(plan.dearer) == 1 else "cost"
        why = ", ".join(dict.fromkeys(row.why for row in plan.dearer))
        yield f"of these, {_names(plan.dearer)} {verb} {money.text(more)} more ({why})"


def _names(rows: Sequence[Row]) -> str:
    """Name one or two workloads, and count more."""
    names = [row.workload for row in rows]
    return " and ".join(names) if len(names) <= _NAMED else how_many(len(names), "workload")


def _table(plan: Plan, money: Money) -> Table:
    columns = (
        Column("workload"),
        Column("today", rank=3),
        Column(f"today {money.sign}", "right"),
        Column("recommended", wraps=True),
        Column(money.per("month"), "right"),
        Column("saving", "right", rank=2),
        Column("why", rank=1),
    )
    saving = plan.today_usd - plan.planned_usd if plan.known else None
    today = plan.today_usd if len(plan.known) == len(plan.rows) else None
    total = ("all of them", "", _cell(today, money), "", money.cell(plan.usd), _cell(saving, money), "")
    words = {row.why for row in plan.rows}
    notes = tuple(f"{word}: {meaning}" for word, meaning in _MEANINGS.items() if word in words)
    return Table(columns, (*(_cells(row, money) for row in plan.rows), total), notes)


def _cells(row: Row, money: Money) -> tuple[str, ...]:
    return (
        row.workload,
        row.current or "–",
        _cell(row.today_usd, money),
        _answer(row),
        _cell(row.usd, money),
        _cell(row.saving_usd, money),
        row.why,
    )


def _answer(row: Row) -> str:
    choice = row.answer.choice
    return row.option or "–" if choice is None or row.stays else name_of(choice)


def _cell(usd: Decimal | None, money: Money) -> str:
    return money.cell(usd).replace("-", "−") if usd is not None else "–"


def _each(plan: Plan, money: Money) -> Iterator[Block]:
    """Give the verdict of each workload, and of one option for all of them."""
    said = [f"{row.workload}: {' '.join(verdict_of(row.answer, money))}" for row in plan.rows]
    together = " ".join(verdict_of(plan.together, money)) if plan.together is not None else plan.apart
    yield from listed("Each workload (--workload FILE#NAME has its reasons)", said)
    yield from listed("One option for all of them", [together])


def _row(row: Row) -> dict[str, Json]:
    choice = row.answer.choice
    return {
        "workload": row.workload,
        "today": row.current,
        "today_usd": row.today_usd,
        "option": row.option,
        "side": choice.side if choice is not None else None,
        "monthly_usd": row.usd,
        "saving_usd": row.saving_usd,
        "saving_percent": _percent(row.saving_usd, row.today_usd),
        "verdict": row.answer.verdict,
        "why": row.why,
    }


def _percent(saving: Decimal | None, today: Decimal | None) -> Decimal | None:
    return short(saving / today * 100, 4) if saving is not None and today else None


def _total(plan: Plan) -> dict[str, Json]:
    """Give the sums; those of today and of the saving are of the workloads whose cost today is known."""
    saving = plan.today_usd - plan.planned_usd
    return {
        "monthly_usd": plan.usd,
        "compared_workloads": len(plan.known),
        "today_usd": plan.today_usd,
        "planned_usd": plan.planned_usd,
        "saving_usd": saving,
        "saving_percent": _percent(saving, plan.today_usd),
    }


def _together(plan: Plan, verdict: tuple[str, ...], notes: Sequence[str]) -> dict[str, Json]:
    """Give the one option for all of the workloads, as that of a single workload; nothing where they have no sum."""
    if plan.together is not None:
        return result_of(plan.together, verdict, tuple(notes))
    words = [row.answer.verdict for row in plan.rows]
    worst = next(word for word in ("nothing is left", "too close to call", "decided") if word in words)
    return {
        "verdict": worst,
        "verdict_sentences": list(verdict),
        "recommendation": None,
        "evidence": None,
        "cheaper_unproven": [],
        "commitments": [],
        "break_even": None,
        "rules": [],
        "considered": [],
        "set_aside": [],
        "excluded": [],
        "facts": {},
        "notes": [*notes, plan.apart],
    }
