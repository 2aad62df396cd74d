"""Command lines: each number of each flag, and flags together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from endings import (
    LONG_RUN,
    NOT_NUMBERS,
    NUMBERS,
    ODD_NUMBERS,
    OPTIONS,
    TEXT_NUMBERS,
    Flag,
    ended,
    flags,
    folder_of_its_own,
    names,
    often,
    value_of,
)
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.no_cover  # many draws of what other tests cover

PROJECT = b"""
workloads: {bot: {requests: 100, shapes: [{input_tokens: 100, output_tokens: 100}], option: gpt-5.2-api}}
budgets: {all: {monthly_usd: 100}}
"""
# what makes a command line of each command complete; a number of the same flag takes the place of the first
COMPLETE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("compare", "breakeven", "capability", "sensitivity", "recommend"), ("--tokens=1e6", f"--options={OPTIONS}")
    ),
    "project": ("--tokens=1e6", "--requalify-every=12", f"--options={OPTIONS}"),
    "simulate": ("--tokens=1e6", "--draws=100", f"--options={OPTIONS}"),
    "size": ("qwen3-32b", "--gpu=h100", "--weights=fp8"),
    "tco": ("r1-distill-32b-h100", "--tokens=1e6"),
    "calibrate": ("gone.json",),
    "init": ("new.yaml",),
    "diff": ("costcalc.yaml", "costcalc.yaml"),
    "catalog diff": ("litellm:gone.json",),
}
WORST = ("0", "-1", "nan", "inf", "", "5 to 2", "1e-9", "1e99", "0.000000000001")
_AMOUNTS = {"--tokens", "--requests", "--conversations"}


def is_number(flag: Flag) -> bool:
    return flag.reader in NUMBERS or flag.name in TEXT_NUMBERS


def line(flag: Flag, value: str) -> tuple[str, ...]:
    taken = _AMOUNTS if flag.name in _AMOUNTS else {flag.name}
    rest = [each for each in COMPLETE.get(" ".join(flag.command), ()) if each.partition("=")[0] not in taken]
    return (*flag.command, *rest, f"{flag.name}={value}")


def odd_lines() -> Iterator[tuple[str, ...]]:
    """Give the worst numbers to the flags and each odd one to each kind of flag; in the suite they take turns."""
    numeric = [flag for flag in flags() if is_number(flag)]
    step = 1 if LONG_RUN else 5
    for at, flag in enumerate(numeric):
        yield from (line(flag, number) for number in WORST[at % step :: step])
    quick = [
        flag for flag in numeric if flag.command not in {("recommend",), ("report",)}
    ]  # they price every option that there is
    for turn, reader in enumerate(sorted({flag.reader for flag in numeric})):
        alike = [flag for flag in quick if flag.reader == reader] or [flag for flag in numeric if flag.reader == reader]
        for at, number in list(enumerate(ODD_NUMBERS))[turn % step :: step]:
            yield line(alike[at % len(alike)], number)


def test_every_reader_of_a_flag_is_known_here() -> None:
    assert {flag.reader for flag in flags()} <= NUMBERS | NOT_NUMBERS


def test_no_number_of_any_flag_is_a_bug() -> None:
    wrong = []
    for args in odd_lines():
        with folder_of_its_own(costcalc_yaml=PROJECT):
            end = ended(*args)
        if end.wrong:
            wrong.append((args, end.wrong))
    assert wrong == []


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("project", "--tokens=1e6", "--growth=999999999"), "from -99% to 9900%"),
        (("project", "--tokens=1e6", "--growth=-99.999999999999%"), "from -99% to 9900%"),
        (("project", "--tokens=1e6", "--hardware-change=999999999%"), "from -99% to 9900%"),
        (("project", "--tokens=1e6", "--discount-rate=-99.99999999%"), "from -99% to 9900%"),
        (("project", "--tokens=1e6", "--price-decline=99.9999%"), "from -100% to 99%"),
        (("project", "--tokens=1e6", "--requalify-every=12", "--capability-decline=0.000000000001"), "from 0.01 to 10,000"),
        (("project", "--tokens=1e6", "--requalify-every=12", "--requalify-cost=1e16"), "at most 1e15 USD"),
        (("size", "qwen3-32b", "--gpu=h100", "--concurrency=0.000000000001"), "1 or more"),
        (("size", "qwen3-32b", "--gpu=h100", "--gpu-price=1e10"), "at most 1e9 USD"),
        (("compare", f"--tokens=0.{'0' * 27}1"), "at least 1e-12"),
        (("compare", "--tokens=1e6", "--peak-to-mean=0.5"), "a peak is at least the mean"),
        (("compare", "--tokens=1e6", "--peak-to-mean=0.5 to 2"), "a peak is at least the mean"),
        (("compare", "--tokens=1e6", "--headroom=1e9"), "at most 1,000,000"),
        (("compare", "--tokens=1e6", "--own=1x H100 @ 1e10/h, model=qwen3-32b"), "at most 1e9 USD"),
        (("compare", "--tokens=1e6", "--as-of=9999-12-31"), "from 2000-01-01 to 2199-12-31"),
        (("project", "--tokens=1e6", "--as-of=9999-12-31"), "from 2000-01-01 to 2199-12-31"),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else None,
)  # fmt: skip
def test_a_number_that_makes_no_sense_is_refused_with_its_bounds(args: tuple[str, ...], words: str) -> None:
    with folder_of_its_own():
        end = ended(*args)
    assert (end.status, words in " ".join(end.err.split())) == (2, True), end.err


def test_where_nothing_has_a_price_break_even_cannot_be_decided() -> None:
    for more in (
        (),
        ("--chart",),
        ("--up-to=1e9",),
        ("--format=json",),
        ("--build=gpt-5.2-api", "--buy=r1-distill-32b-h100"),
    ):
        with folder_of_its_own():
            end = ended("breakeven", "--tokens=1e6", "--as-of=2020-01-01", *more)
        assert (end.status, end.wrong) == (3, ""), more


_ALL = list(flags())
_OF = {" ".join(flag.command): [each for each in _ALL if each.command == flag.command] for flag in _ALL}
_UNBOUNDED = {"--draws"}  # whoever asks for a million draws waits for them


@st.composite
def command_lines(draw: st.DrawFn) -> tuple[str, ...]:
    """Draw a command, complete for the most part, and up to five of its flags with values of their kinds."""
    command = draw(st.sampled_from(sorted(_OF)))
    given_flags = draw(st.lists(st.sampled_from(_OF[command]), max_size=5, unique_by=lambda flag: flag.name))
    args = [each for each in COMPLETE.get(command, ()) if draw(st.integers(0, 9))]
    args += draw(st.lists(names, max_size=2)) if not COMPLETE.get(command) else []
    for flag in (flag for flag in given_flags if flag.name not in _UNBOUNDED):
        args.append(flag.name if flag.is_switch else f"{flag.name}={draw(value_of(flag))}")
    return (*command.split(), *args)


@often(60)
@given(args=command_lines())
def test_no_command_line_is_a_bug(args: tuple[str, ...]) -> None:
    with folder_of_its_own(costcalc_yaml=PROJECT):
        assert ended(*args).wrong == "", args
