"""What `recommend` says: the answer, why, what was excluded, and when to look again."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from costcalc.catalog.forms.options import BlendOption
from costcalc.recommend.answer import Again, Baseline, Recommendation
from costcalc.recommend.facts import Facts
from costcalc.recommend.pick import unknown_of
from costcalc.recommend.question import Candidate, Fired
from costcalc.recommend.words import sentence, written
from costcalc.render.numbers import count, percent, quantity, times, usd
from costcalc.render.report import Block, Bullets, Column, Heading, Json, Paragraph, Report, Table, listed
from costcalc.units import MTOK, decimal

_SHOWN = 8  # options of a list that are named without --explain
_COLUMNS = (
    Column("option"),
    Column("side"),
    Column("$/month", "right"),
    Column("×", "right", rank=1, means="a multiple of the first row"),
    Column("P", "right", rank=2, means="the share of draws in which it is the cheapest"),
)


def recommendation_report(
    answer: Recommendation, *, inputs: Mapping[str, Json], notes: tuple[str, ...], explain: bool
) -> Report:
    """Put an answer into words and data.

    Args:
        answer: The answer.
        inputs: What was asked, after defaults were filled in.
        notes: What there is to say of the traffic.
        explain: Whether to show every option, rule and fact.
    """
    result = _result(answer, notes)
    return Report(
        command="recommend",
        as_of=answer.question.as_of,
        digest_of=answer.case.catalog.digest_of,
        inputs=inputs,
        result=result,
        records=tuple(_records(result)),
        blocks=tuple(_blocks(answer, notes, explain=explain)),
    )


def _result(answer: Recommendation, notes: tuple[str, ...]) -> dict[str, Json]:
    return {
        "verdict": answer.verdict,
        "recommendation": _choice(answer),
        "break_even": _break_even(answer),
        "rules": [_rule(group) for group in _grouped(answer.fired)],
        "considered": [
            {**_figures(one), "probability_cheapest": answer.chances.get(one.id)} for one in answer.sorted.contenders
        ],
        "set_aside": [_aside(answer, one) for one in answer.sorted.aside],
        "excluded": list(_excluded(answer)),
        "facts": dict(answer.question.asked),
        "notes": list(notes),
    }


def _figures(one: Candidate) -> dict[str, Json]:
    return {"option": one.id, "side": one.side, "monthly_usd": one.usd}


def _choice(answer: Recommendation) -> dict[str, Json] | None:
    choice = answer.choice
    if choice is None or answer.range is None:
        return None
    return {
        **_figures(choice),
        "parts": [{"option": name, "share": share} for name, share in _parts(choice)],
        "low_usd": round(answer.range.low, 6),
        "high_usd": round(answer.range.high, 6),
        "usd_per_mtok": _per_mtok(answer, choice),
        "costs": answer.costs,
        "runner_up": _runner_up(answer),
        "saving": _saving(answer),
        "too_close": list(answer.close),
        "measure_first": list(answer.measure),
        "look_again": [{"what": one.what, "at": _at(one), "because": one.because} for one in answer.again],
        "probability_cheapest": answer.chances.get(choice.id),
        "facts": dict(choice.facts),
    }


def _parts(one: Candidate) -> list[tuple[str, Decimal]]:
    """Give the options that an answer is made of, with their shares of the requests."""
    option = one.named.option
    if isinstance(option, BlendOption) and option.routes is not None:
        return list(zip(option.members, option.shares, strict=True))
    return [(one.id, Decimal(1))]


def _per_mtok(answer: Recommendation, one: Candidate) -> Decimal | None:
    tokens = decimal(answer.question.workload.output_tokens)
    return one.usd * MTOK / tokens if tokens else None


def _runner_up(answer: Recommendation) -> dict[str, Json] | None:
    other, doubt = answer.runner_up, answer.doubt
    if other is None or doubt is None:
        return None
    return {
        **_figures(other),
        "low_usd": round(doubt.other_range.low, 6),
        "high_usd": round(doubt.other_range.high, 6),
        "regret_usd": answer.regret_usd,
        "probability": round(doubt.chance, 4),
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
        "percent": round((1 - choice.usd / baseline.usd) * 100, 4) if baseline.usd else None,
    }


def _at(one: Again) -> Decimal | str:
    return one.at.isoformat() if isinstance(one.at, date) else one.at


def _break_even(answer: Recommendation) -> dict[str, Json] | None:
    margin = answer.margin
    if margin is None:
        return None
    return {
        "build": margin.build.id,
        "buy": margin.buy.id,
        "first_win_mtok": margin.first_mtok,
        "durable_mtok": margin.durable_mtok,
        "build_slope_usd": margin.build_slope_usd,
        "buy_slope_usd": margin.buy_slope_usd,
    }


def _grouped(said: Iterable[Fired]) -> list[list[Fired]]:
    """Put together what one rule says in the same words of several options."""
    groups: dict[tuple[str, str], list[Fired]] = {}
    for one in said:
        groups.setdefault((one.rule.id, sentence(one.rule, one.facts)), []).append(one)
    return list(groups.values())


def _rule(group: list[Fired]) -> dict[str, Json]:
    first = group[0]
    return {
        "id": first.rule.id,
        "level": first.rule.entry.level,
        "effect": first.rule.entry.effect,
        "options": [one.option for one in group if one.option is not None],
        "said": sentence(first.rule, first.facts),
        "because": str(first.rule.entry.because),
        "facts": dict(first.facts),
    }


def _aside(answer: Recommendation, one: Candidate) -> dict[str, Json]:
    return {
        **_figures(one),
        "cheaper": one in answer.cheaper_if,
        "missing": list(unknown_of(answer.sorted, one)),
    }


def _excluded(answer: Recommendation) -> Iterator[dict[str, Json]]:
    for one, stopped in answer.sorted.out:
        for each in stopped:
            yield {
                "option": one.id,
                "rule": each.rule.id,
                "level": each.rule.entry.level,
                "said": sentence(each.rule, each.facts),
                "because": str(each.rule.entry.because),
                "facts": dict(each.facts),
            }
        if not stopped:
            reason = str(one.facts["reason"])
            yield {
                "option": one.id,
                "rule": None,
                "level": "gate",
                "said": reason,
                "because": "a missing price is never $0",
                "facts": {"reason": reason},
            }


def _records(result: Mapping[str, Json]) -> Iterator[dict[str, Json]]:
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


def _blocks(answer: Recommendation, notes: tuple[str, ...], *, explain: bool) -> Iterator[Block]:
    month = answer.question.workload
    kind = month.kind.replace("_", " ")
    yield Heading(
        f"{kind}: {count(month.output_tokens)} output tokens a month, at the prices of {answer.question.as_of}"
    )
    yield Heading(_headline(answer))
    if answer.choice is not None:
        yield Bullets("In figures", tuple(_figures_said(answer)))
        yield from listed("Why", [f"{_said(group)} [{group[0].rule.id}]" for group in _grouped(answer.fired)])
        yield from listed("Too close to call, because", answer.close)
        yield from listed("Measure first", answer.measure)
        yield from listed("Cheaper, if what is not known of it were so", list(_cheaper(answer, explain=explain)))
        yield from listed("Look again", [_again_said(one) for one in answer.again])
        yield _ranking(answer, explain=explain)
    yield from listed("Set aside (no-evidence, or a gate that could not be decided)", list(_set_aside(answer)))
    yield from listed("Excluded", list(_gates_said(answer)))
    yield from listed("Notes", [*notes, *_standing_notes(answer)])
    if explain:
        yield from _explained(answer)


def _headline(answer: Recommendation) -> str:
    choice = answer.choice
    if choice is None:
        return "Nothing is left: every option is excluded."
    amount = f"{choice.id} ({choice.side}) at ${usd(choice.usd)} a month"
    if answer.verdict == "decided":
        return f"Recommended: {amount}"
    return f"Too close to call. The best guess: {amount}"


def _figures_said(answer: Recommendation) -> Iterator[str]:
    choice, span = answer.choice, answer.range
    assert choice is not None  # asked only of an answer
    assert span is not None
    parts = _parts(choice)
    if len(parts) > 1:
        yield " and ".join(f"{quantity(share * 100)} % of the requests on {name}" for name, share in parts)
    per_mtok = _per_mtok(answer, choice)
    unit = f", ${usd(per_mtok)} per million output tokens" if per_mtok is not None else ""
    spread = f"between ${usd(span.low)} and ${usd(span.high)} (90 %)" if span.low < span.high else "as listed"
    yield f"${usd(choice.usd)} a month{unit}; {spread}{_whole(answer, choice)}"
    if answer.runner_up is not None and answer.doubt is not None and answer.regret_usd is not None:
        chance = f"cheaper than it with a probability of {answer.doubt.chance:.0%}".replace("%", " %")
        yield (
            f"runner-up: {answer.runner_up.id} ({answer.runner_up.side}) at ${usd(answer.runner_up.usd)}; choosing it"
            f" costs ${usd(answer.regret_usd)} a month more; the answer is {chance}"
        )
    if answer.baseline is not None:
        yield _saved(answer.baseline, choice)


def _whole(answer: Recommendation, choice: Candidate) -> str:
    if choice.side != "build":
        return ""
    return ", its whole bill" if answer.costs == "all" else ", its machines alone"


def _saved(baseline: Baseline, choice: Candidate) -> str:
    named = f"{baseline.option} ({baseline.why}, ${usd(baseline.usd)})"
    gap = baseline.usd - choice.usd
    if gap == 0 or not baseline.usd:
        return f"costs what {named} costs"
    if gap < 0:
        return f"costs ${usd(-gap)} a month more than {named}"
    return f"saves {percent(gap / baseline.usd)}, ${usd(gap)} a month, against {named}"


def _said(group: list[Fired]) -> str:
    return sentence(group[0].rule, group[0].facts)


def _cheaper(answer: Recommendation, *, explain: bool) -> Iterator[str]:
    shown = answer.cheaper_if if explain else answer.cheaper_if[:3]
    for one in shown:
        yield f"{one.id} at ${usd(one.usd)}: {'; '.join(unknown_of(answer.sorted, one))}"
    if len(shown) < len(answer.cheaper_if):
        yield f"and {len(answer.cheaper_if) - len(shown)} more (--explain)"


def _again_said(one: Again) -> str:
    if isinstance(one.at, date):
        return f"on {one.at}: {one.because}"
    if one.what == "volume":
        return f"at {written('output_mtok', one.at)} a month: {one.because}"
    return f"at {times(one.at)} its price: {one.because}"


def _ranking(answer: Recommendation, *, explain: bool) -> Table:
    pool = answer.pool
    shown = pool if explain else pool[:_SHOWN]
    least = pool[0].usd
    rows: tuple[tuple[str, ...], ...] = tuple(
        (
            one.id,
            one.side,
            usd(one.usd),
            times(one.usd / least if least else None),
            f"{answer.chances[one.id]:.0%}" if one.id in answer.chances else "",
        )
        for one in shown
    )
    columns = _COLUMNS if answer.chances else _COLUMNS[:-1]
    rows = rows if answer.chances else tuple(row[:-1] for row in rows)
    rest = len(pool) - len(shown)
    return Table(columns, rows, (f"{rest} dearer ones with --explain",) if rest else ())


def _set_aside(answer: Recommendation) -> Iterator[str]:
    by_reason: dict[str, list[str]] = {}
    for one in answer.sorted.aside:
        reason = "; ".join(text.partition(": ")[2] for text in unknown_of(answer.sorted, one))
        by_reason.setdefault(reason, []).append(one.id)
    for reason, names in by_reason.items():
        yield f"{', '.join(names)}: not known: {reason}"


def _gates_said(answer: Recommendation) -> Iterator[str]:
    by_said: dict[tuple[str, str], list[str]] = {}
    for row in _excluded(answer):
        by_said.setdefault((str(row["rule"] or "no price"), str(row["said"])), []).append(str(row["option"]))
    for (rule, said), names in sorted(by_said.items()):
        yield f"{', '.join(names)}: {said} [{rule}]"


def _standing_notes(answer: Recommendation) -> Iterator[str]:
    if answer.question.asked.get("data") is None:
        yield "where data may go was not said (--data): anywhere is taken"
    if answer.costs == "all":
        yield "building is priced with its whole bill, people and upkeep included (--costs hardware: machines alone)"


def _explained(answer: Recommendation) -> Iterator[Block]:
    yield Heading("What each rule saw")
    for group in _grouped(answer.fired):
        first = group[0]
        place = answer.case.catalog.place(("rules", first.rule.id))
        seen = [f"{name} = {written(name, value)}" for name, value in first.facts.items()]
        where = f"{place.document.layer} {place}; {first.rule.entry.because}"
        yield Bullets(f"{first.rule.id} ({first.rule.entry.level})", (*seen, where))
    if answer.choice is not None:
        facts: Facts = answer.question.asked | answer.choice.facts
        yield Bullets("What is known", tuple(f"{name} = {written(name, value)}" for name, value in facts.items()))
    yield Paragraph("A fact that is not listed is not known; it never fires a rule.")
