"""The flags of ``usage size`` for a load that is no log: a curve of requests by window."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from costcalc.cli.logs import LogFlags, read_logs
from costcalc.cli.values import positive
from costcalc.errors import FlagError
from costcalc.units import parse_amount

if TYPE_CHECKING:
    from costcalc.usage.groups import Usage
    from costcalc.usage.load_file import RequestSize


class CurveFlags(NamedTuple):
    """A load curve, and how large its load is."""

    load: Annotated[
        Path | None,
        typer.Option("--load", metavar="FILE", help="A load curve, CSV, in place of logs."),
    ] = None
    shape: Annotated[
        str | None,
        typer.Option("--shape", metavar="IN:OUT", help="Tokens of a request of --load."),
    ] = None
    mean: Annotated[
        Fraction | None,
        typer.Option("--mean", parser=positive, metavar="N", help="Bring the mean load to so many replicas."),
    ] = None


def usage_of_load(logs: Sequence[str] | None, read: LogFlags, curve: CurveFlags) -> "Usage":
    """Read what is to be sized for: logs, or a load curve.

    Raises:
        FlagError: Neither is given, or both are.
        InputError: A file cannot be read, or no request is in any of them.
    """
    if curve.load is None:
        if curve.shape is not None:
            raise FlagError("--shape is of the requests of a load curve: give --load FILE")
        if not logs:
            raise FlagError("give logs, or a load curve: --load FILE")
        from costcalc.usage.source import LENGTHS

        return read_logs(logs, LENGTHS, read)
    if logs:
        raise FlagError("give logs or --load, not both")
    from costcalc.usage.load_file import load_usage

    return load_usage(curve.load, size=_size(curve.shape))


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
