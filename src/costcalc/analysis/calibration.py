"""What measurements of one's own say of the throughput model, and what it says after them."""

from collections.abc import Mapping
from dataclasses import replace
from math import exp
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.hardware import GpuFile, Measurement
from costcalc.cost.replica import Request, predicted
from costcalc.cost.setup import Setup, layout_of, served, usual_kv
from costcalc.cost.throughput import Z80, Throughput


class Compared(NamedTuple):
    """One measurement beside the model.

    Args:
        name: The measurement's id.
        measurement: What was measured.
        before: What the model says without it.
        after: What it says of the same model, GPU, precision and engine at another size, all measurements taken in.
        caveats: What to look at before the measurement is saved.
    """

    name: str
    measurement: Measurement
    before: Throughput
    after: Throughput
    caveats: tuple[str, ...] = ()

    @property
    def ratio(self) -> float:
        """Measured over predicted throughput; 0 where the model says that it does not fit."""
        predicted_rate = self.before.output_tokens_per_s
        return float(self.measurement.output_tokens_per_s) / predicted_rate if predicted_rate else 0.0

    @property
    def factor(self) -> float:
        """What the measurements multiply predictions of this kind by."""
        predicted_rate = self.before.output_tokens_per_s
        return self.after.output_tokens_per_s / predicted_rate if predicted_rate else 1.0


def half_width(of: Throughput) -> float:
    """Half of the 80 % interval as a factor: the high end over the prediction, less 1."""
    return exp(Z80 * of.spread) - 1


def compared(measurements: Mapping[str, Measurement], catalog: Catalog) -> tuple[Compared, ...]:
    """Set measurements beside the model, and say what it makes of them.

    ``after`` is asked for a request that nobody measured (a tenth longer), since a measured configuration itself is
    taken at its word.

    Raises:
        UnknownNameError: A model or GPU of that name is not known.
    """
    bare = replace(catalog, measurements={})
    taught = replace(catalog, measurements={**catalog.measurements, **measurements})
    found = []
    for name, one in measurements.items():
        serving = served(one, one.kv)
        setup = Setup(catalog.open_model(one.model), catalog.gpu(one.gpu), serving, layout_of(one), one.gpus)
        request = Request(float(one.input_tokens), float(one.output_tokens))
        concurrency = float(one.concurrency) if one.concurrency is not None else None
        before = predicted(setup, request, bare, concurrency)
        other = Request(request.input_tokens * _LONGER, request.output_tokens * _LONGER)
        moved = predicted(setup, other, taught, concurrency)
        still = predicted(setup, other, bare, concurrency)
        scale = moved.output_tokens_per_s / still.output_tokens_per_s if still.output_tokens_per_s else 1.0
        after = moved._replace(output_tokens_per_s=before.output_tokens_per_s * scale)
        found.append(Compared(name, one, before, after, (*_cache_of(one, setup.gpu), *_beyond(one, before))))
    return tuple(found)


def _cache_of(one: Measurement, gpu: GpuFile) -> tuple[str, ...]:
    """Say that a cache which nobody named is not the one that other commands take to be usual."""
    usual = usual_kv(one.weights, gpu)
    if "kv" in one.model_fields_set or usual == one.kv:
        return ()
    taken = f"the precision of its cache is not stated and taken to be {one.kv}; size and compare take {usual} beside"
    other = f"{one.weights} weights, which then is not the configuration measured: say --kv {usual} or --kv {one.kv}"
    return (f"{taken} {other}",)


def _beyond(one: Measurement, before: Throughput) -> tuple[str, ...]:
    """Say that a measurement lies outside the interval of its prediction; of what does not fit there is none."""
    measured = float(one.output_tokens_per_s)
    if not before.output_tokens_per_s or before.low <= measured <= before.high:
        return ()
    side = "below" if measured < before.low else "above"
    return (f"measured {side} the 80 % interval of the prediction: check --gpus, --weights, --tp",)


_LONGER = 1.1  # beyond what counts as the same configuration
