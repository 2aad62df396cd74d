"""SARIF 2.1.0: findings for code scanning."""

from collections.abc import Callable
from urllib.parse import quote

from costcalc import __version__
from costcalc.findings import Finding
from costcalc.render.as_json import dumps
from costcalc.render.findings import fingerprint, message_of, worst_first
from costcalc.render.report import Json, Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_sarif(report: Report, *, path_of: Callable[[str], str]) -> str:
    """Render findings as one run; rule ids are stable, and so are fingerprints.

    Source:
        OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
    """
    ordered = worst_first(report.diagnostics)
    rules = sorted({one.rule for one in ordered})
    driver: dict[str, Json] = {
        "name": "costcalc",
        "version": __version__,
        "rules": [{"id": rule, "shortDescription": {"text": rule.replace("-", " ")}} for rule in rules],
    }
    results: list[Json] = [_result(one, rules, path_of) for one in ordered]
    run: dict[str, Json] = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(finding: Finding, rules: list[str], path_of: Callable[[str], str]) -> dict[str, Json]:
    place = finding.place
    path = path_of(place.document.name) if place is not None else ""
    result: dict[str, Json] = {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": finding.level,
        "message": {"text": _unlinked(message_of(finding))},
        "partialFingerprints": {"costcalc/v1": fingerprint(finding, path)},
    }
    if place is not None:
        region: dict[str, Json] = {"startLine": place.line, "startColumn": place.column}
        location: dict[str, Json] = {"artifactLocation": {"uri": quote(path)}, "region": region}
        result["locations"] = [{"physicalLocation": location}]
    return result


def _unlinked(text: str) -> str:
    """Keep ``[text](address)`` from being a link, in readers that heed no backslash too.

    Source:
        SARIF 2.1.0, section 3.11.6, "Messages with embedded links".
    """
    return text.replace("](", "] (")
