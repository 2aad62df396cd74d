"""Worked cases of self-hosting, and what holds at any volume."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costcalc import Catalog, Deployment, Estimate, UndecidableError, Workload, estimate, load_catalog
from costcalc.analysis.sizing import Wish, size
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.catalog.things import NamedOption
from costcalc.cost.hardware import Serving
from costcalc.cost.policy import Policy, with_policy
from costcalc.cost.replica import Request
from costcalc.cost.setup import setup_of
from costcalc.files import parse_yaml
from costcalc.findings import Document
from costcalc.scenario import WorkloadEntry
from costcalc.units import MTOK, Count, decimal

TABLES = Path(__file__).parents[1] / "cases"
TODAY = date(2026, 11, 22)
CASES: list[dict[str, Any]] = parse_yaml(Document("selfhost.yaml", (TABLES / "selfhost.yaml").read_text())).plain()  # type: ignore[assignment]
EXAMPLES = load_catalog(TABLES / "example_hardware.yaml")
H100 = "r1-distill-32b-h100"  # DeepSeek-R1-Distill-Qwen-32B at FP8 on one H100, under the assumptions' policy


def priced(workload: Workload, catalog: Catalog = EXAMPLES, as_of: date = TODAY, **option: object) -> Estimate:
    form = SelfHostOption.model_validate({"kind": "self_host", **option})
    return estimate(NamedOption("mine", form), workload, catalog, as_of=as_of)


def fleet(one: Estimate) -> Deployment:
    assert one.deployment is not None
    return one.deployment


def month(requests: int, size: int = 1_000) -> Workload:
    return Workload.single(requests=requests, output_tokens=size)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_case(case: dict[str, Any]) -> None:
    catalog = EXAMPLES
    for name, value in case.get("assumptions", {}).items():
        catalog = catalog.with_assumptions({name: Decimal(value)})
    workload = WorkloadEntry.model_validate(case["workload"]).to_workload(case["name"])
    as_of = date.fromisoformat(case.get("as_of", "2026-11-22"))
    if "error" in case:
        with pytest.raises(UndecidableError) as caught:
            priced(workload, catalog, as_of, **case["option"])
        assert caught.value.reason == case["error"]
        return
    result = priced(workload, catalog, as_of, **case["option"])
    lines, expected = {line.item: line.usd for line in result.lines}, case.get("lines", {})
    assert {item: lines.get(item) for item in expected} == expected
    if "monthly_usd" in case:
        assert result.monthly_usd == case["monthly_usd"]
        assert not expected or lines == expected  # a total with lines has no others
    for name in {"replicas", "gpus", "utilisation"} & set(case):
        assert decimal(getattr(fleet(result), name)) == case[name]


@pytest.mark.parametrize("field", ["monthly_usd", "replicas", "gpus", "utilisation"])
def test_every_figure_of_the_table_is_looked_at(field: str) -> None:
    wrong = {**CASES[0], field: 99}
    with pytest.raises(AssertionError):
        test_worked_case(wrong)


# --- the bars of the issue --------------------------------------------------------------------------------------


def test_a_million_tokens_a_month_cost_the_whole_rent(catalog: Catalog) -> None:
    result = estimate(H100, Workload.single(requests=2_000, output_tokens=500), catalog, as_of=TODAY)
    assert result.monthly_usd == Decimal("1963.70")  # $2.69 × 730 h, for 1 Mtok
    assert [line.item for line in result.lines] == ["GPU rent, in use", "GPU rent, idle"]
    assert fleet(result).utilisation < Fraction(1, 1000)
    assert result.caveats[:2] == (
        "the machines alone: people, engineering and upkeep are on the whole bill (costcalc tco)",
        "sized for requests without a prompt: with --input-tokens it serves fewer",
    )


@pytest.mark.parametrize(("input_tokens", "output_tokens"), [(1_000, 1_000), (4_000, 500), (100, 2_000)])
def test_a_full_replica_costs_what_sizing_says_of_full_load(
    catalog: Catalog, input_tokens: int, output_tokens: int
) -> None:
    catalog = with_policy(catalog, Policy(headroom=Decimal(1)))  # with headroom no replica is ever full
    option = catalog.option(H100).option
    assert isinstance(option, SelfHostOption)
    wish = Wish(
        request=Request(input_tokens, output_tokens),
        tpot_ms=float(catalog.assumption("tpot_target").value),
        concurrency=None,
        serving=Serving("bf16"),
        kv=option.kv,
        day=TODAY,
        utilisation=Decimal(1),
    )
    alone = Workload.single(requests=1, input_tokens=input_tokens, output_tokens=output_tokens)
    requests = int(fleet(estimate(H100, alone, catalog, as_of=TODAY)).full_mtok * MTOK / output_tokens)
    full = Workload.single(requests=requests, input_tokens=input_tokens, output_tokens=output_tokens)
    result = estimate(H100, full, catalog, as_of=TODAY)
    assert (fleet(result).replicas, fleet(result).utilisation) == (1, 1)
    sized = size(setup_of(option, catalog), wish, catalog).usd_per_mtok(utilisation=Decimal(1))
    assert sized is not None
    paid = result.monthly_usd * MTOK / decimal(full.output_tokens)
    assert abs(paid / sized - 1) < Decimal("1e-4")
    assert abs(fleet(result).full_usd_per_mtok / sized - 1) < Decimal("1e-4")


def test_half_a_dollar_per_mtok_holds_on_an_h100_that_is_about_half_busy(catalog: Catalog) -> None:
    """A bar for the throughput model: FP8 on one H100, 1,000 tokens in, 1,000 out."""
    shape = Workload.single(requests=1, input_tokens=1_000, output_tokens=1_000)
    share = fleet(estimate(H100, shape, catalog, as_of=TODAY)).utilisation_at(Decimal("0.50"))
    # $2.69/h ÷ $0.50/Mtok = 1,494 tokens/s; at 0.35 it does 4,270 tokens/s, at 0.60 it does 2,490
    assert Decimal("0.35") < share < Decimal("0.60")


# --- what holds at any volume -----------------------------------------------------------------------------------

VOLUMES = st.fractions(Fraction(1, 1000), 10**9, max_denominator=1000)
FLEETS = st.fixed_dictionaries(
    {
        "gpu": st.just("Example Card"),
        "gpus": st.integers(1, 8),
        "tokens_per_s": st.decimals(1, 100_000, places=2),
        "spares": st.integers(0, 3),
        "headroom": st.decimals("0.1", 2, places=2),
        "node_gpus": st.sampled_from([1, 8]),
        "autoscale": st.booleans(),
    }
)


@pytest.mark.no_cover  # a table of what other tests cover
@settings(max_examples=200)
@given(VOLUMES, FLEETS)
def test_the_lines_of_a_rented_fleet_add_up_to_its_rent(requests: Fraction, option: dict[str, Any]) -> None:
    result = priced(Workload.single(requests=requests, output_tokens=700), **option)
    rent = Fraction(3) * 730 * fleet(result).gpus
    assert sum(Fraction(line.unit_price_usd) * line.amount for line in result.lines) == rent
    assert result.monthly_usd == decimal(rent)
    assert all(line.amount > 0 for line in result.lines)
    assert 0 < fleet(result).utilisation <= 1


@pytest.mark.no_cover  # a table of what other tests cover
@settings(max_examples=200)
@given(VOLUMES, VOLUMES, FLEETS)
def test_more_requests_never_cost_less(one: Fraction, other: Fraction, option: dict[str, Any]) -> None:
    few, many = (
        priced(Workload.single(requests=volume, output_tokens=700), **option).monthly_usd
        for volume in sorted((one, other))
    )
    assert few <= many


@pytest.mark.no_cover  # a table of what other tests cover
@settings(max_examples=200)
@given(VOLUMES, VOLUMES)
def test_more_requests_never_cost_less_under_the_throughput_model(one: Fraction, other: Fraction) -> None:
    few, many = (
        estimate(H100, Workload.single(requests=volume, output_tokens=500), EXAMPLES, as_of=TODAY)
        for volume in sorted((one, other))
    )
    assert few.monthly_usd <= many.monthly_usd
    assert many.monthly_usd == Decimal("2.69") * 730 * decimal(fleet(many).gpus)


# --- what an estimate says beside its figure --------------------------------------------------------------------


def test_an_estimate_names_its_price_and_its_fleet() -> None:
    result = priced(month(262_800), gpu="Example Card", tokens_per_s=1000, spares=1, headroom=1)
    assert (result.option, result.kind, result.side) == ("mine", "self_host", "build")
    assert (str(result.source), result.price_date) == ("https://example.com/hourly", date(2026, 7, 1))
    assert fleet(result)._replace(utilisation=0) == Deployment(
        model=None,
        gpu="Example Card",
        weights=None,
        gpus=2,
        gpus_per_replica=1,
        replicas=1,
        spares=1,
        utilisation=0,
        output_tokens_per_s=1000.0,
        low=1000.0,  # measured, so there is no interval
        high=1000.0,
        measured=True,
        tpot_ms=None,
        bottleneck=None,
        full_mtok=Decimal(5256),  # both GPUs at 1,000 tokens/s: 2 × 2,628 Mtok
        availability=Decimal("0.9999"),  # down only where both are: 1 − 0.01²
        machines_usd=Decimal(4380),
        upfront_usd=Decimal(0),
        policy="1 replica for the peak, 1 spare",
    )
    assert fleet(result).full_usd_per_mtok == Decimal(4380) / 5256


def test_the_purchase_is_paid_before_the_first_token() -> None:
    option: dict[str, Any] = {
        "gpu": "Example Card",
        "gpus": 8,
        "tokens_per_s": 1000,
        "tenure": "own",
        "spares": 1,
        "headroom": 1,
    }
    result = priced(month(1), **option)
    assert fleet(result).upfront_usd == 16 * 33_000  # the spare is bought too; $20,000 × 1.5 × 1.1 each
    assert fleet(result).machines_usd == result.monthly_usd


def test_people_are_no_machines() -> None:
    option: dict[str, Any] = {"gpu": "Example Card", "tokens_per_s": 1000, "spares": 0, "headroom": 1}
    alone, whole = priced(month(1), **option), priced(month(1), costs="all", **option)
    assert fleet(whole).machines_usd == alone.monthly_usd == 2190
    assert whole.monthly_usd > 2190
    without_spare = "without a spare it is down about 7.3 hours a month (1 % of 730): --spares 1"
    assert alone.caveats == (
        "the machines alone: people, engineering and upkeep are on the whole bill (costcalc tco)",
        without_spare,
    )
    step = (
        "0.25 FTE runs it; with a second replica or a spare it is production (fte_share_production; people_fte: yours)"
    )
    assert whole.caveats == (step, without_spare)  # nothing is left out of the whole bill
    spared = priced(month(1), costs="all", **{**option, "spares": 1})
    step = (
        "1 FTE runs it; more than one replica is production, one alone takes less (fte_share_small; people_fte: yours)"
    )
    assert spared.caveats == (step,)
    assert priced(month(1), costs="all", people_fte=2, **option).caveats == (without_spare,)


def test_measured_and_stated_figures_rest_on_no_assumption_of_size() -> None:
    stated: dict[str, Any] = {"gpu": "Example Card", "tokens_per_s": 1000, "spares": 0, "headroom": 1}
    assert priced(month(1), **stated).assumptions == ("replica_availability", "rental_price_spread")
    left_out: dict[str, Any] = {"gpu": "Example Card", "tokens_per_s": 1000}
    common = ("replica_availability", "rental_price_spread")
    assert priced(month(1), **left_out).assumptions == ("headroom", "spare_replicas", *common)
    modelled: dict[str, Any] = {
        "gpu": "Example Card",
        "model": "Qwen3-32B",
        "weights": "fp8",
        "spares": 0,
        "headroom": 1,
    }
    assert priced(month(1), **modelled).assumptions == ("throughput_factor", "tpot_target", *common)
    assert priced(month(1), tpot_ms=50, **modelled).assumptions == ("throughput_factor", *common)


def test_no_shipped_option_has_a_policy_of_its_own(catalog: Catalog) -> None:
    """So a user's copy of one costs what the shipped one costs."""
    machines = [option for option in catalog.options.values() if isinstance(option, SelfHostOption)]
    assert len(machines) == 11
    assert {(option.spares, option.headroom, option.costs) for option in machines} == {(None, None, "hardware")}
    bare = priced(month(1), catalog, model="DeepSeek-R1-Distill-Qwen-32B", gpu="H100 SXM", weights="fp8")
    assert bare.monthly_usd == estimate(H100, month(1), catalog, as_of=TODAY).monthly_usd == Decimal("1963.70")


