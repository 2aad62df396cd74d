"""What `breakeven` says: who is cheaper at which volume, and where the user's own falls."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from costcalc.analysis.breakeven import BreakEven, Cheapest
from costcalc.analysis.stretches import AtVolume, Detail, Stretch
from costcalc.catalog.catalog import Catalog
from costcalc.cost.curve import CostCurve
from costcalc.cost.policy import costs_of
from costcalc.money import USD, Money
from costcalc.render.deployments import share
from costcalc.render.pictures.breakeven import stairs, to_draw
from costcalc.render.report import (
    ASSUMED_LINES,
    Block,
    Column,
    Figure,
    Heading,
    Json,
    Report,
    Said,
    Table,
    listed,
)
from costcalc.render.scale import Scale
from costcalc.render.traffic import request_of
from costcalc.render.verdict import WHATEVER, fitting, people
from costcalc.units import decimal, how_many, short, whole

_SHOWN = 12  # rows of the table on a page, that of those left out among them; --notes, JSON and CSV have all
_FIRST = 8  # of them from the beginning, the others from the end


def break_even_report(
    pair: BreakEven,
    detail: Detail,
    catalog: Catalog,
    scale: Scale,
    *,
    inputs: Mapping[str, Json],
    said: Said,
    chart: bool,
    money: Money = USD,
) -> Report:
    """Put the break-even of two options into words and data.

    Args:
        pair: The result.
        detail: What it means at its stretches and at the user's volumes.
        catalog: The catalog that it was priced with.
        scale: How volumes are shown.
        inputs: What was asked, after defaults were filled in.
        said: What the command has to say of its inputs.
        chart: Whether to draw it as well.
        money: In which currency amounts are shown.
    """
    return Report(
        money=money,
        command="breakeven",
        as_of=pair.as_of,
        digest_of=catalog.digest_of,
        inputs={**inputs, "build": pair.build, "buy": pair.buy},
        result=_result(detail, scale, said.notes) | {"pair": _pair(pair, detail, scale), "left_out": []},
        records=tuple(_interval(stretch, scale) for stretch in detail.stretches),
        verdict=pair_verdict(pair, detail, catalog, scale, money),
        blocks=(
            Heading(f"{pair.build} against {pair.buy}, {request_of(pair.mix)}, prices of {pair.as_of}"),
            _table(_shown(detail.stretches, scale), scale),
            *(_drawn(pair, scale, money) if chart else ()),
        ),
        assumed=said.notes[:ASSUMED_LINES],
        more=(
            *listed("In the long run", _why_not_durable(pair, detail, scale, money)),
            *_bounds(pair, scale),
            *_more(detail, scale, said, (), money),
        ),
    )


def cheapest_report(
    found: Cheapest,
    detail: Detail,
    catalog: Catalog,
    scale: Scale,
    *,
    inputs: Mapping[str, Json],
    said: Said,
    chart: bool,
    money: Money = USD,
) -> Report:
    """Put the cheapest option for every volume into words and data; arguments as for `break_even_report`."""
    of = how_many(len(found.curves), "option")
    left_out: list[dict[str, Json]] = [{"option": name, "reason": reason} for name, reason in found.left_out]
    return Report(
        money=money,
        command="breakeven",
        as_of=found.as_of,
        digest_of=catalog.digest_of,
        inputs={**inputs, "options": list(found.options)},
        result=_result(detail, scale, said.notes) | {"pair": None, "left_out": left_out},
        records=tuple(_interval(stretch, scale) for stretch in detail.stretches),
        verdict=cheapest_verdict(found, detail, catalog, scale, money),
        blocks=(
            Heading(f"The cheapest of {of}, {request_of(found.mix)}, prices of {found.as_of}"),
            _table(_shown(detail.stretches, scale), scale),
            *(_drawn(found, scale, money) if chart else ()),
        ),
        assumed=said.notes[:ASSUMED_LINES],
        more=tuple(_more(detail, scale, said, [f"{name}: {reason}" for name, reason in found.left_out], money)),
    )


def pair_verdict(pair: BreakEven, detail: Detail, catalog: Catalog, scale: Scale, money: Money) -> tuple[str, ...]:
    """Say from which volume on the option to build is cheaper, or why it never is, and what holds for the user."""
    won, briefly = (_won(pair, detail, scale, people(costs)) for costs in (costs_of(catalog, pair.build), None))
    full, brief = ([*_yours(detail, scale, brief=brief, money=money)] for brief in (False, True))
    long_run = _why_not_durable(pair, detail, scale, money)
    return fitting([won, *long_run, *full], [won, *full], [won, *brief], [briefly, *brief])


def _won(pair: BreakEven, detail: Detail, scale: Scale, with_people: str) -> str:
    durable, first = pair.durable_win, pair.first_win
    build = f"{pair.build}{with_people}"
    against = f"{build} is cheaper than {pair.buy}"
    if first is None:
        up_to = f" up to {_volume(scale, pair.reigns[-1].hi)}" if pair.is_cut else ", at any volume"
        return f"{build} is never cheaper than {pair.buy}{up_to}{_if_peak(detail, scale)}."
    if durable == 0:
        return f"{against} at every volume."
    if durable is not None and pair.switches == 1:
        return f"{against} above {_volume(scale, durable)} a month, for good."
    return f"{against} {_at_times(pair, first, scale)}."


def _if_peak(detail: Detail, scale: Scale) -> str:
    """Say at which lower peak the option to build would be cheaper, where there is one."""
    at_peak = detail.at_peak
    return f" (with --peak-to-mean {at_peak.peak}: above {_short(scale, at_peak.requests)})" if at_peak else ""


def _at_times(pair: BreakEven, first: Fraction, scale: Scale) -> str:
    """Say where the option to build is cheaper, when that is not once and for good."""
    if first == 0 and pair.switches == 1 and not pair.is_cut:
        return f"up to {_volume(scale, pair.reigns[0].hi)} a month, and never above that"
    above = f"above {_volume(scale, first)} a month" if first else "from the first token on"
    if pair.durable_win is not None:
        return f"{above}, and for good above {_short(scale, pair.durable_win)}"
    if pair.is_cut:
        return f"{above}; nobody looked beyond {_short(scale, pair.reigns[-1].hi)}"
    return f"{above}, but not for good"


def _volume(scale: Scale, requests: Fraction | None) -> str:
    """Write the first volume of a text: with its unit, and that it is output."""
    return f"{_short(scale, requests)}{' of output' if scale.unit == 'output_tokens' else ''}"


def _short(scale: Scale, requests: Fraction | None) -> str:
    """Write a later volume of a text."""
    assert requests is not None  # asked only of stretches that end
    return f"{scale.text(requests)} {scale.title}"


def _why_not_durable(pair: BreakEven, detail: Detail, scale: Scale, money: Money) -> Iterator[str]:
    """Say why the option to build is not cheaper for good, where it is not."""
    if pair.durable_win is not None or pair.is_cut:
        return
    end = pair.curves[0].breaks.end
    if end is not None:
        yield f"Its fleet serves no more than {_short(scale, end)}."
        return
    build, buy = (money.text(_per_unit(curve, scale)) for curve in pair.curves)
    unit = {"output_tokens": "Mtok", "requests": "request"}[scale.unit]
    full = f" with machines {share(detail.full_use)} busy, the most at this peak" if detail.full_use else ""
    full = " with every machine full" if detail.full_use == 1 else full
    yield f"In the long run a further {unit} costs {build} on {pair.build}{full}, and {buy} on {pair.buy}."


def cheapest_verdict(found: Cheapest, detail: Detail, catalog: Catalog, scale: Scale, money: Money) -> tuple[str, ...]:
    """Say which option is cheapest up to where, among how many and on what basis, and what holds for the user."""
    if not detail.stretches:
        return ("None of the options can be compared.",)
    if len(found.curves) == 1:
        return (
            f"{found.curves[0].option} is the only option that can be compared.",
            *_yours(detail, scale, brief=False, money=money),
        )
    costs = costs_of(catalog, *(stretch.option for stretch in detail.stretches if stretch.option is not None))
    machines = f" (own GPUs{people(costs)})" if costs is not None else ""
    of = f" of {how_many(len(found.curves), 'option')}"
    full, brief = ([*_yours(detail, scale, brief=brief, money=money)] for brief in (False, True))
    bases = ((of, f", {WHATEVER}", machines), (of, "", machines), ("", "", ""))
    first, second, third = (_by_volume(detail, scale, *basis) for basis in bases)
    return fitting([first, *full], [first, *brief], [second, *brief], [third, *brief])


def _by_volume(detail: Detail, scale: Scale, of: str, quality: str, machines: str) -> str:
    stretches = detail.stretches
    first, last = stretches[0], stretches[-1]
    if len(stretches) == 1:
        up_to = f" up to {_volume(scale, first.hi)}" if first.hi is not None else ""
        return f"Cheapest{of} at every volume{up_to}{quality}: {first.option}{machines}."
    between = f" ({len(stretches) - 2} more between)" if len(stretches) > 2 else ""  # noqa: PLR2004  # first, last
    end = f"{last.option}" if last.option is not None else "no option serves so much"
    return (
        f"Cheapest{of} up to {_volume(scale, first.hi)} a month{quality}: {first.option};"
        f" above {_short(scale, last.lo)}: {end}{between}{machines}."
    )


def _yours(detail: Detail, scale: Scale, *, brief: bool, money: Money) -> Iterator[str]:
    """Say in a sentence what holds at the user's own volume, or from the low to the high end of their range."""
    if not detail.at_volumes:
        return
    low, high = detail.at_volumes[0], detail.at_volumes[-1]
    if low is high:
        yield f"You: {_short(scale, low.requests)}, where {_at(low, brief=brief, money=money)}."
        return
    span = f"You: {scale.text(low.requests)} to {_short(scale, high.requests)}"
    if _is_one_stretch(detail, low, high):
        yield f"{span}, where {low.cheapest} is cheapest throughout."
    elif low.cheapest == high.cheapest and low.cheapest is not None:
        yield f"{span}, where {low.cheapest} is cheapest at both ends, but not everywhere between."
    else:
        names = [at.cheapest or "none" for at in (low, high)]
        yield f"{span}; cheapest there: {names[0]} and {names[1]}."


