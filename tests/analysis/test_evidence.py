"""What is known of each option: one board, the highest effort, blends by share, and the user's own tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from capability_world import OPTIONS, WORLD
from conftest import Overlay

from costcalc.analysis.evidence import Basis, look_up
from costcalc.analysis.tradeoff import Asked, Tradeoff, weigh
from costcalc.case.case import Case
from costcalc.catalog.boards import Published, benchmark_named, benchmarks_of, published_on
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.scores import Board, version_key
from costcalc.errors import UnknownNameError
from costcalc.workload import Workload

DAY = date(2026, 11, 22)
TESTS = """
evaluations:
  new-2026-11: {model: acme/new, passed: 90, of: 100, date: 2026-11-20}
  tiny-2026-11: {model: acme/tiny, passed: 50, of: 100, date: 2026-11-20}
"""


def case_of(catalog: Catalog, day: date = DAY) -> Case:
    return Case(Workload.single(requests=1_000, output_tokens=1_000), catalog, day)


@pytest.fixture
def world(overlay: Overlay) -> Case:
    return case_of(overlay(WORLD))


@pytest.fixture
def tested(overlay: Overlay) -> Case:
    return case_of(overlay(WORLD + TESTS))


def scores(basis: Basis) -> dict[str, str | None]:
    return {
        option: f"{evidence.score.normalize():f}" if evidence.score is not None else None
        for option, evidence in basis.evidence.items()
    }


def stands(found: Tradeoff) -> dict[str, str]:
    return {each.option: each.stands if not each.beaten_by else f"beaten by {each.beaten_by}" for each in found.options}


def test_only_scores_of_one_board_are_compared(world: Case) -> None:
    basis = look_up(world, OPTIONS, "Bench One")
    assert basis.board == Board("Bench One", None, "plain", "Lab")
    assert scores(basis) == {
        "tiny": "60",
        "small": "75",  # the high effort, not the low one; 71 was run another way
        "equal": "75",
        "large": "80",  # its vendor says 90
        "beaten": "80",
        "new": None,
        "other": None,  # 99 and 98 stand on boards of their own
        "mix": "62",  # 10 % × 80 + 90 % × 60
        "sent-on": "64",  # 80 % × 60 + 20 % × 80
    }
    assert [str(each.score.score) for each in basis.evidence["other"].elsewhere] == ["99", "98"]
    assert basis.evidence["new"].unknown == ("new",)
    assert basis.evidence["small"].success is not None
    assert basis.evidence["small"].success.value == Decimal("0.75")


def test_where_each_option_stands(world: Case) -> None:
    """A mix costs 10 % × $100 + 90 % × $1 = $10.90; sent on, $1 + 20 % × $100 = $21."""
    found = weigh(world, OPTIONS, Asked("Bench One", bar=Decimal(76)))
    assert stands(found) == {
        "tiny": "frontier",
        "equal": "frontier",
        "small": "frontier",
        "large": "frontier",
        "mix": "beaten by equal",
        "sent-on": "beaten by equal",
        "beaten": "beaten by large",
        "other": "not comparable",
        "new": "no evidence",
    }
    assert found.choice is not None
    assert found.choice.option == "large"
    assert all(found.is_comparable(step) for step in found.steps)
    assert {each.option: each.usd for each in found.options}["mix"] == Decimal("10.90")


def test_what_nobody_can_choose_is_not_on_the_frontier(overlay: Overlay) -> None:
    """A published figure of $0.50 with a score of 62.1 beats an offer at $4.88, and nobody sells it."""
    case = case_of(overlay(WORLD))
    figure = "deepseek-r1-32b-self-hosted"
    found = weigh(case, (figure, "r1-distill-32b-cloudflare"), Asked("GPQA Diamond", "DeepSeek"))
    assert stands(found) == {"r1-distill-32b-cloudflare": "frontier", figure: "cannot be chosen"}
    assert scores(found.basis)[figure] == "62.1"
    assert found.by_option[figure].unfit == "a published figure that nobody sells"


def test_a_blend_with_a_member_of_which_nothing_is_known_has_no_evidence(overlay: Overlay) -> None:
    mixes = """
options:
  half: {kind: blend, routes: [{option: new, share: 0.5}, {option: tiny, share: 0.5}]}
  unlike: {kind: blend, routes: [{option: other, share: 0.5}, {option: tiny, share: 0.5}]}
  none: {kind: blend, routes: [{option: tiny, share: 1}, {option: new, share: 0}]}
