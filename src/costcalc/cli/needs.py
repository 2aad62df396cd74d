"""What a workload asks of whoever serves it, as flags: the recommender's gates."""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, NamedTuple, get_args

import typer

from costcalc.cli import complete
from costcalc.cli.flags import NEEDS_PANEL, OPTIONS_PANEL
from costcalc.cli.values import above_zero, filled, named_options, one_of, share
from costcalc.errors import FlagError
from costcalc.units import decimal, parse_amount, whole


def _number(text: str) -> Fraction:
    try:
        return Fraction(parse_amount(text))
    except ValueError:
        raise typer.BadParameter(f"expected a number of at least 0, found '{text}'") from None


def _milliseconds(text: str) -> Fraction:
    """Read a time such as 50, 50ms or 0.05s [ms]."""
    bare = text.strip().removesuffix("ms")
    seconds = bare.endswith("s")
    return above_zero(bare.removesuffix("s").strip()) * (1000 if seconds else 1)


def _quality(text: str) -> dict[str, Any]:
    """Read BENCHMARK:SCORE."""
    benchmark, _, score = text.rpartition(":")
    try:
        least = decimal(parse_amount(score))
    except ValueError:
        least = None
    if least is None or not benchmark.strip():
        message = f"expected BENCHMARK:SCORE such as 'GPQA Diamond:70', found '{text}'"
        raise typer.BadParameter(message, param_hint="'--quality'")
    return {"benchmark": benchmark.strip(), "least": least}


Data = Annotated[
    str | None,
    typer.Option(
        "--data",
        metavar="WHERE",
        help="private: stays on own machines; no_training: the vendor may not train on it; any.",
        rich_help_panel=NEEDS_PANEL,
    ),
]
Quality = Annotated[
    str | None,
    typer.Option(
        "--quality",
        metavar="BENCH:SCORE",
        help="The least published score, such as 'GPQA Diamond:70'.",
        rich_help_panel=NEEDS_PANEL,
    ),
]
Latency = Annotated[
    Fraction | None,
    typer.Option(
        "--latency",
        parser=_milliseconds,
        metavar="TIME",
        help="The slowest time per output token: 50ms or 0.05s.",
        rich_help_panel=NEEDS_PANEL,
    ),
]
ColdStart = Annotated[
    Fraction | None,
    typer.Option(
        "--cold-start",
        parser=_number,
        metavar="SECONDS",
        help="The longest wait for a first replica.",
        rich_help_panel=NEEDS_PANEL,
    ),
]
ReadsFlag = Annotated[
    str | None,
    typer.Option(
        "--reads",
        metavar="KIND,KIND",
        help="What prompts hold beside text: image, audio, video.",
        rich_help_panel=NEEDS_PANEL,
    ),
]
Tools = Annotated[bool, typer.Option("--tools", help="The model must call tools.", rich_help_panel=NEEDS_PANEL)]
Team = Annotated[
    Fraction | None,
    typer.Option(
        "--team-fte",
        parser=_number,
        metavar="FTE",
        help="People who can run machines (default: not asked).",
        rich_help_panel=NEEDS_PANEL,
    ),
]
Synthetic = Annotated[
    bool,
    typer.Option("--trains-on-synthetic", help="A model is trained on generated data.", rich_help_panel=NEEDS_PANEL),
]
PremiumShare = Annotated[
    Fraction | None,
    typer.Option(
        "--premium-share",
        parser=share,
        metavar="SHARE",
        help="Share of the requests for a frontier option, where a rule calls for one (default: the rule's).",
        rich_help_panel=NEEDS_PANEL,
    ),
]
AtLeast = Annotated[
    Fraction | None,
    typer.Option(
        "--at-least",
        parser=_number,
        metavar="SCORE",
        help="The least score on the benchmark of the kind of work; of your own tests, per cent of tasks.",
        rich_help_panel=NEEDS_PANEL,
    ),
]
AssumeSuffices = Annotated[
    str | None,
    typer.Option(
        "--assume-suffices",
        parser=filled,
        metavar="ID,…",
        help="Options that you take to be good enough, without evidence.",
        autocompletion=complete.option,
        rich_help_panel=NEEDS_PANEL,
    ),
]
Commitment = Annotated[
    Fraction | None,
    typer.Option(
        "--commitment",
        parser=_number,
        metavar="MONTHS",
        help="The longest commitment to machines that you accept: 12 and 36 take reservations, 48 purchases.",
        rich_help_panel=NEEDS_PANEL,
    ),
]
Against = Annotated[
    str | None,
    typer.Option(
        parser=filled,
        metavar="ID",
        help="The baseline of the saving (default: the workload's current option, else the cheapest frontier API).",
        autocompletion=complete.option,
        rich_help_panel=OPTIONS_PANEL,
    ),
]


class NeedFlags(NamedTuple):
    """The needs as flags give them."""

    data: Data = None
    quality: Quality = None
    latency: Latency = None
    cold_start: ColdStart = None
    reads: ReadsFlag = None
    tools: Tools = False
    team_fte: Team = None
    trains_on_synthetic: Synthetic = False
    premium_share: PremiumShare = None
    at_least: AtLeast = None
    assume_suffices: AssumeSuffices = None
    commitment: Commitment = None

    def stated(self) -> dict[str, Any]:
        """Give what was stated, as a project file would say it.

        Raises:
            FlagError: Two floors of quality were stated.
        """
        from costcalc.scenario import DataLocation

        if self.quality is not None and self.at_least is not None:
            raise FlagError("--at-least is on the benchmark of the kind of work, --quality names another; give one")

        said: dict[str, Any] = {
            "data": one_of(self.data, get_args(DataLocation), "--data") if self.data is not None else None,
            "quality": _quality(self.quality) if self.quality is not None else None,
            "tpot_ms": _exact(self.latency),
            "cold_start_s": _exact(self.cold_start),
            "reads": _reads(self.reads) if self.reads is not None else None,
            "tools": self.tools or None,
            "team_fte": _exact(self.team_fte),
            "trains_on_synthetic": self.trains_on_synthetic or None,
            "premium_share": _exact(self.premium_share),
            "at_least": _exact(self.at_least),
            "assume_suffices": named_options(self.assume_suffices, "--assume-suffices"),
            "commitment_months": _exact(self.commitment),
        }
        return {name: value for name, value in said.items() if value is not None}


def _exact(number: Fraction | None) -> Decimal | None:
    return decimal(whole(number)) if number is not None else None


def _reads(text: str) -> list[str]:
    from costcalc.catalog.forms.schema import Reads

    return [one_of(kind.strip(), get_args(Reads), "--reads") for kind in text.split(",") if kind.strip()]
