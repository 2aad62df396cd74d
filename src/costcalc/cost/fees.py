"""What a provider's bill has beside its meters: a surcharge on payments, and the rounding of its lines."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from costcalc.catalog.forms.contracts import Contract
from costcalc.catalog.forms.schema import Source
from costcalc.catalog.things import SoldModel
from costcalc.cost.estimate import CostLine, exact_usd
from costcalc.findings import Path
from costcalc.units import full_usd, rounded, whole


class _Share(NamedTuple):
    """A surcharge: the share, how much on what in words, where it was read, where it stands in the catalog."""

    share: Decimal
    words: str
    source: Source
    path: Path


def surcharges(sold: SoldModel, contract: Contract | None, lines: tuple[CostLine, ...]) -> tuple[CostLine, ...]:
    """Add a share of all that is used: the sum of the meters × the share, exactly; none where nothing is added.

    Args:
        sold: The model as the provider sells it.
        contract: The contract in force, whose surcharge takes the place of the provider's; or None.
        lines: The meters.
    """
    found = _surcharge_of(sold, contract)
    if found is None:
        return ()
    line = CostLine(
        item="surcharge",
        part="fee",
        amount=whole(exact_usd(lines)),
        per=1,
        unit="USD",
        unit_price_usd=found.share,
        list_unit_price_usd=found.share,
        source=found.source,
        conditions=found.words,
        path=found.path,
    )
    return (line,)


def surcharge_share(sold: SoldModel, contract: Contract | None) -> Decimal:
    """Give the share that is added to whatever is paid for; 0 for none."""
    found = _surcharge_of(sold, contract)
    return found.share if found is not None else Decimal(0)


def roundings(sold: SoldModel, lines: tuple[CostLine, ...]) -> Iterator[CostLine]:
    """Give what a bill whose lines are rounded, half up, says more, or less, than their exact sum."""
    step = sold.lines_rounded_to_usd
    if step is None:
        return
    billed = sum((rounded(line.usd / step, Decimal(1)) * step for line in lines), start=Decimal(0))
    yield CostLine(
        item="rounding of each line",
        part="rounding",
        amount=whole(Fraction(billed) - exact_usd(lines)),
        per=1,
        unit="USD",
        unit_price_usd=Decimal(1),
        list_unit_price_usd=Decimal(1),
        source=None,
        conditions=f"to ${full_usd(step)}",
        path=("api", sold.provider, "lines_rounded_to_usd"),
    )


def fee_caveats(sold: SoldModel, contract: Contract | None) -> Iterator[str]:
    """Say what the month has beside its meters."""
    found = _surcharge_of(sold, contract)
    if found is not None:
        yield f"{sold.provider} adds {found.words}: it is counted"
    if sold.lines_rounded_to_usd is not None:
        yield f"{sold.provider} rounds each line of its bill to ${full_usd(sold.lines_rounded_to_usd)}: it is counted"


def _surcharge_of(sold: SoldModel, contract: Contract | None) -> _Share | None:
    """Give the contract's surcharge where it says one, even if it is none, else the provider's."""
    if contract is not None and contract.surcharge is not None:
        words = _words(contract.surcharge, "what is used, by contract")
        found = _Share(contract.surcharge, words, contract.source, ("contracts", sold.provider, "surcharge"))
    elif sold.surcharge is not None:
        own = sold.surcharge
        path: Path = ("api", sold.provider, "surcharge", "share")
        found = _Share(own.share, _words(own.share, own.on), own.source, path)
    else:
        return None
    return found if found.share else None


def _words(share: Decimal, what: str) -> str:
    return f"{(share * 100).normalize():f} % on {what}"
