"""Tests of the user's own, as a layer says them: what is refused, and where."""

from __future__ import annotations

import pytest
from conftest import Overlay

from costcalc import InputError, load_catalog
from costcalc.catalog.scores import Scores


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{model: gpt-5.2, passed: 201, of: 200, date: 2026-11-20}", "passed is 201, more than the 200 tasks that there were"),
        ("{model: gpt-5.2, kind: research, workload: bot, passed: 1, of: 2, date: 2026-11-20}", "give a kind of work or a workload, not both"),
        ("{model: gpt-5.2, passed: 1, of: 0, date: 2026-11-20}", "evaluations.mine.of: expected a number above 0, found 0"),
        ("{model: gpt-5.2, passed: 1, of: 2, least: 2, date: 2026-11-20}", "evaluations.mine.least"),
        ("{model: gpt-5.2, kind: reserch, passed: 1, of: 2, date: 2026-11-20}", "evaluations.mine.kind"),
        ("{model: gpt-5.2, passed: 1, of: 2}", "date"),
    ],
)  # fmt: skip
def test_a_test_that_contradicts_itself_is_refused(entry: str, message: str, overlay: Overlay) -> None:
    with pytest.raises(InputError) as refused:
        _ = overlay(f"evaluations: {{mine: {entry}}}").evaluations
    assert message in str(refused.value)


def test_a_benchmark_of_which_nobody_has_a_score_has_no_scale() -> None:
    assert Scores.of(load_catalog().quality()).scale("a benchmark of nobody") is None
