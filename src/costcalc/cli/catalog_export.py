"""``costcalc catalog export``: the catalog in force as one file."""

from typing import Annotated

import typer

from costcalc.cli import complete
from costcalc.cli.context import load
from costcalc.cli.flags import CatalogPath
from costcalc.cli.output import write_stdout


def export_command(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Models, GPUs, plans, options and assumptions (default: everything).",
            metavar="[NAME…]",
            autocompletion=complete.things,
            show_default=False,
        ),
    ] = None,
    catalog: CatalogPath = None,
) -> int:
    """Print entries of the catalog as YAML, all layers merged.

    To keep, to read, or to change in costcalc.yaml. Laid over the shipped catalog (--catalog FILE), the text says
    the same again.
    """
    from costcalc.catalog.export import exported
    from costcalc.catalog.layers.load import load_catalog

    write_stdout(exported(load(catalog).catalog, load_catalog(), names or ()))
    return 0
