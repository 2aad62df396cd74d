"""Reading another library's file: whose it is, what is wrong with it, what it holds in our form."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from pydantic import ValidationError

from costcalc.catalog.forms.schema import Model
from costcalc.catalog.refresh.json_text import parse_json
from costcalc.catalog.refresh.record import LeftOut, Reading, Taken, without_fields
from costcalc.errors import InputError
from costcalc.files import read_document
from costcalc.findings import Finding, Node

Peer = Literal["litellm", "genai-prices", "models-dev", "openrouter"]
PEERS: tuple[Peer, ...] = get_args(Peer)
ListName = Peer | Literal["skypilot"]  # SkyPilot's lists have rents, and no models
LISTS: tuple[ListName, ...] = (*PEERS, "skypilot")


class TheirFile(NamedTuple):
    """What another library's file holds.

    Args:
        peer: Whose it is.
        file: Its name.
        day: The day whose prices were taken.
        checked: The day of the file.
        taken: The models in our form; names that two entries claim stand once.
        left: What could not be taken over.
        names: Our name of each model by theirs, of those that were left out too.
        title: What sources call it.
    """

    peer: Peer
    file: str
    day: date
    checked: date
    taken: tuple[Taken, ...]
    left: tuple[LeftOut, ...]
    names: Mapping[str, str]
    title: str


def opened(peer: Peer, path: Path, *, shown: str = "") -> Node:
    """Parse a file of another library: JSON, or the Python in which genai-prices ships its data.

    Raises:
        InputError: It cannot be read, or is another library's.
    """
    document = read_document(path, name=shown or str(path), layer=peer)
    if peer == "genai-prices" and path.suffix == ".py":
        from costcalc.catalog.refresh.python_text import parse_python

        root = parse_python(document)
    elif not document.text.lstrip().startswith(("{", "[")):
        message = f"{document.name}: not JSON: the price list of {peer} begins with '{{' or '['"
        raise InputError([Finding("json", "error", message)])
    else:
        root = parse_json(document)
    _check_peer(peer, root)
    return root


def newest_day(peer: Peer, root: Node, *, until: date) -> date | None:
    """Give the newest day that a file itself names and that is not after a day; None where it names none."""
    days: list[date] = []
    for text in _function(peer, "days")(root):
        with suppress(ValueError):  # a day that is none dates nothing
            days.append(date.fromisoformat(text))
    return max((day for day in days if day <= until), default=None)


def read_theirs(peer: Peer, path: Path, *, day: date, checked: date, shown: str = "") -> TheirFile:
    """Read a file of another library.

    Args:
        peer: Whose it is.
        path: The file.
        day: The day whose prices are taken.
        checked: The day of the file: when it was fetched.
        shown: What messages call it; its path where nothing is said.

    Raises:
        InputError: It cannot be read, is another library's, or holds what is no price; with every problem.
    """
    reading = Reading(peer, f"{peer}, {path.name}", day, checked)
    return theirs_in(peer, opened(peer, path, shown=shown), path.name, reading)


def theirs_in(peer: Peer, root: Node, file: str, reading: Reading) -> TheirFile:
    """Read what a parsed file holds.

    Raises:
        InputError: It holds what is no price; with every problem.
    """
    read: Callable[[Node, Reading], Iterator[Taken]] = _function(peer, "read")
    taken = [one for one in read(root, reading) if _is_sound(one, reading)]
    if reading.problems:
        raise InputError(tuple(dict.fromkeys(reading.problems)))
    if not taken:
        name = root.place.document.name
        raise InputError([Finding("empty", "error", f"{name}: no prices that can be taken over", root.place)])
    kept = tuple(_once_each(taken, reading))
    return TheirFile(peer, file, reading.day, reading.checked, kept, tuple(reading.left), reading.names, reading.title)


def _function(peer: Peer, name: str) -> Callable[..., Any]:
    """Find a function of the module that reads a library's file; only that one is imported."""
    module = import_module(f"costcalc.catalog.refresh.{peer.replace('-', '_')}")
    found: Callable[..., Any] = getattr(module, name)
    return found


def _check_peer(peer: Peer, root: Node) -> None:
    if _function(peer, "looks_like")(root):
        return
    other = next((one for one in PEERS if _function(one, "looks_like")(root)), None)
    looks = f"it looks like that of {other}" if other else "nor that of any library known here"
    raise InputError([Finding("format", "error", f"not the price list of {peer}; {looks}", root.place)])


def _is_sound(taken: Taken, reading: Reading) -> bool:
    """Leave out what our own form refuses, with its words."""
    if not taken.provider or not taken.name.strip():
        reading.left.append(LeftOut(taken.theirs, "", "no name of the model, or of who sells it", taken.place))
        return False
    try:
        Model.model_validate(taken.entry)
    except ValidationError as error:
        words = "; ".join(str(problem["msg"]).removeprefix("Value error, ") for problem in error.errors())
        reading.left.append(LeftOut(taken.theirs, "", f"our form refuses it: {words}", taken.place))
        return False
    return True


def _once_each(taken: list[Taken], reading: Reading) -> Iterator[Taken]:
    """Keep the first entry of a name; another one with other prices is left out, and says so."""
    kept: dict[tuple[str, str], Taken] = {}
    others: list[LeftOut] = []
    for one in taken:
        first = kept.setdefault((one.provider, one.name), one)
        if not first.costs_as(one):
            reason = f"the same model as {first.theirs}, which has another price; that one is taken"
            others.append(LeftOut(one.theirs, "", reason, one.place))
    reading.left = [*without_fields(reading.left, {one.model for one in others}), *others]
    yield from (kept[key] for key in sorted(kept))
