"""Pictures as PNG, by resvg, with a font of our own: the same bytes on every machine."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from costcalc.errors import CostcalcError
from costcalc.render.charts.pictures import Picture
from costcalc.render.charts.svg import WIDTH, as_svg

FONT = Path(__file__).parent / "fonts" / "DejaVuSans-subset.ttf"
_FAMILY = "DejaVu Sans"
_MISSING = re.compile(  # in the font: docs/decisions/0120-pictures-are-our-own-drawing.md has the command that made it
    "[^\n\x20-\x7e\xa0-\u017f\u0391-\u03a1\u03a3-\u03a9\u03b1-\u03c9\u0400-\u045f\u2010-\u2015\u2018-\u201e"
    "\u2020-\u2022\u2026\u2030\u20ac\u2190-\u2193\u2212\u2248\u2260\u2264\u2265\u25b2\u25bc\u25c6\u25cb\u25cf]"
)


def as_png(
    picture: Picture,
    *,
    scale: float = 2,
    width: int = WIDTH,
    per_unit: bool = False,
    order: Sequence[str] = (),
    dark: bool = False,
) -> bytes:
    """Draw a picture as PNG.

    No font of the system is used: without one a text would vanish, and with one the picture would be another on each
    machine. The font that is used has Latin, Greek and Cyrillic letters; another character is drawn as U+FFFD, and its
    name is whole in the SVG.

    Args:
        picture: The figures.
        scale: Pixels of the image for one of the SVG.
        width: For which it is laid out [pixels of the SVG].
        per_unit: As in `as_svg`.
        order: As in `as_svg`.
        dark: Whether it is drawn on dark.

    Raises:
        CostcalcError: resvg is not installed.
    """
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise CostcalcError("drawing a PNG needs resvg: pip install 'costcalc[png]'") from None
    svg = as_svg(picture, standalone=True, width=width, per_unit=per_unit, order=order, dark=dark)
    return svg_to_bytes(
        svg_string=drawable(svg), zoom=scale, skip_system_fonts=True, font_files=[str(FONT)], font_family=_FAMILY
    )


def drawable(text: str) -> str:
    r"""Replace each character that the font lacks by U+FFFD, so that none vanishes silently.

    Example:
        >>> drawable("Ångström 汉 e\u0301")
        'Ångström \ufffd é'
    """
    return _MISSING.sub("\N{REPLACEMENT CHARACTER}", unicodedata.normalize("NFC", text))
