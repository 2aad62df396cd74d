"""How GPUs are sold where that is not a whole GPU by the hour: by the second, by the month, as a share, as a slice."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, NamedTuple

from costcalc.catalog.forms.entry import NOT_EMPTY, Constraint, Entry
from costcalc.catalog.forms.scalars import (
    Items,
    Natural,
    Text,
    UncertainAmount,
    UncertainPositiveUnitUsd,
    UncertainShare,
)
from costcalc.catalog.forms.schema import Source

if TYPE_CHECKING:
    from costcalc.catalog.forms.options import SelfHostOption

MIG_PATTERN = r"^\d+g\.\d+gb$"


class Capacity(Entry):
    """What of GPUs a self-hosted option pays for, and when.

    Args:
        mig: A slice of the GPU in place of all of it, such as 1g.10gb, by a profile of the GPU's file.
        usd_per_gpu_second: Rent of one GPU by the second, of a service that scales to zero [USD/GPU-second].
        usd_per_slice_hour: Rent of the slice or the share of a GPU itself, in place of its part of a GPU's
            [USD/slice-hour].
        usd_per_month: Rent of one server by the month, however long it runs; it has node_gpus GPUs, or those of one
            replica [USD/month].
        overhead: What is billed on top of a rent, such as a support plan or a platform's fee, as a share of it, 0 to 1.
        min_replicas: Replicas that stay when nothing is asked, where they follow the load: 0 for none (default: 0 of
            what is sold by the second, else 1).
        warm_s: How long a replica stays after its last request, where none needs to (default: the assumption
            scale_to_zero_warm) [s].
        cold_start_s: How long a replica takes to start, which is paid (default: by the model's size, the assumptions
            cold_start_8b and cold_start_70b) [s].
        interruptions_per_month: How often a machine on spot is taken away (default: the assumption
            spot_interruptions) [1/month].
    """

    mig: Text | None = None
    usd_per_gpu_second: UncertainPositiveUnitUsd | None = None
    usd_per_slice_hour: UncertainPositiveUnitUsd | None = None
    usd_per_month: UncertainPositiveUnitUsd | None = None
    overhead: UncertainShare | None = None
    min_replicas: Natural | None = None
    warm_s: UncertainAmount | None = None
    cold_start_s: UncertainAmount | None = None
    interruptions_per_month: UncertainAmount | None = None


class MigProfiles(Entry):
    """The slices into which a GPU is cut.

    Args:
        profiles: Their names, smallest first, such as 1g.10gb: compute slices, and memory [GB].
        source: Where they were read, and when.
    """

    profiles: Annotated[tuple[Annotated[Text, Constraint(pattern=MIG_PATTERN)], ...], NOT_EMPTY, Items]
    source: Source


class _Conflict(NamedTuple):
    """Keys that do not go together, with what to do about it."""

    holds: "Callable[[SelfHostOption], bool]"
    message: str


RENTS = ("usd_per_gpu_hour", "usd_per_gpu_second", "usd_per_slice_hour", "usd_per_month")


def rents_of(option: "SelfHostOption") -> list[str]:
    """Name the rents that an option states."""
    return [name for name in RENTS if getattr(option, name) is not None]


def _is_part(option: "SelfHostOption") -> bool:
    return option.mig is not None or option.gpus < 1


_CONFLICTS = (
    _Conflict(
        lambda option: option.mig is not None and option.gpu is None,
        "mig is a slice of a GPU: give gpu",
    ),
    _Conflict(
        lambda option: option.mig is not None and option.gpus != 1,
        "a replica lies on one slice: leave gpus out, or mig",
    ),
    _Conflict(
        lambda option: option.usd_per_slice_hour is not None and not _is_part(option),
        "usd_per_slice_hour is the rent of a part of a GPU: give mig or gpus below 1, or usd_per_gpu_hour",
    ),
    _Conflict(
        lambda option: _is_part(option) and option.tenure == "own",
        "a part of a GPU is rented: with tenure: own give whole gpus",
    ),
    _Conflict(
        lambda option: option.tenure == "own" and (bool(rents_of(option)) and rents_of(option) != ["usd_per_gpu_hour"]),
        "a machine that is owned has no rent: give usd_per_gpu, or leave tenure: own out",
    ),
    _Conflict(
        lambda option: option.tenure == "own" and option.overhead is not None,
        "overhead is billed on a rent: leave it out with tenure: own",
    ),
    _Conflict(
        lambda option: option.tenure not in {"on_demand", "spot"} and option.min_replicas == 0,
        "a machine that is owned or reserved is paid for when it is off too: leave min_replicas: 0 out",
    ),
    _Conflict(
        lambda option: option.usd_per_month is not None and option.tenure != "on_demand",
        "usd_per_month is a term of its own: leave tenure out",
    ),
    _Conflict(
        lambda option: option.usd_per_month is not None and (option.autoscale or option.hours_per_month is not None),
        "usd_per_month is paid whatever the hours: leave autoscale and hours_per_month out",
    ),
    _Conflict(
        lambda option: (
            option.min_replicas is not None
            and not option.autoscale
            and option.usd_per_gpu_second is None
            and option.rental is None
        ),
        "min_replicas is for replicas that follow the load: give autoscale: true",
    ),
    _Conflict(
        lambda option: option.replicas is not None and option.usd_per_gpu_second is not None,
        "what is sold by the second follows the load: leave replicas out, or give min_replicas",
    ),
    _Conflict(
        lambda option: option.interruptions_per_month is not None and option.tenure != "spot" and option.rental is None,
        "interruptions_per_month is for machines on spot: give tenure: spot, or the rental",
    ),
)


def conflict_of(option: "SelfHostOption") -> str | None:
    """Say which of an option's keys on how its GPUs are sold do not go together."""
    stated = rents_of(option)
    if len(stated) > 1:
        return f"give one rent, not {' and '.join(stated)}"
    return next((conflict.message for conflict in _CONFLICTS if conflict.holds(option)), None)
