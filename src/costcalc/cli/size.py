"""``costcalc size``: which GPUs hold a model, how fast it runs there, what a token costs."""

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, get_args

from costcalc.cli import size_flags
from costcalc.cli.answer import Answer
from costcalc.cli.flags import MoneyFlags, PriceFlags, ServingFlags, TrafficFlags
from costcalc.cli.gpu_parts import GpuShare, Mig, on_part
from costcalc.cli.question import Question, question
from costcalc.cli.speed import SpeedFlags, engine_that_serves
from costcalc.cli.values import ADAPTER_RANK, one_of
from costcalc.errors import FlagError
from costcalc.money import Money
from costcalc.units import decimal, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from costcalc.analysis.sizing import Degrees, Sized, Wish
    from costcalc.catalog.catalog import Catalog
    from costcalc.catalog.forms.hardware import GpuFile
    from costcalc.catalog.forms.open_models import OpenModelFile
    from costcalc.catalog.forms.scalars import KvPrecision, Precision
    from costcalc.cli.own_model import Beside, OwnModel
    from costcalc.render.report import Json, Report
    from costcalc.workload import Workload

DOES_NOT_FIT = 1

_ALTERNATIVES = 5


def size_command(
    traffic: TrafficFlags,
    speed: SpeedFlags,
    prices: PriceFlags,
    shown: MoneyFlags,
    model: size_flags.Model = None,
    config: size_flags.Config = None,
    save: size_flags.Save = None,
    gpu: size_flags.Gpu = None,
    gpu_price: size_flags.GpuPrice = None,
    gpu_share: GpuShare = None,
    mig: Mig = None,
    precision: size_flags.PrecisionFlag = None,
    weights_gb: size_flags.WeightsGb = None,
    tp: size_flags.Tp = None,
    pp: size_flags.Pp = 1,
    dp: size_flags.Dp = 1,
    ep: size_flags.Ep = 1,
    kv: size_flags.Kv = None,
    engine: size_flags.EngineFlag = None,
    adapters: size_flags.Adapters = 0,
    adapter_rank: size_flags.AdapterRank = ADAPTER_RANK,
    draft: size_flags.Draft = None,
    concurrency: size_flags.Concurrency = None,
    tpot: size_flags.Tpot = None,
    all_ways: size_flags.AllWays = False,
) -> Answer:
    """Size a deployment: does it fit, how fast, what a token costs.

    Without --gpu and --weights, every GPU and usual precision is tried, cheapest token first.
    """
    from costcalc.analysis.sizing import Degrees
    from costcalc.cli.own_model import Beside, own_model

    if gpu_price is not None and gpu is None:
        raise FlagError("--gpu-price is what one GPU costs; say which: --gpu")
    types = _types(precision, kv, engine)
    asked = question(traffic, ServingFlags(), prices, shown, mix=True, compares=False)
    own = own_model(model, config, asked.case, types.weights, weights_gb=weights_gb, engine=types.engine, save=save)
    types = types._replace(weights=own.precision, engine=own.engine or types.engine)
    beside = Beside(adapters, adapter_rank, draft)
    wish = _wish(asked, types, own, beside, speed, concurrency=concurrency, tpot=tpot)
    degrees = Degrees(tp or (1 if gpu is not None and types.weights is not None else None), dp, ep, pp)
    _check_degrees(degrees, own.model, wish.serving.engine)
    gpus = [asked.case.catalog.gpu(gpu)] if gpu is not None else list(asked.case.catalog.gpus.values())
    if gpu_price is not None:
        wish = wish._replace(own_usd_per_hour={gpus[0].gpu: decimal(whole(gpu_price))})
    wish, degrees = on_part(wish, degrees, gpus, gpu_share=gpu_share, mig=mig)
    inputs = {**asked.inputs, **_inputs(own, gpu, types.weights, degrees, wish, beside)}
    report, fits = _sized(own.model, gpus, types.weights, degrees, wish, asked, inputs, everything=all_ways)
    return Answer(own.told(report), 0 if fits else DOES_NOT_FIT, catalog=asked.case.catalog)


