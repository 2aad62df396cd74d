"""The rules of ``catalog lint``, one row each, and how they are asked."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from costcalc.catalog.forms.suppressions import RuleId, SuppressionEntry
from costcalc.catalog.lint.api_prices import outlying_models
from costcalc.catalog.lint.dates import future_checked, out_of_order, stale, unconfirmed, undated
from costcalc.catalog.lint.names import duplicate_names, similar_names
from costcalc.catalog.lint.other_prices import outlying_contracts, outlying_machines, outlying_options, outlying_seats
from costcalc.catalog.lint.question import Found, Question, dotted
from costcalc.catalog.lint.ranges import outside_range
from costcalc.catalog.lint.scores import old_scores
from costcalc.catalog.lint.sourcing import recalled, unsourced
from costcalc.catalog.lint.uses import retired_successor, retired_used, unlisted_used
from costcalc.findings import Finding, Level, Node, Path, Place


class Rule(NamedTuple):
    """One rule.

    Args:
        id: How findings and suppressions name it.
        level: How bad it is; a catalog with an error is refused by ``catalog validate``.
        says: What it finds, in one sentence.
        find: Finds it.
        always: Whether ``catalog validate`` asks it without ``--strict`` too.
    """

    id: RuleId
    level: Level
    says: str
    find: Callable[[Question], Iterator[Found]]
    always: bool = False


# by the key of the catalog under which the prices stand
OUTLYING: dict[str, Callable[[Question], Iterator[Found]]] = {
    "api": outlying_models,
    "gpus": outlying_machines,
    "options": outlying_options,
    "plans": outlying_seats,
    "contracts": outlying_contracts,
}


def outlying(asked: Question) -> Iterator[Found]:
    """Find prices that are ten times off their neighbours."""
    return chain.from_iterable(find(asked) for find in OUTLYING.values())


PRICE_OUTLIER = Rule("price-outlier", "warning", "a price is ten times off its neighbours", outlying)
RULES = (
    Rule("duplicate-name", "error", "one name leads to two things", duplicate_names, always=True),
    Rule("future-checked", "error", "checked on a day that is still to come", future_checked, always=True),
    Rule("stale", "warning", "nobody has seen it for too long", stale, always=True),
    Rule("old-scores", "warning", "the newest score of a model is old, and nobody looked for a newer one", old_scores),
    Rule("undated", "warning", "a rent of which nobody knows the day", undated),
    Rule("recalled", "warning", "a licence or a shape that nobody read", recalled),
    Rule("unconfirmed", "warning", "an announced price that nobody has checked since it came into force", unconfirmed),
    Rule("unsourced", "warning", "a figure without a source, or a judgement without a day", unsourced),
    Rule("out-of-order", "warning", "a price begins after the model's last day", out_of_order),
    Rule("similar-names", "warning", "two ids differ in case and punctuation alone", similar_names),
    Rule("retired-used", "warning", "a model that is no longer sold is named", retired_used),
    Rule("retired-successor", "warning", "the named successor of a model is no longer sold", retired_successor),
    Rule("unlisted-used", "warning", "a model that no current list of prices has is named", unlisted_used),
    PRICE_OUTLIER,
    Rule("outside-range", "warning", "an assumption lies outside the range that is known for it", outside_range),
)


class Suppression(NamedTuple):
    """What is put up with, and where that stands."""

    entry: SuppressionEntry
    place: Place
    is_own: bool


class Covered(NamedTuple):
    """A finding that is put up with."""

    finding: Finding
    entry: SuppressionEntry


class Linted(NamedTuple):
    """What the rules found.

    Args:
        findings: What there is to mend.
        covered: What is put up with, for a reason and up to a day.
    """

    findings: tuple[Finding, ...]
    covered: tuple[Covered, ...] = ()


def ask(asked: Question, rules: Sequence[Rule] = RULES) -> Iterator[Finding]:
    """Ask rules, in the order of the table."""
    for rule in rules:
        yield from (_finding(rule, found, asked) for found in rule.find(asked))


def _finding(rule: Rule, found: Found, asked: Question) -> Finding:
    path, message, place, help_text = found
    shown, at = dotted(path), place or asked.catalog.place(path)
    return Finding(rule.id, rule.level, f"{shown}: {message}", at, help_text, shown)


def own_outliers(asked: Question, suppressions: Sequence[Suppression], entries: Iterable[Path]) -> Iterator[Finding]:
    """Find prices of some entries of the user's layers that are ten times off; only what layers say is looked at.

    Args:
        asked: The catalog and the day.
        suppressions: What is put up with.
        entries: The entries.
    """
    starts = {entry for entry in entries if asked.catalog.own(entry)}
    for key, find in OUTLYING.items():
        for found in find(asked) if any(entry[0] == key for entry in starts) else ():
            finding = _finding(PRICE_OUTLIER, found, asked)
            is_asked = any(found.path[: len(entry)] == entry for entry in starts)
            if is_asked and _is_own(finding) and cover(finding, suppressions, asked) is None:
                yield finding


def lint(asked: Question, suppressions: Sequence[Suppression] = (), *, own_only: bool = False) -> Linted:
    """Ask every rule, and set aside what is put up with.

    Args:
        asked: The catalog and the day.
        suppressions: What is put up with.
        own_only: Whether only what stands in a layer of the user's is judged, and not what costcalc ships.
    """
    findings: list[Finding] = []
    covered: list[Covered] = []
    used: Counter[int] = Counter()
    for finding in ask(asked):
        index = cover(finding, suppressions, asked)
        if index is None:
            findings.append(finding)
        else:
            used[index] += 1
            covered.append(Covered(finding, suppressions[index].entry))
    findings += _about_suppressions(suppressions, used, asked)
    if own_only:
        findings = [one for one in findings if _is_own(one)]
        covered = [one for one in covered if _is_own(one.finding)]
    return Linted(tuple(findings), tuple(covered))


def _is_own(finding: Finding) -> bool:
    return finding.place is None or finding.place.document.layer != "shipped"


def cover(finding: Finding, suppressions: Sequence[Suppression], asked: Question) -> int | None:
    """Give the index of a suppression that covers a finding and holds on the day; None where there is none."""
    # what costcalc puts up with in its own files is no reason to put up with it in the user's
    fitting = (
        index
        for index, one in enumerate(suppressions)
        if one.entry.covers(finding.rule, finding.subject) and (one.is_own or not _is_own(finding))
    )
    return next((index for index in fitting if _holds(suppressions[index], asked)), None)


def _holds(one: Suppression, asked: Question) -> bool:
    """Say whether a suppression holds; one of the user's own holds for a year at most."""
    return one.entry.holds_on(asked.today) and not (one.is_own and one.entry.is_too_long_on(asked.today))


