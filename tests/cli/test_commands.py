"""Commands as a user types them: good input, bad input, every exit status."""

from __future__ import annotations

import csv
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import Cli

from costcalc import __version__
from costcalc.cli import app
from costcalc.render.documents import DOCUMENTS, document_schema

DAY = ("--as-of", "2026-11-22")
CHECKED = ("--as-of", "2026-11-27")  # the newest day on which a figure of pricing/ was looked at
MONTH = ("compare", "--tokens", "1e6", *DAY)
INFERENCEX = str(Path(__file__).parents[1] / "data" / "bench" / "inferencex.json")
SCENARIO = """
as_of: 2026-11-22
workloads:
  support-bot:
    requests: 100
    shapes: [{input_tokens: 10_000, output_tokens: 1_000}]
  archive:
    requests: 1
    batchable_share: 1
    shapes: [{input_tokens: 1_000_000, output_tokens: 100_000}]
options:
  mine: {kind: api, model: openai/gpt-5.4}
headline: [mine]
"""


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    (tmp_path / "costcalc.yaml").write_text(SCENARIO)
    return "costcalc.yaml"


def test_the_mission_by_machine(cli: Cli) -> None:
    for day in ("2026-03-01", "2026-11-22"):
        run = cli("compare", "--tokens", "1e6", "--as-of", day, "--format", "json")
        document = json.loads(run.out)
        priced = {one["option"]: one["monthly_usd"] for one in document["result"]["estimates"]}
        assert priced["deepseek-r1-32b-self-hosted"] == 0.5
        assert priced["deepseek-r1-api"] == 2.19
        assert priced["gemini-3.1-pro-api"] == 12
        assert priced["gpt-5.2-api"] == 14
        assert (document["as_of"], run.status, run.err) == (day, 0, "")


def test_the_input_is_counted_when_it_is_given(cli: Cli) -> None:
    run = cli(*MONTH, "--input-tokens", "6M", "--cached-share", "50%", "--output-per-request", "300", "--options", "gpt-5.2-api", "--format", "json")  # fmt: skip
    result = json.loads(run.out)["result"]
    # 3 Mtok × $1.75 + 3 Mtok × $0.175 + 1 Mtok × $14, although 1e6 / 300 requests is no whole number
    assert result["estimates"][0]["monthly_usd"] == 19.775
    assert [(line["item"], line["quantity"]) for line in result["estimates"][0]["lines"]] == [("input", 3), ("cache_read", 3), ("output", 1)]  # fmt: skip
    assert (
        result["notes"][0] == "3,333 requests of 1,800 tokens in and 300 out, 50.0 % of the input read from the cache"
    )


def test_a_cached_share_is_one_of_typical_prompts(cli: Cli) -> None:
    run = cli(*MONTH, "--cached-share", "50%", "--options", "gpt-5.2-api", "--format", "json")
    (estimate,) = json.loads(run.out)["result"]["estimates"]
    # 1e6 / 211 × 1,155 = 5.473934 Mtok in: half of it × $1.75, half × $0.175, and 1 Mtok × $14
    assert estimate["monthly_usd"] == pytest.approx(19.268661, abs=1e-6)


def test_what_prices_other_meters_is_not_compared(cli: Cli) -> None:
    run = cli(*MONTH, "--input-tokens", "4M", "--options", "deepseek-r1-32b-self-hosted,gpt-5.2-api,gemini-3.1-pro-api", "--format", "json")  # fmt: skip
    *fit, part = json.loads(run.out)["result"]["estimates"]
    assert [one["option"] for one in fit] == ["gemini-3.1-pro-api", "gpt-5.2-api"]  # $8 + $12 and $7 + $14
    assert (part["option"], part["not_comparable"], part["times_cheapest"]) == (
        "deepseek-r1-32b-self-hosted",
        "part",
        None,
    )
    assert {one["option"] for one in json.loads(run.out)["result"]["savings"]} == {"gemini-3.1-pro-api"}
    assert "build (part)" in cli(*MONTH, "--input-tokens", "4M").out


def test_what_cannot_hold_a_request_stands_last(cli: Cli) -> None:
    long_prompts = (
        "--input-tokens",
        "4B",
        "--output-per-request",
        "1000",
        "--options",
        "gemma-4-31b-novita,gpt-5.2-api,gpt-5.4",
    )
    rows = list(csv.DictReader(cli(*MONTH, *long_prompts, "--format", "csv").out.splitlines()))
    assert [(row["option"], row["not_compared"]) for row in rows] == [("gemma-4-31b-novita", "too long"), ("gpt-5.2-api", "too long"), ("gpt-5.4", "too long")]  # fmt: skip


def test_a_workload_from_a_file(cli: Cli, scenario: str) -> None:
    run = cli("compare", "--workload", f"{scenario}#support-bot", "--format", "json")
    document = json.loads(run.out)
    assert [(one["option"], one["monthly_usd"]) for one in document["result"]["estimates"]] == [("mine", 4)]
    assert (document["as_of"], document["inputs"]["workload"]) == ("2026-11-22", "support-bot")


