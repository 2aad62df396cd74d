"""The flags: one table, from which every command takes the groups that it has; and what a command gives back."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, NamedTuple, get_args

import typer

from costcalc.cli import complete, values
from costcalc.units import MAX_SPARES

Format = Literal[
    "text", "json", "jsonl", "csv", "markdown", "html", "svg", "png", "github", "gitlab", "junit", "sarif", "focus"
]
FOCUS: Format = "focus"  # of the one command that prices what was really used: usage price
PICTURES: tuple[Format, ...] = ("svg", "png")  # of what a command draws
PNG = PICTURES[1]  # no text: for files alone
FORMATS: tuple[Format, ...] = tuple(form for form in get_args(Format) if form not in {FOCUS, *PICTURES})
FOR_MACHINES: tuple[Format, ...] = ("json", "github", "gitlab", "junit", "sarif")  # they carry what went wrong

WORKLOAD_PANEL = "What is to be served"
NEEDS_PANEL = "What it needs"
OPTIONS_PANEL = "Which ways of serving"
TIME_PANEL = "How traffic and prices move"
SAMPLE_PANEL = "The sample"
PRICES_PANEL = "Which prices"
OUTPUT_PANEL = "Output"
# the order on every help page; what is in none of them, such as arguments, stands first
PANELS = (
    None,
    WORKLOAD_PANEL,
    NEEDS_PANEL,
    OPTIONS_PANEL,
    TIME_PANEL,
    SAMPLE_PANEL,
    PRICES_PANEL,
    OUTPUT_PANEL,
)


def _workload(read: Callable[[str], Any], metavar: str, help_text: str, *names: str) -> Any:  # noqa: ANN401  # typer's
    return typer.Option(*names, parser=read, metavar=metavar, help=help_text, rich_help_panel=WORKLOAD_PANEL)


class TrafficFlags(NamedTuple):
    """What is to be served; every number may be a range such as "100M to 2B"."""

    tokens: Annotated[
        Decimal | None,
        _workload(values.amount_or_range, "AMOUNT", 'Output tokens a month: 1e6, 250k, "100M to 2B".'),
    ] = None
    requests: Annotated[Decimal | None, _workload(values.amount_or_range, "AMOUNT", "Requests a month.")] = None
    shape: Annotated[
        list[Any] | None,
        _workload(
            values.size, "IN:OUT[:SHARE]", "Tokens in and out of a request; several, each with its share: 3000:400:80%."
        ),
    ] = None
    conversations: Annotated[
        Decimal | None,
        _workload(
            values.amount_or_range, "AMOUNT", "Conversations a month; each request sends the whole history again."
        ),
    ] = None
    turns: Annotated[
        Decimal | None, _workload(values.count_or_range, "N", "Requests of one conversation, 1 to 100.")
    ] = None
    seats: Annotated[
        Decimal | None,
        _workload(values.count_or_range, "N", "Number of people, each with a seat: compares subscriptions too."),
    ] = None
    kind: Annotated[
        str | None,
        typer.Option(
            parser=values.filled,
            metavar="KIND",
            help="Kind of work (customer_service, research, …), with its usual requests, peak and share that can wait.",
            autocompletion=complete.kinds,
            rich_help_panel=WORKLOAD_PANEL,
        ),
    ] = None
    input_tokens: Annotated[
        Decimal | None,
        _workload(
            values.zero_or_more, "AMOUNT", "Input tokens a month, cached ones included (default: typical prompts)."
        ),
    ] = None
    cached_share: Annotated[
        Decimal | None,
        _workload(
            values.share_or_range, "SHARE", 'Share of the input that is read from the prompt cache: 25%, "20% to 60%".'
        ),
    ] = None
    cache_write_share: Annotated[
        Decimal | None,
        _workload(values.share_or_range, "SHARE", "Share of the input that is written to the prompt cache."),
    ] = None
    output_per_request: Annotated[
        Decimal | None,
        _workload(values.amount_or_range, "AMOUNT", "Output tokens of one request (default: those of a typical one)."),
    ] = None
    answer_tokens: Annotated[
        Decimal | None,
        _workload(
            values.amount_or_range,
            "AMOUNT",
            "Tokens of the answer that a reader sees; each model bills its own reasoning on top.",
        ),
    ] = None
    effort: Annotated[
        str | None,
        _workload(values.filled, "EFFORT", "The effort of reasoning that requests ask for: low, medium or high."),
    ] = None
    per_request: Annotated[
        list[Any] | None,
        _workload(
            values.per_request,
            "NAME=AMOUNT",
            "What each request uses beside text: web_searches=1, input_seconds=60, output_image_tokens=1120, …",
        ),
    ] = None
    reasoning: Annotated[
        bool,
        typer.Option(
            "--reasoning",
            help="Sizes are what a reader sees: reasoning is billed on top, by one assumption at every model.",
            rich_help_panel=WORKLOAD_PANEL,
        ),
    ] = False
    tokens_as: Annotated[
        str | None,
        typer.Option(
            parser=values.filled,
            metavar="MODEL",
            help="Whose tokens the counts are: other tokenizers make more or fewer of the same text.",
            autocompletion=complete.counted,
            rich_help_panel=WORKLOAD_PANEL,
        ),
    ] = None
    workload: Annotated[
        str | None,
        typer.Option(
            metavar="FILE[#NAME]",
            help="A workload of a costcalc.yaml; without #NAME, all of them and their sum.",
            autocompletion=complete.workloads,
            rich_help_panel=WORKLOAD_PANEL,
        ),
    ] = None
    log: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LOG",
            help="Logs or packs of real traffic: the month that they make at their pace (costcalc usage).",
            rich_help_panel=WORKLOAD_PANEL,
        ),
    ] = None
    peak_to_mean: Annotated[
        Decimal | None,
        _workload(values.peak_or_range, "FACTOR", "The busiest hour's traffic over the mean (default: an assumption)."),
    ] = None
    batch: Annotated[
        bool,
        typer.Option(
            "--batch", help="All requests can wait for a batch (about a day).", rich_help_panel=WORKLOAD_PANEL
        ),
    ] = False
    batchable_share: Annotated[
        Decimal | None, _workload(values.share_or_range, "SHARE", "Share of the requests that can wait for a batch.")
    ] = None
    service_tier: Annotated[
        str | None, _workload(values.filled, "TIER", "The tier that every request needs: flex, priority, …")
    ] = None
    region: Annotated[str | None, _workload(values.filled, "REGION", "The region that must process it: eu, us, …")] = (
        None
    )


class ServingFlags(NamedTuple):
    """Which options are compared, and on what terms those to build are."""

    options: Annotated[
        str | None,
        typer.Option(
            metavar="ID,ID,…",
            help="Only these options; a model's name (openai/gpt-5.4) is an option too.",
            autocompletion=complete.options,
            rich_help_panel=OPTIONS_PANEL,
        ),
    ] = None
    own: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HARDWARE",
            help='Hardware of your own beside them: "2x RTX 4090 @ 0.34/h, model=Qwen3-30B-A3B, weights=int4".',
            rich_help_panel=OPTIONS_PANEL,
        ),
    ] = None
    spares: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=MAX_SPARES,
            metavar="N",
            help="Replicas of self-hosting beside those that the load needs (default: none).",
            rich_help_panel=OPTIONS_PANEL,
        ),
    ] = None
    headroom: Annotated[
        Fraction | None,
        typer.Option(
            parser=values.factor,
            metavar="FACTOR",
            help="Capacity of self-hosting over the peak, 1 or more (default: an assumption).",
            rich_help_panel=OPTIONS_PANEL,
        ),
    ] = None
    costs: Annotated[
        str | None,
        typer.Option(
            metavar="WHICH",
            help="What self-hosting is priced with: hardware, or all (people and upkeep too).",
            rich_help_panel=OPTIONS_PANEL,
        ),
    ] = None


AsOf = Annotated[
    date | None,
    typer.Option(
        parser=values.day,
        metavar="DAY",
        envvar="COSTCALC_AS_OF",
        help="The day whose prices hold (default: today, UTC).",
        rich_help_panel=PRICES_PANEL,
    ),
]


CatalogPath = Annotated[
    list[str] | None,
    typer.Option(
        parser=values.filled,
        metavar="PATH",
        help="Lay a YAML file or directory over the catalog, above costcalc.yaml; several: later wins.",
        rich_help_panel=PRICES_PANEL,
    ),
]


class DayFlags(NamedTuple):
    """On which day prices hold, for a command that names its own catalogs."""

    as_of: AsOf = None


class PriceFlags(NamedTuple):
    """Which prices hold."""

    as_of: AsOf = None
    catalog: CatalogPath = None


class MoneyFlags(NamedTuple):
    """In which currency amounts are shown."""

    currency: Annotated[
        str | None,
        typer.Option(
            parser=values.filled,
            metavar="CODE",
            help="Amounts in EUR, CNY, … (default: USD).",
            autocompletion=complete.currencies,
            rich_help_panel=OUTPUT_PANEL,
        ),
    ] = None


class PrintFlags(NamedTuple):
    """How the answer is printed."""

    form: Annotated[
        Format,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help=f"One of {', '.join(FORMATS)}.",
            show_default=False,
            rich_help_panel=OUTPUT_PANEL,
        ),
    ] = "text"
    output: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="[FORMAT=]FILE",
            help="Also write it to a file, in the format of its ending or in FORMAT; several.",
            rich_help_panel=OUTPUT_PANEL,
        ),
    ] = None
    notes: Annotated[
        bool, typer.Option("--notes", help="Show the caveats, notes and sources too.", rich_help_panel=OUTPUT_PANEL)
    ] = False
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No colour, as with NO_COLOR=1.", rich_help_panel=OUTPUT_PANEL)
    ] = False


MaxAge = Annotated[
    int,
    typer.Option(
        "--max-age",
        parser=values.age,
        metavar="90d|12w",
        help="How long ago a figure may have been checked.",
        rich_help_panel=PRICES_PANEL,
    ),
]
Chart = Annotated[bool, typer.Option("--chart", help="Draw it as well.", rich_help_panel=OUTPUT_PANEL)]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict", help="Stale prices (unchecked for 180 days) end with exit status 3.", rich_help_panel=PRICES_PANEL
    ),
]
Explain = Annotated[
    bool,
    typer.Option(
        "--explain", help="Show every number with its formula, file, line and source.", rich_help_panel=OUTPUT_PANEL
    ),
]
AllRows = Annotated[bool, typer.Option("--all", help="Every row, not only the first 12.", rich_help_panel=OUTPUT_PANEL)]
