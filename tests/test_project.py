"""A project file from Python."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from costcalc import InputError, compare, load_project

EXAMPLE = Path(__file__).parents[1] / "examples" / "costcalc.yaml"


def test_a_project_holds_its_catalog_its_workloads_and_its_day() -> None:
    catalog, scenario = load_project(EXAMPLE)
    assert (scenario.as_of, list(scenario.workloads)) == (date(2026, 11, 22), ["support-bot", "nightly-summaries"])
    summaries = compare(scenario.workload("nightly-summaries"), catalog, as_of=date(2026, 11, 22))
    # 320 Mtok × $0.14 + 16 Mtok × $0.40
    assert (summaries.estimates[0].option, str(summaries.estimates[0].monthly_usd)) == ("gemma-4-31b-novita", "51.20")


def test_a_price_list_alone_has_no_workloads(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "options.yaml").write_text("headline: [gpt-5.2-api]")
    project = load_project(tmp_path)
    assert (project.catalog.headline, project.scenario.workloads) == (("gpt-5.2-api",), {})


def test_a_wrong_project_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "costcalc.yaml"
    path.write_text("workloads: {a: {}}\nheadlin: []")
    with pytest.raises(InputError) as caught:
        load_project(path)
    assert len(caught.value.problems) == 3
