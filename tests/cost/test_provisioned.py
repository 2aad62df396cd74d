"""What provisioned capacity costs: how many units, at which term, and what spills over. The figures: cases/provisioned.yaml."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Overlay, Write
from curves import chance
from pydantic import ValidationError

from costcalc import Catalog, Estimate, Load, Workload, estimate
from costcalc.analysis.breakeven import break_even
from costcalc.case.case import Case
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.catalog.history import history_of
from costcalc.catalog.things import NamedOption
from costcalc.cost.capacity import capacity_of, peaks_of
from costcalc.cost.cash import Course, cash_of
from costcalc.cost.changes import price_changes
from costcalc.cost.estimate import Demand, exact_usd
from costcalc.cost.option import cost_curve, monthly
from costcalc.errors import UndecidableError, UnknownNameError, UnsuitableError
from costcalc.files import parse_yaml
from costcalc.findings import Document
from costcalc.scenario import WorkloadEntry
from costcalc.units import rounded
from costcalc.week import Hours, Window

F = Fraction
TODAY = date(2026, 11, 22)
TABLE = Path(__file__).parents[1] / "cases" / "provisioned.yaml"
CASES: list[dict[str, Any]] = parse_yaml(Document("provisioned.yaml", TABLE.read_text())).plain()  # type: ignore[assignment]
QUOTE = "source: {title: a quote, checked: 2026-11-01}"
PTU = {
    "usd_per_hour": Decimal("1.00"),
    "tokens_per_minute": 3000,
    "weights": {"input": 1, "output": 4},
    "least": 15,
    "step": 5,
}
MODEL = f"""
api:
  acme:
    provider: acme
    models:
      plain:
        context_window: 10_000
        prices: [{{effective: 2026-01-01, usd_per_mtok: {{input: 2, cache_read: 0.5, output: 8}}, {QUOTE}}}]
plans:
  acme:
    provider: acme
    plans:
      seat: {{name: Seat, prices: [{{effective: 2026-01-01, usd_per_seat: 20, {QUOTE}}}], limit: hard, data_policy: unknown}}
options:
  one-seat: {{kind: plan, plan: acme/seat}}
