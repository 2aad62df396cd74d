"""Measurements as a layer of the catalog, which ``--catalog`` lays over it."""

import json
from collections.abc import Mapping

from costcalc.catalog.forms.hardware import Measurement

_UNSAID = "  # assumed: the file does not say it; calibrate --kv does"


def as_yaml(measurements: Mapping[str, Measurement]) -> str:
    """Write measurements as a layer's ``measurements.yaml``, or as a part of a ``costcalc.yaml``."""
    lines = ["measurements:"]
    for name, one in measurements.items():
        lines.append(f"  {_scalar(name)}:")
        fields = one.model_dump(exclude_none=True, exclude_defaults=True, exclude={"source"})
        lines += [f"    {key}: {_scalar(value)}" for key, value in fields.items() if key != "kv"]
        lines.append(f"    kv: {one.kv}{'' if 'kv' in one.model_fields_set else _UNSAID}")
        lines.append(f"    source: {{title: {_scalar(one.source.title)}, checked: {one.source.checked}}}")
    return "\n".join([*lines, ""])


def _scalar(value: object) -> str:
    # YAML reads an escaped pair of surrogates as two characters, so that what is no ASCII stands as it is
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else f"{value}"
