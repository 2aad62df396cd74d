"""Spark reads a log and counts it, where it is too large for one machine: the same mappings, the same GROUP BY."""

import os
import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from costcalc.errors import CostcalcError, FlagError, InputError
from costcalc.findings import clean
from costcalc.usage.aggregate import grouping
from costcalc.usage.counted import Counted, Counting, counted_rows
from costcalc.usage.engine import opened
from costcalc.usage.groups import Usage
from costcalc.usage.reader import Cached, LogFormat
from costcalc.usage.readers import READERS
from costcalc.usage.relation import LONGEST_LINE, Container, Table
from costcalc.usage.rows import OWN_ID, Choice, rows_in
from costcalc.usage.scan import by_kind, check_cached, check_flags
from costcalc.usage.sniff import LOOKED_AT, Kind, json_paths, told
from costcalc.usage.sources import LogFile, container_of, log_files, problem_of
from costcalc.usage.spark_relation import SparkRelation, fields_of, named

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LOCAL = "local[*]"
_BY_LINE = "Spark reads JSON by the line; write a record a line (.jsonl), or leave out --engine"
_JAVA = 17  # the oldest that Spark 4 runs on
_LONGEST_REASON = 400
_SETTINGS: Mapping[str, str] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",  # a number that does not fit is an error, never another number
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.caseSensitive": "true",  # as the mappings are
    "spark.sql.csv.parser.columnPruning.enabled": "false",  # or a row with a cell too many is not seen
    "spark.sql.legacy.parquet.nanosAsLong": "true",
}  # fmt: skip
_OWN: Mapping[str, str] = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "16",  # groups are few; the default of 200 is for joins
}


def is_spark(engine: str) -> bool:
    """Say whether an engine's name is one of Spark's.

    Example:
        >>> is_spark("spark"), is_spark("spark://head:7077"), is_spark("duckdb")
        (True, True, False)
    """
    return engine == "spark" or engine.startswith("spark://")


def master_of(engine: str) -> str:
    """Give the master that an engine's name means: this machine, or a cluster.

    Example:
        >>> master_of("spark"), master_of("spark://head:7077")
        ('local[*]', 'spark://head:7077')
    """
    if not is_spark(engine):
        raise FlagError(f"expected the engine 'spark' or 'spark://HOST:PORT', not '{clean(engine)}'")
    return engine if "://" in engine else LOCAL


class _Input(NamedTuple):
    """Files that one reading takes together.

    Args:
        paths: Where they are.
        kind: What they have in common.
    """

    paths: tuple[str, ...]
    kind: Kind


def scan_spark(
    names: Sequence[str],
    *,
    thresholds: Sequence[int],
    bucket_s: int = 600,
    log_format: LogFormat | None = None,
    label: str | None = None,
    fields: tuple[str, ...] = (),
    cached: Cached | None = None,
    master: str = LOCAL,
) -> Usage:
    """Read a log on Spark and count it.

    Args:
        names: Its files, patterns and folders; a path of a remote store (``s3a://…/*.parquet``) goes to Spark as it is.
        thresholds: The prompt lengths above which some price differs [tokens].
        bucket_s: How long a time bucket is [s].
        log_format: Its format; told from the records where it is None.
        label: By what the groups are labelled: a name that the format knows (team, key, tag), or None.
        fields: Where the label stands too, before the places that each format has.
        cached: Whether the input holds the cached tokens, for formats that do not settle it.
        master: The cluster, or this machine; a session that is active is used as it is.

    Raises:
        InputError: A file cannot be read, or has a format or a container that Spark does not read here.
        FlagError: A format has no such label, or what is said of its cached tokens is against its rules.
        CostcalcError: Spark or Java is missing, or Spark fails.
    """
    if log_format is not None:
        check_flags(log_format, READERS[log_format], None if fields else label, cached)
    remote = _remote([name for name in names if "://" in name])
    inputs = list(_local([name for name in names if "://" not in name], log_format))
    _check(inputs, None if fields else label, cached)
    steps = tuple(sorted(set(thresholds)))
    counting = Counting()
    with _session(master) as session:
        far = [_told(session, path, container, log_format) for path, container in remote]
        _check(far, None if fields else label, cached)
        for at, given in enumerate((*inputs, *far)):
            reader = given.kind.reader
            choice = Choice(label, fields, otherwise=cached is not None and cached != reader.cached)
            rows = rows_in(_relation(session, given, f"costcalc_{at}"), reader, choice)
            text = grouping(rows.source, rows.columns, bucket_s=bucket_s, thresholds=steps)
            answers = list(_answers(session.sql(_spoken(text))))
            if cached is None and reader.must_say:
                check_cached(given.paths[0], given.kind, answers)
            counting.add(answers, is_pooled=reader.is_pooled, has_ends="until_s" in rows.columns)
    files = sum(len(given.paths) for given in (*inputs, *far))
    formats = tuple(dict.fromkeys(given.kind.log_format for given in (*inputs, *far)))
    return counting.usage(bucket_s, steps, files=files, formats=formats, label=label)


