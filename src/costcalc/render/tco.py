"""What `tco` says: the whole bill, line by line."""

from collections.abc import Iterator, Mapping

from costcalc.analysis.tco import Bill, BillLine
from costcalc.catalog.catalog import Catalog
from costcalc.cost.estimate import CostLine
from costcalc.render.comparison import origin
from costcalc.render.deployments import deployment_blocks, deployment_data
from costcalc.render.numbers import count, full_usd, quantity, usd
from costcalc.render.report import Block, Bullets, Column, Heading, Json, Paragraph, Report, Said, Table, listed
from costcalc.units import decimal

_COLUMNS = (
    Column("line"),
    Column("$/month", "right"),
    Column("low", "right", rank=2),
    Column("high", "right", rank=2),
    Column("$ in all", "right", rank=3),
    Column("basis", rank=1),
)


def tco_report(bill: Bill, catalog: Catalog, *, inputs: Mapping[str, Json], said: Said, explain: bool) -> Report:
    """Put a bill into words and data."""
    records = tuple(_line(one, bill.months) for one in bill.lines)
    return Report(
        command="tco",
        as_of=bill.as_of,
        digest_of=catalog.digest_of,
        inputs=inputs,
        result=_result(bill, catalog, said),
        records=records,
        blocks=tuple(_blocks(bill, catalog, said, explain=explain)),
    )


def _result(bill: Bill, catalog: Catalog, said: Said) -> dict[str, Json]:
    per_mtok = _usd_per_mtok(bill)
    return {
        "option": bill.estimate.option,
        "months": bill.months,
        "monthly_usd": bill.estimate.monthly_usd,
        "low_usd": round(bill.range.low, 6),
        "high_usd": round(bill.range.high, 6),
        "total_usd": bill.total_usd,
        "usd_per_mtok": per_mtok,
        "deployment": deployment_data(bill.estimate.deployment, (), bill.estimate.option),
        "lines": [
            {**_line(one, bill.months), "rests_on": [_assumption(catalog, name) for name in one.rests_on]}
            for one in bill.lines
        ],
        "caveats": list(bill.estimate.caveats),
        "notes": list(said.notes),
    }


def _usd_per_mtok(bill: Bill) -> Json:
    tokens = decimal(bill.workload.output_tokens)
    return bill.estimate.monthly_usd * 10**6 / tokens if tokens else None


def _line(one: BillLine, months: int) -> dict[str, Json]:
    line = one.line
    return {
        "item": line.item,
        "part": line.part,
        "quantity": line.quantity,
        "unit": line.unit,
        "unit_price_usd": line.unit_price_usd,
        "usd": line.usd,
        "low_usd": round(one.range.low, 6),
        "high_usd": round(one.range.high, 6),
        "total_usd": line.usd * months,
        "basis": one.basis,
        "source": str(line.source) if line.source is not None else None,
        "checked": line.source.checked.isoformat() if line.source is not None else None,
    }


def _assumption(catalog: Catalog, name: str) -> dict[str, Json]:
    one = catalog.assumption(name)
    return {
        "assumption": name,
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "unit": one.unit,
        "basis": one.basis,
        "source": str(one.source) if one.source is not None else None,
    }


def _blocks(bill: Bill, catalog: Catalog, said: Said, *, explain: bool) -> Iterator[Block]:
    workload = bill.workload
    yield Heading(
        f"{bill.estimate.option} over {bill.months} months, {count(workload.output_tokens)} output tokens a month,"
        f" at the prices of {bill.as_of}"
    )
    yield Table(_COLUMNS, (*(_row(one, bill.months) for one in bill.lines), _total(bill)))
    yield Paragraph(
        "low and high are where a line ends up when the assumptions behind it move within their 90 % intervals."
        " The basis of a line is its weakest: a judgement has no source to quote."
    )
    yield from deployment_blocks([bill.estimate])
    yield from listed("Notes", said.notes)
    yield from listed("Caveats", bill.estimate.caveats)
    if explain:
        yield Heading("Where each line comes from")
        yield Bullets("Lines", tuple(_explained(one.line, catalog) for one in bill.lines))
        used = dict.fromkeys([*bill.estimate.assumptions, *(name for one in bill.lines for name in one.rests_on)])
        used.pop("horizon", None)  # --months says it, whatever is assumed
        yield from listed("Assumptions", tuple(_explained_assumption(name, catalog) for name in used))
    else:
        yield Paragraph("--explain shows every line with its assumptions, ranges, sources and places.")


def _row(one: BillLine, months: int) -> tuple[str, ...]:
    return (
        one.line.item,
        usd(one.line.usd),
        usd(one.range.low),
        usd(one.range.high),
        usd(one.line.usd * months),
        one.basis,
    )


def _total(bill: Bill) -> tuple[str, ...]:
    month = bill.estimate.monthly_usd
    return ("all of it", usd(month), usd(bill.range.low), usd(bill.range.high), usd(bill.total_usd), "")


def _explained(line: CostLine, catalog: Catalog) -> str:
    place = catalog.place(line.path)
    rests_on = ", ".join(str(path[1]) for path in line.also if path[0] == "assumptions")
    also = f" with {rests_on}" if rests_on else ""
    return (
        f"{line.item}: {quantity(line.quantity)} {line.unit} × ${full_usd(line.unit_price_usd)} = ${full_usd(line.usd)}"
        f" ({line.conditions}){also}; {place.document.layer} {place}; {origin(line.source)}"
    )


def _explained_assumption(name: str, catalog: Catalog) -> str:
    known = catalog.assumption(name)
    place = catalog.place(("assumptions", name, "value"))
    return (
        f"{name} = {quantity(known.value)} {known.unit}, {quantity(known.low)} to {quantity(known.high)},"
        f" {known.basis}; {place.document.layer} {place}; {origin(known.source)}"
    )