def _is_one_stretch(detail: Detail, low: AtVolume, high: AtVolume) -> bool:
    """Whether both ends lie on one stretch, and so everything between."""
    serving = [stretch for stretch in detail.stretches if stretch.option is not None]
    return any(stretch.lo < low.requests and (stretch.hi is None or high.requests <= stretch.hi) for stretch in serving)


def _at(at: AtVolume, *, brief: bool = False, money: Money) -> str:
    cost = at.costs.get(at.cheapest) if at.cheapest is not None else None
    if cost is None:
        return "no option serves so much, or it is above --up-to"
    against = f", {money.text(at.lead_usd)} less than {at.runner_up}" if at.lead_usd is not None and not brief else ""
    return f"{at.cheapest} costs {money.text(cost)} a month{against}"


def _interval(stretch: Stretch, scale: Scale) -> dict[str, Json]:
    return {
        "option": stretch.option,
        "from": _number(scale.units(stretch.lo)),
        "to": _number(scale.units(stretch.hi)) if stretch.hi is not None else None,
        "utilisation_from": short(stretch.use_lo, 6) if stretch.use_lo is not None else None,
        "utilisation_to": short(stretch.use_hi, 6) if stretch.use_hi is not None else None,
    }


def _number(volume: Fraction) -> Decimal:
    return short(decimal(whole(volume)), 6)


