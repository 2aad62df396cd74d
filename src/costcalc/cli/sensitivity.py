"""``costcalc sensitivity``: what each uncertain input does by itself."""

from typing import Annotated

import typer

from costcalc.cli.cases import (
    CachedShare,
    Flags,
    InputTokens,
    OutputPerRequest,
    PeakToMean,
    Tokens,
    asked_inputs,
    question,
)
from costcalc.cli.compare import Batch, Region, ServiceTier
from costcalc.cli.flags import (
    OPTIONS_PANEL,
    AsOf,
    CatalogPath,
    Chart,
    NoColor,
    OptionIds,
    OutputFiles,
    OutputFormat,
    WholeBill,
    filled,
    named_options,
)
from costcalc.cli.output import draws_unicode, emit
from costcalc.cli.traffic import WorkloadName

Of = Annotated[
    str | None,
    typer.Option(
        "--of",
        parser=filled,
        metavar="ID",
        help="The option whose cost is asked for (default: the cheapest).",
        rich_help_panel=OPTIONS_PANEL,
    ),
]


def sensitivity_command(
    tokens: Tokens = None,
    input_tokens: InputTokens = None,
    cached_share: CachedShare = None,
    output_per_request: OutputPerRequest = None,
    workload: WorkloadName = None,
    peak_to_mean: PeakToMean = None,
    batch: Batch = False,
    service_tier: ServiceTier = None,
    region: Region = None,
    of: Of = None,
    options: OptionIds = None,
    whole_bill: WholeBill = False,
    chart: Chart = False,
    as_of: AsOf = None,
    catalog: CatalogPath = None,
    form: OutputFormat = "text",
    output: OutputFiles = None,
    no_color: NoColor = False,
) -> int:
    """Move each uncertain input to its low and its high, alone: a tornado, the widest first, and what flips the winner.

    Uncertain are the numbers that you give as a range ("100M to 2B"), and the assumptions that an option rests on.
    """
    from costcalc.analysis.sensitivity import tornado
    from costcalc.render.sensitivity import tornado_report

    flags = Flags(
        tokens, input_tokens, cached_share, output_per_request, workload, peak_to_mean, batch, service_tier, region
    )
    chosen = named_options(options)
    asked = question(flags, catalog=catalog, as_of=as_of, whole_bill=whole_bill)
    names = list(asked.case.catalog.headline) if chosen is None else chosen
    found = tornado(asked.case, names, of=of)
    inputs = {**asked_inputs(flags, asked.case), "options": names, "of": of, "whole_bill": whole_bill}
    shows = draws_unicode() if chart else None
    emit(tornado_report(found, inputs=inputs, said=asked.said, unicode=shows), form, output, no_color=no_color)
    return 0
