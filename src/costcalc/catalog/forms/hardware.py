"""The forms of the build side: open models with their shapes, GPUs with their prices, published scores."""

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, Self, TypeVar

from costcalc.catalog.forms.engines import Engine
from costcalc.catalog.forms.entry import EMPTY, NOT_EMPTY, Constraint, Entry, form_check
from costcalc.catalog.forms.scalars import (
    Amount,
    Day,
    Factor,
    Items,
    KvPrecision,
    PositiveUnitUsd,
    Precision,
    Text,
    Whole,
)
from costcalc.catalog.forms.schema import Reads, Source

Offer = Literal["on_demand", "reserved_1y", "reserved_3y", "spot", "serverless", "owner_cost"]
Trust = Literal["primary", "secondary", "recalled"]
Placement = Literal["datacenter", "workstation", "complete_machine"]
_Dated = TypeVar("_Dated", "RentalPrice", "PurchasePrice")


class AttentionEntry(Entry):
    """Layers of a model that keep the same cache.

    Args:
        kind: What a layer keeps: every token, a sliding window, one latent per token (MLA), or a constant state.
        layers: How many such layers there are.
        query_heads: Query heads of one layer.
        kv_heads: Key-value heads of one layer; not for latent and linear layers.
        head_dim: The width of one head, or of the latent that stands for all keys and values of a token.
        shared_kv: Whether one tensor serves as key and as value, so that it is cached once.
        window: How many tokens a sliding layer keeps [tokens].
    """

    kind: Literal["full", "sliding", "latent", "linear"]
    layers: Whole
    query_heads: Whole
    kv_heads: Whole | None = None
    head_dim: Whole
    shared_kv: bool = False
    window: Whole | None = None

    @form_check
    def _is_consistent(self) -> Self:
        if (self.kind in {"full", "sliding"}) != (self.kv_heads is not None):
            raise ValueError("full and sliding layers have kv_heads; latent and linear ones have none")
        if (self.kind == "sliding") != (self.window is not None):
            raise ValueError("sliding layers have a window, and only they")
        return self


class OpenModelFile(Entry):
    """An open model's shape and terms: ``pricing/models/<model>.yaml``.

    Args:
        model: The model's id; the name of the file.
        name: How its publisher calls it.
        aliases: Other names under which it is looked up, such as its repository.
        publisher: Who published it.
        licence: Under which licence its weights may be used.
        context_window: The longest prompt and output together [tokens].
        released: The day of publication.
        parameters_b: All its parameters [billions].
        active_parameters_b: Those that one token is multiplied with [billions].
        non_expert_parameters_b: Those outside the experts; all of them for a dense model [billions].
        embedding_parameters_b: The embedding table [billions].
        layers: How many layers it has.
        hidden_size: The width of the residual stream.
        attention: Its layers by how they attend.
        experts: Experts of one layer, for a mixture of experts.
        experts_per_token: How many of them one token goes through.
        sparse_attention: Whether a token attends to a selection of the others, which the throughput model leaves out.
        published_weights: The precision in which the weights are published.
        reads: What prompts may hold beside text; nothing for a model of text, left out where nobody looked.
        tools: Whether it calls tools; left out where nobody looked.
        trust: How the shape was read: from the publisher, from somebody else, or from memory.
        source: Where it was read, and when.
        note: What else is to be known, such as how a figure was derived.
    """

    model: Text
    name: Text
    aliases: Annotated[tuple[Text, ...], Items] = ()
    publisher: Text | None = None
    licence: Text | None = None
    context_window: Whole | None = None
    released: Day | None = None
    parameters_b: Factor
    active_parameters_b: Factor
    non_expert_parameters_b: Factor
    embedding_parameters_b: Factor
    layers: Whole
    hidden_size: Whole
    attention: Annotated[tuple[AttentionEntry, ...], NOT_EMPTY, Items]
    experts: Whole | None = None
    experts_per_token: Whole | None = None
    sparse_attention: bool = False
    published_weights: Precision = "bf16"
    reads: Annotated[tuple[Reads, ...], Items] | None = None
    tools: bool | None = None
    trust: Trust
    source: Source
    note: Text | None = None

    @form_check
    def _adds_up(self) -> Self:
        counted = sum(entry.layers for entry in self.attention)
        if counted != self.layers:
            raise ValueError(f"attention describes {counted} layers; the model has {self.layers}")
        if (self.experts is None) != (self.experts_per_token is None):
            raise ValueError("a mixture of experts has both experts and experts_per_token")
        if not self.non_expert_parameters_b <= self.parameters_b >= self.active_parameters_b:
            raise ValueError("active and non-expert parameters are part of parameters_b")
        if self.experts is None and self.non_expert_parameters_b != self.parameters_b:
            raise ValueError("a dense model has no parameters outside non_expert_parameters_b")
        return self


