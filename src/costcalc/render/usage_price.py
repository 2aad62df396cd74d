"""What `usage price` says: what the traffic did cost and what it would cost, then where the money went."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from costcalc.case.case import why_unfit
from costcalc.cost.estimate import Estimate
from costcalc.findings import Finding
from costcalc.money import USD, Money
from costcalc.render.compare_explain import explained_line
from costcalc.render.compare_rows import FLAGS, flag_of, replicas
from costcalc.render.numbers import count, percent, significant, times
from costcalc.render.report import Block, Bullets, Column, Heading, Json, Report, Table, listed
from costcalc.render.usage_log import lost_words, span_words
from costcalc.render.usage_price_data import Part, option_record, part_row, parts_of, price_data
from costcalc.render.verdict import WHATEVER, fitting
from costcalc.units import MTOK, decimal, how_many, short, whole
from costcalc.usage.difference import Difference
from costcalc.usage.focus import Version, focus_rows
from costcalc.usage.reprice import Unpriced
from costcalc.usage.repriced import Repriced

MOST_ROWS = 11  # a page of the usual options stands on one screen of 40 lines
_MANY = 10  # times as much: said as a factor, no more in per cent
_MODELS = 6  # rows of what it did cost, unless something was asked for


class Shown(NamedTuple):
    """How a repriced log is shown.

    Args:
        by: What its cost is shown by.
        every_row: Whether every option has a row.
        focus_version: In which version of FOCUS rows are written.
        is_asked_for: Whether the user said what it is shown by: then rows of data are of that, else of options.
        explain: Whether every number is shown with its place and source.
    """

    by: tuple[str, ...]
    every_row: bool = False
    focus_version: Version = "1.4"
    is_asked_for: bool = False
    explain: bool = False


def price_report(
    result: Repriced, shown: Shown, *, inputs: Mapping[str, Json], findings: Sequence[Finding] = (), money: Money = USD
) -> Report:
    """Put a repriced log into words and data."""
    groups = parts_of(result, shown.by)
    rows = _options(result, shown)
    return Report(
        command="usage-price",
        as_of=result.case.as_of,
        digest_of=result.case.catalog.digest_of,
        inputs=inputs,
        result=price_data(result, groups, result.case.catalog if shown.explain else None),
        records=tuple(_records(result, groups, shown)),
        verdict=fitting(tuple(_sentences(result, money, brief=False)), tuple(_sentences(result, money, brief=True))),
        blocks=(
            Heading(_title(result)),
            *_served_table(groups, shown, money),
            *_options_table(result, rows, money),
            *(_explained(result, rows, money) if shown.explain else ()),
        ),
        assumed=tuple(_assumed(result)),
        more=tuple(_more(result, rows, money)),
        diagnostics=(*findings, *_unpriced_findings(result)),
        money=money,
        focus=_focus(result, shown),
    )


def _records(result: Repriced, groups: Sequence[Part], shown: Shown) -> Iterator[Mapping[str, Json]]:
    """Give the rows of CSV and JSON lines: of what was asked for, else of the options."""
    if shown.is_asked_for:
        yield from ({**group.named, **part_row(group)} for group in groups)
    else:
        yield from (option_record(result, estimate) for estimate in result.estimates)


def _focus(result: Repriced, shown: Shown) -> tuple[Mapping[str, Json], ...]:
    """Write what it did cost as rows of FOCUS, over the time of the log."""
    usage = result.usage
    requests: dict[str, int] = {}
    for served in result.cost.served:
        requests[served.model] = requests.get(served.model, 0) + served.requests
    pairs = [(served.model, estimate) for served in result.cost.served for estimate in served.estimates]
    begin, end = (datetime.fromtimestamp(moment, UTC) for moment in (usage.first_s, usage.first_s + usage.span_s))
    return focus_rows(pairs, period=(begin, end), version=shown.focus_version, requests=requests)


def _sentences(result: Repriced, money: Money, *, brief: bool) -> Iterator[str]:
    cost = result.cost
    yield from lost_words(result.usage)
    if not cost.served:
        yield "What this traffic did cost is not known: no model of the log has a price."
    else:
        least, most = decimal(cost.exact_usd), decimal(cost.exact_high_usd)
        span = money.text(least) if least == most else f"{money.text(least)} to {money.text(most)}"
        yield f"The log's {_amount(result)} did cost {span} {_prices(result)}{_recorded(result, money)}."
        yield from _bound(result, money, brief=brief)
    choices = [each for each in result.estimates if not why_unfit(each)]
    if not choices:
        yield "None of the options can serve this traffic at a known price."
        return
    best = choices[0]
    low, high = map(decimal, result.low_and_high(best))
    price = money.text(low) if low == high else f"{money.text(low)} to {money.text(high)}"
    change = _change(result, low) if cost.served and not cost.unpriced and low == high else ""
    if len(choices) == 1:
        yield f"On {best.option} the same traffic costs {price}{change}."
    else:
        yield _cheapest(result, choices, f"{price}{change}")
    if cost.unpriced and cost.served:
        tokens = sum(each.tokens for each in cost.unpriced)
        share = percent(Decimal(tokens) / Decimal(sum(group.tokens for group in result.usage.groups) or 1))
        yield f"No total holds {share} of the tokens{'' if brief else ', whose models have no price'}."


def _explained(result: Repriced, rows: Sequence[Estimate], money: Money) -> Iterator[Block]:
    """List every line of what it did cost, and of the options, with the place and the source of its price."""
    yield Heading("How each figure comes about: quantity × unit price, summed over the lines")
    pairs = [(f"{served.model} did cost", each) for served in result.cost.served for each in served.estimates]
    pairs += [(f"{each.option} would cost", result.in_period(each)) for each in rows]
    for title, estimate in pairs:
        lines = tuple(explained_line(line, result.case.catalog) for line in estimate.lines)
        yield Bullets(f"{title} {money.text(decimal(estimate.exact_usd))}, price of {estimate.price_date}", lines)


def _amount(result: Repriced) -> str:
    """Say how much was priced: requests, or tokens where the log does not count requests."""
    served = result.cost.served
    number = sum(each.requests for each in served)
    if number:
        return how_many(number, "request")
    return f"{significant(Decimal(sum(each.tokens for each in served)) / MTOK, 4)} Mtok"


def _bound(result: Repriced, money: Money, *, brief: bool) -> Iterator[str]:
    """Say what contracts bill anyway, so that nobody takes the whole difference for a saving."""
    if not result.owed:
        return
    providers = ", ".join(each.provider for each in result.owed)
    due, used, saved = (
        sum(amounts, start=Fraction(0))
        for amounts in zip(*((each.exact_usd, each.used_usd, each.saved_usd) for each in result.owed), strict=True)
    )
    saving = f"only {money.text(decimal(saved))}" if saved else "nothing"
    bills = f"By contract {providers} bills {money.text(decimal(due))} for this time whatever is used"
    part = "" if brief else f" ({money.text(decimal(used))} was)"
    yield f"{bills}{part}: leaving saves {saving} while it holds."


def _prices(result: Repriced) -> str:
    """Say which prices were applied to what it did cost."""
    held = frozenset[bool]().union(*(each.under_contract for each in result.cost.served))
    sellers = {each.ref.partition("/")[0] for each in result.cost.served if True in each.under_contract}
    own = "at your contracts' prices" if len(sellers) > 1 else "at your contract's prices"
    if held == {True}:
        return own
    return f"{own}, and list prices elsewhere" if True in held else "at list prices"


def _cheapest(result: Repriced, choices: Sequence[Estimate], price: str) -> str:
    """Name the option whose least is the least; it may be another where one's least is below the most of this one."""
    best, *others = choices
    _, most = result.low_and_high(best)
    maybe = sum(result.low_and_high(each)[0] < most for each in others)
    among = f"Cheapest of {how_many(len(choices), 'option')} for the same traffic, {WHATEVER}"
    if not maybe:
        return f"{among}: {best.option}, {price}."
    return f"{among} may be {best.option}, {price}: {how_many(maybe, 'other')} may cost less."


