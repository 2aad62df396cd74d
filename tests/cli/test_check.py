"""``costcalc check``: the gate, its exit statuses, its baseline, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import Cli, Write

from costcalc.render.documents import document_schema

# 1 Mtok of output at $14 per Mtok: GPT-5.2 costs $14.00 a month
WORKLOAD = "workloads: {bot: {option: gpt-5.2-api, tags: [prod], requests: 1_000, shapes: [{output_tokens: 1_000}]}}\n"
DAY = "as_of: 2026-11-22\n"


def scenario(budgets: str, *, workloads: str = WORKLOAD, more: str = "") -> str:
    return f"{DAY}{workloads}budgets: {{{budgets}}}\n{more}"


def rules(found: Any) -> list[str]:  # noqa: ANN401  # JSON
    """Name what was found, without notes and without that no budget asks for the tag of `WORKLOAD`."""
    told = [one["rule"] for one in found["diagnostics"] if one["level"] != "note"]
    return [rule for rule in told if rule != "tag-unbudgeted"]


def document(cli: Cli, *args: str, status: int = 0) -> Any:  # noqa: ANN401  # JSON
    run = cli("check", *args, "--format", "json")
    assert run.status == status
    found = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema("check")).validate(found)
    return found


EXACT = [
    ("15", 0, "inside", 1),
    ("14", 0, "inside", 0),  # what equals the limit is inside
    ("13.999999", 1, "over", -0.000001),  # one micro-dollar over
    ("{warn: 13.999999, deny: 14}", 0, "warning", 0),  # what is left is left of what fails
    ("{warn: 14}", 0, "inside", 0),
    ("{warn: 1}", 0, "warning", -13),  # a warning never fails
]


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize(("limit", "status", "stands", "left"), EXACT)
@pytest.mark.parametrize(
    "form", ["text", "json", "jsonl", "csv", "markdown", "html", "github", "gitlab", "junit", "sarif"]
)
def test_money_compares_exactly_in_every_format(
    limit: str, status: int, stands: str, left: float, form: str, cli: Cli, written: Write
) -> None:
    written(scenario(f"all: {{monthly_usd: {limit}}}"))
    assert cli("check", "--format", form).status == status
    (one,) = document(cli, status=status)["result"]["budgets"]
    assert (one["status"], one["headroom_usd"]) == (stands, pytest.approx(left))


MEASURES = [
    ("usd_per_mtok: 14", "usd_per_mtok", 14, 0),
    ("usd_per_mtok: 13.99", "usd_per_mtok", 14, 1),
    ("usd_per_request: 0.014", "usd_per_request", 0.014, 0),  # $14 ÷ 1,000
    ("usd_per_request: 0.0139", "usd_per_request", 0.014, 1),
]


@pytest.mark.parametrize(("budget", "limit", "actual", "status"), MEASURES)
def test_a_budget_may_be_per_token_or_per_request(
    budget: str, limit: str, actual: float, status: int, cli: Cli, written: Write
) -> None:
    written(scenario(f"all: {{{budget}}}"))
    (one,) = document(cli, status=status)["result"]["budgets"]
    assert (one["limit"], one["actual_usd"]) == (limit, actual)


def test_a_scope_is_workloads_an_option_or_a_tag(cli: Cli, written: Write) -> None:
    two = (
        "workloads:\n  bot: {option: gpt-5.2-api, tags: [prod], requests: 1_000, shapes: [{output_tokens: 1_000}]}\n"
        "  pad: {option: gemini-3.1-pro-api, requests: 2_000, shapes: [{output_tokens: 1_000}]}\n"
    )
    budgets = (
        "all: {monthly_usd: 99}, bot: {workloads: [bot], monthly_usd: 99}, tag: {tag: prod, monthly_usd: 99},"
        " opt: {option: gemini-3.1-pro-api, monthly_usd: 99}, both: {tag: prod, option: gpt-5.2-api, monthly_usd: 99}"
    )
    written(scenario(budgets, workloads=two))
    found = document(cli)["result"]
    # 14 + 2 × 12; what has both the tag and the option is the bot
    assert {one["budget"]: one["actual_usd"] for one in found["budgets"]} == {"all": 38, "bot": 14, "tag": 14, "opt": 24, "both": 14}  # fmt: skip
    assert found["total_usd"] == 38


def test_severity_and_exit_zero_soften_a_breach_only(cli: Cli, written: Write) -> None:
    written(scenario("all: {monthly_usd: 1, severity: warn}"))
    found = document(cli)
    assert rules(found) == ["budget-exceeded"]
    assert found["diagnostics"][0]["level"] == "warning"
    written(scenario("all: {monthly_usd: 1}"))
    assert cli("check").status == 1
    assert cli("check", "--exit-zero").status == 0
    written(scenario("all: {monthly_usd: 1}", workloads=WORKLOAD.replace("gpt-5.2-api", "gpt-6.1-sol-api")))
    assert cli("check", "--exit-zero", "--as-of", "2026-01-01").status == 3


def test_a_missing_price_is_3_and_the_total_is_not_shown_lower(cli: Cli, written: Write) -> None:
    two = WORKLOAD.rstrip("}\n") + "}]}, new: {option: gpt-6.1-sol-api, requests: 1, shapes: [{output_tokens: 1}]}}\n"
    two = two.replace("1_000}]}]}", "1_000}]}")
    written(scenario("all: {monthly_usd: 1}, bot: {workloads: [bot], monthly_usd: 1}", workloads=two))
    found = document(cli, "--as-of", "2026-01-01", status=3)
    assert found["result"]["total_usd"] is None
    assert found["result"]["status"] == "undecided"
    assert {one["budget"]: (one["actual_usd"], one["status"]) for one in found["result"]["budgets"]} == {
        "all": (None, "undecided"),
        "bot": (14, "over"),
    }
    assert found["result"]["budgets"][0]["reason"].startswith("new: ")  # and what is missing, in words
    assert "None" not in found["result"]["budgets"][0]["reason"]
    assert "unknown" in cli("check", "--as-of", "2026-01-01").out


def test_a_stale_price_warns_and_under_strict_is_3(cli: Cli, written: Write) -> None:
    written(scenario("all: {monthly_usd: 99}"))
    later = ("--as-of", "2027-09-01")
    assert rules(document(cli, *later)) == ["price-stale"]
    assert cli("check", *later, "--strict").status == 3


def test_what_is_retired_or_nobodys_offer_is_said(cli: Cli, written: Write) -> None:
    two = (
        "workloads: {a: {option: deepseek-r1-api, requests: 1, shapes: [{output_tokens: 1}]},"
        " b: {option: deepseek-r1-32b-self-hosted, requests: 1, shapes: [{output_tokens: 1}]}}\n"
    )
    written(scenario("all: {monthly_usd: 99}", workloads=two))
    assert set(rules(document(cli))) == {"option-retired", "option-rate"}


def test_an_option_that_leaves_out_a_part_is_undecided(cli: Cli, written: Write) -> None:
    reads = "workloads: {b: {option: deepseek-r1-32b-self-hosted, requests: 1, shapes: [{input_tokens: 9, output_tokens: 1}]}}\n"
    written(scenario("all: {monthly_usd: 99}", workloads=reads))
    assert cli("check").status == 3


def test_a_suppression_holds_up_to_its_day(cli: Cli, written: Write) -> None:
    more = "suppressions: [{budget: all, reason: launch month, expires: 2026-11-22}]\n"
    written(scenario("all: {monthly_usd: 1}", more=more))
    (one,) = document(cli, "--as-of", "2026-11-22")["result"]["budgets"]
    assert (one["status"], one["reason"]) == ("suppressed", "launch month")
    found = document(cli, "--as-of", "2026-11-23", status=1)
    assert set(rules(found)) == {"budget-exceeded", "suppression-expired"}
    written(scenario("all: {monthly_usd: 99}", more=more))
    assert cli("check", "--as-of", "2026-11-23").status == 1  # an expired one is an error by itself


# --- baseline --------------------------------------------------------------------------------------------------------


def saved(cli: Cli, written: Write, text: str) -> str:
    written(text, "base.yaml")
    return str(written(cli("check", "base.yaml", "--no-baseline", "--format", "json").out, "base.json"))


@pytest.mark.parametrize(
    ("base_requests", "requests", "status", "stands"),
    [
        ("1_000", "1_000", 0, "over as before"),  # it was broken already
        ("1_001", "1_000", 0, "over as before"),  # and has become better
        ("1_000", "1_001", 1, "over"),  # an increase always fails
        ("700", "1_000", 1, "over"),  # it was inside: 9.8 ≤ 10
        ("333", "333", 0, "inside"),
    ],
)
def test_what_was_broken_on_the_base_does_not_fail_again(
    base_requests: str, requests: str, status: int, stands: str, cli: Cli, written: Write
) -> None:
    text = scenario("all: {monthly_usd: 10}")
    base = saved(cli, written, text.replace("1_000,", f"{base_requests},"))
    written(text.replace("1_000,", f"{requests},"))
    (one,) = document(cli, "costcalc.yaml", "--baseline", base, status=status)["result"]["budgets"]
    assert one["status"] == stands


def test_a_cost_that_does_not_end_equals_itself_on_the_base(cli: Cli, written: Write) -> None:
    # 1,000 ÷ 3 requests a month: usd_per_request is a fraction that JSON must cut
    text = scenario("all: {usd_per_mtok: 1}").replace("output_tokens: 1_000", "input_tokens: 7, output_tokens: 3")
    base = saved(cli, written, text)
    written(text)
    (one,) = document(cli, "--baseline", base)["result"]["budgets"]
    assert one["status"] == "over as before"


INCREASES = [
    ("10%", "1_100", 0),  # 15.4 = 14 × 1.10
    ("10%", "1_101", 1),
    ("1.4", "1_100", 0),  # the same in USD
    ("1.399999", "1_100", 1),
    ("0%", "1_000", 0),
    ("0", "1_001", 1),
]


@pytest.mark.parametrize(("most", "requests", "status"), INCREASES)
def test_an_increase_is_judged_against_the_base(
    most: str, requests: str, status: int, cli: Cli, written: Write
) -> None:
    text = scenario(f"all: {{max_increase: {most}}}")
    base = saved(cli, written, text)
    written(text.replace("1_000,", f"{requests},"))
    found = document(cli, "--baseline", base, status=status)
    assert rules(found) == (["budget-increase"] if status else [])


def test_without_a_baseline_an_increase_is_never_silently_passed(cli: Cli, written: Write) -> None:
    written(scenario("all: {max_increase: 5%}"))
    run = cli("check")
    assert (run.status, run.out) == (2, "")
    assert "max_increase of 'all' needs --baseline FILE; --no-baseline leaves it unchecked" in run.err
    found = document(cli, "--no-baseline")
    assert rules(found) == ["no-baseline"]


def test_of_several_files_one_that_the_base_lacks_is_new(cli: Cli, written: Write) -> None:
    text = scenario("all: {max_increase: 5%}")
    for name in ("a", "b", "c"):
        written(text, f"{name}.yaml")
    base = written(cli("check", "a.yaml", "b.yaml", "--no-baseline", "--format", "json").out, "base.json")
    run = cli("check", "b.yaml", "c.yaml", "--baseline", str(base), "--format", "json")
    (found,) = [one for one in json.loads(run.out)["diagnostics"] if one["level"] == "error"]
    assert found["message"] == (
        "budget 'all' (everything): $14.00 a month is new: the baseline has none of its workloads; up to $0.00 is allowed"
    )


RANGED = "workloads: {bot: {option: gpt-5.2-api, requests: 800 to 1_200, shapes: [{output_tokens: 1_000}]}}\n"


def test_an_increase_since_the_baselines_workloads_takes_ranges_as_they_do(cli: Cli, written: Write) -> None:
    written(RANGED + "budgets: {all: {usd_per_mtok: 99}}")
    base = written(cli("check", "--format", "json").out, "base.json")
    written(RANGED + "budgets: {all: {max_increase: 0}}")  # at P95 it is a fifth more than at the median
    assert cli("check", "--baseline", str(base)).status == 0


def test_what_commitments_leave_unused_is_part_of_a_baseline(cli: Cli, written: Write) -> None:
    owed = "contracts: {openai: {commitment_usd: 50, effective: 2026-01-01, source: {title: x, checked: 2026-01-01}}}\n"
    written(scenario("all: {usd_per_mtok: 99}") + owed)
    base = written(cli("check", "--format", "json").out, "base.json")
    written(scenario("all: {max_increase: 0}") + owed)  # $50 on both sides: $14 used, $36 not
    (found,) = json.loads(cli("check", "--baseline", str(base), "--format", "json").out)["result"]["budgets"]
    assert (found["status"], found["base_usd"], found["actual_usd"]) == ("inside", 50, 50)


def test_a_baseline_without_a_cost_decides_no_increase(cli: Cli, written: Write) -> None:
    written(scenario("all: {usd_per_mtok: 99}"))
    document = json.loads(cli("check", "--format", "json").out)
    document["result"]["workloads"][0]["monthly_usd"] = None
    base = written(json.dumps(document), "base.json")
    written(scenario("all: {max_increase: 5%}"))
    run = cli("check", "--baseline", str(base))
    assert run.status == 3
    assert "cannot be decided: the baseline has no cost of bot" in " ".join(run.out.split())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not json", "not JSON"),
        ("[1]", "expected a result of costcalc check --format json"),
        ('{"schema": "costcalc/compare@1", "result": {}}', "expected a result of costcalc check --format json"),
        ('{"schema": "costcalc/check@1", "result": null}', "expected a result of costcalc check --format json"),
        ('{"schema": "costcalc/check@1", "result": {"budgets": [{}]}}', "its budgets lack 'file'"),
        ('{"schema": "costcalc/check@1", "result": {"budgets": 5}}', "its budgets lack"),
        ('{"schema": "costcalc/check@1", "result": {"budgets": [{"file": "a", "budget": "b", "limit": "c", "actual_usd": null}]}}', "it could not decide b either"),
        ('{"schema": "costcalc/check@1", "result": {"budgets": [{"file": "a", "budget": "b", "limit": "c"}]}}', "its budgets lack 'actual_usd'"),
        ('{"schema": "costcalc/check@1", "result": {"budgets": [{"file": "a", "budget": "b", "limit": "c", "actual_usd": 1, "deny_usd": "1/0"}]}}', "its budgets lack"),
        ('{"schema": "costcalc/check@1", "result": {"budgets": [{"file": "a", "budget": "b", "limit": "c", "actual_usd": 1, "at": true}]}}', "its budgets lack a text where True stands"),
        ('{"a": NaN}', "not JSON: NaN is no number"),
    ],
)  # fmt: skip
def test_a_baseline_that_is_none_is_2(text: str, message: str, cli: Cli, written: Write) -> None:
    written(scenario("all: {monthly_usd: 99}"))
    base = written(text, "base.json")
    run = cli("check", "--baseline", str(base))
    assert (run.status, run.out) == (2, "")
    assert message in run.err


# --- what it refuses -------------------------------------------------------------------------------------------------

BAD = [
    ("all: {monthly_usd: '$50'}", "budgets.all.monthly_usd: expected a number, found text '$50'; write 50 without quotes"),
    ("all: {monthly_usd: .nan}", "expected a finite number, found .nan"),
    ("all: {monthly_usd: .inf}", "expected a finite number, found .inf"),
    ("all: {monthly_usd: -5}", "expected a number of at least 0, found -5"),
    ("all: {monthly_usd: }", "a budget limits something"),
    ("all: {monthly_usd: NO}", "expected a number, found text 'NO'"),
    ("all: {}", "a budget limits something: give monthly_usd, usd_per_mtok, usd_per_request or max_increase"),
    ("all: ", "budgets.all: "),
    ("all: {monthly_us: 5}", "unknown key 'monthly_us'; expected one of"),
    ("all: {monthly_usd: {warn: 9, deny: 5}}", "warn comes before deny, found 9 above 5"),
    ("all: {monthly_usd: {}}", "expected warn, deny or both"),
    ("all: {monthly_usd: {denny: 5}}", "unknown key 'denny'; expected warn or deny"),
    ("all: {max_increase: '5'}", "expected a share such as 5%, or USD a month such as 500, found text '5'"),
    ("all: {max_increase: -1}", "expected a share such as 5%, or USD a month such as 500"),
    ("all: {max_increase: true}", "expected a share such as 5%, or USD a month such as 500"),
    ("all: {monthly_usd: 5, severity: wran}", "severity"),
    ("all: {monthly_usd: 5, workloads: [bto]}", "budgets.all.workloads.0: unknown workload 'bto'; expected one of bot"),
    ("all: {monthly_usd: 5, tag: prd}", "budgets.all.tag: unknown tag 'prd'; expected one of prod"),
    ("all: {monthly_usd: 5, option: gpt}", "budgets.all.option: unknown option of a workload 'gpt'"),
]  # fmt: skip


@pytest.mark.parametrize(("budget", "message"), BAD)
def test_a_budget_that_says_nothing_is_2(budget: str, message: str, cli: Cli, written: Write) -> None:
    written(scenario(budget))
    run = cli("check")
    assert (run.status, run.out) == (2, "")
    assert message in run.err
    assert "costcalc.yaml:3:" in run.err
    found = document(cli, status=2)
    assert found["result"] is None
    assert message in " ".join(one["message"] for one in found["diagnostics"])


FILES = [
    ("", (), "the file is empty"),
    (f"{DAY}{WORKLOAD}", (), "the file has no budgets, so there is nothing to check"),
    (f"{DAY}budgets: {{all: {{monthly_usd: 5}}}}\n", (), "the file has no workloads, so there is nothing to check"),
    ("assumptions: {pue: 1.2}\n", (), "the file has no workloads, so there is nothing to check"),
    (scenario("all: {monthly_usd: 5}").replace("option: gpt-5.2-api, ", ""), (), "workloads.bot: no option: say which one serves it today"),
    (scenario("all: {monthly_usd: 5}").replace("gpt-5.2-api", "gpt-5.22-api"), (), "workloads.bot.option: unknown option 'gpt-5.22-api'"),
    (scenario("all: {monthly_usd: 5}", more="suppressions: [{budget: al, reason: x, expires: 2027-01-01}]"), (), "suppressions.0.budget: unknown budget 'al'"),
    (scenario("all: {monthly_usd: 5}", more="suppressions: [{budget: all, expires: 2027-01-01}]"), (), "missing key 'reason'"),
    (scenario("all: {monthly_usd: 5}", more="suppressions: [{budget: all, reason: ''}]"), (), "missing key 'expires'"),
    (scenario("all: {monthly_usd: 5}"), ("gone.yaml",), "gone.yaml: cannot be read: No such file"),
    (scenario("all: {monthly_usd: 5}"), ("*.yml",), "'*.yml' names no file"),
    (scenario("all: {monthly_usd: 5}"), ("",), "'' names no file"),
    (scenario("all: {monthly_usd: 5}"), ("--baseline", "gone.json"), "gone.json: cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "args", "message"), FILES)
def test_an_input_that_cannot_be_judged_is_2(
    text: str, args: tuple[str, ...], message: str, cli: Cli, written: Write
) -> None:
    written(text)
    run = cli("check", *args)
    assert (run.status, run.out) == (2, "")
    assert message in run.err


def test_without_a_file_here_or_above_it_is_2(cli: Cli) -> None:
    run = cli("check")
    assert (run.status, run.out) == (2, "")
    assert "no costcalc.yaml here or above; name a file, or write one with costcalc init" in run.err


def test_all_problems_of_all_files_are_said_at_once(cli: Cli, written: Write) -> None:
    written(scenario("all: {monthly_usd: -5}"), "a.yaml")
    written(scenario("all: {monthly_usd: '$5'}"), "b.yaml")
    err = cli("check", "a.yaml", "b.yaml").err
    assert "a.yaml:3:" in err
    assert "b.yaml:3:" in err


def test_several_files_are_judged_one_by_one_and_added_up(cli: Cli, written: Write) -> None:
    written(scenario("all: {monthly_usd: 14}"), "a.yaml")
    written(scenario("all: {monthly_usd: 13}"), "b.yaml")
    found = document(cli, "*.yaml", status=1)["result"]
    assert [(one["file"], one["status"]) for one in found["budgets"]] == [("a.yaml", "inside"), ("b.yaml", "over")]
    assert found["total_usd"] == 28
    assert "All files together: 28.00 a month." in cli("check", "*.yaml").out


def test_a_folder_is_searched_for_files(cli: Cli, written: Write) -> None:
    for name in ("b/costcalc.yml", "a/deep/costcalc.yaml", ".venv/costcalc.yaml", "a/other.yaml"):
        written(scenario("all: {monthly_usd: 14}"), name)
    found = document(cli, ".", status=0)["result"]
    assert [one["file"] for one in found["budgets"]] == ["a/deep/costcalc.yaml", "b/costcalc.yml"]
    assert [one["file"] for one in document(cli, "[ab]", status=0)["result"]["budgets"]] == [
        "a/deep/costcalc.yaml",
        "b/costcalc.yml",
    ]
    written("", "c/other.yaml")
    run = cli("check", "a", "c")
    assert (run.status, run.out) == (2, "")
    assert "c: no costcalc.yaml in this folder or below" in run.err


def test_a_summary_is_appended_for_github(
    cli: Cli, written: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(scenario("all: {monthly_usd: 14}"))
    target = tmp_path / "summary.md"
    target.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(target))
    assert cli("check", "--summary").status == 0
    assert target.read_text().startswith("before\n<!-- costcalc:check -->")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    assert cli("check", "--summary").status == 2
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    assert "--summary needs the environment variable GITHUB_STEP_SUMMARY" in cli("check", "--summary").err


OUTPUTS = {"json": "a.json", "jsonl": "a.jsonl", "csv": "a.csv", "markdown": "a.md", "text": "a.txt", "sarif": "a.sarif", "junit": "a.xml", "gitlab": "quality", "github": "annotations"}  # fmt: skip


@pytest.mark.parametrize(
    ("command", "expected", "status"),
    [
        (("check",), "expected a number of at least 0, found -5", 2),
        (("check", "--no-such-flag"), "No such option", 2),
        (("diff", "git:nowhere"), "nowhere", 2),
        (("catalog", "validate"), "expected a number of at least 0, found -5", 2),
        (("project", "--tokens", "1e6", "--options", "gpt-6.1-sol-api", "--as-of", "2026-01-01"), "gpt-6.1-sol", 3),
    ],
)
def test_the_files_of_output_are_written_too_when_there_is_no_result(
    command: tuple[str, ...], expected: str, status: int, cli: Cli, written: Write, tmp_path: Path
) -> None:
    if "project" not in command:
        written("budgets: {all: {monthly_usd: -5}}\n")
    for file in OUTPUTS.values():
        written("of an earlier run", file)
    flags = [f"--output={form}={file}" for form, file in OUTPUTS.items()]
    assert cli(*command, *flags, "--output", "no/such/folder.json", "--output", "b.unknown").status == status
    for form, file in OUTPUTS.items():
        assert expected in (tmp_path / file).read_text().replace("\\", ""), form
    document = json.loads((tmp_path / "a.json").read_text())
    assert (document["result"], document["diagnostics"][0]["level"]) == (None, "error")
    assert (tmp_path / "a.md").read_text().startswith(f"<!-- costcalc:{'-'.join(command[: 2 if 'catalog' in command else 1])} -->\n")  # fmt: skip
    word = "could not decide" if status == 3 else "could not start"
    assert f"{word}: 1 error." in (tmp_path / "a.txt").read_text()
