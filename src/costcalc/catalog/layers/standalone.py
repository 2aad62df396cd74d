"""The price lists of a catalog file or directory by itself, without the shipped catalog below it."""

from collections.abc import Mapping
from pathlib import Path

from costcalc.catalog.forms.diagnose import validated
from costcalc.catalog.forms.schema import ApiFile
from costcalc.catalog.layers.stack import Layer, Problems, read_layer
from costcalc.catalog.things import SoldModel
from costcalc.errors import InputError
from costcalc.findings import Node


def sold_in(files: Mapping[str, ApiFile]) -> dict[str, SoldModel]:
    """Give every model of some price lists, by ``provider/model``, at list prices."""
    sold = (SoldModel(provider, name, model) for provider, file in files.items() for name, model in file.models.items())
    return {one.ref: one for one in sold}


def standing_alone(path: Path, shown: str) -> dict[str, SoldModel] | None:
    """Read the price lists of a file or directory, or None where they are no whole: an overlay over others.

    Args:
        path: The file or directory.
        shown: What messages call it.
    """
    problems = Problems()
    tree = read_layer(Layer("catalog", path, shown), problems)
    if problems.found or "api" not in tree.keys:
        return None
    try:
        return sold_in({name: validated(ApiFile, _named(name, node)) for name, node in tree.keys["api"].items()})
    except InputError:
        return None


def _named(provider: str, node: Node) -> Node:
    """Let an overlay's table under ``api`` be the file that it stands for."""
    return Node({"provider": Node(provider, node.at), **dict(node.items())}, node.at)
