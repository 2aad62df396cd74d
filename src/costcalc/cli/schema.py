"""``costcalc schema``: the JSON Schema of what a command prints with ``--format json``."""

from typing import Annotated, Literal, get_args

import typer

from costcalc.cli.output import write_stdout

Command = Literal["compare", "size", "tco", "calibrate", "catalog-list", "catalog-show", "catalog-validate"]
COMMANDS: tuple[Command, ...] = get_args(Command)


def schema_command(
    command: Annotated[Command, typer.Argument(help="The command whose result is described.")],
) -> int:
    """Print the JSON Schema of a command's --format json document."""
    from costcalc.render.as_json import dumps
    from costcalc.render.documents import document_schema

    write_stdout(dumps(document_schema(command), indent=2) + "\n")
    return 0
