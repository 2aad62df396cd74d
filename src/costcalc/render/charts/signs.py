"""Labels above a plot, each with a leader down to what it names: moved apart, so that none stands over another."""

from collections.abc import Sequence
from typing import NamedTuple

from costcalc.render.charts.frame import Plot
from costcalc.render.charts.ink import label, path, tag
from costcalc.render.charts.typeface import spread, wide

_GAP = 10.0


class Sign(NamedTuple):
    """A label above the plot.

    Args:
        x: The pixel that it belongs to.
        text: What is written.
        shorter: What is written where not all fit.
        down_to: Where its leader ends [pixels].
        class_: Of its text.
    """

    x: float
    text: str
    shorter: str
    down_to: float
    class_: str = "label"


def signs(all_of_them: Sequence[Sign], plot: Plot, row: float) -> str:
    """Write labels in one row above a plot; the first are those that stay where there is no room for all."""
    written = _fitting(all_of_them, plot.right - plot.left)
    sizes = [wide(text) + _GAP for _, text in written]
    places = spread([sign.x for sign, _ in written], sizes, plot.left, plot.right)
    turn = plot.top + 6
    parts = []
    for (sign, text), place in zip(written, places, strict=True):
        leader = path([(place, row + 4), (sign.x, turn), (sign.x, max(sign.down_to, turn))])
        parts.append(tag("path", d=leader, class_="leader"))
        parts.append(label(text, place, row, class_=sign.class_, anchor="middle", full=sign.text))
    return "".join(parts)


def _fitting(all_of_them: Sequence[Sign], room: float) -> list[tuple[Sign, str]]:
    """Choose what is written, from left to right: everything where all fit, else the short forms of the first ones."""
    by_place = sorted(all_of_them)
    if sum(wide(sign.text) + _GAP for sign in all_of_them) <= room:
        return [(sign, sign.text) for sign in by_place]
    kept = list(all_of_them)
    while kept and sum(wide(sign.shorter) + _GAP for sign in kept) > room:
        kept.pop()
    return [(sign, sign.shorter) for sign in by_place if sign in kept]
