"""Mutation testing of cost/, case/ and budget/: change one thing at a time, and see whether a test notices.

    pip install -e ".[dev,mutation]"
    python -m benchmarks.mutants --seed 1  # prints what docs/mutation.md shows

The changes are mutmut's. Each room is sampled: from a start drawn with the seed, every k-th change in the order of the
code. A change meets the tests that reach its line, those that reach the least code first, until they would take 10 s.
"""

import argparse
import ast
import difflib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import process_time
from typing import NamedTuple

import libcst
import pytest
from benchmarks.mutants_score import Verdict, page
from coverage import CoverageData
from hypothesis import Phase, settings
from libcst import matchers
from mutmut.mutation.file_mutation import Mutation, MutationVisitor, deep_replace
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

ROOT = Path(__file__).parents[1]
SAMPLE = {"cost": 120, "case": 40, "budget": 40}  # changes tried in each room
TESTS = (
    *(f"src/costcalc/{room}" for room in SAMPLE),
    *(f"tests/{room}" for room in (*SAMPLE, "analysis")),
    *(
        f"tests/cli/test_{name}.py"
        for name in ("check", "gate", "diff", "project", "question", "size", "tco", "usage_price")
    ),
    *("tests/test_tco_cases.py", "tests/catalog/test_checkpoints.py"),
)
COPIED = ("src", "tests", "pricing", "examples", "docs", "README.md", "CHANGELOG.md", "pyproject.toml")
MOST_S = 8.0  # of CPU of tests for one change, by what they take without it
PATIENCE_S = 600  # for them on a busy machine; a change after which they never end is noticed
PYTEST = (
    *("-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-o", "addopts=--import-mode=importlib --doctest-modules"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # hypothesis is imported before pytest runs
)
CALCULATED = tuple(f"costcalc.{room}." for room in (*SAMPLE, "analysis"))
# drawn alike each time; a failure is not made smaller, which takes longer than to find it
settings.register_profile("mutants", deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate))


_TYPE = matchers.Subscript(matchers.Name("Literal")) | matchers.Call(matchers.Name("TypeVar"))


class Change(NamedTuple):
    """One change that mutmut proposes."""

    path: Path
    module: libcst.Module
    mutation: Mutation


class Mutant(NamedTuple):
    """A file with one change."""

    file: str
    code: str
    line: int  # where it first differs
    change: str


class Reach(NamedTuple):
    """Which tests run which line, and what each test costs."""

    by_line: Mapping[str, Mapping[int, frozenset[str]]]
    seconds: Mapping[str, float]
    lines: Mapping[str, int]

    def tests(self, mutant: Mutant, source: str) -> list[str]:
        """Give the tests for a change: none where no test runs its line."""
        by_line = self.by_line[mutant.file]
        at = _statement(source, mutant.line)
        found = frozenset().union(*(by_line.get(line, ()) for line in at))
        if found == {""}:  # run by the import alone: all that the file does may depend on it
            found = frozenset().union(*by_line.values())
        chosen, seconds = list[str](), 0.0
        for test in self._in_turn(found - {""}):
            seconds += self.seconds.get(test, 1)
            if chosen and seconds > MOST_S:
                break
            chosen.append(test)
        return chosen

    def _in_turn(self, tests: frozenset[str]) -> list[str]:
        """Take one of each file in turn, first those that run the least code: files look at different things."""
        turn, taken = dict[str, int](), Counter[str]()
        for test in sorted(tests, key=lambda name: (self.lines[name], name)):
            file = test.partition("::")[0]
            turn[test] = taken[file]
            taken[file] += 1
        return sorted(turn, key=lambda test: (turn[test], self.lines[test]))


class Everywhere(MutationVisitor):  # type: ignore[misc]  # mutmut is not installed everywhere
    """What mutmut changes, and also properties, cached functions and tables; not what no program reads.

    mutmut itself leaves out decorated functions and all that stands outside functions, since it switches functions.
    Left out here: types, docstrings, assertions, what is raised once it is decided to raise, and strings with a space.
    """

    def _skip_node_and_children(self, node: libcst.CSTNode) -> bool:
        if isinstance(node, libcst.FunctionDef):
            return False
        if isinstance(node, libcst.SimpleString):
            return " " in node.value
        if matchers.matches(node, _TYPE):
            return True
        left_out = libcst.Assert | libcst.Raise | libcst.ImportFrom | libcst.FormattedString
        return isinstance(node, left_out) or super()._skip_node_and_children(node)


def main() -> None:
    """Try a sample of changes, and print the score and what survived."""
    read = argparse.ArgumentParser(description=main.__doc__)
    read.add_argument("--seed", type=int, required=True)
    read.add_argument("--share", type=float, default=1, help="of the sample that docs/mutation.md rests on")
    read.add_argument("--map", type=Path, help="keep the map of which test runs which line in this folder")
    asked = read.parse_args()
    sizes: dict[str, int] = {}
    drawn: list[tuple[str, Mutant]] = []
    with tempfile.TemporaryDirectory() as scratch:
        copy = _copied(Path(scratch))
        _ready(copy)
        reach = reached(copy, asked.map or Path(scratch))
        for room, number in SAMPLE.items():
            files = sorted((copy / "src/costcalc" / room).glob("*.py"))
            everything = [change for path in files for change in changes(path)]
            sizes[room] = len(everything)
            drawn += (
                (room, mutant(change, copy)) for change in sample(everything, round(number * asked.share), asked.seed)
            )
        random.Random(asked.seed).shuffle(drawn)  # noqa: S311  # what is done when the run is stopped is a sample too
        verdicts = []
        with suppress(KeyboardInterrupt):
            for room, each in drawn:
                verdicts.append(verdict(room, each, reach, copy))
                print(verdicts[-1], file=sys.stderr, flush=True)
    print(page(sorted(verdicts), sizes, seed=asked.seed))


