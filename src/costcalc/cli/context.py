"""What every command starts from: the catalog in force and the day."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from costcalc.errors import CostcalcError, InputError
from costcalc.findings import Finding
from costcalc.money import USD, Money
from costcalc.paths import here

if TYPE_CHECKING:
    from costcalc.catalog.catalog import Catalog
    from costcalc.catalog.layers.load import Loaded
    from costcalc.findings import Node


def load(
    catalog: list[str] | None,
    *,
    project: str | None = None,
    only: Sequence[Path] | None = None,
    check: Callable[["Node"], object] | None = None,
    as_of: date | None = None,
) -> "Loaded":
    """Load the catalog with every layer that is in force here, or with the named files only.

    Args:
        catalog: What each ``--catalog`` names.
        project: A project file to take in place of the nearest.
        only: The only files to load.
        check: Checks what a project file says beside the catalog (default: `check_project`).
        as_of: The day that was asked for, whose rates of exchange hold for amounts in another currency.
    """
    from costcalc.catalog.layers.load import load_layers
    from costcalc.catalog.layers.stack import Layer, layers_in_force

    layers = layers_in_force(cwd=here(), env=os.environ, project=project, catalog=catalog)
    named = [Layer("project", path, str(path)) for path in only or ()]
    today = day_of_check(None)
    loaded = load_layers(named or layers, check_project=check or check_project, as_of=as_of, today=today)
    if check is None and loaded.project is not None and loaded.project.child("workloads") is not None:
        from costcalc.scenario import check_models

        check_models(loaded.project, loaded.catalog)
    return loaded


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder for files that are only tried, and remove it afterwards.

    Raises:
        CostcalcError: There is no place for one.
    """
    from tempfile import TemporaryDirectory

    try:
        folder = TemporaryDirectory(prefix="costcalc-")
    except OSError as error:
        raise CostcalcError(f"no folder for temporary files: {error.strerror}; set TMPDIR to one") from None
    with folder as name:
        yield Path(name)


def project_of(loaded: "Loaded", file: str) -> "Node":
    """Give what a file that was named as a project says beside the catalog.

    Raises:
        InputError: It is a file of a catalog, which names a provider, a model or a GPU and has no workloads.
    """
    if loaded.project is None:
        message = f"{file}: expected a costcalc.yaml with workloads, found a catalog, or a file of one"
        raise InputError([Finding("no-project", "error", message)])
    return loaded.project


def check_project(rest: "Node") -> None:
    """Check what a project file says beside the catalog."""
    if rest.value:
        from costcalc.scenario import parse_scenario

        parse_scenario(rest)


def money_of(currency: str | None, catalog: "Catalog", day: date) -> Money:
    """Say in which currency amounts are shown, at the rate in force on a day.

    Raises:
        UnknownNameError: No currency has that code.
        UndecidableError: There is no rate of it for that day.
    """
    if currency is None:
        return USD
    from costcalc.catalog.exchange import money_in

    return money_in(catalog, currency, day)


def day_in_force(loaded: "Loaded", asked: date | None) -> date:
    """The day that was asked for, else the project file's, else today in UTC."""
    if asked is None and loaded.project is not None and loaded.project.child("as_of") is not None:
        from costcalc.scenario import parse_scenario

        asked = parse_scenario(loaded.project).as_of
    return day_of_check(asked)


def day_of_check(asked: date | None) -> date:
    """The day that was asked for, else today in UTC: what expires, or is stale, goes by no file's own day."""
    return asked or datetime.now(UTC).date()  # noqa: TID251  # the only reader of the clock
