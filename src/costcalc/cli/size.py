"""``costcalc size``: which GPUs hold a model, how fast it runs there, what a token costs."""

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from costcalc.catalog.forms.engines import ENGINES
from costcalc.cli.answer import Answer
from costcalc.cli.flags import OPTIONS_PANEL, WORKLOAD_PANEL, MoneyFlags, PriceFlags, ServingFlags, TrafficFlags
from costcalc.cli.gpu_parts import GpuShare, Mig, on_part
from costcalc.cli.question import question
from costcalc.cli.values import at_least_one, one_of, positive, price
from costcalc.errors import FlagError
from costcalc.money import Money
from costcalc.units import decimal, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from costcalc.analysis.sizing import Degrees, Sized, Wish
    from costcalc.catalog.catalog import Catalog
    from costcalc.catalog.forms.hardware import GpuFile
    from costcalc.catalog.forms.open_models import OpenModelFile
    from costcalc.catalog.forms.scalars import Precision
    from costcalc.render.report import Json, Report

DOES_NOT_FIT = 1

_ALTERNATIVES = 5


Model = Annotated[str, typer.Argument(help="An open model, such as DeepSeek-R1-Distill-Qwen-32B.")]
Gpu = Annotated[
    str | None,
    typer.Option(metavar="GPU", help="Only this GPU, such as H100 or 'RTX 4090'.", rich_help_panel=OPTIONS_PANEL),
]
PrecisionFlag = Annotated[
    str | None,
    typer.Option(
        "--precision",
        metavar="PRECISION",
        help="Of the weights: bf16, fp8, int8, int4, nvfp4, mxfp4 or q4_k_m (default: each that is usual).",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
GpuPrice = Annotated[
    Fraction | None,
    typer.Option(
        parser=price,
        metavar="USD",
        help="What one --gpu costs an hour, in place of the list price.",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
Tp = Annotated[
    int | None,
    typer.Option("--tp", min=1, max=64, help="Tensor parallel over so many GPUs.", rich_help_panel=OPTIONS_PANEL),
]
Pp = Annotated[
    int,
    typer.Option(
        "--pp",
        min=1,
        max=64,
        help="Pipeline parallel: so many groups that each hold some layers.",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
Dp = Annotated[
    int,
    typer.Option(
        "--dp",
        min=1,
        max=64,
        help="Data parallel: so many groups that each take their own requests.",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
Ep = Annotated[
    int,
    typer.Option(
        "--ep", min=1, max=512, help="Expert parallel: experts spread over so many GPUs.", rich_help_panel=OPTIONS_PANEL
    ),
]
Kv = Annotated[
    str | None,
    typer.Option(
        "--kv",
        metavar="PRECISION",
        help="Of the KV cache: bf16 or fp8 (default: fp8 with fp8 and nvfp4 weights, else bf16).",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
EngineFlag = Annotated[
    str,
    typer.Option("--engine", metavar="ENGINE", help=f"{', '.join(ENGINES)}.", rich_help_panel=OPTIONS_PANEL),
]
Concurrency = Annotated[
    Fraction | None,
    typer.Option(
        parser=at_least_one,
        metavar="N",
        help="Requests in flight (default: as many as fit and meet --tpot).",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
Tpot = Annotated[
    Fraction | None,
    typer.Option(
        parser=positive,
        metavar="MS",
        help="The slowest decode that is accepted, ms per output token (default: the assumption tpot_target).",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
AllWays = Annotated[bool, typer.Option("--all", help="Every way that fits, not only the best of each GPU.")]


def size_command(
    model: Model,
    traffic: TrafficFlags,
    prices: PriceFlags,
    shown: MoneyFlags,
    gpu: Gpu = None,
    gpu_price: GpuPrice = None,
    gpu_share: GpuShare = None,
    mig: Mig = None,
    precision: PrecisionFlag = None,
    tp: Tp = None,
    pp: Pp = 1,
    dp: Dp = 1,
    ep: Ep = 1,
    kv: Kv = None,
    engine: EngineFlag = "vllm",
    concurrency: Concurrency = None,
    tpot: Tpot = None,
    all_ways: AllWays = False,
) -> Answer:
    """Size a deployment: does the model fit, how fast is it, what does a token cost.

    Without --gpu and --precision, every GPU and usual precision is tried, cheapest token first.
    """
    from costcalc.analysis.sizing import Degrees, Wish, planned_utilisation
    from costcalc.catalog.forms.scalars import KvPrecision, Precision
    from costcalc.cost.replica import Request
    from costcalc.render.size import ranking_report

    known_precision = one_of(precision, get_args(Precision), "--precision") if precision is not None else None
    if gpu_price is not None and gpu is None:
        raise FlagError("--gpu-price is what one GPU costs; say which: --gpu")
    asked = question(traffic, ServingFlags(), prices, shown, mix=True)
    catalog, money = asked.case.catalog, asked.money
    if not asked.case.workload.output_tokens:
        raise FlagError(
            "what fits and how fast it is goes by generated tokens: expected a --shape with at least 1 token out"
        )
    target = catalog.assumption("tpot_target").value
    wish = Wish(
        Request.mean(asked.case.workload.shapes),
        tpot_ms=float(target if tpot is None else tpot),
        concurrency=float(concurrency) if concurrency is not None else None,
        engine=one_of(engine, tuple(ENGINES), "--engine"),
        kv=one_of(kv, get_args(KvPrecision), "--kv") if kv is not None else None,
        day=asked.case.as_of,
        utilisation=planned_utilisation(catalog),
    )
    single = gpu is not None and known_precision is not None
    open_model, degrees = catalog.open_model(model), Degrees(tp or (1 if single else None), dp, ep, pp)
    _check_degrees(degrees, open_model)
    gpus = [catalog.gpu(gpu)] if gpu is not None else list(catalog.gpus.values())
    own = {gpus[0].gpu: decimal(whole(gpu_price))} if gpu_price is not None else {}
    wish, degrees = on_part(wish._replace(own_usd_per_hour=own), degrees, gpus, gpu_share=gpu_share, mig=mig)
    inputs = {**asked.inputs, **_inputs(open_model.name, gpu, precision, degrees, wish)}
    if single and known_precision is not None:
        report, fits = _one(open_model, gpus[0], known_precision, degrees, wish, catalog, inputs, money)
    else:
        found, elsewhere = _ways(open_model, gpus, known_precision, degrees, wish, catalog)
        everything, fits = all_ways or gpu is not None, bool(found)
        report = ranking_report(
            open_model, found, wish, catalog, inputs=inputs, everything=everything, elsewhere=elsewhere, money=money
        )
    return Answer(report, 0 if fits else DOES_NOT_FIT, catalog=catalog)


def _ways(
    model: "OpenModelFile",
    gpus: "Sequence[GpuFile]",
    precision: "Precision | None",
    degrees: "Degrees",
    wish: "Wish",
    catalog: "Catalog",
) -> "tuple[tuple[Sized, ...], tuple[Sized, ...]]":
    """Rank the ways that fit on some GPUs; where none does, give those on any other."""
    from costcalc.analysis.sizing import fast_enough, ranked, setups, what_fits

    found = ranked(setups(model, gpus, wish, precision=precision, degrees=degrees), wish, catalog)
    if found or len(gpus) > 1:
        return fast_enough(found, wish), ()
    wish = wish._replace(part=None)
    anywhere = ranked(setups(model, list(catalog.gpus.values()), wish, precision=precision), wish, catalog)
    return (), what_fits(anywhere, gpus[0])[:_ALTERNATIVES]


def _check_degrees(degrees: "Degrees", model: "OpenModelFile") -> None:
    """Check that experts can be spread as they are to be."""
    from costcalc.analysis.sizing import TENSOR_PARALLEL

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
    """Size one deployment; where it does not fit, look for what would, first on the same GPU."""
    from costcalc.analysis.sizing import ranked, setups, size, what_fits
    from costcalc.cost.hardware import Layout, Serving
    from costcalc.cost.replica import Setup, usual_kv
    from costcalc.cost.slices import cut
    from costcalc.render.size import size_report

    serving = Serving(precision, wish.kv or usual_kv(precision, gpu), wish.engine)
    layout = Layout(degrees.tp or 1, degrees.dp, degrees.ep, degrees.pp)
    setup = Setup(model, cut(gpu, wish.part), serving, layout, layout.gpus)
    sized = size(setup, wish, catalog)
    others: tuple[Sized, ...] = ()
    if not sized.fit.fits:
        whole = wish._replace(part=None)
        everywhere = ranked(setups(model, list(catalog.gpus.values()), whole, precision=precision), whole, catalog)
        others = what_fits(everywhere, gpu)[:_ALTERNATIVES]
    return size_report(sized, wish, others, catalog, inputs=inputs, money=money), sized.fit.fits


def _inputs(model: str, gpu: str | None, precision: str | None, degrees: "Degrees", wish: "Wish") -> "dict[str, Json]":
    return {
        "model": model,
        "gpu": gpu,
        "part": wish.part.name if wish.part is not None else None,
        "precision": precision,
        "gpu_price": next(iter(wish.own_usd_per_hour.values()), None),
        **degrees._asdict(),
        "kv": wish.kv,
        "engine": wish.engine,
        "input_tokens": wish.request.input_tokens,
        "output_tokens": wish.request.output_tokens,
        "concurrency": wish.concurrency,
        "tpot_ms": wish.tpot_ms,
        "target_utilisation": wish.utilisation,
    }
