"""The forms of the catalog's files. One type each: validation, JSON Schema and docs derive from it."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from costcalc.catalog.forms.currencies import CurrencyCode
from costcalc.catalog.forms.entry import NOT_EMPTY, Entry, NumberOrTable, form_check
from costcalc.catalog.forms.rates import (
    ALL_TABLES,
    RATE_TABLES,
    Countings,
    RateEntry,
    any_of,
    check_currency,
    meter_table,
)
from costcalc.catalog.forms.scalars import (
    Day,
    Factor,
    Items,
    PositiveUsd,
    Share,
    Text,
    Url,
    Whole,
    Windows,
    check_oldest_first,
)
from costcalc.week import Hours, Weekday
from costcalc.workload import METERS, TOKEN_METERS, Meter, TokenMeter

Reads = Literal["image", "audio", "video"]

_FACTOR = {"type": "number", "exclusiveMinimum": 0}
Factors = Annotated[dict[TokenMeter, Factor], NOT_EMPTY, meter_table(TOKEN_METERS, **_FACTOR)]
SameAs = Annotated[dict[TokenMeter, TokenMeter], NOT_EMPTY, meter_table(TOKEN_METERS, enum=list(TOKEN_METERS))]
Allowances = Annotated[dict[Meter, Factor], NOT_EMPTY, meter_table(METERS, **_FACTOR)]


Multiplier = Annotated[Factor | Factors, NumberOrTable()]


def _either(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"anyOf": [{"required": list(pair)} for pair in pairs]}


class Source(Entry, schema=any_of("url", "title")):
    """Where a figure was read, and on which day.

    Args:
        url: The page, best the vendor's own.
        title: What it is called; needed where there is no address.
        checked: The day on which somebody compared the figure with the source.
        seen: The day of the evidence, where it is older: of the list or the copy of a page that was compared.
    """

    url: Url | None = None
    title: Text | None = None
    checked: Day
    seen: Day | None = None

    @form_check
    def _has_origin(self) -> Self:
        if self.url is None and self.title is None:
            raise ValueError("a source needs a url or, where there is none, a title")
        if self.seen is not None and self.seen > self.checked:
            raise ValueError(f"seen on {self.seen}, which is after it was checked, on {self.checked}")
        return self

    @property
    def evidence_day(self) -> date:
        """The day from which the figure's age counts."""
        return self.seen if self.seen is not None else self.checked

    @property
    def looked_at(self) -> str:
        """Say when the figure was checked, and of which day the evidence was where it was older."""
        return f"checked {self.checked}" + (f" (seen {self.seen})" if self.seen is not None else "")

    @property
    def site(self) -> str:
        """The site of the address where there is one, else the title.

        Example:
            >>> Source(url="https://Example.com:8080?plan=pro", checked=date(2026, 11, 1)).site
            'example.com'
        """
        if self.url is None:
            return str(self)
        host = self.url.replace("?", "/").replace("#", "/").split("/")[2]
        return host.rpartition("@")[2].partition(":")[0].lower() or self.url

    def __str__(self) -> str:
        """The address where there is one, else the title."""
        return self.url or self.title or ""


_CONDITIONS = (
    "prompt_tokens_above",
    "prompt_tokens_from",
    "processing",
    "service_tier",
    "region",
    "region_other_than",
    "weekdays",
    "utc",
)


