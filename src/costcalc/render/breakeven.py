"""What `breakeven` says: who is cheaper at which volume, and where the user's own falls."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, Self

from costcalc.analysis.breakeven import BreakEven, Cheapest, cost_at, reign_at, use_at
from costcalc.analysis.envelope import Reign
from costcalc.catalog.catalog import Catalog
from costcalc.cost.curve import CostCurve
from costcalc.cost.option import estimate
from costcalc.errors import UndecidableError
from costcalc.render.charts.lines import Axis, Series, line_chart
from costcalc.render.deployments import share
from costcalc.render.numbers import significant, usd
from costcalc.render.report import (
    Block,
    Column,
    Drawing,
    Heading,
    Json,
    Paragraph,
    Report,
    Said,
    Table,
    listed,
)
from costcalc.units import MTOK, Volume, decimal, whole
from costcalc.workload import Workload

_SHOWN = 16  # intervals in the text; JSON and CSV have all
_CHART_COLUMNS = 60


class Scale(NamedTuple):
    """How volumes are shown: output tokens where the mix generates any, else requests.

    Args:
        per_request: Units of one request.
        unit: The unit in words.
        shown: How many of the unit one shown figure is: a million tokens.
        volume: The user's own volume [units/month], as low, central and high; None where nothing was said.
    """

    per_request: Fraction
    unit: str
    shown: int
    volume: Volume | None

    @classmethod
    def of(cls, mix: Workload, volume: Volume | None) -> Self:
        """Choose the scale for a mix."""
        per_request = Fraction(mix.output_tokens) / Fraction(mix.requests)
        if per_request:
            return cls(per_request, "output_tokens", MTOK, volume)
        requests = Fraction(mix.requests)
        return cls(Fraction(1), "requests", 1, Volume(requests, requests, requests))

    @property
    def title(self) -> str:
        """The unit of a shown figure."""
        return "Mtok" if self.unit == "output_tokens" else "requests"

    def requests(self, units: Fraction) -> Fraction:
        """Turn units into requests."""
        return units / self.per_request

    def units(self, requests: Fraction) -> Fraction:
        """Turn requests into units."""
        return requests * self.per_request

    def text(self, requests: Fraction) -> str:
        """Write a volume of requests as people read it."""
        return significant(decimal(whole(self.units(requests) / self.shown)))

    def inputs(self) -> dict[str, Json]:
        """What was asked, for the document."""
        volume = [decimal(whole(one)) for one in self.volume] if self.volume is not None else None
        return {"unit": self.unit, "volume": volume}


def break_even_report(
    pair: BreakEven,
    catalog: Catalog,
    scale: Scale,
    *,
    inputs: Mapping[str, Json],
    said: Said,
    unicode: bool | None,
) -> Report:
    """Put the break-even of two options into words and data.

    Args:
        pair: The result.
        catalog: The catalog that it was priced with.
        scale: How volumes are shown.
        inputs: What was asked, after defaults were filled in.
        said: What the command has to say of its inputs.
        unicode: Whether to draw a chart, and with which characters; None for no chart.
    """
    names = (pair.build, pair.buy)
    rows = _rows(pair.reigns, pair.build, pair.mix, catalog, pair.as_of)
    yours = list(_yours(pair.reigns, names, pair.mix, catalog, scale=scale, day=pair.as_of))
    caveats = _caveats(names, pair.mix, catalog, pair.as_of)
    blocks = [
        Heading(f"{pair.build} (build) against {pair.buy} (buy), a month at the prices of {pair.as_of}"),
        *_table(rows, scale),
        Paragraph(" ".join(_verdict(pair, scale))),
        *_drawn(pair.curves, _chart_end(pair.reigns, scale.volume, scale), scale, unicode),
        *listed("Your volume", _said_of(yours, scale)),
        *listed("Notes", said.notes),
        *listed("Caveats", caveats),
    ]
    result = _result(rows, yours, scale, said.notes, caveats) | {"pair": _pair(pair, scale), "left_out": []}
    inputs = {**inputs, "build": pair.build, "buy": pair.buy}
    records = tuple(_data(row, scale) for row in rows)
    return Report("breakeven", pair.as_of, catalog.digest_of, inputs, result, records, tuple(blocks))


def cheapest_report(
    found: Cheapest,
    catalog: Catalog,
    scale: Scale,
    *,
    inputs: Mapping[str, Json],
    said: Said,
    unicode: bool | None,
) -> Report:
    """Put the cheapest option for every volume into words and data; arguments as for `break_even_report`."""
    names = tuple(curve.option for curve in found.curves)
    winners = tuple(dict.fromkeys(reign.option for reign in found.reigns if reign.option is not None))
    rows = _rows(found.reigns, None, found.mix, catalog, found.as_of)
    yours = list(_yours(found.reigns, names, found.mix, catalog, scale=scale, day=found.as_of))
    caveats = _caveats(winners, found.mix, catalog, found.as_of)
    reasons = [f"{name}: {reason}" for name, reason in found.left_out]
    blocks = [
        Heading(f"The cheapest of {len(names)} options at every volume, a month at the prices of {found.as_of}"),
        *_table(rows, scale),
        *_drawn(_winning(found), _chart_end(found.reigns, scale.volume, scale), scale, unicode),
        *listed("Your volume", _said_of(yours, scale)),
        *listed("Left out", reasons),
        *listed("Notes", said.notes),
        *listed("Caveats", caveats),
    ]
    result: dict[str, Json] = _result(rows, yours, scale, said.notes, caveats)
    result |= {"pair": None, "left_out": [{"option": name, "reason": reason} for name, reason in found.left_out]}
    records = tuple(_data(row, scale) for row in rows)
    asked = {**inputs, "options": list(found.options)}
    return Report("breakeven", found.as_of, catalog.digest_of, asked, result, records, tuple(blocks))


def envelope_line(found: Cheapest, scale: Scale) -> str | None:
    """Say in a sentence who is cheapest where; None where one option is so at every volume, or there is none."""
    reigns = [reign for reign in found.reigns if reign.option is not None]
    if len(reigns) < 2:  # noqa: PLR2004  # with one there is no change to tell
        return f"cheapest at every volume: {reigns[0].option}" if reigns else None
    first, *middle, last = reigns
    if len(middle) > 3:  # noqa: PLR2004  # more would be a list
        changes = f"then {len(middle)} changes up to {scale.text(last.lo)} (costcalc breakeven lists them)"
        parts = [changes]
    else:
        parts = [f"{scale.text(one.lo)} to {scale.text(one.hi or one.lo)}: {one.option}" for one in middle]
    return (
        f"cheapest up to {scale.text(first.hi or first.lo)} {scale.title} a month of this mix: {first.option}; "
        + "".join(f"{part}; " for part in parts)
        + f"above {scale.text(last.lo)}: {last.option}"
    )


class _Row(NamedTuple):
    """An interval: the winner above ``lo`` up to and including ``hi``, and how busy the machines are at its ends."""

    option: str | None
    lo: Fraction
    hi: Fraction | None
    use_lo: Decimal | None
    use_hi: Decimal | None


def _rows(reigns: Sequence[Reign], machines: str | None, mix: Workload, catalog: Catalog, day: date) -> list[_Row]:
    """Say of each interval how busy the machines are, those of one option or of the winner."""

    def use(known: str | None, at: Fraction | None) -> Decimal | None:
        return use_at(known, at, mix, catalog, as_of=day) if known and at else None

    def row(one: Reign) -> _Row:
        known = machines or one.option
        return _Row(one.option, one.lo, one.hi, use(known, one.lo * _ABOVE), use(known, one.hi))

    return [row(one) for one in reigns]


_ABOVE = 1 + Fraction(1, 10**9)  # an interval is open at its lower end


def _data(row: _Row, scale: Scale) -> dict[str, Json]:
    return {
        "option": row.option,
        "from": _number(scale.units(row.lo)),
        "to": _number(scale.units(row.hi)) if row.hi is not None else None,
        "utilisation_from": _share(row.use_lo),
        "utilisation_to": _share(row.use_hi),
    }


def _number(volume: Fraction) -> Decimal:
    return round(decimal(whole(volume)), 6)


def _share(value: Decimal | None) -> Decimal | None:
    return round(value, 6) if value is not None else None


def _table(rows: Sequence[_Row], scale: Scale) -> Iterator[Block]:
    """Show intervals, the first and the last of many."""
    columns = (
        Column("cheapest"),
        Column(f"above {scale.title}", "right"),
        Column("up to", "right"),
        Column("machines in use", "right", rank=1, means="is how busy they are at the two ends"),
    )
    shown = rows if len(rows) <= _SHOWN else [*rows[: _SHOWN - 4], *rows[-3:]]
    cells = [_cells(row, scale) for row in shown]
    if len(shown) < len(rows):
        cells.insert(_SHOWN - 4, (f"… {len(rows) - len(shown)} more", "", "", ""))
    yield Table(columns, tuple(cells))
    if len(shown) < len(rows):
        yield Paragraph("--format csv or json has every interval.")


def _cells(row: _Row, scale: Scale) -> tuple[str, ...]:
    uses = [share(use) for use in (row.use_lo, row.use_hi) if use is not None]
    return (
        row.option or "(nobody can serve so much)",
        scale.text(row.lo),
        scale.text(row.hi) if row.hi is not None else "for good",
        " to ".join(uses) or "–",
    )


def _verdict(pair: BreakEven, scale: Scale) -> Iterator[str]:
    """Say where building wins first and for good, or why it never does for good."""
    durable, first = pair.durable_win, pair.first_win
    if first is None:
        yield f"{pair.build} is never cheaper."
    elif durable == 0:
        yield f"{pair.build} is cheaper at every volume."
    elif durable is not None and pair.switches <= 1:
        yield f"{pair.build} is cheaper for good above {scale.text(durable)} {scale.title}."
    else:
        yield f"{pair.build} is cheaper for the first time above {scale.text(first)} {scale.title}"
        yield f"and for good above {scale.text(durable)}." if durable is not None else "but not for good."
        yield f"The cheaper one changes {pair.switches} times."
    if durable is None and not pair.is_cut:
        yield _no_durable(pair, scale)
    if pair.bounds is not None and pair.switches > 1:
        never, always = (scale.text(one) for one in pair.bounds)
        below = f"Below {never} building never wins, above" if pair.bounds[0] else "Above"
        yield f"{below} {always} it always does: between, whole replicas decide."


def _no_durable(pair: BreakEven, scale: Scale) -> str:
    if pair.curves[0].breaks.end is not None:
        return f"No durable break-even: its fleet serves no more than {scale.text(pair.curves[0].breaks.end)}."
    build, buy = (usd(_per_unit(curve, scale)) for curve in pair.curves)
    return (
        f"No durable break-even: in the long run a further {_ONE[scale.unit]} costs ${build} on {pair.build} with every"
        f" machine full, and ${buy} on {pair.buy}."
    )


_ONE = {"output_tokens": "Mtok", "requests": "request"}


def _per_unit(curve: CostCurve, scale: Scale) -> Decimal:
    return decimal(whole(curve.slope / scale.per_request * scale.shown))


def _pair(pair: BreakEven, scale: Scale) -> dict[str, Json]:
    bounds = pair.bounds or (None, None)
    wins = (pair.first_win, pair.durable_win, *bounds)
    first, durable, never, always = (_number(scale.units(one)) if one is not None else None for one in wins)
    return {
        "build": pair.build,
        "buy": pair.buy,
        "first_win": first,
        "durable_win": durable,
        "switches": pair.switches,
        "never_below": never,
        "always_above": always,
        "build_usd_per_unit": _per_unit(pair.curves[0], scale),
        "buy_usd_per_unit": _per_unit(pair.curves[1], scale),
    }


class _Yours(NamedTuple):
    """The user's volume, or an end of it: who is cheapest there, and what each option costs."""

    requests: Fraction
    cheapest: str | None
    costs: dict[str, Decimal | None]


