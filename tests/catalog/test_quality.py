"""The shipped scores: what was read, under whose name, and what may be compared."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from costcalc import Catalog
from costcalc.catalog.forms.options import RateOption
from costcalc.catalog.forms.quality import Score
from costcalc.catalog.scores import Scores, board_of, comparable, folded, names_of, names_of_option

TODAY = date(2026, 11, 28)
AA, VALS, WM = "Artificial Analysis", "Vals AI", "whatmodel.sh"
INDEX, TB4, PRO, VERIFIED = "AA Intelligence Index", "Terminal-Bench 4.0", "SWE-bench Pro", "SWE-bench Verified"

# model, benchmark, version, variant, effort, score, reported by, standing: copied by hand from what was read
SAMPLE = [
    # one index, rescaled: 55 of Sonnet 5 in August are 38 in October
    ("Claude Sonnet 5", INDEX, "4.1.1", "AA run", None, "55", AA, "independent"),
    ("Claude Sonnet 5", INDEX, "4.3.2", "AA run", "max", "38", AA, "independent"),
    ("Claude Opus 5.5", INDEX, "4.3.2", "AA run", "max", "58", AA, "independent"),
    ("Claude Opus 5.5", INDEX, "4.3.2", "AA run", "xhigh", "56", AA, "independent"),
    ("Claude Opus 5.5", INDEX, "4.3.2", "AA run", "high", "54", AA, "independent"),
    ("Claude Opus 5.5", INDEX, None, "comparison page", None, "59.1", "OpenRouter", "unknown"),
    ("GPT-5.5", INDEX, "4.0.4", "AA run", "xhigh", "60", AA, "independent"),
    ("GPT-5.5", INDEX, "4.0.4", "AA run", "medium", "57", AA, "independent"),
    ("GPT-5.5", INDEX, "4.1", "AA run", "xhigh", "55", AA, "independent"),
    ("GPT-6 Astra", INDEX, "4.1.1", None, None, "61.2", "OpenAI", "vendor"),
    ("GPT-6 Astra", INDEX, "4.3.2", "AA run", "max", "53", AA, "independent"),
    ("GLM-5.3-Flash", INDEX, "4.1.1", None, None, "57", "Z.ai", "vendor"),
    ("GLM-5.3-Flash", INDEX, None, "AA run, read 2026-09-20", None, "42", AA, "independent"),
    ("Qwen3.8-Flash-Next", INDEX, "4.3", "AA run", None, "39.8", AA, "independent"),
    ("Gemma 4 31B", INDEX, "4.0", "AA run", None, "39", AA, "independent"),
    ("Llama 4 Scout", INDEX, "before 4.0", "AA run", None, "36", AA, "independent"),
    # one model, three reporters
    ("Claude Opus 4.7", VERIFIED, None, None, None, "87.6", "Anthropic", "vendor"),
    ("Claude Opus 4.7", VERIFIED, None, None, None, "83.5", WM, "independent"),
    ("Claude Opus 4.7", "SWE-bench", None, "claude-acp agent", None, "75.8", "OpenHands Index", "independent"),
    ("Claude Opus 4.7", "Terminal-Bench 2.1", None, "Gemini 3.5 Flash table, Terminus-2", None, "66.1", "Google", "rival"),
    # Terminal-Bench 4.0, four ways
    ("Claude Opus 5.5", TB4, None, None, "xhigh", "66.4", "Anthropic", "vendor"),
    ("Claude Opus 5.5", TB4, None, "Vals harness", None, "65.15", VALS, "independent"),
    ("Claude Opus 5.5", TB4, None, "several runs", None, "64.8", WM, "independent"),
    ("Claude Opus 5.5", TB4, None, "AA harness", None, "59.6", AA, "independent"),
    ("Claude Sonnet 5.5", TB4, None, "Haiku 5.5 table", None, "70.6", "Anthropic", "vendor"),
    ("Claude Sonnet 5", TB4, None, None, None, "12.4", WM, "independent"),
    ("Claude Sonnet 5", TB4, None, "Vals harness", None, "9.6", VALS, "independent"),
    ("GPT-6 Sol", TB4, None, None, None, "49.4", WM, "independent"),
    ("GPT-6 Sol", TB4, None, "Vals harness", None, "44.44", VALS, "independent"),
    ("Claude Haiku 4.5", TB4, None, "AA harness", None, "0", AA, "independent"),
    # a label that was cut off: the vendor's own figure where it is known, else of unknown standing
    ("Claude Opus 5.5", PRO, None, "average of 5 trials", None, "89.9", "Anthropic", "vendor"),
    ("Claude Haiku 5.5", PRO, None, None, None, "64.8", WM, "unknown"),
    # snapshots
    ("DeepSeek-V4-Pro", "HLE", None, "V4 card, no tools", "max", "37.7", "DeepSeek", "vendor"),
    ("DeepSeek-V4-Pro-0813", "HLE", None, "no tools", None, "42.7", "DeepSeek", "vendor"),
    ("DeepSeek-V4-Pro", VERIFIED, None, "V4 card", "max", "80.6", "DeepSeek", "vendor"),
    ("DeepSeek-V4-Pro", VERIFIED, None, "several runs", None, "77.6", WM, "independent"),
    ("DeepSeek-V4-Pro-0813", TB4, None, None, None, "12.4", "DeepSeek", "vendor"),
    ("Qwen3.8-Max-0902", "GPQA Diamond", None, "Epoch run", "xhigh", "92.3", "Epoch AI", "independent"),
    ("Qwen3.8-Max", "Terminal-Bench 2.1", None, "Claude Code avg@10", None, "86.6", "Alibaba", "vendor"),
    ("GLM-5", "AIME 2026", None, "GLM-5.1 card", None, "95.4", "Z.ai", "vendor"),
    ("GLM-5", "AIME 2026", None, "GLM-5 card, AIME 2026 I", None, "92.7", "Z.ai", "vendor"),
    ("GPT-5.2 Pro", "GPQA Diamond", None, None, None, "93.2", "OpenAI", "vendor"),
    # tables of rivals
    ("GPT-5.6 Sol", "HLE", None, "Kimi K3 table, full, no tools", None, "44.5", "Moonshot", "rival"),
    ("GPT-5.6 Sol", "HLE", None, "Inkling table, text-only", "xhigh", "47.2", "Thinking Machines", "rival"),
    ("GPT-5.4", "HLE", None, "V4 report, no tools", "xhigh", "39.8", "DeepSeek", "rival"),
    ("DeepSeek V3.2", VERIFIED, None, "Kimi K2.5 table", None, "73.1", "Moonshot", "rival"),
    ("Gemma 4 31B", VERIFIED, None, "Qwen scaffold", None, "52.0", "Alibaba", "rival"),
    ("Gemma 4 31B", VERIFIED, None, "several runs", None, "60.6", WM, "independent"),
    ("o1-mini", "MATH-500", None, "pass@1", None, "90.0", "DeepSeek", "rival"),
    ("GPT-5.2", "AIME 2026", None, "Qwen3.5 table", None, "96.7", "Alibaba", "rival"),
    # the rest
    ("Claude Sonnet 4.6", VERIFIED, None, "average of 10 trials", None, "74.6", "Anthropic", "vendor"),
    ("Claude Sonnet 4.6", VERIFIED, None, "prompt-modified", None, "80.2", "Anthropic", "vendor"),
    ("MiniMax M2.5", VERIFIED, None, "SWE-bench official evaluation", "high", "75.8", "Hugging Face Hub", "unknown"),
    ("MiniMax M2.5", VERIFIED, None, "Claude Code scaffold, 4 runs", None, "80.2", "MiniMax", "vendor"),
    ("GPT-5.6 Sol", "Terminal-Bench 2.1", None, None, "max", "88.8", "OpenAI", "vendor"),
    ("GPT-5.6 Sol", "Terminal-Bench 2.1", None, "Sol Ultra with parallel sub-agents", None, "91.9", "OpenAI", "vendor"),
    ("gpt-oss-120b", VERIFIED, None, "gpt-oss card", "medium", "52.6", "OpenAI", "vendor"),
    ("gpt-oss-120b", VERIFIED, None, "small run", None, "31.0", WM, "independent"),
    ("Gemini 4 Argon", "Arena text", None, None, "high", "1525", "LMArena", "independent"),
    ("GLM-5.3", "GDPval-AA v2", None, None, None, "1769", "Z.ai", "vendor"),
    ("Llama-3.3-70B", "GPQA Diamond", None, "AA run, as of 2025-08", None, "49.8", AA, "independent"),
]  # fmt: skip


@pytest.mark.parametrize("row", SAMPLE, ids=lambda row: f"{row[0]}-{row[1]}-{row[5]}")
def test_a_score_stands_as_it_was_read(row: tuple[str | None, ...], catalog: Catalog) -> None:
    model, *wanted = row
    stands: list[tuple[str | None, ...]] = [
        (s.benchmark, s.version, s.variant, s.effort, format(s.score, "f"), s.reported_by, s.standing)
        for s in catalog.quality()[str(model)]
    ]
    assert stands.count(tuple(wanted)) == 1


@pytest.mark.parametrize(
    ("model", "benchmark", "reporter", "others"),
    [
        ("Claude Opus 4.7", VERIFIED, "Anthropic", ["83.5 (whatmodel.sh)", "75.8 (OpenHands Index on SWE-bench)"]),
        ("Claude Opus 5.5", TB4, "Anthropic", ["64.8 (whatmodel.sh)", "65.15 (Vals AI)", "59.6 (Artificial Analysis)"]),
        ("Claude Sonnet 5.5", TB4, "Anthropic", ["61.8 (whatmodel.sh)", "64.14 (Vals AI)", "64 (Artificial Analysis)"]),
        ("GLM-5.2", "GPQA Diamond", "Z.ai", ["89.5 (Thinking Machines)"]),
        ("GLM-5", VERIFIED, "Z.ai", ["73.4 (OpenHands Index on SWE-bench)"]),
        ("Kimi K2.5", VERIFIED, "Moonshot", ["73.8 (whatmodel.sh)", "68.8 (OpenHands Index on SWE-bench)"]),
        ("Kimi K2.6", VERIFIED, "Moonshot", ["76.7 (whatmodel.sh)"]),
        ("Qwen3.5-27B", VERIFIED, "Alibaba", ["68.6 (whatmodel.sh)", "72.4 (Hugging Face Hub)"]),
        ("DeepSeek-V4-Pro", VERIFIED, "DeepSeek", ["77.6 (whatmodel.sh)"]),
        ("gpt-oss-120b", VERIFIED, "OpenAI", ["31.0 (whatmodel.sh)"]),
    ],
)
def test_a_conflict_is_noted(model: str, benchmark: str, reporter: str, others: list[str], catalog: Catalog) -> None:
    of_vendor = [s for s in catalog.quality()[model] if s.benchmark == benchmark and s.reported_by == reporter]
    assert any(all(other in (score.note or "") for other in others) for score in of_vendor)


def the_score(catalog: Catalog, model: str, benchmark: str, score: str) -> Score:
    return next(s for s in catalog.quality()[model] if s.benchmark == benchmark and s.score == Decimal(score))


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        (("Claude Opus 5.5", INDEX, "58"), ("GPT-6.1 Sol", INDEX, "52"), True),  # both v4.3.2, run by AA
        (("Claude Opus 5.5", INDEX, "58"), ("GPT-5.5", INDEX, "55"), False),  # v4.3.2 and v4.1
        (("Claude Opus 5.5", INDEX, "58"), ("GPT-6 Astra", INDEX, "56.9"), False),  # AA and OpenRouter's page
        (("Claude Opus 5.5", INDEX, "57.6"), ("Gemini 4 Argon", INDEX, "52.6"), True),  # one list of one day
        (("Claude Opus 5.5", TB4, "65.15"), ("GPT-6.1 Sol", TB4, "55.05"), True),  # both in Vals's harness
        (("Claude Opus 5.5", TB4, "66.4"), ("GPT-6 Astra", TB4, "57.9"), False),  # two vendors
        (("Kimi K3", "HLE", "43.5"), ("GPT-5.5", "HLE", "41.4"), True),  # one table of Moonshot's
        (("Gemma 4 31B", VERIFIED, "52.0"), ("Qwen3.6-35B-A3B", VERIFIED, "73.4"), True),  # one table of Alibaba's
    ],
)
def test_scores_compare_on_one_board_alone(
    one: tuple[str, str, str], other: tuple[str, str, str], may: bool, catalog: Catalog
) -> None:
    assert comparable(the_score(catalog, *one), the_score(catalog, *other)) is may


def test_a_board_has_one_score_of_a_model_at_an_effort(catalog: Catalog) -> None:
    for model, scores in catalog.quality().items():
        keys = [(board_of(score), score.effort) for score in scores if score.variant is not None]
        assert len(keys) == len(set(keys)), model


@pytest.mark.parametrize(
    ("ref", "has", "has_not"),
    [
        ("deepseek/deepseek-v4-pro", "42.7", "37.7"),  # DeepSeek's own id is 0813 since August
        ("novita/deepseek/deepseek-v4-pro", "37.7", "42.7"),  # a host names both: this one is the preview
        ("novita/deepseek/deepseek-v4-pro-0813", "42.7", "37.7"),
        ("deepseek/deepseek-v4-flash", "36.8", "34.8"),  # the old id is served by V4.1 Flash
        ("deepseek/deepseek-flash", "36.8", "34.8"),
    ],
)
def test_a_snapshot_has_its_own_scores(ref: str, has: str, has_not: str, catalog: Catalog) -> None:
    scores = Scores.of(catalog.quality()).of_model(names_of(catalog.sold_model(ref)))
    hle = {str(score.score) for score in scores if score.benchmark == "HLE"}
    assert has in hle
    assert has_not not in hle


def test_every_name_but_two_leads_to_a_model_that_is_sold_or_open(catalog: Catalog) -> None:
    known = {
        folded(name)
        for provider, file in catalog.providers.items()
        for model in file.models
        for name in names_of(catalog.sold_model(f"{provider}/{model}"))
    }
    known |= {folded(name) for model in catalog.models.values() for name in (model.name, model.model, *model.aliases)}
    lost = [name for name in catalog.quality() if folded(name) not in known]
    assert lost == ["o1-mini", "Qwen3.8-Flash-Next"]


def test_units_and_days(catalog: Catalog) -> None:
    for model, scores in catalog.quality().items():
        for score in scores:
            assert score.unit == {"Arena text": "elo"}.get(
                score.benchmark,
                "elo" if score.benchmark.startswith("GDPval") else "index_points" if " Index" in score.benchmark else "percent",
            ), (model, score)  # fmt: skip
            assert score.score <= 100 or score.unit == "elo"
            assert score.evidence_day <= score.source.checked


@pytest.mark.parametrize(
    ("stated", "counts_from"),
    [("2026-10-04", date(2026, 10, 4)), ("2026-10", date(2026, 10, 1)), ("2026", date(2026, 1, 1)), (None, date(2026, 9, 9))],
)  # fmt: skip
def test_a_month_counts_from_its_first_day(stated: str | None, counts_from: date, catalog: Catalog) -> None:
    score = catalog.quality()["Claude Haiku 5.5"][0]
    source = score.source.model_copy(update={"seen": date(2026, 9, 9)})
    assert score.model_copy(update={"date": stated, "source": source}).evidence_day == counts_from


def test_every_headline_model_has_three_current_scores_or_a_note(catalog: Catalog) -> None:
    # current: published within the twelve months before the day
    scores, searched = Scores.of(catalog.quality()), {folded(name) for name in catalog.searched()}
    short = {}
    for name in catalog.headline:
        option = catalog.options[name]
        names = [option.serves or ""] if isinstance(option, RateOption) else names_of_option(option, catalog)
        current = [s for s in scores.of_model(names) if s.evidence_day > date(TODAY.year - 1, TODAY.month, TODAY.day)]
        if len(current) < 3:
            short[folded(names[0])] = len(current)
    assert short == {
        "deepseek-r1": 0,
        "deepseek-r1-distill-qwen-32b": 0,
        "llama-3-3-70b": 1,
        "gpt-6-1-terra": 2,
    }
    assert short.keys() <= searched
