"""What `benchmarks/performance.py` measures; only ratios within a run mean anything."""

import csv
import importlib
import json
import os
import pty
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from textwrap import indent
from typing import Any, NamedTuple

from benchmarks.overlay import MODEL

from costcalc import Workload, estimate, load_catalog
from costcalc.analysis.breakeven import cheapest
from costcalc.case.case import Case
from costcalc.cli.commands import CATALOG, COMMANDS, GROUPS, USAGE
from costcalc.cost.cash import Course, cash_of

ROOT = Path(__file__).parents[1]
DAY = date(2026, 11, 27)
PASS, BARE = "`python -c pass`", "a bare Typer command with a rich table"
BARE_CODE = (
    "import typer\nfrom rich.console import Console\nfrom rich.table import Table\n"
    "app = typer.Typer()\n@app.command()\ndef hello(name: str = 'x') -> None:\n"
    "    table = Table('option', 'USD')\n    table.add_row(name, '1')\n    Console().print(table)\napp([])"
)
TYPER = "`import typer`"
COMPARE = "costcalc compare --tokens 1e6"
TERMINAL = f"{COMPARE}, on a terminal"
BESIDE = f"{COMPARE}, beside a costcalc.yaml"
MODELS = ("gpt-5.2", "gpt-5.4", "deepseek-v4-pro")
TEN = (
    "r1-distill-32b-h100", "r1-distill-32b-2x-l40s", "r1-distill-32b-a100-int4", "gemma-4-31b-h100",
    "llama-3.3-70b-2x-h100", "gpt-oss-120b-h100", "r1-distill-32b-novita", "gpt-5.2-api", "deepseek-v4-pro-api",
    "claude-haiku-5.5-api",
)  # fmt: skip


class Figure(NamedTuple):
    """A figure and what it is measured against.

    Args:
        name: What was run.
        value: The median [s of CPU, or calls a second].
        ratios: The median of its ratio to each other thing within a run, by that thing's name.
    """

    name: str
    value: float
    ratios: Mapping[str, float]


def interleaved(work: Mapping[str, Callable[[], float]], against: tuple[str, ...], runs: int) -> list[Figure]:
    """Run everything in turn, so often, after one run to warm up; medians, and medians of the ratios within a run."""
    for each in work.values():
        each()
    rounds = [{name: each() for name, each in work.items()} for _ in range(runs)]
    return [
        Figure(
            name,
            statistics.median(one[name] for one in rounds),
            {other: statistics.median(one[name] / one[other] for one in rounds) for other in against if other in work},
        )
        for name in work
    ]


def cpu(work: Callable[[], object]) -> float:
    """CPU time of one call [s]."""
    started = time.process_time()
    work()
    return time.process_time() - started


