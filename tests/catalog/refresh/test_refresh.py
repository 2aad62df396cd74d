"""Whatever lists are laid over a catalog, in whatever order: nothing of ours disappears, and twice is once."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from theirs import PEERS, SAMPLES

from costcalc import Catalog, load_catalog
from costcalc.catalog.forms.disputed import Disputed
from costcalc.catalog.refresh.conditions import cell_of, figures, whens
from costcalc.catalog.refresh.json_text import parse_json
from costcalc.catalog.refresh.plan import Listed, Refresh, Refreshed, listed
from costcalc.catalog.refresh.read import Peer, newest_day, theirs_in
from costcalc.catalog.refresh.record import Reading
from costcalc.catalog.refresh.written import refreshed_text
from costcalc.files import parse_yaml
from costcalc.findings import Document

Json = dict[str, Any]
BEGAN = date(2026, 1, 10)
OURS = """
api:
  sail:
    models:
      m:
        prices:
          - effective: 2026-01-10
            usd_per_mtok: {input: 3.00, cache_read: 0.30, output: 15.00}
            billed_as: {cache_write: input}
            usd_per_thousand: {request: 5.00}
            when:
              - {prompt_tokens_above: 200_000, usd_per_mtok: {input: 6.00, output: 22.50}}
              - {processing: batch, usd_per_mtok: {input: 1.50, output: 7.50}}
              - {service_tier: priority, multiply: 2.00}
              - {region: eu, multiply: 1.10}
            source: {title: by hand, checked: 2026-01-10}
      by-hour:
        prices:
          - effective: 2026-01-10
            usd_per_mtok: {input: 1.00, output: 4.00}
            when:
              - {weekdays: [mon, tue], utc: "01:00-04:00", usd_per_mtok: {input: 2.00, output: 8.00}}
            source: {title: by hand, checked: 2026-01-10}
