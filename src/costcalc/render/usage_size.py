"""What `usage size` says: how many replicas a log's load takes, what they cost, and what comes while they are full."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from costcalc.catalog.catalog import Catalog
from costcalc.money import USD, Money
from costcalc.render.deployments import rate, share
from costcalc.render.numbers import count, significant, times
from costcalc.render.report import Block, Column, Heading, Json, Report, Table, listed
from costcalc.render.usage_log import duration, fault_lines, log_data, log_words
from costcalc.render.verdict import fitting
from costcalc.units import decimal, plural, short
from costcalc.usage.groups import Usage
from costcalc.usage.sizing import FOLLOWING, Outcome, SizedLog, SizeTerms

_TOO_LONG = "requests longer than the model's context window are counted as if it served them: {:,}"
_ALL_HOURS = "what is reserved or owned is paid for at all hours"
_STANDING = {
    "p95": "for 95 % of the windows",
    "p99": "for 99 % of the windows",
    "peak": "for the busiest window",
    "fixed": "as many as the option has",
    "hindsight": "with hindsight: no policy can",
}


def usage_size_report(
    found: Sequence[SizedLog],
    left_out: Sequence[tuple[str, str]],
    usage: Usage,
    terms: SizeTerms,
    catalog: Catalog,
    *,
    inputs: Mapping[str, Json],
    day: date,
    money: Money = USD,
) -> Report:
    """Put fleets for a log's load into words and data."""
    best = min(found, key=lambda sized: sized.chosen.month.exact_usd)
    rows = [(sized, outcome) for sized in found for outcome in sized.outcomes]
    return Report(
        command="usage-size",
        as_of=day,
        digest_of=catalog.digest_of,
        inputs=inputs,
        result={
            "log": log_data(usage),
            "options": [_data(sized) for sized in found],
            "left_out": [{"option": name, "reason": reason} for name, reason in left_out],
        },
        records=tuple({"option": sized.name, **_outcome_data(outcome)} for sized, outcome in rows),
        verdict=fitting(*(_verdict(best, brief=brief, money=money) for brief in (False, True))),
        blocks=(
            *(block for sized in found for block in _blocks(sized, day, money)),
            *listed("Left out", (f"{name}: {reason}" for name, reason in left_out)),
        ),
        assumed=tuple(_assumed(found, usage, terms)),
        more=tuple(_more(found, usage)),
        money=money,
    )


def _verdict(sized: SizedLog, *, brief: bool, money: Money) -> tuple[str, ...]:
    chosen = sized.chosen
    verb = "costs" if chosen.most == 1 else "cost"
    fleet = f"{count(_rounded(chosen.replicas))} {plural(chosen.most, 'replica')} ({_words(chosen)})"
    busy, above = share(decimal(chosen.utilisation)), share(decimal(chosen.above))
    first = f"{sized.name}: {fleet} {verb} {money.text(chosen.monthly_usd)} a month, busy {busy} of the time."
    beside = f"Load above capacity: {above}; cost over ideal: {times(decimal(chosen.over_ideal))}."
    feeds = f"An estimate takes it as {_feeds(chosen)}."
    return (first, feeds) if brief else (first, beside, feeds)


def _feeds(outcome: Outcome) -> str:
    """Say what an estimate takes to arrive at these replicas."""
    if outcome.headroom is not None:
        return f"autoscale: true, headroom: {_factor(outcome.headroom)}"
    return f"--peak-to-mean {_factor(outcome.peak_to_mean or Fraction(1))} --headroom 1"


def _factor(number: Fraction) -> str:
    return significant(decimal(number), 4).replace(",", "")


def _rounded(number: Fraction) -> int | Fraction:
    return number.numerator if number.denominator == 1 else number


def _blocks(sized: SizedLog, day: date, money: Money) -> Iterator[Block]:
    measured = "measured" if sized.replica.measured else "predicted"
    yield Heading(
        f"{sized.name}: mean load {significant(decimal(sized.curve.mean), 3)} replicas of"
        f" {rate(sized.tokens_per_s)} output tokens/s ({measured}); prices of {day}"
    )
    columns = (
        Column("replicas", wraps=True),
        Column("mean", "right"),
        Column("most", "right", rank=2),
        Column(money.per("month"), "right"),
        Column("× ideal", "right", rank=1, means="is the cost over that of replicas that are always busy"),
        Column("busy", "right"),
        Column("above", "right", means="is the share of the load that comes while all replicas are busy"),
    )
    notes = (
        *((_TOO_LONG.format(sized.too_long),) if sized.too_long else ()),
        *(() if sized.option.tenure in FOLLOWING else (_ALL_HOURS,)),
    )
    yield Table(columns, tuple(_row(sized, outcome, money) for outcome in sized.outcomes), notes)


