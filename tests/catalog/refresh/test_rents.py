"""Lists of SkyPilot's over the rents of a catalog: which rent a row is, what it costs, and what is left and why."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from theirs import SAMPLES

from costcalc import Catalog, load_catalog
from costcalc.catalog.refresh.accelerators import FORMS, GPUS, TPUS, told
from costcalc.catalog.refresh.plan import Refreshed
from costcalc.catalog.refresh.rents import RentRefresh, Rents, rents_in
from costcalc.catalog.refresh.skypilot import read_skypilot
from costcalc.errors import FlagError, InputError
from costcalc.findings import Finding

TODAY, SEEN = date(2026, 12, 20), date(2026, 12, 15)
HEADER = "InstanceType,AcceleratorName,AcceleratorCount,GpuInfo,Price,SpotPrice,Region,AvailabilityZone"
EAST = "h100-sxm/aws-p5-48xl-us-east-1"  # 6.88 since 2025-11-01, day unknown, looked at on 2026-11-27
SPOT = f"{EAST}-spot"  # 2.2036 likewise
MEGA = "h100-sxm/google-a3-megagpu-8g-us-east4"  # 10.3443, the GPU alone
HIGH = "h100-sxm/google-a3-highgpu-1g-us-east4"  # 10.97906 with the machine around it
Read = Callable[..., tuple[Rents, dict[str, Refreshed]]]


@pytest.fixture
def read(tmp_path: Path, catalog: Catalog) -> Read:
    def reading(
        cloud: str, *rows: str, seen: date = SEEN, over: Catalog = catalog, effective: date | None = None
    ) -> tuple[Rents, dict[str, Refreshed]]:
        path = tmp_path / "vms.csv"
        path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
        rents = rents_in(read_skypilot(cloud, path, shown="vms.csv", seen=seen), over)
        return rents, {rent.ref: rent for rent in RentRefresh((rents,), over, TODAY, effective).rents()}

    return reading


def p5(price: str, spot: str = "", zone: str = "us-east-1a", region: str = "us-east-1") -> str:
    return f"p5.48xlarge,H100,8,,{price},{spot},{region},{zone}"


@pytest.mark.parametrize(
    ("cloud", "rows", "ref", "usd", "note"),
    [
        ("aws", (p5("57.6"), p5("60")), EAST, "7.20", "6.88 → 7.20"),  # one zone twice: the lower
        ("aws", (p5("57.6"),), EAST, "7.20", "6.88 → 7.20"),  # 57.6 / 8
        ("aws", (p5("55.0401"),), EAST, "6.88", "6.88, as in the entry of an unknown day"),  # 55.0401 / 8 = 6.88001
        ("aws", (p5("55.0412"),), EAST, "6.8802", "6.88 → 6.8802"),  # 55.0412 / 8 = 6.88015
        ("aws", (p5("60", zone="us-east-1a"), p5("57.6", zone="us-east-1b")), EAST, "7.20",
         "6.88 → 7.20; 57.6–60 for all GPUs by zone, of which the lowest is taken"),
        ("aws", (p5("60", "24", "us-east-1a"), p5("60", "20", "us-east-1b")), SPOT, "2.50",  # 20 / 8
         "2.2036 → 2.50; 20–24 for all GPUs by zone, of which the lowest is taken"),
        ("gcp", (",H100-MEGA,8,,88,30,us-east4,us-east4-a",), MEGA, "11.00", "10.3443 → 11.00"),  # 88 / 8
        ("gcp", (",H100,1,,10,3,us-east4,us-east4-a", "a3-highgpu-1g,,,,1.5,0.3,us-east4,us-east4-a"), HIGH, "11.50",
         "10.97906 → 11.50; 10 for the GPU and 1.5 for the machine around it"),  # 10 + 1.5
        ("gcp", (",H100,1,,9,3,us-east4,us-east4-a", ",H100,1,,10,3,us-east4,us-east4-b", "a3-highgpu-1g,,,,1.5,0.3,us-east4,us-east4-b"),
         HIGH, "11.50", "10.97906 → 11.50; 10 for the GPU and 1.5 for the machine around it"),  # the zone that has both
        ("gcp", (",tpu-v6e-8,1,,24,8,us-east5,us-east5-a",), "tpu-v6e-trillium/google-tpu-v6e-8-us-east5", "3.00", "2.7 → 3.00"),  # 24 / 8
        ("azure", ("Standard_ND96isr_H100_v5,H100,8,,80,20,eastus,",), None, None, ""),  # ours names no region
        ("lambda", ("gpu_8x_h100_sxm5,H100,8,,33.6,,us-east-1,", "gpu_8x_h100_sxm5,H100,8,,33.6,,us-west-1,"),
         "h100-sxm/lambda-8x-list", "4.20", "3.99 → 4.20"),  # 33.6 / 8, the same in every region
        ("nebius", ("gpu-h200-sxm_8gpu-128vcpu-1600gb,H200,8,,32,,eu-north1,", "gpu-h200-sxm_8gpu-128vcpu-1600gb,H200,8,,32,,eu-west1,",
                    "gpu-h200-sxm_8gpu-128vcpu-1600gb,H200,8,,32,,us-central1,"), "h200-sxm/nebius-8x-list", "4.00", "3.5 → 4.00"),  # 32 / 8
        ("verda", ("1H200.141S.44V,H200,1,,3.60,,FIN-02,",), "h200-sxm/verda-1x-list", "3.60", "3.39 → 3.60"),
    ],
)  # fmt: skip
def test_a_row_is_the_rent_of_its_cloud_machine_region_and_terms(
    cloud: str, rows: tuple[str, ...], ref: str | None, usd: str | None, note: str, read: Read
) -> None:
    rents, refreshed = read(cloud, *rows)
    written = {name: rent.entries for name, rent in refreshed.items() if rent.entries}
    if ref is None:
        assert (written, sum(rents.not_added.values())) == ({}, 2)  # on demand and on spot
        return
    (entry,) = written[ref]
    title = f"skypilot, {cloud}/vms.csv"
    assert (entry["effective"], str(entry["usd_per_gpu_hour"])) == ("2026-12-15", usd)
    assert entry["source"] == {"title": title, "seen": "2026-12-15", "checked": "2026-12-20"}
    assert entry["note"] == f"{title}: {note}"
    assert "date" not in entry


@pytest.mark.parametrize(
    ("rows", "ref", "reason"),
    [
        ((p5("0", "9"),), EAST, "0: free and unknown look alike"),
        ((p5("", "9"),), EAST, "no price"),
        ((p5("8", "9"),), EAST, "8 is below the 9 on spot: the price of a commitment, not that on demand"),
        ((p5("55.04"),), SPOT, "no price on spot"),
        ((p5("55.04", "0.00"),), SPOT, "0 on spot: free and unknown look alike"),
        ((p5("55.04", "55.04"),), SPOT, "repeats the price on demand as that on spot"),
    ],
)
def test_what_is_no_price_is_left_with_the_reason(rows: tuple[str, ...], ref: str, reason: str, read: Read) -> None:
    rents, refreshed = read("aws", *rows)
    assert (rents.unpriced[ref], ref in refreshed) == (reason, False)


def test_offers_of_one_rent_that_differ_are_not_chosen_from(read: Read) -> None:
    same = "gpu_8x_h100_sxm5,H100,8,,33.6,,us-east-1,"
    rents, _ = read("lambda", same, same.replace("33.6", "32").replace("us-east-1", "us-west-1"))
    assert rents.unpriced["h100-sxm/lambda-8x-list"] == "2 offers of it ask from 4.00 to 4.20: which is it?"
    rents, _ = read("lambda", same, same.replace("33.6", "").replace("us-east-1", "us-west-1"))  # sold in one region
    assert "h100-sxm/lambda-8x-list" not in rents.unpriced


def test_a_rent_of_several_regions_needs_all_of_them(read: Read) -> None:
    row = "gpu-h200-sxm_8gpu-128vcpu-1600gb,H200,8,,32,,eu-north1,"
    rents, _ = read("nebius", row, row.replace("eu-north1", "eu-west1"))  # ours: also us-central1
    assert ("h200-sxm/nebius-8x-list" in rents.absent, rents.stated) == (True, {})


def test_a_machine_of_azure_is_found_with_standard_before_its_name_or_without(read: Read, tmp_path: Path) -> None:
    (tmp_path / "o.yaml").write_text("gpus: {h100-sxm: {rentals: {azure-nd96isr-h100-v5: {region: eastus}}}}\n")
    _, refreshed = read(
        "azure", "Standard_ND96isr_H100_v5,H100,8,,80,20,eastus,", over=load_catalog(tmp_path / "o.yaml")
    )
    assert [entry["usd_per_gpu_hour"] for entry in refreshed["h100-sxm/azure-nd96isr-h100-v5"].entries] == [
        10
    ]  # 80 / 8


def test_the_machine_around_a_gpu_must_stand_in_the_list_and_in_ours(read: Read, tmp_path: Path) -> None:
    alone = (",H100,1,,10,3,us-east4,us-east4-a", "a3-highgpu-1g,,,,1.5,0.3,us-east4,us-east4-b")
    rents, _ = read("gcp", *alone)
    assert rents.unpriced[HIGH] == "no price of a3-highgpu-1g, the machine around it, in a zone that has the GPU"
    (tmp_path / "o.yaml").write_text(
        "gpus: {h100-sxm: {rentals: {bare: {provider: Google Cloud, sku: H100, gpus_in_sku: 1, region: us-east4, "
        "offer: on_demand, prices: [{effective: 2026-01-01, usd_per_gpu_hour: 9, source: {title: T, checked: 2026-01-02}}]}}}}\n"
    )
    rents, _ = read("gcp", *alone, over=load_catalog(tmp_path / "o.yaml"))
    assert rents.unpriced["h100-sxm/bare"].startswith("the price of the GPU alone; the rent is with the machine")


@pytest.mark.parametrize(
    ("row", "ref", "outcome"),
    [
        (p5("550.4"), EAST, "ten times off ours: a slip of the unit or of the decimal point looks so"),  # 68.80
        (p5("5.504"), EAST, "ten times off ours: a slip of the unit or of the decimal point looks so"),  # 0.688
    ],
)
def test_a_price_ten_times_off_is_not_taken(row: str, ref: str, outcome: str, read: Read) -> None:
    _, refreshed = read("aws", row)
    assert (refreshed[ref].entries, refreshed[ref].confirmed) == ((), None)
    assert [refused.reason for refused in refreshed[ref].statements[0].merge.refused] == [outcome]


@pytest.mark.parametrize(
    ("seen", "effective", "price", "behind"),
    [
        (date(2026, 11, 27), None, "57.6", "ours was looked at on 2026-11-27, theirs is of 2026-11-27"),
        (date(2026, 3, 1), None, "57.6", "ours was looked at on 2026-11-27, theirs is of 2026-03-01"),
        (SEEN, date(2025, 10, 1), "57.6", "ours has an entry of 2025-11-01"),
        (date(2026, 3, 1), None, "55.04", ""),  # the same, and no news: no reason to give
    ],
)
def test_a_list_that_is_no_news_changes_nothing(
    seen: date, effective: date | None, price: str, behind: str, read: Read
) -> None:
    _, refreshed = read("aws", p5(price), seen=seen, effective=effective)
    rent = refreshed[EAST]
    assert (rent.entries, rent.confirmed, rent.statements[0].behind) == ((), None, behind)


def test_a_price_with_a_day_is_confirmed_and_a_later_one_follows_it(read: Read, tmp_path: Path) -> None:
    (tmp_path / "o.yaml").write_text(
        "gpus: {h100-sxm: {rentals: {aws-p5-48xl-us-east-1: {prices: [{effective: 2026-12-01, usd_per_gpu_hour: 7.00, "
        "source: {title: T, checked: 2026-12-02}}]}}}}\n"
    )
    over = load_catalog(tmp_path / "o.yaml")
    _, refreshed = read("aws", p5("56"), over=over)  # 56 / 8 = 7.00
    assert (refreshed[EAST].entries, refreshed[EAST].confirmed) == ((), ("2026-12-01", SEEN))
    _, refreshed = read("aws", p5("64"), over=over)
    assert [entry["usd_per_gpu_hour"] for entry in refreshed[EAST].entries] == [Decimal(8)]
    _, refreshed = read("aws", p5("64"), over=over, seen=TODAY)
    assert "seen" not in refreshed[EAST].entries[0]["source"]  # it was compared on the day of the list


def test_a_rent_that_begins_later_is_left_alone(read: Read, catalog: Catalog) -> None:
    here = catalog.gpus["h100-sxm"]
    rents, _ = read("aws", p5("57.6"))
    early = RentRefresh((rents,), catalog, date(2025, 1, 1)).rents()
    assert all(rent.statements == () and not rent.entries for rent in early)
    assert here.rentals["aws-p5-48xl-us-east-1"].prices[0].effective > date(2025, 1, 1)


def test_what_the_catalog_lacks_is_counted_and_never_added(read: Read) -> None:
    rents, refreshed = read(
        "aws", p5("57.6", "20", region="sa-east-1"), p5("57.6"), "p5.4xlarge,H100,2,,14,,us-east-1,a"
    )
    assert rents.not_added == {"h100-sxm": 3}  # two terms in sa-east-1, and two GPUs where ours has one
    assert sorted(name for name, rent in refreshed.items() if rent.entries) == [EAST]
    assert {"h100-sxm/aws-p5-48xl-us-west-2", "h100-sxm/aws-p5-4xl-us-east-1"} <= set(rents.absent)


def test_only_what_is_wanted_is_refreshed(read: Read, catalog: Catalog) -> None:
    rents, _ = read("aws", p5("57.6", "20"))
    wanted = rents_in(rents.offers, catalog, ["H100-SXM/*-us-east-1"])
    assert list(wanted.stated) == [("h100-sxm", "aws-p5-48xl-us-east-1")]
    assert wanted.absent == ("h100-sxm/aws-p5-4xl-us-east-1",)
    with pytest.raises(FlagError, match=r"no rent of skypilot, aws/vms.csv fits 'h100/x'"):
        rents_in(rents.offers, catalog, ["h100/x"])
    with pytest.raises(FlagError, match=f"did you mean '{EAST}"):
        rents_in(rents.offers, catalog, [f"{EAST}x"])


INFO = "{'Gpus': [{'Name': 'NAME', 'MemoryInfo': {'SizeInMiB': MIB}}]}"


@pytest.mark.parametrize(
    ("cloud", "name", "machine", "info", "gpu"),
    [
        ("aws", "H100", "p5.48xlarge", ("H100", 81920), "h100-sxm"),
        ("azure", "H100", "Standard_ND96isr_H100_v5", ("H100", 81920), "h100-sxm"),
        ("azure", "H100", "Standard_NC40ads_H100_v5", ("H100", 95830), "h100-nvl"),
        ("gcp", "H100", "", ("H100", 81920), "h100-sxm"),
        ("lambda", "H100", "gpu_1x_h100_pcie", ("H100", 81920), "h100-pcie"),
        ("runpod", "H100", "8x_H100_SECURE", ("H100 PCIe", 80), "h100-pcie"),
        ("runpod", "H100-NVL", "1x_H100-NVL_SECURE", ("H100 NVL", 94), "h100-nvl"),
        ("fluidstack", "H100", "H100_80GB", ("H100", 81920), ""),  # nothing tells which
        ("x", "H100", "h100_sxm_or_pcie", ("H100", 81920), ""),  # two at once
        ("aws", "A100", "p4d.24xlarge", ("A100", 40960), "a100-40gb-sxm"),
        ("azure", "A100-80GB", "Standard_NC24ads_A100_v4", ("A100-80GB", 81920), "a100-80gb-pcie"),
        ("azure", "A100-80GB", "Standard_ND96amsr_A100_v4", ("A100-80GB", 81920), "a100-80gb-sxm"),
        ("runpod", "A100-80GB", "1x_A100-80GB_SECURE", ("A100 PCIe", 80), "a100-80gb-pcie"),
        ("lambda", "A100", "gpu_1x_a100_pcie", ("A100", 40960), ""),  # 40 GB on a card: we have none
        ("lambda", "V100", "gpu_8x_v100", ("V100", 16384), "v100-16gb"),
        ("oci", "V100", "x", ("V100", 32768), "v100-32gb"),
        ("do", "V100", "x", ("V100", 0), ""),
        ("gcp", "tpu-v4-8", "", ("", 0), ""),  # counts cores, not chips
        ("gcp", "tpu-v5litepod-4", "", ("", 0), "tpu-v5e"),
        ("aws", "K80", "p2.xlarge", ("K80", 12288), ""),
    ],
)
def test_a_name_is_a_gpu_of_ours_where_the_row_tells_which(
    cloud: str, name: str, machine: str, info: tuple[str, int], gpu: str, catalog: Catalog
) -> None:
    found = told(cloud, name, machine, INFO.replace("NAME", info[0]).replace("MIB", str(info[1])))
    assert (found.gpu, bool(found.reason)) == (gpu, not gpu)
    assert not gpu or gpu in catalog.gpus


def test_every_gpu_of_the_table_is_in_the_catalog(catalog: Catalog) -> None:
    named = {*GPUS.values(), *TPUS.values()} | {gpu for forms in FORMS.values() for _, gpu in forms if gpu}
    assert named <= set(catalog.gpus)


def test_what_is_no_gpu_of_ours_is_counted_with_the_reason(read: Read) -> None:
    rents, refreshed = read(
        "do", "a,K80,1,,1,,x,", "a,K80,1,,1,,y,", "b,H100,1,,2,,x,", "c,L4,0.5,,2,,x,", "d,,,,1,,x,", ",,,,1,,x,"
    )
    assert (dict(rents.offers.left), refreshed) == (
        {
            ("K80", "no GPU of ours has that name"): 2,
            ("H100", "SXM, PCIe or NVL? Neither machine nor memory tells which"): 1,
            ("L4", "a part of a GPU"): 1,
        },
        {},
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not SkyPilot's list: expected a CSV with the columns InstanceType, .* found nothing; lacks InstanceType"),
        ('{"a": 1}', "not SkyPilot's list"),
        (HEADER.replace("Price,Spot", "Prices,Spot", 1), "lacks Price"),
        (f"{HEADER},Price", "the column Price stands twice"),
        (f"{HEADER}\na,b", "expected 8 cells as in the header, found 2"),
        (f"{HEADER}\n{p5('1')},x", "expected 8 cells as in the header, found 9"),
        (f"{HEADER}\n{p5('NaN')}", "Price: expected USD an hour, 0 or from 0.0001 to 100,000, found 'NaN'"),
        (f"{HEADER}\n{p5('-1')}", "Price: expected USD an hour, .* found '-1'"),
        (f"{HEADER}\n{p5('1', '-1')}", "SpotPrice: expected USD an hour, .* found '-1'"),
        (f"{HEADER}\n{p5('1e400')}", "found '1e400'"),
        (f"{HEADER}\n{p5('1e-9')}", "found '1e-9'"),
        (f"{HEADER}\n{p5('9' * 40)}", "found '9{30}…'"),
        (f"{HEADER}\n{p5('1.0.0')}", "found '1.0.0'"),
        (f"{HEADER}\n{p5('1').replace(',8,', ',-8,')}", "AcceleratorCount: expected a number above 0 and to 10,000, found '-8'"),
        (f"{HEADER}\n{p5('1').replace(',8,', ',0,')}", "AcceleratorCount: expected .* found '0'"),
        (f"{HEADER}\n{p5('1').replace(',8,', ',,')}", "AcceleratorCount: expected .* found ''"),
        (f"{HEADER}\n{p5('1').replace(',8,', ',1e9,')}", "AcceleratorCount: expected .* found '1e9'"),
        (f'{HEADER}\n"a', "no CSV from here on: unexpected end of data"),
        ('"a"b', "no CSV from here on: "),
        (f"{HEADER}\n\n\n", "no row has an accelerator with a price"),
        (f"{HEADER}\na,,,,1,,x,", "no row has an accelerator with a price"),
    ],
)  # fmt: skip
def test_a_damaged_list_says_what_is_wrong(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "vms.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_skypilot("aws", tmp_path / "vms.csv", shown="vms.csv", seen=SEEN)


def test_a_problem_has_its_line_and_many_are_counted(tmp_path: Path) -> None:
    rows = [p5("55.04"), 'p5.48xlarge,H100,8,"{\n}",x,,us-east-1,a', *(p5("-1") for _ in range(50))]
    (tmp_path / "vms.csv").write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_skypilot("aws", tmp_path / "vms.csv", shown="vms.csv", seen=SEEN)
    problems = caught.value.problems
    assert [problem.place.line for problem in problems if isinstance(problem, Finding) and problem.place][:3] == [
        3,
        5,
        6,
    ]  # the row of line 3 has two
    assert (len(problems), problems[-1].message) == (21, "vms.csv: and 31 more such problems")  # 51 - 20


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("skypilot/*/vms.csv")), ids=lambda path: path.parent.name)
def test_a_list_that_is_damaged_anywhere_is_diagnosed_or_taken(path: Path, tmp_path: Path, catalog: Catalog) -> None:
    text = path.read_text(encoding="utf-8")
    rng = random.Random(path.parent.name)  # noqa: S311
    parts = ("", '"', ",", "\n", "\x00", "\ufeff", "-", "nan", "1e999", "'", "{", "9" * 200_000)
    for _ in range(30):
        at = rng.randrange(len(text))
        (tmp_path / "vms.csv").write_text(
            text[:at] + rng.choice(parts) + text[at + rng.randrange(40) :], encoding="utf-8"
        )
        try:
            offers = read_skypilot(path.parent.name, tmp_path / "vms.csv", shown="vms.csv", seen=SEEN)
            rents = RentRefresh((rents_in(offers, catalog),), catalog, TODAY).rents()
            assert all(entry["usd_per_gpu_hour"] > 0 for rent in rents for entry in rent.entries)
        except InputError as error:
            assert all(
                isinstance(problem, Finding) and (problem.place or "vms.csv" in problem.message)
                for problem in error.problems
            )


def test_a_byte_order_mark_quotes_and_line_ends_of_windows_are_read(tmp_path: Path, catalog: Catalog) -> None:
    text = f'\ufeff{HEADER}\r\n"p5.48xlarge","H100","8.0","a ""b""",57.6,,us-east-1,us-east-1a\r\n'
    (tmp_path / "w.csv").write_bytes(text.encode())
    rents = rents_in(read_skypilot("aws", tmp_path / "w.csv", shown="w.csv", seen=SEEN), catalog)
    assert rents.stated["h100-sxm", "aws-p5-48xl-us-east-1"].usd == Decimal("7.2")  # 57.6 / 8


def test_the_lists_that_the_catalog_was_made_from_say_the_same(catalog: Catalog) -> None:
    for path in sorted(SAMPLES.glob("skypilot/*/vms.csv")):
        rents = rents_in(read_skypilot(path.parent.name, path, shown=path.name, seen=SEEN), catalog)
        refreshed = list(RentRefresh((rents,), catalog, TODAY).rents())
        assert (rents.unpriced, rents.not_added) == ({}, {})
        assert len(refreshed) >= 5
        assert all(len(rent.entries) == 1 and not rent.changes for rent in refreshed)
        assert all(rental_without_machine(catalog, ref) for ref in rents.absent)


def rental_without_machine(catalog: Catalog, ref: str) -> bool:
    gpu, _, name = ref.partition("/")
    return catalog.gpus[gpu].rentals[name].sku is None
