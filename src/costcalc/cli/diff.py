"""``costcalc diff``: what changed between two states of a plan, and why."""

import re
from contextlib import ExitStack
from datetime import date
from fractions import Fraction
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.baseline import read_bounds, read_workloads
from costcalc.cli.check import BROKEN, UNDECIDED
from costcalc.cli.context import day_in_force, load, money_of, project_of
from costcalc.cli.flags import DayFlags, MoneyFlags
from costcalc.cli.revisions import PREFIX, files_at, on_disk
from costcalc.errors import FlagError, InputError
from costcalc.findings import Finding
from costcalc.money import USD, Money
from costcalc.paths import look

if TYPE_CHECKING:
    from costcalc.budget.diff import Difference, State
    from costcalc.catalog.layers.load import Loaded

Side = Annotated[
    str,
    typer.Argument(help="costcalc.yaml, a pattern, a catalog, git:REVISION[:FILE], or a JSON result of check."),
]
OptionalSide = Annotated[str | None, typer.Argument(help="The same (default: the nearest costcalc.yaml).")]
ScenarioFile = Annotated[
    str | None,
    typer.Option(
        "--scenario", metavar="FILE", help="Whose workloads two catalogs price (default: the nearest costcalc.yaml)."
    ),
]
MostIncrease = Annotated[
    str | None,
    typer.Option(
        "--fail-on-increase", metavar="SHARE|USD", help="Exit with 1 when the total grows by more: 5% or 200."
    ),
]


def diff_command(
    prices: DayFlags,
    shown: MoneyFlags,
    base: Side,
    head: OptionalSide = None,
    scenario: ScenarioFile = None,
    fail_on_increase: MostIncrease = None,
) -> Answer:
    """Compare two states of a plan: what costs more, and why.

    Each change is put down to price, volume or option. Exit status 0 whether or not they differ; with
    --fail-on-increase 1 when the total grows by more. (costcalc catalog diff compares price lists.)
    """
    from costcalc.budget.diff import is_over
    from costcalc.cli.scenarios import nearest
    from costcalc.render.diff import difference_report

    head = head or nearest()
    most = _increase(fail_on_increase) if fail_on_increase is not None else None
    found = _difference(base, head, scenario, prices.as_of)
    over = is_over(found, usd=most[0], share=most[1]) if most is not None else False
    inputs = {"base": base, "head": head, "fail_on_increase": fail_on_increase}
    money = _money(shown.currency, prices.as_of)
    report = difference_report(found, inputs=inputs, allowed=fail_on_increase, over=over, money=money)
    if found.total("change") is None:
        return Answer(report, UNDECIDED)
    return Answer(report, BROKEN if over else 0)


def _money(currency: str | None, as_of: date | None) -> Money:
    """Give both sides at one rate of exchange: that of the catalog in force here, on the day that is asked for."""
    if currency is None:
        return USD
    loaded = load(None, as_of=as_of)
    return money_of(currency, loaded.catalog, day_in_force(loaded, as_of))


def _increase(text: str) -> tuple[Fraction | None, Fraction | None]:
    """Read an increase that is put up with: USD a month, or a share."""
    match = re.fullmatch(r"(\d{1,12}(?:\.\d{1,9})?) ?(%?)", text.strip())
    if match is None:
        raise typer.BadParameter(f"expected 5% or 200, found '{text}'", param_hint="'--fail-on-increase'")
    number = Fraction(match[1])
    return (None, number / 100) if match[2] else (number, None)


def _difference(base: str, head: str, scenario: str | None, as_of: date | None) -> "Difference":
    from costcalc.budget.diff import difference, recorded_difference, together
    from costcalc.budget.loosened import loosened

    recorded = [side.endswith(".json") for side in (base, head)]
    if all(recorded):
        found = recorded_difference(read_workloads(Path(base)), read_workloads(Path(head)), names=(base, head))
        return found._replace(loosened=tuple(loosened(read_bounds(Path(base)), read_bounds(Path(head)))))
    if any(recorded):
        raise FlagError("a JSON result compares with another one: give two results, or two files")
    by_file: dict[str, Difference] = {}
    with ExitStack() as stack:
        for file, sides in _pairs(base, head).items():
            states = {
                name: _state(side, stack.enter_context(on_disk(side, file)), scenario, as_of)
                for side, name in zip(sides, (base, head), strict=True)
                if side
            }
            # a side that lacks the file has none of its workloads: they were added, or removed
            nothing = next(iter(states.values()))._replace(uses={}, bounds={})
            before, after = (states.get(name, nothing._replace(name=name)) for name in (base, head))
            by_file[file] = difference(before, after)
    return together(by_file, names=(base, head)) if has_magic(base + head) else next(iter(by_file.values()))


