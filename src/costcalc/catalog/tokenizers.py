"""How models count, by their names at any seller: which tokenizer they have, and what they bill for an answer."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from costcalc.catalog.forms.tokens import ReasoningEntry, TokenizerEntry, TokensFile, steps_up
from costcalc.catalog.ids import key, model_keys

Names = tuple[str, ...]  # what one model is called: its id, its aliases, its name as an open model


class Step(NamedTuple):
    """One comparison of two tokenizers.

    Args:
        assumption: The assumption that is the ratio.
        inverted: Whether the ratio is divided by: the way leads from the finer tokenizer to the coarser one.
    """

    assumption: str
    inverted: bool


class Ratio(NamedTuple):
    """Tokens of one tokenizer for each token of another, of the same text."""

    value: Fraction
    low: Fraction
    high: Fraction

    @classmethod
    def of(cls, steps: Iterable[tuple[Step, Decimal, Decimal, Decimal]]) -> "Ratio":
        """Multiply comparisons, each with its value, low and high; to divide by an interval reverses it.

        Example:
            >>> step = Step("x", inverted=True), Decimal("1.25"), Decimal(1), Decimal(2)
            >>> [float(each) for each in Ratio.of([step])]
            [0.8, 0.5, 1.0]
        """
        value = low = high = Fraction(1)
        for step, *figures in steps:
            middle, bottom, top = map(Fraction, figures)
            if step.inverted:
                middle, bottom, top = 1 / middle, 1 / top, 1 / bottom
            value, low, high = value * middle, low * bottom, high * top
        return cls(value, low, high)


class Counting(NamedTuple):
    """What ``tokens.yaml`` says, as commands use it."""

    tokenizers: "Tokenizers"
    reasoning: "Reasoning"


def understood(file: TokensFile) -> Counting:
    """Give what commands use of the checked file."""
    return Counting(Tokenizers(file.tokenizers), Reasoning(file.reasoning))


class Reasoning:
    """Models by what they bill for an answer.

    Args:
        entries: What the catalog says of them.
    """

    def __init__(self, entries: Mapping[str, ReasoningEntry]) -> None:
        self.entries = entries

    @cached_property
    def _by_key(self) -> Mapping[str, ReasoningEntry]:  # asked for by few commands
        return {key(model): entry for entry in self.entries.values() for model in entry.models}

    def of(self, names: Names) -> ReasoningEntry | None:
        """Find the entry of a model by its names; None where nobody knows whether it reasons."""
        keys = (each for name in names for each in model_keys(name))
        return next((self._by_key[each] for each in keys if each in self._by_key), None)


class Tokenizers:
    """The tokenizers by id and by model.

    Args:
        entries: What the catalog says of them.
    """

    def __init__(self, entries: Mapping[str, TokenizerEntry]) -> None:
        self.entries = entries
        self._by_key = {key(model): name for name, entry in self.entries.items() for model in entry.models}
        self._found: dict[Names, str | None] = {}

    def named(self, text: str) -> str | None:
        """Find the tokenizer of that id, or of a model that is listed under that name, in any spelling."""
        if text in self.entries:
            return text
        return next((self._by_key[each] for each in model_keys(text) if each in self._by_key), None)

    def of(self, names: Names) -> str | None:
        """Find the tokenizer of a model by its names; a variant by another word (``-fast``) counts as the model."""
        if names not in self._found:
            keys = [each for name in names for each in model_keys(name)]
            known = (self._by_key.get(each) or self._variant(each) for each in keys)
            self._found[names] = next((found for found in known if found is not None), None)
        return self._found[names]

    def _variant(self, of: str) -> str | None:
        """Find the model whose name is followed by a word; a digit behind it would be another version."""
        bases = [base for base in self._by_key if of.startswith(base) and of[len(base) :][:1].isalpha()]
        return self._by_key[max(bases, key=len)] if bases else None

    def steps(self, to: str, of: str) -> tuple[Step, ...] | None:
        """Give the comparisons that lead from tokens of one tokenizer to those of another; None where none do.

        Args:
            to: The tokenizer whose tokens are wanted.
            of: The tokenizer whose tokens are known.
        """
        ups, downs = steps_up(of, self.entries), steps_up(to, self.entries)
        shared = next((name for name in ups if name in downs), None)
        if shared is None:
            return None
        back = (Step(self._times(name), inverted=True) for name in ups[: ups.index(shared)])
        forth = (Step(self._times(name), inverted=False) for name in downs[: downs.index(shared)])
        return (*back, *forth)

    def _times(self, name: str) -> str:
        times = self.entries[name].times
        assert times is not None  # it stands below another one, with which it was compared
        return times

    def names(self) -> Iterator[str]:
        """Walk what may be named: the tokenizers and their models."""
        for name, entry in self.entries.items():
            yield from (name, *entry.models)
