"""What the tests of uncertainty share: a catalog with two APIs, machines, and a case to price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from costcalc.case.case import Case
from costcalc.case.month import Traffic
from costcalc.case.traffic import traffic_case
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.scalars import Interval

DAY = date(2026, 11, 22)
# One replica of 2.5 × 730 = $1,825 a month generates 1,500 Mtok: 1.5e9 ÷ (730 × 3,600) tokens/s
CATALOG = """
api:
  acme:
    provider: acme
    models:
      large: {prices: [{effective: 2026-01-01, usd_per_mtok: {input: 0.50, output: 2.40}, source: {title: a quote, checked: 2026-11-01}}]}
      small: {prices: [{effective: 2026-01-01, usd_per_mtok: {input: 0.25, output: 1.20}, source: {title: a quote, checked: 2026-11-01}}]}
options:
  large: {kind: api, model: acme/large}
  small: {kind: api, model: acme/small}
  mine: {kind: self_host, tokens_per_s: 570.77625571, usd_per_gpu_hour: 2.0 to 4.0, spares: 0, headroom: 1}
  fixed: {kind: self_host, tokens_per_s: 570.77625571, usd_per_gpu_hour: 2.50, spares: 0, headroom: 1, replicas: 1}
  a.b: {kind: self_host, tokens_per_s: 500 to 700, usd_per_gpu_hour: 2.50, spares: 0, headroom: 1}
"""


def month(catalog: Catalog, tokens: str, size: str = "1000", inputs: str = "0", cached: str = "0") -> Case:
    """Make a case of a month's tokens, evenly over the month; each number may be a range."""
    numbers = [Interval.parse(one) if " to " in one else Decimal(one) for one in (tokens, inputs, cached, size)]
    traffic = Traffic(
        output_tokens=numbers[0],
        input_tokens=numbers[1],
        cached_share=numbers[2],
        output_per_request=numbers[3],
        peak_to_mean=Decimal(1),
    )
    return traffic_case(traffic, catalog, as_of=DAY)