def _answers(frame: "DataFrame") -> Iterator[Counted]:
    return counted_rows(frame.columns, [tuple(row) for row in frame.collect()])


def _spoken(text: str) -> str:
    """Put Spark's words for what it calls otherwise."""
    return text.replace("starts_with(", "STARTSWITH(").replace(OWN_ID, "uuid()")


def _local(names: Sequence[str], log_format: LogFormat | None) -> Iterator[_Input]:
    if names:
        with opened() as (engine, scratch):
            for kind, files in by_kind(engine, log_files(names, scratch), log_format).items():
                yield _Input(tuple(str(Path(file.path).absolute()) for file in files), kind)


def _remote(names: Sequence[str]) -> list[tuple[str, Container]]:
    found = [(name, container_of(name)) for name in names]
    for name, container in found:
        if container is None:
            raise FlagError(f"{name}: expected a path that ends in .parquet, .csv or .jsonl, such as {name}/*.parquet")
        if container == "json":
            raise FlagError(f"{name}: {_BY_LINE}")
    return [(name, container) for name, container in found if container is not None]


def _told(session: "SparkSession", path: str, container: Container, log_format: LogFormat | None) -> _Input:
    """Tell what only Spark can open."""
    file = LogFile(path, container, path)
    if container == "csv":
        delimiter = "\t" if ".tsv" in path else ","
        names = tuple(session.read.csv(path, header=True, sep=delimiter).columns)
        return _Input((path,), Kind(*told(file, {*names}, log_format), container, Table(names, delimiter)))
    if container == "parquet":
        paths = {name for name, _ in fields_of(session.read.parquet(path).schema)}
    else:
        lines = session.read.text(path, lineSep="\n").limit(LOOKED_AT).collect()
        paths = {name for (line,) in lines for name in json_paths(line)}
    return _Input((path,), Kind(*told(file, paths, log_format), container))


def _check(inputs: Sequence[_Input], label: str | None, cached: Cached | None) -> None:
    problems = [problem_of(given.paths[0], text) for given in inputs if (text := _refusal(given.kind))]
    if problems:
        raise InputError(problems)
    for given in inputs:
        check_flags(given.kind.log_format, (given.kind.reader,), label, cached)


def _refusal(kind: Kind) -> str:
    """Say what Spark cannot do here that DuckDB does, or ""."""
    if kind.container == "json":
        return _BY_LINE
    if not kind.reader.is_plain:
        return f"the format {kind.log_format} has rows that are no requests by themselves; leave out --engine"
    return ""


def _relation(session: "SparkSession", given: _Input, view: str) -> SparkRelation:
    """Open files of one kind as a view."""
    packed = given.kind.reader.packed
    if given.kind.container == "jsonl":
        session.read.text(list(given.paths), lineSep="\n").createOrReplaceTempView(view)
        lines = f"(SELECT value, TRY_PARSE_JSON(value) AS j FROM {view} WHERE TRIM(value) <> '')"
        broken = "j IS NULL OR LEFT(LTRIM(value), 1) <> '{'"
        return SparkRelation(f"(SELECT j, {broken} AS is_broken FROM {lines})", {}, "j", packed, tells_broken=True)
    if given.kind.table is not None:
        return _table(session, given.paths, given.kind.table, view)
    frame = session.read.option("mergeSchema", "true").parquet(*given.paths)
    frame.createOrReplaceTempView(view)
    return SparkRelation(view, dict(fields_of(frame.schema)))


