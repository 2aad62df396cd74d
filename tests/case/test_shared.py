"""One option is one fleet: what its workloads bear sums to it, exactly."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from costcalc import Workload, load_catalog
from costcalc.case.shared import Use, apart, fleets_of, served
from costcalc.errors import UnknownNameError

CATALOG = load_catalog()
DAY = date(2026, 11, 20)
FLEET, UNITS = "r1-distill-32b-h100", "gpt-4.1-ptu"


def use(option: str, requests: int, prompt: int = 100, output: int = 200) -> Use:
    return Use(Workload.single(requests=requests, input_tokens=prompt, output_tokens=output), option)


@settings(max_examples=8)
@given(st.lists(st.integers(1, 10**8), min_size=2, max_size=4))
def test_the_shares_sum_to_the_fleet(requests: list[int]) -> None:
    found = served({str(at): use(FLEET, each) for at, each in enumerate(requests)}, CATALOG, as_of=DAY)
    (fleet,) = fleets_of(found)
    shares = [each.share for each in found.values()]
    assert sum(shares) == 1
    assert fleet.usd <= fleet.apart_usd
    # the same shape: GPU time goes by the requests
    assert shares == [Fraction(each, sum(requests)) for each in requests]


def test_what_is_billed_by_use_is_not_shared() -> None:
    found = served({"a": use("gpt-5.2-api", 1), "b": use("gpt-5.2-api", 1)}, CATALOG, as_of=DAY)
    assert fleets_of(found) == ()
    assert not found["a"].is_shared


def test_a_workload_that_does_not_fit_bears_nothing_of_the_fleet() -> None:
    uses = {"a": use(FLEET, 10), "long": use(FLEET, 10, prompt=10**6), "b": use(FLEET, 10)}
    found = served(uses, CATALOG, as_of=DAY)
    assert fleets_of(found)[0].names == ("a", "b")
    assert not found["long"].is_shared


def test_an_unknown_option_is_no_fleet() -> None:
    uses = {"a": use("nothing", 1)}
    found = served(uses, CATALOG, as_of=DAY)["a"]
    assert isinstance(found.error, UnknownNameError)
    assert apart(uses, CATALOG) == ()


def test_provisioned_units_are_shared_by_tokens() -> None:
    # 300 tokens a request each: 2 of 3 of them are a's
    found = served({"a": use(UNITS, 2_000), "b": use(UNITS, 1_000)}, CATALOG, as_of=DAY)
    assert [each.share for each in found.values()] == [Fraction(2, 3), Fraction(1, 3)]
    (fleet,) = fleets_of(found)
    assert [fleet.usd, fleet.apart_usd] == [10_950, 21_900]  # the least is 15 units × 730 h × $1
