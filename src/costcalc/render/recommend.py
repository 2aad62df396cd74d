"""What `recommend` says: the answer, why, what was excluded, and when to look again."""

from collections.abc import Iterator, Mapping
from datetime import date

from costcalc.catalog.forms.options import BlendOption
from costcalc.money import USD, Money
from costcalc.recommend.answer import Again, Recommendation
from costcalc.recommend.grounds import Facts
from costcalc.recommend.pick import unknown_of
from costcalc.recommend.pool import upkeep_usd
from costcalc.recommend.question import Candidate, Fired
from costcalc.recommend.words import sentence, written
from costcalc.render.numbers import times
from costcalc.render.recommend_data import excluded, grouped, per_mtok, records_of, result_of
from costcalc.render.recommend_verdict import TERMS, parts_of, verdict_of
from costcalc.render.report import (
    ASSUMED_LINES,
    Block,
    Bullets,
    Column,
    Heading,
    Json,
    Paragraph,
    Report,
    Table,
    listed,
)
from costcalc.render.traffic import month_of
from costcalc.units import plural

_SHOWN = 8  # options of a table, and of a list, without --explain


def _columns(money: Money) -> tuple[Column, ...]:
    """Title what is said of an option."""
    return (
        Column("option"),
        Column("side"),
        Column(money.per("month"), "right"),
        Column("×", "right", rank=1, means="multiple of the first row"),
        Column("P", "right", rank=2, means="the share of draws in which it is the cheapest"),
    )


def recommendation_report(
    answer: Recommendation, *, inputs: Mapping[str, Json], notes: tuple[str, ...], explain: bool, money: Money = USD
) -> Report:
    """Put an answer into words and data.

    Args:
        answer: The answer.
        inputs: What was asked, after defaults were filled in.
        notes: What there is to say of the traffic.
        explain: Whether to show every option, rule and fact.
        money: In which currency amounts are shown.
    """
    verdict = verdict_of(answer, money)
    result = result_of(answer, verdict, notes)
    said = (*_with_router(notes, answer, money), *_standing_notes(answer))
    rest = (*_reasons(answer, explain=explain, money=money), *listed("Notes", said[ASSUMED_LINES:]))
    return Report(
        money=money,
        command="recommend",
        as_of=answer.question.as_of,
        digest_of=answer.case.catalog.digest_of,
        inputs=inputs,
        result=result,
        records=tuple(records_of(result)),
        verdict=verdict,
        blocks=(
            *_blocks(answer, explain=explain, money=money),
            *((*rest, *_explained(answer, money)) if explain else ()),
        ),
        assumed=said[:ASSUMED_LINES],
        more=() if explain else rest,
    )


def _blocks(answer: Recommendation, *, explain: bool, money: Money) -> Iterator[Block]:
    kind = answer.question.workload.kind.replace("_", " ")
    yield Heading(f"{kind}: {month_of(answer.question.workload)}; prices of {answer.question.as_of}")
    if answer.choice is not None:
        yield from listed("Evidence", list(_evidence(answer, money))[:1] if not explain else ())
        yield from listed("Superseded", list(_superseded(answer, money)))
        yield _ranking(answer, explain=explain, money=money)


def _evidence(answer: Recommendation, money: Money) -> Iterator[str]:
    """Give the rules that call the answer, or a part of it, sufficient."""
    assert answer.choice is not None  # asked only of an answer
    serving = {name for name, _ in parts_of(answer.choice)}
    for group in grouped(answer.fired):
        if group[0].rule.entry.effect in {"suits", "frontier"} and serving & {fired.option for fired in group}:
            yield f"{_said(group, money)} [{group[0].rule.id}]"


def _superseded(answer: Recommendation, money: Money) -> Iterator[str]:
    """Give what rules say of a successor that costs no more; it stands in every view."""
    for group in grouped(answer.fired):
        if "successor" in group[0].facts:
            yield f"{_said(group, money)} [{group[0].rule.id}]"


def _reasons(answer: Recommendation, *, explain: bool, money: Money) -> Iterator[Block]:
    """Give the reasons, from what decided it to what was excluded."""
    if answer.choice is not None:
        yield from listed("Why", [f"{_said(group, money)} [{group[0].rule.id}]" for group in grouped(answer.fired)])
        yield Bullets("In figures", tuple(_figures_said(answer, money)))
        yield from _as_option(answer.choice)
        yield from listed("Too close to call, because", answer.close)
        yield from listed("Measure first", answer.measure)
        yield from listed("Cheaper, but unproven", list(_cheaper(answer, explain=explain, money=money)))
        yield from listed("For whoever commits", list(_committed(answer, money)))
        yield from listed("Ask again", [_again_said(again, money) for again in answer.again])
    yield from listed("Set aside, because something is not known of them", list(_set_aside(answer)))
    yield from listed("Excluded", list(_gates_said(answer, money)))


def _figures_said(answer: Recommendation, money: Money) -> Iterator[str]:
    choice, span = answer.choice, answer.range
    assert choice is not None  # asked only of an answer
    assert span is not None
    each, counts = per_mtok(answer, choice), "output" if answer.question.workload.output_tokens else "input"
    unit = f", {money.text(each)} per million {counts} tokens" if each is not None else ""
    spread = (
        f"between {money.text(span.low)} and {money.text(span.high)} (90 %)" if span.low < span.high else "as listed"
    )
    yield f"{money.text(choice.usd)} a month{unit}; {spread}{_whole(answer, choice)}"
    if answer.runner_up is not None and answer.doubt is not None and answer.regret_usd is not None:
        low, high = answer.doubt.other_range
        spread = f"between {money.text(low)} and {money.text(high)} (90 %)" if low < high else "as listed"
        yield f"runner-up: {answer.runner_up.id} at {money.text(answer.runner_up.usd)} a month; {spread}"


