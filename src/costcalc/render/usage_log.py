"""What reports say of the log behind them: how much of it was counted, when, and what was not."""

from collections.abc import Iterator
from datetime import UTC, datetime

from costcalc.render.report import Json
from costcalc.units import how_many
from costcalc.usage.groups import SET_ASIDE, Fault, FaultKind, Usage

_LAST_S = 253_402_300_799  # the end of the year 9999, beyond which no calendar of ours goes [s since 1970]


def log_words(usage: Usage) -> str:
    """Say in a line what was counted, and over which time."""
    files = f"{how_many(usage.files, 'file')}"
    formats = f" ({', '.join(usage.formats)})" if usage.formats else ""
    amount = how_many(usage.requests, "request") if usage.requests else how_many(usage.rows, "row")
    return f"{amount} in {files}{formats}, {span_words(usage)}"


def span_words(usage: Usage) -> str:
    """Write the time from the first request to the last, UTC; of a trace that counts from 0, how long it is."""
    length = duration(usage.span_s)
    ends = _ends(usage)
    if ends is None:
        return f"over {length}"
    first, last = ends
    end = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    return f"{first:%Y-%m-%d %H:%M} to {end} UTC ({length})"


def _ends(usage: Usage) -> tuple[datetime, datetime] | None:
    """Give the first and the last moment; None where the log's times are no days of the calendar."""
    if not usage.is_dated or usage.first_s < 0 or usage.last_s > _LAST_S:
        return None
    return datetime.fromtimestamp(usage.first_s, UTC), datetime.fromtimestamp(usage.last_s, UTC)


def duration(seconds: int) -> str:
    """Write a time in the unit that people would use.

    Example:
        >>> [duration(seconds) for seconds in (1, 90, 3436, 7200, 1_209_600)]
        ['1 s', '90 s', '57.3 min', '2 h', '14 days']
    """
    for size, unit, least in ((86_400, " days", 2), (3_600, " h", 2), (60, " min", 2)):
        if seconds >= size * least:
            return f"{seconds / size:.1f}".removesuffix(".0") + unit
    return f"{seconds} s"


_WHY: dict[FaultKind, str] = {
    "no time": "no time",
    "not a count": "a number of tokens that is none, or is negative",
    "cached exceeds input": "a cached part that exceeds the input which contains it",
    "no usage": "no usage record: failed calls, which nobody bills",
    "gateway cache": "answered from the gateway's own cache, which no provider bills",
    "broken": "cannot be read",
    "unknown meter": "counts something that is no meter of ours",
}


def fault_text(fault: Fault) -> str:
    """Say how many rows are not counted, why, and where the first of them stand.

    Example:
        >>> fault_text(Fault("no time", 2, ("log.csv:7",)))
        '2 rows are not counted (no time): log.csv:7'
    """
    rows = f"{how_many(fault.rows, 'row')} {'is' if fault.rows == 1 else 'are'}"
    places = f": {', '.join(fault.places)}" if fault.places else ""
    return f"{rows} not counted ({_WHY[fault.kind]}){places}{f'; {fault.found}' if fault.found else ''}"


def lost_words(usage: Usage) -> Iterator[str]:
    """Say first of a log that most of it is not counted: what follows is of a few rows."""
    lost = [fault for fault in usage.faults if fault.kind not in SET_ASIDE]
    rows = sum(fault.rows for fault in lost)
    if rows > usage.rows:
        why = "; ".join(_WHY[fault.kind] for fault in sorted(lost, key=lambda fault: -fault.rows))
        yield f"{rows:,} of {rows + usage.rows:,} rows are not counted: {why}."


def repeat_words(usage: Usage) -> Iterator[str]:
    """Say how many rows are left out since their id was counted already."""
    if usage.repeated:
        verb = "repeats" if usage.repeated == 1 else "repeat"
        yield f"{how_many(usage.repeated, 'row')} {verb} an earlier id: counted once"


def differ_words(usage: Usage) -> Iterator[str]:
    """Say how many ids have rows that contradict each other."""
    if usage.differing:
        ids, verb = how_many(usage.differing, "id"), "stands" if usage.differing == 1 else "stand"
        yield f"{ids} {verb} in rows whose counts or models differ: each is counted once, with its largest counts"


def fault_lines(usage: Usage) -> Iterator[str]:
    """Say which rows are not counted, and where the first of them stand."""
    yield from map(fault_text, usage.faults)
    yield from repeat_words(usage)
    yield from differ_words(usage)


def log_data(usage: Usage) -> dict[str, Json]:
    """Give the same for machines."""
    ends = _ends(usage)
    return {
        "files": usage.files,
        "formats": list(usage.formats),
        "rows": usage.rows,
        "requests": usage.requests,
        "first": ends[0].isoformat() if ends is not None else None,
        "last": ends[1].isoformat() if ends is not None else None,
        "span_s": usage.span_s,
        "repeated": usage.repeated,
        "differing": usage.differing,
        "faults": [{"kind": fault.kind, "rows": fault.rows} for fault in usage.faults],
    }
