"""The forms of the build side: GPUs with their prices, measurements."""

from datetime import date
from typing import Annotated, Literal, Self, TypeVar

from costcalc.catalog.forms.capacity import MigProfiles
from costcalc.catalog.forms.entry import EMPTY, NOT_EMPTY, Entry, form_check
from costcalc.catalog.forms.scalars import (
    Day,
    Engine,
    Factor,
    Items,
    KvPrecision,
    PositiveUnitUsd,
    Precision,
    Text,
    Trust,
    Whole,
    check_oldest_first,
)
from costcalc.catalog.forms.schema import Source
from costcalc.catalog.forms.served import check_speculation, engine_for

Offer = Literal["on_demand", "reserved_1y", "reserved_3y", "spot", "serverless", "owner_cost"]
Placement = Literal["datacenter", "workstation", "complete_machine"]
_Dated = TypeVar("_Dated", "RentalPrice", "PurchasePrice")


class RentalPrice(Entry):
    """What an hour of one GPU costs from one day on. A new price is a new entry.

    Args:
        effective: The first day on which the price is known to hold; where its day is unknown, one before which the
            list cannot have been made.
        date: "unknown" where the list carries no day: its prices count as old.
        usd_per_gpu_hour: Rent of one GPU [USD/GPU-hour].
        source: Where the price was read, and when.
        note: What else is to be known, such as sources that contradict each other.
    """

    effective: Day
    date: Literal["unknown"] | None = None
    usd_per_gpu_hour: PositiveUnitUsd
    source: Source
    note: Text | None = None

    @property
    def since(self) -> str:
        """Say since when it holds; where its day is unknown, since when at the earliest."""
        return f"{'≥ ' if self.date is not None else ''}{self.effective}"


class Rental(Entry):
    """One offer of a GPU by the hour.

    Args:
        provider: Who offers it.
        sku: The machine that is rented, by the provider's own name.
        gpus_in_sku: How many of the GPUs that machine has.
        region: Where it stands.
        offer: Under which terms; owner_cost is what an operator is estimated to pay, which nobody sells.
        host_apart: Whether the machine around the GPU is billed apart, so that this is not all of the rent.
        prices: Dated prices, oldest first.
        note: What else is to be known.
    """

    provider: Text
    sku: Text | None = None
    gpus_in_sku: Whole | None = None
    region: Text | None = None
    offer: Offer
    host_apart: bool = False
    prices: Annotated[tuple[RentalPrice, ...], NOT_EMPTY, Items]
    note: Text | None = None

    @form_check
    def _is_dated(self) -> Self:
        check_oldest_first(price.effective for price in self.prices)
        return self

    @property
    def where(self) -> str:
        """Name the machine and its region, as far as they are known."""
        return ", ".join(part for part in (" ".join(filter(None, (self.provider, self.sku))), self.region) if part)

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
        check_oldest_first(price.effective for price in self.prices)
        return self

    def price_on(self, day: date) -> tuple[int, PurchasePrice] | None:
        """Find the price in force on a day, with its index; None before the first."""
        return _price_on(self.prices, day)


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
        peer_to_peer: Whether GPUs of a node send to each other without passing through the host's memory.
        gpus_per_node: How many of them one node (or one rack with a common fabric) holds.
        placement: Where an owned one stands: in a server in a data centre, as a card in a workstation in an office,
            or in a complete machine in an office, of which purchase price and power are those of all of it.
        trust: How the specification was read: from the vendor, from somebody else, or from memory.
        source: Where it was read, and when.
        rentals: Offers by the hour, by id.
        reference: The id of the offer that estimates take unless an option names another.
        purchase: What one costs to buy.
        mig: The slices into which it is cut, where it can be.
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
    peer_to_peer: bool = True
    gpus_per_node: Whole = 8
    placement: Placement = "datacenter"
    trust: Trust
    source: Source
    rentals: dict[str, Rental] = EMPTY
    reference: Text | None = None
    purchase: Purchase | None = None
    mig: MigProfiles | None = None
    note: Text | None = None

    @form_check
    def _has_reference(self) -> Self:
        if bool(self.rentals) != (self.reference is not None):
            raise ValueError("a GPU with rentals names the one that estimates take: reference")
        if self.reference is not None and self.reference not in self.rentals:
            raise ValueError(f"reference '{self.reference}' is none of the rentals: {', '.join(self.rentals)}")
        return self


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
        engine_year: The year of its version, where it is not of today.
        network_gb_per_s: Network between the nodes of the deployment, for each GPU [GB/s].
        accepted_tokens: Tokens that a step of speculative decoding yielded on average [tokens/step].
        speculative_speedup: How many times as fast decoding was with speculation, in place of accepted_tokens.
        disaggregated: Whether prompts were prefilled on GPUs of their own.
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
    engine_year: Whole | None = None
    network_gb_per_s: Factor | None = None
    accepted_tokens: Factor | None = None
    speculative_speedup: Factor | None = None
    disaggregated: bool = False
    input_tokens: Factor
    output_tokens: Factor
    concurrency: Factor | None = None
    output_tokens_per_s: Factor
    source: Source
    note: Text | None = None

    @form_check
    def _is_served_so(self) -> Self:
        engine_for(self.engine, self.weights, self.kv)
        check_speculation(self.accepted_tokens, self.speculative_speedup)
        return self


class MeasurementsFile(Entry):
    """Measurements of the user's own: ``measurements.yaml`` of a layer; costcalc ships none.

    Args:
        measurements: The measurements by id.
    """

    measurements: dict[str, Measurement]
