"""The price list that an installed package carries: found beside the running Python, read as a file, never imported."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

from costcalc.errors import CostcalcError


class Carried(NamedTuple):
    """A package that carries a price list: its name in the registry, and the file in it."""

    package: str
    file: str


# the packages are no dependencies of ours: whoever wants their prices installs them
CARRIED = {
    "litellm": Carried("litellm", "litellm/model_prices_and_context_window_backup.json"),
    "genai-prices": Carried("genai-prices", "genai_prices/data.py"),
}


class Found(NamedTuple):
    """A price list on disk.

    Args:
        path: The file.
        shown: What messages call it.
        title: What sources call it: the package and its version, or the file.
    """

    path: Path
    shown: str
    title: str


def installed(peer: str) -> Found:
    """Find the list that a peer's package carries.

    Raises:
        CostcalcError: There is no such package, or it is not installed.
    """
    carried = CARRIED.get(peer)
    if carried is None:
        raise CostcalcError(f"no package carries the list of {peer}: name its file, --from {peer} FILE")
    try:
        found = distribution(carried.package)
    except PackageNotFoundError:
        advice = f"pip install -U {carried.package} beside it, or name its file: --from {peer} FILE"
        raise CostcalcError(f"{carried.package} is not installed where costcalc is; {advice}") from None
    return Found(Path(str(found.locate_file(carried.file))), carried.file, f"{peer} {found.version}")
