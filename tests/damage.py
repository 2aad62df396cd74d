"""Valid catalog files damaged at random, as a hand, a merge or a disk does it, and what a command says of them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from random import Random
from typing import NamedTuple

from costcalc.cli.app import main

ROOT = Path(__file__).parents[1]
_OWN = """
as_of: 2026-11-22
contracts:
  openai:
    discount: 0.15
    models: {gpt-5.4: {usd_per_mtok: {output: 12.00}}}
    effective: 2026-01-01
    source: {title: Agreement 17, checked: 2026-01-15}
measurements:
  ours: {model: llama-3.1-8b, gpu: h100, weights: fp8, engine: vllm, input_tokens: 1000, output_tokens: 300,
         output_tokens_per_s: 2500, source: {title: bench, checked: 2026-11-01}}
assumptions: {pue: 1.1 to 1.4, hours_per_fte: {value: 150, note: null}}
budgets: {all: {monthly: 500, workloads: [bot]}}
workloads:
  bot: &bot {requests: 250_000, shapes: [{share: 0.9, input_tokens: 2_000}, {share: 0.1, output_tokens: 1_000}]}
  other: *bot
"""
_ODD_VALUES = (
    "", "~", "-1", "0", "1e400", "9" * 40, "1e-400", ".nan", ".inf", "0x7f", "017", "12:30", "NO", "true", "[]", "{}",
    "2026-02-30", "9999-12-31", "0001-01-01", "2.0 to 4.0", "4 to 2", "1e17 to 1e18", "'", '"', "*bot", "&a x", "<<",
    "!!python/object:os.system x", "!!binary aGk=", "? x", "- - - x", "| \n  x", "%", "@", "\u2028", "\x85", "💸", "ﬁ",
    "-" * 2000, "x" * 5000, "1_000_", "1,000", "$5", "null", "Infinity", "[[1], {a: [b]}]", "{1: 2}", "../../etc/passwd",
)  # fmt: skip
_VALUE = re.compile(r"(?<=[:,\[{] )[^\s,{}\[\]#][^,{}\[\]#\n]*")
Mutation = Callable[[bytes, Random], bytes]


def valid_files() -> list[tuple[str, bytes]]:
    """Give every file that is known to load: what is shipped, the examples, and one with what users alone write."""
    paths = [*sorted(ROOT.glob("pricing/**/*.yaml")), *sorted(ROOT.glob("examples/*.yaml"))]
    return [*((str(path.relative_to(ROOT)), path.read_bytes()) for path in paths), ("own.yaml", _OWN.encode())]


def _lines(data: bytes, random: Random) -> tuple[list[bytes], int]:
    lines = data.splitlines(keepends=True) or [b"\n"]
    return lines, random.randrange(len(lines))


def delete_lines(data: bytes, random: Random) -> bytes:
    lines, at = _lines(data, random)
    return b"".join(lines[:at] + lines[at + random.choice((1, 1, 1, 2, 5)) :])


def duplicate_lines(data: bytes, random: Random) -> bytes:
    lines, at = _lines(data, random)
    to = at + random.choice((1, 1, 2, 5))
    return b"".join(lines[:to] + lines[at:to] + lines[to:])


def swap_lines(data: bytes, random: Random) -> bytes:
    lines, at = _lines(data, random)
    other = random.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]
    return b"".join(lines)


def indent_line(data: bytes, random: Random) -> bytes:
    lines, at = _lines(data, random)
    lines[at] = (
        random.choice((b" ", b"  ", b"\t", b"    ")) + lines[at] if random.random() < 0.6 else lines[at].lstrip()
    )
    return b"".join(lines)


def swap_values(data: bytes, random: Random) -> bytes:
    text = data.decode(errors="replace")
    found = list(_VALUE.finditer(text))
    if len(found) < 2:
        return data
    one, other = sorted(random.sample(found, 2), key=lambda match: match.start())
    return (text[: one.start()] + other[0] + text[one.end() : other.start()] + one[0] + text[other.end() :]).encode()


def odd_value(data: bytes, random: Random) -> bytes:
    text = data.decode(errors="replace")
    found = list(_VALUE.finditer(text))
    if not found:
        return data
    one = random.choice(found)
    return (text[: one.start()] + random.choice(_ODD_VALUES) + text[one.end() :]).encode()


def odd_bytes(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.randbytes(random.choice((1, 1, 1, 4))) + data[at + random.choice((0, 1)) :]


def nest_deeply(data: bytes, random: Random) -> bytes:
    depth = random.choice((10, 39, 41, 1000, 100_000))
    opening, closing = random.choice(((b"[", b"]"), (b"{a: ", b"}"), (b"- ", b""), (b"? ", b"")))
    return odd_place(data, opening * depth + b"1" + closing * depth, random)


def odd_place(data: bytes, what: bytes, random: Random) -> bytes:
    places = [match.end() for match in re.finditer(rb"[:,\[{\-] ", data)] or [0]
    at = random.choice(places)
    return data[:at] + what + data[at:]


def unfold_aliases(data: bytes, random: Random) -> bytes:
    width = random.choice((3, 9, 12))
    steps = [b"z0: &z0 [x]"] + [
        b"z%d: &z%d [%s]" % (n, n, b", ".join([b"*z%d" % (n - 1)] * width)) for n in range(1, 9)
    ]
    return data + b"\n" + b"\n".join(steps) + b"\n"


def truncate(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def swell(data: bytes, random: Random) -> bytes:
    what = random.choice((b"x" * 2_000_000, b"\n" * 500_000, b"a: 1\n" * 100_000, b"- " * 50_000, b" " * 1_000_000))
    return odd_place(data, what, random)


_COMMON: tuple[Mutation, ...] = (
    delete_lines, duplicate_lines, swap_lines, indent_line, swap_values, odd_value, odd_bytes, nest_deeply, truncate,
)  # fmt: skip
_RARE: tuple[Mutation, ...] = (unfold_aliases, swell)


def mutations(number: int, *, seed: int) -> Iterator[tuple[str, bytes]]:
    """Draw files, each damaged once to three times, with what was done to them."""
    random = Random(seed)  # noqa: S311  # not for secrets
    files = valid_files()
    for _ in range(number):
        name, data = random.choice(files)
        done = [name]
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            mutation = random.choice(_RARE if random.random() < 0.02 else _COMMON)
            data = mutation(data, random)
            done.append(mutation.__name__)
        yield " ".join(done), data


class Outcome(NamedTuple):
    """How a command took a file (answered, diagnosed, or what nobody should see), and its processor time [s]."""

    what: str
    seconds: float


WELL = {"answered", "diagnosed", "undecidable"}
_MONTH = ("--tokens", "1e6", "--input-tokens", "1e7", "--explain", "--as-of", "2026-11-22")


def outcome(data: bytes, folder: Path) -> Outcome:
    """Compare options in a folder whose ``costcalc.yaml`` is that file, laid over the shipped catalog."""
    (folder / "costcalc.yaml").write_bytes(data)
    out, err = StringIO(), StringIO()
    began = time.process_time()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        status = main(["compare", *_MONTH])
    seconds = time.process_time() - began
    said = (out if status == 0 else err).getvalue().strip()
    words = {0: "answered", 2: "diagnosed", 3: "undecidable"}.get(status, f"status {status}: {said}")
    return Outcome(words if said else "silent", seconds)
