"""The flags of ``usage size`` for a load that is no log: a curve of requests by window."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from costcalc.cli.logs import LogFlags, read_logs
from costcalc.cli.values import positive
from costcalc.errors import FlagError
from costcalc.units import SECONDS_PER_MINUTE, parse_amount

if TYPE_CHECKING:
    from costcalc.usage.groups import Usage
    from costcalc.usage.load_file import RequestSize

_LONGEST_WINDOW = 24 * 60  # a day [min]; what is longer hides every peak


class CurveFlags(NamedTuple):
    """A load curve, and how large its load is."""

    load: Annotated[
        Path | None,
        typer.Option("--load", metavar="FILE", help="A load curve in place of logs: CSV, requests by window."),
    ] = None
    window: Annotated[
        Fraction | None,
        typer.Option("--window", parser=positive, metavar="MIN", help="Minutes of a window of --load (of hours: 60)."),
    ] = None
    shape: Annotated[
        str | None,
        typer.Option("--shape", metavar="IN:OUT", help="Tokens of each request of --load, in place of its own."),
    ] = None
    mean: Annotated[
        Fraction | None,
        typer.Option("--mean", parser=positive, metavar="N", help="Bring the load to a mean of so many replicas."),
    ] = None


def usage_of_load(logs: Sequence[str] | None, read: LogFlags, curve: CurveFlags) -> "Usage":
    """Read what is to be sized for: logs, or a load curve.

    Raises:
        FlagError: Neither is given, or both are.
        InputError: A file cannot be read, or no request is in any of them.
    """
    if curve.load is None:
        if curve.window is not None or curve.shape is not None:
            raise FlagError("--window and --shape are of a load curve: give --load FILE")
        if not logs:
            raise FlagError("give logs, or a load curve: --load FILE")
        from costcalc.usage.source import LENGTHS

        return read_logs(logs, LENGTHS, read)
    if logs:
        raise FlagError("give logs or --load, not both")
    from costcalc.usage.load_file import load_usage

    return load_usage(curve.load, window_s=_window_s(curve.window), size=_size(curve.shape))


def _window_s(minutes: Fraction | None) -> int | None:
    if minutes is None:
        return None
    seconds = minutes * SECONDS_PER_MINUTE
    if seconds.denominator != 1 or minutes > _LONGEST_WINDOW:
        raise FlagError(f"--window is in minutes: expected at most {_LONGEST_WINDOW}, found {float(minutes):g}")
    return int(seconds)


def _size(shape: str | None) -> "RequestSize | None":
    """Read the size of a request."""
    from costcalc.usage.load_file import RequestSize

    if shape is None:
        return None
    try:
        prompt, output = (int(parse_amount(part)) for part in shape.split(":"))
    except ValueError:
        raise FlagError(f"--shape is tokens in and out of a request, such as 1000:300, found '{shape}'") from None
    if not output:
        raise FlagError(f"--shape: a request generates at least 1 token, found '{shape}'")
    return RequestSize(prompt, output)
