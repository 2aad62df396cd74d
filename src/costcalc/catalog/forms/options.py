"""The forms of ``options.yaml``: the closed set of ways of serving."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from costcalc.catalog.forms.capacity import Capacity, conflict_of, rents_of
from costcalc.catalog.forms.entry import BY_KIND, NOT_EMPTY, Entry, form_check
from costcalc.catalog.forms.hardware import Placement
from costcalc.catalog.forms.plans import Limit
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.catalog.forms.rates import TokenRates
from costcalc.catalog.forms.requests import ShapeEntry, shapes_of
from costcalc.catalog.forms.scalars import (
    Day,
    Engine,
    Factor,
    GpuCount,
    Interval,
    Items,
    KvPrecision,
    Precision,
    Spares,
    Text,
    UncertainAmount,
    UncertainFactor,
    UncertainPositiveUnitUsd,
    UncertainShare,
    UncertainUnitUsd,
    Whole,
)
from costcalc.catalog.forms.schema import Source
from costcalc.catalog.forms.served import check_speculation, engine_for
from costcalc.units import plural


class ApiOption(Entry):
    """Buy: a model over its provider's API.

    Args:
        kind: An option of this form.
        model: Which model, as provider/model.
        service_tier: A tier to which the option is bound.
        region: A region to which the option is bound.
        note: What else is to be known.
    """

    kind: Literal["api"]
    model: Text
    service_tier: Text | None = None
    region: Text | None = None
    note: Text | None = None


class Busy(Entry):
    """The hardware behind a published unit cost, to say how busy it must be.

    Args:
        gpu: Which GPU, by its name in ``pricing/gpus/``; its price is that of its reference offer.
        gpus: How many of them serve one replica.
    """

    gpu: Text
    gpus: Whole


class RateOption(Entry):
    """A published unit cost, such as one of self-hosting; reached only by hardware that is busy.

    Args:
        kind: An option of this form.
        side: Whether somebody builds or buys at that cost.
        serves: Which open model it serves.
        usd_per_mtok: The published cost by meter [USD per million tokens].
        implies: The hardware behind it, where it is known.
        effective: The day of publication.
        source: Where it was read, and when.
        note: What else is to be known.
    """

    kind: Literal["rate"]
    side: Literal["build", "buy"]
    serves: Text | None = None
    usd_per_mtok: TokenRates
    implies: Busy | None = None
    effective: Day
    source: Source
    note: Text | None = None


Tenure = Literal["on_demand", "reserved_1y", "reserved_3y", "spot", "own"]
Costs = Literal["hardware", "all"]


class AdaptersEntry(Entry):
    """LoRA adapters that stay loaded beside a model, on all of its linear layers.

    Args:
        number: How many.
        rank: The rank that the engine keeps room for.
    """

    number: Whole
    rank: Whole


class SelfHostOption(Capacity):
    """Build: an open model on GPUs of one's own, rented or bought.

    Args:
        kind: An option of this form.
        model: Which open model, by its name in ``pricing/models/``; not needed where tokens_per_s is given.
        gpu: Which GPU, by its name in ``pricing/gpus/``; not needed where tokens_per_s and a price are given.
        gpus: GPUs of one replica; below 1 a part of one, with that part of its memory, bandwidth and speed.
        tp: Tensor parallel: GPUs that share every layer (default: all of the replica, less dp and pp).
        dp: Data parallel: groups of the replica that each take their own requests.
        ep: Expert parallel: GPUs over which experts are spread.
        pp: Pipeline parallel: groups that each hold some layers.
        weights: The precision of the weights.
        kv: The precision of the KV cache (default: fp8 with 8-bit or nvfp4 weights where the GPU has it, else bf16).
        engine: The serving engine; one that is none of the known ones counts as vLLM, with a wider interval (default:
            llama.cpp with its types, else vLLM).
        weights_gb: What the weights take when they are loaded, over all GPUs of a replica, in place of ours [GB].
        adapters: LoRA adapters that stay loaded.
        engine_year: The year of its version; vLLM until 2024 spent more time on the host (default: of today).
        network_gb_per_s: Network between the nodes of a replica, for each GPU (default: 50, InfiniBand) [GB/s].
        accepted_tokens: Tokens that a step of speculative decoding yields on average, the model's own included, as
            engines report it (vLLM: mean acceptance length, SGLang: accept length), such as 1.81 [tokens/step].
        speculative_speedup: How many times as fast decoding was measured with speculation, in place of accepted_tokens.
        disaggregated: Whether prompts are prefilled on GPUs of their own, of the replica's; a wider interval.
        tokens_per_s: Output tokens a second of one busy replica, as measured; it wins over the model. Input
            tokens where nothing is generated [tokens/s].
        tpot_ms: The slowest decode that is accepted (default: the assumption tpot_target) [ms/output token].
        tenure: Rented on demand, reserved for one or three years, on spot, or owned.
        rental: Which offer of the GPU (default: its reference).
        usd_per_gpu_hour: Rent of one GPU, in place of the catalog's [USD/GPU-hour].
        usd_per_gpu: Price of one GPU with its share of the server, in place of the catalog's [USD/GPU].
        placement: Where owned machines stand (default: as the GPU's file says; a data centre where it is unknown).
        gpu_kw: Power of one busy GPU, in place of the share of its board power [kW].
        hours_per_month: Hours in which the replicas run and are paid [h/month].
        node_gpus: GPUs that are rented or bought together, such as 8 for whole nodes (default: those of the machine of
            the rental that is named, else 1).
        replicas: A fleet of this size, in place of one sized for the load.
        autoscale: Whether replicas follow the load, so that their mean is paid instead of their peak.
        spares: Replicas beside those that the load needs (default: the assumption spare_replicas).
        headroom: Capacity over the peak (default: the assumption headroom).
        people_fte: People who run it (default: by its size) [FTE].
        fine_tuned: Whether it is fine-tuned, and refreshed.
        costs: ``hardware`` for the rent or the machines alone, ``all`` for the whole bill.
        source: Where the rent, usd_per_gpu or tokens_per_s was read, and when.
        note: What else is to be known.
    """

    kind: Literal["self_host"]
    model: Text | None = None
    gpu: Text | None = None
    gpus: GpuCount = 1
    tp: Whole | None = None
    dp: Whole = 1
    ep: Whole = 1
    pp: Whole = 1
    weights: Precision = "bf16"
    kv: KvPrecision | None = None
    engine: Engine | None = None
    weights_gb: Factor | None = None
    adapters: AdaptersEntry | None = None
    engine_year: Whole | None = None
    network_gb_per_s: Factor | None = None
    accepted_tokens: Factor | None = None
    speculative_speedup: Factor | None = None
    disaggregated: bool = False
    tokens_per_s: UncertainFactor | None = None
    tpot_ms: Factor | None = None
    tenure: Tenure = "on_demand"
    rental: Text | None = None
    usd_per_gpu_hour: UncertainPositiveUnitUsd | None = None
    usd_per_gpu: UncertainPositiveUnitUsd | None = None
    placement: Placement | None = None
    gpu_kw: UncertainFactor | None = None
    hours_per_month: Factor | None = None
    node_gpus: Whole | None = None
    replicas: Whole | None = None
    autoscale: bool = False
    spares: Spares | None = None
    headroom: Factor | None = None
    people_fte: UncertainAmount | None = None
    fine_tuned: bool = False
    costs: Costs = "hardware"
    source: Source | None = None
    note: Text | None = None

    @property
    def tensor_parallel(self) -> int:
        """GPUs that share every layer."""
        return self.tp or max(1, self.devices // (self.dp * self.pp))

    @property
    def devices(self) -> int:
        """GPUs that one replica lies on; a part of one is one."""
        return max(1, int(self.gpus))

    @form_check
    def _is_complete(self) -> Self:
        if self.tensor_parallel * self.dp * self.pp != self.devices:
            product = f"{self.tensor_parallel} × {self.dp} × {self.pp}"
            raise ValueError(f"tp × dp × pp is {product}; a replica has {self.gpus} {plural(self.gpus, 'GPU')}")
        check_speculation(self.accepted_tokens, self.speculative_speedup)
        if self.tokens_per_s is None and (self.model is None or self.gpu is None):
            raise ValueError("give model and gpu, or the tokens_per_s that one replica was measured at")
        priced = self.usd_per_gpu is not None if self.tenure == "own" else bool(rents_of(self))
        if self.gpu is None and not priced:
            missing = "usd_per_gpu" if self.tenure == "own" else "usd_per_gpu_hour"
            raise ValueError(f"without a gpu the price is unknown: give {missing}")
        if self.placement is not None and self.tenure != "own":
            raise ValueError("placement says where owned machines stand; give tenure: own, or leave it out")
        if self.replicas is not None and self.autoscale:
            raise ValueError("a fleet of fixed size does not follow the load: give replicas or autoscale")
        engine_for(self.engine, self.weights, self.kv)
        if (conflict := conflict_of(self)) is not None:
            raise ValueError(conflict)
        return self


class PlanOption(Entry):
    """Seats: a subscription for people at a tool; never an option for a server.

    Args:
        kind: An option of this form.
        plan: Which subscription, as provider/plan of ``pricing/plans/``.
        model: The API model, as provider/model, to which its work is equivalent, and at whose rates overage is billed.
        seats: Seats that are paid for, in place of the workload's.
        allowance: What one seat holds, in place of the plan's figure [output tokens/seat and month].
        limit: What work above it does, in place of the plan's rule: ``hard`` or ``overage``.
        note: What else is to be known.
    """

    kind: Literal["plan"]
    plan: Text
    model: Text | None = None
    seats: Whole | None = None
    allowance: UncertainFactor | None = None
    limit: Limit | None = None
    note: Text | None = None


class Route(Entry):
    """The part of a blend's requests that one option serves.

    Args:
        option: The option: an id, or a model's name. A blend is none.
        share: Share of the requests, 0 to 1; one route may leave it out and takes what the others leave.
        input_times: The size of its prompts, relative to the workload's.
        output_times: The size of its outputs, relative to the workload's.
        shapes: The kinds of request on this route, in place of the workload's.
    """

    option: Text
    share: UncertainShare | None = None
    input_times: UncertainFactor = Decimal(1)
    output_times: UncertainFactor = Decimal(1)
    shapes: Annotated[tuple[ShapeEntry, ...], NOT_EMPTY, Items] | None = None

    @form_check
    def _has_one_size(self) -> Self:
        if self.shapes is not None:
            if self.input_times != 1 or self.output_times != 1:
                raise ValueError("give shapes of its own, or input_times and output_times, not both")
            shapes_of(self.shapes)
        return self


class Escalation(Entry):
    """Requests that are tried on one option and then, where that was not good enough, sent to another: both are paid.

    Args:
        first: The option that every request goes to.
        then: The option that some are sent on to.
        rate: Share of the requests that are sent on, 0 to 1 (default: the assumption escalation_rate).
        input_times: The size of the prompts sent on, relative to the workload's, where they carry the first attempt.
        output_times: The size of their outputs, relative to the workload's.
    """

    first: Text
    then: Text
    rate: UncertainShare | None = None
    input_times: UncertainFactor = Decimal(1)
    output_times: UncertainFactor = Decimal(1)


class BlendOption(Entry):
    """A mix of other options: requests are routed by share, or escalated from one option to another.

    Args:
        kind: An option of this form.
        routes: The options with their shares, which sum to 1.
        escalation: A cheap option first, another one for what it could not do.
        router_usd_per_million_requests: What choosing a route costs (default with routes: the assumption
            router_overhead; with an escalation: nothing) [USD per million requests].
        note: What else is to be known.
    """

    kind: Literal["blend"]
    routes: Annotated[tuple[Route, ...], NOT_EMPTY, Items] | None = None
    escalation: Escalation | None = None
    router_usd_per_million_requests: UncertainUnitUsd | None = None
    note: Text | None = None

    @form_check
    def _adds_up(self) -> Self:
        if (self.routes is None) == (self.escalation is None):
            raise ValueError("give routes with shares, or an escalation; not both, and not neither")
        if self.escalation is not None and self.escalation.first == self.escalation.then:
            raise ValueError(f"an escalation leads to another option; first and then are both '{self.escalation.then}'")
        if self.routes is not None:
            _check_shares(self.routes)
        return self

    @property
    def members(self) -> tuple[str, ...]:
        """The options that it is made of."""
        if self.escalation is not None:
            return self.escalation.first, self.escalation.then
        return tuple(route.option for route in self.routes or ())

    @property
    def shares(self) -> tuple[Decimal, ...]:
        """The share of every route, the one that takes the rest included."""
        routes = self.routes or ()
        rest = 1 - sum((route.share for route in routes if route.share is not None), start=Decimal(0))
        return tuple(rest if route.share is None else Decimal(route.share) for route in routes)


def _check_shares(routes: tuple[Route, ...]) -> None:
    """Check that routes are different options and share all requests between them."""
    names = [route.option for route in routes]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"'{twice}' is on two routes; add up its shares")
    shares = [route.share for route in routes if route.share is not None]
    open_routes = len(routes) - len(shares)
    if open_routes > 1:
        raise ValueError(f"{open_routes} routes without a share; at most one takes what the others leave")
    total = sum(shares, start=Decimal(0))
    if open_routes == 0 and total != 1:
        ranged = any(isinstance(share, Interval) for share in shares)
        hint = "; with a range, leave one share out: it takes the rest" if ranged else ""
        raise ValueError(f"the shares of the routes sum to {total:f}; expected 1{hint}")
    most = sum((share.high if isinstance(share, Interval) else share for share in shares), start=Decimal(0))
    if open_routes == 1 and most > 1:
        raise ValueError(f"the shares of the routes sum to as much as {most:f}; expected at most 1")


Option = Annotated[ApiOption | RateOption | SelfHostOption | PlanOption | ProvisionedOption | BlendOption, BY_KIND]


class OptionsFile(Entry):
    """The ways of serving by id, and which of them ``compare`` shows: ``pricing/options.yaml``.

    Args:
        options: The options by id.
        headline: What ``compare`` shows by default: ids of options or names of models.
    """

    options: dict[str, Option]
    headline: Annotated[tuple[Text, ...], Items] = ()
