"""costcalc as a process: pipes, terminals, signals, encodings, sockets; what only a real process shows."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytestmark = pytest.mark.clock

COSTCALC = [sys.executable, "-m", "costcalc"]
MONTH = [*COSTCALC, "compare", "--tokens", "1e6", "--as-of", "2026-11-22"]

SIZE = [*COSTCALC, "size", "Qwen3-32B", "--weights", "fp8", "--as-of", "2026-11-22"]
TCO = [*COSTCALC, "tco", "r1-distill-32b-h100", "--tokens", "5e8", "--as-of", "2026-11-22"]
BREAKEVEN = [*COSTCALC, "breakeven", "--tokens", "500M", "--chart", "--as-of", "2026-11-22"]
PROJECT = [*COSTCALC, "project", "--tokens", "500M", "--months", "6", "--chart", "--as-of", "2026-11-22"]
CALIBRATE = [*COSTCALC, "calibrate", str(Path(__file__).parents[1] / "data" / "bench" / "inferencex.json")]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Give an environment without the user's configuration."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key in {"PATH", "PYTHONPATH", "LD_PRELOAD"} or key.startswith("FAKETIME")
    }
    return {**kept, "HOME": str(tmp_path), "COLUMNS": "80"}


def run(args: list[str], env: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(args, env=env, cwd=cwd, capture_output=True, check=False)


# several commands in one process: a start takes longer than most commands
SEVERAL = (
    "import json, os, sys\nfrom costcalc.cli.app import main\n"
    "for args in json.loads(sys.argv[1]):\n    status = main(args)\n    sys.stdout.flush()\n"
    "    os.write(1, b'\\0%d\\0' % status)\n"
)


def run_several(commands: list[list[str]], env: dict[str, str], cwd: Path) -> tuple[list[int], list[bytes], bytes]:
    """Run commands one after the other in one process; give their exit statuses, what each printed, and the errors."""
    ran = run([sys.executable, "-c", SEVERAL, json.dumps([args[len(COSTCALC) :] for args in commands])], env, cwd)
    parts = ran.stdout.split(b"\0")
    assert (ran.returncode, len(parts)) == (0, 2 * len(commands) + 1), ran.stderr
    return [int(part) for part in parts[1::2]], parts[:-1:2], ran.stderr


def test_same_inputs_same_bytes(env: dict[str, str], tmp_path: Path) -> None:
    elsewhere = tmp_path / "else" / "where"
    elsewhere.mkdir(parents=True)
    one = run(
        [*MONTH, "--format", "json"], {**env, "TZ": "Pacific/Kiritimati", "LANG": "C", "PYTHONHASHSEED": "1"}, tmp_path
    )
    two = run([*MONTH, "--format", "json"], {**env, "TZ": "America/Adak", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "2"}, elsewhere)  # fmt: skip
    assert one.returncode == two.returncode == 0
    assert one.stdout == two.stdout
    assert json.loads(one.stdout)["catalog"]["digest"].startswith("sha256:")


def test_without_a_day_the_prices_are_those_of_today(env: dict[str, str], tmp_path: Path) -> None:
    days = [datetime.now(UTC).date()]  # noqa: TID251  # this is the test of the clock
    printed = run([*COSTCALC, "compare", "--tokens", "1", "--options", "gpt-5.2-api"], env, tmp_path).stdout.decode()
    days.append(datetime.now(UTC).date())  # noqa: TID251  # midnight may have passed
    assert any(f"at the prices of {day}" in " ".join(printed.split()) for day in days)


@pytest.mark.parametrize("args", [SIZE, TCO, CALIBRATE, BREAKEVEN, PROJECT])
def test_a_bill_and_a_size_are_the_same_bytes_everywhere(args: list[str], env: dict[str, str], tmp_path: Path) -> None:
    day = [] if "--as-of" in args else ["--as-of", "2026-11-22"]
    data = [*args, *day, "--format", "json"]
    one = run(data, {**env, "TZ": "Pacific/Kiritimati", "LANG": "C", "PYTHONHASHSEED": "1"}, tmp_path)
    two = run(data, {**env, "TZ": "America/Adak", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "2"}, tmp_path)
    assert (one.returncode, one.stderr) == (0, b"")
    assert one.stdout == two.stdout


@pytest.mark.parametrize("args", [SIZE, TCO, CALIBRATE, BREAKEVEN, PROJECT])
def test_a_bill_and_a_size_fit_a_terminal(args: list[str], env: dict[str, str], tmp_path: Path) -> None:
    printed = on_a_terminal(args, {**env, "TERM": "xterm-256color"}, tmp_path)
    assert b"\x1b[1m" in printed
    plain = re.sub(rb"\x1b\[[0-9;]*m", b"", printed).decode().replace("\r\n", "\n")
    piped = run(args, env, tmp_path).stdout.decode()
    assert re.findall(r"\d[\d,.]*", plain) == re.findall(r"\d[\d,.]*", piped)  # every digit, in the same order


@pytest.mark.parametrize("more", [{"GITHUB_ACTIONS": "true"}, {"FORCE_COLOR": "1"}, {"TERM": "xterm-256color"}])
def test_a_pipe_sees_no_escape_byte(more: dict[str, str], env: dict[str, str], tmp_path: Path) -> None:
    others = (
        [*COSTCALC, "compare", "--help"],
        [*COSTCALC, "compare", "--tokens", "x"],
        SIZE,
        TCO,
        CALIBRATE,
        BREAKEVEN,
        PROJECT,
    )
    statuses, printed, errors = run_several([MONTH, *others], {**env, **more}, tmp_path)
    assert statuses == [0, 0, 2, 0, 0, 0, 0, 0]
    assert all(printed[:2])
    assert b"Invalid value for '--tokens'" in errors
    assert b"\x1b" not in b"".join(printed) + errors


def on_a_terminal(args: list[str], env: dict[str, str], cwd: Path) -> bytes:
    """Run a command on a pseudo terminal and give every byte that it printed there."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(args, env=env, cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True)
    os.close(theirs)
    printed = b""
    try:
        while chunk := os.read(ours, 65536):
            printed += chunk
    except OSError:  # Linux ends a pseudo terminal with EIO
        pass
    os.close(ours)
    assert process.wait() == 0
    return printed


