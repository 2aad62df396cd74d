"""Writing a file: killed, out of space, read-only, two at once: the old file or the new one, whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from costcalc.catalog.edit.replace import only_editor, read_text, replace_whole
from costcalc.errors import CostcalcError

OLD, NEW = "price: 14.00\n" * 2000, "price: 12.00\n" * 2000
KILLS = """
import os, random, signal, sys, time
from pathlib import Path
from costcalc.catalog.edit.replace import only_editor, read_text, replace_whole

path, old, new = Path(sys.argv[1]), "price: 14.00\\n" * 2000, "price: 12.00\\n" * 2000
draw, seen = random.Random(7), set()
for kill in range(200):
    child = os.fork()
    if not child:
        while True:
            with only_editor(path) as real:
                was, text = read_text(real)
                replace_whole(real, new if text == old else old, was=was)
    time.sleep(draw.uniform(0.001, 0.012))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    text = path.read_text()
    assert text in (old, new), f"kill {kill}: {len(text)} characters"
    seen.add(text)
with only_editor(path, wait_s=0) as real:
    replace_whole(real, old, was=read_text(real)[0])
print(len(seen), sorted(one.name for one in path.parent.iterdir()))
"""


@pytest.mark.clock
def test_two_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(OLD)
    # a process that is killed while libfaketime, which .ci/run preloads, holds its lock would stop all the others
    env = {key: value for key, value in os.environ.items() if key != "LD_PRELOAD"}
    ran = subprocess.run([sys.executable, "-c", KILLS, str(path)], capture_output=True, text=True, check=False, env=env)
    assert (ran.stderr, ran.stdout) == ("", "2 ['x.yaml']\n")  # both texts were seen, no lock and no rest is left


@pytest.mark.clock
def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(OLD)
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from costcalc.catalog.edit.replace import replace_whole\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "path = Path(sys.argv[1])\n"
        "try: replace_whole(path, 'x' * 5000, was=path.read_bytes())\n"
        "except Exception as error: print(error)\n"
    )
    env = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    ran = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True, env=env)
    assert "File too large; nothing was changed" in ran.stdout
    assert (path.read_text(), list(tmp_path.iterdir())) == (OLD, [path])


def test_a_link_mode_and_byte_order_mark_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    real.write_bytes(b"\xef\xbb\xbfa: 1\r\n")
    real.chmod(0o640)
    link.symlink_to(real)
    with only_editor(link) as path:
        was, text = read_text(path)
        replace_whole(path, text.replace("1", "2"), was=was)
    assert (link.is_symlink(), real.read_bytes(), real.stat().st_mode & 0o777) == (True, b"\xef\xbb\xbfa: 2\r\n", 0o640)


def test_a_second_editor_waits_and_then_gives_up(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    with (
        only_editor(path),
        pytest.raises(CostcalcError, match="somebody else is editing"),
        only_editor(path, wait_s=0.05),
    ):
        pass


def test_a_change_from_outside_wins(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(OLD)
    with pytest.raises(CostcalcError, match="changed by somebody else"):
        replace_whole(path, NEW, was=b"something older")
    assert (path.read_text(), list(tmp_path.iterdir())) == (OLD, [path])


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CostcalcError, match="nothing was changed"), only_editor(tmp_path / "no" / "x.yaml"):
        pass


def test_a_folder_that_nobody_may_write_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")  # the tests may run as root, whom no mode stops

    path = tmp_path / "x.yaml"
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(CostcalcError, match="Permission denied; nothing was changed"):
        replace_whole(path, NEW, was=b"")
    assert not path.exists()


def test_what_another_users_editor_has_begun_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: int) -> None:
        raise PermissionError

    (tmp_path / ".x.yaml.7.tmp").write_text("half")
    monkeypatch.setattr("os.kill", forbidden)  # the system's answer for a process that runs and is somebody else's
    replace_whole(tmp_path / "x.yaml", NEW, was=b"")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".x.yaml.7.tmp", "x.yaml"]


def test_the_rest_of_a_killed_editor_is_swept(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    (tmp_path / ".x.yaml.4194305.tmp").write_text("half")  # one above the largest number that a process can have
    replace_whole(path, NEW, was=b"")
    assert list(tmp_path.iterdir()) == [path]
