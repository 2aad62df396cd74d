"""The figures of pictures as tables and as flat rows: what a reader wants beside a chart, and all of it as data."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest

from costcalc.render.as_json import as_json
from costcalc.render.charts.pictures import (
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
from costcalc.render.csv import as_csv
from costcalc.render.pictures.tables import records_of, table_of
from costcalc.render.report import Report

OWN = Line("own", (Stretch(1e6, 5e7, 100, 0), Stretch(5e7, 8e7, 200, 0)), is_cut=True)
API = Line("api", (Stretch(1e6, 1e9, 0, 4e-6),))
STAIRS = Stairs(
    "Own wins",
    (OWN, API),
    (Crossing(2.5e7, 100, "own", is_jump=False),),
    1e6,
    1e9,
    "output tokens",
    "",
    "USD",
    Place(1e7, 1e8, 2e8),
    (Band("api", (Spread(1e6, 3, 5),)),),
    1e6,
)
COSTS = Breakdown(
    "Idle", (Bar("own", (Part("busy", 40), Part("idle", 60))), Bar("api", (Part("tokens", 0.5),))), ("busy", "idle", "tokens"), "EUR"
)  # fmt: skip
SWINGS = Swings(
    "Rent", "own", 100, (Swing("rent", 50, 150, "1 USD", "3 USD", (Flipping(120, "2.4 USD", "api"),)), Swing("peak", None, 100.5, "1", "4", ())), "USD"
)  # fmt: skip
PATHS = Paths(
    "Pays", (Path("own", (500, 510), 2, is_baseline=False), Path("api", (300, 600), None, is_baseline=True), Path("dear", (900, 1_800), None, is_baseline=False)), "USD", "2026-11"
)  # fmt: skip
FRONT = Frontier(
    "Front", (Point("a", 10, 55.5, 50, 60, is_on_frontier=True), Point("b", 20, 50, None, None, is_on_frontier=False)), "my tests", "USD", None
)  # fmt: skip
WINNERS = WinnerMap(
    "Map", (Row(0.2, (Reign(1, 1e6, "api"),)), Row(0.5, (Reign(1, 5e5, "api"), Reign(5e5, 8e5, "own"), Reign(8e5, 1e6, None)))), 1, 1e6, "requests", None
)  # fmt: skip
EVERY: tuple[Picture, ...] = (STAIRS, COSTS, SWINGS, PATHS, FRONT, WINNERS)


@pytest.mark.parametrize(
    ("picture", "titles", "rows"),
    [
        (
            STAIRS,
            ["option", "at 25M", "at 100M"],  # the change, and the user's volume
            [("own", "100.00", "–"), ("api", "100.00", "400.00")],  # own serves 80M at most; 4 × 25 and 4 × 100
        ),
        (
            COSTS,
            ["option", "busy", "idle", "tokens", "total"],
            [("own", "40.00", "60.00", "–", "100.00"), ("api", "–", "–", "0.50", "0.50")],
        ),
        (
            SWINGS,
            ["input", "low", "high", "cost at low", "cost at high", "flips at"],
            [
                ("rent", "1 USD", "3 USD", "50.00", "150.00", "2.4 USD: api"),
                ("peak", "1", "4", "–", "100.50", ""),
            ],
        ),
        (
            PATHS,
            ["option", "in all", "pays back"],
            [("own", "510.00", "2"), ("api", "600.00", "baseline"), ("dear", "1,800.00", "never")],
        ),
        (
            FRONT,
            ["option", "USD a month", "score", "interval", "beaten by none"],
            [("a", "10.00", "55.5", "50 to 60", "yes"), ("b", "20.00", "50", "–", "no")],
        ),
        (
            WINNERS,
            ["GPUs busy", "cheapest"],
            [("20.0 %", "api up to 1M"), ("50.0 %", "api up to 500k; own up to 800k; none up to 1M")],
        ),
    ],
    ids=lambda each: each.name if hasattr(each, "name") else "",
)
def test_a_table_beside_a_picture(picture: Picture, titles: list[str], rows: list[tuple[str, ...]]) -> None:
    table = table_of(picture)
    assert [column.title for column in table.columns] == titles
    assert list(table.rows) == rows


def test_without_a_change_and_a_volume_the_ends_of_the_chart_have_a_column() -> None:
    table = table_of(STAIRS._replace(crossings=(), you=None))
    assert [column.title for column in table.columns] == ["option", "at 1M", "at 1B"]
    assert table.rows[1] == ("api", "4.00", "4,000.00")  # just above a million, and at a billion


def test_of_many_changes_the_table_has_the_first_and_the_last_three() -> None:
    many = tuple(Crossing(1e6 * step, 100, "own", is_jump=True) for step in range(1, 11))
    table = table_of(STAIRS._replace(crossings=many, you=None))
    assert [column.title for column in table.columns[1:]] == ["at 1M", "at 2M", "at 3M", "at 8M", "at 9M", "at 10M"]
    assert "4 changes between have no column" in table.notes


def test_without_flips_a_tornado_has_no_column_for_them() -> None:
    table = table_of(SWINGS._replace(swings=SWINGS.swings[1:]))
    assert [column.title for column in table.columns][-1] == "cost at high"


@pytest.mark.parametrize(
    ("picture", "number", "row"),
    [
        (STAIRS, 6, {"row": "stretch", "option": "own", "from": 5e7, "to": 8e7, "fixed": 200, "slope": 0, "cost_above_from": 200, "cost_at_to": 200, "unit": "output tokens", "currency": "USD"}),
        (STAIRS, 6, {"row": "crossing", "option": "own", "from": 2.5e7, "cost_at_from": 100, "is_jump": False, "unit": "output tokens", "currency": "USD"}),
        (STAIRS, 6, {"row": "band", "option": "api", "from": 1e6, "p10": 3, "p90": 5, "unit": "output tokens", "currency": "USD"}),
        (STAIRS, 6, {"row": "you", "from": 1e7, "central": 1e8, "to": 2e8, "unit": "output tokens", "currency": "USD"}),
        (COSTS, 3, {"option": "own", "part": "idle", "amount": 60, "currency": "EUR"}),
        (SWINGS, 7, {"row": "flip", "input": "rent", "value": "2.4 USD", "cost": 120, "cheapest": "api", "option": "own", "currency": "USD"}),
        (SWINGS, 7, {"row": "low", "input": "peak", "value": "1", "cost": None, "option": "own", "currency": "USD"}),
        (PATHS, 6, {"option": "own", "month": 2, "paid": 510, "pays_back": 2, "is_baseline": False, "currency": "USD"}),
        (FRONT, 2, {"option": "a", "cost": 10, "score": 55.5, "low": 50, "high": 60, "is_on_frontier": True, "currency": "USD"}),
        (WINNERS, 4, {"use": 0.5, "from": 8e5, "to": 1e6, "option": None, "unit": "requests"}),
    ],
)  # fmt: skip
def test_records_are_complete(picture: Picture, number: int, row: dict[str, object]) -> None:
    records = records_of(picture)
    assert len(records) == number
    assert row in records


@pytest.mark.parametrize("picture", EVERY, ids=lambda picture: picture.name)
def test_records_can_be_written_as_csv_and_json(picture: Picture) -> None:
    records = records_of(picture)
    report = Report("chart", date(2026, 11, 22), None, {}, {"rows": list(records)}, records=records)
    read = list(csv.DictReader(io.StringIO(as_csv(report))))
    assert len(read) == len(records)
    assert json.loads(as_json(report, version="1"))["result"]["rows"] == list(records)
