"""How probably each option is the cheapest, by draws of every uncertain number and of each seller's list price."""

from collections.abc import Sequence

from costcalc.analysis.distribution import draws_of
from costcalc.analysis.montecarlo import wins_of
from costcalc.analysis.sample import Sample
from costcalc.case.case import Case
from costcalc.cost.estimate import Estimate
from costcalc.recommend.prices import Seller, price_of_lists, usd_at


def chances_of(case: Case, options: Sequence[str], *, draws: int, seed: int) -> dict[str, float]:
    """Draw how probably each option is the cheapest.

    The draws are those of `simulate`; each seller's list price is drawn beside them, as a factor on what is bought
    there. What an option pays at a seller is taken to be the same share of its cost in every draw.

    Args:
        case: The workload with its ranges, the catalog and the day.
        options: The options.
        draws: How many draws.
        seed: Where the streams begin: the same seed gives the same result.
    """
    chosen = case.priced(options).to_choose()
    factors = {
        seller: [float(factor) for factor in draws_of(moved, draws, seed)]
        for seller, moved in price_of_lists(chosen.estimates, case.catalog, as_of=case.as_of).items()
    }
    columns = Sample(case, draws, seed).costs(chosen.options, None)
    priced = {one.option: _moved(columns[one.option], one, factors) for one in chosen.estimates}
    return {name: wins / draws for name, wins in wins_of(priced).items()}


def _moved(column: Sequence[float], estimate: Estimate, factors: dict[Seller, list[float]]) -> list[float]:
    """Move a column of costs by what is bought at each seller."""
    shares = {seller: usd_at(estimate, seller) for seller in factors}
    parts = [(float(usd / estimate.monthly_usd), factors[seller]) for seller, usd in shares.items() if usd]
    return [cost * (1 + sum(by * (drawn[at] - 1) for by, drawn in parts)) for at, cost in enumerate(column)]
