"""``costcalc schema``: the JSON Schema of what a command prints with ``--format json``."""

from typing import Annotated

import typer

from costcalc.cli.output import write_stdout
from costcalc.cli.values import one_of
from costcalc.render.documents import DOCUMENTS, document_schema


def schema_command(
    command: Annotated[
        str,
        typer.Argument(
            metavar="COMMAND",
            help=f"The command whose result is described: {', '.join(DOCUMENTS)}.",
            show_default=False,
        ),
    ],
) -> int:
    """Print the JSON Schema of a command's --format json document."""
    from costcalc.render.as_json import dumps

    command = one_of(command, tuple(DOCUMENTS), "COMMAND")
    write_stdout(dumps(document_schema(command), indent=2) + "\n")
    return 0
