"""Meters beside text: worked cases (tests/cases/meters.yaml), and what holds for every model of the catalog."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Overlay, Write

from costcalc import Catalog, Estimate, Shape, UndecidableError, Workload, estimate
from costcalc.catalog.forms.options import ApiOption
from costcalc.catalog.forms.rates import RATE_TABLES
from costcalc.cost.estimate import total_usd
from costcalc.cost.metering import parts_of
from costcalc.cost.option import cost_curve
from costcalc.errors import InputError
from costcalc.files import parse_yaml
from costcalc.findings import Document
from costcalc.scenario import WorkloadEntry
from costcalc.workload import TOKEN_METERS, Meter, UnitMeter

TABLE = Path(__file__).parents[1] / "cases" / "meters.yaml"
CASES: list[dict[str, Any]] = parse_yaml(Document(TABLE.name, TABLE.read_text())).plain()  # type: ignore[assignment]
PRICED = [case for case in CASES if "monthly_usd" in case]
TODAY = date(2026, 11, 27)
MODEL = "acme/machine"


def list_of(price: dict[str, Any]) -> str:
    """A price list with one model."""
    dated = {"effective": "2026-01-01", **price, "source": {"title": "t", "checked": "2026-11-20"}}
    return json.dumps(
        {"api": {"acme": {"provider": "acme", "models": {"machine": {"prices": [dated]}}}}}, default=float
    )


def month_of(case: dict[str, Any]) -> Workload:
    return WorkloadEntry.model_validate(case["workload"]).to_workload("month")


def of(case: dict[str, Any], overlay: Overlay) -> Estimate:
    return estimate(MODEL, month_of(case), overlay(list_of(case["price"])), as_of=TODAY)


@pytest.mark.parametrize("case", PRICED, ids=lambda case: case["name"])
def test_a_month_costs(case: dict[str, Any], overlay: Overlay) -> None:
    result = of(case, overlay)
    assert result.monthly_usd == Decimal(str(case["monthly_usd"]))
    assert result.leaves_out == case.get("leaves_out", "")
    assert case.get("caveat", "") in {"", *result.caveats}


@pytest.mark.parametrize("case", [case for case in CASES if "flags" in case], ids=lambda case: case["name"])
def test_flags_say_the_same(case: dict[str, Any], cli: Cli, written: Write) -> None:
    written(list_of(case["price"]), "prices.yaml")
    run = cli("compare", *case["flags"], "--options", MODEL, "--catalog", "prices.yaml", "--format", "json")
    assert run.status == 0, run.err
    (found,) = json.loads(run.out)["result"]["estimates"]
    assert Decimal(str(found["monthly_usd"])) == Decimal(str(case.get("flags_usd", case["monthly_usd"])))


@pytest.mark.parametrize("case", [case for case in CASES if "refused" in case], ids=lambda case: case["name"])
def test_what_has_no_rate_is_never_free(case: dict[str, Any], overlay: Overlay) -> None:
    with pytest.raises(UndecidableError) as caught:
        of(case, overlay)
    assert case["refused"] in str(caught.value)


@pytest.mark.parametrize("case", PRICED, ids=lambda case: case["name"])
def test_the_curve_is_what_a_month_costs(case: dict[str, Any], overlay: Overlay) -> None:
    """At volumes on both sides of where an allowance ends."""
    catalog, month = overlay(list_of(case["price"])), month_of(case)
    curve = cost_curve(MODEL, month, catalog, as_of=TODAY)
    ends = curve.breaks.points
    volumes = [Fraction(1), Fraction(month.requests), *(end * by for end in ends for by in (Fraction(1, 2), 1, 2))]
    for volume in volumes:
        at = Workload(volume, month.shapes, month.batchable_share, stored=month.stored)
        assert curve.at(volume) == estimate(MODEL, at, catalog, as_of=TODAY).exact_usd
    for piece in curve.pieces(Fraction(0), 2 * max(volumes)):
        assert piece.hi is not None  # cut there
        middle = (piece.lo + piece.hi) / 2
        assert piece.line.at(middle) == curve.at(middle)


def test_an_allowance_ends_one_piece(overlay: Overlay) -> None:
    """5,000 free searches at two a request last for 2,500 requests; storage of 27 USD is owed from the first on."""
    price = {
        "usd_per_mtok": {"input": 1.0, "output": 1.0},
        "usd_per_thousand": {"web_search": 14.0},
        "usd_per_mtok_hour": {"cache_storage": 4.5},
        "free_per_month": {"web_search": 5000},
    }
    mix = Workload(1, (Shape.of(output_tokens=1000, web_searches=2),), stored=6_000_000)
    curve = cost_curve(MODEL, mix, overlay(list_of(price)), as_of=TODAY)
    assert curve.breaks.points == (Fraction(2500),)
    first, second = curve.pieces(Fraction(0), Fraction(10_000))
    assert (first.line.fixed, first.line.slope) == (
        Fraction(27),
        Fraction(1, 1000),
    )  # 6 Mtok-hours × 4.50; 1,000 tokens at 1.00
    assert (second.line.fixed, second.line.slope) == (
        Fraction(27 - 70),
        Fraction(29, 1000),
    )  # 5 thousand × 14.00 are free
    assert curve.slope == Fraction(29, 1000)


@pytest.mark.parametrize("above", ["plan", "units"])
def test_what_spills_over_takes_no_allowance(above: str, overlay: Overlay) -> None:
    """9 of 10 requests above what is paid for: 9 × (1,000 tokens at 1.00 per Mtok + a search at 14.00 a thousand)."""
    listed = json.loads(list_of({"usd_per_mtok": {"output": 1.0}, "usd_per_thousand": {"web_search": 14.0}, "free_per_month": {"web_search": 5000, "output": 90000}}))  # fmt: skip
    seats = {"name": "Seat", "prices": [{"effective": "2026-01-01", "usd_per_seat": 20, "source": {"title": "t", "checked": "2026-11-20"}}], "data_policy": "no_training", "limit": "overage", "allowance": {"value": 1000, "low": 1000, "high": 1000, "unit": "output_tokens", "basis": "user"}}  # fmt: skip
    units = {"kind": "provisioned", "model": MODEL, "overflow": True, "units": {"unit": {"usd_per_month": 20, "tokens_per_minute": 1000, "weights": {"output": 43800}, "count": 1}}}  # fmt: skip
    options = {"plan": {"kind": "plan", "plan": "acme/seat", "model": MODEL}, "units": units}
    catalog = overlay(json.dumps({**listed, "plans": {"acme": {"provider": "acme", "plans": {"seat": seats}}}, "options": options}))  # fmt: skip
    shape = Shape.of(output_tokens=1000, web_searches=1 if above == "plan" else 0)
    mix = Workload(10, (shape,), kind="coding_assistant", seats=1 if above == "plan" else None)
    spilled = 9 * (Fraction(1, 1000) + (Fraction(14, 1000) if above == "plan" else 0))
    assert estimate(above, mix, catalog, as_of=TODAY).exact_usd == 20 + spilled
    curve = cost_curve(above, mix, catalog, as_of=TODAY)
    assert [curve.at(Fraction(volume)) for volume in (1, 10)] == [20, 20 + spilled]


@pytest.mark.parametrize(
    ("price", "message"),
    [
        ({"usd_per_minute": {"input_duration": 1.0}, "usd_per_hour": {"input_duration": 60.0}}, "input_duration stands in usd_per_minute and in usd_per_hour; give it one rate"),
        ({"usd_per_thousand": {"page": 1.0}, "free_per_month": {"page": 5}, "free_per_day": {"page": 5}}, "page is free by the month and by the day; give one of them"),
        ({"free_per_month": {"page": 5}}, "a price needs a table of rates: usd_per_mtok, usd_per_thousand, "),
    ],
)  # fmt: skip
def test_what_a_price_cannot_say(price: dict[str, Any], message: str, overlay: Overlay) -> None:
    with pytest.raises(InputError, match=message):
        overlay(list_of(price))


def test_a_contract_states_rates(overlay: Overlay) -> None:
    terms = "{openai: {models: {gpt-5.2: {}}, effective: 2026-01-01, source: {title: t, checked: 2026-11-01}}}"
    with pytest.raises(InputError, match="a contracted price needs a table of rates: usd_per_mtok, "):
        overlay(f"contracts: {terms}")


def test_machines_of_ones_own_leave_out_what_is_no_token(catalog: Catalog) -> None:
    month = Workload(1000, (Shape.of(input_tokens=1000, output_tokens=300, web_searches=1, pages=2),))
    result = estimate("r1-distill-32b-h100", month, catalog, as_of=TODAY)
    assert result.unfit == "part"
    assert "not comparable here: it serves tokens, and leaves out web searches, pages" in result.caveats


def test_storage_is_free_only_where_no_model_of_the_seller_bills_it(catalog: Catalog) -> None:
    kept = Workload(10, (Shape.of(input_tokens=10_000, cached_share=0.5, output_tokens=10),), stored=1_000_000)
    assert not [
        line for line in estimate("gpt-5.2-api", kept, catalog, as_of=TODAY).lines if line.item == "cache_storage"
    ]
    with pytest.raises(UndecidableError, match="no rate for 'cache_storage'"):
        estimate("gemini-4-argon-api", kept, catalog, as_of=TODAY)


def test_a_contract_by_the_minute_stands_beside_a_list_by_the_hour(overlay: Overlay) -> None:
    """10,000 min at 0.003 are 30.00; the list's 0.24 an hour are 0.004 a minute, 40.00."""
    listed = json.loads(list_of({"usd_per_hour": {"input_duration": 0.24}}))
    terms = {"usd_per_minute": {"input_duration": 0.003}}
    agreed = {
        "effective": "2026-01-01",
        "models": {"machine": terms},
        "source": {"title": "ours", "checked": "2026-11-20"},
    }
    catalog = overlay(json.dumps({**listed, "contracts": {"acme": agreed}}))
    result = estimate(MODEL, Workload(10_000, (Shape.from_usage(input_seconds=60),)), catalog, as_of=TODAY)
    assert result.monthly_usd == 30
    assert "contract 'ours': at list prices it would be $40.00" in result.caveats


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--requests", "9", "--per-request", "input_second=60"], "unknown count 'input_second'; did you mean 'input_seconds'"),
        (["--requests", "9", "--per-request", "xyzzy=60"], "unknown count 'xyzzy'; expected one of: input_audio_tokens, "),
        (["--requests", "9", "--per-request", "input_seconds"], "expected NAME=AMOUNT such as input_seconds=60, found 'input_seconds'"),
        (["--requests", "9", "--per-request", "pages=-1"], "expected an amount such as 1e6"),
        (["--requests", "9", "--per-request", "pages=1", "--per-request", "pages=2"], "--per-request names pages twice; give it once"),
        (["--requests", "9", "--shape", "0:0"], "a request without tokens and without anything else costs nothing: give --per-request"),
        (["--requests", "9", "--shape", "9:0.5"], "expected no token out, or at least 1, found '9:0.5'"),
        (["--tokens", "9", "--shape", "500:0"], "a --shape that generates nothing has no output to count: say how many there are (--requests)"),
        (["--requests", "9", "--per-request", "input_audio_tokens=5"], "--per-request input_audio_tokens: they are a part of the request, so give all of it, text included: --shape IN:OUT"),
        (["--requests", "9", "--shape", "100:1", "--per-request", "input_audio_tokens=5 to 9"], "--per-request input_audio_tokens: expected a number; a range may stand in --shape"),
        (["--requests", "9", "--shape", "100 to 200:1", "--per-request", "input_audio_tokens=101"], "101 tokens of other media do not fit into a total of 100 tokens in --shape"),
        (["--requests", "9", "--shape", "100:1", "--cached-share", "10%", "--per-request", "input_image_tokens=91"], "91 tokens of other media do not fit into a total of 100 tokens in --shape beside what is cached"),
        (["--requests", "9", "--shape", "100:1", "--per-request", "output_audio_tokens=2"], "2 tokens of other media do not fit into a total of 1 tokens in --shape"),
    ],
)  # fmt: skip
def test_what_a_request_cannot_use_is_refused(flags: list[str], message: str, cli: Cli) -> None:
    run = cli("compare", *flags, "--options", "gpt-audio")
    assert (run.status, message in " ".join(run.err.split())) == (2, True), run.err


