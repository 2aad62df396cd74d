"""The throughput model of `costcalc.cost` over many rows at once, for fitting only.

It repeats the formulas with arrays because a fit asks for millions of predictions; `check_equal` holds it to the model
that is shipped.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from benchmarks.throughput.rows import Row
from numpy.typing import NDArray

from costcalc.catalog.forms.engines import ENGINES
from costcalc.cost import links, roofline
from costcalc.cost.coefficients import is_old
from costcalc.cost.hardware import AttentionLayers
from costcalc.cost.memory import EXPERTS_ONLY, kv_bytes_per_sequence, state_bytes, weight_bytes
from costcalc.cost.memory import fit as fit_memory
from costcalc.cost.throughput import Coefficients, Spread, predictor

Array = NDArray[np.float64]
Table = dict[str, Array]
NO_SPREAD = Spread(*[0.0] * len(Spread._fields))
TOLERANCE = 1e-9
LINK_SHARES = ("link_share", "host_link_share", "exchange_link_share", "network_share")
SHARES = ("bf16", "fp8", "fp4", "dequantised")


def table(rows: Sequence[Row]) -> Table:
    """Work out all of a prediction that no coefficient changes, a column for each quantity."""
    columns = [_columns(row) for row in rows]
    return {name: np.array([entry[name] for entry in columns], dtype=np.float64) for name in columns[0]}


def select(data: Table, mask: NDArray[np.bool_]) -> Table:
    """Take some of the rows."""
    return {name: column[mask] for name, column in data.items()}


def predicted(values: Sequence[float] | Array, data: Table) -> Array:
    """Predict output tokens/s of every row, with coefficients in the order of `Coefficients`."""
    c = Coefficients(*values)
    prompt, output, layers, experts = data["prompt"], data["output"], data["layers"], data["experts"]
    amd = data["amd"] > 0
    peak_gain = np.where(amd, c.amd_flops_gain, 1.0)
    data = data | {"bandwidth": data["bandwidth"] * np.where(amd, c.amd_bandwidth_gain, 1.0)}
    read, expert_read = _reading(c, data)
    cache = data["cache"] / (data["bandwidth"] * c.bandwidth_share_kv)
    attention_peak = data["peak_bf16"] * data["tp"] * peak_gain
    cache_flop = data["cache_flop"] / (attention_peak * c.attention_share_decode)
    prompt_flop = data["prompt_flop"] / (attention_peak * c.attention_share_prefill)
    flop = _arithmetic(c, data) / peak_gain
    wire, wait = _wires(c, data)
    moved = data["moved"] / data["bandwidth"] * (c.activation_passes + c.activation_passes_per_expert * data["chosen"])
    overhead = np.array([c.overhead(name) for name in ENGINES])[data["engine"].astype(int)]
    overhead = overhead * np.where(amd, c.amd_overhead, 1.0)
    scheduling = overhead * np.where(data["old"] > 0, c.old_vllm_overhead, 1.0)
    fixed = overhead * (
        c.pass_s + layers * (c.layer_s + experts * c.expert_layer_s + data["sparse"] * c.sparse_layer_s)
    )
    batch, in_flight = _load(c, data)
    norm = 1 + c.overlap
    covered = 1 - data["missed"] ** (batch * data["sharing"])
    step = _norm(read + expert_read * covered, flop * batch, norm) + _norm(cache * batch, cache_flop * batch, norm)
    step = step + wait + fixed + batch * (wire + moved + scheduling * c.sequence_s)
    together = np.maximum(np.minimum(batch, data["per_chunk"]), 1.0) ** c.prompt_sharing
    prefill = _norm((read + expert_read) / together, flop * prompt / c.prefill_gain, norm) + prompt_flop
    prefill = prefill + prompt * (wire + moved) + (wait + fixed) / together
    prefill = prefill + scheduling * (c.request_s + c.prompt_token_s * prompt)
    speed = np.array([c.speed(name) for name in ENGINES])[data["engine"].astype(int)]
    speed = speed * np.where(data["full"] > 0, c.speed_full, 1.0)
    busy = ((output - 1) * step + batch * prefill) * (1 + c.pipeline_loss * data["later_stages"])
    return np.asarray(in_flight * data["replicas"] * output * speed / busy)


def check_equal(values: Sequence[float] | Array, rows: Sequence[Row], data: Table) -> None:
    """Hold the twin to the shipped model.

    Raises:
        AssertionError: They differ.
    """
    shipped = np.array([shipped_tokens_per_s(Coefficients(*values), row) for row in rows])
    worst = float(np.max(np.abs(predicted(values, data) / shipped - 1)))
    assert worst < TOLERANCE, worst


def shipped_tokens_per_s(coefficients: Coefficients, row: Row) -> float:
    """Predict one row with the shipped model [tokens/s]."""
    return predictor(
        row.model,
        row.gpu,
        row.serving,
        row.layout,
        n_gpus=row.n_gpus,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        coefficients=coefficients,
        spread=NO_SPREAD,
    )(row.concurrency).output_tokens_per_s


def _norm(left: Array, right: Array, norm: float) -> Array:
    longer = np.maximum(np.maximum(left, right), 1e-30)
    return np.asarray(longer * ((left / longer) ** norm + (right / longer) ** norm) ** (1 / norm))


def _reading(c: Coefficients, data: Table) -> tuple[Array, Array]:
    gains = np.array([1.0, c.bandwidth_gain_fp4, c.bandwidth_gain_int4])[data["read_class"].astype(int)]
    speed = data["bandwidth"] * c.bandwidth_share * gains * data["tp"]
    loss = 1 + c.expert_slice_loss * (1 - 1 / data["slices"])
    return data["shared_bytes"] / speed, loss * data["expert_bytes"] / (speed * data["dp"])


def _arithmetic(c: Coefficients, data: Table) -> Array:
    shares = np.array([getattr(c, f"flops_share_{name}") for name in SHARES])
    routed = data["peak"] * shares[data["share"].astype(int)]
    shared = data["shared_peak"] * shares[data["shared_share"].astype(int)]
    imbalance = 1 + c.expert_imbalance * data["exchanges"]
    return np.asarray(2 * (data["shared"] / shared + imbalance * data["routed"] / routed) / data["tp"])


def _wires(c: Coefficients, data: Table) -> tuple[Array, Array]:
    hosted = data["hosted"] > 0
    slower = data["slower"] ** c.slow_link_power * np.where(hosted, c.host_link_latency, 1.0)
    near = slower * (c.all_reduce_s * np.log2(data["local"]) + data["exchanges"] * c.exchange_s)
    wait = data["layers"] * (near + c.network_s * np.log2(data["nodes"])) + data["handed"] * c.stage_s
    share = np.where(hosted, c.host_link_share, c.link_share)
    wire = data["near_s"] / share + data["exchanged_s"] / c.exchange_link_share + data["far_s"] / c.network_share
    return np.asarray(wire), np.asarray(wait)


def _load(c: Coefficients, data: Table) -> tuple[Array, Array]:
    tokens = data["prompt"] + c.output_reserved * data["output"]
    held = data["state"] + sum(
        data[f"kept_{index}"] * np.minimum(tokens, data[f"window_{index}"]) for index in range(2)
    )  # at most two kinds of layers keep a cache
    capacity = np.maximum(data["free"] * c.kv_fill / np.maximum(held, 1.0), 1.0)
    full = data["dp"] * np.minimum(capacity, c.sequence_limit * data["pp"])
    asked = np.where(data["full"] > 0, full, data["concurrency"] / data["replicas"])
    in_flight = np.minimum(asked, data["dp"] * capacity)
    return np.maximum(in_flight / (data["dp"] * data["pp"]), 1.0), in_flight


def _columns(row: Row) -> dict[str, float]:
    return _of_deployment(row) | _of_links(row) | _of_model(row) | _of_peaks(row) | _of_cache(row)


def _of_deployment(row: Row) -> dict[str, float]:
    layout, gpu = row.layout, row.gpu
    return {
        "tp": layout.tp,
        "dp": layout.dp,
        "pp": layout.pp,
        "replicas": row.n_gpus // layout.gpus,
        "full": row.concurrency is None,
        "concurrency": row.concurrency or 0.0,
        "prompt": row.input_tokens,
        "output": row.output_tokens,
        "per_chunk": roofline.CHUNK_TOKENS / max(row.input_tokens, 1.0),
        "engine": [*map(str, ENGINES)].index(row.serving.engine),
        "bandwidth": gpu.bandwidth,
        "amd": gpu.architecture.startswith("gfx"),
        "old": is_old(row.serving.engine, row.serving.year),
        "peak_bf16": gpu.flops["bf16"],
        "slices": max(layout.tp * layout.dp / layout.ep, 1.0),
        "sharing": layout.dp if row.model.experts else 1,
        "free": fit_memory(row.model, gpu, row.serving, layout, tokens=row.input_tokens + row.output_tokens).free_bytes,
        "measured": row.tokens_per_s,
    }


def _of_links(row: Row) -> dict[str, float]:
    """Ask the shipped rule, with one share at a time, what travels where."""
    layout, gpu, model = row.layout, row.gpu, row.model
    spans, hosted = links.spans_of(model, gpu, layout), links.through_host(gpu, layout)
    none = Coefficients(**{**dict.fromkeys(Coefficients._fields, 0.0), **dict.fromkeys(LINK_SHARES, 1e30)})

    def alone(share: str) -> float:
        """Time per token where only what goes at this share takes any [s]."""
        return links.wires(model, gpu, row.serving, layout, none._replace(**{share: 1.0})).per_token_s

    node = "host_link_share" if hosted else "link_share"
    return {
        "hosted": hosted,
        "slower": max(1.0, links.FAST_LINK / (gpu.link or links.NO_LINK)),
        "local": min(layout.tp, gpu.gpus_per_node),
        "nodes": max(spans.reduce, spans.exchange),
        "exchanges": links.exchanges(model, layout),
        "handed": layout.pp - 1,
        "later_stages": layout.pp - 1,
        "near_s": alone(node),
        "exchanged_s": alone("exchange_link_share"),
        "far_s": alone("network_share"),
    }


def _of_model(row: Row) -> dict[str, float]:
    model, precision = row.model, row.serving.weight_precision
    weights = weight_bytes(model, precision, engine=row.serving.engine)
    shared = model.non_expert_parameters - model.embedding_parameters
    return {
        "layers": model.layers,
        "experts": model.experts > 0,
        "sparse": model.sparse,
        "chosen": model.experts_per_token,
        "missed": 1 - model.experts_per_token / model.experts if model.experts else 1.0,
        "shared_bytes": weights.shared,
        "expert_bytes": weights.experts,
        "shared": shared,
        "routed": max(model.active_parameters - shared, 0.0) if model.experts else 0.0,
        "moved": model.layers * model.hidden * 2,
        "read_class": 1 if precision in roofline.FOUR_BIT_FLOATS else 2 * (precision in roofline.FOUR_BIT_INTEGERS),
    }


def _of_peaks(row: Row) -> dict[str, float]:
    """Ask the shipped rule with a share of 1 for one kind of peak after the other which of them it takes."""
    ones: dict[str, Any] = dict.fromkeys(Coefficients._fields, 0.0)
    peaks = [
        roofline.peak_flops(row.gpu, row.serving.weight_precision, Coefficients(**{**ones, f"flops_share_{name}": 1.0}))
        for name in SHARES
    ]
    spared = row.model.experts > 0 and row.serving.weight_precision in EXPERTS_ONLY
    share = int(np.argmax(peaks))
    return {
        "peak": max(peaks),
        "share": share,
        "shared_peak": row.gpu.flops["bf16"] if spared else max(peaks),
        "shared_share": 0 if spared else share,
    }


def _of_cache(row: Row) -> dict[str, float]:
    model, layout = row.model, row.layout
    context = row.input_tokens + row.output_tokens / 2
    kept = [group for group in model.attention if group.window != 0]
    result: dict[str, float] = {
        "cache": kv_bytes_per_sequence(model, tokens=context, kv_precision=row.serving.kv_precision, tp=layout.tp),
        "cache_flop": roofline.cache_flop(model, context),
        "prompt_flop": roofline.prompt_flop(model, row.input_tokens),
        "state": state_bytes(model) / layout.tp / layout.pp,
    }
    for index in range(2):
        group = kept[index] if index < len(kept) else AttentionLayers(0, 0, 1, 1, 0, 0)
        one = kv_bytes_per_sequence(
            model._replace(attention=(group._replace(window=None),)),
            tokens=1,
            kv_precision=row.serving.kv_precision,
            tp=layout.tp,
        )
        result[f"kept_{index}"] = one / layout.pp
        result[f"window_{index}"] = 1e12 if group.window is None else group.window
    return result