class _Types(NamedTuple):
    """The precisions and the engine that are asked for."""

    weights: "Precision | None"
    kv: "KvPrecision | None"
    engine: str | None


def _types(precision: str | None, kv: str | None, engine: str | None) -> _Types:
    from costcalc.catalog.forms.scalars import KvPrecision, Precision

    return _Types(
        one_of(precision, get_args(Precision), "--weights") if precision is not None else None,
        one_of(kv, get_args(KvPrecision), "--kv") if kv is not None else None,
        engine,
    )


def _wish(
    asked: "Question",
    types: _Types,
    own: "OwnModel",
    beside: "Beside",
    speed: SpeedFlags,
    *,
    concurrency: Fraction | None,
    tpot: Fraction | None,
) -> "Wish":
    """Say what is asked of a deployment."""
    from costcalc.analysis.sizing import Wish, planned_utilisation
    from costcalc.cost.replica import Request

    catalog = asked.case.catalog
    _check_tokens(own.model, asked.case.workload)
    target = catalog.assumption("tpot_target").value
    return Wish(
        Request.mean(asked.case.workload.shapes),
        tpot_ms=float(target if tpot is None else tpot),
        concurrency=float(concurrency) if concurrency is not None else None,
        serving=speed.serving(engine_that_serves(types.engine, types.weights, types.kv)),
        kv=types.kv,
        day=asked.case.as_of,
        utilisation=planned_utilisation(catalog),
        loaded=own.loaded,
        adapter_bytes=beside.adapter_bytes(own.model),
        draft=catalog.open_model(beside.draft) if beside.draft is not None else None,
        longest=float(asked.case.workload.longest_request),
        month=asked.case if asked.volume is not None else None,
    )


def _sized(
    model: "OpenModelFile",
    gpus: "Sequence[GpuFile]",
    precision: "Precision | None",
    degrees: "Degrees",
    wish: "Wish",
    asked: "Question",
    inputs: "dict[str, Json]",
    *,
    everything: bool,
) -> "tuple[Report, bool]":
    """Size one deployment, or rank all that are meant."""
    from costcalc.render.size import ranking_report

    catalog, money = asked.case.catalog, asked.money
    if len(gpus) == 1 and precision is not None:
        return _one(model, gpus[0], precision, degrees, wish, catalog, inputs, money)
    found, elsewhere = _ways(model, gpus, precision, degrees, wish, catalog)
    report = ranking_report(
        model,
        found,
        wish,
        catalog,
        inputs=inputs,
        everything=everything,
        gpu=gpus[0] if len(gpus) == 1 else None,
        elsewhere=elsewhere,
        money=money,
    )
    return report, bool(found)


def _ways(
    model: "OpenModelFile",
    gpus: "Sequence[GpuFile]",
    precision: "Precision | None",
    degrees: "Degrees",
    wish: "Wish",
    catalog: "Catalog",
) -> "tuple[tuple[Sized, ...], tuple[Sized, ...]]":
    """Rank the ways that fit on some GPUs; where none does, give those over several nodes and on any other GPU."""
    from costcalc.analysis.sizing import fast_enough, ranked, setups

    found = ranked(setups(model, gpus, wish, precision=precision, degrees=degrees), wish, catalog)
    return (fast_enough(found, wish), ()) if found else ((), _others(model, gpus, precision, wish, catalog))