class RentalPrice(Entry):
    """What an hour of one GPU costs from one day on. A new price is a new entry.

    Args:
        effective: The first day on which the price is known to hold.
        usd_per_gpu_hour: Rent of one GPU [USD/GPU-hour].
        source: Where the price was read, and when.
        note: What else is to be known, such as sources that contradict each other.
    """

    effective: Day
    usd_per_gpu_hour: PositiveUnitUsd
    source: Source
    note: Text | None = None


class Rental(Entry):
    """One offer of a GPU by the hour.

    Args:
        provider: Who offers it.
        offer: Under which terms; owner_cost is what an operator is estimated to pay, which nobody sells.
        prices: Dated prices, oldest first.
        note: What else is to be known.
    """

    provider: Text
    offer: Offer
    prices: Annotated[tuple[RentalPrice, ...], NOT_EMPTY, Items]
    note: Text | None = None

    @form_check
    def _is_dated(self) -> Self:
        _check_order(self.prices)
        return self

    def price_on(self, day: date) -> tuple[int, RentalPrice] | None:
        """Find the price in force on a day, with its index; None before the first."""
        return _price_on(self.prices, day)


class PurchasePrice(Entry):
    """What one GPU costs to buy from one day on, with its 90 % interval.

    Args:
        effective: The first day on which the price is known to hold.
        usd: The price of one GPU, its share of the server not included [USD/GPU].
        low: The lower end of the interval.
        high: The upper end of the interval.
        source: Where the price was read, and when.
        note: What else is to be known.
    """

    effective: Day
    usd: PositiveUnitUsd
    low: PositiveUnitUsd
    high: PositiveUnitUsd
    source: Source
    note: Text | None = None

    @form_check
    def _is_ordered(self) -> Self:
        if not self.low <= self.usd <= self.high:
            raise ValueError(f"expected low ≤ usd ≤ high, found {self.low}, {self.usd}, {self.high}")
        return self


class Purchase(Entry):
    """What one GPU costs to buy.

    Args:
        prices: Dated prices, oldest first.
    """

    prices: Annotated[tuple[PurchasePrice, ...], NOT_EMPTY, Items]

    @form_check
    def _is_dated(self) -> Self:
        _check_order(self.prices)
        return self

    def price_on(self, day: date) -> tuple[int, PurchasePrice] | None:
        """Find the price in force on a day, with its index; None before the first."""
        return _price_on(self.prices, day)


def _check_order(prices: tuple[_Dated, ...]) -> None:
    for earlier, later in pairwise(price.effective for price in prices):
        if earlier >= later:
            raise ValueError(f"prices stand oldest first, one a day: {later} stands after {earlier}")


def _price_on(prices: tuple[_Dated, ...], day: date) -> tuple[int, _Dated] | None:
    known = [(index, price) for index, price in enumerate(prices) if price.effective <= day]
    return known[-1] if known else None


class Peaks(Entry):
    """Dense peaks of one GPU, without sparsity [TFLOP/s; TOP/s for int8].

    Args:
        bf16: At 16 bits.
        fp8: At 8 bits; a GPU without it computes 8-bit weights at 16 bits.
        int8: At 8-bit integers.
        fp4: At 4 bits.
    """

    bf16: Factor
    fp8: Factor | None = None
    int8: Factor | None = None
    fp4: Factor | None = None


