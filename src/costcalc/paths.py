"""What stands at a path: one look that never raises, what a folder holds, and where a link leads."""

import errno
import os
import stat
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal, NamedTuple

Kind = Literal["file", "folder", "nothing", "pipe", "device", "socket", "unknown"]

_KINDS: dict[int, Kind] = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "folder",
    stat.S_IFIFO: "pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}
_NOT_THERE = {errno.ENOENT, errno.ENOTDIR}


READ: set[tuple[int, int]] = set()  # the files that this run has read, as the system numbers them


class Seen(NamedTuple):
    """What a look at a path found.

    Args:
        kind: What stands there, at the end of every link; ``unknown`` where the system does not say.
        why: The system's reason, where the kind is ``nothing`` or ``unknown``: "Permission denied".
        is_link: Whether the path itself is a symbolic link, whatever it leads to.
        size: How long a file says it is [bytes].
    """

    kind: Kind
    why: str = ""
    is_link: bool = False
    size: int = 0


def look(path: Path) -> Seen:
    """Look at a path; a forbidden folder, a name that is too long or a loop of links is an answer too.

    `Path.exists`, `is_dir` and the like raise where the system refuses to say. A name may come from a file or from
    the environment, so everything that asks about a path asks here.

    Example:
        >>> look(Path("/dev/null")).kind, look(Path("/no/such/file")).why, look(Path("a" * 300)).why
        ('device', 'No such file or directory', 'File name too long')
    """
    is_link = False
    try:
        is_link = stat.S_ISLNK(path.lstat().st_mode)
        return seen_of(path.stat(), is_link=is_link)
    except OSError as error:
        kind: Kind = "nothing" if error.errno in _NOT_THERE else "unknown"
        return Seen(kind, error.strerror or "unknown", is_link)
    except ValueError:  # a null byte, or a surrogate that no name of a file can hold
        return Seen("unknown", "not the name of a file", is_link)


def seen_of(status: os.stat_result, *, is_link: bool = False) -> Seen:
    """Read what the system says of a file that was looked at or opened."""
    return Seen(_KINDS.get(stat.S_IFMT(status.st_mode), "unknown"), is_link=is_link, size=status.st_size)


def mode_of(path: Path) -> int | None:
    """Say who may do what with a file, as the system writes it; None where nothing stands there."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except (OSError, ValueError):
        return None


def changed_on(path: Path) -> date | None:
    """Give the day on which a file was last written, UTC; None where the system does not say."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    except (OSError, ValueError, OverflowError):
        return None


class Listed(NamedTuple):
    """What a folder holds.

    Args:
        paths: Everything in it, in order; nothing where the folder cannot be listed.
        why: The system's reason, where it cannot: "Permission denied".
    """

    paths: tuple[Path, ...]
    why: str = ""


def listed(folder: Path) -> Listed:
    """List a folder; one that is forbidden, or that is none, is an answer too.

    Example:
        >>> listed(Path("/no/such/folder"))
        Listed(paths=(), why='No such file or directory')
    """
    try:
        return Listed(tuple(sorted(folder.iterdir())))
    except OSError as error:
        return Listed((), error.strerror or "unknown")


def here() -> Path:
    """The working directory; in one that has been deleted nothing is found, and nothing can be written."""
    try:
        return Path.cwd()
    except OSError:
        return Path("/proc/self/cwd")  # never the root, where a file of that name may stand


def absolute(path: Path) -> Path:
    """Write a path down from the root, without ``..``; no link is followed.

    Example:
        >>> absolute(Path("/a/b/../c"))
        PosixPath('/a/c')
    """
    return Path(os.path.normpath(here() / path))


def real(path: Path) -> Path:
    """Give where a path leads at the end of every link; a loop, and what is no name of a file, lead nowhere else."""
    try:
        return Path(os.path.realpath(here() / path))
    except (OSError, ValueError):
        return absolute(path)


def repository_of(path: Path) -> Path | None:
    """Find the outermost git repository in which a path is written down; no link in the path is followed.

    The outermost: a link to a folder that is a repository itself must not count as the place where the path stands.
    """
    above = absolute(path).parents  # Path.absolute keeps .., through which a path may leave
    return next((folder for folder in reversed(above) if look(folder / ".git").kind != "nothing"), None)


def way_out(path: Path) -> Path | None:
    """Give where the links of a path lead, if that is outside of its repository, or among git's own files.

    Git's own files may hold the token of a CI run. A path in no repository, or without links, leads nowhere else.
    """
    root = repository_of(path)
    if root is None:
        return None
    leads, home = real(path), real(root)
    if leads == home / absolute(path).relative_to(root):
        return None
    inside = leads.is_relative_to(home) and not leads.is_relative_to(home / ".git")
    return None if inside else leads


def was_read(path: Path) -> bool:
    """Say whether this run has read the file at a path, under whatever name."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return False
    return (status.st_dev, status.st_ino) in READ
