"""What is wrong with the names and the times of a table of one's own, and what to rename: never more of a row."""

import re
from collections.abc import Iterable, Iterator, Sequence

# the columns that a table needs, and what people call them
_ROLES = {
    "at": re.compile(r"date|day|time|when|hour|created", re.IGNORECASE),
    "model": re.compile(r"model|deployment", re.IGNORECASE),
    "input_tokens": re.compile(r"prompt|input|tokens?[ _]?in\b|\bin[ _]?tok", re.IGNORECASE),
    "output_tokens": re.compile(r"completion|output|generated|response|tokens?[ _]?out\b|\bout[ _]?tok", re.IGNORECASE),
}
_OTHERS = re.compile(r"cach|cost|usd|price|latency|duration|zone|id\b|text|hash|name", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z]\w{0,30}(?:[ .-]\w{1,20}){0,2}")  # a cell of a table without a header may be anything
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun"
# a column of times may hold anything too: what has another shape is not shown
_LIKE_TIME = re.compile(rf"(?:\d|[ :./,+-]|[tzwq]|utc|gmt|[ap]m|(?:{_MONTHS})[a-z]{{0,6}})+", re.IGNORECASE)
_LONGEST = 32
GROUPED = "[0-9]{1,3}([., ][0-9]{3})+"  # digits in threes: what the sign between them means is not known
# what people call tokens in a column, and columns of other things that have such words in their names
_TOKENS = re.compile(r"tok|cach|input|output|prompt|completion|reasoning|thought", re.IGNORECASE)
_NO_TOKENS = re.compile(
    r"cost|price|usd|eur|total|max|limit|budget|rate|ratio|share|hit|latency|duration|time|_ms|per|id$|key|hash|version"
    r"|char|word",
    re.IGNORECASE,
)
AS_TIMES = "write times as 2026-11-01 or 2026-11-01T09:30:00Z"


def renames(names: Iterable[str], roles: Sequence[str] = tuple(_ROLES)) -> Iterator[tuple[str, str]]:
    """Say which columns of a table are to be called what, each role once.

    Args:
        names: The columns.
        roles: What is needed.

    Example:
        >>> list(renames(["Date", "model", "prompt_toks", "Tokens out", "cost"]))
        [('Date', 'at'), ('prompt_toks', 'input_tokens'), ('Tokens out', 'output_tokens')]
    """
    left = [name for name in names if _NAME.fullmatch(name) and not _OTHERS.search(name)]
    for role in roles:
        if role in left:
            continue
        found = next((name for name in left if _ROLES[role].search(name.replace("_", " "))), None)
        if found is not None:
            left.remove(found)
            yield found, role


def table_words(names: Sequence[str]) -> str:
    """Say what a table of one's own needs, and what to rename to have it; "" of what is no such table."""
    found = list(renames(names))
    if not {"input_tokens", "output_tokens"} & {role for _, role in found}:
        return ""
    pairs = ", ".join(f"'{name}' to {role}" for name, role in found)
    return f"; a table of your own has at, model, input_tokens and output_tokens: rename {pairs}"


def time_words(name: str, value: str) -> str:
    """Say of a column of times what it holds.

    Example:
        >>> time_words("at", "01.11.26")
        "'at' holds '01.11.26': write times as 2026-11-01 or 2026-11-01T09:30:00Z"
        >>> time_words("at", "sk-a-key")
        "'at' holds no time: write times as 2026-11-01 or 2026-11-01T09:30:00Z"
    """
    text = value.strip()
    is_shown = len(text) <= _LONGEST and _LIKE_TIME.fullmatch(text)
    held = f"'{text}'" if is_shown else "no time"
    return f"'{name}' holds {held}: {AS_TIMES}"


def count_words(name: str, value: str) -> str:
    """Say of a number with separators how it is to be written.

    Example:
        >>> count_words("input", "1.000")
        "'input' holds '1.000': write whole numbers without separators, as 1000"
    """
    return f"'{name}' holds '{value.strip()}': write whole numbers without separators, as {re.sub('[^0-9]', '', value)}"


def tokens_among(names: Iterable[str]) -> list[str]:
    """Find the columns that look like counts of tokens.

    Example:
        >>> tokens_among(["cache_reads", "total_tokens", "input_cost", "team", "Reasoning Tokens"])
        ['cache_reads', 'Reasoning Tokens']
    """
    return [name for name in names if _TOKENS.search(name) and not _NO_TOKENS.search(name)]


def unread_words(names: Iterable[str], read: Iterable[str]) -> str:
    """Say which columns of tokens a table has that would be left out, and which names are read."""
    columns = ", ".join(f"'{name}'" if _NAME.fullmatch(name) else "one without a plain name" for name in names)
    how = f"rename them ({', '.join(read)}) or take them out"
    return f"columns that look like tokens would not be counted: {columns}; {how}"


def no_time_words(names: Sequence[str], expected: Sequence[str]) -> str:
    """Say that a table has no column of times, and which one may be meant."""
    found = next(renames(names, ["at"]), None)
    hint = f": rename '{found[0]}' to at; {AS_TIMES}" if found is not None else ""
    return f"there is no column {', '.join(expected)}{hint}"
