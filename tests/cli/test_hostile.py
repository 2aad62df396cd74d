"""Every command that prints names, over a file in which every name is hostile; the table is in tests/hostile.py."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from conftest import Cli, Run, Write
from hostile import HOSTILE, check_inert, texts

from costcalc.catalog.edit.writing import as_block, quoted
from costcalc.cli.complete import option
from costcalc.cli.flags import FORMATS
from costcalc.files import parse_yaml
from costcalc.findings import Document

DAY = "2026-11-27"
SOURCE = {"title": "page", "checked": "2026-11-01"}
PRICE = {"effective": "2026-01-01", "usd_per_mtok": {"input": 1, "output": 2}, "source": SOURCE}
REQUEST = {"requests": 1_000_000, "shapes": [{"input_tokens": 1_000, "output_tokens": 300}]}
OPEN_MODEL = "deepseek-r1-distill-qwen-32b"


def plan(names: list[str]) -> str:
    """Write a file with each name as provider, model, option, workload, budget, tag, reason, title and note."""
    api = {  # a slash parts provider and model
        name.replace("/", ":"): {
            "models": {
                name: {
                    "context_window": 200_000,
                    "note": name,
                    "prices": [{**PRICE, "source": {**SOURCE, "title": name}}],
                }
            }
        }
        for name in names
    }
    options: dict[str, object] = {
        f"{name} {kind}": option
        for name in names
        for kind, option in (
            ("a", {"kind": "api", "model": "openai/gpt-5.2", "note": name}),
            ("h", {"kind": "self_host", "model": OPEN_MODEL, "gpu": "h100-sxm", "note": name}),
        )
    }
    file = {
        "api": api,
        "options": options,
        "headline": [f"{name} {kind}" for name in names for kind in "ah"],
        "workloads": {name: {**REQUEST, "option": f"{name} a", "tags": [name], "note": name} for name in names},
        "budgets": {name: {"workloads": [name], "tag": name, "monthly_usd": 1} for name in names},
        "suppressions": [{"budget": name, "reason": name, "expires": "2027-01-01"} for name in names[::2]],
    }
    return "\n".join(as_block(file))


PARTS = [[*HOSTILE.values()][at : at + 11] for at in range(0, len(HOSTILE), 11)]  # a page of 11 rows holds them all
FILE, NEW = "costcalc.yaml", "other.yaml"
MONTH = ("--tokens", "1e9", "--input-tokens", "3e9")
COMMANDS: dict[str, tuple[str, ...]] = {
    "compare": ("compare", *MONTH, "--all", "--explain", "--notes"),
    "compare file": ("compare", "--workload", FILE, "--all", "--notes"),
    "capability": (
        *("capability", *MONTH, "--all", "--explain", "--notes", "--chart", "--score", "gpqa-diamond"),
        *("--reporter", "any", "--blend", "{name} a:10%", "--cost-of-failure", "1 to 5"),
    ),
    "breakeven": ("breakeven", "--build", "{name} h", "--buy", "{name} a", *MONTH, "--notes", "--chart"),
    "project": ("project", *MONTH, "--options", "{option}", "--monthly", "--notes", "--chart"),
    "recommend": ("recommend", "--workload", "customer_service", *MONTH, "--explain", "--notes"),
    "simulate": (
        "simulate",
        "--tokens",
        "1e9 to 2e9",
        "--draws",
        "100",
        "--options",
        "{option},gpt-5.2-api",
        "--notes",
    ),
    "sensitivity": ("sensitivity", "--tokens", "1e9 to 2e9", "--options", "{option},gpt-5.2-api", "--notes", "--chart"),
    "tco": ("tco", "{name} h", *MONTH, "--explain", "--notes"),
    "size": ("size", OPEN_MODEL, "--notes"),
    "check": ("check", FILE),
    "diff": ("diff", FILE, NEW),
    "list options": ("catalog", "list", "options"),
    "list models": ("catalog", "list", "models"),
    "show option": ("catalog", "show", "{name} a", "--explain"),
    "show model": ("catalog", "show", "{provider}/{name}", "--explain"),
    "history": ("catalog", "history", "{provider}/{name}"),
    "lint": ("catalog", "lint", FILE, "--max-age", "1d"),
    "validate": ("catalog", "validate", FILE),
    "catalog diff": ("catalog", "diff", FILE, NEW),
    "unknown benchmark": ("capability", *MONTH, "--score", "no {name}"),
    "unknown reporter": ("capability", *MONTH, "--reporter", "no {name}"),
    "unknown option": ("compare", *MONTH, "--options", "no {name}, x"),
    "unknown model": ("size", "no {name}"),
    "unknown workload": ("compare", "--workload", f"{FILE}#no {{name}}"),
    "unknown name": ("catalog", "show", "no {name}"),
    "unknown file": ("check", "{name}.yaml"),
    "unknown flag": ("check", "--no{name}"),
    "unknown command": ("{name}",),
    "wrong value": ("compare", "--tokens", "{name}"),
}
COMPLAINTS = {name for name in COMMANDS if name.startswith(("unknown", "wrong"))}


def run_all(cli: Cli, args: tuple[str, ...]) -> dict[str, str]:
    """Run a command once and give its output in every format, and what it wrote to standard error."""
    files = {form: Path(f"out.{form}") for form in FORMATS}
    run = cli(*args, *(part for form, file in files.items() for part in ("--output", f"{form}={file}")))
    assert run.status in {0, 1, 2, 3}, (args, run.err)
    check_inert("text", run.out)
    check_inert("text", run.err)
    printed: dict[str, str] = {form: file.read_text(encoding="utf-8") for form, file in files.items() if file.exists()}
    for file in files.values():
        file.unlink(missing_ok=True)
    return printed


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("part", range(len(PARTS)))
@pytest.mark.parametrize("command", sorted(set(COMMANDS) - COMPLAINTS))
def test_no_command_obeys_a_name(
    command: str, part: int, cli: Cli, written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = PARTS[part]
    written(plan(names))
    written(plan(names).replace("1_000_000", "2_000_000").replace("output: 2", "output: 3"), NEW)
    monkeypatch.setenv("COLUMNS", "40")
    shown: set[str] = set()
    one_each = any("{" in arg for arg in COMMANDS[command])
    for name in names[part % 3 :: 5] if one_each else names[:1]:
        if "," in name and "{option}" in COMMANDS[command]:
            continue
        args = [arg.format(name=name, provider=name.replace("/", ":"), option=f"{name} h") for arg in COMMANDS[command]]
        printed = run_all(cli, (*args, "--as-of", DAY) if command != "validate" else tuple(args))
        for form, text in printed.items():
            check_inert(form, text)
        shown.update(texts(json.loads(printed["json"])) if printed else ())
    if command not in {"size", "recommend", "validate"}:
        assert any(name in text for name in names for text in shown), "no name was shown"


FORMS = ("text", "json", "jsonl", "markdown", "html", "csv", "github", "gitlab", "sarif", "junit")


def check_run(run: Run, form: str) -> None:
    assert run.status == 2, run
    check_inert("text", run.err)
    check_inert(form if run.out else "text", run.out)


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize(("at", "name"), list(enumerate(HOSTILE.values())), ids=HOSTILE)
def test_no_complaint_obeys_a_name(at: int, name: str, cli: Cli, written: Write) -> None:
    written("headline: [gpt-5.2-api]\n")
    typed = name.replace("\0", "")  # no command line holds a null byte
    for step, command in enumerate(sorted(COMPLAINTS)[at % 2 :: 2]):
        form = FORMS[(at + step) % len(FORMS)]
        check_run(cli(*(arg.format(name=typed) for arg in COMMANDS[command]), "--format", form), form)


WRONG = {  # what stands in a file, with a hostile name where something else should; the names of a file differ
    "key": "{name}: 1\n",
    "value": "workloads: {{a: {{requests: {name}}}}}\n",
    "twice": "a: {{{name}: 1, {name}: 2}}\n",
    "tag": "workloads: !x y  # \N{NO-BREAK SPACE}{name}\n",
    "option": "workloads: {{{name}: {{requests: 1, shapes: [{{output_tokens: 1}}], option: {name}}}}}\nbudgets: {{a: {{monthly_usd: 1}}}}\n",
    "budget": "budgets: {{{name}: {{monthly_usd: {name}}}}}\n",
    "day": "as_of: {name}\n",
}


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize(("at", "name"), list(enumerate(HOSTILE.values())), ids=HOSTILE)
def test_no_finding_in_a_file_obeys_it(at: int, name: str, cli: Cli, written: Write) -> None:
    for step, text in enumerate(list(WRONG.values())[at % 2 :: 2]):
        written(text.format(name=quoted(name)))
        form = FORMS[(at + step) % len(FORMS)]
        check_run(cli("check", "--format", form), form)


def test_no_price_list_of_others_gives_orders(cli: Cli, written: Write) -> None:
    prices = {"mode": "chat", "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}
    theirs = {name: {**prices, "litellm_provider": name, "source": name} for name in HOSTILE.values()}
    ours = {f"openai/{name}": {**prices, "litellm_provider": "openai", "source": name} for name in HOSTILE.values()}
    written(json.dumps({**theirs, **ours}), "theirs.json")
    for args in (("catalog", "import", "litellm", "theirs.json", "--all"), ("catalog", "diff", "litellm:theirs.json")):
        for form, text in run_all(cli, (*args, "--as-of", DAY)).items():
            check_inert(form, text)


@pytest.mark.parametrize("part", range(len(PARTS)))
def test_what_is_written_is_read_back_and_gives_no_orders(part: int, cli: Cli, written: Write) -> None:
    names = [name.replace("\0", "") for name in PARTS[part]]
    for at, name in enumerate(names):
        assert cli("init", f"{at}.yaml", f"--name={name}", "--as-of", DAY).status == 0
        text = Path(f"{at}.yaml").read_text(encoding="utf-8")
        check_inert("text", text)
        assert name in texts(parse_yaml(Document("x.yaml", text)).plain())
    written(plan(names))
    exported = cli("catalog", "export", "--", *(f"{name} a" for name in names))
    check_inert("text", exported.out)
    assert {f"{name} a" for name in names} <= set(texts(parse_yaml(Document("x.yaml", exported.out)).plain()))
    run = cli("catalog", "set", "gpt-5.2", "output=12.00", "--effective", DAY, "--checked", DAY, f"--source={names[0]}", "--file", FILE, "--dry-run", "--as-of", DAY)  # fmt: skip
    check_inert("text", run.out + run.err)


def test_a_completion_offers_no_name_with_controls(cli: Cli, written: Write) -> None:
    written(plan(["\x1b[31mred", "plain"]))
    assert cli("catalog", "list", "options").status == 0  # in the folder of the file
    assert [name for name in option("") if name.startswith(("\x1b", "plain"))] == ["plain a", "plain h"]


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("form", FORMS)
def test_no_name_of_a_file_gives_orders(form: str, cli: Cli, tmp_path: Path) -> None:
    names = [name for name in HOSTILE.values() if "/" not in name and "\0" not in name]
    for name in [*names, os.fsdecode(b"not UTF-8 \xff\xfe")]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "costcalc.yaml").write_text("budgets: {all: {monthly_usd: -5}}\n")
    run = cli("check", ".", "--format", form)
    check_run(run, form)
    assert run.err.count("expected a number of at least 0, found -5") == len(names) + 1
