"""The recommender's parts: facts, scores, doubt, words; and that an answer says what its facts say."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Cli
from recommend_world import DAY, FOLDER, ask, month, pencil, shipped

from costcalc import UnknownNameError
from costcalc.case.case import Case
from costcalc.catalog.scores import Scores, comparable, described, stated
from costcalc.recommend.answer import Asked
from costcalc.recommend.doubt import doubt_between, range_of
from costcalc.recommend.facts import combined_facts, plain_name
from costcalc.recommend.grounds import Facts
from costcalc.recommend.recommend import recommend
from costcalc.recommend.words import sentence, written
from costcalc.scenario import Needs

CUSTOMERS = ("recommend", "--workload", "customer_service", "--tokens", "5e8", "--as-of", "2026-11-22")
RANGED = """workloads:
  mine:
    kind: customer_service
    requests: 1_000_000 to 3_000_000
    shapes: [{input_tokens: 1_000, output_tokens: 300}]
    needs: {trains_on_synthetic: true}
"""


# --- the limit of time per token ------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", ["30", "80"])
def test_a_fleet_is_loaded_as_far_as_the_workload_allows(limit: str) -> None:
    case = Case(month("customer_service", 5e9, shipped()), shipped(), DAY)
    needs = Needs.model_validate({"tpot_ms": Decimal(limit), "data": "private"})
    options = ("r1-distill-32b-h100",)
    answer = recommend(case, needs, Asked(options=options))
    assert answer.choice is not None
    deployment = answer.choice.priced.deployment
    assert deployment is not None
    assert deployment.tpot_ms is not None
    assert float(limit) - 2 < deployment.tpot_ms <= float(limit)


# --- doubt ------------------------------------------------------------------------------------------------------------


def test_what_both_options_share_does_not_make_the_answer_doubtful() -> None:
    case = Case(month("customer_service", 5e8, pencil()), pencil(), DAY)
    doubt = doubt_between(case, "own-distill", "own-autoscaled")
    assert doubt.chance == 0.5  # they cost the same whatever an engineer costs
    assert doubt.is_close


def test_what_moves_nothing_is_not_to_be_measured_first(cli: Cli) -> None:
    """The two machines cost the same whatever any number is; only their quality tells them apart."""
    run = cli(*CUSTOMERS, "--data", "private", "--options", "gemma-4-31b-h100,r1-distill-32b-h100", "--format", "json")
    result = json.loads(run.out)["result"]
    assert result["verdict"] == "too close to call"
    assert [one.split(" of ")[0] for one in result["recommendation"]["measure_first"]] == ["quality and latency"]


def test_an_answer_is_as_sure_as_the_numbers_behind_it(cli: Cli, tmp_path: Path) -> None:
    """$2 to $8 an hour is $4 in the middle, $2,920 a month; $2,940 a month to buy lies inside $1,460 to $5,840."""
    option = "kind: self_host, model: DeepSeek-R1-Distill-Qwen-32B, tokens_per_s: 3000, usd_per_gpu_hour: 2 to 8, spares: 0, headroom: 1, people_fte: 0"
    prices = "effective: 2026-01-01, usd_per_mtok: {input: 0.1, output: 5.332}, source: {title: t, checked: 2026-11-01}"
    (tmp_path / "costcalc.yaml").write_text(
        f"options: {{mine: {{{option}, source: {{title: t, checked: 2026-11-01}}}}, theirs: {{kind: api, model: h/m}}}}\n"
        f"api: {{h: {{provider: h, models: {{m: {{open_weights: gemma-4-31b, context_window: 9999, prices: [{{{prices}}}]}}}}}}}}\n"
    )
    run = cli(*CUSTOMERS, "--costs", "hardware", "--options", "mine,theirs", "--format", "json")
    result = json.loads(run.out)["result"]
    assert result["verdict"] == "too close to call"
    assert result["recommendation"]["option"] == "mine"
    assert 0.5 < result["recommendation"]["runner_up"]["probability"] < 0.65
    assert (round(result["recommendation"]["low_usd"]), round(result["recommendation"]["high_usd"])) == (1460, 5840)
    assert result["recommendation"]["measure_first"] == ["options.mine.usd_per_gpu_hour: 4 lies between 2 and 8"]
    assert "with a probability of 5" in result["recommendation"]["too_close"][0]


def test_a_volume_that_is_a_range_is_doubt_like_any_other(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text(RANGED)
    run = cli("recommend", "--workload", "costcalc.yaml#mine", "--as-of", "2026-11-22", "--format", "json", "--batchable-share", "10%")  # fmt: skip
    chosen = json.loads(run.out)["result"]["recommendation"]
    assert chosen["low_usd"] < chosen["monthly_usd"] < chosen["high_usd"]
    assert chosen["high_usd"] / chosen["low_usd"] == pytest.approx(3, rel=0.2)


def test_what_has_no_price_at_one_end_is_left_out_of_the_range() -> None:
    """A fleet of one machine carries 7,884 / 2.06 Mtok; with 1.5 times the headroom it does not."""
    option = pencil().option("own-distill").option.model_copy(update={"headroom": None, "replicas": 1})
    catalog = pencil()
    from dataclasses import replace

    fixed = replace(catalog, options={**catalog.options, "fixed": option})
    case = Case(month("customer_service", 3e9, fixed), fixed, DAY)
    assert range_of(case, "fixed").low == case.cost("fixed")


# --- scores -----------------------------------------------------------------------------------------------------------


def test_scores_are_looked_up_by_whatever_name_and_never_averaged() -> None:
    scores = Scores.of(shipped().quality(), "SWE-bench Verified")
    found = scores.on(None, ["qwen3.5-397b-a17b"])
    assert [str(one.score) for one in found] == ["76.4", "73.6", "80.0"]
    assert scores.on("swe-bench verified", ["anthropic/claude-opus-4-6"])
    assert Scores.of(shipped().quality(), None).on(None, ["gpt-5.2"]) == ()
    assert stated(found) is found[0]  # its vendor's own
    assert stated(()) is None


def test_scores_of_two_vendors_are_not_comparable() -> None:
    scores = Scores.of(shipped().quality(), "SWE-bench Verified")
    (opus, _), (gemini,) = scores.on(None, ["claude-opus-4-6"]), scores.on(None, ["gemini-3.1-pro-preview"])
    assert not comparable(opus, gemini)
    assert described(opus) == "80.8 (default, reported by Anthropic)"
    (qwen, gemma) = scores.on(None, ["qwen3.5-27b"])[0], scores.on(None, ["gemma-4-31b"])[0]
    assert comparable(qwen, gemma)  # Alibaba ran both on a scaffold of its own
    math = Scores.of(shipped().quality(), "MATH-500")
    assert comparable(math.on(None, ["deepseek-r1"])[0], math.on(None, ["o1-mini"])[0])  # DeepSeek ran both


# --- facts and words --------------------------------------------------------------------------------------------------


def test_a_mix_is_no_better_than_its_weakest_part() -> None:
    weak: Facts = {
        "leaves_own_machines": True,
        "context_window": Decimal(10),
        "licence": "MIT",
        "takes_image": False,
        "model": "a",
    }
    strong: Facts = {
        "leaves_own_machines": False,
        "context_window": Decimal(99),
        "licence": "MIT",
        "tenure": "own",
        "model": "b",
    }
    facts = combined_facts([weak, strong])
    assert facts == {
        "leaves_own_machines": True,
        "context_window": Decimal(10),
        "licence": "MIT",
        "takes_image": False,
        "tenure": "own",
        "model": "a and b",
    }
    assert "context_window" not in combined_facts([{"context_window": Decimal(10)}, {}])
    assert combined_facts([{"retired": False}, {"retired": False}])["retired"] is False


def test_a_sentence_is_made_of_facts() -> None:
    rule = shipped().rules()["retired"]
    assert sentence(rule, {"provider": "acme"}) == "acme no longer sells it"
    assert sentence(rule, {}) == "an unknown provider no longer sells it"
    assert [written(name, Decimal(value)) for name, value in (("premium_percent", "4.2"), ("utilisation", "0.0002"), ("team_fte", "0.25"), ("output_mtok", "5806.04"), ("privacy_usd", "0"))] == ["4.2 %", "0.02 %", "0.25 FTE", "5,806 Mtok", "$0.00"]  # fmt: skip
    assert written("retired", value=True) == "True"
    assert plain_name("gpt-5.2") == "gpt-5.2"


@pytest.mark.parametrize("extra", [(), ("--data", "private"), ("--workload", "coding_swe_bench_critical"), ("--workload", "general", "--quality", "GPQA Diamond:70"), ("--options", "deepseek-r1-api"), ("--explain",)])  # fmt: skip
def test_every_sentence_that_is_printed_is_in_the_data(
    extra: Sequence[str], cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100000")
    kind = () if "--workload" in extra else ("--workload", "customer_service")
    asked = (*CUSTOMERS[:1], *kind, *CUSTOMERS[3:], *extra)
    text, run = cli(*asked, *(() if "--explain" in extra else ("--explain",))).out, cli(*asked, "--format", "json")
    result = json.loads(run.out)["result"]
    chosen = result["recommendation"] or {"too_close": [], "measure_first": [], "look_again": []}
    said = [*(f"{rule['said']} [{rule['id']}]" for rule in result["rules"]), *chosen["too_close"], *chosen["measure_first"], *result["notes"]]  # fmt: skip
    said += [one["because"] for one in chosen["look_again"]] + [
        f"{row['said']} [{row['rule']}]" for row in result["excluded"]
    ]
    assert [one for one in said if one not in text] == []
    bullets = [line.removeprefix("  - ") for line in _under("Why", text)]
    assert bullets == [f"{rule['said']} [{rule['id']}]" for rule in result["rules"]]
    assert all(rule["because"] for rule in result["rules"])
    for rule in result["rules"]:
        seen = {written(name, _value(value)) for name, value in rule["facts"].items()}
        quoted = [word for word in rule["said"].split() if word.startswith("$")]
        assert [word for word in quoted if word.rstrip(",;:.") not in seen] == []


def _under(title: str, text: str) -> list[str]:
    lines = text.splitlines()
    if f"{title}:" not in lines:
        return []
    start = lines.index(f"{title}:") + 1
    return lines[start : lines.index("", start)]


def _value(value: object) -> Decimal | str | bool:
    return Decimal(str(value)) if isinstance(value, float | int) and not isinstance(value, bool) else value  # type: ignore[return-value]


def test_an_option_alone_has_no_runner_up_and_nothing_left_has_no_answer() -> None:
    alone = ask(pencil(), "customer_service", 1e9, ("frontier-b",))
    assert (alone.runner_up, alone.regret_usd, alone.doubt) == (None, None, None)
    none = ask(pencil(), "customer_service", 1e9, ("old-d",))
    assert (none.choice, none.verdict, none.fired, none.again, none.measure) == (None, "nothing is left", (), (), ())


def test_simulated_chances_decide_in_place_of_ranges() -> None:
    case = Case(month("customer_service", 2.5e8, pencil()), pencil(), DAY)
    asked = Asked(("frontier-b", "own-distill"))

    def even(case: Case, names: Sequence[str]) -> dict[str, float]:
        assert case.cost("frontier-b") > 0
        return dict.fromkeys(names, 0.5)

    near = recommend(case, Needs(), asked, chances=even)
    assert near.verdict == "too close to call"
    assert near.close == ("frontier-b is the cheapest in 50% of the draws",)
    sure = recommend(
        case, Needs(), asked, chances=lambda _, names: {name: float(name == "frontier-b") for name in names}
    )
    assert (sure.verdict, sure.chances["frontier-b"]) == ("decided", 1.0)


def test_a_baseline_without_a_price_gives_no_saving_and_unknown_options_are_all_named() -> None:
    case = Case(month("customer_service", 1e6, pencil()), pencil(), DAY)
    assert recommend(case, Needs(), Asked(("frontier-b",), against="output-k")).baseline is None
    assert recommend(case, Needs(), Asked(("frontier-b",), against="acme/frontier-a")).baseline is not None
    with pytest.raises(UnknownNameError, match=r"unknown option 'frontier-x'[\s\S]*unknown option 'y-z'"):
        recommend(case, Needs(), Asked(("frontier-x", "y-z")))


def test_without_a_frontier_option_there_is_no_baseline() -> None:
    from dataclasses import replace

    rules = {name: rule for name, rule in pencil().rules().items() if name != "frontier"}
    assert ask(replace(pencil(), rules=lambda: rules), "customer_service", 1e6, ("hosted-distill",)).baseline is None


def test_a_rule_of_ones_own_excludes_and_speaks(cli: Cli, tmp_path: Path) -> None:
    shutil.copy(FOLDER / "costcalc.yaml", tmp_path / "costcalc.yaml")
    with (tmp_path / "costcalc.yaml").open("a") as file:
        file.write(
            "rules:\n  no-hoster:\n    level: gate\n    when: {provider: hoster}\n    effect: exclude\n"
            "    say: we do not buy from {provider}\n    because: {judgement: procurement says so}\n"
            "    examples: {fires: [{provider: hoster}], silent: [{provider: acme}, {}]}\n  no-evidence: null\n"
        )
    run = cli(*CUSTOMERS, "--options", "hosted-distill,small-c,frontier-b", "--explain")
    assert run.out.startswith("Use small-c (buy) at $")  # nothing is set aside any more
    assert "hosted-distill: we do not buy from hoster [no-hoster]" in run.out


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--workload", "customer_servce", "--tokens", "1e6"), "did you mean 'customer_service'?"),
        (("--workload", "zzzz", "--tokens", "1e6"), "expected FILE#NAME or a kind of work (customer_service, research"),
        (
            ("--workload", "customer_service"),
            "say how much is to be served: --tokens 1e6 (output tokens a month), --requests 240k",
        ),
        ((), "say how much is to be served: --tokens 1e6 (output tokens a month), --requests 240k"),
        (("--workload", "x.yaml#a", "--tokens", "1e6"), "leave out --tokens"),
        (("--workload", "x.yaml#"), "expected FILE or FILE#NAME, found 'x.yaml#'"),
        (("--workload", "#a"), "expected FILE or FILE#NAME, found '#a'"),
        (("--workload", "x.yaml#a"), "x.yaml"),
        (("--tokens", "1e6", "--data", "privat"), "did you mean 'private'?"),
        (("--tokens", "1e6", "--quality", "GPQA"), "expected BENCHMARK:SCORE"),
        (("--tokens", "1e6", "--quality", "GPQA:high"), "expected BENCHMARK:SCORE"),
        (("--tokens", "1e6", "--quality", "GPQA Diamond:70", "--at-least", "50"), "--quality names another; give one"),
        (("--tokens", "1e6", "--assume-suffices", "gpt-5.22"), "unknown option 'gpt-5.22'"),
        (("--tokens", "1e6", "--commitment", "-1"), "expected a number of at least 0"),
        (("--tokens", "1e6", "--latency", "soon"), "expected an amount"),
        (("--tokens", "1e6", "--cold-start", "-1"), "expected a number of at least 0"),
        (("--tokens", "1e6", "--team-fte", "x"), "expected a number of at least 0"),
        (("--tokens", "1e6", "--reads", "smells"), "expected one of image, audio, video"),
        (("--tokens", "1e6", "--costs", "some"), "expected one of hardware, all"),
        (("--tokens", "1e6", "--options", ","), "Invalid value for '--options': names no option"),
        (("--tokens", "1e6", "--options", "gpt-5.22"), "unknown option 'gpt-5.22'"),
        (("--tokens", "1e6", "--against", "gpt-5.22"), "unknown option 'gpt-5.22'"),
    ],
)
def test_bad_input_is_refused_with_its_remedy(args: tuple[str, ...], message: str, cli: Cli) -> None:
    run = cli("recommend", *args)
    assert run.status == 2
    assert message in " ".join(run.err.split())
    assert run.out == ""


def test_a_catalog_file_is_no_project(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "options.yaml").write_text("options: {a: {kind: api, model: openai/gpt-5.4}}")
    run = cli("recommend", "--workload", "./d")
    assert run.status == 2
    assert "./d: expected a costcalc.yaml with workloads, found a catalog" in run.err


def test_flags_win_over_the_file(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "costcalc.yaml").write_text(RANGED)
    run = cli("recommend", "--workload", "costcalc.yaml", "--data", "private", "--peak-to-mean", "4", "--as-of", "2026-11-22", "--format", "json")  # fmt: skip
    document = json.loads(run.out)
    assert document["inputs"]["peak_to_mean"] == 4
    assert document["result"]["facts"]["data"] == "private"
    assert "verify-synthetic" in {rule["id"] for rule in document["result"]["rules"]}  # from the file's own needs


def test_a_floor_that_a_flag_states_stands_in_place_of_the_files(cli: Cli, tmp_path: Path) -> None:
    asks = "needs: {quality: {benchmark: GPQA Diamond, least: 70}}"
    (tmp_path / "costcalc.yaml").write_text(RANGED.replace("needs: {trains_on_synthetic: true}", asks))
    words = ("recommend", "--workload", "costcalc.yaml#mine", "--as-of", "2026-11-22", "--format", "json")
    floors = []
    for flags in ((), ("--at-least", "50"), ("--quality", "MMLU-Pro:80")):
        facts = json.loads(cli(*words, *flags).out)["result"]["facts"]
        floors.append((facts["quality_benchmark"], facts["quality_floor"]))
    assert floors == [("GPQA Diamond", 70), ("AA Intelligence Index", 50), ("MMLU-Pro", 80)]


def test_a_file_that_states_two_floors_is_refused(cli: Cli, tmp_path: Path) -> None:
    asks = "needs: {quality: {benchmark: GPQA Diamond, least: 70}, at_least: 50}"
    (tmp_path / "costcalc.yaml").write_text(RANGED.replace("needs: {trains_on_synthetic: true}", asks))
    run = cli("recommend", "--workload", "costcalc.yaml#mine", "--as-of", "2026-11-22")
    assert (run.status, "at_least, on that of the kind; not both" in run.err) == (2, True)


@pytest.mark.parametrize("form", ["csv", "jsonl", "markdown"])
def test_the_other_formats_hold_every_option(form: str, cli: Cli) -> None:
    run = cli(*CUSTOMERS, "--format", form)
    assert (run.status, run.err) == (0, "")
    assert "gemma-4-31b-deepinfra" in run.out
    assert "retired" in run.out


def test_a_simulation_says_how_likely_each_is_the_cheapest(cli: Cli) -> None:
    plain = json.loads(cli(*CUSTOMERS, "--format", "json").out)["result"]["recommendation"]
    assert plain["probability_cheapest"] is None
    run = cli(*CUSTOMERS, "--simulate", "--format", "json")
    assert (run.status, run.err) == (0, "")
    found = json.loads(run.out)["result"]["recommendation"]
    assert found["option"] == plain["option"]
    assert 0.65 < found["probability_cheapest"] <= 1
    assert cli(*CUSTOMERS, "--simulate", "--format", "json").out == run.out  # the same seed, the same bytes


# --- what is not counted ----------------------------------------------------------------------------------------------


def test_it_is_said_that_the_people_of_a_mixs_router_are_not_counted(cli: Cli) -> None:
    asked = ("recommend", "--workload", "coding_swe_bench_critical", "--tokens", "5e8", "--as-of", "2026-11-22")
    mixed = ("--options", "claude-opus-5.5-api,r1-distill-32b-deepinfra")
    said = "but not who keeps a mix's router ($937.50 a month: routing_upkeep_fte)"  # 0.05 × $225,000 ÷ 12
    assert said in " ".join(cli(*asked, *mixed).out.split())
    for other in (("--options", "claude-opus-5.5-api"), (*mixed, "--costs", "hardware")):
        assert "router (" not in cli(*asked, *other).out
