"""What `compare` says: the table, what misleads if left unsaid, and every number's origin on request."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from costcalc.analysis.breakeven import Cheapest
from costcalc.analysis.compare import Comparison
from costcalc.analysis.decision import Decision, InAll
from costcalc.case.case import Case
from costcalc.cost.estimate import Estimate
from costcalc.findings import Finding
from costcalc.money import USD, Money
from costcalc.render.compare_data import part_data, reason_data, record_data, result_data
from costcalc.render.compare_explain import explained
from costcalc.render.compare_rows import FLAGS, cells_of, columns_of, rows_of
from costcalc.render.deployments import deployment_blocks, published_notes
from costcalc.render.numbers import change, compact, count, percent, significant, times
from costcalc.render.owed import owed_words
from costcalc.render.report import ASSUMED_LINES, Block, Column, Heading, Json, Report, Said, Table, listed
from costcalc.render.scale import Scale
from costcalc.render.verdict import WHATEVER, fitting, people
from costcalc.units import decimal, how_many, plural, whole

if TYPE_CHECKING:
    from costcalc.analysis.evidence import Basis

_SAVINGS = 4  # how many of them are said
_BRIEFEST = 2  # of the versions of a verdict, from 0; up to it quality is spoken of


class Shown(NamedTuple):
    """How much of a comparison is shown.

    Args:
        every_row: Whether variants and dear options have a row of their own.
        explain: Whether every number is shown with its place and source.
        today: The option that serves the workload now.
        own: Options that the command line describes.
        basis: The scores that stand beside the costs, or None.
    """

    every_row: bool = False
    explain: bool = False
    today: str | None = None
    own: tuple[str, ...] = ()
    basis: "Basis | None" = None


def comparison_report(
    comparison: Comparison,
    case: Case,
    decision: Decision,
    by_volume: Cheapest | None,
    *,
    inputs: Mapping[str, Json],
    said: Said,
    shown: Shown,
    parts: Sequence[Comparison] = (),
    money: Money = USD,
) -> Report:
    """Put a comparison into words and data.

    Args:
        comparison: The result.
        case: The case that it answers.
        decision: What it comes to.
        by_volume: Who is the cheapest at which volume; None where that cannot be said.
        inputs: What was asked, after defaults were filled in.
        said: What the command has to say of its inputs.
        shown: How much is shown.
        parts: The comparison of each of several workloads, whose sum the result is.
        money: In which currency amounts are shown.
    """
    catalog = case.catalog
    assumed = (*owed_words(case.owed, case.as_of, money), *said.notes)
    notes = (*assumed, *_by_volume(by_volume, case))
    return Report(
        money=money,
        command="compare",
        as_of=comparison.as_of,
        digest_of=catalog.digest_of,
        inputs=inputs,
        result=result_data(comparison, decision, notes, catalog if shown.explain else None, shown.basis)
        | {"workloads": [part_data(part) for part in parts]},
        records=(
            *(record_data(comparison, one, shown.basis) for one in comparison.estimates),
            *map(reason_data, comparison.unpriced),
        ),
        verdict=verdict(decision, money),
        blocks=(
            *_table(comparison, case, shown, money),
            *(explained(comparison, catalog, said, money) if shown.explain else ()),
        ),
        assumed=assumed[:ASSUMED_LINES],
        more=(
            *_parts_table(parts, money),
            *_more(comparison, [*notes[ASSUMED_LINES:], *_differing(comparison)], money),
        ),
        diagnostics=tuple(
            Finding("unpriced", "warning", f"{each.option} is not compared: {each.reason}", subject=each.option)
            for each in comparison.unpriced
        ),
    )


def verdict(decision: Decision, money: Money) -> tuple[str, ...]:
    """Say the answer in at most three sentences."""
    return fitting(*(_sentences(decision, brief=brief, money=money) for brief in range(_BRIEFEST + 1)))


def _sentences(decision: Decision, *, brief: int, money: Money) -> Iterator[str]:
    cheapest, today = decision.cheapest, decision.today
    if cheapest is None:
        yield "None of the compared options can serve this traffic at a known price."
        return
    if today is not None:
        yield f"Today {money.text(today.monthly_usd)} a month on {today.option}."
        yield f"{_cheaper(decision, today, brief=brief, money=money)}."
    else:
        yield f"{_cheapest(decision, cheapest, brief=brief, money=money)}."
        alone = decision.output_alone
        if alone is not None and alone.option != cheapest.option:
            yield f"{'Output' if brief else 'Counting output'} alone: {alone.option}, {money.text(alone.monthly_usd)}."
    if decision.in_all is not None:
        yield _with_what_is_owed(decision.in_all, brief=brief, money=money)
    elif decision.if_even is not None and decision.at_peak is not None:
        even, carried = (money.text(each.monthly_usd) for each in (decision.if_even, decision.at_peak))
        peak = significant(decision.peak, 3)
        yield f"{decision.if_even.option}: {even} if the load is even, {carried} with the assumed peak of {peak}."
    elif decision.build is not None:
        yield f"{_own_gpus(decision, decision.build, brief=brief, money=money)}."


def _cheapest(decision: Decision, cheapest: Estimate, *, brief: int, money: Money) -> str:
    """Say what costs least, and of it what has evidence: that is asked for only where the kind of work is known."""
    vouched, alone = decision.vouched, decision.output_alone
    cost = f"{money.text(cheapest.monthly_usd)} a month"
    if alone is not None and alone.option == cheapest.option and alone.monthly_usd != cheapest.monthly_usd:
        cost += f" ({money.text(alone.monthly_usd)} counting output alone)"
    cost += _equal(decision)
    prompts = " with typical prompts" if alone is not None else ""
    if not decision.asked_for_evidence:
        evidence = ""
    elif vouched is None:
        evidence = "; none has evidence for this work"
    elif vouched.option == cheapest.option:
        evidence = ", and has evidence for this work"
    else:
        evidence = f"; {_alone(vouched)}: {vouched.option}, {money.text(vouched.monthly_usd)}"
    if decision.choices == 1:
        return f"{cheapest.option} costs {cost}{prompts}{evidence}"
    quality = "" if brief == _BRIEFEST or decision.asked_for_evidence else f", {WHATEVER}"
    return f"Cheapest of {how_many(decision.choices, 'option')}{prompts}{quality}: {cheapest.option}, {cost}{evidence}"


def _alone(vouched: Estimate) -> str:
    """Say that `recommend` may mix two options, where one serves everything here."""
    return "with evidence for this work" if vouched.kind == "blend" else "of single options with evidence"


def _equal(decision: Decision) -> str:
    """Name what costs as much as the cheapest; of several, how many."""
    if not decision.equal:
        return ""
    return f" (equal: {decision.equal[0] if len(decision.equal) == 1 else f'{len(decision.equal)} others'})"


def _with_what_is_owed(found: InAll, *, brief: int, money: Money) -> str:
    """Say what the cheapest is where what is owed anyway counts: leaving a provider saves what exceeds it alone."""
    owed = f"{'With' if brief else 'Counting in'} what you owe {' and '.join(found.providers)} anyway"
    if found.usd == found.today_usd:
        return f"{owed}, none costs less than today's {money.text(found.usd)}."
    against = f", today's {money.text(found.today_usd)}" if found.today_usd is not None else ""
    return f"{owed}: {found.cheapest.option}, {money.text(found.usd)}{against}."


def _cheaper(decision: Decision, today: Estimate, *, brief: int, money: Money) -> str:
    """Say what would cost less than today's option."""
    cheapest, vouched = decision.cheapest, decision.vouched
    assert cheapest is not None  # the verdict has said so
    of = f"Of {how_many(decision.choices, 'option')}"
    if cheapest.monthly_usd >= today.monthly_usd:
        return f"{of}, none costs less" if decision.choices > 1 else "No other option was compared"

    def changed(estimate: Estimate) -> str:
        month = "" if brief else f", {money.text(estimate.monthly_usd)}"  # the table has it
        return f"{estimate.option}{month} ({change(estimate.monthly_usd, today.monthly_usd)})"

    work = "" if brief else " for this work"
    if not decision.asked_for_evidence or vouched is None:
        known = f"; none has evidence{work}" if decision.asked_for_evidence else ""
        return f"{of}, cheapest {WHATEVER}: {changed(cheapest)}{known}"
    if vouched.option == cheapest.option:
        return f"{of}, cheapest, and with evidence{work}: {changed(cheapest)}"
    whatever = "of all" if brief else WHATEVER
    return f"{of}, cheapest with evidence{work}: {changed(vouched)}; {whatever}: {changed(cheapest)}"


