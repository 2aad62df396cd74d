"""The table of hostile names through every renderer; tests/cli/test_hostile.py has every command."""

from __future__ import annotations

import json
import re

import pytest
from hostile import HOSTILE, check_inert, texts
from hypothesis import given
from hypothesis import strategies as st

from costcalc.cli.flags import FOCUS, FORMATS, Format
from costcalc.cli.output import rendered
from costcalc.findings import Document, Finding, Place
from costcalc.render.diagnostics import as_diagnostics
from costcalc.render.report import Bullets, Column, Drawing, Heading, Paragraph, Report, Table
from costcalc.render.safe import MOST, inert


def report(name: str) -> Report:
    """A report with a name in every place that a name may have."""
    place = Place(Document(f"{name}.yaml", f"{name}: 1\n"), 1, 1)
    return Report(
        "check",
        None,
        None,
        {"name": name},
        {name: [name]},
        records=({"name": name, "usd": -1},),
        blocks=(
            Heading(name),
            Table((Column("a"), Column(name, means=name), Column("c", wraps=True)), ((name, "1", name),), (name,)),
            Paragraph(name),
            Drawing((name, f"| {name}")),
        ),
        diagnostics=(Finding("rule", "error", name, place, help=name, subject=name), Finding("rule", "note", name)),
        verdict=(name,),
        assumed=(name,),
        more=(Bullets(name, (name,)), Paragraph(name)),
        focus=({"x_Model": name, "BilledCost": 1},),
    )


@pytest.mark.parametrize("form", [*FORMATS, FOCUS])
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_name_is_only_a_name(name: str, form: Format) -> None:
    text = rendered(report(name), form, notes=True)
    check_inert(form, text)
    if form == "json":
        assert name in texts(json.loads(text))  # what machines read is exact


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_message_is_only_a_message(name: str) -> None:
    check_inert("text", inert(as_diagnostics(report(name).diagnostics)))


@given(st.lists(st.sampled_from(["::error::x", "##[x]", "a", "\n", "\u2028", "\x85", "long" * 9]), max_size=12), st.integers(20, 120))  # fmt: skip
def test_no_wrapping_makes_a_command(words: list[str], width: int) -> None:
    for color in (False, True):
        text = rendered(report(" ".join(words)), "text", width=width, color=color, notes=True)
        assert not [line for line in text.split("\n") if re.sub(r"\x1b\[[\d;]*m", "", line).strip().startswith("::")]
        assert "##[" not in text


def test_a_message_does_not_quote_a_file() -> None:
    document = Document("x.yaml", "a: " + "secret " * 10_000)
    shown = as_diagnostics((Finding("value", "error", f"found '{document.text}'", Place(document, 1, 4)),))
    assert len(shown) < MOST + 500
    assert "… (70,011 characters)" in shown