"""
CENT = Decimal("0.01")
B4 = Workload.single(requests=43_800_000, input_tokens=200, output_tokens=400)


@pytest.fixture
def acme(overlay: Overlay) -> Catalog:
    return overlay(MODEL)


def option_of(**fields: object) -> NamedOption:
    stated = {"kind": "provisioned", "model": "acme/plain", "units": {"PTU": PTU}, **fields}
    if "source" not in stated:
        stated["source"] = {"title": "a quote", "checked": "2026-11-01"}
    return NamedOption("mine", ProvisionedOption.model_validate(stated))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_case(case: dict[str, Any], acme: Catalog) -> None:
    workload = WorkloadEntry.model_validate(case["workload"]).to_workload(case["name"])
    option = option_of(**case["option"])
    if "error" in case:
        with pytest.raises(UndecidableError) as caught:
            estimate(option, workload, acme, as_of=TODAY)
        assert caught.value.reason == case["error"]
        return
    result = estimate(option, workload, acme, as_of=TODAY)
    assert {line.item: rounded(line.usd, CENT) for line in result.lines} == case["lines"]
    assert result.unfit == case.get("unfit", "")
    assert set(case.get("caveats", [])) <= set(result.caveats), result.caveats
    assert not [text for start in case.get("silent", []) for text in result.caveats if text.startswith(start)]
    if "numbers" in case:
        assert [line.amount / 730 for line in result.lines] == case["numbers"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("lines", {"PTU": 1}), ("numbers", [1]), ("unfit", "part"), ("caveats", ["x"]), ("silent", [""])],
)
def test_every_figure_of_the_table_is_looked_at(field: str, wrong: object, acme: Catalog) -> None:
    with pytest.raises(AssertionError):
        test_worked_case({**CASES[0], field: wrong}, acme)


@pytest.mark.parametrize(
    ("unit", "problem"),
    [
        ({"usd_per_hour": None}, "give one price, usd_per_hour or usd_per_day or .*; found none"),
        ({"usd_per_year": 2652}, "give one price, .*; found usd_per_hour and usd_per_year"),
        ({"tokens_per_minute": None}, "give what one unit carries, once: .*; found none"),
        (
            {"tokens_per_second": 50},
            "give what one unit carries, once: .*; found tokens_per_minute and tokens_per_second",
        ),
        ({"input_tokens_per_minute": 1}, "; found tokens_per_minute and input_tokens_per_minute"),
        ({"weights": None}, "tokens_per_minute needs weights, such as {input: 1, output: 4}"),
        ({"weights": {}}, "at least 1 item"),
        ({"weights": {"output": -1}}, "expected a number of at least 0, found -1"),
        ({"weights": {"outptu": 1}}, "outptu"),
        (
            {"tokens_per_minute": None, "output_tokens_per_minute": 9, "weights": {"input": 1}},
            "a weight of 'input' says nothing: output_tokens_per_minute does not limit it",
        ),
        ({"count": 10}, "10 units cannot be bought: the numbers are 15, 20, 25 and so on"),
        ({"count": 22}, "22 units cannot be bought"),
        ({"usd_per_hour": 0}, "above 0"),
        ({"least": 0}, "above 0"),
        ({"step": Decimal("2.5")}, "expected a whole number, found 2.5"),
    ],
)
def test_a_unit_that_says_too_little_or_too_much_is_refused(unit: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        option_of(units={"PTU": {**PTU, **unit}})


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"units": {}}, "at least 1 item"),
        ({"units": {"P.TU": PTU}}, "the name of a unit has no dots, found 'P.TU'"),
        (
            {"units": {"a": {**PTU, "count": 15}, "b": PTU}},
            "give the count of every kind of unit, or of none; found that of a",
        ),
        (
            {"units": {"a": {**PTU, "count": 15}}, "size_for": "peak"},
            "a fixed count is not sized: give count or size_for",
        ),
        ({"size_for": "max"}, "'mean' or 'peak'"),
        ({"hours_per_month": 731}, "hours_per_month: a month has 730 hours, found 731"),
        (
            {"hours_per_month": 300, "units": {"a": {**PTU, "usd_per_hour": None, "usd_per_month": 260}}},
            "hours_per_month goes with usd_per_hour; usd_per_month is paid for all hours",
        ),
        ({"overflow": 3}, "expected true, or the name of an option over an API, found 3"),
        ({"overflow": " "}, "expected true, or the name of an option over an API"),
    ],
)
def test_an_option_that_contradicts_itself_is_refused(fields: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        option_of(**fields)


# --- the peak ---------------------------------------------------------------------------------------------------


def test_a_peak_that_nobody_stated_moves_a_caveat_and_no_figure(acme: Catalog) -> None:
    usual = replace(B4, peak_to_mean=3, has_usual_peak=True)
    priced = estimate(option_of(), usual, acme, as_of=TODAY)
    assert priced.monthly_usd == Decimal("438000.00")  # 600 x 730
    assert priced.caveats[0] == (
        "600 PTU carry the mean of 1,000 requests a minute and no more: no peak is stated (peak_to_mean, --peak-to-mean),"
        " and the usual 3 times the mean needs 1,800 PTU for $1,314,000.00 a month"
    )
    spilling = estimate(option_of(overflow=True), usual, acme, as_of=TODAY)
    assert spilling.monthly_usd == Decimal("438000.00")
    carried = estimate(option_of(size_for="peak"), usual, acme, as_of=TODAY)
    assert carried.monthly_usd == Decimal("1314000.00")  # 1,800 x 730, as it was asked for


def test_levels_of_the_load_are_a_part_of_the_time_each_and_average_to_the_mean() -> None:
    office = Load.weighted([(Hours(("mon", "tue"), (Window.parse("08:00-18:00"),)), 5)])
    for workload, peak in ((replace(B4, load=office), 5), (B4, F(7, 3)), (B4, 24), (B4, 100), (B4, 1)):
        levels = peaks_of(workload, peak).levels
        assert sum(level.share for level in levels) == 1
        assert sum(level.share * level.times for level in levels) == 1
        assert min(level.times for level in levels) >= 0


# --- the curve --------------------------------------------------------------------------------------------------


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("fields", [{}, {"overflow": True}, {"overflow": True, "size_for": "peak"}], ids=str)
@pytest.mark.parametrize("peak", ["office", "usual"])
def test_a_curve_is_what_the_estimate_says_whatever_the_hours(fields: dict[str, Any], peak: str, acme: Catalog) -> None:
    office = Load.weighted(
        [(Hours(("mon", "fri"), (Window.parse("08:00-12:00"),)), 4), (Hours(("sun",), None), F(1, 7))]
    )
    terms: dict[str, dict[str, Any]] = {
        "office": {"load": office}, "usual": {"peak_to_mean": F(5, 2), "has_usual_peak": True},
    }  # fmt: skip
    mix, option = replace(B4, **terms[peak]), option_of(**fields)
    curve, random = cost_curve(option, mix, acme, as_of=TODAY), chance(str(fields))
    month = monthly(option, mix, acme, as_of=TODAY)
    for _ in range(400):
        volume = F(random.randrange(1, 10**9), 7)
        priced = estimate(option, replace(mix, requests=volume), acme, as_of=TODAY)
        piece = list(curve.pieces(volume - F(1, 10**6), volume))[-1]
        assert piece.line.at(volume) == priced.exact_usd, volume
        assert month(Demand(volume, mix.peak), acme).exact_usd == priced.exact_usd
        assert curve.band.lower.at(volume) <= priced.exact_usd <= curve.band.upper.at(volume)


def test_break_even_with_the_price_by_the_token_is_exact(acme: Catalog) -> None:
    month = {**PTU, "usd_per_hour": None, "usd_per_month": 264}
    catalog = replace(acme, options={**acme.options, "ptu": option_of(units={"PTU": month}).option})
    found = break_even("ptu", "acme/plain", Case(B4, catalog, TODAY))
    # 15 units at $264 are $3,960, by the token 1,100,000 requests of $0.0036, but they carry only 15 x 73,000 = 1,095,000;
    # 20 are $5,280 or 1,466,666.7 requests and carry 1,460,000. n units are n x 73,333.3 and carry n x 73,000: never
    assert [(reign.option, reign.lo) for reign in found.reigns] == [("acme/plain", F(0))]
    month["usd_per_month"] = 262
    catalog = replace(acme, options={**acme.options, "ptu": option_of(units={"PTU": month}).option})
    found = break_even("ptu", "acme/plain", Case(B4, catalog, TODAY))
    # n units are n x 72,777.8 requests' worth: cheaper above 1,091,666.7; at 1,095,000 the next five come in, worth
    # 1,455,555.6; and so on, until n + 5 are no more than n carry: 72,777.8 (n + 5) <= 73,000 n from n = 1,637.5 on
    by_request = F("0.0036")
    assert [(reign.option, reign.lo) for reign in found.reigns[:5]] == [
        ("acme/plain", F(0)),
        ("ptu", 15 * 262 / by_request),
        ("acme/plain", 15 * 73_000),
        ("ptu", 20 * 262 / by_request),
        ("acme/plain", 20 * 73_000),
    ]
    assert found.durable_win == 1_640 * 262 / by_request  # the first number in fives from there on


def test_units_are_monotone_in_the_rate_and_enough_for_it() -> None:
    option = ProvisionedOption.model_validate({"kind": "provisioned", "model": "acme/plain", "units": {"PTU": PTU}})
    capacity, random = capacity_of(option, B4.shapes), chance("units")
    rates = sorted(F(random.randrange(1, 10**7), 997) for _ in range(500))
    for rate in rates:
        (number,) = capacity.bought(rate)
        carried = capacity.carried([number])
        assert carried is not None
        assert carried >= rate
        assert number == 15 or capacity.carried([number - 5]) < rate  # type: ignore[operator]
    assert all(capacity.bought(low) <= capacity.bought(high) for low, high in pairwise(rates))


def test_a_month_beyond_a_fixed_number_of_units_has_no_price(acme: Catalog) -> None:
    fixed = option_of(units={"PTU": {**PTU, "count": 300}})
    month = monthly(fixed, B4, acme, as_of=TODAY)
    assert month(Demand(21_900_000, 1), acme).exact_usd == 219_000
    assert month(Demand(21_900_000, 1), acme).assumptions == ()
    with pytest.raises(UndecidableError, match="its units are too few for the mean rate of requests"):
        month(Demand(21_900_001, 1), acme)
    assert cost_curve(fixed, B4, acme, as_of=TODAY).breaks.end == 21_900_000


# --- what stands beside the price -------------------------------------------------------------------------------


def of_shipped(name: str, catalog: Catalog, day: date = date(2026, 11, 27)) -> Estimate:
    return estimate(name, B4, catalog, as_of=day)


@pytest.mark.parametrize(
    ("option", "usd"),
    [
        ("gpt-4.1-ptu", "438000.00"),  # public case B4: 600 x $1.00 x 730
        ("gpt-4.1-ptu-monthly", "156000.00"),  # 600 x $260
        ("gpt-4.1-ptu-yearly", "132600.00"),  # 600 x $2,652 / 12
        ("gpt-5.4-ptu", "792050.00"),  # (200 + 6 x 400) x 1,000 / 2,400 = 1,083.3: 1,085 x 730
        ("gpt-4.1-scale-tier", "198620.83"),  # 7 x $110 x 730 / 24 + 160 x $36 x 730 / 24
    ],
)
def test_what_is_shipped_costs_what_its_page_says(option: str, usd: str, catalog: Catalog) -> None:
    assert rounded(of_shipped(option, catalog).monthly_usd, CENT) == Decimal(usd)


def test_a_row_says_its_source_its_age_and_when_the_model_ends(catalog: Catalog) -> None:
    late = of_shipped("gpt-4.1-ptu", catalog, date(2027, 1, 1))
    assert late.caveats[-2:] == (
        "azure retires it on 2027-04-14", "stale: the price was last seen 214 days before 2027-01-01",
    )  # fmt: skip
    assert late.via is not None
    assert late.via.startswith("the page's own text in a public mirror")
    gone = of_shipped("gpt-4.1-ptu", catalog, date(2027, 4, 14))
    assert gone.retired == date(2027, 4, 14)
    assert "retired by azure on 2027-04-14: cannot be bought any more" in gone.caveats


def test_figures_of_your_own_need_no_source(overlay: Overlay) -> None:
    own = overlay(
        MODEL + "  mine: {kind: provisioned, model: acme/plain, units: {PTU: {usd_per_hour: 1, tokens_per_minute: 3000,"
        " weights: {input: 1, output: 4}}}}"
    )
    priced = estimate("mine", B4, own, as_of=TODAY)
    assert str(priced.source).startswith("your own figure, ")
    assert priced.price_date == TODAY
    with pytest.raises(UnknownNameError, match="'mine' has no dated prices: it says no effective day, or no source"):
        history_of(own, "mine")


def test_a_history_gives_the_price_of_each_kind_of_unit(catalog: Catalog) -> None:
    series = history_of(catalog, "gpt-4.1-scale-tier").series
    assert [(one.meter, one.unit, str(one.prices[0].usd)) for one in series] == [
        ("input unit", "unit-day", "110.00"), ("output unit", "unit-day", "36.00"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("overflow", "problem"),
    [
        ("acme/plian", "options.mine.overflow: unknown option 'acme/plian'"),
        ("one-seat", "options.mine.overflow: overflow is billed over an API; 'one-seat' is of kind plan"),
    ],
)
def test_overflow_leads_to_an_api(overflow: str, problem: str, cli: Cli, written: Write) -> None:
    unit = "usd_per_hour: 1, tokens_per_minute: 3000, weights: {input: 1, output: 4}"
    written(
        f"{MODEL}  mine: {{kind: provisioned, model: acme/plain, overflow: {overflow}, units: {{PTU: {{{unit}}}}}}}"
    )
    refused = cli("compare", "--requests", "1000", "--options", "mine")
    assert (refused.status, refused.out) == (2, "")
    assert "costcalc.yaml:16:" in refused.err
    assert problem in refused.err


def test_overflow_of_another_option_is_billed_at_its_rates(acme: Catalog) -> None:
    fixed = {"PTU": {**PTU, "count": 300}}
    other = option_of(units=fixed, overflow="deepseek-v4-pro-api")
    priced = estimate(other, B4, acme, as_of=TODAY)
    billed = estimate("deepseek-v4-pro-api", replace(B4, requests=21_900_000), acme, as_of=TODAY)
    assert priced.exact_usd == 219_000 + billed.exact_usd
    with pytest.raises(UnsuitableError, match="'one-seat' is of kind plan"):
        estimate(option_of(overflow="one-seat"), B4, acme, as_of=TODAY)


def test_a_projection_grows_in_units_and_ends_with_the_model(catalog: Catalog) -> None:
    course = Course(months=4, growth=Decimal(1))
    cash = cash_of(catalog.option("gpt-4.1-ptu"), B4, catalog, course, as_of=date(2026, 11, 27))
    # doubling in a year: 600 x 2^(month / 12) units, in fives: 600, 640 (635.7), 675 (673.5), 715 (713.5)
    assert [flow.running for flow in cash.flows] == [number * 730 for number in (600, 640, 675, 715)]
    with pytest.raises(UndecidableError, match="retired on 2027-04-14, in month 5 of 6"):
        cash_of(catalog.option("gpt-4.1-ptu"), B4, catalog, Course(months=6), as_of=date(2026, 11, 27))


def test_lines_of_a_fraction_of_a_period_add_up_exactly(acme: Catalog) -> None:
    year = {**PTU, "usd_per_hour": None, "usd_per_year": 2652}
    lines = estimate(option_of(units={"PTU": year}), B4, acme, as_of=TODAY).lines
    assert [(line.part, line.quantity, line.unit, line.unit_price_usd) for line in lines] == [
        ("capacity", Decimal(50), "PTU-year", Decimal(2652))
    ]
    assert exact_usd(lines) == 132_600


def test_a_price_by_the_token_that_changes_is_a_change_of_what_spills_over(catalog: Catalog) -> None:
    announced = date(2026, 12, 1)
    assert announced not in price_changes(option_of(model="azure/gpt-4.1"), catalog)
    assert announced in price_changes(option_of(model="azure/gpt-4.1", overflow="gemini-4-argon-api"), catalog)
    assert announced in price_changes(option_of(model="google/gemini-4-argon"), catalog)
