"""Boards: which published scores may be compared, and where each of them stands in the catalog."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, get_args

from costcalc.catalog.forms.quality import ScoredEffort
from costcalc.catalog.scores import Board, board_of, folded, is_published
from costcalc.errors import UnknownNameError
from costcalc.findings import Path, did_you_mean

if TYPE_CHECKING:
    from costcalc.catalog.forms.quality import Score

_EFFORTS = {effort: rank for rank, effort in enumerate(get_args(ScoredEffort))}

_PART = 3  # letters by which a reporter may be named in part


class Published(NamedTuple):
    """A published score, with the place where it stands.

    Args:
        model: The model, as the file of scores names it.
        position: Which of its scores it is, from 0.
        score: The score.
    """

    model: str
    position: int
    score: "Score"

    @property
    def path(self) -> Path:
        """Where it stands in the catalog."""
        return ("quality", self.model, self.position, "score")

    @property
    def is_vendors(self) -> bool:
        """Whether the model's own vendor reports it."""
        return self.score.standing == "vendor" or self.score.reported_by.startswith("vendor")

    @property
    def board(self) -> Board:
        """With which other scores it may be compared; "vendor" is another reporter for every model."""
        board = board_of(self.score)
        if not self.score.reported_by.startswith("vendor"):
            return board
        return board._replace(reported_by=f"{self.score.reported_by} of {self.model}")

    @property
    def by_effort(self) -> tuple[int, str, object]:
        """Orders scores of one model on one board: a higher effort, then a newer day, then the lower score."""
        effort = self.score.effort
        return (_EFFORTS[effort] if effort is not None else -1, self.score.date or "", -self.score.score)


def published_on(
    benchmark: str, quality: "Mapping[str, tuple[Score, ...]]", *, as_of: date
) -> dict[str, tuple[Published, ...]]:
    """Give the scores on a benchmark by the model's name, as `folded` writes it; those published later are left out.

    A score that carries only a year or a month counts from the first day of it.
    """
    found: dict[str, list[Published]] = {}
    for model, scores in quality.items():
        for position, score in enumerate(scores):
            if folded(score.benchmark) == folded(benchmark) and is_published(score, as_of):
                found.setdefault(folded(model), []).append(Published(model, position, score))
    return {model: tuple(scores) for model, scores in found.items()}


def benchmarks_of(quality: "Mapping[str, tuple[Score, ...]]") -> tuple[str, ...]:
    """Name the benchmarks of which there are scores, those with the most models first."""
    models: dict[str, set[str]] = {}
    for model, scores in quality.items():
        for score in scores:
            models.setdefault(score.benchmark, set()).add(model)
    return tuple(sorted(models, key=lambda name: (-len(models[name]), name)))


def benchmark_named(text: str, quality: "Mapping[str, tuple[Score, ...]]") -> str:
    """Find a benchmark by its name, in any case and punctuation.

    Raises:
        UnknownNameError: No score is of that benchmark; with near names, and all names.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> benchmark_named("swe-bench-verified", load_catalog().quality())
        'SWE-bench Verified'
    """
    names = benchmarks_of(quality)
    if (found := next((name for name in names if folded(name) == folded(text)), None)) is not None:
        return found
    hint = did_you_mean(text, names)
    near = f"; {hint}" if hint else ""
    raise UnknownNameError(f"no score is of a benchmark '{text}'{near}; there are scores of {', '.join(names)}")


def reporters_named(text: str, reporters: Iterable[str], benchmark: str) -> str:
    """Find a reporter by its name or by a part of it that no other has.

    Raises:
        UnknownNameError: None is called so, or several are.
    """
    names = sorted(set(reporters))
    if (same := next((name for name in names if folded(name) == folded(text)), None)) is not None:
        return same
    near = [name for name in names if len(folded(text)) >= _PART and folded(text) in folded(name)]
    if len(near) == 1:
        return near[0]
    if near:
        raise UnknownNameError(f"several reporters of {benchmark} are called '{text}': {_quoted(near)}")
    hint = did_you_mean(text, names)
    known = f"expected any, vendor, own or one of {_quoted(names)}"
    raise UnknownNameError(f"nobody called '{text}' reports {benchmark}{f'; {hint}' if hint else ''}; {known}")


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
