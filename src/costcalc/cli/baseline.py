"""Results of ``check --format json``, read again: as a baseline of budgets, and as a side of ``diff``."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costcalc.errors import InputError
from costcalc.findings import Finding

if TYPE_CHECKING:
    from costcalc.budget.check import Base
    from costcalc.budget.diff import Recorded

Limits = dict[tuple[str, str, str], Fraction]  # by file, budget and limit [USD]


def read_limits(path: Path) -> Limits:
    """Read what each limit came to.

    Raises:
        InputError: It is no result of ``check``, or that could not decide everything.
    """
    result = _result(path)
    try:
        rows = {(one["file"], one["budget"], one["limit"]): one["actual_usd"] for one in result["budgets"]}
    except (KeyError, TypeError) as error:
        raise _problem(path, f"its budgets lack {error}") from None
    unknown = [budget for (_, budget, _), actual in rows.items() if not isinstance(actual, Decimal)]
    if unknown:
        raise _problem(path, f"it could not decide {', '.join(map(str, unknown))} either")
    return {key: Fraction(actual) for key, actual in rows.items()}


def of_file(limits: Limits, file: str, *, several: bool) -> "Base":
    """Take a file's part; a single file may be called otherwise on the base."""
    names = {name for name, _, _ in limits}
    chosen = file if several or file in names or len(names) != 1 else next(iter(names))
    return {(budget, limit): usd for (name, budget, limit), usd in limits.items() if name == chosen}


def read_workloads(path: Path) -> "dict[str, Recorded]":
    """Read what each workload cost, with its lines.

    Raises:
        InputError: It is no result of ``check``.
    """
    from costcalc.budget.diff import Recorded

    found: dict[str, Recorded] = {}
    try:
        for one in _result(path)["workloads"]:
            usd = Fraction(one["monthly_usd"]) if one["monthly_usd"] is not None else None
            name = str(one["workload"])
            found[name if name not in found else f"{one['file']}#{name}"] = Recorded(
                str(one["option"]), usd, _lines(one["lines"])
            )
    except (KeyError, TypeError, ValueError) as error:
        raise _problem(path, f"its workloads lack {error}") from None
    return found


def _lines(rows: Any) -> Any:  # noqa: ANN401  # JSON
    from costcalc.budget.diff import RecordedLine

    lines: dict[str, RecordedLine] = {}
    for row in rows:
        name = str(row["item"])
        usd, price, quantity = (Fraction(row[key]) for key in ("usd", "unit_price_usd", "quantity"))
        if name in lines:  # of several shapes, or under several conditions
            usd, quantity = usd + lines[name].usd, quantity + lines[name].quantity
            price = usd / quantity if quantity else price
        lines[name] = RecordedLine(quantity, price, usd)
    return lines


def _result(path: Path) -> Any:  # noqa: ANN401  # JSON
    from costcalc.files import parse_figures, read_document

    document = read_document(path)
    try:
        data = parse_figures(document.text, exact=True)
    except (ValueError, RecursionError) as error:
        raise _problem(path, f"not JSON: {error}") from None
    if (
        not isinstance(data, dict)
        or data.get("schema") != "costcalc/check@1"
        or not isinstance(data.get("result"), dict)
    ):
        raise _problem(path, "expected a result of costcalc check --format json (schema costcalc/check@1)")
    return data["result"]


def _problem(path: Path, message: str) -> InputError:
    return InputError([Finding("baseline", "error", f"{path}: {message}")])
