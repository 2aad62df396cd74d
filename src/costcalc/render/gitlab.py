"""GitLab's code quality report: findings in a merge request."""

from collections.abc import Callable

from costcalc.render.as_json import dumps
from costcalc.render.findings import fingerprint, message_of, worst_first
from costcalc.render.report import Json, Report

_SEVERITIES = {"error": "critical", "warning": "minor", "note": "info"}


def as_gitlab(report: Report, *, path_of: Callable[[str], str]) -> str:
    """Render findings as a list of issues; fingerprints survive changes of lines and amounts.

    Source:
        GitLab, "Code Quality", report format: description, check_name, fingerprint, severity, location.
    """
    issues: list[Json] = []
    seen: dict[str, int] = {}
    for one in worst_first(report.diagnostics):
        path = path_of(one.place.document.name) if one.place is not None else "costcalc.yaml"
        print_of = fingerprint(one, path)
        seen[print_of] = seen.get(print_of, 0) + 1
        issues.append(
            {
                "description": message_of(one),
                "check_name": one.rule,
                "fingerprint": print_of if seen[print_of] == 1 else f"{print_of}-{seen[print_of]}",
                "severity": _SEVERITIES[one.level],
                "location": {"path": path, "lines": {"begin": one.place.line if one.place is not None else 1}},
            }
        )
    return dumps(issues, indent=2) + "\n"
