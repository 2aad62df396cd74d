"""The forms of ``tokens.yaml``: how many tokens a model makes of a text, and bills for an answer."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Self

from costcalc.catalog.forms.entry import EMPTY, NOT_EMPTY, Entry, form_check
from costcalc.catalog.forms.scalars import Items, Text
from costcalc.catalog.forms.schema import Source
from costcalc.errors import InputError
from costcalc.findings import Finding, did_you_mean
from costcalc.workload import Effort

if TYPE_CHECKING:
    from costcalc.findings import Node

_Models = Annotated[tuple[Text, ...], NOT_EMPTY, Items]


class TokenizerEntry(Entry, schema={"dependencies": {"than": ["times"], "times": ["than"]}}):
    """A tokenizer: models that make the same tokens of the same text.

    Args:
        models: Names of the models, as their maker writes them; whoever sells one, it is the same model. A snapshot
            and a variant by another word (``-fast``, ``-preview``) need no line of their own; another version does.
        than: Another tokenizer, with which this one was compared.
        times: The assumption that says how many tokens this one makes of a text for each token of that one.
        source: Where it was read that these models share a tokenizer.
        note: What else is to be known.
    """

    models: _Models
    than: Text | None = None
    times: Text | None = None
    source: Source
    note: Text | None = None

    @form_check
    def _has_both_or_neither(self) -> Self:
        if (self.than is None) != (self.times is None):
            raise ValueError(
                "than and times go together: with which tokenizer it was compared, and by which assumption"
            )
        return self


class EffortFactors(Entry):
    """The assumptions that are the factor at an effort of reasoning that is asked for.

    Args:
        low: At low effort.
        medium: At medium effort.
        high: At high effort.
    """

    low: Text | None = None
    medium: Text | None = None
    high: Text | None = None


class ReasoningEntry(Entry):
    """Models that bill as much output for each token of the answer that a reader sees.

    Args:
        models: Names of the models, as their maker writes them; a variant by another word may reason otherwise.
        times: The assumption that says how much output is billed for each token of the answer; left out for models
            that do not reason.
        effort: The same at an effort that is asked for, where it was measured.
        source: Where it was read whether these models reason.
        note: What else is to be known.
    """

    models: _Models
    times: Text | None = None
    effort: EffortFactors | None = None
    source: Source
    note: Text | None = None

    @form_check
    def _reasons_at_any_effort(self) -> Self:
        if self.effort is not None and self.times is None:
            raise ValueError("effort needs times: the factor where no effort is asked for")
        return self

    def times_at(self, effort: Effort | None) -> str | None:
        """Name the factor at an effort, else the one at any; None for models that do not reason."""
        at: str | None = getattr(self.effort, effort) if self.effort is not None and effort is not None else None
        return at or self.times


class TokensFile(Entry):
    """How models count: ``pricing/tokens.yaml``. What nobody measured is not there.

    Where two entries name a model the later one holds: one of the user's own comes after those that are shipped.

    Args:
        tokenizers: The tokenizers by id.
        reasoning: Models by what they bill for an answer.
    """

    tokenizers: dict[str, TokenizerEntry] = EMPTY
    reasoning: dict[str, ReasoningEntry] = EMPTY


def check_tokens(file: TokensFile, tree: "Node") -> None:
    """Check that comparisons lead to a tokenizer, and never in a ring.

    Args:
        file: The file, checked against its form.
        tree: The same as placed values, to say where something is wrong.

    Raises:
        InputError: With every problem, each at its place.
    """
    findings = list(_compared(file.tokenizers, tree.nearest(["tokenizers"])))
    if findings:
        raise InputError(findings)


def _compared(entries: Mapping[str, TokenizerEntry], placed: "Node") -> Iterator[Finding]:
    for name, entry in entries.items():
        if entry.than is None:
            continue
        at = placed.nearest([name, "than"]).place
        if entry.than not in entries:
            message = f"tokenizers.{name}.than: there is no tokenizer '{entry.than}'"
            yield Finding("unknown-name", "error", message, at, did_you_mean(entry.than, entries))
        elif name in steps_up(entry.than, entries):
            message = (
                f"tokenizers.{name}.than: '{entry.than}' is itself compared with '{name}'; compare one of them only"
            )
            yield Finding("value", "error", message, at)


def steps_up(name: str, entries: Mapping[str, TokenizerEntry]) -> list[str]:
    """Give a tokenizer and those that comparison after comparison leads to, each once."""
    found: list[str] = []
    at: str | None = name
    while at is not None and at in entries and at not in found:
        found.append(at)
        at = entries[at].than
    return found
