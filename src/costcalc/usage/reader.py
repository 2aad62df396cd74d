"""How one format of a log becomes rows: where a record has its raw fields, and what they mean."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from costcalc.usage.groups import COUNTED, FaultKind

LogFormat = Literal[
    "openai", "anthropic", "litellm", "langfuse", "otel", "openrouter", "deepseek", "claude-code", "helicone", "focus",
    "csv", "mooncake",
]  # fmt: skip
LOG_FORMATS: tuple[LogFormat, ...] = get_args(LogFormat)
Cached = Literal["inside", "beside"]
CACHED: tuple[Cached, ...] = get_args(Cached)
ANY_LENGTH = 10**12  # a prompt of which no length is known is as long as any threshold [tokens]

NO_AMOUNT = -(2**62)  # stands for an amount of money that is no number


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How one kind of record becomes rows.

    Args:
        marks: Paths that tell the kind: a record of it has all paths of at least one of these sets.
        texts: Raw fields that are words: the paths at which each may stand, the first that is there wins.
        numbers: Raw fields that are counts, likewise.
        times: Raw fields that are moments, likewise: seconds since 1970 or parts of them, or ISO 8601.
        amounts: Raw fields that are US dollars, likewise; the row has them in whole 1e-9 USD.
        row: The canonical columns, in SQL over the raw fields; a raw field that is absent is NULL.
        needs: What a request must have, in SQL over the raw fields; one that lacks it has no usage.
        asides: Which records are set aside, and why, in SQL over the raw fields.
        hints: What to do about a kind of fault, where the format itself is the cause.
        within: The lists in which a file of JSON holds its records, outermost first.
        packed: Fields that hold JSON: as an object in some exports, as a text in others.
        pairs: Fields that hold a list of keys and values, as OTLP writes attributes.
        keep: Which records are requests, in SQL over the raw fields; the others are no faults, and are passed over.
        once_by: What tells a record that repeats another one, in SQL over the raw fields, or "".
        grows: Whether a record is written again as it grows, so that those of one id differ and the largest is all.
        labels: What costs can be shown by, and where it stands; names and ids only, never a key itself.
        is_pooled: Whether a record is a sum over several requests.
        cached: Where the row takes the cached tokens to lie: inside the input of the record, or beside it.
        otherwise: The columns that differ where they lie otherwise; none where the format's rules leave no doubt.
        must_say: Whether nothing settles it, so that the user must say it where there are cached tokens.
    """

    marks: tuple[frozenset[str], ...]
    texts: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, tuple[str, ...]]
    times: Mapping[str, tuple[str, ...]]
    amounts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    row: Mapping[str, str]
    needs: tuple[str, ...] = ()
    asides: Mapping[FaultKind, str] = field(default_factory=dict)
    hints: Mapping[FaultKind, str] = field(default_factory=dict)
    within: tuple[str, ...] = ()
    packed: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    keep: str = ""
    once_by: str = ""
    grows: bool = False
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_pooled: bool = False
    cached: Cached = "inside"
    otherwise: Mapping[str, str] = field(default_factory=dict)
    must_say: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether any engine can read it: each row is a request of its own, taken apart by functions that all have."""
        listed = any("list_filter(" in test for test in self.asides.values())
        return not (self.within or self.grows or self.pairs or listed)

    def paths(self, label: Sequence[str] = ()) -> Iterator[str]:
        """Walk every path that is read, those of a label among them; nothing else of a record is."""
        for fields in (self.texts, self.numbers, self.times, self.amounts):
            for paths in fields.values():
                yield from paths
        yield from label


def part(*names: str) -> str:
    """Count a part that may be absent as 0.

    Example:
        >>> part("cached"), part("text", "cached")
        ('COALESCE(cached, 0)', 'COALESCE(text, cached, 0)')
    """
    return f"COALESCE({', '.join(names)}, 0)"


def less(total: str, *parts: str) -> str:
    """Take parts that may be absent from a total.

    Example:
        >>> less("prompt", "cached", "written")
        'prompt - COALESCE(cached, 0) - COALESCE(written, 0)'
    """
    return " - ".join((total, *map(part, parts)))


def marks(*sets: str) -> tuple[frozenset[str], ...]:
    """Write sets of paths, each as one text."""
    return tuple(frozenset(paths.split()) for paths in sets)


def by_meter(amounts: Mapping[str, str], *, meter: str = "meter", amount: str = "amount") -> dict[str, str]:
    """Write columns of a table that has one row a meter.

    Args:
        amounts: Each canonical column, and the word for it in the table.
        meter: The raw field that has the word.
        amount: The raw field that has the count.
    """
    return {column: f"CASE WHEN {meter} = '{word}' THEN {amount} ELSE 0 END" for column, word in amounts.items()}


def none_of(name: str, words: tuple[str, ...]) -> str:
    """Test that a raw field has none of the words."""
    return f"COALESCE({name} NOT IN ({', '.join(repr(word) for word in words)}), TRUE)"


# a seller's standard tier is no tier; a batch is a way of processing
TIERS = {
    "processing": "CASE WHEN tier = 'batch' THEN 'batch' END",
    "service_tier": "CASE WHEN tier NOT IN ('default', 'standard', 'auto', 'batch') THEN tier END",
}
# where it was processed; Anthropic writes not_available of models that are sold without a choice of it
REGION = {"region": "CASE lower(place) WHEN 'not_available' THEN 'global' ELSE lower(place) END"}
# OpenAI's endpoints that process in a region; what a call says of the machine that made it says nothing of that
REGION_OF_HOST = {
    "region": "CASE WHEN host LIKE '%eu.api.openai.com%' THEN 'eu' WHEN host LIKE '%us.api.openai.com%' THEN 'us' END"
}
# a sum over several requests lasts until its end
UNTIL = {"until_s": "COALESCE(until, moment)"}
# a gateway's name of a model may have its provider before it, or stand beside it
MODEL_OF_PROVIDER = (
    "CASE WHEN provider IS NULL OR starts_with(model, provider || '/') THEN model ELSE provider || '/' || model END"
)
ALL_METERS: tuple[str, ...] = COUNTED
