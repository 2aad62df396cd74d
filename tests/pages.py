"""Pages for the tests: six ways of serving whose costs are formulas, three drivers, and every picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product
from math import ceil

from costcalc.analysis.what_if import Repeating, Total, WhatIf
from costcalc.case.inputs import Input
from costcalc.cost.curve import Affine, Piece
from costcalc.money import USD, Money
from costcalc.render.charts.pictures import (
    Band,
    Bar,
    Breakdown,
    Crossing,
    Flipping,
    Frontier,
    Line,
    Part,
    Path,
    Paths,
    Picture,
    Place,
    Point,
    Reign,
    Row,
    Spread,
    Stairs,
    Stretch,
    Swing,
    Swings,
    WinnerMap,
)
from costcalc.render.report import Block, Bullets, Column, Figure, Heading, Paragraph, Report, Table

Setting = Mapping[str, Fraction]
Formula = Callable[[Setting, Fraction], "Fraction | None"]
ZERO, MILLION = Fraction(0), 10**6
DRIVERS = (
    Input("options.own.usd_per_gpu_hour", Decimal("2.00"), Decimal("1.20"), Decimal("4.00")),
    Input("workload.peak_to_mean", Decimal(3), Decimal("1.5"), Decimal(6), "ratio"),
    Input("workload.cached_share", Decimal("0.5"), Decimal("0.2"), Decimal("0.8"), "share"),
)
GPU, PEAK, CACHED = (driver.path for driver in DRIVERS)


@dataclass(frozen=True)
class Option:
    """A way of serving: its cost as a formula, and the same as the pieces that a page carries."""

    name: str
    formula: Formula
    total: Callable[[Setting], Total]


def straight(name: str, usd_per_mtok: Callable[[Setting], Fraction]) -> Option:
    """Bill by the token."""

    def total(setting: Setting) -> Total:
        line = Affine(ZERO, usd_per_mtok(setting) / MILLION)
        return Total(Affine(ZERO, ZERO), ((Fraction(1), Repeating((Piece(ZERO, None, line),))),))

    return Option(name, lambda setting, volume: usd_per_mtok(setting) * volume / MILLION, total)


def replicas(name: str, *, first: int = 0, most: int | None = None) -> Option:
    """Count whole replicas of 900M tokens a month at their peak, each 730 hours of 4 GPUs, beside a fixed cost."""

    def step(setting: Setting) -> Fraction:
        return 900 * MILLION / setting[PEAK]

    def each(setting: Setting) -> Fraction:
        return 730 * 4 * setting[GPU]

    def formula(setting: Setting, volume: Fraction) -> Fraction | None:
        needed = ceil(volume / step(setting))
        return None if most is not None and needed > most else first + needed * each(setting)

    def total(setting: Setting) -> Total:
        size, usd = step(setting), each(setting)
        pieces = tuple(Piece(n * size, (n + 1) * size, Affine((n + 1) * usd, ZERO)) for n in range(2))
        end = most * size if most is not None else None
        part = Repeating(pieces, size, size, usd, end)
        return Total(Affine(Fraction(first), ZERO), ((Fraction(1), part),))

    return Option(name, formula, total)


def seats(name: str) -> Option:
    """A plan: 20 seats of $49.95 with 5M tokens each, then $1.337 for a million up to 3B, and no more."""
    fixed, free, rate, end = Fraction("999"), 100 * MILLION, Fraction("1.337"), Fraction(3000 * MILLION)

    def formula(_: Setting, volume: Fraction) -> Fraction | None:
        return None if volume > end else fixed + max(ZERO, volume - free) * rate / MILLION

    pieces = (
        Piece(ZERO, Fraction(free), Affine(fixed, ZERO)),
        Piece(Fraction(free), end, Affine(fixed - free * rate / MILLION, rate / MILLION)),
    )
    return Option(name, formula, lambda _: Total(Affine(ZERO, ZERO), ((Fraction(1), Repeating(pieces, end=end)),)))


def blend(name: str, parts: Sequence[tuple[Option, Fraction]]) -> Option:
    """Send shares of the volume to other options, and pay for a router."""

    def formula(setting: Setting, volume: Fraction) -> Fraction | None:
        costs = [part.formula(setting, volume * share) for part, share in parts]
        served = [cost for cost in costs if cost is not None]
        return 30 + volume * Fraction("0.01") / MILLION + sum(served) if len(served) == len(costs) else None

    def total(setting: Setting) -> Total:
        totals = [(share, part.total(setting)) for part, share in parts]
        fixed = sum((each.line.fixed for _, each in totals), start=Fraction(30))
        slope = Fraction("0.01") / MILLION + sum(each.line.slope * share for share, each in totals)
        return Total(
            Affine(fixed, slope), tuple((share * by, leaf) for share, each in totals for by, leaf in each.parts)
        )

    return Option(name, formula, total)


LARGE = straight("example/large", lambda setting: 15 + 9 * (1 - setting[CACHED] * Fraction(9, 10)))
SMALL = straight("example/small", lambda setting: Fraction("1.29") + 3 * (1 - setting[CACHED] / 3))
OWN = replicas("own-h100", first=1500)
FIXED = replicas("own-two-replicas", most=2)
PLAN = seats("team-plan")
BLEND = blend("router", [(SMALL, Fraction(7, 10)), (LARGE, Fraction(1, 10)), (OWN, Fraction(1, 5))])
OPTIONS = (SMALL, OWN, BLEND, LARGE, PLAN, FIXED)
HOME = Fraction(120 * MILLION)
VOLUMES = tuple(
    Fraction(step) * 10**power
    for power in range(6, 10)
    for step in ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8")
)


def at_levels(drivers: Sequence[Input], levels: Sequence[int]) -> dict[str, Fraction]:
    """Give every driver's value; those that a page does not offer have their base."""
    values = {driver.path: Fraction(driver.value) for driver in DRIVERS}
    return values | {
        driver.path: Fraction((driver.low, driver.value, driver.high)[level])
        for driver, level in zip(drivers, levels, strict=True)
    }


