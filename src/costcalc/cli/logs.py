"""Logs as every command reads them: counted once, with what the reader must know of them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, NamedTuple, get_args

import typer

from costcalc.cli.flags import WORKLOAD_PANEL
from costcalc.errors import UndecidableError

if TYPE_CHECKING:
    from costcalc.case.case import Case
    from costcalc.catalog.catalog import Catalog
    from costcalc.findings import Finding
    from costcalc.usage.groups import Usage
    from costcalc.usage.readers import Cached, LogFormat

LEAST_S = 60  # a month is never made of less
BURSTS_S = 600  # what sizes machines: an hour hides bursts

Logs = Annotated[
    list[str],
    typer.Argument(
        metavar="LOG...", help="Files, patterns or folders: CSV, JSON, JSON lines, Parquet, packed or not; - is stdin."
    ),
]
FormatIn = Annotated[
    str,
    typer.Option(
        "--format-in",
        metavar="FORMAT",
        help="The logs' format: openai, anthropic, litellm, … (default: told from their fields).",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]


CachedFlag = Annotated[
    str | None,
    typer.Option(
        "--cached",
        metavar="inside|beside",
        help="Whether the logs' input holds the cached tokens, for a format that does not settle it.",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]


def cached_of(text: str | None) -> "Cached | None":
    """Read where cached tokens lie."""
    from costcalc.cli.values import one_of
    from costcalc.usage.readers import Cached

    return one_of(text, get_args(Cached), "--cached") if text is not None else None


def log_format(name: str) -> "LogFormat | None":
    """Read a format's name; ``auto`` is none in particular."""
    from costcalc.cli.values import one_of
    from costcalc.usage.readers import LOG_FORMATS

    return None if name == "auto" else one_of(name, LOG_FORMATS, "--format-in")


def read_logs(
    names: Sequence[str],
    catalog: "Catalog",
    *,
    bucket_s: int,
    form: "LogFormat | None" = None,
    label: str | None = None,
    cached: "Cached | None" = None,
    folded: bool = True,
) -> "Usage":
    """Count logs under every threshold of the catalog's prices.

    Args:
        names: Files, patterns, folders, packs.
        catalog: The prices.
        bucket_s: How long a time bucket is [s].
        form: The logs' format; None to tell it from their records.
        label: By what they are labelled.
        cached: Where cached tokens lie, for a format that does not settle it.
        folded: Whether buckets that every price treats alike are put together, day by day.

    Raises:
        InputError: A file cannot be read, or no request is in any of them.
    """
    from costcalc.errors import InputError
    from costcalc.findings import Finding
    from costcalc.usage.mix import alike_of, thresholds_of
    from costcalc.usage.source import usage_of

    usage = usage_of(
        names,
        thresholds_of(catalog),
        bucket_s=bucket_s,
        log_format=form,
        label=label,
        cached=cached,
        alike=alike_of(catalog) if folded else None,
    )
    if not usage.groups:
        faults = "".join(f"; {fault.rows:,} rows are not counted, {FAULT_WORDS[fault.kind]}" for fault in usage.faults)
        raise InputError([Finding("no-log", "error", f"{', '.join(names)}: no request in it{faults}")])
    return usage


class CaseOfLogs(NamedTuple):
    """The month that logs make at their pace.

    Args:
        case: The case.
        today: The option that served all of it, where that is one and the same.
        lines: What the reader must know of the logs.
    """

    case: "Case"
    today: str | None
    lines: tuple[str, ...]