"""
LITELLM = {
    "input_cost_per_token": 1, "output_cost_per_token": 1, "cache_read_input_token_cost": 1, "cache_creation_input_token_cost": 1,
    "input_cost_per_token_above_200k_tokens": 1, "output_cost_per_token_above_128k_tokens": 1, "input_cost_per_token_batches": 1,
    "output_cost_per_token_batches": 1, "input_cost_per_token_priority": 1, "input_cost_per_token_flex": 1,
    "input_cost_per_audio_token": 1, "input_cost_per_request": 1_000,
}  # fmt: skip


def usd(low: str = "0.2", high: str = "20") -> st.SearchStrategy[float]:
    return st.decimals(Decimal(low), Decimal(high), places=2).map(float)


litellm = st.fixed_dictionaries(
    {"input_cost_per_token": usd()}, optional={name: usd() for name in LITELLM if name != "input_cost_per_token"}
).map(
    lambda fields: {
        "litellm_provider": "sail",
        **{name: value / 10**6 * LITELLM[name] for name, value in fields.items()},
    }
)
models_dev = st.fixed_dictionaries(
    {"input": usd(), "output": usd()},
    optional={"cache_read": usd(), "cache_write": usd(), "reasoning": usd(), "context_over_200k": st.fixed_dictionaries({"input": usd()})},
)  # fmt: skip
names = st.sampled_from(["m", "by-hour"])
lists = st.one_of(
    st.tuples(st.just("litellm"), st.dictionaries(names, litellm, min_size=1)),
    st.tuples(st.just("models-dev"), st.dictionaries(names, models_dev, min_size=1)),
)


def text_of(peer: Peer, models: Json) -> str:
    if peer == "litellm":
        return json.dumps(models)
    return json.dumps({"sail": {"models": {name: {"cost": cost} for name, cost in models.items()}}})


def read(peer: Peer, text: str, catalog: Catalog, day: date, today: date, title: str = "") -> Listed:
    reading = Reading(peer, title or f"{peer} {day}", day, today, day)
    return listed(theirs_in(peer, parse_json(Document("theirs.json", text)), "theirs.json", reading), day, catalog)


def prices(text: str, name: str) -> list[Json]:
    found: Any = parse_yaml(Document("ours.yaml", text)).plain()
    price: list[Json] = found["api"]["sail"]["models"][name]["prices"]
    return price


def says(price: Json) -> set[tuple[str, str]]:
    """Name every meter under its conditions, and every factor."""
    found = {(str(sorted(cell_of(conditions).items(), key=str)), meter) for conditions, meter, _ in figures(price)}
    return found | {
        (str(sorted(cell_of(when).items(), key=str)), "multiply") for when in whens(price) if "multiply" in when
    }


def refresh(
    text: str, theirs: Sequence[tuple[Peer, Json]], day: date, today: date, folder: Path
) -> tuple[str, list[Refreshed]]:
    path = folder / "ours.yaml"
    path.write_text(text, encoding="utf-8")
    catalog = load_catalog(path)
    read_lists = tuple(read(peer, text_of(peer, models), catalog, day, today) for peer, models in dict(theirs).items())
    models = list(Refresh(read_lists, catalog, today).models())
    return refreshed_text(text, "sail", models, in_folder=False, today=today), models


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.lists(lists, min_size=1, max_size=2), st.integers(-20, 60)), min_size=1, max_size=4))
def test_nothing_disappears_nothing_is_older_and_twice_is_once(steps: list[Any], tmp_path: Path) -> None:
    text, day = OURS, BEGAN
    for theirs, days in steps:
        day += timedelta(days=days)
        today = max(day, BEGAN) + timedelta(days=3)
        new, _ = refresh(text, theirs, day, today, tmp_path)
        assert refresh(new, theirs, day, today, tmp_path)[0] == new
        for name in ("m", "by-hour"):
            before, after = prices(text, name), prices(new, name)
            kept = [{key: value for key, value in price.items() if key != "source"} for price in after[: len(before)]]
            assert kept == [{key: value for key, value in price.items() if key != "source"} for price in before]
            effective = [price["effective"] for price in after]
            assert effective == sorted(set(effective))
            assert all(
                says(earlier) - {("[]", "billed_as")} <= says(later) for earlier, later in itertools.pairwise(after)
            )
            seen = [price["source"].get("seen", price["source"]["checked"]) for price in after]
            assert seen == sorted(seen)
        text = new
    (tmp_path / "ours.yaml").write_text(text, encoding="utf-8")
    load_catalog(tmp_path / "ours.yaml").sold_model("sail/m")


def test_lists_of_others_as_they_are_take_nothing_from_the_shipped_catalog(catalog: Catalog, tmp_path: Path) -> None:
    today, day = date(2026, 12, 24), date(2026, 12, 20)
    texts = {peer: (SAMPLES / f"{peer}.json").read_text(encoding="utf-8") for peer in PEERS}
    (tmp_path / "api").mkdir()
    for peer in PEERS:
        theirs = read(peer, texts[peer], catalog, day, today)
        for model in Refresh((theirs,), catalog, today).models():
            for entry in model.entries:
                ours = catalog.entry(("api", model.provider, "models", model.name))["prices"]
                base = next(price for price in reversed(ours) if price["effective"] <= day.isoformat())
                assert says(base) <= says(entry)
                assert base["effective"] < entry["effective"]


def one(*lists_read: Listed, catalog: Catalog, today: date, disputed: tuple[Disputed, ...] = ()) -> Refreshed:
    (model,) = Refresh(lists_read, catalog, today, disputed).models()
    return model


@pytest.fixture
def ours(tmp_path: Path) -> Catalog:
    path = tmp_path / "ours.yaml"
    path.write_text(OURS, encoding="utf-8")
    return load_catalog(path)


def gpt(usd_per_mtok: float) -> str:
    return json.dumps({"m": {"litellm_provider": "sail", "input_cost_per_token": usd_per_mtok / 10**6}})


DAY, TODAY = date(2026, 3, 1), date(2026, 3, 5)


def test_a_new_price_is_a_dated_entry_with_its_list_and_day(ours: Catalog) -> None:
    model = one(read("litellm", gpt(2), ours, DAY, TODAY, "litellm 2.0"), catalog=ours, today=TODAY)
    (entry,) = model.entries
    assert (entry["effective"], entry["source"]) == (
        "2026-03-01",
        {"title": "litellm 2.0", "seen": "2026-03-01", "checked": "2026-03-05"},
    )
    assert entry["note"].startswith("litellm 2.0: input 3.00 → 2.00; as in the entry of 2026-01-10: ")
    assert entry["usd_per_mtok"] == {"input": 2, "cache_read": Decimal("0.30"), "output": Decimal("15.00")}


def test_a_list_that_is_older_than_our_evidence_is_not_taken(ours: Catalog) -> None:
    model = one(read("litellm", gpt(2), ours, BEGAN, TODAY), catalog=ours, today=TODAY)
    assert (model.entries, model.statements[0].behind) == (
        (),
        "ours was looked at on 2026-01-10, theirs is of 2026-01-10",
    )


def test_on_what_two_lists_disagree_nothing_is_written(ours: Catalog) -> None:
    first = read("litellm", gpt(2), ours, DAY, TODAY, "litellm 2.0")
    cost = {"sail": {"models": {"m": {"cost": {"input": 2.5, "output": 14}}}}}
    other = read("models-dev", json.dumps(cost), ours, DAY, TODAY, "models-dev of March")
    model = one(first, other, catalog=ours, today=TODAY)
    assert [change.shown for change in model.changes] == ["output"]  # of which only one speaks
    assert [(each.shown, each.reason) for each in model.statements[0].disagrees] == [
        ("input", "models-dev of March has 2.50")
    ]
    assert [entry["usd_per_mtok"]["input"] for entry in model.entries] == [Decimal("3.00")]
    stale = read("models-dev", json.dumps(cost), ours, BEGAN, TODAY, "models-dev of January")  # has no say any more
    assert [change.shown for change in one(first, stale, catalog=ours, today=TODAY).changes] == ["input"]


def test_lists_that_agree_are_written_once(ours: Catalog) -> None:
    cost = {"sail": {"models": {"m": {"cost": {"input": 2, "output": 15}}}}}
    lists_read = (read("litellm", gpt(2), ours, DAY, TODAY), read("models-dev", json.dumps(cost), ours, DAY, TODAY))
    model = one(*lists_read, catalog=ours, today=TODAY)
    assert [change.shown for change in model.changes] == ["input"]
    assert [(entry["usd_per_mtok"]["input"], entry["source"]["title"]) for entry in model.entries] == [
        (2, "litellm 2026-03-01")
    ]


def test_an_entry_of_the_day_of_a_list_is_not_followed_on_that_day(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(
        OURS.replace("effective: 2026-01-10", "effective: 2026-03-01"), encoding="utf-8"
    )  # announced in January
    catalog = load_catalog(path)
    model = one(read("litellm", gpt(2), catalog, DAY, TODAY), catalog=catalog, today=TODAY)
    assert (model.entries, model.statements[0].behind) == ((), "ours has an entry of 2026-03-01")


def test_only_a_list_that_states_all_of_an_entry_renews_its_days(ours: Catalog) -> None:
    same = {"input_cost_per_token": 1e-6, "output_cost_per_token": 4e-6, "litellm_provider": "sail"}
    off_peak = {"hours_utc": "01:00-04:00", "weekdays": [1, 2]}
    partly = read("litellm", json.dumps({"by-hour": same}), ours, DAY, TODAY)
    assert one(partly, catalog=ours, today=TODAY).confirmed is None
    peak = {"windows": [off_peak], "input_cost_per_token": 2e-6, "output_cost_per_token": 8e-6}
    wholly = read("litellm", json.dumps({"by-hour": {**same, "off_peak_pricing": peak}}), ours, DAY, TODAY)
    model = one(wholly, catalog=ours, today=TODAY)
    assert model.confirmed == ("2026-01-10", DAY)
    new = refreshed_text(OURS, "sail", [model], in_folder=False, today=TODAY)
    assert new.count("source: {title: by hand, checked: 2026-03-05, seen: 2026-03-01}") == 1


@pytest.mark.parametrize(
    ("peer", "is_listed", "confirmed"),
    [
        ("litellm", True, ("2026-01-10", DAY)),
        ("litellm", False, None),  # it keeps what has ended
        ("models-dev", False, ("2026-01-10", DAY)),  # a full list: it is sold again
    ],
)
def test_an_offer_that_is_listed_no_more_is_confirmed_by_full_lists_alone(
    peer: Peer, is_listed: bool, confirmed: tuple[str, date] | None, tmp_path: Path
) -> None:
    ended = "last_listed: 2026-01-10, last_listed_source: {title: no list, checked: 2026-02-01},"
    price = (
        "{effective: 2026-01-10, usd_per_mtok: {input: 1.00, output: 4.00}, source: {title: T, checked: 2026-01-10}}"
    )
    path = tmp_path / "ours.yaml"
    path.write_text(
        f"api: {{sail: {{models: {{m: {{{'' if is_listed else ended} prices: [{price}]}}}}}}}}\n", encoding="utf-8"
    )
    catalog = load_catalog(path)
    texts = {
        "litellm": {"m": {"input_cost_per_token": 1e-6, "output_cost_per_token": 4e-6, "litellm_provider": "sail"}},
        "models-dev": {"sail": {"models": {"m": {"cost": {"input": 1, "output": 4}}}}},
    }
    theirs = read(peer, json.dumps(texts[peer]), catalog, DAY, TODAY)
    assert one(theirs, catalog=catalog, today=TODAY).confirmed == confirmed


@pytest.mark.parametrize(
    ("refused", "price", "reason"),
    [
        (2, 2, "looked at on 2026-02-01 and not taken: theirs is half"),
        (1.9, 2, "it was 1.9 that was not taken on 2026-02-01 (theirs is half): look at it again"),
    ],
)
def test_what_was_looked_at_and_not_taken_is_not_taken_again(
    refused: float, price: float, reason: str, ours: Catalog
) -> None:
    noted = Disputed(model="sail/m", sources=("litellm",), usd_per_mtok={"input": Decimal(str(refused))}, reason="theirs is half", checked=date(2026, 2, 1))  # fmt: skip
    theirs = read("litellm", gpt(price), ours, DAY, TODAY)
    model = one(theirs, catalog=ours, today=TODAY, disputed=(noted,))
    assert (model.entries, [each.reason for each in model.statements[0].merge.refused]) == ((), [reason])
    other = noted.model_copy(update={"sources": ("models-dev",)})  # another list's discrepancy says nothing of this one
    assert one(theirs, catalog=ours, today=TODAY, disputed=(other,)).entries


GENAI: list[Json] = [
    {"id": "sail", "models": [{"id": "m", "prices": [
        {"prices": {"input_mtok": 3, "output_mtok": 15}},
        {"constraint": {"start_date": "2026-02-20"}, "prices": {"input_mtok": 2, "output_mtok": 15}},
        {"constraint": {"start_date": "2026-04-01"}, "prices": {"input_mtok": 4, "output_mtok": 20}},
        {"constraint": {"start_date": "2026-05-01"}, "prices": {"input_mtok": 5, "output_mtok": 20}},
    ]}]},
]  # fmt: skip


def test_the_days_that_a_list_names_are_those_of_its_entries(ours: Catalog) -> None:
    theirs = read("genai-prices", json.dumps(GENAI), ours, DAY, TODAY)
    model = one(theirs, catalog=ours, today=TODAY)
    assert [(entry["effective"], entry["usd_per_mtok"]["input"]) for entry in model.entries] == [
        ("2026-02-20", 2), ("2026-04-01", 4), ("2026-05-01", 5),
    ]  # fmt: skip
    assert all(says(model.entries[0]) == says(entry) for entry in model.entries)
    models = GENAI[0]["models"][0]["prices"]
    flat = [
        {
            "id": "sail",
            "models": [{"id": "m", "prices": [models[1], {**models[1], "constraint": {"start_date": "2026-04-01"}}]}],
        }
    ]
    announced = one(read("genai-prices", json.dumps(flat), ours, DAY, TODAY), catalog=ours, today=TODAY)
    assert [entry["effective"] for entry in announced.entries] == ["2026-02-20"]  # the price of April is the same
    known = Refresh((theirs,), ours, TODAY, effective=date(2026, 3, 3))
    assert next(known.models()).entries[0]["effective"] == "2026-03-03"
    before = Refresh((theirs,), ours, date(2026, 1, 1))  # when ours had not begun
    assert next(before.models()) == Refreshed("sail", "m", ())


@pytest.mark.parametrize(
    ("peer", "text", "day"),
    [
        ("litellm", gpt(2), None),
        ("genai-prices", json.dumps(GENAI), date(2026, 2, 20)),
        ("models-dev", json.dumps({"s": {"models": {"a": {"last_updated": "2026-02-30"}, "b": {"last_updated": "2026-01-31"}}}}), date(2026, 1, 31)),
        # 1,769,817,600 s are the start of 2026-01-31
        ("openrouter", json.dumps({"data": [{"id": "a", "pricing": {}, "created": 1_769_817_600}, {"id": "b", "created": 10**15}, {"id": "c"}]}), date(2026, 1, 31)),
    ],
)  # fmt: skip
def test_a_list_is_of_the_newest_day_that_it_names(peer: Peer, text: str, day: date | None) -> None:
    assert newest_day(peer, parse_json(Document("theirs.json", text)), until=date(2026, 3, 1)) == day


def test_a_factor_that_was_looked_at_is_not_taken_again(ours: Catalog) -> None:
    noted = Disputed(
        model="sail/m",
        sources=("litellm",),
        region="us",
        multiply=Decimal("1.1"),
        reason="no",
        checked=date(2026, 2, 1),
    )
    fields = {"litellm_provider": "sail", "input_cost_per_token": 3e-6, "regional_processing_uplift_multiplier_us": 1.1}
    theirs = read("litellm", json.dumps({"m": fields}), ours, DAY, TODAY)
    assert one(theirs, catalog=ours, today=TODAY, disputed=(noted,)).entries == ()
    assert one(theirs, catalog=ours, today=TODAY).entries[0]["when"][-1] == {
        "region": "us",
        "multiply": Decimal("1.10"),
    }


def test_what_a_full_list_left_off_was_last_listed_when_we_last_saw_it(tmp_path: Path) -> None:
    models: dict[str, Json] = {f"m{number}": {"prices": [{"effective": "2026-01-10", "usd_per_mtok": {"input": 1}, "source": {"title": "T", "checked": "2026-01-10"}}]} for number in range(12)}  # fmt: skip
    text = json.dumps({"api": {"sail": {"models": models}}}, indent=1)
    (tmp_path / "ours.yaml").write_text(text, encoding="utf-8")
    catalog = load_catalog(tmp_path / "ours.yaml")

    def ended(count: int, peer: Peer = "models-dev") -> dict[str, str]:
        costs = {f"m{number}": {"cost": {"input": 1, "output": 2}} for number in range(count)}
        text = json.dumps({"sail": {"models": costs}})
        if peer == "litellm":
            text = json.dumps({name: {"litellm_provider": "sail", "input_cost_per_token": 1e-6} for name in costs})
        theirs = read(peer, text, catalog, DAY, TODAY)
        return {each.name: each.last_listed for each in Refresh((theirs,), catalog, TODAY).models() if each.ended}

    assert ended(11) == {"m11": "2026-01-10"}
    costs = {f"m{number}": {"cost": {"input": 1, "output": 2}} for number in range(11)}
    theirs = read("models-dev", json.dumps({"sail": {"models": costs}}), catalog, DAY, TODAY, "models-dev of March")
    gone = [each for each in Refresh((theirs,), catalog, TODAY).models() if each.ended]
    source = {"title": "not in models-dev of March", "seen": "2026-03-01", "checked": "2026-03-05"}
    new = refreshed_text("api: {sail: {models: {m11: {aliases: [x]}}}}", "sail", gone, in_folder=False, today=TODAY)
    said: Any = parse_yaml(Document("new", new)).plain()
    assert said["api"]["sail"]["models"]["m11"] == {"aliases": ["x"], "last_listed": "2026-01-10", "last_listed_source": source}  # fmt: skip
    models["m11"] |= {"last_listed": "2026-01-10", "last_listed_source": source}
    (tmp_path / "ours.yaml").write_text(json.dumps({"api": {"sail": {"models": models}}}, indent=1), encoding="utf-8")
    again = load_catalog(tmp_path / "ours.yaml")
    assert [each for each in Refresh((theirs._replace(names=theirs.names),), again, TODAY).models() if each.ended] == []
    seen_since = text.replace('"checked": "2026-01-10"', '"checked": "2026-03-01"')
    (tmp_path / "ours.yaml").write_text(seen_since, encoding="utf-8")
    same_day = load_catalog(tmp_path / "ours.yaml")
    assert [each for each in Refresh((theirs,), same_day, TODAY).models() if each.ended] == []
    assert ended(8) == {}  # 8 of 12 are not most of them: nobody knows what the list holds of this seller
    assert ended(11, "litellm") == {}  # it keeps what has ended
