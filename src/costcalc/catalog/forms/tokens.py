"""The form of ``tokens.yaml``: which models count a text alike, and by how much others' counts differ."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Self

from costcalc.catalog.forms.entry import EMPTY, NOT_EMPTY, Entry, form_check
from costcalc.catalog.forms.scalars import Items, Text
from costcalc.catalog.forms.schema import Source
from costcalc.catalog.ids import key
from costcalc.errors import InputError
from costcalc.findings import Finding, did_you_mean

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


class TokensFile(Entry):
    """How models count: ``pricing/tokens.yaml``. What nobody measured is not there.

    Args:
        tokenizers: The tokenizers by id.
    """

    tokenizers: dict[str, TokenizerEntry] = EMPTY


def check_tokens(file: TokensFile, tree: "Node") -> None:
    """Check that every model has one tokenizer, and that comparisons lead to another one and never round in a ring.

    Args:
        file: The tokenizers, checked against their form.
        tree: The same as placed values, to say where something is wrong.

    Raises:
        InputError: With every problem, each at its place.
    """
    placed = tree.nearest(["tokenizers"])
    findings = [*_named_twice("tokenizers", file.tokenizers, placed), *_compared(file.tokenizers, placed)]
    if findings:
        raise InputError(findings)


def _named_twice(table: str, entries: Mapping[str, TokenizerEntry], placed: "Node") -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for name, entry in entries.items():
        for index, model in enumerate(entry.models):
            if (other := seen.setdefault(key(model), name)) != name:
                at = placed.nearest([name, "models", index]).place
                yield Finding("value", "error", f"{table}.{name}: '{model}' is a model of '{other}' already", at)


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
