"""What `size` says: does it fit, how fast is it, what does a token cost."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from costcalc.analysis.sizing import Sized, Wish, least_a_month
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.hardware import OpenModelFile
from costcalc.cost.hardware import Layout, spec_of
from costcalc.cost.memory import reserve_bytes
from costcalc.render.comparison import origin
from costcalc.render.deployments import rate, share
from costcalc.render.numbers import usd
from costcalc.render.report import Block, Bullets, Column, Heading, Json, Paragraph, Report, Table
from costcalc.units import HOURS_PER_MONTH, MTOK

_SHOWN = 15  # ways that people see; the data has all
_GB = 1e9
_RANKED = (
    Column("GPUs"),
    Column("weights"),
    Column("seqs", "right", rank=4),
    Column("tokens/s", "right"),
    Column("80 % interval", "right", rank=2),
    Column("ms/token", "right", rank=3),
    Column("$/month", "right", rank=1),
    Column("$/Mtok", "right"),
)
_COSTS = (
    Column("utilisation"),
    Column("Mtok/month", "right", rank=1),
    Column("$/Mtok", "right"),
    Column("80 % interval", "right"),
)


def size_report(
    one: Sized, wish: Wish, alternatives: Sequence[Sized], catalog: Catalog, *, inputs: Mapping[str, Json]
) -> Report:
    """Put one deployment into words and data; where it does not fit, say what would."""
    result: dict[str, Json] = {
        "model": one.setup.model.name,
        "deployments": [_data(one, wish)],
        "alternatives": [_data(other, wish) for other in alternatives],
    }
    blocks = tuple(_single(one, wish, alternatives))
    return Report("size", wish.day, catalog.digest_of, inputs, result, (_record(one, wish),), blocks)


def ranking_report(
    model: OpenModelFile,
    found: Sequence[Sized],
    wish: Wish,
    catalog: Catalog,
    *,
    inputs: Mapping[str, Json],
    everything: bool,
) -> Report:
    """Put the ways that fit into words and data, cheapest first."""
    result: dict[str, Json] = {
        "model": model.name,
        "deployments": [_data(way, wish) for way in found],
        "alternatives": [],
    }
    records = tuple(_record(way, wish) for way in found)
    blocks = tuple(_ranking(model, found, wish, everything=everything))
    return Report("size", wish.day, catalog.digest_of, inputs, result, records, blocks)


def _single(one: Sized, wish: Wish, alternatives: Sequence[Sized]) -> Iterator[Block]:
    yield Heading(f"{one.setup.model.name} at {_where(one)}, {_asked(wish)}")
    if one.throughput is None:
        yield from _refusal(one, wish, alternatives)
        return
    yield Bullets("Fits", tuple(_room(one)))
    yield Bullets("Speed", tuple(_speed(one, wish)))
    if one.price is not None and one.hourly_usd is not None and one.monthly_usd is not None:
        yield Table(_COSTS, tuple(_cost_row(one, utilisation) for utilisation in wish.utilisations))
        listed = f"{one.price.conditions} from {one.price.since}, {origin(one.price.source)}"
        price = "your own figure (--gpu-price)" if one.setup.gpu.gpu in wish.own_usd_per_hour else listed
        yield Paragraph(f"${usd(one.hourly_usd)} an hour, ${usd(one.monthly_usd)} a month whatever it serves: {price}.")
    else:
        yield Paragraph(f"No rental price of {one.setup.gpu.name} is known, so no cost.")
    if one.caveats:
        yield Bullets("Caveats", one.caveats)


def _where(one: Sized) -> str:
    setup = one.setup
    layout, plain = setup.layout, Layout(tp=setup.gpus)
    degrees = [f"{name} {degree}" for name, degree in layout._asdict().items() if degree > 1]
    spread = f" ({', '.join(degrees)})" if layout != plain else ""
    return f"{setup.serving.weight_precision} on {setup.gpus}× {setup.gpu.name}{spread}"


def _asked(wish: Wish) -> str:
    request = wish.request
    load = "as many as the target allows" if wish.concurrency is None else f"{wish.concurrency:g} in flight"
    return f"{request.input_tokens:,.0f} tokens in and {request.output_tokens:,.0f} out, {load}"


def _refusal(one: Sized, wish: Wish, alternatives: Sequence[Sized]) -> Iterator[Block]:
    needs, has = one.fit.needed_bytes / _GB, one.memory_bytes / _GB
    yield Paragraph(
        f"Does not fit: each GPU would need {needs:.1f} GB ({one.fit.weights_bytes / _GB:.1f} GB of weights,"
        f" {one.fit.kv_bytes_per_sequence / _GB:.2f} GB for one sequence, the rest for the engine);"
        f" {one.setup.gpu.name} has {has:.0f} GB."
    )
    if alternatives:
        yield Heading("What would fit")
        yield _ranked_table(alternatives, wish)
        yield Paragraph(_legend(alternatives, wish))


def _room(one: Sized) -> Iterator[str]:
    fit, setup = one.fit, one.setup
    reserve = reserve_bytes_of(one)
    yield (
        f"{fit.weights_bytes / _GB:.1f} GB of weights and {reserve / _GB:.1f} GB for the engine on each GPU of"
        f" {one.memory_bytes / _GB:.0f} GB"
    )
    sequences = f"{fit.sequences:,} whole sequence{'s' if fit.sequences != 1 else ''}"
    yield f"{fit.kv_bytes_per_sequence / 1e6:,.0f} MB of {setup.serving.kv_precision} cache a sequence: {sequences} fit"


def reserve_bytes_of(one: Sized) -> float:
    """What the engine keeps for itself on one GPU [bytes]."""
    return reserve_bytes(spec_of(one.setup.gpu), one.setup.serving.engine)


def _speed(one: Sized, wish: Wish) -> Iterator[str]:
    answer = one.throughput
    assert answer is not None  # it fits
    yield f"{rate(answer.output_tokens_per_s)} output tokens/s, 80 % interval {rate(answer.low)} to {rate(answer.high)}"
    yield f"bound by {answer.bottleneck}, {answer.batch:,.0f} sequences decoded together"
    target = "" if wish.concurrency is not None else f" (target {wish.tpot_ms:g})"
    yield f"{answer.tpot_s * 1000:.1f} ms per output token{target}, first token after about {_seconds(answer.ttft_s)}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _cost_row(one: Sized, utilisation: Decimal) -> tuple[str, ...]:
    answer, cost = one.throughput, one.usd_per_mtok(utilisation=utilisation)
    assert answer is not None  # it fits
    low, high = (one.usd_per_mtok(utilisation=utilisation, tokens_per_s=end) for end in (answer.high, answer.low))
    monthly = answer.output_tokens_per_s * float(utilisation) * 3600 * HOURS_PER_MONTH / MTOK
    interval = f"{usd(low)}–{usd(high)}" if low is not None and high is not None else "–"
    return (share(utilisation), rate(monthly), usd(cost) if cost is not None else "–", interval)


def _ranking(model: OpenModelFile, found: Sequence[Sized], wish: Wish, *, everything: bool) -> Iterator[Block]:
    yield Heading(f"{model.name}, {_asked(wish)}, at the prices of {wish.day}")
    rows = found if everything else _best_of_each(found)[:_SHOWN]
    if not rows:
        yield Paragraph("Nothing that is known fits; a replica over several nodes is not looked for.")
        return
    yield _ranked_table(rows, wish)
    yield Paragraph(_legend(rows, wish))
    cheapest = least_a_month(found)
    if cheapest is not None and cheapest.monthly_usd is not None:
        least = f"{_where(cheapest)}, ${usd(cheapest.monthly_usd)} however little it serves"
        yield Paragraph(f"The least a month of all {len(found)} ways that fit: {least}.")
    if len(found) > len(rows):
        yield Paragraph(f"{len(found)} ways fit; this is the cheapest of each GPU. --all shows every one.")


def _best_of_each(found: Sequence[Sized]) -> list[Sized]:
    """Keep the cheapest precision and width of each GPU."""
    best: dict[str, Sized] = {}
    for one in found:
        best.setdefault(one.setup.gpu.gpu, one)
    return list(best.values())


def _ranked_table(rows: Sequence[Sized], wish: Wish) -> Table:
    columns = (*_RANKED, Column(f"at {share(wish.planned)}", "right", rank=1))
    return Table(columns, tuple(_ranked_row(way, wish) for way in rows))


def _ranked_row(one: Sized, wish: Wish) -> tuple[str, ...]:
    answer = one.throughput
    assert answer is not None  # only what fits is ranked
    costs = [one.usd_per_mtok(utilisation=at) for at in (Decimal(1), wish.planned)]
    return (
        f"{one.setup.gpus}× {one.setup.gpu.name}",
        one.setup.serving.weight_precision,
        f"{one.fit.sequences:,}",
        rate(answer.output_tokens_per_s),
        f"{rate(answer.low)}–{rate(answer.high)}",
        f"{answer.tpot_s * 1000:.0f}",
        f"{usd(one.monthly_usd)}{_reserved(one)}" if one.monthly_usd is not None else "–",
        *(usd(cost) if cost is not None else "–" for cost in costs),
    )


def _reserved(one: Sized) -> str:
    return "*" if one.price is not None and one.price.caveats else ""


def _legend(rows: Sequence[Sized], wish: Wish) -> str:
    reserved = " * is not on demand but a rental for 3 years." if any(map(_reserved, rows)) else ""
    loaded = f"at {wish.concurrency:g} in flight" if wish.concurrency else f"at {wish.tpot_ms:g} ms per token or faster"
    return (
        f"seqs is how many whole sequences fit; tokens/s is output {loaded}; $/Mtok is the rent per million output"
        f" tokens when always busy, then at {share(wish.planned)} use{_why(wish)}. Machines alone: costcalc tco has the"
        " whole bill."
        f"{reserved}"
    )


def _why(wish: Wish) -> str:
    return " (assumption target_utilisation)" if wish.planned == wish.utilisation else ""


def _data(one: Sized, wish: Wish) -> dict[str, Json]:
    answer, setup = one.throughput, one.setup
    return {
        "gpu": setup.gpu.name,
        "gpus": setup.gpus,
        "tp": setup.layout.tp,
        "dp": setup.layout.dp,
        "ep": setup.layout.ep,
        "pp": setup.layout.pp,
        "weights": setup.serving.weight_precision,
        "kv": setup.serving.kv_precision,
        "engine": setup.serving.engine,
        "fits": one.fit.fits,
        "memory_gb": one.memory_bytes / _GB,
        "needed_gb": round(one.fit.needed_bytes / _GB, 3),
        "weights_gb": round(one.fit.weights_bytes / _GB, 3),
        "kv_mb_per_sequence": round(one.fit.kv_bytes_per_sequence / 1e6, 3),
        "sequences": one.fit.sequences,
        "output_tokens_per_s": round(answer.output_tokens_per_s, 3) if answer else None,
        "low": round(answer.low, 3) if answer else None,
        "high": round(answer.high, 3) if answer else None,
        "batch": round(answer.batch, 3) if answer else None,
        "tpot_ms": round(answer.tpot_s * 1000, 3) if answer else None,
        "ttft_ms": round(answer.ttft_s * 1000, 3) if answer else None,
        "bottleneck": answer.bottleneck if answer else None,
        "usd_per_hour": one.hourly_usd,
        "price_date": one.price.since.isoformat() if one.price else None,
        "price_source": str(one.price.source) if one.price else None,
        "usd_per_mtok": {f"{float(at) * 100:g}%": one.usd_per_mtok(utilisation=at) for at in wish.utilisations},
        "caveats": list(one.caveats),
    }


def _record(one: Sized, wish: Wish) -> dict[str, Json]:
    data = _data(one, wish)
    costs = data.pop("usd_per_mtok")
    assert isinstance(costs, Mapping)
    named = {f"usd_per_mtok_at_{at.rstrip('%')}": cost for at, cost in costs.items()}
    return {**data, **named, "caveats": "; ".join(one.caveats)}
