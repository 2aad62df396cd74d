"""``catalog show --explain``, and list and contracted prices in ``catalog show``."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from conftest import Cli, Write

from costcalc.render.documents import document_schema

DAY = ("--as-of", "2026-11-25")
OURS = """assumptions:
  pue: 1.2
api:
  openai:
    models:
      gpt-5.2:
        prices:
          - {effective: 2025-12-11, usd_per_mtok: {output: 13}, source: {title: Letter 4, checked: 2026-11-20}}
contracts:
  openai: {discount: 0.1, models: {gpt-5.2: {usd_per_mtok: {output: 11}}}, effective: 2026-01-01, source: {title: t, checked: 2026-11-01}}
"""


def shown(cli: Cli, *args: str) -> dict[str, Any]:
    run = cli("catalog", "show", *args, *DAY, "--format", "json")
    assert (run.status, run.err) == (0, "")
    document = json.loads(run.out)
    jsonschema.Draft7Validator(document_schema("catalog-show")).validate(document)
    result: dict[str, Any] = document["result"]
    return result


def fields(cli: Cli, *args: str) -> dict[str, dict[str, Any]]:
    return {one["field"]: one for one in shown(cli, *args, "--explain")["fields"]}


def test_every_field_names_its_layer_place_source_and_age(cli: Cli, written: Write) -> None:
    written(OURS)
    found = fields(cli, "gpt-5.2")
    price = "api.openai.models.gpt-5.2.prices.0"
    output, context = found[f"{price}.usd_per_mtok.output"], found["api.openai.models.gpt-5.2.context_window"]
    assert output == {
        "field": f"{price}.usd_per_mtok.output",
        "value": 13,
        "layer": "project",
        "path": "costcalc.yaml",
        "line": 8,
        "column": 60,
        "source": "Letter 4",
        "checked": "2026-11-20",
        "age_days": 5,  # 20 to 25 November
    }
    kept = found[f"{price}.usd_per_mtok.input"]
    assert (kept["layer"], kept["path"], kept["value"]) == ("shipped", "pricing/api/openai.yaml", 1.75)
    assert (context["source"], context["checked"], context["age_days"]) == (None, None, None)
    assert found["contracts.openai.discount"]["source"] == "t"
    text = " ".join(cli("catalog", "show", "gpt-5.2", "--explain", *DAY).out.split())
    assert "prices.0: source Letter 4 (costcalc.yaml:8), checked 2026-11-20, 5 days ago" in text
    assert "Layers: pricing/api/openai.yaml is shipped, costcalc.yaml is project." in text


def test_an_option_is_explained_with_what_stands_behind_it(cli: Cli) -> None:
    assert {name.split(".")[0] for name in fields(cli, "r1-distill-32b-h100")} == {"options", "models", "gpus"}
    assert {name.split(".")[0] for name in fields(cli, "gpt-5.2-api")} == {"options", "api"}
    assert {name.split(".")[0] for name in fields(cli, "claude-pro-seats")} == {"options", "plans"}
    assert {name.split(".")[0] for name in fields(cli, "r1-32b-escalated-to-opus-4.6")} == {"options"}


def test_an_option_of_figures_alone_has_nothing_behind_it(cli: Cli, written: Write) -> None:
    written("options: {mine: {kind: self_host, tokens_per_s: 5, usd_per_gpu_hour: 2}}")
    assert {name.split(".")[0] for name in fields(cli, "mine")} == {"options"}


def test_a_last_day_an_allowance_and_an_offer_have_sources_of_their_own(cli: Cli) -> None:
    retired = fields(cli, "deepseek/deepseek-r1")["api.deepseek.models.deepseek-r1.retired"]
    assert retired["source"].startswith("litellm 1.109.1, deprecation_date")
    gpu = fields(cli, "B200 SXM")
    assert gpu["gpus.b200-sxm.memory_gb"]["source"].endswith("gpu-specs.ts")
    assert gpu["gpus.b200-sxm.rentals.runpod-secure.offer"]["source"] is None  # the specification says nothing of it
    assert gpu["gpus.b200-sxm.rentals.runpod-secure.prices.0.usd_per_gpu_hour"]["checked"] == "2026-11-22"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("assumptions: {pue: 1.2}", "no source: a judgement or a number of one's own (costcalc.yaml:1), never checked"),
        ("assumptions: {pue: {source: {title: t, checked: 2026-11-25}}}", "source t (costcalc.yaml:1), checked 2026-11-25, today"),
        ("assumptions: {pue: {source: {title: t, checked: 2026-11-24}}}", "checked 2026-11-24, 1 day ago"),
        ("assumptions: {pue: {source: {title: t, checked: 2026-11-27}}}", "checked 2026-11-27, 2 days from now"),
    ],
)  # fmt: skip
def test_how_long_ago_somebody_looked(text: str, said: str, cli: Cli, written: Write) -> None:
    written(text)
    assert said in " ".join(cli("catalog", "show", "pue", "--explain", *DAY).out.split())


def test_list_and_contracted_price_stand_side_by_side(cli: Cli, written: Write) -> None:
    written(OURS.replace("output: 13", "output: 14"))
    rows = {(one["meter"], one["conditions"]): one for one in shown(cli, "gpt-5.2")["contracted"]}
    # 10 % off 1.75 is 1.575; output is agreed at 11.00; batch halves the list, and 10 % off 7.00 is 6.30
    assert (rows["input", ""]["list_usd"], rows["input", ""]["usd"]) == (1.75, 1.575)
    assert (rows["output", ""]["list_usd"], rows["output", ""]["usd"], rows["output", ""]["by"]) == (14, 11, "contracted")  # fmt: skip
    assert (rows["output", "batch"]["list_usd"], rows["output", "batch"]["usd"]) == (7, 6.3)
    assert ("web_search", "batch") not in rows  # it costs the same in a batch
    # the fast tier doubles every token rate: 2 × 14 and 2 × 11
    assert (rows["output", "fast tier"]["list_usd"], rows["output", "fast tier"]["usd"]) == (28, 22)
    assert {(one["path"], one["line"]) for one in rows.values()} == {("costcalc.yaml", 10)}
    plain, every = (cli("catalog", "show", "gpt-5.2", *flag, *DAY).out for flag in ((), ("--explain",)))
    assert "output standard 14.00 11.00 contracted" in " ".join(plain.split())
    assert "more under conditions: --explain" in plain
    assert "fast tier" not in plain.split("List and contracted")[1]
    assert "fast tier" in every.split("List and contracted")[1]


def test_a_model_without_conditions_has_no_more_to_show(cli: Cli, written: Write) -> None:
    written("contracts: {cloudflare: {discount: 0.5, effective: 2026-01-01, source: {title: t, checked: 2026-11-01}}}")
    text = cli("catalog", "show", "r1-distill-32b-cloudflare", *DAY).out
    assert "List and contracted prices on 2026-11-25" in text
    assert "under conditions" not in text


@pytest.mark.parametrize("day", ["2025-12-31", "2025-01-01", "2027-01-01"])
def test_a_contract_that_is_not_in_force_changes_nothing(day: str, cli: Cli, written: Write) -> None:
    written(OURS.replace("2026-01-01,", "2026-01-01, until: 2026-12-31,"))
    run = cli("catalog", "show", "gpt-5.2", "--as-of", day)
    assert "List and contracted" not in run.out
    assert "contract from 2026-01-01 to 2026-12-31: costcalc.yaml:10:3" in run.out


def test_a_contract_from_before_the_first_price_has_nothing_to_show(cli: Cli, written: Write) -> None:
    written(OURS.replace("effective: 2026-01-01", "effective: 2020-01-01"))
    assert "List and contracted" not in cli("catalog", "show", "gpt-5.2", "--as-of", "2021-01-01").out


def test_the_fields_are_the_records_of_csv(cli: Cli) -> None:
    header, first = cli("catalog", "show", "pue", "--explain", "--format", "csv", *DAY).out.splitlines()[:2]
    assert header == "field,value,layer,path,line,column,source,checked,age_days"
    assert first.startswith("assumptions.pue.value,1.54,shipped,pricing/assumptions.yaml,")


def test_a_number_of_ones_own_inherits_no_days_look(cli: Cli, written: Write) -> None:
    written("assumptions: {headroom: 1.3}")  # the shipped one is a judgement with a day
    assert {(one["value"], one["checked"]) for name, one in fields(cli, "headroom").items() if name.endswith("value")} == {(1.3, None)}  # fmt: skip
    assert "assumptions.headroom.checked" not in fields(cli, "headroom")


def test_a_long_file_name_is_said_once(cli: Cli) -> None:
    lines = cli("catalog", "show", "DeepSeek-R1-Distill-Qwen-32B", "--explain", *DAY).out.splitlines()
    assert "All in pricing/models/deepseek-r1-distill-qwen-32b.yaml:" in lines
    assert any(line.split() == ["hidden_size", "5120", "14", "shipped"] for line in lines)
    assert max(len(line) for line in lines if "://" not in line) <= 80
