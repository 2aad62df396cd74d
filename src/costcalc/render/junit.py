"""JUnit's XML: every finding a test case, so that any CI shows them."""

from xml.sax.saxutils import escape, quoteattr

from costcalc.findings import Finding, printable
from costcalc.render.findings import message_of, worst_first
from costcalc.render.report import Report

_CASES = {"error": "failure", "warning": "skipped"}


def as_junit(report: Report) -> str:
    """Render findings as test cases: errors failed, warnings were skipped, and whatever else was checked has passed.

    A note is no test: it stands in the output of the suite. A report without a test is one case that passed, since
    readers take an empty suite for a crash.

    Source:
        Jenkins' xUnit plugin, junit-10.xsd: of the counts, ``testsuites`` has no ``skipped``.
    """
    ordered = worst_first(report.diagnostics)
    tests = [one for one in ordered if one.level != "note"]
    failed = sum(one.level == "error" for one in tests)
    cases = [_case(one, report.command) for one in tests]
    passed = report.passed or (() if cases else ("no findings",))
    cases += [f"    <testcase classname={_class(report.command)} name={_attribute(name)}/>" for name in passed]
    counts = f'tests="{len(cases)}" failures="{failed}" errors="0"'
    notes = "\n".join(_body(one) for one in ordered if one.level == "note")
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuites name="costcalc" {counts}>',
            f'  <testsuite name="costcalc {report.command}" {counts} skipped="{len(tests) - failed}">',
            *cases,
            *([f"    <system-out>{notes}</system-out>"] if notes else []),
            "  </testsuite>",
            "</testsuites>",
            "",
        ]
    )


def _case(finding: Finding, command: str) -> str:
    name = _attribute(f"{finding.rule}: {finding.subject}" if finding.subject else finding.rule)
    message = _attribute(message_of(finding))
    kind = _CASES[finding.level]
    return (
        f"    <testcase classname={_class(command)} name={name}>"
        f"<{kind} message={message}>{_body(finding)}</{kind}></testcase>"
    )


def _body(finding: Finding) -> str:
    where = f" at {finding.place}" if finding.place is not None else ""
    return escape(_allowed(f"{finding.level}: {message_of(finding)}{where}"))


def _class(command: str) -> str:
    return _attribute(f"costcalc.{command}")


def _attribute(text: str) -> str:
    return quoteattr(_allowed(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _allowed(text: str) -> str:
    """Leave out what XML 1.0 cannot hold: control characters and lone surrogates."""
    return printable(text).encode("utf-8", "replace").decode()
