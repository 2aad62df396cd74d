"""A case: what it varies, what it costs at other values, and which paths lead nowhere."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from analysis.uncertain import CATALOG, DAY, month
from conftest import Overlay

from costcalc import Catalog, load_catalog
from costcalc.case.case import Case
from costcalc.case.file import case_of, case_of_all
from costcalc.case.inputs import Input, assumed_input, changed, ranges_of
from costcalc.case.month import Traffic
from costcalc.case.traffic import traffic_case
from costcalc.catalog.forms.assumptions import Assumption
from costcalc.catalog.forms.options import BlendOption, PlanOption, SelfHostOption
from costcalc.catalog.forms.scalars import Interval
from costcalc.catalog.rules.entries import Middle
from costcalc.catalog.things import NamedOption
from costcalc.errors import UndecidableError, UnknownNameError
from costcalc.scenario import Scenario, WorkloadEntry
from costcalc.workload import Workload, WorkloadKind

MTOK = 10**6
USUAL = ("output_tokens_per_request", "input_tokens_per_request", "peak_to_mean", "retry_rate")


@pytest.fixture
def small(overlay: Overlay) -> Catalog:
    return overlay(CATALOG)


def entry(**fields: object) -> WorkloadEntry:
    shape = {"input_tokens": "1000 to 4000", "output_tokens": 500}
    return WorkloadEntry.model_validate({"requests": "100 to 400", "shapes": [shape], **fields})


def test_a_case_costs_what_its_option_costs(small: Catalog) -> None:
    assert month(small, "1e9").cost("large") == 2_400  # 1,000 Mtok × $2.40


def test_inputs_are_the_traffic_the_options_own_ranges_and_the_assumptions(small: Catalog, catalog: Catalog) -> None:
    case = month(small, "1e9 to 4e9")
    assert [one.path for one in case.inputs(["large"])] == ["workload.output_tokens"]
    assert [one.path for one in case.inputs(["large", "mine"])] == ["workload.output_tokens", "options.mine.usd_per_gpu_hour"]  # fmt: skip
    rented = month(catalog, "1e9").inputs(["r1-distill-32b-h100"])
    assert [one.path for one in rented] == [
        "assumptions.throughput_factor",  # headroom, spares and the target are decided, not found out
        "assumptions.rental_price_spread",
    ]


def test_an_input_takes_any_value_and_the_rest_stays(small: Catalog) -> None:
    case = month(small, "1e9 to 4e9")
    assert case.cost("large") == 4_800  # the median of 1 and 4 billion is 2 billion
    at = case.at({"workload.output_tokens": Decimal(3 * 10**9)})
    assert [at.cost("large"), case.cost("large")] == [7_200, 4_800]
    rent = {"options.mine.usd_per_gpu_hour": Decimal(3)}
    # 2,000 Mtok need two replicas: 2 × 730 h × $3
    assert case.at(rent).cost("mine") == 4_380
    assert at.at(rent).cost("mine") == 4_380  # 3,000 Mtok fill the two
    assert case.at({**rent, "workload.output_tokens": Decimal(10**9)}).cost("mine") == 2_190


def test_an_assumption_takes_any_value(catalog: Catalog) -> None:
    case = month(catalog, "1e9", inputs="1e9")
    half = case.at({"assumptions.rental_price_spread": Decimal("0.5")})
    assert half.cost("r1-distill-32b-h100") == case.cost("r1-distill-32b-h100") / 2


def test_an_options_id_may_hold_dots(small: Catalog) -> None:
    case = month(small, "1e9")
    assert [one.path for one in case.inputs(["a.b"])] == ["options.a.b.tokens_per_s"]
    slow = case.at({"options.a.b.tokens_per_s": Decimal(100)})  # 1e9 ÷ (100 × 2,628,000) = 3.8 replicas
    assert slow.cost("a.b") == 4 * 1825


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("assumption.pue", "'assumption.pue' is no input; inputs begin with assumptions, options, plans, workload"),
        (
            "assumptions.puee",
            "unknown assumption 'puee'; did you mean 'pue'? costcalc catalog list assumptions names them all; costcalc catalog add assumption adds yours",
        ),
        ("options.mien.usd_per_gpu_hour", "'options.mien.usd_per_gpu_hour' is no input: there is no such option"),
        ("options.mine.rent", "'options.mine.rent' is no input: there is no 'rent'"),
        ("options.mine.gpus.0", "'options.mine.gpus.0' is no input: there is no '0'"),
        ("plans.anthropic/claude-pro.fee", "'plans.anthropic/claude-pro.fee' is no input: the plan has no 'fee'"),
        ("workload.requests", "'workload.requests' is no uncertain number of the workload"),
    ],
)
def test_a_path_that_leads_nowhere_is_an_error(small: Catalog, path: str, message: str) -> None:
    with pytest.raises(UnknownNameError) as found:
        month(small, "1e9").at({path: Decimal(1)})
    assert str(found.value) == message


def test_a_case_without_a_way_to_rebuild_its_workload_keeps_it(small: Catalog) -> None:
    one = Input("workload.requests", Decimal(1), Decimal(1), Decimal(2))
    case = Case(Workload.single(requests=1, output_tokens=MTOK), small, DAY, (one,))
    assert case.at({"workload.requests": Decimal(2)}).workload == case.workload
    assert case.demanding(batchable_share=1).rebuild is None


def test_a_workload_of_a_file_varies_in_its_ranges(small: Catalog) -> None:
    case = case_of(entry(), "bot", small, as_of=DAY)
    assert [(one.path, str(one.value)) for one in case.traffic] == [
        ("workload.requests", "200"),
        ("workload.shapes.0.input_tokens", "2000"),
        ("assumptions.peak_to_mean", "3.0"),  # it states neither a peak nor hours
    ]
    assert case.volume == "workload.requests"
    assert case.cost("large") == Decimal("0.44")  # 200 × (2,000 × 0.50 + 500 × 2.40) / 1e6
    moved = case.at({"workload.shapes.0.input_tokens": Decimal(1000)}).at({"workload.requests": Decimal(100)})
    assert moved.cost("large") == Decimal("0.17")  # 100 × (1,000 × 0.50 + 500 × 2.40) / 1e6
    assert case_of(entry(requests=100), "bot", small, as_of=DAY).volume == ""


def test_the_sum_of_workloads_has_the_requests_of_each(small: Catalog) -> None:
    def of(requests: int, output: int, **fields: object) -> WorkloadEntry:
        shapes = [{"input_tokens": 1_000, "output_tokens": output}]
        return WorkloadEntry.model_validate({"requests": requests, "shapes": shapes, **fields})

    first = of(300, 100, kind="coding_assistant", seats=3, batchable_share=1, peak_to_mean=2)
    second = of(100, 500, kind="coding_assistant", seats=4, peak_to_mean=6)
    both = case_of_all(Scenario(workloads={"a": first, "b": second}), small, as_of=DAY).workload
    assert (both.requests, both.output_tokens, both.kind, both.seats) == (
        400,
        300 * 100 + 100 * 500,
        "coding_assistant",
        7,
    )
    # three requests in four are of the first: they can wait, and its peak weighs as much: 3/4 × 2 + 1/4 × 6
    assert (both.batchable_share, both.peak) == (Fraction(3, 4), 3)
    assert [shape.share for shape in both.shapes] == [Fraction(3, 4), Fraction(1, 4)]
    other = second.model_copy(update={"kind": "customer_service", "seats": None})
    mixed = case_of_all(Scenario(workloads={"a": first, "b": other}), small, as_of=DAY).workload
    assert (mixed.kind, mixed.seats) == ("general", None)


def test_parts_of_a_workload_stay_within_the_whole(small: Catalog) -> None:
    shape = {"input_tokens": 100, "cached_share": "0.1 to 0.4", "cache_write_share": Decimal("0.5"), "output_tokens": "90 to 300", "reasoning_tokens": 80}  # fmt: skip
    case = case_of(entry(shapes=[shape], peak_to_mean="1.2 to 4"), "bot", small, as_of=DAY)
    bounds: dict[str, tuple[object, ...]] = {one.path: (one.least, one.most) for one in case.traffic}
    assert bounds == {
        "workload.requests": (0, None),
        "workload.peak_to_mean": (1, None),
        "workload.shapes.0.cached_share": (0, Decimal("0.5")),  # what cache writes leave of the prompt
        "workload.shapes.0.output_tokens": (80, None),  # reasoning is a part of it
    }


def test_flags_vary_in_their_ranges_and_requests_keep_their_size(small: Catalog) -> None:
    case = month(small, "1e6 to 4e6", size="500", inputs="8e6", cached="0.2 to 0.8")
    assert [one.path for one in case.traffic] == ["workload.output_tokens", "workload.cached_share"]
    assert case.traffic[1].most == 1
    assert [one.unit for one in case.traffic] == ["tokens/month", ""]
    (read,) = month(small, "1e6", inputs="8e6 to 9e6").traffic
    assert (read.path, read.unit) == ("workload.input_tokens", "tokens/month")
    doubled = case.at({"workload.output_tokens": Decimal(4 * MTOK)}).workload
    # 8 Mtok of input for the central 2 Mtok of output are 2,000 tokens of a request of 500, at any volume
    assert (doubled.requests, doubled.input_tokens, doubled.output_tokens) == (8_000, 16 * MTOK, 4 * MTOK)
    hot = case.at({"workload.cached_share": Decimal("0.5")}).workload
    assert hot.shapes[0].tokens == {"input": 1000, "cache_read": 1000, "output": 500}


def test_the_assumed_size_of_a_request_is_an_input(small: Catalog) -> None:
    traffic = Traffic(output_tokens=Decimal(211_000), input_tokens=Decimal(422_000), peak_to_mean=Decimal(1))
    case = traffic_case(traffic, small, as_of=DAY)
    (size,) = case.traffic
    assert (size.path, str(size.least)) == ("assumptions.output_tokens_per_request", "1")
    assert (case.workload.requests, case.workload.shapes[0].prompt_tokens) == (1_000, 422)
    larger = case.at({"assumptions.output_tokens_per_request": Decimal(422)})
    assert (larger.workload.requests, larger.workload.shapes[0].prompt_tokens) == (500, 844)  # the month stays
    assert larger.catalog.assumption("output_tokens_per_request").value == 422
    known = Assumption(value=Decimal(200), low=Decimal(200), high=Decimal(200), unit="tokens", basis="user")
    certain = replace(small, assumptions={**small.assumptions, "output_tokens_per_request": known})
    assert traffic_case(traffic, certain, as_of=DAY).traffic == ()
    least = small.with_assumptions({"output_tokens_per_request": Decimal(1)})  # the fewest that a request generates
    assert traffic_case(traffic, least, as_of=DAY).workload.requests == 211_000


@pytest.mark.parametrize("kind", load_catalog().kinds())
def test_a_kind_of_work_says_what_nobody_else_did(kind: WorkloadKind, catalog: Catalog) -> None:
    known, day = catalog.kinds()[kind], {name: catalog.assumption(name) for name in USUAL}
    case = traffic_case(Traffic(requests=Decimal(1_000), kind=kind), catalog, as_of=DAY)
    generated = day["output_tokens_per_request"].value if known.output_tokens is None else known.output_tokens
    read = day["input_tokens_per_request"].value if known.input_tokens is None else known.input_tokens
    assert case.workload.output_tokens == Fraction(1_000 * generated)
    assert case.workload.input_tokens == Fraction(1_000 * read)
    inputs = {one.path: (one.value, one.low, one.high) for one in case.traffic}
    assert ("assumptions.output_tokens_per_request" in inputs) == (known.output_tokens is None)
    if isinstance(known.peak_to_mean, Middle):
        assert case.workload.peak == Fraction(known.peak_to_mean.value)
        assert inputs["workload.peak_to_mean"][1:] == (known.peak_to_mean.low, known.peak_to_mean.high)
    else:
        assert case.workload.peak == (known.peak_to_mean or day["peak_to_mean"].value)
        assert "workload.peak_to_mean" not in inputs
    if (seat := known.requests_per_seat) is not None:
        people = traffic_case(Traffic(seats=Decimal(10), kind=kind), catalog, as_of=DAY)
        # a request that fails is sent again
        assert people.workload.requests == 10 * Fraction(seat.value) * (1 + Fraction(day["retry_rate"].value))
        a_seat = {one.path: one for one in people.traffic}["workload.requests_per_seat"]
        assert (a_seat.value, a_seat.low, a_seat.high) == (seat.value, seat.low, seat.high)


def test_terms_hold_whatever_moves(small: Catalog) -> None:
    case = month(small, "1e6 to 4e6").demanding(region="eu")
    assert case.workload.region == "eu"
    assert case.at({"workload.output_tokens": Decimal(MTOK)}).workload.region == "eu"


def test_a_peak_may_be_a_number_or_a_range(small: Catalog) -> None:
    case = month(small, "1e6 to 4e6")
    assert case.with_peak(Decimal(3)).workload.peak == 3
    assert case.with_peak(Decimal(3)).at({"workload.output_tokens": Decimal(MTOK)}).workload.peak == 3
    ranged = case.with_peak(Interval.parse("2 to 8"))
    assert [one.path for one in ranged.traffic] == ["workload.output_tokens", "workload.peak_to_mean"]
    assert ranged.workload.peak == 4
    volume = ranged.at({"workload.output_tokens": Decimal(MTOK)})
    assert (volume.workload.peak, volume.workload.output_tokens) == (4, MTOK)
    both = volume.at({"workload.peak_to_mean": Decimal(8)})
    assert (both.workload.peak, both.workload.output_tokens) == (8, MTOK)
    assert month(small, "1e6").with_peak(Interval.parse("2 to 8")).at({"workload.peak_to_mean": Decimal(2)}).workload.peak == 2  # fmt: skip


def test_a_peak_of_a_file_gives_way_to_a_stated_one(small: Catalog) -> None:
    case = case_of(entry(peak_to_mean="2 to 4"), "bot", small, as_of=DAY).with_peak(Decimal(6))
    assert "workload.peak_to_mean" not in {one.path for one in case.traffic}
    assert case.workload.peak == 6


def test_the_curve_is_the_estimate_at_every_volume(small: Catalog) -> None:
    case = month(small, "1e9 to 4e9")
    curve = case.curve("fixed")
    assert curve.at(Fraction(10**6)) == 1825  # a million requests of 1,000 tokens: 1,000 of 1,500 Mtok
    with pytest.raises(UndecidableError):
        curve.at(Fraction(2 * 10**6))


def test_options_that_nobody_can_choose_are_left_out(overlay: Overlay) -> None:
    more = """