def _pairs(base: str, head: str) -> dict[str, tuple[str, str]]:
    """Give both sides by the file that they are about; of a pattern, every file that a side has, "" where it has none.

    Raises:
        FlagError: A pattern is compared with a single file.
        InputError: A pattern matches nothing on both sides.
    """
    patterns = {path for path in map(_path, (base, head)) if path is not None and has_magic(path)}
    if not patterns:
        return {_default(base, head): (base, head)}
    if len({*patterns, *filter(None, map(_path, (base, head)))}) > 1:
        example = "costcalc diff git:main 'teams/*/costcalc.yaml'"
        raise FlagError(f"a pattern is compared with the same files of a revision: {example}")
    pattern = patterns.pop()
    files = [set(_files(side, pattern)) for side in (base, head)]
    if not files[0] | files[1]:
        raise InputError([Finding("file", "error", f"'{pattern}' names no file on either side")])
    sides = [{file: _side(side, file) for file in found} for side, found in zip((base, head), files, strict=True)]
    return {file: (sides[0].get(file, ""), sides[1].get(file, "")) for file in sorted(files[0] | files[1])}


def _path(side: str) -> str | None:
    """Give the path that a side names; None for a revision alone."""
    return side.removeprefix(PREFIX).partition(":")[2] or None if side.startswith(PREFIX) else side


def _revision(side: str) -> str:
    return PREFIX + side.removeprefix(PREFIX).partition(":")[0]


def _files(side: str, pattern: str) -> list[str]:
    from costcalc.cli.scenarios import matching

    return files_at(_revision(side), pattern) if side.startswith(PREFIX) else matching(pattern)


def _side(side: str, file: str) -> str:
    return f"{_revision(side)}:{file}" if side.startswith(PREFIX) else file


def _default(base: str, head: str) -> str:
    """The file that a revision without a path is about: the other side's, else the nearest."""
    from costcalc.cli.scenarios import nearest

    return next((path for path in (_path(head), _path(base)) if path is not None), None) or nearest()


def _state(name: str, path: str, scenario: str | None, as_of: date | None) -> "State":
    from costcalc.budget.diff import State
    from costcalc.budget.loosened import bounds_of
    from costcalc.case.file import case_of
    from costcalc.case.shared import Use
    from costcalc.scenario import parse_scenario

    loaded = _loaded(path, scenario, as_of)
    parsed = parse_scenario(project_of(loaded, name))
    without = [workload for workload, entry in parsed.workloads.items() if entry.option is None]
    if without or not parsed.workloads:
        what = f"workloads without an option: {', '.join(without)}" if without else "no workloads"
        raise InputError([Finding("no-option", "error", f"{name}: {what}; say which option serves each today")])
    day = day_in_force(loaded, as_of)
    cases = {key: case_of(entry, key, loaded.catalog, as_of=day) for key, entry in parsed.workloads.items()}
    uses = {key: Use(case.workload, parsed.workloads[key].option or "") for key, case in cases.items()}
    return State(name, uses, loaded.catalog, day, bounds_of(parsed.budgets))


def _loaded(path: str, scenario: str | None, as_of: date | None) -> "Loaded":
    """Load a side: a scenario by itself, a catalog under the scenario that is named or nearest."""
    from costcalc.cli.scenarios import nearest

    if look(Path(path)).kind != "folder":
        loaded = load(None, project=path, as_of=as_of)
        has_workloads = loaded.project is not None and loaded.project.child("workloads") is not None
        if has_workloads:
            return loaded
    return load([path], project=scenario or nearest(), as_of=as_of)
