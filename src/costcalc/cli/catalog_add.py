"""``costcalc catalog add``: a new entry from flags, valid at once; or a template of one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.catalog.names import ADDED, AddedKind
from costcalc.cli.answer import Answer
from costcalc.cli.context import day_in_force, day_of_check, load
from costcalc.cli.editing import (
    Checked,
    DryRun,
    Edit,
    Effective,
    File,
    SourceUrl,
    changed,
    read_source,
    target_of,
)
from costcalc.cli.flags import PriceFlags
from costcalc.cli.output import write_stdout
from costcalc.errors import FlagError

if TYPE_CHECKING:
    from costcalc.catalog.edit.addition import Addition


def add_command(
    prices: PriceFlags,
    kind: Annotated[AddedKind, typer.Argument(help=f"What: {', '.join(ADDED)}.", show_choices=False)],
    name: Annotated[
        str | None, typer.Argument(help="Its id; of a model or plan PROVIDER/ID.", show_default=False)
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Argument(
            help="What it says: output=12.00, context_window=400000, aliases=[a, b].",
            metavar="[KEY=VALUE…]",
            show_default=False,
        ),
    ] = None,
    template: Annotated[
        bool, typer.Option("--template", help="Print a whole entry to fill in, and nothing else.")
    ] = False,
    effective: Effective = None,
    source: SourceUrl = None,
    checked: Checked = None,
    new_provider: Annotated[
        bool, typer.Option("--new-provider", help="The provider is new to the catalog, and no misspelling.")
    ] = False,
    dry_run: DryRun = False,
    file: File = None,
) -> Answer:
    """Add a model, GPU, plan, option or assumption.

    It is checked whole, then written. In a clone of costcalc the files of pricing/ are added to, anywhere else
    $COSTCALC_CATALOG or the nearest costcalc.yaml.
    """
    if template:
        return _print_template(kind, name, prices)
    if name is None or not values:
        raise FlagError(
            f"give a name and KEY=VALUE, or see what there is to say: costcalc catalog add {kind} --template"
        )
    from costcalc.catalog.edit.addition import Read, addition

    loaded = load(prices.catalog, as_of=prices.as_of)
    day = day_in_force(loaded, prices.as_of)
    read = Read(effective, read_source(source, checked, day, today=day_of_check(prices.as_of)), day)
    new = addition(kind, name, values, read, loaded.catalog, new_provider=new_provider)
    target = target_of(file, new.own_file, prices.catalog)
    edit = Edit("add", new.entry, new.option, lambda text: _added(text, new, target.path), new.notes)
    report = changed(target, edit, loaded, dry_run=dry_run, as_of=max(day, effective or day))
    return Answer(report, aloud=report.diagnostics)


def _print_template(kind: AddedKind, name: str | None, prices: PriceFlags) -> Answer:
    from costcalc.render.catalog_templates import template

    if name is not None:
        raise FlagError(f"--template prints an entry with names to change: leave '{name}' out")
    write_stdout(template(kind, day_in_force(load(prices.catalog, as_of=prices.as_of), prices.as_of)))
    return Answer(None)


def _added(text: str, new: "Addition", path: Path) -> str:
    from costcalc.catalog.edit.addition import added

    return added(text, new, in_folder=path.parent.name == new.entry[0])
