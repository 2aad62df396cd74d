"""The bill beside the machines: who runs it, what stands there at nothing, and what each line rests on."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from costcalc import Workload, load_catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.cost.bill import bill_lines, staff
from costcalc.cost.estimate import CostLine
from costcalc.cost.fleet import Fleet
from costcalc.units import Count

EXAMPLES = load_catalog(Path(__file__).parents[1] / "cases" / "example_hardware.yaml")
MONTH = Workload.single(requests=1_000, input_tokens=3_000, output_tokens=1_000)


def option(**fields: object) -> SelfHostOption:
    return SelfHostOption.model_validate({"kind": "self_host", "tokens_per_s": 1000, "usd_per_gpu_hour": 3, **fields})


def fleet(gpus: Count, *, replicas: Count = 1, spares: int = 0) -> Fleet:
    return Fleet(replicas, spares, gpus, 730, gpus_per_replica=1, requests=0, capacity=1)


def billed(months: Count = 36, **fields: object) -> dict[str, CostLine]:
    return {line.item: line for line in bill_lines(option(**fields), fleet(1), MONTH, EXAMPLES, months=months)}


@pytest.mark.parametrize(
    ("of", "fte", "rests_on"),
    [
        (fleet(1), Fraction(1, 4), ("fte_share_small", "gpus_per_fte")),
        (fleet(8), Fraction(1, 4), ("fte_share_small", "gpus_per_fte")),  # one replica of 8 GPUs: 8 / 50 is less
        (fleet(20), Fraction(2, 5), ("fte_share_small", "gpus_per_fte")),  # 20 / 50
        (fleet(2, spares=1), 1, ("fte_share_production", "gpus_per_fte")),
        (fleet(2, replicas=2), 1, ("fte_share_production", "gpus_per_fte")),
        (
            fleet(Fraction(3, 2), replicas=Fraction(3, 2)),
            1,
            ("fte_share_production", "gpus_per_fte"),
        ),  # on average more than one
        (fleet(50, replicas=50), 1, ("fte_share_production", "gpus_per_fte")),  # 50 / 50 is no more than one
        (fleet(75, replicas=75), Fraction(3, 2), ("fte_share_production", "gpus_per_fte")),
    ],
)
def test_people_go_by_the_size_of_the_fleet(of: Fleet, fte: Count, rests_on: tuple[str, ...]) -> None:
    assert staff(option(), of, EXAMPLES) == (fte, rests_on)


def test_people_who_are_stated_rest_on_no_assumption() -> None:
    assert staff(option(people_fte=Decimal("0.1")), fleet(500), EXAMPLES) == (Fraction(1, 10), ())
    assert staff(option(people_fte=0), fleet(500), EXAMPLES) == (0, ())


def test_what_is_not_needed_stands_there_at_nothing() -> None:
    free = [item for item, line in billed(people_fte=0).items() if not line.amount or not line.unit_price_usd]
    assert free == ["people who run it", "fine-tuning and refreshes", "data verification", "GPU software licence"]


@pytest.mark.parametrize(("months", "usd"), [(36, 800), (12, 2_400), (60, 480)])
def test_the_build_is_spread_over_the_horizon(months: int, usd: int) -> None:
    # 6 person-weeks × $4,800 = $28,800
    assert billed(months)["engineering to build it, spread"].usd == usd
    assert billed(months)["model upgrades"].usd == 480  # comes every year, whatever the horizon


def test_every_line_names_its_price_and_what_its_amount_rests_on() -> None:
    lines = billed(fine_tuned=True)
    rests_on = {item: [str(path[1]) for path in (line.path, *line.also)] for item, line in lines.items()}
    assert rests_on == {
        "people who run it": ["mlops_engineer_cost", "fte_share_small", "gpus_per_fte"],
        "engineering to build it, spread": ["mlops_engineer_cost", "initial_build"],
        "model upgrades": ["mlops_engineer_cost", "model_upgrade_effort", "model_upgrades_per_year"],
        "fine-tuning and refreshes": ["finetune_price", "finetune_corpus", "finetune_refreshes_per_year"],
        "data verification": ["label_cost", "labels_per_refresh", "reject_rate", "finetune_refreshes_per_year"],
        "evaluation of releases": ["judge_price", "evaluation_tokens", "model_upgrades_per_year"],
        "evaluation of traffic": ["judge_price", "judge_share"],
        "observability": ["observability"],
        "GPU software licence": ["gpu_software_licence"],
        "storage": ["storage_price", "stored_data"],
        "egress": ["egress_price", "egress_bytes_per_token"],
    }
    assert {item: (line.unit, str(line.quantity)) for item, line in lines.items()} == {
        "people who run it": ("FTE-year", "0.02083333333333333333333333333"),  # 0.25 / 12
        "engineering to build it, spread": ("FTE-year", "0.003205128205128205128205128206"),  # 6 / 36 / 52
        "model upgrades": ("FTE-year", "0.001923076923076923076923076923"),  # 2 × 3 / 12 / 260
        "fine-tuning and refreshes": ("Mtok", "7.5"),
        "data verification": ("label", "1250"),  # 2,000 / 0.8 × 6 / 12
        "evaluation of releases": ("Mtok", "5"),
        "evaluation of traffic": ("Mtok", "0.04"),  # 1 % of 4 Mtok
        "observability": ("month", "1"),
        "GPU software licence": ("GPU-year", "0.08333333333333333333333333333"),  # 1 / 12
        "storage": ("GB-month", "500"),
        "egress": ("GB", "0.004"),  # 1 Mtok × 4 bytes
    }


def test_work_is_priced_once_at_the_loaded_cost() -> None:
    # 0.25 × 249,600 / 12: benefits are in the cost already
    assert billed()["people who run it"].usd == 5_200
