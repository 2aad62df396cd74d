"""What ``catalog import`` says: what an overlay overrides and adds, and line by line what it could not take over."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.refresh.overlay import Placed, kinds, stays
from costcalc.catalog.refresh.read import TheirFile
from costcalc.catalog.refresh.record import LeftOut
from costcalc.findings import Finding
from costcalc.render.report import Block, Column, Heading, Json, Paragraph, Report, Table, listed

_LISTED = 24  # as many are named one by one on a page; --all names all of them
_NAMED = 3


class Import(NamedTuple):
    """What an import did.

    Args:
        theirs: What was read.
        models: What of it the overlay holds.
        left: What it does not hold.
        saved: The file that was written, or None.
        only: The patterns of the wanted models.
    """

    theirs: TheirFile
    models: tuple[Placed, ...]
    left: tuple[LeftOut, ...]
    saved: str | None
    only: tuple[str, ...]


def import_report(done: Import, catalog: Catalog, *, every: bool) -> Report:
    """Show an import.

    Args:
        done: What it did.
        catalog: The catalog over which it is laid.
        every: Whether each refusal is named, however many there are.
    """
    theirs = done.theirs
    left = sorted(done.left, key=_order)
    kept = {one.ref: days for one in done.models if (days := stays(one, theirs, catalog))}
    taken = [_taken_row(one) for one in done.models]
    refused = [_left_row(one) for one in left]
    result: dict[str, Json] = {
        "peer": theirs.peer,
        "file": theirs.file,
        "checked": theirs.checked.isoformat(),
        "saved": done.saved,
        "rates": kinds(done.models),
        "taken": taken,
        "left_out": refused,
        "ours_later": {ref: list(days) for ref, days in kept.items()},
    }
    inputs: dict[str, Json] = {"only": list(done.only)}
    records = (*({**row, "field": "", "reason": "", "line": None} for row in taken), *map(_as_record, refused))
    blocks = tuple(_blocks(done, left, kept, every=every))
    found = tuple(_finding(one) for one in left)
    return Report("catalog-import", theirs.day, catalog.digest_of, inputs, result, records, blocks, found)


def _order(one: LeftOut) -> tuple[bool, int, str]:
    return one.field != "", one.place.line if one.place else 0, one.field


def _taken_row(one: Placed) -> dict[str, Json]:
    price = one.taken.entry["prices"][0]
    return {"model": one.ref, "theirs": one.taken.theirs, "effect": one.effect, "effective": price["effective"]}


def _left_row(one: LeftOut) -> dict[str, Json]:
    line = one.place.line if one.place else None
    return {"theirs": one.model, "field": one.field or None, "reason": one.reason, "line": line}


def _as_record(row: dict[str, Json]) -> dict[str, Json]:
    effect = "field left out" if row["field"] else "left out"
    return {
        "model": "",
        "theirs": row["theirs"],
        "effect": effect,
        "effective": None,
        **row,
        "field": row["field"] or "",
    }


def _finding(one: LeftOut) -> Finding:
    what = f"{one.model}.{one.field}" if one.field else one.model
    return Finding("not-imported", "note", f"{what}: {one.reason}", one.place, subject=what)


def _blocks(done: Import, left: Sequence[LeftOut], kept: dict[str, tuple[str, ...]], *, every: bool) -> Iterator[Block]:
    theirs = done.theirs
    yield Heading(f"{theirs.peer}: {theirs.file} of {theirs.checked}, prices of {theirs.day}")
    counts = [sum(one.effect == effect for one in done.models) for effect in ("overrides", "adds")]
    models = [one for one in left if not one.field]
    yield Table(
        (Column("models"), Column("number", "right")),
        (
            ("override a price of ours", f"{counts[0]:,}"),
            ("are new here", f"{counts[1]:,}"),
            ("left out", f"{len(models):,}"),
        ),
    )
    rates = kinds(done.models)
    yield Table((Column("rates taken over"), Column("number", "right")), tuple((k, f"{n:,}") for k, n in rates.items()))
    yield from _left_blocks("Models left out", models, every=every)
    yield from _left_blocks("Fields left out", left[len(models) :], every=every)
    yield from listed(
        "Later prices of ours that stay, since theirs has none",
        (f"{ref}: from {', '.join(days)}" for ref, days in kept.items()),
    )
    if done.saved:
        yield Paragraph(f"Written to {done.saved}. Lay it over the catalog: --catalog {done.saved}")
    else:
        yield Paragraph("Nothing was written: --save FILE writes it as an overlay.")


def _left_blocks(title: str, left: Sequence[LeftOut], *, every: bool) -> Iterator[Block]:
    if every or len(left) <= _LISTED:
        yield from listed(title, (_line(one) for one in left))
        return
    groups: dict[str, list[LeftOut]] = {}
    for one in left:
        groups.setdefault(one.reason, []).append(one)
    biggest = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    yield from listed(f"{title} ({len(left):,}; --all names each with its line)", (_group(*one) for one in biggest))


def _line(one: LeftOut) -> str:
    where = f"line {one.place.line}, " if one.place else ""
    return f"{where}{one.model}{f', {one.field}' if one.field else ''}: {one.reason}"


def _group(reason: str, members: Sequence[LeftOut]) -> str:
    if len(members) == 1:
        return _line(members[0])
    names = list(dict.fromkeys(one.field or one.model for one in members))
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return f"{len(members):,} × {reason}: {', '.join(names[:_NAMED])}{more}"
