"""What ``catalog diff`` says: the rates that differ, by how much and since when, and what only one list has."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from costcalc.analysis.crosscheck import Crosscheck, Gap
from costcalc.findings import Finding
from costcalc.render.report import Block, Column, Heading, Json, Paragraph, Report, Table, listed
from costcalc.units import decimal, full_usd, short

_NAMED = 8  # as many are named on a page; --all names all of them


class Asked(NamedTuple):
    """What was compared.

    Args:
        base: The one list.
        head: The other one.
        tolerance: How far rates may lie apart, as the user wrote it.
        with_theirs: Whether one of them is another library's, which holds other models anyway.
    """

    base: str
    head: str
    tolerance: str
    with_theirs: bool

    def differs(self, found: Crosscheck) -> bool:
        """Say whether the lists differ; of two catalogs, also by what only one of them has."""
        alone = (*found.one_sided, *found.only_base, *found.only_head, *found.unpriced)
        return bool(found.gaps) or (not self.with_theirs and bool(alone))


def crosscheck_report(found: Crosscheck, asked: Asked, *, as_of: date, every: bool) -> Report:
    """Show a comparison of two price lists.

    Args:
        found: What it found.
        asked: What was compared.
        as_of: The day whose prices are compared.
        every: Whether everything that only one side has is named.
    """
    gaps, one_sided = [_row(gap) for gap in found.gaps], [_row(gap) for gap in found.one_sided]
    result: dict[str, Json] = {
        "base": asked.base,
        "head": asked.head,
        "tolerance": asked.tolerance,
        "differs": asked.differs(found),
        "compared": len(found.compared),
        "gaps": gaps,
        "one_sided": one_sided,
        "only_base": list(found.only_base),
        "only_head": list(found.only_head),
        "unpriced": list(found.unpriced),
    }
    records = (
        *({"kind": "differs", **row} for row in gaps),
        *({"kind": "rate of one side", **row} for row in one_sided),
        *(_record("only base", ref) for ref in found.only_base),
        *(_record("only head", ref) for ref in found.only_head),
        *(_record("without a price of the day", ref) for ref in found.unpriced),
    )
    findings = tuple(_findings(found, asked))
    inputs: dict[str, Json] = {"base": asked.base, "head": asked.head, "tolerance": asked.tolerance}
    blocks = tuple(_blocks(found, asked, as_of, every=every))
    return Report("catalog-diff", as_of, None, inputs, result, records, blocks, findings)


def _row(gap: Gap) -> dict[str, Json]:
    change = gap.change
    return {
        "model": gap.model,
        "meter": gap.meter,
        "condition": gap.condition,
        "base": gap.base,
        "head": gap.head,
        "change_percent": short(decimal(change * 100), 4) if change is not None else None,
        "base_since": gap.base_since.isoformat() if gap.base_since else None,
        "head_since": gap.head_since.isoformat() if gap.head_since else None,
    }


def _record(kind: str, ref: str) -> dict[str, Json]:
    empty: dict[str, Json] = dict.fromkeys(
        ("meter", "condition", "base", "head", "change_percent", "base_since", "head_since")
    )
    return {"kind": kind, "model": ref, **empty}


def _findings(found: Crosscheck, asked: Asked) -> Iterator[Finding]:
    """Give what makes the lists differ."""
    yield from (_finding(gap, asked) for gap in found.gaps)
    if not asked.with_theirs:
        alone = [*_one_sided(found.one_sided)]
        alone += [f"{ref}: only in base" for ref in found.only_base]
        alone += [f"{ref}: only in head" for ref in found.only_head]
        alone += [f"{ref}: no price of the day on one side" for ref in found.unpriced]
        yield from (Finding("price-of-one-side", "warning", words) for words in alone)


def _finding(gap: Gap, asked: Asked) -> Finding:
    where = _rate(gap)
    rates = f"${_usd(gap.base)} in {asked.base}, ${_usd(gap.head)} in {asked.head}"
    subject = f"{gap.model} {where}"
    return Finding("price-differs", "warning", f"{gap.model}: {where}: {rates} ({_change(gap)})", subject=subject)


def _blocks(found: Crosscheck, asked: Asked, day: date, *, every: bool) -> Iterator[Block]:
    yield Heading(f"{asked.base} against {asked.head}, list prices of {day}")
    differing = len({gap.model for gap in found.gaps})
    same = len(found.compared) - differing
    within = f" within {asked.tolerance}" if asked.tolerance not in {"0", "0%"} else ""
    yield Paragraph(
        f"Models of both lists: {len(found.compared):,}; the same{within}: {same:,}; different: {differing:,}"
        f" ({len(found.gaps):,} rates)."
    )
    if found.gaps:
        yield Table(
            _COLUMNS,
            tuple(_cells(gap) for gap in found.gaps),
            ("rates are USD per million tokens or per thousand calls, prompt is its length in tokens",),
        )
    sides = ((asked.base, "base", found.only_base), (asked.head, "head", found.only_head))
    yield from _alone("Rates of one side, of models of both", [*_one_sided(found.one_sided)], every=every)
    for name, side, refs in sides:
        yield from _alone(f"Models only in {name} ({side})", refs, every=every)
    yield from _alone("Models without a price of the day on one side", found.unpriced, every=every)


_COLUMNS = (
    Column("model"),
    Column("rate"),
    Column("base → head", "right", rank=1),
    Column("change", "right", means="is head over base"),
    Column("base since", rank=2),
    Column("head since", rank=3),
)


def _cells(gap: Gap) -> tuple[str, ...]:
    since = (str(day) if day is not None else "–" for day in (gap.base_since, gap.head_since))
    return (gap.model, _rate(gap), f"{_usd(gap.base)} → {_usd(gap.head)}", _change(gap), *since)


def _rate(gap: Gap) -> str:
    return f"{gap.meter}, {gap.condition}" if gap.condition else gap.meter


def _usd(rate: Decimal | None) -> str:
    return "–" if rate is None else full_usd(rate)


def _change(gap: Gap) -> str:
    if gap.change is None:
        return "from 0"
    share = decimal(gap.change * 100)
    return f"{'+' if share > 0 else '−'}{abs(share):,.1f} %"  # a minus sign, as wide as the plus


def _one_sided(gaps: Sequence[Gap]) -> Iterator[str]:
    """Name a model's rates of one side and one condition together."""
    for (model, condition, is_base), group in groupby(gaps, lambda gap: (gap.model, gap.condition, gap.head is None)):
        rates = ", ".join(f"{gap.meter} {_usd(gap.base if is_base else gap.head)}" for gap in group)
        yield f"{model}{f', {condition}' if condition else ''}: {rates} in {'base' if is_base else 'head'} only"


def _alone(title: str, names: Sequence[str], *, every: bool) -> Iterator[Block]:
    shown = names if every else names[:_NAMED]
    more = [] if len(shown) == len(names) else [f"and {len(names) - len(shown):,} more: --all"]
    yield from listed(f"{title} ({len(names):,})", (*shown, *more))
