"""``catalog refresh --from skypilot`` as a user types it: rents by cloud, in place, in one diff, twice as once."""

from __future__ import annotations

import csv
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from conftest import Cli, Write
from theirs import SAMPLES

from costcalc.render.documents import document_schema

DAY = ("--as-of", "2026-12-20")
LISTED = datetime(2026, 12, 15, tzinfo=UTC).timestamp()
HEADER = "InstanceType,AcceleratorName,AcceleratorCount,GpuInfo,Price,SpotPrice,Region,AvailabilityZone"
ROWS = (
    "p5.48xlarge,H100,8,,57.6,20,us-east-1,us-east-1a",  # 7.20 and 2.50 a GPU; ours 6.88 and 2.2036
    "p5.48xlarge,H100,8,,55.04,,us-east-2,us-east-2a",  # 6.88, as ours
    "p5.48xlarge,H100,8,,550.4,,us-west-2,us-west-2a",  # 68.80: ten times off
    "p5.48xlarge,H100,8,,57.6,,sa-east-1,sa-east-1a",  # not in the catalog
    "p2.xlarge,K80,1,,0.9,,us-east-1,us-east-1a",
)
REFRESH = ("catalog", "refresh", "--from", "skypilot", "aws/vms.csv", "--file", "prices")
EAST = "h100-sxm/aws-p5-48xl-us-east-1"


@pytest.fixture
def folder(tmp_path: Path, written: Write) -> Path:
    (tmp_path / "prices" / "gpus").mkdir(parents=True)
    for cloud in ("aws", "mine"):
        (tmp_path / cloud).mkdir()
        written("\n".join([HEADER, *ROWS, ""]), f"{cloud}/vms.csv")
        os.utime(tmp_path / cloud / "vms.csv", (LISTED, LISTED))
    return tmp_path / "prices"


def test_rents_are_written_by_cloud_machine_region_and_terms(cli: Cli, folder: Path) -> None:
    dry = cli(*REFRESH, *DAY, "--dry-run")
    assert (dry.status, dry.err, list((folder / "gpus").iterdir())) == (0, "", [])
    run = cli(*REFRESH, *DAY)
    assert (run.status, run.err) == (0, "")
    assert run.out == dry.out.replace("not written (--dry-run)", "written")
    text = (folder / "gpus" / "h100-sxm.yaml").read_text()
    assert "gpu: h100-sxm" in text.splitlines()
    assert "usd_per_gpu_hour: 7.20" in text
    assert 'source: {title: "skypilot, aws/vms.csv", seen: 2026-12-15, checked: 2026-12-20}' in text
    assert "K80, 1 row: no GPU of ours has that name" in run.out
    assert "h100-sxm: 1 (skypilot, aws/vms.csv)" in run.out
    assert cli("catalog", "validate", "--catalog", "prices", *DAY).status == 0
    size = ("compare", "--tokens", "1e6", "--catalog", "prices", "--format", "json", *DAY)
    assert cli(*size).status == 0


def test_the_same_list_twice_changes_no_byte_and_a_later_one_confirms(cli: Cli, folder: Path) -> None:
    assert cli(*REFRESH, *DAY).status == 0
    path = folder / "gpus" / "h100-sxm.yaml"
    first = path.read_bytes()
    again = cli(*REFRESH, *DAY)
    assert (again.status, path.read_bytes()) == (0, first)
    assert "prices says all of that already; nothing was changed." in again.out
    later = cli(*REFRESH, "--effective", "2026-12-18", "--format", "json", *DAY)
    assert json.loads(later.out)["result"]["confirmed"] == [EAST, f"{EAST}-spot", EAST.replace("-1", "-2")]
    assert path.read_text() == first.decode().replace("seen: 2026-12-15", "seen: 2026-12-18")


@pytest.mark.usefixtures("folder")
def test_the_document_says_of_every_list_what_was_left(cli: Cli) -> None:
    run = cli(*REFRESH, "--format", "json", *DAY)
    document = json.loads(run.out)
    jsonschema.validate(document, document_schema("catalog-refresh"))
    result = document["result"]
    assert [
        (rate["model"], rate["rate"], rate["ours"], rate["theirs"], rate["outcome"]) for rate in result["rates"]
    ] == [
        (EAST, "usd_per_gpu_hour", 6.88, 7.2, "written"),
        (f"{EAST}-spot", "usd_per_gpu_hour", 2.2036, 2.5, "written"),
        ("h100-sxm/aws-p5-48xl-us-west-2", "usd_per_gpu_hour", 6.88, 68.8, "kept"),
    ]
    (read,) = result["rents"]
    assert (read["cloud"], read["title"], read["seen"], read["ours"]) == (
        "aws",
        "skypilot, aws/vms.csv",
        "2026-12-15",
        4,
    )
    assert read["not_added"] == {"h100-sxm": 1}
    assert read["no_gpu"] == [{"name": "K80", "reason": "no GPU of ours has that name", "rows": 1}]
    assert read["unpriced"] == {
        f"h100-sxm/aws-p5-48xl-us-{side}-2-spot": "no price on spot" for side in ("east", "west")
    }
    assert result["dated"] == ["h100-sxm/aws-p5-48xl-us-east-2"]
    assert (result["lists"], document["inputs"]["from"]) == ([], ["skypilot:aws"])
    table = list(csv.DictReader(cli(*REFRESH, "--format", "csv", *DAY).out.splitlines()))
    assert [(row["model"], row["theirs"], row["outcome"]) for row in table] == [
        ("h100-sxm/aws-p5-48xl-us-west-2", "68.80", "kept"),
    ]  # what was written before is no difference any more


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "csv", "markdown"])
def test_every_format_names_what_was_not_taken(form: str, cli: Cli, folder: Path) -> None:
    run = cli(*REFRESH, "--format", form, "--dry-run", *DAY)
    assert (run.status, run.err, list((folder / "gpus").iterdir())) == (0, "", [])
    words = " ".join(run.out.split())
    assert "ten times off ours: a slip of the unit or of the decimal point looks so" in words
    assert "7.2" in words


