"""Colours, dashes, marks and hatches of the series, and the stylesheet of charts.

Each series differs from its neighbours in colour, in dash or hatch and in the shape of its mark, so that nothing rests
on colour alone. Each colour has a contrast of at least 4.5 : 1 with the background, so that its name can be written in
it (WCAG 2.2, 1.4.3), and text in the background's colour can stand on it.
"""

from math import cos, pi, sin
from typing import NamedTuple

from costcalc.render.charts.ink import path, tag


class Look(NamedTuple):
    """How a series is drawn: colours on white and on dark, the dash of its line."""

    light: str
    dark: str
    dash: str


# Hues of Okabe and Ito, "Color Universal Design", 2008, darker on white and lighter on dark.
LOOKS = (
    Look("#0063b0", "#62adff", "none"),
    Look("#bd4600", "#ff8f52", "9 3"),
    Look("#00775a", "#40d3a6", "2.5 2.5"),
    Look("#9c3f8f", "#f0a3e4", "9 3 2 3"),
    Look("#4a4f57", "#c3c8d0", "5 2"),
    Look("#796000", "#f0c338", "14 3"),
    Look("#3a229c", "#b0a6fa", "9 2 2 2 2 2"),
    Look("#7d1539", "#ff93a9", "1.5 3"),
)
AGAIN = "6 1.5"  # the dash of the series that repeat a colour


class Ground(NamedTuple):
    """What the series stand on: the background, text, quieter text, lines of the grid."""

    paper: str
    text: str
    quiet: str
    grid: str


LIGHT = Ground("#ffffff", "#1b1f24", "#565d66", "#dfe3e8")
DARK = Ground("#15181d", "#eef1f4", "#a9b1bb", "#343a42")

_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif"
_SHAPE = f"""
.chart{{display:block;width:100%;height:auto}}
.chart text{{font-family:{_FONT};font-size:12px;paint-order:stroke;stroke-width:3px;stroke-linejoin:round}}
.chart .title{{font-size:16px;font-weight:600}}
.chart .small{{font-size:11px}}
.chart .line{{fill:none;stroke-width:2px;stroke-linejoin:round}}
.chart .band{{fill-opacity:.16;stroke:none}}
.chart .tint{{fill-opacity:.2}}
.chart .veil{{fill-opacity:.86}}
.chart .axis{{fill:none;stroke-width:1px}}
.chart .grid{{fill:none;stroke-width:1px}}
.chart .leader{{fill:none;stroke-width:1px;stroke-dasharray:1.5 2}}
.chart .you{{fill:none;stroke-width:1.5px;stroke-dasharray:4 2}}
.chart .range{{fill-opacity:.09;stroke:none}}
.chart .crossing,.chart .mark{{stroke-width:2px}}
.chart .hatch{{fill:none;stroke-width:1.5px}}
.chart .wash{{fill:none;stroke-width:1.5px;stroke-opacity:.32}}
"""


def stylesheet(*, dark: bool | None) -> str:
    """Give the rules of every chart; no variables, which resvg does not know.

    Args:
        dark: Whether the colours are those on dark; None leaves it to the reader's screen, and prints on white.
    """
    rules = _SHAPE.strip() + "\n" + _colours(DARK if dark else LIGHT, is_dark=bool(dark))
    if dark is not None:
        return rules
    return f"{rules}@media screen and (prefers-color-scheme:dark){{\n{_colours(DARK, is_dark=True)}}}\n"


