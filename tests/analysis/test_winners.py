"""The winner map: each row is the exact envelope at its peak."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from conftest import Overlay

from costcalc.analysis.breakeven import cheapest
from costcalc.analysis.winners import use_at, winners
from costcalc.case.case import Case
from costcalc.case.month import Size, Traffic
from costcalc.case.traffic import traffic_case

DAY = date(2026, 11, 27)
WORLD = """
options:
  ours: {kind: self_host, tokens_per_s: 1000, usd_per_gpu_hour: 2.5, spares: 0}
"""


def question(overlay: Overlay) -> Case:
    traffic = Traffic(
        output_tokens=Decimal(10**9),
        sizes=(Size(Decimal(1), Decimal(1_000)),),
        peak_to_mean=Decimal(3),
    )
    return traffic_case(traffic, overlay(WORLD), as_of=DAY)


def test_use_is_what_peak_and_headroom_leave(overlay: Overlay) -> None:
    case = question(overlay)
    assert use_at(Fraction(2), case.catalog) == Fraction(2, 5)  # 1 ÷ (2 × 1.25)


def test_each_row_is_what_breakeven_finds_at_that_peak(overlay: Overlay) -> None:
    case = question(overlay)
    up_to = Fraction(10**8)
    rows = winners(case, ["ours", "gpt-6.1-terra-api"], up_to=up_to)
    assert [row.use for row in rows] == sorted(row.use for row in rows)
    assert rows[-1].use == Fraction(4, 5)  # a peak of 1 with headroom 1.25 leaves 80 %; nothing is busier
    for row in rows:
        assert row.peak == 1 / (row.use * Fraction(5, 4))
        peaked = case.with_peak(Decimal(row.peak.numerator) / Decimal(row.peak.denominator))
        assert row.reigns == cheapest(["ours", "gpt-6.1-terra-api"], peaked, up_to=up_to).reigns


def test_the_busier_the_gpus_the_earlier_they_pay(overlay: Overlay) -> None:
    case = question(overlay)
    rows = winners(case, ["ours", "gpt-6.1-terra-api"], up_to=Fraction(10**8))
    firsts = [next((reign.lo for reign in row.reigns if reign.option == "ours"), None) for row in rows]
    found = [first for first in firsts if first is not None]
    assert found
    assert found == sorted(found, reverse=True)


def test_uses_that_no_peak_gives_are_left_out(overlay: Overlay) -> None:
    case = question(overlay)
    rows = winners(case, ["ours", "gpt-6.1-terra-api"], up_to=Fraction(10**8), uses=[Fraction(9, 10), Fraction(1, 10)])
    assert [row.use for row in rows] == [Fraction(1, 10), Fraction(4, 5)]
