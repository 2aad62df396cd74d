"""What measurements say of the throughput model, and what it says after them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from math import exp, log, sqrt

import pytest
from conftest import Overlay

from costcalc import Catalog, UnknownNameError, throughput
from costcalc.analysis.calibration import Compared, compared, half_width
from costcalc.catalog.forms.hardware import Measurement
from costcalc.cost.replica import fitted
from costcalc.cost.throughput import Z80

RUN: dict[str, object] = {
    "model": "Qwen3-32B",
    "gpu": "H100 SXM",
    "weights": "fp8",
    "engine": "vllm",
    "input_tokens": 1_000,
    "output_tokens": 500,
    "concurrency": 64,
    "output_tokens_per_s": 1_000,
    "source": {"title": "our own bench", "checked": "2026-11-01"},
}


def run(**of: object) -> Measurement:
    return Measurement.model_validate({**RUN, **of})


def predicted(catalog: Catalog) -> float:
    return throughput(
        model="Qwen3-32B", gpu="H100 SXM", weight_precision="fp8", input_tokens=1_000, output_tokens=500,
        concurrency=64, catalog=catalog,
    ).output_tokens_per_s  # fmt: skip


def alone(catalog: Catalog, **of: object) -> Compared:
    (found,) = compared({"ours": run(**of)}, catalog)
    return found


def test_a_measurement_stands_beside_what_the_model_said_without_it(catalog: Catalog) -> None:
    found = alone(catalog)
    assert (found.name, found.measurement) == ("ours", run())
    assert found.before.output_tokens_per_s == predicted(catalog)
    assert found.ratio == pytest.approx(1_000 / predicted(catalog))


def test_one_measurement_moves_its_like_part_of_the_way(catalog: Catalog) -> None:
    found, spread = alone(catalog), fitted(catalog).spread
    # in logarithms: between² ÷ (between² + within²) of what it was off by
    weight = spread.between_cells**2 / (spread.between_cells**2 + spread.within_cell**2)
    assert log(found.factor) == pytest.approx(weight * log(found.ratio))
    assert found.after.output_tokens_per_s == pytest.approx(found.before.output_tokens_per_s * found.factor)
    assert half_width(found.after) < half_width(found.before)


def test_four_that_agree_move_it_further(catalog: Catalog) -> None:
    half = {str(index): run(output_tokens_per_s=Decimal(predicted(catalog)) / 2) for index in range(4)}
    found, spread = compared(half, catalog), fitted(catalog).spread
    weight = spread.between_cells**2 / (spread.between_cells**2 + spread.within_cell**2 / 4)
    assert {round(one.factor, 6) for one in found} == {round(0.5**weight, 6)}


def test_a_measurement_that_agrees_changes_the_interval_alone(catalog: Catalog) -> None:
    found = alone(catalog, output_tokens_per_s=round(predicted(catalog)))
    assert found.factor == pytest.approx(1, abs=1e-3)
    spread = fitted(catalog).spread
    between, within = spread.between_cells**2, spread.within_cell**2
    remaining = (1 - between / (between + within)) * between + within
    assert found.after.spread == pytest.approx(found.before.spread * sqrt(remaining / (between + within)))


def test_measurements_that_the_catalog_has_count_with_the_new_ones(overlay: Overlay, catalog: Catalog) -> None:
    known = overlay(
        "measurements: {before: {model: Qwen3-32B, gpu: H100 SXM, weights: fp8, engine: vllm, input_tokens: 1000,"
        " output_tokens: 500, concurrency: 64, output_tokens_per_s: 1000, source: {title: ours, checked: 2026-11-01}}}"
    )
    (with_it,) = compared({"ours": run()}, known)
    assert with_it.before == alone(catalog).before  # the model alone, without either
    assert abs(log(with_it.factor)) > abs(log(alone(catalog).factor))  # two say more than one
    (replaced,) = compared({"before": run(output_tokens_per_s=900)}, known)
    assert replaced.factor == pytest.approx(
        alone(catalog, output_tokens_per_s=900).factor
    )  # the same id is the same run


def test_a_run_at_full_load_is_compared_with_full_load(catalog: Catalog) -> None:
    full = throughput(
        model="Qwen3-32B",
        gpu="H100 SXM",
        weight_precision="fp8",
        input_tokens=1_000,
        output_tokens=500,
        catalog=catalog,
    )
    assert alone(catalog, concurrency=None).before.output_tokens_per_s == full.output_tokens_per_s


def test_what_the_model_says_does_not_fit_has_no_ratio(catalog: Catalog) -> None:
    found = alone(catalog, weights="bf16", gpu="L4")  # 66 GB of weights on 24 GB
    assert (found.before.output_tokens_per_s, found.ratio, found.factor) == (0, 0, 1)


def test_a_half_width_is_the_high_end_over_the_prediction(catalog: Catalog) -> None:
    before = alone(catalog).before
    assert half_width(before) == pytest.approx(before.high / before.output_tokens_per_s - 1)
    assert half_width(before._replace(spread=0.2)) == exp(Z80 * 0.2) - 1


def test_an_unknown_model_or_gpu_is_named(catalog: Catalog) -> None:
    with pytest.raises(UnknownNameError, match="unknown GPU 'H1000'"):
        compared({"ours": run(gpu="H1000")}, catalog)
    with pytest.raises(UnknownNameError, match="unknown model 'Qwen9'"):
        compared({"ours": run(model="Qwen9")}, replace(catalog, measurements={}))


@pytest.mark.parametrize(("share", "side"), [(0.5, "below"), (1.0, None), (2.0, "above")])
def test_what_lies_outside_the_interval_is_to_be_checked(catalog: Catalog, share: float, side: str | None) -> None:
    one = run(output_tokens_per_s=round(predicted(catalog) * share), kv="bf16")
    words = f"measured {side} the 80 % interval of the prediction: check --gpus, --weights, --tp"
    (found,) = compared({"ours": one}, catalog)
    assert found.caveats == (() if side is None else (words,))


@pytest.mark.parametrize(
    ("of", "is_said"),
    [({}, True), ({"kv": "bf16"}, False), ({"kv": "fp8"}, False), ({"weights": "bf16", "gpus": 2}, False)],
)
def test_a_cache_that_is_not_stated_is_said_where_another_is_usual(
    catalog: Catalog, of: dict[str, object], is_said: bool
) -> None:
    (found,) = compared({"ours": run(**of)}, catalog)
    assert any(text.endswith("say --kv fp8 or --kv bf16") for text in found.caveats) is is_said
