"""The figures of a picture: as a table beside it, and as flat rows for CSV and JSON."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import assert_never

from costcalc.render.charts.pictures import (
    Breakdown,
    Frontier,
    Line,
    Paths,
    Picture,
    Reign,
    Stairs,
    Swings,
    WinnerMap,
)
from costcalc.render.numbers import compact, percent, significant
from costcalc.render.report import Column, Json, Table
from costcalc.units import how_many, usd

_NONE = "–"
_AT_EACH_END = 3  # crossings that have a column, from the first and from the last


def table_of(picture: Picture) -> Table:
    """Give the figures that a reader wants beside a picture; all of them are in `records_of`."""
    match picture:
        case Stairs():
            return _stairs(picture)
        case Breakdown():
            return _breakdown(picture)
        case Swings():
            return _swings(picture)
        case Paths():
            return _paths(picture)
        case Frontier():
            return _frontier(picture)
        case WinnerMap():
            return _winners(picture)
        case _:
            assert_never(picture)


def records_of(picture: Picture) -> tuple[Mapping[str, Json], ...]:
    """Give every figure of a picture as flat rows; where rows are of several kinds, ``row`` says of which."""
    match picture:
        case Stairs():
            return tuple(_stairs_records(picture))
        case Breakdown():
            return tuple(_breakdown_records(picture))
        case Swings():
            return tuple(_swings_records(picture))
        case Paths():
            return tuple(_paths_records(picture))
        case Frontier():
            return tuple({**point._asdict(), "currency": picture.currency} for point in picture.points)
        case WinnerMap():
            return tuple(_winners_records(picture))
        case _:
            assert_never(picture)


def _amount(amount: float | None) -> str:
    return _NONE if amount is None else usd(Decimal(str(amount)))


def _volume(volume: float) -> str:
    return compact(Decimal(str(volume)))


def _stairs(picture: Stairs) -> Table:
    """Show every option's cost at each change of the cheapest, and at the user's volume."""
    crossings = picture.crossings
    if len(crossings) > 2 * _AT_EACH_END:
        crossings = (*crossings[:_AT_EACH_END], *crossings[-_AT_EACH_END:])
    yours = [picture.you.central] if picture.you is not None else []
    volumes = sorted({*yours, *(crossing.x for crossing in crossings)}) or [picture.lo, picture.hi]
    amounts = Column(
        f"at {_volume(volumes[0])}", "right", means=f"and so on: {picture.currency} a month for so many {picture.unit}"
    )
    columns = (Column("option"), amounts, *(Column(f"at {_volume(volume)}", "right") for volume in volumes[1:]))
    rows = tuple((line.name, *(_amount(_cost(line, volume)) for volume in volumes)) for line in picture.lines)
    changes = [f"above {_exactly(crossing.x)} {crossing.above} is the cheapest" for crossing in crossings]
    left_out = len(picture.crossings) - len(crossings)
    more = [f"{left_out} changes between have no column"] if left_out else []
    you = [f"your volume is {_exactly(volume)}" for volume in yours]
    return Table(columns, rows, (*changes, *more, *you))


def _cost(line: Line, volume: float) -> float | None:
    """Give a line's height; at the left end of the chart that just above it, since stretches are open there."""
    first = line.stretches[0] if line.stretches else None
    return first.at(volume) if first is not None and volume == first.lo else line.at(volume)


def _exactly(volume: float) -> str:
    return significant(Decimal(str(volume)), 6)


def _stairs_records(picture: Stairs) -> Iterator[Mapping[str, Json]]:
    units: dict[str, Json] = {"unit": picture.unit, "currency": picture.currency}
    for line in picture.lines:
        for lo, hi, fixed, slope in line.stretches:
            ends = {"from": lo, "to": hi, "fixed": fixed, "slope": slope}
            costs = {"cost_above_from": fixed + slope * lo, "cost_at_to": fixed + slope * hi}
            yield {"row": "stretch", "option": line.name, **ends, **costs, **units}
    for x, y, above, is_jump in picture.crossings:
        yield {"row": "crossing", "option": above, "from": x, "cost_at_from": y, "is_jump": is_jump, **units}
    for band in picture.bands:
        for x, low, high in band.spreads:
            yield {"row": "band", "option": band.name, "from": x, "p10": low, "p90": high, **units}
    if picture.you is not None:
        low, central, high = picture.you
        yield {"row": "you", "from": low, "central": central, "to": high, **units}


