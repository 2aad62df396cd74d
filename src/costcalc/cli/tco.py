"""``costcalc tco``: everything that running a model oneself costs, line by line."""

from typing import Annotated, get_args

import typer

from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import OPTIONS_PANEL, AsOf, CatalogPath, NoColor, OutputFiles, OutputFormat, one_of
from costcalc.cli.output import emit
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
    with_peak,
)
from costcalc.units import decimal

MAX_MONTHS = 120  # ten years: beyond it no machine and no model of today is in use

Months = Annotated[
    int,
    typer.Option(
        min=1, max=MAX_MONTHS, help="The horizon, over which one-off work is spread.", rich_help_panel=OPTIONS_PANEL
    ),
]
TenureFlag = Annotated[
    str | None,
    typer.Option(
        "--tenure",
        metavar="TENURE",
        help="on_demand, reserved_1y, reserved_3y, spot or own (default: as the option says).",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
FineTuned = Annotated[
    bool | None,
    typer.Option(
        "--fine-tune/--no-fine-tune", help="Whether it is fine-tuned and refreshed.", rich_help_panel=OPTIONS_PANEL
    ),
]
Explain = Annotated[
    bool, typer.Option("--explain", help="Show every line with its assumptions and sources.", rich_help_panel="Output")
]


def tco_command(
    option: Annotated[str, typer.Argument(help="A self-hosted option, such as r1-distill-32b-h100.")],
    months: Months = 36,
    tenure: TenureFlag = None,
    fine_tune: FineTuned = None,
    tokens: Tokens = None,
    input_tokens: InputTokens = None,
    cached_share: CachedShare = None,
    output_per_request: OutputPerRequest = None,
    workload: WorkloadName = None,
    peak_to_mean: PeakToMean = None,
    as_of: AsOf = None,
    catalog: CatalogPath = None,
    explain: Explain = False,
    form: OutputFormat = "text",
    output: OutputFiles = None,
    no_color: NoColor = False,
) -> int:
    """Show the whole bill of a self-hosted option: machines, people, engineering, evaluation, support."""
    from costcalc.analysis.tco import bill_of
    from costcalc.catalog.forms.options import Tenure
    from costcalc.render.tco import tco_report

    sizes = Sizes(tokens, input_tokens, cached_share, output_per_request)
    traffic = check_sizes(sizes, workload)
    loaded = load(catalog, project=(traffic.file or None) if traffic else None)
    asked = with_peak(asked_for(loaded, sizes, traffic), peak_to_mean)
    wanted = asked.workload
    named = loaded.catalog.option(option)
    changes = {
        "tenure": one_of(tenure, get_args(Tenure), "--tenure") if tenure is not None else None,
        "fine_tuned": fine_tune,
    }
    changed = named.option.model_copy(update={key: value for key, value in changes.items() if value is not None})
    bill = bill_of(
        named._replace(option=changed), wanted, loaded.catalog, months=months, as_of=day_in_force(loaded, as_of)
    )
    inputs = {
        "option": option,
        "months": months,
        "tenure": getattr(changed, "tenure", None),
        "fine_tuned": getattr(changed, "fine_tuned", None),
        "workload": wanted.name,
        "output_tokens": decimal(wanted.output_tokens),
        "input_tokens": decimal(wanted.input_tokens),
        "peak_to_mean": decimal(wanted.peak),
    }
    report = tco_report(bill, loaded.catalog, inputs=inputs, said=asked.said, explain=explain)
    emit(report, form, output, no_color=no_color)
    return 0
