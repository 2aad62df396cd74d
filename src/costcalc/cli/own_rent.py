"""What a rent of ``--own`` comes to: a price of one GPU times the GPUs, and how far it is from the list's."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.cost.machines import price_of
from costcalc.errors import UndecidableError
from costcalc.money import Money
from costcalc.render.numbers import significant
from costcalc.units import SECONDS_PER_HOUR, decimal, whole

FAR = 3  # times the list's rent, or a third of it: more often a price of another unit than a bargain


def rent_lines(own: Sequence[str], catalog: Catalog, day: date, money: Money) -> Iterator[str]:
    """Say what the machines cost an hour whose rent the user gave, and where that is far from the list's.

    Args:
        own: The ids of the options of ``--own``.
        catalog: The catalog that has them.
        day: The day whose prices are in force.
        money: In which currency amounts are shown.
    """
    for name in own:
        option = catalog.options[name]
        if not isinstance(option, SelfHostOption) or (rent := _rent(option)) is None:
            continue
        far = _far(name, option, rent, catalog, day, money)
        if option.gpus > 1:
            amount, all_of_it = (money.text(usd) for usd in (rent, rent * option.gpus))
            yield f"{name}: {option.gpus} × {amount} a GPU-hour = {all_of_it} an hour{far}"
        elif far:
            yield f"{name}: {money.text(rent)} a GPU-hour{far}"


def _rent(option: SelfHostOption) -> Decimal | None:
    """Give the rent of one GPU that the text states; of a range its central value [USD/GPU-hour]."""
    if option.usd_per_gpu_second is not None:
        return _central(option.usd_per_gpu_second) * SECONDS_PER_HOUR
    return _central(option.usd_per_gpu_hour) if option.usd_per_gpu_hour is not None else None


def _central(usd: Decimal) -> Decimal:
    return decimal(whole(Fraction(usd)))


def _far(name: str, option: SelfHostOption, rent: Decimal, catalog: Catalog, day: date, money: Money) -> str:
    """Say how many times the list's rent it is, where that is more than `FAR`, or less than its inverse."""
    if option.gpu is None:
        return ""
    listed = option.model_copy(update={"usd_per_gpu_hour": None, "usd_per_gpu_second": None})
    try:
        usd = price_of(name, listed, catalog, as_of=day).usd
    except UndecidableError:
        return ""
    times = rent / usd
    if 1 <= times * FAR <= FAR * FAR:
        return ""
    return f", {significant(times, 2)} times the list's {money.text(usd)}: is it of one GPU?"
