"""Cost against capability as data, for JSON, JSON lines and CSV."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from costcalc.analysis.capability import Preferred, Step
from costcalc.analysis.evidence import Coverage, Success
from costcalc.analysis.tradeoff import Expected, Failures, Tradeoff, Weighed
from costcalc.catalog.catalog import Catalog
from costcalc.render.report import Json
from costcalc.render.score_data import basis_data, board_data, own_test_data, result_of, score_number
from costcalc.units import decimal, short, whole


def result_data(found: Tradeoff, notes: Sequence[str]) -> dict[str, Json]:
    """Give the whole answer."""
    basis = found.basis
    return {
        **basis_data(basis),
        "requests": decimal(found.case.workload.requests),
        "options": [_option(each, found.case.catalog) for each in found.options],
        "steps": [_step(each, found) for each in found.steps],
        "at_least": _at_least(found),
        "failures": _failures(found.failures) if found.failures is not None else None,
        "boards": [_coverage(each) for each in basis.boards],
        "larger_boards": [_coverage(each) for each in found.larger],
        "left_out": [{"option": each.option, "reason": each.reason} for each in found.left_out],
        "notes": list(notes),
    }


def records_of(found: Tradeoff) -> list[dict[str, Json]]:
    """Give a flat row for every option, those without a price last."""
    rows = [_record(each, found) for each in found.options]
    left_out: list[dict[str, Json]] = [{"option": each.option, "not_compared": each.reason} for each in found.left_out]
    return [*rows, *left_out]


def _option(one: Weighed, catalog: Catalog) -> dict[str, Json]:
    evidence = one.evidence
    return {
        "option": one.option,
        "kind": one.estimate.kind,
        "side": one.estimate.side,
        "monthly_usd": one.usd,
        "score": score_number(evidence.score),
        "stands": one.stands.replace(" ", "_"),
        "beaten_by": one.beaten_by,
        "cannot_be_chosen": one.unfit or None,
        "no_evidence_of": list(evidence.unknown),
        "results": [result_of(each, catalog) for each in evidence.results],
        "elsewhere": [result_of(each, catalog) for each in evidence.elsewhere],
        "your_tests": [own_test_data(each) for each in evidence.tests],
        "success": _success(evidence.success),
        "with_failures_usd": _expected(one.expected),
    }


def _success(success: Success | None) -> dict[str, Json] | None:
    if success is None:
        return None
    low, value, high = (short(end, 6) for end in (success.low, success.value, success.high))
    return {"low": low, "value": value, "high": high, "your_test": success.is_tested}


def _expected(expected: Expected | None) -> dict[str, Json] | None:
    return {name: _usd(usd) for name, usd in expected._asdict().items()} if expected is not None else None


def _step(step: Step, found: Tradeoff) -> dict[str, Json]:
    comparable = found.is_comparable(step)
    times = step.times
    return {
        "from": step.cheaper.option,
        "to": step.better.option,
        "usd": step.usd,
        "points": score_number(step.points),
        "times": short(times, 4) if times is not None else None,
        "usd_per_point": short(step.usd_per_point, 6) if comparable else None,
        "comparable": comparable,
    }


def _at_least(found: Tradeoff) -> dict[str, Json] | None:
    if found.bar is None:
        return None
    choice = found.choice
    return {
        "score": found.bar,
        "option": choice.option if choice is not None else None,
        "monthly_usd": choice.usd if choice is not None else None,
    }


def _failures(failures: Failures) -> dict[str, Json]:
    def reign(one: Preferred) -> dict[str, Json]:
        return {"option": one.option, "above_usd": _usd(one.above)}

    usd = failures.usd
    return {
        "usd_per_failure": [getattr(usd, "low", usd), Decimal(usd), getattr(usd, "high", usd)],
        "cheapest": [failures.at_low.option, failures.at_value.option, failures.at_high.option],
        "reigns": [reign(each) for each in failures.reigns],
    }


def _coverage(each: Coverage) -> dict[str, Json]:
    return {**board_data(each.board), "models": len(each.models), "options": list(each.options)}


def _record(one: Weighed, found: Tradeoff) -> dict[str, Json]:
    first = one.evidence.results[0].score if len(one.evidence.results) == 1 else None
    expected = _expected(one.expected) or {}
    return {
        "option": one.option,
        "kind": one.estimate.kind,
        "side": one.estimate.side,
        "monthly_usd": one.usd,
        "benchmark": found.basis.benchmark,
        "score": score_number(one.evidence.score),
        "unit": found.basis.unit,
        "stands": one.stands.replace(" ", "_"),
        "beaten_by": one.beaten_by,
        "version": first.version if first is not None else None,
        "variant": first.variant if first is not None else None,
        "effort": first.effort if first is not None else None,
        "reported_by": "; ".join(dict.fromkeys(each.score.reported_by for each in one.evidence.results)) or None,
        "date": first.date if first is not None else None,
        "confidence": first.confidence if first is not None else None,
        "with_failures_low_usd": expected.get("low"),
        "with_failures_usd": expected.get("value"),
        "with_failures_high_usd": expected.get("high"),
        "not_compared": one.unfit or None,
    }


def _usd(amount: Fraction) -> Decimal:
    return short(decimal(whole(amount)), 6)
