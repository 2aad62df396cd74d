"""Our cost of a request is what the other library's own calculator says of the same model."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from theirs import DAY, SAMPLES, sample

from costcalc.catalog.forms.options import ApiOption
from costcalc.catalog.forms.schema import Model
from costcalc.catalog.refresh.read import Peer
from costcalc.catalog.things import SoldModel
from costcalc.cost.api import api_estimate
from costcalc.week import Load
from costcalc.workload import Shape, Workload

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(("peer", "models"), [("litellm", 61), ("genai-prices", 57)])
def test_every_shape_of_the_sample_costs_what_the_other_library_says(peer: Peer, models: int) -> None:
    taken = {
        one.theirs: SoldModel(one.provider, one.name, Model.model_validate(one.entry)) for one in sample(peer).taken
    }
    rows = json.loads((SAMPLES / f"{peer}-costs.json").read_text(encoding="utf-8"))
    assert len(taken) == models
    differing = []
    for name, prompt, read, written, output, term, usd in rows:
        sold = taken[name]
        shape = Shape.from_usage(
            input_tokens=prompt, cache_read_tokens=read, cache_write_tokens=written, output_tokens=output
        )
        tier = term if term in {"priority", "flex"} else None
        request = Workload(1, (shape,), int(term == "batch"), tier, load=Load.at(NOON))
        ours = api_estimate("it", ApiOption(kind="api", model=sold.ref), sold, request, as_of=DAY).monthly_usd
        if abs(ours - Decimal(usd)) > Decimal("1e-9") * ours:
            differing.append((name, prompt, read, written, output, term, usd, str(ours)))
    assert differing == []
    assert len(rows) > 950
