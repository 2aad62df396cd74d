"""The form of what ``--format json`` prints, as types; ``costcalc schema`` is generated from them.

Within one major version fields are only added, so readers must not mind fields that they do not know.
"""

from typing import Any, Literal

from pydantic import BaseModel, Field

from costcalc.catalog.json_schema import schema_of


class Tool(BaseModel):
    """The program that wrote the document."""

    name: Literal["costcalc"]
    version: str


class CatalogDigest(BaseModel):
    """Which catalog was used: a hash over every file of every layer."""

    digest: str


class Diagnostic(BaseModel):
    """Something to say about the input."""

    rule: str
    level: Literal["error", "warning", "note"]
    message: str
    path: str | None
    line: int | None
    column: int | None


class Envelope(BaseModel):
    """What every document has."""

    tool: Tool
    as_of: str | None
    catalog: CatalogDigest | None
    inputs: dict[str, Any]
    diagnostics: list[Diagnostic]


class SourceRead(BaseModel):
    """Where a figure was read, and when."""

    url: str | None
    title: str | None
    checked: str


class PlaceOfPrice(BaseModel):
    """Where a price stands in the catalog, then its multipliers and discounts; with ``--explain``."""

    layer: str
    path: str
    line: int


class Line(BaseModel):
    """One thing that is paid for: quantity × unit price."""

    item: str
    quantity: float
    unit: str
    unit_price_usd: float
    list_unit_price_usd: float
    usd: float
    conditions: str
    source: SourceRead
    places: list[PlaceOfPrice] | None = None


class PricedOption(BaseModel):
    """What one option costs in a month."""

    option: str
    kind: Literal["api", "rate"]
    side: Literal["build", "buy"]
    monthly_usd: float = Field(ge=0)
    usd_per_mtok: float | None
    times_cheapest: float | None
    price_date: str
    retired: str | None
    not_comparable: Literal["part", "too long"] | None
    source: SourceRead
    lines: list[Line]
    caveats: list[str]


class SavingAgainst(BaseModel):
    """How much less one option costs than a named baseline."""

    option: str
    baseline: str
    percent: float
    times: float | None


class UnpricedOption(BaseModel):
    """An option without a price, and why."""

    option: str
    reason: str


class CompareResult(BaseModel):
    """The answer of ``compare``; estimates stand cheapest first."""

    output_tokens: float
    input_tokens: float
    hours_per_month: int
    estimates: list[PricedOption]
    savings: list[SavingAgainst]
    unpriced: list[UnpricedOption]
    notes: list[str]


class ListedModel(BaseModel):
    """A model and the plain list price of the day [USD/Mtok]."""

    model: str
    input: float | None
    cache_read: float | None
    output: float | None
    since: str | None
    checked: str | None
    status: Literal["sold", "retired", "no price yet"]


class ListedOption(BaseModel):
    """An option, and what it serves."""

    option: str
    kind: Literal["api", "rate"]
    serves: str | None
    headline: bool


class ListResult(BaseModel):
    """The answer of ``catalog list``."""

    options: list[ListedOption]
    models: list[ListedModel]


class ShowResult(BaseModel):
    """The answer of ``catalog show``: the entry as its file has it, all layers merged."""

    name: str
    path: list[str]
    entry: dict[str, Any]


class ValidateResult(BaseModel):
    """The answer of ``catalog validate``: how much was checked."""

    providers: int
    models: int
    prices: int
    options: int
    assumptions: int


class CompareDocument(Envelope):
    """``costcalc compare --format json``; the result is null where the command could not start."""

    schema_: Literal["costcalc/compare@1"] = Field(alias="schema")
    result: CompareResult | None


class ListDocument(Envelope):
    """``costcalc catalog list --format json``."""

    schema_: Literal["costcalc/catalog-list@1"] = Field(alias="schema")
    result: ListResult | None


class ShowDocument(Envelope):
    """``costcalc catalog show --format json``."""

    schema_: Literal["costcalc/catalog-show@1"] = Field(alias="schema")
    result: ShowResult | None


class ValidateDocument(Envelope):
    """``costcalc catalog validate --format json``."""

    schema_: Literal["costcalc/catalog-validate@1"] = Field(alias="schema")
    result: ValidateResult | None


DOCUMENTS: dict[str, type[BaseModel]] = {
    "compare": CompareDocument,
    "catalog-list": ListDocument,
    "catalog-show": ShowDocument,
    "catalog-validate": ValidateDocument,
}


def document_schema(command: str) -> dict[str, Any]:
    """Give the JSON Schema of a command's document."""
    return schema_of(DOCUMENTS[command])
