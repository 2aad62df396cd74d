"""What traffic usually is, where nobody says it: the peak of a kind of work, and assumptions within their bounds."""

from decimal import Decimal
from typing import NamedTuple

from costcalc.case.inputs import REQUEST_DIGITS, Input, assumed_input
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.scalars import Interval
from costcalc.errors import InputError
from costcalc.findings import Finding
from costcalc.workload import WorkloadKind

USUAL_PEAK = "assumptions.peak_to_mean"
PEAK = "workload.peak_to_mean"
_ONE = Decimal(1)


class UsualPeak(NamedTuple):
    """The peak of a workload that states neither a peak nor its hours.

    Args:
        value: The busiest hour's rate of requests over the mean rate; a range where it was measured as one.
        assumed: Whether it is the assumption `peak_to_mean`, and not that of a kind of work.
    """

    value: Decimal
    assumed: bool


def peak_of_kind(kind: WorkloadKind, catalog: Catalog) -> UsualPeak:
    """Give the usual peak of a kind of work, which is the assumption where nobody has measured the kind."""
    own = catalog.kinds()[kind].peak_to_mean if kind != "general" else None
    if own is None:
        return UsualPeak(assumed(USUAL_PEAK, catalog, least=_ONE), assumed=True)  # a peak is at least the mean
    if isinstance(own, Decimal):
        return UsualPeak(own, assumed=False)
    return UsualPeak(Interval.around(own.value, own.low, own.high), assumed=False)


def assumed(path: str, catalog: Catalog, *, least: Decimal) -> Decimal:
    """Give the value of an assumption about traffic, of which a layer of the user's may say anything.

    Raises:
        InputError: It is below the least that a workload can have; with its place.
    """
    name = path.removeprefix("assumptions.")
    value = catalog.assumption(name).value
    if value < least:
        place = catalog.place(("assumptions", name, "value"))
        raise InputError(
            [Finding("value", "error", f"{path}: expected a value of at least {least}, found {value}", place)]
        )
    return value


def peak_inputs(peak: UsualPeak, catalog: Catalog) -> list[Input]:
    """Make an input of a peak that nobody stated, where it is uncertain; a peak is at least the mean."""
    if not peak.assumed:
        value = peak.value
        return [_peak_of(value)] if isinstance(value, Interval) else []
    known = catalog.assumption(USUAL_PEAK.removeprefix("assumptions."))
    one = assumed_input(USUAL_PEAK.removeprefix("assumptions."), known)
    return [one._replace(least=_ONE, digits=REQUEST_DIGITS)] if known.drawn and known.low < known.high else []


def _peak_of(value: Interval) -> Input:
    return Input(PEAK, Decimal(value), value.low, value.high, "ratio", least=_ONE, digits=REQUEST_DIGITS)
