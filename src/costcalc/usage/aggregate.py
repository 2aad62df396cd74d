"""The one question that an engine is asked: sums by model, time bucket and price conditions.

The same text runs on DuckDB, Spark and ClickHouse, and is translated for warehouses. Three rules keep engines equal:
every number is cast to BIGINT before it is added up (some engines add 32-bit integers in 32 bits); times are seconds
since 1970, so that no engine's time zone matters; and no money is added up as a float.
"""

from collections.abc import Sequence
from typing import NamedTuple

from costcalc.usage.groups import COUNTED, CountedMeter
from costcalc.workload import PROMPT_METERS

KEYS = ("model", "processing", "service_tier", "region", "label")
# what a row has beside its keys and its meters; `above`, where a reader gives it, is negative for a fault
ROW = ("at_s", "requests", "recorded_nano_usd", "is_pooled", "fault", "prompt_length", "repeats", "differs", "until_s")
REPEATS = ("repeats", "differs")  # records that are counted once: how many repeat it, and whether they differ
_MONDAY_S = 3 * 86_400  # 1970 began on a Thursday
COLUMNS = ("model", "start_s", "above", "is_pooled", *KEYS[1:])


class Alike(NamedTuple):
    """Which times of the week every price treats alike, so that their groups are put together day by day.

    Args:
        slot_s: How long a slot of the week is [s].
        slots: For each slot of the week, from Monday 00:00 UTC, a number that all slots with the same prices share.
    """

    slot_s: int
    slots: tuple[int, ...]


def grouping(rows: str, columns: Sequence[str], *, bucket_s: int, thresholds: Sequence[int]) -> str:
    """Write the GROUP BY over canonical rows.

    Args:
        rows: The table or the subquery of rows, as it stands after FROM.
        columns: Which canonical columns it has; a column that is absent costs nothing.
        bucket_s: How long a time bucket is [s].
        thresholds: The prompt lengths above which some price differs [tokens], ascending.

    Example:
        >>> print(grouping("calls", ("model", "at_s", "input", "output"), bucket_s=3600, thresholds=(200_000,)))
        SELECT
          model AS model,
          CAST(FLOOR(at_s / 3600) AS BIGINT) * 3600 AS start_s,
          CASE WHEN at_s IS NULL THEN -1 WHEN input < 0 OR output < 0 THEN -2
            WHEN input <= 200000 THEN 0 ELSE 1 END AS above,
          COUNT(*) AS row_count,
          MIN(at_s) AS first_s,
          MAX(at_s) AS last_s,
          COUNT(*) AS requests,
          SUM(CAST(input AS BIGINT)) AS input,
          SUM(CAST(output AS BIGINT)) AS output
        FROM calls
        GROUP BY 1, 2, 3
    """
    has = set(columns)
    meters = [meter for meter in COUNTED if meter in has]
    keys = [
        "model AS model",
        f"CAST(FLOOR(at_s / {bucket_s}) AS BIGINT) * {bucket_s} AS start_s",
        f"{_above(has, meters, thresholds)} AS above",
        *(f"{name} AS {name}" for name in ("is_pooled", *KEYS[1:]) if name in has),
    ]
    sums = [name for name in ("requests", *meters, "recorded_nano_usd", *REPEATS) if name in has]
    selected = [
        *keys,
        "COUNT(*) AS row_count",
        "MIN(at_s) AS first_s",
        f"MAX({'until_s' if 'until_s' in has else 'at_s'}) AS last_s",
        *(["COUNT(*) AS requests"] if "requests" not in has else []),
        *(f"SUM(CAST({name} AS BIGINT)) AS {name}" for name in sums),
    ]
    ordinals = ", ".join(str(at) for at in range(1, len(keys) + 1))
    return "SELECT\n  " + ",\n  ".join(selected) + f"\nFROM {rows}\nGROUP BY {ordinals}"


def folding(table: str, columns: Sequence[str], alike: Alike) -> str:
    """Write the GROUP BY that puts time buckets together which every price treats alike, day by day.

    Args:
        table: Where the answer of `grouping` lies.
        columns: Its columns.
        alike: Which times of the week are put together.
    """
    has = set(columns)
    week = len(alike.slots) * alike.slot_s
    slot = f"((start_s + {_MONDAY_S}) % {week}) // {alike.slot_s}"
    keys = [name for name in ("model", "above", "is_pooled", *KEYS[1:]) if name in has]
    times = [
        "start_s // 86400",
        *([f"list_extract({list(alike.slots)}, 1 + {slot})"] if len({*alike.slots}) > 1 else []),
    ]
    sums = [
        name for name in ("row_count", "requests", *COUNTED, "recorded_nano_usd", *REPEATS) if name in has
    ]  # fmt: skip
    selected = [
        *keys,
        "MIN(start_s) AS start_s",
        "MIN(first_s) AS first_s",
        "MAX(last_s) AS last_s",
        *(f"SUM({name}) AS {name}" for name in sums),
    ]
    return f"SELECT {', '.join(selected)} FROM {table} GROUP BY {', '.join([*keys, *times])}"


def _above(has: set[str], meters: Sequence[CountedMeter], thresholds: Sequence[int]) -> str:
    """Say which prompt lengths a row exceeds, or by a negative number why it is not counted."""
    negative = " OR ".join(f"{name} < 0" for name in meters)
    tests = [
        *(["fault < 0 THEN fault"] if "fault" in has else []),
        "at_s IS NULL THEN -1",
        *([f"{negative} THEN -2"] if negative else []),
    ]
    steps = _steps(has, meters, thresholds)
    faults, lengths = (" ".join(f"WHEN {test}" for test in some) for some in (tests, steps))
    return f"CASE {faults}\n    {lengths} ELSE {len(thresholds) if steps else 0} END"


def _steps(has: set[str], meters: Sequence[CountedMeter], thresholds: Sequence[int]) -> list[str]:
    """Test the shortest lengths first: most prompts are short, and an engine asks no further."""
    prompt = " + ".join(meter for meter in meters if meter in PROMPT_METERS)
    if "prompt_length" in has:  # a row that is no request says how long its prompts may be
        prompt = "prompt_length"
    return [f"{prompt} <= {threshold} THEN {at}" for at, threshold in enumerate(thresholds)] if prompt else []
