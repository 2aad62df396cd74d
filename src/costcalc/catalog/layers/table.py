"""The single files of the catalog: what a shipped one says, with the keys of the user's layers laid over it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from costcalc.catalog.forms.kinds import FileKind
from costcalc.catalog.layers.kept import kept
from costcalc.catalog.layers.stack import LayerTree, Problems, document_at, mapping_root, unknown_key_findings
from costcalc.findings import Document, Node, Place

_NOWHERE = Place(Document("(no file)", ""), 1, 1)


class Table:
    """One single file of the catalog, read when it is first asked for.

    Args:
        kind: Which file it is.
        shipped: The directory of the shipped catalog.
        above: The user's layers, lowest first.
    """

    def __init__(self, kind: FileKind, shipped: Path, above: Sequence[LayerTree]) -> None:
        self.kind = kind
        self.shipped = path if (path := shipped / f"{kind.name}.yaml").exists() else None
        self._above = above
        self._tree: Node | None = None
        self._said: Any = None

    @property
    def is_overlaid(self) -> bool:
        """Whether a layer of the user's has a say in it."""
        return any(key in layer.keys for layer in self._above for key in self.kind.keys)

    def said(self) -> Any:  # noqa: ANN401  # each kind has a form of its own
        """Give what it says, as its kind has it.

        Raises:
            InputError: With every problem of the file and of what is laid over it.
        """
        if self._said is None:
            self._said = self.kind.understood(self.form())
        return self._said

    def form(self) -> Any:  # noqa: ANN401
        """Give what it says, in its form.

        Raises:
            InputError: With every problem of the file and of what is laid over it.
        """
        if self.shipped is None or self.is_overlaid:
            return self._read()
        return kept(self.shipped, self.kind.form, self._read)

    def _read(self) -> Any:  # noqa: ANN401
        """Check the tree against the form; of an empty one nothing is to be checked."""
        from costcalc.catalog.forms.diagnose import validated

        tree, form = self.tree(), self.kind.form
        if all(not child.value for _, child in tree.items()):
            return form.model_construct(**{key: child.plain() for key, child in tree.items()})
        checked = validated(form, tree)
        self.kind.check(checked, tree)
        return checked

    def tree(self) -> Node:
        """Give the merged tree: its keys, empty where nobody says anything."""
        if self._tree is None:
            problems = Problems()
            layers = [*self._shipped(problems), *self._above]
            children = {key: _stacked(layers, key, problems) for key in self.kind.keys}
            problems.stop_if_any()
            self._tree = Node(dict(children), children[self.kind.keys[0]].at)
        return self._tree

    def _shipped(self, problems: Problems) -> Iterable[LayerTree]:
        if self.shipped is not None:
            name = f"pricing/{self.shipped.name}"
            document = document_at(self.shipped, name=name, layer="shipped")
            root = mapping_root(document, problems)
            problems.found += unknown_key_findings(root, self.kind.keys)
            yield LayerTree({key: node for key, node in root.items() if key in self.kind.keys}, (document,))


def _stacked(layers: Iterable[LayerTree], key: str, problems: Problems) -> Node:
    from costcalc.catalog.layers.overrides import intervals, merge

    merged: Node | None = None
    for layer in layers:
        if key in layer.keys:
            above = layer.keys[key]
            if key == "assumptions":
                above = intervals(merged, above, problems.found.append)
            merged = merge(merged, above, problems.found.append)
    return merged or Node([] if key == "headline" else {}, _NOWHERE)
