"""The table of kinds of catalog files: what is derived from it agrees with the catalog and with what is shipped."""

from __future__ import annotations

from pathlib import Path

from costcalc import Catalog
from costcalc.catalog.forms.kinds import CATALOG_KEYS, FIELDS, FILE_KEYS, FOLDERS, KINDS
from costcalc.catalog.layers.stack import FITTED

PRICING = Path(__file__).parents[2] / "pricing"
USERS_ALONE = {"measurements.yaml", "contracts.yaml", "evaluations.yaml"}  # costcalc ships none


def test_what_is_shipped_is_what_the_table_knows() -> None:
    inside = {path.name for path in PRICING.iterdir()} - {"schema", FITTED}
    assert inside == {*FOLDERS, *FILE_KEYS, "suppressions.yaml", "disputed.yaml"} - USERS_ALONE


def test_every_key_of_a_layer_is_an_attribute_of_the_catalog_and_a_key_of_its_form(catalog: Catalog) -> None:
    assert all(hasattr(catalog, FIELDS[key]) for key in CATALOG_KEYS)
    for kind in KINDS.values():
        keys = {kind.named_by} if kind.named_by else set(kind.keys)
        assert keys <= set(kind.form.model_fields), kind.name
