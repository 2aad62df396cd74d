"""What `size` says: does it fit, how fast is it, what does a token cost."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from math import ceil

from costcalc.analysis.sizing import MOST_NODES, Sized, Wish, least_a_month, least_fleet, nodes_of, without_slower
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.hardware import GpuFile
from costcalc.catalog.forms.open_models import OpenModelFile
from costcalc.cost.hardware import Layout, spec_of
from costcalc.cost.machines import KINDS
from costcalc.cost.memory import USABLE
from costcalc.cost.throughput import is_unmeasured
from costcalc.money import USD, Money
from costcalc.render.compare_explain import origin
from costcalc.render.deployments import rate, share
from costcalc.render.numbers import compact
from costcalc.render.report import Block, Bullets, Column, Heading, Json, Paragraph, Report, Table, listed
from costcalc.render.size_data import flat_row, sizes_data
from costcalc.render.size_parts import by_part
from costcalc.render.verdict import fitting
from costcalc.units import HOURS_PER_MONTH, MTOK, decimal, how_many

_SHOWN = 12  # ways of a page; --all and the data have all
_GB = 1e9


def _cost_columns(money: Money) -> tuple[Column, ...]:
    """Title what a token costs at some use."""
    return (
        Column("utilisation"),
        Column("Mtok/month", "right", rank=1),
        Column(money.per("Mtok"), "right"),
        Column("80 % interval", "right"),
    )


def size_report(
    sized: Sized,
    wish: Wish,
    alternatives: Sequence[Sized],
    catalog: Catalog,
    *,
    inputs: Mapping[str, Json],
    money: Money = USD,
) -> Report:
    """Put one deployment into words and data; where it does not fit, say what would."""
    use = wish.utilisation
    fits = sized.throughput is not None
    return Report(
        money=money,
        command="size",
        as_of=wish.day,
        digest_of=catalog.digest_of,
        inputs=inputs,
        result=sizes_data(sized.setup.model, [sized], alternatives, wish),
        records=(flat_row(sized, wish),),
        verdict=(*_verdict(sized, use, money), *_served(sized, wish, money), *_short(sized.setup.model, wish, "But"))
        if fits
        else tuple(_refusal(sized, alternatives, money)),
        blocks=tuple(_single(sized, wish, money) if fits else _would_fit(sized, wish, alternatives, money)),
        assumed=(_USE.format(use=share(use)), *((_rent(sized, wish),) if sized.price is not None and fits else ())),
    )


def ranking_report(
    model: OpenModelFile,
    found: Sequence[Sized],
    wish: Wish,
    catalog: Catalog,
    *,
    inputs: Mapping[str, Json],
    everything: bool,
    gpu: GpuFile | None = None,
    elsewhere: Sequence[Sized] = (),
    money: Money = USD,
) -> Report:
    """Put the ways that fit into words and data, cheapest first; where none does, those on other GPUs."""
    use = wish.utilisation
    return Report(
        money=money,
        command="size",
        as_of=wish.day,
        digest_of=catalog.digest_of,
        inputs=inputs,
        result=sizes_data(model, found, elsewhere, wish),
        records=tuple(flat_row(sized, wish) for sized in found),
        verdict=(
            *_short(model, wish, f"{model.name}:"),
            *fitting(*(_best(model, found, wish, brief=brief, money=money) for brief in (False, True))),
        )
        if found
        else tuple(_nowhere(model, elsewhere, gpu, money)),
        blocks=tuple(_ranking(model, found or elsewhere, wish, everything=everything, money=money)),
        assumed=(_USE.format(use=share(use)), "the rent alone: costcalc tco adds people, engineering and upkeep"),
    )


_VERBS = {"output": "generates", "input": "reads"}
_USE = "machines are busy {use} of the time (target_utilisation)"


def _verdict(sized: Sized, use: Decimal, money: Money) -> tuple[str, ...]:
    answer = sized.throughput
    assert answer is not None  # it fits
    fits = (
        f"{sized.setup.model.name} at {_where(sized)} fits and {_VERBS[answer.counts]}"
        f" {rate(answer.output_tokens_per_s)} {answer.counts} tokens/s."
    )
    if sized.price is None:
        return (fits, f"No rental price of {sized.setup.gpu.name} is known, so its cost is not known.")
    month = money.text(_monthly(sized))
    return (fits, f"{_token(sized, use, money=money)}; the machines cost {month} a month, however little they serve.")


def _served(sized: Sized, wish: Wish, money: Money, *, which: str = "") -> Iterator[str]:
    """Say how many replicas the month takes that was asked for, and what they cost."""
    if sized.fleet is None or sized.fleet.deployment is None or wish.month is None:
        return
    fleet, requests = sized.fleet.deployment, compact(decimal(wish.month.workload.requests))
    spares = f" and {how_many(fleet.spares, 'spare')}" if fleet.spares else ""
    replicas = f"{which}{how_many(ceil(fleet.replicas), 'replica')}{spares}"
    yield f"{requests} requests a month take {replicas}: {money.text(sized.fleet.monthly_usd)}."


def _short(model: OpenModelFile, wish: Wish, before: str) -> tuple[str, ...]:
    return tuple(f"{before} {text}." for text in wish.too_long(model))


def _token(sized: Sized, use: Decimal, *, brief: bool = False, money: Money) -> str:
    cost, answer = sized.usd_per_mtok(utilisation=use), sized.throughput
    assert cost is not None  # asked only of what has a price
    assert answer is not None  # and so fits
    return f"{money.text(cost)} per Mtok{'' if brief else f' of {answer.counts} at {share(use)} use'}"


def _refusal(sized: Sized, alternatives: Sequence[Sized], money: Money) -> Iterator[str]:
    yield (
        f"{sized.setup.model.name} at {_where(sized)} does not fit: each GPU would need"
        f" {sized.fit.needed_bytes / _GB:.1f} GB and has {sized.memory_bytes / _GB:.0f} GB"
        f" ({USABLE * sized.memory_bytes / _GB:.1f} usable)."
    )
    same = next((other for other in alternatives if other.setup.gpu.gpu == sized.setup.gpu.gpu), None)
    least = least_a_month(alternatives)
    if same is not None:
        yield f"It fits on {_spread(same)}."
    if least is not None and least is not same:
        weights = least.setup.serving.weight_precision
        yield f"Of what fits at {weights}, {_gpus(least)} has the least rent: {money.text(_monthly(least))} a month."
    elif same is None:
        yield f"It fits on no {MOST_NODES} nodes of any GPU of the catalog (costcalc catalog list gpus)."


def _nowhere(model: OpenModelFile, elsewhere: Sequence[Sized], gpu: GpuFile | None, money: Money) -> Iterator[str]:
    """Say that nothing fits into a node, what does on several, and what has the least rent."""
    spread = next((each for each in elsewhere if nodes_of(each) > 1), None)
    nor = f", nor on {MOST_NODES} of them" if gpu is not None and gpu.gpus_per_node > 1 and spread is None else ""
    yield f"{model.name} fits on no node of {gpu.name if gpu is not None else 'any GPU of the catalog'}{nor}."
    if spread is not None:
        yield f"It fits on {_spread(spread)} --weights {spread.setup.serving.weight_precision}."
    least = least_a_month(elsewhere)
    if least is not None and least is not spread:
        yield f"Of what it fits on, {_where(least)} has the least rent: {money.text(_monthly(least))} a month."


def _spread(sized: Sized) -> str:
    """Name the GPUs and nodes of a way, and the flags that lay a model over them so."""
    layout, nodes = sized.setup.layout, nodes_of(sized)
    degrees = " ".join(f"--{name} {degree}" for name, degree in layout._asdict().items() if degree > 1)
    over = f" on {nodes} nodes" if nodes > 1 else ""
    return f"{sized.setup.gpus}× {sized.setup.gpu.name}{over}{f': {degrees}' if degrees else ''}"


def _best(model: OpenModelFile, found: Sequence[Sized], wish: Wish, *, brief: bool, money: Money) -> Iterator[str]:
    """Say which way has the cheapest token, and which the least rent; found stands cheapest token first."""
    if _misses(found[0], wish):
        yield f"Nothing that fits takes {wish.tpot_ms:g} ms per output token or less, even for one request alone."
    use = wish.utilisation
    priced, least = [sized for sized in found if sized.price is not None], least_a_month(found)
    if least is None:
        yield f"{model.name} fits, fastest at {_where(found[0])}; no rental price of what it fits on is known."
        return
    first = priced[0]
    month = f"{money.text(_monthly(first))} a month{_term(first)}"
    yield f"Cheapest token: {_where(first)}, {_token(first, use, money=money)}, {month}."
    bought = next((sized for sized in priced if not _reserved(sized)), None)
    if bought is not None and bought is not first:
        token, month = _token(bought, use, brief=brief, money=money), money.text(_monthly(bought))
        yield f"On demand: {_where(bought)}, {token}, {month} a month."
    served = least_fleet(found)
    if served is not None:
        yield from _served(served, wish, money, which=f"at least {_where(served)}, ")
    elif least is not first and least is not bought:
        however = "" if brief else ", however little it serves"
        yield f"Least a month: {_where(least)}, {money.text(_monthly(least))}{however}."


def _misses(sized: Sized, wish: Wish) -> bool:
    return sized.throughput is not None and not wish.is_met_by(sized.throughput)


def _term(sized: Sized) -> str:
    return f" {KINDS[sized.price.instead]}" if sized.price is not None and sized.price.instead is not None else ""


def _single(sized: Sized, wish: Wish, money: Money) -> Iterator[Block]:
    yield Heading(f"{_asked(wish)}; prices of {wish.day}")
    if sized.price is not None:
        yield Table(
            _cost_columns(money),
            tuple(_cost_row(sized, utilisation, money) for utilisation in wish.utilisations),
        )
    yield Bullets("Fits", tuple(_room(sized)))
    yield Bullets("Speed", tuple(_speed(sized, wish)))
    yield from listed("Caveats", sized.caveats)


def _rent(sized: Sized, wish: Wish) -> str:
    assert sized.price is not None  # asked only of what has one
    day = f"from {sized.price.since}" if sized.price.is_dated else f"of an unknown day, not before {sized.price.since}"
    listed = f"{sized.price.conditions} {day}, {origin(sized.price.source)}"
    price = "your own figure (--gpu-price)" if sized.setup.gpu.gpu in wish.own_usd_per_hour else listed
    return f"{USD.text(sized.hourly_usd or Decimal(0))} an hour: {price}"


def _where(sized: Sized) -> str:
    return f"{sized.setup.serving.weight_precision} on {_gpus(sized)}"


def _gpus(sized: Sized) -> str:
    layout = sized.setup.layout
    degrees = [f"{name} {degree}" for name, degree in layout._asdict().items() if degree > 1]
    spread = f" ({', '.join(degrees)})" if layout != Layout(tp=sized.setup.gpus) else ""
    return f"{sized.setup.gpus}× {sized.setup.gpu.name}{spread}"


def _asked(wish: Wish) -> str:
    request = wish.request
    load = "as many as the target allows" if wish.concurrency is None else f"{wish.concurrency:g} in flight"
    return f"{request.input_tokens:,.0f} tokens in and {request.output_tokens:,.0f} out, {load}"


def _would_fit(sized: Sized, wish: Wish, alternatives: Sequence[Sized], money: Money) -> Iterator[Block]:
    yield Heading(f"What would fit; {_asked(wish)}; prices of {wish.day}")
    yield Paragraph(
        f"Needed on each GPU: {sized.fit.weights_bytes / _GB:.1f} GB of weights,"
        f" {sized.fit.kv_bytes_per_sequence / _GB:.2f} GB for one sequence, the rest for the engine."
        f" By part: {by_part(sized)}."
    )
    if alternatives:
        yield _ranked(alternatives, wish, money=money)


def _room(sized: Sized) -> Iterator[str]:
    fit, setup = sized.fit, sized.setup
    reserve = fit.parts.reserve / _GB
    yield (
        f"{fit.weights_bytes / _GB:.1f} GB of weights and {reserve:.1f} GB for the engine on each GPU"
        f" of {sized.memory_bytes / _GB:.0f} GB"
    )
    sequences = f"{how_many(fit.sequences, 'whole sequence')}"
    yield f"{fit.kv_bytes_per_sequence / 1e6:,.0f} MB of {setup.serving.kv_precision} cache a sequence: {sequences} fit"
    yield f"by part: {by_part(sized)}"


def _speed(sized: Sized, wish: Wish) -> Iterator[str]:
    answer = sized.throughput
    assert answer is not None  # it fits
    interval = f"80 % interval {rate(answer.low)} to {rate(answer.high)}"
    yield f"{rate(answer.output_tokens_per_s)} {answer.counts} tokens/s, {interval}"
    if answer.counts == "input":
        return
    yield f"bound by {answer.bottleneck}, {_together(answer.batch, sized.setup.layout)}"
    target = "" if wish.concurrency is not None else f" (target {wish.tpot_ms:g})"
    yield f"{answer.tpot_s * 1000:.1f} ms per output token{target}, first token after about {_seconds(answer.ttft_s)}"


def _together(batch: float, layout: Layout) -> str:
    """Say how many sequences a rank decodes in a step; a deployment has dp × pp of them."""
    groups = layout.dp * layout.pp
    sequences = f"{how_many(round(batch), 'sequence')} decoded together"
    return f"{sequences} on each of {groups} groups" if groups > 1 else sequences


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _cost_row(sized: Sized, utilisation: Decimal, money: Money) -> tuple[str, ...]:
    answer, cost = sized.throughput, sized.usd_per_mtok(utilisation=utilisation)
    assert answer is not None  # it fits
    low, high = (sized.usd_per_mtok(utilisation=utilisation, tokens_per_s=end) for end in (answer.high, answer.low))
    monthly = answer.output_tokens_per_s * float(utilisation) * 3600 * HOURS_PER_MONTH / MTOK
    interval = f"{money.cell(low)}–{money.cell(high)}" if low is not None and high is not None else "–"
    return (share(utilisation), rate(monthly), money.cell(cost) if cost is not None else "–", interval)


def _monthly(sized: Sized) -> Decimal:
    return sized.monthly_usd or Decimal(0)


def _ranking(
    model: OpenModelFile, found: Sequence[Sized], wish: Wish, *, everything: bool, money: Money
) -> Iterator[Block]:
    yield Heading(f"{model.name}, {_asked(wish)}; prices of {wish.day}")
    kept, one_gpu = without_slower(found), len({sized.setup.gpu.gpu for sized in found}) == 1
    rows = found if everything else kept if one_gpu else _best_of_each(kept)[:_SHOWN]
    if not rows:
        return
    which = "those that no smaller one beats" if one_gpu else "the cheapest of each GPU"
    ways = how_many(len(found), "way")
    more = f"{ways} fit, here {which}: --all shows every one" if len(found) > len(rows) else ""
    yield _ranked(rows, wish, more, money=money)
    yield from listed("Caveats of all of them", _shared(rows))


def _shared(rows: Sequence[Sized]) -> list[str]:
    """Give the caveats that hold for every row, such as those of the model."""
    first, *others = rows
    return [text for text in first.caveats if all(text in other.caveats for other in others)]


def _best_of_each(found: Sequence[Sized]) -> list[Sized]:
    """Keep the cheapest precision and width of each GPU."""
    best: dict[str, Sized] = {}
    for sized in found:
        best.setdefault(sized.setup.gpu.gpu, sized)
    return list(best.values())


def _ranked(rows: Sequence[Sized], wish: Wish, more: str = "", *, money: Money) -> Table:
    counts = "output" if wish.request.output_tokens else "input"
    columns = (
        Column("GPUs"),
        Column("weights"),
        Column("seqs", "right", rank=4, means="is how many whole sequences fit"),
        Column("tokens/s", "right", means=f"is {counts} {_loaded(rows, wish)}"),
        Column("80 % interval", "right", rank=2),
        *([Column("ms/token", "right", rank=3)] if counts == "output" else []),
        Column(money.per("month"), "right", rank=1),
        Column(money.per("Mtok"), "right", means=f"the rent per million {counts} tokens at full load"),
        Column(f"at {share(wish.planned)}", "right", rank=1, means="the same at that use"),
    )
    kinds = dict.fromkeys(_term(sized).strip() for sized in rows if _reserved(sized))
    notes = (
        f"* no price on demand is known: this one is {', or '.join(kinds)}" if kinds else "",
        "† no GPU like it was measured with batches: its tokens/s are an extrapolation" if _any(_guessed, rows) else "",
        "‡ from a list without a day, which counts as old: ask for a quote" if _any(_undated, rows) else "",
        more,
    )
    return Table(columns, tuple(_ranked_row(sized, wish, money) for sized in rows), tuple(filter(None, notes)))


def _any(mark: Callable[[Sized], str], rows: Sequence[Sized]) -> bool:
    return any(map(mark, rows))


def _guessed(sized: Sized) -> str:
    return "†" if is_unmeasured(spec_of(sized.setup.gpu), sized.setup.serving.engine) else ""


def _undated(sized: Sized) -> str:
    return "‡" if sized.price is not None and not sized.price.is_dated else ""


def _loaded(rows: Sequence[Sized], wish: Wish) -> str:
    if wish.concurrency is not None or not wish.request.output_tokens:
        return "at full load" if wish.concurrency is None else f"at {wish.concurrency:g} in flight"
    slow = any(_misses(sized, wish) for sized in rows)
    return f"at {wish.tpot_ms:g} ms a token or faster" + (
        ", or of one request alone where that is missed" if slow else ""
    )


def _ranked_row(sized: Sized, wish: Wish, money: Money) -> tuple[str, ...]:
    answer = sized.throughput
    assert answer is not None  # only what fits is ranked
    costs = [sized.usd_per_mtok(utilisation=at) for at in (Decimal(1), wish.planned)]
    return (
        _gpus(sized),
        sized.setup.serving.weight_precision,
        f"{sized.fit.sequences:,}",
        f"{rate(answer.output_tokens_per_s)}{_guessed(sized)}",
        f"{rate(answer.low)}–{rate(answer.high)}",
        *([f"{answer.tpot_s * 1000:.0f}"] if answer.counts == "output" else []),
        f"{money.cell(_monthly(sized))}{_reserved(sized)}{_undated(sized)}" if sized.price is not None else "–",
        *(money.cell(cost) if cost is not None else "–" for cost in costs),
    )


def _reserved(sized: Sized) -> str:
    return "*" if _term(sized) else ""
