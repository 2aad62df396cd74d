"""How a command ends on whatever it is given: with 0, 1, 2 or 3 and a word, and it does end; never with 70."""

from __future__ import annotations

import json
import os
import re
import resource
import time
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest.mock import patch

import typer
from hypothesis import settings
from hypothesis import strategies as st

from costcalc.cli import app

# to notice what never ends or grows without end, on whatever machine; how fast a command is, benchmarks/ measure
MOST_CPU_S = 60.0
MOST_KB = 4 * 2**20  # 4 GB
OPTIONS = "gpt-5.2-api,r1-distill-32b-h100,deepseek-r1-32b-self-hosted"  # of each kind, and few: a run is short
_HIDDEN = ("COSTCALC_CATALOG", "COSTCALC_AS_OF", "GITHUB_STEP_SUMMARY", "CI")


class Ended(NamedTuple):
    """A command's exit status, what it printed, and what it took."""

    args: tuple[str, ...]
    status: int
    out: str
    err: str
    cpu_s: float
    grown_kb: int

    @property
    def wrong(self) -> str:
        """What should not have been, "" where all is well."""
        if self.status not in {0, 1, 2, 3}:
            return f"status {self.status}: {self.err.strip()[-300:]}"
        if not (self.out + self.err).strip() and not (self.status == 0 and "--format=github" in self.args):
            # GitHub's format has findings alone; every other says what was found out
            return f"status {self.status} without a word"
        if self.cpu_s > MOST_CPU_S or self.grown_kb > MOST_KB:
            return f"{self.cpu_s:.1f} s, {self.grown_kb:,} kB"
        return ""


def ended(*args: str) -> Ended:
    """Run a command here, and measure it."""
    out, err = StringIO(), StringIO()
    began, before = time.process_time(), _peak_kb()
    with redirect_stdout(out), redirect_stderr(err):
        status = app.main(args)
    return Ended(args, status, out.getvalue(), err.getvalue(), time.process_time() - began, _peak_kb() - before)


def document(*args: str) -> dict[str, Any]:
    """Run a command that must answer, and give its document."""
    end = ended(*args, "--format", "json")
    assert end.status in {0, 1}, end.err
    found: dict[str, Any] = json.loads(end.out)
    return found


def _peak_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@contextmanager
def folder_of_its_own(**files: bytes) -> Iterator[Path]:
    """Work in an empty folder, as a user without a configuration; a bug says where it is, call by call."""
    with TemporaryDirectory() as name, chdir(name), patch.dict(os.environ), patch.object(app, "_where", _calls):
        for hidden in _HIDDEN:
            os.environ.pop(hidden, None)
        os.environ |= {"XDG_CONFIG_HOME": f"{name}/none", "_TYPER_FORCE_DISABLE_TERMINAL": "1", "COLUMNS": "80"}
        for file, data in files.items():
            Path(file.replace("_", ".")).write_bytes(data)
        yield Path(name)


def _calls(error: Exception) -> str:
    import traceback

    frames = traceback.extract_tb(error.__traceback__)[-1:-5:-1]
    return f"{type(error).__name__} {error} in {' < '.join(f'{Path(f.filename).name}:{f.lineno}' for f in frames)}"


LONG_RUN = settings().max_examples > 100  # --hypothesis-profile=long


def often(times: int) -> settings:
    """Try so many examples in the suite; a run by hand takes the profile's number of each."""
    return settings(max_examples=settings().max_examples if LONG_RUN else times)


class Flag(NamedTuple):
    """A flag of a command, as the command line has it."""

    command: tuple[str, ...]
    name: str
    reader: str
    is_switch: bool
    choices: tuple[str, ...]


def flags() -> Iterator[Flag]:
    """Give every flag of every command, from the commands themselves."""
    yield from _flags_of(typer.main.get_command(app.app), ())


def _flags_of(command: Any, path: tuple[str, ...]) -> Iterator[Flag]:  # noqa: ANN401  # typer does not export it
    for name, child in getattr(command, "commands", {}).items():
        yield from _flags_of(child, (*path, name))
    for flag in command.params if path and not hasattr(command, "commands") else ():
        if flag.opts[0].startswith("-"):
            reader = getattr(getattr(flag.type, "func", None), "__name__", flag.type.name)
            choices = tuple(getattr(flag.type, "choices", ()))
            yield Flag(path, flag.opts[-1], reader, flag.type.name == "boolean", choices)


