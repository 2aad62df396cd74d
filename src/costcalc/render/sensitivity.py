"""What `sensitivity` says: what each input does by itself, the widest first, and what flips the winner."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from costcalc.analysis.sensitivity import End, Flip, Swing, Tornado
from costcalc.money import USD, Money
from costcalc.render.numbers import compact
from costcalc.render.pictures.tornado import name_of, swings
from costcalc.render.report import ASSUMED_LINES, Block, Column, Figure, Heading, Json, Report, Said, Table, listed
from costcalc.render.traffic import month_of
from costcalc.render.verdict import fitting

_SHOWN = 12  # inputs in the table of a page; --notes, CSV and JSON have all


def tornado_report(
    found: Tornado, *, inputs: Mapping[str, Json], said: Said, chart: bool, money: Money = USD
) -> Report:
    """Put a tornado into words and data.

    Args:
        found: The result.
        inputs: What was asked, after defaults were filled in.
        said: What the command has to say of its inputs.
        chart: Whether to draw it as well.
        money: In which currency amounts are shown.
    """
    moving = [swing for swing in found.swings if swing.width or swing.flips]
    return Report(
        money=money,
        command="sensitivity",
        as_of=found.case.as_of,
        digest_of=found.case.catalog.digest_of,
        inputs=inputs,
        result=_result(found, said),
        records=tuple(_record(swing) for swing in found.swings),
        verdict=_verdict(found, money),
        blocks=(
            Heading(f"{month_of(found.case.workload)}, prices of {found.case.as_of}; one input moves at a time"),
            *_tables(found, moving[:_SHOWN], more=len(moving[_SHOWN:]), money=money),
            *(_drawn(found, money) if chart else ()),
        ),
        assumed=said.notes[:ASSUMED_LINES],
        more=tuple(_more(found, moving, said, money)),
    )


def _result(found: Tornado, said: Said) -> dict[str, Json]:
    return {
        "option": found.option,
        "runner_up": found.runner_up,
        "monthly_usd": found.central.usd,
        "lead_usd": found.central.lead_usd,
        "winner": found.central.winner,
        "inputs": [_data(swing) for swing in found.swings],
        "options": list(found.options),
        "left_out": [{"option": name, "reason": reason} for name, reason in found.left_out],
        "notes": list(said.notes),
    }


def _data(swing: Swing) -> dict[str, Json]:
    return {
        "input": swing.input.path,
        "unit": swing.input.unit,
        "value": swing.input.value,
        "low": _end(swing.low),
        "high": _end(swing.high),
        "width_usd": swing.width,
        "flips": [{"at": flip.value, "winner": flip.winner} for flip in swing.flips],
        "same_replicas": swing.is_hidden_by_stairs,
    }


def _end(end: End) -> dict[str, Json]:
    return {"value": end.value, "monthly_usd": end.usd, "lead_usd": end.lead_usd, "winner": end.winner}


def _record(swing: Swing) -> dict[str, Json]:
    """One input as a flat row."""
    return {
        "input": swing.input.path,
        "unit": swing.input.unit,
        "low": swing.low.value,
        "value": swing.input.value,
        "high": swing.high.value,
        "usd_at_low": swing.low.usd,
        "usd_at_high": swing.high.usd,
        "lead_usd_at_low": swing.low.lead_usd,
        "lead_usd_at_high": swing.high.lead_usd,
        "width_usd": swing.width,
        "winner_at_low": swing.low.winner,
        "winner_at_high": swing.high.winner,
        "flips_at": swing.flips[0].value if swing.flips else None,
        "same_replicas": swing.is_hidden_by_stairs,
    }


def _verdict(found: Tornado, money: Money) -> tuple[str, ...]:
    """Say what the option costs, which input moves that most, and what makes another option the cheapest."""
    full, brief = ([*_sentences(found, brief=brief, money=money)] for brief in (False, True))
    flips = _flips(found)
    counted = f"Inputs that change the winner alone: {len(flips)} (--notes)."
    return fitting(full, brief, [*brief[:-1], counted] if flips else brief)


def _sentences(found: Tornado, *, brief: bool, money: Money) -> Iterator[str]:
    yield f"{found.option} costs {_central(found, money)}."
    widest = next((swing for swing in found.swings if swing.width), None)
    flips = _flips(found)
    if widest is not None:
        span = "" if brief else f" ({_span(widest)})"
        yield f"{name_of(widest.input)}{span} moves that most{_moved(widest, brief=brief, money=money)}."
    elif not flips:
        yield "No input changes a cost within its range."
        return
    if flips and brief:
        yield f"Changes the winner: {flips[0]}."
    elif flips:
        more = f" ({len(flips) - 1} more with --notes)" if len(flips) > 1 else ""
        yield f"Alone, this changes the winner: {flips[0]}{more}."
    else:
        yield f"No input alone changes the winner{'' if brief else ' within its range'}."


def _central(found: Tornado, money: Money) -> str:
    if found.central.usd is None:
        return "more than can be said: it cannot serve the central volume"
    month = f"{money.text(found.central.usd)} a month"
    lead = found.central.lead_usd
    if found.runner_up is None or lead is None:
        return month
    return f"{month}, {money.text(abs(lead))} {'less' if lead >= 0 else 'more'} than {found.runner_up}"


def _span(swing: Swing) -> str:
    unit = f" {swing.input.unit}" if swing.input.unit else ""
    return f"{compact(swing.low.value)} to {compact(swing.high.value)}{unit}"


def _moved(swing: Swing, *, brief: bool, money: Money) -> str:
    """Say between which costs an input moves the option, where it moves its own cost rather than another one's."""
    low, high = swing.low.usd, swing.high.usd
    if low is None or high is None or low == high:
        return " in comparison with the others"
    return (
        f": {money.text(low)} to {money.text(high)}"
        if brief
        else f": from {money.text(low)} to {money.text(high)} a month"
    )


