"""What ``catalog set`` changes: a new dated entry, a corrected one, or a figure that has no date."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.edit.assignment import Assignment
from costcalc.catalog.edit.splice import add_item, is_empty, set_value
from costcalc.catalog.forms.kinds import FOLDERS
from costcalc.errors import FlagError
from costcalc.files import parse_yaml
from costcalc.findings import Document, Path, Scalar, did_you_mean


class Change(NamedTuple):
    """What is to be changed.

    Args:
        entry: Where the named thing stands in the catalog.
        assigned: The new figures.
        effective: The first day of the new prices; None for what has no date, or to correct the newest entry.
        source: Where they were read, and when; None to leave it as it is.
        correct: Whether the entry of that day was wrong and is itself changed.
    """

    entry: Path
    assigned: tuple[Assignment, ...]
    effective: date | None
    source: Mapping[str, str] | None
    correct: bool


def edited(text: str, change: Change, catalog: Catalog) -> str:
    """Make the change in the text of one catalog file, whether it holds the whole entry or overrides it.

    Raises:
        FlagError: The change does not say enough, or contradicts what stands there.
        CostcalcError: It cannot be made without touching anything else.
    """
    root: Any = _plain(text)
    entry = change.entry
    stands_alone = entry[0] in FOLDERS and FOLDERS[str(entry[0])] in root
    local = entry[2:] if stands_alone else entry
    tree: Any = catalog.entry(entry)
    for prefix, group in _grouped(tree, change.assigned).items():
        if prefix is None:
            text = _undated(text, local, tree, group, change)
        else:
            prices = _at(tree, prefix)["prices"]
            text = _dated(text, (*local, *prefix, "prices"), prices, group, change)
    return text


def _grouped(tree: object, assigned: Sequence[Assignment]) -> dict[Path | None, list[Assignment]]:
    """Sort assignments by the dated prices that they belong to; None for figures that have no date."""
    groups: dict[Path | None, list[Assignment]] = {}
    for one in assigned:
        cuts = (one.path[:at] for at in range(len(one.path) - 1, -1, -1))
        prefix = next((cut for cut in cuts if isinstance(_at(tree, (*cut, "prices")), list)), None)
        if prefix is None or _at(tree, one.path) is not None:
            groups.setdefault(None, []).append(one)
        else:
            groups.setdefault(prefix, []).append(Assignment(one.path[len(prefix) :], one.value))
    return groups


def _undated(text: str, local: Path, tree: object, group: Sequence[Assignment], change: Change) -> str:
    if change.effective is not None:
        raise FlagError(_undated_words(tree, group[0].path))
    if change.source is not None and isinstance(_at(_plain(text), local), str | int | Decimal):
        short = f"{local[-1]} stands in its short form, which holds no source"
        raise FlagError(f"{short}: leave --source out, or write value, low, high and source out by hand")
    takes_source = change.entry[0] == "assumptions" or isinstance(_at(tree, ("source",)), dict)
    if change.source is not None and not takes_source:
        raise FlagError(f"{_shown(group[0].path)} carries no source: leave --source out")
    changed = [one for one in group if _at(tree, one.path) != one.value]
    if isinstance(_at(_plain(text), local), str | int | Decimal):  # pue: 1.3, an assumption's short form
        local, changed = local[:-1], [one._replace(path=(local[-1],)) for one in changed if one.path == ("value",)]
    for one in changed:
        text = set_value(text, (*local, *one.path), one.value)
    return _sourced(text, local, change) if changed else text


def _undated_words(tree: object, path: Path) -> str:
    """Say that a path has no dated entries, or which of its steps leads nowhere."""
    for index, step in enumerate(path[:-1]):
        above = _at(tree, path[:index])
        if isinstance(above, dict) and step not in above and path[:index]:
            hint = did_you_mean(str(step), above)
            words = f"{_shown(path)}: {_shown(path[:index])} has no '{step}', only {', '.join(above)}"
            return f"{words}; {hint}" if hint else words
    return f"{_shown(path)} has no dated entries: leave --effective out"


def _dated(text: str, path: Path, prices: list[dict[str, Any]], group: Sequence[Assignment], change: Change) -> str:
    if change.correct:
        return _corrected(text, path, prices, group, change)
    if change.effective is None:
        raise FlagError("a new price needs --effective, its first day; --correct changes the newest entry instead")
    day = change.effective.isoformat()
    older = [entry for entry in prices if entry["effective"] < day]
    if any(entry["effective"] == day for entry in prices):
        raise FlagError(
            f"there is an entry of {day} already; --correct changes it, if it was wrong when it was written"
        )
    if not older:
        raise FlagError(f"the oldest entry is of {prices[0]['effective']}; an older one is written by hand")
    entry = {key: value for key, value in deepcopy(older[-1]).items() if key != "note"}  # a note is about its own entry
    if all(_at(entry, one.path) == one.value for one in group):
        return text
    if change.source is None:
        raise FlagError("a new price needs --source, the page on which it was read")
    for one in group:
        _put(entry, one.path, one.value)
    entry |= {"effective": day, "source": dict(change.source)}
    return _with_entry(text, path, entry)


def _corrected(text: str, path: Path, prices: list[dict[str, Any]], group: Sequence[Assignment], change: Change) -> str:
    """Change an old entry where it stands; in an overlay, lay the one figure over it."""
    day = change.effective.isoformat() if change.effective is not None else prices[-1]["effective"]
    old = next((entry for entry in prices if entry["effective"] == day), None)
    if old is None:
        raise FlagError(f"there is no entry of {day} to correct; there are {', '.join(_days(prices))}")
    changed = [one for one in group if _at(old, one.path) != one.value]
    here = _days(_at(_plain(text), path) or [])
    if changed and day not in here:
        entry: dict[str, Any] = {"effective": day}
        for one in changed:
            _put(entry, one.path, one.value)
        return _with_entry(text, path, entry | ({"source": dict(change.source)} if change.source else {}))
    for one in changed:
        text = set_value(text, (*path, here.index(day), *one.path), one.value)
    return _sourced(text, (*path, here.index(day)), change) if changed else text


def _with_entry(text: str, path: Path, entry: dict[str, Any]) -> str:
    here = _at(_plain(text), path)
    if not here:
        return set_value(text, path, [entry])
    return add_item(text, path, sum(day < entry["effective"] for day in _days(here)), entry)


def _sourced(text: str, local: Path, change: Change) -> str:
    for key, value in (change.source or {}).items():
        text = set_value(text, (*local, "source", key), value)
    return text


def _days(prices: Sequence[Mapping[str, Any]]) -> list[str]:
    return [entry["effective"] for entry in prices]


def _at(tree: object, path: Path) -> Any:  # noqa: ANN401  # plain YAML
    for step in path:
        if isinstance(tree, list) and isinstance(step, int) and step < len(tree):
            tree = tree[step]
        else:
            tree = tree.get(step) if isinstance(tree, dict) else None
    return tree


def _put(tree: Any, path: Path, value: Scalar) -> None:  # noqa: ANN401
    """Set a value in a new entry; a list must have the item that a path names."""
    for step in path[:-1]:
        if isinstance(step, int) and _at(tree, (step,)) is None:
            raise FlagError(f"{_shown(path)}: there is no entry {step} to change")
        tree = tree[step] if isinstance(step, int) else tree.setdefault(step, {})
    tree[path[-1]] = value


def _plain(text: str) -> object:
    return {} if is_empty(text) else parse_yaml(Document("the file", text)).plain()


def _shown(path: Path) -> str:
    return ".".join(map(str, path))
