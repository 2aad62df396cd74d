"""What the catalog gives for a name: a sold model, a subscription, an option, each with where it stands."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from costcalc.catalog.forms.contracts import Contract
from costcalc.catalog.forms.options import Option
from costcalc.catalog.forms.schema import ApiFile, DatedRates, Model, Price, Surcharge
from costcalc.catalog.names import ThingKind
from costcalc.errors import UndecidableError
from costcalc.findings import Path

_TOOL_CALLS = frozenset({"web_search", "file_search"})

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from costcalc.catalog.forms.exchange_rates import Currency
    from costcalc.catalog.forms.plans import Plan


@dataclass(frozen=True, eq=False, slots=True)
class SoldModel:
    """A model as one provider sells it, with the user's contract where there is one.

    Args:
        provider: The provider's id.
        id: The model's id at the provider.
        model: The catalog's entry.
        contract: What the provider agreed with the user, or None.
        seller: The file of the provider, where it stands in one.
        currencies: Gives the currencies in which prices may be, by code.
        tariffs: Tariffs already worked out, by day and terms; filled by `costcalc.cost.tariff`.
        rates: Rates already worked out, by what decided them; filled by `costcalc.cost.rates`.
    """

    provider: str
    id: str
    model: Model
    contract: Contract | None = None
    seller: ApiFile | None = None
    currencies: "Callable[[], Mapping[str, Currency]]" = dict
    tariffs: dict[object, Any] = field(default_factory=dict, repr=False)
    rates: dict[object, Any] = field(default_factory=dict, repr=False)

    @property
    def ref(self) -> str:
        """How options name it: ``provider/model``."""
        return f"{self.provider}/{self.id}"

    @property
    def path(self) -> Path:
        """Where it stands in the catalog."""
        return ("api", self.provider, "models", self.id)

    @property
    def cacheable_from(self) -> int:
        """The shortest prompt that is cached [tokens]; 0 where nobody says it."""
        cacheable = self.model.cacheable or (self.seller.cacheable if self.seller is not None else None)
        return cacheable.from_tokens if cacheable is not None else 0

    @property
    def via(self) -> str | None:
        """Against what the provider's figures were checked, where its pages were not opened."""
        return self.seller.via if self.seller is not None else None

    @property
    def surcharge(self) -> Surcharge | None:
        """What the provider adds to whatever is paid for."""
        return self.seller.surcharge if self.seller is not None else None

    @property
    def lines_rounded_to_usd(self) -> Decimal | None:
        """To which multiple the provider rounds each line of a bill [USD]."""
        return self.seller.lines_rounded_to_usd if self.seller is not None else None

    @property
    def provider_stores(self) -> bool:
        """Whether the provider bills the storage of a cache, of any model that it sells."""
        models = self.seller.models.values() if self.seller is not None else (self.model,)
        return any(price.usd_per_mtok_hour for model in models for price in model.prices)

    @property
    def offer(self) -> str:
        """Name it with its newest plain price, so that a reader can choose among sellers."""
        newest = self.model.prices[-1]
        rates = newest.usd_per_mtok or newest.per_mtok or {}
        sign = "$" if newest.currency is None else f"{newest.currency} "
        words = ", ".join(
            f"{sign}{rates[meter]} {word}" for meter, word in (("input", "in"), ("output", "out")) if meter in rates
        )
        return f"{self.ref} ({words})" if words else self.ref

    def price_on(self, day: date) -> tuple[int, Price]:
        """Find the price entry in force on a day, with its index.

        Raises:
            UndecidableError: No entry is as old as that day.
        """
        for index in range(len(self.model.prices) - 1, -1, -1):
            price = self.model.prices[index]
            if price.effective <= day:
                return index, price
        first = self.model.prices[0].effective
        raise UndecidableError(f"no price is known for {day}; the earliest is of {first}", subject=self.ref)

    def tools_on(self, day: date) -> tuple[int, DatedRates] | None:
        """Find the fees of the provider's tools in force on a day, with their index; None where it runs none for it."""
        tools = self.seller.tools if self.seller is not None else None
        if tools is None or not any(_TOOL_CALLS & {*(price.usd_per_thousand or ())} for price in self.model.prices):
            return None
        return next((found for found in reversed([*enumerate(tools.prices)]) if found[1].effective <= day), None)

    def retired_on(self, day: date) -> bool:
        """Say whether the provider no longer serves it on that day."""
        return self.model.retired is not None and self.model.retired <= day

    def unlisted_on(self, day: date) -> bool:
        """Say whether no current list of prices has it on that day, though nobody announced its end."""
        return self.model.last_listed is not None and self.model.last_listed < day

    def superseded_by(self, day: date) -> str | None:
        """Name the model that its vendor called its successor by that day, as ``provider/model``; None where none.

        Example:
            >>> from costcalc.catalog.layers.load import load_catalog
            >>> old = load_catalog().sold_model("openai/gpt-5.1")
            >>> old.superseded_by(date(2026, 11, 27)), old.superseded_by(date(2026, 1, 1))
            ('openai/gpt-6-sol', None)
        """
        fact = self.model.superseded
        return f"{self.provider}/{fact.by}" if fact is not None and fact.since <= day else None


class SoldPlan(NamedTuple):
    """A subscription as one vendor sells it."""

    provider: str
    id: str
    plan: "Plan"

    @property
    def ref(self) -> str:
        """How options name it: ``provider/plan``."""
        return f"{self.provider}/{self.id}"

    @property
    def path(self) -> Path:
        """Where it stands in the catalog."""
        return ("plans", self.provider, "plans", self.id)


class NamedOption(NamedTuple):
    """An option with the id under which it was asked for."""

    id: str
    option: Option


class Thing(NamedTuple):
    """Something of the catalog that has a name.

    Args:
        kind: What it is.
        ref: Its id; of a model or plan ``provider/id``.
        path: Where it stands in the catalog.
        entry: What the catalog says of it: a form, `SoldModel` or `SoldPlan`.
    """

    kind: ThingKind
    ref: str
    path: Path
    entry: Any

    def is_called(self, name: str) -> bool:
        """Say whether a sold model has that name letter by letter; of other kinds, spelling has been looked at."""
        sold = self.entry
        names = (sold.id, *sold.model.aliases) if isinstance(sold, SoldModel) else (name,)
        return name in names or name.removeprefix(f"{self.ref.partition('/')[0]}/") in names

    @property
    def offer(self) -> str:
        """Name it, a sold model with its price, so that a reader can choose among several."""
        return self.entry.offer if isinstance(self.entry, SoldModel) else self.ref
