"""The page that ``costcalc report`` writes, in a browser."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli
from readable import MOST_BYTES, SIZES, UNREADABLE

from costcalc.money import USD

pytestmark = pytest.mark.no_cover  # the browser takes the time; what makes a page has tests of its own

SHAPE = ("--shape", "3000:400", "--cached-share", "20% to 60%", "--peak-to-mean", "1.5 to 4")
OPTIONS = (
    *("--options", "gpt-5.2-api,gemma-4-31b-novita,gemma-4-31b-h100"),
    *("--own", "2x RTX 4090 @ 0.34/h, model=Qwen3-30B-A3B, weights=int4"),
)


@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_the_page_of_a_report_can_be_read_and_tried(currency: str, show: Any, cli: Cli) -> None:  # noqa: ANN401
    run = cli("report", "--requests", "1M to 4M", *SHAPE, *OPTIONS, "--currency", currency, "--output", "report.html")
    assert run.status == 0
    file = Path("report.html").resolve()
    assert len(file.read_bytes()) <= MOST_BYTES
    opened = show(None, path=file)
    opened.wait_for_load_state("networkidle")
    assert [url.rsplit("/", 1)[-1] for url in opened.seen] == ["report.html"]
    assert opened.is_visible("#what-if-controls")  # each of its figures is Python's
    for width, height in SIZES.values():
        opened.set_viewport_size({"width": width, "height": height})
        assert opened.evaluate(UNREADABLE) == [], width


def test_the_page_says_of_another_volume_what_compare_says_of_it(show: Any, cli: Cli) -> None:  # noqa: ANN401
    cli("report", "--requests", "1M to 4M", *SHAPE, *OPTIONS, "--output", "report.html")
    opened = show(None, path=Path("report.html").resolve())
    opened.focus("#what-if-volume")
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Home"):
        opened.keyboard.press(key)
        at = int(opened.input_value("#what-if-volume"))
        volumes = opened.evaluate("JSON.parse(document.getElementById('what-if-data').textContent).volumes")
        requests = Decimal(volumes[at]) / 400  # of 400 output tokens each
        run = cli(*("compare", "--requests", f"{requests}", *SHAPE, *OPTIONS, "--costs", "all", "--format", "json"))
        months = {
            each["option"]: USD.cell(Decimal(each["monthly_usd"]))
            for each in json.loads(run.out)["result"]["estimates"]
        }
        rows = opened.eval_on_selector_all(
            "#what-if-table tbody tr", "rows => rows.map(row => [row.cells[0].textContent, row.cells[1].textContent])"
        )
        assert len(rows) >= 3
        for name, month in rows:
            if name in months:
                assert month == months[name]
        assert sum(name in months for name, _ in rows) >= 3
