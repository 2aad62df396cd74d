"""Results of ``check --format json``, read again: as a baseline of budgets, and as a side of ``diff``."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costcalc.errors import InputError
from costcalc.findings import Finding

if TYPE_CHECKING:
    from costcalc.budget.base import Base
    from costcalc.budget.diff import Recorded
    from costcalc.budget.loosened import Bound, Key


_DAMAGED = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)


def read_bases(path: Path) -> "dict[str, Base]":
    """Read what each file came to, by its name: its limits, its workloads, what its commitments left unused.

    Raises:
        InputError: It is no result of ``check``, or that could not decide everything.
    """
    from costcalc.budget.base import Base, BaseWorkload

    result, found = _result(path), dict[str, Base]()
    with _reading(path, "budgets"):
        for row in result["budgets"]:
            file, key, usd = row["file"], (row["budget"], row["limit"]), row["actual_usd"]
            if not isinstance(usd, Decimal):
                raise _problem(path, f"it could not decide {key[0]} either")
            base = found.setdefault(file, Base({}, {}, {}))
            found[file] = base._replace(usd={**base.usd, key: Fraction(usd)}, bounds={**base.bounds, key: _bound(row)})
    with _reading(path, "workloads"):
        for row in result["workloads"]:
            usd = Fraction(row["monthly_usd"]) if row["monthly_usd"] is not None else None
            base, workload = found[row["file"]], BaseWorkload(row["option"], frozenset(row["tags"]), usd)
            found[row["file"]] = base._replace(workloads={**base.workloads, row["workload"]: workload})
    with _reading(path, "commitments"):
        for row in result["commitments"]:
            base = found[row["file"]]
            found[row["file"]] = base._replace(unused=base.unused + Fraction(row["unused_usd"]))
    return found


@contextmanager
def _reading(path: Path, part: str) -> Iterator[None]:
    """Say which part of a result is damaged."""
    try:
        yield
    except _DAMAGED as error:
        raise _problem(path, f"its {part} lack {error}") from None


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
    with _reading(path, "budgets"):
        for row in _result(path)["budgets"]:
            name = str(row["budget"])
            key = (name, str(row["limit"]))
            found[key if key not in found else (f"{row['file']}#{name}", key[1])] = _bound(row)
    return found


def of_file(bases: "Mapping[str, Base]", file: str, *, several: bool) -> "Base":
    """Take a file's part, nothing where it is new; a single file may be called otherwise on the base."""
    from costcalc.budget.base import Base

    is_renamed = not several and file not in bases and len(bases) == 1
    return next(iter(bases.values())) if is_renamed else bases.get(file, Base({}, {}, {}))


def read_workloads(path: Path) -> "dict[str, Recorded]":
    """Read what each workload cost, with its lines, and what each commitment left unused.

    Raises:
        InputError: It is no result of ``check``.
    """
    from costcalc.budget.commitments import unused_name
    from costcalc.budget.diff import Recorded

    result, found = _result(path), dict[str, Recorded]()
    with _reading(path, "workloads"):
        for one in result["workloads"]:
            usd = Fraction(one["monthly_usd"]) if one["monthly_usd"] is not None else None
            name = str(one["workload"])
            found[name if name not in found else f"{one['file']}#{name}"] = Recorded(
                str(one["option"]), usd, _lines(one["lines"])
            )
    with _reading(path, "commitments"):
        for one in result["commitments"]:
            name = unused_name(str(one["provider"]))
            found[name if name not in found else f"{one['file']}#{name}"] = Recorded(
                "", Fraction(one["unused_usd"]), {}
            )
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