def _own_gpus(decision: Decision, build: Estimate, *, brief: int, money: Money) -> str:
    """Say from which volume one's own machines are the cheapest, and whether the people who run them are counted."""
    own, mtok = f"{'O' if brief else 'Your o'}wn GPUs{people(decision.costs)}", significant(decision.your_mtok)
    if decision.builds_now:
        return f"{own} are the cheapest at your {mtok} Mtok of {decision.counts} a month"
    if decision.build_from_mtok is None and brief:
        return f"{own} are never the cheapest; the least is {money.text(build.monthly_usd)}"
    if decision.build_from_mtok is None:
        return f"{own} are never the cheapest, at any volume; the least is {money.text(build.monthly_usd)}"
    unit = "Mtok" if brief else f"Mtok of {decision.counts}"
    return f"{own}: not below {significant(decision.build_from_mtok)} {unit} a month (you: {mtok})"


def _table(comparison: Comparison, case: Case, shown: Shown, money: Money) -> Iterator[Block]:
    yield Heading(_title(comparison, case))
    if not comparison.estimates:
        return
    rows = rows_of(comparison, case.catalog, today=shown.today, own=shown.own, every_row=shown.every_row)
    columns = columns_of(comparison, money, shown.basis)
    flags = {row.flag for row in rows}
    notes = [f"({flag}) {meaning}" for flag, meaning in FLAGS.items() if flag in flags]
    if any(len(row.estimates) > 1 for row in rows):
        notes.append("+N are further sellers of the same model, with the range of their costs")
    left_out = len(comparison.estimates) - sum(len(row.estimates) for row in rows)
    every = len({*case.catalog.options, *case.usual})
    if not shown.every_row and len(comparison.asked) < every:
        rest = f" ({left_out} without a row)" if left_out else ""
        choices = f"{len(comparison.to_choose)} can be chosen"
        notes.append(f"{len(comparison.asked)} of {every} options were compared{rest}, {choices}: --all has every one")
    yield Table(
        columns,
        tuple(cells_of(row, comparison, columns, _site(row.first), money, basis=shown.basis) for row in rows),
        tuple(notes),
    )


