"""How long a pass waits for the wires between its GPUs: in a node, through the host, over nodes, along a pipeline."""

from math import ceil, log2
from typing import NamedTuple

from costcalc.cost.coefficients import Coefficients
from costcalc.cost.hardware import GpuSpec, Layout, ModelShape, Serving

FAST_LINK = 450e9  # NVLink 4, one direction; latencies within a node are fitted at or above it [bytes/s]
NO_LINK = 16e9  # PCIe 4 ×8, taken where no link is known [bytes/s]
NETWORK = 50e9  # InfiniBand NDR, one port of 400 Gbit/s for each GPU: NVIDIA DGX H100 user guide [bytes/s]
ACTIVATION_BYTES = 2.0  # activations travel in 16 bits
EXCHANGED_BYTES = 3.0  # an exchange sends a number to an expert in 8 bits and takes it back in 16


class Wires(NamedTuple):
    """Time between GPUs.

    Args:
        per_token_s: For the bytes of one token [s].
        per_pass_s: For the latencies of one pass [s].
    """

    per_token_s: float
    per_pass_s: float


class Spans(NamedTuple):
    """Over how many nodes a replica lies.

    Args:
        reduce: Nodes that share every layer, and so take part in each all-reduce.
        exchange: Nodes that hold the experts of one layer; 1 where nothing is exchanged.
        replica: Nodes of the whole replica.
    """

    reduce: int
    exchange: int
    replica: int


def spans_of(model: ModelShape, gpu: GpuSpec, layout: Layout) -> Spans:
    """Count the nodes that a replica lies on: a tensor-parallel group fills a node before it takes another one."""
    node, exchanging = gpu.gpus_per_node, exchanges(model, layout)
    spread = layout.tp * layout.dp if exchanging else 1
    return Spans(ceil(layout.tp / node), ceil(spread / node), ceil(layout.gpus / node))


def exchanges(model: ModelShape, layout: Layout) -> bool:
    """Say whether tokens travel to experts on other GPUs, instead of each GPU holding a slice of every expert."""
    return model.experts > 0 and (layout.ep > 1 or layout.dp > 1)


def through_host(gpu: GpuSpec, layout: Layout) -> bool:
    """Say whether an all-reduce passes through the host's memory: GPUs of a node that cannot reach each other."""
    return layout.tp > 1 and not gpu.peer_to_peer


def wires(model: ModelShape, gpu: GpuSpec, serving: Serving, layout: Layout, c: Coefficients) -> Wires:
    """Work out the time between GPUs: two all-reduces a layer, the experts' exchange, a pipeline's hand-overs.

    An all-reduce over nodes is hierarchical: the GPUs of a node first give each other their sums, then each sends its
    part to its peer in the other nodes. A pipeline sends activations alone, once from stage to stage.
    """
    spans, local = spans_of(model, gpu, layout), min(layout.tp, gpu.gpus_per_node)
    hosted = through_host(gpu, layout)
    link, network = gpu.link or NO_LINK, (serving.network or NETWORK) * c.network_share
    slower = max(1.0, FAST_LINK / link) ** c.slow_link_power * (c.host_link_latency if hosted else 1.0)
    farther = max(1.0, NETWORK / (serving.network or NETWORK)) ** c.slow_link_power
    near = c.all_reduce_s * log2(local) + (c.exchange_s if exchanges(model, layout) else 0.0)
    far = c.network_s * farther * log2(max(spans.reduce, spans.exchange))
    share = c.host_link_share if hosted else c.link_share
    numbers, stages = model.layers * model.hidden, layout.pp - 1
    reduced = 2 * ACTIVATION_BYTES * numbers * 2
    return Wires(
        per_token_s=reduced * (local - 1) / local / (link * share)
        + reduced * (spans.reduce - 1) / spans.reduce / local / network
        + _exchange_s(model, gpu, layout, link * c.exchange_link_share, network)
        + stages * ACTIVATION_BYTES * model.hidden / (network if spans.replica > 1 else link * share),
        per_pass_s=model.layers * (slower * near + far) + stages * c.stage_s,
    )


def _exchange_s(model: ModelShape, gpu: GpuSpec, layout: Layout, link: float, network: float) -> float:
    """Time to send one token to its experts and back, unless they are on its own rank [s]."""
    if not exchanges(model, layout):
        return 0.0
    ranks, node = layout.dp, max(gpu.gpus_per_node // layout.tp, 1)
    sent = EXCHANGED_BYTES * model.experts_per_token * model.layers * model.hidden / ranks
    near = min(ranks, node) - 1
    return sent * (near / link + (ranks - 1 - near) / network)
