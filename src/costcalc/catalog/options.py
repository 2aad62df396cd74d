"""The forms of ``options.yaml``: the closed set of ways of serving."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from costcalc.catalog.scalars import (
    Day,
    Engine,
    Factor,
    Items,
    KvPrecision,
    Natural,
    Precision,
    Text,
    UncertainAmount,
    UncertainFactor,
    Whole,
)
from costcalc.catalog.schema import Entry, Source, TokenRates


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


class SelfHostOption(Entry):
    """Build: an open model on GPUs of one's own, rented or bought.

    Args:
        kind: An option of this form.
        model: Which open model, by its name in ``pricing/models/``; not needed where tokens_per_s is given.
        gpu: Which GPU, by its name in ``pricing/gpus/``; not needed where tokens_per_s and a price are given.
        gpus: GPUs of one replica.
        tp: Tensor parallel: GPUs that share every layer (default: all of the replica, less dp and pp).
        dp: Data parallel: groups of the replica that each take their own requests.
        ep: Expert parallel: GPUs over which experts are spread.
        pp: Pipeline parallel: groups that each hold some layers.
        weights: The precision of the weights.
        kv: The precision of the KV cache (default: fp8 with 8-bit or nvfp4 weights where the GPU has it, else bf16).
        engine: The serving engine.
        tokens_per_s: Output tokens a second of one busy replica, as measured; it wins over the model [tokens/s].
        tpot_ms: The slowest decode that is accepted (default: the assumption tpot_target) [ms/output token].
        tenure: Rented on demand, reserved for one or three years, on spot, or owned.
        rental: Which offer of the GPU (default: its reference).
        usd_per_gpu_hour: Rent of one GPU, in place of the catalog's [USD/GPU-hour].
        usd_per_gpu: Price of one GPU with its share of the server, in place of the catalog's [USD/GPU].
        gpu_kw: Power of one busy GPU, in place of the share of its board power [kW].
        hours_per_month: Hours in which the replicas run and are paid [h/month].
        node_gpus: GPUs that are rented or bought together, such as 8 for whole nodes.
        replicas: A fleet of this size, in place of one sized for the load.
        autoscale: Whether replicas follow the load, so that their mean is paid instead of their peak.
        spares: Replicas beside those that the load needs (default: the assumption spare_replicas).
        headroom: Capacity over the peak (default: the assumption headroom).
        people_fte: People who run it (default: by its size) [FTE].
        fine_tuned: Whether it is fine-tuned, and refreshed.
        costs: ``hardware`` for the rent or the machines alone, ``all`` for the whole bill.
        source: Where usd_per_gpu_hour, usd_per_gpu or tokens_per_s was read, and when.
        note: What else is to be known.
    """

    kind: Literal["self_host"]
    model: Text | None = None
    gpu: Text | None = None
    gpus: Whole = 1
    tp: Whole | None = None
    dp: Whole = 1
    ep: Whole = 1
    pp: Whole = 1
    weights: Precision = "bf16"
    kv: KvPrecision | None = None
    engine: Engine = "vllm"
    tokens_per_s: UncertainFactor | None = None
    tpot_ms: Factor | None = None
    tenure: Tenure = "on_demand"
    rental: Text | None = None
    usd_per_gpu_hour: UncertainFactor | None = None
    usd_per_gpu: UncertainFactor | None = None
    gpu_kw: UncertainFactor | None = None
    hours_per_month: Factor | None = None
    node_gpus: Whole = 1
    replicas: Whole | None = None
    autoscale: bool = False
    spares: Natural | None = None
    headroom: Factor | None = None
    people_fte: UncertainAmount | None = None
    fine_tuned: bool = False
    costs: Literal["hardware", "all"] = "hardware"
    source: Source | None = None
    note: Text | None = None

    @property
    def tensor_parallel(self) -> int:
        """GPUs that share every layer."""
        return self.tp or max(1, self.gpus // (self.dp * self.pp))

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.tensor_parallel * self.dp * self.pp != self.gpus:
            product = f"{self.tensor_parallel} × {self.dp} × {self.pp}"
            raise ValueError(f"tp × dp × pp is {product}; a replica has {self.gpus} GPUs")
        if self.tokens_per_s is None and (self.model is None or self.gpu is None):
            raise ValueError("give model and gpu, or the tokens_per_s that one replica was measured at")
        price = self.usd_per_gpu if self.tenure == "own" else self.usd_per_gpu_hour
        if self.gpu is None and price is None:
            missing = "usd_per_gpu" if self.tenure == "own" else "usd_per_gpu_hour"
            raise ValueError(f"without a gpu the price is unknown: give {missing}")
        if self.replicas is not None and self.autoscale:
            raise ValueError("a fleet of fixed size does not follow the load: give replicas or autoscale")
        return self


Option = Annotated[ApiOption | RateOption | SelfHostOption, Field(discriminator="kind")]


class OptionsFile(Entry):
    """The ways of serving by id, and which of them ``compare`` shows: ``pricing/options.yaml``.

    Args:
        options: The options by id.
        headline: What ``compare`` shows by default: ids of options or names of models.
    """

    options: dict[str, Option]
    headline: Annotated[tuple[Text, ...], Items] = ()
