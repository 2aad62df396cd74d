"""Findings for people, as rustc prints them: where, what it is, what it should be."""

import re

from costcalc.findings import Finding, Place, printable

_BREAKS = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")  # what the YAML parser counts as line breaks
_CONTEXT = 100  # characters of a long line that are shown


def as_diagnostics(findings: tuple[Finding, ...]) -> str:
    """Render findings, each with its line and a caret, in the order of files and lines."""
    ordered = sorted(findings, key=_position)
    return printable("\n".join(_finding(finding) for finding in ordered))


def _position(finding: Finding) -> tuple[str, int, int]:
    place = finding.place
    return (place.document.name, place.line, place.column) if place else ("", 0, 0)


def _finding(finding: Finding) -> str:
    where = f"{finding.place}: " if finding.place else ""
    lines = [f"{finding.level}: {where}{finding.message}"]
    if finding.place is not None:
        lines += _snippet(finding.place)
    if finding.help:
        lines.append(f"   = {finding.help}")
    return "\n".join(lines)


def _snippet(place: Place) -> list[str]:
    lines = _BREAKS.split(place.document.text)
    if place.line > len(lines):
        return []
    text = lines[place.line - 1].replace("\t", " ")
    start = max(0, place.column - _CONTEXT)
    shown = text[start : start + 2 * _CONTEXT]
    number = str(place.line)
    caret = " " * (place.column - 1 - start) + "^" * max(1, min(place.width, len(shown) - place.column + 1 + start))
    return [f" {number} | {shown}", f" {' ' * len(number)} | {caret}"]
