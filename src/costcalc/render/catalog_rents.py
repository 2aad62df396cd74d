"""What ``catalog refresh`` says of lists of rents: how many were written, and what was left and why."""

from collections.abc import Iterator, Sequence

from costcalc.catalog.refresh.plan import Refreshed
from costcalc.catalog.refresh.rents import Rents
from costcalc.render.catalog_import import few
from costcalc.render.report import Block, Column, Heading, Json, Table
from costcalc.units import how_many


def is_dated(rent: Refreshed) -> bool:
    """Say whether a rent of an unknown day has one now, at the same price."""
    return bool(rent.entries) and not rent.changes


def rents_row(each: Rents) -> dict[str, Json]:
    """Give what a list of rents says beside its prices, as data."""
    return {
        "cloud": each.offers.cloud,
        "title": each.offers.title,
        "seen": each.offers.seen.isoformat(),
        "ours": len(each.stated),
        "unpriced": dict(each.unpriced),
        "absent": list(each.absent),
        "not_added": dict(each.not_added),
        "no_gpu": [
            {"name": name, "reason": reason, "rows": rows} for (name, reason), rows in sorted(each.offers.left.items())
        ],
    }


def rents_table(lists: Sequence[Rents], rented: Sequence[Refreshed], left: set[str]) -> Iterator[Block]:
    """Count what became of the rents."""
    for each in lists:
        yield Heading(f"{each.offers.title}, of {each.offers.seen}")
    moved = sum(bool(rent.entries) and not is_dated(rent) for rent in rented)
    dated = sum(map(is_dated, rented))
    confirmed = sum(rent.confirmed is not None for rent in rented)
    stays = sum(rent.ref in left for rent in rented)
    unpriced = sum(len(each.unpriced) for each in lists)
    absent = sum(len(each.absent) for each in lists)
    others = sum(sum(each.not_added.values()) for each in lists)
    yield Table(
        (Column("rents of ours"), Column("number", "right")),
        (
            ("with a new dated price", f"{moved:,}"),
            ("of an unknown day, the same price: they have a day now", f"{dated:,}"),
            ("confirmed: the days of their source renewed", f"{confirmed:,}"),
            ("with another price, and ours stays", f"{stays:,}"),
            ("without a price that can be taken", f"{unpriced:,}"),
            ("the same, and nothing newer to say", f"{len(rented) - moved - dated - confirmed - stays:,}"),
            ("not in the list, or ours does not say which machine and region", f"{absent:,}"),
            ("offers that are not in the catalog: not added", f"{others:,}"),
        ),
    )


def rents_left(lists: Sequence[Rents], *, every: bool) -> Iterator[Block]:
    """List what of the lists was not taken, and why."""
    unpriced = [f"{ref}: {reason}" for each in lists for ref, reason in each.unpriced.items()]
    yield from few("Without a price that can be taken, and ours stays", unpriced, every=every)
    absent = [f"{ref} ({each.offers.title})" for each in lists for ref in each.absent]
    yield from few("Not in the list, or ours does not say which machine and region", absent, every=every)
    others = [f"{gpu}: {count:,} ({each.offers.title})" for each in lists for gpu, count in each.not_added.items()]
    yield from few("Offers that are not in the catalog: not added", others, every=every)
    names = sorted(((rows, *what) for each in lists for what, rows in each.offers.left.items()), reverse=True)
    unknown = [f"{name}, {how_many(rows, 'row')}: {reason}" for rows, name, reason in names]
    yield from few("No GPU of the catalog, or nobody can tell which", unknown, every=every)
