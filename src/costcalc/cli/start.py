"""What makes a command start soon; each measure is measured in benchmarks/cold_start.py."""

import gc
import importlib
import os
import signal
import sys
from types import ModuleType
from typing import Any

_METADATA = "importlib.metadata"
INTERRUPTED = 130


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
    """Spare the interpreter a last collection on its way out; the answer is given, and an interrupt comes too late."""
    gc.freeze()
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


_interrupts: list[int] = []


def raise_on_interrupt() -> None:
    """While a command runs, an interrupt is an exception, so that temporary files are removed on the way out."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _raise)
        sys.unraisablehook = lambda raised: None if _interrupts else sys.__unraisablehook__(raised)


def _raise(number: int, _: object) -> None:
    _interrupts.append(number)
    raise KeyboardInterrupt


def was_interrupted() -> bool:
    """Say whether there was an interrupt: what is imported at that moment may make another error of it."""
    return bool(_interrupts)
