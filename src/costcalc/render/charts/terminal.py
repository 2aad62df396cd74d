"""Pictures in characters: Braille and blocks where they can be shown, else plain ASCII."""

from typing import assert_never

from costcalc.render.charts.cells.bars import breakdown_lines, swings_lines
from costcalc.render.charts.cells.curves import paths_lines, stairs_lines
from costcalc.render.charts.cells.points import frontier_lines
from costcalc.render.charts.cells.winners import winners_lines
from costcalc.render.charts.pictures import Breakdown, Frontier, Paths, Picture, Stairs, Swings, WinnerMap

_PLAIN = str.maketrans({"–": "-", "−": "-", "×": "x", "…": "~", "→": ">", "·": "."})


def as_characters(picture: Picture, *, unicode: bool, width: int = 80) -> tuple[str, ...]:
    """Draw a picture in lines of characters.

    Args:
        picture: The picture.
        unicode: Whether Braille, blocks and lines of boxes can be shown; else every character is ASCII.
        width: Of the widest line [characters]; at least 40.
    """
    return tuple(_clean(line, unicode=unicode) for line in _lines(picture, unicode=unicode, width=width))


def _lines(picture: Picture, *, unicode: bool, width: int) -> list[str]:
    match picture:
        case Stairs():
            return stairs_lines(picture, unicode=unicode, width=width)
        case Breakdown():
            return breakdown_lines(picture, unicode=unicode, width=width)
        case Swings():
            return swings_lines(picture, unicode=unicode, width=width)
        case Paths():
            return paths_lines(picture, unicode=unicode, width=width)
        case Frontier():
            return frontier_lines(picture, unicode=unicode, width=width)
        case WinnerMap():
            return winners_lines(picture, unicode=unicode, width=width)
        case _:
            assert_never(picture)


def _clean(line: str, *, unicode: bool) -> str:
    """Keep every character on the line and in the character set: names are somebody else's."""
    plain = line if unicode else line.translate(_PLAIN).encode("ascii", "replace").decode()
    return "".join(char if char.isprintable() else "?" for char in plain).rstrip()
