"""What a fleet of one's own costs under a log's real load, and how much of it comes while the fleet is full."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Literal, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.cost.fleet import Fleet, hours_of, spares_of
from costcalc.cost.hosting import HostedMonth, Hosting, hosting_for
from costcalc.cost.replica import Replica
from costcalc.errors import UndecidableError
from costcalc.units import HOURS_PER_MONTH, SECONDS_PER_HOUR, Count, decimal, whole
from costcalc.usage.curve import MICRO, LoadCurve, Size, Speed, generated, load_curve
from costcalc.usage.groups import Group, Usage, added
from costcalc.workload import OUTPUT_METERS, TOKEN_METERS, Shape, TokenMeter, Workload

PolicyKind = Literal["p95", "p99", "peak", "fixed", "autoscaled", "hindsight"]
FOLLOWING = frozenset({"on_demand", "spot"})  # tenures that are paid by the hour: a replica that goes costs nothing
RANKS: dict[PolicyKind, Fraction] = {"p95": Fraction(95, 100), "p99": Fraction(99, 100), "peak": Fraction(1)}


class Policy(NamedTuple):
    """How many replicas run, and when.

    Args:
        kind: Always as many as a share of the windows needs (``p95``, ``p99``, ``peak``) or as the option says
            (``fixed``); as many as the load of the window before asked for (``autoscaled``); or as many as each window
            turns out to need (``hindsight``), which nobody can run and no policy can beat.
        target: How busy an autoscaler keeps its replicas, 0 to 1.
        cold_start_s: How long a replica takes to start, which is paid [s].
        number: How many replicas a fixed fleet has.
    """

    kind: PolicyKind
    target: Fraction = Fraction(1)
    cold_start_s: Fraction = Fraction(0)
    number: int = 0


class SizeTerms(NamedTuple):
    """On what terms fleets are sized.

    Args:
        targets: How busy autoscalers are to keep their replicas, 0 to 1.
        cold_start_s: How long a replica of each option takes to start [s].
        most_above: Share of the load that may come above capacity, 0 to 1.
        assumed: The assumptions that say how long a start takes; none where the user did.
        mean_load: The mean load to bring the curve to, in its shape [replicas]; None for the load as it came.
    """

    targets: Sequence[Fraction]
    cold_start_s: Mapping[str, Fraction]
    most_above: Fraction
    assumed: Sequence[str] = ()
    mean_load: Fraction | None = None


class Run(NamedTuple):
    """What a policy does under a load curve.

    Args:
        replicas: Replicas that are paid for, window by window.
        above_us: The load that comes while all of them are busy [µs of one replica].
    """

    replicas: tuple[int, ...]
    above_us: Fraction


def run_of(policy: Policy, curve: LoadCurve) -> Run:
    """Run a policy over a load curve.

    Example:
        Loads of 1, 3 and 2 replicas. Two are too few for one replica × one window of the six:

        >>> curve = LoadCurve(600, (600_000_000, 1_800_000_000, 1_200_000_000))
        >>> run = run_of(Policy("fixed", number=2), curve)
        >>> run.replicas, run.above_us / sum(curve.busy_us)
        ((2, 2, 2), Fraction(1, 6))
    """
    if policy.kind == "autoscaled":
        asked = _asked_for(curve, policy.target)
        return Run(asked, _above(curve, asked, policy.cold_start_s * MICRO))
    if policy.kind == "hindsight":
        replicas = tuple(max(1, ceil(Fraction(busy, curve.window_us))) for busy in curve.busy_us)
    else:
        least = policy.number or ceil(curve.at_rank(RANKS[policy.kind]))
        replicas = (max(1, least),) * len(curve.busy_us)
    return Run(replicas, _above(curve, replicas, Fraction(0)))


def _asked_for(curve: LoadCurve, target: Fraction) -> tuple[int, ...]:
    """Say how many replicas an autoscaler asks for in each window: what the one before would have needed.

    It begins with what the first window needs; a replica that is no longer needed goes at once, and one stays.
    """
    needed = [max(1, ceil(Fraction(busy, curve.window_us) / target)) for busy in curve.busy_us]
    return (needed[0], *needed[:-1])


def _above(curve: LoadCurve, asked: Sequence[int], cold_us: Fraction) -> Fraction:
    """Add up the load that comes while every replica that is ready is busy [µs of one replica].

    A replica serves once it has been asked for during a whole cold start; until then the others stand alone.
    """
    windows, into = divmod(cold_us, curve.window_us)  # how far back, and how far into a window, it was asked for
    above = Fraction(0)
    for at, busy in enumerate(curve.busy_us):
        if not busy:
            continue
        rate = Fraction(busy, curve.window_us)
        since = max(0, at - int(windows))
        later = min(asked[since : at + 1])
        sooner = min(later, asked[max(0, since - 1)])
        above += into * max(Fraction(0), rate - sooner) + (curve.window_us - into) * max(Fraction(0), rate - later)
    return above


class Outcome(NamedTuple):
    """What a policy costs in a month at the log's pace.

    Args:
        policy: The policy.
        replicas: Replicas that are paid for: their mean over the time, spares left out.
        most: The most of them at one time.
        gpus: GPUs that are paid for, spares and whole nodes included: their mean.
        above: Share of the load that comes while all of them are busy, 0 to 1.
        over_ideal: GPUs that are paid for ÷ GPUs that the mean load keeps busy.
        utilisation: Share of the paid GPU time that serves, 0 to 1.
        month: The month's bill.
        peak_to_mean: What an estimate takes as the peak, with a headroom of 1, to arrive at these replicas; None for
            replicas that follow the load.
        headroom: What an estimate with ``autoscale`` takes as headroom, likewise; None for a fleet that stands.
    """

    policy: Policy
    replicas: Fraction
    most: int
    gpus: Fraction
    above: Fraction
    over_ideal: Fraction
    utilisation: Fraction
    month: HostedMonth
    peak_to_mean: Fraction | None
    headroom: Fraction | None

    @property
    def monthly_usd(self) -> Decimal:
        """What it costs [USD/month]."""
        return decimal(self.month.exact_usd)


class SizedLog(NamedTuple):
    """An option under the load of a log.

    Args:
        name: The option's id.
        option: The option.
        curve: The load.
        replica: What one replica serves of the whole log's mix.
        tokens_per_s: Output tokens a second of one busy replica, as the windows' own mixes have it.
        outcomes: The policies, those that stand first.
        chosen: The cheapest of them that leaves little enough above capacity.
        too_long: Requests in windows whose mean request is longer than the model's context window.
    """

    name: str
    option: SelfHostOption
    curve: LoadCurve
    replica: Replica
    tokens_per_s: float
    outcomes: tuple[Outcome, ...]
    chosen: Outcome
    too_long: int


def sized_log(
    name: str,
    option: SelfHostOption,
    usage: Usage,
    catalog: Catalog,
    *,
    as_of: date,
    terms: SizeTerms,
) -> SizedLog:
    """Size a fleet for the load of a log.

    Args:
        name: The option's id.
        option: The option.
        usage: What was counted in the log.
        catalog: Models, GPUs, prices and assumptions.
        as_of: The day whose prices are in force.
        terms: On what terms.

    Raises:
        UndecidableError: The log cannot be sized from, the model does not fit, or a price is missing.
    """
    if hours_of(option) != HOURS_PER_MONTH:
        raise UndecidableError("it runs in a part of the month's hours, and the log's load comes in all of them")
    hosting = hosting_for(name, option, mix_of(usage), catalog, as_of=as_of)
    came = load_curve(usage, _speed_of(hosting, catalog))
    curve = came if terms.mean_load is None else came.at_mean(terms.mean_load)
    requests = usage.requests * Fraction(sum(curve.busy_us), sum(came.busy_us))
    outcomes = tuple(
        _outcome(policy, curve, requests, hosting, catalog)
        for policy in _policies(option, terms.targets, terms.cold_start_s[name])
    )
    allowed = [each for each in outcomes if each.policy.kind != "hindsight" and each.above <= terms.most_above]
    return SizedLog(
        name=name,
        option=option,
        curve=curve,
        replica=hosting.replica(catalog),
        tokens_per_s=sum(map(generated, usage.groups)) * MICRO / sum(came.busy_us),
        outcomes=outcomes,
        chosen=min(reversed(allowed), key=_preference),  # there is one: the peak leaves nothing above itself
        too_long=_too_long(option, usage, catalog),
    )


def _preference(outcome: Outcome) -> tuple[Fraction, Fraction, bool]:
    """The cheapest; of equal ones that which leaves least above capacity, and rather one that stands."""
    return outcome.month.exact_usd, outcome.above, outcome.policy.kind == "autoscaled"


def _policies(option: SelfHostOption, targets: Sequence[Fraction], cold_start_s: Fraction) -> Iterator[Policy]:
    if option.replicas is not None:
        yield Policy("fixed", number=option.replicas)
    yield from (Policy(kind) for kind in RANKS)
    if option.tenure in FOLLOWING:
        yield from (Policy("autoscaled", target, cold_start_s) for target in targets)
        yield Policy("hindsight")


def mix_of(usage: Usage) -> Workload:
    """Give the whole log's mix of requests: a shape for each class of prompts."""
    classes: dict[int, list[Group]] = {}
    for group in usage.groups:
        if group.requests:
            classes.setdefault(group.above, []).append(group)
    total = sum(group.requests for groups in classes.values() for group in groups)
    if not total:
        raise UndecidableError("the log does not say of how many requests its sums are")
    return Workload(total, tuple(_shape(groups, total) for groups in classes.values()))


