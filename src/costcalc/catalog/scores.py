"""Published scores and the user's own tests, by a model's names: never averaged, compared where they may be."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from costcalc.catalog.forms.options import ApiOption, Option, PlanOption, RateOption, SelfHostOption
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.catalog.things import SoldModel
from costcalc.errors import AmbiguousNameError, UnknownNameError

if TYPE_CHECKING:
    from costcalc.catalog.catalog import Catalog
    from costcalc.catalog.forms.quality import Evaluation, Score, Unit


class Scores(NamedTuple):
    """Published scores by model.

    Args:
        by_model: The scores by the model's name, as `folded` writes it.
        benchmark: The benchmark of the workload's floor, or None where it has none.
    """

    by_model: "Mapping[str, tuple[Score, ...]]"
    benchmark: str | None = None

    @classmethod
    def of(
        cls, quality: "Mapping[str, tuple[Score, ...]]", benchmark: str | None = None, *, as_of: date | None = None
    ) -> "Scores":
        """Take scores by the names that their publishers use; of a day, those that were published by then."""
        return cls({folded(name): _published(scores, as_of) for name, scores in quality.items()}, benchmark)

    def scale(self, benchmark: str) -> "Scale | None":
        """Give the scale on which a benchmark is reported now; None where nobody has a score.

        It begins with the first score of the newest version; where no version is stated, with the first score of all.
        """
        wanted = folded(benchmark)
        found = [
            (name, one) for name, scores in self.by_model.items() for one in scores if folded(one.benchmark) == wanted
        ]
        if not found:
            return None
        version = max((one.version for _, one in found), key=version_key)
        since = min(one.date or _UNKNOWN for _, one in found if one.version == version)
        scale = Scale(version, since, found[0][1].unit, {})
        models: dict[Board, dict[str, Decimal]] = {}
        for name, one in found:
            best = models.setdefault(board_of(one), {})
            best[name] = max(one.score, best.get(name, one.score))
        boards = {board: max(best.values()) for board, best in models.items() if len(best) >= _LEAST_MODELS}
        return scale._replace(best=boards)

    def of_model(self, names: Iterable[str]) -> "tuple[Score, ...]":
        """Find all scores of a model."""
        return tuple(score for name in dict.fromkeys(map(folded, names)) for score in self.by_model.get(name, ()))

    def on(self, benchmark: str | None, names: Iterable[str]) -> "tuple[Score, ...]":
        """Find the scores of a model on a benchmark, or on that of the floor."""
        wanted = benchmark or self.benchmark
        if wanted is None:
            return ()
        return tuple(score for score in self.of_model(names) if folded(score.benchmark) == folded(wanted))


_UNKNOWN = ""  # a day that nobody stated
_LEAST_MODELS = 3  # a board of fewer says nothing of who leads


def _published(scores: "tuple[Score, ...]", day: date | None) -> "tuple[Score, ...]":
    """Leave out what was published after a day; of a month or a year its first day counts."""
    return scores if day is None else tuple(one for one in scores if is_published(one, day))


def is_published(score: "Score", day: date) -> bool:
    """Say whether a score was published by a day; one without a date was."""
    return score.date is None or score.date <= day.isoformat()[: len(score.date)]


def version_key(version: str | None) -> tuple[int, ...]:
    """Read the numbers of a version, by which it is older or newer than another.

    Example:
        >>> version_key("v4.3.2") > version_key("v4.1.1") > version_key("v4") > version_key(None)
        True
    """
    return tuple(map(int, re.findall(r"\d{1,9}", version or "")))


class Board(NamedTuple):
    """Whose scores on a benchmark may be compared: one reporter's, run in one way.

    Args:
        benchmark: The benchmark.
        version: Its version, or None where it has none.
        variant: How it was run, or None where that is not stated.
        reported_by: Who published it.
    """

    benchmark: str
    version: str | None
    variant: str | None
    reported_by: str


class Lead(NamedTuple):
    """Where a model stands on a board.

    Args:
        score: Its score.
        behind: How far that lies behind the best one of the board.
    """

    score: Decimal
    behind: Decimal


class Scale(NamedTuple):
    """The scale on which a benchmark is reported now: those of older versions say nothing of it.

    Args:
        version: The newest version; None where no score states one.
        since: The day of its first score, as far as it is known; "" where that is not stated.
        unit: What scores are measured in.
        best: The best score of each board that ranks enough models to say who leads.
    """

    version: str | None
    since: str
    unit: "Unit"
    best: "Mapping[Board, Decimal]"

    def holds(self, score: "Score") -> bool:
        """Say whether a score is on this scale: of its version, or of no stated one and as new."""
        is_as_new = self.since != _UNKNOWN and (score.date or _UNKNOWN) >= self.since
        return score.version == self.version or (score.version is None and is_as_new)

    def lead(self, scores: "Iterable[Score]") -> Lead | None:
        """Say where a model stands now: on the board of this scale on which it is nearest to the best; None on none."""
        return self.lead_then(filter(self.holds, scores))

    def lead_then(self, scores: "Iterable[Score]") -> Lead | None:
        """Say where a model stood on the board on which it was nearest to the best, of whatever day; None on none."""
        leads = (
            Lead(score.score, self.best[board_of(score)] - score.score)
            for score in scores
            if board_of(score) in self.best
        )
        return min(leads, key=lambda one: one.behind, default=None)


def board_of(score: "Score") -> Board:
    """Say with which other scores a score may be compared; the effort of reasoning is the model's own setting."""
    return Board(score.benchmark, score.version, score.variant, score.reported_by)


