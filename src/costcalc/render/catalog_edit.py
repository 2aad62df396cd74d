"""What ``catalog set`` and ``catalog add`` say: the change as a diff, and what it does to the user's own months."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.findings import Finding
from costcalc.render.report import Block, Column, Drawing, Json, Paragraph, Report, Table
from costcalc.units import full_usd

_COLUMNS = (
    Column("workload", rank=1),
    Column("option"),
    Column("before", "right", means="and after are USD a month"),
    Column("after", "right"),
)


_CARRIED = (
    "The conditions below 'when' (batch, tiers, long prompts) were carried over as they were; where they changed too, "
    "set them in the same command: when.0.output=6.00 is the first one's output."
)


class Effect(NamedTuple):
    """What an option costs in a month before and after the change [USD]; None where it has no price."""

    workload: str
    option: str
    before: Decimal | None
    after: Decimal | None


class Outcome(NamedTuple):
    """What became of an edit.

    Args:
        file: The file.
        diff: The change as lines of a unified diff; none where the file said that already.
        effects: What it does to months.
        written: Whether it was written, or only looked at.
        findings: What may be wrong with it all the same.
    """

    file: str
    diff: Sequence[str]
    effects: Sequence[Effect]
    written: bool
    findings: tuple[Finding, ...] = ()


def edit_report(command: Literal["set", "add"], catalog: Catalog, outcome: Outcome, *, as_of: date) -> Report:
    """Show a change, whether it was written or only looked at."""
    file, diff, effects, written, findings = outcome
    rows: tuple[dict[str, Json], ...] = tuple(
        {"workload": one.workload, "option": one.option, "usd_before": one.before, "usd_after": one.after}
        for one in effects
    )
    result: dict[str, Json] = {"file": file, "diff": "\n".join(diff), "written": written, "effect": list(rows)}
    if not diff:
        blocks: list[Block] = [Paragraph(f"{file} says that already; nothing was changed.")]
    else:
        blocks = [Paragraph(f"{file}: {'written' if written else 'not written (--dry-run)'}"), Drawing(tuple(diff))]
        blocks += _effect(effects, as_of)
        if command == "set" and any(line.startswith("+") and line.strip("+ -") == "when:" for line in diff):
            blocks.append(Paragraph(_CARRIED))
    return Report(f"catalog-{command}", as_of, catalog.digest_of, {"file": file}, result, rows, tuple(blocks), findings)


def _effect(effects: Sequence[Effect], day: date) -> list[Block]:
    if not effects:
        return [Paragraph(f"No cost of the options that compare shows changes on {day}.")]
    cells = [(one.workload, one.option, _usd(one.before), _usd(one.after)) for one in effects]
    return [Paragraph(f"What it changes on {day}:"), Table(_COLUMNS, tuple(cells))]


def _usd(amount: Decimal | None) -> str:
    return "–" if amount is None else full_usd(amount)
