"""When an answer should be asked for again, and what to measure before it is trusted."""

from collections.abc import Iterator
from datetime import date, timedelta

from costcalc.catalog.catalog import MAX_AGE_DAYS
from costcalc.catalog.forms.options import ApiOption
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.recommend.answer import Again, Recommendation
from costcalc.recommend.margin import next_step
from costcalc.recommend.pick import unknown_of
from costcalc.recommend.question import Candidate
from costcalc.recommend.words import written


def measure_first(answer: Recommendation) -> Iterator[str]:
    """Say what to measure first: what is not known, then the number that moves the difference most."""
    if answer.choice is None or answer.verdict == "decided":
        return
    yield from unknown_of(answer.sorted, answer.choice)
    doubt = answer.doubt
    if doubt is not None and doubt.is_close and doubt.swings and doubt.swings[0].usd:  # else nothing moves it
        top = doubt.swings[0].input
        yield f"{top.path}: {top.value.normalize():f} lies between {top.low:f} and {top.high:f} {top.unit}".rstrip()
    if answer.runner_up is not None and answer.regret_usd == 0:
        yield f"quality and latency of {answer.choice.id} and {answer.runner_up.id} on tasks of your own"


def ask_again(answer: Recommendation) -> Iterator[Again]:
    """Say at which volume, on which day and at which price the answer may change."""
    choice = answer.choice
    if choice is None:
        return
    yield from _volumes(answer)
    step = next_step(answer.question, choice) if choice.side == "build" else None
    if step is not None:
        yield Again("volume", step[0], f"above it {choice.id} needs more machines and costs", step[1])
    yield _next_day(answer, choice)
    if answer.runner_up is not None and choice.usd and answer.runner_up.usd > choice.usd:
        factor = answer.runner_up.usd / choice.usd
        yield Again("price", factor, f"if {choice.id} costs that many times as much, {answer.runner_up.id} is cheaper")


def _volumes(answer: Recommendation) -> Iterator[Again]:
    """Name every volume at which the cheaper side changes."""
    margin = answer.margin
    for win in margin.wins if margin is not None else ():
        assert margin is not None  # it has wins
        if win.lo:
            until = f", up to {written('output_mtok', win.hi)}" if win.hi is not None else " for good"
            yield Again("volume", win.lo, f"above it {margin.build.id} is the cheaper side{until}")
        if win.hi is not None:
            yield Again("volume", win.hi, f"above it {margin.buy.id} is the cheaper side")


def _next_day(answer: Recommendation, choice: Candidate) -> Again:
    """Find the next day on which a price of the answer or of the runner-up changes, or stops being fresh."""
    days: list[tuple[date, str]] = []
    today, catalog = answer.question.as_of, answer.question.catalog
    for one in (choice, answer.runner_up):
        names = getattr(one.named.option, "members", (one.id,)) if one is not None else ()
        for option in (catalog.option(name).option for name in names):
            if not isinstance(option, ApiOption | ProvisionedOption):
                continue
            sold = catalog.sold_model(option.model)
            later = (price.effective for price in sold.model.prices if price.effective > today)
            days += [(day, f"another price of {sold.ref} holds") for day in later]
            if sold.model.retired is not None and sold.model.retired > today:
                days.append((sold.model.retired, f"{sold.ref} is retired"))
    stale = choice.priced.evidence_day + timedelta(days=MAX_AGE_DAYS)
    days.append((max(stale, today), f"nobody will have seen the price of {choice.id} for {MAX_AGE_DAYS} days"))
    day, because = min(days)
    return Again("date", day, because)
