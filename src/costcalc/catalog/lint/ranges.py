"""A rule about ranges: a figure lies inside the interval that is known for it."""

from collections.abc import Iterator

from costcalc.catalog.forms.assumptions import Assumption
from costcalc.catalog.lint.question import Found, Question


def outside_range(asked: Question) -> Iterator[Found]:
    """Find shares that are none, and own figures without a source outside the range of the shipped ones.

    That a value lies between its own low and high is the form's to ask, on every load.
    """
    for name, one in asked.catalog.assumptions.items():
        path = ("assumptions", name)
        shipped = asked.shipped.assumptions.get(name)
        if shipped is None or shipped.unit != one.unit or one.source is not None:
            continue
        if not shipped.low <= one.value <= shipped.high:
            yield Found(path, _strange(one, shipped), help="write it in full, with its source, if it is meant")


def _strange(one: Assumption, shipped: Assumption) -> str:
    ends = f"{shipped.low:f} to {shipped.high:f} ({shipped.unit})"
    return f"{one.value:f} lies outside {ends}, the range that costcalc ships, and no source says so"
