"""CSV of a report's records, safe to open in a spreadsheet."""

import csv
import io
from decimal import Decimal

from costcalc.render.report import Json, Report

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def as_csv(report: Report) -> str:
    """Render the records under one header.

    A text cell that a spreadsheet would take for a formula gets a leading quote: names come from YAML
    that somebody else wrote.
    """
    buffer = io.StringIO(newline="")
    header = list(dict.fromkeys(key for record in report.records for key in record))
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(record.get(key)) for key in header] for record in report.records)
    return buffer.getvalue()


def _cell(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA_STARTS) else text
