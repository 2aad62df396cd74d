"""``costcalc simulate``: what options may cost, and how probably each is the cheapest."""

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
from costcalc.cli.options import (
    AsOf,
    CatalogPath,
    NoColor,
    OptionIds,
    OutputFiles,
    OutputFormat,
    WholeBill,
    named_options,
)
from costcalc.cli.output import emit
from costcalc.cli.traffic import WorkloadName

SEEDS = 2**32
SAMPLE_PANEL = "The sample"

Draws = Annotated[
    int,
    typer.Option(min=100, max=1_000_000, help="How often every input is drawn.", rich_help_panel=SAMPLE_PANEL),
]
Seed = Annotated[
    int,
    typer.Option(
        min=0,
        max=SEEDS - 1,
        help="Where random numbers begin: the same seed gives the same answer, another one shows the noise.",
        rich_help_panel=SAMPLE_PANEL,
    ),
]


def simulate_command(
    tokens: Tokens = None,
    input_tokens: InputTokens = None,
    cached_share: CachedShare = None,
    output_per_request: OutputPerRequest = None,
    workload: WorkloadName = None,
    peak_to_mean: PeakToMean = None,
    batch: Batch = False,
    service_tier: ServiceTier = None,
    region: Region = None,
    draws: Draws = 10_000,
    seed: Seed = 0,
    options: OptionIds = None,
    whole_bill: WholeBill = False,
    as_of: AsOf = None,
    catalog: CatalogPath = None,
    form: OutputFormat = "text",
    output: OutputFiles = None,
    no_color: NoColor = False,
) -> int:
    """Draw every uncertain input: what each option may cost, P(cheapest), regret, and what to measure first.

    Uncertain are the numbers that you give as a range ("100M to 2B"), and the assumptions that an option rests on.
    """
    from costcalc.analysis.montecarlo import simulate
    from costcalc.cli.progress import progress_of
    from costcalc.render.simulation import simulation_report

    flags = Flags(
        tokens, input_tokens, cached_share, output_per_request, workload, peak_to_mean, batch, service_tier, region
    )
    chosen = named_options(options)
    asked = question(flags, catalog=catalog, as_of=as_of, whole_bill=whole_bill)
    names = list(asked.case.catalog.headline) if chosen is None else chosen
    with progress_of(f"{draws:,} draws") as progress:
        found = simulate(asked.case, names, draws=draws, seed=seed, progress=progress)
    inputs = {**asked_inputs(flags, asked.case), "options": names, "whole_bill": whole_bill}
    emit(simulation_report(found, inputs=inputs, said=asked.said), form, output, no_color=no_color)
    return 0
