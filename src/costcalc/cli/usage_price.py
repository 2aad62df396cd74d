"""``costcalc usage price``: what a log's traffic did cost, and what it would cost on every option."""

from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.context import day_in_force, load, money_of
from costcalc.cli.flags import (
    OPTIONS_PANEL,
    OUTPUT_PANEL,
    WORKLOAD_PANEL,
    Explain,
    MoneyFlags,
    PriceFlags,
    ServingFlags,
)
from costcalc.cli.logs import BURSTS_S, LogFlags, Logs, findings_of, read_logs
from costcalc.cli.question import equipped
from costcalc.cli.terms import check_region
from costcalc.cli.values import filled, named_options
from costcalc.errors import FlagError
from costcalc.findings import Finding, clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from costcalc.case.case import LeftOut
    from costcalc.catalog.catalog import Catalog
    from costcalc.usage.groups import Usage
    from costcalc.usage.repriced import Repriced

BROKEN = 1  # exit status: --strict, and rows that are not counted

By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="WHAT",
        help="Show what it did cost by model, day, or what the format has: team, key, tag, user, project, …; several"
        " as team,day. Of those are the rows of CSV then.",
        rich_help_panel=OUTPUT_PANEL,
    ),
]
Label = Annotated[
    str | None,
    typer.Option(
        "--label",
        metavar="NAME=FIELD,…",
        help="Where logs have what --by asks for, each under a name of its own: team=project_id,workspace_id.",
        rich_help_panel=OUTPUT_PANEL,
        show_default=False,
    ),
]
AllOptions = Annotated[
    bool, typer.Option("--all", help="Every option of the catalog, and every row.", rich_help_panel=OPTIONS_PANEL)
]
Strict = Annotated[
    bool, typer.Option("--strict", help="A row that cannot be counted ends with 1.", rich_help_panel=OUTPUT_PANEL)
]
FocusVersion = Annotated[
    str,
    typer.Option(
        "--focus-version",
        metavar="VERSION",
        help="Of the rows of --format focus: 1.2, 1.3 or 1.4.",
        rich_help_panel=OUTPUT_PANEL,
    ),
]
Region = Annotated[
    str | None,
    typer.Option(
        "--region",
        parser=filled,
        metavar="REGION",
        help="Where the requests were processed of which the log does not say it; options must be there too.",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
_KEPT = ("model", "day")  # what every log can be shown by


def price_command(
    logs: Logs,
    serving: ServingFlags,
    prices: PriceFlags,
    shown: MoneyFlags,
    read: LogFlags,
    region: Region = None,
    by: By = None,
    label: Label = None,
    all_options: AllOptions = False,
    strict: Strict = False,
    explain: Explain = False,
    focus_version: FocusVersion = "1.4",
) -> Answer:
    """Price a log: what it did cost, and would cost on every option.

    Each request is priced on its own day: at the prices of your contracts and of your own files where they have any,
    else at list prices; the options, at those of --as-of. A model that the catalog does not know is listed with its
    tokens, and no total holds it.
    """
    from costcalc.render.usage_price import Shown, price_report
    from costcalc.usage.focus import focus_version as version_of

    if serving.options is not None and all_options:
        raise FlagError("give --options ID,ID,… or --all, not both")
    shown_by, of_log = _shown_by(by or "model")
    loaded = load(prices.catalog, as_of=prices.as_of)
    day = day_in_force(loaded, prices.as_of)
    check_region(loaded.catalog, region)
    catalog, own, _ = equipped(loaded.catalog, serving)
    names = _names(serving, catalog, own, every=all_options)
    usage = _counted(logs, read, (of_log, _fields_of(label, of_log)), catalog, names)
    result = _priced(usage.in_region(region), catalog, names, day, region, by_day="day" in shown_by)
    named = {*names} if serving.options is not None else {*own}
    missing = [each for each in result.left_out if each.option in named]
    findings = (*findings_of(usage, day, strict=strict), *map(_not_compared, missing))
    report = price_report(
        result,
        Shown(
            shown_by,
            all_options or serving.options is not None,
            version_of(focus_version),
            is_asked_for=by is not None,
            explain=explain,
        ),
        inputs={
            "logs": list(logs),
            **read._asdict(),
            "region": region,
            "by": ",".join(shown_by),
            "label": label,
            "options": sorted(names),
            "strict": strict,
        },
        findings=findings,
        money=money_of(shown.currency, loaded.catalog, day),
    )
    broken = BROKEN if any(each.level == "error" for each in findings) else 0
    status = min((each.exit_status for each in missing), default=broken)  # what was named must have a price
    return Answer(report, status, report.diagnostics, catalog=catalog)


def _shown_by(text: str) -> tuple[tuple[str, ...], str | None]:
    """Read what costs are shown by, and which of it is a label of the log.

    Raises:
        FlagError: It is nothing, or more than one label: a log is counted by one.
    """
    names = tuple(dict.fromkeys(name for part in text.split(",") if (name := part.strip().lower())))
    labels = [name for name in names if name not in _KEPT]
    if not names or len(labels) > 1:
        found = ", ".join(labels) or "nothing"
        raise FlagError(f"--by takes one label of the log, beside {' and '.join(_KEPT)}: found {clean(found)}")
    return names, labels[0] if labels else None


def _fields_of(text: str | None, label: str | None) -> tuple[str, ...]:
    """Read under which names the logs have a label.

    Raises:
        FlagError: It names no field, or another label than the one that is asked for.
    """
    if text is None:
        return ()
    name, _, rest = text.partition("=")
    fields = tuple(field for part in rest.split(",") if (field := part.strip()))
    if not name.strip() or not fields:
        raise FlagError(f"expected --label NAME=FIELD,…, such as team=project_id,workspace_id; found '{clean(text)}'")
    if name.strip().lower() != label:
        raise FlagError(
            f"--label says where '{clean(name.strip())}' stands: ask for it with --by {clean(name.strip())}"
        )
    return fields


def _counted(
    logs: "Sequence[str]",
    read: LogFlags,
    labelled: tuple[str | None, tuple[str, ...]],
    catalog: "Catalog",
    names: "Sequence[str]",
) -> "Usage":
    """Count logs for prices, and where machines are among the options for their bursts too."""
    from costcalc.analysis.compare import is_sized
    from costcalc.usage.mix import alike_of, bucket_of, thresholds_of
    from costcalc.usage.scan import UnknownLabelError

    label, fields = labelled
    sized = any(is_sized(name, catalog) for name in names)
    bucket_s = min(bucket_of(catalog), BURSTS_S) if sized else bucket_of(catalog)
    try:
        return read_logs(
            logs, thresholds_of(catalog), read, bucket_s=bucket_s, label=label, fields=fields, alike=alike_of(catalog)
        )
    except UnknownLabelError as error:
        raise UnknownLabelError(error.log_format, error.label, error.labels, _KEPT) from None


def _priced(
    usage: "Usage", catalog: "Catalog", names: "Sequence[str]", day: "date", region: str | None, *, by_day: bool
) -> "Repriced":
    """Price a log and the options; those must be in the region that was asked for."""
    from costcalc.usage.curve import peak_to_mean
    from costcalc.usage.repriced import case_of_usage, reprice

    peak = peak_to_mean(usage)
    case = case_of_usage(usage, catalog, as_of=day, peak=peak).demanding(region=region)
    return reprice(usage, case, names, peak=peak, by_day=by_day)


def _not_compared(each: "LeftOut") -> Finding:
    return Finding("unpriced", "error", f"{each.option} is not compared: {each.reason}", subject=each.option)


def _names(serving: ServingFlags, catalog: "Catalog", own: "Sequence[str]", *, every: bool) -> list[str]:
    """Name the options: those that were asked for, else the headline's, or all; hardware of one's own beside them."""
    named = named_options(serving.options)
    usual = tuple(catalog.options) if every else catalog.headline
    return list(dict.fromkeys([*(map(catalog.resolved, named) if named is not None else usual), *own]))
