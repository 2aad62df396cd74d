"""What every reader of another library's file gives: models in our form, and what could not be taken over."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, NamedTuple

from costcalc.catalog.forms.rates import USUAL_TABLE
from costcalc.catalog.forms.scalars import found
from costcalc.findings import Finding, Node, Place
from costcalc.units import MTOK, rounded
from costcalc.workload import TOKEN_METERS, Meter

DEAREST = 100_000  # [USD/Mtok]; the dearest token sold in 2026 costs 600: above it, a price is in another unit
_NOISE_FROM = 15  # significant digits: more are what a float adds
_DIGITS = 12  # what is kept of a number with noise
FREE = "every price is 0: free and unknown look alike in theirs"
UNPRICED = "no price per token and none per request"

Key = tuple[tuple[str, Any], ...]  # the conditions of one entry of ``when``, as (key, value)
Json = dict[str, Any]


class LeftOut(NamedTuple):
    """One thing that our form cannot say.

    Args:
        model: The model, as theirs calls it.
        field: Their field; empty where the whole model was left out.
        reason: Why.
        place: Where it stands in their file.
    """

    model: str
    field: str
    reason: str
    place: Place | None = None


class Taken(NamedTuple):
    """One model in our form.

    Args:
        provider: Our id of who sells it.
        name: Its id at the provider.
        theirs: How their file calls it.
        entry: What a file of ours says of it, its prices from ``day`` on, oldest first.
        since: The first day of the price in force, where theirs has one.
        place: Where it stands in their file.
    """

    provider: str
    name: str
    theirs: str
    entry: Json
    since: date | None
    place: Place

    def costs_as(self, other: "Taken") -> bool:
        """Say whether another entry has the same prices, wherever they were read."""
        return [*map(_unsourced, self.entry["prices"])] == [*map(_unsourced, other.entry["prices"])]


def _unsourced(price: Json) -> Json:
    return {key: value for key, value in price.items() if key != "source"}


def without_fields(left: Sequence[LeftOut], models: Collection[str]) -> list[LeftOut]:
    """Drop what was said of single fields of models that are left out as a whole."""
    return [one for one in left if not one.field or one.model not in models]


@dataclass
class Reading:
    """What is known while a file is read.

    Args:
        peer: Whose file it is.
        title: What sources of it are called.
        day: The day whose prices are taken.
        checked: The day of the file; where ``seen`` says that, the day on which it was compared.
        seen: The day of the file, where that is another one.
        problems: What is wrong with the file.
        left: What cannot be taken over.
        names: Our name of each model, ``provider/model``, by theirs; of those that are left out too.
    """

    peer: str
    title: str
    day: date
    checked: date
    seen: date | None = None
    problems: list[Finding] = field(default_factory=list)
    left: list[LeftOut] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def has_left(self, model: str) -> bool:
        """Say whether something of the model that is being read was left out: then its price is not all 0."""
        return bool(self.left) and self.left[-1].model == model

    def leave(self, model: str, name: str, reason: str, node: Node) -> None:
        """Say that a field is not taken over."""
        self.left.append(LeftOut(model, name, reason, node.key or node.place))

    def refuse(self, model: str, reason: str, node: Node) -> None:
        """Leave a whole model out; what was said of its fields is said by that, with the first one's reason."""
        first = ""
        while self.left and self.left[-1].model == model:  # what was said last was said of this model
            first = self.left.pop().reason
        self.leave(model, "", f"{reason}; {first}" if first else reason, node)

    def amount(self, node: Node, name: str, *, per: int = 1) -> Decimal | None:
        """Read a price [USD] and give what a million (``per``) of it cost; what is none is a problem of the file."""
        value = node.value
        expected = f"{name}: expected a price in USD"
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self._wrong(f"{expected}, found {found(value)}", node)
            return None
        if value < 0:
            self._wrong(f"{expected} of at least 0, found {value}", node)
            return None
        price = clean(Decimal(value) * per)
        if price > DEAREST:
            unit = f"${price:f} per million tokens" if per == MTOK else f"${price:f}"
            self._wrong(f"{name}: {unit}; nobody charges that: the price is in another unit", node)
            return None
        return price

    def tokens(self, node: Node, name: str) -> int | None:
        """Read the length of a prompt at which another price begins; what is none is a problem of the file."""
        number = whole_number(node)
        if number is None:
            self._wrong(f"{name}: expected a number of tokens above 0, found {found(node.value)}", node)
        return number

    def _wrong(self, message: str, node: Node) -> None:
        self.problems.append(Finding("price", "error", message, node.place))

    def source(self, url: object) -> Json:
        """Name a source: the page that theirs names, where it names one, as their file has it."""
        text = url if isinstance(url, str) else ""
        page = {"url": text} if text.startswith(("https://", "http://")) and " " not in text else {}
        seen = {"seen": self.seen.isoformat()} if self.seen not in {None, self.checked} else {}
        return {**page, "title": self.title, **seen, "checked": self.checked.isoformat()}


