"""``costcalc catalog list``: what there is, of each kind."""

from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import PriceFlags
from costcalc.cli.values import one_of
from costcalc.errors import UnknownNameError

if TYPE_CHECKING:
    from costcalc.catalog.catalog import Catalog
    from costcalc.render.catalog_list import ListKind


def list_command(
    prices: PriceFlags,
    what: Annotated[
        str,
        typer.Argument(
            help="options, models, open-models, gpus, plans, assumptions or currencies; or only what has this text in"
            " its name.",
            metavar="[KIND|TEXT]",
        ),
    ] = "",
    text: Annotated[str, typer.Argument(help="Of a kind, only what has this text in its name.", metavar="[TEXT]")] = "",
) -> Answer:
    """List models, options, GPUs, plans or assumptions.

    With what one needs to choose: prices of the day, memory, licences, allowances, ranges.
    """
    from costcalc.render.catalog_list import LIST_KINDS, list_report

    # one word that is no kind is a text; before a second word only a kind can stand
    is_kind = what in LIST_KINDS or bool(text)
    kind: ListKind | None = one_of(what, LIST_KINDS, "KIND") if is_kind else None
    loaded = load(prices.catalog, as_of=prices.as_of)
    pattern = text if kind is not None else what
    report = list_report(loaded.catalog, kind, pattern, as_of=day_in_force(loaded, prices.as_of))
    if pattern and not any((report.result or {}).values()):
        raise _nothing_named(pattern, kind, loaded.catalog)
    return Answer(report)


def _nothing_named(pattern: str, kind: "ListKind | None", catalog: "Catalog") -> UnknownNameError:
    """Make the error for a text that no name holds: what matches nothing was misspelt."""
    from costcalc.catalog.names import NAMED, with_hint, with_next
    from costcalc.findings import did_you_mean

    kinds = [each for each in NAMED if kind in {None, NAMED[each].listed_by}]
    near = did_you_mean(pattern, (name for each in kinds for name in catalog.names(each)))
    who = f"none of the {kind}" if kind is not None else "nothing"
    message = with_hint(f"{who} has '{pattern}' in its name", near)
    listed_by = f"costcalc catalog list{f' {kind}' if kind is not None else ''}"
    return UnknownNameError(with_next(message, f"{listed_by} names what there is"))
