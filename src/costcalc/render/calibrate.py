"""What `calibrate` says: measured beside predicted, and what the model learns from it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from costcalc.analysis.calibration import Compared, half_width
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.hardware import Measurement
from costcalc.render.deployments import rate
from costcalc.render.report import Block, Bullets, Column, Heading, Json, Paragraph, Report, Table, listed
from costcalc.units import short

_NAMED = 3  # measurements that share a caveat are named, up to so many
_COLUMNS = (
    Column("measurement"),
    Column("in:out", "right", rank=2),
    Column("in flight", "right", rank=3),
    Column("measured", "right"),
    Column("predicted", "right"),
    Column("80 % interval", "right", rank=1),
    Column("ratio", "right"),
)


def calibration_report(
    found: Sequence[Compared], catalog: Catalog, *, inputs: Mapping[str, Json], saved: str | None, day: date
) -> Report:
    """Put measurements beside predictions."""
    rows = tuple(_data(one) for one in found)
    result: dict[str, Json] = {"measurements": list(rows), "saved": saved}
    return Report("calibrate", day, catalog.digest_of, inputs, result, rows, tuple(_blocks(found, saved)))


def _data(one: Compared) -> dict[str, Json]:
    measured = one.measurement
    return {
        "measurement": one.name,
        **_deployment(measured),
        "measured": float(measured.output_tokens_per_s),
        "predicted": short(one.before.output_tokens_per_s, 3),
        "low": short(one.before.low, 3),
        "high": short(one.before.high, 3),
        "ratio": short(one.ratio, 4),
        "factor": short(one.factor, 4),
        "interval_before_percent": short(half_width(one.before) * 100, 1),
        "interval_after_percent": short(half_width(one.after) * 100, 1),
        "caveats": list(one.caveats),
    }


def _deployment(one: Measurement) -> dict[str, Json]:
    return {
        "model": one.model,
        "gpu": one.gpu,
        "gpus": one.gpus,
        "weights": one.weights,
        "kv": one.kv,
        "engine": one.engine,
        "input_tokens": one.input_tokens,
        "output_tokens": one.output_tokens,
        "concurrency": one.concurrency,
    }


def _blocks(found: Sequence[Compared], saved: str | None) -> Iterator[Block]:
    yield Heading("Measured beside predicted, output tokens/s")
    yield Table(_COLUMNS, tuple(map(_row, found)))
    yield Bullets("What the model learns", tuple(dict.fromkeys(map(_lesson, found))))
    yield from listed("Check first", _warnings(found))
    if saved is not None:
        yield Paragraph(f"Saved to {saved}: lay it over with --catalog {saved}, or copy it into your costcalc.yaml.")
    else:
        yield Paragraph("Nothing is saved yet: --save FILE.yaml writes the measurements as a layer of the catalog.")


def _warnings(found: Sequence[Compared]) -> Iterator[str]:
    """Say each caveat once, with the measurements that it is about."""
    for text in dict.fromkeys(text for one in found for text in one.caveats):
        about = [one.name for one in found if text in one.caveats]
        more = f" and {len(about) - _NAMED} more" if len(about) > _NAMED else ""
        yield f"{', '.join(about[:_NAMED])}{more}: {text}"


def _row(one: Compared) -> tuple[str, ...]:
    measured = one.measurement
    flight = f"{measured.concurrency:g}" if measured.concurrency is not None else "all"
    return (
        one.name,
        f"{measured.input_tokens:g}:{measured.output_tokens:g}",
        flight,
        rate(float(measured.output_tokens_per_s)),
        rate(one.before.output_tokens_per_s),
        f"{rate(one.before.low)}–{rate(one.before.high)}",
        f"{one.ratio:.2f}",
    )


def _lesson(one: Compared) -> str:
    measured = one.measurement
    if not one.before.output_tokens_per_s:
        return f"{measured.model} on {measured.gpus}× {measured.gpu}: does not fit, says the model, and learns nothing"
    return (
        f"{measured.model} on {measured.gpu}, {measured.weights}, {measured.engine}: predictions × {one.factor:.2f},"
        f" interval ±{half_width(one.before):.0%} → ±{half_width(one.after):.0%}; a configuration that was measured"
        " is taken at its word"
    )
