"""``costcalc catalog set``: a new dated price, with its diff and what it does to the user's own months."""

from typing import Annotated

import typer

from costcalc.cli import complete
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

Correct = Annotated[bool, typer.Option("--correct", help="Change an old entry, which was wrong when it was written.")]


def set_command(
    prices: PriceFlags,
    name: Annotated[
        str, typer.Argument(help="A model (gpt-5.2), GPU, plan, option or assumption.", autocompletion=complete.things)
    ],
    values: Annotated[list[str], typer.Argument(help="New figures: output=12.00, value=1.2.", metavar="KEY=VALUE…")],
    effective: Effective = None,
    source: SourceUrl = None,
    checked: Checked = None,
    dry_run: DryRun = False,
    correct: Correct = False,
    file: File = None,
) -> Answer:
    """Change a price: append a dated entry, and show its effect.

    It shows the diff and what that does to your own months. An old entry stays as it is, except with --correct. In
    a clone of costcalc the files of pricing/ are changed, anywhere else $COSTCALC_CATALOG or the nearest
    costcalc.yaml, where the entry overrides the shipped one.
    """
    from costcalc.catalog.edit.assignment import Assignment, check_keys
    from costcalc.catalog.edit.change import Change, edited

    loaded = load(prices.catalog, as_of=prices.as_of)
    thing = loaded.catalog.thing(name)
    check_keys(values, thing.path, kind=getattr(thing.entry, "kind", None))
    day = day_in_force(loaded, prices.as_of)
    read = read_source(source, checked, day, today=day_of_check(prices.as_of))
    assigned = tuple(Assignment.parse(value) for value in values)
    change = Change(thing.path, assigned, effective, read, correct)
    notes = tuple(assignment.remark for assignment in assigned if assignment.remark)
    option = thing.ref if thing.kind == "model" else None
    edit = Edit("set", thing.path, option, lambda text: edited(text, change, loaded.catalog), notes)
    target = target_of(file, loaded.catalog.place(thing.path).document.name, prices.catalog)
    report = changed(target, edit, loaded, dry_run=dry_run, as_of=max(day, effective or day))
    return Answer(report, aloud=report.diagnostics)
