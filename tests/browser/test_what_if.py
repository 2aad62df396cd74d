"""What can be tried on a page, in a browser: every figure is Python's, or there is nothing to try."""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files
from typing import Any

import pytest
from pages import DRIVERS, OPTIONS, VOLUMES, Option, at_levels, page, serves

from costcalc.cli.output import rendered
from costcalc.money import USD, Money
from costcalc.render.numbers import compact, times
from costcalc.render.pictures.tornado import name_of
from costcalc.units import decimal, usd

pytestmark = pytest.mark.no_cover  # the browser takes the time; what makes a page has tests of its own

EURO = Money("EUR", Decimal("0.8617"), date(2026, 11, 27), "example.com")
DRAWN = random.Random(18)  # noqa: S311  # settings to try, the same in every run
HOME = VOLUMES.index(Fraction(120 * 10**6))
SETTINGS = [
    (
        HOME + DRAWN.randrange(-20, 19) // (1 + turn % 3),
        tuple(DRAWN.randrange(3) for _ in DRIVERS),
        EURO if turn % 4 == 3 else USD,
    )
    for turn in range(21)
]


def costs_at(levels: Sequence[int], volume: Fraction) -> dict[Option, Fraction | None]:
    """Evaluate the options' formulas, which know nothing of pieces."""
    setting = at_levels(DRIVERS, levels)
    return {each: each.formula(setting, volume) if serves(each, setting) else None for each in OPTIONS}


def expected(levels: Sequence[int], at: int, money: Money) -> tuple[str, list[list[str]]]:
    """Say what the page must say."""
    volume = VOLUMES[at]
    costs = costs_at(levels, volume)
    served = sorted((cost, place) for place, cost in enumerate(costs.values()) if cost is not None)
    (least, first), (more, second) = served[:2]
    rows = [
        [name.name, money.cell(decimal(cost)), money.cell(decimal(cost / volume * 10**6)), times(decimal(cost / least))]
        if cost is not None
        else [name.name, "cannot serve", "–", "–"]
        for name, cost in costs.items()
    ]
    moved = [
        f"{name_of(driver)} at its {('low', 'base', 'high')[level]}"
        f" ({compact((driver.low, driver.value, driver.high)[level])}{f' {driver.unit}' if driver.unit else ''})"
        for driver, level in zip(DRIVERS, levels, strict=True)
        if level != 1
    ]
    with_ = f", with {' and '.join(moved)}" if moved else ""
    cheapest = (
        f"{OPTIONS[first].name} is the cheapest at {money.text(decimal(least))} a month,"
        f" {money.text(decimal(more - least))} less than {OPTIONS[second].name}."
    )
    return f"At {compact(decimal(volume))} output tokens a month{with_}: {cheapest}", rows


