"""The picture of a trade-off: what options cost a month against what they score."""

from costcalc.analysis.tradeoff import Tradeoff, Weighed
from costcalc.money import Money
from costcalc.render.charts.pictures import Frontier, Point
from costcalc.render.scores import basis_text, points


def frontier(found: Tradeoff, money: Money) -> Frontier | None:
    """Draw score over cost; an option that is free has no place on a logarithmic axis. None where nothing is left.

    Args:
        found: The result.
        money: In which currency amounts are shown.
    """
    scored = [each for each in found.of("frontier", "dominated") if each.usd > 0 and each.evidence.score is not None]
    if not scored:
        return None
    return Frontier(
        title=_title(found, scored, money),
        points=tuple(sorted((_point(each, found, money) for each in scored), key=lambda point: point.cost)),
        benchmark=basis_text(found.basis),
        currency=money.code,
        at_least=float(found.bar) if found.bar is not None else None,
    )


def _point(each: Weighed, found: Tradeoff, money: Money) -> Point:
    """Place an option; only a test of the user's own has an interval, of a published score nobody knows it."""
    evidence = each.evidence
    assert evidence.score is not None  # only options with a score are drawn
    success = evidence.success if found.basis.mode == "own" else None
    low, high = (float(success.low * 100), float(success.high * 100)) if success is not None else (None, None)
    cost = float(money.of(each.usd))
    return Point(each.option, cost, float(evidence.score), low, high, each.stands == "frontier")


def _title(found: Tradeoff, scored: list[Weighed], money: Money) -> str:
    """Say which option suffices, or which are beaten by none."""
    if found.bar is not None and found.choice is not None:
        choice = f"{found.choice.option} is the cheapest with at least {points(found.bar)}"
        return f"{choice}: {money.text(found.choice.usd)} a month"
    if found.bar is not None:
        return f"No option is known to reach {points(found.bar)}"
    front = [each for each in scored if each.stands == "frontier"]
    if len(front) == 1:
        return f"No other of {len(scored)} scored options beats {front[0].option}"
    return (
        f"{len(front)} of {len(scored)} scored options are beaten by none, from {front[0].option}"
        f" ({money.text(front[0].usd)} a month) to {front[-1].option} ({money.text(front[-1].usd)})"
    )
