r"""How far the throughput model is from measurements that its fit has not seen, as Markdown tables.

Run it from the root of the repository, with numpy: ``python -m benchmarks.throughput_accuracy``. With ``--write FILE``
the tables replace those that stand in a page between its two markers. Every coefficient is fitted again without the
model, without the GPU, or without both; error = \\|predicted ÷ measured − 1\\|.
"""

import argparse
import contextlib
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from benchmarks.throughput.fit import Data, class_of, fit, held_out, load_data, log_errors, spreads
from benchmarks.throughput.rows import Row, load_rows
from benchmarks.throughput.twin import Array, check_equal, select

from costcalc.cost.throughput import Z80

NEAR = 0.30
HELD = ("model held out", "GPU held out")
SEED, DRAWS = 1, 20
BEGIN, END = "<!-- accuracy -->", "<!-- end of accuracy -->"


def main() -> None:
    """Print the tables, or write them into a page."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--write", type=Path, metavar="FILE")
    page = parser.parse_args().write
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        print_tables()
    if page is None:
        print(printed.getvalue(), end="")
        return
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"{page} has not the markers {BEGIN} and {END}")
    page.write_text(f"{before}{BEGIN}\n\n{printed.getvalue()}\n{END}{after}", encoding="utf-8")


def print_tables() -> None:
    """Print the tables."""
    data, left_out = load_data()
    fitted = fit(data.table, data.weights)
    check_equal(fitted.values, data.rows, data.table)
    models, gpus = [row.model.name for row in data.rows], [row.gpu.name for row in data.rows]
    held = {
        "fitted to them": log_errors(fitted.values, data.table),
        "model held out": held_out(data, models, start=fitted.values),
        "GPU held out": held_out(data, gpus, start=fitted.values),
        "both held out": without_both(data, models, gpus, fitted.values),
    }
    counted = len({row.cell for row in data.rows})
    scored = len(data.rows) + left_out
    print(f"{len(load_rows())} rows, {scored} scored, {left_out} of them do not fit, {counted} cells.\n")
    print(
        "| Rows | median error | within 30 % | bias | after 1 point | after 3 points"
        " | after 1, versions mixed | in the 80 % interval |"
    )
    print("|---|---|---|---|---|---|---|---|")
    spread = spreads(data.rows * 2, np.concatenate([held["model held out"], held["GPU held out"]]))
    for name, errors in held.items():
        cells = [row.cell for row in data.rows]
        mixed = after_points([row.mixed_cell for row in data.rows], errors, spread, points=1)
        after = [after_points(cells, errors, spread, points=points) for points in (1, 3)]
        inside = coverage(data.rows, errors, spread)
        print(
            f"| {name} | {summary(errors, left_out)} | {after[0]:.1%} | {after[1]:.1%} | {mixed:.1%} | {inside:.1%} |"
        )
    for title, groups in groupings(data.rows).items():
        columns = " | ".join(f"{name}: median | within 30 % | bias" for name in HELD)
        print(f"\n| {title} | rows | {columns} |")
        print("|---|---|---|---|---|---|---|---|")
        for group in sorted(set(groups)):
            mask = np.array(groups) == group
            both = " | ".join(summary(held[name][mask]) for name in HELD)
            print(f"| {group} | {mask.sum()} | {both} |")


def without_both(data: Data, models: Sequence[str], gpus: Sequence[str], start: Array) -> Array:
    """Predict every pair of model and GPU with a fit that has seen neither; gives log(predicted ÷ measured)."""
    model_names, gpu_names = np.array(models), np.array(gpus)
    errors = np.zeros(len(models))
    for model, gpu in sorted(set(zip(models, gpus, strict=True))):
        seen = (model_names != model) & (gpu_names != gpu)
        out = (model_names == model) & (gpu_names == gpu)
        values = fit(select(data.table, seen), data.weights[seen], start=start).values
        errors[out] = log_errors(values, select(data.table, out))
    return errors


def after_points(cells: Sequence[tuple[str, ...]], errors: Array, spread: dict[str, float], *, points: int) -> float:
    """Median error of a cell's other rows after some of its rows were measured; each row counts once."""
    members: dict[tuple[str, ...], list[float]] = {}
    for cell, error in zip(cells, errors, strict=True):
        members.setdefault(cell, []).append(float(error))
    between, within = spread["between_cells"] ** 2, spread["within_cell"] ** 2
    weight = between / (between + within / points)
    generator = np.random.default_rng(SEED)
    left: list[Array] = []
    for group in (np.array(group) for group in members.values() if len(group) > points):
        for _ in range(DRAWS):
            known = generator.permutation(len(group)) < points
            left.append(group[~known] - weight * group[known].mean())
    return float(np.median(np.abs(np.expm1(np.concatenate(left)))))


def coverage(rows: Sequence[Row], errors: Array, spread: dict[str, float]) -> float:
    """Share of rows inside their 80 % interval."""
    widths = np.array([spread[class_of(row)] for row in rows])
    return float(np.mean(np.abs(errors) <= Z80 * widths))


def summary(errors: Array, missed: int = 0) -> str:
    """Median error, share of rows within 30 %, and bias; rows said not to fit are 100 % off."""
    off = np.concatenate([np.abs(np.expm1(errors)), np.ones(missed)])
    return f"{np.median(off):.1%} | {np.mean(off <= NEAR):.1%} | {np.median(np.expm1(errors)):+.1%}"


def groupings(rows: Iterable[Row]) -> dict[str, list[str]]:
    """Name each row's group, for each way of grouping."""
    kept = list(rows)
    return {
        "Engine": [row.serving.engine for row in kept],
        "Weights": [row.serving.weight_precision for row in kept],
        "Class": [class_of(row) for row in kept],
        "Source": [row.source for row in kept],
        "Model": [row.model.name for row in kept],
        "GPU": [row.gpu.name for row in kept],
    }


if __name__ == "__main__":
    main()
