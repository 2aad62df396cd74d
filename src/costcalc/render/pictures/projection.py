"""The picture of a projection: payments added up over months, and when they are made up for."""

from costcalc.analysis.projection import Projected, Projection, cumulative
from costcalc.money import Money
from costcalc.render.charts.pictures import Path, Paths
from costcalc.units import how_many

MOST_PATHS = 6  # in one chart, the baseline always among them


def paths(found: Projection, money: Money) -> Paths:
    """Draw the options that cost the least in all, and the baseline; the least first.

    What machines still sell for at the end is not in the payments.

    Args:
        found: The result.
        money: In which currency amounts are shown.
    """
    every = sorted((_path(projected, money) for projected in found.options), key=lambda path: path.paid[-1])
    baseline = next(path for path in every if path.is_baseline)
    others = [path for path in every if not path.is_baseline][: MOST_PATHS - 1]
    shown = sorted((baseline, *others), key=lambda path: path.paid[-1])
    return Paths(_title(shown, baseline, money), tuple(shown), money.code, f"{found.as_of:%Y-%m}")


def _path(projected: Projected, money: Money) -> Path:
    paid = tuple(float(money.of(amount)) for amount in cumulative(projected.cash))
    payback = projected.payback
    first = payback.first if payback is not None else None
    return Path(projected.cash.option, paid, first, is_baseline=payback is None)


def _title(shown: list[Path], baseline: Path, money: Money) -> str:
    """Say who has cost the least in all, and who is the first to pay back."""
    best, months = shown[0], len(shown[0].paid)
    found = f"{best.option} costs the least in {how_many(months, 'month')}: {_written(best.paid[-1], money)}"
    against = f" against {baseline.option}"
    paying = [(path.pays_back, path.option) for path in shown if path.pays_back is not None]
    if not paying:
        return found if len(shown) == 1 else f"{found}; nothing pays back{against}"
    month, option = min(paying)
    return f"{found}; {'it' if option == best.option else option} pays back in month {month}{against}"


def _written(amount: float, money: Money) -> str:
    return money.named(f"{amount:,.0f}")
