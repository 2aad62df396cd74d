"""What ``catalog lint`` says: its findings by rule, and what is put up with."""

from collections.abc import Iterator, Mapping
from datetime import date

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.suppressions import SuppressionEntry
from costcalc.catalog.lint.table import RULES, Covered, Linted
from costcalc.findings import Finding, Level
from costcalc.render.findings import message_of
from costcalc.render.report import Block, Bullets, Json, Paragraph, Report, listed
from costcalc.units import how_many

SAYS: dict[str, tuple[Level, str]] = {
    **{str(rule.id): (rule.level, rule.says) for rule in RULES},
    "suppression-expired": ("warning", "what was put up with is so no longer"),
    "suppression-unused": ("warning", "a suppression that puts up with nothing"),
}


def counted(catalog: Catalog) -> dict[str, int]:
    """Count what was looked at."""
    return {
        "providers": len(catalog.providers),
        "models": sum(len(prices.models) for prices in catalog.providers.values()),
        "prices": sum(len(model.prices) for prices in catalog.providers.values() for model in prices.models.values()),
        "open models": len(catalog.models),
        "GPUs": len(catalog.gpus),
        "plans": sum(len(file.plans) for file in catalog.plans.values()),
        "options": len(catalog.options),
        "assumptions": len(catalog.assumptions),
    }


def lint_report(catalog: Catalog, linted: Linted, *, inputs: Mapping[str, Json], as_of: date) -> Report:
    """List the findings by rule, each with its place, and say what is put up with."""
    counts = counted(catalog)
    result: dict[str, Json] = {
        "checked": {key.lower().replace(" ", "_"): number for key, number in counts.items()},
        "rules": [
            {"rule": rule, "level": level, "says": says, "findings": len(_of(linted, rule))}
            for rule, (level, says) in SAYS.items()
        ],
        "suppressed": [_suppressed(one) for one in linted.covered],
    }
    records = tuple(_record(one) for one in linted.findings)
    blocks = (*_found(linted), *_put_up_with(linted), Paragraph(_summary(counts, linted)))
    return Report("catalog-lint", as_of, catalog.digest_of, inputs, result, records, blocks, linted.findings)


def _of(linted: Linted, rule: str) -> list[Finding]:
    return [one for one in linted.findings if one.rule == rule]


def _found(linted: Linted) -> Iterator[Block]:
    for rule, (level, says) in SAYS.items():
        items = (f"{one.place}: {message_of(one)}" for one in _of(linted, rule))
        yield from listed(f"{rule} ({level}): {says}", items)


def _put_up_with(linted: Linted) -> Iterator[Bullets]:
    """Say what is put up with: one suppression that covers many places is said once, with their number."""
    covered: dict[SuppressionEntry, list[str | None]] = {}
    for one in linted.covered:
        covered.setdefault(one.entry, []).append(one.finding.subject)
    items = (
        f"{entry.rule} at {subjects[0] if len(subjects) == 1 else f'{len(subjects)} places below {entry.at}'}"
        f" until {entry.expires}: {entry.reason}"
        for entry, subjects in covered.items()
    )
    yield from listed("Put up with (suppressions)", items)


def _summary(counts: Mapping[str, int], linted: Linted) -> str:
    checked = ", ".join(f"{number:,} {word}" for word, number in counts.items())
    number = len(linted.findings)
    verdict = how_many(number, "finding") if number else "clean"
    return f"{checked}: {verdict}"


def _record(one: Finding) -> dict[str, Json]:
    place = one.place
    return {
        "rule": one.rule,
        "level": one.level,
        "path": place.document.name if place is not None else None,
        "line": place.line if place is not None else None,
        "column": place.column if place is not None else None,
        "layer": place.document.layer if place is not None else None,
        "subject": one.subject,
        "message": message_of(one),
    }


def _suppressed(one: Covered) -> dict[str, Json]:
    return {
        "rule": one.finding.rule,
        "subject": one.finding.subject,
        "message": one.finding.message,
        "reason": one.entry.reason,
        "expires": one.entry.expires.isoformat(),
    }
