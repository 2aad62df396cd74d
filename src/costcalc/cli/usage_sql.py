"""``costcalc usage sql``: the GROUP BY of a log, for the warehouse that holds it."""

from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.cli.context import load
from costcalc.cli.flags import CatalogPath
from costcalc.cli.output import write_stdout
from costcalc.cli.values import one_of

if TYPE_CHECKING:
    from costcalc.usage.warehouse import Column

_BUCKETS = {f"{minutes}m": minutes * 60 for minutes in (1, 2, 5, 10, 15, 30)} | {"1h": 3600}


def bucket(text: str) -> int:
    """Read a time bucket [s]: parts of an hour, so that prices by the hour hold for all of one."""
    if text not in _BUCKETS:
        raise typer.BadParameter(f"expected a time bucket of {', '.join(_BUCKETS)}, found '{text}'")
    return _BUCKETS[text]


def sql_command(
    dialect: Annotated[
        str,
        typer.Option(
            "--dialect",
            metavar="NAME",
            help="bigquery, snowflake, trino, clickhouse, databricks, spark or duckdb.",
            show_default=False,
        ),
    ],
    table: Annotated[str, typer.Option("--table", metavar="NAME", help="The table, such as logs.calls.")] = "calls",
    format_in: Annotated[
        str, typer.Option("--format-in", metavar="FORMAT", help="Whose columns it has: litellm, helicone, csv, …")
    ] = "csv",
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="NAME[:TYPE],…",
            help="Which columns it has, in the format's names; types: text, number, timestamp, json.",
            show_default=False,
        ),
    ] = None,
    bucket_s: Annotated[
        int, typer.Option("--bucket", parser=bucket, metavar="10m|1h", help="How long a time bucket is.")
    ] = "10m",  # type: ignore[assignment]  # the parser reads the default
    by: Annotated[
        str | None,
        typer.Option(
            "--by", metavar="WHAT", help="Count by team, key, tag, … too, where the format has it.", show_default=False
        ),
    ] = None,
    cached: Annotated[
        str | None,
        typer.Option(
            "--cached",
            metavar="WHERE",
            help="Whether cached tokens lie inside the input or beside it, where the format does not settle it.",
            show_default=False,
        ),
    ] = None,
    catalog: CatalogPath = None,
) -> int:
    """Print the SQL that counts a log in the warehouse that has it.

    Only sums come back: save the answer as CSV, and read it with usage pack --from.
    costcalc connects to nothing.
    """
    from costcalc.usage.mix import thresholds_of
    from costcalc.usage.reader import CACHED, LOG_FORMATS
    from costcalc.usage.source import LENGTHS
    from costcalc.usage.warehouse import DIALECTS, Question, columns_of, sql_for, usual_columns

    engine = one_of(dialect, DIALECTS, "--dialect")
    log_format = one_of(format_in, LOG_FORMATS, "--format-in")
    has: tuple[Column, ...] = columns_of(columns, log_format) if columns is not None else usual_columns(log_format)
    lies = one_of(cached, CACHED, "--cached") if cached is not None else None
    thresholds = tuple(sorted({*thresholds_of(load(catalog).catalog), *LENGTHS}))  # as a pack has them
    write_stdout(sql_for(Question(table, log_format, has, thresholds, bucket_s, by, lies), engine))
    return 0
