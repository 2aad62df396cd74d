"""Fit the coefficients of the throughput model to the published measurements and write pricing/throughput.json.

Run it from the root of the repository, with numpy: ``python -m benchmarks.throughput.fit``. The same measurements give
the same bytes.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from benchmarks.throughput.priors import PRIORS
from benchmarks.throughput.rows import Row, load_rows
from benchmarks.throughput.twin import Array, Table, check_equal, predicted, select, table

from costcalc.catalog.forms.engines import LLAMA_CPP
from costcalc.cost.memory import fit as fit_memory
from costcalc.cost.throughput import Z80, Coefficients

OUT = Path(__file__).parents[2] / "pricing" / "throughput.json"
FITTED = "2026-11-27"
# Rows of one sweep err together, so each counts as if it had this error [log]; of 0.1 to 2 held-out errors are least,
# and flat, from 0.5 to 1.2. Beyond ROBUST [log] the loss grows with the error, not with its square.
ROW_SIGMA, ROBUST = 0.9, 0.12
MAX_STEPS, SMALL_STEP, SMALL_GAIN = 60, 1e-5, 1e-7
DIFFERENCE = 1e-5  # of a logarithm, for derivatives
MAD_TO_SIGMA = 1.4826  # of a normal distribution
# a margin over 80 %: estimated without a GPU's own rows, widths for 80 % cover 74 % of them, and these 77 %
COVERED = 0.82
# added where layers lie on several nodes, and where all-reduces pass through the host: judgements from a few rows each;
# encoders: what the published rows of embedding models lie off
NODES, HOST_LINK, ENCODER = 0.35, 0.35, 0.45
UNMEASURED = 0.2  # added to the spread on architectures nobody measured (judgement: an engine more or less)
CLASSES = ("dense", "dense_full", "experts", "experts_full", "llama_cpp")
FREE = np.array([prior.sigma > 0 for prior in PRIORS])
CENTRE = np.log([prior.value for prior in PRIORS])
SIGMA = np.array([prior.sigma for prior in PRIORS])[FREE]


class Fitted(NamedTuple):
    """A fit: coefficients in the order of `Coefficients`, and the covariance of the logarithms of those fitted."""

    values: Array
    covariance: Array


class Data(NamedTuple):
    """Measurements that can be predicted, as rows and as a table, with their weights."""

    rows: tuple[Row, ...]
    table: Table
    weights: Array


def load_data() -> tuple[Data, int]:
    """Read the scored measurements; those of deployments that do not fit by our count are left out and counted."""
    scored = [row for row in load_rows() if row.scored]
    rows = tuple(row for row in scored if _fits(row))
    sweeps = Counter(row.sweep for row in rows)
    weights = np.array([sweeps[row.sweep] ** -0.5 for row in rows])
    return Data(rows, table(rows), weights / weights.mean()), len(scored) - len(rows)


def fit(data: Table, weights: Array, *, start: Array | None = None) -> Fitted:
    """Find the coefficients: robust least squares on log ratios, pulled towards the priors.

    Loss: soft-L1 of the weighted log ratio; Levenberg-Marquardt with finite differences.
    """
    measured = np.log(data["measured"])
    root = np.sqrt(weights) * ROBUST / ROW_SIGMA

    def residuals(free: Array) -> Array:
        ratio = (np.log(predicted(with_free(free), data)) - measured) / ROBUST
        robust = root * np.sign(ratio) * np.sqrt(2 * (np.sqrt(1 + ratio**2) - 1))
        return np.concatenate([robust, (free - CENTRE[FREE]) / SIGMA])

    free, jacobian = _least_squares(residuals, CENTRE[FREE] if start is None else np.log(start[FREE]))
    return Fitted(with_free(free), np.asarray(np.linalg.inv(jacobian.T @ jacobian), dtype=np.float64))


def with_free(free: Array) -> Array:
    """Put the logarithms of the fitted coefficients among those that are fixed."""
    everything = CENTRE.copy()
    everything[FREE] = free
    return np.asarray(np.exp(everything))


def held_out(data: Data, groups: Sequence[str], *, start: Array) -> Array:
    """Predict every group of rows with a fit that has not seen it; gives log(predicted ÷ measured)."""
    names = np.array(groups)
    errors = np.zeros(len(names))
    for name in sorted(set(groups)):
        out = names == name
        fitted = fit(select(data.table, ~out), data.weights[~out], start=start)
        errors[out] = log_errors(fitted.values, select(data.table, out))
    return errors


def log_errors(values: Array, data: Table) -> Array:
    """Give log(predicted ÷ measured)."""
    return np.asarray(np.log(predicted(values, data) / data["measured"]))


def class_of(row: Row) -> str:
    """Name the class of a row's spread."""
    if row.serving.engine == LLAMA_CPP:
        return LLAMA_CPP.replace(".", "_")
    return ("experts" if row.model.experts else "dense") + ("_full" if row.concurrency is None else "")