def comparable(one: "Score", other: "Score") -> bool:
    """Say whether scores of two models may be compared: the same benchmark, version, variant and reporter.

    What each vendor says of its own model has two reporters, and a variant that is not stated may be any.
    """
    same = board_of(one) == board_of(other)
    return same and one.variant is not None and not one.reported_by.startswith("vendor")


def described(score: "Score") -> str:
    """Write a score with what it depends on."""
    how = ", ".join(filter(None, (score.version, score.variant or "variant not stated", score.effort)))
    return f"{score.score.normalize():f} ({how}, reported by {score.reported_by})"


def stated(scores: "Sequence[Score]") -> "Score | None":
    """Take the score that speaks for a model: its vendor's own, else the least that was published."""
    own = [score for score in scores if score.reported_by == "vendor" or score.standing == "vendor"]
    return min(own or scores, key=lambda score: (score.score, score.variant or ""), default=None)


def folded(name: str) -> str:
    """Write a name so that its publisher's and its vendors' ways of writing it are one.

    Example:
        >>> folded("Claude Opus 4.6") == folded("claude-opus-4-6")
        True
        >>> folded("Gemini 3.1 Pro") == folded("google/gemini-3.1-pro-preview")
        True
    """
    return re.sub(r"[^a-z0-9]+", "-", name.rsplit("/", 1)[-1].lower()).strip("-").removesuffix("-preview")


def names_of(sold: SoldModel) -> list[str]:
    """Give the names under which scores of a sold model may have been published."""
    return [sold.model.open_weights or sold.id, *sold.model.aliases]


def names_of_option(option: Option, catalog: "Catalog") -> list[str]:
    """Give the names of the model that an option serves; none for a mix, or where nobody says which model it is."""
    match option:
        case ApiOption() | ProvisionedOption():
            return names_of(catalog.sold_model(option.model))
        case SelfHostOption():
            return [option.model] if option.model is not None else []
        case PlanOption():
            return names_of(catalog.sold_model(option.model)) if option.model is not None else []
        case RateOption():
            return [option.serves] if option.serves is not None else []
        case _:
            return []


def names_of_tested(model: str, catalog: "Catalog") -> list[str]:
    """Give every name of a model that the user tested: an open model's, or those of whoever sells it.

    Raises:
        UnknownNameError: There is no such model.
    """
    try:
        return [catalog.open_model(model).model, model]
    except UnknownNameError:
        pass
    try:
        return names_of(catalog.sold_model(model))
    except AmbiguousNameError:  # several sellers of one model: the test is of the model, whoever serves it
        return [name for sold in catalog.sold_as(model) for name in names_of(sold)]


def evaluation_of(option: Option, catalog: "Catalog", *, kind: str, workload: str, as_of: date) -> "Evaluation | None":
    """Find the user's own test of an option's model: of this workload, else of its kind, else of any work; the newest.

    Args:
        option: The option.
        catalog: Where the tests stand.
        kind: The kind of work.
        workload: The workload's name.
        as_of: The day; a test that was made later is not known.
    """
    if not catalog.evaluations:
        return None
    names = {folded(name) for name in names_of_option(option, catalog)}
    fitting = [
        (test.workload is not None, test.kind is not None, test.date, name, test)
        for name, test in catalog.evaluations.items()
        if test.workload in (None, workload) and test.kind in (None, kind) and test.date <= as_of
        if names & {folded(each) for each in names_of_tested(test.model, catalog)}
    ]
    return max(fitting, key=lambda row: row[:4], default=(None,))[-1]
