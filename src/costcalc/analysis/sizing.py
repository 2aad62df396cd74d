"""Which GPUs hold a model, how fast it runs on them, and what a token costs at a utilisation."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from types import MappingProxyType
from typing import NamedTuple

from costcalc.case.case import Case
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.engines import LLAMA_CPP
from costcalc.catalog.forms.hardware import GpuFile
from costcalc.catalog.forms.open_models import OpenModelFile
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.catalog.forms.scalars import LLAMA_CPP_TYPES, KvPrecision, Precision
from costcalc.catalog.forms.schema import Source
from costcalc.cost.estimate import Estimate, exceeds
from costcalc.cost.hardware import Layout, Serving, WeightBytes, shape_of, spec_of
from costcalc.cost.machines import Price, price_of
from costcalc.cost.memory import Fit, fit
from costcalc.cost.replica import Request, predictions, within_target
from costcalc.cost.setup import Setup, splits, trust_of, usual_kv
from costcalc.cost.slices import GpuPart, cut
from costcalc.cost.throughput import Throughput
from costcalc.errors import UndecidableError
from costcalc.units import HOURS_PER_MONTH, MTOK, SECONDS_PER_HOUR, decimal

_IDLE = (Decimal("0.3"), Decimal("0.1"))  # what machines of few users come to, beside full load and the plan
_PRECISIONS: tuple[Precision, ...] = ("bf16", "fp8", "int4", "nvfp4", "mxfp4")
_OF_LLAMA_CPP: tuple[Precision, ...] = ("bf16", "q8_0", "q6_k", "q5_k_m", "q4_k_m", "mxfp4")
TENSOR_PARALLEL = (1, 2, 4, 8)
_FLEET = "what is sized"
MOST_NODES = 8  # of a replica: nobody publishes a throughput over more


class Wish(NamedTuple):
    """What is asked of a deployment.

    Args:
        request: The mean request.
        tpot_ms: The slowest decode that is accepted [ms/output token].
        concurrency: Requests in flight, or None for as many as the target allows.
        serving: The serving engine and what is known of it; the precision of the weights is each way's own.
        kv: The precision of the KV cache, or None for the usual one.
        day: The day whose prices are in force.
        utilisation: The share of full load that is planned for, above 0 and up to 1.
        own_usd_per_hour: The user's own rent of a GPU by its id, in place of the list's [USD/GPU-hour].
        loaded: Weights as the user's own files have them, by the precision that the files are in.
        adapter_bytes: LoRA adapters that stay loaded [bytes].
        draft: A smaller model that drafts.
        part: The part of a GPU that a replica lies on; None for whole ones.
        longest: The longest request of the mix, where it is longer than the mean one [tokens].
        month: What is to be served in a month; None where that was not said.
    """

    request: Request
    tpot_ms: float
    concurrency: float | None
    serving: Serving
    kv: KvPrecision | None
    day: date
    utilisation: Decimal
    own_usd_per_hour: Mapping[str, Decimal] = MappingProxyType({})
    loaded: Mapping[str, WeightBytes] = MappingProxyType({})
    adapter_bytes: float = 0.0
    draft: OpenModelFile | None = None
    part: GpuPart | None = None
    longest: float = 0.0
    month: Case | None = None

    def too_long(self, model: OpenModelFile) -> tuple[str, ...]:
        """Say that a model's context window is too short for a request; nothing where it is not, or is not known."""
        longest = max(self.longest, self.request.input_tokens + self.request.output_tokens)
        window = model.context_window
        return (exceeds(longest, window),) if window is not None and longest > window else ()

    def served(self, weights: Precision, gpu: GpuFile) -> Serving:
        """Say how weights of a precision are served on a GPU."""
        return self.serving._replace(
            weight_precision=weights,
            kv_precision=self.kv or usual_kv(weights, gpu),
            weights=self.loaded.get(weights),
            adapter_bytes=self.adapter_bytes,
            draft=shape_of(self.draft) if self.draft is not None else None,
        )

    @property
    def utilisations(self) -> tuple[Decimal, ...]:
        """Shares of full load at which a token is priced, highest first: always busy, as planned, mostly idle."""
        return tuple(sorted({Decimal(1), self.utilisation, *_IDLE}, reverse=True))

    def is_met_by(self, answer: Throughput) -> bool:
        """Say whether a throughput is as fast as asked; a concurrency of the user's own is bound by no target."""
        return self.concurrency is not None or answer.tpot_s * 1000 <= self.tpot_ms

    @property
    def planned(self) -> Decimal:
        """The share to show beside full load: the planned one, or the next below where full load is the plan."""
        return self.utilisations[1] if self.utilisation == 1 else self.utilisation


