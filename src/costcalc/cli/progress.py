"""How far work has come, for whoever waits at a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

WAIT_S = 1.0  # nobody waits for less
EVERY_S = 0.2


@contextmanager
def progress_of(work: str) -> Iterator[Callable[[float], None] | None]:
    """Show the progress of work that takes over a second, on standard error and only where that is a terminal.

    It is one line that is written again and again, and blank at the end: no colour and no escape sequence, so that
    every terminal can show it.

    Args:
        work: What is done, as the line begins.

    Yields:
        What takes the share that is done, 0 to 1; None where nobody would see it.
    """
    if not sys.stderr.isatty():
        yield None
        return
    due, width = monotonic() + WAIT_S, 0

    def show(share: float) -> None:
        nonlocal due, width
        now = monotonic()
        if now >= due:
            due = now + EVERY_S
            line = f"{work}: {share:.0%}"
            width = max(width, len(line))
            _rewrite(line)

    try:
        yield show
    finally:
        if width:
            _rewrite(" " * width)
            _rewrite("")


def _rewrite(line: str) -> None:
    sys.stderr.write(f"\r{line}")
    sys.stderr.flush()