def offered(
    options: Sequence[Option] = OPTIONS, drivers: Sequence[Input] = DRIVERS, volumes: Sequence[Fraction] = VOLUMES
) -> WhatIf:
    """Offer every setting of some drivers; GPUs at their dearest cannot be had for a fleet of fixed size."""
    totals: list[Total] = []
    settings: dict[tuple[int, ...], tuple[int | None, ...]] = {}
    for levels in product(range(3), repeat=len(drivers)):
        row: list[int | None] = []
        for option in options:
            if not serves(option, at_levels(drivers, levels)):
                row.append(None)
                continue
            total = option.total(at_levels(drivers, levels))
            totals += [total] if total not in totals else []
            row.append(totals.index(total))
        settings[levels] = tuple(row)
    names = tuple(option.name for option in options)
    return WhatIf(tuple(drivers), names, tuple(volumes), volumes.index(HOME), tuple(totals), settings)


def serves(option: Option, setting: Setting) -> bool:
    """Say whether an option can be had at a setting."""
    return not (option.formula is FIXED.formula and setting[GPU] == 4)


def stairs(options: Sequence[Option] = OPTIONS, *, money: Money = USD, has_band: bool = True) -> Stairs:
    """Draw the options at the base of every driver, with each change of the cheapest."""
    setting, lo, hi = at_levels((), ()), VOLUMES[0], VOLUMES[-1]
    rate = Fraction(money.per_usd)
    lines = tuple(_line(option, setting, lo, hi, rate) for option in options)
    band = Band(lines[0].name, tuple(Spread(float(x), float(x) * 2e-6, float(x) * 6e-6) for x in VOLUMES))
    return Stairs(
        title=f"{options[0].name} is the cheapest at 120M output tokens a month",
        lines=lines,
        crossings=tuple(_crossings(options, setting, lo, hi, rate)),
        lo=float(lo),
        hi=float(hi),
        unit="output tokens",
        what_counts="Output tokens; each comes with three input tokens.",
        currency=money.code,
        you=Place(60e6, float(HOME), 240e6),
        bands=(band,) if has_band else (),
        per=1e6,
    )


def _line(option: Option, setting: Setting, lo: Fraction, hi: Fraction, rate: Fraction) -> Line:
    stretches = []
    for start, end in pairwise([lo, *breaks(option, setting, lo, hi), hi]):
        middle, last = (option.formula(setting, at) for at in ((start + end) / 2, end))
        if middle is not None and last is not None:
            slope = (last - middle) / ((end - start) / 2)
            stretches.append(Stretch(*map(float, (start, end, rate * (last - slope * end), rate * slope))))
    return Line(option.name, tuple(stretches), is_cut=option.formula(setting, hi) is None)


def breaks(option: Option, setting: Setting, lo: Fraction, hi: Fraction) -> list[Fraction]:
    """Give where an option's pieces end inside a chart."""
    found = set()
    for share, part in option.total(setting).parts:
        last = part.pieces[-1].hi
        ends = [piece.hi / share for piece in part.pieces if piece.hi is not None]
        if part.period is not None and last is not None:
            ends += [(last + n * part.period) / share for n in range(1, int(hi * share / part.period))]
        ends += [part.end / share] if part.end is not None else []
        found |= {end for end in ends if part.end is None or end <= part.end / share}
    return sorted(end for end in found if lo < end < hi)


def _crossings(
    options: Sequence[Option], setting: Setting, lo: Fraction, hi: Fraction, rate: Fraction
) -> list[Crossing]:
    """Find each change of the cheapest: on a piece two lines meet, at a riser they may not."""
    edges = sorted({lo, hi, *(at for option in options for at in breaks(option, setting, lo, hi))})
    found = []
    best = _best(options, setting, lo)
    for start, end in pairwise(edges):
        at, first = start, start + (end - start) / 10**6
        while True:
            now = _best(options, setting, max(at + (end - start) / 10**6, first))
            if now is not best:
                cost = best.formula(setting, at)
                assert cost is not None
                found.append(Crossing(float(at), float(rate * cost), now.name, is_jump=at == start))
                best = now
            meets = _meets(options, setting, best, at, end)
            if meets is None:
                break
            at = meets
    return found


