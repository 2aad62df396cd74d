"""What a verdict adds where prices that are announced already will alter it."""

from typing import TYPE_CHECKING

from costcalc.analysis.ahead import Ahead
from costcalc.money import Money
from costcalc.render.report import Json, Report
from costcalc.render.verdict import fits

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST = 3  # sentences of a verdict


def with_announced(report: Report, found: Ahead | None) -> Report:
    """Add to an answer what announced prices will make of it; in the verdict it comes before what else is said last."""
    result: dict[str, Json] = {**(report.result or {}), "announced": _data(found) if found is not None else None}
    verdict = _joined(report.verdict, found, report.money) if found is not None else report.verdict
    if "verdict_sentences" in result:  # recommend's own verdict is a word
        result["verdict_sentences"] = list(verdict)
    return report._replace(result=result, verdict=verdict)


def _joined(verdict: "Sequence[str]", found: Ahead, money: Money) -> tuple[str, ...]:
    """Put a sentence behind as many of a verdict as three lines hold: at least the first, perhaps without its end."""
    full, brief = _sentences(found, money)
    for kept in range(min(len(verdict), _MOST - 1), 0, -1):
        for sentence in (full, brief):
            if fits([*verdict[:kept], sentence]):
                return (*verdict[:kept], sentence)
    return (f"{verdict[0].rpartition(';')[0] or verdict[0].rstrip('.')}.", brief)


def _sentences(found: Ahead, money: Money) -> tuple[str, str]:
    """Say what changes, and what is the cheapest then; and the first of these alone."""
    changed = f"From {found.day} {found.option} can no longer be bought"
    if found.usd is not None:
        changed = f"From {found.day} {found.option} costs {money.text(found.usd)} (announced)"
    if found.cheapest_usd is None or found.cheapest == found.option:
        return f"{changed}.", f"{changed}."
    then = f"{found.cheapest}, {money.text(found.cheapest_usd)}"
    return f"{changed}; the cheapest is then {then}.", f"{changed}."


def _data(found: Ahead) -> dict[str, Json]:
    return {
        "day": found.day.isoformat(),
        "option": found.option,
        "monthly_usd": found.usd,
        "cheapest": found.cheapest,
        "cheapest_monthly_usd": found.cheapest_usd,
    }
