"""What ``doctor`` says: versions, what is installed beside costcalc, files in force, ages of prices."""

import platform
import shlex
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from costcalc import __version__
from costcalc.catalog.catalog import Catalog
from costcalc.findings import Finding
from costcalc.render.report import Block, Bullets, Column, Json, Report, Table
from costcalc.units import how_many

EXTRAS: Mapping[str, tuple[str, str]] = {  # an extra: the package that it brings, and what that is for
    "usage": ("duckdb", "reads logs of real traffic"),
    "spark": ("pyspark", "reads logs that are too large for one machine"),
    "sql": ("sqlglot", "prints SQL for a warehouse"),
    "png": ("resvg-py", "draws charts as PNG"),
}
_LEAST = ("typer", "pydantic", "pyyaml", "rich")


class Installed(NamedTuple):
    """What is installed.

    Args:
        python: The version of Python.
        packages: What costcalc always needs, by name: its version.
        extras: What it can use, by extra: its version, or None where it is not installed.
    """

    python: str
    packages: Mapping[str, str]
    extras: Mapping[str, str | None]

    @classmethod
    def here(cls) -> "Installed":
        """Look at the Python that runs."""
        extras = {extra: _version(package) for extra, (package, _) in EXTRAS.items()}
        return cls(platform.python_version(), {name: _version(name) or "?" for name in _LEAST}, extras)


class LayerSeen(NamedTuple):
    """One layer of the catalog: what put it there, and its file or folder."""

    name: str
    path: str


class Ages(NamedTuple):
    """How old sources are that still say what somebody would be billed.

    Args:
        current: How many there are.
        stale: How many of them nobody has checked for longer than max_days.
        oldest: The day on which the oldest was checked.
        newest: The day on which the newest was checked.
        max_days: From how many days on a source is stale [days].
    """

    current: int
    stale: int
    oldest: date
    newest: date
    max_days: int


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def doctor_report(
    installed: Installed,
    layers: Sequence[LayerSeen],
    ages: Ages,
    catalog: Catalog,
    *,
    day: date,
    problems: tuple[Finding, ...],
) -> Report:
    """Say what is there, and what to type where something is missing, broken or old."""
    missing = [extra for extra, found in installed.extras.items() if found is None]
    extras = tuple(
        (extra, EXTRAS[extra][1], f"{EXTRAS[extra][0]} {found}" if found else "no")
        for extra, found in installed.extras.items()
    )
    versions = ", ".join(f"{name} {number}" for name, number in installed.packages.items())
    blocks: tuple[Block, ...] = (
        Table((Column("extra"), Column("what it does"), Column("installed")), extras),
        Table((Column("layer, later wins"), Column("file or folder", wraps=True)), tuple(layers)),
        *((Bullets("Next", next_steps),) if (next_steps := _next_steps(ages, layers, problems, missing)) else ()),
    )
    result: dict[str, Json] = {
        "python": installed.python,
        "packages": installed.packages,
        "extras": installed.extras,
        "layers": [one._asdict() for one in layers],
        "sources": {**ages._asdict(), "oldest": str(ages.oldest), "newest": str(ages.newest)},
        "problems": len(problems),
    }
    return Report(
        command="doctor",
        as_of=day,
        digest_of=catalog.digest_of,
        inputs={},
        result=result,
        records=tuple({"extra": extra, "version": found} for extra, found in installed.extras.items()),
        blocks=blocks,
        diagnostics=problems,
        verdict=(
            _verdict(problems),
            _aged(ages, day),
            f"Python {installed.python}, {versions}{'; not installed: ' + ', '.join(missing) if missing else ''}.",
        ),
    )


def _verdict(problems: Sequence[Finding]) -> str:
    if not problems:
        return f"costcalc {__version__} can be used as it is."
    return f"costcalc {__version__} cannot read a file of yours: {how_many(len(problems), 'problem')}."


def _aged(ages: Ages, day: date) -> str:
    between = f"were checked from {ages.oldest} to {ages.newest}"
    return f"{ages.current:,} current figures {between}; {ages.stale:,} are older than {ages.max_days} days on {day}."


def _next_steps(
    ages: Ages, layers: Sequence[LayerSeen], problems: Sequence[Finding], missing: Sequence[str]
) -> tuple[str, ...]:
    """Name what to type about what is broken, old or not there yet."""
    named = "".join(f" --catalog {shlex.quote(one.path)}" for one in layers if one.name == "--catalog")
    rows = (
        (bool(problems), f"what is broken: costcalc catalog validate{named}"),
        (bool(missing), f"what is not installed: pip install 'costcalc[{','.join(missing)}]'"),
        (ages.stale > 0, f"what is old: costcalc catalog lint --max-age {ages.max_days}d"),
        (ages.stale > 0, "newer prices from a list that you have: costcalc catalog refresh --help"),
        (len(layers) == 1, "a file of your own, with workloads, budgets and prices: costcalc init"),
    )
    return tuple(text for holds, text in rows if holds)