def shown(opened: Any) -> tuple[str, list[list[str]]]:  # noqa: ANN401  # a page of playwright
    rows = opened.eval_on_selector_all(
        "#what-if-table tbody tr", "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return opened.text_content("#what-if-answer"), rows


def go(opened: Any, levels: Sequence[int], at: int) -> None:  # noqa: ANN401  # a page of playwright
    """Move to a setting by keys alone: from the top of the page, or from the last driver."""
    is_last = opened.evaluate("document.activeElement.name") == f"driver-{len(levels) - 1}"
    for _ in range(len(levels) if is_last else 60):
        opened.keyboard.press("Shift+Tab" if is_last else "Tab")
        if opened.evaluate("document.activeElement.id") == "what-if-volume":
            break
    now = int(opened.input_value("#what-if-volume"))
    for _ in range(abs(at - now)):
        opened.keyboard.press("ArrowRight" if at > now else "ArrowLeft")
    for number, level in enumerate(levels):
        opened.keyboard.press("Tab")
        now = int(opened.input_value(f"input[name=driver-{number}]:checked"))
        for _ in range((level - now) % 3):
            opened.keyboard.press("ArrowDown")


@pytest.mark.parametrize("money", [USD, EURO], ids=["USD", "EUR"])
def test_at_every_setting_reached_by_keys_the_page_says_what_python_says(show: Any, money: Money) -> None:  # noqa: ANN401
    opened = show(page(money=money))
    assert shown(opened) == expected((1, 1, 1), HOME, money)
    for at, levels, of in SETTINGS:
        if of == money:
            go(opened, levels, at)
            assert shown(opened) == expected(levels, at, money)
            assert (
                opened.get_attribute("#what-if-volume", "aria-valuetext")
                == f"{compact(decimal(VOLUMES[at]))} output tokens"
            )
            assert dots(opened) == pytest.approx(sorted(heights(opened, levels, at, money)), abs=0.01)
    assert len(opened.seen) == 1  # the file


def chart(opened: Any) -> dict[str, float]:  # noqa: ANN401
    data = opened.eval_on_selector(".breakeven .for-wide[data-per='0'] svg", "svg => ({...svg.dataset})")
    return {key: float(value) for key, value in data.items()}


def dots(opened: Any) -> list[float]:  # noqa: ANN401
    made = opened.eval_on_selector_all(
        ".breakeven .for-wide[data-per='0'] .setting circle", "all => all.map(dot => +dot.getAttribute('cy'))"
    )
    return sorted(made)


def heights(opened: Any, levels: Sequence[int], at: int, money: Money) -> Iterator[float]:  # noqa: ANN401
    """Work out where a dot stands for each cost that is inside the chart, on its logarithmic axis."""
    axis = chart(opened)
    for cost in costs_at(levels, VOLUMES[at]).values():
        if cost is not None:
            share = math.log(float(money.of(cost)) / axis["yLo"]) / math.log(axis["yHi"] / axis["yLo"])
            y = axis["bottom"] + share * (axis["top"] - axis["bottom"])
            if axis["top"] - 0.5 <= y <= axis["bottom"] + 0.5:
                yield y


TEXT = rendered(page(), "html", notes=True)
DATA = re.compile(r'(<script type="application/json" id="what-if-data">)(.*?)(</script>)')
WAYS: tuple[
    tuple[int, ...], ...
] = (  # to a number of a part that some setting and volume use, from the totals of a page
    (2, 0, 0),  # a share
    (2, 0, 5, 1),  # what a piece costs at no volume
    (2, 0, 5, 2),  # and each unit
    (0,),  # what an option costs beside its parts
    (1,),
)


def tampered() -> Iterator[tuple[str, Any]]:
    """Change one number of the page at a time."""
    found = DATA.search(TEXT)
    assert found is not None
    for number, way in [*((number, way) for number in (0, 1, 2, 7) for way in WAYS), *CYCLES]:
        data = json.loads(found[2])
        *path, last = ("totals", number, *way)
        holder = data
        for step in path:
            holder = holder[step]
        holder[last] = float(f"9{holder[last]!r}")
        yield f"{path} {last}", data
    for key in ("volumes", "checks"):
        for place in (0, 7, 20):
            data = json.loads(found[2])
            data[key][place] += 1_000_000
            yield f"{key} {place}", data
    data = json.loads(found[2])
    data["settings"][5][0], data["settings"][5][1] = data["settings"][5][1], data["settings"][5][0]
    yield "settings", data


CYCLES: list[tuple[int, tuple[int, ...]]] = [
    (1, (2, 0, 1)),
    (1, (2, 0, 2)),
    (1, (2, 0, 3)),
]  # own-h100 at the first setting: start, period, rise
BROKEN = ("", "{", "null", '{"checks":[1]}', "{}")


def check_nothing_to_try(opened: Any) -> None:  # noqa: ANN401
    assert not opened.is_visible("#what-if-controls")
    assert opened.locator("input:visible, button:visible, select:visible").count() == 0
    assert shown(opened) == expected((1, 1, 1), HOME, USD)
    assert opened.locator(".setting").count() == 0


def test_a_page_with_one_number_changed_offers_nothing_and_keeps_python_s_answer(show: Any) -> None:  # noqa: ANN401
    opened = show(TEXT)
    assert opened.is_visible("#what-if-controls")
    for what, data in tampered():
        text = DATA.sub(lambda found, data=data: f"{found[1]}{json.dumps(data)}{found[3]}", TEXT)  # type: ignore[misc]
        opened.set_content(text)
        assert not opened.is_visible("#what-if-controls"), what
        check_nothing_to_try(opened)
    for text in BROKEN:
        opened.set_content(DATA.sub(lambda found, text=text: f"{found[1]}{text}{found[3]}", TEXT))  # type: ignore[misc]
        check_nothing_to_try(opened)


def amounts() -> Iterator[Fraction]:
    """Give amounts of every size, and those that lie between two that can be written."""
    for size in range(-9, 12):
        for _ in range(40):
            yield Fraction(DRAWN.randrange(10**5, 10**6), 10**5) * Fraction(10) ** size
            yield Fraction(2 * DRAWN.randrange(10**2, 10**4) + 1, 200) * Fraction(10) ** min(size, 0)
            yield Fraction(DRAWN.randrange(1, 10**9), DRAWN.randrange(1, 10**4))
    yield from map(
        Fraction, ("0", "1", "0.995", "0.9995", "0.99949", "999.995", "0.01", "0.001", "1e-9", "100", "99.95")
    )


def test_amounts_are_rounded_and_written_as_python_does(show: Any) -> None:  # noqa: ANN401
    script = (files("costcalc.render.html") / "what_if.js").read_text(encoding="utf-8")
    functions = script[script.index("const NEAR") : script.index("  // Pieces hold")]
    exact = list(amounts())
    opened = show("<!DOCTYPE html><title>x</title>")
    made = opened.evaluate(
        f"values => {{ {functions}; return values.map(value => [cell(value), value >= 1 ? times(value) : '']); }}",
        [float(each) for each in exact],
    )
    assert made == [[usd(decimal(each)), times(decimal(each)) if each >= 1 else ""] for each in exact]
