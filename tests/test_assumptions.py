"""Every shipped assumption moves some result; one that moves none would be overridden in vain."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from conftest import Cli, Write

from costcalc import Catalog, CostcalcError, Estimate, Shape, Workload, estimate, load_catalog
from costcalc.catalog.forms.assumptions import bounds_of_unit
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.catalog.things import NamedOption

TODAY = date(2026, 11, 22)
SHIPPED = load_catalog().assumptions

# Read by nothing yet. Delete the line with the change that reads it, and add a row below.
NOT_READ_YET = {"lead_time": "months until machines stand"}

Figure = Callable[[Catalog], object]


def _priced(catalog: Catalog, work: Workload, **fields: object) -> Estimate:
    form = SelfHostOption.model_validate({"kind": "self_host", "gpu": "H100 SXM", **fields})
    return estimate(NamedOption("mine", form), work, catalog, as_of=TODAY)


def usd(*, mtok: int = 100, batchable: int = 0, **fields: object) -> Figure:
    """What a self-hosted option costs [USD/month]; one replica generates 2,628 Mtok a month at 1,000 tokens/s."""
    work = Workload.single(requests=mtok * 1_000, output_tokens=1_000, batchable_share=batchable)
    return lambda catalog: _priced(catalog, work, **fields).monthly_usd


def blend_usd(name: str) -> Figure:
    work = Workload.single(requests=1_000, input_tokens=1_000, output_tokens=1_000)
    return lambda catalog: estimate(name, work, catalog, as_of=TODAY).monthly_usd


def counted_usd(catalog: Catalog) -> Decimal:
    work = replace(Workload.single(requests=1_000, input_tokens=1_000, output_tokens=1_000), tokens_as="claude-3")
    return estimate("claude-opus-4-7", work, catalog, as_of=TODAY).monthly_usd


def answer_usd(option: str) -> Figure:
    """What answers cost at a model that reasons [USD/month]; so many that a deployment of it grows too."""
    work = Workload(10_000_000, (Shape({"output": 1_000}, is_answer=True),))
    return lambda catalog: estimate(option, work, catalog, as_of=TODAY).monthly_usd


def availability(catalog: Catalog) -> Decimal:
    deployment = _priced(catalog, Workload.single(requests=1, output_tokens=1_000), tokens_per_s=1_000).deployment
    assert deployment is not None
    return deployment.availability


def _monthly(result: Any) -> object:  # noqa: ANN401  # a document
    return result["estimates"][0]["monthly_usd"]


RENTED: dict[str, Any] = {"tokens_per_s": 1_000}
MODELLED: dict[str, Any] = {"model": "Qwen3-32B", "weights": "fp8"}
OWNED: dict[str, Any] = {"tokens_per_s": 1_000, "tenure": "own"}
BILLED: dict[str, Any] = {"tokens_per_s": 1_000, "costs": "all"}
TUNED: dict[str, Any] = {**BILLED, "fine_tuned": True}
FIGURES: dict[str, Figure] = {
    "server_share_of_gpu_price": usd(**OWNED),
    "economic_life": usd(**OWNED),
    "residual_share_3y": usd(**OWNED),  # a life of four years lies between three and five
    "residual_share_5y": usd(**OWNED),
    "sales_tax": usd(**OWNED),
    "electricity_price": usd(**OWNED),
    "pue": usd(**OWNED),
    "gpu_power_busy_share": usd(**OWNED),
    "gpu_power_idle_share": usd(**OWNED),
    "host_power_8gpu": usd(**OWNED),
    "rack_space_and_remote_hands": usd(**OWNED),
    "network_and_storage": usd(**OWNED),
    "hardware_support": usd(**OWNED),
    "discount_rate": usd(**OWNED),
    "rental_price_spread": usd(**RENTED),
    "commit_discount_1y": usd(gpu="L4", tenure="reserved_1y", **RENTED),  # nobody's reservation of an L4 is listed
    "commit_discount_3y": usd(gpu="L4", tenure="reserved_3y", **RENTED),
    "spot_saving_realised": usd(tenure="spot", **RENTED),
    "spot_interruptions": usd(tenure="spot", batchable=1, **RENTED),
    "spot_lost_work": usd(tenure="spot", batchable=1, **RENTED),
    "scale_to_zero_warm": usd(autoscale=True, min_replicas=0, **RENTED),
    "spot_discount": usd(tenure="spot", batchable=1, **RENTED),
    "headroom": usd(mtok=2_000, **RENTED),  # × 1.1 is one replica, × 1.5 two
    "spare_replicas": usd(**RENTED),
    "replica_availability": availability,
    "throughput_factor": usd(mtok=20_000, **MODELLED),
    "tpot_target": usd(mtok=20_000, **MODELLED),
    "fte_share_small": usd(**BILLED),
    "fte_share_production": usd(mtok=10_000, **BILLED),
    "gpus_per_fte": usd(mtok=400_000, **BILLED),  # 191 replicas with headroom: 1.9 to 3.8 people
    "mlops_engineer_cost": usd(**BILLED),
    "initial_build": usd(**BILLED),
    "horizon": usd(**BILLED),
    "model_upgrade_effort": usd(**BILLED),
    "model_upgrades_per_year": usd(**BILLED),
    "observability": usd(**BILLED),
    "gpu_software_licence": usd(**BILLED),
    "storage_price": usd(**BILLED),
    "stored_data": usd(**BILLED),
    "egress_price": usd(**BILLED),
    "egress_bytes_per_token": usd(**BILLED),
    "evaluation_tokens": usd(**BILLED),
    "judge_price": usd(**BILLED),
    "judge_share": usd(**BILLED),
    "finetune_price": usd(**TUNED),
    "finetune_corpus": usd(**TUNED),
    "finetune_refreshes_per_year": usd(**TUNED),
    "label_cost": usd(**TUNED),
    "labels_per_refresh": usd(**TUNED),
    "reject_rate": usd(**TUNED),
    "router_overhead": blend_usd("opus-4.6-10-r1-32b-hosted-90"),
    "escalation_rate": blend_usd("r1-32b-escalated-to-opus-4.6"),
    "claude_4_7_tokens_per_claude_3": counted_usd,
    "reasoning_deepseek_r1": answer_usd("deepseek-r1-api"),
    "reasoning_claude_opus_4_1": answer_usd("claude-opus-4-1"),
    "reasoning_gpt_oss_120b": answer_usd("gpt-oss-120b-h100"),
    "reasoning_gemini_2_5_pro": answer_usd("google/gemini-2.5-pro"),
}

PROJECT = ("project", "--tokens", "1e9", "--months", "24", "--options", "gpt-5.2-api,r1-distill-32b-h100")
LEAVING = (*PROJECT, "--from", "gpt-5.2-api")
RECOMMEND = ("recommend", "--tokens", "1e8", "--options", "mine")
RIVALS = ("--options", "gpt-5.4-api,gemini-3.1-pro-api", "--assume-suffices", "gpt-5.4-api,gemini-3.1-pro-api")


def sure(result: Any) -> object:  # noqa: ANN401  # a document
    """How sure the recommended option is the cheaper of two."""
    return result["recommendation"]["runner_up"]["probability"]


# what a command itself reads: the arguments, and the figure of its result
COMMANDS: dict[str, tuple[tuple[str, ...], Callable[[Any], object]]] = {
    # a fee of $5 per 1,000 requests: fewer and longer ones pay less
    "output_tokens_per_request": (("compare", "--tokens", "1e6", "--options", "perplexity/sonar"), _monthly),
    "input_tokens_per_request": (("compare", "--requests", "1e6", "--options", "gpt-5.2-api"), _monthly),
    "peak_to_mean": (("compare", "--requests", "1e8", "--options", "r1-distill-32b-h100"), _monthly),
    # only where people are counted is it unknown how often they ask again
    "retry_rate": (("compare", "--seats", "5", "--kind", "research", "--options", "gpt-5.2-api"), _monthly),
    "reasoning_token_multiplier": (
        ("compare", "--requests", "1e6", "--reasoning", "--options", "gpt-5.2-api"),
        _monthly,
    ),
    "target_utilisation": (
        ("size", "Qwen3-32B", "--gpu", "H100", "--weights", "fp8"),
        lambda result: result["deployments"][0]["usd_per_mtok_at_target"],
    ),
    "api_price_decline_same_model": (PROJECT, lambda result: [one["total_usd"] for one in result["options"]]),
    "api_price_decline_same_capability": (
        (*PROJECT, "--requalify-every", "6"),
        lambda result: [one["total_usd"] for one in result["options"]],
    ),
    "migration_months": (LEAVING, lambda result: [one["total_usd"] for one in result["options"]]),
    "dual_running_months": (LEAVING, lambda result: [one["total_usd"] for one in result["options"]]),
    # $1.2M a month with either seller: a quarter off closes the gap, and none below $5,000
    "negotiated_discount": (("recommend", "--tokens", "5e10", *RIVALS), sure),
    "negotiated_discount_from": (("recommend", "--tokens", "1e9", *RIVALS), sure),
    # at 0.02 of an engineer the mix pays for its router, at 0.15 it does not
    "routing_upkeep_fte": (
        ("recommend", "--tokens", "5e7", "--options", "claude-sonnet-5.5-api,r1-0528-novita"),
        lambda result: result["recommendation"]["option"],
    ),
    # five people can share on-call with four, not where six are needed
    "oncall_engineers": ((*RECOMMEND, "--team-fte", "5"), lambda result: [rule["id"] for rule in result["rules"]]),
    # a replica of 8B may start in 30 s or not, one of 32B in 100 s or not
    "cold_start_8b": ((*RECOMMEND, "--cold-start", "30"), lambda result: result["excluded"]),
    "cold_start_70b": ((*RECOMMEND, "--cold-start", "100"), lambda result: result["excluded"]),
}
MINE = {
    "cold_start_8b": "{kind: self_host, model: DeepSeek-R1-Distill-Llama-8B, gpu: L4, weights: fp8, autoscale: true}",
    "cold_start_70b": "{kind: self_host, model: DeepSeek-R1-Distill-Qwen-32B, gpu: H100, weights: fp8, autoscale: true}",
}
PLAIN = "{kind: self_host, model: DeepSeek-R1-Distill-Qwen-32B, gpu: H100, weights: fp8}"


def test_every_shipped_assumption_has_a_figure_that_it_moves() -> None:
    assert sorted([*FIGURES, *COMMANDS, *NOT_READ_YET]) == sorted(SHIPPED)  # each once


@pytest.mark.parametrize("name", FIGURES)
def test_an_assumption_moves_what_an_option_costs(name: str, catalog: Catalog) -> None:
    low, high = (catalog.with_assumptions({name: end}) for end in (SHIPPED[name].low, SHIPPED[name].high))
    assert FIGURES[name](low) != FIGURES[name](high)


@pytest.mark.parametrize("name", FIGURES)
def test_whatever_its_unit_allows_gives_a_figure(name: str, catalog: Catalog) -> None:
    for end in bounds_of_unit(SHIPPED[name].unit):
        try:
            found = FIGURES[name](catalog.with_assumptions({name: end}))
        except CostcalcError as error:  # a sentence, where no machine serves so much; never a division by zero
            assert str(error).strip()
        else:
            assert isinstance(found, Decimal)
            assert found.is_finite()
            assert found >= 0


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("name", COMMANDS)
def test_an_assumption_moves_what_a_command_says(name: str, cli: Cli, written: Write) -> None:
    command, figure = COMMANDS[name]
    said = []
    for end in (SHIPPED[name].low, SHIPPED[name].high):
        written(f"options:\n  mine: {MINE.get(name, PLAIN)}\nassumptions:\n  {name}: {end}\n")
        run = cli(*command, "--as-of", str(TODAY), "--format", "json")
        result = json.loads(run.out)["result"]
        said.append((run.status, figure(result) if result is not None else None))
    assert said[0] != said[1]


def test_one_that_nothing_reads_would_be_found() -> None:
    """The table itself is looked at: a figure that does not depend on its assumption fails."""
    catalog = load_catalog()
    same = [usd(**RENTED)(catalog.with_assumptions({"pue": end})) for end in (Decimal("1.1"), Decimal("1.8"))]
    assert same[0] == same[1] == Fraction("1963.70")  # rent of 730 h × $2.69 holds no electricity