def _recorded(result: Repriced, money: Money) -> str:
    recorded = result.cost.recorded_usd
    if recorded is None:
        return ""
    change = _change(result, recorded).strip(" ()")
    return f" (recorded: {money.text(recorded)}{f', {change}' if change else ''})"


def _percent_change(amount: Decimal, base: Decimal) -> str:
    if not base:
        return "list price 0"
    if amount >= _MANY * base:
        return f"{times(amount / base)}"
    share = short((amount / base - 1) * 100, 1)
    return f"{share:+f} %".replace("-", "−") if share else "the same"


def _is_certain(result: Repriced) -> bool:
    """Whether what it did cost is one figure, to which others can be compared."""
    return result.cost.exact_usd == result.cost.exact_high_usd


def _change(result: Repriced, usd: Decimal) -> str:
    """Write how much an amount differs from what it did cost; nothing where that is a range."""
    base = decimal(result.cost.exact_usd)
    return f" ({_percent_change(usd, base)})" if base and _is_certain(result) else ""


def _title(result: Repriced) -> str:
    usage = result.usage
    prompts = sum(group.prompt_tokens for group in usage.groups)
    cached = usage.total("cache_read") + usage.total("cache_read_audio") + usage.total("cache_read_image")
    share = f" ({percent(Decimal(cached) / prompts)} cached)" if prompts and cached else ""
    made = sum(group.tokens for group in usage.groups) - prompts
    tokens = f"{count(prompts)} tokens in{share} and {count(made)} out"
    requests = f"{how_many(usage.requests, 'request')}, " if usage.requests else ""
    return f"{span_words(usage)}: {requests}{tokens}; options at the prices of {result.case.as_of}"


