"""Which files a log is: names, patterns and folders, told apart by what they hold, before any row is read."""

import glob
import os
import shutil
import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple, NoReturn

from costcalc.errors import InputError
from costcalc.findings import Finding
from costcalc.paths import look, real
from costcalc.usage.relation import PACKED, Container

STDIN = "-"
_ENDINGS: dict[str, Container] = {
    ".parquet": "parquet", ".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
}  # fmt: skip
_ENGINE_READS = ("s3://", "gs://", "gcs://", "r2://", "az://", "azure://", "abfss://", "https://", "http://", "hf://")
_MAGIC = ((b"\x1f\x8b", ".gz"), (b"\x28\xb5\x2f\xfd", ".zst"))  # RFC 1952, RFC 8878
_GZIP = 31  # what zlib calls a stream of gzip
_BEGINNING = 4_096  # of standard input [bytes]


class LogFile(NamedTuple):
    """One file of a log.

    Args:
        path: Where it is.
        container: What it holds.
        shown: What it is called in a message: as the user wrote it, without what may be a secret in a link.
    """

    path: str
    container: Container
    shown: str

    @property
    def is_packed(self) -> bool:
        """Whether it is compressed."""
        return self.path.lower().endswith(PACKED)


def log_files(names: Sequence[str], scratch: Path, *, spooled: Container | None = None) -> tuple[LogFile, ...]:
    """Find the files of a log, each once, in the order of their names within each argument.

    Args:
        names: Files, patterns, folders (everything below them that looks like a log), paths of an object store, or
            ``-`` for standard input.
        scratch: A folder for what standard input holds.
        spooled: What standard input holds; told from how it begins where it is None.

    Raises:
        InputError: With every argument that is no file, or that cannot be read.
    """
    problems: list[Finding] = []
    found: dict[str, LogFile] = {}
    for name in names:
        files = list(_expanded(name, scratch, spooled))
        if not files:
            problems.append(problem_of(name, "no such file, or a pattern or folder without a log"))
        for path, container, shown in files:
            if wrong := _wrong(path, container):
                problems.append(problem_of(shown, wrong))
            elif container is not None:
                same = path if is_remote(path) else str(real(Path(path)))
                found.setdefault(same, LogFile(path, container, shown))
    if problems:
        raise InputError(problems)
    return tuple(found.values())


def problem_of(shown: str, reason: str) -> Finding:
    """Say what is wrong with a file."""
    return Finding("log", "error", f"{shown}: {reason}")


def container_of(path: str) -> Container | None:
    """Tell by its ending what a file holds, packed or not.

    Example:
        >>> container_of("a/calls.jsonl.gz"), container_of("calls.PARQUET"), container_of("notes.txt")
        ('jsonl', 'parquet', None)
    """
    name = path.partition("?")[0].lower() if is_remote(path) else path.lower()
    for packed in PACKED:
        name = name.removesuffix(packed)
    return _ENDINGS.get(os.path.splitext(name)[1])  # noqa: PTH122  # an object store's path is no Path


def is_remote(path: str) -> bool:
    """Say whether a path is one of an object store, which the engine opens by itself."""
    return path.startswith(_ENGINE_READS)


_Found = tuple[str, Container | None, str]


def _expanded(name: str, scratch: Path, spooled: Container | None) -> Iterator[_Found]:
    if name == STDIN:
        yield spool(sys.stdin.buffer, scratch, spooled)
    elif is_remote(name):
        yield name, container_of(name), name.partition("?")[0]  # a signed link has its signature behind the "?"
    else:
        yield from ((path, container_of(path), path) for path in _paths(name))


def _paths(name: str) -> Iterator[str]:
    kind = look(Path(name)).kind
    if kind == "folder":
        yield from (path for path in _below(name) if container_of(path) is not None)
    elif kind == "nothing":
        found = sorted(glob.glob(name, recursive=True))  # noqa: PTH207  # an absolute pattern
        yield from (path for path in found if look(Path(path)).kind == "file")
    else:
        yield name


def _below(folder: str) -> Iterator[str]:
    """Walk the files of a folder and of those below it.

    Raises:
        InputError: One of them cannot be listed: what it holds would go uncounted.
    """

    def refuse(error: OSError) -> NoReturn:
        raise InputError([problem_of(str(error.filename), f"cannot be read: {error.strerror}")])

    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders.sort()
        yield from (f"{parent}/{name}" for name in sorted(files))


def spool(stream: BinaryIO, scratch: Path, container: Container | None) -> _Found:
    """Keep what standard input holds in a file: an engine reads it more than once."""
    first = stream.read(_BEGINNING)
    packed = next((ending for magic, ending in _MAGIC if first.startswith(magic)), "")
    text = _unpacked(first) if packed == ".gz" else first
    held = container or _begins(text.lstrip(b"\xef\xbb\xbf \t\r\n"), is_known=packed != ".zst")
    ending = next(ending for ending, each in _ENDINGS.items() if each == held)
    path = scratch / f"stdin{ending}{packed}"
    with path.open("wb") as file:
        file.write(first)
        shutil.copyfileobj(stream, file)
    return str(path), held, "standard input"


def _unpacked(first: bytes) -> bytes:
    try:
        return zlib.decompressobj(_GZIP).decompress(first, _BEGINNING)
    except zlib.error:  # the engine says so of the file
        return b""


def _begins(text: bytes, *, is_known: bool) -> Container:
    """Tell a container by its first bytes; lines of JSON and a document of it are told apart later."""
    if text.startswith(b"PAR1"):
        return "parquet"
    return "json" if text.startswith((b"{", b"[")) or not is_known else "csv"


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
    except ValueError:
        return "is not the name of a file"
