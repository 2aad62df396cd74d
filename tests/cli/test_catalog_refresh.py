"""``catalog refresh`` as a user types it: in place, dated, in one diff, twice as once, and never half."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from conftest import Cli, Write
from theirs import SAMPLES

from costcalc.catalog.refresh.installed import CARRIED
from costcalc.render.documents import document_schema

DAY = ("--as-of", "2026-12-20")
LISTED = datetime(2026, 12, 15, tzinfo=UTC).timestamp()  # when the lists were written
GPT = '{"gpt-5.2": {"litellm_provider": "openai", "input_cost_per_token": 2e-6, "output_cost_per_token": 14e-6}}'
DEV = '{"openai": {"models": {"gpt-5.2": {"cost": {"input": 2.5, "output": 14}, "last_updated": "2026-12-14"}}}}'
REFRESH = ("catalog", "refresh", "--from", "litellm", "l.json", "--file", "prices")


@pytest.fixture
def folder(tmp_path: Path, written: Write) -> Path:
    (tmp_path / "prices" / "api").mkdir(parents=True)
    for text, name in ((GPT, "l.json"), (DEV, "d.json")):
        written(text, name)
        os.utime(tmp_path / name, (LISTED, LISTED))
    return tmp_path / "prices"


def test_a_refresh_writes_one_dated_entry_and_says_what_stays(cli: Cli, folder: Path) -> None:
    dry = cli(*REFRESH, *DAY, "--dry-run")
    assert (dry.status, dry.err, list((folder / "api").iterdir())) == (0, "", [])
    assert "prices: not written (--dry-run)" in dry.out
    run = cli(*REFRESH, *DAY)
    assert (run.status, run.err) == (0, "")
    assert run.out == dry.out.replace("not written (--dry-run)", "written")
    text = (folder / "api" / "openai.yaml").read_text()
    assert text.startswith("provider: openai\n") or "\nprovider: openai\n" in text
    assert "effective: 2026-12-15" in text
    assert 'source: {title: "litellm, l.json", seen: 2026-12-15, checked: 2026-12-20}' in text
    assert "usd_per_mtok: {input: 2.00, cache_read: 0.175, output: 14.00}" in text
    assert "litellm, l.json: input 1.75 → 2.00; as in the entry of 2025-12-11: " in text
    before = ("compare", "--requests", "1M", "--shape", "1000:1", "--options", "openai/gpt-5.2", "--catalog", "prices", "--format", "json")  # fmt: skip
    costs = [json.loads(cli(*before, "--as-of", day).out)["result"]["estimates"][0]["monthly_usd"] for day in ("2026-12-14", "2026-12-15")]  # fmt: skip
    assert costs == [1764, 2014]  # 1,000 Mtok x 1.75 + 1 Mtok x 14, then x 2.00
    assert cli("catalog", "validate", "--catalog", "prices", *DAY).status == 0


def test_the_same_list_twice_changes_no_byte(cli: Cli, folder: Path) -> None:
    assert cli(*REFRESH, *DAY).status == 0
    first = {path: path.read_bytes() for path in folder.rglob("*.yaml")}
    again = cli(*REFRESH, *DAY)
    assert (again.status, {path: path.read_bytes() for path in folder.rglob("*.yaml")}) == (0, first)
    assert "prices says all of that already; nothing was changed." in again.out


def test_the_document_has_every_rate_that_differs_and_why(cli: Cli, folder: Path) -> None:
    run = cli("catalog", "refresh", "--from", "litellm", "--from", "models-dev", "l.json", "d.json", "--file", "prices", "--format", "json", *DAY)  # fmt: skip
    document = json.loads(run.out)
    jsonschema.validate(document, document_schema("catalog-refresh"))
    result = document["result"]
    assert [(each["title"], each["seen"], each["ours"]) for each in result["lists"]] == [
        ("litellm, l.json", "2026-12-15", 1), ("models-dev, d.json", "2026-12-14", 1),
    ]  # fmt: skip
    assert [(rate["rate"], rate["outcome"], rate["by"], rate["reason"]) for rate in result["rates"]] == [
        ("input", "disagree", "litellm, l.json", "models-dev, d.json has 2.50"),
        ("input", "disagree", "models-dev, d.json", "litellm, l.json has 2.00"),
    ]
    assert (result["diff"], result["written"], list((folder / "api").iterdir())) == ("", False, [])
    csv = cli("catalog", "refresh", "--from", "litellm", "--from", "models-dev", "l.json", "d.json", "--file", "prices", "--format", "csv", *DAY)  # fmt: skip
    assert csv.out.splitlines()[:2] == [
        "model,rate,ours,theirs,outcome,reason,by",
        'openai/gpt-5.2,input,1.75,2.00,disagree,"models-dev, d.json has 2.50","litellm, l.json"',
    ]


def test_one_file_is_refreshed_as_an_overlay_of_its_own(cli: Cli, folder: Path, written: Write, tmp_path: Path) -> None:
    written("# mine\nworkloads: {w: {requests: 1, shapes: [{input_tokens: 1, output_tokens: 1}]}}\n")
    run = cli("catalog", "refresh", "--from", "litellm", "l.json", "--effective", "2026-12-01", *DAY)
    assert (run.status, run.err) == (0, "")
    text = (tmp_path / "costcalc.yaml").read_text()
    assert text.startswith("# mine\nworkloads: {w:")
    assert "effective: 2026-12-01" in text
    assert list((folder / "api").iterdir()) == []


def test_a_list_of_genai_prices_is_read_as_text_and_never_run(cli: Cli, folder: Path, written: Write) -> None:
    price = "ModelPrice(input_mtok=Decimal('2'), output_mtok=Decimal('14'))"
    code = f"import os\nos.abort()\nproviders: list[Provider] = [Provider(id='openai', models=[ModelInfo(id='gpt-5.2', prices={price})])]\n"
    path = written(code, "data.py")
    os.utime(path, (LISTED, LISTED))
    run = cli("catalog", "refresh", "--from", "genai-prices", "data.py", "--file", "prices", *DAY)
    assert (run.status, run.err) == (0, "")
    assert "input 1.75 → 2.00" in (folder / "api" / "openai.yaml").read_text()


def test_without_a_file_the_installed_package_is_read(
    cli: Cli, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    (site / "litellm-9.9.dist-info").mkdir(parents=True)
    (site / "litellm-9.9.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: litellm\nVersion: 9.9\n")
    list_of_it = site / CARRIED["litellm"].file
    list_of_it.parent.mkdir()
    list_of_it.write_text(GPT)
    (list_of_it.parent / "__init__.py").write_text("raise SystemExit('imported')\n")
    os.utime(list_of_it, (LISTED, LISTED))
    monkeypatch.syspath_prepend(str(site))
    run = cli("catalog", "refresh", "--from", "litellm", "--file", "prices", *DAY)
    assert (run.status, run.err) == (0, "")
    assert 'title: "litellm 9.9"' in (folder / "api" / "openai.yaml").read_text() or "title: litellm 9.9" in (folder / "api" / "openai.yaml").read_text()  # fmt: skip


def test_a_list_is_never_of_a_later_day_than_it_is_compared(cli: Cli, folder: Path) -> None:
    os.utime(folder.parent / "l.json", (LISTED + 10**9, LISTED + 10**9))
    assert cli(*REFRESH, *DAY).status == 0
    assert 'source: {title: "litellm, l.json", checked: 2026-12-20}' in (folder / "api" / "openai.yaml").read_text()


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("--from", "litelm", "l.json"), "expected one of litellm, genai-prices, models-dev, openrouter, skypilot, found 'litelm'"),
        (("--from", "litellm", "--from", "litellm"), "--from names a library twice"),
        (("--from", "litellm", "l.json", "d.json"), "2 files for 1 libraries: give one for each --from, or none"),
        (("--from", "litellm"), "litellm is not installed where costcalc is; pip install -U litellm beside it, or name its file"),
        (("--from", "models-dev"), "no package carries the list of models-dev: name its file, --from models-dev FILE"),
        (("--from", "litellm", "none.json"), "cannot be read: No such file or directory"),
        (("--from", "models-dev", "l.json"), "not the price list of models-dev; it looks like that of litellm"),
        (("--from", "litellm", "l.json", "--only", "gpt-9"), "no model of l.json fits 'gpt-9'"),
        (("--from", "genai-prices", "bad.py"), "bad.py: no Python: "),
        (("--from", "genai-prices", "other.py"), "other.py: expected a list named providers, found none"),
        (("--from", "genai-prices", "call.py"), "call.py:1:14: expected data as genai-prices ships it, found Call"),
    ],
)  # fmt: skip
def test_what_cannot_be_refreshed_says_why(
    command: tuple[str, ...], message: str, cli: Cli, folder: Path, written: Write
) -> None:
    written("providers = [", "bad.py")
    written("x = 1", "other.py")
    written("providers = [open('x')]", "call.py")
    run = cli("catalog", "refresh", *command, "--file", "prices", *DAY)
    assert (run.status, run.out, list((folder / "api").iterdir())) == (2, "", [])
    assert message in run.err


def test_where_the_folder_is_broken_nothing_is_written(cli: Cli, folder: Path) -> None:
    broken = "models: {gpt-5.2: {prices: [{effective: 2026-01-01, usd_per_mtok: {input: -1}}]}}\nprovider: openai\n"
    path = folder / "api" / "openai.yaml"
    path.write_text(broken)
    run = cli(*REFRESH, *DAY)
    assert (run.status, path.read_text()) == (2, broken)


def test_a_discrepancy_of_the_folder_is_kept(cli: Cli, folder: Path) -> None:
    (folder / "disputed.yaml").write_text(
        "disputed:\n  - {model: openai/gpt-5.2, sources: [litellm], usd_per_mtok: {input: 2.00}, reason: ours is contracted, checked: 2026-12-01}\n"
    )
    run = cli(*REFRESH, *DAY)
    assert (run.status, list((folder / "api").iterdir())) == (0, [])
    assert "looked at on 2026-12-01 and not taken: ours is contracted" in " ".join(run.out.split())


def test_what_a_full_list_left_off_and_has_again_is_said(cli: Cli, folder: Path, written: Write) -> None:
    price = "{effective: 2026-01-10, usd_per_mtok: {input: 1, output: 2}, source: {title: T, checked: 2026-01-10}}"
    ended = "last_listed: 2026-01-10, last_listed_source: {title: T, checked: 2026-02-01}"
    names = [f"m{number}" for number in range(12)]
    models = [f"  {name}: {{{ended + ', ' if name == 'm0' else ''}prices: [{price}]}}" for name in names]
    (folder / "api" / "sail.yaml").write_text("\n".join(["provider: sail", "models:", *models, ""]))
    costs = {name: {"cost": {"input": 1, "output": 2}, "last_updated": "2026-12-14"} for name in names[:11]}
    written(json.dumps({"sail": {"models": costs}}), "d.json")
    run = cli("catalog", "refresh", "--from", "models-dev", "d.json", "--file", "prices", "--format", "json", *DAY)
    result = json.loads(run.out)["result"]
    assert (result["relisted"], result["last_listed"], len(result["confirmed"])) == (["sail/m0"], {"sail/m11": "2026-01-10"}, 11)  # fmt: skip
    text = (folder / "api" / "sail.yaml").read_text()
    assert "last_listed: 2026-01-10\n" in text or "last_listed: 2026-01-10, last_listed_source: {title:" in text
    shown = cli("catalog", "refresh", "--from", "models-dev", "d.json", "--file", "prices", *DAY).out
    assert "Listed again: last_listed may be taken out:\n  - sail/m0" in shown
    assert "nothing was changed" in shown


@pytest.mark.usefixtures("folder")
def test_the_samples_go_into_the_shipped_catalog_as_a_whole(cli: Cli) -> None:
    run = cli("catalog", "refresh", "--from", "openrouter", str(SAMPLES / "openrouter.json"), "--file", "prices", "--effective", "2026-12-19", *DAY)  # fmt: skip
    assert (run.status, run.err) == (0, "")
    assert cli("catalog", "validate", "--catalog", "prices", *DAY).status == 0
