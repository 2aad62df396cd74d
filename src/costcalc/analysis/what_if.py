"""What a page lets its reader try: the exact curve of every option at every setting of a few drivers."""

from fractions import Fraction
from typing import NamedTuple

from costcalc.case.inputs import Input
from costcalc.cost.curve import Affine, Piece

LEVELS = ("low", "base", "high")


class Repeating(NamedTuple):
    """A curve as finitely many pieces and what comes again: cost(v + period) = cost(v) + rise beyond ``start``.

    Args:
        pieces: Its pieces from 0 on, in the unit of the page, the last one open where nothing comes again.
        start: Where it begins to repeat itself.
        period: After how much volume; None for a curve that does not.
        rise: What one more period costs [USD/month].
        end: The largest volume that can be served, or None.
    """

    pieces: tuple[Piece, ...]
    start: Fraction = Fraction(0)
    period: Fraction | None = None
    rise: Fraction = Fraction(0)
    end: Fraction | None = None


class Total(NamedTuple):
    """An option's cost: a line, and parts that each get a share of the volume; one part for all but blends."""

    line: Affine
    parts: tuple[tuple[Fraction, Repeating], ...]


class WhatIf(NamedTuple):
    """Settings that a page offers.

    Args:
        drivers: The inputs that can be moved, each to its low, its base (central) and its high value.
        options: The options, in the order of the page.
        volumes: Volumes that can be chosen, ascending [output tokens or requests a month].
        home: Which of them is the user's own.
        totals: The curves; many settings share one.
        settings: For each choice of levels (0 low, 1 base, 2 high; one a driver), which curve each option has; None
            where it cannot serve.
    """

    drivers: tuple[Input, ...]
    options: tuple[str, ...]
    volumes: tuple[Fraction, ...]
    home: int
    totals: tuple[Total, ...]
    settings: dict[tuple[int, ...], tuple[int | None, ...]]