def _table(rows: Sequence[tuple[str, ...]], scale: Scale) -> Table:
    uses = any(row[-1] != "–" for row in rows)
    columns = (
        Column("cheapest"),
        Column(f"above {scale.title}", "right"),
        Column("up to", "right"),
        Column("machines in use", "right", rank=1, means="is how busy they are at the two ends"),
    )
    return Table(columns, tuple(rows)) if uses else Table(columns[:-1], tuple(row[:-1] for row in rows))


def _shown(stretches: Sequence[Stretch], scale: Scale) -> list[tuple[str, ...]]:
    """Give the rows of the first and the last stretches of many."""
    if len(stretches) <= _SHOWN:
        return [_cells(stretch, scale) for stretch in stretches]
    last = _SHOWN - _FIRST - 1
    rows = [_cells(stretch, scale) for stretch in (*stretches[:_FIRST], *stretches[-last:])]
    rows.insert(_FIRST, (f"… {len(stretches) - len(rows)} more: --notes", "", "", "–"))
    return rows


def _cells(stretch: Stretch, scale: Scale) -> tuple[str, ...]:
    uses = [share(use) for use in (stretch.use_lo, stretch.use_hi) if use is not None]
    return (
        stretch.option or "(none serves so much)",
        scale.text(stretch.lo),
        scale.text(stretch.hi) if stretch.hi is not None else "for good",
        " to ".join(uses) or "–",
    )