def _yours(
    reigns: Sequence[Reign], names: Sequence[str], mix: Workload, catalog: Catalog, *, scale: Scale, day: date
) -> Iterator[_Yours]:
    for units in sorted(set(scale.volume or ())):
        requests = scale.requests(units)
        costs = {name: cost_at(name, requests, mix, catalog, as_of=day) for name in names}
        yield _Yours(requests, reign_at(reigns, requests), costs)


def _said_of(yours: Sequence[_Yours], scale: Scale) -> list[str]:
    return [_said_at(one, scale) for one in yours]


def _said_at(one: _Yours, scale: Scale) -> str:
    volume = f"at {scale.text(one.requests)} {scale.title}"
    mine = one.costs.get(one.cheapest) if one.cheapest is not None else None
    if mine is None:
        return f"{volume} none of them can serve it, or it is beyond what was looked at"
    others = [(cost, name) for name, cost in one.costs.items() if name != one.cheapest and cost is not None]
    runner_up = min(others, default=None)
    against = f", against ${usd(runner_up[0])} for {runner_up[1]}" if runner_up is not None else ""
    return f"{volume} {one.cheapest} is cheapest: ${usd(mine)} a month{against}"


def _caveats(names: Sequence[str], mix: Workload, catalog: Catalog, day: date) -> list[str]:
    """Say what must be known of the options before trusting it; of each the caveats that hold at every volume."""
    by_text: dict[str, list[str]] = {}
    for name in names:
        for text in _steady(name, mix, catalog, day):
            by_text.setdefault(text, []).append(name)
    return [f"{', '.join(options)}: {text}" for text, options in by_text.items()]