def test_a_workload_needs_a_file_that_may_have_some(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "options.yaml").write_text("headline: [gpt-5.2-api]")
    (tmp_path / "api.yaml").write_text("provider: x")
    run = cli("compare", "--workload", str(tmp_path))
    assert run.status == 2
    (tmp_path / "api.yaml").unlink()
    run = cli("compare", "--workload", str(tmp_path))
    assert (run.status, "expected a costcalc.yaml with workloads, found" in run.err) == (2, True)
    (tmp_path / "other.yaml").write_text("as_of: 2026-12-01")
    later = cli("compare", "--tokens", "1e6", "--catalog", "other.yaml")  # only a project file names the day
    assert (later.status, "unknown key 'as_of'" in later.err) == (2, True)


def test_flags_and_file_together(cli: Cli, scenario: str) -> None:
    # a batch of one prompt above 272 000 tokens: 1 Mtok × $2.50 + 0.1 Mtok × $11.25
    run = cli("compare", "--workload", f"{scenario}#archive", "--as-of", "2026-10-20", "--format", "csv")
    assert next(csv.DictReader(run.out.splitlines()))["monthly_usd"] == "3.625"
    flex = cli(
        "compare",
        "--workload",
        f"{scenario}#support-bot",
        "--service-tier",
        "flex",
        "--region",
        "eu",
        "--format",
        "csv",
    )
    # (1 Mtok × $1.25 + 0.1 Mtok × $7.50) × 1.1
    assert Decimal(next(csv.DictReader(flex.out.splitlines()))["monthly_usd"]) == Decimal("2.2")


