"""What `recommend` says as data: the answer, the rules, every option with its reasons."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from costcalc.money import USD, Money
from costcalc.recommend.answer import Again, Recommendation
from costcalc.recommend.commitments import Commitment
from costcalc.recommend.pick import unknown_of
from costcalc.recommend.question import Candidate, Fired
from costcalc.recommend.words import sentence
from costcalc.render.recommend_verdict import parts_of
from costcalc.render.report import Json
from costcalc.units import MTOK, decimal, short


def result_of(answer: Recommendation, verdict: tuple[str, ...], notes: tuple[str, ...]) -> dict[str, Json]:
    """Give the whole result."""
    return {
        "verdict": answer.verdict,
        "verdict_sentences": list(verdict),
        "recommendation": _choice(answer),
        "evidence": {"options": answer.sorted.vouched, "of": answer.sorted.passed},
        "cheaper_unproven": [_figures(candidate) for candidate in answer.cheaper_if],
        "commitments": [_commitment(one) for one in answer.committed],
        "break_even": _break_even(answer),
        "rules": [_rule(group) for group in grouped(answer.fired)],
        "considered": [
            {**_figures(candidate), "probability_cheapest": answer.chances.get(candidate.id)}
            for candidate in answer.sorted.contenders
        ],
        "set_aside": [_aside(answer, candidate) for candidate in answer.sorted.aside],
        "excluded": list(excluded(answer)),
        "facts": dict(answer.question.asked),
        "notes": list(notes),
        "workloads": [],
        "total": None,
    }


def _figures(candidate: Candidate) -> dict[str, Json]:
    return {"option": candidate.id, "side": candidate.side, "monthly_usd": candidate.usd}


def _choice(answer: Recommendation) -> dict[str, Json] | None:
    choice = answer.choice
    if choice is None or answer.range is None:
        return None
    return {
        **_figures(choice),
        "parts": [{"option": name, "share": share} for name, share in parts_of(choice)],
        "low_usd": short(answer.range.low, 6),
        "high_usd": short(answer.range.high, 6),
        "usd_per_mtok": per_mtok(answer, choice),
        "costs": answer.costs,
        "router_upkeep_usd": answer.router_usd,
        "runner_up": _runner_up(answer),
        "saving": _saving(answer),
        "too_close": list(answer.close),
        "measure_first": list(answer.measure),
        "look_again": [{"what": again.what, "at": _at(again), "because": again.because()} for again in answer.again],
        "probability_cheapest": answer.chances.get(choice.id),
        "facts": dict(choice.facts),
    }


def per_mtok(answer: Recommendation, candidate: Candidate) -> Decimal | None:
    """What an option costs per million output tokens or, where it generates nothing, input tokens [USD/Mtok]."""
    tokens = decimal(answer.question.workload.counted_tokens)
    return candidate.usd * MTOK / tokens if tokens else None


def _runner_up(answer: Recommendation) -> dict[str, Json] | None:
    other, doubt = answer.runner_up, answer.doubt
    if other is None or doubt is None:
        return None
    return {
        **_figures(other),
        "low_usd": short(doubt.other_range.low, 6),
        "high_usd": short(doubt.other_range.high, 6),
        "regret_usd": answer.regret_usd,
        "probability": short(doubt.chance, 4) if doubt.is_uncertain else None,
    }


def _saving(answer: Recommendation) -> dict[str, Json] | None:
    baseline, choice = answer.baseline, answer.choice
    if baseline is None or choice is None:
        return None
    return {
        "baseline": baseline.option,
        "why": baseline.why,
        "baseline_usd": baseline.usd,
        "usd": baseline.usd - choice.usd,
        "percent": short((1 - choice.usd / baseline.usd) * 100, 4) if baseline.usd else None,
    }


def _at(again: Again) -> Decimal | str:
    return again.at.isoformat() if isinstance(again.at, date) else again.at


def _break_even(answer: Recommendation) -> dict[str, Json] | None:
    margin = answer.margin
    if margin is None:
        return None
    return {
        "build": margin.build.id,
        "buy": margin.buy.id,
        "first_win_mtok": margin.first_mtok,
        "durable_mtok": margin.durable_mtok,
        "build_wins": [{"above_mtok": win.lo, "up_to_mtok": win.hi} for win in margin.wins],
        "build_slope_usd": margin.build_slope_usd,
        "buy_slope_usd": margin.buy_slope_usd,
    }


def _commitment(one: Commitment) -> dict[str, Json]:
    return {
        "option": one.base,
        "tenure": one.tenure,
        "months": one.months,
        "monthly_usd": one.candidate.usd,
    }


def grouped(said: Iterable[Fired]) -> list[list[Fired]]:
    """Put together what one rule says in the same words of several options."""
    groups: dict[tuple[str, str], list[Fired]] = {}
    for fired in said:
        groups.setdefault((fired.rule.id, sentence(fired.rule, fired.facts)), []).append(fired)
    return list(groups.values())


def _rule(group: list[Fired]) -> dict[str, Json]:
    first = group[0]
    return {
        "id": first.rule.id,
        "level": first.rule.entry.level,
        "effect": first.rule.entry.effect,
        "options": [fired.option for fired in group if fired.option is not None],
        "said": sentence(first.rule, first.facts),
        "because": str(first.rule.entry.because),
        "facts": dict(first.facts),
    }


def _aside(answer: Recommendation, candidate: Candidate) -> dict[str, Json]:
    return {
        **_figures(candidate),
        "cheaper": candidate in answer.cheaper_if,
        "missing": list(unknown_of(answer.sorted, candidate)),
    }


def excluded(answer: Recommendation, money: Money = USD) -> Iterator[dict[str, Json]]:
    """Give every gate that stopped an option, with what it says."""
    for candidate, stopped in answer.sorted.out:
        for each in stopped:
            yield {
                "option": candidate.id,
                "rule": each.rule.id,
                "level": each.rule.entry.level,
                "said": sentence(each.rule, each.facts, money),
                "because": str(each.rule.entry.because),
                "facts": dict(each.facts),
            }
        if not stopped:
            reason = str(candidate.facts["reason"])
            yield {
                "option": candidate.id,
                "rule": None,
                "level": "gate",
                "said": reason,
                "because": "a missing price is never $0",
                "facts": {"reason": reason},
            }


def records_of(result: Mapping[str, Json]) -> Iterator[dict[str, Json]]:
    """Give one row for each option: considered, set aside, or excluded by a gate."""
    for outcome in ("considered", "set_aside", "excluded"):
        rows = result[outcome]
        assert isinstance(rows, list)  # made above
        for row in rows:
            assert isinstance(row, dict)
            missing = row.get("missing")
            why = "; ".join(map(str, missing)) if isinstance(missing, list) else row.get("said")
            yield {
                "option": row["option"],
                "outcome": outcome,
                "side": row.get("side"),
                "monthly_usd": row.get("monthly_usd"),
                "rule": row.get("rule"),
                "why": why,
            }
