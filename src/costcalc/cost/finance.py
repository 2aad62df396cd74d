"""Money over time: what a machine costs a month, and how it is written off. Rates are effective, per year."""

from collections.abc import Sequence
from decimal import Decimal

MONTHS_PER_YEAR = 12
# US tax, 5-year property, half-year convention: IRS Publication 946, table A-1
MACRS_5_YEARS = tuple(Decimal(share) for share in ("0.20", "0.32", "0.192", "0.1152", "0.1152", "0.0576"))


def monthly_rate(yearly: Decimal) -> Decimal:
    """Turn an effective yearly rate into the monthly one that compounds to it.

    Example:
        9 % a year is 0.7207 % a month, since 1.007207^12 = 1.09:

        >>> round(monthly_rate(Decimal("0.09")), 6)
        Decimal('0.007207')
    """
    return (1 + yearly) ** (Decimal(1) / MONTHS_PER_YEAR) - 1


def annuity(price_usd: Decimal, *, residual_usd: Decimal = Decimal(0), years: Decimal, yearly_rate: Decimal) -> Decimal:
    """Spread a purchase, less what it will still be worth, evenly over its life [USD/month].

    The payment at the end of each month whose present value is the price less the present value of the residual:
    (P − R·v) · i / (1 − v) with the monthly rate i and v = (1 + i)^−n. Without a rate it is (P − R) / n.

    Leaves out taxes; `depreciation` is for those.

    Args:
        price_usd: The price paid today [USD].
        residual_usd: What it is worth at the end [USD].
        years: Its economic life.
        yearly_rate: The cost of capital, effective per year.

    Raises:
        ValueError: The life is not above 0, or the rate not above −1.

    Source:
        Any textbook of corporate finance: the equivalent annual cost, in months.

    Example:
        $36,000 over 3 years, of which $7,200 remain. Without interest (36,000 − 7,200) / 36 = $800; at 9 % a year
        v = 1.09^−3 = 0.772183 and i = 0.00720732, so (36,000 − 5,559.72) × 0.00720732 / 0.227817 = $963.02:

        >>> three = Decimal(3)
        >>> annuity(Decimal(36000), residual_usd=Decimal(7200), years=three, yearly_rate=Decimal(0))
        Decimal('800')
        >>> round(annuity(Decimal(36000), residual_usd=Decimal(7200), years=three, yearly_rate=Decimal("0.09")), 2)
        Decimal('963.02')
    """
    if years <= 0:
        raise ValueError(f"expected a life above 0 years, found {years}")
    if yearly_rate <= -1:
        raise ValueError(f"expected a rate above -1, found {yearly_rate}")
    months = years * MONTHS_PER_YEAR
    rate = monthly_rate(yearly_rate)
    if rate == 0:
        return (price_usd - residual_usd) / months
    discount = (1 + rate) ** -months
    return (price_usd - residual_usd * discount) * rate / (1 - discount)


def residual_share(years: Decimal, *, at_3_years: Decimal, at_5_years: Decimal) -> Decimal:
    """Estimate what is left of a purchase price after some years, 0 to 1.

    Straight lines through the whole price today and the two shares that are published; never below 0.

    Example:
        Half-way between 28 % after 3 years and 10 % after 5:

        >>> residual_share(Decimal(4), at_3_years=Decimal("0.28"), at_5_years=Decimal("0.10"))
        Decimal('0.19')
    """
    if years <= 3:  # noqa: PLR2004  # the knots are the years for which shares are published
        return 1 - (1 - at_3_years) * years / 3
    return max(Decimal(0), at_3_years - (at_3_years - at_5_years) * (years - 3) / 2)


def depreciation(price_usd: Decimal, shares: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Write off a purchase year by year by a schedule of shares, such as `MACRS_5_YEARS` [USD/year].

    Raises:
        ValueError: The shares do not sum to 1.

    Source:
        IRS Publication 946, "How To Depreciate Property", table A-1, for MACRS.

    Example:
        >>> [int(year) for year in depreciation(Decimal(250_000), MACRS_5_YEARS)]
        [50000, 80000, 48000, 28800, 28800, 14400]
    """
    if sum(shares) != 1:
        raise ValueError(f"the shares of a depreciation schedule sum to {sum(shares)}; expected 1")
    return tuple(price_usd * share for share in shares)


def straight_line(years: int) -> tuple[Decimal, ...]:
    """Give equal shares for each of some years, the last one taking what rounding leaves.

    Example:
        >>> [str(share) for share in straight_line(4)]
        ['0.25', '0.25', '0.25', '0.25']
    """
    shares = (Decimal(1) / years,) * (years - 1)
    return (*shares, 1 - sum(shares, start=Decimal(0)))
