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
    from costcalc.budget.loosened import Bound, Key

    Limits = dict[tuple[str, str, str], tuple[Fraction, Bound]]  # by file, budget and limit: what it came to [USD]


_DAMAGED = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)


def read_limits(path: Path) -> "Limits":
    """Read what each limit came to, and how strict it was.

    Raises:
        InputError: It is no result of ``check``, or that could not decide everything.
    """
    result = _result(path)
    try:
        rows = {(one["file"], one["budget"], one["limit"]): one for one in result["budgets"]}
        bounds = {key: _bound(row) for key, row in rows.items()}
        unknown = [budget for (_, budget, _), row in rows.items() if not isinstance(row["actual_usd"], Decimal)]
    except _DAMAGED as error:
        raise _problem(path, f"its budgets lack {error}") from None
    if unknown:
        raise _problem(path, f"it could not decide {', '.join(map(str, unknown))} either")
    return {key: (Fraction(row["actual_usd"]), bounds[key]) for key, row in rows.items()}


def _bound(row: Any) -> "Bound":  # noqa: ANN401  # JSON
    """Read how strict a limit was; what an older version did not write is not compared."""
    from costcalc.budget.loosened import Bound
    from costcalc.limits import Increase

    is_increase = row["limit"] == "max_increase"  # its deny_usd follows from the base's own base
    levels = [None if is_increase or row.get(key) is None else Fraction(row[key]) for key in ("warn_usd", "deny_usd")]
    most = row.get("max_increase")
    increase = Increase(most["usd"], most["share"]) if most is not None else None
    words = [_word(row.get(key)) for key in ("scope", "severity", "at")]
    return Bound(words[0], levels[0], levels[1], increase, words[1], words[2])


def _word(value: Any) -> str | None:  # noqa: ANN401  # JSON
    if value is not None and not isinstance(value, str):
        raise ValueError(f"a text where {value} stands")
    return value


def read_bounds(path: Path) -> "dict[Key, Bound]":
    """Read how strict each limit was, whether or not it could be decided.

    Raises:
        InputError: It is no result of ``check``.
    """
    found: dict[Key, Bound] = {}
    try:
        for row in _result(path)["budgets"]:
            name = str(row["budget"])
            key = (name, str(row["limit"]))
            found[key if key not in found else (f"{row['file']}#{name}", key[1])] = _bound(row)
    except _DAMAGED as error:
        raise _problem(path, f"its budgets lack {error}") from None
    return found


def of_file(limits: "Limits", file: str, *, several: bool) -> "Base":
    """Take a file's part; a single file may be called otherwise on the base."""
    from costcalc.budget.check import Base

    names = {name for name, _, _ in limits}
    chosen = file if several or file in names or len(names) != 1 else next(iter(names))
    own = {(budget, limit): found for (name, budget, limit), found in limits.items() if name == chosen}
    return Base({key: usd for key, (usd, _) in own.items()}, {key: bound for key, (_, bound) in own.items()})


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
    except _DAMAGED as error:
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
        lines[name] = RecordedLine(quantity, price, usd, str(row.get("part", "meter")))
    return lines


def _result(path: Path) -> Any:  # noqa: ANN401  # JSON
    from costcalc.figures import parse_figures
    from costcalc.files import read_document

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
