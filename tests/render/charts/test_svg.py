"""Pictures as SVG: exact where it matters, safe, and with no text over another."""

from __future__ import annotations

from itertools import combinations, pairwise
from math import log10

import drawn
import pytest
from drawn import HI, LO, MTOK, NAMES, Font, of_class, pictures, pixel, points, read, shown, stairs, texts
from hostile import HOSTILE

from costcalc.findings import clean
from costcalc.render.charts.pictures import Frontier, Line, Path, Paths, Picture, Reign, Row, Stairs, Stretch, WinnerMap
from costcalc.render.charts.png import FONT
from costcalc.render.charts.svg import as_svg
from costcalc.render.charts.typeface import wide

DEJAVU = Font(FONT)
TWELVE = tuple(f"{name} {number}" for number in range(3) for name in NAMES)
LONG = tuple(f"{letter} name that somebody made much too long for any chart that is to be read, {letter * 99}" for letter in "abcd")  # fmt: skip
WIDTHS = (720, 340)
ELEMENTS = {"svg", "title", "desc", "style", "rect", "g", "path", "text", "circle", "defs", "pattern"}
SETS = {"one option": NAMES[:1], "four": NAMES, "twelve": TWELVE, "long names": LONG}
CASES = [
    pytest.param(picture, id=f"{kind}, {name}")
    for kind, names in SETS.items()
    for name, picture in pictures(names).items()
]


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("kind", pictures())
def test_a_name_is_only_a_name(kind: str, name: str) -> None:
    picture = pictures((name, f"{name} 2", f"{name} 3", f"{name} 4"))[kind]._replace(title=name)
    for standalone in (True, False):
        root = read(as_svg(picture, standalone=standalone, prefix="p-"))
        assert {drawn.local(element) for element in root.iter()} <= ELEMENTS
        assert not [key for element in root.iter() for key in element.attrib if key.startswith("on") or "href" in key]
        assert root.findtext("{*}title", "") == clean(name)
        assert "".join(root.itertext()).count("\n") == (0 if not standalone else shown(root[2]).count("\n"))


