"""How often a fleet has the replicas that its load needs, and how long a new one takes to start."""

from decimal import Decimal
from math import comb

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import SelfHostOption

SMALL_MODEL_B = 14  # billions of parameters up to which the cold start of an 8B model is taken


def cold_start_of(option: SelfHostOption, catalog: Catalog) -> str:
    """Name the assumption that says how long a replica takes to start; an unknown model may be a large one."""
    small = option.model is not None and catalog.open_model(option.model).parameters_b <= SMALL_MODEL_B
    return "cold_start_8b" if small else "cold_start_70b"


def availability(needed: int, spares: int, replica_availability: Decimal) -> Decimal:
    """Probability that at least the needed replicas are up at a moment [0 to 1].

    Of n = needed + spares replicas, each up with probability a and independently of the others, the number that is
    down is binomial. The fleet carries its load while at most as many are down as it has spares:

        sum over d = 0 … spares of  C(n, d) × (1 − a)^d × a^(n − d)

    Leaves out what takes several replicas down at once (a node, a site, a release), replicas that follow the load,
    and that a fleet without its spares still answers, more slowly, outside its peak.

    Args:
        needed: Replicas that the load needs at its peak.
        spares: Replicas beside those.
        replica_availability: Share of time in which one replica is up, 0 to 1 (assumption replica_availability).

    Source:
        The binomial distribution, as for any k-out-of-n system: Barlow and Proschan, "Mathematical Theory of
        Reliability", 1965.

    Example:
        One replica is up as often as it is; with a spare, both must be down, 0.01² of the time:

        >>> availability(1, 0, Decimal("0.99")), availability(1, 1, Decimal("0.99"))
        (Decimal('0.99'), Decimal('0.9999'))
    """
    replicas = needed + spares
    down = 1 - replica_availability
    total = sum(
        comb(replicas, missing) * (down**missing if missing else 1) * replica_availability ** (replicas - missing)
        for missing in range(spares + 1)
    )
    return min(Decimal(1), Decimal(total))  # rounding at 28 digits may exceed certainty
