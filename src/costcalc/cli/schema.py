"""``costcalc schema``: the JSON Schema of what a command prints with ``--format json``."""

from typing import Annotated

import typer

from costcalc.cli import complete
from costcalc.cli.output import write_stdout
from costcalc.cli.values import one_of
from costcalc.render.documents import DOCUMENTS, document_schema


def schema_command(
    command: Annotated[
        str | None,
        typer.Argument(
            metavar="[COMMAND]",
            help="The command whose result is described (default: list them).",
            autocompletion=complete.among(*DOCUMENTS),
            show_default=False,
        ),
    ] = None,
) -> int:
    """Print the JSON Schema of a command's --format json.

    Without a command, name those that have one, one a line.
    """
    from costcalc.render.as_json import dumps

    if command is None:
        write_stdout("".join(f"{name}\n" for name in DOCUMENTS))
        return 0
    command = one_of(command, tuple(DOCUMENTS), "COMMAND")
    write_stdout(dumps(document_schema(command), indent=2) + "\n")
    return 0
