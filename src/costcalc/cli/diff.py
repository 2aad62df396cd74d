"""``costcalc diff``: what changed between two states of a plan, and why."""

import re
from contextlib import ExitStack
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.baseline import read_workloads
from costcalc.cli.check import BROKEN, UNDECIDED
from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import DayFlags
from costcalc.cli.revisions import on_disk
from costcalc.errors import FlagError, InputError
from costcalc.findings import Finding

if TYPE_CHECKING:
    from costcalc.budget.diff import Difference, State
    from costcalc.catalog.layers.load import Loaded

Side = Annotated[str, typer.Argument(help="costcalc.yaml, a catalog, git:REVISION[:FILE], or a JSON result of check.")]
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
    base: Side,
    head: Side,
    scenario: ScenarioFile = None,
    fail_on_increase: MostIncrease = None,
) -> Answer:
    """Compare two states of a plan: what each workload costs more or less, by price, volume and option.

    Exit status 0 whether or not they differ; with --fail-on-increase 1 when the total grows by more.
    (costcalc catalog diff compares price lists.)
    """
    from costcalc.budget.diff import is_over
    from costcalc.render.diff import difference_report

    most = _increase(fail_on_increase) if fail_on_increase is not None else None
    found = _difference(base, head, scenario, prices.as_of)
    over = is_over(found, usd=most[0], share=most[1]) if most is not None else False
    inputs = {"base": base, "head": head, "fail_on_increase": fail_on_increase}
    report = difference_report(found, inputs=inputs, allowed=fail_on_increase, over=over)
    if found.total("change") is None:
        return Answer(report, UNDECIDED)
    return Answer(report, BROKEN if over else 0)


def _increase(text: str) -> tuple[Fraction | None, Fraction | None]:
    """Read an increase that is put up with: USD a month, or a share."""
    match = re.fullmatch(r"(\d{1,12}(?:\.\d{1,9})?) ?(%?)", text.strip())
    if match is None:
        raise typer.BadParameter(f"expected 5% or 200, found '{text}'", param_hint="'--fail-on-increase'")
    number = Fraction(match[1])
    return (None, number / 100) if match[2] else (number, None)


def _difference(base: str, head: str, scenario: str | None, as_of: date | None) -> "Difference":
    from costcalc.budget.diff import difference, recorded_difference

    recorded = [one.endswith(".json") for one in (base, head)]
    if all(recorded):
        return recorded_difference(read_workloads(Path(base)), read_workloads(Path(head)), names=(base, head))
    if any(recorded):
        raise FlagError("a JSON result compares with another one: give two results, or two files")
    with ExitStack() as stack:
        other = {base: head, head: base}
        paths = [stack.enter_context(on_disk(one, _default(other[one]))) for one in (base, head)]
        before, after = (_state(name, path, scenario, as_of) for name, path in zip((base, head), paths, strict=True))
        return difference(before, after)


def _default(other: str) -> str | None:
    """The file that a revision is about: the other side's, else the nearest."""
    if not other.startswith("git:"):
        return other
    from costcalc.cli.scenarios import nearest

    return other.split(":", 2)[2] if other.count(":") > 1 else nearest()


def _state(name: str, path: str, scenario: str | None, as_of: date | None) -> "State":
    from costcalc.budget.diff import State, Use
    from costcalc.case.case import Case
    from costcalc.case.file import case_of
    from costcalc.scenario import parse_scenario

    loaded = _loaded(path, scenario)
    assert loaded.project is not None  # a file without workloads was taken for a catalog
    parsed = parse_scenario(loaded.project)
    without = [one for one, entry in parsed.workloads.items() if entry.option is None]
    if without or not parsed.workloads:
        what = f"workloads without an option: {', '.join(without)}" if without else "no workloads"
        raise InputError([Finding("no-option", "error", f"{name}: {what}; say which option serves each today")])
    day = day_in_force(loaded, as_of)
    cases = {key: case_of(entry, key, loaded.catalog, as_of=day) for key, entry in parsed.workloads.items()}
    uses = {key: Use(case.workload, parsed.workloads[key].option or "") for key, case in cases.items()}
    return State(name, uses, lambda option, workload: Case(workload, loaded.catalog, day).estimate(option))


def _loaded(path: str, scenario: str | None) -> "Loaded":
    """Load a side: a scenario by itself, a catalog under the scenario that is named or nearest."""
    from costcalc.cli.scenarios import nearest

    if not Path(path).is_dir():
        loaded = load(None, project=path)
        has_workloads = loaded.project is not None and loaded.project.child("workloads") is not None
        if has_workloads:
            return loaded
    return load(path, project=scenario or nearest())
