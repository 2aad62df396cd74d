"""``costcalc compare``: what a workload costs on each option."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import (
    OPTIONS_PANEL,
    WORKLOAD_PANEL,
    AsOf,
    CatalogPath,
    NoColor,
    OptionIds,
    OutputFiles,
    OutputFormat,
    Strict,
    filled,
    named_options,
)
from costcalc.cli.output import emit, write_stderr
from costcalc.cli.traffic import (
    CachedShare,
    InputTokens,
    OutputPerRequest,
    PeakToMean,
    Sizes,
    Tokens,
    WorkloadName,
    asked_for,
    check_sizes,
)
from costcalc.errors import FlagError, UndecidableError
from costcalc.units import decimal

if TYPE_CHECKING:
    from costcalc.analysis.compare import Comparison
    from costcalc.catalog.catalog import Catalog
    from costcalc.render.report import Json
    from costcalc.workload import Workload

STALE = 3  # exit status: could not be decided

Batch = Annotated[
    bool,
    typer.Option("--batch", help="All requests can wait for a batch (about a day).", rich_help_panel=WORKLOAD_PANEL),
]
ServiceTier = Annotated[
    str | None,
    typer.Option(
        parser=filled,
        metavar="TIER",
        help="The tier that every request needs: flex, priority, …",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
Region = Annotated[
    str | None,
    typer.Option(
        parser=filled,
        metavar="REGION",
        help="The region that must process it: eu, us, …",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
Seats = Annotated[
    int | None,
    typer.Option(
        "--seats",
        min=1,
        metavar="N",
        help="People who cause it, each at a tool of their own: compares subscriptions too.",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
AllOptions = Annotated[
    bool,
    typer.Option("--all", help="Every option of the catalog, not only the headline.", rich_help_panel=OPTIONS_PANEL),
]
Explain = Annotated[
    bool,
    typer.Option(
        "--explain", help="Show every number with its formula, layer, file, line and source.", rich_help_panel="Output"
    ),
]


def compare_command(
    tokens: Tokens = None,
    input_tokens: InputTokens = None,
    cached_share: CachedShare = None,
    output_per_request: OutputPerRequest = None,
    workload: WorkloadName = None,
    peak_to_mean: PeakToMean = None,
    batch: Batch = False,
    service_tier: ServiceTier = None,
    region: Region = None,
    seats: Seats = None,
    options: OptionIds = None,
    all_options: AllOptions = False,
    as_of: AsOf = None,
    catalog: CatalogPath = None,
    strict: Strict = False,
    explain: Explain = False,
    form: OutputFormat = "text",
    output: OutputFiles = None,
    no_color: NoColor = False,
) -> int:
    """Compare what a month of traffic costs on each option, cheapest first.

    Give the traffic as --tokens (output tokens a month), or as a workload of a costcalc.yaml.
    """
    from costcalc.analysis.compare import compare
    from costcalc.render.compare import comparison_report

    sizes = Sizes(tokens, input_tokens, cached_share, output_per_request)
    traffic = check_sizes(sizes, workload)
    _check_flags(options, batch=batch, service_tier=service_tier, all_options=all_options)
    loaded = load(catalog, project=(traffic.file or None) if traffic else None)
    asked = asked_for(loaded, sizes, traffic)
    wanted = replace(
        asked.workload,
        batchable_share=1 if batch else asked.workload.batchable_share,
        service_tier=service_tier or asked.workload.service_tier,
        region=region or asked.workload.region,
        peak_to_mean=peak_to_mean if peak_to_mean is not None else asked.workload.peak_to_mean,
        seats=seats or asked.workload.seats,
    )
    named = named_options(options)
    chosen = list(loaded.catalog.options) if all_options else named
    result = compare(wanted, loaded.catalog, options=chosen, as_of=day_in_force(loaded, as_of))
    said = asked.said._replace(notes=(*asked.said.notes, *_by_volume(result, loaded.catalog)))
    report = comparison_report(
        result, loaded.catalog, inputs=_inputs(wanted, result, explain), said=said, explain=explain
    )
    if named is not None:  # what was named must have a price
        report = report._replace(diagnostics=tuple(one._replace(level="error") for one in report.diagnostics))
    emit(report, form, output, no_color=no_color)
    if named is not None and report.diagnostics:
        from costcalc.render.diagnostics import as_diagnostics

        write_stderr(as_diagnostics(report.diagnostics))
    return _status(result, named=named is not None, strict=strict)


def _check_flags(options: str | None, *, batch: bool, service_tier: str | None, all_options: bool) -> None:
    if options is not None and all_options:
        raise FlagError("give --options ID,ID,… or --all, not both")
    if batch and service_tier is not None:
        raise FlagError("a batch has no service tier: give --batch or --service-tier, not both")


def _by_volume(result: "Comparison", catalog: "Catalog") -> tuple[str, ...]:
    """Say in a line which of the compared options is cheapest at which volume."""
    from costcalc.analysis.breakeven import cheapest
    from costcalc.render.breakeven import envelope_line
    from costcalc.render.scale import Scale

    if len(result.estimates) < 2:  # noqa: PLR2004  # one option is not compared with any
        return ()
    priced = {one.option for one in result.estimates}
    names = [name for name in result.asked if name in priced]  # a tie goes to the option that was asked for first
    try:
        found = cheapest(names, result.workload, catalog, as_of=result.as_of, known=result.estimates)
    except UndecidableError as error:
        return (str(error),)
    line = envelope_line(found, Scale.of(result.workload, None))
    return (line,) if line is not None else ()


def _inputs(workload: "Workload", result: "Comparison", explain: bool) -> "dict[str, Json]":
    options = [one.option for one in result.estimates] + [one.option for one in result.unpriced]
    return {
        "workload": workload.name,
        "requests": decimal(workload.requests),
        "output_tokens": decimal(workload.output_tokens),
        "input_tokens": decimal(workload.input_tokens),
        "batchable_share": decimal(workload.batchable_share),
        "service_tier": workload.service_tier,
        "region": workload.region,
        "load": workload.load.label,
        "peak_to_mean": decimal(workload.peak),
        "kind": workload.kind,
        "seats": workload.seats,
        "options": sorted(options),
        "explain": explain,
    }


def _status(result: "Comparison", *, named: bool, strict: bool) -> int:
    """An option that was named must have a price; of the headline, some API must; under --strict none may be stale."""
    priced = any(one.kind == "api" for one in result.estimates)
    if not result.unpriced or (priced and not named):
        return STALE if strict and result.stale else 0
    return min(one.exit_status for one in result.unpriced)  # 2, a wrong name, says more than 3, a missing price
