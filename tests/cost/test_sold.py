"""Capacity as it is sold: by the second, by the month, a part of a GPU, a node; and what a row says of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import exp
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from costcalc import Catalog, Deployment, Estimate, Workload, estimate, load_catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.catalog.things import NamedOption
from costcalc.cost.fleet import terms_of
from costcalc.cost.slices import cut, part_of, share_of, slice_of
from costcalc.cost.warmth import Warmth

TODAY = date(2026, 11, 22)
EXAMPLES = load_catalog(Path(__file__).parents[1] / "cases" / "example_hardware.yaml")
MONTH_S = Fraction(2_628_000)
SPORADIC = Workload.single(requests=30_000, input_tokens=1_000, output_tokens=300)
CUTS: tuple[dict[str, Any], ...] = ({}, {"mig": "2g.20gb"})
LLAMA: dict[str, Any] = {"model": "Llama-3.1-8B", "gpu": "H100 SXM", "weights": "bf16"}


def option(**fields: Any) -> SelfHostOption:  # noqa: ANN401  # each field has a type of its own
    return SelfHostOption.model_validate({"kind": "self_host", **fields})


def priced(catalog: Catalog = EXAMPLES, requests: int = 1, work: Workload | None = None, **fields: Any) -> Estimate:  # noqa: ANN401
    served = work or Workload.single(requests=requests, output_tokens=1_000)
    return estimate(NamedOption("mine", option(**fields)), served, catalog, as_of=TODAY)


def fleet(one: Estimate) -> Deployment:
    assert one.deployment is not None
    return one.deployment


# --- by the second ----------------------------------------------------------------------------------------------


def test_sporadic_requests_cost_what_serves_them_and_what_waits_for_them(catalog: Catalog) -> None:
    """30,000 requests of 1,000:300 on an H100 at $0.001097 a second: $77 to $2,051, never $5,766."""
    bare, usual, kept = (
        priced(catalog, work=SPORADIC, **LLAMA, rental="modal-serverless", **warmth)
        for warmth in ({"warm_s": 0, "cold_start_s": 0}, {}, {"warm_s": 60, "cold_start_s": 0})
    )
    # a request takes 300 ÷ 131 tokens/s + 0.04 s = 2.33 s: 30,000 × 2.33 s × $0.001097 = $76.7
    assert float(bare.monthly_usd) == pytest.approx(76.7, rel=0.01)
    # 1 − (1 − 0.0266) × exp(−0.01142 × 60) = 0.509 of 2,628,000 s × $0.001097 = $1,468 (a line between points: 1,464), below 30,000 × 62.33 s = $2,051
    assert float(kept.monthly_usd) == pytest.approx(1_468, rel=0.01)
    assert bare.monthly_usd < usual.monthly_usd < Decimal(2_051)
    assert (fleet(usual).scales_to_zero, fleet(usual).spares, fleet(usual).policy) == (
        True, 0, "follows the load, to zero",
    )  # fmt: skip
    said = " ".join(usual.caveats)
    assert "scales to zero: a request takes 2.33 s by itself, a start 25 s, and a replica stays warm for 30 s" in said
    assert f"from ${bare.monthly_usd:.2f} if nothing is started or kept warm" in said
    assert "find no replica up, and wait 25 s for one to start" in said
    assert "without a spare" not in said
    assert {"scale_to_zero_warm", "cold_start_8b"} < set(usual.assumptions)
    assert not {"scale_to_zero_warm", "cold_start_8b", "spare_replicas"} & set(kept.assumptions)


def test_a_mean_load_of_a_replica_and_more_finds_it_up() -> None:
    full = priced(requests=3_000_000, gpu="Example Node", tokens_per_s=1_000, rental="by-second")
    assert fleet(full).replicas > 1
    assert not any("find no replica up" in text for text in full.caveats)


RATES = st.fractions(Fraction(1, 10**6), Fraction(3, 2), max_denominator=10**6)
SECONDS = st.fractions(0, 600, max_denominator=10)


@settings(max_examples=60)
@given(RATES, RATES, st.fractions(Fraction(1, 10), 60, max_denominator=10), SECONDS, SECONDS)
def test_a_replica_is_up_as_long_as_renewal_reward_says(
    one: Fraction, other: Fraction, alone: Fraction, cold: Fraction, warm: Fraction
) -> None:
    warmth = Warmth(alone, cold, warm, MONTH_S)
    few, many = (share * warmth.full for share in sorted((one, other)))
    low, high = warmth.up(few), warmth.up(many)
    assert 0 < low <= high <= 1
    # no more than if each came by itself, and no less than what serves
    assert (
        min(Fraction(1), few / warmth.full) * Fraction(99, 100)
        <= low
        <= few * warmth.longest_s / MONTH_S + Fraction(1, 10**9)
    )
    if few < warmth.full:
        rate = float(few / MONTH_S)
        off = exp(-rate * float(warm))
        exactly = 1 - (1 - rate * float(alone)) * off / (1 + rate * float(cold) * off)
        assert float(low) == pytest.approx(exactly, rel=0.012, abs=1e-9)


# --- parts of a GPU ---------------------------------------------------------------------------------------------


def test_a_quarter_of_a_gpu_has_a_quarter_of_all_it_has(catalog: Catalog) -> None:
    whole = catalog.gpu("H100 SXM")
    part = cut(whole, part_of(option(**LLAMA, gpus=Decimal("0.25")), catalog))
    assert part.memory_gb == 20
    assert part.bandwidth_gb_per_s * 4 == whole.bandwidth_gb_per_s
    assert part.dense_tflops.bf16 * 4 == whole.dense_tflops.bf16
    assert (part.link_gb_per_s, part.gpu) == (None, "h100-sxm × 0.25")
    assert cut(whole, share_of(Fraction(1, 4))) is part  # so that what is known of it is asked for once
    assert cut(catalog.gpu("T4"), share_of(Fraction(1, 2))).tdp_w == 35


@pytest.mark.parametrize(
    ("gpu", "profile", "memory", "compute"),
    [
        ("H100 SXM", "1g.10gb", "1/8", "1/7"),
        ("H100 SXM", "1g.20gb", "1/4", "1/7"),
        ("H100 SXM", "4g.40gb", "1/2", "4/7"),
        ("H200 SXM", "1g.18gb", "1/8", "1/7"),
        ("H200 SXM", "3g.71gb", "1/2", "3/7"),
        ("B200 SXM", "2g.45gb", "1/4", "2/7"),
        ("A30", "1g.6gb", "1/4", "1/4"),
        ("A100 40GB SXM", "7g.40gb", "1", "1"),
    ],
)
def test_a_slice_has_sevenths_of_the_arithmetic_and_eighths_of_the_memory(
    catalog: Catalog, gpu: str, profile: str, memory: str, compute: str
) -> None:
    part = slice_of(profile, catalog.gpu(gpu))
    assert (str(part.memory), str(part.compute)) == (memory, compute)
    assert part.paid == max(part.memory, part.compute)


def test_a_slice_of_10_gb_holds_a_small_model_and_serves_less(catalog: Catalog) -> None:
    small: dict[str, Any] = {"model": "Llama-3.1-8B", "gpu": "H100 SXM", "weights": "int4"}
    whole, part = (fleet(priced(catalog, work=SPORADIC, **small, **more)) for more in CUTS)
    assert part.output_tokens_per_s < whole.output_tokens_per_s / 3
    assert part.gpus == Fraction(2, 7)


# --- what a row says --------------------------------------------------------------------------------------------

CARD: dict[str, Any] = {"gpu": "Example Card", "tokens_per_s": 1_000}


@pytest.mark.parametrize(
    ("fields", "policy"),
    [
        ({"spares": 0}, "1 replica for the peak, no spare"),
        ({"spares": 2}, "1 replica for the peak, 2 spares"),
        ({"replicas": 3, "spares": 1}, "3 replicas as the option says, 1 spare"),
        ({"autoscale": True, "min_replicas": 2, "spares": 0}, "follows the load, at least 2, no spare"),
        ({"autoscale": True, "min_replicas": 0}, "follows the load, to zero"),
    ],
)
def test_a_row_says_its_policy(fields: dict[str, Any], policy: str) -> None:
    assert fleet(priced(**CARD, **fields)).policy == policy


@pytest.mark.parametrize(
    ("fields", "caveat"),
    [
        (
            {"gpu": "Example Node", "rental": "eight"},
            "8 GPUs are paid for and 1 needed: they come 8 at a time",
        ),
        ({"node_gpus": 2}, "2 GPUs are paid for and 1 needed: they come 2 at a time"),
        (
            {"gpus": Decimal("0.5"), "usd_per_slice_hour": 1},
            "a part of a GPU, with that part of its memory, bandwidth and speed; its neighbours may slow it",
        ),
        (
            {"gpu": "Example Node", "mig": "1g.10gb"},
            "a part of a GPU, with that part of its memory, bandwidth and speed; its neighbours do not share it",
        ),
        (
            {"gpu": "Example Node"},
            "the rent is that of a machine of 8 GPUs, Example Cloud node-8: node_gpus: 8 pays for all of it",
        ),
        (
            {"gpus": Decimal("0.5")},
            "the rent is a share of a whole GPU's, Example Cloud; that cloud rents whole ones",
        ),
        ({"rental": "bid"}, "on spot without machines on demand to fall back on: where spot has none, it is down"),
    ],
)
def test_a_row_says_how_its_gpus_are_sold(fields: dict[str, Any], caveat: str) -> None:
    assert caveat in priced(spares=0, **{**CARD, **fields}).caveats


def test_a_mean_of_replicas_says_what_whole_ones_add() -> None:
    # 2,628 Mtok are one replica's month of 1,000 tokens/s; 2.5 of them at 730 h × $2 are $3,650, and half of one $730
    follows: dict[str, Any] = {
        "tokens_per_s": 1_000,
        "usd_per_gpu_hour": 2,
        "autoscale": True,
        "spares": 0,
        "headroom": 1,
    }
    found = priced(requests=6_570_000, **follows)
    added = "2.5 replicas are a mean: each hour runs whole ones, which adds about half of one ($730.00 a month, not counted)"
    assert found.monthly_usd == 3650
    assert added in found.caveats
    assert not any(
        "are a mean" in text for text in priced(requests=1_000, **follows).caveats
    )  # the least stands anyway


def test_work_that_can_wait_waits_for_spot() -> None:
    waits = Workload.single(requests=1, output_tokens=1_000, batchable_share=1)
    assert not any("fall back" in text for text in priced(work=waits, rental="bid", **CARD).caveats)


def test_a_machine_by_the_month_is_billed_by_the_month() -> None:
    month = priced(tokens_per_s=1_000, gpus=4, usd_per_month=2_000, spares=0, headroom=1, requests=2_628_000)
    assert [(line.item, line.unit, line.quantity) for line in month.lines] == [
        ("GPU rent, in use", "server-month", Decimal(1))
    ]
    second = priced(tokens_per_s=1_000, usd_per_gpu_second=Decimal("0.001"), warm_s=0, cold_start_s=0, headroom=1)
    assert [(line.unit, line.quantity) for line in second.lines] == [("GPU-second", Decimal(1))]


def test_a_fleet_of_fixed_size_stands_on_a_rental_by_the_second_too(catalog: Catalog) -> None:
    terms = terms_of(option(**LLAMA, rental="modal-serverless", replicas=2), catalog)
    assert (terms.by_second, terms.follows, terms.least) == (True, False, 1)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"gpus": Decimal("1.5")}, "expected a whole number, or a part of one GPU such as 0.25, found 1.5"),
        ({"usd_per_gpu_hour": 2, "usd_per_month": 900}, "give one rent, not usd_per_gpu_hour and usd_per_month"),
        ({"gpu": None, "usd_per_gpu_hour": 2, "mig": "1g.10gb"}, "mig is a slice of a GPU: give gpu"),
        ({"gpus": 2, "mig": "1g.10gb"}, "a replica lies on one slice: leave gpus out, or mig"),
        ({"usd_per_slice_hour": 1}, "usd_per_slice_hour is the rent of a part of a GPU"),
        ({"gpus": Decimal("0.5"), "tenure": "own"}, "a part of a GPU is rented"),
        ({"usd_per_month": 900, "tenure": "own"}, "a machine that is owned has no rent"),
        ({"overhead": Decimal("0.1"), "tenure": "own"}, "overhead is billed on a rent"),
        (
            {"autoscale": True, "min_replicas": 0, "tenure": "own"},
            "a machine that is owned or reserved is paid for when it",
        ),
        ({"usd_per_month": 900, "tenure": "reserved_1y"}, "usd_per_month is a term of its own"),
        ({"usd_per_month": 900, "autoscale": True}, "usd_per_month is paid whatever the hours"),
        ({"min_replicas": 2}, "min_replicas is for replicas that follow the load: give autoscale: true"),
        ({"usd_per_gpu_second": 1, "replicas": 2}, "what is sold by the second follows the load"),
        ({"interruptions_per_month": 2}, "interruptions_per_month is for machines on spot"),
    ],
)
def test_keys_that_contradict_each_other_are_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        option(**{**CARD, **fields})


def test_a_replica_is_up_all_of_the_time_where_requests_leave_no_pause() -> None:
    warmth = Warmth(Fraction(2), Fraction(25), Fraction(30), MONTH_S)
    assert warmth.up(0) == 0
    assert Fraction(999, 1000) < warmth.up(warmth.full * Fraction(999, 1000)) <= 1 == warmth.up(warmth.full)


def test_people_by_size_come_in_below_a_replica_that_is_up_now_and_then() -> None:
    """A replica of 80 GPUs is more than a person's share from 0.25 × 50 ÷ 80 of the time on."""
    large: dict[str, Any] = {"tokens_per_s": 1_000, "gpus": 80, "usd_per_gpu_second": Decimal("0.001"), "costs": "all"}
    few, many = (
        {line.item: line.quantity for line in priced(requests=requests, warm_s=0, cold_start_s=0, **large).lines}
        for requests in (1_000, 1_000_000)
    )
    assert few["people who run it"] * 12 == Decimal("0.25")
    assert many["people who run it"] * 12 > Decimal("0.25")
