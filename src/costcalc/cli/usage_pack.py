"""``costcalc usage pack``: a log as a small file of counts, to keep, to pass on, and to give to other commands."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.context import load
from costcalc.cli.flags import CatalogPath
from costcalc.cli.logs import Force, LogFlags, Logs, Save, check_not_read, read_logs
from costcalc.cli.output import check_new, place_of
from costcalc.cli.values import filled
from costcalc.errors import FlagError
from costcalc.paths import look

if TYPE_CHECKING:
    from costcalc.catalog.catalog import Catalog
    from costcalc.usage.groups import Usage

From = Annotated[
    str | None,
    typer.Option("--from", metavar="FILE", help="A warehouse's answer to usage sql, in place of logs."),
]
By = Annotated[
    str | None,
    typer.Option("--by", parser=filled, metavar="LABEL", help="Keep each request's team, key or tag."),
]


def usage_pack_command(
    save: Save,
    read: LogFlags,
    logs: Logs = None,  # type: ignore[assignment]  # none beside --from
    answer: From = None,
    by: By = None,
    force: Force = False,
    catalog: CatalogPath = None,
) -> Answer:
    """Count logs into one small file that stands in for them.

    A Parquet file. It holds sums by model, ten minutes and length of prompt: no prompt, no key, no id of a user.
    """
    from costcalc.render.usage_pack import pack_report
    from costcalc.usage.pack import PERSONAL, write_pack

    if logs and answer is not None:
        raise FlagError("--from has what was counted already: give it without logs")
    if not logs and answer is None:
        raise FlagError("name the logs, or a warehouse's answer with --from")
    if by in PERSONAL:
        raise FlagError(
            f"a pack is made to be passed on and never names people: expected --by team, key or tag, found {by}"
        )
    check_new(save, flag="-o", force=force)
    check_not_read(save, logs or [answer or ""], flag="-o")
    known = load(catalog).catalog
    usage = _answered(answer, by) if answer is not None else _counted(logs, read, by, known)
    place = place_of(save, flag="-o")
    write_pack(usage, place)
    inputs = {"logs": list(logs or ()), "from": answer, "by": by, **read._asdict()}
    return Answer(pack_report(usage, str(save), look(place).size, inputs=inputs), catalog=known)


def _counted(logs: Sequence[str], read: LogFlags, by: str | None, catalog: "Catalog") -> "Usage":
    from costcalc.usage.mix import thresholds_of
    from costcalc.usage.source import LENGTHS

    return read_logs(logs, (*thresholds_of(catalog), *LENGTHS), read, label=by)


def _answered(answer: str, by: str | None) -> "Usage":
    """Read what a warehouse answered; it says itself how it was counted."""
    from costcalc.usage.pack import PERSONAL
    from costcalc.usage.result import read_result

    usage = read_result(answer)
    if by is not None:
        raise FlagError("--by belongs to costcalc usage sql: the answer of a warehouse has the label already, or none")
    if usage.label in PERSONAL:
        raise FlagError(
            f"a pack is made to be passed on and never names people: the answer was counted by {usage.label}"
        )
    return usage