SIZES = ["--shape", "2000 to 4000:300 to 900", "--cached-share", "10% to 50%", "--cache-write-share", "10% to 40%"]


@pytest.mark.parametrize(
    "flags",
    [
        ["--requests", "1000", *SIZES, "--options", "gpt-5.2-api,claude-opus-4-6"],
        ["--requests", "1000", *SIZES, "--per-request", "input_audio_tokens=200", "--per-request", "output_audio_tokens=299", "--options", "gpt-audio,gpt-realtime"],
        ["--workload", "costcalc.yaml", "--options", "gpt-audio,gpt-realtime"],
    ],
)  # fmt: skip
def test_no_draw_breaks_a_request(flags: list[str], cli: Cli, written: Write) -> None:
    """One draw in ten lies outside an interval, and there the parts of a request must fit into it too."""
    shape = (
        '{input_tokens: 1500 to 3000, input_audio_tokens: 990, cached_share: "0.1 to 0.3",'
        " output_tokens: 1200 to 3000, output_audio_tokens: 1190, reasoning_tokens: 10}"
    )
    counted = shape.replace('cached_share: "0.1 to 0.3"', "cache_read_tokens: 400").replace("{", "{share: 0.5, ", 1)
    shared = shape.replace("{", "{share: 0.5, ", 1)
    written(f"workloads: {{w: {{requests: 1000, shapes: [{shared}, {counted}]}}}}\n")
    run = cli("simulate", *flags, "--draws", "2000")
    assert run.status == 0, run.err