# what reads a number; a new reader of flags belongs here or in NOT_NUMBERS, or a test says so
NUMBERS = {
    "amount", "amount_or_range", "zero_or_more", "positive", "price", "usd", "usd_or_range", "share", "share_or_range", "yearly",
    "decline", "times_a_year", "factor", "peak_or_range", "at_least_one", "count_or_range", "size", "mean_size", "age", "int range",
    "_milliseconds", "_number", "number", "above_zero",
}  # fmt: skip
TEXT_NUMBERS = {"--fail-on-increase", "--tolerance", "--quality"}  # read as text first, then as a number
NOT_NUMBERS = {"engine_of", "per_request", "premium", "bucket", "str", "filled", "day", "path", "choice", "boolean"}
ODD_NUMBERS = (
    "0", "-1", "0.5", "1", "1e-9", "0.000000000001", "0.0000000000000000000000000001", "1e9", "1e18", "1e19", "1e99",
    "999999999", "999999999%", "-99.9999999999%", "99.999999999%", "101%", "nan", "inf", "", " ", "1X", "٣", "1,000",
    "0x10", "1e400", "9" * 400, f"0.{'3' * 400}", "5 to 2", "1 to 1", "0 to 5", "0.1 to 0.9", "-1 to 5", "nan to inf",
    "1e-9 to 1e18", "1 to 1e18", "1e18 to 1e18", "1 to 2 to 3", " to ", "0:0", "1:1", "0:1", "1e18:1e18", "1000:300:50%",
    "1:1:nan", "1 to 1e18:1", "Bench:70", "Bench:nan", "1d", "99999d", "9" * 30 + "w",
)  # fmt: skip
_digits = st.from_regex(r"[0-9]{1,21}(\.[0-9]{1,14})?(e[0-9]{1,2}|[kMBT])?%?", fullmatch=True)
numbers = st.one_of(
    st.sampled_from(ODD_NUMBERS),
    _digits,
    st.tuples(_digits, _digits).map(" to ".join),
    st.tuples(_digits, _digits).map(":".join),
)
days = st.one_of(
    st.dates().map(str),
    st.sampled_from(
        ("2026-11-22", "2026-03-01", "2024-02-30", "9999-12-31", "0001-01-01", "2199-12-31", "2000-01-01", "")
    ),
)
NAMES = (
    "gpt-5.2-api", "r1-distill-32b-h100", "deepseek-r1-32b-self-hosted", "openai/gpt-5.4", "qwen3-32b", "h100", "claude",
    "customer_service", "eu", "flex", "priority", "private", "all", "hardware", "own", "int4", "fp8", "vllm", "image",
    "costcalc.yaml", "costcalc.yaml#bot", "git:main", "git:-x", "litellm", "json=out.json", "csv=/dev/null", "a=b=c",
    "", " ", ",", "../..", "/dev/null", "[", "*", "#", "x" * 300, "\u202e", "ﬁ", "💸", "--", "%s%n", "$HOME", "-1",
    "2x RTX 4090 @ 0.34/h, model=Qwen3-30B-A3B, weights=int4", "0x H100 @ 1e18/h", "1x H100 @ nan/h", "@", "1x @ 1/h",
    "8x H100, buy=1e18, model=qwen3-32b, kw=1e18", "1x H100 @ 1/month, tokens/s=0.000000000001, hours=1e18",
    "1x H100 @ 1/h, model=qwen3-32b, replicas=1e18, spares=1e18, headroom=1e18, fte=1e18, tp=1e18",
)  # fmt: skip
names = st.one_of(
    st.sampled_from(NAMES), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
)


def value_of(flag: Flag) -> st.SearchStrategy[str]:
    """What a flag may be given, for the most part of its own kind."""
    if flag.choices:
        return st.sampled_from(flag.choices)
    if flag.reader in NUMBERS or flag.name in TEXT_NUMBERS:
        return numbers
    return days if flag.reader == "day" else names


def digits_of(text: str) -> list[str]:
    """Give every amount with cents of a text, without its commas."""
    return [found.replace(",", "") for found in re.findall(r"\d[\d,]*\.\d\d+", text)]