def _served_table(groups: Sequence[Part], shown: Shown, money: Money) -> Iterator[Block]:
    if not groups or (shown.by == ("model",) and len(groups) == 1 and groups[0].recorded is None):
        return
    most = len(groups) if shown.every_row or "day" in shown.by else _MODELS
    yield Heading(f"What it did cost, by {' and '.join(shown.by)}")
    has_record = any(group.recorded is not None for group in groups)
    columns = (
        *map(Column, shown.by),
        *((Column("model of the catalog", rank=2),) if "model" in shown.by else ()),
        Column("requests", "right"),
        Column("Mtok", "right", rank=1),
        Column(money.sign, "right"),
        *((Column("recorded", "right"),) if has_record else ()),
    )
    rows = [_served_cells(group, shown, money, has_record=has_record) for group in groups[:most]]
    rest = sum((group.low for group in groups[most:]), start=Fraction(0))
    notes = (f"{len(groups) - most} more with {money.text(decimal(rest))} (--all)",) if len(groups) > most else ()
    yield Table(columns, tuple(rows), notes)


def _served_cells(group: Part, shown: Shown, money: Money, *, has_record: bool) -> tuple[str, ...]:
    tokens = sum(each.tokens for each in group.served)
    refs = list(dict.fromkeys(each.ref for each in group.served))
    recorded = money.cell(group.recorded) if group.recorded is not None else "–"
    return (
        *group.named.values(),
        *((", ".join(refs),) if "model" in shown.by else ()),
        count(number) if (number := sum(each.requests for each in group.served)) else "–",
        significant(Decimal(tokens) / MTOK, 4),
        _span(group.low, group.high, money),
        *((recorded,) if has_record else ()),
    )


def _span(low: Fraction, high: Fraction, money: Money) -> str:
    least, most = money.cell(decimal(low)), money.cell(decimal(high))
    return least if least == most else f"{least}–{most}"


def _options(result: Repriced, shown: Shown) -> tuple[Estimate, ...]:
    return result.estimates if shown.every_row else result.estimates[:MOST_ROWS]


def _options_table(result: Repriced, rows: Sequence[Estimate], money: Money) -> Iterator[Block]:
    if not rows:
        return
    yield Heading("What it would cost")
    flags = {flag_of(estimate, None) for estimate in rows}
    notes = [f"({flag}) {meaning}" for flag, meaning in FLAGS.items() if flag in flags]
    if len(rows) < len(result.estimates):
        notes.append(f"{len(result.estimates) - len(rows)} dearer options have no row: --all has every one")
    is_compared = bool(result.cost.served) and not result.cost.unpriced and _is_certain(result)
    is_deployed = any(estimate.deployment is not None for estimate in rows)
    columns = (
        Column("option"),
        Column("kind", rank=1),
        Column(f"{money.sign} for the log", "right"),
        *(
            (Column(money.per("month"), "right", rank=2, means="is a month at the log's pace"),)
            if result.usage.makes_month
            else ()
        ),
        *((Column("change", "right", means="is against what it did cost"),) if is_compared else ()),
        *((Column("replicas", "right", rank=4),) if is_deployed else ()),
        Column("price of", rank=3),
    )
    yield Table(
        columns,
        tuple(_option_cells(result, each, money, is_compared=is_compared, is_deployed=is_deployed) for each in rows),
        tuple(notes),
    )


