"""The forms of ``rules.yaml`` and ``kinds.yaml``: what the recommender knows beside prices."""

from typing import Annotated, Any, Literal, Self

from costcalc.catalog.forms.assumptions import Ranged
from costcalc.catalog.forms.entry import NOT_EMPTY, Entry, JsonSchema, NumberOrTable, form_check
from costcalc.catalog.forms.scalars import Amount, Day, Factor, Items, Share, Text, Url
from costcalc.catalog.rules.vocabulary import FACTS, Fact
from costcalc.workload import KINDS, SERVER_KINDS, WorkloadKind

RuleLevel = Literal["gate", "suit", "shape", "cost", "lock_in"]
Effect = Literal["exclude", "suits", "frontier", "set_aside", "premium"]
BOUNDS = ("above", "at_least", "below", "at_most")

_TEXT: dict[str, Any] = {"type": "string", "pattern": r"\S"}
_TEXTS: dict[str, Any] = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}
_HOLDS = {"type": "object", "properties": {"holds": _TEXTS}, "additionalProperties": False, "required": ["holds"]}
_BOUND = {"anyOf": [{"type": "number"}, {"enum": [name for name, fact in FACTS.items() if fact.type == "number"]}]}
_WITHIN = {
    "type": "object",
    "properties": dict.fromkeys(BOUNDS, _BOUND),
    "additionalProperties": False,
    "minProperties": 1,
}
_CONDITIONS = {
    "number": {"anyOf": [{"type": "number"}, _WITHIN]},
    "text": {"anyOf": [*_TEXTS["anyOf"], _HOLDS]},
    "flag": {"type": "boolean"},
}
_VALUES = {"number": {"type": "number"}, "text": _TEXT, "flag": {"type": "boolean"}}


def _table(schemas: dict[str, dict[str, Any]], **more: object) -> JsonSchema:
    properties = {name: {**schemas[fact.type], "description": _described(fact)} for name, fact in FACTS.items()}
    return JsonSchema({"type": "object", "properties": properties, "additionalProperties": False, **more})


def _described(fact: Fact) -> str:
    return f"{fact.means}{f' [{fact.unit}]' if fact.unit else ''}"


# what stands inside is checked by costcalc.catalog.rules.verdicts, which knows every fact's type and names its place
Conditions = Annotated[dict[str, Any], NOT_EMPTY, _table(_CONDITIONS, minProperties=1)]
ExampleFacts = Annotated[dict[str, Any], _table(_VALUES)]


class Because(Entry, schema={"anyOf": [{"required": [key]} for key in ("url", "title", "judgement")]}):
    """Why a rule or a figure stands there: where it was read, or that it is a judgement.

    Args:
        url: The page.
        title: What it is called; needed where there is no address.
        checked: The day on which somebody compared it with the source, or thought the judgement over.
        judgement: The reason, where nobody can be quoted.
    """

    url: Url | None = None
    title: Text | None = None
    checked: Day | None = None
    judgement: Text | None = None

    @form_check
    def _has_origin(self) -> Self:
        if self.url is None and self.title is None and self.judgement is None:
            raise ValueError("give a url or a title, or say that it is a judgement and why")
        if self.judgement is None and self.checked is None:
            raise ValueError("a source needs the day on which it was checked")
        return self

    def __str__(self) -> str:
        """The title and the address, or the judgement."""
        read = ", ".join(part for part in (self.title, self.url) if part)
        return read if self.judgement is None else f"judgement: {self.judgement}{f' ({read})' if read else ''}"


class Examples(Entry):
    """Facts with which a rule fires, and facts with which it stays silent; the tests run them.

    Args:
        fires: Facts with which it fires.
        silent: Facts with which it does not, unknown ones included.
    """

    fires: Annotated[tuple[ExampleFacts, ...], NOT_EMPTY, Items]
    silent: Annotated[tuple[ExampleFacts, ...], NOT_EMPTY, Items]


class Premium(Entry):
    """The part of a workload that a frontier option serves.

    Args:
        share: Share of the requests, 0 to 1; the assumption escalation_rate where nothing is said.
        benchmarks: Take the frontier option with the best published score on the one of these that most frontier
            options have a score on, the first of several; the cheapest where nothing is said, or none has one.
    """

    share: Share | None = None
    benchmarks: Annotated[tuple[Text, ...], Items] = ()


