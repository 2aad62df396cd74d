"""What a reader sees of a page, in a browser: on a phone and on paper, without scripts, by keyboard, whatever it shows."""

from __future__ import annotations

import math
from dataclasses import replace
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hostile import HOSTILE
from pages import BLEND, DRIVERS, LARGE, OPTIONS, PLAN, SMALL, Option, page, stairs
from readable import MOST_BYTES, SIZES, UNREADABLE

from costcalc.cli.output import rendered
from costcalc.findings import clean
from costcalc.render.report import Report

pytestmark = pytest.mark.no_cover  # the browser takes the time; what makes a page has tests of its own

A4 = (680, 960)  # pixels of CSS inside margins of 15 mm


def many(count: int) -> list[Option]:
    return [replace(OPTIONS[at % len(OPTIONS)], name=f"{OPTIONS[at % len(OPTIONS)].name}-{at}") for at in range(count)]


PAGES = {
    "six options": page(),
    "one option": page([SMALL]),
    "twelve options": page(many(12)),
    "no crossing": page([SMALL, LARGE]),
    "a plan": page([PLAN, SMALL], DRIVERS[2:]),
    "a blend": page([BLEND, SMALL]),
    "no uncertainty": page(OPTIONS[:3], (), has_band=False),
}
HOSTILE_PAGES = {  # every name stands on one of them
    f"hostile {at}": page(
        [replace(OPTIONS[place % 6], name=name) for place, name in enumerate(list(HOSTILE.values())[at : at + 6])]
    )
    for at in range(0, len(HOSTILE), 6)
}


def opened_details(opened: Any) -> None:  # noqa: ANN401  # a page of playwright
    opened.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_one_request_without_a_complaint_and_can_be_read_at_every_size(name: str, show: Any) -> None:  # noqa: ANN401
    text = rendered(PAGES[name], "html", notes=True)
    opened = show(text)
    opened.wait_for_load_state("networkidle")
    assert [url.rsplit("/", 1)[-1] for url in opened.seen] == ["page.html"]
    assert opened.is_visible("#what-if-controls")
    opened_details(opened)
    for width, height in SIZES.values():
        opened.set_viewport_size({"width": width, "height": height})
        assert opened.evaluate(UNREADABLE) == [], width
        assert opened.locator("figure svg:visible").count() == 7
    opened.emulate_media(media="print")
    opened.set_viewport_size({"width": A4[0], "height": A4[1]})
    assert opened.evaluate(UNREADABLE) == []


def test_six_options_three_drivers_and_24_months_take_at_most_300_kb() -> None:
    report = page()
    assert (len(OPTIONS), len(DRIVERS)) == (6, 3)
    assert len(rendered(report, "html", notes=True).encode()) <= MOST_BYTES


def test_on_paper_the_figures_are_listed_and_nothing_is_left_to_press(show: Any) -> None:  # noqa: ANN401
    opened = show(page())
    opened.emulate_media(media="print")
    opened.set_viewport_size({"width": A4[0], "height": A4[1]})
    assert opened.locator("input:visible, summary:visible, nav:visible").count() == 0
    tables = opened.eval_on_selector_all(
        "figure details:not(.csv) table", "all => all.map(one => one.checkVisibility())"
    )
    assert tables == [True] * 6


POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@pytest.mark.parametrize("how", ["scripts off", "strict policy"])
def test_without_scripts_everything_is_there_and_no_control_is_dead(how: str, show: Any) -> None:  # noqa: ANN401
    text = rendered(page(), "html", notes=True)
    full = show(text)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    opened = (
        show(text, java_script_enabled=False)
        if how == "scripts off"
        else show(text.replace("<head>", f"<head>{policy}"))
    )
    assert opened.locator("input:visible, button:visible, select:visible, textarea:visible").count() == 0
    assert opened.locator("figure svg:visible").count() == 7
    for each in (full, opened):
        opened_details(each)
    full.evaluate("document.getElementById('what-if-controls').hidden = true")
    assert opened.inner_text("main") == full.inner_text("main")
    assert opened.eval_on_selector("h2", "part => getComputedStyle(part).borderTopStyle") == "solid"  # the style holds
    opened.locator("summary").first.focus()
    opened.keyboard.press("Enter")
    assert opened.locator("details:not([open])").count() == 1


