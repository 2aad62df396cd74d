"""An API's estimate is priced at once and written down when somebody reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costcalc import Catalog, Shape, Workload, estimate
from costcalc.cost.estimate import exact_usd, total_usd

TODAY = date(2026, 11, 22)
MODELS = (
    "openai/gpt-5.2",
    "openai/gpt-5.4",  # a long-context price
    "deepseek/deepseek-v4-pro",  # two prices by the hour
    "google/gemini-3.1-pro-preview",  # searches of which some are free
    "deepseek-r1-32b-self-hosted",  # not an API
)
TOKENS = st.integers(0, 400_000)


@settings(max_examples=40)
@given(
    model=st.sampled_from(MODELS),
    requests=st.one_of(st.integers(1, 10**9), st.fractions(Fraction(1, 7), 10**6, max_denominator=49)),
    prompt=TOKENS,
    cached=st.sampled_from([0, 0.5, Fraction(1, 3)]),
    output=st.integers(1, 10_000),
    searches=st.integers(0, 2),
    share=st.sampled_from([Fraction(1), Fraction(1, 3)]),
)
def test_the_cost_is_the_sum_of_the_lines_that_are_written_later(
    catalog: Catalog,
    model: str,
    requests: Fraction,
    prompt: int,
    cached: float,
    output: int,
    searches: int,
    share: Fraction,
) -> None:
    searched = {"web_searches": searches} if searches and "gemini" in model else {}
    shape = Shape.of(input_tokens=prompt, cached_share=cached, output_tokens=output, share=share, **searched)
    other = () if share == 1 else (Shape.of(input_tokens=400_000 - prompt, output_tokens=output, share=1 - share),)
    month = estimate(model, Workload(requests, (shape, *other)), catalog, as_of=TODAY)
    usd, exact = month.monthly_usd, month.exact_usd
    assert str(total_usd(month.lines)) == str(usd)
    assert exact_usd(month.lines) == exact
    assert month.caveats  # all of it is written now, and says the same
    assert (str(month.monthly_usd), month.exact_usd) == (str(usd), exact)


def test_an_estimate_is_the_same_read_early_or_late(catalog: Catalog) -> None:
    month = Workload.single(requests=100, input_tokens=10_000, output_tokens=1_000)
    read, late = (estimate("openai/gpt-5.4", month, catalog, as_of=TODAY) for _ in range(2))
    assert read.lines
    assert read == late
    assert repr(read) == repr(late)
    assert replace(read, option="mine").lines == read.lines


def test_what_an_estimate_has_not_is_an_error(catalog: Catalog) -> None:
    month = estimate("openai/gpt-5.4", Workload.single(requests=1, output_tokens=1), catalog, as_of=TODAY)
    with pytest.raises(AttributeError, match="monthly_eur"):
        month.monthly_eur  # type: ignore[attr-defined]  # noqa: B018


def test_a_name_means_another_option_in_a_catalog_with_other_options(catalog: Catalog) -> None:
    month = Workload.single(requests=1, output_tokens=1_000_000)
    assert estimate("gpt-5.2-api", month, catalog, as_of=TODAY).monthly_usd == 14
    other = replace(catalog, options={"gpt-5.2-api": catalog.option("gpt-5.4-api").option})
    assert estimate("gpt-5.2-api", month, other, as_of=TODAY).monthly_usd == 15
