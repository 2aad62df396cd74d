"""Plans in the catalog: their form, their layers, and names that lead nowhere."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Cli, Overlay

from costcalc import Catalog, load_catalog
from costcalc.errors import InputError, UndecidableError, UnknownNameError

PLAN = """
provider: acme
plans:
  team:
    name: Team
    prices:
      - {effective: 2026-01-01, usd_per_seat: 30, source: {title: a quote, checked: 2026-11-01}}
      - {effective: 2026-07-01, usd_per_seat: 35, source: {title: a quote, checked: 2026-11-01}}
    limit: hard
    data_policy: unknown
"""


def refused(overlay: Overlay, text: str) -> str:
    with pytest.raises(InputError) as found:
        overlay(text)
    return "\n".join(f"{one.place}: {one.message}" for one in found.value.problems)  # type: ignore[attr-defined]


def test_every_shipped_plan_says_what_it_rests_on(catalog: Catalog) -> None:
    for file in catalog.plans.values():
        for plan in file.plans.values():
            assert plan.users == "person"
            assert plan.prices[-1].source.checked <= date(2026, 11, 27)
            if plan.allowance is not None and plan.allowance.basis != "judgement":
                assert plan.allowance.source is not None


def test_the_shipped_figures_are_those_of_their_sources(catalog: Catalog) -> None:
    fees = {
        f"{provider}/{name}": plan.prices[-1].usd_per_seat
        for provider, file in catalog.plans.items()
        for name, plan in file.plans.items()
    }
    assert fees == {
        "anthropic/claude-pro": 20,
        "anthropic/claude-max-5x": 100,
        "anthropic/claude-max-20x": 200,
        "anthropic/claude-team-standard": 25,
        "anthropic/claude-team-premium": 150,
        "cursor/cursor-pro": 20,
        "cursor/cursor-teams-standard": 40,
        "cursor/cursor-teams-premium": 120,
        "github/copilot-business": 19,
        "github/copilot-enterprise": 39,
        "openai/chatgpt-plus": 20,
        "openai/chatgpt-pro": 200,
        "openai/chatgpt-business": 25,
    }
    measured = catalog.plan("anthropic/claude-max-20x").plan.allowance
    assert measured is not None
    assert (measured.value, measured.basis, measured.unit) == (Decimal(85_200_000), "measured", "output_tokens")


def test_the_fee_of_a_day_is_the_last_one_before_it(overlay: Overlay) -> None:
    plan = overlay(PLAN).plan("acme/team").plan
    days = (date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
    assert [plan.price_on(day, subject="x")[1].usd_per_seat for day in days] == [30, 30, 35]
    with pytest.raises(UndecidableError, match="x: no fee is known for 2025-12-31; the earliest is of 2026-01-01"):
        plan.price_on(date(2025, 12, 31), subject="x")


def test_a_plan_is_a_file_of_its_own_or_a_part_of_a_project(overlay: Overlay, tmp_path: Path) -> None:
    assert overlay(PLAN).plan("acme/team").ref == "acme/team"
    folder = tmp_path / "layer" / "plans"
    folder.mkdir(parents=True)
    (folder / "acme.yaml").write_text(PLAN)
    assert load_catalog(tmp_path / "layer").plan("acme/team").path == ("plans", "acme", "plans", "team")
    changed = overlay("plans: {anthropic: {plans: {claude-pro: {allowance: {value: 5_000_000}, note: ours}}}}")
    pro = changed.plan("anthropic/claude-pro").plan
    assert pro.allowance is not None
    assert (pro.allowance.value, pro.allowance.low, pro.note) == (Decimal(5_000_000), Decimal(2_000_000), "ours")


def test_a_new_fee_is_one_more_entry(overlay: Overlay) -> None:
    text = "plans: {openai: {plans: {chatgpt-plus: {prices: [{effective: 2026-12-01, usd_per_seat: 25, source: {title: t, checked: 2026-11-01}}]}}}}"
    prices = overlay(text).plan("openai/chatgpt-plus").plan.prices
    assert [(price.effective, price.usd_per_seat) for price in prices] == [
        (date(2026, 11, 22), Decimal(20)),
        (date(2026, 12, 1), Decimal(25)),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2026-07-01", "2026-01-01", "prices stand oldest first, one a day: 2026-01-01 stands after 2026-01-01"),
        ("limit: hard", "limit: soft", "expected 'hard' or 'overage', found text 'soft'"),
        ("data_policy: unknown", "users: server", "plans.team.users: expected 'person', found text 'server'"),
        ("usd_per_seat: 35", "usd_per_seat: $35", "expected a number, found text '$35'; write 35 without quotes"),
        ("limit: hard", "limit: hard\n    allowance: {value: 5, low: 6, high: 7, basis: judgement}", "expected low ≤ value ≤ high, found 6, 5, 7"),
        ("limit: hard", "limit: hard\n    allowance: {value: 5, low: 5, high: 7, basis: vendor}", "basis 'vendor' needs a source"),
        ("limit: hard", "limit: overage\n    overage: openai/gpt-5.22", "plans.acme.plans.team.overage: unknown model 'openai/gpt-5.22'; did you mean"),
    ],
)  # fmt: skip
def test_a_plan_that_is_wrong_is_refused_with_its_place(old: str, new: str, message: str, overlay: Overlay) -> None:
    said = refused(overlay, PLAN.replace(old, new, 1))
    assert message in said
    assert "overlay.yaml:" in said


def test_fees_stand_oldest_first() -> None:
    from costcalc.catalog.forms.plans import Plan

    prices = [
        {"effective": day, "usd_per_seat": 1, "source": {"title": "t", "checked": "2026-01-01"}}
        for day in ("2026-02-01", "2026-01-01")
    ]
    with pytest.raises(ValueError, match="prices stand oldest first, one a day: 2026-01-01 stands after 2026-02-01"):
        Plan.model_validate({"name": "x", "prices": prices, "limit": "hard", "data_policy": "unknown"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("plans: {anthropic: {plans: {claude-prp: {limit: hard}}}}", "unknown plan 'claude-prp': nothing to override, and a new plan needs prices"),
        ("options: {x: {kind: plan, plan: anthropic/claude-max-20}}", "options.x.plan: unknown plan 'anthropic/claude-max-20'; did you mean 'anthropic/claude-max-20x'"),
        ("options: {x: {kind: plan, plan: anthropic/claude-pro, model: anthropic/claude-opus}}", "options.x.model: unknown model"),
        ("options: {x: {kind: plan, plan: anthropic/claude-pro, seats: 0}}", "expected a number above 0, found 0"),
        ("workloads: {x: {kind: coding, requests: 1, shapes: [{output_tokens: 1}]}}", "unknown key 'workloads'"),
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_named(text: str, message: str, tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "more.yaml").write_text(text)
    run = cli("compare", "--tokens", "1e6", "--catalog", "more.yaml", "--as-of", "2026-11-22")
    assert run.status == 2
    assert message in " ".join(run.err.split())


def test_a_workload_of_no_known_kind_is_refused(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "costcalc.yaml").write_text(
        "workloads: {x: {kind: coding, requests: 1, seats: 2, shapes: [{output_tokens: 1}]}}"
    )
    run = cli("compare", "--workload", "costcalc.yaml", "--as-of", "2026-11-22")
    assert run.status == 2
    assert "costcalc.yaml:1:23: workloads.x.kind: expected 'customer_service', 'research'" in run.err
    assert "or 'coding_assistant'?" in " ".join(run.err.split())


def test_an_unknown_plan_is_named_with_near_ones(catalog: Catalog) -> None:
    with pytest.raises(UnknownNameError, match="unknown plan 'claude-prl'; did you mean 'anthropic/claude-pro'"):
        catalog.plan("claude-prl")
    assert catalog.plan("claude-pro").ref == "anthropic/claude-pro"


def test_a_fee_that_nobody_has_looked_at_for_long_is_found(cli: Cli) -> None:
    run = cli("catalog", "validate", "--as-of", "2027-08-01", "--format", "json")  # in text the list is cut
    said = run.out
    assert "plans.anthropic.plans.claude-pro.prices.0.source: last seen 252 days ago" in said
    assert "plans.anthropic.plans.claude-max-20x.allowance.source: last seen 252 days ago" in said


# --- the command line


def test_seats_on_the_command_line_bring_the_plans(cli: Cli) -> None:
    run = cli("compare", "--tokens", "20M", "--input-tokens", "400M", "--seats", "2", "--all", "--as-of", "2026-11-22")
    assert run.status == 0
    assert "claude-max-20x-seats" in run.out
    none = cli("compare", "--tokens", "20M", "--input-tokens", "400M", "--as-of", "2026-11-22")
    assert "seats" not in none.out


def test_a_plan_that_is_named_for_a_server_is_refused_with_the_reason(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text(
        "workloads: {bot: {kind: customer_service, seats: 3, requests: 1_000, shapes: [{output_tokens: 1_000}]}}"
    )
    run = cli(
        "compare", "--workload", "costcalc.yaml", "--options", "claude-pro-seats,gpt-5.4", "--as-of", "2026-11-22"
    )
    assert run.status == 2
    reason = "a plan is for people at a tool, never for a server; the workload's kind is customer_service"
    assert reason in " ".join(run.err.split())
    unnamed = cli("compare", "--workload", "costcalc.yaml", "--all", "--notes", "--as-of", "2026-11-22")
    assert unnamed.status == 0
    assert reason in " ".join(unnamed.out.split())


def test_no_seats_are_no_number_of_seats(cli: Cli) -> None:
    run = cli("compare", "--tokens", "1M", "--seats", "0")
    assert run.status == 2
    assert "--seats" in run.err


def test_a_plan_without_a_fee_on_a_day_is_listed_without_one(cli: Cli) -> None:
    run = cli("catalog", "list", "chatgpt", "--as-of", "2026-01-01")
    assert run.status == 0
    assert "openai/chatgpt-plus" in run.out
    assert "not published" in run.out
