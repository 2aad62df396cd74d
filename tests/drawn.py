"""Pictures to draw, and how a drawing is read back: its texts with their boxes, its risers, its rings.

Costs are those of one API at $2.40 per Mtok of output against replicas of $1,825 beside $3,000 of fixed costs, each
good for 1,500 Mtok a month. Two replicas cost 3,000 + 2 × 1,825 = $6,650, which the API costs at 6,650 / 2.40 = 2,770.8
Mtok; above 3,000 Mtok the third makes it $8,475 = 3,531.25 Mtok × $2.40.
"""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ET
from itertools import pairwise
from math import log10
from pathlib import Path as FilePath
from typing import NamedTuple

from costcalc.render.charts.pictures import (
    IDLE_GPUS,
    Band,
    Bar,
    Breakdown,
    Crossing,
    Flipping,
    Frontier,
    Line,
    Part,
    Path,
    Paths,
    Picture,
    Place,
    Point,
    Reign,
    Row,
    Spread,
    Stairs,
    Stretch,
    Swing,
    Swings,
    WinnerMap,
)

MTOK = 1e6
LO, HI = 100 * MTOK, 20_000 * MTOK
API, OWN = "claude-haiku-5.5-api", "llama-4-70b on 2 × H100"
YOU = Place(600 * MTOK, 1200 * MTOK, 2500 * MTOK)
NAMES = (API, OWN, "blend: 10 % API, 90 % own", "plan: 50 seats")


