"""What a shipped file says, kept ready by the build.

To read a price list and check it against its form takes ten times as long as to take the checked result from disk. So a
build keeps the results beside the code, as it does with byte code. Kept is only what a shipped file decides alone:
the user's own files, and entries that they have a say in, are read each time.

What is kept stands under a hash over everything that it depends on: the file's bytes and name, the source of the rooms
that read and check it and of those below (the floors forbid that a form sees others), the version of pydantic. What
does not agree in every bit is read from the file, so that nothing kept can be stale or damaged; a run writes nothing.
"""

import pickle
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

_Said = TypeVar("_Said")
_PACKAGE = Path(__file__).parents[2]
_KEPT = _PACKAGE / "kept"
_ROOMS = ("catalog/forms", "catalog/layers", "catalog/rules")
_SINGLE = (
    "catalog",
    "catalog/catalog",
    "catalog/names",
    "catalog/resolve",
    "catalog/ids",
    "catalog/sellers",
    "catalog/things",
    "catalog/references",
    "workload",
    "files",
    "week",
    "units",
    "findings",
    "errors",
    "paths",
)
_DIGEST = sha256().digest_size


def kept(path: Path, read: Callable[[], _Said]) -> _Said:
    """Take what a shipped file says as the build kept it, or else read it.

    Args:
        path: The file.
        read: Reads and checks it.
    """
    try:
        data = _place(path).read_bytes()
    except OSError:
        return read()
    payload = data[2 * _DIGEST :]
    if data[: 2 * _DIGEST] != _key(path) + sha256(payload).digest():
        return read()
    said: _Said = pickle.loads(payload)  # noqa: S301  # it lies beside the code, and is what a build wrote
    return said


def keep(path: Path, said: object) -> None:
    """Keep what a shipped file says, for later runs."""
    payload = pickle.dumps(said, protocol=5)
    place = _place(path)
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(_key(path) + sha256(payload).digest() + payload)


def _place(path: Path) -> Path:
    return _KEPT / f"{path.parent.name}-{path.stem}.kept"


def _key(path: Path) -> bytes:
    """Hash everything that the result depends on."""
    return sha256(code() + f"{path.parent.name}/{path.name}\0".encode() + path.read_bytes()).digest()


@cache
def code() -> bytes:
    """Hash the code that reads and checks, and the version of pydantic that it was checked with."""
    from pydantic import VERSION

    total = sha256(f"{VERSION}\0".encode())
    for source in sources():
        name = source.relative_to(_PACKAGE).as_posix()
        total.update(f"{name}\0".encode() + source.read_bytes() + b"\0")
    return total.digest()


def sources() -> Iterator[Path]:
    """Walk every source file that has a say in what is kept, subfolders included."""
    for room in _ROOMS:
        yield from sorted((_PACKAGE / room).rglob("*.py"))
    for module in _SINGLE:
        folder = _PACKAGE / module
        yield folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
