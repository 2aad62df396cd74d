"""The folders of the catalog: one file per provider, model or GPU, parsed when it is first asked for."""

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from costcalc.catalog.forms.entry import Entry
from costcalc.catalog.forms.kinds import FileKind
from costcalc.catalog.layers.kept import kept
from costcalc.catalog.layers.stack import Problems, document_at, named_entry
from costcalc.errors import InputError
from costcalc.findings import Finding, Node, did_you_mean

Form = TypeVar("Form", bound=Entry)


class Folder(Mapping[str, Form], Generic[Form]):
    """The entries of one folder by id, the user's layers laid over the shipped files.

    Args:
        kind: Which folder it is.
        shipped: The directory of the shipped catalog.
        overlays: What the user's layers say of it, lowest first.
    """

    def __init__(self, kind: FileKind, shipped: Path, overlays: Sequence[Node]) -> None:
        self.kind = kind
        folder = shipped / kind.name
        names = sorted(os.listdir(folder)) if folder.is_dir() else ()  # noqa: PTH208  # a tenth of what a glob takes
        self.files = {name[:-5]: folder / name for name in names if name.endswith(".yaml")}
        self._overlays = overlays
        self._names = sorted({*self.files, *(name for overlay in overlays for name, _ in overlay.items())})
        self._trees: dict[str, Node] = {}
        self._entries: dict[str, Form] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, entry: object) -> bool:
        return entry in self._names

    def __getitem__(self, entry: str) -> Form:
        if entry not in self._entries:
            if entry not in self._names:
                raise KeyError(entry)
            self._entries[entry] = self._read(entry)
        return self._entries[entry]

    def _read(self, entry: str) -> Form:
        return self.written(entry)

    def written(self, entry: str) -> Form:
        """Give what an entry's own file says, with the user's layers laid over it."""
        if entry in self.files and not self._overlaid(entry):
            return kept(self.files[entry], self._form, lambda: self._checked(entry))
        return self._checked(entry)

    def _checked(self, entry: str) -> Form:
        from costcalc.catalog.forms.diagnose import validated

        return validated(self._form, self.written_tree(entry))

    @property
    def _form(self) -> type[Form]:
        form: type[Form] = self.kind.form  # type: ignore[assignment]  # the row of the kind names it
        return form

    def tree(self, entry: str) -> Node:
        """Give the merged tree of one entry, with the place of every value that its form has."""
        return self.written_tree(entry)

    def written_tree(self, entry: str) -> Node:
        """Give the merged tree of what one entry's own file and the user's layers say."""
        from costcalc.catalog.layers.overrides import merge

        if entry not in self._trees:
            tree = self._shipped(entry)
            problems = Problems()
            for above in self._overlaid(entry):
                below = tree or Node({self.kind.named_by: Node(entry, above.at)}, above.at)
                tree = merge(below, above, problems.found.append)
            problems.stop_if_any()
            assert tree is not None  # the name came from a file or from an overlay
            self._trees[entry] = tree
        return self._trees[entry]

    def _shipped(self, entry: str) -> Node | None:
        path = self.files.get(entry)
        if path is None:
            return None
        problems = Problems()
        document = document_at(path, name=f"pricing/{self.kind.name}/{path.name}", layer="shipped")
        tree = named_entry(document, self.kind.named_by, entry, problems)
        problems.stop_if_any()
        return tree

    def _overlaid(self, entry: str) -> list[Node]:
        return [found for overlay in self._overlays if (found := overlay.child(entry)) is not None]

    def check_overlays(self) -> None:
        """Validate every entry that the user's layers touch.

        Raises:
            InputError: With every problem of all of them.
        """
        problems = Problems()
        for entry in dict.fromkeys(name for overlay in self._overlays for name, _ in overlay.items()):
            unknown = self._unknown(entry)
            checked = Problems()
            checked.attempt(partial(self._check_name, entry))
            said = {finding.place for finding in unknown}  # of an unknown name, that keys are missing is no news
            problems.found += [*unknown, *(one for one in checked.found if getattr(one, "place", None) not in said)]
        problems.stop_if_any()

    def _unknown(self, entry: str) -> list[Finding]:
        """Find overlays that change what does not exist."""
        if self.kind.named_by == "provider":
            from costcalc.catalog.references import unknown_model_findings

            return unknown_model_findings(self._shipped(entry), self._overlaid(entry))
        first = self._overlaid(entry)[0]
        if entry in self.files or first.child("name") is not None:
            return []
        word = self.kind.named_by
        message = f"unknown {word} '{entry}': nothing to override, and a new one needs its name and figures"
        return [Finding("unknown-name", "error", message, first.key or first.place, did_you_mean(entry, self.files))]

    def _check_name(self, entry: str) -> None:
        key = self.kind.named_by
        named = getattr(self[entry], key)
        if named != entry:
            message = f"{key}: expected '{entry}', as the file is called, found '{named}'"
            raise InputError([Finding("value", "error", message, self.tree(entry).nearest([key]).place)])
