"""Writing a catalog file so that whatever happens, the old or the new one stands there whole."""

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from costcalc.errors import CostcalcError
from costcalc.files import read_bytes, text_of
from costcalc.paths import look, mode_of
from costcalc.paths import real as end_of

_WAIT_S = 10.0  # an edit takes some hundredths of a second


@contextmanager
def only_editor(path: Path, *, wait_s: float = _WAIT_S) -> Iterator[Path]:
    """Keep other edits of the same folder out; the lock is the kernel's, so that a killed editor leaves none.

    Args:
        path: The file; a link is followed, and what it leads to is given.
        wait_s: How long to wait for another edit to end [s].

    Raises:
        CostcalcError: Another edit does not end, or the folder cannot be opened.
    """
    real = end_of(path)
    try:
        folder = os.open(real.parent, os.O_RDONLY)
    except OSError as error:
        raise _unwritten(path, error) from None
    try:
        _lock(folder, path, time.monotonic() + wait_s)
        yield real
    finally:
        os.close(folder)


def _lock(folder: int, path: Path, until: float) -> None:
    while True:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise CostcalcError(f"{path}: somebody else is editing this folder; nothing was changed") from None
            time.sleep(0.01)
        except OSError as error:  # a file system that keeps no locks
            raise _unwritten(path, error) from None
        else:
            return


def read_text(path: Path) -> tuple[bytes, str]:
    """Read a file's bytes, and its text without a byte order mark; a file that does not exist is empty.

    Raises:
        InputError: It is no file, or cannot be read.
    """
    if look(path).kind == "nothing":
        return b"", ""
    data = read_bytes(path)
    return data, text_of(data, str(path))


def replace_whole(path: Path, text: str, *, was: bytes) -> None:
    """Put a new text in the place of a file: written beside it, flushed to the disk, then renamed over it.

    Args:
        path: The file itself, no link; held by `only_editor`.
        text: Its new text; a byte order mark and the mode of the old file are kept.
        was: The bytes that were read; a file that has changed meanwhile is left alone.

    Raises:
        CostcalcError: It has changed, or cannot be written; the old file stands.
    """
    mark = b"\xef\xbb\xbf" if was.startswith(b"\xef\xbb\xbf") else b""
    unfinished = unfinished_of(path)
    try:
        write_beside(unfinished, mark + text.encode(), mode=0o644 if (mode := mode_of(path)) is None else mode)
        if read_text(path)[0] != was:
            raise CostcalcError(f"{path}: changed by somebody else meanwhile; nothing was written")
        unfinished.replace(path)
    except OSError as error:
        raise _unwritten(path, error) from None
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def unfinished_of(path: Path) -> Path:
    """Name the file in which this process prepares what is to stand at a path, and remove what killed ones left."""
    ours = re.compile(rf"\.{re.escape(path.name)}\.(\d+)\.tmp")
    with suppress(OSError), os.scandir(path.parent) as entries:
        for entry in entries:
            if (left := ours.fullmatch(entry.name)) is not None and not _is_running(int(left[1])):
                os.unlink(entry.path)  # noqa: PTH108  # an entry is no Path
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def _is_running(process: int) -> bool:
    """Say whether another process may still be at work; a number that is our own is of one that ended before."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except PermissionError:  # it is somebody else's
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def write_beside(path: Path, data: bytes, *, mode: int) -> None:
    """Write a new file and flush it to the disk; a link that stands there is not followed."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def _unwritten(path: Path, error: OSError) -> CostcalcError:
    return CostcalcError(f"cannot write {path}: {error.strerror}; nothing was changed")