def _row(sized: SizedLog, outcome: Outcome, money: Money) -> tuple[str, ...]:
    mark = " ←" if outcome is sized.chosen else ""
    return (
        f"{_words(outcome)}{mark}",
        count(_rounded(outcome.replicas)),
        f"{outcome.most:,}",
        money.cell(outcome.monthly_usd),
        f"{float(outcome.over_ideal):,.2f}",
        share(decimal(outcome.utilisation)),
        share(decimal(outcome.above)) if outcome.above else "0",
    )


def _words(outcome: Outcome) -> str:
    if outcome.policy.kind == "autoscaled":
        return f"follow the load, {share(decimal(outcome.policy.target))} busy"
    return _STANDING[outcome.policy.kind]


def _assumed(found: Sequence[SizedLog], usage: Usage, terms: SizeTerms) -> Iterator[str]:
    yield f"the log's pace holds all month: {log_words(usage)}"
    if terms.mean_load is not None:
        yield f"the load has its shape, and a mean of {float(terms.mean_load):g} replicas (--mean)"
    yield f"windows of {duration(usage.bucket_s)}, idle ones too; what a provider cached is cached here"
    if any(sized.option.tenure in FOLLOWING for sized in found):
        starts = ", ".join(duration(round(seconds)) for seconds in dict.fromkeys(terms.cold_start_s.values()))
        why = f" ({', '.join(terms.assumed)})" if terms.assumed else ""
        yield f"a replica starts in {starts}{why} and is paid meanwhile; one that is not needed goes at once"


def _more(found: Sequence[SizedLog], usage: Usage) -> Iterator[Block]:
    yield from listed("Rows that are not counted", fault_lines(usage))
    yield from listed("Caveats", dict.fromkeys(text for sized in found for text in _caveats(sized)))


def _caveats(sized: SizedLog) -> Iterator[str]:
    yield from sized.chosen.month.price.caveats
    yield from sized.replica.caveats
    if not sized.replica.measured:
        low, high = (rate(sized.tokens_per_s * end / sized.replica.tokens_per_s) for end in _interval(sized))
        yield f"{sized.name}: a replica's tokens/s have an 80 % interval of {low} to {high}; --own takes a measurement"
    if sized.option.costs == "hardware":
        yield "the machines alone: people, engineering and upkeep are on the whole bill (costcalc tco)"


def _interval(sized: SizedLog) -> tuple[float, float]:
    return sized.replica.low, sized.replica.high


def _data(sized: SizedLog) -> dict[str, Json]:
    return {
        "option": sized.name,
        "mean_load": _exact(sized.curve.mean),
        "windows": len(sized.curve.busy_us),
        "window_s": sized.curve.window_s,
        "output_tokens_per_s": short(sized.tokens_per_s, 3),
        "measured": sized.replica.measured,
        "too_long_requests": sized.too_long,
        "chosen": sized.outcomes.index(sized.chosen),
        "policies": [_outcome_data(outcome) for outcome in sized.outcomes],
    }


def _outcome_data(outcome: Outcome) -> dict[str, Json]:
    policy = outcome.policy
    follows = policy.kind == "autoscaled"
    return {
        "policy": policy.kind,
        "target": _exact(policy.target) if follows else None,
        "cold_start_s": _exact(policy.cold_start_s) if follows else None,
        "replicas": _exact(outcome.replicas),
        "most_replicas": outcome.most,
        "gpus": _exact(outcome.gpus),
        "monthly_usd": outcome.monthly_usd,
        "cost_over_ideal": _exact(outcome.over_ideal),
        "utilisation": _exact(outcome.utilisation),
        "above_capacity": _exact(outcome.above),
        "peak_to_mean": _exact(outcome.peak_to_mean) if outcome.peak_to_mean is not None else None,
        "headroom": _exact(outcome.headroom) if outcome.headroom is not None else None,
    }


def _exact(number: Fraction) -> Decimal:
    """Write a figure of physics to nine digits: the model knows three."""
    value = decimal(number)
    return short(value, 8 - value.adjusted()) if value else value
