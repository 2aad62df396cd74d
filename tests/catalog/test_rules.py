"""Rules as data: what each says of facts, and every mistake with its place."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Cli, Overlay

from costcalc import Catalog, InputError
from costcalc.catalog.rules.entries import RulesFile
from costcalc.catalog.rules.verdicts import Facts, Rule, Verdict, understood, verdict
from costcalc.files import parse_yaml
from costcalc.findings import Document
from costcalc.workload import KINDS, SERVER_KINDS

SEAT = "{value: 2, low: 1, high: 3, because: {judgement: mine}}"

RULE = """rules:
  mine:
    level: {level}
    when: {when}
    say: {say}
    because: {{judgement: it is mine}}
    examples:
      fires: [{fires}]
      silent: [{silent}]
"""


def rule(
    when: str,
    *,
    fires: str,
    silent: str = "{}",
    say: str = "it fired",
    level: str = "shape",
) -> str:
    return RULE.format(when=when, fires=fires, silent=silent, say=say, level=level)


def examples(side: str, catalog: Catalog) -> list[tuple[str, Facts]]:
    return [
        (one.id, {name: value if isinstance(value, str | bool) else Decimal(value) for name, value in facts.items()})
        for one in catalog.rules().values()
        for facts in getattr(one.entry.examples, side)
    ]


def test_every_shipped_rule_does_what_its_examples_say(catalog: Catalog) -> None:
    rules = catalog.rules()
    assert [name for name, facts in examples("fires", catalog) if verdict(rules[name], facts).word != "fires"] == []
    assert [name for name, facts in examples("silent", catalog) if verdict(rules[name], facts).word == "fires"] == []
    assert [name for name, one in rules.items() if len(one.entry.examples.silent) < 1] == []


def test_every_shipped_rule_has_a_reason(catalog: Catalog) -> None:
    assert [name for name, one in catalog.rules().items() if not str(one.entry.because)] == []
    assert str(catalog.rules()["private-data"].entry.because) == "judgement: you asked for it"
    assert str(catalog.rules()["cold-start"].entry.because).endswith(
        "https://www.spheron.network/blog/gpu-cold-start-llm-inference-2026/"
    )
    assert " (Artificial Analysis" in str(catalog.rules()["frontier"].entry.because)


@pytest.mark.parametrize(
    ("when", "facts", "said"),
    [
        ("{utilisation: {below: 0.4}}", {"utilisation": "0.39"}, Verdict("fires")),
        ("{utilisation: {below: 0.4}}", {"utilisation": "0.4"}, Verdict("silent")),
        ("{utilisation: {at_most: 0.4}}", {"utilisation": "0.4"}, Verdict("fires")),
        ("{utilisation: {above: 0.1, at_most: 0.4}}", {"utilisation": "0.1"}, Verdict("silent")),
        ("{utilisation: {at_least: 0.1, at_most: 0.1}}", {"utilisation": "0.1"}, Verdict("fires")),
        ("{utilisation: 0.25}", {"utilisation": "0.25"}, Verdict("fires")),
        ("{utilisation: 0.25}", {}, Verdict("unknown", ("utilisation",))),  # nobody knows it of the option
        ("{team_fte: {below: 2}}", {}, Verdict("silent")),  # nobody asked
        ("{team_fte: {below: 2}, utilisation: {below: 0.4}}", {"team_fte": "1"}, Verdict("unknown", ("utilisation",))),
        ("{team_fte: {below: 2}, utilisation: {below: 0.4}}", {"team_fte": "3"}, Verdict("silent")),
        ("{utilisation: {below: 0.4}, team_fte: {below: 2}}", {}, Verdict("silent")),
        ("{longest_request: {above: context_window}}", {"longest_request": "2", "context_window": "1"}, Verdict("fires")),
        ("{longest_request: {above: context_window}}", {"longest_request": "2"}, Verdict("unknown", ("context_window",))),
        ("{tpot_ms: {above: tpot_limit_ms}}", {"tpot_ms": "2"}, Verdict("silent")),  # no limit was asked for
        ("{licence: {holds: [apache, MIT]}}", {"licence": "Apache-2.0"}, Verdict("fires")),
        ("{licence: {holds: mit}}", {"licence": "Apache-2.0"}, Verdict("silent")),
        ("{data: [private, no_training]}", {"data": "no_training"}, Verdict("fires")),
        ("{retired: false}", {"retired": False}, Verdict("fires")),
        ("{retired: false}", {"retired": True}, Verdict("silent")),
    ],
)  # fmt: skip
def test_a_rule_fires_on_what_is_known(when: str, facts: dict[str, str | bool], said: Verdict) -> None:
    known = {key: Decimal(text) if isinstance(text, str) and text[0].isdigit() else text for key, text in facts.items()}
    assert verdict(_only(when), known) == said


def _only(when: str) -> Rule:
    """Read a rule whose examples are beside the point."""
    tree = parse_yaml(Document("x.yaml", rule(when, fires="{}")), print)
    return understood(RulesFile.model_validate(tree.plain()))["mine"]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (rule("{gpu_utilisation: {below: 0.4}}", fires="{}"), "4:12", "unknown fact 'gpu_utilisation'"),
        (rule("{utilisation: {under: 0.4}}", fires="{}"), "4:12", "expected above, at_least, below, at_most, found under"),
        (rule("{utilisation: {}}", fires="{}"), "4:12", "expected above, at_least, below, at_most, found nothing"),
        (rule("{utilisation: low}", fires="{}"), "4:12", "expected a number, or bounds such as {below: 0.4}, found text 'low'"),
        (rule("{utilisation: {below: true}}", fires="{}"), "4:12", "found the boolean 'true'"),
        (rule("{utilisation: {below: context_windo}}", fires="{}"), "4:12", "did you mean 'context_window'?"),
        (rule("{utilisation: {below: zzz}}", fires="{}"), "4:12", "expected a number or the name of a fact, found 'zzz'"),
        (rule("{utilisation: {below: context_window}}", fires="{}"), "4:12", "context_window is in tokens, and utilisation in share"),
        (rule("{utilisation: {below: licence}}", fires="{}"), "4:12", "licence is in text, and utilisation in share"),
        (rule("{utilisation: {above: 0.5, below: 0.4}}", fires="{}"), "4:12", "no number lies between 0.5 and 0.4"),
        (rule("{utilisation: {above: 0.4, at_most: 0.4}}", fires="{}"), "4:12", "no number lies between 0.4 and 0.4"),
        (rule("{utilisation: {at_least: 0.4, below: 0.4}}", fires="{}"), "4:12", "no number lies between 0.4 and 0.4"),
        (rule("{retired: maybe}", fires="{}"), "4:12", "expected true or false, found text 'maybe'"),
        (rule("{licence: 7}", fires="{}"), "4:12", "expected a text or a list of texts, found the number 7"),
        (rule("{licence: []}", fires="{}"), "4:12", "expected a text or a list of texts, found a list"),
        (rule("{licence: {has: MIT}}", fires="{}"), "4:12", "expected a text, a list of texts, or {holds: text}, found keys has"),
        (rule("{retired: true}", fires="{retired: false}"), "8:15", "the example says that the rule fires, and it does not"),
        (rule("{retired: true}", fires="{}"), "8:15", "it does not (not known: retired)"),
        (rule("{retired: true}", fires="{retired: true}", silent="{retired: true}"), "9:16", "the rule stays silent, and it does not"),
        (rule("{retired: true}", fires="{retird: true}"), "8:16", "unknown fact 'retird'"),
        (rule("{retired: true}", fires="{retired: 1}"), "8:16", "expected a flag, found the number 1"),
        (rule("{retired: true}", fires="{retired: [true]}"), "8:16", "expected a flag, found a list"),
        (rule("{retired: true}", fires="{retired: true}", say='"{retird}"'), "5:5", "unknown fact 'retird'"),
        (rule("{retired: true}", fires="{retired: true}", say='"{retired"'), "5:5", "braces hold the name of a fact"),
        (rule("{retired: true}", fires="{retired: true}", say='"{monthly_usd:.0f}"'), "5:5", "figures are written by their unit"),
        (rule("{}", fires="{}"), "4:5", "expected at least one entry"),
        (rule("{retired: true}", fires="{retired: true}", level="hope"), "3:12", "expected 'gate', 'suit', 'shape', 'cost' or 'lock_in'"),
        (rule("{retired: true}\n    effect: exclude", fires="{retired: true}", level="cost"), "2:3", "a rule of level cost cannot have the effect exclude"),
        (rule("{retired: true}\n    effect: premium", fires="{retired: true}", level="suit"), "2:3", "the effect premium needs premium"),
        (rule("{retired: true}", fires="{retired: true}").replace("judgement: it is mine", "checked: 2026-01-01"), "6:5", "give a url or a title"),
        (rule("{retired: true}", fires="{retired: true}").replace("judgement: it is mine", "title: a page"), "6:5", "needs the day on which it was checked"),
        ("rules: {retird: null}\n", "1:9", "did you mean 'retired'?"),
        ("kinds: {general: {output_tokens: 0}}\n", "1:34", "expected a number above 0, found 0"),
        ("kinds: {generl: {output_tokens: 1}}\n", "1:9", "did you mean 'general'?"),
        ("kinds: {general: {requests_per_seat: {low: 200}}}\n", "1:19", "expected low ≤ value ≤ high, found 200, 112, 430"),
        ("kinds: {general: {requests_per_seat: {value: 0}}}\n", "1:46", "expected a number above 0, found 0"),
        (f"kinds: {{agentic: {{requests_per_seat: {SEAT}}}}}\n", "1:8", "agentic: requests_per_seat is for kinds that people at a tool cause"),
    ],
)  # fmt: skip
def test_a_bad_rule_is_an_error_of_validate_at_its_line(
    text: str, place: str, message: str, cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    run = cli("catalog", "validate", "mine.yaml", "--as-of", "2026-11-22")
    assert run.status == 2
    assert f"mine.yaml:{place}" in run.err
    assert message in " ".join(run.err.split())


def test_every_problem_of_a_rule_is_said_at_once(cli: Cli, tmp_path: Path) -> None:
    text = rule("{gpu: 1, retired: 3}", fires="{x: 1}", say='"{nothing}"')
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    assert cli("catalog", "validate", "mine.yaml").err.count("error:") == 4


def test_a_user_adds_a_rule_and_switches_one_off(overlay: Overlay) -> None:
    text = rule("{retired: true}", fires="{retired: true}") + "  idle-gpus: null\n"
    rules = overlay(text).rules()
    assert "mine" in rules
    assert "idle-gpus" not in rules


def test_a_changed_rule_must_still_do_what_its_examples_say(overlay: Overlay) -> None:
    with pytest.raises(InputError, match=r"idle-gpus\.examples\.fires\.0"):
        overlay("rules: {idle-gpus: {when: {utilisation: {below: 0.2}}}}\n")
    changed = overlay("rules: {idle-gpus: {when: {utilisation: {below: 0.3}}}}\n")
    assert changed.rules()["idle-gpus"].conditions[1].values == (Decimal("0.3"),)


def test_every_kind_that_people_cause_says_how_much_one_of_them_asks_for(catalog: Catalog) -> None:
    kinds = catalog.kinds()
    assert {kind for kind, entry in kinds.items() if entry.requests_per_seat} == set(KINDS) - SERVER_KINDS
    seats = {kind: entry.requests_per_seat.value for kind, entry in kinds.items() if entry.requests_per_seat}
    assert seats == {
        "general": 112,  # 18,000 / 700 a week × 730 / 168 = 111.7
        "research": 110,  # 5 a day × 21.7 days = 108
        "summarisation": 65,  # 3 × 21.7
        "coding_assistant": 4_900,  # √(2,589 × 9,359) = 4,922: 400e6 / 4.7e6 and 400e6 / 1.3e6, × 30.4 days
        "coding_swe_bench_critical": 6_300,  # $200 / (4,000 × $3 + 16,000 × $0.30 + 1,000 × $15, per Mtok) = 6,289
    }


def test_a_layer_may_say_what_its_own_people_ask_for(overlay: Overlay) -> None:
    seat = overlay("kinds: {general: {requests_per_seat: {value: 300}}}").kinds()["general"].requests_per_seat
    assert seat is not None
    assert (seat.low, seat.value, seat.high) == (Decimal(22), Decimal(300), Decimal(430))


def test_the_general_kind_is_the_typical_request(catalog: Catalog) -> None:
    general, assumed = catalog.kinds()["general"], catalog.assumption
    assert (general.input_tokens, general.output_tokens, general.peak_to_mean) == (None, None, None)  # the assumptions
    assert assumed("input_tokens_per_request").value == 1_155  # 22,361,870 / 19,366
    assert assumed("output_tokens_per_request").value == 211  # 4,088,665 / 19,366
    service = catalog.kinds()["customer_service"]  # of the same log
    assert [service.input_tokens, service.output_tokens] == [1_155, 211]


def test_a_rules_place_is_that_of_the_layer_which_decided_it(overlay: Overlay) -> None:
    catalog = overlay(rule("{retired: true}", fires="{retired: true}"))
    assert str(catalog.place(("rules", "mine"))).endswith("overlay.yaml:2:3")
    assert catalog.place(("kinds", "general")).document.name == "pricing/kinds.yaml"
    assert catalog.place(("rules", "retired")).document.layer == "shipped"
