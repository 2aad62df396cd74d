"""The pictures of a question, each from its own analysis: for the page of ``report`` and for ``chart``."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from costcalc.cli.time_flags import TimeFlags
from costcalc.errors import UndecidableError

if TYPE_CHECKING:
    from costcalc.analysis.projection import Projection
    from costcalc.analysis.sensitivity import Tornado
    from costcalc.analysis.tradeoff import Tradeoff
    from costcalc.case.case import Case
    from costcalc.cost.cash import Course
    from costcalc.money import Money
    from costcalc.render.charts.pictures import Picture, PictureName, Stairs
    from costcalc.render.scale import Scale

MONTHS = 24
FEW = 6  # options that are drawn where none was named
_BAND_STEPS = 12  # volumes at which a band is looked up, and one more
_RISERS = 6  # of each such line, looked up on both sides; later ones are lower than the band is wide
_BESIDE = Fraction(1, 10**9)
_BANDS = 2  # lines that have one: more bands than that hide each other


class Drawn(NamedTuple):
    """What pictures are drawn of.

    Args:
        case: The question; its prompts count.
        options: The options, the most important first.
        scale: How volumes are shown.
        money: In which currency amounts are shown.
        draws_all: Whether each option has a line in the chart of volumes, not only those that matter most there.
        left_out: Options that were named and are not drawn, each with the reason.
        time: How traffic and prices move.
        about: The option that the analyses are about; None for what is cheapest.
    """

    case: "Case"
    options: tuple[str, ...]
    scale: "Scale"
    money: "Money"
    draws_all: bool = True
    left_out: tuple[tuple[str, str], ...] = ()
    time: TimeFlags = TimeFlags()
    about: str | None = None


def breakeven_picture(drawn: Drawn) -> "Picture | None":
    """Draw the cost of each option by volume, with the bands of the most important ones."""
    from costcalc.analysis.bands import bands
    from costcalc.analysis.breakeven import cheapest
    from costcalc.render.charts.pictures import Band, Spread
    from costcalc.render.pictures.breakeven import stairs, to_draw

    found = cheapest(drawn.options, drawn.case)
    curves = found.curves if drawn.draws_all else to_draw(found, drawn.scale)
    plain = stairs(curves, found.reigns, found.mix, drawn.scale, drawn.money) if curves else None
    if plain is None:
        return None
    likely = bands(drawn.case, [line.name for line in plain.lines][:_BANDS], _grid(plain))
    drawn_bands = tuple(
        Band(option, tuple(Spread(float(each.volume), *_shown(each.low, each.high, drawn)) for each in band))
        for option, band in likely.items()
    )
    return plain._replace(bands=drawn_bands)


def _shown(low: float, high: float, drawn: Drawn) -> tuple[float, float]:
    rate = float(drawn.money.of(Fraction(1)))
    return low * rate, high * rate


def _grid(plain: "Stairs") -> list[Fraction]:
    """Give the volumes of the bands: evenly spaced, and both sides of the first risers, where a cost jumps."""
    ratio = (plain.hi / plain.lo) ** (1 / _BAND_STEPS)
    even = {Fraction(plain.lo * ratio**step) for step in range(_BAND_STEPS + 1)}
    stretches = [stretch for line in plain.lines[:_BANDS] for stretch in line.stretches[:_RISERS]]
    risers = {Fraction(stretch.hi) * (1 + side * _BESIDE) for stretch in stretches for side in (-1, 1)}
    return sorted(volume for volume in even | risers if plain.lo <= volume <= plain.hi)


def breakdown_picture(drawn: Drawn) -> "Picture | None":
    """Draw where the money goes, of each option."""
    from costcalc.render.pictures.breakdown import breakdown

    estimates = sorted(drawn.case.priced(drawn.options).estimates, key=lambda each: (each.monthly_usd, each.option))
    return breakdown(estimates, drawn.money) if estimates else None


def tornado_picture(drawn: Drawn) -> "Picture | None":
    """Draw what each uncertain input does by itself."""
    from costcalc.render.pictures.tornado import swings

    return swings(tornado_of(drawn), drawn.money)


def tornado_of(drawn: Drawn) -> "Tornado":
    """Move each uncertain input alone: the cost of the option that it is about, against the others."""
    from costcalc.analysis.sensitivity import tornado

    return tornado(drawn.case, drawn.options, today=drawn.about)


def projection_picture(drawn: Drawn) -> "Picture | None":
    """Draw what each option has cost in all, month by month."""
    from costcalc.render.pictures.projection import paths

    return paths(projection_of(drawn)[0], drawn.money)


def projection_of(drawn: Drawn) -> "tuple[Projection, Course]":
    """Follow the options over the months; two years of unchanged traffic where nothing else is said."""
    from costcalc.cli.project import projection_over

    options = drawn.case.priced(drawn.options).to_choose().options
    return projection_over(drawn.case, options, drawn.time, months=MONTHS)


def capability_picture(drawn: Drawn) -> "Picture | None":
    """Draw score beside cost."""
    from costcalc.render.pictures.capability import frontier

    return frontier(tradeoff_of(drawn, drawn.options), drawn.money)


def tradeoff_of(drawn: Drawn, options: Sequence[str]) -> "Tradeoff":
    """Put score beside cost on the board of this kind of work."""
    from costcalc.analysis.tradeoff import Asked, weigh
    from costcalc.cli.evidence import benchmark_of

    return weigh(
        drawn.case,
        options,
        Asked(benchmark_of(None, drawn.case), None, prefers_tests=True, bar=None, usd_per_failure=None),
    )


def map_picture(drawn: Drawn) -> "Picture | None":
    """Draw who is cheapest by volume and by how busy GPUs can be kept."""
    from costcalc.analysis.winners import use_at, winners
    from costcalc.render.pictures.winners import winner_map

    case = drawn.case
    chosen = case.priced(drawn.options).to_choose()
    builds = [each.option for each in chosen.estimates if each.side == "build"]
    if not builds:
        return None
    up_to = Fraction(case.workload.requests) * 100
    rows = winners(case, chosen.options, up_to=up_to)
    return winner_map(rows, drawn.scale, builds, use=use_at(Fraction(case.workload.peak), case.catalog), up_to=up_to)


PICTURES: "Mapping[PictureName, Callable[[Drawn], Picture | None]]" = {
    "breakeven": breakeven_picture,
    "breakdown": breakdown_picture,
    "tornado": tornado_picture,
    "projection": projection_picture,
    "capability": capability_picture,
    "map": map_picture,
}


def picture_of(name: "PictureName", drawn: Drawn) -> "Picture":
    """Draw one picture.

    Raises:
        UndecidableError: There is nothing to draw.
    """
    picture = PICTURES[name](drawn)
    if picture is None:
        raise UndecidableError(_NOTHING[name])
    return picture


_NOTHING: "dict[PictureName, str]" = {
    "breakeven": "there is nothing to draw: no option can be chosen at every volume",
    "breakdown": "there is nothing to draw: no option has a price",
    "tornado": 'there is nothing to draw: no input is uncertain; give one as a range, such as --tokens "1M to 5M"',
    "projection": "there is nothing to draw: no option can be followed",
    "capability": "there is nothing to draw: no option has a score on the board (costcalc capability)",
    "map": "there is nothing to draw: no option to build is among these; name one with --options",
}
