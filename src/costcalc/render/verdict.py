"""How long a verdict may be: three sentences in three lines of a terminal, whatever the options are called."""

import textwrap
from collections.abc import Iterable

LINES, COLUMNS = 3, 80


def fits(sentences: Iterable[str]) -> bool:
    """Whether sentences stand in three lines of 80 columns.

    Example:
        >>> fits(["Short."]), fits(["word " * 100])
        (True, False)
    """
    text = " ".join(sentences)
    return len(textwrap.wrap(text, COLUMNS, break_long_words=False, break_on_hyphens=False)) <= LINES


def fitting(*versions: Iterable[str]) -> tuple[str, ...]:
    """Take the fullest version of a verdict that fits, else the shortest; what it leaves out stands below it.

    Args:
        versions: The same verdict in whole sentences, from the fullest to the shortest.

    Example:
        >>> fitting(["word " * 100], ["Short."])
        ('Short.',)
    """
    written = [tuple(version) for version in versions]
    return next((version for version in written if fits(version)), written[-1])
