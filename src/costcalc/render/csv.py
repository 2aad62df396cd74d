"""CSV of a report's records, safe to open in a spreadsheet."""

import csv
import io
import re
from decimal import Decimal

from costcalc.money import USD, Money
from costcalc.render.report import Json, Report

# what a spreadsheet takes for a formula: at the start of a cell, and behind a semicolon, which parts cells where a
# comma is the decimal sign
_FORMULA = re.compile("(^|;)(?=\\s*[=+@\t\r\uff1d\uff0b\uff0d\uff20-])")


def as_csv(report: Report) -> str:
    """Render the records under one header.

    A text cell that a spreadsheet would take for a formula gets a leading quote: names come from YAML
    that somebody else wrote. Amounts are in USD, as the columns say; another currency comes with its rate, to convert.
    """
    buffer = io.StringIO(newline="")
    rate = _rate(report.money)
    header = list(dict.fromkeys(key for record in report.records for key in (*record, *rate)))
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(map(_cell, header))
    writer.writerows([_cell({**record, **rate}.get(key)) for key in header] for record in report.records)
    return buffer.getvalue()


def as_focus(report: Report) -> str:
    """Render rows of FOCUS, whose columns have their own rules: amounts are in the currency that a row names."""
    return as_csv(report._replace(records=report.focus or (), money=USD))


def _rate(money: Money) -> dict[str, Json]:
    """Give the columns of a rate of exchange, where one was asked for."""
    if money.is_usd:
        return {}
    # the amounts beside them stay in USD, which is said first: nobody is to take them for the other currency
    return {"currency": "USD", "to_currency": money.code, "to_per_usd": money.per_usd, "to_day": str(money.day)}


def _cell(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return _FORMULA.sub(r"\1'", value) if isinstance(value, str) else str(value)
