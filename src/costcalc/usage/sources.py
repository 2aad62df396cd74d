"""Which files a log is: names, patterns and folders, told apart by what they hold, before any row is read."""

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from costcalc.errors import InputError
from costcalc.findings import Finding
from costcalc.usage.relation import Container

_ENDINGS: dict[str, Container] = {
    ".parquet": "parquet", ".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
}  # fmt: skip
_PACKED = (".gz", ".zst", ".zstd")
_ENGINE_READS = ("s3://", "gs://", "gcs://", "r2://", "az://", "azure://", "abfss://", "https://", "http://", "hf://")


class LogFile(NamedTuple):
    """One file of a log.

    Args:
        path: Where it is.
        container: What it holds.
    """

    path: str
    container: Container


def log_files(names: Sequence[str]) -> tuple[LogFile, ...]:
    """Find the files of a log, each once, in the order of their names within each argument.

    Args:
        names: Files, patterns, folders (everything below them that looks like a log), or paths of an object store.

    Raises:
        InputError: With every argument that is no file, or that cannot be read.
    """
    problems: list[Finding] = []
    found: dict[str, LogFile] = {}
    for name in names:
        paths = list(_expanded(name))
        if not paths:
            problems.append(Finding("no-log", "error", f"{name}: no such file, or a pattern or folder without a log"))
        for path in paths:
            container = container_of(path)
            wrong = _wrong(path, container)
            if wrong or container is None:
                problems.append(Finding("no-log", "error", f"{path}: {wrong}"))
            else:
                found.setdefault(path, LogFile(path, container))
    if problems:
        raise InputError(problems)
    return tuple(found.values())


def container_of(path: str) -> Container | None:
    """Tell by its ending what a file holds, packed or not.

    Example:
        >>> container_of("a/calls.jsonl.gz"), container_of("calls.PARQUET"), container_of("notes.txt")
        ('jsonl', 'parquet', None)
    """
    name = path.lower()
    for packed in _PACKED:
        name = name.removesuffix(packed)
    return _ENDINGS.get(os.path.splitext(name)[1])  # noqa: PTH122  # an object store's path is no Path


def is_remote(path: str) -> bool:
    """Say whether a path is one of an object store, which the engine opens by itself."""
    return path.startswith(_ENGINE_READS)


def _expanded(name: str) -> Iterator[str]:
    if is_remote(name):
        yield name
    elif Path(name).is_dir():
        below = (str(path) for path in sorted(Path(name).rglob("*")) if path.is_file())
        yield from (path for path in below if container_of(path) is not None)
    elif Path(name).exists():
        yield name
    else:
        yield from sorted(path for path in glob.glob(name, recursive=True) if Path(path).is_file())  # noqa: PTH207  # an absolute pattern


def _wrong(path: str, container: Container | None) -> str:
    if container is None:
        return f"expected a file that ends in {', '.join(_ENDINGS)}, perhaps with .gz or .zst behind it"
    if is_remote(path):
        return ""
    try:
        with open(path, "rb") as stream:  # noqa: PTH123  # nothing of it is read but that it can be
            return "" if stream.read(1) else "the file is empty"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
