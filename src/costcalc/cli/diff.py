"""``costcalc diff``: what changed between two states of a plan, and why."""

import re
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

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
    from collections.abc import Iterator, Mapping

    from costcalc.budget.diff import Difference, State
    from costcalc.budget.later import Later
    from costcalc.catalog.layers.load import Loaded
    from costcalc.limits import Increase
    from costcalc.scenario import Scenario

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
        "--fail-on-increase",
        metavar="SHARE|USD",
        help="Exit with 1 when the total grows by more: 5%, or 200 USD a month.",
    ),
]
Every = Annotated[bool, typer.Option("--all", help="Every workload, not only those that changed.")]


def diff_command(
    prices: DayFlags,
    shown: MoneyFlags,
    base: Side,
    head: OptionalSide = None,
    scenario: ScenarioFile = None,
    fail_on_increase: MostIncrease = None,
    every: Every = False,
) -> Answer:
    """Compare two states of a plan: what costs more, and why.

    Each change is put down to price, volume or option. Exit status 0 whether or not they differ; with
    --fail-on-increase 1 when the total grows by more. (costcalc catalog diff compares price lists.)
    """
    from costcalc.budget.diff import is_over
    from costcalc.cli.scenarios import nearest
    from costcalc.render.diff import Gate, difference_report

    head = head or nearest()
    most = _increase(fail_on_increase) if fail_on_increase is not None else None
    found, later = _compared(base, head, scenario, prices.as_of)
    gate = Gate(most, is_over(found, most)) if most is not None else None
    inputs = {"base": base, "head": head, "fail_on_increase": fail_on_increase}
    money = _money(shown.currency, prices.as_of)
    report = difference_report(found, later, inputs=inputs, gate=gate, money=money, every=every)
    if found.total("change") is None:
        return Answer(report, UNDECIDED)
    return Answer(report, BROKEN if gate is not None and gate.over else 0)


def _money(currency: str | None, as_of: date | None) -> Money:
    """Give both sides at one rate of exchange: that of the catalog in force here, on the day that is asked for."""
    if currency is None:
        return USD
    loaded = load(None, as_of=as_of)
    return money_of(currency, loaded.catalog, day_in_force(loaded, as_of))


def _increase(text: str) -> "Increase":
    """Read an increase that is put up with, as `max_increase` of a file is read: a number alone is USD."""
    from costcalc.limits import increase_of

    plain = re.fullmatch(r"\d+(\.\d+)?", text.strip())
    try:
        return increase_of(Decimal(text) if plain else text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="'--fail-on-increase'") from None


def _compared(base: str, head: str, scenario: str | None, as_of: date | None) -> "tuple[Difference, tuple[Later, ...]]":
    """Compare two sides: today, and on days to come."""
    from costcalc.budget.later import later_changes

    recorded = [side.endswith(".json") for side in (base, head)]
    if all(recorded):
        return _recorded(base, head), ()
    if any(recorded):
        raise FlagError("a JSON result compares with another one: give two results, or two files")
    plans: dict[str, tuple[_Plan | None, _Plan | None]] = {}
    with ExitStack() as stack:
        for file, sides in _pairs(base, head).items():
            before, after = (
                _plan(name, stack.enter_context(on_disk(side, file)), scenario, as_of) if side else None
                for side, name in zip(sides, (base, head), strict=True)
            )
            plans[file] = before, after
    found = _on(plans, (base, head), as_of)
    read = [plan for pair in plans.values() for plan in pair if plan is not None]
    today = max(plan.day(as_of) for plan in read)
    days = {day for plan in read for day in plan.days(today)}
    return found, tuple(later_changes(found, days, lambda day: _on(plans, (base, head), day)))


def _recorded(base: str, head: str) -> "Difference":
    """Compare two results of `check`, which say nothing of days to come."""
    from costcalc.budget.diff import recorded_difference
    from costcalc.budget.loosened import loosened

    paths = Path(base), Path(head)
    found = recorded_difference(*map(read_workloads, paths), names=(base, head))
    return found._replace(loosened=tuple(loosened(*map(read_bounds, paths))))


def _on(
    plans: "Mapping[str, tuple[_Plan | None, _Plan | None]]", names: tuple[str, str], as_of: date | None
) -> "Difference":
    """Compare both sides of every file at the prices of a day."""
    from costcalc.budget.diff import difference, together

    by_file: dict[str, Difference] = {}
    for file, pair in plans.items():
        states = [plan.state(as_of) if plan is not None else None for plan in pair]
        # a side that lacks the file has none of its workloads: they were added, or removed
        nothing = next(state for state in states if state is not None)._replace(uses={}, bounds={})
        before, after = (state or nothing._replace(name=name) for state, name in zip(states, names, strict=True))
        by_file[file] = difference(before, after)
    return together(by_file, names=names) if has_magic("".join(names)) else next(iter(by_file.values()))


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


class _Plan(NamedTuple):
    """A side, read: its name, its file beside the catalog, and what the file says."""

    name: str
    loaded: "Loaded"
    scenario: "Scenario"

    def state(self, as_of: date | None) -> "State":
        """Give it at the prices of a day; without one on its own day, or today."""
        from costcalc.budget.diff import State
        from costcalc.budget.loosened import bounds_of
        from costcalc.case.file import case_of
        from costcalc.case.shared import Use

        catalog, day = self.loaded.catalog, self.day(as_of)
        cases = {key: case_of(entry, key, catalog, as_of=day) for key, entry in self.scenario.workloads.items()}
        uses = {key: Use(case.workload, self.scenario.workloads[key].option or "") for key, case in cases.items()}
        return State(self.name, uses, catalog, day, bounds_of(self.scenario.budgets))

    def day(self, as_of: date | None) -> date:
        """Give the day whose prices are in force."""
        return day_in_force(self.loaded, as_of)

    def days(self, after: date) -> "Iterator[date]":
        """Give the days to come on which its prices may change."""
        from costcalc.budget.later import days_of

        options = {entry.option for entry in self.scenario.workloads.values() if entry.option is not None}
        return days_of(options, self.loaded.catalog, after=after)


def _plan(name: str, path: str, scenario: str | None, as_of: date | None) -> _Plan:
    from costcalc.scenario import parse_scenario

    loaded = _loaded(path, scenario, as_of)
    parsed = parse_scenario(project_of(loaded, name))
    without = [workload for workload, entry in parsed.workloads.items() if entry.option is None]
    if without or not parsed.workloads:
        what = f"workloads without an option: {', '.join(without)}" if without else "no workloads"
        raise InputError([Finding("no-option", "error", f"{name}: {what}; say which option serves each today")])
    return _Plan(name, loaded, parsed)


def _loaded(path: str, scenario: str | None, as_of: date | None) -> "Loaded":
    """Load a side: a scenario by itself, a catalog under the scenario that is named or nearest."""
    from costcalc.cli.scenarios import nearest

    if look(Path(path)).kind != "folder":
        loaded = load(None, project=path, as_of=as_of)
        has_workloads = loaded.project is not None and loaded.project.child("workloads") is not None
        if has_workloads:
            return loaded
    return load([path], project=scenario or nearest(), as_of=as_of)
