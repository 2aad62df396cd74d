"""Rendered output, whole: each file in tests/golden is what a command printed, read and approved by a person.

To renew them after a change that is meant: ``REGENERATE=1 pytest tests/render/test_golden.py``, then read the diff.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from conftest import Cli

GOLDEN = Path(__file__).parents[1] / "golden"
DAY = ("--as-of", "2026-11-22")
MISSION = ("--options", "gpt-5.2-api,gemini-3.1-pro-api,deepseek-r1-api,deepseek-r1-32b-self-hosted")
COMPARE = ("compare", "--tokens", "1e6", *DAY)
TOKENS = (
    "--tokens-as",
    "claude-opus-4-6",
    "--requests",
    "1000",
    "--shape",
    "4437:800",
    *DAY,
    "--options",
    "claude-opus-4-6,claude-opus-4-7,gpt-5.2-api,opus-4.6-10-r1-32b-h100-90",
)
SIZE = ("size", "DeepSeek-R1-Distill-Qwen-32B", *DAY)
BILL = ("tco", "r1-distill-32b-h100", "--tokens", "500M", "--input-tokens", "2B", *DAY)
UNCERTAIN = (
    "--tokens",
    "300M to 5B",
    "--input-tokens",
    "10B",
    *DAY,
    "--options",
    "gpt-5.2-api,r1-distill-32b-novita,claude-haiku-5.5-api,r1-distill-32b-h100,llama-3.3-70b-2x-h100",
)
TORNADO = ("sensitivity", *UNCERTAIN)
SIMULATION = ("simulate", *UNCERTAIN, "--draws", "2000", "--seed", "0")
BENCHMARKS = tuple(str(GOLDEN.parent / "data" / "bench" / name) for name in ("vllm-bench-serve.json", "vllm-sweep.jsonl"))  # fmt: skip
PROJECT = (
    "project",
    "--tokens",
    "2B",
    "--input-tokens",
    "6B",
    "--months",
    "24",
    "--growth",
    "50%",
    "--options",
    "r1-distill-32b-h100,r1-distill-32b-novita,gemini-4-argon-api",
    "--from",
    "gemini-4-argon-api",
    *("--costs", "all"),
    "--chart",
    *DAY,
)
SEATS = (
    "compare",
    "--tokens",
    "50M",
    "--input-tokens",
    "2B",
    "--cached-share",
    "90%",
    "--seats",
    "4",
    "--output-per-request",
    "1000",
    *DAY,
    "--options",
    "claude-pro-seats,claude-max-20x-seats,cursor-pro-seats,chatgpt-pro-seats,claude-opus-5.5-api",
)
BLENDS = (
    "compare",
    "--tokens",
    "100M",
    "--input-tokens",
    "300M",
    "--explain",
    *DAY,
    "--options",
    "opus-4.6-10-r1-32b-h100-90,r1-32b-escalated-to-opus-4.6,claude-opus-4.6-api",
)
BUDGETS = GOLDEN.parent / "data" / "budgets"
LAYERS = GOLDEN.parent / "data" / "layers"
THEIRS = GOLDEN.parent / "data" / "imports"
LINT = ("catalog", "lint", "slips.yaml", "--max-age", "90d", "--as-of", "2026-11-27")
EDIT = (
    "--effective",
    "2030-01-01",
    "--source",
    "https://example.com/p",
    "--checked",
    "2026-11-25",
    "--file",
    "ours.yaml",
    "--dry-run",
)
MARKET = ("--score", "bench-one", "--catalog", "market.yaml", "--requests", "1000", "--shape", "0:1000", *DAY)
IN_MARKET = (*MARKET, "--options", "tiny,small,equal,large,beaten,new,other,mix,sent-on")
CHECK = ("check", "head.yaml", "--no-baseline")
DIFF = ("diff", "base.yaml", "head.yaml")
CROSS_CHECK = ("catalog", "diff", "--tolerance", "1%", *DAY)
STATUSES = {
    "catalog-diff-80.txt": 1,
    "catalog-diff-120.txt": 1,
    "catalog-diff.md": 1,
    "lint-80.txt": 1,
    "lint-120.txt": 1,
    "lint.json": 1,
    "lint.md": 1,
    "size-refusal-80.txt": 1,
    "check-80.txt": 1,
    "check-120.txt": 1,
    "check.md": 1,
    "check.json": 1,
}
LOG = str(GOLDEN.parent / "data" / "usage" / "two-weeks.csv")
SIZE_LOG = ("usage", "size", LOG, "--own", "1x H100 @ 2.69/h, tokens/s=0.2, name=slow", "--cold-start", "20", *DAY)
RECOMMEND = ("recommend", "--workload")
COMMANDS = {
    "compare-80.txt": COMPARE,
    "compare-120.txt": COMPARE,
    "usage-size-80.txt": SIZE_LOG,
    "usage-size-120.txt": (*SIZE_LOG, "--option", "r1-distill-32b-h100", "--notes"),
    "usage-size.md": (*SIZE_LOG, "--format", "markdown"),
    "compare-40.txt": (*COMPARE, *MISSION),
    "compare-eur-80.txt": (*COMPARE, "--currency", "EUR"),
    "compare-explain.txt": ("compare", "--tokens", "5M", "--input-tokens", "20M", "--cached-share", "60%", "--batch", "--explain", *DAY, "--options", "gpt-5.4-api,deepseek-v4-pro-api,deepseek-r1-32b-self-hosted"),
    "compare-2026-03-01.txt": ("compare", "--tokens", "1e6", "--as-of", "2026-03-01"),
    "compare.json": (*COMPARE, *MISSION, "--format", "json"),
    "compare-explain.json": (*COMPARE, *MISSION, "--format", "json", "--explain"),
    "compare.jsonl": (*COMPARE, *MISSION, "--format", "jsonl"),
    "compare.csv": (*COMPARE, "--format", "csv"),
    "compare-tokens-80.txt": ("compare", *TOKENS, "--notes"),
    "compare-tokens.json": ("compare", *TOKENS, "--format", "json"),
    "compare-tokens-equal-80.txt": ("compare", *TOKENS[2:], "--notes"),
    "compare-answers-80.txt": ("compare", "--requests", "1000", "--input-tokens", "4M", "--answer-tokens", "300", *DAY, "--options", "gpt-4.1,gpt-5.2-api,deepseek-r1-api,claude-opus-4-6,r1-distill-32b-h100", "--notes"),
    "sensitivity-tokens-80.txt": ("sensitivity", *TOKENS, "--of", "claude-opus-4-7"),
    "compare.md": (*COMPARE, *MISSION, "--format", "markdown"),
    "show-model.txt": ("catalog", "show", "openai/gpt-5.4", *DAY),
    "compare-seats-80.txt": SEATS,
    "compare-seats.json": (*SEATS, "--format", "json"),
    "compare-seats-120.txt": SEATS,
    "compare-blends-80.txt": BLENDS,
    "compare-blends-120.txt": BLENDS,
    "compare-blends.md": (*BLENDS, "--format", "markdown"),
    "list-claude.txt": ("catalog", "list", "claude-max", *DAY),
    "show-plan.txt": ("catalog", "show", "anthropic/claude-max-20x", *DAY),
    "show-blend.txt": ("catalog", "show", "r1-32b-escalated-to-opus-4.6", *DAY),
    "show-option.txt": ("catalog", "show", "deepseek-r1-32b-self-hosted", *DAY),
    "show-assumption.txt": ("catalog", "show", "output_tokens_per_request", *DAY),
    "list-distill.txt": ("catalog", "list", "distill-qwen", *DAY),
    "show-gpu.txt": ("catalog", "show", "H100 SXM", *DAY),
    "show-open-model.txt": ("catalog", "show", "DeepSeek-R1-Distill-Qwen-32B", *DAY),
    "compare-busy-120.txt": ("compare", "--tokens", "5e9", "--input-tokens", "20e9", "--peak-to-mean", "3", *DAY, "--options", "r1-distill-32b-h100,r1-distill-32b-2x-l40s,deepseek-r1-32b-self-hosted,gpt-5.2-api,r1-distill-32b-novita"),
    "breakeven-80.txt": ("breakeven", "--build", "r1-distill-32b-2x-l40s", "--buy", "r1-distill-32b-novita", "--tokens", "1B to 4B", "--shape", "1000:300", "--chart", *DAY),
    "breakeven-all-120.txt": ("breakeven", "--chart", *DAY),
    "breakeven.csv": ("breakeven", "--format", "csv", *DAY),
    "capability-80.txt": ("capability", *IN_MARKET, "--chart"),
    "capability-120.txt": ("capability", *IN_MARKET, "--chart"),
    "capability-any-80.txt": ("capability", *IN_MARKET, "--reporter", "any", "--notes"),
    "capability-any-120.txt": ("capability", *IN_MARKET, "--reporter", "any", "--blend", "large:10%"),
    "capability-failures-80.txt": ("capability", *IN_MARKET, "--cost-of-failure", "0.5 to 5", "--at-least", "70"),
    "capability-failures-120.txt": ("capability", *IN_MARKET, "--cost-of-failure", "0.5 to 5"),
    "capability-at-least-80.txt": ("capability", *IN_MARKET, "--at-least", "76"),
    "capability-explain-80.txt": ("capability", *IN_MARKET, "--explain"),
    "capability.json": ("capability", *IN_MARKET, "--cost-of-failure", "1", "--format", "json"),
    "capability.csv": ("capability", *IN_MARKET, "--cost-of-failure", "1", "--format", "csv"),
    "capability.md": ("capability", *IN_MARKET, "--chart", "--format", "markdown"),
    "compare-score-80.txt": ("compare", *IN_MARKET),
    "compare-score-120.txt": ("compare", *IN_MARKET, "--reporter", "any"),
    "project-80.txt": PROJECT,
    "project-120.txt": (*PROJECT, "--monthly"),
    "project.md": (*PROJECT, "--format", "markdown"),
    "show-explain-80.txt": ("catalog", "show", "gpt-5.2-api", "--explain", "--catalog", "ours.yaml", "--as-of", "2026-11-25"),
    "show-explain-120.txt": ("catalog", "show", "gpt-5.2-api", "--explain", "--catalog", "ours.yaml", "--as-of", "2026-11-25"),
    "show-explain-gpu-80.txt": ("catalog", "show", "B200 SXM", "--explain", "--as-of", "2026-11-25"),
    "show-explain.json": ("catalog", "show", "gpt-5.2", "--explain", "--catalog", "ours.yaml", "--format", "json", "--as-of", "2026-11-25"),
    "show-contracted-80.txt": ("catalog", "show", "gpt-5.2", "--catalog", "ours.yaml", "--as-of", "2026-11-25"),
    "history-80.txt": ("catalog", "history", "gpt-5.2", "--catalog", "ours.yaml", "--as-of", "2026-11-25"),
    "history-120.txt": ("catalog", "history", "gpt-5.2", "--catalog", "ours.yaml", "--as-of", "2026-11-25"),
    "history-announced-120.txt": ("catalog", "history", "gemini-4-argon-api", "--conditions", "--as-of", "2026-11-25"),
    "history-gpu-80.txt": ("catalog", "history", "H100 SXM", "--as-of", "2026-11-25"),
    "history.csv": ("catalog", "history", "deepseek-chat", "--format", "csv", "--as-of", "2026-11-25"),
    "history.md": ("catalog", "history", "gpt-5.2", "--catalog", "ours.yaml", "--format", "markdown", "--as-of", "2026-11-25"),
    "lint-80.txt": LINT,
    "lint-120.txt": LINT,
    "lint.json": (*LINT, "--format", "json"),
    "lint.md": (*LINT, "--format", "markdown"),
    "check-80.txt": CHECK,
    "check-120.txt": CHECK,
    "check.md": (*CHECK, "--format", "markdown"),
    "check.json": (*CHECK, "--format", "json"),
    "diff-80.txt": DIFF,
    "diff.md": (*DIFF, "--format", "markdown"),
    "catalog-set.txt": ("catalog", "set", "gpt-5.2", "output=12.00", *EDIT),
    "catalog-add.txt": ("catalog", "add", "model", "acme/x1", "input=1.00", "output=2.50", "context_window=200000", "--new-provider", *EDIT),
    "catalog-import-80.txt": ("catalog", "import", "litellm", "litellm.json", *DAY),
    "catalog-import-120.txt": ("catalog", "import", "genai-prices", "genai-prices.json", "--checked", "2026-11-20", "--all", *DAY),
    "catalog-import-openrouter-80.txt": ("catalog", "import", "openrouter", "openrouter.json", "--save", "openrouter.yaml", *DAY),
    "catalog-diff-80.txt": (*CROSS_CHECK, "genai-prices:genai-prices.json"),
    "catalog-diff-120.txt": (*CROSS_CHECK, "litellm:litellm.json", "--all"),
    "catalog-diff.md": (*CROSS_CHECK, "models-dev:models-dev.json"),
    "sensitivity-80.txt": (*TORNADO, "--chart"),
    "sensitivity-120.txt": (*TORNADO, "--chart"),
    "sensitivity-of-80.txt": (*TORNADO, "--of", "r1-distill-32b-h100", "--costs", "all"),
    "sensitivity.csv": (*TORNADO, "--format", "csv"),
    "simulate-80.txt": SIMULATION,
    "simulate-120.txt": SIMULATION,
    "simulate.json": (*SIMULATION, "--format", "json"),
    "simulate.csv": (*SIMULATION, "--format", "csv"),
    "simulate.md": (*SIMULATION, "--format", "markdown"),
    "size-80.txt": (*SIZE, "--gpu", "H100", "--weights", "fp8"),
    "size.md": (*SIZE, "--gpu", "H100", "--weights", "fp8", "--format", "markdown"),
    "size-ranking-80.txt": SIZE,
    "size-ranking-120.txt": SIZE,
    "size-refusal-80.txt": (*SIZE, "--gpu", "RTX 4070 Ti", "--weights", "int4"),
    "tco-80.txt": BILL,
    "tco-120.txt": BILL,
    "tco-explain-120.txt": (*BILL, "--tenure", "own", "--fine-tune", "--explain"),
    "tco.csv": (*BILL, "--format", "csv"),
    "calibrate-80.txt": ("calibrate", *BENCHMARKS, "--gpu", "H100", "--weights", "fp8", *DAY),
    "calibrate-120.txt": ("calibrate", *BENCHMARKS, "--gpu", "H100", "--weights", "fp8", *DAY),
    "recommend-80.txt": (*RECOMMEND, "customer_service", "--tokens", "5e8", *DAY),
    "recommend-120.txt": (*RECOMMEND, "customer_service", "--tokens", "5e8", *DAY),
    "recommend-mission-80.txt": (*RECOMMEND, "customer_service", "--tokens", "5e8", *DAY, "--options", "gpt-5.2-api,gemini-3.1-pro-api,deepseek-r1-api,deepseek-r1-32b-self-hosted,r1-distill-32b-h100"),
    "recommend-private-explain-120.txt": (*RECOMMEND, "customer_service", "--tokens", "1e6", "--data", "private", "--explain", *DAY),
    "recommend-swe-80.txt": (*RECOMMEND, "coding_swe_bench_critical", "--tokens", "5e8", *DAY),
    "recommend-mission.json": (*RECOMMEND, "customer_service", "--tokens", "1e6", *DAY, "--options", "gpt-5.2-api,deepseek-r1-api,r1-distill-32b-h100", "--format", "json"),
}  # fmt: skip


def stable(text: str) -> str:
    """Leave out what every change of the catalog moves: its digest and the lines of its files."""
    text = re.sub(r"sha256:[0-9a-f]{64}", "sha256:…", text)
    return re.sub(r'(pricing/[\w./-]+\.yaml)(:\d+){1,2}|("line": )\d+', lambda match: f"{match[1] or match[3]}…", text)


@pytest.mark.parametrize("name", COMMANDS)
def test_output_is_what_was_approved(name: str, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    width = re.search(r"-(\d+)\.txt", name)
    monkeypatch.setenv("COLUMNS", width[1] if width and int(width[1]) < 1000 else "80")
    needed = (*BUDGETS.iterdir(), *LAYERS.iterdir(), *THEIRS.glob("*.json"))
    for file in needed:  # a path would be wrapped elsewhere in another checkout
        shutil.copy(file, file.name)
    run = cli(*COMMANDS[name])
    assert (run.status, run.err) == (STATUSES.get(name, 0), "")
    printed, path = stable(run.out), GOLDEN / name
    if os.environ.get("REGENERATE"):
        path.write_text(printed, encoding="utf-8")
    assert printed == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in COMMANDS if re.search(r"-(80|120)\.txt", name)])
def test_no_line_is_wider_than_the_page(name: str) -> None:
    width = int(name.rsplit("-", 1)[1].removesuffix(".txt"))
    lines = (GOLDEN / name).read_text(encoding="utf-8").splitlines()
    assert max(len(line) for line in lines if "https://" not in line) <= width
