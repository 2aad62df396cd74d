"""Logs as the commands of ``costcalc usage`` take them: files, patterns, folders and packs, counted once."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.cli.values import filled, one_of
from costcalc.errors import InputError, UnknownNameError
from costcalc.findings import Finding, did_you_mean
from costcalc.paths import look

if TYPE_CHECKING:
    from costcalc.usage.groups import Usage

Logs = Annotated[
    list[str],
    typer.Argument(metavar="LOG…", help="Files, patterns, folders and packs.", show_default=False),
]
LogFormatFlag = Annotated[
    str | None,
    typer.Option("--format-in", parser=filled, metavar="FORMAT", help="The logs' format (default: told from them)."),
]
Save = Annotated[Path, typer.Option("-o", "--save", metavar="FILE", help="The file to write.", show_default=False)]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that stands there already.")]


def counted(
    names: Sequence[str], thresholds: Sequence[int], *, format_in: str | None, label: str | None = None
) -> "Usage":
    """Count logs and packs.

    Raises:
        InputError: A file cannot be read, or no request of all of them can be counted.
    """
    from costcalc.usage.readers import LOG_FORMATS
    from costcalc.usage.source import usage_of

    log_format = one_of(format_in, LOG_FORMATS, "--format-in") if format_in is not None else None
    usage = usage_of(names, thresholds, log_format=log_format, label=label)
    if not usage.groups:
        why = ", ".join(f"{fault.rows:,} × {fault.kind}" for fault in usage.faults) or "no row at all"
        raise InputError(
            [Finding("no-requests", "error", f"{', '.join(names)}: no request that can be counted: {why}")]
        )
    return usage


def check_not_read(path: Path, names: Sequence[str], *, flag: str) -> None:
    """Refuse to write over a log, whatever its name leads to.

    Raises:
        typer.BadParameter: The file is one of the logs.
    """
    from costcalc.usage.sources import STDIN, log_files

    if look(path).kind != "file":
        return
    logs = log_files([name for name in names if name != STDIN], path.parent)
    if any(look(Path(log.path)).kind == "file" and path.samefile(log.path) for log in logs):
        raise typer.BadParameter(f"{path} is one of the logs: name another file", param_hint=f"'{flag}'")


def of_models(usage: "Usage", models: Sequence[str] | None) -> "Usage":
    """Keep the requests of some models, as the log names them, over the same time.

    Raises:
        UnknownNameError: The log has no such model.
    """
    if models is None:
        return usage
    for name in models:
        if name not in usage.models:
            hint = did_you_mean(name, usage.models)
            known = ", ".join(usage.models) if any(usage.models) else "none"
            raise UnknownNameError(f"the log has no model '{name}'; it has {known}{f'; {hint}' if hint else ''}")
    return usage.only(group for group in usage.groups if group.model in models)
