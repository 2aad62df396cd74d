"""A scenario: what a ``costcalc.yaml`` says beside prices, namely workloads and the day to price them on."""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.diagnose import validated
from costcalc.catalog.forms.entry import EMPTY, NOT_EMPTY, Entry, form_check
from costcalc.catalog.forms.json_schema import overlay_properties, schema_of
from costcalc.catalog.forms.kinds import FOLDER_KINDS, TABLE_KINDS
from costcalc.catalog.forms.requests import ShapeEntry, shapes_of
from costcalc.catalog.forms.scalars import (
    Amount,
    Day,
    Factor,
    Items,
    Share,
    Text,
    UncertainFactor,
    UncertainShare,
    Whole,
    Windows,
)
from costcalc.catalog.forms.schema import Reads
from costcalc.catalog.forms.suppressions import SuppressionEntry
from costcalc.cost.tokens import counter_named
from costcalc.errors import InputError, UnknownNameError
from costcalc.findings import Finding, Node, did_you_mean
from costcalc.limits import BudgetEntry
from costcalc.units import HOURS_PER_MONTH
from costcalc.week import UNIFORM, Hours, Load, Weekday
from costcalc.workload import Effort, Workload, WorkloadKind

_NONE = Decimal(0)
_LONGEST_MONTH = 744  # 31 days


class LoadEntry(Entry, schema={"anyOf": [{"required": ["weekdays"]}, {"required": ["utc"]}]}):
    """How much more often requests come in some hours of the week; hours not named weigh 1, later entries win.

    Args:
        weekdays: On these days of the week, UTC.
        utc: In these hours, such as "07:00-17:00"; start included, end excluded.
        weight: The rate of requests there, relative to hours that are not named.
    """

    weekdays: Annotated[tuple[Weekday, ...], NOT_EMPTY, Items] | None = None
    utc: Windows | None = None
    weight: Amount

    @form_check
    def _names_hours(self) -> Self:
        if self.weekdays is None and self.utc is None:
            raise ValueError("a load entry needs weekdays or utc")
        return self


class QualityFloor(Entry):
    """The least score on a benchmark that a model must have.

    Args:
        benchmark: Which benchmark, as ``pricing/quality.yaml`` calls it.
        least: The least score [points].
    """

    benchmark: Text
    least: Amount


DataLocation = Literal["any", "no_training", "private"]


class Needs(Entry):
    """What a workload asks of whoever serves it; the recommender's gates. What is not stated is not asked.

    Args:
        data: ``private`` stays on machines of one's own, ``no_training`` may leave but not be trained on, or ``any``.
        commercial: Whether it is used commercially.
        tpot_ms: The slowest time per output token that is accepted [ms].
        cold_start_s: The longest wait for a first replica that is accepted [s].
        reads: What prompts hold beside text.
        tools: Whether the model must call tools.
        quality: The least score that a model must have.
        team_fte: People who can run machines [FTE].
        trains_on_synthetic: Whether a model is trained on data that it generates.
        premium_share: Share of the requests for a frontier option, where a rule calls for one, 0 to 1.
        at_least: The least score on the benchmark of the workload's kind; of your own tests, per cent of tasks.
        assume_suffices: Options that you take to be good enough, without evidence.
        commitment_months: The longest commitment to machines or units that you accept [months]; where nothing is said
            only commitments that an option itself states are taken.
    """

    data: DataLocation | None = None
    commercial: bool = True
    tpot_ms: Factor | None = None
    cold_start_s: Amount | None = None
    reads: Annotated[tuple[Reads, ...], Items] = ()
    tools: bool | None = None
    quality: QualityFloor | None = None
    team_fte: Amount | None = None
    trains_on_synthetic: bool | None = None
    premium_share: Share | None = None
    at_least: Amount | None = None
    assume_suffices: Annotated[tuple[Text, ...], Items] = ()
    commitment_months: Amount | None = None

    @form_check
    def _has_one_floor(self) -> Self:
        if self.at_least is not None and self.quality is not None:
            raise ValueError("give quality, with its benchmark, or at_least, on that of the kind; not both")
        return self


class CacheStorageEntry(Entry):
    """What is kept in a provider's cache by the hour, however many requests read it.

    Args:
        tokens: How much is kept [tokens].
        hours_per_month: For how long; all month where nothing is said [h/month].
    """

    tokens: UncertainFactor
    hours_per_month: UncertainFactor = Decimal(HOURS_PER_MONTH)

    @form_check
    def _is_a_month(self) -> Self:
        longest = getattr(self.hours_per_month, "high", self.hours_per_month)
        if longest > _LONGEST_MONTH:
            raise ValueError(f"a month has at most {_LONGEST_MONTH} hours, found {longest}")
        return self


