"""What every command starts from: the catalog in force and the day."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from costcalc.catalog.layers.load import Loaded
    from costcalc.findings import Node


def load(
    catalog: str | None,
    *,
    project: str | None = None,
    only: Sequence[Path] | None = None,
    check: Callable[["Node"], object] | None = None,
) -> "Loaded":
    """Load the catalog with every layer that is in force here, or with the named files only.

    Args:
        catalog: What ``--catalog`` names.
        project: A project file to take in place of the nearest.
        only: The only files to load.
        check: Checks what a project file says beside the catalog (default: `check_project`).
    """
    from costcalc.catalog.layers.load import load_layers
    from costcalc.catalog.layers.stack import Layer, layers_in_force

    layers = layers_in_force(cwd=here(), env=os.environ, project=project, catalog=catalog)
    named = [Layer("project", path, str(path)) for path in only or ()]
    return load_layers(named or layers, check_project=check or check_project)


def here() -> Path:
    """The working directory; one that has been deleted holds no project file."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return Path("/")


def check_project(rest: "Node") -> None:
    """Check what a project file says beside the catalog."""
    if rest.value:
        from costcalc.scenario import parse_scenario

        parse_scenario(rest)


def day_in_force(loaded: "Loaded", asked: date | None) -> date:
    """The day that was asked for, else the project file's, else today in UTC."""
    if asked is None and loaded.project is not None and loaded.project.child("as_of") is not None:
        from costcalc.scenario import parse_scenario

        asked = parse_scenario(loaded.project).as_of
    return day_of_check(asked)


def day_of_check(asked: date | None) -> date:
    """The day that was asked for, else today in UTC: what expires, or is stale, goes by no file's own day."""
    return asked or datetime.now(UTC).date()  # noqa: TID251  # the only reader of the clock
