"""``costcalc compare``: what a workload costs on each option."""

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from costcalc.cli.context import day_in_force, load
from costcalc.cli.options import (
    OPTIONS_PANEL,
    WORKLOAD_PANEL,
    AsOf,
    CatalogPath,
    NoColor,
    OutputFiles,
    OutputFormat,
    Strict,
    amount,
    filled,
    positive,
    share,
)
from costcalc.cli.output import emit, write_stderr
from costcalc.errors import FlagError, InputError
from costcalc.findings import Finding
from costcalc.units import decimal, whole

if TYPE_CHECKING:
    from costcalc.analysis.compare import Comparison
    from costcalc.catalog.catalog import Catalog
    from costcalc.catalog.load import Loaded
    from costcalc.render.comparison import Said
    from costcalc.render.report import Json
    from costcalc.workload import Workload

STALE = 3  # exit status: could not be decided
ASSUMED_SIZE = "output_tokens_per_request"

Tokens = Annotated[
    Fraction | None,
    typer.Option(
        parser=positive,
        metavar="AMOUNT",
        help="Output tokens a month: 1e6, 1M, 2.5B, 250k or 1_000_000.",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
InputTokens = Annotated[
    Fraction | None,
    typer.Option(
        parser=amount,
        metavar="AMOUNT",
        help="Input tokens a month, cached ones included (default: input is not counted).",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
CachedShare = Annotated[
    Fraction | None,
    typer.Option(
        parser=share,
        metavar="SHARE",
        help="Share of the input that is read from the prompt cache, 0 to 1 or 25%.",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
OutputPerRequest = Annotated[
    Fraction | None,
    typer.Option(
        parser=positive,
        metavar="AMOUNT",
        help="Output tokens of one request (default: the assumption output_tokens_per_request).",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
WorkloadName = Annotated[
    str | None,
    typer.Option(
        "--workload",
        metavar="FILE[#NAME]",
        help="Take the workload from a costcalc.yaml instead of the amounts above.",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
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
OptionIds = Annotated[
    str | None,
    typer.Option(
        "--options",
        metavar="ID,ID,…",
        help="Only these options; a model's name (openai/gpt-5.4) is an option too.",
        rich_help_panel=OPTIONS_PANEL,
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


class _Sizes(NamedTuple):
    """The traffic as flags give it."""

    tokens: Fraction | None
    input_tokens: Fraction | None
    cached_share: Fraction | None
    output_per_request: Fraction | None


class _Asked(NamedTuple):
    """The workload that was asked for, and what must be said of it."""

    workload: "Workload"
    said: "Said"


def compare_command(
    tokens: Tokens = None,
    input_tokens: InputTokens = None,
    cached_share: CachedShare = None,
    output_per_request: OutputPerRequest = None,
    workload: WorkloadName = None,
    batch: Batch = False,
    service_tier: ServiceTier = None,
    region: Region = None,
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
    from costcalc.render.comparison import comparison_report

    sizes = _Sizes(tokens, input_tokens, cached_share, output_per_request)
    _check_flags(sizes, workload, options, batch=batch, service_tier=service_tier, all_options=all_options)
    file, hash_sign, name = (workload or "").partition("#")
    if hash_sign and not name:
        raise FlagError(f"--workload names no workload after the #: '{workload}'")
    loaded = load(catalog, project=file or None)
    asked = _from_file(loaded, file, name) if workload is not None else _from_flags(loaded.catalog, sizes)
    wanted = replace(
        asked.workload,
        batchable_share=1 if batch else asked.workload.batchable_share,
        service_tier=service_tier or asked.workload.service_tier,
        region=region or asked.workload.region,
    )
    named = [one.strip() for one in options.split(",") if one.strip()] if options is not None else None
    chosen = list(loaded.catalog.options) if all_options else named
    result = compare(wanted, loaded.catalog, options=chosen, as_of=day_in_force(loaded, as_of))
    report = comparison_report(
        result, loaded.catalog, inputs=_inputs(wanted, result, explain), said=asked.said, explain=explain
    )
    if named is not None:  # what was named must have a price
        report = report._replace(diagnostics=tuple(one._replace(level="error") for one in report.diagnostics))
    emit(report, form, output, no_color=no_color)
    if named is not None and report.diagnostics:
        from costcalc.render.diagnostics import as_diagnostics

        write_stderr(as_diagnostics(report.diagnostics))
    return _status(result, named=named is not None, strict=strict)


def _check_flags(
    sizes: _Sizes,
    workload: str | None,
    options: str | None,
    *,
    batch: bool,
    service_tier: str | None,
    all_options: bool,
) -> None:
    given = [f"--{name.replace('_', '-')}" for name, value in sizes._asdict().items() if value is not None]
    if workload is not None and given:
        raise FlagError(f"--workload says what is to be served; leave out {', '.join(given)}")
    if workload is None and sizes.tokens is None:
        raise FlagError("say what is to be served: --tokens 1e6 (output tokens a month) or --workload FILE#NAME")
    if sizes.cached_share and not sizes.input_tokens:
        raise FlagError("--cached-share is a share of the input; give --input-tokens as well")
    if options is not None and (all_options or not options.strip(", ")):
        raise FlagError("give --options ID,ID,… or --all, not both" if all_options else "--options names no option")
    if batch and service_tier is not None:
        raise FlagError("a batch has no service tier: give --batch or --service-tier, not both")


def _from_flags(catalog: "Catalog", sizes: _Sizes) -> _Asked:
    from costcalc.render.comparison import Said
    from costcalc.render.numbers import count
    from costcalc.workload import Shape, Workload

    assert sizes.tokens is not None  # checked with the flags
    assumed = catalog.assumption(ASSUMED_SIZE)
    if assumed.value <= 0:
        place = catalog.place(("assumptions", ASSUMED_SIZE, "value"))
        message = f"assumptions.{ASSUMED_SIZE}: expected a value above 0, found {assumed.value}"
        raise InputError([Finding("value", "error", message, place)])
    size = sizes.output_per_request if sizes.output_per_request is not None else Fraction(assumed.value)
    requests = sizes.tokens / size
    prompt = (sizes.input_tokens or Fraction(0)) / requests
    shape = Shape.of(input_tokens=prompt, cached_share=sizes.cached_share or 0, output_tokens=size)
    note = f"{count(whole(requests))} requests of {count(whole(size))} output tokens each"
    if sizes.input_tokens:
        note += f" and {count(whole(prompt))} input tokens, {float(sizes.cached_share or 0) * 100:g} % of them cached"
    if sizes.output_per_request is None:
        note += f" (--output-per-request is assumed: {assumed.basis}, {assumed.source})"
    unpriced_input = "input is not counted: give --input-tokens; most traffic reads more tokens than it writes"
    notes = (note,) if sizes.input_tokens else (note, unpriced_input)
    assumed_ids = (ASSUMED_SIZE,) if sizes.output_per_request is None else ()
    return _Asked(Workload(whole(requests), (shape,), name="flags"), Said(notes, assumed_ids))


def _from_file(loaded: "Loaded", file: str, name: str) -> _Asked:
    from costcalc.render.comparison import Said
    from costcalc.render.numbers import count
    from costcalc.scenario import parse_scenario

    if not file:
        raise typer.BadParameter(f"expected FILE or FILE#NAME, found '#{name}'", param_hint="'--workload'")
    if loaded.project is None:
        raise typer.BadParameter(f"expected a costcalc.yaml with workloads, found '{file}'", param_hint="'--workload'")
    workload = parse_scenario(loaded.project).workload(name or None)
    shapes = f"{len(workload.shapes)} shape{'s' if len(workload.shapes) > 1 else ''}"
    note = f"workload '{workload.name}' of {file}: {count(workload.requests)} requests a month, {shapes}"
    return _Asked(workload, Said((note,)))


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
        "options": sorted(options),
        "explain": explain,
    }


def _status(result: "Comparison", *, named: bool, strict: bool) -> int:
    """An option that was named must have a price; of the headline, some API must; under --strict none may be stale."""
    priced = any(one.kind != "rate" for one in result.estimates)
    if not result.unpriced or (priced and not named):
        return STALE if strict and result.stale else 0
    return min(one.exit_status for one in result.unpriced)  # 2, a wrong name, says more than 3, a missing price
