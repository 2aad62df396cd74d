"""Pages as text: what stands where, and that no name in a report is more than a name."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hostile import HOSTILE, check_inert
from pages import BLEND, DRIVERS, HOME, OPTIONS, SMALL, VOLUMES, page

from costcalc.analysis.what_if import LEVELS
from costcalc.cli.output import rendered
from costcalc.findings import clean
from costcalc.money import Money
from costcalc.render.html.offer import Offer, offer_of
from costcalc.render.report import Bullets, Column, Drawing, Heading, Paragraph, Report, Table
from costcalc.units import decimal, usd


def report(*blocks: Heading | Paragraph | Table | Bullets | Drawing, verdict: tuple[str, ...] = ()) -> Report:
    return Report("compare", date(2026, 11, 27), None, {}, {}, blocks=blocks, verdict=verdict)


def html(shown: Report) -> str:
    return rendered(shown, "html", notes=True)


def test_each_block_is_the_element_that_says_what_it_is() -> None:
    columns = (Column("option"), Column("$/month", "right", means="is a month"), Column("note"))
    text = html(
        report(
            Paragraph("a < b"),
            Bullets("Before", ("x",)),
            Heading("A & B"),
            Table(columns, (("gpt", "1.00", ""),)),
            Bullets("Sources", ("one", "two")),
            Drawing(("| <", "+-")),
            verdict=("Buy.", "Not build."),
        )
    )
    for part in (
        '<html lang="en">',
        "<title>Buy. (costcalc compare)</title>",
        "<h1>costcalc compare · prices of 2026-11-27</h1>",
        '<p class="verdict">Buy. Not build.</p>',
        "<p>a &lt; b</p>",
        "<h2>Before</h2>\n<ul>\n<li>x</li>\n</ul>",
        '<h2 id="part-3">A &amp; B</h2>',
        '<th scope="col" role="columnheader" class="number">$/month</th>',
        '<th scope="row" role="rowheader">gpt</th><td role="cell" data-title="$/month" class="number">1.00</td>',
        '<p class="legend">$/month is a month.</p>',
        "<h3>Sources</h3>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>",
        'aria-label="Chart">\n| &lt;\n+-</pre>',
    ):
        assert part in text
    assert "<script" not in text
    assert "<nav" not in text  # one heading needs no contents


def test_a_page_of_several_parts_has_contents_below_its_verdict() -> None:
    text = html(report(*(Heading(f"Part {name}") for name in "ABC"), verdict=("Buy.",)))
    assert '</p>\n<nav aria-label="On this page">\n<ul>\n<li><a href="#part-1">Part A</a></li>' in text
    assert text.index("<nav") < text.index('<h2 id="part-1">Part A</h2>')


@pytest.mark.parametrize(
    ("columns", "width"),
    [
        ((Column("option"), Column("$/month", "right")), "narrow"),  # 6 + 9 characters of 9 pixels, and 2 × 12: 159
        ((Column("option"), *(Column(f"USD {n}", "right") for n in range(5))), "middle"),  # 54 + 5 × 81 + 6 × 12 = 531
        ((Column("option"), *(Column(f"USD {n}", "right") for n in range(8))), "wide"),  # 54 + 8 × 81 + 9 × 12 = 810
        ((Column("option"), *(Column(f"USD {n}", "right") for n in range(10))), "cards"),  # 54 + 810 + 132 = 996
    ],
)
def test_a_table_says_from_which_width_on_its_columns_fit(columns: tuple[Column, ...], width: str) -> None:
    row = ("gpt-5", *("12,345.67" for _ in columns[1:]))
    assert f'<table role="table" class="{width}">' in html(report(Table(columns, (row,))))


def offer(*, money: Money | None = None) -> Offer:
    shown = page(money=money) if money is not None else page()
    made = offer_of(shown.what_if, shown.page(notes=True), shown.money)
    assert made is not None
    return made


@pytest.mark.parametrize("levels", [(1, 1, 1), (0, 2, 1), (2, 2, 2)])
def test_python_s_own_answer_is_the_formulas(levels: tuple[int, ...]) -> None:
    values = {
        each.path: Fraction((each.low, each.value, each.high)[level])
        for each, level in zip(DRIVERS, levels, strict=True)
    }
    shown = offer().shown(levels, VOLUMES.index(HOME))
    for option, row in zip(OPTIONS, shown.rows, strict=True):
        cost = option.formula(values, HOME)
        if option.name == "own-two-replicas" and levels[0] == 2:
            assert row == (option.name, "cannot serve", "–", "–")
        else:
            assert cost is not None
            assert row[:3] == (option.name, usd(decimal(cost)), usd(decimal(cost / 120)))  # HOME is 120M
    assert shown.best == 0


def test_the_answer_says_who_else_could_serve() -> None:
    made = offer()
    home = VOLUMES.index(HOME)
    other = (Fraction(454), "454.00", "3.78")
    ranked = [(Fraction(454), 0), (Fraction("1025.745"), 4)]
    base = (1, 1, 1)
    assert made.sentence(base, home, ranked) == (
        "At 120M output tokens a month: example/small is the cheapest at $454.00 a month, $571.75 less than team-plan."
    )  # 1025.745 - 454 = 571.745, and half a cent goes up
    assert made.sentence(base, home, [ranked[0], (other[0], 1)]).endswith(
        "example/small and own-h100 are the cheapest at $454.00 a month."
    )
    assert made.sentence(base, home, ranked[:1]).endswith(
        "example/small costs $454.00 a month; no other can serve so much."
    )
    assert made.sentence(base, home, []).endswith("month: no option can serve so much.")
    assert made.sentence((0, 1, 2), home, ranked).startswith(
        "At 120M output tokens a month, with options.own.usd_per_gpu_hour at its low (1.2) and workload.cached_share at"
        " its high (0.8 share): "
    )


def test_amounts_are_in_the_currency_of_the_page() -> None:
    euro = Money("EUR", Decimal("0.5"), date(2026, 11, 27), "example.com")
    # the small model at the base: 1.29 + 3 × (1 - 0.5 / 3) = $3.79 a million, 120 of them $454.80, half of it in EUR
    assert offer().shown((1, 1, 1), VOLUMES.index(HOME)).rows[0][1:3] == ("454.80", "3.79")
    assert offer(money=euro).shown((1, 1, 1), VOLUMES.index(HOME)).rows[0][1:3] == ("227.40", "1.90")
    data = data_of(html(page([SMALL, BLEND], (), money=euro)))
    assert data["currency"] == "EUR "
    assert data["totals"][0] == [0, 0, [[1, 0, None, 0, None, [None, 0, 1.895e-06]]]]


def data_of(text: str) -> dict[str, Any]:
    found = re.search(r'id="what-if-data">(.*?)</script>', text)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_a_curve_that_settings_share_stands_once() -> None:
    data = data_of(html(page()))
    assert len(data["settings"]) == len(data["checks"]) == len(LEVELS) ** len(DRIVERS)
    # small and large: one each for 3 shares of cached input; own: 3 prices × 3 peaks; blend: all 27; plan: 1; two
    # replicas: 2 prices × 3 peaks
    assert len(data["totals"]) == 3 + 3 + 9 + 27 + 1 + 6


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_no_name_is_more_than_a_name(name: str) -> None:
    names = [name, f"x {name}"]
    shown = page(
        [option.__class__(each, option.formula, option.total) for option, each in zip(OPTIONS, names, strict=False)]
    )
    everywhere = shown._replace(
        verdict=(name,), assumed=(name,), more=(*shown.more, Heading(name), Bullets(name, (name,)), Drawing((name,)))
    )
    text = html(everywhere)
    check_inert("html", text)
    assert data_of(text)["options"] == [clean(each) for each in names]