def test_rents_and_models_are_refreshed_together_and_in_one_file(cli: Cli, folder: Path, written: Write) -> None:
    written(
        '{"gpt-5.2": {"litellm_provider": "openai", "input_cost_per_token": 2e-6, "output_cost_per_token": 14e-6}}',
        "l.json",
    )
    os.utime(folder.parent / "l.json", (LISTED, LISTED))
    both = ("catalog", "refresh", "--from", "litellm", "--from", "skypilot:aws", "l.json", "mine/vms.csv")
    run = cli(*both, "--file", "prices", *DAY)
    assert (run.status, run.out) == (2, "")
    assert "prices/api/any.yaml: No such file or directory; nothing was changed" in run.err
    assert list((folder / "gpus").iterdir()) == []
    (folder / "api").mkdir()
    run = cli(*both, "--file", "prices", *DAY)
    assert (run.status, run.err) == (0, "")
    assert sorted(path.name for path in folder.rglob("*.yaml")) == ["h100-sxm.yaml", "openai.yaml"]
    assert "models of ours" in run.out
    assert "rents of ours" in run.out
    mine = "# mine\nworkloads: {w: {requests: 1, shapes: [{input_tokens: 1, output_tokens: 1}]}}\n"
    written(mine)
    run = cli(*both, *DAY)
    assert (run.status, run.err) == (0, "")
    text = (folder.parent / "costcalc.yaml").read_text()
    assert text.startswith(mine)
    assert "usd_per_gpu_hour: 7.20" in text
    assert cli("catalog", "validate", *DAY).status == 0


def test_a_list_is_never_of_a_later_day_than_it_is_compared(cli: Cli, folder: Path) -> None:
    os.utime(folder.parent / "aws" / "vms.csv", (LISTED + 10**9, LISTED + 10**9))
    assert cli(*REFRESH, *DAY).status == 0
    assert (
        'source: {title: "skypilot, aws/vms.csv", checked: 2026-12-20}'
        in (folder / "gpus" / "h100-sxm.yaml").read_text()
    )


def test_the_cloud_is_that_of_the_folder_wherever_one_stands(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent / "aws")
    run = cli("catalog", "refresh", "--from", "SkyPilot", "vms.csv", "--file", "../prices", "--dry-run", *DAY)
    assert (run.status, run.err) == (0, "")
    assert "skypilot, aws/vms.csv, of 2026-12-15" in run.out


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("--from", "skypilot", "mine/vms.csv"), "mine/vms.csv: whose prices are these? SkyPilot's file does not name the cloud: keep it in a folder of its name (aws/vms.csv), or write --from skypilot:aws mine/vms.csv"),
        (("--from", "skypilot:asw", "mine/vms.csv"), "found 'asw'; did you mean 'aws'?"),
        (("--from", "skypilot:", "mine/vms.csv"), "expected one of aws, azure, "),
        (("--from", "skypilot:gcp", "aws/vms.csv"), "--from skypilot:gcp: aws/vms.csv stands in the folder of aws"),
        (("--from", "litellm:aws", "aws/vms.csv"), "expected one of litellm, genai-prices, models-dev, openrouter, skypilot, found 'litellm:aws'"),
        (("--from", "skypilot"), "no package carries the list of skypilot: name its file, --from skypilot FILE"),
        (("--from", "skypilot", "--from", "skypilot:aws", "aws/vms.csv", "mine/vms.csv"), "--from names a library twice"),
        (("--from", "skypilot", "aws/none.csv"), "cannot be read: No such file or directory"),
        (("--from", "skypilot", "aws"), "whose prices are these?"),
        (("--from", "skypilot:aws", "aws"), "a folder; expected a file"),
        (("--from", "litellm", "aws/vms.csv"), "not JSON: the price list of litellm begins with"),
        (("--from", "skypilot", "aws/vms.csv", "--only", "h200/*"), "no rent of skypilot, aws/vms.csv fits 'h200/*'"),
        (("--from", "skypilot:aws", "bad.csv"), "bad.csv:2:1: Price: expected USD an hour"),
    ],
)  # fmt: skip
def test_what_cannot_be_refreshed_says_why(
    command: tuple[str, ...], message: str, cli: Cli, written: Write, tmp_path: Path
) -> None:
    written(f"{HEADER}\np5.48xlarge,H100,8,,NaN,,us-east-1,\n", "bad.csv")
    run = cli("catalog", "refresh", *command, "--file", "prices", *DAY)
    assert (run.status, run.out, list((tmp_path / "prices" / "gpus").iterdir())) == (2, "", [])
    assert message in run.err


def test_the_lists_of_several_clouds_go_in_together(cli: Cli, folder: Path) -> None:
    paths = sorted(SAMPLES.glob("skypilot/*/vms.csv"))
    froms = [word for _ in paths for word in ("--from", "skypilot")]
    command = ("catalog", "refresh", *froms, *map(str, paths), "--file", "prices", "--effective", "2026-12-19", *DAY)
    assert cli(*command).status == 0
    first = {path: path.read_bytes() for path in folder.rglob("*.yaml")}
    assert len(first) > 20
    assert cli("catalog", "validate", "--catalog", "prices", *DAY).status == 0
    assert cli(*command).status == 0
    assert {path: path.read_bytes() for path in folder.rglob("*.yaml")} == first