_BROKEN = "_costcalc_broken"


def _table(session: "SparkSession", paths: Sequence[str], table: Table, view: str) -> SparkRelation:
    """Open tables of one header, every cell as text; a row that breaks the table is marked."""
    schema = ", ".join(f"{named(name)} STRING" for name in (*table.names, _BROKEN))
    frame = session.read.csv(
        list(paths), schema=schema, sep=table.delimiter, header=True, quote='"', escape='"', multiLine=True,
        maxCharsPerColumn=LONGEST_LINE, columnNameOfCorruptRecord=_BROKEN,
        # of a pattern that only Spark can list, every file's header must be the first one's
        enforceSchema="://" not in paths[0],
    )  # fmt: skip
    frame.createOrReplaceTempView(view)
    source = f"(SELECT *, {_BROKEN} IS NOT NULL AS is_broken FROM {view})"
    return SparkRelation(source, dict.fromkeys(table.names, "string"), tells_broken=True)


@contextmanager
def _session(master: str) -> Iterator["SparkSession"]:
    """Give a session of its own settings: beside the active one, or on a new context that ends with it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pyspark.sql import SparkSession
    except ImportError:
        raise CostcalcError("this engine needs Spark: pip install 'costcalc[spark]'") from None
    active = SparkSession.getActiveSession()
    session = active.newSession() if active is not None else None
    with _without_traces():
        if session is None:
            session = started(master)
        try:
            for name, value in _SETTINGS.items():
                session.conf.set(name, value)
            yield session
        finally:
            if active is None:
                session.stop()


def started(master: str) -> "SparkSession":
    """Start Spark. What its Java process writes to stderr goes to a file: it would mix with our messages."""
    from pyspark.sql import SparkSession

    check_java()
    builder = SparkSession.builder.master(master).appName("costcalc")
    here = {"spark.driver.host": "127.0.0.1"} if master.startswith("local") else {}
    for name, value in {**_OWN, **here}.items():
        builder = builder.config(name, value)
    with tempfile.TemporaryFile() as aside:
        stderr = os.dup(2)
        os.dup2(aside.fileno(), 2)
        try:
            return builder.getOrCreate()
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


def check_java() -> None:
    """Check that there is a Java that Spark can run on.

    Raises:
        CostcalcError: There is none, or an older one.
    """
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else "java"
    found = shutil.which(java)
    if found is None:
        where = f"JAVA_HOME is {home}, and {java} is no program" if home else "there is no 'java' on the PATH"
        raise CostcalcError(f"Spark needs Java {_JAVA} or later: {where}")
    answer = subprocess.run([found, "-version"], capture_output=True, text=True, check=False)  # noqa: S603  # the program that Spark starts next
    version = re.search(r'version "(?:1\.)?(\d+)', answer.stderr)
    if version is None or int(version[1]) < _JAVA:
        which = f"{found} is Java {version[1]}" if version else f"{found} does not say its version"
        raise CostcalcError(f"Spark needs Java {_JAVA} or later: {which}")


@contextmanager
def _without_traces() -> Iterator[None]:
    """Turn what Spark raises into one sentence."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError, ConnectionError) as error:
        raise CostcalcError(f"Spark: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    """Give the first sentence of an error, of its innermost cause where it was raised in Java."""
    text = str(error)
    with suppress(Exception):
        cause = error.java_exception  # type: ignore[attr-defined]  # only Py4JJavaError has one
        while cause.getCause() is not None:
            cause = cause.getCause()
        text = str(cause.getMessage())
    first = next((line for line in text.splitlines() if line.strip()), type(error).__name__)
    return clean(first.strip())[:_LONGEST_REASON]