def _shape(groups: Sequence[Group], total: int) -> Shape:
    requests = sum(group.requests for group in groups)
    tokens: dict[TokenMeter, Count] = {
        meter: whole(Fraction(amount, requests)) for meter, amount in added(groups).items() if meter in TOKEN_METERS
    }
    if not any(meter in tokens for meter in OUTPUT_METERS):
        tokens["output"] = 1
    return Shape(tokens, share=whole(Fraction(requests, total)))


def _speed_of(hosting: Hosting, catalog: Catalog) -> Speed:
    """Ask what one replica serves, with the user's measurement or the throughput model behind it."""

    def speed(size: Size) -> float:
        tokens: dict[TokenMeter, Count] = {"input": size.fresh, "cache_read": size.cached, "output": size.output}
        alone = Workload(1, (Shape({meter: amount for meter, amount in tokens.items() if amount}),))
        try:
            return Hosting(hosting.option, alone, catalog, hosting.listed).replica(catalog).tokens_per_s
        except UndecidableError as error:
            prompt, output = (float(f"{float(amount):.3g}") for amount in (size.fresh + size.cached, size.output))
            sizes = f"about {prompt:,.0f} tokens in and {output:,.0f} out"
            raise UndecidableError(f"requests of {sizes}: {error.reason}") from None

    return speed


