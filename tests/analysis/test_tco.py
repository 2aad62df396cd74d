"""The whole bill: every line with its range, what the range means, and what each line rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Overlay

from costcalc import Catalog, UndecidableError, UnknownNameError, Workload, load_catalog
from costcalc.analysis.tco import Bill, bill_of
from costcalc.case.case import Case
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.catalog.forms.scalars import Interval

TODAY = date(2026, 11, 22)
EXAMPLES = load_catalog(Path(__file__).parents[1] / "cases" / "example_hardware.yaml")
MONTH = Workload.single(requests=1_314_000, output_tokens=1_000)  # half of what one GPU at 1,000 tokens/s serves
ONE = {"gpu": "Example Card", "tokens_per_s": 1000, "spares": 0, "headroom": 1}


def between(catalog: Catalog, name: str, low: str, high: str) -> Catalog:
    """Give an assumption an interval around its value."""
    changed = catalog.with_assumptions({name: catalog.assumption(name).value})
    # a range of the user's own is drawn, over what is decided too (headroom)
    interval = {"low": Decimal(low), "high": Decimal(high), "drawn": True}
    assumption = catalog.assumption(name).model_copy(update=interval)
    changed.assumptions[name] = assumption  # type: ignore[index]  # a copy of our own
    return changed


def bill(catalog: Catalog = EXAMPLES, *, months: int = 36, **option: object) -> Bill:
    form = SelfHostOption.model_validate({"kind": "self_host", **(option or ONE)})
    return bill_of("mine", Case(MONTH, replace(catalog, options={"mine": form}), TODAY), months=months)


def ranges(of: Bill) -> dict[str, Any]:  # Any, to stand beside whole dollars
    return {line.line.item: line.range for line in of.lines}


def test_the_whole_bill_is_priced_whatever_the_option_says() -> None:
    found = bill()
    items = [line.line.item for line in found.lines]
    assert items[:3] == ["GPU rent, in use", "GPU rent, idle", "people who run it"]
    assert found.estimate.monthly_usd == sum(line.line.usd for line in found.lines)
    assert [line.line for line in found.lines] == list(found.estimate.lines)
    assert (found.workload, found.as_of, found.estimate.option) == (MONTH, TODAY, "mine")


@pytest.mark.parametrize(("months", "build"), [(36, 800), (12, 2_400), (7, Decimal(28_800) / 7)])
def test_the_horizon_spreads_the_build_and_multiplies_the_month(months: int, build: Decimal | int) -> None:
    # 6 person-weeks × $4,800 = $28,800, whatever the horizon
    found = bill(months=months)
    spread = next(line.line.usd for line in found.lines if line.line.item == "engineering to build it, spread")
    assert abs(spread - build) < Decimal("1e-18")
    assert found.total_usd == found.estimate.monthly_usd * months
    without = found.total_usd - spread * months
    assert abs(without + 28_800 - found.total_usd) < Decimal("1e-15")


def test_numbers_without_an_interval_make_a_bill_without_one() -> None:
    # the assumptions of the example are single numbers
    found = bill()
    assert all(line.range == (line.line.usd, line.line.usd) for line in found.lines)
    assert found.range == (found.estimate.monthly_usd, found.estimate.monthly_usd)


def test_one_assumption_moves_its_line_to_both_ends() -> None:
    found = bill(between(EXAMPLES, "observability", "100", "1700"))
    assert ranges(found)["observability"] == (100, 1_700)
    assert ranges(found)["storage"] == (10, 10)
    monthly = found.estimate.monthly_usd
    assert found.range == (monthly - 400, monthly + 1_200)


def test_independent_assumptions_add_up_in_quadrature() -> None:
    # upgrades: 2 days × 3 / 12 × $960 = $480. Days from 1.25 to 3.5: −180 and +360; how often, from 1.5 to 4.5: ±240
    wide = between(EXAMPLES, "model_upgrade_effort", "1.25", "3.5")
    wide = between(wide, "model_upgrades_per_year", "1.5", "4.5")
    found = bill(wide)
    # √(180² + 240²) = 300 downwards; √(360² + 240²) = 432.67 upwards
    low, high = ranges(found)["model upgrades"]
    assert (low, round(high, 2)) == (180, Decimal("912.67"))
    # the suites at every upgrade move with how often, 5 Mtok × $3 = $15 ± 7.50, in the same direction at once
    assert ranges(found)["evaluation of releases"] == (Decimal("7.5"), Decimal("22.5"))
    down = found.estimate.monthly_usd - found.range.low
    assert abs(down - (Decimal(180) ** 2 + Decimal("247.5") ** 2).sqrt()) < Decimal("1e-18")
    assert down < sum(
        line.line.usd - line.range.low for line in found.lines
    )  # narrower than the lines' ranges together


def test_a_range_never_falls_below_nothing() -> None:
    # $500 × 10 GB-months: each at nothing takes all of it away, together √2 times as much
    wide = between(between(EXAMPLES, "storage_price", "0", "0.02"), "stored_data", "0", "500")
    assert ranges(bill(wide))["storage"] == (0, 10)


def test_an_assumption_that_sizes_the_fleet_moves_its_lines() -> None:
    # headroom 1.25 of half a replica is one GPU; up to 2.5 it is two: idle goes from 365 to 1,095 h at $3
    option: dict[str, Any] = {"gpu": "Example Card", "tokens_per_s": 1000, "spares": 0}
    found = bill(between(EXAMPLES, "headroom", "1", "2.5"), **option)
    assert ranges(found)["GPU rent, in use"] == (1_095, 1_095)
    assert ranges(found)["GPU rent, idle"] == (1_095, 3_285)
    assert ranges(found)["people who run it"] == (5_200, 20_800)  # two replicas are production


def test_a_step_that_several_inputs_take_counts_once() -> None:
    # half a replica: headroom up to 2.5 and a peak up to 3 each take a second one; the step of both is one replica more
    steps = between(EXAMPLES, "headroom", "1", "2.5")
    form = SelfHostOption.model_validate(
        {"kind": "self_host", "gpu": "Example Card", "tokens_per_s": 1000, "spares": 0}
    )
    case = Case(MONTH, replace(steps, options={"mine": form}), TODAY).with_peak(Interval.parse("1 to 3"))
    found = bill_of("mine", case, months=36)
    # 0.5 × 3 × 2.5 = 3.75: four replicas at the most, 2,920 − 365 = 2,555 h idle at $3; by quadrature √2 × 2,190 more
    assert ranges(found)["people who run it"] == (5_200, 20_800)
    assert ranges(found)["GPU rent, idle"].high <= 7_665


def test_ranges_of_the_traffic_and_of_the_option_move_it_too() -> None:
    # half a replica at a peak of 1; at a peak of 3 it takes two: $2,190 more rent, $15,600 more for production
    form = SelfHostOption.model_validate({"kind": "self_host", **ONE})
    case = Case(MONTH, replace(EXAMPLES, options={"mine": form}), TODAY).with_peak(Interval.parse("1 to 3"))
    found = bill_of("mine", case, months=36)
    assert ranges(found)["GPU rent, idle"] == (1_095, 3_285)
    assert found.range == (found.estimate.monthly_usd, found.estimate.monthly_usd + 2_190 + 15_600)
    # rent of 2 to 4 around √8 an hour: 730 h
    own = bill(tokens_per_s=1000, spares=0, headroom=1, usd_per_gpu_hour="2 to 4")
    assert ranges(own)["GPU rent, in use"] == (365 * 2, 365 * 4)


def test_an_end_without_a_price_is_left_out() -> None:
    # a fleet of one that carries half a replica at headroom 1.25 does not at 2.5
    option: dict[str, Any] = {"gpu": "Example Card", "tokens_per_s": 1000, "spares": 0, "replicas": 1}
    assert ranges(bill(between(EXAMPLES, "headroom", "1", "2.5"), **option))["GPU rent, idle"] == (1_095, 1_095)
    with pytest.raises(UndecidableError, match="too few: 1 replica, and the peak needs"):
        bill(EXAMPLES.with_assumptions({"headroom": Decimal("2.5")}), **option)


def test_a_line_rests_on_its_weakest_basis(overlay: Overlay) -> None:
    catalog = overlay(
        "options: {mine: {kind: self_host, gpu: H100 SXM, tokens_per_s: 1000}}\n"
        "assumptions: {observability: 300 to 700, judge_share: {basis: measured}}"
    )
    found = bill_of("mine", Case(MONTH, catalog, TODAY), months=36)
    basis = {line.line.item: (line.basis, line.rests_on) for line in found.lines}
    assert basis["storage"] == ("judgement", ("storage_price", "stored_data"))  # vendor and judgement
    assert basis["people who run it"] == ("literature", ("mlops_engineer_cost", "fte_share_small", "gpus_per_fte"))
    assert basis["observability"] == ("user", ("observability",))
    assert basis["GPU software licence"] == ("vendor", ("gpu_software_licence",))
    assert basis["GPU rent, in use"] == ("judgement", ("rental_price_spread",))


def test_a_price_of_ones_own_rests_on_no_assumption() -> None:
    found = bill(tokens_per_s=1000, usd_per_gpu_hour=2)
    assert (found.lines[0].line.item, found.lines[0].rests_on) == ("GPU rent, in use", ())


def test_only_self_hosting_has_such_a_bill(catalog: Catalog) -> None:
    with pytest.raises(
        UnknownNameError, match=r"'gpt-5\.2-api' is of kind api, not self_host; of that kind are r1-distill"
    ):
        bill_of("gpt-5.2-api", Case(MONTH, catalog, TODAY), months=36)


def test_the_catalog_with_another_value_leaves_the_first_as_it_was() -> None:
    changed = EXAMPLES.with_assumptions({"pue": Decimal(1)})
    now = changed.assumption("pue")
    assert {now.value, now.low, now.high} == {Decimal(1)}
    assert EXAMPLES.assumption("pue").value == Decimal("1.5")


def test_every_shipped_deployment_has_a_bill_with_a_range(catalog: Catalog) -> None:
    month = Workload.single(requests=100_000, input_tokens=1_000, output_tokens=500)
    for name, option in catalog.options.items():
        if not isinstance(option, SelfHostOption):
            continue
        found = bill_of(name, Case(month, catalog, TODAY), months=36)
        assert 0 < found.range.low < found.estimate.monthly_usd < found.range.high
        assert all(line.range.low <= line.line.usd <= line.range.high for line in found.lines)