class When(
    RateEntry,
    schema={
        "allOf": [any_of(*_CONDITIONS), any_of(*ALL_TABLES, "multiply")],
        "not": _either(("prompt_tokens_above", "prompt_tokens_from"), ("region", "region_other_than")),
    },
):
    """Rates that replace or multiply others while every condition of the entry holds.

    Args:
        prompt_tokens_above: Holds for a prompt of more tokens than this, cached ones included [tokens].
        prompt_tokens_from: Holds for a prompt of this many tokens or more, cached ones included [tokens].
        processing: Holds for requests that wait for a batch.
        service_tier: Holds for requests of this tier, such as flex or priority.
        region: Holds for requests that must be processed in this region.
        region_other_than: Holds for requests that must be processed in any one region but this, such as "global".
        weekdays: Holds on these days of the week, UTC.
        utc: Holds in these hours, such as "01:00-04:00"; start included, end excluded.
        multiply: A factor on every token rate that won, or a factor by meter.
    """

    prompt_tokens_above: Whole | None = None
    prompt_tokens_from: Whole | None = None
    processing: Literal["batch"] | None = None
    service_tier: Text | None = None
    region: Text | None = None
    region_other_than: Text | None = None
    weekdays: Annotated[tuple[Weekday, ...], NOT_EMPTY, Items] | None = None
    utc: Windows | None = None
    multiply: Multiplier | None = None

    @form_check
    def _has_condition_and_effect(self) -> Self:
        if self.prompt_tokens_above is not None and self.prompt_tokens_from is not None:
            raise ValueError("give prompt_tokens_above (more than) or prompt_tokens_from (that many or more), not both")
        if self.region is not None and self.region_other_than is not None:
            raise ValueError("give region or region_other_than, not both")
        if not self.conditions:
            raise ValueError(f"an entry of 'when' needs a condition: {', '.join(_CONDITIONS)}")
        if not self.has_rates and self.multiply is None:
            raise ValueError(f"an entry of 'when' needs {', '.join(RATE_TABLES)} or multiply")
        return self

    @property
    def conditions(self) -> tuple[tuple[str, object], ...]:
        """The conditions that the entry states, as (key, value)."""
        return tuple((key, value) for key in _CONDITIONS if (value := getattr(self, key)) is not None)

    @property
    def longer_than(self) -> Decimal:
        """The prompt length that must be exceeded [tokens]; reaching a whole number is exceeding the one before."""
        least = self.prompt_tokens_from
        return Decimal(self.prompt_tokens_above or 0) if least is None else Decimal(least) - Decimal("0.5")

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that the entry names; every other region is one of those that ``region_other_than`` covers."""
        return tuple(region for region in (self.region, self.region_other_than) if region is not None)

    @property
    def hours(self) -> Hours | None:
        """The hours of the week to which the entry is bound, or None for all."""
        return Hours(self.weekdays, self.utc) if self.weekdays or self.utc else None


class DatedRates(RateEntry, schema=any_of(*ALL_TABLES)):
    """Rates from one day on. Never edited afterwards: a new price is a new entry.

    Args:
        effective: The first day on which they hold.
        currency: In which currency they are, where it is not USD.
        free_per_month: What of a meter costs nothing in a month, before the first that does [unit of the meter].
        free_per_day: The same, where the vendor counts days [unit of the meter].
        counted: How the units of one request are counted, by meter, where not each is billed as it is.
        source: Where they were read, and when.
        note: What else is to be known, such as sources that contradict each other.
    """

    effective: Day
    currency: CurrencyCode | None = None
    free_per_month: Allowances | None = None
    free_per_day: Allowances | None = None
    counted: Countings | None = None
    source: Source
    note: Text | None = None

    @form_check
    def _has_rates(self) -> Self:
        if not self.has_rates:
            raise ValueError(f"a price needs a table of rates: {', '.join(RATE_TABLES)}")
        check_currency(self, self.currency)
        both = {*(self.free_per_month or {})} & {*(self.free_per_day or {})}
        if both:
            raise ValueError(f"{', '.join(sorted(both))} is free by the month and by the day; give one of them")
        return self


class Price(DatedRates):
    """List prices from one day on. Never edited afterwards: a new price is a new entry.

    Args:
        billed_as: Meters that the vendor bills at another meter's rate, such as cache_write as input.
        when: Rates under conditions; later entries win, meter by meter, and what they do not name stays.
    """

    billed_as: SameAs | None = None
    when: Annotated[tuple[When, ...], Items] = ()

    @form_check
    def _is_consistent(self) -> Self:
        rates = self.usd_per_mtok or self.per_mtok or {}
        for when in self.when:
            check_currency(when, self.currency)
        for meter, other in (self.billed_as or {}).items():
            if meter in rates or other not in rates:
                raise ValueError(f"billed_as says that {meter} costs what {other} costs; only {other} may have a rate")
        priced = {*rates, *(meter for when in self.when for meter in when.usd_per_mtok or when.per_mtok or {})}
        for when in self.when:
            for meter in when.multiply if isinstance(when.multiply, dict) else ():
                if meter not in priced:
                    raise ValueError(f"multiply names {meter}, which has no rate of its own here; give it one")
        return self

    @property
    def regions(self) -> frozenset[str]:
        """The regions of which the price speaks."""
        return frozenset(region for when in self.when for region in when.regions)

    def sold_in(self, region: str) -> bool:
        """Say whether there is a price for work that must be done in a region; a price of "every other" is for any."""
        return region in self.regions or any(when.region_other_than is not None for when in self.when)


class Cacheable(Entry):
    """From which length on prompts are cached; a shorter one is billed as fresh, whatever the request asks for.

    Args:
        from_tokens: The shortest prompt that is cached [tokens].
        source: Where it was read.
        note: What else is to be known, such as sources that contradict each other.
    """

    from_tokens: Whole
    source: Source
    note: Text | None = None


class Surcharge(Entry):
    """What a seller adds to payments: a share of whatever is used, on top of the prices of its models.

    Args:
        share: The share that is added, 0 to 1; 0 adds nothing.
        on: What it is charged on, in words, such as credits bought by card.
        source: Where it was read.
        note: What else is to be known, such as a least amount.
    """

    share: Share
    on: Text
    source: Source
    note: Text | None = None


class Superseded(Entry):
    """That the vendor names a successor of a model, which may go on to be sold beside it.

    Args:
        by: The successor: a model that the same provider sells, by its id or an alias.
        since: The first day on which somebody saw it named; the vendor may have named it earlier.
        source: Where it was read.
        note: What else is to be known, such as a second successor.
    """

    by: Text
    since: Day
    source: Source
    note: Text | None = None


_LAST_DAYS = ("retired", "last_listed")


class Model(Entry, schema={"dependencies": {day: [f"{day}_source"] for day in _LAST_DAYS}}):
    """One model as one provider sells it.

    Args:
        aliases: Other ids under which the provider sells the same model.
        context_window: The longest prompt and output together [tokens].
        open_weights: Which open model it is, by one name at every provider.
        cacheable: From which length on its prompts are cached; else as its provider says.
        reads: What prompts may hold beside text; left out where nobody looked.
        tools: Whether it calls tools; left out where nobody looked.
        superseded: Which model the vendor names as its successor, and since when.
        retired: The first day on which it is no longer sold; it is still priced when named.
        retired_source: Where its last day was read.
        last_listed: The last day on which a list of the provider's prices had it, where no current one has it and
            nobody announced its end; it is still priced when named.
        last_listed_source: Which lists were read.
        prices: Dated prices, oldest first.
        note: What else is to be known.
    """

    aliases: Annotated[tuple[Text, ...], Items] = ()
    context_window: Whole | None = None
    open_weights: Text | None = None
    cacheable: Cacheable | None = None
    reads: Annotated[tuple[Reads, ...], Items] | None = None
    tools: bool | None = None
    superseded: Superseded | None = None
    retired: Day | None = None
    retired_source: Source | None = None
    last_listed: Day | None = None
    last_listed_source: Source | None = None
    prices: Annotated[tuple[Price, ...], NOT_EMPTY, Items]
    note: Text | None = None

    @form_check
    def _is_dated(self) -> Self:
        check_oldest_first(price.effective for price in self.prices)
        for day in _LAST_DAYS:
            if getattr(self, day) is not None and getattr(self, f"{day}_source") is None:
                raise ValueError(f"{day} needs {day}_source: where that day was read")
        return self


class Tools(Entry):
    """Fees of tools that a provider runs, for its models that bill calls of tools; a model's own rate wins.

    Args:
        prices: Dated fees, oldest first.
    """

    prices: Annotated[tuple[DatedRates, ...], NOT_EMPTY, Items]

    @form_check
    def _is_in_order(self) -> Self:
        check_oldest_first(price.effective for price in self.prices)
        return self


class ApiFile(Entry):
    """A provider's list prices: ``pricing/api/<provider>.yaml``.

    Args:
        provider: The provider's id; the name of the file.
        name: How the provider calls itself.
        via: Against what its figures were checked, where the vendor's pages themselves were not opened.
        note: What else is to be known of this file.
        cacheable: From which length on prompts are cached, where a model does not say it.
        tools: Fees of tools that the provider runs.
        surcharge: What is added to whatever is paid for.
        lines_rounded_to_usd: To which multiple each line of a bill is rounded, half up, where the provider does [USD].
        models: The models by the provider's own ids.
    """

    provider: Text
    name: Text | None = None
    via: Text | None = None
    note: Text | None = None
    cacheable: Cacheable | None = None
    tools: Tools | None = None
    surcharge: Surcharge | None = None
    lines_rounded_to_usd: PositiveUsd | None = None
    models: Annotated[dict[str, Model], NOT_EMPTY]
