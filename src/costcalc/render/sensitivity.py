"""What `sensitivity` says: what each input does by itself, the widest first, and what flips the winner."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from costcalc.analysis.sensitivity import End, Flip, Swing, Tornado
from costcalc.case.inputs import Input
from costcalc.render.charts.tornado import Bar, tornado_chart
from costcalc.render.numbers import compact, usd
from costcalc.render.report import (
    Block,
    Bullets,
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

_SHOWN = 15  # bars in a chart


def tornado_report(found: Tornado, *, inputs: Mapping[str, Json], said: Said, unicode: bool | None) -> Report:
    """Put a tornado into words and data.

    Args:
        found: The result.
        inputs: What was asked, after defaults were filled in.
        said: What the command has to say of its inputs.
        unicode: Whether to draw a chart, and with which characters; None for no chart.
    """
    return Report(
        command="sensitivity",
        as_of=found.case.as_of,
        digest_of=found.case.catalog.digest_of,
        inputs=inputs,
        result=_result(found, said),
        records=tuple(_record(one) for one in found.swings),
        blocks=tuple(_blocks(found, said, unicode)),
    )


def _result(found: Tornado, said: Said) -> dict[str, Json]:
    return {
        "option": found.option,
        "runner_up": found.runner_up,
        "monthly_usd": found.central.usd,
        "lead_usd": found.central.lead_usd,
        "winner": found.central.winner,
        "inputs": [_data(one) for one in found.swings],
        "options": list(found.options),
        "left_out": [{"option": name, "reason": reason} for name, reason in found.left_out],
        "notes": list(said.notes),
    }


def _data(one: Swing) -> dict[str, Json]:
    return {
        "input": one.input.path,
        "unit": one.input.unit,
        "value": one.input.value,
        "low": _end(one.low),
        "high": _end(one.high),
        "width_usd": one.width,
        "flips": [{"at": flip.value, "winner": flip.winner} for flip in one.flips],
        "same_replicas": one.is_hidden_by_stairs,
    }


def _end(one: End) -> dict[str, Json]:
    return {"value": one.value, "monthly_usd": one.usd, "lead_usd": one.lead_usd, "winner": one.winner}


def _record(one: Swing) -> dict[str, Json]:
    """One input as a flat row."""
    return {
        "input": one.input.path,
        "unit": one.input.unit,
        "low": one.low.value,
        "value": one.input.value,
        "high": one.high.value,
        "usd_at_low": one.low.usd,
        "usd_at_high": one.high.usd,
        "lead_usd_at_low": one.low.lead_usd,
        "lead_usd_at_high": one.high.lead_usd,
        "width_usd": one.width,
        "winner_at_low": one.low.winner,
        "winner_at_high": one.high.winner,
        "flips_at": one.flips[0].value if one.flips else None,
        "same_replicas": one.is_hidden_by_stairs,
    }


def name_of(one: Input) -> str:
    """How an input is called in text: an assumption by its id, everything else by its path."""
    return one.path.removeprefix("assumptions.")


def _blocks(found: Tornado, said: Said, unicode: bool | None) -> Iterator[Block]:
    yield Heading(f"What moves {found.option}, {_central(found)}, at the prices of {found.case.as_of}")
    moving = [one for one in found.swings if one.width or one.flips]
    if moving:
        yield _table(found, moving)
        yield from _drawn(found, moving, unicode)
        yield (
            Bullets("Alone, each of these changes the winner", _flips(found))
            if _flips(found)
            else Paragraph("No input alone changes the winner within its range.")
        )
    else:
        yield Paragraph("Nothing in its range changes the cost of an option.")
    yield from listed("No change", _still(found.swings))
    yield from listed("Left out", [f"{name}: {reason}" for name, reason in found.left_out])
    yield from listed("Notes", said.notes)


def _central(found: Tornado) -> str:
    month = f"${_usd(found.central.usd)} a month with every input at its central value"
    lead = found.central.lead_usd
    if found.runner_up is None or lead is None:
        return month
    than = "less" if lead >= 0 else "more"
    return f"{month}, ${usd(abs(lead))} {than} than {found.runner_up}"


def _table(found: Tornado, swings: Sequence[Swing]) -> Table:
    """Show the lead where there are others, with the cost beside it where the page is wide; else the cost."""
    alone = found.runner_up is None
    lead = f"and at high: by how much it is cheaper than the best of the other {len(found.options) - 1}, USD a month"
    costs = (Column("$ at low", "right", means="and at high: its cost a month"), Column("$ at high", "right"))
    leads = (
        Column("$ at low to high", "right", rank=2, means=f"what {found.option} costs a month"),
        Column("lead at low", "right", means=lead),
        Column("lead at high", "right"),
        Column("flips"),
    )
    rows = []
    for one in swings:
        usds, ahead = ([_usd(end) for end in ends] for ends in _ends(one))
        cells = usds if alone else [" to ".join(usds), *ahead, "yes" if one.flips else ""]
        rows.append((name_of(one.input), f"{compact(one.low.value)} to {compact(one.high.value)}", *cells))
    return Table((Column("input"), Column("low to high", rank=1), *(costs if alone else leads)), tuple(rows))


def _ends(one: Swing) -> tuple[tuple[Decimal | None, Decimal | None], tuple[Decimal | None, Decimal | None]]:
    """Give the costs at both ends, and the leads."""
    return (one.low.usd, one.high.usd), (one.low.lead_usd, one.high.lead_usd)


def _usd(amount: Decimal | None) -> str:
    return "–" if amount is None else usd(amount)


def _drawn(found: Tornado, swings: Sequence[Swing], unicode: bool | None) -> Iterator[Block]:
    """Draw the lead where there are others, else the cost; an input without a figure at an end has no bar."""
    if unicode is None:
        return
    leads = found.runner_up is not None

    def figure(end: End) -> Decimal | None:
        return end.lead_usd if leads else end.usd

    pairs = [(one, figure(one.low), figure(one.high)) for one in swings]
    bars = [Bar(name_of(one.input), float(a), float(b)) for one, a, b in pairs if a is not None and b is not None]
    central = figure(found.central)
    if bars and central is not None:
        title = f"USD a month by which {found.option} is cheaper" if leads else f"USD a month of {found.option}"
        yield Drawing(tornado_chart(bars[:_SHOWN], float(central), title=title, unicode=unicode))


def _flips(found: Tornado) -> tuple[str, ...]:
    return tuple(_flip(one, flip) for one in found.swings for flip in one.flips)


def _flip(one: Swing, flip: Flip) -> str:
    side = "at most" if flip.value < one.input.value else "at least"
    who = f"{flip.winner} is the cheapest" if flip.winner is not None else "no option can serve"
    unit = f" {one.input.unit}" if one.input.unit else ""
    return f"{name_of(one.input)} {side} about {compact(flip.value)}{unit}: {who}"


def _still(swings: Sequence[Swing]) -> list[str]:
    still = [one for one in swings if not one.width and not one.flips]
    said = (
        ("same number of replicas", [one for one in still if one.is_hidden_by_stairs]),
        ("no cost depends on it here", [one for one in still if one.is_idle and not one.is_hidden_by_stairs]),
        ("it moves only options that are dearer anyway", [one for one in still if not one.is_idle]),
    )
    return [f"{', '.join(name_of(one.input) for one in those)}: {why}" for why, those in said if those]