def _option_cells(
    result: Repriced, estimate: Estimate, money: Money, *, is_compared: bool, is_deployed: bool
) -> tuple[str, ...]:
    low, high = result.low_and_high(estimate)
    month, flag = result.month(estimate), flag_of(estimate, None)
    base = decimal(result.cost.exact_usd) if is_compared else Decimal(0)
    return (
        estimate.option,
        f"{estimate.side}{f' ({flag})' if flag else ''}",
        _span(low, high, money),
        *((_span(Fraction(month[0]), Fraction(month[1]), money),) if month is not None else ()),
        *((_percent_change(decimal(low), base) if base else "–",) if is_compared else ()),
        *((replicas(estimate.deployment),) if is_deployed else ()),
        estimate.price_date.isoformat(),
    )


def _assumed(result: Repriced) -> Iterator[str]:
    """Say what the figures rest on that the log does not say."""
    usage = result.usage
    if not usage.is_dated:
        yield f"the log has no days, only times since its beginning: prices are those of {result.case.as_of}"
    if usage.is_pooled:
        yield from _open(result)
    unplaced = [each for each in result.cost.served if each.regions]
    if unplaced:
        regions = ", ".join(sorted(frozenset[str]().union(*(each.regions for each in unplaced))))
        models = len({each.ref for each in unplaced})
        some = f"{models} models" if models > 1 else "a model"
        yield f"prices in {regions} differ for {some}; the log says no region (--region)"
    if any(not group.requests and group.tokens for group in usage.groups):
        yield "sums that do not say of how many requests they are: typical ones (input_tokens_per_request)"
    if any(estimate.deployment is not None for estimate in result.estimates):
        peak = significant(decimal(whole(Fraction(result.case.workload.peak))), 3)
        if result.case.workload.has_usual_peak:
            yield f"machines are sized for a busiest hour of {peak} × the mean (assumption peak_to_mean)"
        else:
            yield f"machines are sized for the log's busiest {usage.bucket_s // 60} minutes, {peak} × its mean"


def _open(result: Repriced) -> Iterator[str]:
    """Say why sums give a range, and what would settle it."""
    if _is_certain(result) and not result.high:
        yield "sums over several requests leave open how long prompts were: here no price depends on it"
        return
    yield (
        "sums over several requests leave open which prompts exceeded a length at which prices change: the range is"
        " from prompts of equal length to one prompt with all tokens; a log of single requests settles it, sums"
        " by the minute or by context window narrow it"
    )


def _more(result: Repriced, rows: Sequence[Estimate], money: Money) -> Iterator[Block]:
    yield from listed("Recorded differently", (_difference_words(each, money) for each in result.differences))
    yield from listed("Without a price", (_unpriced_words(each) for each in result.cost.unpriced))
    yield from listed("Not compared", (f"{each.option}: {each.reason}" for each in result.left_out))
    yield from listed("Caveats", (f"{each.option}: {'; '.join(each.caveats)}" for each in rows if each.caveats))


def _difference_words(each: Difference, money: Money) -> str:
    recorded, ours = money.text(each.recorded_usd), money.text(decimal(each.exact_usd))
    prices, other = ("your contract", "credits") if each.under_contract else ("list", "a contract, credits")
    cause = f"as with {each.cause}" if each.cause else f"no known cause: {other} or other prices"
    return f"{each.model}: recorded {recorded}, {prices} {ours} ({cause})"


def _unpriced_words(each: Unpriced) -> str:
    model = f"'{each.model}'" if each.model else "requests without a model"
    return f"{model}: {how_many(each.requests, 'request')}, {how_many(each.tokens, 'token')}: {each.reason}"


def _unpriced_findings(result: Repriced) -> Iterator[Finding]:
    """Warn of what no total holds; a trace that names no model at all is no fault."""
    for each in result.cost.unpriced:
        if each.model or result.cost.served:
            message = f"not in what it did cost: {_unpriced_words(each)}"
            yield Finding("unpriced", "warning", message, subject=each.model)
