"""``catalog add`` as a user types it."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from conftest import Cli

from costcalc import load_catalog
from costcalc.catalog.validate import validate
from costcalc.render.catalog_templates import TEMPLATES
from costcalc.render.documents import document_schema

READ = ("--source", "https://example.com/p", "--checked", "2026-11-24")
SINCE = ("--effective", "2026-11-20", *READ)
PROJECT = """# ours
workloads:
  bot: {requests: 1000, shapes: [{input_tokens: 1000, output_tokens: 1000}]}  # 1 Mtok each way
"""
MODEL = ("model", "acme/x1", "input=1", "output=2.5")
NEW_MODEL = (*MODEL, "--new-provider", *SINCE)
GPU = (
    "gpu", "g9", "name=G9", "vendor=ACME", 'architecture="9.0"', "memory_gb=48", "bandwidth_gb_per_s=900",
    "dense_tflops.bf16=100", "trust=primary", "rentals.me.usd_per_gpu_hour=1.1", "rentals.me.provider=Me",
    "rentals.me.offer=on_demand", "reference=me", *SINCE,
)  # fmt: skip
PLAN = ("plan", "cursor/x", "name=X", "usd_per_seat=10", "limit=hard", "data_policy=unknown", *SINCE)
ASSUMPTION = ("assumption", "foo", "value=1.5", "low=1", "high=2", "unit=USD", "basis=judgement")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "costcalc.yaml"
    path.write_text(PROJECT)
    return path


def numstat(path: Path, before: str) -> str:
    old = path.with_name("before")
    old.write_text(before)
    ran = subprocess.run(["git", "diff", "--no-index", "--numstat", str(old), str(path)], capture_output=True, text=True, check=False)  # fmt: skip
    return " ".join(ran.stdout.split()[:2])


def test_a_new_model_is_added_with_what_it_costs(cli: Cli, mine: Path) -> None:
    run = cli("catalog", "add", *NEW_MODEL, "cache_read=0.1", "context_window=200000", "aliases=[x1-latest, x1-new]")
    assert (run.status, run.err) == (0, "")
    # 1 Mtok of input at 1.00 and 1 Mtok of output at 2.50
    assert "bot       acme/x1       –   3.50" in run.out
    assert numstat(mine, PROJECT).endswith(" 0")  # only added lines
    assert mine.read_text().startswith(PROJECT)
    model = load_catalog(mine).sold_model("x1-new")
    assert (model.ref, model.model.context_window) == ("acme/x1", 200_000)
    (price,) = model.model.prices
    assert (str(price.effective), price.source.url, str(price.source.checked)) == ("2026-11-20", "https://example.com/p", "2026-11-24")  # fmt: skip
    assert cli("catalog", "lint", "costcalc.yaml", "--as-of", "2026-11-27").status == 0


def test_a_new_price_far_off_what_others_take_is_warned_of(cli: Cli, mine: Path) -> None:
    run = cli("catalog", "add", "model", "openai/gpt-9", "input=1", "output=1,400", *SINCE)
    assert run.status == 0
    assert "gpt-9" in mine.read_text()
    assert "note: output=1,400 was read as 1400, without the commas; for a decimal point write 1.400" in run.err
    # a new model has no last price: it is compared with the provider's others, a hundred times off
    assert "output: $1,400.00 is 140 times the $10.00 of openai's other models" in run.err


def test_a_price_without_a_day_and_without_a_last_one_is_compared_with_nothing(cli: Cli, mine: Path) -> None:
    run = cli("catalog", "add", "option", "own", "kind=self_host", "tokens_per_s=9", "usd_per_gpu_hour=900", *READ)
    assert (run.status, "warning" in run.err) == (0, False), run.err
    run = cli("catalog", "set", "own", "usd_per_gpu_hour=9000")
    assert "options.own.usd_per_gpu_hour: $9,000.00 is 10 times the $900.00 that stood there" in run.err
    assert "own" in mine.read_text()


def test_what_is_added_can_be_named_at_once(cli: Cli, mine: Path) -> None:
    assert cli("catalog", "add", *NEW_MODEL).status == 0
    run = cli("catalog", "add", "option", "mine", "kind=api", "model=acme/x1")
    assert (run.status, run.err) == (0, "")
    assert "bot       mine         –   3.50" in run.out
    later = cli("catalog", "set", "acme/x1", "output=2", "--effective", "2026-12-01", *READ)
    assert later.status == 0
    assert cli("compare", "--workload", f"{mine.name}#bot", "--options", "mine", "--as-of", "2026-11-25").status == 0


@pytest.mark.parametrize("command", [NEW_MODEL, GPU, PLAN, ASSUMPTION])
def test_every_kind_is_valid_at_once_and_adds_lines_only(command: tuple[str, ...], cli: Cli, mine: Path) -> None:
    run = cli("catalog", "add", *command, "--as-of", "2026-11-25")
    assert (run.status, run.err) == (0, "")
    assert numstat(mine, PROJECT).endswith(" 0")
    assert cli("catalog", "validate", "--strict", "--as-of", "2026-11-27").err == ""
    assert cli("catalog", "show", command[1]).status == 0
    again = cli("catalog", "add", *command)
    assert again.status == 2
    assert re.search(r"already; costcalc catalog set changes it", again.err)


def test_conditions_go_into_the_price(cli: Cli, mine: Path) -> None:
    batch = ("when.0.processing=batch", "when.0.output=1", "when.1.service_tier=flex", "when.1.output=2")
    assert cli("catalog", "add", *NEW_MODEL, *batch, "billed_as.cache_write=input").status == 0
    (price,) = load_catalog(mine).sold_model("acme/x1").model.prices
    assert [(one.processing, one.service_tier, str((one.usd_per_mtok or {})["output"])) for one in price.when] == [("batch", None, "1"), (None, "flex", "2")]  # fmt: skip


def test_a_file_of_a_catalogs_folder_holds_one_entry_by_itself(cli: Cli, tmp_path: Path) -> None:
    for folder in ("gpus", "api"):
        (tmp_path / folder).mkdir()
    assert cli("catalog", "add", *GPU, "--file", "gpus/g9.yaml").status == 0
    assert (tmp_path / "gpus" / "g9.yaml").read_text().startswith("gpu: g9\nname: G9\n")
    assert cli("catalog", "add", *NEW_MODEL, "--file", "api/acme.yaml").status == 0
    second = ("model", "acme/x2", "output=3", "--new-provider", *SINCE, "--file", "api/acme.yaml")
    assert cli("catalog", "add", *second).status == 0
    assert list(load_catalog(tmp_path).providers["acme"].models) == ["x1", "x2"]
    assert load_catalog(tmp_path).gpu("G9").memory_gb == 48


def test_json_says_what_was_added_and_a_dry_run_writes_nothing(cli: Cli, mine: Path) -> None:
    run = cli("catalog", "add", *NEW_MODEL, "--dry-run", "--format", "json")
    document = json.loads(run.out)
    jsonschema.validate(document, document_schema("catalog-add"))
    assert document["result"]["written"] is False
    assert "+      x1:" in document["result"]["diff"]
    assert mine.read_text() == PROJECT


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("model", "x1", "output=1", *SINCE), "named PROVIDER/ID, such as openai/gpt-5.2; found 'x1'"),
        (("model", "opnai/x", "output=1", *SINCE), "unknown provider 'opnai'; did you mean 'openai'?; --new-provider adds it"),
        (("model", "../x/y", "output=1", *SINCE), "named PROVIDER/ID"),
        (("plan", "zzz/y", "usd_per_seat=1", *SINCE), "unknown provider 'zzz'; --new-provider adds it"),
        (("model", "openai/gpt-5.2", "output=1", *SINCE), "'gpt-5.2' is openai/gpt-5.2 already"),
        (("model", "openai/gpt-5.2-2025-12-11", "output=1", *SINCE), "'gpt-5.2-2025-12-11' is openai/gpt-5.2 already"),
        (("model", "openai/new", "output=1", "aliases=[gpt-5.2]", *SINCE), "'gpt-5.2' is openai/gpt-5.2 already"),
        (("gpu", "h-9", "name=h100 sxm"), "'h100 sxm' is H100 SXM already"),
        (("gpu", "a/b", "name=x"), "'a/b' is no id"),
        (("model", "openai/new", "output=1"), "needs --effective (the first day of the price) and --source (where it was read)"),
        (("model", "openai/new", "output=1", *READ), "needs --effective"),
        (("assumption", "foo", "value=1", "--effective", "2026-11-20"), "nothing here has a price by date: leave --effective out"),
        (("assumption", "pue", "value=1"), "'pue' is an assumption already"),
        (("option", "o", "kind=api", "--checked", "2026-11-20"), "--checked is the day on which --source was read"),
        (("option", "o"), "costcalc catalog add option --template"),
        (("option", "o", "kind"), "expected KEY=VALUE"),
        (("option", "o", "kind=api", "kind.x=1"), "kind.x: kind has a value already"),
        (("option", "o", "routes.1.option=a"), "routes.1.option: expected entry 0 next, found 1"),
        (("option", "o", "routes=[{option: a"), "is not closed; expected } behind its last value"),
        (("option", "o", "--template"), "leave 'o' out"),
        (("boat", "o", "kind=api"), "boat"),
    ],
)  # fmt: skip
def test_what_makes_no_entry_is_refused(command: tuple[str, ...], says: str, cli: Cli, mine: Path) -> None:
    run = cli("catalog", "add", *command)
    assert run.status == 2
    assert says in " ".join(run.err.split())
    assert mine.read_text() == PROJECT


def test_a_key_that_no_form_knows_is_said_first(cli: Cli, mine: Path) -> None:
    run = cli("catalog", "add", "model", "openai/gpt-9", "ouput=1", "contxt_window=5")
    assert (run.status, run.err.count("unknown key")) == (2, 2)
    assert "did you mean 'output' or 'input'?" in run.err
    assert "did you mean 'context_window'?" in run.err
    assert "--effective" not in run.err
    assert mine.read_text() == PROJECT


def test_everything_that_is_missing_or_wrong_is_said_at_once(cli: Cli, mine: Path) -> None:
    run = cli("catalog", "add", "gpu", "g9", "name=G9", "architecture=9.0", "memory_gb=-1", *READ)
    assert run.status == 2
    missing = re.findall(r"missing key '(\w+)'", run.err)
    assert missing == ["vendor", "bandwidth_gb_per_s", "dense_tflops", "trust"]
    assert "architecture: expected text, found the number 9.0" in run.err
    assert "memory_gb: expected" in run.err
    named = cli("catalog", "add", "option", "o", "kind=api", "model=openai/gpt-5.22")
    assert "unknown model 'openai/gpt-5.22'; did you mean 'openai/gpt-5.2'" in " ".join(named.err.split())
    assert mine.read_text() == PROJECT


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("kind", list(TEMPLATES))
def test_a_template_is_valid_as_it_is(kind: str, cli: Cli, tmp_path: Path) -> None:
    run = cli("catalog", "add", kind, "--template", "--as-of", "2026-11-25")
    (tmp_path / "costcalc.yaml").write_text(run.out)
    assert validate(load_catalog(tmp_path / "costcalc.yaml"), today=date(2026, 11, 27)) == ()
    assert cli("catalog", "lint", "costcalc.yaml", "--as-of", "2026-11-27").status == 0


@pytest.mark.parametrize("kind", list(TEMPLATES))
def test_the_dates_of_a_template_are_the_day_in_force(kind: str, cli: Cli, tmp_path: Path) -> None:
    def days(*flags: str) -> set[str]:
        return set(re.findall(r"\d{4}-\d\d-\d\d", cli("catalog", "add", kind, "--template", *flags).out))

    # the end of an example model's life stands 365 days later: 2028 has a 29 February in between
    later = {"model": {"2028-12-31"}}.get(kind, set())
    wanted = set() if kind == "option" else {"2028-01-01"} | later
    assert days("--as-of", "2028-01-01") == wanted
    (tmp_path / "costcalc.yaml").write_text("as_of: 2028-01-01\n")
    assert days() == wanted


def test_without_a_day_the_clock_says_when_a_figure_was_read(cli: Cli, mine: Path) -> None:
    assert cli("catalog", "add", *MODEL, "--new-provider", *SINCE[:2], *READ[:2]).status == 0
    (price,) = load_catalog(mine).sold_model("acme/x1").model.prices
    assert str(price.source.checked) == "2026-11-27"  # the day on which the tests' clock stands


def test_the_day_that_was_named_dates_the_entry_and_prices_its_effect(cli: Cli, mine: Path) -> None:
    flags = ("--effective", "2026-06-01", *READ[:2], "--as-of", "2026-05-01", "--format", "json")
    document = json.loads(cli("catalog", "add", *MODEL, "--new-provider", *flags).out)
    (price,) = load_catalog(mine).sold_model("acme/x1").model.prices
    assert str(price.source.checked) == "2026-05-01"
    assert document["as_of"] == "2026-06-01"  # the effect is that of the first day on which the price holds
    assert cli("catalog", "add", *ASSUMPTION, "--as-of", "2026-05-02").status == 0
    assert str(load_catalog(mine).assumptions["foo"].checked) == "2026-05-02"


def test_templates_name_every_key_of_their_forms() -> None:
    from costcalc.catalog.forms.assumptions import Assumption
    from costcalc.catalog.forms.hardware import GpuFile
    from costcalc.catalog.forms.plans import Plan
    from costcalc.catalog.forms.schema import Model, Price

    for kind, forms in {
        "model": (Model, Price),
        "gpu": (GpuFile,),
        "plan": (Plan,),
        "assumption": (Assumption,),
    }.items():
        fields = {name for form in forms for name in form.model_fields} - {"gpu"}  # a GPU's id is its key
        assert {name for name in fields if f"{name}:" not in TEMPLATES[kind]} == set()
    assert all(kind in TEMPLATES["option"] for kind in ("api", "rate", "self_host", "plan", "blend"))