def test_a_fleet_without_spares_says_how_often_it_is_short() -> None:
    # 3 replicas at 1,000 tokens/s and headroom 1: 0.99³ = 0.970299, so 0.029701 × 730 h = 21.7 h
    result = priced(month(7_000_000), gpu="Example Card", tokens_per_s=1000, spares=0, headroom=1)
    assert (fleet(result).replicas, fleet(result).availability) == (3, Decimal("0.970299"))
    short = "without a spare at least 1 of its 3 replicas is down about 21.7 hours a month (2.97 % of 730): --spares 1"
    assert short in result.caveats
    spared = priced(month(7_000_000), gpu="Example Card", tokens_per_s=1000, spares=1, headroom=1)
    assert not any("without a spare" in caveat for caveat in spared.caveats)
    # 176 hours a month: 0.01 × 176 = 1.76 h
    daytime = priced(month(1), gpu="Example Card", tokens_per_s=1000, spares=0, hours_per_month=176)
    assert "without a spare it is down about 1.76 hours a month (1 % of 176): --spares 1" in daytime.caveats


def test_the_whole_bill_names_every_assumption_once() -> None:
    result = priced(month(1), gpu="Example Card", tokens_per_s=1000, costs="all", fine_tuned=True)
    assert len(set(result.assumptions)) == len(result.assumptions)
    assert {"mlops_engineer_cost", "initial_build", "reject_rate", "judge_share", "stored_data"} < set(
        result.assumptions
    )


