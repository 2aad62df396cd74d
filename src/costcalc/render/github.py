"""GitHub's workflow commands: annotations on the lines of a pull request."""

from collections.abc import Callable

from costcalc.findings import Finding
from costcalc.render.findings import message_of, worst_first
from costcalc.render.report import Report

MOST = 10  # GitHub shows ten errors and ten warnings of a step, and drops the others without a word
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def as_github(report: Report, *, path_of: Callable[[str], str]) -> str:
    """Render findings as annotations, worst first, at most ten; a line says how many more there are.

    Source:
        GitHub, "Workflow commands for GitHub Actions"; the escapes are those of actions/toolkit, command.ts.
    """
    ordered = worst_first(report.diagnostics)
    lines = [_annotation(one, path_of) for one in ordered[:MOST]]
    if len(ordered) > MOST:
        lines.append(f"::notice title=costcalc::+{len(ordered) - MOST} more findings; see the report")
    return "".join(f"{line}\n" for line in lines)


def _annotation(finding: Finding, path_of: Callable[[str], str]) -> str:
    place = finding.place
    properties = {"title": f"costcalc {finding.rule}"}
    if place is not None:
        at = {"file": path_of(place.document.name), "line": str(place.line), "col": str(place.column)}
        properties = {**at, **properties}
    shown = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{_COMMANDS[finding.level]} {shown}::{_data(message_of(finding))}"


def _data(text: str) -> str:
    r"""Escape a message.

    Example:
        >>> _data("100 %\nof it")
        '100 %25%0Aof it'
    """
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape a property, whose end is a comma or a colon."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
