"""What `tco` says: the whole bill, line by line."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from costcalc.analysis.tco import Bill, BillLine
from costcalc.catalog.catalog import Catalog
from costcalc.cost.estimate import CostLine
from costcalc.money import USD, Money
from costcalc.render.assumed import assumption_data
from costcalc.render.compare_explain import origin
from costcalc.render.deployments import deployment_blocks, deployment_data
from costcalc.render.numbers import quantity
from costcalc.render.report import Block, Bullets, Column, Heading, Json, Report, Said, Table, listed
from costcalc.render.traffic import month_of, mtok
from costcalc.render.verdict import fitting
from costcalc.units import decimal, how_many, short

_ASSUMED = 2  # lines of what was assumed: a bill of machines that are owned has 19 rows


def _columns(money: Money) -> tuple[Column, ...]:
    """Title what is said of a line."""
    return (
        Column("line"),
        Column(money.per("month"), "right"),
        Column("low", "right", rank=2, means="and high: its 90 % interval, one input at a time"),
        Column("high", "right", rank=2),
        Column(f"{money.sign} in all", "right", rank=3, means="over the horizon"),
        Column("basis", rank=1, means="the weakest of what it rests on"),
    )


def tco_report(
    bill: Bill, catalog: Catalog, *, inputs: Mapping[str, Json], said: Said, explain: bool, money: Money = USD
) -> Report:
    """Put a bill into words and data."""
    explained = tuple(_where_from(bill, catalog)) if explain else ()
    return Report(
        money=money,
        command="tco",
        as_of=bill.as_of,
        digest_of=catalog.digest_of,
        inputs=inputs,
        result=_result(bill, catalog, said),
        records=tuple(_line(each, bill.months) for each in bill.lines),
        verdict=_verdict(bill, money),
        blocks=(
            Heading(f"{month_of(bill.workload)}, over {how_many(bill.months, 'month')}, prices of {bill.as_of}"),
            _table(bill, explain=explain, money=money),
            *explained,
        ),
        assumed=said.notes[-_ASSUMED:],  # the heading says the requests
        more=(
            Heading("The machines"),
            *deployment_blocks([bill.estimate], money),
            *listed("Notes", said.notes[:-_ASSUMED]),
            *listed("Caveats", bill.estimate.caveats),
        ),
    )


def _verdict(bill: Bill, money: Money) -> tuple[str, ...]:
    """Give the sentences that have room; what machines and people cost apart stands in the table too."""
    full, brief = ([*_sentences(bill, brief=brief, money=money)] for brief in (False, True))
    return fitting(full, brief, [brief[0], brief[-1]])


def _sentences(bill: Bill, *, brief: bool, money: Money) -> Iterator[str]:
    """Say what a month costs, for what, and between which bounds."""
    per_mtok = _usd_per_mtok(bill)
    counts = "output" if bill.workload.output_tokens or not bill.workload.input_tokens else "input"
    each = f", {money.text(per_mtok)} per Mtok of {counts}" if per_mtok is not None else ""
    served = "" if brief else f" for {mtok(bill.workload.counted_tokens)} of {counts}"
    yield f"{bill.estimate.option} costs {money.text(bill.estimate.monthly_usd)} a month{served}{each}."
    machines, people, other = map(money.text, (bill.machines_usd, bill.people_usd, bill.other_usd))
    yield f"Machines {machines}, people {people}, all else {other}."
    low, high, total = map(money.text, (bill.range.low, bill.range.high, bill.total_usd))
    yield f"90 % interval: {low} to {high} a month; {how_many(bill.months, 'month')} come to {total}."


def _result(bill: Bill, catalog: Catalog, said: Said) -> dict[str, Json]:
    return {
        "option": bill.estimate.option,
        "months": bill.months,
        "output_tokens": decimal(bill.workload.output_tokens),
        "monthly_usd": bill.estimate.monthly_usd,
        "machines_usd": bill.machines_usd,
        "people_usd": bill.people_usd,
        "other_usd": bill.other_usd,
        "low_usd": short(bill.range.low, 6),
        "high_usd": short(bill.range.high, 6),
        "total_usd": bill.total_usd,
        "usd_per_mtok": _usd_per_mtok(bill),
        "deployment": deployment_data(bill.estimate.deployment, (), bill.estimate.option),
        "lines": [
            {**_line(each, bill.months), "rests_on": [assumption_data(catalog, name) for name in each.rests_on]}
            for each in bill.lines
        ],
        "caveats": list(bill.estimate.caveats),
        "notes": list(said.notes),
    }


def _usd_per_mtok(bill: Bill) -> Decimal | None:
    tokens = decimal(bill.workload.counted_tokens)
    return bill.estimate.monthly_usd * 10**6 / tokens if tokens else None


def _line(billed: BillLine, months: int) -> dict[str, Json]:
    line = billed.line
    return {
        "item": line.item,
        "part": line.part,
        "quantity": line.quantity,
        "unit": line.unit,
        "unit_price_usd": line.unit_price_usd,
        "usd": line.usd,
        "low_usd": short(billed.range.low, 6),
        "high_usd": short(billed.range.high, 6),
        "total_usd": line.usd * months,
        "basis": billed.basis,
        "source": str(line.source) if line.source is not None else None,
        "checked": line.source.checked.isoformat() if line.source is not None else None,
    }


def _table(bill: Bill, *, explain: bool, money: Money) -> Table:
    notes = () if explain else ("--explain shows every line with its assumptions and sources",)
    return Table(
        _columns(money), (*(_row(each, bill.months, money) for each in bill.lines), _total(bill, money)), notes
    )


def _where_from(bill: Bill, catalog: Catalog) -> Iterator[Block]:
    yield Heading("Where each line comes from")
    yield Bullets("Lines", tuple(_explained(each.line, catalog) for each in bill.lines))
    used = dict.fromkeys([*bill.estimate.assumptions, *(name for each in bill.lines for name in each.rests_on)])
    used.pop("horizon", None)  # --months says it, whatever is assumed
    yield from listed("Assumptions", tuple(_explained_assumption(name, catalog) for name in used))


def _row(billed: BillLine, months: int, money: Money) -> tuple[str, ...]:
    return (
        billed.line.item,
        money.cell(billed.line.usd),
        money.cell(billed.range.low),
        money.cell(billed.range.high),
        money.cell(billed.line.usd * months),
        billed.basis,
    )


def _total(bill: Bill, money: Money) -> tuple[str, ...]:
    month = bill.estimate.monthly_usd
    return (
        "in all",
        money.cell(month),
        money.cell(bill.range.low),
        money.cell(bill.range.high),
        money.cell(bill.total_usd),
        "",
    )


def _explained(line: CostLine, catalog: Catalog) -> str:
    place = catalog.place(line.path)
    rests_on = ", ".join(str(path[1]) for path in line.also if path[0] == "assumptions")
    also = f" with {rests_on}" if rests_on else ""
    price, month = map(USD.full_text, (line.unit_price_usd, line.usd))  # as published, whatever is shown
    return (
        f"{line.item}: {quantity(line.quantity)} {line.unit} × {price} = {month} ({line.conditions}){also};"
        f" {place.document.layer} {place}; {origin(line.source)}"
    )


def _explained_assumption(name: str, catalog: Catalog) -> str:
    assumed = catalog.assumption(name)
    place = catalog.place(("assumptions", name, "value"))
    return (
        f"{name} = {quantity(assumed.value)} {assumed.unit}, {quantity(assumed.low)} to {quantity(assumed.high)},"
        f" {assumed.basis}; {place.document.layer} {place}; {origin(assumed.source)}"
    )