def test_a_deployment_that_generates_nothing_counts_what_it_reads(catalog: Catalog) -> None:
    work = Workload.single(requests=1_000_000, input_tokens=500)
    deployment = estimate("r1-distill-32b-h100", work, catalog, as_of=date(2026, 11, 22)).deployment
    assert deployment is not None
    assert deployment.counts == "input"


def test_a_replica_that_is_twice_as_fast_serves_twice_as_much(catalog: Catalog) -> None:
    def replicas(mtok: int, factor: str) -> Count:
        moved = catalog.with_assumptions({"throughput_factor": Decimal(factor)})
        work = Workload.single(requests=mtok * 1_000, input_tokens=1_000, output_tokens=1_000)
        deployment = estimate("r1-distill-32b-h100", work, moved, as_of=date(2026, 11, 22)).deployment
        assert deployment is not None
        return deployment.replicas

    assert replicas(40_000, "1") > 3
    assert replicas(80_000, "2") == replicas(40_000, "1") == replicas(20_000, "0.5")


def test_a_stricter_target_serves_fewer_and_a_prompt_costs_throughput(catalog: Catalog) -> None:
    shapes = [Workload.single(requests=1, input_tokens=size, output_tokens=500) for size in (0, 2_000)]
    bare, prompted = (fleet(estimate(H100, shape, catalog, as_of=TODAY)).output_tokens_per_s for shape in shapes)
    assert prompted < bare
    strict = catalog.option(H100).option.model_copy(update={"tpot_ms": Decimal(25)})
    answer = fleet(estimate(NamedOption("strict", strict), shapes[1], catalog, as_of=TODAY))
    assert answer.output_tokens_per_s < prompted
    assert answer.tpot_ms is not None
    assert answer.tpot_ms <= 25


