"""The rows of a result file: JSON, a JSON list, JSON lines, or CSV with a head."""

import csv
import json
from typing import Any

from costcalc.catalog.bench.reading import Row
from costcalc.errors import InputError
from costcalc.findings import Document, Finding

_PRINTED = {
    "|": "a printed table; give llama-bench -o json",
    "=": "printed text; give the file that the benchmark saves",
}


def rows_of(document: Document) -> list[Row]:
    """Take a document apart into its rows.

    Raises:
        InputError: It has none, or is no JSON and no CSV.
    """
    try:
        parsed = _parsed(document)
    except UnicodeError as error:
        raise _bad(f"{document.name}: {error}") from None
    except (RecursionError, ValueError):  # what Python's reader gives up on, though it may be JSON
        raise _bad(f"{document.name}: nested too deep, or a number of too many digits") from None
    rows = parsed if isinstance(parsed, list) else [parsed]
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise _bad(f"{document.name}: expected a result, or a list of results")
    return rows


def _parsed(document: Document) -> Any:  # noqa: ANN401  # whatever the file holds
    from costcalc.figures import parse_figures

    start = document.text.lstrip()[:1]
    if start in _PRINTED:
        raise _bad(f"{document.name}:1: {_PRINTED[start]}")
    if start not in {"{", "["} and "," in document.text.partition("\n")[0]:
        return _of_csv(document)
    try:
        return parse_figures(document.text, exact=False)
    except json.JSONDecodeError:
        return _lines(document)


def _lines(document: Document) -> list[Any]:
    from costcalc.figures import parse_figures

    found = []
    for number, line in enumerate(document.text.splitlines(), start=1):
        try:
            found += [parse_figures(line, exact=False)] if line.strip() else []
        except json.JSONDecodeError as error:
            raise _bad(f"{document.name}:{number}: not JSON: {error.msg}") from None
    return found


def _of_csv(document: Document) -> list[Row]:
    try:
        reader = csv.DictReader(document.text.splitlines(), strict=True)
        rows = list(reader)
    except csv.Error as error:
        raise _bad(f"{document.name}: not CSV: {error}") from None
    for number, row in enumerate(rows, start=2):
        if None in row:
            raise _bad(f"{document.name}: row {number} has more cells than the head has names")
    return [dict(row) for row in rows]


def _bad(message: str) -> InputError:
    return InputError([Finding("bench", "error", message)])