def test_a_terminal_sees_colour_and_every_digit(env: dict[str, str], tmp_path: Path) -> None:
    printed = on_a_terminal([*MONTH[:-2], "--as-of", "2026-11-22"], {**env, "TERM": "xterm-256color"}, tmp_path)
    assert b"\x1b[1m" in printed
    assert b"\x1b" in on_a_terminal([*COSTCALC, "size", "--help-all"], {**env, "TERM": "xterm-256color"}, tmp_path)
    big = on_a_terminal([*COSTCALC, "compare", "--tokens", "987654321987654", "--as-of", "2026-11-22"], {**env, "TERM": "xterm"}, tmp_path)  # fmt: skip
    assert b"13,827,160,507.83" in big  # 987 654 321.987654 Mtok × $14


@pytest.mark.parametrize("more", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_colour_gets_none(more: dict[str, str], env: dict[str, str], tmp_path: Path) -> None:
    for args in (MONTH, [*COSTCALC, "--help"]):
        assert b"\x1b" not in on_a_terminal(args, {**env, "TERM": "xterm", **more}, tmp_path)
    assert b"\x1b" not in on_a_terminal([*MONTH, "--no-color"], {**env, "TERM": "xterm"}, tmp_path)


def test_a_closed_pipe_is_quiet(env: dict[str, str], tmp_path: Path) -> None:
    for args in (
        MONTH,
        SIZE,
        TCO,
        CALIBRATE,
        BREAKEVEN,
        PROJECT,
        [*COSTCALC, "catalog", "list", "a"],
        [*COSTCALC, "--help"],
    ):
        process = subprocess.Popen(args, env=env, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0
        process.stderr.close()


def test_an_encoding_without_the_signs_still_gets_the_answer(env: dict[str, str], tmp_path: Path) -> None:
    printed = run(MONTH, {**env, "PYTHONIOENCODING": "ascii"}, tmp_path)
    assert printed.returncode == 0
    assert re.search(rb"gpt-5\.2-api +buy +14\.00", printed.stdout)


def test_an_interrupt_ends_with_130(env: dict[str, str], tmp_path: Path) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it, and so would ours
    # an input that never ends: the command waits in the middle of its work
    process = subprocess.Popen(
        [*MONTH, "--catalog", "/dev/stdin"], env=env, cwd=tmp_path, stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write(b"#" * 100_000)  # more than a pipe holds: it returns once the command reads
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    os.mkfifo(tmp_path / "pipe.yaml")
    refused = run([*MONTH, "--catalog", "pipe.yaml"], env, tmp_path)
    assert (refused.returncode, refused.stderr) == (2, b"error: pipe.yaml: a named pipe; expected a file\n")
    assert b"Traceback" not in errors


def test_a_read_only_home_works(env: dict[str, str], tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert run(MONTH, {**env, "HOME": str(home)}, home).returncode == 0
    assert list(home.iterdir()) == []
    without_home = {key: value for key, value in env.items() if key != "HOME"}
    assert run(MONTH, without_home, tmp_path).returncode == 0


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed here; .ci/run installs it")
@pytest.mark.parametrize(
    "args", [MONTH, SIZE, TCO, CALIBRATE, [*COSTCALC, "catalog", "validate"], [*COSTCALC, "--version"]]
)
def test_no_command_opens_a_socket(args: list[str], env: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "calls"
    traced = run(["strace", "-f", "-e", "trace=network", "-o", str(log), *args], env, tmp_path)
    if b"ptrace" in traced.stderr:
        pytest.skip("this machine does not allow tracing")
    assert traced.returncode == 0
    assert "socket(" not in log.read_text()


def test_whatever_happens_to_the_streams_the_status_is_true(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "over.yaml").write_text(PLAN)
    (tmp_path / "under.yaml").write_text(PLAN.replace("13", "15"))
    rows = [
        ("check over.yaml --format csv 2>/dev/full", 1, b""),
        ("check under.yaml --format csv 2>/dev/full", 0, b""),
        ("check gone.yaml 2>/dev/full", 2, b""),
        ("compare --tokens x 2>/dev/full", 2, b""),
        ("check over.yaml >/dev/full 2>&1", 2, b""),
        ("check --help >/dev/full", 2, b"error: cannot write to standard output: No space left on device\n"),
        (">/dev/full", 2, b"error: cannot write to standard output: No space left on device\n"),
    ]
    for command, status, errors in rows:
        ran = run(["bash", "-c", f"{sys.executable} -m costcalc {command}"], env, tmp_path)
        assert (command, ran.returncode, ran.stderr) == (command, status, errors)


def test_an_interrupt_is_quiet_in_the_middle_of_imports(env: dict[str, str], tmp_path: Path) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # an interrupt sent to itself at the n-th import: of our modules, and of those that they import
    script = (
        "import builtins, os, runpy, signal, sys\n"
        "n, real = int(sys.argv[1]), builtins.__import__\n"
        "def counting(name, *rest, **more):\n"
        "    global n\n"
        "    n -= 1\n"
        "    if n == 0: os.kill(os.getpid(), signal.SIGINT)\n"
        "    return real(name, *rest, **more)\n"
        "import costcalc\n"
        "from costcalc.__main__ import run\n"
        "sys.argv = ['costcalc', 'size', 'Qwen3-32B']\n"
        "builtins.__import__ = counting\n"
        "run()\n"
    )
    for at in (3, 20, 100, 300, 600, 900, 1200):  # a build that keeps the catalog imports some 1,300 modules
        ran = run([sys.executable, "-c", script, str(at)], env, tmp_path)
        assert (at, ran.returncode, ran.stdout, ran.stderr) == (at, 130, b"", b"")


def test_bash_completes_commands_flags_and_names(env: dict[str, str], tmp_path: Path) -> None:
    costcalc = shutil.which("costcalc", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert costcalc is not None
    script = (
        'source <(_COSTCALC_COMPLETE=source_bash "$0")\n'
        'for line; do COMP_WORDS=($line) COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _costcalc_completion "$0"; '
        'printf "%s " "${COMPREPLY[@]}"; echo; done\n'
    )
    asked = ["costcalc comp", "costcalc compare --to", "costcalc size Qwen3-3"]
    ran = run(["bash", "-c", script, costcalc, *asked], env, tmp_path)
    assert ran.stdout.decode().splitlines() == ["compare ", "--tokens --tokens-as ", "Qwen3-30b-a3b Qwen3-32b "]


def test_an_alias_bomb_ends_soon_and_small(env: dict[str, str], tmp_path: Path) -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 40))
    (tmp_path / "bomb.yaml").write_text(bomb)
    limited = ["bash", "-c", 'ulimit -v 600000; exec "$0" "$@"', *MONTH, "--catalog", "bomb.yaml"]
    ended = run(limited, env, tmp_path)
    assert ended.returncode == 2
    assert b"aliases unfold to more than 10,000 values" in ended.stderr


def test_closed_streams_and_a_full_disk_are_no_bugs(env: dict[str, str], tmp_path: Path) -> None:
    def shell(command: str) -> subprocess.CompletedProcess[bytes]:
        return run(["bash", "-c", command.replace("costcalc", f"{sys.executable} -m costcalc")], env, tmp_path)

    assert shell("costcalc compare --tokens 1e6 >&-").returncode == 0
    assert shell("costcalc compare --tokens 1e6 --options nope 2>&-").returncode == 2
    full = shell("costcalc compare --tokens 1e6 >/dev/full")
    assert (full.returncode, full.stderr) == (2, b"error: cannot write to standard output: No space left on device\n")
    gone = shell("mkdir gone && cd gone && rmdir ../gone && costcalc compare --tokens 1e6 --options gpt-5.2-api")
    assert (gone.returncode, gone.stderr) == (0, b"")


def test_the_folder_below_a_project_changes_no_byte(env: dict[str, str], tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "costcalc.yaml").write_text("headline: [mine]\noptions: {mine: {kind: api, model: openai/gpt-5.2}}\n")
    outputs = {run([*MONTH, "--explain", "--format", "json"], env, folder).stdout for folder in (tmp_path, below)}
    assert len(outputs) == 1


def test_a_start_leaves_out_what_nobody_asks_for(env: dict[str, str], tmp_path: Path) -> None:
    code = (
        "import sys\n[sys.modules.pop(name) for name in list(sys.modules) if name.startswith(('importlib.metadata', 'email'))]\n"
        "from costcalc.cli.start import start\nstart()\nfrom costcalc.cli.app import main\n"
        "assert main(['compare', '--tokens', '1e6']) == 0\n"
        "print('email' in sys.modules, file=sys.stderr)\n"
        "import importlib.metadata as metadata\n"
        "print(metadata.version('typer') != '', len(metadata.entry_points(group='console_scripts')) > 0, file=sys.stderr)\n"
        "from importlib.metadata import entry_points, PackageNotFoundError\n"
        "print(entry_points.__module__, PackageNotFoundError.__name__, file=sys.stderr)\n"
        "import urllib.parse, platform\n"
        "print(urllib.parse.quote('a b'), platform.system() != '', file=sys.stderr)"
    )
    ran = run([sys.executable, "-c", code], env, tmp_path)
    assert ran.stderr.decode().splitlines() == [
        "False",
        "True True",
        "importlib.metadata PackageNotFoundError",
        "a%20b True",
    ]


def test_a_process_asks_libraries_for_the_classes_that_its_start_left_out(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "timestamp,model,input_tokens,output_tokens\n2026-11-02T08:00:00Z,openai/gpt-5.4,1000,100\n"
    )
    packed = run([sys.executable, "-m", "costcalc", "usage", "pack", "log.csv", "--save", "pack.json"], env, tmp_path)
    assert (packed.returncode, packed.stderr) == (0, b"")  # DuckDB asks whether a value is a uuid.UUID


PLAN = (
    "as_of: 2026-11-22\nworkloads: {bot: {option: gpt-5.2-api, requests: 1_000, shapes: [{output_tokens: 1_000}]}}\n"
    "budgets: {all: {monthly_usd: 13}}\n"
)
FORMATS = ("text", "json", "jsonl", "csv", "markdown", "html", "github", "gitlab", "junit", "sarif")


def test_a_check_is_the_same_bytes_everywhere(env: dict[str, str], tmp_path: Path) -> None:
    places = [tmp_path / "a", tmp_path / "b" / "c"]
    others = [
        {"TZ": "Pacific/Kiritimati", "LANG": "C", "PYTHONHASHSEED": "1", "GITHUB_ACTIONS": "true"},
        {"TZ": "America/Adak", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "2", "NO_COLOR": "1"},
    ]
    printed = []
    for place, more in zip(places, others, strict=True):
        place.mkdir(parents=True)
        (place / "costcalc.yaml").write_text(PLAN)
        checks = [[*COSTCALC, "check", "--format", form] for form in FORMATS]
        statuses, outputs, errors = run_several(checks, {**env, **more}, place)
        assert statuses == [1] * len(FORMATS)  # over budget
        assert b"\x1b" not in b"".join(outputs) + errors
        printed.append(dict(zip(FORMATS, outputs, strict=True)))
    assert all(printed[0].values())
    assert printed[0] == printed[1]


def test_a_closed_pipe_does_not_open_the_gate(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text(PLAN)
    process = subprocess.Popen(
        [*COSTCALC, "check"], env=env, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 1
    process.stderr.close()


def test_a_bug_is_70_and_shows_no_value(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text(PLAN)
    broken = (
        "import costcalc.budget.check as room\n"
        "def check(*args, **named):\n    secret = 'hunter2'\n    raise RuntimeError(f'{secret} {args}')\n"
        "room.check = check\n"
        "import sys\nfrom costcalc.cli.app import main\nsys.exit(main(['check', '--format', 'json']))\n"
    )
    ran = run([sys.executable, "-c", broken], env, tmp_path)
    assert (ran.returncode, ran.stdout) == (70, b"")
    assert b"internal error: RuntimeError in <string>:4; this is a bug in costcalc" in ran.stderr
    assert b"hunter2" not in ran.stderr
    assert b"gpt-5.2" not in ran.stderr
