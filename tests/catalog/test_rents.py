"""The shipped rents: what is taken by default, and what each says of its cloud, machine, region, terms and day."""

from __future__ import annotations

from datetime import date

import pytest

from costcalc import Catalog
from costcalc.catalog.forms.hardware import Rental
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.cost.machines import price_of

TODAY = date(2026, 11, 27)


def rents(catalog: Catalog) -> list[tuple[str, str, Rental]]:
    return [(gpu.gpu, name, rental) for gpu in catalog.gpus.values() for name, rental in gpu.rentals.items()]


def test_every_gpu_that_is_rented_on_demand_takes_such_a_price_with_its_machine(catalog: Catalog) -> None:
    for gpu in catalog.gpus.values():
        offered = {rental.offer for rental in gpu.rentals.values() if not rental.host_apart}
        if "on_demand" in offered:
            assert gpu.reference is not None
            taken = gpu.rentals[gpu.reference]
            assert (gpu.gpu, taken.offer, taken.host_apart) == (gpu.gpu, "on_demand", False)


@pytest.mark.parametrize(
    ("gpu", "usd", "instead"),
    [
        ("h100-sxm", "2.69", None),  # RunPod secure cloud, as before
        ("b300-sxm", "6.99", None),  # Verda; before, 3.48 for a reservation of three years
        ("gb200-nvl72", "10.5", None),  # CoreWeave, 42.00 for 4; before, 3.30 likewise
        ("gb300-nvl72", "18.0", None),  # Oracle, 72 for 4; before, 3.96
        ("mi300x", "6.0", None),  # Oracle, 48 for 8; before, 1.55
        ("mi355x", "8.6", None),  # Oracle, 68.80 for 8; before, 2.10
        ("mi325x", "1.80", "reserved_3y"),  # nobody is known to rent it on demand
        ("aws-trainium2-chip", "1.4414", "spot"),  # on demand in capacity blocks alone
    ],
)
def test_the_default_is_a_price_on_demand_or_says_what_else_it_is(
    gpu: str, usd: str, instead: str | None, catalog: Catalog
) -> None:
    option = SelfHostOption.model_validate({"kind": "self_host", "tokens_per_s": 1000, "gpu": gpu})
    found = price_of("mine", option, catalog, as_of=TODAY)
    assert (float(found.usd), found.instead) == (float(usd), instead)
    assert any("no price on demand" in text for text in found.caveats) == (instead is not None)


def test_a_rent_of_a_list_says_its_machine_region_and_that_its_day_is_unknown(catalog: Catalog) -> None:
    read = date(2026, 11, 27)  # the lists that were read that day; two older entries quote one of them
    listed = [
        one
        for one in rents(catalog)
        if "skypilot-catalog" in str(one[2].prices[-1].source) and one[2].prices[-1].source.checked == read
    ]
    undated = [one for one in rents(catalog) if one[2].prices[-1].date is not None]
    assert len(listed) > 180
    for gpu, name, rental in listed:
        assert None not in (rental.sku, rental.gpus_in_sku, rental.region), f"{gpu}: {name}"
        assert rental.prices[-1].date == "unknown", f"{gpu}: {name}"
    clouds = {rental.provider for _, _, rental in rents(catalog)}
    assert clouds >= {"AWS", "Google Cloud", "Oracle Cloud", "Azure", "CoreWeave", "Lambda", "Nebius"}
    assert {gpu for gpu, _, _ in undated} >= {"b300-sxm", "gb300-nvl72", "mi300x", "mi355x", "t4", "a10", "gh200"}


def test_what_a_list_shows_below_its_own_spot_price_stays_out(catalog: Catalog) -> None:
    # commitments by their size: us-central1's A100 80GB at 1.8462 and H100 at 4.20076, H200 at 36.60258 for 8
    doubtful = {"a100-80gb-sxm": 1.8462, "h100-sxm": 4.20076, "h200-sxm": 36.60258 / 8, "b200-sxm": 64.44 / 8}
    for gpu, usd in doubtful.items():
        google = [one for one in catalog.gpus[gpu].rentals.values() if one.provider == "Google Cloud"]
        assert google
        assert all(abs(float(one.prices[-1].usd_per_gpu_hour) - usd) > 0.01 for one in google)
    assert all(one.prices[-1].usd_per_gpu_hour < 50 for _, _, one in rents(catalog))  # 700 stands for no price there


def test_what_a_gpu_costs_on_spot_is_less_than_on_demand_at_the_same_place(catalog: Catalog) -> None:
    for gpu, name, rental in rents(catalog):
        on_demand = catalog.gpus[gpu].rentals.get(name.removesuffix("-spot"))
        if rental.offer == "spot" and on_demand is not None and on_demand is not rental:
            assert rental.prices[-1].usd_per_gpu_hour < on_demand.prices[-1].usd_per_gpu_hour