def _whole(answer: Recommendation, choice: Candidate) -> str:
    if choice.side != "build":
        return ""
    return ", its whole bill" if answer.costs == "all" else ", its machines alone"


def _as_option(choice: Candidate) -> Iterator[Block]:
    """Write a mix as the option of a costcalc.yaml, so that every other command can price it."""
    parts = parts_of(choice)
    if len(parts) > 1:
        routes = ", ".join(f"{{option: {name}, share: {share:f}}}" for name, share in parts)
        yield Heading("This mix for your costcalc.yaml, so that other commands know it")
        yield Paragraph(f"options: {{{choice.id}: {{kind: blend, routes: [{routes}]}}}}")


def _said(group: list[Fired], money: Money) -> str:
    return sentence(group[0].rule, group[0].facts, money)


def _cheaper(answer: Recommendation, *, explain: bool, money: Money) -> Iterator[str]:
    shown = answer.cheaper_if if explain else answer.cheaper_if[:3]
    for candidate in shown:
        yield f"{candidate.id} at {money.text(candidate.usd)}: {'; '.join(unknown_of(answer.sorted, candidate))}"
    if len(shown) < len(answer.cheaper_if):
        yield f"and {len(answer.cheaper_if) - len(shown)} more (--explain)"


def _committed(answer: Recommendation, money: Money) -> Iterator[str]:
    for one in answer.committed:
        usd, months = money.text(one.candidate.usd), f"{one.months.normalize():f}"
        term = f"{months} {plural(one.months, 'month')}"
        yield f"{one.base} {TERMS[one.tenure]}: {usd} a month for {term} (--commitment {months})"


def _again_said(again: Again, money: Money) -> str:
    if isinstance(again.at, date):
        return f"on {again.at}: {again.because(money)}"
    if again.what == "volume":
        return f"at {written('output_mtok', again.at)} a month: {again.because(money)}"
    return f"at {times(again.at)} its price: {again.because(money)}"


def _ranking(answer: Recommendation, *, explain: bool, money: Money) -> Table:
    pool = answer.pool
    shown = pool if explain else pool[:_SHOWN]
    least = pool[0].usd
    rows: tuple[tuple[str, ...], ...] = tuple(
        (
            candidate.id,
            candidate.side,
            money.cell(candidate.usd),
            times(candidate.usd / least if least else None),
            f"{answer.chances[candidate.id]:.0%}" if candidate.id in answer.chances else "",
        )
        for candidate in shown
    )
    columns = _columns(money) if answer.chances else _columns(money)[:-1]
    rows = rows if answer.chances else tuple(row[:-1] for row in rows)
    rest, unproven = len(pool) - len(shown), len(answer.cheaper_if)
    notes = (
        f"{rest} more that cost more with --explain" if rest else "",
        f"{unproven} that cost less are unproven: --notes" if unproven else "",
    )
    return Table(columns, rows, tuple(filter(None, notes)))


def _set_aside(answer: Recommendation) -> Iterator[str]:
    by_reason: dict[str, list[str]] = {}
    for candidate in answer.sorted.aside:
        reason = "; ".join(text.partition(": ")[2] for text in unknown_of(answer.sorted, candidate))
        by_reason.setdefault(reason, []).append(candidate.id)
    for reason, names in by_reason.items():
        yield f"{', '.join(names)}: not known: {reason}"


def _gates_said(answer: Recommendation, money: Money) -> Iterator[str]:
    by_said: dict[tuple[str, str], list[str]] = {}
    for row in excluded(answer, money):
        by_said.setdefault((str(row["rule"] or "no price"), str(row["said"])), []).append(str(row["option"]))
    for (rule, said), names in sorted(by_said.items()):
        yield f"{', '.join(names)}: {said} [{rule}]"


def _with_router(notes: tuple[str, ...], answer: Recommendation, money: Money) -> tuple[str, ...]:
    """Say behind the policy, the last of what was assumed, that a mix's router takes people whom no cost here has."""
    routed = (one.named.option for one in answer.pool if isinstance(one.named.option, BlendOption))
    if answer.costs != "all" or not any(option.routes is not None for option in routed):
        return notes
    upkeep = upkeep_usd(answer.case.catalog)
    if not upkeep:
        return notes
    less = f"but not who keeps a mix's router ({money.text(upkeep)} a month: routing_upkeep_fte)"
    return (*notes[:-1], f"{notes[-1]}, {less}")


def _standing_notes(answer: Recommendation) -> Iterator[str]:
    if answer.question.asked.get("data") is None:
        yield "where data may go was not said (--data): anywhere is taken"
    if answer.costs == "all":
        yield "building is priced with its whole bill, people and upkeep included (--costs hardware: machines alone)"


def _explained(answer: Recommendation, money: Money) -> Iterator[Block]:
    yield Heading("What each rule saw")
    for group in grouped(answer.fired):
        first = group[0]
        place = answer.case.catalog.place(("rules", first.rule.id))
        seen = [f"{name} = {written(name, value, money)}" for name, value in first.facts.items()]
        where = f"{place.document.layer} {place}; {first.rule.entry.because}"
        yield Bullets(f"{first.rule.id} ({first.rule.entry.level})", (*seen, where))
    if answer.choice is not None:
        facts: Facts = answer.question.asked | answer.choice.facts
        yield Bullets(
            "What is known", tuple(f"{name} = {written(name, value, money)}" for name, value in facts.items())
        )
    yield Paragraph("A fact that is not listed is not known; it never fires a rule.")
