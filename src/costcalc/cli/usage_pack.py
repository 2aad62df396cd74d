"""``costcalc usage pack``: a log as a small file of counts, to keep, to pass on, and to give to other commands."""

from typing import Annotated

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.context import load
from costcalc.cli.flags import CatalogPath
from costcalc.cli.output import check_new, place_of
from costcalc.cli.usage_logs import Force, LogFormatFlag, Logs, Save, check_not_read, counted
from costcalc.cli.values import filled
from costcalc.errors import FlagError

By = Annotated[
    str | None,
    typer.Option("--by", parser=filled, metavar="LABEL", help="Keep each request's team, key or tag."),
]


def usage_pack_command(
    logs: Logs,
    save: Save,
    by: By = None,
    format_in: LogFormatFlag = None,
    force: Force = False,
    catalog: CatalogPath = None,
) -> Answer:
    """Count logs and write the counts as one small Parquet file, which commands take in place of the logs.

    It holds sums by model, ten minutes and length of prompt: no prompt, no key, no id of a user.
    """
    from costcalc.render.usage_pack import pack_report
    from costcalc.usage.mix import thresholds_of
    from costcalc.usage.pack import PERSONAL, write_pack
    from costcalc.usage.source import LENGTHS

    if by in PERSONAL:
        raise FlagError(
            f"a pack is made to be passed on and never names people: expected --by team, key or tag, found {by}"
        )
    check_new(save, flag="-o", force=force)
    check_not_read(save, logs, flag="-o")
    known = load(catalog).catalog
    usage = counted(logs, (*thresholds_of(known), *LENGTHS), format_in=format_in, label=by)
    place = place_of(save)
    write_pack(usage, place)
    inputs = {"logs": list(logs), "by": by, "format_in": format_in}
    return Answer(pack_report(usage, str(save), place.stat().st_size, inputs=inputs), catalog=known)
