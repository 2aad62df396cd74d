"""SkyPilot's names of accelerators in ours; a name that is several of our GPUs is told apart by machine and memory.

Names of clouds and accelerators as in ``sky show-gpus`` and the folders of skypilot-catalog. The machines: AWS p4d,
p4de and p5, Google's a2 and a3, Azure's ND series and Oracle's bare metal have SXM boards, Azure's NC series has
cards (each cloud's page of machine types).
"""

import re
from functools import lru_cache
from typing import NamedTuple

# whose offers each folder of SkyPilot's holds, as our rentals call them
CLOUDS = {
    "aws": "AWS",
    "azure": "Azure",
    "cudo": "Cudo Compute",
    "do": "DigitalOcean",
    "fluidstack": "FluidStack",
    "gcp": "Google Cloud",
    "hyperbolic": "Hyperbolic",
    "hyperstack": "Hyperstack",
    "ibm": "IBM Cloud",
    "jarvislabs": "Jarvislabs",
    "lambda": "Lambda",
    "lium": "Lium",
    "mithril": "Mithril",
    "nebius": "Nebius",
    "oci": "Oracle Cloud",
    "ovhcloud": "OVHcloud",
    "paperspace": "Paperspace",
    "primeintellect": "Prime Intellect",
    "runpod": "RunPod secure cloud",
    "scaleway": "Scaleway",
    "scp": "Samsung Cloud Platform",
    "seeweb": "Seeweb",
    "shadeform": "Shadeform",
    "simplepod": "SimplePod",
    "spheron": "Spheron, a marketplace",
    "vast": "Vast.ai, a marketplace",
    "verda": "Verda",
    "yotta": "Yotta",
}

GPUS = {
    "A10": "a10",
    "A100-80GB-SXM": "a100-80gb-sxm",
    "A10G": "a10g",
    "A30": "a30",
    "A40": "a40",
    "A6000": "rtx-a6000",
    "B200": "b200-sxm",
    "B300": "b300-sxm",
    "GB200": "gb200-nvl72",
    "GB300": "gb300-nvl72",
    "GH200": "gh200",
    "H100-MEGA": "h100-sxm",
    "H100-NVL": "h100-nvl",
    "H100-SXM": "h100-sxm",
    "H20": "h20",
    "H200": "h200-sxm",
    "H200-SXM": "h200-sxm",
    "Inferentia2": "inferentia2",
    "L4": "l4",
    "L40": "l40",
    "L40S": "l40s",
    "MI300X": "mi300x",
    "MI325X": "mi325x",
    "MI355X": "mi355x",
    "RTX-6000-Ada": "rtx-6000-ada",
    "RTX-PRO-6000": "rtx-pro-6000",
    "RTX3090": "rtx-3090",
    "RTX4090": "rtx-4090",
    "RTX5090": "rtx-5090",
    "RTX6000-Ada": "rtx-6000-ada",
    "RTXA6000": "rtx-a6000",
    "RTXPRO6000": "rtx-pro-6000",
    "T4": "t4",
    "Trainium2": "aws-trainium2-chip",
    "V100-32GB": "v100-32gb",
}
# what of "cloud/machine name memory" tells forms apart; "" is a GPU that we do not have
FORMS: dict[str, tuple[tuple[str, str], ...]] = {
    "A100": (
        (r"^aws/p4d\.|^gcp/|^oci/BM\.GPU4\.|^azure/Standard_ND96asr_v4\b|sxm", "a100-40gb-sxm"),
        (r"pcie", ""),
    ),
    "A100-80GB": (
        (r"^aws/p4de\.|^gcp/|^oci/BM\.GPU\.A100-v2\.|^azure/Standard_ND96amsr_|^verda/\d+A100\.|sxm", "a100-80gb-sxm"),
        (r"^azure/Standard_NC\d+ads_A100_v4\b|pcie", "a100-80gb-pcie"),
    ),
    "H100": (
        (r"^aws/p5\.|^gcp/|^oci/BM\.GPU\.H100\.|^azure/Standard_ND96is|^verda/\d+H100\.80S\.|sxm", "h100-sxm"),
        (r"^azure/Standard_NC\d+ad\w*_H100_v5\b|nvl\b", "h100-nvl"),
        (r"pcie", "h100-pcie"),
    ),
    "V100": (
        (r"\b16384 MiB|^aws/p3\.|^gcp/", "v100-16gb"),
        (r"\b32768 MiB", "v100-32gb"),
    ),
}
TPUS = {"tpu-v5litepod": "tpu-v5e", "tpu-v6e": "tpu-v6e-trillium"}
_TPU = re.compile(r"(?P<kind>tpu-[a-z0-9]+)-(?P<chips>[1-9]\d{0,3})")
_NAME = re.compile(r"""['"]Name['"]: *['"]([^'"]*)['"]""")
_MEMORY = re.compile(r"""['"]SizeInMiB['"]: *(\d+)""")


class Told(NamedTuple):
    """Which GPU of ours a row is of.

    Args:
        gpu: Our id; empty where it is none, or nobody can tell.
        per_count: GPUs in each that the row counts: a slice of TPUs counts as one.
        reason: Why it is none.
    """

    gpu: str
    per_count: int = 1
    reason: str = ""


@lru_cache(maxsize=4096)  # a machine stands in a list once for every zone
def told(cloud: str, name: str, machine: str, info: str) -> Told:
    """Find the GPU of a row; where the row does not tell one form from another, none, with the reason.

    Args:
        cloud: Whose list it is, as SkyPilot calls it.
        name: What the row calls the accelerator.
        machine: The machine; empty for a GPU alone.
        info: What the row says of the GPU: text in the form of a Python or JSON mapping.

    Example:
        >>> told("aws", "H100", "p5.48xlarge", ""), told("gcp", "tpu-v6e-8", "", "").per_count
        (Told(gpu='h100-sxm', per_count=1, reason=''), 8)
        >>> told("fluidstack", "H100", "h100x8", "").reason
        'SXM, PCIe or NVL? Neither machine nor memory tells which'
    """
    if name in GPUS:
        return Told(GPUS[name])
    if name in FORMS:
        return _by_form(name, " ".join([f"{cloud}/{machine}", *_NAME.findall(info)[:1], *_memory(info)]))
    tpu = _TPU.fullmatch(name)
    if tpu is not None and tpu["kind"] in TPUS:  # v5e and v6e count chips; older kinds count cores
        return Told(TPUS[tpu["kind"]], int(tpu["chips"]))
    return Told("", reason="no GPU of ours has that name")


def _by_form(name: str, text: str) -> Told:
    fit = [gpu for pattern, gpu in FORMS[name] if re.search(pattern, text, re.IGNORECASE)]
    if len(fit) == 1 and fit[0]:
        return Told(fit[0])
    if fit == [""]:
        return Told("", reason="a form of it that we do not have")
    forms = "16 or 32 GB" if name.startswith("V100") else "SXM, PCIe or NVL" if name == "H100" else "SXM or PCIe"
    return Told("", reason=f"{forms}? Neither machine nor memory tells which")


def _memory(info: str) -> list[str]:
    return [f"{mib} MiB" for mib in _MEMORY.findall(info)[:1]]