def test_the_nearest_project_file_is_a_layer(
    cli: Cli, scenario: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    assert scenario
    assert [row["option"] for row in csv.DictReader(cli(*MONTH, "--format", "csv").out.splitlines())] == ["mine"]


def test_layers_from_the_environment_and_the_flag(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "team.yaml").write_text("headline: [gpt-5.2-api]\noptions: {gpt-5.2-api: {model: openai/gpt-5.4}}")
    (tmp_path / "mine.yaml").write_text("headline: [gpt-5.2-api, gpt-5.4-api]")
    monkeypatch.setenv("COSTCALC_CATALOG", "team.yaml")
    monkeypatch.setenv("COSTCALC_AS_OF", "2026-11-22")
    run = cli("compare", "--tokens", "1e6", "--catalog", "mine.yaml", "--format", "csv")
    assert [(row["option"], Decimal(row["monthly_usd"])) for row in csv.DictReader(run.out.splitlines())] == [
        ("gpt-5.2-api", Decimal(15)),
        ("gpt-5.4-api", Decimal(15)),
    ]
    # of several flags the last one wins, key by key
    (tmp_path / "last.yaml").write_text("headline: [gemini-3.1-pro-api]")
    run = cli("compare", "--tokens", "1e6", "--catalog", "mine.yaml", "--catalog=last.yaml", "--format", "csv")
    assert [row["option"] for row in csv.DictReader(run.out.splitlines())] == ["gemini-3.1-pro-api"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("compare",), "say how much is to be served: --tokens 1e6 (output tokens a month), --requests 240k, --conversations 40k --turns 6, --seats 50 --kind coding_assistant, or --workload FILE#NAME"),
        (("compare", "--tokens", "nan"), "Invalid value for '--tokens': expected an amount such as 1e6, 1M, 1_000_000 or 2.5B, found 'nan'"),
        (("compare", "--tokens", "250.000"), "Invalid value for '--tokens': 250.000 may be 250_000 or 250; write the one that is meant"),
        (("compare", "--requests", "9", "--shape", "1.500:300"), "Invalid value for '--shape': 1.500 may be 1_500 or 1.5; write the one that is meant"),
        (("compare", "--seats", "1.250 to 2.000"), "Invalid value for '--seats': 1.250 may be 1_250 or 1.25; write the one that is meant"),
        (("compare", "--tokens", "1X"), "Invalid value for '--tokens': expected an amount such as 1e6, 1M, 1_000_000 or 2.5B, found '1X'"),
        (("compare", "--tokens", "-5"), "Invalid value for '--tokens': expected an amount such as 1e6, 1M, 1_000_000 or 2.5B, found '-5'"),
        (("compare", "--tokens", "0"), "Invalid value for '--tokens': expected an amount above 0, found 0"),
        (("compare", "--tokens", "1e30"), "Invalid value for '--tokens': expected at most 1e18, found '1e30'"),
        ((*MONTH, "--cached-share", "50"), "Invalid value for '--cached-share': expected a share from 0 to 1 such as 0.25 or 25%, found '50'"),
        ((*MONTH, "--cached-share", "1e-999999999"), "Invalid value for '--cached-share': expected a share from 0 to 1 such as 0.25 or 25%, found '1e-999999999'"),
        ((*MONTH, "--cached-share", "x"), "Invalid value for '--cached-share': expected a share from 0 to 1 such as 0.25 or 25%, found 'x'"),
        ((*MONTH, "--workload", "x.yaml"), "--workload says what is to be served; leave out --tokens"),
        ((*MONTH, "--options", "gpt-5.2-api", "--all"), "give --options ID,ID,… or --all, not both"),
        ((*MONTH, "--options", ","), "Invalid value for '--options': names no option"),
        ((*MONTH, "--batch", "--service-tier", "flex"), "a batch has no service tier: give --batch or --service-tier, not both"),
        (("compare", "--tokens", "1", "--as-of", "2026-02-30"), "Invalid value for '--as-of' (env var: 'COSTCALC_AS_OF'): expected a day such as 2026-11-22, found '2026-02-30'"),
        (("compare", "--tokens", "1", "--as-of", "today"), "Invalid value for '--as-of' (env var: 'COSTCALC_AS_OF'): expected a day such as 2026-11-22, found 'today'"),
        ((*MONTH, "--output", "xml=x"), "Invalid value for '--output': expected a file that ends in .json, .jsonl, .csv, .md, .html, .svg, .png, .txt, .sarif, .xml, or FORMAT=FILE with a format of text, json, jsonl, csv, markdown, html, github, gitlab, junit, sarif, svg, png, found 'xml=x'"),
        ((*MONTH, "--output", "json="), "Invalid value for '--output': expected a file that ends in .json, .jsonl, .csv, .md, .html, .svg, .png, .txt, .sarif, .xml, or FORMAT=FILE with a format of text, json, jsonl, csv, markdown, html, github, gitlab, junit, sarif, svg, png, found 'json='"),
        ((*MONTH, "--output", "costs"), ".xml, or FORMAT=FILE with a format of text, json, jsonl, csv, markdown, html, github, gitlab, junit, sarif, svg, png, found 'costs'"),
        ((*MONTH, "--output", "jsno=x.json"), "found 'jsno=x.json'"),
        ((*MONTH, "--output", "json=no/such/dir"), "no/such/dir: its folder is missing; make it: mkdir -p "),
        ((*MONTH, "--format", "xml"), "Invalid value for '--format': 'xml' is not one of 'text', 'json', 'jsonl', 'csv', 'markdown', 'html', "),
        ((*MONTH, "--tokns", "1"), "No such option: --tokns; did you mean '--tokens'?\n"),
        (("comapre",), "No such command 'comapre'; did you mean 'compare'?"),
        ((*MONTH, "--options", "gtp-5.2-api"), "unknown option 'gtp-5.2-api': neither an option nor a model; did you mean 'gpt-5.2-api' or"),
        (("compare", "--workload", "gone.yaml"), "gone.yaml: cannot be read: No such file or directory"),
        (("compare", "--workload", "."), ".: no catalog files; expected options.yaml, assumptions.yaml, quality.yaml, rules.yaml, kinds.yaml, tokens.yaml, measurements.yaml, exchange_rates.yaml, contracts.yaml, evaluations.yaml or api/<provider>.yaml, models/<model>.yaml, gpus/<gpu>.yaml, plans/<provider>.yaml"),
        (("compare", "--workload", ""), "Invalid value for '--workload': expected FILE or FILE#NAME, found ''"),
        (("compare", "--workload", "x.yaml#"), "Invalid value for '--workload': expected FILE or FILE#NAME, found 'x.yaml#'"),
        ((*MONTH, "--catalog", ""), "Invalid value for '--catalog': expected a name, found an empty text"),
        ((*MONTH, "--service-tier", " "), "Invalid value for '--service-tier': expected a name, found an empty text"),
        ((*MONTH, "--region", ""), "Invalid value for '--region': expected a name, found an empty text"),
        ((*MONTH, "--region", "standard", "--options", "gpt-5.2"), "no seller of the catalog has 'standard'; expected one of apac, eu, global, us"),
        (("compare", "--workload", "#x"), "Invalid value for '--workload': expected FILE or FILE#NAME, found '#x'"),
        (("catalog", "show", "gpt-5.22"), "currency is called so; did you mean 'gpt-5.2' or"),
        (("schema", "comapre"), "Invalid value for 'COMMAND': expected one of compare, breakeven, "),
    ],
)  # fmt: skip
def test_bad_input_ends_with_2_and_says_what_was_expected(args: tuple[str, ...], message: str, cli: Cli) -> None:
    run = cli(*args)
    assert run.status == 2
    assert run.out == "" or "--region" in args
    assert run.err.startswith("error: ")
    assert message in run.err
    assert "Traceback" not in run.err
    if "--format" not in args and "schema" not in args:
        as_data = cli(*args, "--format", "json")
        document = json.loads(as_data.out)
        assert document["result"] is None or "--region" in args
        assert document["diagnostics"][0]["level"] == "error"
        assert as_data.status == 2


