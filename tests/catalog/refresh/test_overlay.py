from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Overlay
from theirs import PEERS, from_text, sample

from costcalc import Catalog, load_catalog
from costcalc.catalog.forms.schema import Price
from costcalc.catalog.refresh.conditions import by_hour, cell_of, figures, hours_of, is_near, rate, same_by_hour
from costcalc.catalog.refresh.laid import kinds, overlaid, stays
from costcalc.catalog.refresh.overlay import overlay_text
from costcalc.catalog.refresh.places import placed
from costcalc.catalog.refresh.read import Peer, TheirFile
from costcalc.errors import FlagError

DAY = date(2026, 11, 25)
LATER = date(2026, 12, 24)  # every figure of ours is older


def litellm(tmp_path: Path, models: Mapping[str, object]) -> TheirFile:
    return from_text("litellm", json.dumps(models), tmp_path, DAY)


def gpt(**fields: object) -> dict[str, object]:
    return {"litellm_provider": "openai", "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6, **fields}


def in_force(catalog: Catalog, ref: str, day: date = DAY) -> Price:
    return catalog.sold_model(ref).price_on(day)[1]


@pytest.mark.parametrize("peer", PEERS)
def test_an_overlay_loads_as_it_is_and_says_what_was_read(peer: Peer, catalog: Catalog, overlay: Overlay) -> None:
    theirs = sample(peer, LATER)
    models, _ = overlaid(theirs, catalog)
    over = overlay(overlay_text(theirs, models, catalog))
    for one in models:
        taken = one.placed.taken.entry["prices"][0]
        name = one.placed.ours or one.placed.taken.name
        prices = over.entry(("api", one.placed.taken.provider, "models", name))["prices"]
        price = next(each for each in reversed(prices) if each["effective"] <= LATER.isoformat())
        refused = {(rate.meter, str(rate.conditions)) for merge in one.merges for rate in merge.refused}
        for conditions, meter, usd in figures(taken):
            found = rate(price, cell_of(conditions), meter)
            assert found is not None
            if by_hour(taken, meter) and not hours_of(cell_of(conditions)):
                assert same_by_hour(price, taken, meter) != ((meter, str(conditions)) in refused)
            elif not by_hour(taken, meter):
                assert is_near(found, usd) != ((meter, str(conditions)) in refused)
        assert (price["source"].get("title") == theirs.title) == bool(one.prices) or one.effect == "agrees"
    assert "adds" in {one.effect for one in models}


def test_only_the_price_of_a_model_that_we_have_is_taken_and_deleting_it_brings_ours_back(
    tmp_path: Path, catalog: Catalog, overlay: Overlay
) -> None:
    theirs = litellm(tmp_path, {"gpt-5.2": gpt(deprecation_date="2026-12-01"), "gpt-new": gpt()})
    models, left = overlaid(theirs, catalog)
    assert [(one.placed.ref, one.effect) for one in models] == [
        ("openai/gpt-5.2", "overrides"),
        ("openai/gpt-new", "adds"),
    ]
    assert left == []
    over = overlay(overlay_text(theirs, models, catalog))
    ours = in_force(catalog, "openai/gpt-5.2")
    assert in_force(over, "openai/gpt-5.2").usd_per_mtok == {
        **(ours.usd_per_mtok or {}),
        "input": Decimal(1),
        "output": Decimal(2),
    }
    assert in_force(over, "openai/gpt-5.2").when == ours.when
    assert over.sold_model("openai/gpt-5.2").model.retired is None
    before = date(2026, 11, 24)
    assert in_force(over, "openai/gpt-5.2", before) == in_force(catalog, "openai/gpt-5.2", before)
    assert in_force(over, "openai/gpt-5.4") == in_force(catalog, "openai/gpt-5.4")


def test_over_an_entry_of_the_same_day_nothing_of_ours_is_lost(tmp_path: Path, overlay: Overlay) -> None:
    mine = """
    api:
      openai:
        models:
          gpt-5.2:
            prices:
              - effective: 2026-11-25
                usd_per_mtok: {input: 9.00, cache_read: 1.00, output: 89.00}
                usd_per_thousand: {web_search: 10.00}
                when: [{processing: batch, multiply: 0.5}]
                source: {url: "https://example.com/x", checked: 2026-11-25}
                note: mine
    """
    below = overlay(mine)
    theirs = litellm(tmp_path, {"gpt-5.2": gpt(output_cost_per_token=9e-6)})  # 2e-6 would be ten times off
    models, _ = overlaid(theirs, below)
    text = overlay_text(theirs, models, below)
    (tmp_path / "above.yaml").write_text(text, encoding="utf-8")
    price = in_force(load_catalog(tmp_path / "overlay.yaml", tmp_path / "above.yaml"), "openai/gpt-5.2")
    assert price.usd_per_mtok == {"input": Decimal(1), "cache_read": Decimal("1.00"), "output": Decimal(9)}
    assert price.usd_per_thousand == {"web_search": Decimal("10.00")}
    assert [when.multiply for when in price.when] == [Decimal("0.5")]
    assert price.note == (
        "litellm, theirs.json: input 9.00 → 1.00; output 89.00 → 9.00; "
        "as in the entry of 2026-11-25: cache_read, web_search; batch (multiply)"
    )
    assert str(price.source) == "litellm, theirs.json"


def test_a_later_price_of_ours_stays_and_is_named(tmp_path: Path, catalog: Catalog) -> None:
    gemini = {"litellm_provider": "gemini", "input_cost_per_token": 3e-6, "output_cost_per_token": 1e-5}
    theirs = litellm(tmp_path, {"gemini/gemini-4-argon": gemini, "gemini/new": gemini})
    models, _ = overlaid(theirs, catalog)
    assert [stays(one, one.placed.prices(catalog)) for one in models] == [("2026-12-01",), ()]


def test_a_meter_that_is_no_longer_billed_as_input_is_removed_from_an_entry_of_the_day(
    tmp_path: Path, overlay: Overlay
) -> None:
    price = "{effective: 2026-11-25, usd_per_mtok: {input: 1, output: 2}, billed_as: {cache_write: input}, source: {title: T, checked: 2026-11-25}}"
    below = overlay(f"api: {{openai: {{models: {{gpt-x: {{prices: [{price}]}}}}}}}}")
    theirs = litellm(tmp_path, {"gpt-x": gpt(cache_creation_input_token_cost=1.25e-6)})
    (tmp_path / "above.yaml").write_text(overlay_text(theirs, overlaid(theirs, below)[0], below), encoding="utf-8")
    found = in_force(load_catalog(tmp_path / "overlay.yaml", tmp_path / "above.yaml"), "openai/gpt-x")
    assert (found.billed_as, (found.usd_per_mtok or {})["cache_write"]) == (None, Decimal("1.25"))


def test_where_ours_begins_later_theirs_holds_until_then_and_where_ours_is_newer_it_stays(
    tmp_path: Path, overlay: Overlay
) -> None:
    price = "{effective: DAY, usd_per_mtok: {input: 1}, source: {title: T, checked: 2026-12-01}}"
    prices = {"late": price.replace("DAY", "2026-12-01"), "newer": price.replace("DAY", "2026-01-01")}
    below = overlay("\n".join(["api:", "  openai:", "    models:", *(f"      {name}: {{prices: [{text}]}}" for name, text in prices.items())]))  # fmt: skip
    late, newer = overlaid(litellm(tmp_path, {"late": gpt(), "newer": gpt()}), below)[0]
    assert ([entry["effective"] for entry in late.prices], late.effect) == (["2026-11-25"], "overrides")
    assert (newer.effect, newer.behind) == ("stays", "ours was looked at on 2026-12-01, theirs is of 2026-11-25")


def test_two_names_of_one_model_of_ours_are_one_entry(tmp_path: Path, catalog: Catalog) -> None:
    same = litellm(tmp_path, {"gpt-5.5-2026-04-23": gpt(source="https://example.com/a"), "gpt-5.5": gpt()})
    models, left = placed(same, catalog)
    assert ([one.taken.theirs for one in models], left) == (["gpt-5.5"], [])
    other = litellm(tmp_path, {"gpt-5.5-2026-04-23": gpt(input_cost_per_token=9e-6), "GPT-5.5": gpt()})
    [kept], [refused] = placed(other, catalog)
    assert kept.taken.theirs in {"GPT-5.5", "gpt-5.5-2026-04-23"}
    assert (
        refused.reason
        == f"a name of openai/gpt-5.5, as {kept.taken.theirs} is, which has another price; that one is taken"
    )


def test_only_wanted_models_are_taken(tmp_path: Path, catalog: Catalog) -> None:
    theirs = litellm(tmp_path, {"gpt-5.2": gpt(output_cost_per_image=1), "gpt-new": gpt(ocr_cost_per_page=1), "gpt-free": {"litellm_provider": "openai"}}
    )  # fmt: skip
    models, left = placed(theirs, catalog, ["OpenAI/gpt-5*", "gpt-free"])
    assert [one.ref for one in models] == ["openai/gpt-5.2"]
    assert [(one.model, one.field) for one in left] == [("gpt-5.2", "output_cost_per_image"), ("gpt-free", "")]
    with pytest.raises(FlagError, match=r"no model of theirs\.json fits 'openai/gpt-5\.22'; did you mean"):
        placed(theirs, catalog, ["openai/gpt-5.22"])
    with pytest.raises(FlagError, match=r"no model of theirs\.json fits 'zzz/\*'$"):
        placed(theirs, catalog, ["zzz/*"])


def test_rates_are_counted_by_kind(catalog: Catalog) -> None:
    models = overlaid(sample("litellm", LATER), catalog)[0]
    counts = kinds(models)
    assert list(counts) == [
        "input",
        "cached",
        "output",
        "calls",
        "other meters",
        "long context",
        "batch",
        "tiers",
        "regions",
    ]
    assert counts["input"] == sum("input" in one.placed.taken.entry["prices"][0].get("usd_per_mtok", {}) for one in models if one.prices)  # fmt: skip
    assert kinds([]) == {}
