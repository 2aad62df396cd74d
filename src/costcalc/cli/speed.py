"""What is known of how an engine decodes, as flags: its age, the network between nodes, speculative decoding."""

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from costcalc.catalog.forms.engines import engine_named
from costcalc.cli.flags import OPTIONS_PANEL
from costcalc.cli.values import above_zero
from costcalc.errors import FlagError
from costcalc.units import decimal, whole

if TYPE_CHECKING:
    from costcalc.cost.hardware import Serving


def engine_of(text: str) -> str:
    """Read the name of an engine."""
    try:
        return engine_named(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="'--engine'") from None


def engine_that_serves(named: str | None, weights: str | None, kv: str | None) -> str:
    """Give the engine that is named, or the one that has the types that are.

    Raises:
        FlagError: It has no such type.
    """
    from costcalc.catalog.forms.served import engine_for

    try:
        return engine_for(named, weights, kv)
    except ValueError as error:
        raise FlagError(str(error)) from None


class SpeedFlags(NamedTuple):
    """What moves the throughput of an engine beside the hardware."""

    engine_year: Annotated[
        int | None,
        typer.Option(
            "--engine-year",
            metavar="YEAR",
            min=2023,
            max=2100,
            help="The year of the engine's version: vLLM until 2024 spent more time on the host.",
            rich_help_panel=OPTIONS_PANEL,
        ),
    ] = None
    network: Annotated[
        Fraction | None,
        typer.Option(
            "--network",
            parser=above_zero,
            metavar="GB/S",
            help="Network between nodes for each GPU, GB/s (default: 50, InfiniBand of 400 Gbit/s).",
            rich_help_panel=OPTIONS_PANEL,
        ),
    ] = None
    accepted_tokens: Annotated[
        Fraction | None,
        typer.Option(
            "--accepted-tokens",
            parser=above_zero,
            metavar="N",
            help="Speculative decoding: tokens that a step yields on average, the model's own included, such as 1.81.",
            rich_help_panel=OPTIONS_PANEL,
        ),
    ] = None
    speculative_speedup: Annotated[
        Fraction | None,
        typer.Option(
            "--speculative-speedup",
            parser=above_zero,
            metavar="FACTOR",
            help="Speculative decoding: how many times as fast you measured it, in place of --accepted-tokens.",
            rich_help_panel=OPTIONS_PANEL,
        ),
    ] = None

    disaggregated: Annotated[
        bool,
        typer.Option(
            "--disaggregated",
            help="Prompts are prefilled on GPUs of their own, of the replica's; a wider interval.",
            rich_help_panel=OPTIONS_PANEL,
        ),
    ] = False

    def serving(self, engine: str) -> "Serving":
        """Give the engine with what is known of it; precisions are of no meaning here.

        Raises:
            FlagError: A number of speculative decoding cannot be.
        """
        from costcalc.catalog.forms.served import check_speculation
        from costcalc.cost.hardware import Serving

        accepted, speedup = (
            decimal(whole(number)) if number is not None else None
            for number in (self.accepted_tokens, self.speculative_speedup)
        )
        try:
            check_speculation(accepted, speedup)
        except ValueError as error:
            raise FlagError(str(error)) from None
        network = float(self.network) * 1e9 if self.network is not None else None
        served = Serving("bf16", "bf16", engine, self.engine_year, network, float(accepted or 1), float(speedup or 1))
        return served._replace(disaggregated=self.disaggregated)