class WorkloadEntry(Entry):
    """What is to be served in a month.

    Args:
        requests: Requests a month.
        shapes: The kinds of request; their shares sum to 1.
        tokens_as: Whose tokens the counts of text are, a model's or a tokenizer's (default: each model's own).
        effort: The effort of reasoning that requests ask for; it chooses the factor of ``answer_tokens``.
        batchable_share: Share of requests that can wait for a batch (about a day), 0 to 1.
        service_tier: The tier that every request needs, such as priority.
        region: The region in which every request must be processed.
        load: When in the week requests come; evenly where nothing is said.
        peak_to_mean: The busiest hour's rate of requests over the mean rate (default: what the load says, else the
            peak of its kind, else the assumption peak_to_mean).
        cache_storage: What a cache keeps by the hour, for a provider that bills that.
        option: The option that serves it today.
        tags: What budgets may call it by.
        kind: What it is for; plans are for people at a tool, such as a coding_assistant.
        seats: Number of people, each with a seat.
        needs: What it asks of whoever serves it.
        note: What else is to be known.
    """

    requests: UncertainFactor
    shapes: Annotated[tuple[ShapeEntry, ...], NOT_EMPTY, Items]
    tokens_as: Text | None = None
    effort: Effort | None = None
    batchable_share: UncertainShare = _NONE
    service_tier: Text | None = None
    region: Text | None = None
    load: Annotated[tuple[LoadEntry, ...], Items] = ()
    peak_to_mean: UncertainFactor | None = None
    cache_storage: CacheStorageEntry | None = None
    option: Text | None = None
    tags: Annotated[tuple[Text, ...], Items] = ()
    kind: WorkloadKind = "general"
    seats: Whole | None = None
    needs: Needs = Needs.model_construct()
    note: Text | None = None

    @form_check
    def _is_consistent(self) -> Self:
        self.to_workload("workload")
        return self

    def to_workload(self, name: str) -> Workload:
        """Give the workload; shares that do not sum to 1 are a ValueError."""
        kept = self.cache_storage
        rules = [(Hours(entry.weekdays, entry.utc), entry.weight) for entry in self.load]
        return Workload(
            requests=self.requests,  # type: ignore[arg-type]  # made exact by the workload itself
            shapes=shapes_of(self.shapes),
            batchable_share=self.batchable_share,  # type: ignore[arg-type]
            service_tier=self.service_tier,
            region=self.region,
            load=Load.weighted(rules) if rules else UNIFORM,
            name=name,
            peak_to_mean=self.peak_to_mean,  # type: ignore[arg-type]
            kind=self.kind,
            seats=self.seats,
            tokens_as=self.tokens_as,
            effort=self.effort,
            stored=Fraction(kept.tokens) * Fraction(kept.hours_per_month) if kept is not None else 0,
        )


class Scenario(Entry):
    """The part of a project file that is not catalog.

    Args:
        as_of: The day whose prices are in force, unless the command names another.
        workloads: The workloads by name.
        budgets: What may be spent, by name.
        suppressions: Breaches of budgets, and findings of ``catalog lint``, that are put up with for a while.
    """

    as_of: Day | None = None
    workloads: dict[str, WorkloadEntry] = EMPTY
    budgets: dict[str, BudgetEntry] = EMPTY
    suppressions: Annotated[tuple[SuppressionEntry, ...], Items] = ()

    def workload(self, name: str | None) -> Workload:
        """Find a workload; without a name there must be exactly one.

        Raises:
            UnknownNameError: There is none of that name, or no name and several.
        """
        chosen, entry = self.entry(name)
        return entry.to_workload(chosen)

    def entry(self, name: str | None) -> tuple[str, WorkloadEntry]:
        """Find a workload as it was written, with its ranges, and its name; without a name there must be exactly one.

        Raises:
            UnknownNameError: There is none of that name, or no name and several.
        """
        if not self.workloads:
            raise UnknownNameError("the file has no workloads")
        names = ", ".join(self.workloads)
        if name is None and len(self.workloads) > 1:
            raise UnknownNameError(f"several workloads; name one with #: {names}")
        chosen = name if name is not None else next(iter(self.workloads))
        if chosen not in self.workloads:
            hint = did_you_mean(chosen, self.workloads)
            raise UnknownNameError(f"unknown workload '{chosen}'; it has {names}{f'; {hint}' if hint else ''}")
        return chosen, self.workloads[chosen]


def parse_scenario(tree: Node) -> Scenario:
    """Check what a project file says beside prices.

    Raises:
        InputError: With every problem, each at its place.
    """
    return validated(Scenario, tree)


def check_models(tree: Node, catalog: Catalog) -> None:
    """Check that there are the models whose tokens the workloads of a project file count.

    Args:
        tree: What the file says beside prices, checked by `parse_scenario`.
        catalog: With the file's own prices.

    Raises:
        InputError: With every problem, each at its place.
    """
    findings: list[Finding] = []
    workloads = tree.child("workloads")
    for name, entry in workloads.items() if workloads is not None else ():
        named = entry.child("tokens_as")
        try:
            if named is not None and named.value is not None:
                counter_named(str(named.value), catalog)
        except UnknownNameError as error:
            message = f"workloads.{name}.tokens_as: {error}"
            findings.append(Finding("unknown-name", "error", message, named.place if named is not None else None))
    if findings:
        raise InputError(findings)


def project_schema() -> dict[str, Any]:
    """Give the JSON Schema of a ``costcalc.yaml``: workloads, and whatever it lays over the catalog."""
    schema = schema_of(Scenario)
    folders = {kind.name: kind.form for kind in FOLDER_KINDS}
    files = {kind.name: kind.form for kind in TABLE_KINDS if kind.has_parts}
    overlays, definitions = overlay_properties({**folders, **files})
    tables = [schema_of(kind.form) for kind in TABLE_KINDS if not kind.has_parts]
    layers = {
        **{name: {"type": "object", "additionalProperties": overlays[name]} for name in folders},
        **{key: value["anyOf"][0] for name in files for key, value in overlays[name]["properties"].items()},
        **{key: value for table in tables for key, value in table["properties"].items()},
    }
    short = _or_interval(layers["assumptions"]["additionalProperties"])
    layers["assumptions"] = {**layers["assumptions"], "additionalProperties": short}
    own = {name: value for table in tables for name, value in table["definitions"].items()}
    return {
        **schema,
        "properties": {**schema["properties"], **layers},
        "definitions": {**schema["definitions"], **own, **definitions},
    }


def _or_interval(entry: dict[str, Any]) -> dict[str, Any]:
    """Allow the short form of an assumption: a number, or ``low to high``."""
    return {"anyOf": [entry, {"type": "number"}, {"type": "string", "pattern": r"^\S+ +to +\S+$"}]}
