"""``costcalc catalog diff``: where two price lists disagree, ours or another library's."""

import re
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.check import BROKEN
from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import PriceFlags
from costcalc.cli.revisions import PREFIX, on_disk
from costcalc.errors import InputError
from costcalc.findings import Finding
from costcalc.paths import here, look

if TYPE_CHECKING:
    from costcalc.analysis.crosscheck import Offered
    from costcalc.catalog.layers.load import Loaded
    from costcalc.catalog.refresh.read import Peer

IN_FORCE = "the catalog in force"
Tolerance = Annotated[
    str,
    typer.Option(
        "--tolerance", metavar="SHARE", help="How far two rates may lie apart and still be the same: 1%, 0.01."
    ),
]
Every = Annotated[bool, typer.Option("--all", help="Name every rate and model that only one side has.")]


class Side(NamedTuple):
    """One of the two price lists, and whether it is another library's."""

    name: str
    models: "Mapping[str, Offered]"
    is_theirs: bool


def catalog_diff_command(
    prices: PriceFlags,
    base: Annotated[
        str, typer.Argument(help="A catalog, git:REVISION:FILE, or LIBRARY:FILE such as litellm:prices.json.")
    ],
    head: Annotated[
        str | None, typer.Argument(help="The same; left out, the catalog in force is compared with the first.")
    ] = None,
    tolerance: Tolerance = "0%",
    every: Every = False,
) -> Answer:
    """Compare two price lists: which rates differ, and since when.

    Exit status 0 where they are the same, 1 where they differ. What another
    library's list has alone, or lacks, is counted and is no difference.
    (costcalc diff says what a change costs your workloads.)
    """
    from costcalc.analysis.crosscheck import crosscheck
    from costcalc.render.catalog_diff import Asked, crosscheck_report

    share = _share(tolerance)
    loaded = load(prices.catalog, as_of=prices.as_of)
    today = day_in_force(loaded, prices.as_of)
    with ExitStack() as stack:
        first = _side(base, head, loaded, today, stack)
        second = _side(head, base, loaded, today, stack) if head is not None else None
    one, other = (first, second) if second is not None else (_in_force(loaded), first)
    found = crosscheck(one.models, other.models, as_of=today, tolerance=share)
    asked = Asked(one.name, other.name, tolerance, one.is_theirs or other.is_theirs)
    return Answer(crosscheck_report(found, asked, as_of=today, every=every), BROKEN if asked.differs(found) else 0)


def _share(text: str) -> Fraction:
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?) ?(%?)", text.strip())
    if match is None:
        raise typer.BadParameter(f"expected a share such as 1% or 0.01, found '{text}'", param_hint="'--tolerance'")
    return Fraction(match[1]) / (100 if match[2] else 1)


def _in_force(loaded: "Loaded") -> Side:
    from costcalc.analysis.crosscheck import Offered
    from costcalc.catalog.layers.standalone import sold_in

    models = {ref: Offered(sold) for ref, sold in sold_in(loaded.catalog.providers).items()}
    return Side(IN_FORCE, models, is_theirs=False)


def _side(spec: str, other: str | None, loaded: "Loaded", day: date, stack: ExitStack) -> Side:
    from costcalc.catalog.refresh.read import PEERS

    library, _, file = spec.partition(":")
    for peer in PEERS:
        if peer == library and file:
            return _theirs(peer, file, loaded, day)
    default = other if other is not None and not other.startswith(PREFIX) and ":" not in other else None
    path = Path(stack.enter_context(on_disk(spec, default)))
    if look(here() / path).kind == "nothing":
        names = ", ".join(f"{peer}:FILE" for peer in PEERS)
        message = f"{spec}: no such file or directory; another library's list is named as {names}"
        raise InputError([Finding("file", "error", message)])
    return _ours(spec, path)


def _ours(spec: str, path: Path) -> Side:
    """Read a catalog by itself; what is no whole is laid over the shipped catalog first."""
    from costcalc.analysis.crosscheck import Offered
    from costcalc.catalog.layers.load import load_catalog
    from costcalc.catalog.layers.standalone import sold_in, standing_alone

    sold = standing_alone(here() / path, spec)
    name = spec if sold is not None else f"{spec} over the shipped catalog"
    models = sold if sold is not None else sold_in(load_catalog(here() / path).providers)
    return Side(name, {ref: Offered(one) for ref, one in models.items()}, is_theirs=False)


def _theirs(peer: "Peer", file: str, loaded: "Loaded", day: date) -> Side:
    """Read another library's list, with the names of ours where we have the model."""
    from costcalc.analysis.crosscheck import Offered
    from costcalc.catalog.forms.schema import Model
    from costcalc.catalog.refresh.places import placed
    from costcalc.catalog.refresh.read import read_theirs
    from costcalc.catalog.things import SoldModel

    theirs = read_theirs(peer, here() / file, day=day, checked=day, shown=file)
    models, _ = placed(theirs, loaded.catalog)
    sold = {
        one.ref: Offered(
            SoldModel(one.taken.provider, one.ours or one.taken.name, Model.model_validate(one.taken.entry)),
            one.taken.since,
            is_dated=False,
        )
        for one in models
    }
    return Side(f"{peer}:{file}", sold, is_theirs=True)