class Degrees(NamedTuple):
    """How a replica is to lie on its GPUs: degrees of parallelism; tensor parallel None tries each that a node has."""

    tp: int | None = None
    dp: int = 1
    ep: int = 1
    pp: int = 1

    def layouts(self, gpu: GpuFile) -> Iterator[Layout]:
        """Give the layouts on a GPU; experts spread over no more GPUs than the replica has."""
        # all-reduces of tensor parallel run within a node, unless somebody wants them beyond it
        widths = [width for width in TENSOR_PARALLEL if width <= gpu.gpus_per_node] if self.tp is None else [self.tp]
        layouts = (Layout(width, self.dp, self.ep, self.pp) for width in widths)
        return (layout for layout in layouts if layout.ep <= layout.gpus)


def planned_utilisation(catalog: Catalog) -> Decimal:
    """Give the share of full load that is planned for: the assumption target_utilisation.

    Raises:
        UndecidableError: It is no share of full load.
    """
    share = catalog.assumption("target_utilisation").value
    if not 0 < share <= 1:
        raise UndecidableError(
            f"expected a share of full load above 0 and up to 1, found {share}", subject="target_utilisation"
        )
    return share


class Sized(NamedTuple):
    """One way of putting a model on GPUs, and what comes of it.

    Args:
        setup: Model, GPU, precisions, layout.
        fit: What fits into one GPU.
        memory_bytes: What one GPU has [bytes].
        throughput: What it generates; None where it does not fit.
        price: What one GPU costs by the hour; None where nobody lists it.
        caveats: What the reader must know before trusting it.
        fleet: What serves the month that was asked for, with spares, headroom and the peak as everywhere; None where
            no month was asked for, or nothing is known of its cost.
    """

    setup: Setup
    fit: Fit
    memory_bytes: float
    throughput: Throughput | None
    price: Price | None
    caveats: tuple[str, ...]
    fleet: Estimate | None = None

    @property
    def hourly_usd(self) -> Decimal | None:
        """Rent of the deployment [USD/hour]."""
        return self.price.usd * self.setup.gpus if self.price is not None else None

    @property
    def monthly_usd(self) -> Decimal | None:
        """Rent of the deployment, however little it serves [USD/month]."""
        return self.hourly_usd * HOURS_PER_MONTH if self.hourly_usd is not None else None

    def usd_per_mtok(self, *, utilisation: Decimal, tokens_per_s: float | None = None) -> Decimal | None:
        """Cost of a million output tokens at a share of full load [USD/Mtok]; None without a price or a fit."""
        if self.hourly_usd is None or self.throughput is None:
            return None
        rate = self.throughput.output_tokens_per_s if tokens_per_s is None else tokens_per_s
        hourly_tokens = Decimal(round(rate * SECONDS_PER_HOUR) or rate * SECONDS_PER_HOUR) * utilisation
        return self.hourly_usd * MTOK / hourly_tokens if hourly_tokens else None


def size(setup: Setup, wish: Wish, catalog: Catalog) -> Sized:
    """Say whether a model fits, how fast it runs there, and what that costs.

    Args:
        setup: Model, GPU, precisions, layout.
        wish: What is asked of it.
        catalog: Prices, and the fitted throughput model.
    """
    return _sized(setup, wish, catalog, _price(setup.gpu, catalog, wish))


def _sized(setup: Setup, wish: Wish, catalog: Catalog, price: Price | None) -> Sized:
    spec, request = spec_of(setup.gpu), wish.request
    room = fit(
        shape_of(setup.model),
        spec,
        setup.serving,
        setup.layout,
        tokens=request.input_tokens + request.output_tokens,
    )
    answer = _throughput(setup, wish, catalog) if room.fits else None
    of_model = (*wish.too_long(setup.model), *(answer.caveats if answer is not None else ()), *trust_of(setup))
    caveats = (*of_model, *(price.caveats if price else ()))
    sized = Sized(setup, room, spec.memory_bytes, answer, price, caveats)
    return sized._replace(fleet=_fleet(sized, wish.month)) if wish.month is not None else sized


