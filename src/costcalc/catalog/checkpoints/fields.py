"""The keys of a configuration, each checked when it is taken, and remembered with what it gave."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from costcalc.errors import InputError
from costcalc.findings import Finding

MAX_FIGURE = 10**9  # ten thousand times the widest matrix that anybody has published
MAX_LAYERS = 10_000
_SHOWN = 60  # characters of what was found


class Taken(NamedTuple):
    """A figure that was taken from a file.

    Args:
        key: The key that it stands under.
        value: What stands there, in words.
    """

    key: str
    value: str


class Fields:
    """The keys of one mapping, by the names that different families of models give to the same figure.

    Args:
        name: The file, as the user knows it.
        data: What it holds.
        inside: The key under which the mapping stands in its file; "" for the file itself.
    """

    def __init__(self, name: str, data: Mapping[str, Any], inside: str = "") -> None:
        self.name = name
        self.taken: dict[str, Taken] = {}
        self.assumed: dict[str, Taken] = {}
        self._data, self._inside = data, inside
        self._missing: list[str] = []

    def __contains__(self, key: object) -> bool:
        return self._data.get(key) is not None if isinstance(key, str) else False

    def keys(self) -> tuple[str, ...]:
        """Every key that stands there with a value."""
        return tuple(key for key in self._data if key in self)

    def raw(self, key: str) -> object:
        """Give what stands under a key, unchecked."""
        return self._data.get(key)

    def whole(self, *keys: str, least: int = 1, default: int | None = None, why: str = "") -> int:
        """Take a whole number under the first of some keys that is there; one that is needed is noted as missing.

        Args:
            keys: The names of the figure.
            least: The least that it may be.
            default: What it is where no key is there.
            why: Why it is taken to be that, where the reader must know that it was assumed.

        Raises:
            InputError: What stands there is no such number.
        """
        for key in keys:
            if key in self:
                value = self._data[key]
                if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MAX_FIGURE:
                    self.refuse(key, f"a whole number from {least} to {MAX_FIGURE:,}")
                self._note(key, f"{value:,}")
                return int(value)
        if default is not None:
            if why:
                self.assume(keys[0], f"{default:,} ({why})")
            return default
        self._missing.append(" or ".join(keys))
        return 1

    def flag(self, key: str, *, default: bool) -> bool:
        """Take a truth value.

        Raises:
            InputError: What stands there is none.
        """
        if key not in self:
            return default
        value = self._data[key]
        if not isinstance(value, bool):
            self.refuse(key, "true or false")
        self._note(key, str(value).lower())
        return bool(value)

    def text(self, *keys: str) -> str:
        """Take a text under the first of some keys that holds one; "" where none does."""
        for key in keys:
            value = self._data.get(key)
            if isinstance(value, str) and value.strip():
                self._note(key, value[:80])
                return value
        return ""

    def list(self, *keys: str) -> Sequence[Any]:
        """Take a list under the first of some keys that is there; an empty one where none is.

        Raises:
            InputError: What stands there is no list, or one of more than 10,000 items.
        """
        for key in keys:
            if key in self:
                value = self._data[key]
                if not isinstance(value, list) or len(value) > MAX_LAYERS:
                    self.refuse(key, f"a list of at most {MAX_LAYERS:,} items")
                self._note(key, f"{len(value)} items")
                return value
        return ()

    def inner(self, *keys: str) -> "Fields | None":
        """Take the mapping under the first of some keys that holds one."""
        for key in keys:
            value = self._data.get(key)
            if isinstance(value, dict):
                return Fields(self.name, value, f"{self._inside}{key}.")
        return None

    def check_complete(self) -> None:
        """Check that nothing which was needed is missing.

        Raises:
            InputError: Something is; it names all of it.
        """
        if self._missing:
            keys = ", ".join(f"{self._inside}{key}" for key in dict.fromkeys(self._missing))
            message = f"{self.name}: missing {keys}; expected the keys of a Hugging Face config.json"
            raise InputError([Finding("missing-key", "error", message)])

    def refuse(self, key: str, expected: str) -> NoReturn:
        """Refuse what stands under a key.

        Raises:
            InputError: Always.
        """
        shown = str(self._data.get(key))
        shown = shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"
        message = f"{self.name}: {self._inside}{key}: expected {expected}, found {shown}"
        raise InputError([Finding("value", "error", message)])

    def assume(self, key: str, value: str) -> None:
        """Note what a key that is not there is taken to be."""
        self.assumed[key] = Taken(f"{self._inside}{key}", value)

    def _note(self, key: str, value: str) -> None:
        self.taken[key] = Taken(f"{self._inside}{key}", value)
