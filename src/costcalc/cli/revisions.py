"""The two sides of ``diff``: a scenario file, a catalog, a git revision, or a JSON result of ``check``."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from costcalc.errors import InputError
from costcalc.findings import Finding

PREFIX = "git:"


@contextmanager
def on_disk(spec: str, default: str | None) -> Iterator[str]:
    """Give a side as a path: a file as it is, ``git:REV`` or ``git:REV:PATH`` as a copy of what git holds.

    Args:
        spec: What the user named.
        default: The file that a revision is about where its path is left out.

    Raises:
        InputError: Git does not know the revision or the file.
    """
    if not spec.startswith(PREFIX):
        yield spec
        return
    revision, _, path = spec.removeprefix(PREFIX).partition(":")
    wanted = path or default
    if wanted is None or not revision:
        raise InputError([_problem(f"{spec}: expected git:REVISION:FILE")])
    text = _show(revision, wanted, spec)
    with tempfile.TemporaryDirectory(prefix="costcalc-") as folder:
        copy = Path(folder) / Path(wanted).name
        copy.write_bytes(text)
        yield str(copy)


def _show(revision: str, path: str, spec: str) -> bytes:
    """Read a file of a revision; git reads its own objects, and no checkout is made."""
    folder, name = Path(path).absolute().parent, Path(path).name
    command = ["git", "--no-optional-locks", "-C", str(folder), "show", f"{revision}:./{name}"]
    if revision.startswith("-"):
        raise InputError([_problem(f"{spec}: no revision begins with a hyphen")])
    try:
        ran = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  # arguments, no shell
    except OSError as error:
        raise InputError([_problem(f"{spec}: git cannot be started: {error.strerror}")]) from None
    if ran.returncode != 0:
        said = ran.stderr.decode(errors="replace").strip().splitlines()
        raise InputError([_problem(f"{spec}: {said[0] if said else 'git does not know it'}")])
    return ran.stdout


def _problem(message: str) -> Finding:
    return Finding("revision", "error", message)