def test_a_bad_file_is_one_json_document_too(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("options:\n  a: {kind: apii}\n  b: {kind: api, model: 4.10}\nheadlin: []\n")
    run = cli(*MONTH, "--catalog", "bad.yaml", "--format", "json")
    document = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema("compare")).validate(document)
    found = {(one["path"], one["line"], one["column"], one["message"]) for one in document["diagnostics"]}
    assert found == {
        ("bad.yaml", 2, 13, "options.a.kind: expected 'api', 'rate', 'self_host', 'plan', 'provisioned', 'blend', found text 'apii'; did you mean 'api'?"),
        ("bad.yaml", 3, 25, 'options.b.model: expected text, found the number 4.10; quote it: "4.10"'),
        ("bad.yaml", 4, 1, "unknown key 'headlin'; expected one of: api, models, gpus, plans, options, headline, assumptions, quality, searched, rules, kinds, tokenizers, reasoning, measurements, exchange_rates, contracts, evaluations; did you mean 'headline'?"),
    }  # fmt: skip
    assert run.status == 2


@pytest.mark.parametrize(
    ("assumption", "least", "found"),
    [
        ("output_tokens_per_request", 1, 0),
        ("reasoning_token_multiplier", 1, "0.5"),
    ],
)
def test_no_workload_has_less_than_the_least(
    assumption: str, least: int, found: object, cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "x.yaml").write_text(f"assumptions:\n  {assumption}: {{value: {found}, low: {found}}}")
    run = cli(*MONTH, "--reasoning", "--catalog", "x.yaml")
    assert run.status == 2
    place = f"x.yaml:2:{len(assumption) + 13}"  # after two spaces, the name and ': {value: '
    assert f"error: {place}: assumptions.{assumption}: expected a value of at least {least}, found {found}" in run.err


@pytest.mark.parametrize(
    ("assumption", "found", "message"),
    [
        ("input_tokens_per_request", -3, "2:37: assumptions.input_tokens_per_request.value: expected a number of at least 0, found -3"),
        ("peak_to_mean", "0.5", "2:3: assumptions.peak_to_mean: low: expected a number of at least 1, as its unit is 'ratio', found 0.5"),
    ],
)  # fmt: skip
def test_no_assumption_is_below_what_its_unit_allows(
    assumption: str, found: object, message: str, cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "x.yaml").write_text(f"assumptions:\n  {assumption}: {{value: {found}, low: {found}}}")
    run = cli(*MONTH, "--reasoning", "--catalog", "x.yaml")
    assert run.status == 2
    assert f"error: x.yaml:{message}" in run.err


def test_an_option_that_was_named_must_have_a_price(cli: Cli) -> None:
    early = ("compare", "--tokens", "1e6", "--as-of", "2026-03-01")
    run = cli(*early, "--options", "gpt-6.1-sol-api,gpt-5.2-api")
    assert run.status == 3
    assert "gpt-5.2-api" in run.out
    assert run.err.startswith("error: gpt-6.1-sol-api is not compared: no price is known for 2026-03-01")
    assert (
        json.loads(cli(*early, "--options", "gpt-6.1-sol-api", "--format", "json").out)["diagnostics"][0]["rule"]
        == "unpriced"
    )
    rows = list(csv.DictReader(cli(*early, "--options", "gpt-6.1-sol-api", "--format", "csv").out.splitlines()))
    assert rows[0]["not_compared"].startswith("no price is known for 2026-03-01")
    assert "gpt-6.1-sol-api: no price is known for 2026-03-01; the earliest is of 2026-09-29" in " ".join(
        cli(*early, "--options", "gpt-6.1-sol-api,gpt-5.2-api", "--notes").out.split()
    )
    assert cli(*early).status == 0  # of the headline, what has a price is compared
    assert cli("compare", "--tokens", "1e6", "--as-of", "2020-01-01").status == 3  # and here nothing has one
    assert cli(*MONTH, "--service-tier", "priorty").status == 2


def test_stale_prices_are_said_and_end_with_3_under_strict(cli: Cli) -> None:
    later = ("compare", "--tokens", "1e6", "--as-of", "2027-06-01", "--options", "gpt-5.2-api")
    run = cli(*later, "--notes")
    assert run.status == 0
    assert "stale: the price was last seen 191 days before 2027-06-01" in " ".join(run.out.split())
    assert cli(*later, "--strict").status == 3
    assert cli(*MONTH, "--strict").status == 0


