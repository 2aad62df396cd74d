"""What makes a command start soon; each measure is measured in benchmarks/cold_start.py."""

import gc
import importlib
import os
import sys
from types import ModuleType
from typing import Any

_METADATA = "importlib.metadata"


class _Later(ModuleType):
    """Stands for a module until something of it is used."""

    def entry_points(self, **selection: str) -> Any:  # noqa: ANN401  # what the module gives
        """Pydantic imports this name at its start, and with its plugins off never calls it."""
        return self._real().entry_points(**selection)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name.startswith("__"):  # what the import system asks of every module is not a use
            raise AttributeError(name)
        return getattr(self._real(), name)

    def _real(self) -> ModuleType:
        if sys.modules.get(_METADATA) is self:
            del sys.modules[_METADATA]
        return importlib.import_module(_METADATA)


def start() -> None:
    """Leave out what a command that lives for a quarter of a second does not need.

    The garbage collector: there is no garbage to speak of. Plugins of pydantic: costcalc uses none, and a plugin
    could change what a price list means. ``importlib.metadata``, with the e-mail package behind it: pydantic
    imports it to look for plugins, and nobody else asks for it.
    """
    gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    sys.modules.setdefault(_METADATA, _Later(_METADATA))


def finish() -> None:
    """Spare the interpreter a last collection on its way out."""
    gc.freeze()
