"""Every source of the catalog, so that what nobody has looked at for long can be found."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.exchange_rates import ExchangeRate
from costcalc.catalog.forms.hardware import GpuFile, PurchasePrice, RentalPrice
from costcalc.catalog.forms.options import RateOption, SelfHostOption
from costcalc.catalog.forms.plans import Plan, SeatPrice
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.catalog.forms.schema import ApiFile, DatedRates, Model, Source
from costcalc.findings import Path


class Read(NamedTuple):
    """One source.

    Args:
        path: Where it stands in the catalog.
        source: What it says.
        is_history: Whether nobody needs to check it again: a shape that was published once.
        since: The first day on which a dated price holds.
        until: The first day on which the next price holds; from then on nobody needs to check this one again.
    """

    path: Path
    source: Source
    is_history: bool = False
    since: date | None = None
    until: date | None = None

    def is_current(self, day: date) -> bool:
        """Say whether it is still what somebody would be billed on a day."""
        return not self.is_history and (self.until is None or day < self.until)


class Judgement(NamedTuple):
    """A figure that nobody can be quoted for.

    Args:
        path: Where it stands in the catalog.
        checked: The day on which it was last thought over, where that is said.
    """

    path: Path
    checked: date | None


def sources(catalog: Catalog) -> Iterator[Read]:
    """Walk every source of the catalog."""
    for provider, prices in catalog.providers.items():
        yield from _provided(provider, prices)
    for name, gpu in catalog.gpus.items():
        yield from _gpu(("gpus", name), gpu)
    for vendor, file in catalog.plans.items():
        for name, plan in file.plans.items():
            yield from _plan(("plans", vendor, "plans", name), plan)
    for name, shape in catalog.models.items():
        yield Read(("models", name, "source"), shape.source, is_history=True)
        if shape.licence_source is not None:
            yield Read(("models", name, "licence_source"), shape.licence_source, is_history=True)
    yield from _tables(catalog)
    yield from _published(catalog)


def _provided(provider: str, prices: ApiFile) -> Iterator[Read]:
    if prices.cacheable is not None:
        yield Read(("api", provider, "cacheable", "source"), prices.cacheable.source)
    if prices.tools is not None:
        yield from _dated(("api", provider, "tools"), prices.tools.prices)
    if prices.surcharge is not None:
        yield Read(("api", provider, "surcharge", "source"), prices.surcharge.source)
    for name, model in prices.models.items():
        yield from _sold(("api", provider, "models", name), model)


def _tables(catalog: Catalog) -> Iterator[Read]:
    for name, option in catalog.options.items():
        if isinstance(option, RateOption | SelfHostOption | ProvisionedOption) and option.source is not None:
            yield Read(("options", name, "source"), option.source)
    for name, assumption in catalog.assumptions.items():
        if assumption.source is not None:
            yield Read(("assumptions", name, "source"), assumption.source)
    for provider, contract in catalog.contracts.items():
        yield Read(("contracts", provider, "source"), contract.source)


def _published(catalog: Catalog) -> Iterator[Read]:
    """Walk what was measured once and does not change, and rates of exchange."""
    for code, currency in catalog.exchange_rates().items():
        yield from _dated(("exchange_rates", code), currency.prices)
    for name, tokenizer in catalog.tokenizers().entries.items():
        yield Read(("tokenizers", name, "source"), tokenizer.source, is_history=True)  # a model keeps its tokenizer
    for name, reasoning in catalog.reasoning().entries.items():
        yield Read(("reasoning", name, "source"), reasoning.source, is_history=True)
    for name, measured in catalog.measurements.items():
        yield Read(("measurements", name, "source"), measured.source, is_history=True)
    for name, scores in catalog.quality().items():
        for index, score in enumerate(scores):
            yield Read(("quality", name, index, "source"), score.source, is_history=True)


def _sold(path: Path, model: Model) -> Iterator[Read]:
    yield from _dated(path, model.prices)
    if model.cacheable is not None:
        yield Read((*path, "cacheable", "source"), model.cacheable.source)
    if model.superseded is not None:
        yield Read((*path, "superseded", "source"), model.superseded.source, is_history=True)  # said once and for all
    if model.retired_source is not None:
        yield Read((*path, "retired_source"), model.retired_source, is_history=True)
    if model.last_listed_source is not None:
        yield Read((*path, "last_listed_source"), model.last_listed_source, is_history=True)


def _plan(path: Path, plan: Plan) -> Iterator[Read]:
    yield from _dated(path, plan.prices)
    if plan.allowance is not None and plan.allowance.source is not None:
        yield Read((*path, "allowance", "source"), plan.allowance.source)


def _gpu(path: Path, gpu: GpuFile) -> Iterator[Read]:
    yield Read((*path, "source"), gpu.source, is_history=True)
    for offer, rental in gpu.rentals.items():
        yield from _dated((*path, "rentals", offer), rental.prices)
    if gpu.purchase is not None:
        yield from _dated((*path, "purchase"), gpu.purchase.prices)
    if gpu.mig is not None:
        yield Read((*path, "mig", "source"), gpu.mig.source, is_history=True)  # how a GPU is cut does not change


def _dated(
    path: Path, prices: Sequence[DatedRates | RentalPrice | PurchasePrice | SeatPrice | ExchangeRate]
) -> Iterator[Read]:
    """Walk dated prices: each is history once the next one holds."""
    ends = [*(price.effective for price in prices[1:]), None]
    for index, (price, until) in enumerate(zip(prices, ends, strict=True)):
        yield Read((*path, "prices", index, "source"), price.source, since=price.effective, until=until)


def judgements(catalog: Catalog) -> Iterator[Judgement]:
    """Walk every figure that rests on a judgement instead of a source; a rule is no figure and gives its reason."""
    for name, assumption in catalog.assumptions.items():
        if assumption.source is None and assumption.basis != "user":
            yield Judgement(("assumptions", name), assumption.checked)
    for vendor, file in catalog.plans.items():
        for name, plan in file.plans.items():
            held = plan.allowance
            if held is not None and held.source is None and held.basis != "user":
                yield Judgement(("plans", vendor, "plans", name, "allowance"), held.checked)
    for kind, traffic in catalog.kinds().items():
        yield Judgement(("kinds", kind, "because"), traffic.because.checked)
        yield Judgement(("kinds", kind, "quality", "because"), traffic.quality.because.checked)
        if traffic.requests_per_seat is not None:
            yield Judgement(("kinds", kind, "requests_per_seat", "because"), traffic.requests_per_seat.because.checked)