def test_a_project_file_may_name_the_day(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text("as_of: 2026-12-01\nheadline: [gemini-4-argon-api]")

    def monthly_usd(*args: str) -> Decimal:
        return Decimal(next(csv.DictReader(cli(*args, "--format", "csv").out.splitlines()))["monthly_usd"])

    assert monthly_usd("compare", "--tokens", "1e6") == 20  # from December on
    assert monthly_usd(*MONTH) == 10
    assert json.loads(cli("catalog", "list", "--format", "json").out)["as_of"] == "2026-12-01"


def test_all_options_and_models_by_name(cli: Cli) -> None:
    everything = [row["option"] for row in csv.DictReader(cli(*MONTH, "--all", "--format", "csv").out.splitlines())]
    assert len(everything) > 25
    named = cli(*MONTH, "--options", "openai/gpt-5.4, gpt-5.4", "--format", "csv")
    assert [row["option"] for row in csv.DictReader(named.out.splitlines())] == ["gpt-5.4", "openai/gpt-5.4"]


def test_an_output_follows_a_link_and_spares_a_device(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "target.json").write_text("old")
    (tmp_path / "link.json").symlink_to("target.json")
    assert cli(*MONTH, "--output", "json=link.json", "--output", "csv=/dev/null").status == 0
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "target.json").read_text())["schema"] == "costcalc/compare@1"
    assert Path("/dev/null").is_char_device()
    assert cli(*MONTH, "--output", f"json={tmp_path}").status == 2
    assert cli("compare", "--tokens", "0.001", "--options", "gpt-5.2").out.count("A month of 0.001 output tokens") == 1


def test_a_file_s_ending_says_its_format(cli: Cli, tmp_path: Path) -> None:
    endings = {"json": "json", "jsonl": "jsonl", "csv": "csv", "md": "markdown", "html": "html", "txt": "text", "sarif": "sarif", "XML": "junit"}  # fmt: skip
    named = [
        word for end, form in endings.items() for word in ("--output", f"a.b.{end}", "--output", f"{form}=named.{end}")
    ]
    assert cli(*MONTH, *named).status == 0
    for end in endings:
        assert (tmp_path / f"a.b.{end}").read_text() == (tmp_path / f"named.{end}").read_text()
    assert cli(*MONTH, "--output", "csv=x.json", "--output", "csv=a=b").status == 0  # FORMAT= wins
    assert (tmp_path / "x.json").read_text() == (tmp_path / "a=b").read_text() == (tmp_path / "a.b.csv").read_text()


def test_several_outputs_of_one_run(cli: Cli, tmp_path: Path) -> None:
    run = cli(*MONTH, "--output", "json=a.json", "--output", "csv=b.csv", "--output", "text=c.txt", "--output", "jsonl=d", "--output", "markdown=e")  # fmt: skip
    assert run.status == 0
    assert json.loads((tmp_path / "a.json").read_text())["schema"] == "costcalc/compare@1"
    assert (tmp_path / "b.csv").read_text().startswith("option,kind,side,models,monthly_usd")
    assert "A month of 1,000,000 output tokens" in (tmp_path / "c.txt").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "b.csv", "c.txt", "d", "e"]


@pytest.mark.parametrize(
    ("command", "args"),
    [
        ("compare", MONTH),
        ("compare", (*MONTH, "--explain")),
        ("catalog-list", ("catalog", "list", *DAY)),
        ("catalog-show", ("catalog", "show", "gpt-5.2-api", *DAY)),
        ("catalog-show", ("catalog", "show", "output_tokens_per_request")),
        ("catalog-validate", ("catalog", "validate", *CHECKED)),
        ("catalog-show", ("catalog", "show", "H100 SXM", *DAY)),
        ("size", ("size", "Qwen3-32B", "--gpu", "H100", "--weights", "fp8", *DAY)),
        ("size", ("size", "Qwen3-32B", *DAY)),
        ("tco", ("tco", "r1-distill-32b-h100", "--tokens", "1e6", *DAY)),
        ("tco", ("tco", "r1-distill-32b-h100", "--tokens", "1e6", "--explain", *DAY)),
        ("calibrate", ("calibrate", INFERENCEX, *DAY)),
    ],
)
def test_every_document_meets_its_schema(command: str, args: tuple[str, ...], cli: Cli) -> None:
    schema = json.loads(cli("schema", command).out)
    jsonschema.Draft7Validator.check_schema(schema)
    document = json.loads(cli(*args, "--format", "json").out)
    jsonschema.Draft7Validator(schema).validate(document)
    assert set(DOCUMENTS) >= {command}


# --- self-hosting beside the APIs -------------------------------------------------------------------------------------


BUSY = ("compare", "--tokens", "5e8", *DAY)
HOSTED = ("--options", "r1-distill-32b-h100,r1-distill-32b-2x-l40s,deepseek-r1-32b-self-hosted,gpt-5.2-api")


def flat(text: str) -> str:
    return " ".join(text.split())


def estimates(cli: Cli, *args: str) -> dict[str, dict[str, Any]]:
    document = json.loads(cli(*args, "--format", "json").out)
    jsonschema.Draft7Validator(document_schema("compare")).validate(document)
    return {one["option"]: one for one in document["result"]["estimates"]}


