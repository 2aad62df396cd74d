"""What an uncertain input may be: its distribution, and draws of it."""

from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256
from math import exp, log
from random import Random
from statistics import NormalDist

from costcalc.case.inputs import Input

Z90 = NormalDist().inv_cdf(0.95)  # a 90 % interval lies within ± this many standard deviations


def quantile_of(one: Input, *, steps: int | None = None) -> Callable[[float], Decimal]:
    """Give the quantile function of an input: its low at 5 %, its value at 50 %, its high at 95 %.

    A two-piece normal distribution (Fechner 1897): two half normals of different width that meet at the median, each
    with half of the probability. It is the distribution of the logarithm where low is above 0, so that a range whose
    value is its geometric mean is lognormal; of the log odds for a share whose interval lies inside 0 and 1; and of
    the number itself otherwise. What lies outside of an input's bounds is put on the bound, which leaves the three
    quantiles where they are. With so many steps from the value to either end it has the values on that grid alone,
    each the nearest one: its low, value and high are among them.

    Source:
        Wallis, "The two-piece normal, binormal, or double Gaussian distribution", Statistical Science 29(1), 2014,
        doi:10.1214/13-STS417; here with equal probability on both sides, so that the value is the median.

    Example:
        A lognormal of 2 to 4 has the median √8, and a share stays one:

        >>> rent = quantile_of(Input("rent", Decimal(8).sqrt(), Decimal(2), Decimal(4)))
        >>> [str(rent(at)) for at in (0.05, 0.5, 0.95)]
        ['2.00000000', '2.82842712', '4.00000000']
        >>> share = quantile_of(Input("x", Decimal("0.5"), Decimal("0.3"), Decimal("0.8"), most=Decimal(1)))
        >>> [str(share(at)) for at in (0.05, 0.95, 0.999999)]
        ['0.300000000', '0.800000000', '0.982123321']
    """
    to, back = _scale(one)
    low, middle, high = (to(float(end)) for end in (one.low, one.value, one.high))
    normal = NormalDist()

    def quantile(probability: float) -> Decimal:
        z = normal.inv_cdf(probability) / Z90
        z = round(z * steps) / steps if steps is not None else z
        return _within(one, back(middle + z * (high - middle if z > 0 else middle - low)))

    return quantile


def _scale(one: Input) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """Choose the scale on which an input is normal, and the way back."""
    if one.most is not None and one.low > 0 and one.high < one.most:
        most = float(one.most)
        return (lambda x: log(x / (most - x))), (lambda y: most / (1 + exp(-y)))
    if one.low > 0:
        return log, exp
    return float, float


def _within(one: Input, number: float) -> Decimal:
    value = Decimal(f"{number:.{one.digits - 1}e}")
    if one.whole:
        value = value.to_integral_value()
    if one.most is not None and value > one.most:
        return one.most
    if one.least is not None and value < one.least:
        return one.least
    # a number above its digits has an exponent, such as 1.5E+9: written out, it is the same decimal whoever made it
    return Decimal(f"{value:f}") if value.adjusted() >= one.digits else value


def draws_of(one: Input, draws: int, seed: int, *, steps: int | None = None) -> tuple[Decimal, ...]:
    """Draw an input from a stream of its own, which its path and the seed begin; so no input moves another's draws."""
    begin = int.from_bytes(sha256(f"{seed}:{one.path}".encode()).digest())
    random, quantile = Random(begin), quantile_of(one, steps=steps)  # noqa: S311  # to be repeated, not to be secret
    return tuple(quantile(random.random() or 0.5**54) for _ in range(draws))
