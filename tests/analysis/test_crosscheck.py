from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from costcalc.analysis.crosscheck import Crosscheck, Offered, crosscheck
from costcalc.catalog.forms.schema import Model
from costcalc.catalog.things import SoldModel

DAY = date(2026, 11, 25)
RATES = {"input": Decimal(2), "output": Decimal(10)}


def sold(rates: dict[str, Any] | None = None, *when: dict[str, Any], since: str = "2026-01-01") -> Offered:
    price = {"effective": since, "usd_per_mtok": rates or RATES, "source": {"title": "T", "checked": "2026-01-01"}}
    entry = {"prices": [{**price, "when": list(when)}]}
    return Offered(SoldModel("p", "m", Model.model_validate(entry)))


def compared(base: Offered, head: Offered, tolerance: str = "0") -> Crosscheck:
    return crosscheck({"p/m": base}, {"p/m": head}, as_of=DAY, tolerance=Fraction(tolerance))


def rows(found: Crosscheck) -> list[tuple[str, str, str | None, str | None]]:
    def shown(rate: Decimal | None) -> str | None:
        return None if rate is None else f"{rate:f}"

    gaps = (*found.gaps, *found.one_sided)
    return [(gap.meter, gap.condition, shown(gap.base), shown(gap.head)) for gap in gaps]


def test_the_same_prices_written_in_another_way_are_the_same() -> None:
    absolute = {"processing": "batch", "usd_per_mtok": {"input": Decimal(1), "output": Decimal(5)}}
    found = compared(sold(None, {"processing": "batch", "multiply": Decimal("0.5")}), sold(None, absolute))
    assert (found.compared, rows(found)) == (("p/m",), [])
    # peak over off-peak on one side, off-peak over peak on the other
    low, high = {"input": Decimal(1)}, {"input": Decimal(2)}
    peak = {"utc": "01:00-04:00", "usd_per_mtok": high}
    rest = {"utc": "04:00-01:00", "usd_per_mtok": low}
    assert rows(compared(sold(low, peak), sold(high, rest))) == []


def test_a_rate_differs_by_its_share_of_the_one_and_since_its_own_day() -> None:
    head = sold({"input": Decimal("2.10"), "output": Decimal(10)}, since="2026-03-01")
    found = compared(sold(), Offered(head.sold, date(2026, 2, 1), is_dated=False))
    [gap] = found.gaps
    assert (gap.meter, gap.condition, gap.change) == ("input", "", Fraction(1, 20))  # 2.10 / 2 − 1
    assert (gap.base_since, gap.head_since) == (date(2026, 1, 1), date(2026, 2, 1))
    assert compared(sold(), head, "0.05").gaps == ()
    assert len(compared(sold(), head, "0.0499").gaps) == 1


def test_every_condition_of_either_side_is_asked_for() -> None:
    base = sold(
        None,
        {"prompt_tokens_above": 100, "usd_per_mtok": {"input": Decimal(4)}},
        {"prompt_tokens_from": 500, "usd_per_mtok": {"input": Decimal(6)}},
        {"region": "eu", "multiply": Decimal("1.1")},
        {"weekdays": ["tue"], "utc": "01:30-04:00", "usd_per_mtok": {"output": Decimal(20)}},
    )
    head = sold(
        None,
        {"prompt_tokens_above": 100, "usd_per_mtok": {"input": Decimal(5)}},
        {"service_tier": "flex", "usd_per_mtok": {"input": Decimal(1)}},
    )
    found = compared(base, head)
    assert rows(found) == [
        ("output", "tue 01:30 UTC", "20", "10"),
        ("input", "prompt 101", "4", "5"),
        ("input", "prompt 500", "6", "5"),
        ("input", "flex", None, "1"),
        ("output", "flex", None, "10"),
        ("input", "eu", "2.2", None),
        ("output", "eu", "11.0", None),
        ("output", "eu, tue 01:30 UTC", "22.0", None),
        ("input", "eu, prompt 101", "4.4", None),
        ("input", "eu, prompt 500", "6.6", None),
    ]


def test_reasoning_that_follows_output_is_no_rate_of_its_own() -> None:
    found = compared(sold({**RATES, "output": Decimal(11)}), sold({**RATES, "reasoning": Decimal(30)}))
    assert rows(found) == [("output", "", "11", "10"), ("reasoning", "", None, "30")]


def test_a_price_of_0_has_no_share() -> None:
    [gap] = compared(sold({**RATES, "input": Decimal(0)}), sold(), "5").gaps
    assert (gap.base, gap.change) == (Decimal(0), None)
    [alone] = compared(sold({"output": Decimal(10)}), sold()).one_sided
    assert (alone.head, alone.change) == (Decimal(2), None)


def test_what_only_one_list_has_is_counted() -> None:
    future = sold(since="2027-01-01")
    found = crosscheck({"a": sold(), "b": sold(), "c": future}, {"b": sold(), "c": sold(), "d": sold()}, as_of=DAY)
    assert (found.only_base, found.only_head, found.unpriced, found.compared) == (("a",), ("d",), ("c",), ("b",))
