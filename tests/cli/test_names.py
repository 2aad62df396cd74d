"""Ids as users paste them into ``--options``, after what people reported of other tools, and what they then pay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Cli, Write

DATA = Path(__file__).parents[1] / "data" / "public"
MONTH = ("compare", "--tokens", "1M", "--input-tokens", "3M", "--as-of", "2026-11-27")
FINE_TUNED = """
api:
  openai:
    models:
      "ft:gpt-4o-mini-2024-07-18":
        prices:
          - effective: 2024-07-23
            usd_per_mtok: {input: 0.30, cache_read: 0.15, output: 1.20}
            source: {url: "https://developers.openai.com/api/docs/pricing", checked: 2026-11-20}
"""


def total(cli: Cli, *args: str) -> tuple[float, list[str]]:
    run = cli(*MONTH, *args, "--format", "json")
    assert (run.status, run.err) == (0, "")
    (row,) = json.loads(run.out)["result"]["estimates"]
    return row["monthly_usd"], row["models"]


def test_a_fine_tuned_model_never_costs_what_its_plain_base_costs(cli: Cli, written: Write) -> None:
    written(FINE_TUNED, "tuned.yaml")
    name = "ft:gpt-4o-mini-2024-07-18:acme::abc123"
    # 3 Mtok x 0.30 + 1 Mtok x 1.20; the plain base would be 3 x 0.15 + 0.60 = 1.05
    assert total(cli, "--catalog", "tuned.yaml", "--options", name) == (2.10, ["openai/ft:gpt-4o-mini-2024-07-18"])
    refused = cli(*MONTH, "--options", name)
    assert (refused.status, refused.out) == (2, "")


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("geography", ["", "us.", "eu.", "apac.", "jp.", "au.", "bedrock/us.", "bedrock/converse/eu."])
def test_claude_on_bedrock_costs_a_tenth_more_everywhere_but_in_global(geography: str, cli: Cli) -> None:
    name = f"{geography}anthropic.claude-sonnet-4-6"
    # (3 Mtok x 3.00 + 1 Mtok x 15.00) x 1.1
    assert total(cli, "--options", name) == (26.40, ["aws/us.anthropic.claude-sonnet-4-6"])
    for region in ("us", "eu", "ap-northeast-1"):  # what holds in every region but global holds in each
        assert total(cli, "--options", name, "--region", region)[0] == 26.40
    assert total(cli, "--options", "global.anthropic.claude-sonnet-4-6")[0] == 24.00


def test_vertex_charges_a_tenth_more_in_every_region_but_global(cli: Cli) -> None:
    source = str(DATA / "C4-vertex-non-global.json")
    assert cli("catalog", "import", "litellm", source, "--save", "o.yaml", "--as-of", "2026-11-27").status == 0
    option = ("--catalog", "o.yaml", "--options", "vertex_ai/claude-sonnet-4-6")
    for region in ("europe-west1", "us-east5", "eu"):  # (3 x 3.00 + 15.00) x 1.1
        assert total(cli, *option, "--region", region) == (26.40, ["vertex-ai/claude-sonnet-4-6"])
    assert total(cli, *option, "--region", "global")[0] == 24.00
    assert total(cli, *option)[0] == 24.00
    assert cli(*MONTH, *option, "--region", "europe").status == 2  # neither a region of a cloud nor one that is priced


@pytest.mark.parametrize("name", ["watsonx/gpt-5.6-luna", "watsonx/my-terra-deployment", "vercel_ai_gateway/gpt-5.2"])
def test_another_sellers_price_is_never_offered_as_a_near_name(name: str, cli: Cli) -> None:
    run = cli(*MONTH, "--options", name)
    assert (run.status, run.out) == (2, "")
    assert "did you mean" not in run.err
    assert "the catalog has no price of" in run.err
    assert "costcalc catalog import" in run.err


def test_a_deployments_own_name_is_refused_with_that_sellers_names_alone(cli: Cli) -> None:
    run = cli(*MONTH, "--options", "azure/my-gpt-5.2")
    assert (run.status, run.out) == (2, "")
    assert "unknown model 'azure/my-gpt-5.2'" in run.err
    assert "did you mean 'azure/gpt-5.2'" in run.err
    assert "openai/" not in run.err


def test_vertex_and_azure_charge_by_the_region(cli: Cli) -> None:
    for region, usd in (("europe-west1", 26.40), ("us-east5", 26.40), ("global", 24.00)):  # (3 x 3.00 + 15.00) x 1.1
        assert total(cli, "--options", "vertex_ai/claude-sonnet-4-6", "--region", region)[0] == usd
    for region, usd in (("us", 17.60), ("eu", 19.20)):  # data zones: (3 x 2.00 + 10.00) x 1.1, and x 1.2 in eu
        assert total(cli, "--options", "azure/gpt-6-sol", "--region", region)[0] == usd
    assert total(cli, "--options", "azure/gpt-6-sol")[0] == 16.00


def test_all_rows_name_what_was_read(cli: Cli) -> None:
    run = cli(*MONTH, "--options", "GPT-5.2,DeepSeek-R1,gpt-5.2-api", "--format", "json")
    rows = {row["option"]: row["models"] for row in json.loads(run.out)["result"]["estimates"]}
    assert rows == {
        "openai/gpt-5.2": ["openai/gpt-5.2"],
        "deepseek/deepseek-r1": ["deepseek/deepseek-r1"],
        "gpt-5.2-api": ["openai/gpt-5.2"],
    }


def test_several_sellers_are_listed_with_their_prices(cli: Cli) -> None:
    run = cli(*MONTH, "--options", "Qwen/Qwen3.7-Max")
    assert (run.status, run.out) == (2, "")
    assert "deepinfra/Qwen/Qwen3.7-Max ($2.50 in, $7.50 out), novita/qwen/qwen3.7-max ($1.25 in, $3.75 out)" in run.err


def test_a_budget_and_a_break_even_name_what_was_read(cli: Cli, written: Write) -> None:
    shapes = "shapes: [{input_tokens: 1_000, output_tokens: 1_000}]"
    written(
        f"workloads: {{bot: {{option: GPT-5.2, requests: 1_000, {shapes}}}}}\n"
        "budgets: {bot: {option: GPT-5.2, monthly_usd: 15.75}}\n"  # 1 Mtok x 1.75 + 1 Mtok x 14
    )
    run = cli("check", "--as-of", "2026-11-27", "--format", "json")
    assert run.status == 0
    assert json.loads(run.out)["result"]["workloads"][0]["option"] == "openai/gpt-5.2"
    sides = ("--build", "r1-distill-32b-h100", "--buy", "GPT-5.2")
    page = cli("breakeven", *sides, "--as-of", "2026-11-27").out
    assert "openai/gpt-5.2" in page
    assert "GPT-5.2" not in page
