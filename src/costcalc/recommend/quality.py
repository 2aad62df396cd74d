"""Published scores of models: looked up by name, never averaged, and compared only where they are comparable."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from costcalc.catalog.forms.hardware import Score


class Scores(NamedTuple):
    """Published scores by model.

    Args:
        by_model: The scores by the model's name, as `folded` writes it.
        benchmark: The benchmark of the workload's floor, or None where it has none.
    """

    by_model: "Mapping[str, tuple[Score, ...]]"
    benchmark: str | None = None

    @classmethod
    def of(cls, quality: "Mapping[str, tuple[Score, ...]]", benchmark: str | None) -> "Scores":
        """Take scores by the names that their publishers use."""
        return cls({folded(name): scores for name, scores in quality.items()}, benchmark)

    def on(self, benchmark: str | None, names: Iterable[str]) -> "tuple[Score, ...]":
        """Find the scores of a model on a benchmark, or on that of the floor."""
        wanted = benchmark or self.benchmark
        if wanted is None:
            return ()
        found = [score for name in dict.fromkeys(map(folded, names)) for score in self.by_model.get(name, ())]
        return tuple(score for score in found if score.benchmark.lower() == wanted.lower())


def folded(name: str) -> str:
    """Write a model's name so that its publisher's and its vendors' ways of writing it are one.

    Example:
        >>> folded("Claude Opus 4.6") == folded("claude-opus-4-6")
        True
        >>> folded("Gemini 3.1 Pro") == folded("google/gemini-3.1-pro-preview")
        True
    """
    return re.sub(r"[^a-z0-9]+", "-", name.rsplit("/", 1)[-1].lower()).removesuffix("-preview")


def described(score: "Score") -> str:
    """Write a score with what it depends on."""
    return f"{score.score.normalize():f} ({score.variant or 'variant not stated'}, reported by {score.reported_by})"


def comparable(one: "Score", other: "Score") -> bool:
    """Say whether scores of two models may be compared: the same benchmark, variant and reporter.

    What each vendor says of its own model has two reporters, and a variant that is not stated may be any.
    """
    same = (one.benchmark, one.variant, one.reported_by) == (other.benchmark, other.variant, other.reported_by)
    return same and one.variant is not None and not one.reported_by.startswith("vendor")


def stated(scores: "Sequence[Score]") -> "Score | None":
    """Take the score that speaks for a model: its vendor's own, else the least that was published."""
    own = [score for score in scores if score.reported_by == "vendor"]
    return min(own or scores, key=lambda score: (score.score, score.variant or ""), default=None)
