"""The discrepancies that somebody looked at: what a list says there is not taken again."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from costcalc.catalog.forms.diagnose import validated
from costcalc.catalog.forms.disputed import Disputed, DisputedFile
from costcalc.catalog.forms.kinds import DISPUTED
from costcalc.catalog.layers.stack import Problems, mapping_root
from costcalc.catalog.refresh.conditions import cell_of, is_near, rates_of
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
    here = [entry for entry in entries if entry.model == model and peer in entry.sources]

    def object_to(conditions: Json, meter: str, usd: Decimal) -> str:
        rates = [(disputed_rate(entry, conditions, meter), entry) for entry in here]
        disputed = [(theirs, entry) for theirs, entry in rates if theirs is not None]
        for theirs, entry in disputed:
            if is_near(theirs, usd):
                return f"looked at on {entry.checked} and not taken: {entry.reason}"
        if not disputed:
            return ""
        theirs, entry = disputed[-1]
        return f"it was {theirs:f} that was not taken on {entry.checked} ({entry.reason}): look at it again"

    return object_to


def disputed_rate(entry: Disputed, conditions: Json, meter: str) -> Decimal | None:
    """Give what an entry refuses of a meter under exactly these conditions; None where it says nothing of them."""
    plain = entry.model_dump(exclude_none=True)
    if cell_of(plain) != cell_of(conditions):
        return None
    return entry.multiply if meter == FACTOR else rates_of(plain).get(meter)
