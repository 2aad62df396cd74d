"""Pictures as PNG: with text on any machine, and the same bytes."""

from __future__ import annotations

import struct
import sys

import pytest
import resvg_py
from drawn import Font, pictures
from hostile import HOSTILE

from costcalc.errors import CostcalcError
from costcalc.render.charts.pictures import Picture
from costcalc.render.charts.png import FONT, as_png, drawable
from costcalc.render.charts.svg import as_svg


def size(png: bytes) -> tuple[int, int]:
    """Read width and height from the header: PNG 1.2, section 4.1.1."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert png[12:16] == b"IHDR"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("picture", pictures().values(), ids=pictures())
def test_a_png_has_its_size_and_is_the_same_each_time(picture: Picture) -> None:
    png = as_png(picture)
    assert size(png)[0] == 1440  # 2 × 720
    assert size(as_png(picture, scale=1, width=340))[0] == 340
    assert as_png(picture) == png
    assert as_png(picture, dark=True) != png


@pytest.mark.parametrize("picture", pictures().values(), ids=pictures())
def test_a_png_has_its_text(picture: Picture) -> None:
    svg = drawable(as_svg(picture, standalone=True, dark=False))
    without = resvg_py.svg_to_bytes(svg_string=svg, zoom=2, skip_system_fonts=True)
    assert size(without) == size(as_png(picture))
    assert without != as_png(picture)  # the same but for its texts


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_drawn(name: str) -> None:
    assert size(as_png(pictures((name, "b", "c", "d"))["breakeven"], scale=1))[0] == 720


def test_every_character_is_drawn_or_replaced() -> None:
    glyphs = Font(FONT).glyphs
    for code in (code for code in range(0x20, 0x30000) if not 0xD800 <= code < 0xE000):
        assert all(ord(char) in glyphs for char in drawable(chr(code))), hex(code)
    assert drawable("Ångström × 汉字 ع") == "Ångström × \ufffd\ufffd \ufffd"
    assert {chr(code) for code in glyphs if drawable(chr(code)) == "\ufffd"} == {"\ufffd"}


def test_the_font_is_small_and_has_its_licence() -> None:
    assert FONT.stat().st_size < 80_000
    assert "Permission is hereby granted" in (FONT.parent / "LICENSE.txt").read_text(encoding="utf-8")


def test_without_resvg_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(CostcalcError, match=r"pip install 'costcalc\[png\]'"):
        as_png(pictures()["map"])
