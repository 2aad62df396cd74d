"""What ``catalog refresh`` says: what it wrote as a diff, and rate by rate what it left and why."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.refresh.merge import Change, Refused
from costcalc.catalog.refresh.plan import FULL_LISTS, Listed, Refreshed, Statement
from costcalc.catalog.refresh.rents import Rents
from costcalc.findings import Finding
from costcalc.render.catalog_import import few
from costcalc.render.catalog_rents import is_dated, rents_left, rents_row, rents_table
from costcalc.render.report import Block, Column, Drawing, Heading, Json, Paragraph, Report, Table

_Outcome = Literal["written", "behind", "disagree", "kept"]
_TITLES: dict[_Outcome, str] = {
    "disagree": "The lists disagree, and ours stays",
    "kept": "Not taken, and ours stays",
    "behind": "Differs from ours, which is newer",
}


class Outcome(NamedTuple):
    """What a refresh did.

    Args:
        target: What was refreshed.
        lists: The lists of models that were read.
        models: What becomes of our models.
        rents: The lists of rents that were read.
        rented: What becomes of our rents.
        diff: The change as lines of a unified diff.
        written: Whether it was written, or only looked at.
    """

    target: str
    lists: tuple[Listed, ...]
    models: tuple[Refreshed, ...]
    rents: tuple[Rents, ...]
    rented: tuple[Refreshed, ...]
    diff: tuple[str, ...]
    written: bool


class _Rate(NamedTuple):
    """One rate that differs, and what became of it."""

    ref: str
    by: str
    rate: Change | Refused
    outcome: _Outcome
    reason: str


def refresh_report(done: Outcome, catalog: Catalog, *, as_of: date, every: bool) -> Report:
    """Show a refresh.

    Args:
        done: What it did.
        catalog: The catalog before it.
        as_of: The day on which the lists were compared.
        every: Whether everything is named, however much it is.
    """
    refreshed = (*done.models, *done.rented)
    rates = [rate for model in refreshed for one in model.statements for rate in _rates(model, one)]
    rows = [_row(rate) for rate in rates]
    result: dict[str, Json] = {
        "target": done.target,
        "written": done.written,
        "lists": [_list_row(each) for each in done.lists],
        "rents": [rents_row(each) for each in done.rents],
        "rates": list(rows),
        "confirmed": [model.ref for model in refreshed if model.confirmed is not None],
        "dated": [rent.ref for rent in done.rented if is_dated(rent)],
        "last_listed": {model.ref: model.last_listed for model in done.models if model.ended is not None},
        "silent": dict(_silent(done.models)),
        "diff": "\n".join(done.diff),
    }
    peers = [*(each.theirs.peer for each in done.lists), *(f"skypilot:{each.offers.cloud}" for each in done.rents)]
    inputs: dict[str, Json] = {"from": list(peers), "file": done.target}
    findings = tuple(_finding(rate) for rate in rates if rate.outcome != "written")
    relisted = _relisted(done, catalog)
    result["relisted"] = list(relisted)
    blocks = tuple(_blocks(done, rates, relisted, every=every))
    return Report("catalog-refresh", as_of, catalog.digest_of, inputs, result, tuple(rows), blocks, findings)


def _rates(model: Refreshed, one: Statement) -> Iterator[_Rate]:
    for change in one.merge.changes:
        yield _Rate(model.ref, one.title, change, "behind" if one.behind else "written", one.behind)
    for refused in one.merge.refused:
        disagreed = any(each.shown == refused.shown for each in one.disagrees)
        yield _Rate(model.ref, one.title, refused, "disagree" if disagreed else "kept", refused.reason)


def _usd(rate: Change | Refused) -> tuple[Json, Json]:
    if isinstance(rate, Change):
        return rate.before, rate.after
    return rate.ours, rate.theirs


def _row(one: _Rate) -> dict[str, Json]:
    ours, theirs = _usd(one.rate)
    rate: dict[str, Json] = {"model": one.ref, "rate": one.rate.shown, "ours": ours, "theirs": theirs}
    return {**rate, "outcome": one.outcome, "reason": one.reason, "by": one.by}


def _list_row(each: Listed) -> dict[str, Json]:
    theirs = each.theirs
    others = len(theirs.taken) - len(each.models)
    seen = each.seen.isoformat()
    return {"peer": theirs.peer, "title": theirs.title, "seen": seen, "ours": len(each.models), "others": others}


def _silent(models: Sequence[Refreshed]) -> Iterator[tuple[str, str]]:
    for model in models:
        kept = [one.merge.kept for one in model.statements if model.entries and one.merge.changes and one.merge.kept]
        if kept:
            yield model.ref, "; ".join(dict.fromkeys(kept))


def _finding(one: _Rate) -> Finding:
    return Finding("not-refreshed", "note", f"{one.ref}: {_words(one)}", subject=f"{one.ref}, {one.rate.shown}")


def _words(one: _Rate) -> str:
    ours, theirs = _usd(one.rate)
    shown = f"{one.rate.shown} {theirs} in {one.by}, ours {'has none' if ours is None else ours}"
    return f"{shown}: {one.reason}" if one.reason else shown


def _relisted(done: Outcome, catalog: Catalog) -> list[str]:
    """Name the models that are said to be listed no longer, and that a full list names after that day."""
    refs = {ref: each.seen for each in done.lists if each.theirs.peer in FULL_LISTS for ref in sorted(each.names)}
    split = {ref: ref.partition("/") for ref in refs}
    ends = {ref: catalog.providers[provider].models[name].last_listed for ref, (provider, _, name) in split.items()}
    return [ref for ref, last in ends.items() if last is not None and last < refs[ref]]


def _blocks(done: Outcome, rates: Sequence[_Rate], relisted: Sequence[str], *, every: bool) -> Iterator[Block]:
    for each in done.lists:
        yield Heading(f"{each.theirs.title}, of {each.seen}")
    left = {rate.ref for rate in rates if rate.outcome != "written"}
    if done.lists:
        yield _models_table(done, left)
    if done.rents:
        yield from rents_table(done.rents, done.rented, left)
    for outcome, title in _TITLES.items():
        lines = [f"{rate.ref}: {_words(rate)}" for rate in rates if rate.outcome == outcome]
        yield from few(title, lines, every=every)
    silent = [f"{ref}: {kept}" for ref, kept in _silent(done.models)]
    yield from few("Stays in the new price, since the list does not say it", silent, every=every)
    yield from few("Listed again: last_listed may be taken out", relisted, every=every)
    ended = [f"{model.ref}: last on {model.last_listed}" for model in done.models if model.ended is not None]
    yield from few("Listed no longer", ended, every=every)
    yield from rents_left(done.rents, every=every)
    if not done.diff:
        yield Paragraph(f"{done.target} says all of that already; nothing was changed.")
        return
    yield Paragraph(f"{done.target}: {'written' if done.written else 'not written (--dry-run)'}")
    yield Drawing(done.diff)


def _models_table(done: Outcome, left: set[str]) -> Table:
    models = done.models
    written = {model.ref for model in models if model.entries}
    confirmed = sum(model.confirmed is not None for model in models)
    ended = sum(model.ended is not None for model in models)
    others = [
        (f"only in {each.theirs.title}: not added", f"{len(each.theirs.taken) - len(each.models):,}")
        for each in done.lists
    ]
    return Table(
        (Column("models of ours"), Column("number", "right")),
        (
            ("with a new dated price", f"{len(written):,}"),
            ("confirmed: the days of their source renewed", f"{confirmed:,}"),
            ("last listed some time ago", f"{ended:,}"),
            ("with rates that stay as ours has them", f"{len(left & {model.ref for model in models}):,}"),
            ("the same, and nothing newer to say", f"{_unchanged(done, left, written):,}"),
            *others,
        ),
    )


def _unchanged(done: Outcome, left: set[str], written: set[str]) -> int:
    named = left | written
    return sum(model.ref not in named and model.confirmed is None and model.ended is None for model in done.models)
