"""What a report passes on its way to any renderer, and its text on the way out: nobody who writes a name gives orders.

Names, reasons and notes stand in YAML that somebody else wrote, and in CI the output is read by programs that obey it.
JSON is exact: its readers get what the file says, in ASCII.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from costcalc.findings import Document, Finding, clean
from costcalc.render.report import Report

if TYPE_CHECKING:
    from costcalc.analysis.what_if import WhatIf

_Part = TypeVar("_Part")

MOST = 1_000  # characters of a message; a value that is wrong may be a file long
_SIGN = "\N{REPLACEMENT CHARACTER}"
_ANYWHERE = re.compile(r"#(?=#\w*\[)")
_AT_THE_START = re.compile(r"^((?:[^\S\n]|\x1b\[[\d;]*m)*):(?=:)", re.MULTILINE)  # or behind our own colour


def cleaned(report: Report) -> Report:
    """Clean whatever people will read of a report: blocks, records and findings."""
    return report._replace(
        records=_cleaned(report.records),
        blocks=_cleaned(report.blocks),
        diagnostics=tuple(map(clean_finding, report.diagnostics)),
        verdict=_cleaned(report.verdict),
        assumed=_cleaned(report.assumed),
        more=_cleaned(report.more),
        focus=_cleaned(report.focus),
        passed=_cleaned(report.passed),
        what_if=_cleaned_offer(report.what_if),
    )


def _cleaned_offer(what_if: "WhatIf | None") -> "WhatIf | None":
    """Clean the names in what a page lets its reader try; all else in it are numbers."""
    if what_if is None:
        return None
    return what_if._replace(options=_cleaned(what_if.options), drivers=_cleaned(what_if.drivers))


def _cleaned(part: _Part) -> _Part:
    """Clean every text in a tree of tuples, lists and mappings."""
    given: Any = part
    made: Any = part
    if isinstance(given, str):
        made = clean(given)
    elif isinstance(given, Mapping):
        made = {clean(str(key)): _cleaned(value) for key, value in given.items()}
    elif isinstance(given, tuple | list):
        items = [_cleaned(item) for item in given]
        made = type(given)(*items) if hasattr(given, "_fields") else type(given)(items)
    return made  # type: ignore[no-any-return]  # of the same shape


def clean_finding(finding: Finding) -> Finding:
    """Clean what a finding shows; its subject stays, by which it is recognised in the next run."""
    place = finding.place
    if place is not None:
        document = Document(clean(place.document.name), place.document.text, place.document.layer)
        place = place._replace(document=document)
    return finding._replace(
        rule=clean(finding.rule),
        message=_short(clean(finding.message)),
        help=_short(clean(finding.help)) if finding.help else finding.help,
        place=place,
    )


def _short(text: str) -> str:
    return text if len(text) <= MOST else f"{text[:MOST]}… ({len(text):,} characters)"


def inert(text: str, *, of_commands: bool = False) -> str:
    r"""Take from a text what a CI system would obey: a line of a log that is a command.

    Args:
        text: The text.
        of_commands: Whether its lines are meant to be commands, as in the format ``github``.

    Source:
        GitHub's runner, ActionCommand.cs: a line that begins with ``::`` after any space, or that holds ``##[``
        anywhere. Azure Pipelines' agent, Command.cs: ``##vso[`` anywhere. TeamCity: ``##teamcity[``.

    Example:
        >>> print(inert("a b\n  ::stop-commands::x\nc ##[error]d ##vso[task.complete]"))
        a b
          �:stop-commands::x
        c �#[error]d �#vso[task.complete]
    """
    text = _ANYWHERE.sub(_SIGN, text)
    return text if of_commands else _AT_THE_START.sub(rf"\1{_SIGN}", text)
