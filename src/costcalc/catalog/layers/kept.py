"""What a shipped file says, kept ready by the build.

To read a price list and check it against its form takes ten times as long as to take the checked result from disk. So a
build keeps the results beside the code, as it does with byte code. Kept is only what a shipped file decides alone:
the user's own files, and entries that they have a say in, are read each time.

What is kept stands under a hash over itself and everything that it depends on: the file's bytes and name, the source of
the rooms that read and check it and of those below (the floors forbid that a form sees others), the versions of
pydantic and PyYAML. What does not agree in every bit is read from the file, so that nothing kept can be stale or
damaged; a run writes nothing. It is data (`costcalc.catalog.layers.written`): whoever writes a file there can make no
run execute it.
"""

import os
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from costcalc.catalog.forms.entry import Entry
from costcalc.catalog.layers.written import read_back, written

try:  # without hashlib, which loads OpenSSL: a thirtieth of a start; Python's own random takes this way, too
    from _blake2 import blake2b
except ImportError:  # pragma: no cover  # a Python that was built without it
    from hashlib import blake2b

_Form = TypeVar("_Form", bound=Entry)
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
    "catalog/scores",
    "workload",
    "files",
    "week",
    "units",
    "findings",
    "errors",
    "paths",
)
_VERSIONS = (("pydantic", "version.py"), ("yaml", "__init__.py"))  # where each states its version
_SEAL = blake2b().digest_size


def kept(path: Path, form: type[_Form], read: Callable[[], _Form]) -> _Form:
    """Take what a shipped file says as the build kept it, or else read it.

    Args:
        path: The file.
        form: Its form.
        read: Reads and checks it.
    """
    try:
        data, file = _place(path).read_bytes(), path.read_bytes()
    except OSError:
        return read()
    payload = data[_SEAL:]
    if data[:_SEAL] != seal(path, file, payload):
        return read()
    try:
        said: _Form = read_back(form, payload.decode())
    except ValueError:
        return read()
    return said


def keep(path: Path, file: bytes, said: Entry) -> None:
    """Keep what a shipped file says, for later runs.

    Args:
        path: The file.
        file: The bytes that were read and checked; what the file holds by now is not asked.
        said: What they say.
    """
    payload = written(said).encode()
    place = _place(path)
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(seal(path, file, payload) + payload)


def _place(path: Path) -> Path:
    return _KEPT / f"{path.parent.name}-{path.stem}.kept"


def seal(path: Path, file: bytes, payload: bytes) -> bytes:
    """Hash what is kept of a file, and everything that it depends on."""
    total = blake2b(code() + f"{path.parent.name}/{path.name}\0{len(file)}\0".encode())
    total.update(file)
    total.update(payload)
    return total.digest()


@cache
def code() -> bytes:
    """Hash the code that reads and checks, and the files in which pydantic and PyYAML state their versions."""
    total, above = blake2b(), len(_PACKAGE.as_posix())
    for source in sources():
        name = source.as_posix()[above:]
        total.update(f"{name}\0".encode() + source.read_bytes() + b"\0")
    for stated in stated_versions():
        total.update(f"{stated.parent.name}\0".encode() + stated.read_bytes() + b"\0")
    return total.digest()


def sources() -> Iterator[Path]:
    """Walk every source file that has a say in what is kept, subfolders included."""
    for room in _ROOMS:
        found = [os.path.join(at, name) for at, _, names in os.walk(_PACKAGE / room) for name in names]  # noqa: PTH118
        yield from (Path(name) for name in sorted(found) if name.endswith(".py"))
    for module in _SINGLE:
        folder = _PACKAGE / module
        yield folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")


def stated_versions() -> Iterator[Path]:
    """Find where other packages state their versions, without importing them: that would cost a run its start."""
    for package, file in _VERSIONS:
        spec: Any = find_spec(package)
        yield Path(spec.origin).parent / file
