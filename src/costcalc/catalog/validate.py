"""Checking a whole catalog, the shipped price lists that no command has asked for included."""

from datetime import date

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.layers import Problems
from costcalc.catalog.lint import dated_findings, reference_findings
from costcalc.findings import Finding


def validate(catalog: Catalog, *, today: date) -> tuple[Finding, ...]:
    """Check every price list and every name; give what is merely worth a warning.

    Raises:
        InputError: With every problem of every file.
    """
    problems = Problems()
    for provider in catalog.providers:
        problems.attempt(lambda provider=provider: catalog.providers[provider])  # type: ignore[misc]
    problems.stop_if_any()
    findings = [*reference_findings(catalog), *dated_findings(catalog, today=today)]
    problems.found += [finding for finding in findings if finding.level == "error"]
    problems.stop_if_any()
    return tuple(findings)
