"""An engine's answers, read into groups: the same for every engine."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from costcalc.usage.aggregate import COLUMNS
from costcalc.usage.groups import COUNTED, FAULTS, Fault, FaultKind, Group, Usage


class Counted(NamedTuple):
    """One group of an engine's answer, with how many rows it has and when.

    Args:
        group: The group.
        rows: How many rows of the log it holds.
        first_s: When the first of them was made, or None.
        last_s: When the last was.
    """

    group: Group
    rows: int
    first_s: int | None
    last_s: int | None


def counted_rows(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[Counted]:
    """Read rows of an answer by the names of its columns."""
    for values in rows:
        row: dict[str, Any] = dict(zip(names, values, strict=True))
        model, start, above, pooled, processing, tier, label = (row.get(name) for name in COLUMNS)
        recorded = row.get("recorded_nano_usd")
        group = Group(
            model=model or "",
            start_s=int(start or 0),
            above=int(above or 0),
            is_pooled=bool(pooled),
            processing=processing,
            service_tier=tier,
            label=label,
            requests=int(row["requests"] or 0),
            counts={meter: int(row[meter]) for meter in COUNTED if row.get(meter)},
            recorded_nano_usd=int(recorded) if recorded is not None else None,
        )
        yield Counted(group, int(row["row_count"]), row["first_s"], row["last_s"])


class Counting:
    """What several answers say together."""

    def __init__(self) -> None:
        self._groups: list[Group] = []
        self._rows = 0
        self._first: list[int] = []
        self._last: list[int] = []
        self.faults: list[Fault] = []

    def add(self, answers: Iterable[Counted], *, is_pooled: bool) -> None:
        """Add an answer."""
        for group, rows, first, last in answers:
            if group.above < 0:
                self.faults.append(Fault(FAULTS[-1 - group.above], rows))
                continue
            self._groups.append(group._replace(is_pooled=True) if is_pooled else group)
            self._rows += rows
            self._first += [int(first)] if first is not None else []
            self._last += [int(last)] if last is not None else []

    def usage(
        self, bucket_s: int, thresholds: tuple[int, ...], *, files: int, formats: tuple[str, ...], label: str | None
    ) -> Usage:
        """Give the whole, its groups in an order that does not depend on the engine."""
        kinds: dict[FaultKind, int] = {}
        for fault in self.faults:
            kinds[fault.kind] = kinds.get(fault.kind, 0) + fault.rows
        groups = sorted(self._groups, key=lambda one: (one.start_s, one.model, one.above, str(one[3:7])))
        return Usage(
            groups=tuple(groups),
            bucket_s=bucket_s,
            thresholds=thresholds,
            first_s=min(self._first, default=0),
            last_s=max(self._last, default=0),
            rows=self._rows,
            faults=tuple(Fault(kind, kinds[kind]) for kind in FAULTS if kind in kinds),
            files=files,
            formats=formats,
            label=label,
        )
