"""What a workload costs over a provider's API."""

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from costcalc.catalog.exchange import exchange_of
from costcalc.catalog.forms.options import ApiOption
from costcalc.catalog.forms.schema import Source
from costcalc.catalog.things import SoldModel
from costcalc.cost.api_caveats import caveats_of, leaves_out
from costcalc.cost.estimate import CostLine, Estimate, exact_usd
from costcalc.cost.fees import roundings, surcharge_share, surcharges
from costcalc.cost.metering import (
    Part,
    Usage,
    billed,
    free_units,
    in_full,
    line_of,
    parts_of,
    ratio_of,
    stored_of,
    tally,
    usage_of,
)
from costcalc.workload import Workload

if TYPE_CHECKING:
    from costcalc.cost.curve import CostCurve


def api_estimate(
    name: str, option: ApiOption, sold: SoldModel, workload: Workload, *, as_of: date, open_window: int | None = None
) -> Estimate:
    """Price a month of requests over an API [USD/month].

    Every shape is priced as single requests: its meters × the rates in force for its own prompt length. The
    sum over shapes, batchable and other requests, and hours with another price is the month. A month's total
    is never priced as one prompt: 1M tokens in and 100k out cost $4.00 as a hundred GPT-5.4 requests and
    $7.25 as one, because the long-context price holds for a prompt above 272,000 tokens. What a cache keeps by the
    hour comes on top, and what the seller gives away each month is taken off.

    Leaves out taxes, support plans, volume discounts that are not in a contract, and failed requests. Of an allowance
    all is taken for this workload, though others may use it too. What a commitment leaves unused is a caveat and no
    part of the cost: it is owed whichever option is chosen, so it decides nothing between them.

    Args:
        name: The option's id.
        option: The option.
        sold: The model that it names.
        workload: Requests a month, their shapes, and when they come.
        as_of: The day whose prices are in force.
        open_window: The context window of the open model that is sold, for a seller who publishes none [tokens].

    Raises:
        UndecidableError: A meter that the workload uses has no rate, or no price is known for the day.
        UnknownNameError: The provider sells no such tier or region of this model.

    Source:
        The providers' price pages, each in its entry of ``pricing/api/``.

    Example:
        100 × (10,000 tokens × $2.50 + 1,000 tokens × $15.00) per million:

        >>> from costcalc.catalog.layers.load import load_catalog
        >>> sold = load_catalog().sold_model("openai/gpt-5.4")
        >>> month = Workload.single(requests=100, input_tokens=10_000, output_tokens=1_000)
        >>> api_estimate("gpt-5.4", ApiOption(kind="api", model="gpt-5.4"), sold, month,
        ...              as_of=date(2026, 11, 22)).monthly_usd
        Decimal('4.00')
    """
    window = sold.model.context_window if sold.model.context_window is not None else open_window
    parts = parts_of(option, sold, workload, as_of)
    used, per = _used(parts, workload)
    return Estimate.later(_Month(name, workload, parts, used, per, as_of, window))


class _Month(NamedTuple):
    """A month whose amounts are known; to write them down takes ten times as long.

    Args:
        name: The option's id.
        workload: What is served.
        parts: Its requests, as they are priced.
        used: What is billed of each rate, so many times over.
        per: How many times.
        day: The day whose prices are in force.
        window: The model's context window [tokens], or None.
    """

    name: str
    workload: Workload
    parts: list[Part]
    used: Usage
    per: int
    day: date
    window: int | None

    def ratio(self) -> tuple[int, int]:
        """The exact cost as a numerator and a denominator [USD/month]."""
        if self.parts[0].tariff.is_of_meters:
            top, bottom = ratio_of(self.used)
            return top, bottom * self.per
        return exact_usd(self.lines()).as_integer_ratio()

    def lines(self) -> tuple[CostLine, ...]:
        """What is paid for."""
        exact = _with_fees(self.parts, in_full(self.used, self.per))
        return (*exact, *roundings(self.parts[0].tariff.sold, exact))

    def written(self, lines: tuple[CostLine, ...]) -> Estimate:
        """The whole estimate, of these lines."""
        name, workload, parts, _, _, day, window = self
        if all(part.is_by_request for part in parts):  # what is billed by the request reads each document apart
            window = None
        sold, price = parts[0].tariff.sold, parts[0].tariff.price
        exchange = exchange_of(sold, price.currency, day)
        caveats = dict.fromkeys(caveats_of(sold, workload, parts, day, lines=lines, window=window))
        return Estimate(
            option=name,
            kind="api",
            side="buy",
            lines=lines,
            caveats=tuple(caveats),
            price_date=price.effective,
            source=price.source,
            retired=sold.model.retired if sold.retired_on(day) else None,
            last_listed=sold.model.last_listed if sold.unlisted_on(day) else None,
            unfit="too long" if window is not None and workload.longest_request > window else "",
            via=_via(sold, price.source),
            leaves_out=leaves_out(parts, workload, lines),
            exchange_day=exchange.effective if exchange is not None else None,
        )