@pytest.mark.parametrize("picture", CASES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_text_stands_over_another_or_outside(picture: Picture, width: int) -> None:
    root = read(as_svg(picture, standalone=True, width=width))
    boxes = texts(root, DEJAVU)
    left, top, across, down = map(float, root.attrib["viewBox"].split())
    assert boxes
    assert [(a.text, b.text) for a, b in combinations(boxes, 2) if a.meets(b)] == []
    assert [box for box in boxes if box.left < left or box.right > left + across] == []
    assert [box for box in boxes if box.top < top or box.bottom > top + down] == []


@pytest.mark.parametrize("kind", pictures())
def test_a_part_of_a_page_stays_inside_too(kind: str) -> None:
    for width in WIDTHS:
        root = read(as_svg(pictures()[kind], standalone=False, width=width))
        left, _, across, _ = map(float, root.attrib["viewBox"].split())
        assert (left, across) == (0, width)
        assert [box for box in texts(root, DEJAVU) if box.left < 0 or box.right > width] == []
        assert "width" not in root.attrib  # the page gives it all its width


@pytest.mark.parametrize("picture", CASES)
def test_a_shortened_name_is_whole_in_a_title(picture: Picture) -> None:
    root = read(as_svg(picture, standalone=True, width=340))
    told = " ".join(text for element in root.iter() if drawn.local(element) in {"title", "desc"} for text in [element.text or ""])  # fmt: skip
    cut = [shown(element) for element in root.iter() if drawn.local(element) == "text" and "…" in shown(element)]
    assert [text for text in cut if text.split("…")[0] not in told] == []


@pytest.mark.parametrize("per_unit", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_risers_stand_at_their_capacities(*, per_unit: bool, width: int) -> None:
    root = read(as_svg(stairs(), standalone=True, width=width, per_unit=per_unit))
    line = of_class(root, "s1")[0]
    assert line.get("data-option") == drawn.OWN
    risers = [x for letter, x, _ in points(line.get("d", "")) if letter == "V"]
    expected = [pixel(root, "x", 1500 * MTOK * n) for n in range(1, 14)]  # 13 × 1,500 = 19,500 Mtok, below 20,000
    assert len(risers) == len(expected)
    assert max(abs(riser - place) for riser, place in zip(risers, expected, strict=True)) < 0.1


@pytest.mark.parametrize("per_unit", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_rings_stand_at_the_exact_crossings(*, per_unit: bool, width: int) -> None:
    picture = stairs()
    root = read(as_svg(picture, standalone=True, width=width, per_unit=per_unit))
    rings = of_class(root, "crossing")
    assert len(rings) == 3
    for ring, crossing in zip(rings, picture.crossings, strict=True):
        y = crossing.y / crossing.x * MTOK if per_unit else crossing.y
        assert float(ring.attrib["data-x"]) == crossing.x
        assert float(ring.attrib["data-y"]) == y
        assert abs(float(ring.attrib["cx"]) - pixel(root, "x", crossing.x)) < 0.5
        assert abs(float(ring.attrib["cy"]) - pixel(root, "y", y)) < 0.5


@pytest.mark.parametrize("per_unit", [False, True])
def test_a_bent_line_is_drawn_to_a_tenth_of_a_pixel(*, per_unit: bool) -> None:
    bent = Stretch(0, HI, 500, 2.40 / MTOK)  # $500 a month and $2.40 per Mtok
    picture = stairs(NAMES[:1])._replace(lines=(Line("bent", (bent,)),))
    root = read(as_svg(picture, standalone=True, per_unit=per_unit))
    corners = [(x, y) for _, x, y in points(of_class(root, "s0")[0].get("d", ""))]
    assert len(corners) > 8
    left, right = (float(root.attrib[f"data-{end}"]) for end in ("left", "right"))
    worst = 0.0
    for (x1, y1), (x2, y2) in pairwise(corners):
        for share in (0.0, 0.25, 0.5, 0.75):
            x = x1 + share * (x2 - x1)
            volume = LO * 10 ** ((x - left) / (right - left) * log10(HI / LO))
            y = bent.at(volume) / volume * MTOK if per_unit else bent.at(volume)
            worst = max(worst, abs(y1 + share * (y2 - y1) - pixel(root, "y", y)))
    assert worst < 0.1


def test_a_thousand_replicas_do_not_make_a_thousand_corners() -> None:
    many = Line("many", drawn.steps(0, 10, 5 * MTOK))  # 4,000 steps of 0.15 px at the right end
    picture = stairs(NAMES[:1])._replace(lines=(many,))
    root = read(as_svg(picture, standalone=True))
    corners = points(of_class(root, "s0")[0].get("d", ""))
    assert len(corners) < 2500
    risers = [(x, y) for letter, x, y in corners if letter == "V"]
    capacities = [pixel(root, "x", 5 * MTOK * n) for n in range(20, 4001)]
    assert max(min(abs(x - place) for place in capacities) for x, _ in risers) < 0.1
    assert corners[-1][1:] == pytest.approx((pixel(root, "x", HI), pixel(root, "y", 40_000)), abs=0.01)  # 4,000 × $10


def test_the_volume_of_the_user_is_marked_with_its_range() -> None:
    root = read(as_svg(stairs(), standalone=True))
    line, area = of_class(root, "you")[0], of_class(root, "range")[0]
    assert float(line.attrib["data-x"]) == 1200 * MTOK
    assert points(line.get("d", ""))[0][1] == pytest.approx(pixel(root, "x", 1200 * MTOK), abs=0.01)
    first = float(area.attrib["x"])
    assert first == pytest.approx(pixel(root, "x", 600 * MTOK), abs=0.01)
    assert first + float(area.attrib["width"]) == pytest.approx(pixel(root, "x", 2500 * MTOK), abs=0.02)
    assert "you: 1.2B" in [box.text for box in texts(root, DEJAVU)]
    assert not of_class(read(as_svg(stairs(you=None), standalone=True)), "you")


def test_no_crossing_is_said_in_words() -> None:
    root = read(as_svg(stairs(crossings=(), you=None), standalone=True))
    assert not of_class(root, "crossing")
    assert "The cheapest option never changes." in root.findtext("{*}desc", "")


def test_ticks_are_named_as_money_people_name_them() -> None:
    wide_range = stairs(NAMES[:1], you=None, crossings=())._replace(lo=1e3, hi=1e12)
    wide_range = wide_range._replace(lines=(Line("a", (Stretch(0, 1e12, 0, 1e-6),)),), bands=())
    shown_texts = {box.text for box in texts(read(as_svg(wide_range, standalone=True)), DEJAVU)}
    assert {"1k", "1M", "1B", "1T", "$1", "$1k", "$1M"} <= shown_texts
    assert not [text for text in shown_texts if text.endswith("G")]


def test_a_line_that_ends_has_a_bar_where_it_ends() -> None:
    root = read(as_svg(stairs(), standalone=True))
    bars = [element for element in of_class(root, "e3") if "line" in element.get("class", "")]  # "plan: 50 seats"
    assert [x for _, x, _ in points(bars[0].get("d", ""))] == pytest.approx([pixel(root, "x", 900 * MTOK)] * 2, abs=0.01)  # fmt: skip


def test_a_reign_is_drawn_from_end_to_end() -> None:
    picture = drawn.winner_map()
    root = read(as_svg(picture, standalone=True))
    cells = [element for element in root.iter() if "data-hi" in element.attrib]
    reigns = [reign for row in picture.rows for reign in row.reigns]
    assert [cell.get("data-option") for cell in cells] == [reign.option for reign in reigns]
    for cell, reign in zip(cells, reigns, strict=True):
        rect = next(element for element in cell.iter() if drawn.local(element) == "rect")
        first = float(rect.attrib["x"])
        assert first == pytest.approx(pixel(root, "x", reign.lo), abs=0.01)
        assert first + float(rect.attrib["width"]) == pytest.approx(pixel(root, "x", reign.hi), abs=0.02)


def test_a_stacked_bar_is_as_long_as_its_parts() -> None:
    picture = drawn.breakdown()
    root = read(as_svg(picture, standalone=True))
    bars = [element for element in root.iter() if "data-option" in element.attrib]
    lengths = []
    for bar in bars:
        rects = [element for element in bar.iter() if drawn.local(element) == "rect"]
        lengths.append(
            max(float(r.attrib["x"]) + float(r.attrib["width"]) for r in rects) - float(rects[0].attrib["x"])
        )
    scale = lengths[0] / picture.bars[0].total
    assert lengths == pytest.approx([bar.total * scale for bar in picture.bars], abs=2)  # a pixel between two parts


def test_idle_gpus_are_hatched_and_nothing_else_is() -> None:
    root = read(as_svg(drawn.breakdown(), standalone=True))
    hatched = [element for element in root.iter() if element.get("fill", "").startswith("url(#hatch")]
    assert len(hatched) == len(NAMES) + 1  # a segment of each bar, and the sample of the key


def test_an_option_keeps_its_colour_on_a_page() -> None:
    order = tuple(reversed(NAMES))
    root = read(as_svg(stairs(), standalone=True, order=order))
    assert of_class(root, "s3")[0].get("data-option") == NAMES[0]


def test_ids_have_the_prefix_and_are_referred_to() -> None:
    for picture in pictures().values():
        svg = as_svg(picture, standalone=False, prefix="x7-")
        root = read(svg)
        ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
        assert ids
        assert all(name.startswith("x7-") for name in ids)
        assert set(root.attrib["aria-labelledby"].split()) <= set(ids)
        assert {part.split(")")[0] for part in svg.split("url(#")[1:]} <= set(ids)


@pytest.mark.parametrize(
    "picture",
    [
        Stairs("none", (), (), 1, 10, "requests", "", "EUR", None, (), 1),
        Stairs("free", (Line("a", (Stretch(0, 10, 0, 0),)),), (), 1, 10, "requests", "", "EUR", None, (), 1),
        Stairs("elsewhere", (Line("a", (Stretch(20, 30, 1, 0),)),), (), 1, 10, "requests", "", "EUR", None, (), 1),
        Paths("one month", (Path("a", (10.0,), 1, is_baseline=False),), "EUR", "2026-11"),
        Paths("nothing", (Path("a", (), None, is_baseline=False),), "EUR", "2026-11"),
        Frontier("none", (), "board", "EUR", None),
        WinnerMap("one row", (Row(0.5, (Reign(1, 10, None),)),), 1, 10, "requests", None),
        WinnerMap("none", (), 1, 10, "requests", None),
    ],
    ids=lambda picture: f"{picture.name}, {picture.title}",
)
def test_little_is_drawn_too(picture: Picture) -> None:
    for width in WIDTHS:
        for per_unit in (False, True):
            assert texts(read(as_svg(picture, standalone=True, width=width, per_unit=per_unit)), DEJAVU)


@pytest.mark.parametrize("picture", CASES)
def test_the_same_picture_is_the_same_file(picture: Picture) -> None:
    assert as_svg(picture, standalone=True) == as_svg(picture, standalone=True)


@pytest.mark.parametrize(
    "text", ["claude-haiku-5.5-api", "WWW mmm @@@ %%%", "Ångström € ≥ × …", "iiil.,' 0123456789", "ЖЩЮ Ωλ"]
)
def test_a_text_is_never_wider_than_was_laid_out(text: str) -> None:
    assert DEJAVU.width(text) * 12 <= wide(text) + 0.01
