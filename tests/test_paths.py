"""What a look at a path finds, and what is read of what stands there."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from costcalc.errors import InputError
from costcalc.files import MAX_BYTES, read_bytes
from costcalc.paths import Seen, look, repository_of, way_out


def a_file(path: Path) -> None:
    path.write_bytes(b"a: 1\n")


def leads_to(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def nothing(path: Path) -> None:
    assert not path.exists()


def far_too_long(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)  # holds no block on the disk


KINDS: list[tuple[str, Callable[[Path], None], Seen, str | None]] = [
    ("a file", a_file, Seen("file", size=5), None),
    ("a folder", Path.mkdir, Seen("folder"), "x: a folder; expected a file"),
    ("a pipe", os.mkfifo, Seen("pipe"), "x: a named pipe; expected a file"),
    ("nothing", nothing, Seen("nothing", "No such file or directory"), "x: cannot be read: No such file or directory"),
    ("a link to nothing", leads_to("gone"), Seen("nothing", "No such file or directory", is_link=True), "x: cannot be read: No such"),
    ("a loop", leads_to("x"), Seen("unknown", "Too many levels of symbolic links", is_link=True), "x: cannot be read: Too many levels"),
    ("/dev/zero", leads_to("/dev/zero"), Seen("device", is_link=True), "x: a device; expected a file"),
    ("environ", leads_to("/proc/self/environ"), Seen("file", is_link=True), "x: made by the system and not stored anywhere"),
    ("large", far_too_long, Seen("file", size=MAX_BYTES + 1), "x: 16,777,217 bytes; at most 16,777,216 are read"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "seen", "message"), [row[1:] for row in KINDS], ids=[row[0] for row in KINDS])
def test_a_look_names_what_stands_there_and_only_files_are_read(
    make: Callable[[Path], None], seen: Seen, message: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "x"
    make(path)
    found = look(path)
    assert found._replace(size=0 if seen.kind == "folder" else found.size) == seen
    if message is None:
        assert read_bytes(path) == b"a: 1\n"
        return
    with pytest.raises(InputError) as caught:
        read_bytes(path, name="x")
    assert str(caught.value).startswith(message)


def test_a_socket_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as ours:
        ours.bind("x")
        assert look(Path("x")).kind == "socket"
        with pytest.raises(InputError, match="x: a socket; expected a file"):
            read_bytes(Path("x"))


@pytest.mark.parametrize(
    ("name", "why"),
    [("a" * 256, "File name too long"), ("a\0b", "not the name of a file"), ("\ud800", "not the name of a file")],
)
def test_no_name_makes_a_look_fail(name: str, why: str) -> None:
    assert look(Path(name)) == Seen("unknown", why)
    with pytest.raises(InputError, match=f"x: cannot be read: {why}"):
        read_bytes(Path(name), name="x")


def test_a_pipe_that_never_ends_is_read_as_far_as_any_file() -> None:
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:  # pragma: no cover  # the child
        os.close(reader)
        try:
            while True:
                os.write(writer, b"#" * 65536)
        finally:
            os._exit(0)
    os.close(writer)
    with pytest.raises(InputError, match="longer than 16,777,216 bytes"):
        read_bytes(Path(f"/dev/fd/{reader}"))
    os.close(reader)
    os.waitpid(process, 0)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make a repository beside a secret and beside another checkout."""
    for folder in ("repo/.git", "repo/team", "other/.git"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("secret", "other/costcalc.yaml", "repo/prices.yaml", "repo/.git/config"):
        (tmp_path / file).write_text("token: hunter2\n")
    return tmp_path / "repo"


LINKS = [  # what a pull request may hold: a link at a path of the repository, what is read, and where that leads
    ("costcalc.yaml", "../secret", "costcalc.yaml", "secret"),
    ("costcalc.yaml", ".git/config", "costcalc.yaml", "repo/.git/config"),
    ("team/linked", "../../other", "team/linked/costcalc.yaml", "other/costcalc.yaml"),
    ("up", "..", "up/secret", "secret"),
    ("costcalc.yaml", "prices.yaml", "costcalc.yaml", None),
    ("team/costcalc.yaml", "../prices.yaml", "team/costcalc.yaml", None),
]


@pytest.mark.parametrize(("link", "target", "path", "leads"), LINKS)
def test_in_ci_a_link_out_of_the_repository_is_refused(
    link: str, target: str, path: str, leads: str | None, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / link).symlink_to(target)
    assert way_out(repository / path) == (repository.parent / leads if leads else None)
    monkeypatch.setenv("CI", "false")
    assert read_bytes(repository / path) == b"token: hunter2\n"
    monkeypatch.setenv("CI", "true")
    if leads is None:
        assert read_bytes(repository / path) == b"token: hunter2\n"
        return
    with pytest.raises(InputError, match="a link out of the repository") as caught:
        read_bytes(repository / path, name=path)
    assert "hunter2" not in str(caught.value)


def test_a_repository_may_itself_be_reached_by_a_link(repository: Path) -> None:
    (repository.parent / "work").symlink_to("repo")
    assert way_out(repository.parent / "work" / "prices.yaml") is None
    assert repository_of(repository.parent / "secret") is None
    assert way_out(repository.parent / "secret") is None
