"""The picture of a tornado: what each input alone does to one option's cost, and where it changes the cheapest one."""

from collections.abc import Iterator
from decimal import Decimal

from costcalc.analysis.sensitivity import Swing as Moved
from costcalc.analysis.sensitivity import Tornado
from costcalc.case.inputs import Input
from costcalc.money import Money
from costcalc.render.charts.pictures import Flipping, Swing, Swings
from costcalc.render.numbers import compact

MOST_BARS = 12  # in one chart; the table and the data have all


def swings(found: Tornado, money: Money) -> Swings | None:
    """Draw what moves an option's cost or changes the winner, the widest first; None where nothing does.

    An input that moves only options that cost more anyway has no bar: the option's cost stays as it is.

    Args:
        found: The result.
        money: In which currency amounts are shown.
    """
    central = found.central.usd
    moving = [swing for swing in found.swings if swing.flips or swing.usd or _cannot_serve(swing)]
    if central is None or not moving:
        return None
    moving.sort(key=lambda swing: -swing.usd)  # stable: of equal width, as in the table
    return Swings(
        title=_title(found, moving, money),
        option=found.option,
        central=_amount(central, money),
        swings=tuple(_swing(swing, money) for swing in moving[:MOST_BARS]),
        currency=money.code,
    )


def name_of(moved: Input) -> str:
    """How an input is called in text: an assumption by its id, everything else by its path."""
    return moved.path.removeprefix("assumptions.")


def _cannot_serve(swing: Moved) -> bool:
    return swing.low.usd is None or swing.high.usd is None


def _swing(swing: Moved, money: Money) -> Swing:
    low, high = (None if end.usd is None else _amount(end.usd, money) for end in (swing.low, swing.high))
    low_value, high_value = (_value(end.value, swing.input.unit) for end in (swing.low, swing.high))
    return Swing(name_of(swing.input), low, high, low_value, high_value, tuple(_flips(swing, money)))


def _flips(swing: Moved, money: Money) -> Iterator[Flipping]:
    """Give the changes of the winner at which the option still serves, and so has a cost."""
    for flip in swing.flips:
        if flip.usd is not None:
            winner = flip.winner if flip.winner is not None else "no option"
            yield Flipping(_amount(flip.usd, money), _value(flip.value, swing.input.unit), winner)


def _value(value: Decimal, unit: str) -> str:
    return f"{compact(value)} {unit}".rstrip()


def _amount(usd: Decimal, money: Money) -> float:
    return float(money.of(usd))


def _title(found: Tornado, moving: list[Moved], money: Money) -> str:
    """Say which input moves the cost most, and how many change the winner."""
    widest = moving[0]
    low, high = widest.low.usd, widest.high.usd
    changes = _changes([name_of(swing.input) for swing in moving if swing.flips])
    if low is None or high is None:
        return f"With {name_of(widest.input)} at an end {found.option} cannot serve; {changes} the cheapest option"
    if low == high:
        return f"No input moves the cost of {found.option}; {changes} the cheapest option"
    least, most = (money.text(amount) for amount in sorted((low, high)))
    return (
        f"{name_of(widest.input)} moves the cost of {found.option} most, {least} to {most} a month;"
        f" {changes} the cheapest option"
    )


def _changes(inputs: list[str]) -> str:
    match inputs:
        case []:
            return "no input alone changes"
        case [name]:
            return f"{name} alone changes"
        case _:
            return f"{len(inputs)} inputs, each alone, change"
