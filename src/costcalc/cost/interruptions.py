"""What interruptions of machines on spot cost: each start again is paid, and so is the work that was lost."""

from fractions import Fraction

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.cost.assumed import value
from costcalc.cost.availability import cold_start_of
from costcalc.units import HOURS_PER_MONTH, SECONDS_PER_HOUR, Count, exact

MONTH_S = HOURS_PER_MONTH * SECONDS_PER_HOUR


def cold_start_s(option: SelfHostOption, catalog: Catalog) -> Count:
    """How long a replica of an option takes to start [s]: as it says, else as is assumed of a model of its size."""
    stated = option.cold_start_s
    return exact(stated if stated is not None else value(catalog, cold_start_of(option, catalog)))


def restart_share(option: SelfHostOption, catalog: Catalog) -> Fraction:
    """Give the time that is paid again because of interruptions, over the time that serves.

    A machine that is taken away comes back as another, which is paid while it starts; what it was doing is done again.

    Leaves out that spot may have none left: then the option is down, or pays on demand for a while.

    Example:
        Once a month, 25 s to start and 15 s of work lost, of 2,628,000 s:

        >>> from costcalc.catalog.layers.load import load_catalog
        >>> option = SelfHostOption(kind="self_host", model="Llama-3.1-8B", gpu="H100 SXM", tenure="spot")
        >>> restart_share(option, load_catalog()) * 2_628_000
        Fraction(40, 1)
    """
    often = option.interruptions_per_month
    times = exact(often if often is not None else value(catalog, "spot_interruptions"))
    return Fraction(times * (cold_start_s(option, catalog) + exact(value(catalog, "spot_lost_work"))), MONTH_S)


def restart_ids(option: SelfHostOption, catalog: Catalog) -> tuple[str, ...]:
    """Name the assumptions on which that rests."""
    rows = (
        (option.interruptions_per_month is None, "spot_interruptions"),
        (option.cold_start_s is None, cold_start_of(option, catalog)),
        (True, "spot_lost_work"),
    )
    return tuple(name for holds, name in rows if holds)