def _about_suppressions(suppressions: Sequence[Suppression], used: Counter[int], asked: Question) -> Iterator[Finding]:
    """Find suppressions that no longer hold, and the user's own that put up with nothing."""
    for index, (entry, place, is_own) in enumerate(suppressions):
        what = f"the suppression of {entry.rule} at {entry.at}"
        subject = f"{entry.rule} {entry.at}"
        if is_own and entry.is_too_long_on(asked.today):
            message = f"{what} expires on {entry.expires}, more than a year after {asked.today}; it does not hold"
            yield Finding("suppression-too-long", "warning", message, place, subject=subject)
        elif not entry.holds_on(asked.today):
            message = f"{what} expired on {entry.expires} ({entry.reason}); remove or renew it"
            yield Finding("suppression-expired", "warning", message, place, subject=subject)
        elif is_own and not used[index]:
            message = f"{what} puts up with nothing; remove it, or name the place as the finding does"
            yield Finding("suppression-unused", "warning", message, place, subject=subject)


def own_suppressions(project: Node | None, entries: Sequence[SuppressionEntry], *, is_own: bool) -> list[Suppression]:
    """Give the suppressions of rules that a file holds, with their places."""
    if project is None:
        return []
    placed = enumerate(entries)
    return [
        Suppression(one, project.nearest(["suppressions", index]).place, is_own)
        for index, one in placed
        if one.rule is not None
    ]
