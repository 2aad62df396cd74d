"""``report`` puts every analysis of one question together, and ``chart`` draws one picture of it."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import get_type_hints

import jsonschema
import pytest
from conftest import Cli

from costcalc.cli.commands import SAVING, USAGE
from costcalc.cli.logs import Save
from costcalc.render.documents import document_schema

ROOT = Path(__file__).parents[2]
DAY = ("--as-of", "2026-11-27")
SELF_HOST = str(ROOT / "examples" / "self-host.yaml")
TODAY = str(ROOT / "examples" / "costcalc.yaml#support-bot")
SECTIONS = {  # of the page: the key of its result, and the command that gives the same
    "compare": ("compare",),
    "breakeven": ("breakeven",),
    "sensitivity": ("sensitivity",),
    "project": ("project", "--months", "24"),
}
CHARTS = ("breakeven", "breakdown", "tornado", "projection", "capability", "map")


def result(cli: Cli, *args: str) -> dict[str, object]:
    run = cli(*args, "--format", "json")
    assert (run.status, run.err) == (0, "")
    found: dict[str, object] = json.loads(run.out)["result"]
    return found


def test_each_section_says_what_its_own_command_says(cli: Cli) -> None:
    named = ("--options", "quoted-h100,bought-h100,r1-distill-32b-novita", "--workload", SELF_HOST, "--costs", "all")
    page = result(cli, "report", *named)
    for key, command in SECTIONS.items():
        alone = result(cli, *command, *named)
        section = page[key]
        assert isinstance(section, dict)
        for name in alone.keys() - {
            "verdict",
            "notes",
            "answer",
        }:  # of the terms, the page speaks once; it knows the evidence
            assert section[name] == alone[name], (key, name)


def test_traffic_and_prices_move_as_in_project(cli: Cli) -> None:
    named = ("--options", "gpt-5.2-api,r1-distill-32b-novita", "--tokens", "1e8", "--costs", "all", *DAY)
    moves = ("--months", "6", "--growth", "100%", "--price-decline", "20%", "--discount-rate", "5%")
    section = result(cli, "report", *named, *moves)["project"]
    alone = result(cli, "project", *named, *moves)
    assert isinstance(section, dict)
    assert section["options"] == alone["options"]
    run = cli("report", *named, "--requalify-cost", "5")
    assert (run.status, "--requalify-every" in run.err) == (2, True)  # refused before anything is priced


def test_the_answer_is_that_of_recommend(cli: Cli) -> None:
    page = result(cli, "report", "--workload", TODAY)
    assert page["recommend"] == result(cli, "recommend", "--workload", TODAY)
    run = cli("report", "--workload", TODAY)
    assert run.out.split("\n\n")[0] == cli("recommend", "--workload", TODAY).out.split("\n\n")[0]


@pytest.mark.parametrize("traffic", [("--tokens", "1e9"), ("--tokens", "1M to 9M", "--kind", "customer_service")])
def test_the_document_follows_its_schema(cli: Cli, traffic: tuple[str, ...]) -> None:
    run = cli("report", *traffic, *DAY, "--format", "json")
    document = json.loads(run.out)
    jsonschema.validate(document, document_schema("report"))
    del document["result"]["compare"]
    with pytest.raises(jsonschema.ValidationError, match="'compare' is a required property"):
        jsonschema.validate(document, document_schema("report"))


@pytest.mark.parametrize("command", [("report",), ("chart", "breakdown")])
def test_what_was_named_and_is_not_drawn_is_said(cli: Cli, command: tuple[str, ...]) -> None:
    args = (*command, "--tokens", "1e9", "--options", "gpt-6.1-terra-api,claude-pro-seats", *DAY)
    reason = "a plan is for people at a tool, never for a server: give the workload's seats"
    assert f"Not drawn: - claude-pro-seats: {reason}" in " ".join(cli(*args).out.split())
    assert result(cli, *args)["left_out"] == [{"option": "claude-pro-seats", "reason": reason}]


def test_a_page_of_more_options_than_it_draws_names_the_others(cli: Cli) -> None:
    names = [
        *("gpt-6.1-terra-api", "gpt-6.1-sol-api", "gpt-5.2-api", "claude-haiku-5.5-api", "claude-sonnet-5.5-api"),
        *("claude-opus-5.5-api", "gemini-4-argon-api", "gemini-3.1-pro-api", "deepseek-v4-pro-api", "gpt-6-astra-api"),
        *("gemma-4-31b-novita", "r1-distill-32b-h100", "gemma-4-31b-h100"),
    ]
    page = result(cli, "report", "--tokens", "1e9", "--options", ",".join(names), *DAY)
    assert page["left_out"] == [{"option": names[-1], "reason": "a page draws 12 options at most"}]


def test_what_is_drawn_without_evidence_is_said(cli: Cli) -> None:
    out = " ".join(cli("report", "--tokens", "1e9", *DAY).out.split())
    assert "Drawn for comparison, without evidence that they suffice for this work: gpt-oss-120b-h100." in out
    # 1,000 Mtok and the prompts of 4.74 million requests: what costs less has no evidence, so no analysis is about it
    assert (
        "Not drawn, since nothing vouches for it: claude-haiku-5.5-api at $1,047.39 a month, less than the answer"
        in out
    )


def test_every_section_is_about_the_answer(cli: Cli) -> None:
    page = result(cli, "report", "--tokens", "1e9", *DAY)
    answer = page["recommend"]["recommendation"]["option"]  # type: ignore[index]
    assert page["sensitivity"]["option"] == answer  # type: ignore[index]
    assert page["project"]["baseline"] == answer  # type: ignore[index]
    assert page["breakeven"]["at_your_volume"][0]["cheapest"] == answer  # type: ignore[index]


def test_a_section_without_an_answer_says_why_and_the_others_stand(cli: Cli) -> None:
    page = result(cli, "report", "--tokens", "1e9", "--options", "gpt-6.1-terra-api,gpt-6.1-sol-api", *DAY)
    assert page["missing"] == [{"section": "map", "reason": "no option to build is among these options"}]
    assert page["compare"] is not None


def test_every_assumption_has_its_range_basis_and_day(cli: Cli) -> None:
    page = result(cli, "report", "--tokens", "1e9", "--options", "r1-distill-32b-h100", *DAY)
    found = {row["assumption"]: row for row in page["assumptions"]}  # type: ignore[attr-defined]
    headroom = found["headroom"]
    assert headroom["low"] <= headroom["value"] <= headroom["high"]
    assert headroom["basis"]
    assert all(row["checked"] for row in found.values())
    assert {"input_tokens_per_request", "output_tokens_per_request", "peak_to_mean"} <= found.keys()


def test_a_page_is_one_file_and_the_text_stays_short(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    run = cli("report", "--workload", SELF_HOST, "-o", str(file))
    assert run.status == 0
    assert len(run.out.splitlines()) < 60
    page = file.read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert page.count("<svg") >= 6  # two of the break-even, and one of each other picture
    assert 20_000 < len(page.encode()) < 300_000


def test_nothing_left_is_status_3_and_still_a_page(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    needs = ("--options", "gpt-6.1-terra-api", "--data", "private")  # its seller keeps the data
    run = cli("report", "--tokens", "1e9", *needs, *DAY, "-o", str(file))
    assert run.status == 3
    assert "Nothing is left" in run.out
    assert "Nothing is left" in file.read_text()


@pytest.mark.parametrize(
    ("option", "day", "says"),
    [
        ("deepseek-r1-api", "2026-11-27", "no option can be chosen: deepseek-r1-api: retired on 2026-07-24"),
        ("gpt-6.1-terra-api", "2024-01-01", "no option has a price: gpt-6.1-terra-api: "),
    ],
)
def test_without_an_option_to_choose_the_page_says_so(
    cli: Cli, tmp_path: Path, option: str, day: str, says: str
) -> None:
    file = tmp_path / "report.html"
    run = cli("report", "--tokens", "1e9", "--options", option, "--as-of", day, "-o", str(file))
    assert run.status == 3
    assert says in run.err
    assert says in file.read_text()  # a pipeline finds today's failure, not yesterday's page


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_is_a_picture_in_each_form(cli: Cli, tmp_path: Path, chart: str) -> None:
    svg, png = tmp_path / "chart.svg", tmp_path / "chart.png"
    args = ("chart", chart, "--tokens", "1e9", *DAY)
    run = cli(*args, "-o", str(svg), "-o", str(png))
    assert (run.status, run.err) == (0, "")
    assert svg.read_text().startswith("<svg")
    assert png.read_bytes().startswith(b"\x89PNG\r\n")
    found = json.loads(cli(*args, "--format", "json").out)
    jsonschema.validate(found, document_schema("chart"))
    assert found["result"]["title"] in " ".join(run.out.split())
    assert found["result"]["rows"]
    assert cli(*args, "--format", "svg").out == svg.read_text()


def test_a_chart_draws_what_the_command_draws(cli: Cli) -> None:
    args = ("--tokens", "1e9", "--options", "r1-distill-32b-h100,deepseek-v4-pro-api", *DAY)
    (x,) = [row["from"] for row in result(cli, "chart", "breakeven", *args)["rows"] if row["row"] == "crossing"]  # type: ignore[attr-defined]
    ends = [row["from"] for row in result(cli, "breakeven", *args)["intervals"]]  # type: ignore[attr-defined]
    assert x == pytest.approx(ends[-1], rel=1e-5)  # intervals are written to 6 digits


@pytest.mark.parametrize(
    ("args", "status", "says"),
    [
        (("chart", "mpa", "--tokens", "1e9"), 2, "did you mean 'map'?"),
        (("chart", "map", "--tokens", "1e9", "--options", "gpt-5.2-api"), 3, "no option to build is among these"),
        (("chart", "tornado", "--requests", "5", "--shape", "1:1", "--options", "gpt-5.2-api"), 3, "as a range"),
        (("chart", "capability", "--tokens", "1e9", "--options", "r1-distill-32b-h100"), 3, "no option has a score"),
        (("chart", "breakeven", "--tokens", "1e9", "--format", "png"), 2, "png is for files: --output chart.png"),
        (("compare", "--tokens", "1e6", "--format", "svg"), 2, "there is no picture here to draw"),
        (("compare", "--tokens", "1e6", "--output", "x.png"), 2, "there is no picture here to draw"),
        (("report", "--tokens", "1e9", "--options", "nobody"), 2, "nobody"),
    ],
)
def test_what_cannot_be_drawn_says_why(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], status: int, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    run = cli(*args, *DAY)
    assert run.status == status
    assert says in run.err
    assert not Path("x.png").exists()


def test_the_short_flag_is_of_what_a_command_saves_or_of_its_report() -> None:
    saving = set()
    for name, where in USAGE.items():
        command = getattr(import_module(f"costcalc.cli.{where.file}"), where.function)
        if Save in get_type_hints(command, include_extras=True).values():
            saving.add(f"usage-{name}")
    assert saving == SAVING


def test_a_failure_is_written_where_the_short_flag_says(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "costs.json"
    assert cli("compare", "--tokens", "1e6", "--options", "nobody", "-o", str(file)).status == 2
    assert json.loads(file.read_text())["result"] is None


def test_a_failure_writes_nothing_where_something_else_would_be_saved(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text("mine")
    assert cli("usage", "workload", str(tmp_path / "no.jsonl"), "-o", str(file)).status == 2
    assert file.read_text() == "mine"
