"""The application: its commands, and the one boundary where errors become exit statuses."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException

from costcalc import __version__
from costcalc.cli.commands import EXIT_CODES, GROUPS, SAVING, RootGroup, command_of
from costcalc.cli.flags import FOR_MACHINES, Format
from costcalc.cli.output import (
    open_streams,
    rendered,
    unwritable_stdout,
    wants_color,
    write_failure,
    write_stderr,
    write_stdout,
)
from costcalc.cli.start import INTERRUPTED, finish, raise_on_interrupt, was_interrupted
from costcalc.errors import CostcalcError, InputError, UndecidableError
from costcalc.paths import READ

INTERNAL_ERROR = 70

app = typer.Typer(name="costcalc", pretty_exceptions_enable=False)


def _version(value: bool) -> None:
    if value:
        write_stdout(f"costcalc {__version__}\n")
        raise typer.Exit


@app.callback(
    cls=RootGroup, epilog=EXIT_CODES, no_args_is_help=False, context_settings={"help_option_names": ["-h", "--help"]}
)
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Build or buy? What an LLM workload costs on each API, on your own GPUs, on seats, or on a mix."""


def run() -> None:
    """Start costcalc from a shell."""
    raise_on_interrupt()
    status = main(sys.argv[1:])
    if status == INTERRUPTED:
        os._exit(status)  # an exit in good order may find the interrupt again, and end by it
    finish()
    sys.exit(status)


def main(args: Sequence[str]) -> int:
    """Run one command and give its exit status.

    Args:
        args: The command line without the program's name.
    """
    open_streams()
    READ.clear()  # several commands may run in one process
    if not wants_color(no_color="--no-color" in args):
        os.environ["_TYPER_FORCE_DISABLE_TERMINAL"] = "1"  # Typer colours a pipe under GITHUB_ACTIONS
    try:
        alone = not args or (len(args) == 1 and args[0] in GROUPS)
        status = app(args=[*args, "--help"] if alone else list(args), prog_name="costcalc", standalone_mode=False)
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit:
        return 0  # how Typer ends when the reader of a help page has gone away
    except (TyperException, CostcalcError) as error:
        return _failed(error, args)
    except Exception as error:  # noqa: BLE001  # the one place where a bug becomes an exit status
        return _broken(error, args)
    except BaseException:  # a module written in Rust panics where an interrupt meets its import
        if was_interrupted():
            return INTERRUPTED
        raise
    return status if isinstance(status, int) else 0


def _broken(error: Exception, args: Sequence[str]) -> int:
    """Tell a bug from what only looks like one: an interrupt, or a help page that finds its disk full."""
    if was_interrupted():
        return INTERRUPTED
    if (full := unwritable_stdout(error)) is not None:
        return _failed(full, args)
    write_stderr(f"internal error: {_where(error)}; this is a bug in costcalc, please report it")
    return INTERNAL_ERROR


def _failed(error: TyperException | CostcalcError, args: Sequence[str]) -> int:
    """Say what is wrong: as a message, as the one document of a format for machines, and in the files of --output."""
    from costcalc.cli.worded import worded
    from costcalc.findings import Finding
    from costcalc.render.diagnostics import as_diagnostics
    from costcalc.render.failure import failure_report

    if isinstance(error, InputError):
        findings = tuple(problem for problem in error.problems if isinstance(problem, Finding))
    else:
        findings = tuple(
            Finding(_rule(each), "error", message)
            for each in getattr(error, "errors", (error,))  # several things that are wrong with a command line
            for message in ((worded(each),) if isinstance(each, TyperException) else each.messages)
        )
    write_stderr(as_diagnostics(findings))
    status = error.exit_status if isinstance(error, CostcalcError) else 2
    command = command_of(list(args))
    report = failure_report(command, findings, undecided=status == UndecidableError.exit_status)
    short = _values_of("-o", args) if command not in SAVING else []
    outputs, inputs = [*_values_of("--output", args), *short], list(args)
    for output in outputs:
        if output in inputs:
            inputs.remove(output)
    write_failure(report, outputs, inputs=inputs)
    if (form := _machine_format(args)) is not None:
        write_stdout(rendered(report, form))
    return status


def _rule(error: Exception) -> str:
    return "usage" if isinstance(error, TyperException) else type(error).__name__.removesuffix("Error").lower()


def _machine_format(args: Sequence[str]) -> Format | None:
    """Find the format that was asked for, if its reader expects errors in it."""
    asked = _values_of("--format", args)
    return next((form for form in FOR_MACHINES if form in asked), None)


def _values_of(flag: str, args: Sequence[str]) -> list[str]:
    """Read a flag from a command line that may be wrong in other places."""
    following = zip(args, [*args[1:], ""], strict=False)
    return [
        value if arg == flag else arg.removeprefix(f"{flag}=")
        for arg, value in following
        if arg == flag or arg.startswith(f"{flag}=")
    ]


def _where(error: Exception) -> str:
    """Name the kind of error and its line, and no variable's value."""
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119
