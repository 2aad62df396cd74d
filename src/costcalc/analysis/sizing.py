"""Which GPUs hold a model, how fast it runs on them, and what a token costs at a utilisation."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import product
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.engines import Engine
from costcalc.catalog.forms.hardware import GpuFile, OpenModelFile
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.catalog.forms.scalars import KvPrecision, Precision
from costcalc.cost.hardware import Layout, Serving, shape_of, spec_of
from costcalc.cost.machines import Price, price_of
from costcalc.cost.memory import Fit, fit, reserve_bytes
from costcalc.cost.replica import Request, Setup, predicted, trust_of, usual_kv, within_target
from costcalc.cost.throughput import Throughput
from costcalc.errors import UndecidableError
from costcalc.units import MTOK

UTILISATIONS = tuple(Decimal(share) for share in ("1", "0.5", "0.3", "0.1"))
_PRECISIONS: tuple[Precision, ...] = ("bf16", "fp8", "int4", "nvfp4", "mxfp4")
_TENSOR_PARALLEL = (1, 2, 4, 8)
_SECONDS_PER_HOUR = 3600


class Wish(NamedTuple):
    """What is asked of a deployment.

    Args:
        request: The mean request.
        tpot_ms: The slowest decode that is accepted [ms/output token].
        concurrency: Requests in flight, or None for as many as the target allows.
        engine: The serving engine.
        kv: The precision of the KV cache, or None for the usual one.
        day: The day whose prices are in force.
    """

    request: Request
    tpot_ms: float
    concurrency: float | None
    engine: Engine
    kv: KvPrecision | None
    day: date


class Sized(NamedTuple):
    """One way of putting a model on GPUs, and what comes of it.

    Args:
        setup: Model, GPU, precisions, layout.
        fit: What fits into one GPU.
        memory_bytes: What one GPU has [bytes].
        throughput: What it generates; None where it does not fit.
        price: What one GPU costs by the hour; None where nobody lists it.
        caveats: What the reader must know before trusting it.
    """

    setup: Setup
    fit: Fit
    memory_bytes: float
    throughput: Throughput | None
    price: Price | None
    caveats: tuple[str, ...]

    @property
    def hourly_usd(self) -> Decimal | None:
        """Rent of the deployment [USD/hour]."""
        return self.price.usd * self.setup.gpus if self.price is not None else None

    @property
    def reserve_bytes(self) -> float:
        """What the engine keeps for itself on one GPU [bytes]."""
        return reserve_bytes(spec_of(self.setup.gpu), self.setup.serving.engine)

    def usd_per_mtok(self, *, utilisation: Decimal, tokens_per_s: float | None = None) -> Decimal | None:
        """Cost of a million output tokens at a share of full load [USD/Mtok]; None without a price or a fit."""
        if self.hourly_usd is None or self.throughput is None:
            return None
        rate = self.throughput.output_tokens_per_s if tokens_per_s is None else tokens_per_s
        hourly_tokens = Decimal(round(rate * _SECONDS_PER_HOUR)) * utilisation
        return self.hourly_usd * MTOK / hourly_tokens if hourly_tokens else None


def size(setup: Setup, wish: Wish, catalog: Catalog) -> Sized:
    """Say whether a model fits, how fast it runs there, and what that costs.

    Args:
        setup: Model, GPU, precisions, layout.
        wish: What is asked of it.
        catalog: Prices, and the fitted throughput model.
    """
    spec, request = spec_of(setup.gpu), wish.request
    room = fit(
        shape_of(setup.model),
        spec,
        setup.serving,
        setup.layout,
        tokens=request.input_tokens + request.output_tokens,
    )
    answer = _throughput(setup, wish, catalog) if room.fits else None
    price = _price(setup, catalog, wish.day)
    caveats = (*(answer.caveats if answer is not None else ()), *trust_of(setup), *(price.caveats if price else ()))
    return Sized(setup, room, spec.memory_bytes, answer, price, caveats)


def _throughput(setup: Setup, wish: Wish, catalog: Catalog) -> Throughput:
    if wish.concurrency is not None:
        return predicted(setup, wish.request, catalog, wish.concurrency)
    return within_target(partial(predicted, setup, wish.request, catalog), tpot_s=wish.tpot_ms / 1000)


def _price(setup: Setup, catalog: Catalog, day: date) -> Price | None:
    """Find the rent of one GPU; one that nobody rents out has none."""
    option = SelfHostOption(kind="self_host", model=setup.model.model, gpu=setup.gpu.gpu, gpus=Decimal(1))
    try:
        return price_of(setup.gpu.name, option, catalog, as_of=day)
    except UndecidableError:
        return None


def setups(
    model: OpenModelFile,
    gpus: Sequence[GpuFile],
    wish: Wish,
    *,
    precision: Precision | None = None,
    tensor_parallel: int | None = None,
) -> Iterator[Setup]:
    """Walk the ways of putting a model on GPUs: every precision and every width that a node has.

    Formats of 4-bit floats are for GPUs with units for them, or for models that are published so.
    """
    widths = _TENSOR_PARALLEL if tensor_parallel is None else (tensor_parallel,)
    for gpu in gpus:
        forms = [form for form in _PRECISIONS if _is_usual(form, gpu, model)] if precision is None else [precision]
        for weights, width in product(forms, widths):
            if width <= gpu.gpus_per_node or tensor_parallel is not None:
                serving = Serving(weights, wish.kv or usual_kv(weights, gpu), wish.engine)
                yield Setup(model, gpu, serving, Layout(tp=width), width)


def _is_usual(weights: Precision, gpu: GpuFile, model: OpenModelFile) -> bool:
    """Say whether somebody would serve a model in this form on this GPU."""
    if model.published_weights in {"mxfp4", "int4"}:
        return weights == model.published_weights
    if weights == "nvfp4":
        return gpu.vendor == "NVIDIA" and gpu.dense_tflops.fp4 is not None
    if weights == "fp8":
        return gpu.dense_tflops.fp8 is not None
    return weights == "int4" or (weights == "bf16" and model.published_weights != "fp8")


def ranked(candidates: Iterator[Setup], wish: Wish, catalog: Catalog) -> tuple[Sized, ...]:
    """Give the ways that fit, cheapest per token first; those without a price stand last, fastest first."""
    fitting = [one for one in (size(setup, wish, catalog) for setup in candidates) if one.throughput is not None]
    return tuple(sorted(fitting, key=_order))


def _order(one: Sized) -> tuple[bool, Decimal, float, str]:
    cost = one.usd_per_mtok(utilisation=Decimal(1))
    assert one.throughput is not None  # only what fits is ranked
    return (cost is None, cost or Decimal(0), -one.throughput.output_tokens_per_s, one.setup.gpu.gpu)


def what_fits(found: Sequence[Sized], gpu: GpuFile) -> tuple[Sized, ...]:
    """Give the fewest of a GPU that would do, then the others by their rent, the least of each first."""
    fewest: dict[str, Sized] = {}
    for one in sorted(found, key=lambda one: one.setup.gpus):
        fewest.setdefault(one.setup.gpu.gpu, one)
    own = [one for name, one in fewest.items() if name == gpu.gpu]
    others = [one for name, one in fewest.items() if name != gpu.gpu and one.hourly_usd is not None]
    return (*own, *sorted(others, key=lambda one: (one.hourly_usd, one.setup.gpu.gpu)))
