"""``catalog import`` and ``catalog diff`` as a user types them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
from conftest import Cli, Write
from theirs import PEERS, SAMPLES

from costcalc import load_catalog
from costcalc.render.documents import document_schema

PUBLIC = Path(__file__).parents[1] / "data" / "public"
DAY = ("--as-of", "2026-11-25")
CHECKED = ("--as-of", "2026-11-27")  # the newest day on which a figure of pricing/ was looked at
GPT = '{"gpt-5.2": {"litellm_provider": "openai", "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}}'


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    for peer in PEERS:
        shutil.copy(SAMPLES / f"{peer}.json", tmp_path)
    return tmp_path


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("peer", PEERS)
def test_an_import_is_a_layer_at_once(peer: str, cli: Cli, theirs: Path) -> None:
    run = cli("catalog", "import", peer, f"{peer}.json", "--save", "o.yaml", *DAY)
    assert (run.status, run.err) == (0, "")
    assert "Written to o.yaml. Lay it over the catalog: --catalog o.yaml" in run.out.replace("\n", " ")
    assert cli("catalog", "validate", "--catalog", "o.yaml", *CHECKED).status == 0
    first = (theirs / "o.yaml").read_bytes()
    again = cli("catalog", "import", peer, f"{peer}.json", "--save", "o.yaml", *DAY)  # over itself: the same bytes
    assert (again.status, (theirs / "o.yaml").read_bytes()) == (0, first)


def test_a_price_of_theirs_is_what_compare_takes(cli: Cli, written: Write) -> None:
    written(GPT, "l.json")
    assert cli("catalog", "import", "litellm", "l.json", "--save", "o.yaml", *DAY).status == 0
    run = cli("compare", "--tokens", "1e6", "--options", "gpt-5.2", "--catalog", "o.yaml", "--notes", *DAY)
    # 1 Mtok × $2, and with typical prompts 1e6 / 211 × 1,155 = 5.473934 Mtok × $1 more
    assert ["gpt-5.2", "buy", "2.00", "7.47", "2.00", "2026-11-25"] in [
        line.split()[:6] for line in run.out.splitlines()
    ]
    assert "- litellm, l.json; checked 2026-11-25\n" in run.out  # and not as the shipped file's libraries have it


def test_the_page_that_theirs_names_is_given_as_read_by_them(cli: Cli, written: Write) -> None:
    written(GPT.replace("2e-6", '2e-6, "source": "https://openai.com/api/pricing"'), "l.json")
    assert cli("catalog", "import", "litellm", "l.json", "--save", "o.yaml", *DAY).status == 0
    run = cli("compare", "--tokens", "1e6", "--options", "gpt-5.2", "--catalog", "o.yaml", "--notes", *DAY)
    assert "- openai.com; checked 2026-11-25 as litellm, l.json have them" in run.out


def test_json_names_everything_that_was_taken_and_left(cli: Cli, theirs: Path) -> None:
    run = cli("catalog", "import", "genai-prices", "genai-prices.json", "--format", "json", "--checked", "2026-11-20", *DAY)  # fmt: skip
    document = json.loads(run.out)
    jsonschema.validate(document, document_schema("catalog-import"))
    result = document["result"]
    assert (result["peer"], result["checked"], result["saved"]) == ("genai-prices", "2026-11-20", None)
    left = [one for one in result["left_out"] if one["field"] is None and "not taken" not in one["reason"]]
    assert len(result["taken"]) + len(result["agrees"]) + len(result["stays"]) + len(left) == 61
    assert all(one["reason"] and one["line"] for one in result["left_out"])
    assert len(document["diagnostics"]) == len(result["left_out"])
    assert theirs.exists()


def test_every_refusal_is_named_with_its_line_on_request(cli: Cli, theirs: Path) -> None:
    short = cli("catalog", "import", "litellm", "litellm.json", *DAY).out
    every = cli("catalog", "import", "litellm", "litellm.json", "--all", *DAY).out
    assert "--all names each with its line" in short
    assert "Nothing was written" in short
    whole = json.loads(cli("catalog", "import", "litellm", "litellm.json", "--format", "json", *DAY).out)["result"]
    assert every.count("  - line ") == len(whole["left_out"]) > 40
    assert theirs.exists()


def test_csv_has_a_row_for_each_model_and_each_refusal(cli: Cli, theirs: Path) -> None:
    lines = cli("catalog", "import", "openrouter", "openrouter.json", "--format", "csv", *DAY).out.splitlines()
    assert lines[0] == "model,theirs,effect,effective,field,reason,line"
    assert "openrouter/perplexity/sonar-reasoner,perplexity/sonar-reasoner,adds,2026-11-25,,," in lines
    assert ",anthropic/claude-opus-5.5,field left out,,image,no meter for it,43" in lines
    assert theirs.exists()


ASK = "workloads: {ask: {requests: 100_000, shapes: [{input_tokens: 500, output_tokens: 400}]}}\n"
MONTHS = """
workloads:
  weekly: {requests: 100_000, shapes: [{input_tokens: 10_000, output_tokens: 1_000}]}
  night: {requests: 100_000, batchable_share: 1, shapes: [{input_tokens: 10_000, output_tokens: 1_000}]}
