"""What ``catalog import`` says: what an overlay overrides and adds, and line by line what it could not take over."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.refresh.laid import Effect, Laid, kinds, stays
from costcalc.catalog.refresh.read import TheirFile
from costcalc.catalog.refresh.record import LeftOut
from costcalc.findings import Finding
from costcalc.render.report import Block, Column, Heading, Json, Paragraph, Report, Table, listed

_LISTED = 24  # as many are named one by one on a page; --all names all of them
_NAMED = 3
_EFFECTS: dict[Effect, str] = {
    "overrides": "override a price of ours",
    "adds": "are new here",
    "agrees": "agree with ours: nothing to write",
    "stays": "differ, and ours stays: the reason is below",
}


class Import(NamedTuple):
    """What an import did.

    Args:
        theirs: What was read.
        models: Its models over ours; those that change something are what the overlay holds.
        left: What of it cannot be taken over.
        saved: The file that was written, or None.
        only: The patterns of the wanted models.
    """

    theirs: TheirFile
    models: tuple[Laid, ...]
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
    left = sorted([*done.left, *(out for one in done.models for out in not_taken(one))], key=_order)
    later = {one.placed.ref: days for one in done.models if (days := stays(one, one.placed.prices(catalog)))}
    kept = {one.placed.ref: one.kept for one in done.models if one.kept}
    taken = [_taken_row(one) for one in done.models if one.prices]
    refused = [_left_row(one) for one in left]
    result: dict[str, Json] = {
        "peer": theirs.peer,
        "file": theirs.file,
        "checked": theirs.checked.isoformat(),
        "saved": done.saved,
        "rates": kinds(done.models),
        "taken": taken,
        "left_out": refused,
        "agrees": [one.placed.ref for one in done.models if one.effect == "agrees"],
        "stays": [one.placed.ref for one in done.models if one.effect == "stays"],
        "kept": dict(kept),
        "ours_later": {ref: list(days) for ref, days in later.items()},
    }
    inputs: dict[str, Json] = {"only": list(done.only)}
    records = (*({**row, "field": "", "reason": "", "line": None} for row in taken), *map(_as_record, refused))
    blocks = tuple(_blocks(done, left, kept, later, every=every))
    found = tuple(_finding(one) for one in left)
    return Report("catalog-import", theirs.day, catalog.digest_of, inputs, result, records, blocks, found)


def not_taken(one: Laid) -> Iterator[LeftOut]:
    """Walk what theirs says of a model and is not taken: all of it where ours is newer, else single rates."""
    taken = one.placed.taken
    if one.behind:
        yield LeftOut(taken.theirs, "", f"differs from ours and is not taken: {one.behind}", taken.place)
    for merge in one.merges:
        for rate in merge.refused:
            ours = "has none" if rate.ours is None else f"stays at {rate.ours:f}"
            yield LeftOut(
                taken.theirs, rate.shown, f"{rate.theirs:f} is not taken, ours {ours}: {rate.reason}", taken.place
            )


def _order(one: LeftOut) -> tuple[bool, int, str]:
    return one.field != "", one.place.line if one.place else 0, one.field


def _taken_row(one: Laid) -> dict[str, Json]:
    placed = one.placed
    effective = one.prices[0]["effective"]
    return {"model": placed.ref, "theirs": placed.taken.theirs, "effect": one.effect, "effective": effective}


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


def _blocks(
    done: Import, left: Sequence[LeftOut], kept: dict[str, str], later: dict[str, tuple[str, ...]], *, every: bool
) -> Iterator[Block]:
    theirs = done.theirs
    yield Heading(f"{theirs.peer}: {theirs.file} of {theirs.checked}, prices of {theirs.day}")
    counts = [sum(one.effect == effect for one in done.models) for effect in _EFFECTS]
    models = [one for one in left if not one.field]
    yield Table(
        (Column("models"), Column("number", "right")),
        (
            *((words, f"{count:,}") for words, count in zip(_EFFECTS.values(), counts, strict=True)),
            ("left out", f"{len(models):,}"),
        ),
    )
    rates = kinds(done.models)
    yield Table((Column("rates taken over"), Column("number", "right")), tuple((k, f"{n:,}") for k, n in rates.items()))
    yield from _left_blocks("Models left out", models, every=every)
    yield from _left_blocks("Fields left out", left[len(models) :], every=every)
    yield from few(
        "Stays as ours has it, since theirs does not say it", [f"{r}: {w}" for r, w in kept.items()], every=every
    )
    yield from listed(
        "Later prices of ours that stay, since theirs has none",
        (f"{ref}: from {', '.join(days)}" for ref, days in later.items()),
    )
    if done.saved:
        yield Paragraph(f"Written to {done.saved}. Lay it over the catalog: --catalog {done.saved}")
    else:
        yield Paragraph("Nothing was written: --save FILE writes it as an overlay.")


def few(title: str, lines: Sequence[str], *, every: bool) -> Iterator[Block]:
    """List the first lines, or every line."""
    more = len(lines) - _LISTED
    if every or more <= 0:
        yield from listed(title, lines)
    else:
        yield from listed(f"{title} ({len(lines):,}; --all names each)", [*lines[:_LISTED], f"and {more:,} more"])


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