def metered_lines(option: ApiOption, sold: SoldModel, workload: Workload, *, as_of: date) -> tuple[CostLine, ...]:
    """Give the lines of work that spills over to an API from a plan or from provisioned units, exactly.

    It pays for each unit: the allowance of a month, and what a cache keeps, are those of the account and not of what
    spills over, so that the cost is proportional to the requests.

    Raises:
        UndecidableError: A meter that the workload uses has no rate, or no price is known for the day.
        UnknownNameError: The provider sells no such tier or region of this model.
    """
    parts = parts_of(option, sold, workload, as_of)
    return _with_fees(parts, usage_of(parts))


def _used(parts: list[Part], workload: Workload) -> tuple[Usage, int]:
    used, per = tally(parts)
    free = free_units(parts)
    if not free and not workload.stored:
        return used, per
    return billed(in_full(used, per), free) | stored_of(parts, workload), 1


def _with_fees(parts: list[Part], used: Usage) -> tuple[CostLine, ...]:
    lines = tuple(line_of(rate, total) for rate, total in used.items())
    tariff = parts[0].tariff
    return (*lines, *surcharges(tariff.sold, tariff.contract, lines))


def api_curve(
    name: str,
    option: ApiOption,
    sold: SoldModel,
    workload: Workload,
    *,
    as_of: date,
    lines: tuple[CostLine, ...] | None = None,
) -> "CostCurve":
    """Give the cost as an exact function of the requests a month, for the workload's mix.

    It is a line through the origin, but for what a cache keeps, which is owed at any volume, and for allowances: each
    ends one piece.

    Args:
        name: The option's id.
        option: The option.
        sold: The model that it names.
        workload: The mix of requests.
        as_of: The day whose prices are in force.
        lines: What it costs for the workload, where that is known already.

    Raises:
        UndecidableError: A meter that the workload uses has no rate, or no price is known for the day.
        UnknownNameError: The provider sells no such tier or region of this model.

    Example:
        The first 5,000 searches of a month are free, then a thousand cost $14:

        >>> from costcalc.catalog.layers.load import load_catalog
        >>> from costcalc.workload import Shape
        >>> sold = load_catalog().sold_model("google/gemini-3.1-pro-preview")
        >>> mix = Workload(1, (Shape.of(web_searches=1),))
        >>> curve = api_curve("gemini", ApiOption(kind="api", model=sold.ref), sold, mix, as_of=date(2026, 11, 27))
        >>> [int(curve.at(Fraction(requests))) for requests in (5_000, 9_000)]
        [0, 56]
    """
    from costcalc.cost.curve import Breaks, CostCurve
    from costcalc.cost.stairs import straight

    parts, requests = parts_of(option, sold, workload, as_of), Fraction(workload.requests)
    free = free_units(parts)
    if not workload.stored and not free:
        known = lines if lines is not None else _with_fees(parts, usage_of(parts))
        # rounding is left out: a curve of it would have a step at every cent
        return straight(name, [line for line in known if line.part != "rounding"], workload)
    used = usage_of(parts)
    paid = 1 + Fraction(surcharge_share(sold, parts[0].tariff.contract))
    stored = exact_usd([line_of(rate, total) for rate, total in stored_of(parts, workload).items()])

    def evaluate(volume: Fraction) -> Fraction:
        scaled = {rate: amount * volume / requests for rate, amount in used.items()}
        metered = exact_usd([line_of(rate, total) for rate, total in billed(scaled, free).items()])
        return (stored + metered) * paid

    each: dict[str, Fraction] = {}
    for rate, amount in used.items():
        each[rate.item] = each.get(rate.item, Fraction(0)) + Fraction(amount) / requests
    ends = {Fraction(amount) / each[meter] for meter, amount in free.items() if each.get(meter)}
    return CostCurve(name, evaluate, Breaks(tuple(sorted(ends))))


def _via(sold: SoldModel, source: Source) -> str | None:
    """Say who has read the page: the price's own source, where it has a title, else its provider's file."""
    if source.title is None:
        return sold.via
    return source.title if source.url is not None else None
