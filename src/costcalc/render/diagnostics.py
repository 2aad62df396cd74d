"""Findings for people, as rustc prints them: where, what it is, what it should be."""

import re
from functools import lru_cache

from costcalc.findings import Finding, Place, clean
from costcalc.render.safe import clean_finding

_BREAKS = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")  # what the YAML parser counts as line breaks
_SHOWN = 1000  # nobody reads more, and a file of a hundred thousand wrong lines is one mistake
_CONTEXT = 100  # characters of a long line that are shown


def as_diagnostics(findings: tuple[Finding, ...]) -> str:
    """Render findings, each with its line and a caret, by file and line; above a thousand they are counted."""
    ordered = sorted(findings, key=_position)
    shown = [_finding(finding) for finding in ordered[:_SHOWN]]
    more = len(ordered) - len(shown)
    return "\n".join([*shown, f"and {more:,} more like these"] if more else shown)


def _position(finding: Finding) -> tuple[str, int, int]:
    place = finding.place
    return (place.document.name, place.line, place.column) if place else ("", 0, 0)


def _finding(found: Finding) -> str:
    finding = clean_finding(found)
    where = f"{finding.place}: " if finding.place else ""
    lines = [f"{finding.level}: {where}{finding.message}"]
    if finding.place is not None:
        lines += _snippet(finding.place)
    if finding.help:
        lines.append(f"   = {finding.help}")
    return "\n".join(lines)


@lru_cache(maxsize=4)  # a file may be wrong in each of its lines, and is taken apart once
def _lines(text: str) -> list[str]:
    return _BREAKS.split(text)


def _snippet(place: Place) -> list[str]:
    lines = _lines(place.document.text)
    if place.line > len(lines):
        return []
    start = max(0, place.column - _CONTEXT)
    shown = clean(lines[place.line - 1][start : start + 2 * _CONTEXT])  # the caret counts characters: none is lost
    number = str(place.line)
    caret = " " * (place.column - 1 - start) + "^" * max(1, min(place.width, len(shown) - place.column + 1 + start))
    return [f" {number} | {shown}", f" {' ' * len(number)} | {caret}"]