def test_self_hosted_options_stand_beside_the_others(cli: Cli) -> None:
    found = estimates(cli, *BUSY)
    kinds = {one["kind"] for one in found.values()}
    assert kinds == {"api", "rate", "self_host"}
    costs = [one["monthly_usd"] for one in found.values()]
    assert costs == sorted(costs)
    for one in found.values():
        assert (one["deployment"] is not None) == (one["kind"] == "self_host")
    h100 = found["r1-distill-32b-h100"]
    assert (h100["side"], h100["monthly_usd"]) == ("build", 1963.7)  # $2.69 × 730 h, whatever it serves
    assert estimates(cli, *MONTH)["r1-distill-32b-h100"]["monthly_usd"] == 1963.7
    used = sum(line["usd"] for line in h100["lines"] if line["item"].endswith("in use"))
    assert used == pytest.approx(h100["monthly_usd"] * h100["deployment"]["utilisation"], rel=1e-6)


def test_the_hardware_of_every_self_hosted_row_is_shown(cli: Cli) -> None:
    run = cli(*BUSY, "--notes")
    found = estimates(cli, *BUSY).items()
    hosted = [option for option, estimate in found if estimate["kind"] == "self_host"]
    table = run.out[run.out.index("self-hosted option") :].split("\n\n")[0].splitlines()
    assert [line.split("  ")[0] for line in table[2:]] == hosted
    assert "self-hosted option" not in cli(*BUSY, "--options", "gpt-5.2-api", "--notes").out


def test_a_published_cost_is_set_beside_real_machines(cli: Cli) -> None:
    bare = (*BUSY, "--input-tokens", "0")  # typical prompts take more of a machine than the $0.50 leave
    deployment = estimates(cli, *bare, *HOSTED)["r1-distill-32b-h100"]["deployment"]
    holds = deployment["holds_at"]
    assert [(one["rate"], one["usd_per_mtok"]) for one in holds] == [("deepseek-r1-32b-self-hosted", 0.5)]
    assert holds[0]["utilisation"] == pytest.approx(deployment["full_load_usd_per_mtok"] / 0.5, rel=1e-4)
    said = re.search(r"the \$0\.50 of deepseek-r1-32b-self-hosted holds from (\d+) % use on (\S+),", flat(cli(*bare, *HOSTED, "--notes").out))  # fmt: skip
    assert said is not None
    assert said[2] == "r1-distill-32b-h100"
    assert abs(int(said[1]) - 100 * holds[0]["utilisation"]) <= 0.5
    alone = cli(*bare, "--options", "deepseek-r1-32b-self-hosted,gemma-4-31b-h100", "--notes")
    assert "holds" not in alone.out  # another model says nothing of it


def test_a_caveat_of_several_rows_is_said_once(cli: Cli) -> None:
    text = flat(cli(*BUSY, *HOSTED, "--notes").out)
    shared = "the machines alone: people, engineering and upkeep are on the whole bill (costcalc tco)"
    assert text.count(shared) == 1
    assert f"r1-distill-32b-h100, r1-distill-32b-2x-l40s: {shared}" in text  # cheapest first: $1,963.70, $2,306.80
    found = estimates(cli, *BUSY, *HOSTED)
    assert {name for name, one in found.items() if shared in one["caveats"]} == {
        name for name in found if "r1-distill" in name
    }


def test_a_peak_needs_more_replicas_and_moves_no_api(cli: Cli) -> None:
    even = estimates(cli, "compare", "--tokens", "20B", "--peak-to-mean", "1", *DAY, *HOSTED)
    peaky = estimates(cli, "compare", "--tokens", "20B", "--peak-to-mean", "6", *DAY, *HOSTED)
    before, after = (one["r1-distill-32b-h100"]["deployment"] for one in (even, peaky))
    assert after["replicas"] > before["replicas"]
    assert after["utilisation"] < before["utilisation"]
    assert even["gpt-5.2-api"]["monthly_usd"] == peaky["gpt-5.2-api"]["monthly_usd"] == 280_000  # 20,000 Mtok × $14
    document = json.loads(cli("compare", "--tokens", "1e6", "--peak-to-mean", "2.5", "--format", "json", *DAY).out)
    assert document["inputs"]["peak_to_mean"] == 2.5
    run = cli(*BUSY, "--peak-to-mean", "0")
    assert (run.status, "Invalid value for '--peak-to-mean': a peak is at least the mean: expected 1 or more, found '0'" in run.err) == (2, True)  # fmt: skip


