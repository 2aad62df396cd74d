"""The single files of the catalog: what a shipped one says, with the keys of the user's layers laid over it."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from costcalc.catalog.forms.diagnose import validated
from costcalc.catalog.layers.kept import kept
from costcalc.catalog.layers.overrides import intervals, merge
from costcalc.catalog.layers.stack import (
    FILE_KEYS,
    LayerTree,
    Problems,
    document_at,
    mapping_root,
    unknown_key_findings,
)
from costcalc.findings import Document, Node, Place

_Said = TypeVar("_Said")
_Form = TypeVar("_Form", bound=BaseModel)
_NOWHERE = Place(Document("(no file)", ""), 1, 1)


class Table(Generic[_Said]):
    """One single file of the catalog, read when it is first asked for.

    Args:
        name: The file: ``options.yaml``.
        shipped: The directory of the shipped files.
        above: The user's layers, lowest first.
        read: Checks the merged tree of the file's keys, and gives what it says.
    """

    def __init__(self, name: str, shipped: Path, above: Sequence[LayerTree], read: Callable[[Node], _Said]) -> None:
        self.keys = FILE_KEYS[name]
        self.shipped = path if (path := shipped / name).exists() else None
        self._above = above
        self._read = read
        self._tree: Node | None = None
        self._said: _Said | None = None

    @property
    def is_overlaid(self) -> bool:
        """Whether a layer of the user's has a say in it."""
        return any(key in layer.keys for layer in self._above for key in self.keys)

    def said(self) -> _Said:
        """Give what it says.

        Raises:
            InputError: With every problem of the file and of what is laid over it.
        """
        if self._said is None:
            if self.shipped is None or self.is_overlaid:
                self._said = self._read(self.tree())
            else:
                self._said = kept(self.shipped, lambda: self._read(self.tree()))
        return self._said

    def tree(self) -> Node:
        """Give the merged tree: its keys, empty where nobody says anything."""
        if self._tree is None:
            problems = Problems()
            layers = [*self._shipped(problems), *self._above]
            children = {key: _stacked(layers, key, problems) for key in self.keys}
            problems.stop_if_any()
            self._tree = Node(dict(children), children[self.keys[0]].at)
        return self._tree

    def _shipped(self, problems: Problems) -> Iterable[LayerTree]:
        if self.shipped is not None:
            name = f"pricing/{self.shipped.name}"
            document = document_at(self.shipped, name=name, layer="shipped")
            root = mapping_root(document, problems)
            problems.found += unknown_key_findings(root, self.keys)
            yield LayerTree({key: node for key, node in root.items() if key in self.keys}, (document,))


def as_form(form: type[_Form]) -> Callable[[Node], _Form]:
    """Give what checks a tree against a form; of an empty one nothing is to be checked."""

    def read(tree: Node) -> _Form:
        if all(not child.value for _, child in tree.items()):
            return form.model_construct(None, **{key: child.plain() for key, child in tree.items()})
        return validated(form, tree)

    return read


def _stacked(layers: Iterable[LayerTree], key: str, problems: Problems) -> Node:
    merged: Node | None = None
    for layer in layers:
        if key in layer.keys:
            above = layer.keys[key]
            if key == "assumptions":
                above = intervals(merged, above, problems.found.append)
            merged = merge(merged, above, problems.found.append)
    return merged or Node([] if key == "headline" else {}, _NOWHERE)
