"""The uncertain traffic of a question: amounts from flags that may be ranges, or a workload of a file."""

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import WORKLOAD_PANEL, amount_or_range, factor_or_range, share_or_range
from costcalc.cli.traffic import ASSUMED_SIZE, Asked, Named, Sizes, asked_for, check_sizes
from costcalc.errors import FlagError

if TYPE_CHECKING:
    from datetime import date

    from costcalc.case.case import Case
    from costcalc.catalog.layers.load import Loaded
    from costcalc.render.report import Json, Said

Tokens = Annotated[
    Any,
    typer.Option(
        parser=amount_or_range,
        metavar="AMOUNT",
        help='Output tokens a month, or a 90 % range: 1e6, 250k, "100M to 2B".',
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
InputTokens = Annotated[
    Any,
    typer.Option(
        parser=amount_or_range,
        metavar="AMOUNT",
        help="Input tokens of such a month, cached ones included, or a range (default: input is not counted).",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
CachedShare = Annotated[
    Any,
    typer.Option(
        parser=share_or_range,
        metavar="SHARE",
        help='Share of the input that is read from the prompt cache, or a range: 25%, "20% to 60%".',
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
OutputPerRequest = Annotated[
    Any,
    typer.Option(
        parser=amount_or_range,
        metavar="AMOUNT",
        help="Output tokens of one request, or a range (default: the assumption output_tokens_per_request).",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
PeakToMean = Annotated[
    Any,
    typer.Option(
        parser=factor_or_range,
        metavar="FACTOR",
        help="The busiest hour's traffic over the mean, or a range; self-hosting is sized for it.",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]


class Flags(NamedTuple):
    """What the flags say of the traffic; each number may be a range."""

    tokens: Decimal | None
    input_tokens: Decimal | None
    cached_share: Decimal | None
    output_per_request: Decimal | None
    workload: str | None
    peak_to_mean: Decimal | None
    batch: bool
    service_tier: str | None
    region: str | None

    @property
    def sizes(self) -> Sizes:
        """The amounts at their central values."""
        central = (None if one is None else Fraction(one) for one in self[:4])
        return Sizes(*central)

    @property
    def terms(self) -> dict[str, Any]:
        """What every request needs, where something was said."""
        said = {"batchable_share": 1 if self.batch else None, "service_tier": self.service_tier, "region": self.region}
        return {key: value for key, value in said.items() if value is not None}


class Question(NamedTuple):
    """A case, and what must be said of it."""

    case: "Case"
    said: "Said"


def question(flags: Flags, *, catalog: str | None, as_of: "date | None", whole_bill: bool) -> Question:
    """Load the catalog, and make a case of the traffic.

    Raises:
        FlagError: The traffic is said twice, or not at all.
    """
    from dataclasses import replace

    from costcalc.cost.policy import Policy, with_policy

    if flags.batch and flags.service_tier is not None:
        raise FlagError("a batch has no service tier: give --batch or --service-tier, not both")
    named = check_sizes(flags.sizes, flags.workload)
    loaded = load(catalog, project=(named.file or None) if named else None)
    asked = asked_for(loaded, flags.sizes, named)
    day = day_in_force(loaded, as_of)
    case = _of_file(loaded, named, day) if named is not None else _of_flags(flags, loaded, asked, day)
    if flags.terms:
        case = case.demanding(**flags.terms)
    if flags.peak_to_mean is not None:
        case = case.with_peak(flags.peak_to_mean)
    if whole_bill:
        case = replace(case, catalog=with_policy(case.catalog, Policy(costs="all")))
    return Question(case, asked.said)


def _of_file(loaded: "Loaded", named: Named, day: "date") -> "Case":
    from costcalc.case.case import case_of
    from costcalc.scenario import parse_scenario

    assert loaded.project is not None  # a file without workloads was refused before
    name, entry = parse_scenario(loaded.project).entry(named.name or None)
    return case_of(entry, name, loaded.catalog, as_of=day)


def _of_flags(flags: Flags, loaded: "Loaded", asked: Asked, day: "date") -> "Case":
    from costcalc.case.case import Month, month_case

    assert flags.tokens is not None  # checked with the sizes
    assumed = ASSUMED_SIZE if flags.output_per_request is None else None
    size = flags.output_per_request
    month = Month(
        output_tokens=flags.tokens,
        input_tokens=Decimal(0) if flags.input_tokens is None else flags.input_tokens,
        cached_share=Decimal(0) if flags.cached_share is None else flags.cached_share,
        output_per_request=loaded.catalog.assumption(ASSUMED_SIZE).value if size is None else size,
    )
    return month_case(asked.workload, month, loaded.catalog, as_of=day, assumed=assumed)


def asked_inputs(flags: Flags, case: "Case") -> "dict[str, Json]":
    """What was asked, for the document: a range is a list of its low, central and high value."""
    from costcalc.catalog.forms.scalars import Interval
    from costcalc.units import decimal

    def shown(one: Decimal | None) -> "Json":
        return [one.low, Decimal(one), one.high] if isinstance(one, Interval) else one

    amounts: dict[str, Json] = {name: shown(getattr(flags, name)) for name in Flags._fields[:4]}
    workload = case.workload
    return {
        **amounts,
        "peak_to_mean": shown(flags.peak_to_mean) or decimal(workload.peak),
        "workload": workload.name,
        "requests": decimal(workload.requests),
        "batchable_share": decimal(workload.batchable_share),
        "service_tier": workload.service_tier,
        "region": workload.region,
    }
