"""What a published unit cost comes to, and how busy hardware must be to reach it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from costcalc.catalog.forms.hardware import GpuFile
from costcalc.catalog.forms.options import RateOption
from costcalc.cost.estimate import CostLine, Estimate
from costcalc.errors import UndecidableError
from costcalc.units import HOURS_PER_MONTH, MTOK, SECONDS_PER_HOUR, Count, decimal, usd, whole
from costcalc.workload import TokenMeter, Workload


def rate_estimate(
    name: str, option: RateOption, workload: Workload, *, gpu: Callable[[str], GpuFile], as_of: date
) -> Estimate:
    """Multiply a month's tokens by a published unit cost [USD/month].

    A unit cost of self-hosting is what a busy machine reaches. A dedicated one costs the same however little
    it serves, so the caveats say how much must go through it, and what it costs whatever goes through it.
    Meters that the publication does not price (often input) are not in the figure, and a caveat says so.

    Args:
        name: The option's id.
        option: The published unit cost.
        workload: Requests a month and their shapes.
        gpu: Looks a GPU up by its name, for the price of the hardware.
        as_of: The day asked for.

    Raises:
        UndecidableError: The publication is younger than the day, or prices nothing that the workload uses.

    Example:
        0.5 Mtok at $0.50 per Mtok of output:

        >>> from costcalc.catalog.layers.load import load_catalog
        >>> catalog = load_catalog()
        >>> published = catalog.options["deepseek-r1-32b-self-hosted"]
        >>> month = Workload.single(requests=1_000, output_tokens=500)
        >>> rate_estimate("r1-32b", published, month, gpu=catalog.gpu,
        ...               as_of=date(2026, 11, 22)).monthly_usd
        Decimal('0.25')
    """
    if option.effective > as_of:
        raise UndecidableError(f"published on {option.effective}; no figure is known for {as_of}", subject=name)
    totals = _totals(option, workload)
    missing: list[str] = [meter for meter in totals if meter not in option.usd_per_mtok]
    missing += dict.fromkeys(meter for shape in workload.shapes for meter in shape.units)
    lines = tuple(
        CostLine(
            item=meter,
            part="meter",
            amount=totals[meter],
            per=MTOK,
            unit="Mtok",
            unit_price_usd=price,
            list_unit_price_usd=price,
            source=option.source,
            conditions="published unit cost",
            path=("options", name, "usd_per_mtok", meter),
        )
        for meter, price in option.usd_per_mtok.items()
        if meter in totals
    )
    if not lines:
        priced = ", ".join(option.usd_per_mtok)
        raise UndecidableError(f"it prices {priced}, which the workload does not use", subject=name)
    caveats = tuple(_caveats(option, workload, totals, missing, hire=_hire(option, gpu, as_of)))
    return Estimate(
        name,
        "rate",
        option.side,
        lines,
        caveats,
        option.effective,
        option.source,
        unfit="part" if missing else "",
        is_offer=False,
    )


def _totals(option: RateOption, workload: Workload) -> dict[TokenMeter, Count]:
    """Add up a month's tokens by meter; reasoning is output unless the publication prices it apart."""
    totals: dict[TokenMeter, Count] = {}
    for shape in workload.shapes:
        for meter, tokens in shape.tokens.items():
            billed: TokenMeter = "output" if meter == "reasoning" and meter not in option.usd_per_mtok else meter
            totals[billed] = totals.get(billed, 0) + workload.requests * shape.share * tokens
    return {meter: whole(total) for meter, total in totals.items()}


def _caveats(
    option: RateOption,
    workload: Workload,
    totals: dict[TokenMeter, Count],
    missing: Sequence[str],
    *,
    hire: "_Hire | None",
) -> Iterator[str]:
    yield "a published figure that nobody sells; only busy hardware reaches it"
    if hire is not None and option.usd_per_mtok.get("output"):
        yield from _busy(hire, option.usd_per_mtok["output"], decimal(totals.get("output", 0)) / MTOK)
    if workload.batchable_share or workload.service_tier or workload.region:
        yield "it says nothing of batches, service tiers and regions"
    if missing:
        priced = ", ".join(option.usd_per_mtok)
        yield f"not comparable here: it leaves out {', '.join(missing)}; the publication prices {priced} only"


class _Hire(NamedTuple):
    """The rent of the hardware behind a published unit cost: USD/hour, and of what."""

    usd: Decimal
    of: str


def _hire(option: RateOption, gpu: Callable[[str], GpuFile], day: date) -> _Hire | None:
    """Find what the hardware rents for on a day, or first did; None where it is unknown, or nobody lists it."""
    machine = gpu(option.implies.gpu) if option.implies is not None else None
    if option.implies is None or machine is None or machine.reference is None:
        return None
    rental, gpus = machine.rentals[machine.reference], option.implies.gpus
    price = (rental.price_on(day) or (0, rental.prices[0]))[1]
    return _Hire(price.usd_per_gpu_hour * gpus, f"{gpus}× {machine.name}, {rental.provider}, {price.effective}")


def _busy(hired: _Hire, usd_per_mtok: Decimal, output_mtok: Decimal) -> Iterator[str]:
    """Say what the unit cost implies: the volume that carries the hardware, and the cost without it."""
    monthly_usd = hired.usd * HOURS_PER_MONTH
    full_mtok = monthly_usd / usd_per_mtok
    tokens_per_s = hired.usd / usd_per_mtok * MTOK / SECONDS_PER_HOUR
    yield (
        f"at ${usd(hired.usd)} an hour ({hired.of}) it needs {tokens_per_s:,.0f} output tokens/s around the clock,"
        f" {full_mtok:,.0f} Mtok a month; this workload has {output_mtok.normalize():,f} Mtok,"
        f" {output_mtok / full_mtok * 100:.2g} % of it"
    )
    yield f"that hardware alone costs ${usd(monthly_usd)} a month however little it serves"
