"""One policy for every self-hosted option."""

from datetime import date
from decimal import Decimal

import pytest
from conftest import Overlay

from costcalc import Catalog, Workload, estimate
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.cost.policy import Policy, with_policy

TODAY = date(2026, 11, 22)
MONTH = Workload.single(requests=2_000, output_tokens=500)
OPTION = "r1-distill-32b-h100"


@pytest.mark.parametrize(
    ("policy", "usd", "spares"),
    [
        (Policy(), "1963.70", 0),  # 730 h × $2.69
        (Policy(spares=1), "3927.40", 1),  # two of them
        (Policy(spares=0), "1963.70", 0),
        (Policy(headroom=Decimal(3)), "1963.70", 0),  # a thousandth of a replica stays one
    ],
)
def test_a_policy_decides_how_many_replicas_are_paid(catalog: Catalog, policy: Policy, usd: str, spares: int) -> None:
    result = estimate(OPTION, MONTH, with_policy(catalog, policy), as_of=TODAY)
    assert result.monthly_usd == Decimal(usd)
    assert result.deployment is not None
    assert result.deployment.spares == spares


def test_every_self_hosted_option_follows_it_and_no_other(catalog: Catalog) -> None:
    policy = Policy(spares=2, headroom=Decimal("1.5"), costs="all")
    changed = with_policy(catalog, policy)
    machines = [option for option in changed.options.values() if isinstance(option, SelfHostOption)]
    assert {(option.spares, option.headroom, option.costs) for option in machines} == {policy}
    others = {name: form for name, form in changed.options.items() if not isinstance(form, SelfHostOption)}
    assert others == {name: form for name, form in catalog.options.items() if not isinstance(form, SelfHostOption)}


@pytest.mark.parametrize(
    ("policy", "field", "stays"),
    [(Policy(spares=3), "headroom", Decimal(2)), (Policy(headroom=Decimal(3)), "spares", 1)],
)
def test_what_a_policy_leaves_open_is_as_the_option_says(
    overlay: Overlay, policy: Policy, field: str, stays: object
) -> None:
    catalog = overlay(
        "options: {mine: {kind: self_host, tokens_per_s: 9, usd_per_gpu_hour: 1, spares: 1, headroom: 2}}"
    )
    assert getattr(with_policy(catalog, policy).options["mine"], field) == stays


def test_an_empty_policy_changes_nothing(catalog: Catalog) -> None:
    assert with_policy(catalog, Policy()) is catalog
