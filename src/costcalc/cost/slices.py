"""A part of a GPU: a share of it by software, or a slice that its vendor cuts (MIG)."""

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.hardware import GpuFile
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.errors import UndecidableError
from costcalc.findings import did_you_mean
from costcalc.units import Count, decimal, exact

EIGHTHS = 8  # the memory of a GPU is cut into eighths; a GPU of four compute slices uses every second of them


class GpuPart(NamedTuple):
    """A part of a GPU.

    Args:
        name: What it is called beside the GPU: ``1g.10gb``, or ``× 0.25``.
        memory: Its share of the GPU's memory and bandwidth, 0 to 1.
        compute: Its share of the GPU's arithmetic, 0 to 1.
    """

    name: str
    memory: Fraction
    compute: Fraction

    @property
    def paid(self) -> Fraction:
        """The share of the GPU that it takes from others: the larger of the two, 0 to 1."""
        return max(self.memory, self.compute)


def slice_of(profile: str, gpu: GpuFile) -> GpuPart:
    """Read a MIG profile of a GPU: compute in sevenths (in quarters on an A30), memory and bandwidth in eighths.

    Args:
        profile: Its name, such as ``1g.10gb``.
        gpu: The GPU.

    Raises:
        UndecidableError: The GPU has no such slice.

    Source:
        NVIDIA Multi-Instance GPU User Guide, "Supported MIG Profiles":
        https://docs.nvidia.com/datacenter/tesla/mig-user-guide/supported-mig-profiles.html. Its table gives each slice
        a share of SMs and a share of memory; bandwidth goes with the memory.

    Example:
        Seven of the smallest make a GPU; two of 3g.40gb do, because they take all of its memory:

        >>> from costcalc.catalog.layers.load import load_catalog
        >>> [str(slice_of(profile, load_catalog().gpu("H100 SXM")).paid) for profile in ("1g.10gb", "3g.40gb")]
        ['1/7', '1/2']
    """
    known = gpu.mig.profiles if gpu.mig is not None else ()
    if profile not in known:
        near = did_you_mean(profile, known)
        reason = f"its slices are {', '.join(known)}" if known else "no slices of it are known"
        raise UndecidableError(f"{gpu.name} has no slice '{profile}'; {reason}{f' ({near})' if near else ''}")
    (compute, memory), (all_compute, all_memory) = _sizes(profile), _sizes(known[-1])
    eighths = (memory * EIGHTHS * 2 + all_memory) // (2 * all_memory)  # the nearest: 10 of 80 GB, 12 of 94, 18 of 141
    return GpuPart(profile, Fraction(eighths, EIGHTHS), Fraction(compute, all_compute))


def _sizes(profile: str) -> tuple[int, int]:
    """Take compute slices and memory [GB] out of a profile's name."""
    compute, memory = re.findall(r"\d+", profile)
    return int(compute), int(memory)


def part_of(option: SelfHostOption, catalog: Catalog) -> GpuPart | None:
    """Say which part of a GPU a replica lies on; None for whole GPUs.

    Raises:
        UndecidableError: The GPU has no such slice.
    """
    if option.mig is not None:
        assert option.gpu is not None  # the option's form asks for it
        return slice_of(option.mig, catalog.gpu(option.gpu))
    return share_of(exact(option.gpus)) if option.gpus < 1 else None


def share_of(share: Count) -> GpuPart:
    """Give a share of a GPU by software: of its memory, its bandwidth and its arithmetic alike."""
    return GpuPart(f"× {decimal(share).normalize():f}", Fraction(share), Fraction(share))


class _Same:
    """A GPU's entry, equal to itself alone: to compare forms takes longer than to cut one."""

    __slots__ = ("gpu",)

    def __init__(self, gpu: GpuFile) -> None:
        self.gpu = gpu

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.gpu is other.gpu

    def __hash__(self) -> int:
        return id(self.gpu)


def cut(gpu: GpuFile, part: GpuPart | None) -> GpuFile:
    """Give a part of a GPU as a GPU of its own: no link to others, and no measurement is of it.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> quarter = cut(load_catalog().gpu("H100 SXM"), share_of(Fraction(1, 4)))
        >>> float(quarter.memory_gb), quarter.name
        (20.0, 'H100 SXM × 0.25')
    """
    return _cut(_Same(gpu), part) if part is not None else gpu


@lru_cache(maxsize=256)
def _cut(whole: _Same, part: GpuPart) -> GpuFile:
    gpu = whole.gpu
    memory, compute = decimal(part.memory), decimal(part.compute)
    peaks = {name: peak * compute for name, peak in gpu.dense_tflops.model_dump(exclude_none=True).items()}
    return gpu.model_copy(
        update={
            "gpu": f"{gpu.gpu} {part.name}",
            "name": f"{gpu.name} {part.name}",
            "memory_gb": gpu.memory_gb * memory,
            "bandwidth_gb_per_s": gpu.bandwidth_gb_per_s * memory,
            "dense_tflops": gpu.dense_tflops.model_copy(update=peaks),
            "tdp_w": gpu.tdp_w * compute if gpu.tdp_w is not None else None,
            "link_gb_per_s": None,
        }
    )