def case_of_logs(names: Sequence[str], catalog: "Catalog", day: date) -> CaseOfLogs:
    """Read logs into the case of any command.

    Raises:
        InputError: A file cannot be read, or no request is in any of them.
        UndecidableError: The log is too short.
    """
    from costcalc.usage.groups import SET_ASIDE
    from costcalc.usage.mix import MONTH_S, peak_to_mean
    from costcalc.usage.repriced import case_of_usage

    usage = read_logs(names, catalog, bucket_s=BURSTS_S)
    check_span(usage)
    case = case_of_usage(usage, catalog, as_of=day, peak=peak_to_mean(usage))
    month = f"as a month at its pace, {MONTH_S / usage.span_s:,.2f} × the log"
    lost = sum(fault.rows for fault in usage.faults if fault.kind not in SET_ASIDE)
    rows = f"; {lost:,} rows are not counted (costcalc usage price says why)" if lost else ""
    return CaseOfLogs(case, _today(usage, catalog), (f"the log is of {period_of(usage)}: {month}{rows}",))


def _today(usage: "Usage", catalog: "Catalog") -> str | None:
    """Name the option that serves the traffic today: the log's model, where it has one and the catalog sells it."""
    from costcalc.catalog.forms.options import ApiOption
    from costcalc.errors import UnknownNameError

    if len(usage.models) != 1:
        return None
    try:
        ref = catalog.sold_model(usage.models[0]).ref
    except UnknownNameError:
        return None
    plain = ApiOption(kind="api", model=ref)
    return next((name for name, option in catalog.options.items() if option == plain), ref)


def check_span(usage: "Usage") -> None:
    """Refuse to make a month of a moment.

    Raises:
        UndecidableError: The log is too short.
    """
    if usage.span_s < LEAST_S:
        raise UndecidableError(
            f"the log lasts {usage.span_s} s: a month at its pace needs at least {LEAST_S} s (say a month's traffic"
            " with --requests and --shape)"
        )


def findings_of(usage: "Usage", today: date, *, strict: bool) -> Iterator["Finding"]:
    """Say which rows are not counted, and what is odd about the times of the others."""
    from costcalc.findings import Finding, Level
    from costcalc.usage.groups import SET_ASIDE
    from costcalc.usage.mix import day_of

    for fault in usage.faults:
        level: Level = "note" if fault.kind in SET_ASIDE else "error" if strict else "warning"
        places = f": {', '.join(fault.places)}" if fault.places else ""
        yield Finding("log-row", level, f"{fault.rows:,} rows are not counted, {FAULT_WORDS[fault.kind]}{places}")
    if usage.is_dated and day_of(usage.last_s) > today + timedelta(days=1):
        yield Finding("log-time", "warning", f"the last request is of {day_of(usage.last_s)}, in the future")


FAULT_WORDS = {
    "no time": "because they have no time",
    "not a count": "because a number of tokens is none, or is negative",
    "cached exceeds input": "because their cached part exceeds the input that contains it",
    "no usage": "because they have no usage record: failed calls, which nobody bills",
    "gateway cache": "because the gateway answered them from a cache of its own, which no provider bills",
    "broken": "because they cannot be read",
    "unknown meter": "because they count something that is no meter of ours",
}


def period_of(usage: "Usage") -> str:
    """Say over which time a log goes.

    Example:
        >>> from costcalc.usage.groups import Usage
        >>> period_of(Usage((), 600, (), 1_700_158_623, 1_700_162_059, 0))
        '57 minutes of 2023-11-16'
        >>> period_of(Usage((), 600, (), 0, 30 * 86_400, 0))
        '30 days'
    """
    from costcalc.usage.mix import day_of

    minutes, hours, days = usage.span_s / 60, usage.span_s / 3600, usage.span_s / 86_400
    amount, unit = (days, "days") if days >= 2 else (hours, "hours") if hours >= 2 else (minutes, "minutes")  # noqa: PLR2004
    long = f"{amount:.0f} {unit}" if amount >= 2 else f"{usage.span_s} s"  # noqa: PLR2004  # below two it is said finer
    first, last = day_of(usage.first_s), day_of(usage.last_s)
    if not usage.is_dated:
        return long
    return f"{long} of {first}" if first == last else f"{long}, {first} to {last}"
