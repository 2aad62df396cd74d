"""Result files as measurements: what a file states, what flags add, what is refused, all problems at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import count, groupby
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from costcalc.catalog.bench import faults, names
from costcalc.catalog.bench.document import rows_of
from costcalc.catalog.bench.formats import format_of
from costcalc.catalog.bench.reading import Format, Known, Reading, Row, UnreadError
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.hardware import Measurement
from costcalc.errors import InputError, Problem, UnknownNameError
from costcalc.findings import Document, Finding, clean

_FLAGS = {
    "model": "--model",
    "gpu": "--gpu",
    "gpus": "--gpus",
    "tp": "--tp",
    "weights": "--weights",
    "kv": "--kv",
    "engine": "--engine",
    "input_tokens": "--shape",
    "output_tokens": "--shape",
    "concurrency": "--concurrency",
}
_WORDS = {"input_tokens": "lengths", "output_tokens": "lengths"}  # one flag says both
_EACH = 3  # runs of which one thing is wrong are named each, up to so many
_NUMBERS = ("gpus", "tp", "input_tokens", "output_tokens", "concurrency")


def all_measurements(
    files: Iterable[Path], read: Callable[[Path], Document], known: Known, catalog: Catalog, *, day: date
) -> dict[str, Measurement]:
    """Read the measurements of several result files; of two that would be called alike, the later gets a number.

    Raises:
        InputError: With every problem of every file.
        UnknownNameError: A flag names a model or a GPU that the catalog does not know.
    """
    if known.model is not None:
        names.model_named(known.model, catalog)
    if known.gpu is not None:
        names.gpu_named(known.gpu, catalog)
    found: dict[str, Measurement] = {}
    problems: list[Problem] = []
    for file in files:
        try:
            for name, one in measurements_of(read(file), known, catalog, day=day).items():
                found[_free(name, found)] = one
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def _free(name: str, taken: Mapping[str, Measurement]) -> str:
    numbered = (f"{name}-{number}" for number in count(2))
    return name if name not in taken else next(one for one in numbered if one not in taken)


class _Run(NamedTuple):
    """One run of a file: its format and its row, or why it has none."""

    form: Format | None
    row: Row
    fault: str | None = None


def measurements_of(document: Document, known: Known, catalog: Catalog, *, day: date) -> dict[str, Measurement]:
    """Read the measurements of a result file: one for each of its runs.

    What the file states wins; a flag says what the file does not, and one that contradicts it is an error. A run that
    is no measurement of what a deployment can do is refused with the reason (`costcalc.catalog.bench.faults`).

    Args:
        document: The file.
        known: What flags say.
        catalog: Whose models and GPUs are meant.
        day: The day on which it is read.

    Raises:
        InputError: It is no such file, or something is missing or wrong; with every problem of it.
    """
    runs = list(_runs(rows_of(document)))
    found: dict[str, Measurement] = {}
    wrong: dict[str, list[str]] = {}
    stem = clean(document.name.rsplit("/", 1)[-1].rsplit(".", 1)[0]) or "run"
    for index, run in enumerate(runs):
        name = stem if len(runs) == 1 else f"{stem}-{index + 1}"
        one, words = _measured(run, known, catalog, f"{clean(document.name)}, a measurement of your own", day)
        for reason in words:
            wrong.setdefault(reason, []).append(name)
        if one is not None:
            found[name] = one
    if wrong:
        raise InputError(
            [_problem(document, who, words) for words, names_of in wrong.items() for who in _told(names_of)]
        )
    return found


def _told(runs: list[str]) -> list[str]:
    """Name the runs of which one thing is wrong: each, or of many the first with the number of the others."""
    return runs if len(runs) <= _EACH else [f"{runs[0]} and {len(runs) - 1} other runs"]


def _problem(document: Document, who: str, words: str) -> Finding:
    return Finding("bench", "error", f"{document.name}: {who}{words}")


def _runs(rows: list[Row]) -> Iterator[_Run]:
    """Walk the runs of a file; rows of one format that follow one another are taken together."""
    for form, alike in groupby(map(_recognised, rows), key=lambda run: run.form):
        run_rows = list(alike)
        if form is None:
            yield from run_rows
            continue
        try:
            yield from [_Run(form, row) for row in form.runs([run.row for run in run_rows])]
        except UnreadError as error:
            yield _Run(form, {}, str(error))


def _recognised(row: Row) -> _Run:
    try:
        return _Run(format_of(row), row)
    except UnreadError as error:
        return _Run(None, row, str(error))


def _measured(run: _Run, known: Known, catalog: Catalog, title: str, day: date) -> tuple[Measurement | None, list[str]]:
    """Read one run: the measurement, or what is wrong with it, each to stand behind its name."""
    if run.form is None or run.fault is not None:
        return None, [f": {run.fault}"]
    try:
        reading = run.form.read(run.row, known)
    except UnreadError as error:
        return None, [f": {error}"]
    stated, wrong = _settled(reading, known, catalog)
    given = {key: value for key, value in stated.items() if value is not None}
    words = [*wrong.values(), *(f": {fault}" for fault in faults.of(_with_lengths(reading, stated)))]
    if reading.faults:
        given.setdefault("output_tokens_per_s", 1)  # a fault has said why there is none
    try:
        one = Measurement.model_validate({**given, "source": {"title": title, "checked": day}})
    except ValidationError as error:
        found = error.errors(include_url=False)
        lacks = [_missing(problem) for problem in found if str(problem["loc"][0]) not in wrong]
        return None, list(dict.fromkeys([*words, *lacks]))
    return (None, words) if words else (one, [])


def _with_lengths(reading: Reading, stated: Mapping[str, Any]) -> Reading:
    """Put the lengths that a flag says into a reading, so that its rates can be checked against each other."""
    into, out = (float(of) if (of := stated[key]) else None for key in ("input_tokens", "output_tokens"))
    return reading._replace(input_tokens=into, output_tokens=out)


def _settled(reading: Reading, known: Known, catalog: Catalog) -> tuple[dict[str, Any], dict[str, str]]:
    """Put what the file states and what flags say together; also what is wrong, by key."""
    wrong: dict[str, str] = {}
    stated = reading._replace(
        # the throughput model cannot tell models of one shape apart: the flag chooses which is meant
        model=known.model if names.is_one_shape(reading.model, known.model, catalog) else reading.model,
        weights=reading.weights or names.told_by(reading.model, catalog),
        engine=known.engine if known.engine is not None and names.is_other(reading.engine) else reading.engine,
    )
    look_ups: dict[str, Callable[[str], str | None]] = {
        "model": lambda name: names.model_named(name, catalog).name,
        "gpu": lambda name: names.gpu_named(name, catalog).name,
        "weights": names.weights_named,
        "kv": names.cache_named,
        "engine": names.engine_named,
    }
    found: dict[str, Any] = {
        **{key: _named(key, getattr(stated, key), getattr(known, key), of, wrong) for key, of in look_ups.items()},
        **{key: _number(key, getattr(stated, key), getattr(known, key), wrong) for key in _NUMBERS},
        **{key: getattr(stated, key) for key in ("dp", "ep", "pp")},
        "output_tokens_per_s": _rounded(stated.output_tokens_per_s),
    }
    return found | {"engine": found["engine"] or stated.usual_engine}, wrong


def _named(
    key: str, stated: str | None, flag: str | None, look_up: Callable[[str], str | None], wrong: dict[str, str]
) -> str | None:
    """Read a name of the file and of a flag; a name that nothing has tells nothing, so that a flag may stand for it."""
    said = look_up(flag) if flag is not None else None
    if stated is None:
        return said
    try:
        found = look_up(stated)
    except UnknownNameError as error:
        if flag is None:
            wrong[key] = f": {key}: {error}; {_FLAGS[key]} says which it is like"
        return said
    if found is not None and said is not None and found != said:
        wrong[key] = _contradiction(key, found, said)
    return found if found is not None else said


def _number(key: str, stated: float | None, flag: float | None, wrong: dict[str, str]) -> Decimal | int | None:
    """Read a number of the file and of a flag; lengths that agree within a tenth are nominal and mean of one shape."""
    if stated is None:
        return _rounded(flag)
    slack = faults.TOLERANCE * stated if key.endswith("tokens") else 0
    if flag is not None and abs(stated - flag) > slack:
        wrong[key] = _contradiction(key, f"{stated:g}", f"{flag:g}")
    return _rounded(stated)


def _contradiction(key: str, stated: str, flag: str) -> str:
    return f": the file says its {key} is {stated}, and {_FLAGS[key]} says {flag}; leave the flag out"


def _rounded(number: float | None) -> Decimal | int | None:
    return number if number is None or isinstance(number, int) else Decimal(f"{number:.6g}")


def _missing(problem: Any) -> str:  # noqa: ANN401  # pydantic's ErrorDetails
    key = str(problem["loc"][0]) if problem["loc"] else "?"
    flag = f"; say it with {_FLAGS[key]}{' IN:OUT' if _FLAGS[key] == '--shape' else ''}" if key in _FLAGS else ""
    if problem["type"] == "missing":
        return f" does not say its {_WORDS.get(key, key)}{flag}"
    what = problem["ctx"]["error"] if "error" in problem.get("ctx", {}) else problem["msg"]
    return f": {key}: {what}, found '{problem['input']}'{flag}"