def _fleet(sized: Sized, month: Case) -> Estimate | None:
    """Price the replicas that a month takes, at the throughput that was found [USD/month]."""
    answer, price = sized.throughput, sized.price
    if answer is None or price is None:
        return None
    rate, layout = Decimal(repr(answer.output_tokens_per_s)), sized.setup.layout
    option = SelfHostOption(
        kind="self_host", gpus=layout.gpus, tokens_per_s=rate, usd_per_gpu_hour=price.usd, source=price.source
    )
    options = {**month.catalog.options, _FLEET: option}
    return replace(month, catalog=replace(month.catalog, options=options)).estimate(_FLEET)


def _throughput(setup: Setup, wish: Wish, catalog: Catalog) -> Throughput:
    by_load = predictions(setup, wish.request, catalog)
    if wish.concurrency is not None:
        return by_load(wish.concurrency)
    return within_target(by_load, tpot_s=wish.tpot_ms / 1000)


def _price(gpu: GpuFile, catalog: Catalog, wish: Wish) -> Price | None:
    """Find the rent of one GPU: the user's own, else the list's; one that nobody rents out has none."""
    source = Source.model_construct(title="--gpu-price", checked=wish.day)
    whole = gpu.gpu if wish.part is None else gpu.gpu.removesuffix(f" {wish.part.name}")
    own = wish.own_usd_per_hour.get(whole)
    option = SelfHostOption.model_construct(kind="self_host", gpu=whole, usd_per_gpu_hour=own, source=source)
    try:
        price = price_of(gpu.name, option, catalog, as_of=wish.day)
    except UndecidableError:
        return None
    return price if wish.part is None else price._replace(usd=price.usd * decimal(wish.part.paid))


def setups(
    model: OpenModelFile,
    gpus: Sequence[GpuFile],
    wish: Wish,
    *,
    precision: Precision | None = None,
    degrees: Degrees = Degrees(),  # noqa: B008  # frozen, and it tries every width of a node
) -> Iterator[Setup]:
    """Walk the ways of putting a model on GPUs: every precision, and every width that a node has or the one given.

    Formats of 4-bit floats are for GPUs with units for them, or for models that are published so.
    """
    for gpu in gpus:
        usual = _OF_LLAMA_CPP if wish.serving.engine == LLAMA_CPP else _PRECISIONS
        forms = [form for form in usual if _is_usual(form, gpu, model)] if precision is None else [precision]
        layouts = [each for each in degrees.layouts(gpu) if splits(model, each.tp, wish.serving.engine)]
        for weights, layout in product(forms, layouts):
            yield Setup(model, cut(gpu, wish.part), wish.served(weights, gpu), layout, layout.gpus)


def _is_usual(weights: Precision, gpu: GpuFile, model: OpenModelFile) -> bool:
    """Say whether somebody would serve a model in this form on this GPU."""
    if weights in LLAMA_CPP_TYPES:
        return model.published_weights != "mxfp4"
    if model.published_weights in {"mxfp4", "int4"}:
        return weights == model.published_weights
    if weights == "nvfp4":
        return gpu.vendor == "NVIDIA" and gpu.dense_tflops.fp4 is not None
    if weights == "fp8":
        return gpu.dense_tflops.fp8 is not None
    return weights == "int4" or (weights == "bf16" and model.published_weights != "fp8")


def ranked(candidates: Iterator[Setup], wish: Wish, catalog: Catalog) -> tuple[Sized, ...]:
    """Give the ways that fit, cheapest per token first; those without a price stand last, fastest first.

    A price on demand is compared with prices on demand alone: GPUs for which none is known, but a reservation, stand
    behind those that have one.
    """
    prices: dict[str, Price | None] = {}
    fitting = []
    for setup in candidates:
        gpu = setup.gpu
        if gpu.gpu not in prices:
            prices[gpu.gpu] = _price(gpu, catalog, wish)
        way = _sized(setup, wish, catalog, prices[gpu.gpu])
        if way.throughput is not None:
            fitting.append(way)
    return tuple(sorted(fitting, key=_order))


