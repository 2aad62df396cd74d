"""Cost lines as rows of FOCUS, the FinOps cost and usage specification: one row for each thing that is paid for.

They are an estimate and no bill: the billing account is a sentinel that says so, and no row has an invoice. What FOCUS
has no column for until 1.5 (which tokens, of which model) stands in columns of our own, whose names begin with x_.

Source:
    FOCUS 1.2, 1.3 and 1.4, dataset Cost and Usage, https://focus.finops.org. 1.3 adds ServiceProviderName and
    HostProviderName, and 1.4 drops ProviderName and PublisherName, which they replace.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple, get_args

from costcalc.cost.estimate import CostLine, Estimate
from costcalc.errors import FlagError
from costcalc.findings import clean
from costcalc.units import cost_of, decimal
from costcalc.workload import CHARACTER_METERS, METERS, STORAGE_METERS, TIME_METERS, TOKEN_METERS

Version = Literal["1.2", "1.3", "1.4"]
VERSIONS: tuple[Version, ...] = get_args(Version)
Cell = str | int | Decimal | None
ACCOUNT = "costcalc-estimate"
SELF_HOSTED = "self-hosted"

_ENTITIES: Mapping[Version, tuple[str, ...]] = {
    "1.2": ("ProviderName", "PublisherName"),
    "1.3": ("HostProviderName", "ProviderName", "PublisherName", "ServiceProviderName"),
    "1.4": ("HostProviderName", "ServiceProviderName"),
}
# there is no invoice; from 1.4 on the column is only for data that has some
_EMPTY: Mapping[Version, tuple[str, ...]] = {"1.2": ("InvoiceId",), "1.3": ("InvoiceId",), "1.4": ()}
_UNITS: Mapping[str, str] = {
    **dict.fromkeys(TOKEN_METERS, "Tokens"), **dict.fromkeys(TIME_METERS, "Seconds"),
    **dict.fromkeys(CHARACTER_METERS, "Characters"), **dict.fromkeys(STORAGE_METERS, "Token-Hours"),
    "request": "Requests", "web_search": "Searches", "file_search": "Searches", "container_session": "Sessions",
    "page": "Pages", "input_picture": "Pictures", "output_picture": "Pictures",
}  # fmt: skip
# what a price is per, where it is neither a meter's nor an hour's
_OTHER_UNITS = {"Mtok": "Tokens", "M requests": "Requests"}
# lines that only change what others cost: they have no quantity and no price of their own
_ADJUSTING = frozenset({"fee", "rounding"})
# parts that are paid for whatever is used
_BOUGHT = frozenset({"seats"})


class _Amount(NamedTuple):
    """A quantity and its price, as FOCUS has them; all None where there are none."""

    consumed: Decimal | None = None
    consumed_unit: str | None = None
    priced: Decimal | None = None
    priced_unit: str | None = None
    list_usd: Decimal | None = None
    contracted_usd: Decimal | None = None


class _Frame(NamedTuple):
    """What all rows have in common."""

    period: tuple[datetime, datetime]
    version: Version


def focus_version(text: str) -> Version:
    """Read a version of the specification.

    Raises:
        FlagError: It is none that rows can be written in.
    """
    for version in VERSIONS:
        if version == text:
            return version
    raise FlagError(f"expected FOCUS {', '.join(VERSIONS)}, found '{clean(text)}'")


def focus_rows(
    estimates: Sequence[tuple[str, Estimate]],
    *,
    period: tuple[datetime, datetime],
    version: Version = "1.4",
    requests: Mapping[str, int] | None = None,
) -> tuple[dict[str, Cell], ...]:
    """Write the lines of estimates as rows.

    Args:
        estimates: The model as the log names it, and an estimate whose lines are those of the period.
        period: From when to when, the end not included.
        version: Of the specification.
        requests: How many requests each model served; stated once, on the model's first row of output.
    """
    stated: dict[str, int] = dict(requests or {})
    rows: list[dict[str, Cell]] = []
    for model, estimate in estimates:
        for line in estimate.lines:
            served = stated.pop(model, None) if _meter(line) == "output" else None
            rows.append(dict(_row(model, estimate, line, _Frame(period, version), served)))
    return tuple(rows)


def _row(
    model: str, estimate: Estimate, line: CostLine, frame: _Frame, requests: int | None
) -> Iterator[tuple[str, Cell]]:
    """Walk the columns: those of FOCUS in the order of the alphabet, then our own."""
    columns = {**_costs(line), **_times(frame.period), **_sold(model, estimate, line, frame.version)}
    yield from sorted(columns.items())
    yield "x_Model", model
    yield "x_Meter", _meter(line) or line.part
    yield "x_Requests", requests
    yield "x_Option", estimate.option
    yield "x_Conditions", line.conditions or None
    yield "x_PriceSource", (line.source.url or line.source.title) if line.source is not None else None


def _costs(line: CostLine) -> dict[str, Cell]:
    """Give what it costs: at list prices, and at the user's own, which nothing is amortised against."""
    amount = _amount(line)
    return {
        "BilledCost": line.usd,
        "EffectiveCost": line.usd,
        "ContractedCost": line.usd,
        "ListCost": cost_of(line.amount, usd=line.list_unit_price_usd, per=line.per),
        "BillingCurrency": "USD",
        "ConsumedQuantity": amount.consumed,
        "ConsumedUnit": amount.consumed_unit,
        "PricingQuantity": amount.priced,
        "PricingUnit": amount.priced_unit,
        "ListUnitPrice": amount.list_usd,
        "ContractedUnitPrice": amount.contracted_usd,
    }