def _best(options: Sequence[Option], setting: Setting, volume: Fraction) -> Option:
    costs = [(cost, at) for at, option in enumerate(options) if (cost := option.formula(setting, volume)) is not None]
    return options[min(costs)[1]]


def _meets(
    options: Sequence[Option], setting: Setting, best: Option, start: Fraction, end: Fraction
) -> Fraction | None:
    """Find the first volume on a piece at which another option becomes cheaper than the best."""

    def line(option: Option) -> tuple[Fraction, Fraction] | None:
        middle, last = (option.formula(setting, at) for at in ((start + end) / 2, end))
        if middle is None or last is None:
            return None
        slope = (last - middle) / ((end - start) / 2)
        return last - slope * end, slope

    mine = line(best)
    if mine is None:
        return None
    others = [found for option in options if option is not best and (found := line(option)) is not None]
    places = [(other[0] - mine[0]) / (mine[1] - other[1]) for other in others if other[1] < mine[1]]
    return min((place for place in places if start < place < end), default=None)


def pictures(options: Sequence[Option] = OPTIONS, *, money: Money = USD, has_band: bool = True) -> tuple[Picture, ...]:
    """Give one picture of each kind."""
    names = [option.name for option in options]
    labels = ("input", "output", "GPUs in use", "idle GPUs", "people")
    bars = tuple(
        Bar(name, tuple(Part(label, 40.0 * (at + 1) * (part + 1)) for part, label in enumerate(labels)))
        for at, name in enumerate(names)
    )
    swings = tuple(
        Swing(each.path, 900.0 - 100 * at, 1500.0 + 200 * at, f"{each.low}", f"{each.high}", ())
        for at, each in enumerate(DRIVERS)
    )
    flip = (Flipping(1200.0, "2.6", names[-1]),)
    paths = tuple(
        Path(
            name,
            tuple(1000.0 * (at + 1) * month + 5000 * (3 - at) for month in range(1, 25)),
            9 if at == 1 else None,
            at == 0,
        )
        for at, name in enumerate(names)
    )
    points = tuple(
        Point(name, 100.0 * 3**at, 40.0 + 7 * at, 38.0 + 7 * at, 42.0 + 7 * at, at % 2 == 0)
        for at, name in enumerate(names)
    )
    rows = tuple(
        Row(use, (Reign(1e6, 1e8, names[0]), Reign(1e8, 5e9 / (1 + use), names[-1]), Reign(5e9 / (1 + use), 8e9, None)))
        for use in (0.1, 0.3, 0.5, 0.7, 0.9)
    )
    return (
        stairs(options, money=money, has_band=has_band),
        Frontier(f"{names[0]} is the cheapest that reaches 45", points, "GPQA Diamond, Epoch", money.code, 45.0),
        Breakdown("Idle GPUs are the largest part", bars, labels, money.code),
        Swings(
            f"{GPU} moves {names[-1]} most",
            names[-1],
            1200.0,
            (swings[0]._replace(flips=flip), *swings[1:]),
            money.code,
        ),
        Paths(f"{names[0]} costs the least over 24 months", paths, money.code, "2026-11"),
        WinnerMap("Own GPUs win once they are busy", rows, 1e6, 8e9, "output tokens", (Place(6e7, 1.2e8, 2.4e8), 0.33)),
    )


def page(
    options: Sequence[Option] = OPTIONS,
    drivers: Sequence[Input] = DRIVERS,
    *,
    money: Money = USD,
    has_band: bool = True,
) -> Report:
    """Put together a page as ``costcalc report`` does."""
    shown = pictures(options, money=money, has_band=has_band)
    titles = ("Break-even", "Cost and capability", "Where the money goes", "What moves it", "Over 24 months", "Map")
    figures: list[Block] = [
        block for title, each in zip(titles, shown, strict=True) for block in (Heading(title), Figure(each))
    ]
    names = [option.name for option in options]
    columns = (
        Column("option", wraps=True),
        Column(money.per("month"), "right", means="is the cost a month"),
        Column(money.per("Mtok"), "right"),
        Column("assumption and its source", wraps=True),
        Column("low", "right"),
        Column("high", "right"),
        Column("basis"),
        Column("checked", "right"),
    )
    rows = tuple(
        (
            name,
            "1,234,567.89",
            "12.34",
            f"what {name} rests on, as its page says",
            "1.1",
            "1.6",
            "judgement",
            "2026-11-27",
        )
        for name in names
    )
    return Report(
        "report",
        date(2026, 11, 27),
        None,
        {},
        {},
        verdict=(f"{names[0]} is the cheapest at 120M output tokens a month.", f"It costs less than {names[-1]}."),
        blocks=(Paragraph("120M output tokens a month, requests of 900 tokens in and 300 out."), *figures),
        assumed=tuple(f"{driver.path} {driver.value}, from {driver.low} to {driver.high}" for driver in drivers),
        more=(Heading("Every assumption"), Table(columns, rows), Bullets("Sources", ("https://example.com/pricing",))),
        money=money,
        what_if=offered(options, drivers),
    )
