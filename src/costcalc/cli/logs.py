"""Logs as every command reads them: counted once, with what the reader must know of them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, get_args

import typer

from costcalc.cli.values import filled, one_of
from costcalc.errors import InputError, UndecidableError, UnknownNameError
from costcalc.findings import Finding, Level, did_you_mean
from costcalc.paths import look, real

if TYPE_CHECKING:
    from costcalc.case.case import Case
    from costcalc.catalog.catalog import Catalog
    from costcalc.usage.aggregate import Alike
    from costcalc.usage.groups import Usage
    from costcalc.usage.readers import LogFormat

BURSTS_S = 600  # what sizes machines: an hour hides bursts

Logs = Annotated[
    list[str],
    typer.Argument(metavar="LOG…", help="Files, patterns, folders and packs; - is stdin.", show_default=False),
]
Save = Annotated[Path, typer.Option("-o", "--save", metavar="FILE", help="The file to write.", show_default=False)]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that stands there already.")]


class LogFlags(NamedTuple):
    """How logs are read."""

    format_in: Annotated[
        str | None,
        typer.Option(
            "--format-in", parser=filled, metavar="FORMAT", help="The logs' format (default: told from them)."
        ),
    ] = None
    cached: Annotated[
        str | None,
        typer.Option("--cached", metavar="WHERE", help="Cached tokens: inside or beside the input."),
    ] = None
    engine: Annotated[
        str, typer.Option("--engine", metavar="NAME", help="duckdb, spark or spark://HOST:PORT.", show_default=False)
    ] = "duckdb"


def read_logs(
    names: Sequence[str],
    thresholds: Sequence[int],
    flags: LogFlags = LogFlags(),  # noqa: B008  # frozen
    *,
    bucket_s: int = BURSTS_S,
    label: str | None = None,
    fields: tuple[str, ...] = (),
    alike: "Alike | None" = None,
) -> "Usage":
    """Count logs and packs, with progress on a terminal.

    Args:
        names: Files, patterns, folders, packs.
        thresholds: The prompt lengths above which some price differs [tokens].
        flags: How they are read.
        bucket_s: How long a time bucket is [s].
        label: By what they are labelled.
        fields: Where that stands too, before the places that each format has.
        alike: Which times of the week are put together, once their load is known; None for every bucket.

    Raises:
        InputError: A file cannot be read, or no request is in any of them.
    """
    from costcalc.cli.progress import progress_of
    from costcalc.render.usage_log import fault_text
    from costcalc.usage.readers import Cached
    from costcalc.usage.source import How, usage_of

    how = How(
        log_format=_format_in(flags.format_in),
        label=label.strip().lower() if label is not None else None,
        fields=fields,
        cached=one_of(flags.cached, get_args(Cached), "--cached") if flags.cached is not None else None,
        engine=flags.engine,
    )
    with progress_of("reading logs") as show:
        usage = usage_of(names, thresholds, how, bucket_s=bucket_s, alike=alike, show=show)
    if not usage.groups:
        faults = "".join(f"; {fault_text(fault)}" for fault in usage.faults)
        raise InputError([Finding("no-log", "error", f"{', '.join(names)}: no request in it{faults}")])
    return usage


def _format_in(name: str | None) -> "LogFormat | None":
    from costcalc.usage.readers import LOG_FORMATS

    return None if name in {None, "auto"} else one_of(name, LOG_FORMATS, "--format-in")


def check_not_read(path: Path, names: Sequence[str], *, flag: str) -> None:
    """Refuse to write over a log, whatever its name leads to.

    Raises:
        typer.BadParameter: The file is one of the logs.
    """
    from costcalc.usage.sources import STDIN, log_files

    if look(path).kind != "file":
        return
    logs = log_files([name for name in names if name != STDIN], path.parent)
    if any(look(Path(log.path)).kind == "file" and real(path) == real(Path(log.path)) for log in logs):
        raise typer.BadParameter(f"{path} is one of the logs: name another file", param_hint=f"'{flag}'")


def of_models(usage: "Usage", models: Sequence[str] | None) -> "Usage":
    """Keep the requests of some models, as the log names them, over the same time.

    Raises:
        UnknownNameError: The log has no such model.
    """
    if models is None:
        return usage
    for name in models:
        if name not in usage.models:
            hint = did_you_mean(name, usage.models)
            known = ", ".join(usage.models) if any(usage.models) else "none"
            raise UnknownNameError(f"the log has no model '{name}'; it has {known}{f'; {hint}' if hint else ''}")
    return usage.only(group for group in usage.groups if group.model in models)


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
    from costcalc.render.usage_log import span_words
    from costcalc.usage.curve import peak_to_mean
    from costcalc.usage.groups import SET_ASIDE
    from costcalc.usage.mix import MONTH_S, alike_of, thresholds_of
    from costcalc.usage.repriced import case_of_usage

    usage = read_logs(names, thresholds_of(catalog), alike=alike_of(catalog))
    check_span(usage)
    case = case_of_usage(usage, catalog, as_of=day, peak=peak_to_mean(usage))
    month = f"as a month at its pace, {MONTH_S / usage.span_s:,.2f} × the log"
    lost = sum(fault.rows for fault in usage.faults if fault.kind not in SET_ASIDE)
    rows = f"; {lost:,} rows are not counted (costcalc usage price says why)" if lost else ""
    return CaseOfLogs(case, _today(usage, catalog), (f"the log is of {span_words(usage)}: {month}{rows}",))


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
    from costcalc.usage.groups import LEAST_S

    if not usage.makes_month:
        raise UndecidableError(
            f"the log lasts {usage.span_s} s: a month at its pace needs at least {LEAST_S} s (say a month's traffic"
            " with --requests and --shape)"
        )


def findings_of(usage: "Usage", today: date, *, strict: bool) -> Iterator["Finding"]:
    """Say which rows are not counted, and what is odd about the times of the others."""
    from costcalc.render.usage_log import differ_words, fault_text, repeat_words
    from costcalc.usage.groups import SET_ASIDE
    from costcalc.usage.mix import day_of

    wrong: Level = "error" if strict else "warning"
    yield from (Finding("log-repeat", "note", words) for words in repeat_words(usage))
    yield from (Finding("log-repeat", wrong, words) for words in differ_words(usage))
    for fault in usage.faults:
        yield Finding("log-row", "note" if fault.kind in SET_ASIDE else wrong, fault_text(fault))
    if usage.is_dated and day_of(usage.last_s) > today + timedelta(days=1):
        yield Finding("log-time", "warning", f"the last request is of {day_of(usage.last_s)}, in the future")
    if not usage.makes_month:
        pace = "a month at its pace, and what machines and seats cost for it, say nothing"
        yield Finding("log-time", "warning", f"the log lasts {usage.span_s} s: {pace}")
