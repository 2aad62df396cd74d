"""What ``catalog add`` adds: a new model, GPU, plan, option or assumption, from flags."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.edit.assignment import Assignment, check_keys, path_of
from costcalc.catalog.edit.splice import is_empty, set_value
from costcalc.catalog.forms.kinds import FOLDERS
from costcalc.catalog.forms.rates import RATE_TABLES
from costcalc.catalog.names import ADDED, NAMED, AddedKind
from costcalc.errors import FlagError, InputError, UnknownNameError
from costcalc.files import parse_yaml
from costcalc.findings import Document, Path, did_you_mean

# what the dated prices of each kind hold; everything else stands beside them
_DATED = {
    "model": (*RATE_TABLES, "free_per_month", "counted", "billed_as", "when"),
    "gpu": ("usd_per_gpu_hour", "usd"),
    "plan": ("usd_per_seat",),
}
_IN_FOLDER = {
    "model": ("api", "models"),
    "plan": ("plans", "plans"),
}  # PROVIDER/NAME: the folder, and the key in its file
_ID = re.compile(r"[A-Za-z0-9@][A-Za-z0-9@._:/-]*")
_FILE = re.compile(r"[a-z0-9][a-z0-9.-]*")


class Addition(NamedTuple):
    """A new entry.

    Args:
        entry: Where it will stand in the catalog.
        value: What it says, as plain data.
        own_file: The file of a clone of costcalc in which it belongs.
        option: The option to which months show what it costs, or None.
        notes: How values were read that could be read otherwise.
    """

    entry: Path
    value: Mapping[str, Any]
    own_file: str
    option: str | None
    notes: tuple[str, ...]


class Read(NamedTuple):
    """When prices begin, and where they were read.

    Args:
        effective: The first day of the prices, or None where it was not said.
        source: The page and the day on which it was read, or None.
        today: The day on which a figure without a source was thought over.
    """

    effective: date | None
    source: Mapping[str, str] | None
    today: date


def addition(
    kind: AddedKind, name: str, values: Sequence[str], read: Read, catalog: Catalog, *, new_provider: bool
) -> Addition:
    """Make an entry of ``KEY=VALUE`` texts; whether its form holds is for the loader to say.

    Args:
        kind: What is added.
        name: Its id; of a model or plan ``PROVIDER/ID``.
        values: The texts; a value may be a list or a mapping in brackets.
        read: When its prices begin, and where they were read.
        catalog: The catalog that it comes into.
        new_provider: Whether a provider that the catalog does not know is meant.

    Raises:
        FlagError: It has that already, or what is said does not make an entry; with everything that is missing.
    """
    entry = _entry(kind, name, catalog, new_provider=new_provider)
    form = next((text.partition("=")[2].strip() for text in values if path_of(text) == ("kind",)), None)
    check_keys(values, entry, kind=form)
    assigned = [_assigned(text) for text in values]
    value: dict[str, Any] = {}
    for assignment in assigned:
        _put(value, kind, assignment)
    _check_names(kind, entry, value, catalog)
    _date(value, kind, read)
    folder = str(entry[0])
    own_file = f"pricing/{folder}/{entry[1]}.yaml" if folder in FOLDERS else f"pricing/{folder}.yaml"
    notes = tuple(assignment.remark for assignment in assigned if assignment.remark)
    return Addition(entry, value, own_file, name if kind in {"model", "option"} else None, notes)


def added(text: str, new: Addition, *, in_folder: bool) -> str:
    """Write an entry into the text of one catalog file, adding lines only.

    Args:
        text: The file's text; empty for a new one.
        new: The entry.
        in_folder: Whether the file stands in a catalog's folder, and so holds one provider or GPU by itself.

    Raises:
        CostcalcError: It cannot be added without touching anything else.
    """
    folder, *rest = new.entry
    root: Any = {} if is_empty(text) else parse_yaml(Document("the file", text)).plain()
    key = FOLDERS.get(str(folder))
    if key is None or not (key in root or (not root and in_folder)):
        return set_value(text, new.entry, new.value)
    if not root:
        text = set_value(text, (key,), rest[0])
    if len(rest) > 1:
        return set_value(text, tuple(rest[1:]), new.value)
    for name, value in new.value.items():
        text = set_value(text, (name,), value)
    return text


def _assigned(text: str) -> Assignment:
    """Read ``aliases=[a, b]`` and ``architecture="9.0"`` too, where ``set`` takes plain values."""
    assignment = Assignment.parse(text)
    value = text.partition("=")[2].strip()
    if value[:1] not in {"[", "{", '"'}:
        return assignment
    try:
        return assignment._replace(value=parse_yaml(Document("KEY=VALUE", value)).plain())  # type: ignore[arg-type]
    except InputError as error:
        raise FlagError(f"{text}: {error}") from None


def _put(value: dict[str, Any], kind: AddedKind, one: Assignment) -> None:
    """Set one value; what is dated goes into the only entry of the prices beside it."""
    at = next((index for index, step in enumerate(one.path) if step in _DATED.get(kind, ())), None)
    path = one.path if at is None else (*one.path[:at], "prices", 0, *one.path[at:])
    node: Any = value
    for step, then in pairwise(path):
        if isinstance(node, list):
            if not isinstance(step, int) or step > len(node):
                raise FlagError(f"{'.'.join(map(str, one.path))}: expected entry {len(node)} next, found {step}")
            if step == len(node):
                node.append({})
            node = node[step]
        else:
            node = node.setdefault(step, [] if isinstance(then, int) else {})
        if not isinstance(node, dict | list):
            raise FlagError(f"{'.'.join(map(str, one.path))}: {step} has a value already")
    node[path[-1]] = one.value


def _date(value: dict[str, Any], kind: AddedKind, read: Read) -> None:
    """Date the prices, and say where what stands beside them was read."""
    dated = [entry["prices"][0] for entry in _holders(value)]
    absent = {"--effective (the first day of the price)": read.effective, "--source (where it was read)": read.source}
    missing = [flag for flag, said in absent.items() if said is None]
    if dated and missing:
        raise FlagError(f"a new price needs {' and '.join(missing)}")
    for price in dated:
        assert read.effective is not None  # else it was missing
        assert read.source is not None
        said = dict(price)
        price.clear()
        price |= {"effective": read.effective.isoformat(), **said, "source": dict(read.source)}
    if not dated and read.effective is not None:
        raise FlagError("nothing here has a price by date: leave --effective out")
    if kind in {"gpu", "assumption"} or (kind == "option" and not dated):
        if read.source is not None:
            value["source"] = dict(read.source)
        elif kind == "assumption":
            value["checked"] = read.today.isoformat()


def _holders(value: object) -> list[Any]:
    if not isinstance(value, dict):
        return []
    here = [value] if isinstance(value.get("prices"), list) else []
    return [*here, *(found for child in value.values() for found in _holders(child))]


def _entry(kind: AddedKind, name: str, catalog: Catalog, *, new_provider: bool) -> Path:
    if kind in _IN_FOLDER:
        return _sold_entry(kind, name, catalog, new_provider=new_provider)
    pattern = _FILE if kind == "gpu" else _ID
    if not pattern.fullmatch(name):
        raise FlagError(f"'{name}' is no id; expected letters, digits, hyphens and dots")
    return (NAMED[ADDED[kind]].folder, name)


def _sold_entry(kind: AddedKind, name: str, catalog: Catalog, *, new_provider: bool) -> Path:
    folder, key = _IN_FOLDER[kind]
    provider, _, own = name.partition("/")
    if not _FILE.fullmatch(provider) or not _ID.fullmatch(own):
        raise FlagError(f"a {kind} is named PROVIDER/ID, such as openai/gpt-5.2; found '{name}'")
    known: Mapping[str, object] = catalog.providers if kind == "model" else catalog.plans
    if provider not in known and not new_provider:
        hint = did_you_mean(provider, known)
        near = f"; {hint}" if hint else ""
        raise FlagError(f"unknown provider '{provider}'{near}; --new-provider adds it")
    return (folder, provider, key, own)


def _check_names(kind: AddedKind, entry: Path, value: Mapping[str, Any], catalog: Catalog) -> None:
    """Refuse a name or an alias that something else has: a look-up must lead to one of them."""
    also = value.get("aliases", [])
    names = [str(entry[-1]), *(map(str, also) if isinstance(also, list) else ())]
    if kind == "gpu":
        names += [str(value[key]) for key in ("name",) if key in value]
    taken = {name: has for name in names if (has := _taken(kind, entry, name, catalog)) is not None}
    for name, has in taken.items():
        raise FlagError(f"'{name}' is {has} already; costcalc catalog set changes it")


def _taken(kind: AddedKind, entry: Path, name: str, catalog: Catalog) -> str | None:
    provider = str(entry[1])
    lookups: dict[AddedKind, Callable[[], str]] = {
        "model": lambda: f"{provider}/{catalog.own_model(provider, name)}",
        "plan": lambda: catalog.plan(f"{provider}/{name}").ref,
        "gpu": lambda: catalog.gpu(name).name,
    }
    if kind in lookups:
        try:
            return lookups[kind]()
        except (UnknownNameError, KeyError):
            return None
    here: Mapping[str, object] = catalog.options if kind == "option" else catalog.assumptions
    return f"an {kind}" if name in here else None
