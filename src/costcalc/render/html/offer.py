"""What a page offers to try, and Python's own answer at every setting: the page must say the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from costcalc.analysis.what_if import LEVELS, WhatIf
from costcalc.case.inputs import Input
from costcalc.money import Money
from costcalc.render.charts.pictures import Stairs
from costcalc.render.numbers import compact, times
from costcalc.render.pictures.tornado import name_of
from costcalc.render.report import Block, Figure
from costcalc.units import decimal

BASE = LEVELS.index("base")
_NONE = "–"


class Shown(NamedTuple):
    """What a page says at one setting.

    Args:
        sentence: Which option is the cheapest, and by how much.
        rows: For each option its name, its cost a month and a unit, and how many times the cheapest that is.
        best: The place of the cheapest; None where none can serve.
    """

    sentence: str
    rows: tuple[tuple[str, str, str, str], ...]
    best: int | None


@dataclass(frozen=True, eq=False)
class Offer:
    """What a page offers, beside the chart on which it shows it.

    Args:
        what_if: The curves at every setting.
        picture: The chart; its axis says what a volume counts.
        money: In which currency amounts are shown.
    """

    what_if: WhatIf
    picture: Stairs
    money: Money
    _costs: dict[tuple[int, int], tuple[Fraction, str, str] | None] = field(default_factory=dict, repr=False)

    @property
    def home(self) -> tuple[int, ...]:
        """The setting at which every driver has its base."""
        return (BASE,) * len(self.what_if.drivers)

    def volume_text(self, at: int) -> str:
        """Write one of the volumes."""
        return f"{compact(decimal(self.what_if.volumes[at]))} {self.picture.unit}"

    def shown(self, levels: tuple[int, ...], at: int) -> Shown:
        """Say what every option costs at a setting and one of the volumes."""
        costs = [self._cost(total, at) if total is not None else None for total in self.what_if.settings[levels]]
        ranked = sorted((cost[0], place) for place, cost in enumerate(costs) if cost is not None)
        best = ranked[0][1] if ranked else None
        rows = tuple(
            (name, *_cells(cost, ranked[0][0])) if cost is not None else _unserved(name)
            for name, cost in zip(self.what_if.options, costs, strict=True)
        )
        return Shown(self.sentence(levels, at, ranked), rows, best)

    def _cost(self, total: int, at: int) -> tuple[Fraction, str, str] | None:
        """Give a cost of a month, as it is written and for a unit of volume; worked out once for all settings."""
        if (total, at) not in self._costs:
            volume = self.what_if.volumes[at]
            cost = self.what_if.totals[total].at(volume)
            unit_cost = cost / volume * Fraction(self.picture.per) if cost is not None else Fraction(0)
            cells = (self.money.cell(decimal(cost)), self.money.cell(decimal(unit_cost))) if cost is not None else None
            self._costs[total, at] = (cost, *cells) if cost is not None and cells is not None else None
        return self._costs[total, at]

    def sentence(self, levels: tuple[int, ...], at: int, ranked: Sequence[tuple[Fraction, int]]) -> str:
        """Say which option is the cheapest; the script has the same words."""
        moved = " and ".join(
            level_text(driver, level)
            for driver, level in zip(self.what_if.drivers, levels, strict=True)
            if level != BASE
        )
        begins = f"At {self.volume_text(at)} a month{f', with {moved}' if moved else ''}: "
        if not ranked:
            return f"{begins}no option can serve so much."
        (least, first), *others = ranked
        name, month = self.what_if.options[first], f"{self.money.text(decimal(least))} a month"
        if not others:
            return f"{begins}{name} costs {month}; no other can serve so much."
        more, second = others[0]
        if more == least:
            return f"{begins}{name} and {self.what_if.options[second]} are the cheapest at {month}."
        lead = self.money.text(decimal(more - least))
        return f"{begins}{name} is the cheapest at {month}, {lead} less than {self.what_if.options[second]}."


def level_text(driver: Input, level: int) -> str:
    """Say at which of its values a driver is.

    Example:
        >>> from decimal import Decimal
        >>> level_text(Input("assumptions.pue", Decimal("1.3"), Decimal("1.1"), Decimal("1.6"), "ratio"), 0)
        'pue at its low (1.1 ratio)'
    """
    unit = f" {driver.unit}" if driver.unit else ""
    return f"{name_of(driver)} at its {LEVELS[level]} ({compact(value_of(driver, level))}{unit})"


def value_of(driver: Input, level: int) -> Decimal:
    """Give a driver's value at a level."""
    return (driver.low, driver.value, driver.high)[level]


def _cells(cost: tuple[Fraction, str, str], least: Fraction) -> tuple[str, str, str]:
    exact, month, unit_cost = cost
    return month, unit_cost, times(decimal(exact / least)) if least > 0 else _NONE


def _unserved(name: str) -> tuple[str, str, str, str]:
    return name, "cannot serve", _NONE, _NONE


def offer_of(what_if: WhatIf | None, blocks: Sequence[Block], money: Money) -> Offer | None:
    """Give what a page offers: settings, and the chart of costs by volume on which it shows them."""
    charts = (block.picture for block in blocks if isinstance(block, Figure) and isinstance(block.picture, Stairs))
    chart = next(charts, None)
    return Offer(what_if, chart, money) if what_if is not None and chart is not None else None
