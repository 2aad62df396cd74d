"""What `compare` says: the table, what misleads if left unsaid, and every number's origin on request."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from urllib.parse import urlsplit

from costcalc.analysis.compare import Comparison, Saving, Unpriced
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.schema import Source
from costcalc.cost.estimate import CostLine, Estimate
from costcalc.findings import Finding
from costcalc.render.deployments import deployment_blocks, deployment_data, published_notes
from costcalc.render.numbers import count, full_usd, percent, quantity, times, usd
from costcalc.render.report import Block, Bullets, Column, Heading, Json, Report, Said, Table, listed
from costcalc.units import HOURS_PER_MONTH, decimal, written_usd

_COLUMNS = (
    Column("option"),
    Column("kind"),
    Column("$/month", "right", means="is USD a month"),
    Column("$/Mtok", "right", rank=2, means="USD per million output tokens"),
    Column("×", "right", rank=3, means="a multiple of the cheapest row"),
    Column("price of", rank=1),
    Column("source", rank=4),
)
_SAVINGS = 4  # how many of them are said
_FLAGS = {
    " (rate)": "is a published unit cost, nobody's offer and no machine",
    " (retired)": "can no longer be bought",
    " (part)": "leaves out meters that the workload uses, so not comparable",
    " (too long)": "requests exceed its context window, so not comparable",
    " (limit unknown)": "is a fee alone, so not comparable: nobody publishes how much a seat holds",
    " (seats)": "is for people at a tool, never for a server",
    " (blend)": "is a mix of other options",
}
_KINDS = {"rate": " (rate)", "plan": " (seats)", "blend": " (blend)"}


def comparison_report(
    comparison: Comparison, catalog: Catalog, *, inputs: Mapping[str, Json], said: Said, explain: bool
) -> Report:
    """Put a comparison into words and data.

    Args:
        comparison: The result.
        catalog: The catalog that it was priced with.
        inputs: What was asked, after defaults were filled in.
        said: What the command has to say of its inputs.
        explain: Whether to show every number with its place and source.
    """
    explained = list(_explained(comparison, catalog, said)) if explain else list(_sources(comparison))
    return Report(
        command="compare",
        as_of=comparison.as_of,
        digest_of=catalog.digest_of,
        inputs=inputs,
        result=_result(comparison, said.notes, catalog if explain else None),
        records=(*(_record(comparison, one) for one in comparison.estimates), *map(_reason, comparison.unpriced)),
        blocks=(*_blocks(comparison, said.notes), *explained),
        diagnostics=tuple(
            Finding("unpriced", "warning", f"{one.option} is not compared: {one.reason}") for one in comparison.unpriced
        ),
    )


def _result(comparison: Comparison, notes: tuple[str, ...], explained_by: Catalog | None) -> dict[str, Json]:
    return {
        "output_tokens": decimal(comparison.workload.output_tokens),
        "input_tokens": decimal(comparison.workload.input_tokens),
        "hours_per_month": HOURS_PER_MONTH,
        "estimates": [_estimate(comparison, one, explained_by) for one in comparison.estimates],
        "savings": [_saving(saving) for saving in comparison.savings],
        "unpriced": [{"option": one.option, "reason": one.reason} for one in comparison.unpriced],
        "notes": list(notes),
    }


def _estimate(comparison: Comparison, one: Estimate, explained_by: Catalog | None) -> dict[str, Json]:
    return {
        **_figures(comparison, one),
        "deployment": deployment_data(one.deployment, comparison.published, one.option),
        "retired": one.retired.isoformat() if one.retired else None,
        "not_comparable": one.unfit or None,
        "source": _source(one.source),
        "lines": [line_data(line, explained_by) for line in one.lines],
        "caveats": list(one.caveats),
    }


def _figures(comparison: Comparison, one: Estimate) -> dict[str, Json]:
    return {
        "option": one.option,
        "kind": one.kind,
        "side": one.side,
        "monthly_usd": one.monthly_usd,
        "usd_per_mtok": comparison.usd_per_mtok(one),
        "times_cheapest": _ratio(comparison.times_cheapest(one)),
        "price_date": one.price_date.isoformat(),
    }


def _source(source: Source | None) -> dict[str, Json] | None:
    """Give a source as data; a judgement has none."""
    if source is None:
        return None
    return {"url": source.url, "title": source.title, "checked": source.checked.isoformat()}


def line_data(line: CostLine, explained_by: Catalog | None = None) -> dict[str, Json]:
    """Give a cost line as data; with a catalog, also where its price stands."""
    data: dict[str, Json] = {
        "item": line.item,
        "part": line.part,
        "quantity": line.quantity,
        "unit": line.unit,
        "unit_price_usd": line.unit_price_usd,
        "list_unit_price_usd": line.list_unit_price_usd,
        "usd": line.usd,
        "conditions": line.conditions,
        "source": _source(line.source),
    }
    if explained_by is not None:
        places = map(explained_by.place, (line.path, *line.also))
        data["places"] = [
            {"layer": place.document.layer, "path": place.document.name, "line": place.line} for place in places
        ]
    return data


def _saving(saving: Saving) -> dict[str, Json]:
    return {
        "option": saving.option,
        "baseline": saving.baseline,
        "percent": _ratio(saving.share * 100),
        "times": _ratio(saving.times),
    }


def _ratio(value: Decimal | None) -> Decimal | None:
    """Ratios are not money: four decimals say enough."""
    return round(value, 4) if value is not None else None


def _record(comparison: Comparison, one: Estimate) -> dict[str, Json]:
    return {
        **_figures(comparison, one),
        "source": str(one.source),
        "checked": one.source.checked.isoformat(),
        "caveats": "; ".join(one.caveats),
        "not_compared": one.unfit or None,
    }


def _reason(one: Unpriced) -> dict[str, Json]:
    return {"option": one.option, "not_compared": one.reason}


def _blocks(comparison: Comparison, notes: tuple[str, ...]) -> Iterator[Block]:
    yield Heading(_title(comparison))
    if comparison.estimates:
        flags = dict.fromkeys(_flag(one) for one in comparison.estimates)
        explained = tuple(f"{flag.strip()} {_FLAGS[flag]}" for flag in _FLAGS if flag in flags)
        yield Table(_COLUMNS, tuple(_row(comparison, one) for one in comparison.estimates), explained)
    yield from deployment_blocks(comparison.estimates)
    yield from listed("Notes", [*notes, *_savings(comparison), *published_notes(comparison.published)])
    yield from listed("Not compared", _unpriced(comparison))
    yield from listed("Caveats", _shared(comparison.estimates))


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


def _title(comparison: Comparison) -> str:
    workload = comparison.workload
    tokens = f"{count(workload.output_tokens)} output tokens"
    if workload.input_tokens:
        tokens += f" and {count(workload.input_tokens)} input tokens"
    return f"A month of {tokens}, at the prices of {comparison.as_of}"


def _row(comparison: Comparison, one: Estimate) -> tuple[str, ...]:
    per_mtok = comparison.usd_per_mtok(one)
    return (
        one.option,
        f"{one.side}{_flag(one)}",
        usd(one.monthly_usd),
        usd(per_mtok) if per_mtok is not None else "–",
        times(comparison.times_cheapest(one)),
        one.price_date.isoformat(),
        urlsplit(one.source.url).hostname or "" if one.source.url else "see Sources",
    )


def _flag(one: Estimate) -> str:
    """Say in the row itself what must not be overlooked."""
    if one.unfit:
        return f" ({one.unfit})"
    return " (retired)" if one.retired else _KINDS.get(one.kind, "")


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
        site = urlsplit(one.source.url).hostname if one.source.url else None
        by_check.setdefault(f"checked {one.source.checked}{via}", {})[site or str(one.source)] = None
    lines = [f"{', '.join(sites)}; {check}" for check, sites in sorted(by_check.items())]
    yield from listed("Sources (--explain has every page)", lines)


def _explained(comparison: Comparison, catalog: Catalog, said: Said) -> Iterator[Block]:
    yield Heading("How each figure comes about: quantity × unit price, summed over the lines")
    for one in comparison.estimates:
        lines = [_explained_line(line, catalog) for line in one.lines]
        yield Bullets(f"{one.option}: ${usd(one.monthly_usd)} a month, price of {one.price_date}", tuple(lines))
    used = dict.fromkeys([*said.assumptions, *(name for one in comparison.estimates for name in one.assumptions)])
    yield from listed("Assumptions used", [_explained_assumption(name, catalog) for name in used])


def _explained_line(line: CostLine, catalog: Catalog) -> str:
    conditions = f" ({line.conditions})" if line.conditions else ""
    listed = (
        f" (list ${written_usd(line.list_unit_price_usd)})" if line.list_unit_price_usd != line.unit_price_usd else ""
    )
    places = ", ".join(f"{place.document.layer} {place}" for place in map(catalog.place, (line.path, *line.also)))
    return (
        f"{line.item}{conditions}: {quantity(line.quantity)} {line.unit} × ${written_usd(line.unit_price_usd)}{listed}"
        f" = ${full_usd(line.usd)}; {places}; {origin(line.source)}"
    )


def origin(source: Source | None) -> str:
    """Say where a figure was read, or that nobody can be quoted for it."""
    return f"{source}, checked {source.checked}" if source is not None else "no citable source"


def _explained_assumption(name: str, catalog: Catalog) -> str:
    one = catalog.assumption(name)
    place = catalog.place(("assumptions", name, "value"))
    interval = f"90 % interval {quantity(one.low)} to {quantity(one.high)}, {one.basis}"
    return (
        f"{name} = {quantity(one.value)} {one.unit} ({interval}); {place.document.layer} {place}; {origin(one.source)}"
    )
