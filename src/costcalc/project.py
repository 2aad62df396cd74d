"""A project file from Python: the catalog with the file laid over it, and the workloads that it holds."""

from pathlib import Path
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.layers.load import load_layers
from costcalc.catalog.layers.stack import Layer
from costcalc.findings import Node
from costcalc.scenario import Scenario, check_models, parse_scenario


class Project(NamedTuple):
    """What a ``costcalc.yaml`` says.

    Args:
        catalog: The shipped catalog with the file's prices, options, assumptions and contracts laid over it.
        scenario: Its workloads and its day.
    """

    catalog: Catalog
    scenario: Scenario


def load_project(path: str | Path) -> Project:
    """Load a ``costcalc.yaml``; nothing else is picked up from the environment.

    Raises:
        InputError: The file is missing or wrong; with every problem of it.

    Example:
        ``load_project("costcalc.yaml").scenario.workload("support-bot")`` gives what `costcalc.compare` prices.
    """
    checked: list[Scenario] = []

    def check(rest: Node) -> None:
        checked.append(parse_scenario(rest))

    loaded = load_layers([Layer("project", Path(path), str(path))], check_project=check)
    if loaded.project is not None:
        check_models(loaded.project, loaded.catalog)
    return Project(loaded.catalog, checked[0] if checked else Scenario())
