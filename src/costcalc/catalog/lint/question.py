"""What every rule is asked, and what it answers."""

from datetime import date
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.findings import Path, Place


class Question(NamedTuple):
    """A catalog, and the day on which it is looked at.

    Args:
        catalog: The catalog, all layers.
        today: The day.
        max_age_days: After how many days without a look a figure is stale [days].
        shipped: What costcalc ships, before any layer, to compare a user's own figures with.
    """

    catalog: Catalog
    today: date
    max_age_days: int
    shipped: Catalog


class Found(NamedTuple):
    """One thing that a rule found.

    Args:
        path: What it is about, in the catalog.
        message: What was found and what was expected, without the path.
        place: Where it stands, where that is not the path's own place.
        help: How to mend it.
    """

    path: Path
    message: str
    place: Place | None = None
    help: str | None = None


def dotted(path: Path) -> str:
    """Write a path as findings and suppressions name it.

    Example:
        >>> dotted(("api", "openai", "models", "gpt-5.2", "prices", 0))
        'api.openai.models.gpt-5.2.prices.0'
    """
    return ".".join(map(str, path))