def _parts_table(parts: Sequence[Comparison], money: Money) -> Iterator[Block]:
    """Show the cheapest that can be chosen for each of several workloads."""
    rows = [(part, next(iter(part.to_choose), None)) for part in parts]
    if rows:
        yield Heading("Workloads")
        columns = (
            Column("workload"),
            Column("requests", "right"),
            Column("cheapest"),
            Column(money.per("month"), "right"),
        )
        yield Table(
            columns,
            tuple(
                (
                    part.workload.name,
                    count(part.workload.requests),
                    cheapest.option if cheapest is not None else "–",
                    money.cell(cheapest.monthly_usd) if cheapest is not None else "–",
                )
                for part, cheapest in rows
            ),
        )


def _differing(comparison: Comparison) -> Iterator[str]:
    """Say that rows of one table rest on different spares: an option's own, beside the policy for all others."""
    by_spares: dict[int, list[str]] = {}
    for estimate in comparison.estimates:
        # what scales to zero has none, whatever the policy
        if estimate.deployment is not None and not estimate.deployment.scales_to_zero:
            by_spares.setdefault(estimate.deployment.spares, []).append(estimate.option)
    if len(by_spares) > 1:
        each = [f"{spares} for {', '.join(options)}" for spares, options in sorted(by_spares.items())]
        yield f"the rows differ in their spare replicas: {'; '.join(each)} (--spares N makes them alike)"


def _site(estimate: Estimate) -> str:
    return estimate.source.site if estimate.source.url else "see Sources"


def _more(comparison: Comparison, notes: Sequence[str], money: Money) -> Iterator[Block]:
    machines = tuple(deployment_blocks(comparison.estimates, money))
    if machines:
        yield Heading("Machines")
        yield from machines
    yield from listed("Notes", [*notes, *_savings(comparison), *published_notes(comparison.published)])
    yield from listed("Not compared", _unpriced(comparison))
    yield from listed("Caveats", _shared([comparison.decisive(one) or one for one in comparison.estimates]))
    yield from _sources(comparison)


