"""Where usage comes from: packs among the names are read, everything else is a log and is scanned."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from costcalc.errors import InputError
from costcalc.findings import Finding
from costcalc.usage.aggregate import Alike
from costcalc.usage.groups import FAULTS, Fault, FaultKind, Usage, merged
from costcalc.usage.pack import is_pack, read_pack
from costcalc.usage.readers import Cached, LogFormat
from costcalc.usage.scan import scan
from costcalc.usage.sources import STDIN, LogFile, log_files

DUCKDB = "duckdb"
BUCKET_S = 600  # hours hide bursts: a fleet is sized by windows of ten minutes (docs/usage/size.md)
# beside the thresholds of prices: where shapes of a workload are split, so that they show how long prompts are
LENGTHS = (1_023, 4_095, 16_383)


class How(NamedTuple):
    """How logs are read.

    Args:
        log_format: Their format; told from their records where it is None.
        label: By what the groups are labelled, or None.
        fields: Where that stands too, before the places that each format has.
        cached: Where cached tokens lie, for formats that do not settle it.
        engine: What counts: ``duckdb``, ``spark`` or ``spark://HOST:PORT``.
    """

    log_format: LogFormat | None = None
    label: str | None = None
    fields: tuple[str, ...] = ()
    cached: Cached | None = None
    engine: str = DUCKDB


def usage_of(
    names: Sequence[str],
    thresholds: Sequence[int],
    how: How = How(),  # noqa: B008  # frozen
    *,
    bucket_s: int = BUCKET_S,
    alike: Alike | None = None,
    show: Callable[[float], None] | None = None,
) -> Usage:
    """Count logs and packs together.

    Args:
        names: Logs, as `scan` takes them, and packs.
        thresholds: The prompt lengths above which some price differs [tokens].
        how: How the logs are read.
        bucket_s: How long a time bucket is [s].
        alike: Which times are put together, where there is no pack, which has every bucket.
        show: Takes the share of the work that is done, 0 to 1.

    Raises:
        InputError: A file cannot be read, or a pack was counted for other thresholds, buckets or labels.
        FlagError: A format has no such label, or there is no such engine.
    """
    steps = tuple(sorted(set(thresholds)))
    packs = [path for path in _parquets(names) if is_pack(path)]
    if not packs:
        return _scanned(names, steps, how, bucket_s=bucket_s, alike=alike, show=show)
    parts = [fitted(read_pack(path), path, steps, bucket_s=bucket_s, label=how.label) for path in packs]
    logs = [each.path for each in _files(names) if each.path not in packs] + [name for name in names if name == STDIN]
    if logs:
        parts.append(_scanned(logs, steps, how, bucket_s=bucket_s, alike=None, show=show))
    return added_up(parts)


def _scanned(
    names: Sequence[str],
    steps: Sequence[int],
    how: How,
    *,
    bucket_s: int,
    alike: Alike | None,
    show: Callable[[float], None] | None,
) -> Usage:
    """Count logs with the engine that was asked for; both are asked the same."""
    form, label, fields, cached, engine = how
    if engine == DUCKDB:
        return scan(
            names,
            thresholds=steps,
            bucket_s=bucket_s,
            log_format=form,
            label=label,
            fields=fields,
            cached=cached,
            alike=alike,
            show=show,
        )
    from costcalc.usage.spark import master_of, scan_spark

    return scan_spark(
        names,
        thresholds=steps,
        bucket_s=bucket_s,
        log_format=form,
        label=label,
        fields=fields,
        cached=cached,
        master=master_of(engine),
    )


def _parquets(names: Sequence[str]) -> list[str]:
    """Find the files among the names that may be packs; a name that is no file is a log's to complain of."""
    found: list[str] = []
    for name in names:
        try:
            found += [file.path for file in _files([name]) if file.container == "parquet"]
        except InputError:
            continue
    return list(dict.fromkeys(found))


def _files(names: Sequence[str]) -> tuple[LogFile, ...]:
    return log_files([name for name in names if name != STDIN], Path())


def fitted(usage: Usage, path: str, thresholds: Sequence[int], *, bucket_s: int, label: str | None) -> Usage:
    """Give a pack as if it had been counted for these thresholds and this label.

    Raises:
        InputError: It was counted for fewer thresholds, time buckets that do not make up these, or another label.
    """
    missing = [step for step in thresholds if step not in usage.thresholds]
    if missing:
        lengths = ", ".join(f"{step:,}" for step in missing)
        raise _unfit(path, f"it does not tell prompts above {lengths} tokens apart, where a price changes", usage.label)
    if bucket_s % usage.bucket_s:  # short buckets make up a long one
        raise _unfit(path, f"it was counted by {usage.bucket_s} s, and {bucket_s} s are needed", usage.label)
    if label is not None and usage.label != label:
        raise _unfit(path, f"it was counted by {usage.label or 'no label'}, not by {label}", label)
    tiers = [sum(step in thresholds for step in usage.thresholds[:above]) for above in range(len(usage.thresholds) + 1)]
    groups = (
        group._replace(
            above=tiers[group.above],
            label=group.label if label is not None else None,
            start_s=group.start_s // bucket_s * bucket_s,
        )
        for group in usage.groups
    )
    return replace(usage, groups=merged(groups), bucket_s=bucket_s, thresholds=tuple(thresholds), label=label)


def _unfit(path: str, reason: str, label: str | None) -> InputError:
    by = f" --by {label}" if label is not None else ""
    return InputError(
        [Finding("pack", "error", f"{path}: {reason}: make the pack anew (costcalc usage pack LOG…{by})")]
    )


def added_up(parts: Sequence[Usage]) -> Usage:
    """Add up what several sources say; they have the same thresholds, time buckets and label."""
    first = parts[0]
    faults: dict[FaultKind, list[Fault]] = {}
    for fault in chain.from_iterable(part.faults for part in parts):
        faults.setdefault(fault.kind, []).append(fault)
    counted = [part for part in parts if part.rows] or parts
    return replace(
        first,
        groups=merged(chain.from_iterable(part.groups for part in parts)),
        first_s=min(part.first_s for part in counted),
        last_s=max(part.last_s for part in counted),
        rows=sum(part.rows for part in parts),
        faults=tuple(_together(kind, faults[kind]) for kind in FAULTS if kind in faults),
        repeated=sum(part.repeated for part in parts),
        differing=sum(part.differing for part in parts),
        files=sum(part.files for part in parts),
        formats=tuple(dict.fromkeys(chain.from_iterable(part.formats for part in parts))),
    )


def _together(kind: FaultKind, faults: Sequence[Fault]) -> Fault:
    places = tuple(chain.from_iterable(fault.places for fault in faults))
    found = next((fault.found for fault in faults if fault.found), "")
    return Fault(kind, sum(fault.rows for fault in faults), places, found)
