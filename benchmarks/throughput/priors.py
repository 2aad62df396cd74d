"""What each coefficient is believed to be before any measurement is seen, and how firmly.

A prior is log-normal: its sigma is the standard deviation of the logarithm, and 0 fixes the coefficient. The centres
are what roofline studies and engines' documentation suggest; the fit moves those that measurements identify and leaves
the others plausible.
"""

from typing import NamedTuple

from costcalc.cost.throughput import Coefficients


class Prior(NamedTuple):
    """A coefficient's prior.

    Args:
        value: Its centre.
        sigma: Standard deviation of its logarithm.
        unit: Of the coefficient.
        note: What a reader of the file should know.
    """

    value: float
    sigma: float
    unit: str = "1"
    note: str = ""


_OURS = "few rows, of 2024 and of one GPU: mostly a judgement"
_OLD = (
    "a judgement: on Llama-3-8B and an H100 the GPU worked 38 % of the time (blog.vllm.ai/2024/09/05/perf-update.html)"
)
_DRAFT = "a judgement: one layer of some 60 and a launch of its own"
_OF = {
    "bandwidth_share": Prior(0.75, 0.15),
    "bandwidth_gain_fp4": Prior(1.0, 0.1),
    "bandwidth_gain_int4": Prior(0.8, 0.3),
    "bandwidth_share_kv": Prior(0.6, 0.4),
    "flops_share_bf16": Prior(0.65, 0.12),
    "flops_share_fp8": Prior(0.55, 0.15),
    "flops_share_fp4": Prior(0.4, 0.25),
    "flops_share_dequantised": Prior(0.5, 0.2),
    "prefill_gain": Prior(1.0, 0.1),
    "attention_share_decode": Prior(0.25, 0.5),
    "attention_share_prefill": Prior(0.4, 0.4),
    "overlap": Prior(0.5, 0.4),
    "pass_s": Prior(5e-4, 0.7, "s"),
    "layer_s": Prior(40e-6, 0.5, "s"),
    "expert_layer_s": Prior(20e-6, 0.7, "s"),
    "sparse_layer_s": Prior(60e-6, 0.7, "s", "one sparse model was measured: GLM-5"),
    "sequence_s": Prior(10e-6, 0.7, "s"),
    "request_s": Prior(2e-3, 0.8, "s"),
    "prompt_token_s": Prior(0.5e-6, 1.0, "s"),
    "all_reduce_s": Prior(8e-6, 0.7, "s"),
    "link_share": Prior(0.7, 0.2),
    "slow_link_power": Prior(0.5, 0.5),
    "host_link_share": Prior(0.25, 0.4),
    "host_link_latency": Prior(2.0, 0.4),
    "network_s": Prior(230e-6, 0.3, "s"),
    "network_share": Prior(0.6, 0.3),
    "stage_s": Prior(50e-6, 0.5, "s"),
    "pipeline_loss": Prior(0.1, 0.5),
    "exchange_s": Prior(10e-6, 0.8, "s"),
    "exchange_link_share": Prior(0.4, 0.4),
    "expert_imbalance": Prior(0.5, 0.4),
    "expert_slice_loss": Prior(0.3, 0.7),
    "activation_passes": Prior(30.0, 0.5),
    "activation_passes_per_expert": Prior(4.0, 0.7),
    "kv_fill": Prior(0.9, 0.1),
    "output_reserved": Prior(0.75, 0.2),
    "sequence_limit": Prior(512.0, 0.15, "sequences", "engines' own defaults lie between 256 and 2,048"),
    "prompt_sharing": Prior(0.5, 0.5),
    "overhead_vllm": Prior(1.0, 0.25),
    "overhead_sglang": Prior(1.0, 0.25),
    "overhead_trtllm": Prior(1.0, 0.25),
    "overhead_llama_cpp": Prior(1.0, 0.25),
    "old_vllm_overhead": Prior(6.0, 0, "1", _OLD),
    "draft_share": Prior(0.05, 0, "1", _DRAFT),
    "speed_vllm": Prior(1.0, 0.1),
    "speed_sglang": Prior(1.0, 0.1),
    "speed_trtllm": Prior(1.0, 0.1),
    "speed_llama_cpp": Prior(1.0, 0.15),
    "speed_full": Prior(1.0, 0.15),
    "amd_flops_gain": Prior(0.7, 0.15, "1", _OURS),
    "amd_bandwidth_gain": Prior(0.9, 0.15, "1", _OURS),
    "amd_overhead": Prior(1.25, 0.2, "1", _OURS),
}
PRIORS = tuple(_OF[name] for name in Coefficients._fields)