def test_a_model_that_does_not_fit_says_what_it_needs(catalog: Catalog) -> None:
    # 70.55 billion parameters at two bytes are 141 GB, and an H100 has 80
    option: dict[str, Any] = {"model": "Llama-3.3-70B", "gpu": "H100 SXM", "weights": "bf16"}
    with pytest.raises(
        UndecidableError, match=r"Llama-3\.3-70B at bf16 on 1× H100 SXM does not fit: one sequence needs 1"
    ):
        priced(month(1), catalog, **option)


@pytest.mark.parametrize("name", ["spare_replicas", "headroom"])
def test_a_policy_that_cannot_be_is_refused(name: str) -> None:
    catalog = load_catalog().with_assumptions({name: Decimal(-1)})
    with pytest.raises(UndecidableError, match="found -1"):
        estimate(
            "r1-distill-32b-h100", Workload.single(requests=1_000, output_tokens=200), catalog, as_of=date(2026, 11, 27)
        )


def test_a_request_above_the_context_of_the_open_model_is_too_long() -> None:
    month = Workload.single(requests=10, input_tokens=290_000, output_tokens=500)  # the model holds 131,072
    for option in ("r1-distill-32b-h100", "r1-distill-32b-openrouter"):  # the seller publishes no window of his own
        found = estimate(option, month, load_catalog(), as_of=date(2026, 11, 27))
        assert found.unfit == "too long"
        assert any("exceeds its context window of 131,072" in caveat for caveat in found.caveats)
