"""The flags of ``size`` that ask for a part of a GPU: ``--gpu-share`` and ``--mig``."""

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.cli.flags import OPTIONS_PANEL
from costcalc.cli.values import share
from costcalc.errors import FlagError, UndecidableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from costcalc.analysis.sizing import Degrees, Wish
    from costcalc.catalog.forms.hardware import GpuFile
    from costcalc.cost.slices import GpuPart

GpuShare = Annotated[
    Fraction | None,
    typer.Option(
        parser=share,
        metavar="SHARE",
        help="Only this share of one --gpu: of its memory, bandwidth and speed, such as 0.25.",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
Mig = Annotated[
    str | None,
    typer.Option(
        metavar="PROFILE", help="Only this slice of one --gpu, such as 1g.10gb.", rich_help_panel=OPTIONS_PANEL
    ),
]


def on_part(
    wish: "Wish", degrees: "Degrees", gpus: "Sequence[GpuFile]", *, gpu_share: Fraction | None, mig: str | None
) -> "tuple[Wish, Degrees]":
    """Put a replica on a part of a GPU, where one is asked for.

    Args:
        wish: What is asked beside.
        degrees: How a replica lies on its GPUs.
        gpus: The GPU that was named, or all of them.
        gpu_share: The share of it, 0 to 1.
        mig: The slice of it.

    Raises:
        FlagError: There is no such part, or it is asked to be more than one.
    """
    if gpu_share is None and mig is None:
        return wish, degrees
    if len(gpus) > 1:
        raise FlagError("--gpu-share and --mig are of one GPU; say which: --gpu")
    if (degrees.tp or 1) * degrees.dp * degrees.pp > 1:
        raise FlagError("a replica lies on one part of a GPU: leave --tp, --dp and --pp out")
    return wish._replace(part=_part(gpus[0], gpu_share, mig)), degrees._replace(tp=1)


def _part(gpu: "GpuFile", gpu_share: Fraction | None, mig: str | None) -> "GpuPart":
    from costcalc.cost.slices import share_of, slice_of

    if mig is not None and gpu_share is not None:
        raise FlagError("give --gpu-share or --mig, not both")
    if mig is not None:
        try:
            return slice_of(mig, gpu)
        except UndecidableError as error:
            raise FlagError(f"--mig: {error.reason}") from None
    if not gpu_share or gpu_share == 1:
        raise FlagError(
            f"--gpu-share is a part of a GPU: expected above 0 and below 1, found {float(gpu_share or 0):g}"
        )
    return share_of(gpu_share)
