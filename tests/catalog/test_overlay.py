"""What a layer says: its one field and no other; without it the old result; null removes; nothing unknown is overridden."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from conftest import Overlay
from hypothesis import given, settings
from hypothesis import strategies as st

from costcalc import Catalog, InputError, Workload, estimate
from costcalc.catalog.layers.overrides import merge
from costcalc.findings import Document, Finding, Node

MONTH = Workload.single(requests=1000, input_tokens=1000, output_tokens=1000)  # 1 Mtok read, 1 Mtok written
NEWEST = "prices: [{effective: 2025-12-11, usd_per_mtok: {output: %s}}]"


def usd(catalog: Catalog, option: str) -> Decimal:
    return estimate(option, MONTH, catalog, as_of=date(2026, 11, 22)).monthly_usd


@pytest.mark.parametrize(
    ("text", "option", "before", "after"),
    [
        # gpt-5.2 at $1.75 and $14: only the output changes, and input stays at $1.75
        ("api: {openai: {models: {gpt-5.2: {" + NEWEST % "12" + "}}}}", "gpt-5.2", "15.75", "13.75"),
        ("api: {openai: {models: {gpt-5.2: {" + NEWEST % "0" + "}}}}", "gpt-5.2", "15.75", "1.75"),
        # a published rate counts output alone: $0.50 becomes $0.25
        ("options: {deepseek-r1-32b-self-hosted: {usd_per_mtok: {output: 0.25}}}", "deepseek-r1-32b-self-hosted", "0.50", "0.25"),
        # another model's price does not touch it
        ("api: {openai: {models: {gpt-5.2: {" + NEWEST % "12" + "}}}}", "gpt-5.4", "17.50", "17.50"),
    ],
)  # fmt: skip
def test_an_override_changes_its_one_field(
    text: str, option: str, before: str, after: str, overlay: Overlay, catalog: Catalog
) -> None:
    assert usd(overlay(text), option) == Decimal(after)
    assert usd(overlay("# deleted\n{}\n"), option) == usd(catalog, option) == Decimal(before)


def test_the_rest_of_the_entry_stays(overlay: Overlay, catalog: Catalog) -> None:
    changed = overlay("assumptions: {pue: {note: ours}}").assumption("pue")
    assert changed.model_dump(exclude={"note"}) == catalog.assumption("pue").model_dump(exclude={"note"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("api: {openai: {models: {gpt-5.22: {context_window: 1}}}}", "unknown model 'gpt-5.22': nothing to override"),
        ("plans: {openai: {plans: {chatgpt-plu: {limit: hard}}}}", "unknown plan 'chatgpt-plu': nothing to override"),
        ("gpus: {h100-sxmm: {tdp_w: 1}}", "unknown gpu 'h100-sxmm': nothing to override"),
        ("models: {llama-3.1-9b: {layers: 1}}", "unknown model 'llama-3.1-9b': nothing to override"),
        ("assumptions: {puee: {value: 1}}", "assumptions.puee: missing key"),
        ("options: {gpt-5.2-appi: {note: x}}", "missing key 'kind'"),
        ("assumptions: {pue: {notes: null}}", "notes: nothing stands here, and no lower layer has it to be removed"),
        ("assumptions: {pue: {unit: null}}", "missing key 'unit'"),
    ],
)
def test_what_is_not_there_is_not_overridden(text: str, message: str, overlay: Overlay) -> None:
    with pytest.raises(InputError) as error:
        overlay(text)
    assert message in str(error.value)


def test_an_overlay_may_add_a_model(overlay: Overlay) -> None:
    price = "{effective: 2026-01-01, usd_per_mtok: {input: 1, output: 2}, source: {title: t, checked: 2026-01-01}}"
    assert usd(overlay(f"api: {{openai: {{models: {{ours: {{prices: [{price}]}}}}}}}}"), "openai/ours") == 3


_HERE = (Document("x.yaml", ""), 1, 1, 1)
_TREES = st.recursive(
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 9), max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), st.integers(0, 9) | inner, max_size=3),
    max_leaves=8,
)


def refused(finding: Finding) -> None:
    raise AssertionError(finding.message)


def node(value: Any) -> Node:  # noqa: ANN401
    mapping = isinstance(value, dict)
    return Node({key: node(child) for key, child in value.items()} if mapping else value, _HERE)


def leaves(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], int]:  # noqa: ANN401
    if isinstance(value, dict):
        return {found: leaf for key, child in value.items() for found, leaf in leaves(child, (*path, key)).items()}
    return {path: value}


@given(_TREES, st.data())
@settings(max_examples=200)
def test_one_leaf_overridden_is_one_leaf_changed(tree: dict[str, Any], data: st.DataObject) -> None:
    old = leaves(tree)
    if not old:
        return
    path = data.draw(st.sampled_from(sorted(old)))
    value = data.draw(st.none() | st.integers(10, 19))
    laid: Any = value
    for step in reversed(path):
        laid = {step: laid}
    found = leaves(merge(node(tree), node(laid), refused).plain())
    left = {key: leaf for key, leaf in old.items() if key != path}
    assert found == left | ({} if value is None else {path: value})
    assert merge(node(tree), node({}), refused).plain() == tree  # deleted, the old result is back