def _breakdown(picture: Breakdown) -> Table:
    parts = (Column(label, "right", rank=index) for index, label in enumerate(picture.labels, start=1))
    total = Column("total", "right", means=f"and its parts are in {picture.currency} a month")
    rows = tuple((bar.option, *_cells_of(dict(bar.parts), picture.labels), _amount(bar.total)) for bar in picture.bars)
    return Table((Column("option"), *parts, total), rows)


def _cells_of(parts: Mapping[str, float], labels: Sequence[str]) -> Iterator[str]:
    for label in labels:
        yield _amount(parts.get(label))


def _breakdown_records(picture: Breakdown) -> Iterator[Mapping[str, Json]]:
    for bar in picture.bars:
        for part in bar.parts:
            yield {"option": bar.option, "part": part.label, "amount": part.amount, "currency": picture.currency}


def _swings(picture: Swings) -> Table:
    month = f"what {picture.option} costs, {picture.currency} a month; {_amount(picture.central)} with all central"
    columns = (
        Column("input"),
        Column("low"),
        Column("high"),
        Column("cost at low", "right", means=f"and at high: {month}"),
        Column("cost at high", "right"),
        Column("flips at", wraps=True, means="where another option becomes the cheapest"),
    )
    rows = tuple(
        (
            swing.input,
            swing.low_value,
            swing.high_value,
            _amount(swing.low),
            _amount(swing.high),
            "; ".join(f"{flip.value}: {flip.option}" for flip in swing.flips),
        )
        for swing in picture.swings
    )
    flips = any(swing.flips for swing in picture.swings)
    return Table(columns, rows) if flips else Table(columns[:-1], tuple(row[:-1] for row in rows))


def _swings_records(picture: Swings) -> Iterator[Mapping[str, Json]]:
    of: dict[str, Json] = {"option": picture.option, "currency": picture.currency}
    for swing in picture.swings:
        for end, value, cost in (
            ("low", swing.low_value, swing.low),
            ("central", None, picture.central),
            ("high", swing.high_value, swing.high),
        ):
            yield {"row": end, "input": swing.input, "value": value, "cost": cost, **of}
        for flip in swing.flips:
            yield {
                "row": "flip", "input": swing.input, "value": flip.value, "cost": flip.at, "cheapest": flip.option, **of
            }  # fmt: skip


def _paths(picture: Paths) -> Table:
    months = len(picture.paths[0].paid) if picture.paths else 0
    columns = (
        Column("option"),
        Column("in all", "right", means=f"is what has been paid after {how_many(months, 'month')}, {picture.currency}"),
        Column("pays back", "right", means="the month by which it has cost no more than the baseline"),
    )
    rows = tuple(
        (
            path.option,
            _amount(path.paid[-1] if path.paid else None),
            "baseline" if path.is_baseline else "never" if path.pays_back is None else str(path.pays_back),
        )
        for path in picture.paths
    )
    return Table(columns, rows)


def _paths_records(picture: Paths) -> Iterator[Mapping[str, Json]]:
    for path in picture.paths:
        for month, paid in enumerate(path.paid, start=1):
            yield {
                "option": path.option,
                "month": month,
                "paid": paid,
                "pays_back": path.pays_back,
                "is_baseline": path.is_baseline,
                "currency": picture.currency,
            }


def _frontier(picture: Frontier) -> Table:
    columns = (
        Column("option"),
        Column(f"{picture.currency} a month", "right"),
        Column("score", "right", means=f"is that on {picture.benchmark}"),
        Column("interval", "right", rank=1, means="90 % of the score"),
        Column("beaten by none"),
    )
    rows = tuple(
        (
            point.option,
            _amount(point.cost),
            f"{point.score:,.4g}",
            _NONE if point.low is None or point.high is None else f"{point.low:,.3g} to {point.high:,.3g}",
            "yes" if point.is_on_frontier else "no",
        )
        for point in picture.points
    )
    return Table(columns, rows)


def _winners(picture: WinnerMap) -> Table:
    columns = (
        Column("GPUs busy", "right", means="is the mean use of machines once the fleet is full"),
        Column("cheapest", wraps=True, means=f"by volume, {picture.unit} a month"),
    )
    rows = tuple((percent(Decimal(str(row.use))), "; ".join(map(_reign, row.reigns))) for row in picture.rows)
    return Table(columns, rows)


def _reign(reign: Reign) -> str:
    return f"{reign.option or 'none'} up to {_volume(reign.hi)}"


def _winners_records(picture: WinnerMap) -> Iterator[Mapping[str, Json]]:
    for row in picture.rows:
        for reign in row.reigns:
            yield {"use": row.use, "from": reign.lo, "to": reign.hi, "option": reign.option, "unit": picture.unit}
