"""What was found, and where: places in documents, documents as trees of placed values, findings."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise
from typing import Literal, NamedTuple

Level = Literal["error", "warning", "note"]
Scalar = str | int | Decimal | bool | None
Path = tuple[str | int, ...]
At = tuple["Document", int, int, int]  # the fields of a Place


class Document(NamedTuple):
    """One text that was read: its name as the user knows it, its text and its catalog layer."""

    name: str
    text: str
    layer: str = "project"


class Place(NamedTuple):
    """Where something stands: document, line and column (both from 1), and how wide it is."""

    document: Document
    line: int
    column: int
    width: int = 1

    def __str__(self) -> str:
        return f"{self.document.name}:{self.line}:{self.column}"


class Node:
    """A YAML value that remembers where it stands, and where its key stands.

    Args:
        value: A scalar, or the children of a mapping or list.
        at: The fields of its place; a tuple until somebody asks, since few places are ever shown.
        key_at: The same of its key, where it has one.
    """

    __slots__ = ("at", "key_at", "value")

    def __init__(self, value: "Scalar | dict[str, Node] | list[Node]", at: "At", key_at: "At | None" = None) -> None:
        self.value = value
        self.at = at
        self.key_at = key_at

    @property
    def place(self) -> Place:
        """Where the value stands."""
        return Place(*self.at)

    @property
    def key(self) -> Place | None:
        """Where its key stands, for a value of a mapping."""
        return Place(*self.key_at) if self.key_at is not None else None

    def plain(self) -> object:
        """Give the value without its places: dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def child(self, step: str | int) -> "Node | None":
        """Give the value under a key or an index, if there is one."""
        if isinstance(self.value, dict):
            return self.value.get(str(step))
        if isinstance(self.value, list) and isinstance(step, int) and step < len(self.value):
            return self.value[step]
        return None

    def nearest(self, path: Iterable[str | int]) -> "Node":
        """Follow a path as far as it exists; steps that name no child are passed over."""
        node = self
        for step in path:
            node = node.child(step) or node
        return node

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """Walk the keys of a mapping; nothing for anything else."""
        return iter(self.value.items()) if isinstance(self.value, dict) else iter(())


class Finding(NamedTuple):
    """One thing to say about the input: which rule, how bad, what, where, and how to mend it.

    Args:
        rule: Which rule says it.
        level: How bad it is.
        message: What was found, what was expected.
        place: Where it stands.
        help: How to mend it.
        subject: What it is about, in words that stay the same when lines and amounts change.
    """

    rule: str
    level: Level
    message: str
    place: Place | None = None
    help: str | None = None
    subject: str = ""


def did_you_mean(found: str, names: Iterable[str]) -> str | None:
    """Offer the nearest known names, or None where nothing is near.

    A file may hold a thousand unknown names, so only those names are measured that share most pairs of letters.

    Example:
        >>> did_you_mean("gpt-5.22", ["gpt-5.2", "gpt-5.4", "claude-opus-4-6"])
        "did you mean 'gpt-5.2' or 'gpt-5.4'?"
        >>> did_you_mean("monthly_eur", ["monthly_usd"])
        'another currency stands before its amount: monthly_usd: EUR 500'
    """
    names = tuple(names)
    if (in_usd := _in_usd(found)) is not None and in_usd[0] in names:
        return f"another currency stands before its amount: {in_usd[0]}: {in_usd[1]} 500"
    from difflib import get_close_matches  # only errors need it

    if len(found) > _LONGEST:
        return None
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(name.lower(), name)
    wanted = _pairs(found.lower())
    alike = nlargest(_MEASURED, folded, key=lambda name: _share(wanted, _pairs(name)))
    near = [folded[name] for name in get_close_matches(found.lower(), alike, n=3, cutoff=0.6)]
    if not near:
        near = [name for key, name in folded.items() if len(found) > 2 and found.lower() in key][:3]  # noqa: PLR2004
    return f"did you mean {' or '.join(repr(name) for name in near)}?" if near else None


def _in_usd(key: str) -> tuple[str, str] | None:
    """Give a key that names a currency as the key of USD, and the currency's code."""
    match = re.fullmatch(r"(.*_)?(eur|gbp|chf|jpy|cny|inr|cad|aud|krw|sek|pln|brl)(_.*)?", key.lower())
    return (f"{match[1] or ''}usd{match[3] or ''}", match[2].upper()) if match is not None else None


_LONGEST = 100  # characters of a name that somebody mistyped
_MEASURED = 24


@lru_cache(maxsize=4096)
def _pairs(name: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(f" {name} ")))


def _share(wanted: frozenset[str], pairs: frozenset[str]) -> float:
    return len(wanted & pairs) / (len(wanted) + len(pairs))


_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters and marks that show nothing


def clean(text: str) -> str:
    r"""Make a name or a message one line of characters that can be seen, one for each that it has.

    Names come from files that somebody else wrote, and a terminal, a log and a page obey what they cannot see: line
    breaks and other space become spaces; controls, marks that turn the direction of writing, signs without width and
    lone surrogates become U+FFFD.

    Example:
        >>> clean("red \x1b[31m alert\n::error::\u202e")
        'red \ufffd[31m alert ::error::\ufffd'
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_seen, text))


def _seen(char: str) -> str:
    if char.isprintable() and char not in _UNSEEN:
        return char
    return " " if char.isspace() else "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    r"""Clean a text line by line.

    Example:
        >>> printable("red \x1b[31m alert\n")
        'red \ufffd[31m alert\n'
    """
    return "\n".join(map(clean, text.split("\n")))
