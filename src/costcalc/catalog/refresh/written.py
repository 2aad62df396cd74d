"""A refresh in the text of one catalog file: renewed days, new dated entries, ends of listings, and no other byte."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from costcalc.catalog.edit.splice import Edit, is_empty, splice
from costcalc.catalog.forms.kinds import FOLDERS
from costcalc.catalog.refresh.plan import Kind, Refreshed
from costcalc.catalog.refresh.record import Json
from costcalc.files import parse_yaml
from costcalc.findings import Document, Path


def refreshed_text(
    text: str, name: str, models: Sequence[Refreshed], *, in_folder: bool, today: date, kind: Kind = "api"
) -> str:
    """Write what becomes of a seller's models, or of a GPU's rents, into the text of a file.

    Args:
        text: The file's text; empty for a new one.
        name: Who sells them, or the GPU.
        models: What becomes of them.
        in_folder: Whether the file stands in a catalog's folder, and so holds one seller by itself.
        today: The day on which the lists were compared.
        kind: Which kind of file it is.

    Raises:
        CostcalcError: It cannot be done without touching anything else.
    """
    root: Path = (_BELOW[kind],) if in_folder else (kind, name, _BELOW[kind])
    text = _spliced(text, _renewed(_plain(text), root, models, today))
    for turn in range(max((len(model.entries) for model in models), default=0)):
        text = _spliced(text, _added(_plain(text), root, models, turn))
    text = _spliced(text, _ended(root, models, today))
    if in_folder and text and FOLDERS[kind] not in _plain(text):
        return splice(text, [Edit((FOLDERS[kind],), name)])
    return text


_BELOW: dict[Kind, str] = {"api": "models", "gpus": "rentals"}  # the key of a file under which the entries stand


def _spliced(text: str, edits: Iterator[Edit]) -> str:
    wanted = list(edits)
    return splice(text, wanted) if wanted else text


def _renewed(tree: Any, root: Path, models: Sequence[Refreshed], today: date) -> Iterator[Edit]:  # noqa: ANN401
    for model in models:
        if model.confirmed is None:
            continue
        effective, seen = model.confirmed
        path: Path = (*root, model.name, "prices")
        here = _at(tree, path) or []
        index = next((index for index, entry in enumerate(here) if entry["effective"] == effective), None)
        has_seen = index is not None and "seen" in here[index]["source"]
        days = {"checked": today.isoformat()} | ({"seen": seen.isoformat()} if has_seen or seen != today else {})
        if index is None:
            yield _item(here, path, {"effective": effective, "source": days})
        else:
            yield from (Edit((*path, index, "source", key), day) for key, day in days.items())


def _added(tree: Any, root: Path, models: Sequence[Refreshed], turn: int) -> Iterator[Edit]:  # noqa: ANN401
    for model in models:
        for entry in model.entries[turn : turn + 1]:
            path: Path = (*root, model.name, "prices")
            yield _item(_at(tree, path) or [], path, entry)


def _item(here: Sequence[Mapping[str, Any]], path: Path, entry: Json) -> Edit:
    if not here:
        return Edit(path, [entry])
    return Edit(path, entry, sum(price["effective"] < entry["effective"] for price in here))


def _ended(root: Path, models: Sequence[Refreshed], today: date) -> Iterator[Edit]:
    for model in models:
        if model.ended is not None:
            path: Path = (*root, model.name)
            source = {"title": f"not in {model.ended.theirs.title}", "seen": model.ended.seen.isoformat()}
            yield Edit((*path, "last_listed"), model.last_listed)
            yield Edit((*path, "last_listed_source"), {**source, "checked": today.isoformat()})


def _plain(text: str) -> Any:  # noqa: ANN401  # plain YAML
    return {} if is_empty(text) else parse_yaml(Document("the file", text)).plain()


def _at(tree: Any, path: Path) -> Any:  # noqa: ANN401
    for step in path:
        tree = tree.get(step) if isinstance(tree, dict) else None
    return tree
