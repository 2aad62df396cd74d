"""The one result shape: whatever the option, its cost is a tuple of lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from costcalc.catalog.forms.schema import Source
from costcalc.findings import Path
from costcalc.units import Count, cost_of, decimal, rounded
from costcalc.workload import Workload

if TYPE_CHECKING:
    from costcalc.catalog.catalog import Catalog

Kind = Literal["api", "rate", "self_host", "plan", "provisioned", "blend"]
Side = Literal["build", "buy"]
Unfit = Literal["", "part", "too long", "too small", "limit unknown", "bound"]
LeftOut = Literal["", "text only", "no storage"]
Part = Literal[
    "meter",  # what a provider or a publication bills by the token, the request or the search
    "fee",  # a share of all that a provider bills, on top of it
    "rounding",  # what a bill says more or less than its exact lines, each rounded; no part of a curve
    "seats",  # fees of a subscription
    "capacity",  # units of provisioned throughput
    "routing",  # choosing a route of a blend
    "rent",  # GPUs by the hour
    "purchase",  # machines that are bought, as an annuity less their residual value
    "power",
    "site",  # rack space, remote hands, network and storage of a node
    "support",  # maintenance of the hardware
    "people",  # who run it
    "build",  # engineering once, spread over the horizon
    "upkeep",  # model upgrades, observability, licences, stored and sent data
    "tuning",  # fine-tuning, and the labels for it
    "evaluation",
]


_CENT = Decimal("0.01")


class Silence(str):
    """A caveat of what a model bills and the workload does not mention; perhaps it uses none of it."""

    __slots__ = ()


class CostLine(NamedTuple):
    """One thing that is paid for in a month.

    Args:
        item: What it is, in words: a meter for an API.
        part: Which part of a bill it belongs to; code that looks for lines goes by this, never by the words.
        amount: How much of it in a month, exactly [tokens, requests, …].
        per: How many of them one unit price buys.
        unit: What the price is per, in words: ``Mtok`` is one million tokens.
        unit_price_usd: What one unit costs, contract and conditions applied [USD/unit].
        list_unit_price_usd: What one unit costs without the user's contract [USD/unit].
        source: Where the price was read, and when; None for a judgement, or a number of the user's own.
        conditions: Under which conditions the price holds, empty for the plain list price.
        path: Where the price stands in the catalog.
        also: Where multipliers and discounts stand that were applied to it.
    """

    item: str
    part: Part
    amount: Count
    per: int
    unit: str
    unit_price_usd: Decimal
    list_unit_price_usd: Decimal
    source: Source | None
    conditions: str
    path: Path
    also: tuple[Path, ...] = ()

    @property
    def quantity(self) -> Decimal:
        """How much is paid for in a month [unit]."""
        return decimal(self.amount) / self.per

    @property
    def usd(self) -> Decimal:
        """Quantity × unit price [USD/month]."""
        return cost_of(self.amount, usd=self.unit_price_usd, per=self.per)


class Deployment(NamedTuple):
    """The hardware behind an estimate of self-hosting.

    Args:
        model: The open model, or None where the throughput was measured and nothing else said.
        gpu: The GPU, or None likewise.
        weights: The precision of the weights, or None likewise.
        gpus: GPUs paid for; a fraction is a mean over the month.
        gpus_per_replica: GPUs of one replica; below 1 a part of one.
        replicas: Replicas that the load needs, spares not counted.
        spares: Replicas beside those.
        utilisation: Share of the paid GPU-hours that the load needs at full speed.
        output_tokens_per_s: What one replica generates at full load [tokens/s]; what it reads where ``counts`` says so.
        low: The lower end of that figure's 80 % interval.
        high: The upper end.
        measured: Whether that figure was measured.
        tpot_ms: Time per output token of one request at full load, or None where it is unknown [ms].
        bottleneck: What bounds it, or None.
        full_mtok: What the paid GPUs would generate, or read, in a month at full load [Mtok].
        machines_usd: What the machines cost [USD/month], without people and the rest of the bill.
        upfront_usd: What is paid for machines before the first token [USD].
        counts: Which tokens those are: ``output``, or ``input`` where nothing is generated.
        availability: Share of time in which at least the replicas that the load needs are up, 0 to 1.
        policy: How many replicas run, in words: for what load, and with how many spares.
        scales_to_zero: Whether none runs when nothing is asked.
    """

    model: str | None
    gpu: str | None
    weights: str | None
    gpus: Count
    gpus_per_replica: Count
    replicas: Count
    spares: int
    utilisation: Count
    output_tokens_per_s: float
    low: float
    high: float
    measured: bool
    tpot_ms: float | None
    bottleneck: str | None
    full_mtok: Decimal
    availability: Decimal
    machines_usd: Decimal = Decimal(0)
    upfront_usd: Decimal = Decimal(0)
    counts: Literal["output", "input"] = "output"
    policy: str = ""
    scales_to_zero: bool = False

    @property
    def full_usd_per_mtok(self) -> Decimal:
        """What a million output tokens cost on machines that are always busy [USD/Mtok]."""
        return self.machines_usd / self.full_mtok

    def utilisation_at(self, usd_per_mtok: Decimal) -> Decimal:
        """Share of full load at which a million output tokens cost so much; above 1 it is never reached."""
        return self.full_usd_per_mtok / usd_per_mtok


class Unwritten(Protocol):
    """A month that is priced, and of which lines and caveats are not written down yet."""

    def ratio(self) -> tuple[int, int]:
        """The exact cost as a numerator and a denominator [USD/month]."""

    def lines(self) -> tuple[CostLine, ...]:
        """What is paid for."""

    def written(self, lines: tuple[CostLine, ...]) -> "Estimate":
        """The whole estimate, of these lines."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an option costs for a workload in a month.

    What it costs is always known, and an error was raised if it could not be. An API's lines and caveats are written
    when somebody first reads one of them.

    Args:
        option: The option's id.
        kind: Which cost model priced it.
        side: Whether it is to build (run it yourself) or to buy.
        lines: What is paid for; their sum is the cost.
        caveats: What the reader must know before trusting the number.
        price_date: Since when the price has been in force.
        source: Where the price was read.
        retired: The first day on which it can no longer be bought, where that day has come.
        last_listed: The last day on which a list of prices had it, where no current list has it.
        unfit: Why it cannot be compared with the others (it leaves out meters, requests exceed its context, its
            capacity is below the mean rate, nobody knows how much it holds, its term outlasts its model), or "".
        exchange_day: The day of the rate of exchange at which its price was converted; None for a price in USD.
        via: Against what the figure was checked, where the source itself was not opened.
        assumptions: Ids of the assumptions that the caveats or lines rest on.
        deployment: The hardware behind it, for self-hosting.
        leaves_out: What its seller bills beside, where the workload may use it and does not say so, or "".
        is_offer: Whether somebody can have it; a published unit cost, and a blend with one, is nobody's offer.
    """

    option: str
    kind: Kind
    side: Side
    lines: tuple[CostLine, ...]
    caveats: tuple[str, ...]
    price_date: date
    source: Source
    retired: date | None = None
    unfit: Unfit = ""
    via: str | None = None
    assumptions: tuple[str, ...] = ()
    deployment: Deployment | None = None
    is_offer: bool = True
    last_listed: date | None = None
    leaves_out: LeftOut = ""
    exchange_day: date | None = None
    _later: Unwritten | None = field(default=None, init=False, repr=False, compare=False)
    _usd: Decimal | None = field(default=None, init=False, repr=False, compare=False)

    @staticmethod
    def later(month: Unwritten) -> "Estimate":
        """Give the estimate of a month, to be written when somebody reads it."""
        made = _blank(Estimate)
        _set(made, "_later", month)
        return made

    if not TYPE_CHECKING:  # pragma: no branch  # so that a type checker still knows which names there are

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # called for what is not written yet
            """Write the lines, or all of it, as far as it is asked for."""
            month = self._later if name in _FIELDS else None
            if name == "lines" and month is not None:
                _set(self, name, month.lines())
            elif month is not None:
                written = month.written(self.lines)
                for each in _FIELDS:
                    _set(self, each, getattr(written, each))
                _set(self, "_usd", None)
                _set(self, "_later", None)
            return object.__getattribute__(self, name)

    @property
    def evidence_day(self) -> date:
        """The day from which its age counts: that of the price's evidence, or of an older rate of exchange."""
        day = self.source.evidence_day
        return day if self.exchange_day is None else min(day, self.exchange_day)

    @property
    def is_for_sale(self) -> bool:
        """Whether somebody sells it now, as far as anybody can see."""
        return self.is_offer and self.retired is None and self.last_listed is None

    @property
    def monthly_usd(self) -> Decimal:
        """The sum of the lines [USD/month]."""
        if (month := self._later) is not None:
            return _to_the_cent(*month.ratio())
        if self._usd is None:  # a comparison asks for it again and again
            _set(self, "_usd", total_usd(self.lines))
        return self._usd  # type: ignore[return-value]  # it was just set

    @property
    def exact_usd(self) -> Fraction:
        """The exact sum of the lines [USD/month]."""
        month = self._later
        return exact_usd(self.lines) if month is None else Fraction(*month.ratio())


