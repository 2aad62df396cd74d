"""Money over time: what a machine costs a month, and how it is written off. Rates are effective, per year."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

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


def months_later(day: date, months: int) -> date:
    """Give the same day some months later, or the last one of that month where it is shorter.

    Example:
        >>> months_later(date(2026, 11, 30), 3)
        datetime.date(2027, 2, 28)
    """
    index = day.year * MONTHS_PER_YEAR + day.month - 1 + months
    year, month = divmod(index, MONTHS_PER_YEAR)
    following = date(year + (month == MONTHS_PER_YEAR - 1), (month + 1) % MONTHS_PER_YEAR + 1, 1)
    last = (following - date(year, month + 1, 1)).days
    return date(year, month + 1, min(day.day, last))


@lru_cache(maxsize=1024)  # a root of 28 digits takes as long as pricing a request, and every option asks for the same
def after_months(yearly: Decimal, months: int) -> Decimal:
    """Give what 1 has become after some months of an effective yearly change.

    Example:
        A fall by a half a year leaves 0.5^(1/12) = 0.943874 after a month:

        >>> round(after_months(Decimal("-0.5"), 1), 6), after_months(Decimal(0), 7)
        (Decimal('0.943874'), Decimal('1'))
    """
    return (1 + yearly) ** (Decimal(months) / MONTHS_PER_YEAR) if yearly else Decimal(1)


def change_per_year(before: Decimal, after: Decimal, *, years: Decimal) -> Decimal:
    """Give the effective yearly change that turns one price into another: -0.9 is ten times cheaper every year.

    Source:
        The compound annual growth rate of any textbook.

    Example:
        From $60 to $0.06 in three years, as a16z counts, is 1 − (0.06 ÷ 60)^(1/3) = 90 % a year:

        >>> round(change_per_year(Decimal(60), Decimal("0.06"), years=Decimal(3)), 9)
        Decimal('-0.900000000')
    """
    return (after / before) ** (1 / years) - 1


def declining_sum(first: Decimal, *, yearly_decline: Decimal, months: int | None = None) -> Decimal:
    """Add up monthly amounts that fall by the same share every month [USD]; for ever where no months are given.

    a · (1 − mⁿ) / (1 − m), or a / (1 − m), with m = (1 − yearly decline)^(1/12).

    Raises:
        ValueError: The decline is not above 0 and below 1, so that the sum may have no end.

    Source:
        The geometric series.

    Example:
        $615.60 a month that halve every year never sum to more than 615.60 / (1 − 0.5^(1/12)) = $10,968.24:

        >>> round(declining_sum(Decimal("615.6"), yearly_decline=Decimal("0.5")), 2)
        Decimal('10968.24')
    """
    if not 0 < yearly_decline < 1:
        raise ValueError(f"expected a decline between 0 and 1, found {yearly_decline}")
    kept = after_months(-yearly_decline, 1)
    rest = kept**months if months is not None else Decimal(0)
    return first * (1 - rest) / (1 - kept)


def present_value(usd: Decimal, *, months: int, yearly_rate: Decimal) -> Decimal:
    """Give what an amount that is paid some months from now is worth today [USD].

    Example:
        $109 a year from now, at 9 %:

        >>> round(present_value(Decimal(109), months=12, yearly_rate=Decimal("0.09")), 2)
        Decimal('100.00')
    """
    return usd / after_months(yearly_rate, months)


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