def test_a_self_hosted_option_that_fits_nowhere_is_not_compared(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(
        "options: {tiny: {kind: self_host, model: DeepSeek-R1-Distill-Qwen-32B, gpu: RTX 4070 Ti, usd_per_gpu_hour: 1,"
        " source: {title: t, checked: 2026-11-01}}}\n"
    )
    run = cli(*BUSY, "--catalog", "x.yaml", "--options", "tiny,gpt-5.2-api")
    assert run.status == 3
    assert "tiny is not compared: " in run.err
    assert "does not fit" in run.err


def test_what_one_runs_oneself_is_listed_and_shown(cli: Cli) -> None:
    for name, parts in (
        ("H100 SXM", ("80 GB", "3,350 GB/s", "runpod-secure", "2.69", "To buy")),
        ("h100", ("80 GB", "3,350 GB/s")),
        ("DeepSeek-R1-Distill-Qwen-32B", ("32.76B", "262,144 bytes", "64 layers", "GPQA Diamond")),
        ("r1-distill-32b-h100", ("kind: self_host", "32.76B", "3,350 GB/s")),
    ):
        run = cli("catalog", "show", name, *DAY)
        assert (run.status, run.err) == (0, "")
        assert all(part in run.out for part in parts), name
        document = json.loads(cli("catalog", "show", name, "--format", "json", *DAY).out)
        jsonschema.Draft7Validator(document_schema("catalog-show")).validate(document)
    listed = cli("catalog", "list", "h100", *DAY)
    assert all(part in listed.out for part in ("r1-distill-32b-h100", "H100 PCIe", "H100 SXM"))
    document = json.loads(cli("catalog", "list", "h100", "--format", "json", *DAY).out)
    jsonschema.Draft7Validator(document_schema("catalog-list")).validate(document)
    counted = cli("catalog", "validate", *CHECKED).out
    assert "open models" in flat(counted)
    assert "GPUs" in counted


@pytest.mark.parametrize(
    ("kind", "text", "columns", "row"),
    [
        ("gpus", "h100 sxm", "GPU GB GB/s bf16 TFLOP/s $/hour since offer", "H100 SXM 80 3,350 989 2.69 2026-05-22 on demand"),
        ("open-models", "r1-distill-llama-8b", "open model parameters active context licence", "DeepSeek-R1-Distill-Llama-8B 8.03B 7.5B 131,072 MIT; Llama 3.1"),
        ("plans", "max-5x", "plan $/seat a seat holds above it", "anthropic/claude-max-5x 100.00 21.3 Mtok another seat"),
        ("assumptions", "pue", "assumption value low–high unit", "pue 1.54 1.1–1.8 ratio"),
        ("options", "gpt-5.2", "option kind serves headline", "gpt-5.2-api api openai/gpt-5.2 yes"),
        ("models", "openai/gpt-5.2", "model input cached output since", "openai/gpt-5.2 1.75 0.175 14.00 2025-12-11"),
    ],
)  # fmt: skip
def test_each_kind_is_listed_with_what_one_chooses_by(cli: Cli, kind: str, text: str, columns: str, row: str) -> None:
    run = cli("catalog", "list", kind, text, *DAY)
    lines = [" ".join(line.split()) for line in run.out.splitlines()]
    assert (run.status, run.err) == (0, "")
    assert any(line.startswith(columns) for line in lines), run.out
    assert any(line.startswith(row) for line in lines), run.out
    key = kind.replace("-", "_")
    document = json.loads(cli("catalog", "list", kind, *DAY, "--format", "json").out)
    jsonschema.Draft7Validator(document_schema("catalog-list")).validate(document)
    assert [name for name, rows in document["result"].items() if rows] == [key]
    assert len(cli("catalog", "list", kind, *DAY, "--format", "csv").out.splitlines()) == 1 + len(document["result"][key])  # fmt: skip
    if kind != "models":  # whose longest name alone leaves no room for its prices
        assert max(map(len, cli("catalog", "list", kind, *DAY).out.splitlines())) <= 80
    nothing = cli("catalog", "list", kind, "zzz")
    assert (nothing.status, nothing.out) == (2, "")
    assert f"none of the {kind} has 'zzz' in its name" in flat(nothing.err)


def test_a_kind_that_is_none_is_2(cli: Cli) -> None:
    run = cli("catalog", "list", "gpu", "h100")
    assert (run.status, "did you mean 'gpus'?" in run.err) == (2, True)


def test_listing_and_showing(cli: Cli) -> None:
    assert "deepseek/deepseek-r1" in cli("catalog", "list", "deepseek-r1", *DAY).out
    everything = cli("catalog", "list", *DAY)
    assert "costcalc catalog list TEXT" in everything.out
    early = json.loads(cli("catalog", "list", "gpt-6.1", "--as-of", "2026-01-01", "--format", "json").out)
    assert {model["status"] for model in early["result"]["models"]} == {"no price yet"}
    misspelt = cli("catalog", "list", "gpt-5.22")
    assert misspelt.status == 2
    assert "nothing has 'gpt-5.22' in its name; did you mean 'gpt-5.2'" in flat(misspelt.err)
    shown = list(csv.DictReader(cli("catalog", "show", "gpt-5.2", "--format", "csv").out.splitlines()))
    assert {"key": "prices.0.usd_per_mtok.output", "value": "14.00"} in shown
    retired = cli("catalog", "list", "deepseek-r1-api")
    assert "With 'deepseek-r1-api' in its name, at the prices of " in retired.out
    assert "×0.5" in cli("catalog", "show", "openai/gpt-6.1-sol").out
    assert "retired on 2026-07-24" in cli("catalog", "show", "deepseek-r1-api").out


def test_showing_what_a_contract_and_an_overlay_say(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text(
        "contracts: {openai: {discount: 0.1, effective: 2026-01-01, source: {title: t, checked: 2026-01-01}}}\n"
        "api: {openai: {models: {gpt-5.2: {note: ours, prices: [{effective: 2027-01-01, usd_per_mtok: {input: 1},"
        " when: [{region: eu, multiply: {input: 2}}], source: {title: t, checked: 2026-01-01}}]}}}}\n"
    )
    shown = " ".join(cli("catalog", "show", "gpt-5.2").out.split())
    assert "contract from 2026-01-01: costcalc.yaml:1:13" in shown
    assert "List prices from 2027-01-01 on (costcalc.yaml:2:56)" in shown
    assert "region eu: input ×2" in shown
    explained = " ".join(cli(*MONTH, "--options", "gpt-5.2", "--explain").out.split())
    assert "output (10 % contract discount): 1 Mtok × $12.60 (list $14.00) = $12.60" in explained


def test_validate_finds_and_gates(cli: Cli, tmp_path: Path) -> None:
    assert cli("catalog", "validate", *CHECKED).out.endswith("no problems\n")
    (tmp_path / "old.yaml").write_text(
        "options: {a: {kind: rate, side: buy, usd_per_mtok: {output: 1}, effective: 2025-01-01, source: {title: t, checked: 2025-01-01}}}"
    )
    run = cli("catalog", "validate", "old.yaml", *CHECKED)
    assert (run.status, run.out[-12:]) == (0, ": 1 finding\n")
    assert run.err.startswith("warning: old.yaml:1:") and "last seen 695 days ago" in run.err  # noqa: PT018
    assert cli("catalog", "validate", "old.yaml", "--strict", *CHECKED).status == 3
    (tmp_path / "bad.yaml").write_text("workloads: {a: {requests: x}}\noptions: {a: 1}\n")
    for order in (("old.yaml", "bad.yaml"), ("bad.yaml", "old.yaml")):
        assert cli("catalog", "validate", *order, *CHECKED).status == 2
    assert cli("catalog", "validate", "old.yaml", "--catalog", "bad.yaml").status == 2
    bad = cli("catalog", "validate", "bad.yaml", *CHECKED)
    assert bad.status == 2
    assert bad.err.count("error: bad.yaml:") == 3  # the workload's number, its missing shapes, and the option


def test_file_schemas_are_printed_and_every_kind_has_its_file(cli: Cli) -> None:
    kinds = cli("catalog", "schema").out.split()
    for kind in kinds:
        jsonschema.Draft7Validator.check_schema(json.loads(cli("catalog", "schema", kind).out))
    folder = Path(__file__).parents[2] / "pricing" / "schema"
    assert sorted(kinds) == sorted(path.stem for path in folder.glob("*.json"))  # .ci/run compares what is listed
    wrong = cli("catalog", "schema", "gpu")
    assert (wrong.status, "did you mean 'gpus'?" in wrong.err) == (2, True)


def test_version_and_help(cli: Cli) -> None:
    assert cli("--version").out == f"costcalc {__version__}\n"
    for args in ((), ("--help",), ("compare", "--help-all"), ("catalog", "--help")):
        run = cli(*args)
        assert run.status == 0
        assert "Exit status: 0 done; 1 a budget or check was broken; 2 could not start" in " ".join(run.out.split())
    assert "What is to be served" in cli("compare", "-h").out


def test_a_bug_is_70_and_shows_no_value(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret value")

    monkeypatch.setattr("costcalc.analysis.compare.comparison", broken)
    run = cli(*MONTH)
    assert run.status == 70
    assert run.err.startswith("internal error: RuntimeError in test_commands.py:")
    assert "secret" not in run.err + run.out


def test_an_interrupt_is_130(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("costcalc.analysis.compare.comparison", interrupted)
    assert cli(*MONTH).status == 130
    monkeypatch.setattr(app, "app", interrupted)
    assert cli(*MONTH).status == 130


def test_stale_names_in_messages_are_harmless(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text('options: {"a\\u001b[31m": {kind: api, model: "\\u0007x"}}')
    run = cli(*MONTH, "--catalog", "x.yaml")
    assert run.status == 2
    assert "\x1b" not in run.err
    assert "\x07" not in run.err


def test_no_digit_of_a_very_large_amount_is_cut_and_columns_give_way(cli: Cli) -> None:
    run = cli("compare", "--tokens", "1e18", *DAY)
    assert max(map(len, run.out.splitlines())) <= 80
    assert "14,000,000,000,000.00" in run.out  # 1e12 Mtok × $14
    assert "from 1,942,180,094,786.73" in run.out  # the sellers' range from its lower end on
