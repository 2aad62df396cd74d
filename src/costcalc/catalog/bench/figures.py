"""Values of a row by their path, each checked: what a benchmark writes is no figure until it has been looked at."""

from math import isfinite
from typing import Any

from costcalc.catalog.bench.reading import Row, UnreadError

MOST = 1e12  # no count of tokens and no rate of one deployment is larger
_LONGEST = 300  # characters of a name or a path
_SHOWN = 60  # characters of a value in a message


def value(row: Row, *path: str) -> Any:  # noqa: ANN401  # JSON
    """Give what stands under a path; None where nothing does, or null.

    Raises:
        UnreadError: Something that has no parts stands on the way: what it hides may be a failed request.
    """
    found: Any = row
    for at, step in enumerate(path):
        if found is not None and not isinstance(found, dict):
            raise UnreadError(f"{'.'.join(path[:at])}: expected an object, found {shown(found)}")
        found = found.get(step) if found is not None else None
    return found


def has(row: Row, *path: str) -> bool:
    """Say whether something stands under a path."""
    found: Any = row
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return found is not None


def part(row: Row, *path: str) -> Row:
    """Give the mapping under a path; an empty one where nothing stands there.

    Raises:
        UnreadError: Something else stands there.
    """
    found = value(row, *path)
    if found is not None and not isinstance(found, dict):
        raise UnreadError(f"{'.'.join(path)}: expected an object, found {shown(found)}")
    return found or {}


def number(row: Row, *path: str) -> float | None:
    """Give the number of at least 0 under a path; None where nothing stands there.

    Raises:
        UnreadError: It is none.

    Example:
        >>> number({"a": {"avg": "1518.0"}}, "a", "avg"), number({}, "a")
        (1518.0, None)
    """
    found = value(row, *path)
    if found is None or found == "":
        return None
    where = ".".join(path)
    try:
        read = float(found) if isinstance(found, int | float | str) and not isinstance(found, bool) else None
    except (ValueError, OverflowError):
        read = None
    if read is None or not isfinite(read) or not 0 <= read <= MOST:
        raise UnreadError(f"{where}: expected a number from 0 to 10^12, found {shown(found)}")
    return read


def needed(row: Row, *path: str) -> float:
    """Give the number above 0 under a path.

    Raises:
        UnreadError: There is none.
    """
    found = number(row, *path)
    if found is None:
        raise UnreadError(f"{'.'.join(path)} is missing; expected a number above 0")
    if found == 0:
        raise UnreadError(f"{'.'.join(path)}: expected a number above 0, found 0")
    return found


def count(row: Row, *path: str) -> int | None:
    """Give the whole number under a path; None where nothing stands there.

    Raises:
        UnreadError: It is none.
    """
    found = number(row, *path)
    if found is not None and found != int(found):
        raise UnreadError(f"{'.'.join(path)}: expected a whole number, found {shown(value(row, *path))}")
    return int(found) if found is not None else None


def text(row: Row, *path: str) -> str | None:
    """Give the text under a path; None where nothing or an empty text stands there.

    Raises:
        UnreadError: Something else stands there.
    """
    found = value(row, *path)
    if found is None or (isinstance(found, str) and len(found) <= _LONGEST):
        return found.strip() or None if found else None
    raise UnreadError(f"{'.'.join(path)}: expected text of at most {_LONGEST} characters, found {shown(found)}")


def switch(row: Row, *path: str) -> bool:
    """Say whether something is switched on; what is not said is off.

    Raises:
        UnreadError: It is neither.
    """
    found = value(row, *path)
    word = str(found).strip().lower()
    if found is None or word in {"false", "0", "", "none", "off"}:
        return False
    if word in {"true", "1", "on"}:
        return True
    raise UnreadError(f"{'.'.join(path)}: expected true or false, found {shown(found)}")


def items(row: Row, *path: str) -> list[Any]:
    """Give the list under a path; an empty one where nothing stands there.

    Raises:
        UnreadError: Something else stands there.
    """
    found = value(row, *path)
    if found is None or isinstance(found, list):
        return found or []
    raise UnreadError(f"{'.'.join(path)}: expected a list, found {shown(found)}")


def shown(found: object) -> str:
    """Write a value for a message, cut where it is long."""
    words = f"'{found}'" if isinstance(found, str) else f"{found}"
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
