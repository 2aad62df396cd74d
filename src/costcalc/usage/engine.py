"""DuckDB, opened for a log: how much it may use, and what its errors say in plain words."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import TYPE_CHECKING

from costcalc.errors import CostcalcError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_EVERY_S = 0.2
_LEAST = 2  # DuckDB 1 counts the beginning of a packed file that is cut off, and says nothing
_MEMORY_MIB = 640  # under 1 GB with what the process itself holds
# what an error of the engine says: what it means. Nothing else of it is shown, since it may quote a line of the log
_MEANINGS = (
    (
        r"No magic bytes|too small to be a Parquet|Invalid Parquet|thrift|Parquet file",
        "is no Parquet file, or is cut off",
    ),
    (r"gzip|zlib|inflate|miniz|zstd|ZSTD|decompress|GZIP", "is no file of its packing, or is cut off"),
    (
        r"Out of Memory|could not allocate|failed to allocate",
        "needs more memory than there is; give it as lines of JSON",
    ),
    (r"Maximum line size|maximum object size|line size", "has a line that is too long"),
    (
        r"HTTP.*\b(401|403)\b|Forbidden|Unauthorized|AccessDenied",
        "the store refuses access: no credentials, or wrong ones",
    ),
    (r"HTTP.*\b404\b|No files found|Not Found", "the store has no such file"),
    (r"[Ee]xtension", "DuckDB lacks an extension that it needs for such a path, and could not install it"),
    (r"Could not establish connection|Could not connect|resolve", "the store cannot be reached"),
    (r"No space left|disk", "no room is left on the disk for what is sorted"),
    (r"unicode|UTF-?8|encoding", "is not in UTF-8"),
)


@contextmanager
def opened() -> "Iterator[tuple[DuckDBPyConnection, Path]]":
    """Open DuckDB in memory, with the clock in UTC, and a folder for what does not fit; both are gone afterwards.

    Raises:
        CostcalcError: It is not installed, or there is no such folder.
    """
    try:
        place = TemporaryDirectory(prefix="costcalc-")
    except OSError as error:
        raise CostcalcError(f"no folder for temporary files: {error.strerror}; set TMPDIR to one") from None
    with place as folder:
        engine = connected()
        try:
            engine.execute(f"SET temp_directory = '{folder.replace(chr(39), chr(39) * 2)}'")
            yield engine, Path(folder)
        finally:
            engine.close()


@contextmanager
def watched(engine: "DuckDBPyConnection", show: Callable[[float], None] | None) -> Iterator[None]:
    """Say again and again how far the engine's query has come, while the block runs."""
    if show is None:
        yield
        return
    engine.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    is_over = Event()

    def watch() -> None:
        while not is_over.wait(_EVERY_S):
            show(max(0.0, engine.query_progress()) / 100)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()


def connected() -> "DuckDBPyConnection":
    """Open DuckDB in memory, with the clock in UTC.

    Raises:
        CostcalcError: It is not installed, or too old.
    """
    try:
        import duckdb
    except ImportError:
        raise CostcalcError("reading a log needs DuckDB: pip install 'costcalc[usage]'") from None
    if int(duckdb.__version__.partition(".")[0]) < _LEAST:
        raise CostcalcError(f"DuckDB {duckdb.__version__} is too old to read a log: pip install -U 'costcalc[usage]'")
    engine = duckdb.connect()
    engine.execute(f"SET TimeZone = 'UTC'; SET memory_limit = '{_MEMORY_MIB}MiB'; SET enable_progress_bar = false")
    return engine


def allow(engine: "DuckDBPyConnection", more_mib: int) -> None:
    """Let the engine use more memory: a document of JSON is read as a whole, and taken apart in memory."""
    engine.execute(f"SET memory_limit = '{_MEMORY_MIB + more_mib}MiB'")


def meaning(error: Exception) -> str:
    """Say what an error of the engine means, in words that quote nothing of a log.

    Example:
        >>> meaning(ValueError("Invalid Input Error: No magic bytes found at end of file 'secret'"))
        'cannot be read: is no Parquet file, or is cut off'
    """
    text = str(error)
    found = next((words for pattern, words in _MEANINGS if re.search(pattern, text)), None)
    return f"cannot be read: {found}" if found else f"cannot be read: DuckDB stops with {type(error).__name__}"
