"""``costcalc usage pack``: a log as a small file of counts, to keep, to pass on, and to give to other commands."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.context import load
from costcalc.cli.flags import CatalogPath
from costcalc.cli.output import check_new, place_of
from costcalc.cli.usage_logs import Force, LogFormatFlag, Save, check_not_read, counted
from costcalc.cli.values import filled, one_of
from costcalc.errors import FlagError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from costcalc.usage.groups import Usage

Logs = Annotated[
    list[str] | None,
    typer.Argument(metavar="[LOG…]", help="Files, patterns, folders and packs.", show_default=False),
]
Result = Annotated[
    Path | None,
    typer.Option("--from", metavar="CSV", help="A warehouse's answer to usage sql."),
]
Engine = Annotated[
    str | None,
    typer.Option("--engine", parser=filled, metavar="ENGINE", help="Count on spark, or spark://HOST:PORT."),
]
By = Annotated[
    str | None,
    typer.Option("--by", parser=filled, metavar="LABEL", help="Keep each request's team, key or tag."),
]


def usage_pack_command(
    save: Save,
    logs: Logs = None,
    result: Result = None,
    by: By = None,
    format_in: LogFormatFlag = None,
    engine: Engine = None,
    force: Force = False,
    catalog: CatalogPath = None,
) -> Answer:
    """Count logs and write the counts as one small Parquet file, which commands take in place of the logs.

    It holds sums by model, ten minutes and length of prompt: no prompt, no key, no id of a user.
    """
    from costcalc.render.usage_pack import pack_report
    from costcalc.usage.mix import thresholds_of
    from costcalc.usage.pack import write_pack
    from costcalc.usage.result import read_result
    from costcalc.usage.source import LENGTHS

    _check_personal(by)
    check_new(save, flag="-o", force=force)
    known = load(catalog).catalog
    if result is not None:
        if logs or by or format_in or engine:
            raise FlagError("--from has what was counted already: give it without logs, --by, --format-in and --engine")
        usage = read_result(str(result))
        _check_personal(usage.label)
    else:
        check_not_read(save, logs or (), flag="-o")
        thresholds = (*thresholds_of(known), *LENGTHS)
        usage = _counted(logs or (), thresholds, format_in=format_in, label=by, engine=engine)
    place = place_of(save)
    write_pack(usage, place)
    inputs = {"logs": list(logs or [str(result)]), "by": usage.label, "format_in": format_in}
    return Answer(pack_report(usage, str(save), place.stat().st_size, inputs=inputs), catalog=known)


def _counted(
    logs: "Sequence[str]", thresholds: "Sequence[int]", *, format_in: str | None, label: str | None, engine: str | None
) -> "Usage":
    from costcalc.usage.readers import LOG_FORMATS
    from costcalc.usage.spark import master_of, scan_spark

    if not logs:
        raise FlagError("name the logs, or a warehouse's answer with --from")
    if engine is None:
        return counted(logs, thresholds, format_in=format_in, label=label)
    log_format = one_of(format_in, LOG_FORMATS, "--format-in") if format_in is not None else None
    return scan_spark(logs, thresholds=thresholds, log_format=log_format, label=label, master=master_of(engine))


def _check_personal(label: str | None) -> None:
    from costcalc.usage.pack import PERSONAL

    if label in PERSONAL:
        raise FlagError(
            f"a pack is made to be passed on and never names people: expected --by team, key or tag, found {label}"
        )