def _colours(ground: Ground, *, is_dark: bool) -> str:
    lines = [
        f".chart text{{fill:{ground.text};stroke:{ground.paper}}}",
        f".chart .quiet{{fill:{ground.quiet}}}",
        f".chart .paper,.chart .crossing,.chart .open{{fill:{ground.paper}}}",
        f".chart .inside{{fill:{ground.paper}}}",
        f".chart .axis,.chart .leader{{stroke:{ground.quiet}}}",
        f".chart .grid{{stroke:{ground.grid}}}",
        f".chart .you,.chart .crossing,.chart .ink{{stroke:{ground.text}}}",
        f".chart .range,.chart .solid{{fill:{ground.text}}}",
        f".chart .wash{{stroke:{ground.paper}}}",
        f".chart .nobody{{stroke:{ground.quiet}}}",
    ]
    for number, look in enumerate(LOOKS):
        colour = look.dark if is_dark else look.light
        lines += [
            f".chart .s{number}{{stroke:{colour};stroke-dasharray:{look.dash}}}",
            f".chart .e{number}{{stroke:{colour}}}",
            f".chart .f{number}{{fill:{colour}}}",
            f".chart text.t{number}{{fill:{colour}}}",
            f".chart text.h{number}{{stroke:{colour}}}",
        ]
    lines.append(".chart .baseline{stroke-dasharray:5 4}")
    lines.append(f".chart .again{{stroke-dasharray:{AGAIN}}}")
    return "\n".join(lines) + "\n"


def stroke(number: int) -> str:
    """Give the classes of a series' line.

    Example:
        >>> stroke(1), stroke(9)
        ('s1', 's1 again')
    """
    return f"s{number % len(LOOKS)}{' again' if number >= len(LOOKS) else ''}"


def colour(number: int) -> int:
    """Give the number of a series' colour: they begin anew after the last."""
    return number % len(LOOKS)


def variant(number: int) -> int:
    """Give the number of a series' mark and hatch: other ones where its colour is a repeated one.

    Example:
        >>> [variant(number) for number in (0, 7, 8, 15)]
        [0, 7, 3, 2]
    """
    return (number + 3 * (number // len(LOOKS))) % len(LOOKS)


# Corners of each mark, as how many there are and by which part of the angle between two the first is turned.
_CORNERS = ((0, 0.0), (4, 0.0), (3, 0.0), (4, 0.5), (5, 0.0), (3, 0.5), (6, 0.0), (2, 0.5))


def mark(number: int, x: float, y: float, *, class_: str, size: float = 4.5) -> str:
    """Draw the mark of a series: a circle, a diamond, a triangle, a square, and so on."""
    sides, turn = _CORNERS[variant(number)]
    if not sides:
        return tag("circle", cx=x, cy=y, r=size, class_=class_)
    if sides == 2:  # noqa: PLR2004  # a bar
        return tag("rect", x=x - 1.4 * size, y=y - size / 2, width=2.8 * size, height=size, class_=class_)
    corners = [2 * pi * (corner + turn) / sides - pi / 2 for corner in range(sides)]
    points = [(x + 1.15 * size * cos(angle), y + 1.15 * size * sin(angle)) for angle in corners]
    return tag("path", d=f"{path(points)}Z", class_=class_)


_TILES = (
    "",
    "M-2 2L2 -2M0 8L8 0M6 10L10 6",
    "M2 2h2M6 6h2",
    "M0 4H8",
    "M-2 6L2 10M0 0L8 8M6 -2L10 2",
    "M4 0V8",
    "M0 4H8M4 0V8",
    "M0 8L8 0M0 0L8 8",
)


def hatch_id(prefix: str, kind: str, number: int) -> str:
    """Name a hatch of a chart."""
    return f"{prefix}{kind}{number}"


def hatches(prefix: str, kind: str, numbers: set[int]) -> str:
    """Draw the tiles of the hatches that a chart uses.

    Args:
        prefix: Of every id of this chart.
        kind: ``hatch`` in the series' own colour, ``wash`` in that of the background.
        numbers: The series.
    """
    tiles = (
        tag(
            "pattern",
            tag("path", d=_TILES[variant(number)] or None, class_=_TILE_CLASSES[kind].format(colour(number))),
            id=hatch_id(prefix, kind, number),
            width=8,
            height=8,
            patternUnits="userSpaceOnUse",
        )
        for number in sorted(numbers)
    )
    return tag("defs", *tiles)


_TILE_CLASSES = {"hatch": "hatch e{}", "wash": "wash"}
