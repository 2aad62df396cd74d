"""A chart on one line: a value in each column, from 0 to the largest."""

from collections.abc import Sequence

_UNICODE, _ASCII = "▁▂▃▄▅▆▇█", "_-~=+*%#"
_NOTHING = {True: "·", False: "."}  # a space would be folded in a table


def sparkline(values: Sequence[float | None], *, unicode: bool, now: int | None = None) -> str:
    """Draw values as blocks of eight heights, to scale from 0; a dot where there is none.

    Args:
        values: The values, none below 0.
        unicode: Whether blocks can be shown.
        now: The column before which a line is drawn, for what is still to come.

    Example:
        >>> sparkline([1, 1, None, 4, 8], unicode=True), sparkline([1, 1, None, 4, 8], unicode=False, now=3)
        ('▁▁·▄█', '__.|=#')
    """
    levels = _UNICODE if unicode else _ASCII
    most = max((value for value in values if value is not None), default=0) or 1
    steps = [None if value is None else max(0, round(value / most * len(levels)) - 1) for value in values]
    drawn = [_NOTHING[unicode] if step is None else levels[step] for step in steps]
    if now is not None:
        drawn.insert(now, "┊" if unicode else "|")
    return "".join(drawn)
