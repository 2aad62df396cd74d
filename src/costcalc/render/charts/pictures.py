"""What a picture shows, as figures: drawn as SVG, in a terminal, and listed as a table from the same data.

Amounts are in the currency that is shown, volumes in the unit of the axis. Ends of pieces, steps and crossings are
those that the cost model computed; nothing here is a sample of a curve.
"""

from typing import Literal, NamedTuple

PictureName = Literal["breakeven", "breakdown", "tornado", "projection", "capability", "map"]

IDLE_GPUS = "idle GPUs"  # the label of the part that pays for GPUs while nobody asks them; drawn hatched


class Stretch(NamedTuple):
    """A straight piece of a line, y = fixed + slope × x on (lo, hi]; logarithmic axes bend it, never its ends.

    Args:
        lo: Where it begins, not included.
        hi: Where it ends, included.
        fixed: Its height at x = 0.
        slope: What one more unit of x adds.
    """

    lo: float
    hi: float
    fixed: float
    slope: float

    def at(self, x: float) -> float:
        """Its height at a place."""
        return self.fixed + self.slope * x


class Line(NamedTuple):
    """An option's cost by volume.

    Args:
        name: The option.
        stretches: Its pieces in order, without gaps; between two of them a riser where their heights differ.
        is_cut: Whether it ends inside the chart because it can serve no more.
    """

    name: str
    stretches: tuple[Stretch, ...]
    is_cut: bool = False

    def at(self, x: float) -> float | None:
        """Its height at a place; None where it can serve no so much."""
        return next((stretch.at(x) for stretch in self.stretches if stretch.lo < x <= stretch.hi), None)


class Crossing(NamedTuple):
    """Where the cheapest option changes.

    Args:
        x: The volume.
        y: What the option that is cheapest up to there costs there.
        above: The option that is the cheapest just above it.
        is_jump: Whether it stands at a riser, where no two lines meet.
    """

    x: float
    y: float
    above: str
    is_jump: bool


class Place(NamedTuple):
    """The user's own volume: the low end, the central value and the high end of its range, which may be one."""

    low: float
    central: float
    high: float


class Spread(NamedTuple):
    """A line's P10 and P90 at one volume."""

    x: float
    low: float
    high: float


class Band(NamedTuple):
    """The P10–P90 band of one line; volumes ascend."""

    name: str
    spreads: tuple[Spread, ...]


class Stairs(NamedTuple):
    """Cost by volume, both axes logarithmic.

    Args:
        title: The finding, as a sentence.
        lines: One for each option, the cheapest at the user's volume first.
        crossings: Where the cheapest of them changes.
        lo: Where the horizontal axis begins, above 0.
        hi: Where it ends.
        unit: What the horizontal axis counts: ``output tokens`` or ``requests``.
        what_counts: What a token is here, below the axis, or "".
        currency: Of the amounts: USD, EUR…
        you: The user's own volume; None where nothing was said.
        bands: The P10–P90 bands of lines that have one.
        per: How many units of x the unit cost of the second chart is for: a million tokens, or one request.
    """

    title: str
    lines: tuple[Line, ...]
    crossings: tuple[Crossing, ...]
    lo: float
    hi: float
    unit: str
    what_counts: str
    currency: str
    you: Place | None
    bands: tuple[Band, ...]
    per: float
    name: PictureName = "breakeven"


class Part(NamedTuple):
    """A segment of a bar: what is paid for, and what it costs a month."""

    label: str
    amount: float


class Bar(NamedTuple):
    """An option's cost in parts, in the order in which they are stacked."""

    option: str
    parts: tuple[Part, ...]

    @property
    def total(self) -> float:
        """The sum of its parts."""
        return sum(part.amount for part in self.parts)


