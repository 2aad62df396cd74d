"""Charts in characters: what must be seen is seen, nothing is wider than the page, and ASCII stays ASCII."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path as File

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costcalc import load_project
from costcalc.analysis.breakeven import break_even
from costcalc.case.case import Case
from costcalc.money import USD
from costcalc.render.charts.cells.axis import Axis
from costcalc.render.charts.cells.plot import Span, spans
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
from costcalc.render.charts.terminal import as_characters
from costcalc.render.pictures.breakeven import stairs
from costcalc.render.scale import Scale

CASE = File(__file__).parents[2] / "cases" / "tco" / "step-three-crossings.yaml"
FLAT = Line("flat", (Stretch(1, 1_000, 100, 0),))
RISING = Line("rising", (Stretch(1, 1_000, 0, 1),))
FLEET = Line("fleet", (Stretch(1, 50, 20, 0),), is_cut=True)


def of_lines(*lines: Line, crossings: Sequence[Crossing] = (), you: Place | None = None) -> Stairs:
    return Stairs("A title", lines, tuple(crossings), 1, 1_000, "output tokens", "", "USD", you, (), 1)


def worked() -> Stairs:
    """$3,000 and $1,825 for each replica of 1,500 Mtok against $2.40 per Mtok: 2,770.8, 3,000 and 3,531.25 Mtok."""
    catalog, scenario = load_project(CASE)
    mix = scenario.workload("a-million")
    found = break_even("build", "buy", Case(mix, catalog, date(2026, 11, 22)))
    picture = stairs(found.curves, found.reigns, mix, Scale.of(mix, None), USD)
    assert picture is not None
    return picture


def drawn(picture: Picture, *, unicode: bool = False, width: int = 80) -> str:
    return "\n".join(as_characters(picture, unicode=unicode, width=width))


@pytest.mark.parametrize("width", [60, 80, 100])
@pytest.mark.parametrize(("unicode", "mark", "arrow"), [(True, "✕", "→"), (False, "X", "->")])
def test_the_three_crossings_of_the_worked_staircase_are_seen(width: int, unicode: bool, mark: str, arrow: str) -> None:
    text = drawn(worked(), unicode=unicode, width=width)
    chart, below = text.split("both axes", 1)
    assert chart.count(mark) == 3
    changes = " ".join(below.split())
    for change in (f"buy{arrow}build at 2.7708B", f"build{arrow}buy at 3B", f"buy{arrow}build at 3.5313B"):
        assert change in changes


def test_a_staircase_is_drawn_with_its_risers_where_they_are() -> None:
    line = Line("build", (Stretch(0, 2, 0, 0), Stretch(2, 4, 3, 0)))
    found = spans(line, Axis(0, 4, is_log=False), Axis(0, 4, is_log=False), 8, 4)
    # the riser at 2 ends the fourth of eight columns, each half a unit wide
    assert found == [Span(3, 3)] * 3 + [Span(0, 3)] + [Span(0, 0)] * 4


def test_a_slope_has_no_gaps() -> None:
    line = Line("steep", (Stretch(0, 4, 0, 10),))
    found = spans(line, Axis(0, 4, is_log=False), Axis(0, 40, is_log=False), 4, 40)
    assert [(span.bottom, span.top) for span in found if span is not None] == [(34, 34), (33, 24), (23, 14), (13, 0)]


def test_lines_in_ascii_are_letters_with_their_names_at_their_ends() -> None:
    text = drawn(of_lines(FLAT, RISING))
    top = next(line for line in text.splitlines() if line.startswith(" $1k"))
    assert top.endswith("BB B rising")  # at 1,000 it costs $1,000, the top of the chart
    assert any(line.endswith("AA A flat") for line in text.splitlines())


def test_a_mark_wins_over_lines_that_lie_on_one_another() -> None:
    twin = Line("twin", FLAT.stretches)
    text = drawn(of_lines(FLAT, twin, RISING, crossings=[Crossing(100, 100, "flat", is_jump=False)]))
    marked = next(line for line in text.splitlines() if line.startswith("$100"))
    assert "*****X*****" in marked
    assert "; * several lines" in text


def test_two_marks_in_one_cell_stand_side_by_side() -> None:
    twice = [Crossing(100, 100, "flat", is_jump=True), Crossing(100.1, 100, "rising", is_jump=True)]
    assert "XX" in drawn(of_lines(FLAT, RISING, crossings=twice))


def test_the_users_volume_is_a_line_and_its_range_is_marked_on_the_axis() -> None:
    text = drawn(of_lines(RISING, you=Place(10, 30, 100)))
    lines = text.splitlines()
    head = next(line for line in lines if line.endswith("you"))
    floor = next(line for line in lines if "==" in line)
    column = head.index("you")
    assert [line[column] for line in lines if "|" in line].count(":") >= 12  # of 18 rows; what stands there stays
    axis = next(line for line in lines if " 10 " in line and " 100 " in line)
    assert abs(floor.index("=") - axis.index("10")) <= 1
    assert ": you: 30, 10 to 100" in lines


@pytest.mark.parametrize("unicode", [True, False])
def test_a_line_that_can_serve_no_more_is_named_where_it_ends(unicode: bool) -> None:
    text = drawn(of_lines(FLEET, RISING), unicode=unicode)
    row = next(line for line in text.splitlines() if "fleet" in line)
    assert row.index("fleet") < 60  # 50 of 1 to 1,000 is at 57 % of the axis, not at its end


def test_of_many_changes_the_first_and_the_last_are_listed_and_all_are_marked() -> None:
    many = [Crossing(2.0**power, 2.0**power, "flat", is_jump=True) for power in range(1, 10)]
    text = drawn(of_lines(FLAT, RISING, crossings=many))
    assert text.count("->") == 6
    assert "; 3 more; " in text
    assert text.split("both axes")[0].count("X") == 9


def test_a_long_name_is_cut_in_its_middle() -> None:
    long = Line("r1-distill-llama-70b-on-eight-h100-in-frankfurt", RISING.stretches)
    text = drawn(of_lines(long), unicode=True, width=60)
    assert "r1-distil…rankfurt" in text  # 18 characters of 60


def test_a_band_is_shaded_between_its_percentiles_only() -> None:
    band = Band("rising", (Spread(1, 0.5, 2), Spread(1_000, 500, 2_000)))
    text = drawn(of_lines(RISING, FLAT)._replace(bands=(band,)))
    assert ". P10 to P90 of rising" in text
    rows = [line for line in text.splitlines() if "|" in line]
    assert all(line[-1:] in {"A", "B", ".", "|", "g", "t"} for line in rows)
    assert 30 < sum(line.count(".") for line in rows) < 400  # a strip along the line, no more


COSTS = Breakdown(
    "Idle machines are most of it",
    (
        Bar("api", (Part("input", 25), Part("output", 25))),
        Bar("own", (Part("GPUs busy", 20), Part("idle GPUs", 60), Part("people", 20))),
    ),
    ("input", "output", "GPUs busy", "idle GPUs", "people"),
    "USD",
)


@pytest.mark.parametrize(
    ("unicode", "bars"),
    [(True, ("█▓", "▒░░░▞")), (False, ("AB", "C...D"))],
)
def test_each_part_has_a_fill_of_its_own_and_idle_has_the_lightest(unicode: bool, bars: tuple[str, str]) -> None:
    lines = drawn(COSTS, unicode=unicode, width=80).splitlines()
    # 80 columns less 3 for the name, 3 around and 4 for $100: 70 for $100, so 35 for $50 and 14 for $20
    (a, b), (busy, idle, *_, people) = tuple(bars[0]), tuple(bars[1])
    wall = "│" if unicode else "|"
    assert lines[3] == f"api {wall}{a * 18}{b * 17} $50"  # 17.5 is rounded to 18; the end at 35 is exact
    assert lines[4] == f"own {wall}{busy * 14}{idle * 42}{people * 14} $100"
    assert all(f"{sign} {label}" in lines[5] for sign, label in ((a, "input"), (idle, "idle GPUs"), (people, "people")))


def test_a_tornado_shows_both_ends_the_central_cost_and_the_flips() -> None:
    flip = Flipping(125, "2.5 USD", "rival")
    picture = Swings(
        "Rent moves it most",
        "own",
        100,
        (Swing("rent", 50, 150, "1", "3", (flip,)), Swing("peak", None, 125, "2", "4", ())),
        "USD",
    )
    lines = drawn(picture, width=56).splitlines()
    # 56 less 4 for the name and 2 beside it: 50 columns for $50 to $150; $100 begins the 26th, $125 stands in the 38th
    assert lines[3] == f"rent  {'-' * 25}|{'#' * 11}!{'#' * 12}"
    assert lines[4] == f"peak  {' ' * 25}|{'#' * 12}"
    assert "! another is cheapest from about: rent 2.5 USD (rival)" in lines
    assert "peak: cannot serve at its low" in lines


def test_payments_over_months_mark_when_an_option_pays_back() -> None:
    buy = Path("buy", tuple(100.0 * month for month in range(1, 13)), None, is_baseline=True)
    own = Path("own", tuple(500 + 10.0 * month for month in range(1, 13)), 6, is_baseline=False)  # 560 against 600
    text = drawn(Paths("Own pays back", (own, buy), "USD", "2026-11"))
    assert text.split("month, the first")[0].count("X") == 1
    assert "X pays back: own in month 6" in text
    assert "B buy (baseline)" in text
    assert "month, the first is 2026-11" in text


def test_points_are_named_beside_their_marks_and_those_without_room_below() -> None:
    points = (
        Point("cheap", 1, 60, None, None, is_on_frontier=True),
        Point("dear", 100, 80, 75, 85, is_on_frontier=True),
        Point("beaten", 60, 70, None, None, is_on_frontier=False),
    )
    text = drawn(Frontier("Two are beaten by none", points, "a board", "USD", 65.0))
    assert "# cheap" in text
    assert "dear #" in text
    assert "o beaten\n" in text
    assert "- at least 65" in text
    crowd = tuple(Point(f"a-very-long-name-{n}" * 2, 10, 50, None, None, is_on_frontier=True) for n in range(12))
    assert "no room for the names of: " in drawn(Frontier("Many", crowd, "a board", "USD", None))


def test_a_winner_map_shows_who_wins_where_and_the_users_place() -> None:
    rows = (
        Row(0.2, (Reign(1, 1_000, "api"),)),
        Row(0.8, (Reign(1, 10, "api"), Reign(10, 100, "own"), Reign(100, 1_000, None))),
    )
    lines = drawn(WinnerMap("Own wins", rows, 1, 1_000, "requests", (Place(30, 30, 30), 0.7)), width=67).splitlines()
    # 67 columns less 6: 61 for three decades, 10 at 20.3 and 100 at 40.7
    assert lines[3] == f"80 % |{'A' * 20}{'B' * 10}@{'B' * 10}"  # the middles of the columns decide
    assert lines[4] == f"20 % |{'A' * 61}"
    assert any("A api, B own, blank: none serves so much" in line for line in lines)
    assert "@ you: 30, machines 70 % busy; the nearest row" in lines


def test_an_axis_names_round_values() -> None:
    def names(lo: float, hi: float, *, is_log: bool) -> list[str]:
        return [name for _, name in Axis(lo, hi, is_log=is_log).ticks()]

    assert names(1e3, 1e9, is_log=True) == ["1k", "10k", "100k", "1M", "10M", "100M", "1B"]
    assert names(2e8, 5e9, is_log=True) == ["200M", "500M", "1B", "2B", "5B"]
    assert names(2.2e4, 5.5e4, is_log=True) == ["30k", "40k", "50k"]
    assert names(3.3e4, 3.6e4, is_log=True) == ["33k", "36k"]  # its ends, where nothing round lies inside
    assert names(0, 160, is_log=False) == ["0", "50", "100", "150"]
    assert names(5, 5, is_log=False) == ["5"]


numbers = st.one_of(
    st.just(0.0), st.floats(-1e4, 1e18, allow_nan=False), st.floats(1e-9, 1e-3), st.sampled_from([1.0, 100.0])
)
names = st.text(max_size=40) | st.sampled_from(["r1-distill-32b-h100", "own", "选项-十", "a\nb", "\x1b[31m"])
positive = st.floats(1e-6, 1e15)


@st.composite
def lines_of(draw: st.DrawFn) -> Line:
    cuts = sorted({1e3, *draw(st.lists(st.floats(1e3, 1e9), max_size=8))})
    ends = list(pairwise(cuts))
    return Line(
        draw(names), tuple(Stretch(lo, hi, draw(numbers), draw(numbers)) for lo, hi in ends), draw(st.booleans())
    )


@st.composite
def places(draw: st.DrawFn) -> Place:
    low, central, high = sorted(draw(st.tuples(positive, positive, positive)))
    return Place(low, central, high)


crossings = st.builds(Crossing, st.floats(1e2, 1e10), numbers, names, st.booleans())
spreads = st.builds(Spread, st.floats(1e3, 1e9), numbers, numbers)
bands = st.builds(Band, names, st.lists(spreads, max_size=4).map(lambda each: tuple(sorted(each))))


def tuples(strategy: st.SearchStrategy[object], most: int = 5) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, max_size=most).map(tuple)


nothing = st.none()
every_picture: st.SearchStrategy[Picture] = st.one_of(
    st.builds(
        Stairs, names, tuples(lines_of()), tuples(crossings, 9), st.just(1e3), st.just(1e9), names, names,
        st.sampled_from(["USD", "EUR"]), nothing | places(), tuples(bands, 2), st.just(1e6),
    ),
    st.builds(
        Breakdown, names, tuples(st.builds(Bar, names, tuples(st.builds(Part, names, numbers)))), tuples(names), st.just("USD")
    ),
    st.builds(
        Swings, names, names, numbers,
        tuples(st.builds(Swing, names, nothing | numbers, nothing | numbers, names, names, tuples(st.builds(Flipping, numbers, names, names), 2))),
        st.sampled_from(["USD", "CNY"]),
    ),
    st.builds(
        Paths, names,
        tuples(st.builds(Path, names, st.lists(numbers, min_size=1, max_size=40).map(tuple), nothing | st.integers(1, 60), st.booleans())),
        st.just("USD"), st.just("2026-11"),
    ),
    st.builds(
        Frontier, names, tuples(st.builds(Point, names, numbers, numbers, nothing | numbers, nothing | numbers, st.booleans()), 9),
        names, st.just("USD"), nothing | numbers,
    ),
    st.builds(
        WinnerMap, names,
        tuples(st.builds(Row, st.floats(0, 1), tuples(st.builds(Reign, st.floats(1, 1e9), st.floats(1, 1e9), nothing | names)))),
        st.just(1.0), st.just(1e9), names, nothing | st.tuples(places(), st.floats(0, 1)),
    ),
)  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(every_picture, st.integers(40, 120), st.booleans())
def test_no_line_is_wider_than_the_page_and_ascii_stays_ascii(picture: Picture, width: int, unicode: bool) -> None:
    lines = as_characters(picture, unicode=unicode, width=width)
    assert max(map(len, lines), default=0) <= width
    assert all(line.isprintable() for line in lines)
    assert unicode or all(line.isascii() for line in lines)
