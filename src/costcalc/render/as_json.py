"""JSON: one document on stdout, for results and for errors alike."""

import json
from collections.abc import Mapping
from decimal import Decimal

from costcalc.findings import Finding
from costcalc.render.report import Json, Report


def envelope(report: Report, *, version: str) -> dict[str, Json]:
    """Give the document that every command prints with ``--format json``."""
    return {
        "schema": f"costcalc/{report.command}@1",
        "tool": {"name": "costcalc", "version": version},
        "as_of": report.as_of.isoformat() if report.as_of else None,
        "catalog": {"digest": report.digest_of()} if report.digest_of else None,
        "inputs": inputs_of(report),
        "result": {"verdict": list(report.verdict), **report.result}
        if report.result and report.verdict
        else report.result,
        "diagnostics": [diagnostic(finding) for finding in report.diagnostics],
    }


def inputs_of(report: Report) -> Mapping[str, Json]:
    """Give what was asked; amounts are in USD, so another currency comes with its rate, for whoever converts them."""
    money = report.money
    if money.is_usd:
        return report.inputs
    day = money.day.isoformat() if money.day is not None else None
    rate: dict[str, Json] = {"code": money.code, "per_usd": money.per_usd, "day": day, "source": money.source}
    return {**report.inputs, "currency": rate}


def diagnostic(finding: Finding) -> dict[str, Json]:
    """Give a finding as data."""
    place = finding.place
    return {
        "rule": finding.rule,
        "level": finding.level,
        "message": f"{finding.message}; {finding.help}" if finding.help else finding.message,
        "path": place.document.name if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }


def as_json(report: Report, *, version: str) -> str:
    """Render the envelope, indented."""
    return dumps(envelope(report, version=version), indent=2) + "\n"


def as_jsonl(report: Report, *, version: str) -> str:
    """Render one line per record; the first line is the envelope without its result."""
    head = {key: value for key, value in envelope(report, version=version).items() if key != "result"}
    return "".join(f"{dumps(record)}\n" for record in (head, *report.records))


def dumps(value: Json, *, indent: int = 0, level: int = 1) -> str:
    """Write JSON in ASCII with every Decimal as the exact number that it is.

    The standard encoder knows floats only, and 0.1 + 0.2 is not what a bill says.

    Example:
        >>> dumps({"usd": Decimal("0.30"), "per": [Decimal("1E+3"), None]})
        '{"usd": 0.3, "per": [1000, null]}'
    """
    if isinstance(value, Mapping):
        items = [f"{dumps(str(key))}: {dumps(child, indent=indent, level=level + 1)}" for key, child in value.items()]
        return _wrapped("{}", items, indent, level)
    if isinstance(value, list | tuple):
        return _wrapped("[]", [dumps(child, indent=indent, level=level + 1) for child in value], indent, level)
    if isinstance(value, Decimal):
        return _number(value)
    # a log that holds ##[ anywhere in a line is a command to some CI systems; escaped it is the same text
    return json.dumps(value, allow_nan=False).replace("##", "#\\u0023")


def _wrapped(brackets: str, items: list[str], indent: int, level: int) -> str:
    if not items:
        return brackets
    if not indent:
        return f"{brackets[0]}{', '.join(items)}{brackets[1]}"
    inner, outer = "\n" + " " * indent * level, "\n" + " " * indent * (level - 1)
    return f"{brackets[0]}{inner}{f',{inner}'.join(items)}{outer}{brackets[1]}"


def _number(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
