"""Checking a whole catalog, the shipped price lists that no command has asked for included."""

from datetime import date

from costcalc.catalog.catalog import MAX_AGE_DAYS, Catalog
from costcalc.catalog.forms.kinds import FIELDS, FOLDERS
from costcalc.catalog.layers.stack import Problems
from costcalc.catalog.lint.question import Question
from costcalc.catalog.lint.shipped import shipped_suppressions
from costcalc.catalog.lint.table import RULES, ask, cover
from costcalc.catalog.references import reference_findings
from costcalc.findings import Finding


def read_whole(catalog: Catalog) -> None:
    """Read every file that a catalog has, and follow every name that it holds.

    Raises:
        InputError: With every problem of every file.
    """
    problems = Problems()
    for folder in (getattr(catalog, FIELDS[name]) for name in FOLDERS):
        for entry in folder:
            problems.attempt(lambda folder=folder, entry=entry: folder[entry])  # type: ignore[misc]
    for read in (catalog.quality, catalog.rules, catalog.kinds, catalog.tokenizers):
        problems.attempt(read)
    problems.stop_if_any()
    problems.found += reference_findings(catalog)
    problems.stop_if_any()


def validate(catalog: Catalog, *, today: date, max_age_days: int = MAX_AGE_DAYS) -> tuple[Finding, ...]:
    """Check every price list and every name; give what is merely worth a warning and is not put up with by us.

    Raises:
        InputError: With every problem of every file.
    """
    read_whole(catalog)
    asked, shipped = Question(catalog, today, max_age_days, catalog), shipped_suppressions()
    found = ask(asked, [rule for rule in RULES if rule.always])
    return refuse(tuple(one for one in found if cover(one, shipped, asked) is None))


def refuse(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Give findings back, unless one of them is an error.

    Raises:
        InputError: With every error.
    """
    Problems([finding for finding in findings if finding.level == "error"]).stop_if_any()
    return findings
