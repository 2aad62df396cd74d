"""Sizing: which ways of putting a model on GPUs are tried, what a token costs there, and in which order they stand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from costcalc import Catalog, load_catalog
from costcalc.analysis.sizing import (
    Degrees,
    Sized,
    Wish,
    least_a_month,
    planned_utilisation,
    ranked,
    setups,
    size,
    what_fits,
)
from costcalc.catalog.forms.hardware import GpuFile
from costcalc.catalog.forms.scalars import Precision
from costcalc.cost.hardware import Layout, Serving
from costcalc.cost.replica import Request
from costcalc.cost.setup import Setup
from costcalc.errors import UndecidableError

TODAY = date(2026, 11, 22)
EXAMPLES = load_catalog(Path(__file__).parents[1] / "cases" / "example_hardware.yaml")
WISH = Wish(
    Request(1_000, 500),
    tpot_ms=50,
    concurrency=None,
    serving=Serving("bf16"),
    kv="bf16",
    day=TODAY,
    utilisation=Decimal("0.5"),
)


def setup(gpu: str = "Example Card", model: str = "Qwen3-32B", weights: Precision = "fp8", gpus: int = 1) -> Setup:
    serving = Serving(weights, "bf16", "vllm")
    return Setup(EXAMPLES.open_model(model), EXAMPLES.gpu(gpu), serving, Layout(tp=gpus), gpus)


def sized(gpu: str = "Example Card", **of: str | int) -> Sized:
    return size(setup(gpu, **of), WISH, EXAMPLES)  # type: ignore[arg-type]  # the table below names them


# --- what a token costs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("utilisation", "usd"),
    [("1", "0.5"), ("0.5", "1"), ("0.1", "5")],  # $3/h ÷ (1,666.67 tokens/s × 3,600 = 6 Mtok/h × utilisation)
)
def test_a_token_costs_the_rent_over_what_the_busy_hours_give(utilisation: str, usd: str) -> None:
    found = sized().usd_per_mtok(utilisation=Decimal(utilisation), tokens_per_s=6_000_000 / 3_600)
    assert found == Decimal(usd)


def test_two_gpus_cost_two_rents() -> None:
    assert sized(gpus=2).hourly_usd == 6
    assert sized().hourly_usd == 3


def test_full_load_is_the_models_own_figure() -> None:
    one = sized()
    assert one.throughput is not None
    stated = one.usd_per_mtok(utilisation=Decimal(1), tokens_per_s=one.throughput.output_tokens_per_s)
    assert one.usd_per_mtok(utilisation=Decimal(1)) == stated


@pytest.mark.parametrize(
    ("target", "shown", "planned"),
    [
        ("0.5", ["1", "0.5", "0.3", "0.1"], "0.5"),
        ("0.2", ["1", "0.3", "0.2", "0.1"], "0.2"),
        ("0.3", ["1", "0.3", "0.1"], "0.3"),  # no share twice
        ("1", ["1", "0.3", "0.1"], "0.3"),  # beside full load stands another share
    ],
)
def test_a_token_is_priced_at_the_planned_utilisation_too(target: str, shown: list[str], planned: str) -> None:
    wish = WISH._replace(
        utilisation=planned_utilisation(EXAMPLES.with_assumptions({"target_utilisation": Decimal(target)}))
    )
    assert (wish.utilisations, wish.planned) == (tuple(map(Decimal, shown)), Decimal(planned))


@pytest.mark.parametrize("share", ["0", "1.01"])
def test_a_planned_utilisation_is_a_share(share: str) -> None:
    with pytest.raises(UndecidableError, match="expected a share of full load above 0 and up to 1"):
        planned_utilisation(EXAMPLES.with_assumptions({"target_utilisation": Decimal(share)}))


def test_without_a_price_or_a_fit_there_is_no_cost_of_a_token() -> None:
    unsold = sized("Example Unsold")
    assert (unsold.price, unsold.hourly_usd, unsold.usd_per_mtok(utilisation=Decimal(1))) == (None, None, None)
    assert unsold.throughput is not None
    large = sized(model="Llama-3.3-70B", weights="bf16")
    assert (large.fit.fits, large.throughput, large.usd_per_mtok(utilisation=Decimal(1))) == (False, None, None)
    assert large.hourly_usd == 3
    assert sized().usd_per_mtok(utilisation=Decimal(1), tokens_per_s=0) is None


def test_a_day_before_the_first_price_has_none() -> None:
    early = WISH._replace(day=date(2025, 12, 31))
    assert size(setup(), early, EXAMPLES).price is None


# --- how fast ---------------------------------------------------------------------------------------------------


def test_a_concurrency_that_is_asked_for_is_not_bound_by_the_target() -> None:
    slowest = WISH._replace(tpot_ms=0.001)
    asked = size(setup(), slowest._replace(concurrency=16), EXAMPLES).throughput
    assert asked is not None
    assert asked.in_flight == 16
    bound = size(setup(), slowest, EXAMPLES)
    assert bound.throughput is not None
    assert bound.throughput.in_flight == 1
    assert any(caveat.startswith("even alone a request takes") for caveat in bound.caveats)


def test_what_was_not_read_and_what_is_no_price_on_demand_is_said() -> None:
    caveats = sized("Example Leased", weights="bf16", gpus=2).caveats
    assert "the figures of Example Leased are recalled, not read: check them" in caveats
    reserved = "this one is for a reservation of 3 years, Example Lease"
    assert caveats[-1] == f"no price on demand of Example Leased is known: {reserved}"


# --- which ways are tried ---------------------------------------------------------------------------------------


def tried(catalog: Catalog, model: str, *gpus: str, **of: object) -> list[tuple[str, str, int]]:
    found = setups(catalog.open_model(model), [catalog.gpu(gpu) for gpu in gpus], WISH, **of)  # type: ignore[arg-type]
    return [(one.gpu.name, one.serving.weight_precision, one.gpus) for one in found]


@pytest.mark.parametrize(
    ("model", "gpu", "precisions"),
    [
        ("Qwen3-32B", "A100 80GB SXM", ["bf16", "int4"]),  # no 8-bit floats
        ("Qwen3-32B", "H100 SXM", ["bf16", "fp8", "int4"]),
        ("Qwen3-32B", "B200 SXM", ["bf16", "fp8", "int4", "nvfp4"]),  # 4-bit floats in hardware
        ("Qwen3-32B", "MI355X", ["bf16", "fp8", "int4"]),  # has them too, but nvfp4 is NVIDIA's format
        ("DeepSeek-R1", "B200 SXM", ["fp8", "int4", "nvfp4"]),  # published in fp8: nobody widens it
        ("gpt-oss-120b", "H100 SXM", ["mxfp4"]),  # published in it, whatever the hardware
    ],
)
def test_precisions_are_those_that_somebody_would_serve(
    catalog: Catalog, model: str, gpu: str, precisions: list[str]
) -> None:
    found = tried(catalog, model, gpu)
    assert list(dict.fromkeys(precision for _, precision, _ in found)) == precisions
    assert len(found) == len(precisions) * 4  # on 1, 2, 4 and 8 GPUs


def test_what_is_asked_for_is_tried_even_if_nobody_would() -> None:
    assert tried(EXAMPLES, "Qwen3-32B", "Example Unsold", precision="fp8", degrees=Degrees(tp=16)) == [
        ("Example Unsold", "fp8", 16)
    ]


def test_no_wider_than_a_node() -> None:
    assert [gpus for _, _, gpus in tried(EXAMPLES, "Qwen3-32B", "Example Leased", precision="bf16")] == [1, 2, 4]
    assert [gpus for _, _, gpus in tried(EXAMPLES, "Qwen3-32B", "Example Unsold", precision="bf16")] == [1, 2]


def test_degrees_of_parallelism_are_those_of_an_option() -> None:
    model, gpus = EXAMPLES.open_model("DeepSeek-R1"), [EXAMPLES.gpu("Example Leased")]  # 4 to a node

    def layouts(**degrees: int) -> list[tuple[int, int, int, int, int]]:
        found = setups(model, gpus, WISH, precision="fp8", degrees=Degrees(**degrees))
        return [(*way.layout, way.gpus) for way in found]

    assert layouts(pp=2, dp=2) == [(1, 2, 1, 2, 4), (2, 2, 1, 2, 8), (4, 2, 1, 2, 16)]  # tp × dp × pp GPUs
    assert layouts(tp=8, pp=2) == [(8, 1, 1, 2, 16)]
    assert layouts(ep=4) == [(4, 1, 4, 1, 4)]  # on 1 or 2 GPUs there is no room for 4 groups of experts


def test_a_price_of_ones_own_replaces_that_of_its_gpu_only() -> None:
    wish = WISH._replace(own_usd_per_hour={"example-card": Decimal("1.50")})
    mine, other = (size(setup(gpu), wish, EXAMPLES).price for gpu in ("Example Card", "Example Leased"))
    assert mine is not None
    assert (mine.usd, mine.conditions, mine.source.title) == (Decimal("1.50"), "your own figure", "--gpu-price")
    assert other is not None
    assert other.usd == Decimal("1.20")
    unsold = WISH._replace(own_usd_per_hour={"example-unsold": Decimal(1)})
    priced = size(setup("Example Unsold"), unsold, EXAMPLES)
    assert (priced.hourly_usd, priced.monthly_usd) == (Decimal(1), Decimal(730))


def test_the_least_a_month_is_of_all_ways_and_not_of_the_cheapest_token(catalog: Catalog) -> None:
    model, gpus = catalog.open_model("DeepSeek-R1-Distill-Qwen-32B"), [catalog.gpu("L40S")]
    found = ranked(setups(model, gpus, WISH), WISH, catalog)
    assert found[0].monthly_usd == Decimal("1153.40")  # the cheapest token: two cards at $0.79 × 730 h
    least = least_a_month(found)
    assert least is not None
    assert (least.setup.gpus, least.monthly_usd) == (1, Decimal("576.70"))
    assert least_a_month(()) is None


def test_the_cache_has_its_usual_precision_unless_one_is_asked_for() -> None:
    gpus: list[GpuFile] = [EXAMPLES.gpu("Example Card")]
    model = EXAMPLES.open_model("Qwen3-32B")
    usual = list(setups(model, gpus, WISH._replace(kv=None)))
    assert {(one.serving.weight_precision, one.serving.kv_precision) for one in usual} == {
        ("bf16", "bf16"),
        ("fp8", "fp8"),
        ("int4", "bf16"),
    }
    assert {one.serving.kv_precision for one in setups(model, gpus, WISH)} == {"bf16"}


# --- in which order ---------------------------------------------------------------------------------------------


def test_the_cheapest_token_stands_first_and_what_has_no_price_last() -> None:
    gpus = [EXAMPLES.gpu(name) for name in ("Example Unsold", "Example Card", "Example Leased")]
    found = ranked(setups(EXAMPLES.open_model("Qwen3-32B"), gpus, WISH), WISH, EXAMPLES)
    by_name: dict[str, list[Decimal | None]] = {}
    for one in found:
        by_name.setdefault(one.setup.gpu.name, []).append(one.usd_per_mtok(utilisation=Decimal(1)))
    # at $3.00 an hour on demand the card is dearer than the leased one at $1.20, which is no price on demand
    assert list(by_name) == ["Example Card", "Example Leased", "Example Unsold"]
    assert min(filter(None, by_name["Example Leased"])) < min(filter(None, by_name["Example Card"]))
    for name in ("Example Card", "Example Leased"):
        assert by_name[name] == sorted(filter(None, by_name[name]))
    unpriced = [one for one in found if one.price is None]
    speeds = [one.throughput.output_tokens_per_s for one in unpriced if one.throughput is not None]
    assert speeds == sorted(speeds, reverse=True)
    assert {one.setup.gpu.name for one in unpriced} == {"Example Unsold"}
    assert all(one.fit.fits for one in found)


@pytest.mark.parametrize(
    ("model", "precisions"),
    [("Qwen3-32B", {"bf16", "q8_0", "q6_k", "q5_k_m", "q4_k_m"}), ("gpt-oss-120b", {"mxfp4"})],
)
def test_llama_cpp_is_tried_with_its_own_types(model: str, precisions: set[str]) -> None:
    wish = WISH._replace(serving=WISH.serving._replace(engine="llama.cpp"))
    found = setups(EXAMPLES.open_model(model), [EXAMPLES.gpu("Example Card")], wish)
    assert {one.serving.weight_precision for one in found} == precisions


def test_what_does_not_fit_is_not_ranked() -> None:
    llama = setups(EXAMPLES.open_model("Llama-3.3-70B"), [EXAMPLES.gpu("Example Card")], WISH, precision="bf16")
    found = ranked(llama, WISH, EXAMPLES)
    assert sorted(one.setup.gpus for one in found) == [2, 4, 8]  # 141 GB of weights are more than one card has


def test_the_fewest_of_a_gpu_stand_first_then_others_by_their_rent() -> None:
    names = ("Example Unsold", "Example Leased", "Example Card")
    gpus = [EXAMPLES.gpu(name) for name in names]
    found = ranked(setups(EXAMPLES.open_model("Qwen3-32B"), gpus, WISH, precision="bf16"), WISH, EXAMPLES)
    asked = EXAMPLES.gpu("Example Card")
    fewest = what_fits(found, asked)
    assert [one.setup.gpu.name for one in fewest] == ["Example Card", "Example Leased"]  # what nobody rents is left out
    assert fewest[0].setup.gpus == min(one.setup.gpus for one in found if one.setup.gpu == asked)
    assert [one.setup.gpu.name for one in what_fits(found, EXAMPLES.gpu("Example Unsold"))] == [
        "Example Unsold",
        "Example Card",  # $3.00 an hour on demand
        "Example Leased",  # $1.20 an hour, for a reservation of three years alone
    ]
