"""Checking a whole catalog, the shipped price lists that no command has asked for included."""

from datetime import date

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.layers import Problems
from costcalc.catalog.lint import alias_findings, dated_findings, reference_findings
from costcalc.findings import Finding


def validate(catalog: Catalog, *, today: date) -> tuple[Finding, ...]:
    """Check every price list and every name; give what is merely worth a warning.

    Raises:
        InputError: With every problem of every file.
    """
    problems = Problems()
    for folder in (catalog.providers, catalog.models, catalog.gpus, catalog.plans):
        for entry in folder:
            problems.attempt(lambda folder=folder, entry=entry: folder[entry])  # type: ignore[misc]
    for read in (catalog.quality, catalog.rules, catalog.kinds):
        problems.attempt(read)
    problems.stop_if_any()
    problems.found += alias_findings(catalog)
    findings = [*reference_findings(catalog), *dated_findings(catalog, today=today)]
    problems.found += [finding for finding in findings if finding.level == "error"]
    problems.stop_if_any()
    return tuple(findings)
