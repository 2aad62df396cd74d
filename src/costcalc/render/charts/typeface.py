"""How wide a text is drawn, worked out without a font engine; generous, since a page may draw it in another font.

Source: advance widths of DejaVu Sans 2.37, which is wider than the fonts that systems bring along.
"""

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

SIZE = 12.0  # pixels of every label
SMALL = 11.0
TITLE = 16.0
LINE = 16.0  # from one base line to the next

_HUNDREDTHS = {  # of the size
    28: "'ijl",
    30: "IJ",
    32: " ,.·",
    34: "/:;\\|",
    37: "-f",
    42: "!()[]rt",
    50: '"*_`–',
    55: "?csz",
    60: "FLkvxy",
    64: "$0123456789EPSTYabdeghnopqu{}€£¥µ",
    70: "ABCKRVXZ",
    76: "HNU◆",
    79: "&DGOQ",
    84: "#+<=>^w~×≥≤→−÷",
    88: "M●",
}
_WIDTHS = {char: hundredths / 100 for hundredths, chars in _HUNDREDTHS.items() for char in chars}
_WIDEST = 1.05


def wide(text: str, size: float = SIZE) -> float:
    """Give the width of a text [pixels].

    Example:
        >>> round(wide("idle GPUs"), 1), round(wide("汉"), 1)
        (58.8, 12.6)
    """
    return size * sum(map(_em, text))


def _em(char: str) -> float:
    width = _WIDTHS.get(char)
    if width is None and unicodedata.combining(char):
        return 0.0
    return width if width is not None else _WIDTHS.get(unicodedata.normalize("NFD", char)[0], _WIDEST)


def shortened(text: str, room: float, size: float = SIZE) -> str:
    """Shorten a text to a width, with … in place of what is left out.

    Example:
        >>> shortened("claude-haiku-5.5-api", 80), shortened("short", 80)
        ('claude-hai…', 'short')
    """
    if wide(text, size) <= room:
        return text
    kept = text
    while kept and wide(kept + "…", size) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def wrapped(text: str, room: float, size: float = SIZE) -> tuple[str, ...]:
    """Break a text into lines of a width at its spaces; a word that is wider is shortened.

    Example:
        >>> wrapped("output tokens a month", 80)
        ('output', 'tokens a', 'month')
    """
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and wide(joined, size) <= room:
            lines[-1] = joined
        else:
            lines.append(shortened(word, room, size))
    return tuple(lines)


def spread(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> tuple[float, ...]:
    """Move labels apart along an axis, each as little as may be; they keep their order.

    Labels that touch move together, to the mean of where they would be: isotonic regression on the places less what
    the labels before them take.

    Args:
        wanted: Where each would be, its middle; ascending.
        sizes: How much room each takes, with its gap.
        low: Where the first may begin.
        high: Where the last must end; more than there is room for begins at ``low``.

    Example:
        >>> spread([10, 11, 50], [6, 6, 6], 0, 100), spread([98, 99], [6, 6], 0, 100)
        ((7.5, 13.5, 50.0), (91.0, 97.0))
    """
    if not wanted:
        return ()
    before = [0.0]
    for size, after in pairwise(sizes):
        before.append(before[-1] + (size + after) / 2)
    groups: list[list[float]] = []
    for place, offset in zip(wanted, before, strict=True):
        groups.append([place - offset])
        while len(groups) > 1 and _mean(groups[-2]) > _mean(groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    settled = [_mean(group) for group in groups for _ in group]
    first, last = low + sizes[0] / 2, high - sizes[-1] / 2 - before[-1]
    return tuple(max(first, min(place, last)) + offset for place, offset in zip(settled, before, strict=True))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if len(values) > 1 else values[0]