class GpuFile(Entry, schema={"dependencies": {"rentals": ["reference"]}}):
    """A GPU's specification and its prices: ``pricing/gpus/<gpu>.yaml``.

    Args:
        gpu: The GPU's id; the name of the file.
        name: How its vendor calls it.
        aliases: Other names under which it is looked up.
        vendor: Who makes it.
        architecture: The vendor's name or number of the architecture, such as 9.0 or gfx942.
        memory_gb: Memory of one GPU [GB, 10^9 bytes].
        bandwidth_gb_per_s: Bandwidth of that memory [GB/s].
        dense_tflops: Dense peaks by precision.
        tdp_w: Board power [W].
        link_gb_per_s: Bandwidth to another GPU of the node, one direction [GB/s].
        gpus_per_node: How many of them one node (or one rack with a common fabric) holds.
        placement: Where an owned one stands: in a server in a data centre, as a card in a workstation in an office,
            or in a complete machine in an office, of which purchase price and power are those of all of it.
        trust: How the specification was read: from the vendor, from somebody else, or from memory.
        source: Where it was read, and when.
        rentals: Offers by the hour, by id.
        reference: The id of the offer that estimates take unless an option names another.
        purchase: What one costs to buy.
        note: What else is to be known.
    """

    gpu: Text
    name: Text
    aliases: Annotated[tuple[Text, ...], Items] = ()
    vendor: Text
    architecture: Text
    memory_gb: Factor
    bandwidth_gb_per_s: Factor
    dense_tflops: Peaks
    tdp_w: Factor | None = None
    link_gb_per_s: Factor | None = None
    gpus_per_node: Whole = 8
    placement: Placement = "datacenter"
    trust: Trust
    source: Source
    rentals: dict[str, Rental] = EMPTY
    reference: Text | None = None
    purchase: Purchase | None = None
    note: Text | None = None

    @form_check
    def _has_reference(self) -> Self:
        if bool(self.rentals) != (self.reference is not None):
            raise ValueError("a GPU with rentals names the one that estimates take: reference")
        if self.reference is not None and self.reference not in self.rentals:
            raise ValueError(f"reference '{self.reference}' is none of the rentals: {', '.join(self.rentals)}")
        return self


class Score(Entry):
    """One published result. Scores of different variants or reporters are not comparable.

    Args:
        benchmark: Which benchmark.
        variant: How it was run: attempts, tools, harness, version.
        score: The result [per cent, or the benchmark's own unit].
        reported_by: Who published it.
        date: The month or day of the publication.
        confidence: How sure the reading is.
        source: Where it was read, and when.
        note: What else is to be known.
    """

    benchmark: Text
    variant: Text | None = None
    score: Amount
    reported_by: Text
    date: Annotated[str, Constraint(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")] | None = None
    confidence: Literal["high", "medium", "low"]
    source: Source
    note: Text | None = None


class QualityFile(Entry):
    """Published benchmark scores by model: ``pricing/quality.yaml``.

    Args:
        quality: The scores by the model's name.
    """

    quality: dict[str, Annotated[tuple[Score, ...], Items]]


class Measurement(Entry):
    """What somebody measured of one deployment; it rescales the throughput model for its like.

    Args:
        model: Which open model, by its name in ``pricing/models/``.
        gpu: Which GPU, by its name in ``pricing/gpus/``.
        gpus: GPUs of the deployment.
        tp: Tensor parallel: GPUs that share every layer (default: all, less dp and pp).
        dp: Data parallel: groups that each take their own requests.
        ep: Expert parallel: GPUs over which experts are spread.
        pp: Pipeline parallel: groups that each hold some layers.
        weights: The precision of the weights.
        kv: The precision of the KV cache.
        engine: The serving engine.
        input_tokens: Mean prompt of a request [tokens].
        output_tokens: Mean output of a request [tokens].
        concurrency: Requests in flight; as many as fit where nothing is said.
        output_tokens_per_s: What the deployment generated in a second [tokens/s].
        source: Who measured it, and when it was read.
        note: What else is to be known.
    """

    model: Text
    gpu: Text
    gpus: Whole = 1
    tp: Whole | None = None
    dp: Whole = 1
    ep: Whole = 1
    pp: Whole = 1
    weights: Precision
    kv: KvPrecision = "bf16"
    engine: Engine
    input_tokens: Factor
    output_tokens: Factor
    concurrency: Factor | None = None
    output_tokens_per_s: Factor
    source: Source
    note: Text | None = None


class MeasurementsFile(Entry):
    """Measurements of the user's own: ``measurements.yaml`` of a layer; costcalc ships none.

    Args:
        measurements: The measurements by id.
    """

    measurements: dict[str, Measurement]
