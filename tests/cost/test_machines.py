"""What machines cost: which price is taken, from where, and what is said of it. The figures: cases/selfhost.yaml."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import Overlay
from pydantic import ValidationError

from costcalc import Catalog, Estimate, Workload, estimate, load_catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.catalog.things import NamedOption
from costcalc.cost.estimate import exact_usd, total_usd
from costcalc.cost.fleet import Fleet, hours_of
from costcalc.cost.machines import Price, placement_of, price_of, rent_lines, rent_usd

TODAY = date(2026, 11, 22)
EXAMPLE_FILE = Path(__file__).parents[1] / "cases" / "example_hardware.yaml"
EXAMPLES = load_catalog(EXAMPLE_FILE)
SPREAD = "rental_price_spread"


def option(**fields: object) -> SelfHostOption:
    return SelfHostOption.model_validate({"kind": "self_host", "tokens_per_s": 1000, **fields})


def price(catalog: Catalog = EXAMPLES, as_of: date = TODAY, **fields: object) -> Price:
    return price_of("mine", option(**fields), catalog, as_of=as_of)


def test_the_reference_offer_is_taken_and_named() -> None:
    found = price(gpu="Example Card")
    assert (found.usd, str(found.source), found.since) == (Decimal(3), "https://example.com/hourly", date(2026, 7, 1))
    assert (found.conditions, found.also, found.caveats) == ("Example Cloud, on demand", (SPREAD,), ())
    place = EXAMPLES.place(found.path)
    assert place.document.text.splitlines()[place.line - 1].strip() == "usd_per_gpu_hour: 3.00"


@pytest.mark.parametrize(
    ("fields", "usd", "conditions", "also"),
    [
        ({"tenure": "reserved_1y"}, "2.20", "Example Lease, reserved 1y", (SPREAD,)),
        ({"tenure": "reserved_3y"}, "1.50", "Example Cloud, reserved 3y", ("commit_discount_3y", SPREAD)),  # 3 × 0.5
        ({"rental": "bid"}, "1.00", "Example Market, spot", (SPREAD,)),
        # an offer that is named is taken as it is: no discount on top of it
        ({"rental": "bid", "tenure": "reserved_3y"}, "1.00", "Example Market, spot", (SPREAD,)),
    ],
)
def test_terms_choose_the_offer(fields: dict[str, Any], usd: str, conditions: str, also: tuple[str, ...]) -> None:
    found = price(gpu="Example Card", **fields)
    assert (found.usd, found.conditions, found.also) == (Decimal(usd), conditions, also)
    assert found.caveats == ()


def test_spot_saves_more_for_work_that_can_be_interrupted() -> None:
    serving = price(gpu="Example Card", tenure="spot")
    assert (serving.usd, serving.also) == (Decimal("2.25"), ("spot_saving_realised", SPREAD))  # 3 × (1 − 0.25)
    assert serving.conditions == "Example Cloud, spot"
    fallback = "spot at a saving of 25 %: serving needs machines on demand for the time in which spot has none"
    assert serving.caveats == (fallback,)
    waiting = price_of("mine", option(gpu="Example Card", tenure="spot"), EXAMPLES, as_of=TODAY, interruptible=True)
    assert (waiting.usd, waiting.also) == (Decimal("1.20"), ("spot_discount", SPREAD))  # 3 × (1 − 0.6)
    full = "spot at the full discount of 60 %: all of the work can wait until a machine is free again"
    assert waiting.caveats == (full,)


@pytest.mark.parametrize(("share", "usd"), [("0.99", "1642.50"), ("1", "876.00")])  # 730 h × 2.25; 730 h × 1.20
def test_only_a_workload_that_can_wait_altogether_is_interrupted(share: str, usd: str) -> None:
    work = Workload.single(requests=1, output_tokens=1_000, batchable_share=Decimal(share))
    form = option(gpu="Example Card", tenure="spot", spares=0, headroom=1)
    assert estimate(NamedOption("mine", form), work, EXAMPLES, as_of=TODAY).monthly_usd == Decimal(usd)


def test_a_gpu_that_is_only_leased_says_so_on_demand() -> None:
    found = price(gpu="Example Leased")
    assert found.usd == Decimal("1.20")
    assert found.caveats == (
        "no price on demand of Example Leased is known: this one is for a reservation of 3 years, Example Lease",
    )
    assert (found.instead, found.also) == ("reserved_3y", (SPREAD,))
    asked = price(gpu="Example Leased", tenure="reserved_3y")
    assert (asked.caveats, asked.instead) == ((), None)


@pytest.mark.parametrize(("tenure", "kind"), [("reserved_1y", "for a reservation of 1 year"), ("spot", "on spot")])
def test_a_discount_is_taken_off_a_price_on_demand_alone(tenure: str, kind: str) -> None:
    found = price(gpu="Example Leased", tenure=tenure)
    assert (found.usd, found.also, found.instead) == (Decimal("1.20"), (SPREAD,), "reserved_3y")
    text = f"no price {kind} of Example Leased is known: this one is for a reservation of 3 years, Example Lease"
    assert found.caveats == (text,)


OFFERS = """
gpus:
  example-card:
    reference: year
    rentals:
      apart: {provider: Example Parts, host_apart: true, offer: on_demand, prices: [PRICE]}
      listed: {provider: Example List, sku: x8, gpus_in_sku: 8, region: north, offer: on_demand, prices: [UNDATED]}
