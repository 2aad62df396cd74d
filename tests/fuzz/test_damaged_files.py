"""Files: projects, overlays, price lists of other libraries and benchmarks, each damaged as hands and disks do it."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from damage import _COMMON, _OWN, ROOT
from endings import ODD_NUMBERS, OPTIONS, ended, folder_of_its_own, often
from hypothesis import given
from hypothesis import strategies as st

from costcalc.catalog.refresh.read import PEERS, Peer

pytestmark = pytest.mark.no_cover  # many draws of what other tests cover

DATA = Path(__file__).parents[1] / "data"
PLANS = [
    *(path.read_bytes() for path in sorted((ROOT / "examples").glob("*.yaml"))),
    *(path.read_bytes() for path in sorted((DATA / "budgets").rglob("*.yaml"))),
    _OWN.encode(),
]
OVERLAYS = [path.read_bytes() for path in sorted((DATA / "layers").rglob("*.yaml"))]
QUESTIONS: tuple[tuple[str, ...], ...] = (
    ("check",),
    ("check", "--format", "json"),
    ("diff", "costcalc.yaml", "was.yaml"),
    ("compare", "--workload", "costcalc.yaml"),
    ("compare", "--workload", "costcalc.yaml#bot", "--format", "markdown"),
    ("compare", "--tokens", "1e6", "--explain"),
    ("breakeven", "--workload", "costcalc.yaml", "--options", OPTIONS),
    ("project", "--workload", "costcalc.yaml", "--options", OPTIONS),
    ("recommend", "--workload", "costcalc.yaml"),
    ("sensitivity", "--workload", "costcalc.yaml", "--options", OPTIONS),
    ("simulate", "--workload", "costcalc.yaml", "--options", OPTIONS, "--draws", "100"),
    ("catalog", "validate", "costcalc.yaml"),
    ("catalog", "lint", "costcalc.yaml"),
    ("catalog", "set", "gpt-5.2", "output=12", "--source", "https://x.example", "--file", "costcalc.yaml"),
    ("catalog", "diff", "costcalc.yaml"),
)


def damaged(data: bytes, seed: int) -> bytes:
    random = Random(seed)  # noqa: S311  # not for secrets
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        data = random.choice(_COMMON)(data, random)
    return data


seeds = st.integers(0, 2**32 - 1)


@often(40)
@given(plan=st.sampled_from(PLANS), seed=seeds, question=st.sampled_from(QUESTIONS))
def test_no_project_file_is_a_bug(plan: bytes, seed: int, question: tuple[str, ...]) -> None:
    with folder_of_its_own(costcalc_yaml=damaged(plan, seed), was_yaml=plan):
        end = ended(*question)
        assert end.wrong == "", (question, Path("costcalc.yaml").read_text(errors="replace"))


@often(15)
@given(overlay=st.sampled_from(OVERLAYS), seed=seeds, question=st.sampled_from(QUESTIONS[5:6] + QUESTIONS[11:]))
def test_no_overlay_is_a_bug(overlay: bytes, seed: int, question: tuple[str, ...]) -> None:
    with folder_of_its_own(costcalc_yaml=damaged(overlay, seed)):
        end = ended(*question)
        assert end.wrong == "", (question, Path("costcalc.yaml").read_text(errors="replace"))


_numbers = [number for number in ODD_NUMBERS if " " not in number and ":" not in number]
scalars = st.one_of(
    st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=6), st.sampled_from(_numbers),
    st.sampled_from((1e308, -1.0, 0, 10**30, "\ud800", "1e-6", 1e-300, [], {}, [[]], {"": {}})),
)  # fmt: skip


def _places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:  # noqa: ANN401  # JSON
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, child in inside for place in ((*path, key), *_places(child, (*path, key)))]


@st.composite
def json_like(draw: st.DrawFn, originals: list[Any]) -> str:
    """Draw a document with up to three of its values replaced, dropped or moved."""
    value = json.loads(json.dumps(draw(st.sampled_from(originals))))
    for _ in range(draw(st.integers(1, 3))):
        places = _places(value)
        if not places:
            break
        *to, last = places[draw(st.integers(0, len(places) - 1))]
        inside = value
        for key in to:
            inside = inside[key]
        if draw(st.integers(0, 4)):
            inside[last] = deepcopy(draw(scalars))  # one that is drawn twice would hold itself
        else:
            del inside[last]
    return json.dumps(value)


def _small(value: Any) -> Any:  # noqa: ANN401  # JSON
    """Keep the first entries of a long list or mapping, so that a run is short."""
    if isinstance(value, dict):
        return {key: _small(child) for key, child in list(value.items())[:12]}
    return [_small(child) for child in value[:4]] if isinstance(value, list) else value


THEIRS = {peer: _small(json.loads((DATA / "imports" / f"{peer}.json").read_text())) for peer in PEERS}
RUNS: list[Any] = [
    json.loads((DATA / "bench" / name).read_text())
    for name in ("inferencex.json", "vllm-bench-serve.json", "aiperf.json", "guidellm.json", "llama-bench.json")
]


@often(16)
@given(data=st.data(), peer=st.sampled_from(PEERS), save=st.booleans())
def test_no_price_list_is_a_bug(data: st.DataObject, peer: Peer, save: bool) -> None:
    text = data.draw(json_like([THEIRS[peer]]))
    with folder_of_its_own(theirs_json=text.encode()):
        args = ("--save", "own.yaml") if save else ()
        assert ended("catalog", "import", peer, "theirs.json", *args).wrong == ""
        assert ended("catalog", "diff", f"{peer}:theirs.json").wrong == ""


@often(20)
@given(text=json_like(RUNS), save=st.booleans())
def test_no_benchmark_is_a_bug(text: str, save: bool) -> None:
    with folder_of_its_own(run_json=text.encode()):
        args = ("--save", "own.yaml") if save else ()
        assert (
            ended("calibrate", "run.json", "--gpu", "h100", "--weights", "bf16", "--model", "qwen3-32b", *args).wrong
            == ""
        )


@often(20)
@given(data=st.data())
def test_no_baseline_is_a_bug(data: st.DataObject) -> None:
    with folder_of_its_own(costcalc_yaml=PLAN, base_json=b"{}"):
        base = json.loads(ended("check", "--format", "json").out)
        Path("base.json").write_text(data.draw(json_like([base])))
        assert ended("check", "--baseline", "base.json").wrong == ""
        assert ended("diff", "base.json", "base.json").wrong == ""


PLAN = b"""
workloads: {bot: {requests: 100, shapes: [{input_tokens: 100, output_tokens: 100}], option: gpt-5.2-api, tags: [a]}}
budgets: {all: {monthly_usd: {warn: 5, deny: 100}}, a: {tag: a, usd_per_mtok: 30}}
"""
