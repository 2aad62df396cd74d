"""What reports say of the log behind them: how much of it was counted, when, and what was not."""

from collections.abc import Iterator
from datetime import UTC, datetime

from costcalc.render.report import Json
from costcalc.usage.groups import SET_ASIDE, Usage

_LAST_S = 253_402_300_799  # the end of the year 9999, beyond which no calendar of ours goes [s since 1970]


def log_words(usage: Usage) -> str:
    """Say in a line what was counted, and over which time."""
    files = f"{usage.files:,} file{'s' if usage.files != 1 else ''}"
    formats = f" ({', '.join(usage.formats)})" if usage.formats else ""
    amount = f"{usage.requests:,} requests" if usage.requests else f"{usage.rows:,} rows"
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


def fault_lines(usage: Usage) -> Iterator[str]:
    """Say which rows are not counted, and where the first of them stand."""
    for fault in usage.faults:
        why = "passed over, as nothing was billed" if fault.kind in SET_ASIDE else "not counted"
        places = f": {', '.join(fault.places)}" if fault.places else ""
        yield f"{fault.rows:,} row{'s' if fault.rows != 1 else ''} {why} ({fault.kind}){places}"
    if usage.repeated:
        yield f"{usage.repeated:,} rows repeat an earlier one and are counted once"


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
        "faults": [{"kind": fault.kind, "rows": fault.rows} for fault in usage.faults],
    }
