"""``costcalc breakeven``: at which volumes the cheaper option changes."""

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

import typer

from costcalc.cli.context import day_in_force, load
from costcalc.cli.options import (
    OPTIONS_PANEL,
    WORKLOAD_PANEL,
    AsOf,
    CatalogPath,
    Chart,
    NoColor,
    OptionIds,
    OutputFiles,
    OutputFormat,
    WholeBill,
    named_options,
    positive,
    request_size,
    volume,
)
from costcalc.cli.output import draws_unicode, emit
from costcalc.cli.traffic import CachedShare, InputTokens, OutputPerRequest, PeakToMean, Sizes, WorkloadName, mix_of
from costcalc.errors import FlagError
from costcalc.units import decimal, whole

if TYPE_CHECKING:
    from costcalc.render.report import Json

BuildId = Annotated[
    str | None, typer.Option("--build", metavar="ID", help="The option to build.", rich_help_panel=OPTIONS_PANEL)
]
BuyId = Annotated[
    str | None, typer.Option("--buy", metavar="ID", help="The option to buy.", rich_help_panel=OPTIONS_PANEL)
]
UpTo = Annotated[
    Fraction | None,
    typer.Option(
        "--up-to",
        parser=positive,
        metavar="AMOUNT",
        help="The largest volume that matters, output tokens a month (default: all volumes).",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
Volume = Annotated[
    Any,
    typer.Option(
        "--tokens",
        parser=volume,
        metavar="AMOUNT",
        help='Your own volume, output tokens a month, or a range: 500M, "100M to 2B".',
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
Shape = Annotated[
    Any,
    typer.Option(
        "--shape",
        parser=request_size,
        metavar="IN:OUT",
        help="Tokens in and out of the mean request (default: 1000:300).",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]


def breakeven_command(
    build: BuildId = None,
    buy: BuyId = None,
    tokens: Volume = None,
    shape: Shape = None,
    input_tokens: InputTokens = None,
    cached_share: CachedShare = None,
    output_per_request: OutputPerRequest = None,
    workload: WorkloadName = None,
    peak_to_mean: PeakToMean = None,
    up_to: UpTo = None,
    options: OptionIds = None,
    whole_bill: WholeBill = False,
    chart: Chart = False,
    as_of: AsOf = None,
    catalog: CatalogPath = None,
    form: OutputFormat = "text",
    output: OutputFiles = None,
    no_color: NoColor = False,
) -> int:
    """Find every volume at which the cheaper option changes, exactly.

    With --build and --buy two options are compared; without them, the cheapest of all at every volume is found. The mix
    of requests stays as it is, and only their number changes.
    """
    from dataclasses import replace

    from costcalc.analysis.breakeven import break_even, cheapest
    from costcalc.cost.policy import Policy, with_policy
    from costcalc.render.breakeven import Scale, break_even_report, cheapest_report

    _check_flags(build, buy, options)
    sizes = Sizes(None, input_tokens, cached_share, output_per_request)
    loaded, asked = mix_of(load, catalog, sizes, workload, volume=tokens, shape=shape)
    mix = asked.workload if peak_to_mean is None else replace(asked.workload, peak_to_mean=peak_to_mean)
    known = with_policy(loaded.catalog, Policy(costs="all")) if whole_bill else loaded.catalog
    scale = Scale.of(mix, asked.volume)
    day = day_in_force(loaded, as_of)
    limit = scale.requests(up_to) if up_to is not None else None
    most = decimal(whole(up_to)) if up_to is not None else None
    inputs: dict[str, Json] = {**scale.inputs(), "up_to": most, "whole_bill": whole_bill}
    shows = draws_unicode() if chart else None
    if build is not None and buy is not None:
        pair = break_even(build, buy, mix, known, as_of=day, up_to=limit)
        report = break_even_report(pair, known, scale, inputs=inputs, said=asked.said, unicode=shows)
    else:
        chosen = named_options(options) or list(known.headline)
        found = cheapest(chosen, mix, known, as_of=day, up_to=limit)
        report = cheapest_report(found, known, scale, inputs=inputs, said=asked.said, unicode=shows)
    emit(report, form, output, no_color=no_color)
    return 0


def _check_flags(build: str | None, buy: str | None, options: str | None) -> None:
    if (build is None) != (buy is None):
        given, missing = ("--build", "--buy") if build is not None else ("--buy", "--build")
        raise FlagError(f"{given} is one side; give {missing} as well, or neither for the cheapest of all")
    if build is not None and options is not None:
        raise FlagError("--build and --buy name the options; leave out --options")
