"""A pack: what was counted in a log, as a small Parquet file that every command takes in place of the log.

It holds the groups and how they were counted: no row of the log, no prompt, no key and no id of a user.
"""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from costcalc.catalog.edit.replace import unfinished_of
from costcalc.errors import CostcalcError, InputError
from costcalc.findings import Finding
from costcalc.paths import mode_of
from costcalc.usage.groups import COUNTED, Fault, FaultKind, Group, Usage
from costcalc.usage.relation import quoted
from costcalc.usage.scan import connected

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

VERSION = 2  # 1 did not tell regions apart
PERSONAL = frozenset({"user"})  # labels that name people; a pack is made to be passed on
_KEY = "costcalc.pack"
_MOST = 2**63 - 1
_COLUMNS: dict[str, str] = {
    "model": "VARCHAR", "start_s": "BIGINT", "above": "BIGINT", "is_pooled": "BOOLEAN", "processing": "VARCHAR",
    "service_tier": "VARCHAR", "label": "VARCHAR", "requests": "BIGINT", **dict.fromkeys(COUNTED, "BIGINT"),
    "recorded_nano_usd": "BIGINT", "region": "VARCHAR",
}  # fmt: skip


def write_pack(usage: Usage, path: Path) -> None:
    """Write what was counted, so that whatever happens the old file or the new one stands there whole.

    The same counts give the same bytes.

    Args:
        usage: What was counted.
        path: The file; whether it may be replaced is the caller's to know.

    Raises:
        CostcalcError: It cannot be written; what stood there still does.
    """
    import duckdb

    unfinished = unfinished_of(path)
    mode = mode_of(path)
    try:
        _copy(usage, unfinished)
        _flush(unfinished, mode)
        unfinished.replace(path)
    except (OSError, OverflowError, duckdb.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error).splitlines()[0]
        raise CostcalcError(f"cannot write {path}: {reason}; nothing was changed") from None
    finally:  # an interrupt leaves nothing either
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def is_pack(path: str) -> bool:
    """Say whether a file is a pack.

    Raises:
        CostcalcError: DuckDB is not installed.
    """
    if not path.lower().endswith(".parquet"):
        return False
    engine = connected()
    import duckdb

    with suppress(duckdb.Error):
        return _head(engine, path) is not None
    return False  # no Parquet at all: reading it as a log says what is wrong with it


def read_pack(path: str) -> Usage:
    """Read what a pack holds.

    Raises:
        InputError: It is no pack, a damaged one, or one of a newer costcalc.
    """
    import duckdb

    engine = connected()
    try:
        text = _head(engine, path)
        if text is None:
            raise _problem(path, "expected a pack, as costcalc usage pack writes it")
        head = json.loads(text)
        if head.get("version") != VERSION:
            raise _problem(path, f"a pack of version {head.get('version')}, and this costcalc reads {VERSION}")
        columns = ", ".join(_COLUMNS)
        rows = engine.execute(f"SELECT {columns} FROM read_parquet({quoted(path)})").fetchall()
        return _usage(head, rows)
    except (duckdb.Error, KeyError, TypeError, ValueError, AttributeError) as error:
        raise _problem(path, f"a damaged pack ({str(error).splitlines()[0]}); make it anew") from None


def _copy(usage: Usage, path: Path) -> None:
    """Write the groups column by column; one thread keeps their order, and so the bytes."""
    engine = connected()
    engine.execute("SET threads = 1")
    lists = (f"unnest(CAST(${at} AS {kind}[])) AS {name}" for at, (name, kind) in enumerate(_COLUMNS.items(), 1))
    head = quoted(json.dumps(_head_of(usage), sort_keys=True))
    how = f"FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false, KV_METADATA {{{quoted(_KEY)}: {head}}}"
    columns = [[_cell(group, name, usage.label) for group in usage.groups] for name in _COLUMNS]
    engine.execute(f"COPY (SELECT {', '.join(lists)}) TO {quoted(str(path))} ({how})", columns)


def _cell(group: Group, name: str, label: str | None) -> Any:  # noqa: ANN401  # a text, a number or nothing
    if name in COUNTED:
        return _counted(group.counts.get(name))
    if name == "label" and label is None:
        return None
    value = getattr(group, name)
    return value if isinstance(value, str | bool) else _counted(value)


def _counted(number: int | None) -> int | None:
    if number is not None and abs(number) > _MOST:
        raise OverflowError(f"a sum of {number} is above what a column of 64 bits holds")
    return number


def _flush(path: Path, mode: int | None) -> None:
    with path.open("rb+") as file:
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def _head_of(usage: Usage) -> dict[str, Any]:
    """Say how it was counted; where faults stand is left out, since a path may name a person."""
    return {
        "version": VERSION,
        "bucket_s": usage.bucket_s,
        "thresholds": list(usage.thresholds),
        "first_s": usage.first_s,
        "last_s": usage.last_s,
        "rows": usage.rows,
        "faults": [[fault.kind, fault.rows] for fault in usage.faults],
        "repeated": usage.repeated,
        "differing": usage.differing,
        "files": usage.files,
        "formats": list(usage.formats),
        "label": usage.label,
    }


def _head(engine: "DuckDBPyConnection", path: str) -> str | None:
    where = f"parquet_kv_metadata({quoted(path)})"
    found = engine.execute(f"SELECT decode(value) FROM {where} WHERE decode(key) = {quoted(_KEY)}").fetchone()
    return str(found[0]) if found is not None else None


def _usage(head: dict[str, Any], rows: Sequence[Sequence[Any]]) -> Usage:
    return Usage(
        groups=tuple(_group(dict(zip(_COLUMNS, row, strict=True))) for row in rows),
        bucket_s=_whole(head["bucket_s"], least=1),
        thresholds=tuple(sorted({_whole(step) for step in head["thresholds"]})),
        first_s=int(head["first_s"]),
        last_s=int(head["last_s"]),
        rows=_whole(head["rows"]),
        faults=tuple(Fault(_kind(kind), _whole(number)) for kind, number in head["faults"]),
        repeated=_whole(head["repeated"]),
        differing=_whole(head["differing"]),
        files=_whole(head["files"]),
        formats=tuple(map(str, head["formats"])),
        label=str(head["label"]) if head["label"] is not None else None,
    )


def _group(row: dict[str, Any]) -> Group:
    counts = {meter: _whole(row[meter]) for meter in COUNTED if row[meter] is not None}
    return Group(
        model=str(row["model"]),
        start_s=int(row["start_s"]),
        above=_whole(row["above"]),
        is_pooled=bool(row["is_pooled"]),
        processing=row["processing"],
        service_tier=row["service_tier"],
        label=row["label"],
        requests=_whole(row["requests"]),
        counts=counts,
        recorded_nano_usd=row["recorded_nano_usd"],
        region=row["region"],
    )


def _whole(value: Any, *, least: int = 0) -> int:  # noqa: ANN401  # what JSON or a column holds
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"expected a whole number from {least} on, found {value}")
    return value


def _kind(name: str) -> FaultKind:
    found: FaultKind | None = next((kind for kind in get_args(FaultKind) if kind == name), None)
    if found is None:
        raise ValueError(f"an unknown kind of fault '{name}'")
    return found


def _problem(path: str, reason: str) -> InputError:
    return InputError([Finding("pack", "error", f"{path}: {reason}")])
