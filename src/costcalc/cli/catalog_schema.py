"""``costcalc catalog schema``: the JSON Schema of a catalog file, for editors."""

from typing import Annotated

import typer

from costcalc.cli.output import write_stdout
from costcalc.cli.values import one_of

PROJECT = "costcalc"  # the kind of a costcalc.yaml, which lays a part of every other kind over the catalog


def schema_command(
    kind: Annotated[
        str | None, typer.Argument(help="api, options, …, or costcalc for a costcalc.yaml (default: list the kinds).")
    ] = None,
) -> int:
    """Print the JSON Schema of one kind of catalog file.

    Draft-07, for editors; without a kind, name them all, one a line.
    """
    from costcalc.catalog.forms.json_schema import schema_of
    from costcalc.catalog.forms.kinds import KINDS
    from costcalc.render.as_json import dumps
    from costcalc.scenario import project_schema

    kinds = (*KINDS, PROJECT)
    if kind is None:
        write_stdout("".join(f"{name}\n" for name in kinds))
        return 0
    name = one_of(kind, kinds, "KIND")
    schema = schema_of(KINDS[name].form) if name in KINDS else project_schema()
    write_stdout(dumps(schema, indent=2) + "\n")
    return 0
