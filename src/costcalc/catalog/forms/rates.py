"""The tables in which an entry of a price list states its rates, each in a unit that vendors quote."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, Self

from costcalc.catalog.forms.entry import NOT_EMPTY, Entry, JsonSchema, form_check
from costcalc.catalog.forms.scalars import MAX_UNIT_USD, UnitUsd
from costcalc.units import MTOK, SECONDS_PER_HOUR, SECONDS_PER_MINUTE, THOUSAND
from costcalc.workload import (
    CALL_METERS,
    CHARACTER_METERS,
    STORAGE_METERS,
    TIME_METERS,
    TOKEN_METERS,
    CallMeter,
    CharacterMeter,
    Meter,
    StorageMeter,
    TimeMeter,
    TokenMeter,
)

_COUNTED: dict[Meter, str] = {
    "request": "requests",
    "web_search": "searches",
    "file_search": "file searches",
    "container_session": "container sessions",
    "page": "pages",
    "input_picture": "pictures read",
    "output_picture": "pictures made",
}
# meters in words, where their own names would not read well
METER_WORDS: dict[Meter, str] = {
    **_COUNTED,
    "web_search": "web searches",
    "input_duration": "minutes read",
    "output_duration": "minutes made",
    "container_duration": "containers",
    "input_character": "thousand characters read",
    "output_character": "thousand characters made",
    "input_audio": "audio in prompts",
    "input_image": "pictures in prompts",
    "input_video": "video in prompts",
    "output_audio": "spoken output",
    "output_image": "pictures made",
}


class RateTable(NamedTuple):
    """One table of rates.

    Args:
        key: What an entry calls it.
        meters: What may stand in it.
        per: How many tokens, calls, seconds, characters or token-hours one price buys.
        unit: What a price in it is per, in words.
    """

    key: str
    meters: tuple[Meter, ...]
    per: int
    unit: str

    def unit_of(self, meter: Meter) -> str:
        """Say what the price of a meter is per."""
        return f"thousand {_COUNTED[meter]}" if meter in _COUNTED else self.unit


RATE_TABLES: dict[str, RateTable] = {
    table.key: table
    for table in (
        RateTable("usd_per_mtok", TOKEN_METERS, MTOK, "Mtok"),
        RateTable("usd_per_thousand", CALL_METERS, THOUSAND, "thousand calls"),
        RateTable("usd_per_second", TIME_METERS, 1, "second"),
        RateTable("usd_per_minute", TIME_METERS, SECONDS_PER_MINUTE, "minute"),
        RateTable("usd_per_hour", TIME_METERS, SECONDS_PER_HOUR, "hour"),
        RateTable("usd_per_million_characters", CHARACTER_METERS, 10**6, "million characters"),
        RateTable("usd_per_mtok_hour", STORAGE_METERS, MTOK, "Mtok-hour"),
    )
}
# where a rate stands that nobody has quoted yet: seconds by the minute, as most vendors do
USUAL_TABLE: dict[Meter, RateTable] = {
    meter: RATE_TABLES["usd_per_minute" if meter in TIME_METERS else table.key]
    for table in RATE_TABLES.values()
    for meter in table.meters
}


def in_usual(meter: Meter, usd: Decimal, table: RateTable) -> Decimal:
    """Turn a rate of one table into that of the usual one [USD/unit].

    Example:
        >>> in_usual("input_duration", Decimal("0.24"), RATE_TABLES["usd_per_hour"])
        Decimal('0.004')
    """
    usual = USUAL_TABLE[meter].per
    return usd if table.per == usual else usd * usual / table.per


def meter_table(keys: tuple[str, ...], **value: object) -> JsonSchema:
    """Give the JSON Schema of a mapping with some of these keys."""
    properties = dict.fromkeys(keys, value)
    return JsonSchema({"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1})


_AMOUNT = {"type": "number", "minimum": 0, "maximum": MAX_UNIT_USD}
TokenRates = Annotated[dict[TokenMeter, UnitUsd], NOT_EMPTY, meter_table(TOKEN_METERS, **_AMOUNT)]
CallRates = Annotated[dict[CallMeter, UnitUsd], NOT_EMPTY, meter_table(CALL_METERS, **_AMOUNT)]
TimeRates = Annotated[dict[TimeMeter, UnitUsd], NOT_EMPTY, meter_table(TIME_METERS, **_AMOUNT)]
CharacterRates = Annotated[dict[CharacterMeter, UnitUsd], NOT_EMPTY, meter_table(CHARACTER_METERS, **_AMOUNT)]
StorageRates = Annotated[dict[StorageMeter, UnitUsd], NOT_EMPTY, meter_table(STORAGE_METERS, **_AMOUNT)]


class ListRate(NamedTuple):
    """One rate of an entry.

    Args:
        meter: The meter.
        usd: What one unit of the table costs [USD/unit].
        table: The table in which it stands.
    """

    meter: Meter
    usd: Decimal
    table: RateTable


class RateEntry(Entry):
    """An entry that states rates, by meter.

    Args:
        usd_per_mtok: Rates of tokens [USD per million tokens].
        usd_per_thousand: Fees of calls, pages, pictures and sessions [USD per thousand].
        usd_per_second: Rates of what lasts [USD per second].
        usd_per_minute: The same, where the vendor quotes minutes [USD per minute].
        usd_per_hour: The same, where the vendor quotes hours [USD per hour].
        usd_per_million_characters: Rates of characters [USD per million].
        usd_per_mtok_hour: The rate of keeping a cache [USD per million tokens and hour].
    """

    usd_per_mtok: TokenRates | None = None
    usd_per_thousand: CallRates | None = None
    usd_per_second: TimeRates | None = None
    usd_per_minute: TimeRates | None = None
    usd_per_hour: TimeRates | None = None
    usd_per_million_characters: CharacterRates | None = None
    usd_per_mtok_hour: StorageRates | None = None

    @form_check
    def _states_each_meter_once(self) -> Self:
        seen: dict[str, str] = {}
        for meter, _, table in self.rates():
            if meter in seen:
                raise ValueError(f"{meter} stands in {seen[meter]} and in {table.key}; give it one rate")
            seen[meter] = table.key
        return self

    def rates(self) -> Iterator[ListRate]:
        """Walk its rates, table by table."""
        for key, table in RATE_TABLES.items():
            for meter, usd in (getattr(self, key) or {}).items():
                yield ListRate(meter, usd, table)

    def as_usual(self) -> dict[str, Decimal]:
        """Give its rates by meter, each per what most vendors quote: seconds by the minute [USD/unit]."""
        return {meter: in_usual(meter, usd, table) for meter, usd, table in self.rates()}

    def table_of(self, meter: str) -> RateTable:
        """Give the table in which a meter of it stands."""
        return next(rate.table for rate in self.rates() if rate.meter == meter)

    @property
    def has_rates(self) -> bool:
        """Whether it states any."""
        return any(getattr(self, key) is not None for key in RATE_TABLES)


def any_of(*keys: str) -> dict[str, Any]:
    """Give the JSON Schema of a mapping that has at least one of these keys."""
    return {"anyOf": [{"required": [key]} for key in keys]}
