"""How many requests were in flight during a run: by its limit, all at once, or by what it did."""

from typing import NamedTuple

from costcalc.catalog.bench import faults
from costcalc.catalog.bench.figures import shown

_BINDS = 0.95  # a limit held requests back where fewer were completed than this share of the rate that was asked for


class Load(NamedTuple):
    """Requests in flight (None: as many as fit), and why the run is no measurement of what a deployment can do."""

    concurrency: float | None = None
    faults: tuple[str, ...] = ()


def load_of(limit: float | None, rate: object, *, requests_per_s: float | None, mean_s: float | None) -> Load:
    """Work out the requests in flight.

    Without a rate they are the limit, or as many as fit. At a rate they are the limit where it held requests back,
    else requests completed a second × the mean time that each took (Little's law); where a file does not say how long
    that was, nothing says what could be served.

    Args:
        limit: The most requests in flight at once.
        rate: The rate at which requests were sent [requests/s]; None or infinity for all at once.
        requests_per_s: Requests completed [requests/s].
        mean_s: The mean time of a request [s].

    Source:
        Little, "A proof for the queuing formula L = λW", Operations Research 9(3), 1961, doi:10.1287/opre.9.3.383.

    Example:
        >>> load_of(None, 4, requests_per_s=4.0, mean_s=5.0).concurrency
        20.0
    """
    if rate is None or str(rate).lower() in {"inf", "infinity"}:
        return Load(limit or None)
    asked = float(rate) if isinstance(rate, int | float) and not isinstance(rate, bool) else None
    if asked is not None and limit and requests_per_s is not None and requests_per_s < _BINDS * asked:
        return Load(limit)
    if not requests_per_s or not mean_s:
        return Load(None, (faults.idle(f"{asked:g}" if asked is not None else shown(rate)),))
    mean = requests_per_s * mean_s
    return Load(mean, tuple(filter(None, [faults.in_flight(mean)])))
