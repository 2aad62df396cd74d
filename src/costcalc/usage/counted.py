"""An engine's answers, read into groups: the same for every engine."""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from costcalc.units import SECONDS_PER_HOUR
from costcalc.usage.aggregate import COLUMNS, REPEATS
from costcalc.usage.groups import COUNTED, FAULTS, Fault, FaultKind, Group, Usage, merged

# a label is a name or an id; what looks like a secret is not shown, whoever wrote it there
_SECRET = re.compile(r"\b(?:sk|pk|rk|key|api|ghp|xox[a-z])[-_][\w-]{16,}|\bAKIA[0-9A-Z]{12,}|\b[0-9a-f]{64}\b")
HIDDEN = "(a secret, not shown)"
NAMED = 5  # faults of a kind
DAY_S = 86_400
WEEK_S = 7 * DAY_S


class Counted(NamedTuple):
    """One group of an engine's answer, with how many rows it has and when.

    Args:
        group: The group.
        rows: How many rows of the log it holds.
        repeats: How many more repeat them.
        differs: How many of them were repeated with other counts.
        first_s: When the first of them was made, or None.
        last_s: When the last was.
    """

    group: Group
    rows: int
    repeats: int
    differs: int
    first_s: int | None
    last_s: int | None


def counted_rows(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[Counted]:
    """Read rows of an answer by the names of its columns."""
    for values in rows:
        row: dict[str, Any] = dict(zip(names, values, strict=True))
        model, start, above, pooled, processing, tier, region, label = (row.get(name) for name in COLUMNS)
        recorded = row.get("recorded_nano_usd")
        group = Group(
            model=model or "",
            start_s=int(start or 0),
            above=int(above or 0),
            is_pooled=bool(pooled),
            processing=processing,
            service_tier=tier,
            label=_SECRET.sub(HIDDEN, label) if label else label,
            requests=int(row["requests"] or 0),
            counts={meter: int(row[meter]) for meter in COUNTED if row.get(meter)},
            recorded_nano_usd=int(recorded) if recorded is not None else None,
            region=region,
        )
        repeats, differs = (int(row.get(name) or 0) for name in REPEATS)
        yield Counted(group, int(row["row_count"]), repeats, differs, row["first_s"], row["last_s"])


class Counting:
    """What several answers say together."""

    def __init__(self) -> None:
        self._groups: list[Group] = []
        self._rows = 0
        self._repeated = 0
        self._differing = 0
        self._first: list[int] = []
        self._last: list[int] = []
        self._load: dict[int, int] = {}
        self.faults: list[Fault] = []

    def add_load(self, load: Mapping[int, int]) -> None:
        """Add the requests of each bucket, where the groups do not tell them."""
        for start, requests in load.items():
            self._load[start] = self._load.get(start, 0) + requests

    def add(
        self,
        answers: Iterable[Counted],
        *,
        is_pooled: bool,
        has_ends: bool,
        places: Mapping[FaultKind, tuple[str, ...]] | None = None,
        found: Mapping[FaultKind, str] | None = None,
    ) -> None:
        """Add an answer.

        Args:
            answers: Its groups.
            is_pooled: Whether each of its rows is a sum over several requests.
            has_ends: Whether its rows say when the time of a sum ends.
            places: Where the first rows of each kind of fault stand.
            found: What stands there in place of what is expected.
        """
        named, times, has_sums = dict(places or {}), list[int](), is_pooled
        for group, rows, repeats, differs, first, last in answers:
            if group.above < 0:
                kind = FAULTS[-1 - group.above]
                self.faults.append(Fault(kind, rows, named.pop(kind, ()), (found or {}).get(kind, "")))
                continue
            self._groups.append(group._replace(is_pooled=True) if is_pooled else group)
            self._rows += rows
            self._repeated += repeats
            self._differing += differs
            self._first += [int(first)] if first is not None else []
            self._last += [int(last)] if last is not None else []
            times += [int(each) for each in (first, last) if each is not None]
            has_sums |= group.is_pooled
        if has_sums and not has_ends and times:
            self._last.append(end_of_sums(times))

    def usage(
        self, bucket_s: int, thresholds: tuple[int, ...], *, files: int, formats: tuple[str, ...], label: str | None
    ) -> Usage:
        """Give the whole, its groups in an order that does not depend on the engine."""
        return Usage(
            groups=merged(self._groups),
            bucket_s=bucket_s,
            thresholds=thresholds,
            first_s=min(self._first, default=0),
            last_s=max(self._last, default=0),
            rows=self._rows,
            faults=tuple(self._together()),
            repeated=self._repeated,
            differing=self._differing,
            files=files,
            formats=formats,
            label=label,
            load=tuple(sorted(self._load.items())),
        )

    def _together(self) -> Iterator[Fault]:
        for kind in FAULTS:
            same = [fault for fault in self.faults if fault.kind == kind]
            if same:
                places = sorted((place for fault in same for place in fault.places), key=_in_order)
                found = next((fault.found for fault in same if fault.found), "")
                yield Fault(kind, sum(fault.rows for fault in same), tuple(places[:NAMED]), found)


def end_of_sums(times: Sequence[int]) -> int:
    """Say when the last of some sums ends that only say when they begin [s since 1970].

    Sums at midnight UTC, or of several days at the same whole hour, are of a day each: of a month each where all begin
    on the first of one, of a week each where three or more lie whole weeks apart. Others at whole hours are of an hour
    each; of sums at other times nothing is known, and the last one is a moment.

    Leaves out that a single sum on the first of a month may be that month's: it counts as a day.

    Example:
        >>> [end_of_sums(times) for times in ([0], [0, 7200], [82_800, 169_200], [90])]
        [86400, 10800, 255600, 90]
        >>> [end_of_sums([day * 86_400 for day in days]) // 86_400 for days in ([0, 31], [0, 7, 21], [0, 7])]
        [59, 28, 8]
    """
    last, of_day, apart = max(times), {at % DAY_S for at in times}, {*times}
    if any(at % SECONDS_PER_HOUR for at in of_day):
        return last
    is_daily = of_day == {0} or (len(of_day) == 1 and len(apart) > 1)
    if is_daily and len(apart) > 1 and all(_day(at).day == 1 for at in apart):
        return last + monthrange(_day(last).year, _day(last).month)[1] * DAY_S
    if is_daily and len(apart) >= _WEEKLY and not any((last - at) % WEEK_S for at in apart):
        return last + WEEK_S
    return last + (DAY_S if is_daily else SECONDS_PER_HOUR)


_WEEKLY = 3  # two sums a week apart may as well be of a day each


def _day(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _in_order(place: str) -> list[tuple[int, str]]:
    """Order places as people do: line 9 before line 10."""
    return [(int(part or 0), "") if at % 2 else (0, part) for at, part in enumerate(re.split(r"(\d+)", place))]