def spreads(rows: Sequence[Row], errors: Array) -> dict[str, float]:
    """Work out how far held-out measurements lie from predictions, by class, and split it into cells.

    A class's figure makes ± 1.28 of it cover 82 % of its rows. The parts between and within cells are robust
    (median absolute deviations), so that a few odd sweeps do not hide what a cell has in common.
    """
    classes = np.array([class_of(row) for row in rows])
    result = {name: float(np.quantile(np.abs(errors[classes == name]), COVERED)) / Z80 for name in CLASSES}
    members: dict[tuple[str, ...], list[float]] = {}
    for row, error in zip(rows, errors, strict=True):
        members.setdefault(row.cell, []).append(float(error))
    centres = np.array([np.median(cell) for cell in members.values()])
    sizes = np.array([len(cell) for cell in members.values()])
    within = np.concatenate(
        [
            (np.array(cell) - np.median(cell)) * (len(cell) / (len(cell) - 1)) ** 0.5
            for cell in members.values()
            if len(cell) > 1
        ]
    )
    inside = MAD_TO_SIGMA * float(np.median(np.abs(within)))
    between = (MAD_TO_SIGMA * float(np.median(np.abs(centres)))) ** 2 - inside**2 * float(np.mean(1 / sizes))
    parts = {"between_cells": float(between**0.5), "within_cell": inside, "unmeasured": UNMEASURED}
    parts |= {"nodes": NODES, "host_link": HOST_LINK, "encoder": ENCODER}
    return result | parts


def main() -> None:
    """Fit, estimate the spreads on rows that a fit has not seen, and write the file."""
    data, left_out = load_data()
    fitted = fit(data.table, data.weights)
    check_equal(fitted.values, data.rows, data.table)
    errors = np.concatenate(
        [
            held_out(data, [row.model.name for row in data.rows], start=fitted.values),
            held_out(data, [row.gpu.name for row in data.rows], start=fitted.values),
        ]
    )
    spread = spreads(data.rows * 2, errors)
    for name, value, prior in zip(Coefficients._fields, fitted.values, PRIORS, strict=True):
        print(f"{name:32}{value:12.4g}   prior {prior.value:.3g} ×÷ {np.exp(prior.sigma):.2f}")
    for name, value in spread.items():
        print(f"{name:32}{value:12.3f}")
    OUT.write_text(written(fitted, spread, rows=len(data.rows), left_out=left_out), encoding="utf-8")
    print(f"{len(data.rows)} rows, {left_out} left out; wrote {OUT.stat().st_size} bytes")


def written(fitted: Fitted, spread: dict[str, float], *, rows: int, left_out: int) -> str:
    """Write a fit as JSON, a coefficient to a line, rounded so that machines agree."""
    entries: dict[str, dict[str, object]] = {
        name: {"value": _rounded(value), "unit": prior.unit} | ({"note": prior.note} if prior.note else {})
        for name, value, prior in zip(Coefficients._fields, fitted.values, PRIORS, strict=True)
    }
    names = [name for name, free in zip(Coefficients._fields, FREE, strict=True) if free]
    triangle = [[_rounded(x, 3) for x in row[: index + 1]] for index, row in enumerate(fitted.covariance)]
    head = {"fitted": FITTED, "rows": rows, "rows_left_out": left_out, "spread_of": "log(predicted ÷ measured)"}
    parts = [
        *(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()),
        f'"spread": {_lines({name: _rounded(value, 3) for name, value in spread.items()})}',
        f'"coefficients": {_lines(entries)}',
        '"covariance_of": "natural logarithms of these coefficients; lower triangle"',
        f'"covariance_names": {json.dumps(names)}',
        '"covariance": [\n    ' + ",\n    ".join(map(json.dumps, triangle)) + "\n  ]",
    ]
    return "{\n  " + ",\n  ".join(parts) + "\n}\n"


def _lines(entries: Mapping[str, object]) -> str:
    """Write a mapping with one line for each entry."""
    body = ",\n    ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in entries.items())
    return f"{{\n    {body}\n  }}"


def _least_squares(residuals: Callable[[Array], Array], start: Array) -> tuple[Array, Array]:
    """Levenberg-Marquardt; gives the minimum and the Jacobian there."""
    at, damping = start, 1e-3
    value, jacobian = residuals(at), _jacobian(residuals, at)
    for _ in range(MAX_STEPS):
        normal = jacobian.T @ jacobian
        step = -np.linalg.solve(normal + damping * np.diag(np.diag(normal)), jacobian.T @ value)
        tried = residuals(at + step)
        gain = float(value @ value - tried @ tried)
        if gain <= 0:
            damping *= 10
            if damping > 1 / SMALL_GAIN:
                break
            continue
        at, value, damping = at + step, tried, damping / 10
        jacobian = _jacobian(residuals, at)
        if gain < SMALL_GAIN * float(value @ value) and float(np.max(np.abs(step))) < SMALL_STEP * 100:
            break
    return at, jacobian


def _jacobian(residuals: Callable[[Array], Array], at: Array) -> Array:
    columns = []
    for index in range(len(at)):
        shift = np.zeros(len(at))
        shift[index] = DIFFERENCE
        columns.append((residuals(at + shift) - residuals(at - shift)) / (2 * DIFFERENCE))
    return np.stack(columns, axis=1)


def _fits(row: Row) -> bool:
    tokens = row.input_tokens + row.output_tokens
    return fit_memory(row.model, row.gpu, row.serving, row.layout, tokens=tokens).fits


def _rounded(value: float, digits: int = 4) -> float:
    return float(f"{value:.{digits}g}")


if __name__ == "__main__":
    main()