def _uses(meter: Meter) -> Shape:
    """A request that uses one meter: 100,000 tokens, or 720 of what else there is."""
    if meter in TOKEN_METERS:
        return Shape({meter: 100_000})
    units: dict[UnitMeter, int] = {meter: 720}  # type: ignore[dict-item]  # storage is no meter of a request
    if meter == "container_duration":
        units["container_session"] = 1
    return Shape({}, units)


def test_every_meter_of_every_model_is_billed_at_its_rate(catalog: Catalog) -> None:
    """Quantity × rate, exactly, less what is free; for each model of the catalog, and each meter that it has."""
    meters = 0
    for provider, file in catalog.providers.items():
        for name, model in file.models.items():
            ref = f"{provider}/{name}"
            if model.prices[0].effective > TODAY:
                continue
            sold = catalog.sold_model(ref)
            option = ApiOption(kind="api", model=ref)
            (part, *_) = parts_of(option, sold, Workload(1, (Shape({}),)), TODAY)
            for meter in part.card:
                if meter in {"request", "cache_storage"} or (part.is_by_request and meter in TOKEN_METERS):
                    continue
                month = Workload(1000, (_uses(meter),))
                result = estimate(ref, month, catalog, as_of=TODAY)
                (own, *others) = parts_of(option, sold, month, TODAY)
                if others:
                    continue  # a price by the hour: test_api.py
                rate = own.card[meter]
                used = 1000 * (100_000 if meter in TOKEN_METERS else 720)
                free = own.tariff.free.get(meter, 0)
                billed = [line for line in result.lines if line.item == rate.item]
                assert total_usd(billed) == total_usd([billed[0]._replace(amount=max(0, used - free), per=rate.per)])
                assert billed[0].unit_price_usd == rate.usd
                meters += 1
    assert meters > 4 * 909


@pytest.mark.parametrize(
    "meter",
    [meter for table in RATE_TABLES.values() for meter in table.meters if meter not in {"request", "cache_storage"}],
)
def test_a_meter_that_a_model_lacks_is_never_free(meter: Meter, overlay: Overlay) -> None:
    """For a model that prices nothing but output, each other meter; cached tokens have no input to be billed as."""
    catalog = overlay(list_of({"usd_per_mtok": {"output": 1.0}, "usd_per_thousand": {"request": 0.0}}))
    month = Workload(1, (_uses(meter),))
    if meter in {"output", "reasoning"}:
        assert estimate(MODEL, month, catalog, as_of=TODAY).monthly_usd == Decimal("0.10")
        return
    with pytest.raises(UndecidableError, match="no rate for"):
        estimate(MODEL, month, catalog, as_of=TODAY)