class RuleEntry(Entry):
    """One rule of the recommender.

    Args:
        level: When it is asked: gates first, then what suits, then shape, cost and lock-in.
        when: Conditions by fact; all of them must hold. A fact that is not known never fires a rule.
        effect: What it does to the option: exclude it, call it sufficient (suits) or frontier, set it aside while
            others are better known, or call for a premium part; without an effect it only speaks.
        premium: The premium part, for the effect premium.
        say: What it says, with facts in braces: "{option} costs ${monthly_usd} a month".
        because: Why.
        examples: Facts with which it fires and with which it stays silent.
    """

    level: RuleLevel
    when: Conditions
    effect: Effect | None = None
    premium: Premium | None = None
    say: Text
    because: Because
    examples: Examples

    @form_check
    def _is_consistent(self) -> Self:
        if (self.effect == "premium") != (self.premium is not None):
            raise ValueError("the effect premium needs premium: {share, benchmark}, and only it has one")
        allowed = EFFECTS_OF[self.level]
        if self.effect not in allowed:
            names = ", ".join(str(effect or "none") for effect in allowed)
            raise ValueError(f"a rule of level {self.level} cannot have the effect {self.effect}; it can have: {names}")
        return self


EFFECTS_OF: dict[RuleLevel, tuple[Effect | None, ...]] = {
    "gate": ("exclude", None),
    "suit": ("suits", "frontier", "premium", "set_aside", None),
    "shape": ("exclude", None),
    "cost": (None,),
    "lock_in": (None,),
}


class RulesFile(Entry):
    """The recommender's rules by id: ``pricing/rules.yaml``.

    Args:
        rules: The rules by id.
    """

    rules: dict[str, RuleEntry]


class KindQuality(Entry):
    """What a kind of workload asks of a model.

    Args:
        benchmark: The benchmark that speaks for it.
        least: The least score for its critical part, where one is known; only a floor of the user's own excludes.
        because: Where that comes from.
    """

    benchmark: Text
    least: Amount | None = None
    because: Because


class Middle(Ranged):
    """A number above 0 with its 90 % interval.

    Args:
        value: The best single value.
        low: The lower end of the 90 % interval.
        high: The upper end of the 90 % interval.
    """

    value: Factor
    low: Factor
    high: Factor


class SeatRequests(Middle):
    """How many requests one person at a tool makes in a month, with the 90 % interval [requests/month].

    Args:
        value: The best single value.
        low: The lower end of the 90 % interval.
        high: The upper end of the 90 % interval.
        because: Where they come from.
    """

    because: Because


Peak = Annotated[Factor | Middle, NumberOrTable()]


class KindEntry(Entry):
    """A kind of workload, with the traffic that it has where nothing else is said.

    Args:
        means: What it is, in words.
        input_tokens: The prompt of one request [tokens]; the assumption input_tokens_per_request where it is left out.
        cached_share: Share of the prompt that is read from the prompt cache, 0 to 1.
        output_tokens: What one request generates [tokens]; the assumption output_tokens_per_request likewise.
        batchable_share: Share of the requests that can wait for a batch, 0 to 1.
        peak_to_mean: The busiest hour's rate of requests over the mean, with its interval where it was measured; the
            assumption peak_to_mean likewise.
        requests_per_seat: What one person at a tool asks for in a month; only for kinds that people cause.
        quality: What it asks of a model.
        because: Where its traffic comes from.
    """

    means: Text
    input_tokens: Amount | None = None
    cached_share: Share
    output_tokens: Factor | None = None
    batchable_share: Share
    peak_to_mean: Peak | None = None
    requests_per_seat: SeatRequests | None = None
    quality: KindQuality
    because: Because


def _by_kind(schema: dict[str, Any]) -> None:
    """Name the kinds as keys, so that editors offer them and messages list them."""
    table = schema["properties"]["kinds"]
    entry = table.pop("additionalProperties")
    table.pop("propertyNames", None)
    table |= {"properties": dict.fromkeys(KINDS, entry), "additionalProperties": False}


class KindsFile(Entry, schema=_by_kind):
    """The kinds of workload: ``pricing/kinds.yaml``.

    Args:
        kinds: The kinds by id.
    """

    kinds: dict[WorkloadKind, KindEntry]

    @form_check
    def _has_seats_for_people(self) -> Self:
        # a server has no seats, and a plan is never sold for one
        wrong = [kind for kind, entry in self.kinds.items() if kind in SERVER_KINDS and entry.requests_per_seat]
        if wrong:
            raise ValueError(f"{', '.join(wrong)}: requests_per_seat is for kinds that people at a tool cause")
        return self
