"""How scores and what they depend on are written."""

from decimal import Decimal
from typing import TYPE_CHECKING

from costcalc.units import rounded

if TYPE_CHECKING:
    from costcalc.analysis.evidence import Basis, Evidence
    from costcalc.catalog.boards import Published
    from costcalc.catalog.forms.quality import Evaluation
    from costcalc.catalog.scores import Board


def points(score: Decimal) -> str:
    """Write a score, or a difference of two, to two decimals at most.

    Example:
        >>> points(Decimal("80.80")), points(Decimal("1403")), points(Decimal("62.333"))
        ('80.8', '1,403', '62.33')
    """
    text = f"{rounded(score, Decimal('0.01')):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def board_text(board: "Board") -> str:
    """Say how the scores of a board were run, and by whom.

    Example:
        >>> from costcalc.catalog.scores import Board
        >>> board_text(Board("GPQA Diamond", None, "pass@1", "DeepSeek"))
        'pass@1, reported by DeepSeek'
    """
    how = board.variant or ("" if board.version else "how it was run is not stated")
    return ", ".join(filter(None, (board.version, how, f"reported by {board.reported_by}")))


def result_text(published: "Published", *, with_board: bool) -> str:
    """Say what a score depends on beside its board: effort, day, confidence.

    Args:
        published: The score.
        with_board: Whether its board is said too.
    """
    score = published.score
    effort = f"{score.effort} effort" if score.effort is not None else None
    board = board_text(published.board) if with_board else None
    return ", ".join(filter(None, (board, effort, score.date, f"{score.confidence} confidence")))


def own_test_text(test: "Evaluation") -> str:
    """Say what a test of the user's own found."""
    return f"your test: {test.passed} of {test.of}, {test.date}"


def score_cell(evidence: "Evidence") -> str:
    """Write an option's score for a column; a dash where it has none that may be compared."""
    return points(evidence.score) if evidence.score is not None else "–"


def elsewhere_text(evidence: "Evidence") -> str:
    """Name the scores on other boards, each with its reporter."""
    return ", ".join(f"{points(each.score.score)} by {each.score.reported_by}" for each in evidence.elsewhere)


def basis_text(basis: "Basis") -> str:
    """Say whose scores are compared, for a heading."""
    match basis.mode:
        case "board":
            return f"{basis.benchmark} ({board_text(basis.board)})" if basis.board is not None else basis.benchmark
        case "own":
            return "Your own tests, in per cent of their tasks"
        case "vendor":
            return f"{basis.benchmark} (each vendor's own figure: not comparable)"
        case _:
            return f"{basis.benchmark} (any reporter, the lowest of each model: not comparable)"
