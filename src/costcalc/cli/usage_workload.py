"""``costcalc usage workload``: a log as workloads of a costcalc.yaml."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import PriceFlags
from costcalc.cli.logs import Force, LogFlags, Logs, Save, check_not_read, read_logs
from costcalc.cli.output import check_new, write_new
from costcalc.cli.values import filled
from costcalc.errors import FlagError, UnknownNameError

if TYPE_CHECKING:
    from costcalc.catalog.catalog import Catalog
    from costcalc.usage.shapes import LoggedWorkload

Per = Annotated[
    str | None,
    typer.Option("--per", parser=filled, metavar="WHAT", help="A workload for each model, team, key or tag."),
]


def usage_workload_command(
    prices: PriceFlags, logs: Logs, save: Save, read: LogFlags, per: Per = None, force: Force = False
) -> Answer:
    """Write a log as a workload of a costcalc.yaml.

    It has the requests of a month, their shapes, what is cached, and when they come.
    """
    from costcalc.render.usage_workload import workload_report, workload_text
    from costcalc.usage.mix import thresholds_of
    from costcalc.usage.pack import PERSONAL
    from costcalc.usage.shapes import logged_workloads
    from costcalc.usage.source import LENGTHS

    if per in PERSONAL:
        raise FlagError(f"workloads do not name people: expected --per model, team, key or tag, found {per}")
    check_new(save, flag="-o", force=force)
    check_not_read(save, logs, flag="-o")
    loaded = load(prices.catalog, as_of=prices.as_of)
    day, catalog = day_in_force(loaded, prices.as_of), loaded.catalog
    label = per if per != "model" else None
    usage = read_logs(logs, (*thresholds_of(catalog), *LENGTHS), read, label=label)
    workloads = logged_workloads(usage, by_model=per == "model")
    options = _options(workloads, catalog)
    write_new(save, workload_text(workloads, usage, options=options, day=day), flag="-o", force=force)
    inputs = {"logs": list(logs), "per": per, **read._asdict()}
    return Answer(workload_report(workloads, usage, str(save), options=options, inputs=inputs, day=day))


def _options(workloads: "Sequence[LoggedWorkload]", catalog: "Catalog") -> dict[str, str]:
    """Name the option that serves each workload, where the catalog has the model that its log names."""
    found: dict[str, str] = {}
    for workload in workloads:
        try:
            found[workload.name] = catalog.option(workload.model or "").id
        except UnknownNameError:  # several sell it, or nobody: the user says who
            continue
    return found
