"""What docs/reference/rules.md says: every shipped rule and kind of workload, and every fact that a rule may test."""

from collections.abc import Iterator
from decimal import Decimal

from catalog_page import words

from costcalc import load_catalog
from costcalc.catalog.rules.entries import Because, KindEntry, RuleLevel
from costcalc.catalog.rules.verdicts import Condition, Rule
from costcalc.catalog.rules.vocabulary import FACTS, About, Fact

_LEVELS: dict[RuleLevel, str] = {
    "gate": "Gates: what can be asked for at all",
    "suit": "What suffices",
    "shape": "Shape: what the hardware and the load say",
    "cost": "Cost: what is said of the answer's price",
    "lock_in": "Lock-in: what ties the answer down",
}
_ABOUT: dict[About, str] = {
    "workload": "Facts of the workload",
    "option": "Facts of an option",
    "answer": "Facts of the answer",
}
_NOT_THERE: dict[About, str] = {
    "workload": "What is not stated is not asked, and no gate misses it.",
    "option": "What is not there is not known, and decides nothing.",
    "answer": "Known once costs are known.",
}
_SIGNS = {"above": ">", "at_least": "≥", "below": "<", "at_most": "≤", "holds": "holds"}


def rules() -> str:
    """Write every shipped rule by level: when it fires, what it does and says, and why."""
    shipped = load_catalog().rules().values()
    lines: list[str] = []
    for level, title in _LEVELS.items():
        lines += [f"### {title}", "", "| Rule | When | What | Because |", "|---|---|---|---|"]
        lines += [_rule(rule) for rule in shipped if rule.entry.level == level]
        lines.append("")
    return "\n".join(lines).rstrip()


def kinds() -> str:
    """Write every kind of workload with the traffic that it has where nothing else is said."""
    head = [
        "| Kind | Means | Tokens in | Cached | Tokens out | Can wait | Peak to mean | Requests a seat | Judged by |"
    ]
    return "\n".join([*head, "|---" * 9 + "|", *(_kind(name, kind) for name, kind in load_catalog().kinds().items())])


def sources_of_kinds() -> str:
    """Write where the traffic of every kind comes from."""
    rows = [f"| `{name}` | {_because(kind.because)} |" for name, kind in load_catalog().kinds().items()]
    return "\n".join(["| Kind | Because |", "|---|---|", *rows])


def facts() -> str:
    """Write every fact with its type, its unit and what it is."""
    return "\n".join(line for about in _ABOUT for line in _facts(about)).rstrip()


def _facts(about: About) -> Iterator[str]:
    yield from (f"### {_ABOUT[about]}", "", _NOT_THERE[about], "", "| Fact | Type | Means |", "|---|---|---|")
    yield from (_fact(fact) for fact in FACTS.values() if fact.about == about)
    yield ""


def _fact(fact: Fact) -> str:
    unit = f", {fact.unit}" if fact.unit else ""
    return f"| `{fact.name}` | {fact.type}{unit} | {fact.means} |"


def _rule(rule: Rule) -> str:
    entry = rule.entry
    when = "; ".join(_condition(condition) for condition in rule.conditions)
    premium = ""
    if entry.premium is not None:
        share = f"{entry.premium.share:%}" if entry.premium.share is not None else "the assumption `escalation_rate`"
        premium = f" ({share}; by {', '.join(entry.premium.benchmarks) or 'cost'})"
    effect = f"**{entry.effect.replace('_', ' ')}**{premium}: " if entry.effect is not None else ""
    return f"| `{rule.id}` | {when} | {effect}{words(entry.say)} | {_because(entry.because)} |"


def _condition(condition: Condition) -> str:
    bound = (
        f"`{condition.other}`" if condition.other is not None else " or ".join(_shown(one) for one in condition.values)
    )
    return f"`{condition.fact}` {_SIGNS.get(condition.test, 'is')} {bound}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:,}" if isinstance(value, Decimal) else words(str(value))


def _because(because: Because) -> str:
    """Say where it was read and when, or that it is a judgement."""
    title = words(because.title or because.url or "")
    read = f"[{title}]({because.url})" if because.url is not None else title
    judged = f"judgement: {words(because.judgement)}" if because.judgement is not None else ""
    return "; ".join(part for part in (judged, read, str(because.checked or "")) if part)


def _kind(name: str, kind: KindEntry) -> str:
    def spread(number: object) -> str:
        value, low, high = (getattr(number, key, None) for key in ("value", "low", "high"))
        return f"{value:,} ({low:,} to {high:,})" if value is not None else _amount(number)

    cells = (
        f"`{name}`",
        words(kind.means),
        _amount(kind.input_tokens),
        f"{kind.cached_share * 100:.0f} %",
        _amount(kind.output_tokens),
        f"{kind.batchable_share * 100:.0f} %",
        spread(kind.peak_to_mean),
        spread(kind.requests_per_seat) if kind.requests_per_seat is not None else "no seats",
        words(kind.quality.benchmark),
    )
    return f"| {' | '.join(cells)} |"


def _amount(number: object) -> str:
    return f"{number:,}" if isinstance(number, Decimal | int) else "as assumed"