"""
    catalog = overlay(WORLD.replace("options:\n", mixes.lstrip("\n"), 1))
    found = weigh(case_of(catalog), ("half", "unlike", "none", "tiny", "small"), Asked("Bench One"))
    assert stands(found) == {
        "tiny": "frontier",
        "small": "frontier",
        "none": "beaten by tiny",  # the router costs a little, and nobody is sent to new
        "unlike": "not comparable",
        "half": "no evidence",
    }
    assert found.basis.evidence["half"].unknown == ("new",)


@pytest.mark.parametrize(
    ("reporter", "expected", "comparable"),
    [
        ("any", {"tiny": "60", "small": "71", "large": "80", "other": "98"}, False),
        ("vendor", {"tiny": None, "small": None, "large": "90", "other": "99"}, False),
        ("rival", {"tiny": None, "small": None, "large": None, "other": "98"}, True),
        ("LAB", {"tiny": "60", "small": "75", "large": "80", "other": None}, True),
    ],
)
def test_another_reporter_can_be_chosen(
    world: Case, reporter: str, expected: dict[str, str | None], comparable: bool
) -> None:
    basis = look_up(world, ("tiny", "small", "large", "other"), "Bench One", reporter)
    assert scores(basis) == expected  # of any, the lowest: small has 75 on one board and 71 on another
    assert basis.is_comparable == comparable


def test_a_reporter_is_found_by_a_part_of_its_name_that_no_other_has(overlay: Overlay) -> None:
    text = WORLD.replace("reported_by: Lab", "reported_by: Lab One").replace(
        "reported_by: Rival", "reported_by: Lab Two"
    )
    case = case_of(overlay(text))
    assert scores(look_up(case, ("other",), "Bench One", "two")) == {"other": "98"}
    for name, message in (
        ("Lab Ones", "nobody called 'Lab Ones' reports Bench One; did you mean 'Lab One'"),
        ("LAB", "several reporters of Bench One are called 'LAB': 'Lab One', 'Lab Two'"),
        ("wo", "expected any, vendor, own or one of 'Lab One', 'Lab Two', 'vendor'"),  # two letters say too little
        ("---", "nobody called '---' reports Bench One"),
    ):
        with pytest.raises(UnknownNameError, match=message):
            look_up(case, ("other",), "Bench One", name)


def test_a_vendors_name_as_a_reporter_is_each_vendors_own_figure(overlay: Overlay) -> None:
    case = case_of(overlay(WORLD.replace("reported_by: vendor", "reported_by: vendor (cards)")))
    basis = look_up(case, ("large", "other"), "Bench One", "vendor (cards)")
    assert (basis.mode, scores(basis)) == ("vendor", {"large": "90", "other": "99"})


def test_a_score_that_came_later_is_not_known_yet(overlay: Overlay) -> None:
    catalog = overlay(WORLD)
    before, after = (
        published_on("bench-one", catalog.quality(), as_of=day) for day in (date(2026, 5, 31), date(2026, 6, 1))
    )
    assert (before, set(after)) == ({}, {"tiny", "small", "equal", "large", "beaten", "other"})
    found = weigh(case_of(catalog, date(2026, 5, 31)), ("tiny", "large"), Asked("Bench One"))
    assert stands(found) == {"tiny": "no evidence", "large": "no evidence"}
    assert (found.basis.board, found.front, found.choice) == (None, (), None)


def test_tests_of_ones_own_are_a_board_where_they_cover_two_models(tested: Case) -> None:
    basis = look_up(tested, ("tiny", "new", "mix", "large"), "Bench One", prefers_tests=True)
    assert (basis.benchmark, basis.mode, basis.is_comparable) == ("your test", "own", True)
    assert scores(basis) == {"tiny": "50", "new": "90", "mix": None, "large": None}
    published = look_up(tested, ("tiny", "large"), "Bench One", prefers_tests=True)
    assert scores(published) == {"tiny": "60", "large": "80"}  # one tested model is compared with none
    own = look_up(tested, ("tiny",), "Bench One", "own")
    assert scores(own) == {"tiny": "50"}


def test_a_test_beats_a_published_score_as_the_share_that_succeeds(tested: Case) -> None:
    basis = look_up(tested, ("tiny", "large", "mix", "other"), "Bench One")
    tiny, large, mix = (basis.evidence[option].success for option in ("tiny", "large", "mix"))
    assert tiny is not None and large is not None and mix is not None  # noqa: PT018  # for the type checker
    assert (tiny.value, tiny.is_tested) == (Decimal("0.5"), True)
    assert (large.low, large.value, large.high, large.is_tested) == (*[Decimal("0.8")] * 3, False)
    assert (mix.value, mix.is_tested) == (Decimal("0.53"), False)  # 10 % × 0.80 + 90 % × 0.50
    assert tiny.low < tiny.value < tiny.high
    assert mix.low == Decimal("0.08") + Decimal("0.9") * tiny.low
    assert basis.evidence["other"].success is None


def test_scores_that_are_no_share_of_tasks_say_nothing_of_success(overlay: Overlay) -> None:
    case = case_of(overlay(WORLD.replace("score: 80,", "score: 80, unit: elo,")))
    basis = look_up(case, ("tiny", "large"), "Bench One")
    assert (basis.unit, [each.success for each in basis.evidence.values()]) == ("elo", [None, None])


def test_a_board_that_compares_comes_before_one_that_says_how_it_was_run(overlay: Overlay) -> None:
    """A board of two models whose variant nobody states, against one of a single model with a version."""
    text = WORLD.replace("variant: plain, ", "").replace(
        "  tiny:\n",
        "  tiny:\n    - {benchmark: Bench One, version: v2.10, score: 1, reported_by: Lab, confidence: low,"
        " source: {title: a page, checked: 2026-11-01}}\n",
        1,
    )
    case = case_of(overlay(text))
    assert look_up(case, ("tiny", "large"), "Bench One").board == Board("Bench One", None, None, "Lab")
    assert look_up(case, ("tiny",), "Bench One").board == Board("Bench One", "v2.10", None, "Lab")


def test_a_board_that_says_how_it_was_run_comes_before_a_larger_one_that_does_not(overlay: Overlay) -> None:
    bare = "benchmark: Bench One, score: 1, reported_by: Web, confidence: low, source: {title: a page, checked: 2026-11-01}"
    text = WORLD
    for model in ("tiny", "small", "equal", "other"):
        text = text.replace(f"\n  {model}:\n    - ", f"\n  {model}:\n    - {{{bare}}}\n    - ", 1)
    case = case_of(overlay(text))
    found = look_up(case, ("tiny", "small", "other"), "Bench One")  # Web has three of them, Lab two
    assert found.board == Board("Bench One", None, "plain", "Lab")
    assert [(each.board.reported_by, len(each.models)) for each in found.boards[:2]] == [("Lab", 2), ("Web", 3)]


def test_what_nobody_can_choose_counts_for_no_board(world: Case) -> None:
    found = look_up(world, ("tiny", "small", "other"), "Bench One", unfit=("tiny", "small"))
    assert found.board is not None
    assert found.board.reported_by == "Rival"  # it says how it was run, the vendor does not
    assert scores(found)["tiny"] is None


def test_versions_are_ordered_by_their_numbers() -> None:
    assert sorted(["v4.3.2", None, "4.10", "v4.3"], key=version_key) == [None, "v4.3", "v4.3.2", "4.10"]


def test_benchmarks_are_found_in_any_spelling(overlay: Overlay) -> None:
    quality = overlay(WORLD).quality()
    assert benchmark_named("BENCH one", quality) == "Bench One"
    assert "Bench One" in benchmarks_of(quality)
    with pytest.raises(UnknownNameError, match="no score is of a benchmark 'Bench Oni'; did you mean 'Bench One'"):
        benchmark_named("Bench Oni", quality)
    with pytest.raises(UnknownNameError, match="no score is of a benchmark 'zzzz'; there are scores of GPQA Diamond"):
        benchmark_named("zzzz", quality)


def test_a_score_knows_its_place(overlay: Overlay) -> None:
    catalog = overlay(WORLD)
    (found,) = published_on("Bench One", catalog.quality(), as_of=DAY)["tiny"]
    assert isinstance(found, Published)
    assert catalog.find(found.path) is not None
    assert catalog.find(found.path).value == 60  # type: ignore[union-attr]  # it is there
