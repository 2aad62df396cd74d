"""Tests of the user's own, as a layer says them: what is refused, and where."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import Overlay

from costcalc import InputError, load_catalog
from costcalc.catalog.forms.quality import Evaluation
from costcalc.catalog.scores import Scores, evaluation_of


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


@pytest.mark.parametrize("day", ["2026-13", "2026-02-30", "0000"])
def test_a_score_of_no_day_of_the_calendar_is_refused(day: str, overlay: Overlay) -> None:
    score = f"{{benchmark: b, score: 1, reported_by: us, confidence: low, date: '{day}', source: {{title: t, checked: 2026-11-20}}}}"
    with pytest.raises(InputError, match=f"date is no day, month or year of the calendar: {day}"):
        _ = overlay(f"quality: {{gpt-5.2: [{score}]}}").quality()


def test_a_test_that_is_dated_after_the_day_counts_from_then_on(overlay: Overlay) -> None:
    catalog = overlay("evaluations: {mine: {model: gpt-5.2, passed: 1, of: 2, date: 2026-11-20}}")
    option = catalog.option("gpt-5.2-api").option

    def found(day: date) -> Evaluation | None:
        return evaluation_of(option, catalog, kind="general", workload="workload", as_of=day)

    assert (found(date(2026, 11, 19)), found(date(2026, 11, 20))) == (None, catalog.evaluations["mine"])
