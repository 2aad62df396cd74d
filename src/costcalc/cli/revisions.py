"""The two sides of ``diff``: a scenario file, a catalog, a git revision, or a JSON result of ``check``."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from costcalc.cli.context import scratch
from costcalc.errors import InputError
from costcalc.findings import Finding
from costcalc.paths import absolute, look

PREFIX = "git:"
# Git obeys the configuration of the repository in which it runs, which somebody else may have written. So nothing
# in it may start a program: what is set on the command line wins, and a forbidden protocol runs no helper.
_CONFIG = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.alternateRefsCommand": "",
    "log.showSignature": "false",
    "safe.bareRepository": "explicit",  # a pull request may hold one as ordinary files
}
_ENVIRONMENT = {"GIT_ALLOW_PROTOCOL": "", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
_NO_DRIVERS = ("--no-ext-diff", "--no-textconv")


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
    text = _show(revision, wanted, spec, from_root=bool(path))
    with scratch() as folder:
        copy = folder / Path(wanted).name
        copy.write_bytes(text)
        yield str(copy)


def _show(revision: str, path: str, spec: str, *, from_root: bool) -> bytes:
    """Read a file of a revision; git reads its own objects, and no checkout is made.

    A path is meant from here, as everywhere else; one that the user wrote behind the revision, and that is not here,
    from the root, as git means it.
    """
    folder, name = _inside(path)
    ran = _git(["-C", folder, "show", *_NO_DRIVERS, f"{revision}:./{name}"], revision, spec)
    if ran.returncode != 0 and from_root and not Path(path).is_absolute():
        root = _git(["show", *_NO_DRIVERS, f"{revision}:{path}"], revision, spec)
        ran = root if root.returncode == 0 else ran
    return _output(ran, spec)


def _inside(path: str) -> tuple[str, str]:
    """Split a path at a folder that exists: a revision may hold files in folders that are gone."""
    full = absolute(Path(path))
    folder = next(parent for parent in full.parents if look(parent).kind == "folder")
    return str(folder), str(full.relative_to(folder))


def files_at(spec: str, pattern: str) -> list[str]:
    """Give the files of a revision that a pattern matches, named from here.

    Args:
        spec: ``git:REV``.
        pattern: The pattern, from here.

    Raises:
        InputError: Git does not know the revision.
    """
    revision = spec.removeprefix(PREFIX)
    here = _output(_git(["rev-parse", "--show-prefix"], revision, spec), spec).decode().strip() or "."
    # compared with nothing at all, a revision has added each of its files
    nothing = _output(_git(["hash-object", "-t", "tree", "--stdin"], revision, spec), spec).decode().strip()
    diff = ["diff", *_NO_DRIVERS, "--name-only", "--no-renames", "-z", nothing, revision]
    names = (
        _output(_git([*diff, "--", f":(glob){pattern}"], revision, spec), spec)
        .decode(errors="surrogateescape")
        .split("\0")
    )
    return sorted(os.path.relpath(name, here) for name in names if name)


def _git(arguments: list[str], revision: str, spec: str) -> subprocess.CompletedProcess[bytes]:
    if revision.startswith("-"):
        raise InputError([_problem(f"{spec}: no revision begins with a hyphen")])
    settings = [word for key, value in _CONFIG.items() for word in ("-c", f"{key}={value}")]
    command = ["git", "--no-pager", "--no-optional-locks", *settings, *arguments]
    env = {**os.environ, **_ENVIRONMENT}
    try:
        return subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL, env=env)  # noqa: S603  # no shell
    except OSError as error:
        raise InputError([_problem(f"{spec}: git cannot be started: {error.strerror}")]) from None


def _output(ran: subprocess.CompletedProcess[bytes], spec: str) -> bytes:
    if ran.returncode != 0:
        lines = ran.stderr.decode(errors="replace").strip().splitlines()
        raise InputError([_problem(f"{spec}: {lines[0] if lines else 'git does not know it'}")])
    return ran.stdout


def _problem(message: str) -> Finding:
    return Finding("revision", "error", message)