def _more(detail: Detail, scale: Scale, said: Said, left_out: Sequence[str], money: Money) -> Iterator[Block]:
    if len(detail.stretches) > _SHOWN:
        yield Heading("All stretches")
        yield _table([_cells(stretch, scale) for stretch in detail.stretches], scale)
    yield from listed(
        "Your volume", [f"{_short(scale, at.requests)}: {_at(at, money=money)}" for at in detail.at_volumes]
    )
    yield from listed("Left out", left_out)
    yield from listed("Notes", said.notes[ASSUMED_LINES:])
    yield from listed("Caveats", [f"{', '.join(options)}: {text}" for text, options in detail.caveats])


def _bounds(pair: BreakEven, scale: Scale) -> Iterator[Block]:
    if pair.bounds is not None and pair.switches > 1:
        never, always = (scale.text(at) for at in pair.bounds)
        below = f"below {never} {pair.build} never wins, above" if pair.bounds[0] else "above"
        yield from listed("Bounds", [f"{below} {always} {scale.title} it always does; between, replicas decide"])


def _per_unit(curve: CostCurve, scale: Scale) -> Decimal:
    return decimal(whole(curve.slope / scale.per_request * scale.shown))


def _pair(pair: BreakEven, detail: Detail, scale: Scale) -> dict[str, Json]:
    wins = (pair.first_win, pair.durable_win, *(pair.bounds or (None, None)), pair.curves[0].breaks.end)
    first, durable, never, always, end = (_number(scale.units(at)) if at is not None else None for at in wins)
    return {
        "build": pair.build,
        "buy": pair.buy,
        "first_win": first,
        "durable_win": durable,
        "switches": pair.switches,
        "never_below": never,
        "always_above": always,
        "build_serves_up_to": end,
        "full_utilisation": short(detail.full_use, 6) if detail.full_use is not None else None,
        "wins_at_peak": (
            {"peak_to_mean": detail.at_peak.peak, "from": _number(scale.units(detail.at_peak.requests))}
            if detail.at_peak is not None
            else None
        ),
        "build_usd_per_unit": _per_unit(pair.curves[0], scale),
        "buy_usd_per_unit": _per_unit(pair.curves[1], scale),
    }


def _result(detail: Detail, scale: Scale, notes: Sequence[str]) -> dict[str, Json]:
    return {
        "unit": scale.unit,
        "intervals": [_interval(stretch, scale) for stretch in detail.stretches],
        "at_your_volume": [
            {
                "volume": _number(scale.units(at.requests)),
                "cheapest": at.cheapest,
                "monthly_usd": at.costs,
                "runner_up": at.runner_up,
                "lead_usd": at.lead_usd,
            }
            for at in detail.at_volumes
        ],
        "caveats": [f"{', '.join(options)}: {text}" for text, options in detail.caveats],
        "notes": list(notes),
    }


def _drawn(found: BreakEven | Cheapest, scale: Scale, money: Money) -> Iterator[Block]:
    picture = stairs(to_draw(found, scale), found.reigns, found.mix, scale, money)
    if picture is not None:
        yield Figure(picture)