def _others(
    model: "OpenModelFile", gpus: "Sequence[GpuFile]", precision: "Precision | None", wish: "Wish", catalog: "Catalog"
) -> "tuple[Sized, ...]":
    """Look for what would fit: first on the GPU that was asked for, on several nodes if need be, then on any other."""
    from costcalc.analysis.sizing import over_nodes, ranked, setups, what_fits

    wish = wish._replace(part=None)
    everywhere = ranked(setups(model, list(catalog.gpus.values()), wish, precision=precision), wish, catalog)
    names = {each.setup.gpu.gpu for each in everywhere}
    alone = [gpu for gpu in gpus if gpu.gpu not in names]
    spread = over_nodes(model, alone, wish, catalog, precision=precision)
    return what_fits((*everywhere, *spread), gpus[0])[:_ALTERNATIVES]


def _check_tokens(model: "OpenModelFile", workload: "Workload") -> None:
    """Check that requests have tokens, and that the model makes those that they ask for."""
    if not workload.counted_tokens:
        raise FlagError("what fits and how fast it is goes by tokens: expected a --shape with at least 1 token")
    if not model.generates and workload.output_tokens:
        raise FlagError(f"{model.name} reads text and generates nothing: give a --shape without output, such as 512:0")


def _check_degrees(degrees: "Degrees", model: "OpenModelFile", engine: str) -> None:
    """Check that heads and experts can be spread as they are to be."""
    from costcalc.analysis.sizing import TENSOR_PARALLEL
    from costcalc.cost.setup import check_split

    check_split(model, degrees.tp or 1, engine)
    if degrees.ep > 1 and model.experts is None:
        raise FlagError(f"{model.name} has no experts to spread; leave out --ep")
    gpus = (degrees.tp or max(TENSOR_PARALLEL)) * degrees.dp * degrees.pp
    if degrees.ep > gpus:
        raise FlagError(
            f"--ep {degrees.ep} spreads experts over more GPUs than the replica has: tp × dp × pp is {gpus}"
        )


def _one(
    model: "OpenModelFile",
    gpu: "GpuFile",
    precision: "Precision",
    degrees: "Degrees",
    wish: "Wish",
    catalog: "Catalog",
    inputs: "dict[str, Json]",
    money: Money,
) -> "tuple[Report, bool]":
    """Size one deployment; where it does not fit, look for what would."""
    from costcalc.analysis.sizing import size
    from costcalc.cost.hardware import Layout
    from costcalc.cost.setup import Setup
    from costcalc.cost.slices import cut
    from costcalc.render.size import size_report

    layout = Layout(degrees.tp or 1, degrees.dp, degrees.ep, degrees.pp)
    setup = Setup(model, cut(gpu, wish.part), wish.served(precision, gpu), layout, layout.gpus)
    sized = size(setup, wish, catalog)
    others = () if sized.fit.fits else _others(model, [gpu], precision, wish, catalog)
    return size_report(sized, wish, others, catalog, inputs=inputs, money=money), sized.fit.fits


def _inputs(
    own: "OwnModel", gpu: str | None, precision: "Precision | None", degrees: "Degrees", wish: "Wish", beside: "Beside"
) -> "dict[str, Json]":
    return {
        "model": own.model.name,
        "config": own.config,
        "gpu": gpu,
        "part": wish.part.name if wish.part is not None else None,
        "precision": precision,
        "gpu_price": next(iter(wish.own_usd_per_hour.values()), None),
        **degrees._asdict(),
        "kv": wish.kv,
        "engine": wish.serving.engine,
        "engine_year": wish.serving.year,
        "network_gb_per_s": wish.serving.network / 1e9 if wish.serving.network is not None else None,
        "accepted_tokens": wish.serving.accepted,
        "speculative_speedup": wish.serving.speedup,
        "disaggregated": wish.serving.disaggregated,
        "adapters": beside.adapters,
        "adapter_rank": beside.rank if beside.adapters else None,
        "draft": wish.draft.name if wish.draft is not None else None,
        "input_tokens": wish.request.input_tokens,
        "output_tokens": wish.request.output_tokens,
        "concurrency": wish.concurrency,
        "tpot_ms": wish.tpot_ms,
        "target_utilisation": wish.utilisation,
    }