def sample(everything: Sequence[Change], number: int, seed: int) -> list[Change]:
    """Take every k-th change, from a start that the seed draws."""
    step = len(everything) / number
    start = random.Random(seed).random() * step  # noqa: S311  # a sample, no secret
    return [everything[int(start + step * i)] for i in range(number)]


def changes(path: Path) -> list[Change]:
    """List every change of a file, unwritten: to write one takes as long as to find them all."""
    visitor = Everywhere(mutation_operators, IgnoredCode(set(), set(), set()))
    module = libcst.MetadataWrapper(libcst.parse_module(path.read_text())).visit(visitor)
    return [Change(path, module, mutation) for mutation in visitor.mutations]


def mutant(change: Change, copy: Path) -> Mutant:
    """Write the file with a change."""
    changed = deep_replace(change.module, change.mutation.original_node, change.mutation.mutated_node)
    assert isinstance(changed, libcst.Module)
    lines = change.module.code.split("\n"), changed.code.split("\n")
    line = next(i for i, (before, after) in enumerate(zip(*lines, strict=False), 1) if before != after)
    found = list(difflib.unified_diff(*lines, lineterm="", n=0))[3:]
    return Mutant(str(change.path.relative_to(copy)), changed.code, line, "\n".join(found))


def verdict(room: str, mutant: Mutant, reach: Reach, copy: Path) -> Verdict:
    """Put a change into the file, run its tests, and put the file right again."""
    file = copy / mutant.file
    source, times = file.read_text(), file.stat()
    tests = reach.tests(mutant, source)
    file.write_text(mutant.code)
    try:
        passed = not tests or _passes(copy, "-x", *tests, seconds=PATIENCE_S)
    finally:
        file.write_text(source)
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))  # so that its byte code holds again
    return Verdict(room, mutant.file, mutant.line, mutant.change, not passed, len(tests))


def reached(copy: Path, folder: Path) -> Reach:
    """Run the tests once, and note which lines each of them runs and how long it takes."""
    folder.mkdir(parents=True, exist_ok=True)
    data, seconds = folder / "lines", folder / "seconds.json"
    if not seconds.exists():
        rooms = [f"--cov=src/costcalc/{room}" for room in SAMPLE]
        os.environ["COVERAGE_FILE"] = str(data)
        if not _passes(copy, *TESTS, *rooms, "--cov-context=test", "--cov-report=", watch=Alone(seconds)):
            sys.exit("the tests fail without any change")
    read = CoverageData(str(data))
    read.read()
    by_line: dict[str, dict[int, frozenset[str]]] = {}
    lines: dict[str, int] = {}
    for file in read.measured_files():
        found = {line: frozenset(map(_node, names)) for line, names in read.contexts_by_lineno(file).items()}
        by_line["src/costcalc/" + file.rpartition("/src/costcalc/")[2]] = found
        for name in (name for names in found.values() for name in names):
            lines[name] = lines.get(name, 0) + 1
    return Reach(by_line, json.loads(seconds.read_text()), lines)


class Alone:
    """A plug-in of pytest: no test lives on what another one computed, and each is timed [s of CPU]."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Forget what was computed for another test: it would hide which lines this one needs."""
        for name, module in list(sys.modules.items()):
            for value in list(vars(module).values()) if name.startswith(CALCULATED) else ():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
        for node in item.listchain():  # the marker spares time elsewhere; here it would hide which lines a test runs
            node.own_markers[:] = [marker for marker in node.own_markers if marker.name != "no_cover"]
        start = process_time()
        result = yield
        self.seconds[item.nodeid] = process_time() - start
        return result

    def pytest_sessionfinish(self) -> None:
        """Keep the times."""
        self.file.write_text(json.dumps(self.seconds))


def _passes(copy: Path, *given: str, seconds: int = 0, watch: Alone | None = None) -> bool:
    """Run tests in a child, which finds pytest, hypothesis and the catalog ready and all that is measured unread."""
    child = os.fork()
    if not child:
        signal.alarm(seconds)  # ends it, as a failure
        sys.dont_write_bytecode = watch is None  # a change and what was before it may be of one size and second
        os.chdir(copy)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        os._exit(pytest.main([*PYTEST, "--hypothesis-profile=mutants", *given], plugins=[watch] if watch else []))
    return os.waitpid(child, 0)[1] == 0


def _node(context: str) -> str:
    return context.rpartition("|")[0]


def _statement(source: str, line: int) -> range:
    """Give the lines of the smallest statement that holds a line; of a compound one, its head."""
    found = range(line, line + 1)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt | ast.match_case):
            first = node.lineno if isinstance(node, ast.stmt) else node.pattern.lineno
            body = getattr(node, "body", None)
            last = max(first, body[0].lineno - 1) if body else (getattr(node, "end_lineno", None) or first)
            if first <= line <= last:
                found = range(first, last + 1)
    return found


def _copied(scratch: Path) -> Path:
    copy = scratch / "copy"
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    return copy


def _ready(copy: Path) -> None:
    """Import what tests import and no change is in, from the copy, so that no child need do it."""
    sys.path[:0] = [str(copy / "src"), str(copy / "tests")]
    from costcalc.catalog.layers.load import load_catalog

    load_catalog()
    early = [name for name in sys.modules if name.startswith(CALCULATED)]
    assert not early, f"read before it is changed: {early}"


if __name__ == "__main__":
    main()
