"""The discrepancies that somebody looked at: what a list says there is not taken again."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from costcalc.catalog.forms.diagnose import validated
from costcalc.catalog.forms.disputed import Disputed, DisputedFile
from costcalc.catalog.forms.kinds import DISPUTED
from costcalc.catalog.layers.stack import Problems, mapping_root
from costcalc.catalog.refresh.conditions import Cell, cell_of, is_near, rates_of
from costcalc.catalog.refresh.merge import FACTOR, Objection
from costcalc.catalog.refresh.record import Json
from costcalc.files import read_document
from costcalc.paths import look


def disputed_in(folder: Path, shown: str) -> tuple[Disputed, ...]:
    """Read ``disputed.yaml`` of a catalog's folder; nothing where there is none.

    Raises:
        InputError: With every problem of the file.
    """
    path = folder / f"{DISPUTED.name}.yaml"
    if look(path).kind == "nothing":
        return ()
    problems = Problems()
    tree = mapping_root(read_document(path, name=f"{shown}/{path.name}", layer="shipped"), problems)
    problems.stop_if_any()
    return validated(DisputedFile, tree).disputed


def objection(entries: Iterable[Disputed], peer: str, model: str) -> Objection:
    """Give what keeps the rates from being taken that were looked at and not taken.

    Args:
        entries: The discrepancies.
        peer: Whose list is read.
        model: The model, as provider/id.
    """
    known = [entry for entry in entries if entry.model == model and peer in entry.sources]
    cells: list[tuple[Cell, Disputed]] = [(cell_of(entry.model_dump(exclude_none=True)), entry) for entry in known]

    def object_to(conditions: Json, meter: str, usd: Decimal) -> str:
        here = [(_refused(entry, meter), entry) for cell, entry in cells if cell == cell_of(conditions)]
        refused = [(was, entry) for was, entry in here if was is not None]
        for was, entry in refused:
            if is_near(was, usd):
                return f"looked at on {entry.checked} and not taken: {entry.reason}"
        if not refused:
            return ""
        was, entry = refused[-1]
        return f"it was {was:f} that was not taken on {entry.checked} ({entry.reason}): look at it again"

    return object_to


def _refused(entry: Disputed, meter: str) -> Decimal | None:
    if meter == FACTOR:
        return entry.multiply
    return rates_of(entry.model_dump(exclude_none=True)).get(meter)
