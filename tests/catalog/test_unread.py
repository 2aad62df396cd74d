"""Overrides of assumptions that move no figure of a run."""

from datetime import date
from decimal import Decimal

import pytest
from conftest import Overlay, Write

from costcalc import Catalog, Workload, estimate, load_catalog
from costcalc.catalog.unread import unread_overrides
from costcalc.cost.cash import Course, cash_of

TODAY = date(2026, 11, 22)
WORK = Workload.single(requests=1_000, output_tokens=1_000)
OWN = "a: {value: 5, low: 4, high: 7, unit: x, basis: judgement}"


def found(catalog: Catalog) -> list[tuple[str, str]]:
    return [(finding.message, str(finding.help)) for finding in unread_overrides(catalog)]


def test_an_override_that_no_figure_rests_on_is_found_at_its_place(overlay: Overlay) -> None:
    catalog = overlay("assumptions:\n  pue: 1.2\n  headroom: 1.3\n")
    estimate("r1-distill-32b-h100", WORK, catalog, as_of=TODAY)  # rented: its price holds the power
    (finding,) = unread_overrides(catalog)
    assert finding.message == "assumptions.pue is set here, and no figure of this run rests on it"
    assert (finding.rule, finding.level, finding.subject) == ("unread-override", "warning", "assumptions.pue")
    assert finding.place is not None
    assert str(finding.place).endswith("overlay.yaml:2:3")
    assert finding.help is None  # a shipped name: another run may read it


def test_a_copy_of_what_is_shipped_changes_nothing(catalog: Catalog, overlay: Overlay) -> None:
    pue = catalog.assumption("pue")
    same = overlay(f"assumptions: {{pue: {{value: {pue.value}, low: {pue.low}, high: {pue.high}}}}}")
    assert unread_overrides(same) == ()


def test_what_is_read_in_a_copy_of_the_catalog_is_read(overlay: Overlay) -> None:
    catalog = overlay("assumptions: {headroom: 1.3}")
    assert len(unread_overrides(catalog)) == 1
    estimate("r1-distill-32b-h100", WORK, catalog.with_assumptions({"pue": Decimal(1)}), as_of=TODAY)
    assert unread_overrides(catalog) == ()


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("head_room: {value: 2, low: 1, high: 3, unit: x, basis: user}", "did you mean 'headroom'?"),
        (OWN, "None"),
    ],
)
def test_a_name_that_costcalc_does_not_ship_is_never_read(overlay: Overlay, text: str, hint: str) -> None:
    catalog = overlay(f"assumptions: {{{text}}}")
    estimate("r1-distill-32b-h100", WORK, catalog, as_of=TODAY)
    name = text.partition(":")[0]
    assert found(catalog) == [(f"assumptions.{name} is set here, and no figure of this run rests on it", hint)]


def test_a_value_that_the_run_puts_in_its_place_is_not_read(overlay: Overlay) -> None:
    """A projection spreads the build over its own months, whatever the file's horizon is."""
    catalog = overlay("assumptions: {horizon: 5}\noptions: {mine: {kind: self_host, tokens_per_s: 9, usd_per_gpu_hour: 1, costs: all}}")  # fmt: skip
    cash_of(catalog.option("mine"), WORK, catalog, Course(12), as_of=TODAY)
    assert [finding.subject for finding in unread_overrides(catalog)] == ["assumptions.horizon"]
    estimate("mine", WORK, catalog, as_of=TODAY)
    assert unread_overrides(catalog) == ()


def test_nobody_set_the_shipped_ones_nor_one_that_a_layer_removes(overlay: Overlay) -> None:
    assert unread_overrides(load_catalog()) == ()
    assert unread_overrides(overlay("assumptions: {pue: null}")) == ()


def test_the_last_layer_that_sets_it_is_named(written: Write) -> None:
    first, later = (written(f"assumptions: {{pue: {pue}}}", f"{pue}.yaml") for pue in ("1.2", "1.3"))
    (finding,) = unread_overrides(load_catalog(first, later))
    assert finding.place is not None
    assert finding.place.document.name == str(later)