@pytest.mark.parametrize("size", ["phone", "screen"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(size: str, scheme: str, show: Any) -> None:  # noqa: ANN401
    found = find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    opened = show(page(OPTIONS[:3]), size=SIZES[size], color_scheme=scheme)
    opened_details(opened)
    opened.add_script_tag(path=Path(found.origin).with_name("axe.min.js"))
    result = opened.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(each["id"], each["nodes"][0]["html"]) for each in result["violations"]] == []
    assert len(result["passes"]) > 20


def test_every_stop_of_the_keyboard_is_reached_in_order_and_shows_itself(show: Any) -> None:  # noqa: ANN401
    opened = show(page())
    opened_details(opened)
    stops = []
    for _ in range(100):
        opened.keyboard.press("Tab")
        stop = opened.evaluate("""() => {
          const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
          return at === document.body ? null : {
            name: at.id || at.name || at.tagName, width: parseFloat(style.outlineWidth), style: style.outlineStyle,
            seen: box.bottom > 0 && box.top < innerHeight && box.width > 0 };
        }""")
        if stop is None:
            break
        stops.append(stop)
    assert all(stop["width"] >= 2 and stop["style"] == "solid" and stop["seen"] for stop in stops), stops
    names = [stop["name"] for stop in stops]
    assert names[:7] == ["A"] * 7  # the contents
    begins = names.index("what-if-volume")
    assert names[begins : begins + 4] == ["what-if-volume", "driver-0", "driver-1", "driver-2"]
    assert names.count("SUMMARY") == 12  # two for each of six figures
    assert names.count("PRE") == 6


def test_risers_and_crossings_stand_where_they_were_computed(show: Any) -> None:  # noqa: ANN401
    picture = stairs()
    opened = show(page())
    for per in (0, 1):
        for size in ("wide", "narrow"):
            chart = opened.locator(f".breakeven .for-{size}[data-per='{'1000000' if per else '0'}'] svg")
            axis = {key: float(value) for key, value in chart.evaluate("svg => ({...svg.dataset})").items()}

            def at(value: float, kind: str, axis: dict[str, float] = axis) -> float:
                low, high = axis[f"{kind}Lo"], axis[f"{kind}Hi"]
                first, last = (axis["left"], axis["right"]) if kind == "x" else (axis["bottom"], axis["top"])
                return first + math.log(value / low) / math.log(high / low) * (last - first)

            line = next(line for line in picture.lines if line.name == "own-h100")
            risers = [at(a.hi, "x") for a, b in pairwise(line.stretches) if a.at(a.hi) != b.at(b.lo)]
            drawn = chart.evaluate(
                """svg => [...svg.querySelectorAll('path.line')].map(path => {
                  let x = 0;
                  return (path.getAttribute('d').match(/[MLHV][^MLHV]*/g) || []).flatMap(step => {
                    if (step[0] === 'V') return [x];
                    x = parseFloat(step.slice(1));
                    return [];
                  });
                })"""
            )
            assert len(risers) > 20
            assert any(all(min(abs(x - each) for x in path) <= 0.1 for each in risers) for path in drawn if path)
            places = chart.locator("circle.crossing").evaluate_all(
                "all => all.map(one => [+one.getAttribute('cx'), +one.getAttribute('cy')])"
            )
            expected = [
                (at(each.x, "x"), at(each.y / each.x * 1e6 if per else each.y, "y")) for each in picture.crossings
            ]
            assert len(places) == len(expected) > 1
            for (x, y), (x_at, y_at) in zip(sorted(places), sorted(expected), strict=True):
                assert abs(x - x_at) <= 0.5
                assert abs(y - y_at) <= 0.5


@pytest.mark.parametrize("name", HOSTILE_PAGES)
def test_a_page_shows_a_hostile_name_as_it_is_and_obeys_none(name: str, show: Any) -> None:  # noqa: ANN401
    report: Report = HOSTILE_PAGES[name]
    opened = show(report)
    opened.on("dialog", lambda dialog: opened.seen.append(dialog.message))
    assert report.what_if is not None
    rows = opened.eval_on_selector_all("#what-if-table tbody tr", "rows => rows.map(row => row.cells[0].textContent)")
    names = [clean(each) for each in report.what_if.options]
    assert [row.replace("\N{REPLACEMENT CHARACTER}", "#") for row in rows] == [
        each.replace("\N{REPLACEMENT CHARACTER}", "#") for each in names
    ]
    assert opened.is_visible("#what-if-controls")
    opened_details(opened)
    opened.set_viewport_size({"width": 390, "height": 844})
    assert opened.evaluate(UNREADABLE) == []
    assert [url.rsplit("/", 1)[-1] for url in opened.seen] == ["page.html"]
    assert opened.locator("script").count() == 2
