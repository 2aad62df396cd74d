"""Scores as data, for JSON, JSON lines and CSV."""

from decimal import Decimal
from typing import TYPE_CHECKING

from costcalc.render.report import Json
from costcalc.units import short

if TYPE_CHECKING:
    from costcalc.analysis.evidence import Basis, Evidence
    from costcalc.catalog.boards import Published
    from costcalc.catalog.catalog import Catalog
    from costcalc.catalog.forms.quality import Evaluation
    from costcalc.catalog.scores import Board


def basis_data(basis: "Basis") -> dict[str, Json]:
    """Say whose scores of which benchmark are shown."""
    return {
        "benchmark": basis.benchmark,
        "unit": basis.unit,
        "basis": basis.mode,
        "board": board_data(basis.board) if basis.board is not None else None,
        "comparable": basis.is_comparable,
    }


def score_record(basis: "Basis", option: str) -> dict[str, Json]:
    """Give an option's score as columns of a flat row."""
    evidence = basis.evidence[option]
    return {
        "benchmark": basis.benchmark,
        "score": score_number(evidence.score),
        "score_unit": basis.unit,
        "score_comparable": evidence.score is not None and basis.is_comparable,
        "score_reported_by": "; ".join(dict.fromkeys(each.score.reported_by for each in evidence.results)) or None,
    }


def board_data(board: "Board") -> dict[str, Json]:
    """Give a board as data."""
    return dict(board._asdict())


def score_data(evidence: "Evidence") -> dict[str, Json]:
    """Give an option's score and what it rests on, without places."""
    return {
        "score": score_number(evidence.score),
        "results": [result_of(each, None) for each in evidence.results],
        "elsewhere": [result_of(each, None) for each in evidence.elsewhere],
        "your_tests": [own_test_data(each) for each in evidence.tests],
    }


def result_of(published: "Published", catalog: "Catalog | None") -> dict[str, Json]:
    """Give a published score as data; with a catalog, also where it stands."""
    score = published.score
    data: dict[str, Json] = {
        "model": published.model,
        "score": score.score,
        "version": score.version,
        "variant": score.variant,
        "effort": score.effort,
        "reported_by": score.reported_by,
        "standing": score.standing,
        "date": score.date,
        "confidence": score.confidence,
        "source": str(score.source),
        "checked": score.source.checked.isoformat(),
    }
    if catalog is not None:
        place = catalog.place(published.path)
        data["place"] = {"layer": place.document.layer, "path": place.document.name, "line": place.line}
    return data


def own_test_data(test: "Evaluation") -> dict[str, Json]:
    """Give a test of the user's own as data."""
    return {"model": test.model, "passed": test.passed, "of": test.of, "date": test.date.isoformat()}


def score_number(score: Decimal | None) -> Decimal | None:
    """A mean of scores may have no end: four decimals say enough."""
    return short(score, 4).normalize() if score is not None else None
