"""How often a fleet has the replicas that its load needs."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcalc.cost.availability import availability


@pytest.mark.parametrize(
    ("needed", "spares", "up", "expected"),
    [
        (1, 0, "0.99", "0.99"),
        (1, 1, "0.99", "0.9999"),  # 1 − 0.01²
        (1, 2, "0.99", "0.999999"),  # 1 − 0.01³
        (3, 0, "0.99", "0.970299"),  # 0.99³
        (2, 1, "0.9", "0.972"),  # 0.9³ + 3 × 0.1 × 0.9² = 0.729 + 0.243
        (5, 0, "1", "1"),
        (5, 3, "1", "1"),
        (5, 3, "0", "0"),
    ],
)
def test_a_fleet_is_up_while_no_more_are_down_than_it_has_spares(
    needed: int, spares: int, up: str, expected: str
) -> None:
    assert availability(needed, spares, Decimal(up)) == Decimal(expected)


@given(st.integers(1, 200), st.integers(0, 20), st.decimals(0, 1, places=4))
def test_a_spare_never_harms_and_a_further_replica_never_helps(needed: int, spares: int, up: Decimal) -> None:
    fleet = availability(needed, spares, up)
    assert 0 <= fleet <= 1
    near = Decimal("1e-20")  # 28 digits, rounded
    assert availability(needed, spares + 1, up) >= fleet - near
    assert availability(needed + 1, spares, up) <= fleet + near
