"""The answers about the catalog: ``list``, ``show``, ``set``, ``validate``."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from costcalc.render.documents.envelope import Envelope


class ListedModel(BaseModel):
    """A model and the plain list price of the day [USD/Mtok]."""

    model: str
    input: float | None
    cache_read: float | None
    output: float | None
    since: str | None
    checked: str | None
    status: Literal["sold", "retired", "unlisted", "no price yet"]


class ListedOption(BaseModel):
    """An option, and what it serves."""

    option: str
    kind: Literal["api", "rate", "self_host", "plan", "provisioned", "blend"]
    serves: str | None
    headline: bool


class ListedOpenModel(BaseModel):
    """An open model that can be run on GPUs of one's own."""

    open_model: str
    parameters_b: float
    active_parameters_b: float
    context_window: int | None
    licence: str | None


class ListedGpu(BaseModel):
    """A GPU, and what an hour of it costs by its reference offer."""

    gpu: str
    memory_gb: float
    bandwidth_gb_per_s: float
    bf16_tflops: float
    usd_per_gpu_hour: float | None
    since: str | None
    offer: str | None


class ListedPlan(BaseModel):
    """A subscription, and what one seat costs and holds in a month; the allowance is an estimate."""

    plan: str
    usd_per_seat: float | None
    allowance: float | None
    allowance_unit: Literal["output_tokens", "usd"] | None
    basis: str | None
    limit: Literal["hard", "overage"]
    data_policy: Literal["may_train_by_default", "no_training", "unknown"]


class ListedAssumption(BaseModel):
    """An assumption with its 90 % range."""

    assumption: str
    value: float
    low: float
    high: float
    unit: str
    basis: str


class ListResult(BaseModel):
    """The answer of ``catalog list``; where one kind was asked for, the lists of the others are empty."""

    options: list[ListedOption]
    models: list[ListedModel]
    open_models: list[ListedOpenModel]
    gpus: list[ListedGpu]
    plans: list[ListedPlan]
    assumptions: list[ListedAssumption]


class ContractedRate(BaseModel):
    """A meter's list price beside the contracted one [USD/unit], and what decided that."""

    meter: str
    conditions: str
    unit: str
    list_usd: float
    usd: float
    by: str
    path: str
    line: int
    column: int


class ShownField(BaseModel):
    """One value of the entry: its layer, place and source, and how many days ago that was checked."""

    field: str
    value: str | float | bool | None
    layer: str
    path: str
    line: int
    column: int
    source: str | None
    checked: str | None
    age_days: int | None


class ShowResult(BaseModel):
    """The answer of ``catalog show``: the entry as its file has it, all layers merged.

    ``contracted`` is empty where no contract is in force; ``fields`` is null without ``--explain``.
    """

    name: str
    path: list[str]
    entry: dict[str, Any]
    contracted: list[ContractedRate]
    fields: list[ShownField] | None


class ValidateResult(BaseModel):
    """The answer of ``catalog validate``: how much was checked."""

    providers: int
    models: int
    prices: int
    open_models: int
    gpus: int
    plans: int
    options: int
    assumptions: int


class Effect(BaseModel):
    """What an option costs in a month before and after a change [USD]; null where it has no price."""

    workload: str
    option: str
    usd_before: float | None
    usd_after: float | None


class SetResult(BaseModel):
    """The answer of ``catalog set``: the change, whether it was written, and what it does on ``as_of``."""

    file: str
    diff: str
    written: bool
    effect: list[Effect]


class ListDocument(Envelope):
    """``costcalc catalog list --format json``."""

    schema_: Literal["costcalc/catalog-list@1"] = Field(alias="schema")
    result: ListResult | None


class ShowDocument(Envelope):
    """``costcalc catalog show --format json``."""

    schema_: Literal["costcalc/catalog-show@1"] = Field(alias="schema")
    result: ShowResult | None


class ValidateDocument(Envelope):
    """``costcalc catalog validate --format json``."""

    schema_: Literal["costcalc/catalog-validate@1"] = Field(alias="schema")
    result: ValidateResult | None


class SetDocument(Envelope):
    """``costcalc catalog set --format json``."""

    schema_: Literal["costcalc/catalog-set@1"] = Field(alias="schema")
    result: SetResult | None


class AddDocument(Envelope):
    """``costcalc catalog add --format json``."""

    schema_: Literal["costcalc/catalog-add@1"] = Field(alias="schema")
    result: SetResult | None