def _by_volume(by_volume: Cheapest | None, case: Case) -> Iterator[str]:
    """Say in a line which of the compared options is cheapest at which volume."""
    if by_volume is not None and len(by_volume.options) > 1:
        yield from _envelope_line(by_volume, Scale.of(case.workload, None))


def _envelope_line(found: Cheapest, scale: Scale) -> Iterator[str]:
    """Say in a sentence who is cheapest where, unless nobody can be chosen."""
    reigns = [reign for reign in found.reigns if reign.option is not None]
    if len(reigns) == 1:
        yield f"cheapest at every volume: {reigns[0].option}"
    if len(reigns) < 2:  # noqa: PLR2004  # with one there is no change to tell
        return
    first, *middle, last = reigns
    parts = [f"{scale.text(reign.lo)} to {scale.text(reign.hi or reign.lo)}: {reign.option}" for reign in middle]
    if len(middle) > 3:  # noqa: PLR2004  # more would be a list
        parts = [f"then {len(middle)} changes up to {scale.text(last.lo)} (costcalc breakeven lists them)"]
    begin = f"cheapest up to {scale.text(first.hi or first.lo)} {scale.title} a month of this mix: {first.option}"
    yield "; ".join([begin, *parts, f"above {scale.text(last.lo)}: {last.option}"])


def _shared(estimates: Sequence[Estimate]) -> list[str]:
    """Say a caveat of several rows once, with their names; the others row by row."""
    by_text: dict[str, list[str]] = {}
    for one in estimates:
        for text in one.caveats:
            by_text.setdefault(text, []).append(one.option)
    lines: dict[tuple[str, ...], list[str]] = {}
    for text, options in by_text.items():
        lines.setdefault(tuple(options), []).append(text)
    return [f"{', '.join(options)}: {'; '.join(texts)}" for options, texts in lines.items()]


def _title(comparison: Comparison, case: Case) -> str:
    workload = comparison.workload
    tokens = f"{count(workload.output_tokens)} output {plural(workload.output_tokens, 'token')}"
    if not workload.output_tokens and not workload.input_tokens:
        tokens = f"{count(whole(workload.requests))} {plural(workload.requests, 'request')}"
    elif workload.input_tokens:
        tokens += f" and {count(workload.input_tokens)} input {plural(workload.input_tokens, 'token')}"
    if comparison.with_prompts:
        tokens += f"; with prompts, {compact(decimal(case.workload.input_tokens))} input tokens as well"
    return f"A month of {tokens}, at the prices of {comparison.as_of}"


def _savings(comparison: Comparison) -> Iterator[str]:
    """Say savings by their baseline; of many, those that were asked for first (JSON has all)."""
    reference = comparison.reference
    dearer = [saving for saving in comparison.savings if saving.option == reference]
    if dearer:
        said = [f"{percent(one.share)} against {one.baseline} ({times(one.times)})" for one in dearer[:_SAVINGS]]
        yield f"{reference} saves {', '.join(said)}"
    cheaper = [saving for saving in comparison.savings if saving.baseline == reference]
    if cheaper:
        said = [f"{one.option} {percent(one.share)} ({times(one.times)})" for one in cheaper[:_SAVINGS]]
        yield f"against {reference}, these save in turn: {', '.join(said)}"


def _unpriced(comparison: Comparison) -> list[str]:
    by_reason: dict[str, list[str]] = {}
    for one in comparison.unpriced:
        by_reason.setdefault(one.reason, []).append(one.option)
    return [f"{', '.join(options)}: {reason}" for reason, options in by_reason.items()]


def _sources(comparison: Comparison) -> Iterator[Block]:
    """Name the sites that prices were read on, by day and way of checking; --explain and JSON have every page."""
    by_check: dict[str, dict[str, None]] = {}
    for one in comparison.estimates:
        via = f" as {one.via} have them" if one.via else ""
        by_check.setdefault(f"{one.source.looked_at}{via}", {})[one.source.site] = None
    lines = [f"{', '.join(sites)}; {check}" for check, sites in sorted(by_check.items())]
    yield from listed("Sources (--explain has every page)", lines)