def child_cpu(command: list[str], folder: Path, *, terminal: bool = False) -> float:
    """CPU time, user and system, of one process whose output goes into a pipe, or to a terminal [s].

    Raises:
        ChildProcessError: It ended with neither 0 nor 1, so that its time means nothing.
    """
    env = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "PYTHONPATH"}}
    env |= {"XDG_CONFIG_HOME": str(folder / "none"), "TERM": "xterm", "GIT_CONFIG_GLOBAL": str(folder / "none")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    if terminal:
        status = _on_a_terminal(command, folder, env)
    else:
        status = subprocess.run(command, capture_output=True, check=False, env=env, cwd=folder).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if status not in {0, 1}:
        raise ChildProcessError(f"exit status {status}: {shlex.join(command)}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _on_a_terminal(command: list[str], folder: Path, env: dict[str, str]) -> int:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env, cwd=folder)
    os.close(theirs)
    try:
        while os.read(ours, 65_536):
            pass
    except OSError:  # how Linux says that nobody writes to a terminal any more
        pass
    finally:
        os.close(ours)
    return process.wait()


def examples() -> dict[str, str]:
    """Give every command with the first example of its help page."""
    found = {name: where.examples[0] for name, where in COMMANDS.items() if name not in GROUPS and where.examples}
    for group, table in (("catalog", CATALOG), ("usage", USAGE)):
        found |= {f"{group} {name}": where.examples[0] for name, where in table.items()}
    return found


def at_work(folder: Path) -> Path:
    """Fill a folder with what the examples name: a plan in git, logs, a benchmark, another library's list."""
    folder.mkdir()
    subprocess.run(
        [sys.executable, "-m", "costcalc", "init", "costcalc.yaml"], cwd=folder, check=True, capture_output=True
    )
    (folder / "logs").mkdir()
    with (ROOT / "examples" / "log.csv").open(encoding="utf-8", newline="") as calls:
        text = "".join(f"{json.dumps(row)}\n" for row in csv.DictReader(calls))
    (folder / "logs" / "calls.jsonl").write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "tests" / "data" / "bench" / "vllm-bench-serve.json", folder / "bench.json")
    shutil.copy(ROOT / "tests" / "data" / "imports" / "litellm.json", folder / "model_prices.json")
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for step in (["init", "-qb", "main"], ["add", "costcalc.yaml"], ["commit", "-qm", "A plan"]):
        subprocess.run([*git, *step], cwd=folder, check=True)
    return folder


def starts(folder: Path, runs: int, names: Mapping[str, str] | None = None) -> list[Figure]:
    """Cold start of every command, beside Python alone and a bare Typer command; a folder beside this one is empty."""
    python, empty = [sys.executable, "-c"], folder.with_name("empty")
    empty.mkdir(exist_ok=True)
    work: dict[str, Callable[[], float]] = {
        PASS: lambda: child_cpu([*python, "pass"], folder),
        BARE: lambda: child_cpu([*python, BARE_CODE], folder),
        TYPER: lambda: child_cpu([*python, "import typer"], folder),
        "costcalc --version": lambda: child_cpu(_command("costcalc --version", empty), empty),
        COMPARE: lambda: child_cpu(_command(COMPARE, empty), empty),
        TERMINAL: lambda: child_cpu(_command(COMPARE, empty), empty, terminal=True),
        BESIDE: lambda: child_cpu(_command(COMPARE, folder), folder),
    }
    for line in (examples() if names is None else names).values():
        if line not in work:
            work[line] = lambda line=line: _anew(line, folder)  # type: ignore[misc]
    return interleaved(work, (PASS, BARE), runs)


def _anew(line: str, folder: Path) -> float:
    """Run an example as if for the first time: what an earlier run wrote is gone."""
    empty = folder.with_name("empty")
    shutil.rmtree(empty, ignore_errors=True)
    empty.mkdir()
    there = empty if line.startswith("costcalc init") else folder
    known = {*folder.iterdir()}
    seconds = child_cpu(_command(line, there), there)
    for new in {*folder.iterdir()} - known:
        new.unlink()
    return seconds


def _command(line: str, folder: Path) -> list[str]:
    """Give an example as arguments, its patterns as the files that they mean."""
    _, *args = shlex.split(line, comments=True)
    files = [[str(path) for path in sorted(folder.glob(arg))] if "*" in arg else [arg] for arg in args]
    return [sys.executable, "-m", "costcalc", *(each for some in files for each in some)]


def estimates(count: int, runs: int) -> list[Figure]:
    """Calls a second of costcalc, genai-prices and litellm; ratios are times the calls of the others."""
    found: list[Figure] = []
    peers = tuple(name for name, module in (("genai-prices", "genai_prices"), ("litellm", "litellm")) if _has(module))
    for model in MODELS:
        work = {"costcalc": _ours(model, count), "costcalc, workload made in the call": _made(model, count)}
        work |= {peer: _PEERS[peer](model, count) for peer in peers}
        rates = {name: lambda each=each: count / cpu(each) for name, each in work.items()}
        rows = interleaved(rates, peers, runs)
        found += [row._replace(name=f"{model}: {row.name}") for row in rows]
    return found


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _sizes(count: int) -> Iterator[tuple[int, int, int]]:
    """Walk requests of which no two are alike: the prompt, what of it is cached, the output [tokens]."""
    return ((2_000 + 2 * index, 1_000 + index, 100 + index % 700) for index in range(count))


def _workload(prompt: int, cached: int, output: int) -> Workload:
    return Workload.single(
        requests=prompt, input_tokens=prompt, cached_share=Fraction(cached, prompt), output_tokens=output
    )


def _ours(model: str, count: int) -> Callable[[], None]:
    catalog, workloads = load_catalog(), [_workload(*size) for size in _sizes(count)]

    def work() -> None:
        for workload in workloads:
            _ = estimate(model, workload, catalog, as_of=DAY).monthly_usd

    return work


def _made(model: str, count: int) -> Callable[[], None]:
    catalog = load_catalog()

    def work() -> None:
        for size in _sizes(count):
            _ = estimate(model, _workload(*size), catalog, as_of=DAY).monthly_usd

    return work


def _by_genai(model: str, count: int) -> Callable[[], None]:
    genai: Any = importlib.import_module("genai_prices")
    provider = "deepseek" if model.startswith("deepseek") else "openai"
    noon = datetime(2026, 11, 27, 12, tzinfo=UTC)

    def work() -> None:
        for prompt, cached, output in _sizes(count):
            usage = genai.Usage(input_tokens=prompt, cache_read_tokens=cached, output_tokens=output)
            _ = genai.calc_price(usage, model_ref=model, provider_id=provider, genai_request_timestamp=noon).total_price

    return work


def _by_litellm(model: str, count: int) -> Callable[[], None]:
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    litellm: Any = importlib.import_module("litellm")
    name = f"deepseek/{model}" if model.startswith("deepseek") else model

    def work() -> None:
        for prompt, cached, output in _sizes(count):
            _ = sum(
                litellm.cost_per_token(
                    model=name, prompt_tokens=prompt, completion_tokens=output, cache_read_input_tokens=cached
                )
            )

    return work


_PEERS = {"genai-prices": _by_genai, "litellm": _by_litellm}


def loads(folder: Path, counts: tuple[int, ...], runs: int) -> list[Figure]:
    """Load a catalog with an overlay of so many models, beside PyYAML's C loader on the same file."""
    import yaml

    work: dict[str, Callable[[], float]] = {"shipped": lambda: cpu(load_catalog)}
    found = interleaved(work, (), runs)
    for count in counts:
        path = folder / f"{count}.yaml"
        path.write_text(
            "api:\n  many:\n    models:\n" + indent("".join(MODEL.format(each) for each in range(count)), "    ")
        )
        text = path.read_text(encoding="utf-8")
        both = {
            "CSafeLoader": lambda text=text: cpu(lambda: yaml.load(text, yaml.CSafeLoader)),
            f"{count:,} models": lambda path=path: cpu(lambda: load_catalog(path)),
        }
        found += interleaved(both, ("CSafeLoader",), runs)[1:]
    return found


def analyses(runs: int, up_to: Fraction = Fraction(10**13)) -> list[Figure]:
    """CPU of exact break-even over ten options, and of 36 months of them, in a process that has loaded its catalog."""
    catalog = load_catalog()
    mix = Workload.single(requests=1_000, input_tokens=1_000, output_tokens=1_000)
    requests = up_to / 1_000
    return interleaved(
        {
            "who is cheapest of ten options, up to 10^13 tokens": lambda: cpu(
                lambda: cheapest(TEN, Case(mix, catalog, DAY), up_to=requests)
            ),
            "36 months of ten options": lambda: cpu(
                lambda: [cash_of(catalog.option(name), mix, catalog, Course(36), as_of=DAY) for name in TEN]
            ),
        },
        (),
        runs,
    )


def commands(folder: Path, runs: int, *, workloads: int = 200, budgets: int = 50) -> list[Figure]:
    """Child CPU of the commands that compute for long."""
    (folder / "check.yaml").write_text(_scenario(workloads, budgets), encoding="utf-8")
    lines = {
        "simulate, 10,000 draws over the headline": 'costcalc simulate --tokens "100M to 2B" --seed 0',
        "breakeven to 10^13 tokens": "costcalc breakeven --tokens 1e13",
        "report, one page": "costcalc report --tokens 1e9 --format html",
        f"check of {workloads} workloads and {budgets} budgets": "costcalc check check.yaml",
    }
    work: dict[str, Callable[[], float]] = {PASS: lambda: child_cpu([sys.executable, "-c", "pass"], folder)}
    for name, line in lines.items():
        work[name] = lambda line=line: child_cpu(_command(line, folder), folder)  # type: ignore[misc]
    return interleaved(work, (PASS,), runs)[1:]


def _scenario(workloads: int, budgets: int) -> str:
    options = ("gpt-5.2-api", "gemini-3.1-pro-api", "claude-opus-5.5-api", "deepseek-v4-pro-api", "r1-distill-32b-h100")
    lines = ["as_of: 2026-11-22", "workloads:"]
    lines += [
        f"  w{index}: {{option: {options[index % len(options)]}, tags: [t{index % 10}], requests: {1_000 + index},"
        f" shapes: [{{input_tokens: {1_000 + index}, output_tokens: 300}}]}}"
        for index in range(workloads)
    ]
    lines.append("budgets:")
    lines += [
        f"  b{index}: {{tag: t{index % 10}, monthly_usd: {Decimal(100_000 + index)}}}" for index in range(budgets)
    ]
    return "\n".join([*lines, ""])
