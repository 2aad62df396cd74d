"""The folder of open models, in which one entry may take its shape from another: ``shape_of``.

What a build keeps of a file is what that file says alone, so the shape is laid under it whenever the entry is read.
"""

from typing import TYPE_CHECKING

from costcalc.catalog.layers.folder import Folder
from costcalc.errors import InputError
from costcalc.findings import Finding, Node, did_you_mean

if TYPE_CHECKING:
    from costcalc.catalog.forms.open_models import OpenModelFile


class OpenModels(Folder["OpenModelFile"]):
    """The open models by id."""

    def _read(self, entry: str) -> "OpenModelFile":
        said = self.written(entry)
        return said if said.shape_of is None else said.shaped_as(self._shape(entry, said.shape_of))

    def _shape(self, entry: str, named: str) -> "OpenModelFile":
        """Find the model whose shape an entry takes.

        Raises:
            InputError: There is none, or it takes its shape from another one in turn.
        """
        if named not in self:
            hint = did_you_mean(named, self)
            raise self._wrong(entry, f"unknown model '{named}'; expected the id of an entry in models/", hint)
        further = self.written(named).shape_of
        if named == entry or further is not None:
            whose = "itself" if named == entry else f"'{named}', which takes its own from '{further}'"
            raise self._wrong(entry, f"the shape would be that of {whose}; name the model that has the figures")
        return self[named]

    def _wrong(self, entry: str, message: str, hint: str | None = None) -> InputError:
        place = self.written_tree(entry).nearest(["shape_of"]).place
        return InputError([Finding("unknown-name", "error", f"shape_of: {message}", place, hint)])

    def tree(self, entry: str) -> Node:
        """Give the merged tree of one entry, a shape that it takes from another one in that one's places."""
        from costcalc.catalog.forms.open_models import SHAPE_KEYS  # only what shows an entry asks for its places

        own, said = self.written_tree(entry), self[entry]
        if said.shape_of is None:
            return own
        shape = {key: node for key, node in self.written_tree(said.shape_of).items() if key in SHAPE_KEYS}
        return Node({**dict(own.items()), **shape}, own.at, own.key_at)