def _tables(found: Tornado, swings: Sequence[Swing], *, more: int = 0, money: Money) -> Iterator[Table]:
    if swings:
        yield _table(found, swings, (f"{more} more inputs with --notes",) if more else (), money)


def _table(found: Tornado, swings: Sequence[Swing], notes: tuple[str, ...], money: Money) -> Table:
    """Show the lead where there are others, with the cost beside it where the page is wide; else the cost."""
    alone = found.runner_up is None
    lead = (
        f"and at high: how much less it costs than the best of the other {len(found.options) - 1}, {money.code} a month"
    )
    costs = (
        Column(f"{money.sign} at low", "right", means="and at high: its cost a month"),
        Column(f"{money.sign} at high", "right"),
    )
    leads: tuple[Column, ...] = (
        Column(f"{money.sign} at low to high", "right", rank=2, means=f"what {found.option} costs a month"),
        Column("lead at low", "right", means=lead),
        Column("lead at high", "right"),
    )
    if any(swing.flips for swing in swings):
        leads = (*leads, Column("flips at", "right", means="about where another option becomes the cheapest"))
    rows = []
    for swing in swings:
        usds, ahead = ([_usd(end, money) for end in ends] for ends in _ends(swing))
        flips = " and ".join(compact(flip.value) for flip in swing.flips)
        cells = usds if alone else [" to ".join(usds), *ahead, flips][: len(leads)]
        rows.append((name_of(swing.input), f"{compact(swing.low.value)} to {compact(swing.high.value)}", *cells))
    columns = (Column("input"), Column("low to high", rank=1), *(costs if alone else leads))
    return Table(columns, tuple(rows), notes)


def _more(found: Tornado, moving: Sequence[Swing], said: Said, money: Money) -> Iterator[Block]:
    yield from listed("Changes of the winner by one input alone", _flips(found))
    if len(moving) > _SHOWN:
        yield Heading("All inputs")
        yield from _tables(found, moving, money=money)
    yield from listed("No change", _still(found.swings))
    yield from listed("Left out", [f"{name}: {reason}" for name, reason in found.left_out])
    yield from listed("Notes", said.notes[ASSUMED_LINES:])


def _ends(swing: Swing) -> tuple[tuple[Decimal | None, Decimal | None], tuple[Decimal | None, Decimal | None]]:
    """Give the costs at both ends, and the leads."""
    return (swing.low.usd, swing.high.usd), (swing.low.lead_usd, swing.high.lead_usd)


def _usd(amount: Decimal | None, money: Money) -> str:
    return "–" if amount is None else money.cell(amount)


def _drawn(found: Tornado, money: Money) -> Iterator[Block]:
    picture = swings(found, money)
    if picture is not None:
        yield Figure(picture)


def _flips(found: Tornado) -> tuple[str, ...]:
    return tuple(_flip(swing, flip) for swing in found.swings for flip in swing.flips)


def _flip(swing: Swing, flip: Flip) -> str:
    side = "at most" if flip.value < swing.input.value else "at least"
    who = f"{flip.winner} is the cheapest" if flip.winner is not None else "no option can serve"
    unit = f" {swing.input.unit}" if swing.input.unit else ""
    return f"{name_of(swing.input)} {side} about {compact(flip.value)}{unit}: {who}"


def _still(swings: Sequence[Swing]) -> list[str]:
    still = [swing for swing in swings if not swing.width and not swing.flips]
    reasons = (
        ("same number of replicas", [swing for swing in still if swing.is_hidden_by_stairs]),
        ("no cost depends on it here", [swing for swing in still if swing.is_idle and not swing.is_hidden_by_stairs]),
        ("it moves only options that cost more anyway", [swing for swing in still if not swing.is_idle]),
    )
    return [f"{', '.join(name_of(swing.input) for swing in those)}: {why}" for why, those in reasons if those]
