"""What there is to say of a check, as findings at their places."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction

from costcalc.budget.plan import Plan
from costcalc.budget.verdict import Limited, Spent, Status, Verdict, place_of
from costcalc.catalog.catalog import MAX_AGE_DAYS
from costcalc.catalog.forms.schema import Source
from costcalc.cost.estimate import Estimate, Silence
from costcalc.findings import Finding, Level, Node
from costcalc.limits import BudgetEntry
from costcalc.money import USD
from costcalc.scenario import Scenario

_ABOUT: dict[Limited, str] = {
    "monthly_usd": "a month",
    "usd_per_mtok": "per million output tokens",
    "usd_per_request": "per request",
    "max_increase": "a month",
}


def _usd(amount: Fraction | None) -> str:
    return USD.cell(amount) if amount is not None else "?"


def about(verdict: Verdict, budget: BudgetEntry) -> Iterator[Finding]:
    """Say how a limit stands, unless it is simply inside."""
    if verdict.status not in _SAID:
        return
    rule, level, say = _SAID[verdict.status]
    if verdict.limited == "max_increase" and verdict.status == "over":
        rule, say = "budget-increase", _increased
    is_soft = verdict.status == "over" and budget.severity == "warn"
    subject = f"{verdict.budget}.{verdict.limited}"
    message = f"budget '{verdict.budget}' ({verdict.scope}): {say(verdict)}"
    yield Finding(rule, "warning" if is_soft else level, message, verdict.place, subject=subject)


def _spent(verdict: Verdict) -> str:
    at = f" (ranges at {verdict.at.upper()})" if verdict.ranged else ""
    return f"${_usd(verdict.actual)} {_ABOUT[verdict.limited]}{at}"


def _increased(verdict: Verdict) -> str:
    more = verdict.actual - verdict.base if verdict.actual is not None and verdict.base is not None else None
    allowed = f"up to ${_usd(verdict.deny)} is allowed"
    if verdict.reason:
        return f"{_spent(verdict)} is new: {verdict.reason}; {allowed}"
    return f"{_spent(verdict)} is ${_usd(more)} more than ${_usd(verdict.base)} on the baseline; {allowed}"


def _exceeded(verdict: Verdict) -> str:
    over = -verdict.headroom if verdict.headroom is not None else None
    return f"{_spent(verdict)} is ${_usd(over)} over the limit of ${_usd(verdict.deny)}"


def _before(verdict: Verdict) -> str:
    limit, base = _usd(verdict.deny), _usd(verdict.base)
    return f"{_spent(verdict)} is over the limit of ${limit}, as on the baseline (${base})"


def _warned(verdict: Verdict) -> str:
    return f"{_spent(verdict)} is above ${_usd(verdict.warn)}, where warnings begin"


def _put_up_with(verdict: Verdict) -> str:
    return f"{_spent(verdict)} is over ${_usd(verdict.deny)}, put up with: {verdict.reason}"


_SAID: dict[Status, tuple[str, Level, Callable[[Verdict], str]]] = {
    "over": ("budget-exceeded", "error", _exceeded),
    "over as before": ("budget-exceeded-before", "warning", _before),
    "warning": ("budget-warning", "warning", _warned),
    "suppressed": ("budget-suppressed", "note", _put_up_with),
    "undecided": ("undecided", "error", lambda verdict: f"cannot be decided: {verdict.reason}"),
    "no baseline": ("no-baseline", "warning", lambda _: "max_increase is not checked: no baseline was given"),
}


def about_prices(spent: Sequence[Spent], today: date, *, strict: bool) -> Iterator[Finding]:
    """Say which prices are missing, stale, checked on a day to come, retired or nobody's offer."""
    for one in spent:
        name = one.workload.name
        if one.reason:
            message = f"workload '{name}' has no cost on {one.option}: {one.reason}"
            yield Finding("price-missing", "error", message, one.place, subject=name)
        if one.estimate is None:
            continue
        age = (today - one.estimate.evidence_day).days
        if age > MAX_AGE_DAYS:
            message = f"workload '{name}': nobody has seen the price of {one.option} for {age} days"
            yield Finding("price-stale", "error" if strict else "warning", message, one.place, subject=name)
        checked = max(source.checked for source in (one.estimate.source, *_sources(one.estimate)))
        if checked > today:
            message = f"workload '{name}': a price of {one.option} was checked on {checked}, which is after {today}"
            yield Finding("future-checked", "error" if strict else "warning", message, one.place, subject=name)
        yield from _not_for_sale(name, one, one.estimate)


