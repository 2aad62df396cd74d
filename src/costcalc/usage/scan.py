"""DuckDB reads a log and counts it: the rows of each file by its mapping, then one GROUP BY."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from costcalc.errors import FlagError, InputError
from costcalc.findings import Finding, clean, did_you_mean
from costcalc.paths import look
from costcalc.usage.aggregate import Alike, folding, grouping
from costcalc.usage.counted import Counted, Counting, counted_rows
from costcalc.usage.engine import allow, connected, meaning, opened, watched
from costcalc.usage.faults import Search, broken, places, rejects_of, why_no_count, why_no_time
from costcalc.usage.groups import FAULTS, FaultKind, Usage
from costcalc.usage.reader import Cached, LogFormat, Reader
from costcalc.usage.readers import READERS
from costcalc.usage.relation import Container
from costcalc.usage.rows import Choice, rows_of
from costcalc.usage.sniff import Kind, kind_of
from costcalc.usage.sources import LogFile, is_remote, log_files, problem_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["connected", "scan"]

# what standard input holds, where its first byte does not tell it: formats that are written as tables alone
_SPOOLED: dict[LogFormat, Container] = {"deepseek": "csv"}


class _Answer(NamedTuple):
    """What an engine says of files of one kind."""

    groups: list[Counted]
    load: dict[int, int]
    has_ends: bool


class _Grid(NamedTuple):
    """What rows are grouped by beside their keys."""

    bucket_s: int
    thresholds: tuple[int, ...]
    alike: Alike | None


def scan(
    names: Sequence[str],
    *,
    thresholds: Sequence[int],
    bucket_s: int = 600,
    log_format: LogFormat | None = None,
    label: str | None = None,
    fields: tuple[str, ...] = (),
    cached: Cached | None = None,
    alike: Alike | None = None,
    show: Callable[[float], None] | None = None,
) -> Usage:
    """Read a log and count it.

    Args:
        names: Its files, patterns, folders, paths of an object store; ``-`` is standard input.
        thresholds: The prompt lengths above which some price differs [tokens].
        bucket_s: How long a time bucket is [s].
        log_format: Its format; told from the records where it is None.
        label: By what the groups are labelled: a name that the format knows (team, key, tag), or None.
        fields: Where the label stands too, before the places that each format has.
        cached: Whether the input holds the cached tokens, for formats that do not settle it.
        alike: Which times are put together once their load is known; none where every bucket is asked for.
        show: Takes the share of a query that is done, 0 to 1, while it runs.

    Raises:
        InputError: Files cannot be read, or have a format that nobody knows; with all of them.
        FlagError: A format has no such label, or what is said of its cached tokens is against its rules.
    """
    if log_format is not None:
        check_flags(log_format, READERS[log_format], None if fields else label, cached)
    grid = _Grid(bucket_s, tuple(sorted(set(thresholds))), alike)
    with opened() as (engine, scratch), watched(engine, show):
        files = log_files(names, scratch, spooled=_SPOOLED.get(log_format) if log_format else None)
        kinds = by_kind(engine, files, log_format)
        counting = Counting()
        for kind, some in kinds.items():
            check_flags(kind.log_format, (kind.reader,), None if fields else label, cached)
            _count(engine, some, kind, _Wanted(grid, label, fields, cached), counting)
    formats = tuple(dict.fromkeys(kind.log_format for kind in kinds))
    return counting.usage(bucket_s, grid.thresholds, files=len(files), formats=formats, label=label)


def by_kind(
    engine: "DuckDBPyConnection", files: Sequence[LogFile], stated: LogFormat | None
) -> dict[Kind, list[LogFile]]:
    """Tell files apart by what those have in common that are read together.

    Raises:
        InputError: With every file that cannot be told.
    """
    from duckdb import Error

    problems: list[Finding] = []
    found: dict[Kind, list[LogFile]] = defaultdict(list)
    for file in files:
        try:
            if file.container == "json":
                _make_room(engine, [file])
            found[kind_of(engine, file, stated)].append(file)
        except InputError as error:
            problems += [problem for problem in error.problems if isinstance(problem, Finding)]
        except Error as error:
            problems.append(problem_of(file.shown, meaning(error)))
    if problems:
        raise InputError(problems)
    return found


def _make_room(engine: "DuckDBPyConnection", files: Sequence[LogFile]) -> None:
    sizes = [look(Path(file.path)).size for file in files if not is_remote(file.path)]
    allow(engine, _PER_BYTE * max(sizes, default=0) >> 20)


_PER_BYTE = 60  # memory that a document needs while it is taken apart, a packed one being longer than its file


class _Wanted(NamedTuple):
    """How a log is counted."""

    grid: _Grid
    label: str | None
    fields: tuple[str, ...]
    cached: Cached | None

    def choice(self, kind: Kind) -> Choice:
        otherwise = self.cached is not None and self.cached != kind.reader.cached
        return Choice(self.label, self.fields, otherwise=otherwise)


def _count(engine: "DuckDBPyConnection", files: Sequence[LogFile], kind: Kind, wanted: _Wanted, to: Counting) -> None:
    """Count files of one kind."""
    if kind.container == "json":
        _make_room(engine, files)
    choice = wanted.choice(kind)
    answers, load, has_ends = _answers(engine, files, kind, wanted.grid, choice)
    rejects = rejects_of(engine)
    if wanted.cached is None and kind.reader.must_say:
        check_cached(files[0].shown, kind, answers)
    faults = [FAULTS[-1 - each.group.above] for each in answers if each.group.above < 0]
    search = Search(files, kind, choice, rejects)
    where = places(engine, search, faults) if faults else {}
    why: Mapping[FaultKind, Callable[[DuckDBPyConnection, Search], str]]
    why = {"no time": why_no_time, "not a count": why_no_count}
    found: dict[FaultKind, str] = {fault: say(engine, search) for fault, say in why.items() if fault in faults}
    found |= kind.reader.hints
    to.add(answers, is_pooled=kind.reader.is_pooled, has_ends=has_ends, places=where, found=found)
    to.add_load(load)
    if rejects:
        to.faults.append(broken(files, rejects))


def _answers(
    engine: "DuckDBPyConnection", files: Sequence[LogFile], kind: Kind, grid: _Grid, choice: Choice
) -> _Answer:
    """Ask the engine; of files that it cannot read, all are named."""
    from duckdb import Error

    try:
        return _asked(engine, files, kind, grid, choice)
    except Error as error:
        if len(files) == 1:
            raise InputError([problem_of(files[0].shown, meaning(error))]) from None
    problems: list[Finding] = []
    for file in files:
        try:
            _asked(engine, [file], kind, grid, choice)
        except Error as error:
            problems.append(problem_of(file.shown, meaning(error)))
    raise InputError(problems or [problem_of(files[0].shown, f"cannot be read together with {len(files) - 1} others")])


def _asked(engine: "DuckDBPyConnection", files: Sequence[LogFile], kind: Kind, grid: _Grid, choice: Choice) -> _Answer:
    rows = rows_of(engine, [file.path for file in files], kind, choice)
    has_ends = "until_s" in rows.columns
    text = grouping(rows.source, rows.columns, bucket_s=grid.bucket_s, thresholds=grid.thresholds)
    if grid.alike is None:
        return _Answer(list(_read(engine.execute(text))), {}, has_ends)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE buckets AS {text}")
    names = [name for name, *_ in engine.execute("DESCRIBE buckets").fetchall()]
    load = "SELECT start_s, SUM(requests) FROM buckets WHERE above >= 0 GROUP BY start_s"
    by_bucket = {int(start): int(requests) for start, requests in engine.execute(load).fetchall()}
    return _Answer(list(_read(engine.execute(folding("buckets", names, grid.alike)))), by_bucket, has_ends)


def _read(answer: "DuckDBPyConnection") -> Iterator[Counted]:
    return counted_rows([column[0] for column in answer.description], answer.fetchall())


class UnknownLabelError(FlagError):
    """A format has no such label.

    Args:
        log_format: The format.
        label: What was asked for.
        labels: What it has.
        kept: What every log has beside that, where it may be asked for.
    """

    def __init__(self, log_format: LogFormat, label: str, labels: Sequence[str], kept: Sequence[str] = ()) -> None:
        """Name what there is, and what is near."""
        self.log_format: LogFormat = log_format
        self.label, self.labels = label, tuple(labels)
        known = (*kept, *labels)
        hint = did_you_mean(label, known)
        super().__init__(
            f"a log of the format {log_format} has no '{clean(label)}' to show costs by; it has"
            f" {', '.join(known) or 'none'}{f'; {hint}' if hint else ''}"
        )


def check_flags(name: LogFormat, readers: Sequence[Reader], label: str | None, cached: Cached | None) -> None:
    """Refuse a label that a format does not have, and a word on cached tokens that its rules contradict.

    Raises:
        FlagError: One of them is so.
    """
    if label is not None and not any(label in reader.labels for reader in readers):
        has = tuple(dict.fromkeys(each for reader in readers for each in reader.labels))
        raise UnknownLabelError(name, label, has)
    settled = all(not reader.otherwise and reader.cached != cached for reader in readers)
    if cached is not None and settled:
        raise FlagError(f"the format {name} settles it: cached tokens lie {readers[0].cached} its input, not {cached}")


def check_cached(shown: str, kind: Kind, answers: Sequence[Counted]) -> None:
    """Refuse to guess where cached tokens lie: both ways are plausible, and the costs differ.

    Raises:
        InputError: There are some.
    """
    tokens = sum(
        each.group.counts.get(meter, 0) for each in answers for meter in ("cache_read", "cache_write")
    )  # fmt: skip
    if tokens:
        raise InputError(
            [
                problem_of(
                    shown,
                    f"has {tokens:,} cached tokens, and the format {kind.log_format} does not say whether its input"
                    " holds them; say it with --cached inside or --cached beside",
                )
            ]
        )