class Breakdown(NamedTuple):
    """Where the money goes: one stacked bar an option, the linear axis beginning at 0.

    Args:
        title: The finding.
        bars: The bars, cheapest first.
        labels: Every label of a part, in the order of the legend; idle GPUs are a label of their own.
        currency: Of the amounts.
    """

    title: str
    bars: tuple[Bar, ...]
    labels: tuple[str, ...]
    currency: str
    name: PictureName = "breakdown"


class Flipping(NamedTuple):
    """Where an input alone makes another option the cheapest: the cost there, the input's value, and the option."""

    at: float
    value: str
    option: str


class Swing(NamedTuple):
    """What one input does to an option's cost.

    Args:
        input: The input.
        low: The cost with the input at its low; None where the option cannot serve then.
        high: The cost with the input at its high; None likewise.
        low_value: The input's low, as people read it.
        high_value: Its high.
        flips: Where it changes the cheapest option.
    """

    input: str
    low: float | None
    high: float | None
    low_value: str
    high_value: str
    flips: tuple[Flipping, ...]


class Swings(NamedTuple):
    """A tornado: an option's cost with one input at a time at its low and at its high, linear axis.

    Args:
        title: The finding.
        option: The option.
        central: Its cost with every input at its central value.
        swings: The widest first.
        currency: Of the amounts.
    """

    title: str
    option: str
    central: float
    swings: tuple[Swing, ...]
    currency: str
    name: PictureName = "tornado"


class Path(NamedTuple):
    """What an option has cost in all after each month.

    Args:
        option: The option.
        paid: After month 1, 2 and so on.
        pays_back: The month by which it has cost no more than the baseline; None for never or the baseline itself.
        is_baseline: Whether the others are compared with it.
    """

    option: str
    paid: tuple[float, ...]
    pays_back: int | None
    is_baseline: bool


class Paths(NamedTuple):
    """Payments added up over months, linear axes.

    Args:
        title: The finding.
        paths: The least in all first.
        currency: Of the amounts.
        begins: The first day, as 2026-11.
    """

    title: str
    paths: tuple[Path, ...]
    currency: str
    begins: str
    name: PictureName = "projection"


class Point(NamedTuple):
    """An option's score beside its cost.

    Args:
        option: The option.
        cost: A month.
        score: On the board of the chart.
        low: The low end of the score's interval, where it has one.
        high: The high end.
        is_on_frontier: Whether no other costs no more and scores no less.
    """

    option: str
    cost: float
    score: float
    low: float | None
    high: float | None
    is_on_frontier: bool


class Frontier(NamedTuple):
    """Cost against capability: cost logarithmic, score linear.

    Args:
        title: The finding.
        points: One for each option with a score, the cheapest first.
        benchmark: What the vertical axis shows: benchmark, version, reporter.
        currency: Of the amounts.
        at_least: The score that is needed, or None.
    """

    title: str
    points: tuple[Point, ...]
    benchmark: str
    currency: str
    at_least: float | None
    name: PictureName = "capability"


class Reign(NamedTuple):
    """The cheapest option on (lo, hi] of a row; None where none serves so much."""

    lo: float
    hi: float
    option: str | None


class Row(NamedTuple):
    """A row of the winner map.

    Args:
        use: How busy GPUs are on average once the fleet is full, 0 to 1.
        reigns: Who is the cheapest at which volume, exactly; in order, without gaps.
    """

    use: float
    reigns: tuple[Reign, ...]


class WinnerMap(NamedTuple):
    """The cheapest option by volume (logarithmic) and by how busy GPUs can be kept.

    Args:
        title: The finding.
        rows: From the least busy to the busiest; each stands for its use, nothing lies between.
        lo: Where the horizontal axis begins, above 0.
        hi: Where it ends.
        unit: What the horizontal axis counts.
        you: The user's volume, and the use that the workload's own peak allows; None where nothing was said.
    """

    title: str
    rows: tuple[Row, ...]
    lo: float
    hi: float
    unit: str
    you: tuple[Place, float] | None
    name: PictureName = "map"


Picture = Stairs | Breakdown | Swings | Paths | Frontier | WinnerMap