def _not_for_sale(name: str, one: Spent, estimate: Estimate) -> Iterator[Finding]:
    if estimate.retired is not None:
        message = f"workload '{name}': {one.option} was retired on {estimate.retired}"
        yield Finding("option-retired", "warning", message, one.place, subject=name)
    if estimate.last_listed is not None:
        last = estimate.last_listed
        message = f"workload '{name}': {one.option} stands in no current list of prices, in one last on {last}"
        yield Finding("option-unlisted", "warning", message, one.place, subject=name)
    if estimate.kind == "rate":
        message = f"workload '{name}': {one.option} is a published figure that nobody sells"
        yield Finding("option-rate", "warning", message, one.place, subject=name)


def _sources(estimate: Estimate) -> Iterator[Source]:
    yield from (line.source for line in estimate.lines if line.source is not None)


def caveats(spent: Sequence[Spent]) -> Iterator[Finding]:
    """Give the caveats of the estimates, each once for an option; not what a plan does not even mention."""
    names: dict[tuple[str, str], list[Spent]] = {}
    for one in spent:
        for caveat in one.estimate.caveats if one.estimate is not None else ():
            if not isinstance(caveat, Silence):
                names.setdefault((one.option, caveat), []).append(one)
    for (option, caveat), of in names.items():
        others = f" and {len(of) - 1} more" if len(of) > 1 else ""
        message = f"workload '{of[0].workload.name}'{others}: {option}: {caveat}"
        yield Finding("caveat", "note", message, of[0].place, subject=f"{option}: {caveat}")


def expired(scenario: Scenario, tree: Node, today: date) -> Iterator[Finding]:
    """Say which suppressions no longer hold."""
    for index, one in enumerate(scenario.suppressions):
        if one.budget is not None and not one.holds_on(today):
            message = (
                f"the suppression of budget '{one.budget}' expired on {one.expires} ({one.reason}); remove or renew it"
            )
            place = place_of(tree, "suppressions", index, "expires")
            yield Finding("suppression-expired", "error", message, place, subject=one.budget)


def fleets(plan: Plan) -> Iterator[Finding]:
    """Say which workloads share machines or capacity, with what it would cost apart, and which do not."""
    for fleet in plan.fleets:
        replicas = float(fleet.replicas or 0)
        size = f" ({replicas:,.4g} replica{'s' if replicas != 1 else ''})" if replicas else ""
        bears = "the GPU time" if replicas else "the tokens"
        message = (
            f"{_named(fleet.names)} share one {fleet.option}{size}: {USD.text(fleet.usd)} a month, of which each bears"
            f" its share by {bears}; one for each would cost {USD.text(fleet.apart_usd)} (then give each an option of"
            " its own name)"
        )
        yield _about_fleet("fleet-shared", message, fleet.option, fleet.names[0], plan)
    for found in plan.apart:
        why = f"they differ in {found.differ_in}" if found.differ_in else "a blend is priced for itself"
        message = f"{_named(found.names)} do not share {found.option}: {why}, so each is priced on one of its own"
        yield _about_fleet("fleet-apart", message, found.option, found.names[0], plan)


def _about_fleet(rule: str, message: str, option: str, first: str, plan: Plan) -> Finding:
    return Finding(rule, "note", message, place_of(plan.tree, "workloads", first, "option"), subject=option)


def _named(names: Sequence[str]) -> str:
    *others, last = (f"'{name}'" for name in names)
    return f"workloads {', '.join(others)} and {last}"
