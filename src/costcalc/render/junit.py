"""JUnit's XML: every finding a test case, so that any CI shows them."""

from xml.sax.saxutils import escape, quoteattr

from costcalc.findings import Finding, printable
from costcalc.render.findings import message_of, worst_first
from costcalc.render.report import Report

_CASES = {"error": "failure", "warning": "skipped", "note": "skipped"}


def as_junit(report: Report) -> str:
    """Render findings as test cases: errors failed, warnings and notes were skipped with a message.

    A report without findings is one case that passed, since readers take an empty suite for a crash.

    Source:
        Jenkins' xUnit plugin, junit-10.xsd: of the counts, ``testsuites`` has no ``skipped``.
    """
    ordered = worst_first(report.diagnostics)
    failed = sum(one.level == "error" for one in ordered)
    counts = f'tests="{len(ordered) or 1}" failures="{failed}" errors="0"'
    skipped = len(ordered) - failed
    cases = [_case(one, report.command) for one in ordered]
    if not cases:
        cases = [f'    <testcase classname="costcalc.{report.command}" name="no findings"/>']
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuites name="costcalc" {counts}>',
            f'  <testsuite name="costcalc {report.command}" {counts} skipped="{skipped}">',
            *cases,
            "  </testsuite>",
            "</testsuites>",
            "",
        ]
    )


def _case(finding: Finding, command: str) -> str:
    where = f" at {finding.place}" if finding.place is not None else ""
    name = _attribute(f"{finding.rule}: {finding.subject}" if finding.subject else finding.rule)
    message = _attribute(message_of(finding))
    kind = _CASES[finding.level]
    body = escape(_allowed(f"{finding.level}: {message_of(finding)}{where}"))
    return (
        f"    <testcase classname={_attribute(f'costcalc.{command}')} name={name}>"
        f"<{kind} message={message}>{body}</{kind}></testcase>"
    )


def _attribute(text: str) -> str:
    return quoteattr(_allowed(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _allowed(text: str) -> str:
    """Leave out what XML 1.0 cannot hold: control characters and lone surrogates."""
    return printable(text).encode("utf-8", "replace").decode()