def steps(fixed: float, each: float, capacity: float, hi: float = HI) -> tuple[Stretch, ...]:
    count = -int(-hi // capacity)
    return tuple(Stretch(capacity * n, min(capacity * (n + 1), hi), fixed + each * (n + 1), 0.0) for n in range(count))


CROSSINGS = (
    Crossing(6650 / 2.40 * MTOK, 6650, OWN, is_jump=False),
    Crossing(3000 * MTOK, 6650, API, is_jump=True),
    Crossing(8475 / 2.40 * MTOK, 8475, OWN, is_jump=False),
)


def stairs(
    names: tuple[str, ...] = NAMES, *, you: Place | None = YOU, crossings: tuple[Crossing, ...] = CROSSINGS
) -> Stairs:
    lines = [Line(names[0], (Stretch(0, HI, 0, 2.40 / MTOK),))]
    if len(names) > 1:
        lines.append(Line(names[1], steps(3000, 1825, 1500 * MTOK)))
    lines += [
        Line(name, (Stretch(0, 900 * MTOK, 1500 + 40 * number, 0.3 / MTOK),), is_cut=True)
        for number, name in enumerate(names[2:])
    ]
    band = Band(names[0], tuple(Spread(x, x * 1.9 / MTOK, x * 3.1 / MTOK) for x in (LO, 1e9, HI)))
    return Stairs("Up to 2.77B an API is the cheapest", tuple(lines), crossings, LO, HI, "output tokens", "A token is what the model writes.", "USD", you, (band,), MTOK)  # fmt: skip


def breakdown(names: tuple[str, ...] = NAMES) -> Breakdown:
    labels = ("input", "output", "GPUs at work", IDLE_GPUS, "people")
    bars = tuple(
        Bar(name, tuple(Part(label, 300.0 * (1 + (number + place) % 4)) for place, label in enumerate(labels)))
        for number, name in enumerate(names)
    )
    return Breakdown("A third pays for idle GPUs", bars, labels, "USD")


def swings(names: tuple[str, ...] = NAMES) -> Swings:
    rows = [
        Swing("tokens a month", 3800, 11200, "600M", "2.5B", (Flipping(5200, "920M", names[0]),)),
        Swing("GPU utilisation", 9800, 5200, "0.22", "0.71", (Flipping(7900, "0.31", names[0]), Flipping(5600, "0.66", names[-1]))),
        Swing("cache share", 7200, 6900, "0.1", "0.7", ()),
        Swing("peak to mean", 6650, 8475, "2", "5", ()),
        Swing("context", 6300, None, "4k", "128k", ()),
        Swing("latency", None, 6400, "100 ms", "2 s", ()),
        Swing("memory", None, None, "24 GiB", "80 GiB", ()),
        *(Swing(name, 6600, 6700, name, name, ()) for name in names[4:]),
    ]  # fmt: skip
    return Swings("Volume matters most", names[-1], 6650, tuple(rows), "USD")


def paths(names: tuple[str, ...] = NAMES) -> Paths:
    each = [
        Path(name, tuple(18_000 - 1_500 * number + (4_000 + 350 * number) * month for month in range(1, 25)), 9 + number, is_baseline=False)
        for number, name in enumerate(names[1:])
    ]  # fmt: skip
    baseline = Path(names[0], tuple(6_400.0 * month for month in range(1, 25)), None, is_baseline=True)
    return Paths("The investment has paid back by month 9", (*each, baseline), "USD", "2026-11")


def frontier(names: tuple[str, ...] = NAMES) -> Frontier:
    points = tuple(
        Point(name, 60.0 * 1.6**number, 60 + 2.0 * number - (number % 3), 57.0 + number, 64.0 + 2 * number, number % 3 == 0)
        for number, name in enumerate(names)
    )  # fmt: skip
    return Frontier("Each further point costs $38", points, "SWE-bench Verified 2.1, reported by its makers", "USD", 66)


def winner_map(names: tuple[str, ...] = NAMES) -> WinnerMap:
    def row(use: float) -> Row:
        ends = [LO, *(LO * 100 ** ((number + use) / len(names)) for number in range(1, len(names))), 16e9]
        reigns = [Reign(lo, hi, name) for (lo, hi), name in zip(pairwise(ends), names, strict=True)]
        return Row(use, (*reigns, Reign(16e9, HI, None)))

    rows = tuple(row(use) for use in (0.1, 0.3, 0.5, 0.7, 0.9))
    return WinnerMap("At 55 % use an API is the cheapest", rows, LO, HI, "output tokens", (YOU, 0.55))


def pictures(names: tuple[str, ...] = NAMES) -> dict[str, Picture]:
    made: tuple[Picture, ...] = (
        stairs(names), breakdown(names), swings(names), paths(names), frontier(names), winner_map(names)
    )  # fmt: skip
    return {picture.name: picture for picture in made}


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314  # our own


def local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def of_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


class Box(NamedTuple):
    """A text and where it is drawn."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def shown(element: ET.Element) -> str:
    """Give the text of an element, without its title."""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def texts(root: ET.Element, font: Font) -> list[Box]:
    return [_box(element, font) for element in root.iter() if local(element) == "text"]


def _box(element: ET.Element, font: Font) -> Box:
    classes = element.get("class", "").split()
    size = 16 if "title" in classes else 11 if "small" in classes else 12
    text, x, y = shown(element), float(element.get("x", "nan")), float(element.get("y", "nan"))
    width = font.width(text) * size
    left = x - {"end": width, "middle": width / 2}.get(element.get("text-anchor", ""), 0)
    return Box(text, left, y - 0.73 * size, left + width, y + 0.2 * size)  # capitals of DejaVu Sans are 0.729 high


def points(d: str) -> list[tuple[str, float, float]]:
    """Read the path that a line has: the letter of each command, and where it leads."""
    at, made = (0.0, 0.0), []
    for letter, numbers in re.findall(r"([MLHV])([-\d. ]+)", d):
        values = [float(number) for number in numbers.split()]
        if letter == "H":
            at = (values[0], at[1])
        elif letter == "V":
            at = (at[0], values[0])
        else:
            at = (values[0], values[1])
        made.append((letter, *at))
    return made


def pixel(root: ET.Element, axis: str, value: float) -> float:
    """Map a value to its pixel by the attributes of the drawing, on a logarithmic axis."""
    first, last = ("left", "right") if axis == "x" else ("bottom", "top")
    lo, hi, start, end = (float(root.attrib[f"data-{key}"]) for key in (f"{axis}-lo", f"{axis}-hi", first, last))
    return start + (end - start) * log10(value / lo) / log10(hi / lo)


class Font:
    """The widths of a TrueType font, read from its tables cmap (format 4), hhea and hmtx.

    Source: OpenType 1.9.1, "cmap", "hhea", "hmtx", "head".
    """

    def __init__(self, path: FilePath) -> None:
        data = path.read_bytes()
        count = struct.unpack(">H", data[4:6])[0]
        records = [struct.unpack(">4sIII", data[12 + 16 * n : 28 + 16 * n]) for n in range(count)]
        tables = {name.decode(): data[start : start + size] for name, _, start, size in records}
        units = struct.unpack(">H", tables["head"][18:20])[0]
        metrics = struct.unpack(">H", tables["hhea"][34:36])[0]
        self._widths = [struct.unpack(">H", tables["hmtx"][4 * n : 4 * n + 2])[0] / units for n in range(metrics)]
        self.glyphs = self._read(tables["cmap"])

    @staticmethod
    def _read(cmap: bytes) -> dict[int, int]:
        starts = [
            struct.unpack(">I", cmap[8 + 8 * n : 12 + 8 * n])[0] for n in range(struct.unpack(">H", cmap[2:4])[0])
        ]
        at = next(start for start in starts if struct.unpack(">H", cmap[start : start + 2])[0] == 4)
        twice = struct.unpack(">H", cmap[at + 6 : at + 8])[0]

        def column(offset: int, kind: str) -> list[int]:
            return [n for (n,) in struct.iter_unpack(f">{kind}", cmap[at + offset : at + offset + twice])]

        ends, begins = column(14, "H"), column(16 + twice, "H")
        deltas, offsets = column(16 + 2 * twice, "h"), column(16 + 3 * twice, "H")
        glyphs = {}
        for n, (end, begin, delta, offset) in enumerate(zip(ends, begins, deltas, offsets, strict=True)):
            for code in range(begin, end + 1):
                place = at + 16 + 3 * twice + 2 * n + offset + 2 * (code - begin)
                raw = struct.unpack(">H", cmap[place : place + 2])[0] if offset else code
                if glyph := (raw + delta) % 65536:
                    glyphs[code] = glyph
        return glyphs

    def width(self, text: str) -> float:
        """Give the width of a text, in ems."""
        return float(sum(self._widths[min(self.glyphs.get(ord(char), 0), len(self._widths) - 1)] for char in text))