_FIELDS = tuple(each.name for each in fields(Estimate) if each.init)
_blank, _set = object.__new__, object.__setattr__


class Month(Protocol):
    """A month's cost; an `Estimate` is one."""

    @property
    def lines(self) -> tuple[CostLine, ...]:
        """What is paid for."""

    @property
    def exact_usd(self) -> Fraction:
        """The exact sum of the lines [USD/month]."""

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Ids of the assumptions that it rests on."""


class Demand(NamedTuple):
    """How much of a mix of requests is served in a month.

    Args:
        requests: Requests of the month.
        peak: The busiest hour's rate of requests over the mean rate.
    """

    requests: Count
    peak: Count


# Prices a month of a mix of requests, at the assumptions of a catalog.
Monthly = Callable[[Demand, "Catalog"], Month]


def too_long(workload: Workload, window: int) -> str:
    """Say that a request exceeds a context window [tokens]."""
    return exceeds(float(workload.longest_request), window)


def exceeds(request: float, window: int) -> str:
    """Say that a request of so many tokens exceeds a context window [tokens]."""
    return f"a request of {request:,.0f} tokens exceeds its context window of {window:,}: it cannot serve this workload"


def exact_usd(lines: Sequence[CostLine]) -> Fraction:
    """Add up cost lines exactly [USD]: a price is a decimal, an amount a rational number, and so is their sum."""
    base = lcm(*[line.amount.denominator * line.per for line in lines])
    total = 0
    scale = 1
    for line in lines:
        top, bottom = line.unit_price_usd.as_integer_ratio()
        part = top * line.amount.numerator * (base // (line.amount.denominator * line.per))
        if scale % bottom:
            wider = lcm(scale, bottom)
            total, scale = total * (wider // scale), wider
        total += part * (scale // bottom)
    return Fraction(total, scale * base)


def total_usd(lines: Sequence[CostLine]) -> Decimal:
    """Add up cost lines [USD], rounded once, at 28 digits, if at all: thirds of a dollar make a dollar again.

    Example:
        >>> from costcalc.catalog.forms.schema import Source
        >>> a_third = Fraction(1, 3)
        >>> line = CostLine("x", "meter", a_third, 1, "unit", Decimal("0.10"), Decimal("0.10"), None, "", ())
        >>> total_usd([line, line, line])
        Decimal('0.10')
    """
    return _to_the_cent(*exact_usd(lines).as_integer_ratio())


def _to_the_cent(numerator: int, denominator: int) -> Decimal:
    """Divide, and write what is whole cents with two decimals."""
    total = Decimal(numerator) / denominator
    to_cents = rounded(total, _CENT)
    return to_cents if total == to_cents else total