def _too_long(option: SelfHostOption, usage: Usage, catalog: Catalog) -> int:
    window = catalog.open_model(option.model).context_window if option.model is not None else None
    if window is None:
        return 0
    return sum(group.requests for group in usage.groups if group.tokens > window * max(1, group.requests))


def _outcome(policy: Policy, curve: LoadCurve, asked: Fraction, hosting: Hosting, catalog: Catalog) -> Outcome:
    option, run, mean = hosting.option, run_of(policy, curve), curve.mean
    terms, spares = hosting.terms, spares_of(option, catalog)
    windows = len(curve.busy_us)
    replicas = Fraction(sum(run.replicas), windows)
    gpus = Fraction(sum(terms.gpus_for(number + spares) for number in run.replicas), windows)
    above = Fraction(run.above_us, sum(curve.busy_us))
    requests = asked * HOURS_PER_MONTH * SECONDS_PER_HOUR / (windows * curve.window_s)
    fleet = Fleet(
        replicas=whole(replicas),
        spares=spares,
        gpus=whole(gpus),
        hours=HOURS_PER_MONTH,
        gpus_per_replica=terms.gpus,
        requests=whole(requests * (1 - above)),
        capacity=max(1, round(requests / mean)),
    )
    follows = policy.kind in {"autoscaled", "hindsight"}
    level = curve.at_rank(RANKS[policy.kind]) if policy.kind in RANKS else Fraction(policy.number)
    return Outcome(
        policy=policy,
        replicas=replicas,
        most=max(run.replicas),
        gpus=gpus,
        above=above,
        over_ideal=gpus / (mean * terms.gpus),
        utilisation=(1 - above) * mean * terms.gpus / gpus,
        month=hosting.priced(fleet, catalog),
        peak_to_mean=None if follows else max(Fraction(1), level / mean),
        headroom=replicas / mean if follows else None,
    )
