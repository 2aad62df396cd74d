"""The scenario files that a command judges: named, by a pattern, or the nearest ``costcalc.yaml``."""

import os
from collections.abc import Sequence
from datetime import date
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from costcalc.catalog.layers.stack import PROJECT_FILES, PROJECT_KEYS, is_there
from costcalc.cli.context import day_in_force, load, project_of
from costcalc.errors import FlagError, InputError, Problem
from costcalc.findings import Finding
from costcalc.paths import here, look

if TYPE_CHECKING:
    from costcalc.catalog.catalog import Catalog
    from costcalc.findings import Node
    from costcalc.scenario import Scenario


class Loaded(NamedTuple):
    """A scenario file with its catalog, its day, and what is said of amounts in other currencies."""

    file: str
    scenario: "Scenario"
    tree: "Node"
    catalog: "Catalog"
    day: date
    converted: "tuple[Finding, ...]" = ()


def files_of(patterns: Sequence[str]) -> list[str]:
    """Find the files that are meant; what names none is an error, never an empty answer.

    Args:
        patterns: Files, patterns, and folders, which stand for every costcalc.yaml in them or below.

    Raises:
        InputError: With every pattern and name that leads nowhere.
    """
    if not patterns:
        return [nearest()]
    found: dict[str, None] = {}
    problems: list[Finding] = []
    for pattern in patterns:
        matches = matching(pattern) if has_magic(pattern) else [pattern] if pattern.strip() else []
        if not matches:
            problems.append(Finding("file", "error", f"'{pattern}' names no file"))
        for match in matches:
            files = below(match) if look(Path(match)).kind == "folder" else [match]
            found |= dict.fromkeys(files)
            if not files:
                problems.append(Finding("file", "error", f"{match}: no {PROJECT_FILES[0]} in this folder or below"))
    if problems:
        raise InputError(problems)
    return list(found)


def matching(pattern: str) -> list[str]:
    """Give what a pattern of the shell's matches, ** included, in order."""
    return sorted(map(os.path.normpath, glob(pattern, recursive=True)))  # noqa: PTH207  # Path.glob takes no ../*


def below(folder: str) -> list[str]:
    """Give every costcalc.yaml of a folder and of those below it, but for hidden ones such as .git and .venv.

    Raises:
        InputError: One of them cannot be listed: what it holds would go unchecked.
    """

    def refuse(error: OSError) -> NoReturn:
        raise InputError([Finding("file", "error", f"{error.filename}: cannot be read: {error.strerror}")])

    found: list[str] = []
    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [os.path.normpath(os.path.join(parent, name)) for name in PROJECT_FILES if name in files][:1]  # noqa: PTH118
    return found


def nearest() -> str:
    """Find the nearest costcalc.yaml, here or above.

    Raises:
        InputError: There is none.
    """
    start = here()
    for folder in (start, *start.parents):
        for name in PROJECT_FILES:
            if is_there(folder / name):
                return os.path.relpath(folder / name, start)
    message = "no costcalc.yaml here or above; name a file, or write one with costcalc init"
    raise InputError([Finding("file", "error", message)])


def workloads_nearby() -> list[str]:
    """Name the workloads of the nearest costcalc.yaml as --workload takes them; none where it cannot be read."""
    from costcalc.files import parse_yaml, read_document

    try:
        file = nearest()
        found = parse_yaml(read_document(Path(file)), lambda _: None).child("workloads")
    except InputError:
        return []
    return [f"{file}#{name}" for name, _ in found.items()] if found is not None else []


def name_workloads() -> None:
    """Name what the nearest file has, where a command line says nothing of how much is to be served.

    Raises:
        FlagError: It has workloads.
    """
    names = workloads_nearby()
    more = f" (it has {len(names)})" if len(names) > _NAMED else ""
    if names:
        offered = " or ".join(names[:_NAMED])
        raise FlagError(f"say how much is to be served: --workload {offered}{more}, or by flags such as --tokens 1e6")


_NAMED = 3  # workloads of a file in a message


def with_budgets(scenarios: Sequence[Loaded]) -> tuple[list[Loaded], tuple[Finding, ...]]:
    """Set files aside that hold contracts or prices alone: their keys say nothing of workloads and budgets."""
    about = [key for key in PROJECT_KEYS if key != "as_of"]
    judged = [each for each in scenarios if any(each.tree.child(key) is not None for key in about)]
    message = "neither workloads nor budgets: nothing of this file is checked"
    aside = (Finding("contracts-only", "note", message, each.tree.place) for each in scenarios if each not in judged)
    return judged, tuple(aside)


def load_scenarios(files: Sequence[str], *, catalog: list[str] | None, as_of: date | None) -> list[Loaded]:
    """Load every file, each with the layers that are in force for it.

    Raises:
        InputError: With every problem of every file.
    """
    from costcalc.budget.names import unknown_names
    from costcalc.scenario import parse_scenario

    scenarios: list[Loaded] = []
    problems: list[Problem] = []
    for file in files:
        try:
            loaded = load(catalog, project=file, as_of=as_of)
            project = project_of(loaded, file)
        except InputError as error:
            problems += [*error.problems, *_unknown_beside(catalog, file)]
            continue
        scenario = parse_scenario(project)
        day = day_in_force(loaded, as_of)
        scenarios.append(Loaded(file, scenario, project, loaded.catalog, day, loaded.converted))
    if problems:
        unknown = [found for each in scenarios for found in unknown_names(each.tree, each.catalog)]
        raise InputError(list(dict.fromkeys([*problems, *unknown])))
    return scenarios


def _unknown_beside(catalog: list[str] | None, file: str) -> tuple[Finding, ...]:
    """Find unknown names in a file whose values are wrong too, as far as its prices can be read."""
    from costcalc.budget.names import unknown_names

    try:
        loaded = load(catalog, project=file, check=lambda _: None)
    except InputError:
        return ()
    assert loaded.project is not None  # a file that is named is a project
    return unknown_names(loaded.project, loaded.catalog)