"""
PRICE = "effective: 2026-01-01, usd_per_gpu_hour: 0.50, source: {title: t, checked: 2026-11-20}"


def with_offers(folder: Path, *, without: str = "") -> Catalog:
    """Lay further offers over the examples, and take one of theirs away."""
    text = OFFERS.replace("UNDATED", f"{{date: unknown, {PRICE}}}").replace("PRICE", f"{{{PRICE}}}")
    path = folder / "offers.yaml"
    path.write_text(text.replace("    rentals:", f"    rentals:\n{without}"), encoding="utf-8")
    return load_catalog(EXAMPLE_FILE, path)


def test_a_price_on_demand_is_taken_whatever_the_reference_is(tmp_path: Path) -> None:
    catalog = with_offers(tmp_path)
    found = price(catalog, gpu="Example Card")
    assert (found.usd, found.conditions, found.instead) == (Decimal(3), "Example Cloud, on demand", None)
    spot = price(catalog, gpu="Example Card", tenure="spot")  # what nobody lists is taken off the price on demand
    assert spot.usd / found.usd == 1 - catalog.assumption("spot_saving_realised").value
    reserved = price(catalog, gpu="Example Card", tenure="reserved_1y")
    assert (reserved.usd, reserved.instead) == (Decimal("2.20"), None)
    listed = price(with_offers(tmp_path, without="      hourly: null"), gpu="Example Card")
    assert (listed.usd, listed.conditions, listed.is_dated) == (
        Decimal("0.50"),
        "Example List x8, north, on demand",
        False,
    )
    assert (listed.source.checked, listed.source.seen) == (date(2026, 11, 20), date(2026, 1, 1))  # as old as can be
    assert listed.caveats == ("the day of the rent of Example Card is unknown: the list is from 2026-01-01 or later",)


def test_a_rent_without_the_machine_around_it_says_so(tmp_path: Path) -> None:
    found = price(with_offers(tmp_path), gpu="Example Card", rental="apart")
    assert (found.usd, found.instead) == (Decimal("0.50"), None)
    alone = "the rent of Example Card is for the GPU alone: Example Parts bills the machine around it apart"
    assert found.caveats == (alone,)


def test_a_figure_of_ones_own_names_its_place_or_its_source(overlay: Overlay) -> None:
    catalog = overlay("options: {mine: {kind: self_host, tokens_per_s: 1000, usd_per_gpu_hour: 2.50}}")
    mine = catalog.options["mine"]
    assert isinstance(mine, SelfHostOption)
    found = price_of("mine", mine, catalog, as_of=TODAY)
    assert (found.usd, found.conditions, found.also) == (Decimal("2.50"), "your own figure", ())  # no market spread
    assert found.source.title is not None
    assert found.source.title.startswith("your own figure, ")
    assert found.source.title.endswith("overlay.yaml:1:73")  # where the 2.50 stands
    assert (found.since, found.source.checked) == (TODAY, TODAY)
    quoted = price(usd_per_gpu_hour=Decimal("2.50"), source={"title": "a quote", "checked": date(2026, 10, 1)})
    assert (str(quoted.source), quoted.since) == ("a quote", date(2026, 10, 1))


def test_a_purchase_has_its_share_of_the_server_and_the_tax() -> None:
    found = price(gpu="Example Card", tenure="own")
    assert found.usd == 33_000  # 20,000 × (1 + 0.5) × (1 + 0.1)
    assert found.also == ("server_share_of_gpu_price", "sales_tax")
    assert (
        EXAMPLES.place(found.path).document.text.splitlines()[EXAMPLES.place(found.path).line - 1].strip()
        == "usd: 20_000"
    )
    own = price(gpu="Example Card", tenure="own", usd_per_gpu=25_000)
    assert (own.usd, own.also, own.path) == (Decimal(25_000), (), ("options", "mine", "usd_per_gpu"))  # as it was paid


def priced(requests: int = 1, catalog: Catalog = EXAMPLES, **fields: object) -> Estimate:
    form = option(**{"gpu": "Example Card", "tenure": "own", "spares": 0, "headroom": 1, **fields})
    month = Workload.single(requests=requests, output_tokens=1_000)
    return estimate(NamedOption("mine", form), month, catalog, as_of=TODAY)


def lines(one: Estimate) -> dict[str, Decimal]:
    return {line.item: line.usd for line in one.lines}


def test_interest_makes_the_same_machine_dearer() -> None:
    cheap, dear = (
        lines(priced(catalog=EXAMPLES.with_assumptions({"discount_rate": Decimal(rate)})))[
            "hardware, annuity less residual"
        ]
        for rate in ("0", "0.10")
    )
    # i = 1.1^(1/12) − 1 = 0.00797414, v = 1.1^−5 = 0.620921: (33,000 − 3,300 × v) × i / (1 − v) = 651.07
    assert (cheap, round(dear, 2)) == (Decimal(495), Decimal("651.07"))


def test_spares_of_an_owned_fleet_are_idle_and_draw_little() -> None:
    full = lines(priced(2_628_000, spares=1))
    # one GPU busy at 0.8 kW, the spare idle at 0.2 kW, each 730 h × PUE 1.5 × $0.10
    assert full["electricity, GPUs in use"] == Decimal("87.60")
    assert full["electricity, GPUs idle"] == Decimal("21.90")


@pytest.mark.parametrize(("gpu", "nodes"), [("Example Card", 1), ("Example Leased", 2), ("Example Unsold", 3)])
def test_nodes_are_as_large_as_the_gpus_own(gpu: str, nodes: int) -> None:
    # six GPUs in nodes of 8, 4 and 2
    own: dict[str, Any] = {"gpu": gpu, "gpus": 6, "usd_per_gpu": 6_000, "gpu_kw": Decimal("0.4")}
    assert lines(priced(**own))["space and remote hands"] == nodes * 1_000


def test_every_owned_line_names_what_it_rests_on() -> None:
    rests = {line.item: [str(path[1]) for path in (line.path, *line.also)] for line in priced(1_314_000).lines}
    bought = ["example-card", "server_share_of_gpu_price", "sales_tax"]
    assert rests == {
        "hardware, annuity less residual": [
            *bought,
            "economic_life",
            "residual_share_3y",
            "residual_share_5y",
            "discount_rate",
        ],
        "electricity, GPUs in use": ["electricity_price", "pue", "gpu_power_busy_share"],
        "electricity, GPUs idle": ["electricity_price", "pue", "gpu_power_idle_share"],
        "electricity, hosts": ["electricity_price", "pue", "host_power_8gpu"],
        "space and remote hands": ["rack_space_and_remote_hands"],
        "network and storage": ["network_and_storage"],
        "hardware support": [*bought, "hardware_support"],
    }
    stated = {line.item: line.also for line in priced(1_314_000, gpu_kw=1).lines}
    assert stated["electricity, GPUs in use"] == (("assumptions", "pue", "value"),)  # the draw was stated


def test_a_fleet_says_what_is_paid_and_used() -> None:
    two = Fleet(replicas=1, spares=1, gpus=2, hours=730, gpus_per_replica=1, requests=500, capacity=1_000)
    assert (two.paid, two.utilisation) == (1_460, Fraction(1, 4))
    listed = price(gpu="Example Card")
    lines = rent_lines(listed, two, option(gpu="Example Card"), EXAMPLES)
    rent = {line.item: line.quantity for line in lines}
    assert rent_usd(listed.usd, listed, two, option(gpu="Example Card"), EXAMPLES) == exact_usd(lines)
    assert rent == {"GPU rent, in use": 365, "GPU rent, idle": 365, "GPU rent, spare": 730}


def test_a_month_has_730_hours_unless_the_option_says_otherwise() -> None:
    assert hours_of(option(gpu="Example Card")) == 730
    assert hours_of(option(gpu="Example Card", hours_per_month=Decimal("182.5"))) == Fraction(365, 2)


# --- where owned machines stand --------------------------------------------------------------------------------------

DESKS = """
assumptions: {discount_rate: 0, economic_life: 4, residual_share_3y: 0.28, residual_share_5y: 0.10, pue: 1.5,
  electricity_price: 0.10, gpu_power_busy_share: 0.8, gpu_power_idle_share: 0.12, host_power_8gpu: 2,
  rack_space_and_remote_hands: 1000, network_and_storage: 670, hardware_support: 0.08, server_share_of_gpu_price: 0.35,
  sales_tax: 0}
