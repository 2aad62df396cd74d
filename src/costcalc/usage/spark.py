"""Spark reads a log and counts it, where it is too large for one machine: the same mappings, the same GROUP BY."""

import os
import re
import shutil
import subprocess
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from costcalc.errors import CostcalcError, FlagError, InputError
from costcalc.findings import Finding, clean
from costcalc.usage.aggregate import grouping
from costcalc.usage.counted import Counted, Counting, counted_rows
from costcalc.usage.groups import Usage
from costcalc.usage.readers import READERS, LogFormat
from costcalc.usage.relation import LONGEST_LINE, Container
from costcalc.usage.scan import canonical, check_label, connected, told_apart
from costcalc.usage.sources import container_of, log_files
from costcalc.usage.spark_relation import SparkRelation, fields_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pyspark.sql import DataFrame, SparkSession

LOCAL = "local[*]"
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
        log_format: Their format.
        container: What they hold.
        paths: Where they are.
        separator: What parts the cells of a table; "" for what is no table.
    """

    log_format: LogFormat
    container: Container
    paths: tuple[str, ...]
    separator: str = ""


def scan_spark(
    names: Sequence[str],
    *,
    thresholds: Sequence[int],
    bucket_s: int = 600,
    log_format: LogFormat | None = None,
    label: str | None = None,
    master: str = LOCAL,
) -> Usage:
    """Read a log on Spark and count it.

    Args:
        names: Its files, patterns and folders; a path of a remote store (``s3a://…/*.parquet``) goes to Spark as it is.
        thresholds: The prompt lengths above which some price differs [tokens].
        bucket_s: How long a time bucket is [s].
        log_format: Its format; told from the records where it is None, which a remote path does not allow.
        label: By what the groups are labelled: a name that the format knows (team, key, tag), or None.
        master: The cluster, or this machine; a session that is active is used as it is.

    Raises:
        InputError: A file cannot be read, or has a format or a container that Spark does not read here.
        FlagError: A format has no such label.
        CostcalcError: Spark or Java is missing, or Spark fails.
    """
    check_label(label, log_format)
    inputs = list(_inputs(names, log_format))
    _check(inputs, label)
    steps = tuple(sorted(set(thresholds)))
    counting = Counting()
    with _session(master) as session:
        for at, given in enumerate(inputs):
            reader = READERS[given.log_format]
            rows = canonical(_relation(session, given, f"costcalc_{at}"), reader, label)
            text = grouping(rows.source, rows.columns, bucket_s=bucket_s, thresholds=steps)
            counting.add(_answers(session.sql(text)), is_pooled=reader.is_pooled)
    files = sum(len(given.paths) for given in inputs)
    formats = tuple(dict.fromkeys(given.log_format for given in inputs))
    return counting.usage(bucket_s, steps, files=files, formats=formats, label=label)


def _answers(frame: "DataFrame") -> Iterator[Counted]:
    return counted_rows(frame.columns, [tuple(row) for row in frame.collect()])


def _inputs(names: Sequence[str], log_format: LogFormat | None) -> Iterator[_Input]:
    """Tell local files apart by what they hold; Spark lists what is remote, in the format that was stated."""
    remote = [name for name in names if "://" in name]
    local = [name for name in names if "://" not in name]
    if local:
        yield from _local_inputs(local, log_format)
    if remote and log_format is None:
        raise FlagError(f"{remote[0]}: say the format of a remote log with --format-in: only Spark opens it")
    by_container: dict[Container, list[str]] = defaultdict(list)
    for name in remote:
        container = container_of(name)
        if container is None:
            raise FlagError(f"{name}: expected a path that ends in .parquet, .csv or .jsonl, such as {name}/*.parquet")
        by_container[container].append(name)
    for container, paths in by_container.items():
        assert log_format is not None
        yield _Input(log_format, container, tuple(paths), "\t" if ".tsv" in paths[0] else ",")


def _local_inputs(names: Sequence[str], log_format: LogFormat | None) -> Iterator[_Input]:
    engine = connected()
    for (kind, container, _), files in told_apart(engine, log_files(names), log_format).items():
        apart: dict[str, list[str]] = defaultdict(list)
        for file in files:
            apart[_separator(engine, file.path) if container == "csv" else ""].append(str(Path(file.path).absolute()))
        for separator, paths in apart.items():
            yield _Input(kind, files[0].container, tuple(paths), separator)


def _separator(engine: "DuckDBPyConnection", path: str) -> str:
    (found,) = engine.execute("SELECT Delimiter FROM sniff_csv(?, all_varchar = true)", [path]).fetchall()
    return str(found[0])


def _check(inputs: Sequence[_Input], label: str | None) -> None:
    problems = [Finding("log-engine", "error", text) for given in inputs if (text := _refusal(given))]
    if problems:
        raise InputError(problems)
    for given in inputs:
        check_label(label, given.log_format)


def _refusal(given: _Input) -> str:
    """Say what Spark cannot do here that DuckDB does, or ""."""
    reader = READERS[given.log_format]
    if given.container == "json":
        return f"{given.paths[0]}: Spark reads JSON by the line; write a record a line (.jsonl), or leave out --engine"
    if reader.within or reader.once_by:
        how = "holds several records in a line" if reader.within else "repeats records"
        return f"{given.paths[0]}: the format {given.log_format} {how}, which Spark does not undo; leave out --engine"
    return ""


def _relation(session: "SparkSession", given: _Input, view: str) -> SparkRelation:
    """Open files of one container as a view."""
    if given.container == "jsonl":
        session.read.text(list(given.paths), lineSep="\n").createOrReplaceTempView(view)
        valid = f"(SELECT TRY_PARSE_JSON(value) AS j FROM {view} WHERE TRIM(value) <> '')"
        return SparkRelation(f"(SELECT j, j IS NULL AS is_broken FROM {valid})", {"is_broken": "boolean"}, "j")
    if given.container == "csv":
        return _table(session, given.paths, given.separator, view)
    frame = session.read.option("mergeSchema", "true").parquet(*given.paths)
    frame.createOrReplaceTempView(view)
    return SparkRelation(view, dict(fields_of(frame.schema)))


_BROKEN = "_costcalc_broken"


def _table(session: "SparkSession", paths: Sequence[str], separator: str, view: str) -> SparkRelation:
    """Open CSV files of one header, every cell as text; a row that breaks the table is marked."""
    options: dict[str, Any] = {
        "header": True, "quote": '"', "escape": '"', "multiLine": True, "maxCharsPerColumn": LONGEST_LINE,
        "sep": separator,
    }  # fmt: skip
    header = session.read.csv(list(paths), **options).columns
    schema = ", ".join(f"`{name.replace('`', '``')}` STRING" for name in (*header, _BROKEN))
    # the names of every file's header are checked against the first one's, not only counted
    options |= {"schema": schema, "columnNameOfCorruptRecord": _BROKEN, "enforceSchema": False}
    frame = session.read.csv(list(paths), **options)
    frame.createOrReplaceTempView(view)
    source = f"(SELECT *, {_BROKEN} IS NOT NULL AS is_broken FROM {view})"
    return SparkRelation(source, {**dict.fromkeys(header, "string"), "is_broken": "boolean"})


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
