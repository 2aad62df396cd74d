"""A rule about prices of machines, seats and contracts: ten times off their neighbours."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.contracts import Contract
from costcalc.catalog.forms.hardware import GpuFile
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.catalog.lint.neighbours import FAMILY, Neighbour, off, typical
from costcalc.catalog.lint.question import Found, Question
from costcalc.errors import UndecidableError
from costcalc.findings import Path

_Fee = tuple[str, Decimal]  # the day on which it begins, and what it is
_PriceOf = Callable[[GpuFile, Question], Decimal | None]


def outlying_machines(asked: Question) -> Iterator[Found]:
    """Compare rents and purchases with the price before, and with those of other GPUs for a GB of memory."""
    rents, sales = _per_gb(asked, _rent), _per_gb(asked, _sale)
    for name, gpu in asked.catalog.gpus.items():
        for offer, rental in gpu.rentals.items():
            fees = [(str(one.effective), one.usd_per_gpu_hour) for one in rental.prices]
            neighbour = _like(gpu, name, rents)
            yield from _dated(("gpus", name, "rentals", offer), "usd_per_gpu_hour", fees, neighbour)
        fees = [(str(one.effective), one.usd) for one in (gpu.purchase.prices if gpu.purchase is not None else ())]
        yield from _dated(("gpus", name, "purchase"), "usd", fees, _like(gpu, name, sales))


def _rent(gpu: GpuFile, asked: Question) -> Decimal | None:
    """Give the rent of the day by the reference offer [USD/GPU-hour]."""
    dated = gpu.rentals[gpu.reference].price_on(asked.today) if gpu.reference is not None else None
    return dated[1].usd_per_gpu_hour if dated is not None else None


def _sale(gpu: GpuFile, asked: Question) -> Decimal | None:
    dated = gpu.purchase.price_on(asked.today) if gpu.purchase is not None else None
    return dated[1].usd if dated is not None else None


def _per_gb(asked: Question, price: _PriceOf) -> dict[str, Decimal]:
    """Give what each GPU costs for a GB of memory, 0 where that is not known."""
    return {name: (price(gpu, asked) or Decimal(0)) / gpu.memory_gb for name, gpu in asked.catalog.gpus.items()}


def outlying_options(asked: Question) -> Iterator[Found]:
    """Compare the rent or the purchase that an option states with what its GPU costs, and with other GPUs."""
    prices: tuple[tuple[str, _PriceOf], ...] = (("usd_per_gpu_hour", _rent), ("usd_per_gpu", _sale))
    hosted = ((name, option) for name, option in asked.catalog.options.items() if isinstance(option, SelfHostOption))
    for name, option in hosted:
        for key, price in prices:
            usd: Decimal | None = getattr(option, key)
            message = off(usd, [_machine(option, price, asked)]) if usd is not None else ""
            if message:
                yield Found(("options", name, key), message, help="a slip of the unit? it is for one GPU")


def _machine(option: SelfHostOption, price: _PriceOf, asked: Question) -> Neighbour | None:
    """Give what the GPU of an option costs by the catalog, else what others of its memory do, else what all do."""
    if option.gpu is None:
        every = (usd for gpu in asked.catalog.gpus.values() if (usd := price(gpu, asked)) is not None)
        return typical(every, "of the GPUs of the catalog (median)", FAMILY)
    gpu = asked.catalog.gpu(option.gpu)
    listed = price(gpu, asked)
    if listed is not None:
        return Neighbour(listed, f"of {gpu.name} in the catalog")
    return _like(gpu, gpu.gpu, _per_gb(asked, price))


def _like(gpu: GpuFile, name: str, per_gb: dict[str, Decimal]) -> Neighbour | None:
    """Say what the GPU would cost at what others take for a GB of memory."""
    other = typical((usd for one, usd in per_gb.items() if one != name), "that other GPUs of its memory take (median)")
    return other._replace(usd=other.usd * gpu.memory_gb) if other is not None else None


def _dated(path: Path, key: str, fees: Sequence[_Fee], like: Neighbour | None) -> Iterator[Found]:
    """Compare each dated price with the one before, and the newest with its like."""
    befores = [None, *(Neighbour(old[1], f"of {old[0]} before it") for old, _ in pairwise(fees))]
    for index, ((_, usd), before) in enumerate(zip(fees, befores, strict=False)):
        message = off(usd, [before, like if index == len(fees) - 1 else None])
        if message:
            yield Found((*path, "prices", index, key), message, help="a slip of the unit?")


def outlying_seats(asked: Question) -> Iterator[Found]:
    """Compare the fee of a seat with the one before."""
    for vendor, file in asked.catalog.plans.items():
        for name, plan in file.plans.items():
            fees = [(str(one.effective), one.usd_per_seat) for one in plan.prices]
            yield from _dated(("plans", vendor, "plans", name), "usd_per_seat", fees, None)


def outlying_contracts(asked: Question) -> Iterator[Found]:
    """Compare contracted prices with the list prices of the day."""
    for provider, contract in asked.catalog.contracts.items():
        for name in contract.models:
            yield from _agreed(asked, provider, name, contract)


def _agreed(asked: Question, provider: str, name: str, contract: Contract) -> Iterator[Found]:
    listed = _listed(asked.catalog, provider, name, asked)
    for meter, usd in contract.models[name].as_usual().items():
        message = off(usd, [Neighbour(listed[meter], "of the list")] if meter in listed else [])
        if message:
            path: Path = ("contracts", provider, "models", name, contract.models[name].table_of(meter).key, meter)
            yield Found(path, message, help="a slip of the unit? it is USD per million tokens")


def _listed(catalog: Catalog, provider: str, name: str, asked: Question) -> dict[str, Decimal]:
    sold = catalog.sold_model(f"{provider}/{catalog.own_model(provider, name)}")
    try:
        return sold.price_on(asked.today)[1].as_usual()
    except UndecidableError:
        return {}