def _amount(line: CostLine) -> _Amount:
    if line.part in _ADJUSTING:
        return _Amount()
    # capacity by the day, month or year is counted in hours
    other = _OTHER_UNITS.get(line.unit) or _plural(line.unit if line.per == 1 else "hour")
    unit = _UNITS.get(_meter(line) or "", other)
    used = line.part not in _BOUGHT
    return _Amount(
        consumed=decimal(line.amount) if used else None,
        consumed_unit=unit if used else None,
        priced=line.quantity,
        priced_unit=unit if line.per == 1 else f"{line.per} {unit}",
        list_usd=line.list_unit_price_usd,
        contracted_usd=line.unit_price_usd,
    )


def _plural(unit: str) -> str:
    """Write a unit as FOCUS does; the hour of a machine is an hour.

    Example:
        >>> _plural("GPU-hour"), _plural("GPU-second"), _plural("seat-month"), _plural("kWh")
        ('Hours', 'Seconds', 'Seat-Months', 'kWh')
    """
    for time in ("hour", "second"):
        if unit.endswith(f"-{time}") or unit == time:
            return f"{time.capitalize()}s"
    if unit[:1].islower() and unit.islower():
        return "-".join(word.capitalize() for word in unit.replace(" ", "-").split("-")) + "s"
    return unit


def _times(period: tuple[datetime, datetime]) -> dict[str, Cell]:
    begin, end = (moment.astimezone(UTC) for moment in period)
    last = end - timedelta(microseconds=1)
    return {
        "BillingPeriodStart": _written(_month(begin)),
        "BillingPeriodEnd": _written(_month(_month(last) + timedelta(days=31))),
        "ChargePeriodStart": _written(begin),
        "ChargePeriodEnd": _written(end),
    }


def _month(moment: datetime) -> datetime:
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _sold(model: str, estimate: Estimate, line: CostLine, version: Version) -> dict[str, Cell]:
    """Give what it is, and whose."""
    seller = _seller(estimate, line)
    category = "Adjustment" if line.part in _ADJUSTING else "Purchase" if line.part in _BOUGHT else "Usage"
    meter = _meter(line)
    priced = category != "Adjustment"
    sku = f"{seller}/{estimate.option.removeprefix(f'{seller}/')}"
    under = f" ({line.conditions})" if line.conditions else ""
    return {
        "BillingAccountId": ACCOUNT,
        "BillingAccountName": "An estimate by costcalc, not a bill",
        "ChargeCategory": category,
        "ChargeClass": None,
        "ChargeDescription": f"Estimate, no bill: {line.item} of {model or 'no model'} on {estimate.option}{under}",
        "ChargeFrequency": {"Usage": "Usage-Based", "Purchase": "Recurring"}.get(category, "One-Time"),
        "InvoiceIssuerName": seller,
        **dict.fromkeys(_ENTITIES[version], seller),
        **dict.fromkeys(_EMPTY[version]),
        "PricingCategory": "Standard" if priced else None,
        "ServiceCategory": "AI and Machine Learning",
        "ServiceName": SELF_HOSTED if seller == SELF_HOSTED else f"{seller} models",
        "ServiceSubcategory": "Generative AI",
        "SkuId": sku if priced else None,
        "SkuMeter": _words(meter or line.item) if priced else None,
        "SkuPriceDetails": json.dumps({"x_Conditions": line.conditions}) if priced and line.conditions else None,
        "SkuPriceId": f"{sku}/{meter or line.item}{under}" if priced else None,
    }


def _seller(estimate: Estimate, line: CostLine) -> str:
    """Name who sells it: the provider or the vendor whose price it is, else who runs the machines."""
    match line.path:
        case ("api" | "plans", str(seller), *_):
            return seller
    return SELF_HOSTED if estimate.side == "build" else estimate.option


def _meter(line: CostLine) -> str | None:
    """Name the meter of a line; that of a blend's route stands behind the route."""
    name = line.item.rsplit(": ", 1)[-1]
    return name if line.part == "meter" and name in METERS else None


def _words(name: str) -> str:
    """Write a meter in words.

    Example:
        >>> _words("cache_read")
        'Cache Read'
    """
    return name.replace("_", " ").title() if name in METERS else name