def clean(number: Decimal) -> Decimal:
    """Take a float's noise off, and write at least two decimals.

    Example:
        >>> [str(clean(Decimal(text))) for text in ("2.9999999999999997", "0.175", "15", "33.333333333333335")]
        ['3.00', '0.175', '15.00', '33.3333333333']
    """
    if len(number.as_tuple().digits) >= _NOISE_FROM:
        number = rounded(number, Decimal(1).scaleb(number.adjusted() - _DIGITS + 1), rounding=ROUND_HALF_EVEN)
    number = number.normalize()
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # a finite number has one
    return rounded(number, Decimal("0.01")) if exponent > -2 else number  # noqa: PLR2004  # cents


@dataclass
class Rates:
    """One dated price while it is put together: rates by the conditions under which they hold, meter by meter."""

    under: dict[Key, dict[Meter, Decimal]] = field(default_factory=dict)
    factors: dict[Key, Decimal] = field(default_factory=dict)
    free: dict[str, dict[Meter, Decimal]] = field(default_factory=dict)  # by free_per_month or free_per_day

    def put(self, meter: Meter, usd: Decimal, *conditions: tuple[str, Any]) -> None:
        """Add a rate; without conditions it is the plain one."""
        self.under.setdefault(conditions, {})[meter] = usd

    @property
    def plain(self) -> Mapping[Meter, Decimal]:
        """The rates without conditions."""
        return self.under.get((), {})

    def drop_free_tokens(self) -> None:
        """Forget tokens at 0 beside a fee per call: there 0 says that tokens are not what is billed."""
        tokens = {meter: usd for meter, usd in self.plain.items() if meter in TOKEN_METERS}
        if not any(tokens.values()) and any(usd for meter, usd in self.plain.items() if meter not in tokens):
            self.under[()] = {meter: usd for meter, usd in self.plain.items() if meter not in tokens}

    @property
    def is_free(self) -> bool:
        """Whether every price is 0, whatever the conditions."""
        return not any(usd for rates in self.under.values() for usd in rates.values())

    def entry(self, *, written_as_input: bool) -> Json:
        """Write what a dated entry says of its prices.

        Args:
            written_as_input: Whether theirs bills cache writes as input where it has no price for them.
        """
        entry = _by_unit(self.plain) | {key: free for key, free in self.free.items() if free.keys() & self.plain.keys()}
        tokens = entry.get("usd_per_mtok", {})
        if written_as_input and "input" in tokens and "cache_write" not in tokens:
            entry["billed_as"] = {"cache_write": "input"}
        when = [{**_stated(key), **_by_unit(self.under[key])} for key in sorted(self.under, key=_rank) if key]
        when += [{**_stated(key), "multiply": factor} for key, factor in self.factors.items()]
        return entry | ({"when": when} if when else {})


def _stated(key: Key) -> Json:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in key}


def _rank(key: Key) -> tuple[bool, str, int]:
    """Let later entries win: a tier over the plain rates, a longer prompt over a shorter one."""
    terms = [(name, value) for name, value in key if not name.startswith("prompt_tokens")]
    length = next((value for name, value in key if name.startswith("prompt_tokens")), 0)
    return bool(terms), str(terms), length


def _by_unit(rates: Mapping[Meter, Decimal]) -> Json:
    tables: Json = {}
    for meter, table in USUAL_TABLE.items():
        if meter in rates:
            tables.setdefault(table.key, {})[meter] = rates[meter]
    return tables


def items(node: Node | None) -> Iterator[Node]:
    """Walk a list; nothing for anything else."""
    return iter(node.value) if node is not None and isinstance(node.value, list) else iter(())


def texts(node: Node | None) -> Iterator[str]:
    """Give the texts of a list."""
    return (child.value for child in items(node) if isinstance(child.value, str))


def text(node: Node | None) -> str:
    """Give a text; empty where there is none."""
    return node.value if node is not None and isinstance(node.value, str) else ""


def whole_number(node: Node | None) -> int | None:
    """Give a whole number above 0."""
    value = node.value if node is not None else None
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