gpus:
  studio: {name: Studio, vendor: Apple, architecture: x, memory_gb: 512, bandwidth_gb_per_s: 819,
    dense_tflops: {bf16: 57}, tdp_w: 295, gpus_per_node: 1, placement: complete_machine, trust: recalled,
    source: {title: x, checked: 2026-11-01},
    purchase: {prices: [{effective: 2026-01-01, usd: 9499, low: 9499, high: 9499, source: {title: x, checked: 2026-11-01}}]}}
"""


def stands(catalog: Catalog, **fields: object) -> Estimate:
    """An owned machine that serves one request a month."""
    return priced(1, catalog, gpu="Studio", **fields)


def test_a_mac_is_a_complete_machine_in_an_office(overlay: Overlay) -> None:
    found = stands(overlay(DESKS))
    by_part = {
        line.part: total_usd([other for other in found.lines if other.part == line.part]) for line in found.lines
    }
    # 9,499 × (1 − 0.19) ÷ 48 = 160.30; no share of a server on top of the price
    assert round(by_part["purchase"], 2) == Decimal("160.30")
    # one request keeps it busy for 1 s: 730 h × 0.295 kW × 0.12 × $0.10 = 2.58; PUE 1, and no host beside the machine
    assert round(by_part["power"], 2) == Decimal("2.58")
    assert round(by_part["support"], 2) == Decimal("63.33")  # 9,499 × 8 % ÷ 12
    assert set(by_part) == {"purchase", "power", "support"}  # no place in a rack, no data-centre network
    assert "pue" not in found.assumptions


def test_the_same_machine_in_a_rack_pays_for_the_rack(overlay: Overlay) -> None:
    catalog = overlay(DESKS)
    racked = lines(stands(catalog, placement="datacenter"))
    # 9,499 × 1.35 × 0.81 ÷ 48 = 216.40; 0.25 kW of host × 730 h × PUE 1.5 × $0.10 = 27.38
    assert round(racked["hardware, annuity less residual"], 2) == Decimal("216.40")
    assert round(racked["electricity, hosts"], 3) == Decimal("27.375")
    assert (racked["space and remote hands"], racked["network and storage"]) == (Decimal(1000), Decimal(670))
    desk = lines(stands(catalog, placement="workstation"))
    # a card needs a computer around it: the share of the server and the host's power stay, PUE and rack do not
    assert round(desk["hardware, annuity less residual"], 2) == Decimal("216.40")
    assert desk["electricity, hosts"] == Decimal("18.25")  # 0.25 kW × 730 h × $0.10
    assert not {"space and remote hands", "network and storage"} & set(desk)


def test_placement_is_of_owned_machines_only() -> None:
    with pytest.raises(ValidationError, match="placement says where owned machines stand"):
        option(gpu="Example Card", placement="workstation")


@pytest.mark.parametrize(
    ("gpu", "placement"),
    [("RTX 4090", "workstation"), ("M3 Ultra", "complete_machine"), ("H100 SXM", "datacenter")],
)
def test_shipped_gpus_say_where_they_stand(gpu: str, placement: str, catalog: Catalog) -> None:
    assert placement_of(option(gpu=gpu), catalog) == placement
    assert placement_of(option(usd_per_gpu_hour=1), catalog) == "datacenter"