"""


@pytest.mark.parametrize(
    ("peer", "file", "workload", "option", "usd"),
    [
        # 50 Mtok x 1 + 40 Mtok x 1 + 100 thousand requests x 12, the fee of the largest context
        ("litellm", "D1-sonar.json", "ask", "perplexity/sonar", 1290.00),
        # 5 of 7 days x 7 of 24 hours at the peak, twice as much: (1,000 x 0.66 + 100 x 1.98) x (1 + 5 / 24)
        ("models-dev", "D2-poorer-list.json", "weekly", "deepseek/deepseek-v4-pro", 1036.75),
        # half of 1,000 Mtok x 2.50 + 100 Mtok x 15
        ("models-dev", "D2-poorer-list.json", "night", "openai/gpt-5.4", 2000.00),
    ],
)
def test_a_poorer_list_takes_nothing_away(
    peer: str, file: str, workload: str, option: str, usd: float, cli: Cli, written: Write
) -> None:
    written(ASK if workload == "ask" else MONTHS)
    assert cli("catalog", "import", peer, str(PUBLIC / file), "--save", "o.yaml", *CHECKED).status == 0
    month = ("compare", "--workload", f"costcalc.yaml#{workload}", "--options", option, "--format", "json", *CHECKED)
    for layer in ((), ("--catalog", "o.yaml")):
        (row,) = json.loads(cli(*month, *layer).out)["result"]["estimates"]
        assert row["monthly_usd"] == usd


def test_the_fee_of_sonar_is_one_per_request_and_agrees(cli: Cli) -> None:
    run = cli("catalog", "import", "litellm", str(PUBLIC / "D1-sonar.json"), "--format", "json", *CHECKED)
    result = json.loads(run.out)["result"]
    assert (result["taken"], result["agrees"]) == ([], ["perplexity/sonar"])
    assert "from 5.00 to 12.00 a thousand: the largest is taken" in result["left_out"][0]["reason"]


def test_what_stays_of_ours_is_named(cli: Cli) -> None:
    run = cli("catalog", "import", "models-dev", str(PUBLIC / "D2-poorer-list.json"), "--format", "json", *CHECKED)
    result = json.loads(run.out)["result"]
    assert (result["taken"], result["agrees"], result["stays"]) == (
        [],
        ["openai/gpt-5.4"],
        ["deepseek/deepseek-v4-pro"],
    )
    hours = "1.32 is not taken, ours stays at 0.66: ours goes by the hour, theirs has one price for all of them"
    assert {one["field"]: one["reason"] for one in result["left_out"]}["input"] == hours


def test_a_price_per_query_is_one_per_request(cli: Cli, tmp_path: Path) -> None:
    dearer = (PUBLIC / "D4-rerank.json").read_text().replace("0.002", "0.003")  # at 0.002 it is what ours says
    (tmp_path / "rerank.json").write_text(dearer)
    rerank = ("catalog", "import", "litellm", "rerank.json", "--only", "cohere/rerank-v3.5")
    run = cli(*rerank, "--save", "o.yaml", "--as-of", "2026-12-01")
    assert (run.status, run.err) == (0, "")
    assert "usd_per_thousand: {request: 3.00}" in (tmp_path / "o.yaml").read_text()
    assert "usd_per_mtok" not in (tmp_path / "o.yaml").read_text()


def test_what_is_left_out_is_found_by_our_name_of_it(cli: Cli, written: Write) -> None:
    written('{"embed-x": {"litellm_provider": "cohere", "input_cost_per_token": 0, "input_cost_per_image": 1}, "b": {"litellm_provider": "sail", "input_cost_per_token": 1e-6}}', "l.json")  # fmt: skip
    run = cli("catalog", "import", "litellm", "l.json", "--only", "cohere/embed-x", *DAY)
    assert (run.status, run.err) == (0, "")
    # a price that is not per token is no price of 0
    assert "embed-x: no price per token and none per request; its mode is not said: what it is the price of is not known" in " ".join(run.out.split())  # fmt: skip


@pytest.mark.parametrize(
    ("command", "status", "message"),
    [
        (("litelm", "l.json"), 2, "expected one of litellm, genai-prices, models-dev, openrouter, found 'litelm'"),
        (("litellm", "none.json"), 2, "cannot be read: No such file or directory"),
        (("litellm", "."), 2, "a folder; expected a file"),
        (
            ("genai-prices", "l.json"),
            2,
            "l.json:1:1: not the price list of genai-prices; it looks like that of litellm",
        ),
        (("litellm", "bad.json"), 2, "bad.json:1:7: not JSON: expected a value, found 'x'"),
        (("litellm", "l.json", "--only", "gpt-9"), 2, "no model of l.json fits 'gpt-9'"),
        (("litellm", "l.json", "--save", "costcalc.yaml"), 2, "costcalc.yaml exists already and is no import"),
        (("litellm", "l.json", "--save", "folder"), 2, "folder: a folder; expected a file"),
        (("litellm", "l.json", "--save", "nowhere/o.yaml"), 2, "cannot write"),
        (("litellm", "l.json", "--checked", "soon"), 2, "expected a day such as 2026-11-22, found 'soon'"),
    ],
)
def test_what_cannot_be_imported_says_why(
    command: tuple[str, ...], status: int, message: str, cli: Cli, written: Write, tmp_path: Path
) -> None:
    written("assumptions: {pue: 1.3}\n")
    written(GPT, "l.json")
    written('{"a": x}', "bad.json")
    (tmp_path / "folder").mkdir()
    run = cli("catalog", "import", *command, *DAY)
    assert (run.status, run.out) == (status, "")
    assert message in run.err
    assert (tmp_path / "costcalc.yaml").read_text() == "assumptions: {pue: 1.3}\n"


def test_nothing_is_saved_where_nothing_can_be_taken(cli: Cli, theirs: Path) -> None:
    run = cli(
        "catalog", "import", "openrouter", "openrouter.json", "--only", "openrouter/auto", "--save", "o.yaml", *DAY
    )
    assert (run.status, "nothing can be taken over" in run.err, (theirs / "o.yaml").exists()) == (2, True, False)


def test_our_prices_are_cross_checked_with_theirs(cli: Cli, written: Write) -> None:
    written(GPT, "l.json")
    run = cli("catalog", "diff", "litellm:l.json", *DAY)
    assert run.status == 1
    # 1.00 / 1.75 − 1 and 2.00 / 14.00 − 1
    assert "openai/gpt-5.2  input         1.75 → 1.00  −42.9 %  2025-12-11  –" in run.out
    assert "openai/gpt-5.2  output       14.00 → 2.00  −85.7 %  2025-12-11  –" in run.out
    ours = sum(len(file.models) for file in load_catalog().providers.values())
    assert f"Models only in the catalog in force (base) ({ours - 1})" in run.out  # all but the one that theirs has
    assert cli("catalog", "diff", "litellm:l.json", "--tolerance", "86%", *DAY).status == 0  # what theirs lacks is none
    assert cli("catalog", "diff", "litellm:l.json", "litellm:l.json", *DAY).status == 0
    free = GPT.replace(
        "}}", '}, "gpt-4o": {"litellm_provider": "openai", "input_cost_per_token": 1e-6, "output_cost_per_token": 0}}'
    )
    written(free, "f.json")
    written(free.replace('"output_cost_per_token": 0', '"output_cost_per_token": 1e-6'), "g.json")
    assert "0.00 → 1.00  from 0" in cli("catalog", "diff", "litellm:f.json", "litellm:g.json", *DAY).out


def test_two_catalogs_differ_by_what_only_one_has_too(cli: Cli, written: Write, tmp_path: Path) -> None:
    price = "{effective: 2026-01-01, usd_per_mtok: {input: 1.00}, source: {title: T, checked: 2026-01-01}}"
    written(f"api: {{sail: {{models: {{m: {{prices: [{price}]}}}}}}}}\n", "a.yaml")
    written(f"api: {{sail: {{models: {{m: {{prices: [{price}]}}, n: {{prices: [{price}]}}}}}}}}\n", "b.yaml")
    same, more = cli("catalog", "diff", "a.yaml", "a.yaml", *DAY), cli("catalog", "diff", "a.yaml", "b.yaml", *DAY)
    assert (same.status, more.status) == (0, 1)
    assert "Models of both lists: 1; the same: 1; different: 0 (0 rates)." in same.out
    assert "sail/n" in more.out
    assert (
        "price-of-one-side::sail/n: only in head"
        in cli("catalog", "diff", "a.yaml", "b.yaml", "--format", "github", *DAY).out
    )
    git = {**os.environ, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a"}  # fmt: skip
    for command in (("init", "-q"), ("add", "a.yaml"), ("commit", "-qm", "a")):
        subprocess.run(["git", *command], cwd=tmp_path, env=git, check=True)
    written((tmp_path / "a.yaml").read_text().replace("1.00", "1.01"), "a.yaml")
    run = cli("catalog", "diff", "git:HEAD", "a.yaml", "--format", "json", *DAY)
    document = json.loads(run.out)
    jsonschema.validate(document, document_schema("catalog-diff"))
    assert (run.status, document["result"]["gaps"][0]["change_percent"]) == (1, 1)
    assert cli("catalog", "diff", "git:HEAD:a.yaml", "a.yaml", "--tolerance", "0.01", *DAY).status == 0


def test_a_change_of_one_figure_is_laid_over_the_shipped_catalog(cli: Cli, written: Write) -> None:
    written("api: {openai: {models: {gpt-5.2: {prices: [{effective: 2025-12-11, usd_per_mtok: {output: 7.00}}]}}}}\n", "o.yaml")  # fmt: skip
    run = cli("catalog", "diff", "o.yaml", *DAY, "--format", "csv")
    assert run.status == 1
    assert "differs,openai/gpt-5.2,output,,14,7,-50" in run.out.replace("\n", " ").replace("14.00", "14").replace(
        "7.00", "7"
    )
    assert "over the shipped catalog" in cli("catalog", "diff", "o.yaml", *DAY).out.replace("\n", " ")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("none.yaml",), "none.yaml: no such file or directory; another library's list is named as litellm:FILE"),
        (("litelm:l.json",), "litelm:l.json: no such file or directory"),
        (("git:HEAD", "l.json"), "git:HEAD: "),
        (("litellm:none.json",), "cannot be read"),
        (("litellm:l.json", "--tolerance", "some"), "expected a share such as 1% or 0.01, found 'some'"),
    ],
)
def test_what_cannot_be_compared_says_why(command: tuple[str, ...], message: str, cli: Cli, written: Write) -> None:
    written(GPT, "l.json")
    run = cli("catalog", "diff", *command, *DAY)
    assert (run.status, run.out, message in run.err) == (2, "", True)
