"""What formats for machines share: findings in order, and what they are known by."""

from collections.abc import Sequence
from hashlib import sha256

from costcalc.findings import Finding

_WORST_FIRST = {"error": 0, "warning": 1, "note": 2}


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """Sort findings by how bad they are, then by file and line."""
    return sorted(findings, key=lambda one: (_WORST_FIRST[one.level], *_where(one), one.rule, one.message))


def _where(finding: Finding) -> tuple[str, int, int]:
    place = finding.place
    return (place.document.name, place.line, place.column) if place is not None else ("", 0, 0)


def message_of(finding: Finding) -> str:
    """What was found, and how to mend it."""
    return f"{finding.message}; {finding.help}" if finding.help else finding.message


def fingerprint(finding: Finding, path: str) -> str:
    """Identify a finding over runs: by rule, file and subject, not by line and amount.

    A finding without a subject is known by its message.
    """
    return sha256("\0".join((finding.rule, path, finding.subject or finding.message)).encode()).hexdigest()[:32]