def _steady(name: str, mix: Workload, catalog: Catalog, day: date) -> list[str]:
    try:
        small, large = (
            estimate(name, replace(mix, requests=mix.requests * times), catalog, as_of=day).caveats for times in (1, 2)
        )
    except UndecidableError:
        return []
    return [text for text in small if text in large]


def _result(
    rows: Sequence[_Row], yours: Sequence[_Yours], scale: Scale, notes: Sequence[str], caveats: Sequence[str]
) -> dict[str, Json]:
    return {
        "unit": scale.unit,
        "intervals": [_data(row, scale) for row in rows],
        "at_your_volume": [
            {"volume": _number(scale.units(one.requests)), "cheapest": one.cheapest, "monthly_usd": one.costs}
            for one in yours
        ],
        "caveats": list(caveats),
        "notes": list(notes),
    }


def _drawn(curves: Sequence[CostCurve], end: Fraction, scale: Scale, unicode: bool | None) -> Iterator[Block]:
    """Draw the curves, exact at every column, up to half as much again as the last change."""
    if unicode is None or not curves:
        return
    volumes = [end * step / _CHART_COLUMNS for step in range(1, _CHART_COLUMNS + 1)]
    series = [Series(curve.option, tuple(_at(curve, volume) for volume in volumes)) for curve in curves]
    axis = Axis(f"{scale.title} a month", "0", scale.text(end))
    yield Drawing(line_chart(series, axis, "USD a month", unicode=unicode))


def _at(curve: CostCurve, volume: Fraction) -> float | None:
    if curve.breaks.end is not None and volume > curve.breaks.end:
        return None
    return float(curve.at(volume))


def _chart_end(reigns: Sequence[Reign], yours: Volume | None, scale: Scale) -> Fraction:
    """Half as much again as the last change or the user's volume, whichever is more."""
    known = [reigns[-1].lo, *(scale.requests(one) for one in yours or ())]
    return max(known) * Fraction(3, 2) or scale.requests(Fraction(10**8))


def _winning(found: Cheapest) -> list[CostCurve]:
    winners = {reign.option for reign in found.reigns}
    return [curve for curve in found.curves if curve.option in winners]