def over_nodes(
    model: OpenModelFile, gpus: Sequence[GpuFile], wish: Wish, catalog: Catalog, *, precision: Precision | None
) -> tuple[Sized, ...]:
    """Give the ways that fit on the fewest nodes of each GPU, from two on, cheapest per token first.

    All-reduces of tensor parallel stay within a node, as wide as the model can be split, and a pipeline spreads the
    layers over the nodes. GPUs that come one to a machine are left out: no network for them is known.
    """
    found: list[Sized] = []
    for gpu in (each for each in gpus if each.gpus_per_node > 1):
        layouts = (layout for nodes in range(2, MOST_NODES + 1) for layout in _pipelines(gpu, nodes))
        spread = (setups(model, [gpu], wish, precision=precision, degrees=layout) for layout in layouts)
        found += next(filter(None, (ranked(each, wish, catalog) for each in spread)), ())
    return tuple(sorted(found, key=_order))


def _pipelines(gpu: GpuFile, nodes: int) -> Iterator[Degrees]:
    """Walk the layouts that fill so many nodes, the widest tensor parallel first."""
    for width in reversed(TENSOR_PARALLEL):
        if gpu.gpus_per_node % width == 0:
            yield Degrees(tp=width, pp=nodes * gpu.gpus_per_node // width)


def nodes_of(one: Sized) -> int:
    """Say on how many nodes a way lies."""
    return -(-one.setup.layout.gpus // one.setup.gpu.gpus_per_node)


def without_slower(found: Sequence[Sized]) -> tuple[Sized, ...]:
    """Leave out ways that a smaller one of the same GPU and precision beats: they cost more and generate less."""

    def beaten(one: Sized) -> bool:
        same = (other for other in found if _kind(other) == _kind(one) and other.setup.gpus < one.setup.gpus)
        return any(_rate(other) >= _rate(one) for other in same)

    return tuple(one for one in found if not beaten(one))


def _kind(one: Sized) -> tuple[str, str]:
    return one.setup.gpu.gpu, one.setup.serving.weight_precision


def _rate(one: Sized) -> float:
    assert one.throughput is not None  # only what fits is ranked
    return one.throughput.output_tokens_per_s


def fast_enough(found: Sequence[Sized], wish: Wish) -> tuple[Sized, ...]:
    """Give the ways that meet the target; all of them where none does, not even with one request alone."""
    meeting = [one for one in found if one.throughput is not None and wish.is_met_by(one.throughput)]
    return tuple(meeting or found)


def _order(one: Sized) -> tuple[bool, bool, Decimal, float, str]:
    cost = one.usd_per_mtok(utilisation=Decimal(1))
    return (cost is None, _is_other(one), cost or Decimal(0), -_rate(one), one.setup.gpu.gpu)


def _is_other(one: Sized) -> bool:
    """Say whether a price of another kind stands in for one on demand, of which none is known."""
    return one.price is not None and one.price.instead is not None


def least_a_month(found: Sequence[Sized]) -> Sized | None:
    """Give the way of least rent, whatever it serves; None where nothing has a price.

    The cheapest token is often on the larger machine, so it is not looked for among the cheapest of each GPU. What is
    rented on demand comes before what is reserved.
    """
    priced = [(_is_other(way), way.monthly_usd, at) for at, way in enumerate(found) if way.monthly_usd is not None]
    return found[min(priced)[-1]] if priced else None


def least_fleet(found: Sequence[Sized]) -> Sized | None:
    """Give the way that serves the month at the least rent; None without a month, or where nothing has a price."""
    costs = [(way.fleet.monthly_usd, at) for at, way in enumerate(found) if way.fleet is not None]
    return found[min(costs)[-1]] if costs else None


def what_fits(found: Sequence[Sized], gpu: GpuFile) -> tuple[Sized, ...]:
    """Give the fewest of a GPU that would do, then the others by their rent, the least of each first."""
    fewest: dict[str, Sized] = {}
    for one in sorted(found, key=lambda one: one.setup.gpus):
        fewest.setdefault(one.setup.gpu.gpu, one)
    own = [one for name, one in fewest.items() if name == gpu.gpu]
    others = [one for name, one in fewest.items() if name != gpu.gpu and one.hourly_usd is not None]
    return (*own, *sorted(others, key=lambda one: (_is_other(one), one.hourly_usd, one.setup.gpu.gpu)))
