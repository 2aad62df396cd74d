"""Colours that can be read, and that nothing rests on alone."""

from __future__ import annotations

import re

import pytest

from costcalc.render.charts.palette import AGAIN, DARK, LIGHT, LOOKS, Ground, Look, mark, stroke, stylesheet, variant


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2: (L1 + 0.05) / (L2 + 0.05)."""
    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)  # 1.05 / 0.05


@pytest.mark.parametrize("look", LOOKS)
def test_a_name_can_be_written_in_each_colour(look: Look) -> None:
    assert contrast(look.light, LIGHT.paper) >= 4.5
    assert contrast(look.dark, DARK.paper) >= 4.5


@pytest.mark.parametrize("ground", [LIGHT, DARK])
def test_other_text_can_be_read(ground: Ground) -> None:
    assert contrast(ground.text, ground.paper) >= 7
    assert contrast(ground.quiet, ground.paper) >= 4.5


def test_nothing_rests_on_colour_alone() -> None:
    assert len({look.dash for look in LOOKS} | {AGAIN}) == len(LOOKS) + 1
    assert len({look.light for look in LOOKS}) == len({look.dark for look in LOOKS}) == len(LOOKS) == 8
    assert stroke(3) != stroke(11)  # the twelfth has the fourth's colour and another dash
    assert len({mark(number, 0, 0, class_="") for number in range(8)}) == 8
    assert [variant(number) for number in range(8)] == list(range(8))
    assert all(variant(number) != variant(number + 8) for number in range(8))


@pytest.mark.parametrize("dark", [True, False, None])
def test_no_text_is_smaller_than_10_px_and_no_variable_is_used(dark: bool | None) -> None:  # a case
    css = stylesheet(dark=dark)
    assert min(int(size) for size in re.findall(r"font-size:(\d+)px", css)) >= 10
    assert "var(" not in css
    assert ("prefers-color-scheme:dark" in css) == (dark is None)
    assert (LIGHT.paper in css) == (not dark)
    assert (DARK.paper in css) == (dark is not False)
