"""What other libraries get wrong is not taken over with their prices."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from theirs import from_text, named, sample

from costcalc import load_catalog
from costcalc.catalog.refresh.laid import overlaid
from costcalc.catalog.refresh.overlay import overlay_text
from costcalc.catalog.refresh.read import Peer, TheirFile
from costcalc.cost.option import estimate
from costcalc.errors import UnknownNameError
from costcalc.week import UNIFORM, Load
from costcalc.workload import Shape, Workload


def cost(
    theirs: TheirFile, folder: Path, model: str, *, load: Load = UNIFORM, service_tier: str | None = None, **usage: int
) -> Decimal:
    """Price one request over the overlay that an import writes."""
    ours = load_catalog()
    path = folder / "overlay.yaml"
    path.write_text(overlay_text(theirs, overlaid(theirs, ours)[0], ours), encoding="utf-8")
    request = Workload(1, (Shape.from_usage(**usage),), service_tier=service_tier, load=load)
    return estimate(model, request, load_catalog(path), as_of=theirs.day).monthly_usd


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize("peer", ["litellm", "genai-prices", "models-dev"])
def test_a_long_prompt_pays_its_tier_for_every_token_and_not_only_above_the_threshold(
    peer: Peer, tmp_path: Path
) -> None:
    def usd(input_tokens: int) -> Decimal:
        return cost(sample(peer), tmp_path, "openai/gpt-5.4", input_tokens=input_tokens, output_tokens=1_000)

    # 300,000 × $5 + 1,000 × $22.50 per million; a marginal tier would be 272,000 × $2.50 + 28,000 × $5 + …
    assert usd(300_000) == Decimal("1.5225")
    assert usd(272_000) == Decimal("0.695")  # the threshold itself: 272,000 × $2.50 + 1,000 × $15


@pytest.mark.no_cover  # a table of what other tests cover
@pytest.mark.parametrize(
    ("moment", "usd"),
    [
        (datetime(2026, 11, 25, 2, tzinfo=UTC), "1.32"),  # Wednesday 02:00 UTC: peak
        (datetime(2026, 11, 25, 5, tzinfo=UTC), "0.66"),  # between the two peaks
        (datetime(2026, 11, 28, 2, tzinfo=UTC), "0.66"),  # Saturday: off-peak all day, though genai-prices says 1.32
    ],
)
@pytest.mark.parametrize("peer", ["litellm", "genai-prices"])
def test_no_peak_price_on_a_weekend(peer: Peer, moment: datetime, usd: str, tmp_path: Path) -> None:
    theirs = sample(peer)
    assert cost(theirs, tmp_path, "deepseek/deepseek-v4-pro", load=Load.at(moment), input_tokens=10**6) == Decimal(usd)


def test_a_misspelt_tier_is_refused_and_not_priced_as_the_standard_one(tmp_path: Path) -> None:
    theirs = sample("litellm")

    def usd(tier: str) -> Decimal:
        return cost(theirs, tmp_path, "openai/gpt-5.4", service_tier=tier, input_tokens=1_000, output_tokens=1_000)

    assert usd("priority") == Decimal("0.035")  # 1,000 × $5 + 1,000 × $30 per million
    with pytest.raises(UnknownNameError, match=r"unknown service tier 'prioritty'.*did you mean 'priority'"):
        usd("prioritty")


def test_an_unknown_model_and_one_that_is_free_of_everything_do_not_cost_0(tmp_path: Path) -> None:
    theirs = sample("litellm")
    with pytest.raises(UnknownNameError, match=r"gpt-5\.44"):
        cost(theirs, tmp_path, "openai/gpt-5.44", input_tokens=1)
    text = '{"m": {"litellm_provider": "sail", "input_cost_per_token": 0, "output_cost_per_token": 0.0}, "n": {"litellm_provider": "sail", "input_cost_per_token": 1e-6}}'
    some = from_text("litellm", text, tmp_path)
    assert [(one.model, one.reason) for one in some.left] == [
        ("m", "every price is 0: free and unknown look alike in theirs")
    ]


def test_a_past_price_is_not_given_the_hours_of_todays() -> None:
    # genai-prices bills the peak price of August before it existed; here a price is taken from the day on
    taken = named(sample("genai-prices"), "deepseek/deepseek-v4-pro")
    assert [price["effective"] for price in taken.entry["prices"]] == ["2026-08-17"]
    assert taken.since == date(2026, 8, 17)
