"""What makes a command start soon; benchmarks/performance.py measures it."""

import gc
import importlib
import os
import signal
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

# what typer, pydantic and Python's own modules import and a command seldom calls, with the names that they take from it
_SELDOM: dict[str, tuple[str, ...]] = {
    "importlib.metadata": ("entry_points",),  # with the e-mail package behind it: pydantic looks for plugins
    "subprocess": (),  # to complete words in a shell, and to ask git
    "shellingham": (),  # to find out which shell that is
    "tokenize": (),  # to show source code: a traceback
    "traceback": ("FrameSummary", "StackSummary"),  # of a bug
    "difflib": ("get_close_matches",),  # of what was not found
    "gettext": ("gettext",),  # of help pages and refusals
    "uuid": ("UUID",),  # as the type of a flag; with platform behind it
    "platform": (),  # to open a browser
    "urllib.parse": ("quote_from_bytes",),  # of a path as an address
    "ipaddress": (),  # of addresses in square brackets
    "ntpath": (),  # of paths on Windows, elsewhere
    "zlib": (),  # to unpack archives
    "bz2": (),  # the same
    "lzma": (),  # the same
}
# of these Typer takes classes, which stand-ins cannot be: whoever asks later gets the modules themselves
_CLASSES = ("traceback", "uuid")
INTERRUPTED = 130


class _Later(ModuleType):
    """Stands for a module until something of it is used; a function that is taken from it is not used yet."""

    def __init__(self, name: str, functions: tuple[str, ...]) -> None:
        super().__init__(name)
        for function in functions:
            setattr(self, function, self._function(function))

    def _function(self, name: str) -> Callable[..., Any]:
        def called(*given: Any, **named: Any) -> Any:  # noqa: ANN401
            return getattr(self._real(), name)(*given, **named)

        return called

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name.startswith("__"):  # what the import system asks of every module is not a use
            raise AttributeError(name)
        return getattr(self._real(), name)

    def _real(self) -> ModuleType:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return importlib.import_module(self.__name__)


def start() -> None:
    """Leave out what a command that lives for a quarter of a second does not need.

    The garbage collector: there is no garbage to speak of. Plugins of pydantic: costcalc uses none, and a plugin
    could change what a price list means. Modules that others import and seldom call.
    """
    gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    for name, functions in _SELDOM.items():
        if name not in sys.modules:
            sys.modules[name] = _Later(name, functions)
            package, _, module = name.rpartition(".")
            if package:  # its modules are looked up in it, too
                setattr(importlib.import_module(package), module, sys.modules[name])


def give_way() -> None:
    """Take back the stand-ins for classes, once Typer is imported: DuckDB asks of each value whether it is a UUID."""
    for name in _CLASSES:
        if isinstance(sys.modules.get(name), _Later):
            del sys.modules[name]


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
