"""The coefficients of the throughput model: what the physics leaves open."""

from typing import NamedTuple

from costcalc.catalog.forms.engines import ENGINES

OLD_YEAR = (
    2024  # vLLM 0.6.0 of 2024-09-05 removed most of the host's overhead (blog.vllm.ai/2024/09/05/perf-update.html)
)


class Coefficients(NamedTuple):
    """What the physics leaves open: one set for every model, GPU and engine, fitted to published measurements.

    A *share* is a fraction of a published peak, a *gain* and a *loss* are factors on another coefficient.

    Args:
        bandwidth_share: Of the memory bandwidth, when weights are read.
        bandwidth_gain_fp4: The same for 4-bit floats, as a factor.
        bandwidth_gain_int4: The same for 4-bit integers, as a factor.
        bandwidth_share_kv: Of the memory bandwidth, when the cache is read.
        flops_share_bf16: Of the bf16 peak.
        flops_share_fp8: Of the fp8 peak.
        flops_share_fp4: Of the fp4 peak.
        flops_share_dequantised: Of the bf16 peak, when weights of few bits are unpacked first.
        prefill_gain: Factor on those four in prefill, whose matrices are larger.
        attention_share_decode: Of the bf16 peak, in attention over the cache.
        attention_share_prefill: Of the bf16 peak, in attention within a prompt.
        overlap: Reading and arithmetic overlap as a norm with exponent 1 + overlap; 0 is no overlap.
        pass_s: Once per pass [s].
        layer_s: Once per layer and pass [s].
        expert_layer_s: Once more per layer of a mixture of experts [s].
        sparse_layer_s: Once more per layer that chooses the tokens it attends to [s].
        sequence_s: Per sequence and step: sampling, scheduling [s].
        request_s: Per request, once [s].
        prompt_token_s: Per token of the prompt [s].
        all_reduce_s: Latency of one all-reduce between two GPUs; grows with log2 of the group [s].
        link_share: Of the link's bandwidth, in an all-reduce.
        slow_link_power: Latencies grow with (450 GB/s ÷ link) to this power.
        host_link_share: Of the link's bandwidth, in an all-reduce that passes through the host's memory.
        host_link_latency: Factor on latencies there.
        network_s: Latency of the all-reduces or the exchange of one layer between two nodes; grows with log2 of the
            nodes, and as slow_link_power says below 50 GB/s a GPU [s].
        network_share: Of the network's bandwidth, between nodes.
        stage_s: Handing activations to the next stage of a pipeline [s].
        pipeline_loss: Time for which stages wait for each other, for each further stage, as a share of the work.
        exchange_s: Latency of dispatching to experts on other GPUs and combining, per layer [s].
        exchange_link_share: Of the link's bandwidth, in that exchange.
        expert_imbalance: Extra time of the GPU with the busiest experts.
        expert_slice_loss: Extra reading time when every expert is cut into slices.
        activation_passes: How often a layer moves its activations through memory.
        activation_passes_per_expert: The same, for each expert that a token goes through.
        kv_fill: Share of the free memory that fills with cache.
        output_reserved: Share of the output for which cache is held from the start.
        sequence_limit: Sequences that a rank decodes at once when nobody sets a limit.
        prompt_sharing: Prompts that start together share a pass, to this power; 0 is never.
        overhead_vllm: Factor on the fixed times.
        overhead_sglang: The same.
        overhead_trtllm: The same.
        overhead_llama_cpp: The same.
        old_vllm_overhead: Factor on vLLM's times per sequence and per request until 2024; a judgement.
        draft_share: Time of one draft pass of speculative decoding, as a share of the step that checks it; a judgement.
        speed_vllm: Factor on the throughput.
        speed_sglang: The same.
        speed_trtllm: The same.
        speed_llama_cpp: The same.
        speed_full: Factor on the throughput of a deployment that is always full.
        amd_flops_gain: Factor on all shares of a peak on AMD's GPUs; few rows, of 2024.
        amd_bandwidth_gain: Factor on both shares of the bandwidth there; likewise.
        amd_overhead: Factor on the fixed times there; likewise.
    """

    bandwidth_share: float
    bandwidth_gain_fp4: float
    bandwidth_gain_int4: float
    bandwidth_share_kv: float
    flops_share_bf16: float
    flops_share_fp8: float
    flops_share_fp4: float
    flops_share_dequantised: float
    prefill_gain: float
    attention_share_decode: float
    attention_share_prefill: float
    overlap: float
    pass_s: float
    layer_s: float
    expert_layer_s: float
    sparse_layer_s: float
    sequence_s: float
    request_s: float
    prompt_token_s: float
    all_reduce_s: float
    link_share: float
    slow_link_power: float
    host_link_share: float
    host_link_latency: float
    network_s: float
    network_share: float
    stage_s: float
    pipeline_loss: float
    exchange_s: float
    exchange_link_share: float
    expert_imbalance: float
    expert_slice_loss: float
    activation_passes: float
    activation_passes_per_expert: float
    kv_fill: float
    output_reserved: float
    sequence_limit: float
    prompt_sharing: float
    overhead_vllm: float
    overhead_sglang: float
    overhead_trtllm: float
    overhead_llama_cpp: float
    old_vllm_overhead: float
    draft_share: float
    speed_vllm: float
    speed_sglang: float
    speed_trtllm: float
    speed_llama_cpp: float
    speed_full: float
    amd_flops_gain: float
    amd_bandwidth_gain: float
    amd_overhead: float

    def overhead(self, engine: str) -> float:
        """Factor on the fixed times of an engine; one that was never measured counts as vLLM."""
        return float(getattr(self, f"overhead_{_field(engine)}"))

    def scheduling(self, engine: str, year: int | None) -> float:
        """Factor on the times that grow with the number of sequences, of an engine and its year."""
        return self.overhead(engine) * (self.old_vllm_overhead if is_old(engine, year) else 1.0)

    def speed(self, engine: str) -> float:
        """Factor on the throughput of an engine; one that was never measured counts as vLLM."""
        return float(getattr(self, f"speed_{_field(engine)}"))


def is_old(engine: str, year: int | None) -> bool:
    """Say whether an engine spends the time on the host that vLLM spent until 2024; others were not measured so.

    Example:
        >>> is_old("vllm", 2024), is_old("vllm", None), is_old("trtllm", 2024)
        (True, False, False)
    """
    return engine == "vllm" and year is not None and year <= OLD_YEAR


def _field(engine: str) -> str:
    """Say how the coefficients of an engine end."""
    return engine.replace(".", "_") if engine in ENGINES else "vllm"