options:
  quoted: {kind: rate, side: build, usd_per_mtok: {output: 0.1}, effective: 2026-01-01, source: {title: a page, checked: 2026-11-01}}
"""
    case = month(overlay(CATALOG + more.replace("options:\n", "")), "2e9", inputs="1e9")
    found = case.priced(["large", "fixed", "quoted", "large", "deepseek-r1-api"]).to_choose()
    assert found.options == ("large",)
    assert dict(found.reasons) == {
        "fixed": "too few: 1 replica, and the peak needs 1.33 with headroom",
        "quoted": "a published figure that nobody sells",
        "deepseek-r1-api": "retired on 2026-07-24",
    }
    with pytest.raises(UndecidableError, match="no option can be chosen: fixed: too few: 1 replica"):
        case.priced(["fixed"]).to_choose()
    with pytest.raises(UnknownNameError, match="unknown option 'larg'"):
        case.priced(["larg"])


def test_an_option_that_cannot_hold_a_request_is_left_out(small: Catalog) -> None:
    case = Case(Workload.single(requests=1, input_tokens=10**9, output_tokens=1), small, DAY)
    assert case.priced(["large", "gpt-5.2-api"]).to_choose().reasons == (
        ("gpt-5.2-api", "a request exceeds its context"),
    )


def test_ranges_are_found_in_forms_within_forms() -> None:
    shape = {"input_tokens": 10, "cached_share": "0.2 to 0.4", "output_tokens": 5}
    found = list(ranges_of("workload", entry(requests=1, shapes=[shape])))
    assert [(one.path, str(one.most)) for one in found] == [("workload.shapes.0.cached_share", "1")]
    assert list(ranges_of("x", {"a": Interval.parse("1 to 2")})) == []  # what is no form has no ranges


def test_a_form_is_changed_at_the_end_of_a_path() -> None:
    form = entry()
    assert changed(form, ["shapes", "0", "output_tokens"], Decimal(7)).shapes[0].output_tokens == 7
    for steps, message in ((["shapes", "1", "share"], "there is no '1'"), (["shapes", "x"], "there is no 'x'")):
        with pytest.raises(UnknownNameError, match=message):
            changed(form, steps, Decimal(7))


@pytest.mark.parametrize(
    ("unit", "low", "bounds"),
    [
        ("share of TDP", "0.6", (0, 1, False)),
        ("ratio", "1.1", (1, None, False)),  # a PUE below 1 would be a machine that makes power
        ("replicas", "0", (0, None, True)),
        ("USD/kWh", "0.06", (0, None, False)),
    ],
)
def test_an_assumptions_unit_says_what_it_can_never_be(unit: str, low: str, bounds: tuple[object, ...]) -> None:
    high = "1" if unit.startswith("share") else "3"
    one = assumed_input(
        "x", Assumption(value=Decimal(high), low=Decimal(low), high=Decimal(high), unit=unit, basis="user")
    )
    assert (one.least, one.most, one.whole) == bounds


def test_a_blend_rests_on_its_shares_and_on_what_its_members_rest_on(small: Catalog) -> None:
    routes = [
        {"option": "mine", "share": "0.2 to 0.4"},
        {"option": "small", "share": "0.1 to 0.3"},
        {"option": "acme/large"},
    ]
    mixed = BlendOption.model_validate({"kind": "blend", "routes": routes})
    case = month(replace(small, options={**small.options, "mixed": mixed}), "1e9")
    inputs = {one.path: one.most for one in case.inputs(["mixed"])}
    assert inputs == {
        "options.mixed.routes.0.share": Decimal("0.55"),  # 1 − 0.4 − 0.3 is shared by two: no draw exceeds the whole
        "options.mixed.routes.1.share": Decimal("0.45"),
        "options.mine.usd_per_gpu_hour": None,
        "assumptions.router_overhead": None,
    }
    half = case.at({"options.mixed.routes.0.share": Decimal("0.5"), "options.mixed.routes.1.share": Decimal("0.5")})
    with pytest.raises(UndecidableError):  # the last route would have nothing, or less
        half.at({"options.mixed.routes.1.share": Decimal("0.6")}).cost("mixed")


def test_a_seat_holds_what_nobody_knows_exactly(catalog: Catalog) -> None:
    people = Workload.single(requests=1_000, output_tokens=20_000)  # 20 Mtok for one person
    case = Case(replace(people, kind="coding_assistant", seats=1), catalog, DAY)
    option = PlanOption(kind="plan", plan="anthropic/claude-pro")
    known = replace(case, catalog=replace(catalog, options={**catalog.options, "pro": option}))
    (held,) = known.inputs(["pro"])
    assert (held.path, held.unit) == ("plans.anthropic/claude-pro.allowance", "output tokens/seat")
    assert [str(end) for end in (held.low, held.value, held.high)] == ["2000000", "4260000", "9000000"]
    # $20 a seat: 20 / 4.26 Mtok are 5 seats; of 2 Mtok each 10, of 9 Mtok 3
    costs = [known.at({held.path: end}).cost("pro") for end in (held.low, held.value, held.high)]
    assert costs == [200, 100, 60]
    own = option.model_copy(update={"allowance": Decimal(10**7)})
    stated = replace(case, catalog=replace(catalog, options={**catalog.options, "pro": own}))
    assert stated.inputs(["pro"]) == ()
    sold_in_dollars = option.model_copy(update={"plan": "cursor/cursor-pro", "model": "openai/gpt-5.4"})
    certain = replace(case, catalog=replace(catalog, options={**catalog.options, "pro": sold_in_dollars}))
    assert certain.inputs(["pro"]) == ()  # $20 to $20


def test_the_id_of_a_plan_may_hold_dots(overlay: Overlay) -> None:
    quote = "source: {title: a quote, checked: 2026-11-01}"
    seat = (
        f"{{name: Seat 2, prices: [{{effective: 2026-01-01, usd_per_seat: 20, {quote}}}], limit: hard, data_policy: unknown,"
        " allowance: {value: 2_000_000, low: 1_000_000, high: 4_000_000, basis: judgement}}"
    )
    catalog = overlay(f"plans: {{acme: {{provider: acme, plans: {{seat-2.0: {seat}}}}}}}\n{CATALOG}")
    option = PlanOption(kind="plan", plan="acme/seat-2.0")
    people = replace(Workload.single(requests=1_000, output_tokens=4_000), kind="coding_assistant", seats=1)
    case = Case(people, replace(catalog, options={**catalog.options, "seat": option}), DAY)
    (held,) = case.inputs(["seat"])
    assert case.at({held.path: Decimal(1_000_000)}).cost("seat") == 80  # 4 Mtok at 1 Mtok a seat


def test_every_assumption_that_a_price_looks_up_is_named_by_its_estimate(catalog: Catalog) -> None:
    class Recorded(dict[str, Assumption]):
        def __getitem__(self, name: str) -> Assumption:
            looked_up.add(name)
            return super().__getitem__(name)

    plain = catalog.options["r1-distill-32b-h100"]
    assert isinstance(plain, SelfHostOption)
    whole = {"costs": "all", "spares": None, "headroom": None, "fine_tuned": True}
    for change in ({}, whole, {**whole, "tenure": "own"}, {"tenure": "reserved_1y"}, {"tenure": "spot"}):
        looked_up: set[str] = set()
        recording = replace(catalog, assumptions=Recorded(catalog.assumptions))
        named = NamedOption("mine", plain.model_copy(update=change))
        case = month(replace(recording, options={**catalog.options, named.id: named.option}), "1e9", inputs="1e9")
        one = case.estimate("mine")
        assert looked_up <= set(one.assumptions), change


def test_what_is_not_drawn_is_no_uncertain_input(overlay: Overlay) -> None:
    case = month(overlay("assumptions: {headroom: {drawn: false}}"), "1e9")
    undrawn = {"headroom", "spare_replicas", "replica_availability"}  # each has a range
    assert undrawn <= set(case.estimate("r1-distill-32b-h100").assumptions)
    paths = {one.path for one in case.inputs(["r1-distill-32b-h100"])}
    assert "assumptions.throughput_factor" in paths
    assert not {f"assumptions.{name}" for name in undrawn} & paths
