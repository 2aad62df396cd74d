"""What is wrong with a text that is not YAML: the line that somebody has to change, and how it should read.

A YAML parser stops where it can no longer go on, which is mostly the line after the slip. Here the commonest slips are
looked for in that line and in the ones before it.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

_ODD_SPACES = {"\u00a0": "a non-breaking space", "\u202f": "a narrow non-breaking space", "\u3000": "a wide space"}
_KEY = r"[\w./\"'-]+"
_CURLY = "\u201c\u201d\u201e\u2018\u2019"
_CLOSING = {"{": "}", "[": "]", '"': '"', "'": "'"}


class Slip(NamedTuple):
    """A slip, and where it is; lines and columns count from 0.

    Args:
        message: What was found, and what was expected.
        line: Its line.
        column: Its column.
    """

    message: str
    line: int
    column: int


class Stop(NamedTuple):
    """Where a parser has stopped.

    Args:
        lines: The text.
        line: The line, from 0.
        column: The column, from 0.
        problem: What the parser says.
        began: Where what it was reading has begun, line and column; None where it does not say.
    """

    lines: Sequence[str]
    line: int
    column: int
    problem: str
    began: tuple[int, int] | None = None

    def text(self, line: int) -> str:
        """Give a line; "" behind the last one."""
        return self.lines[line] if line < len(self.lines) else ""

    @property
    def above(self) -> int | None:
        """The nearest line before that holds more than a comment."""
        before = range(min(self.line, len(self.lines)) - 1, -1, -1)
        return next(
            (at for at in before if self.lines[at].strip() and not self.lines[at].lstrip().startswith("#")), None
        )


def typeset(text: str) -> tuple[str, str]:
    r"""Say what an editor of texts has made of an unquoted text, or "", and how it is meant.

    Example:
        >>> typeset("\u201cgpt-5.2\u201d")
        ('curly quotes; write straight ones, "gpt-5.2"', 'gpt-5.2')
        >>> typeset("caf\u00e9")
        ('', 'café')
    """
    if text[0] in _CURLY and text[-1] in _CURLY:
        meant = text.strip(_CURLY)
        return f'curly quotes; write straight ones, "{meant}"', meant
    odd = next((char for char in (text[0], text[-1]) if char in _ODD_SPACES), None)
    return (_odd_space(odd), text.strip("".join(_ODD_SPACES))) if odd is not None else ("", text)


def _odd_space(char: str) -> str:
    return f"{_ODD_SPACES[char]} (U+{ord(char):04X}), which looks like a plain one; write a plain space"


def stopped(stop: Stop) -> Slip:
    """Say why a parser has stopped: which of the common slips it is, else what the parser says.

    Example:
        >>> stopped(Stop(["workloads", "  bot:"], 1, 5, "mapping values are not allowed in this context"))
        Slip(message="no ':' after 'workloads'; write workloads:", line=0, column=9)
    """
    other = Slip(f"not YAML: {stop.problem}", stop.line, stop.column)
    return next((slip for find in _SLIPS if (slip := find(stop)) is not None), other)


def _conflict(stop: Stop) -> Slip | None:
    marks = (at for at, line in enumerate(stop.lines) if re.match(r"(<{7}|={7}|>{7})( |$)", line))
    at = next(marks, None)
    message = "a conflict that git has left; keep one version, and remove the lines with <<<<<<<, ======= and >>>>>>>"
    return Slip(message, at, 0) if at is not None else None


def _tab(stop: Stop) -> Slip | None:
    for at in (stop.line, stop.above):
        line = stop.text(at) if at is not None else ""
        if at is not None and "\t" in line[: len(line) - len(line.lstrip())]:
            return Slip("a tab; YAML is indented with spaces", at, line.index("\t"))
    return None


def _odd_character(stop: Stop) -> Slip | None:
    for at in (stop.line, stop.above):
        for column, char in enumerate(stop.text(at) if at is not None else ""):
            if at is not None and char in _ODD_SPACES:
                return Slip(_odd_space(char), at, column)
            if at is not None and char == "\N{FULLWIDTH COLON}":
                return Slip("a wide colon (U+FF1A); write a plain one, and a space", at, column)
    return None


def _unclosed(stop: Stop) -> Slip | None:
    """A quote or a bracket that is not closed is found where the text, or the next key, ends it."""
    if stop.began is None:
        return None
    line, column = stop.began
    opening = stop.text(line)[column : column + 1]
    expected = ("end of stream", "document indicator", "expected ',' or")
    if opening not in _CLOSING or not any(words in stop.problem for words in expected):
        return None
    where = "at the end of the text" if opening in "\"'" else "behind its last value"
    return Slip(f"{opening} is not closed; expected {_CLOSING[opening]} {where}", line, column)


def _reserved(stop: Stop) -> Slip | None:
    if "cannot start any token" not in stop.problem:
        return None
    rest = stop.text(stop.line)[stop.column :].split(" #")[0].strip()
    return Slip(f"a text that begins with {rest[:1]} stands in quotes; write '{rest}'", stop.line, stop.column)


def _second_colon(stop: Stop) -> Slip | None:
    line = stop.text(stop.line)
    match = re.fullmatch(rf"(\s*(?:- )?{_KEY}: +)([^\s{{\[\"'].*?:(?: .*)?)", line)
    if match is None or "mapping values" not in stop.problem or stop.column < len(match[1]):
        return None
    return Slip(f'a text with a colon in it stands in quotes; write "{match[2].strip()}"', stop.line, len(match[1]))


def _no_colon(stop: Stop) -> Slip | None:
    """A key without its colon is read as a text that goes on in the next line."""
    at = stop.above
    if at is None or ("':'" not in stop.problem and "mapping values" not in stop.problem):
        return None
    line = stop.text(at).split(" #")[0].rstrip()
    indent, bare = len(line) - len(line.lstrip()), line.strip()
    for pattern, what, form in _WITHOUT:
        if match := re.fullmatch(pattern, bare):
            written = form.format(*match.groups())
            column = indent + (match.end(1) if match.lastindex else len(bare))
            return Slip(f"{what.format(*match.groups())}; write {written}", at, column)
    return None


# what a line without a key looks like, what is wrong with it, and how it is written
_WITHOUT = (
    (rf"(-)({_KEY}:.*)", "no space after the dash", "- {1}"),
    (rf"((?:- )?{_KEY}):(\S+)", "no space after the colon", "{0}: {1}"),
    (rf"((?:- )?{_KEY}) *= *(.+)", "'=' between a key and its value, where ':' is expected", "{0}: {1}"),
    (rf"((?:- )?{_KEY}) +([^:]+)", "no ':' after '{0}'", "{0}: {1}"),
    (rf"((?:- )?{_KEY})", "no ':' after '{0}'", "{0}:"),
)


def _indent(stop: Stop) -> Slip | None:
    line, above = stop.text(stop.line), stop.above
    if above is None or not any(words in stop.problem for words in ("mapping values", "expected key", "'-' indicator")):
        return None
    found, ends = len(line) - len(line.lstrip()), _open_indents(stop, is_item=line.lstrip().startswith("-"))
    if found in ends or not line.strip():
        return None
    expected = " or ".join(f"{end} as in line {at + 1}" for end, at in [*ends.items()][:_NEAREST])
    deeper = f", deeper than line {above + 1}, which has a value already" if found > max(ends) else ""
    item = "'- ' for the next item, or " if "'-'" in stop.problem else ""
    return Slip(f"indented by {found} spaces{deeper}; expected {item}{expected}", stop.line, found)


_NEAREST = 2  # indents that are offered


def _open_indents(stop: Stop, *, is_item: bool) -> dict[int, int]:
    """Give the indents that the next line may have, the deepest first, each with the nearest line that has it."""
    found: dict[int, int] = {}
    for at in range(stop.line - 1, -1, -1):
        line = stop.text(at)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        dash = len(line) - len(line.lstrip())
        for indent in (_indent_of(line), dash) if is_item else (_indent_of(line),):
            if not found or indent < min(found):
                found[indent] = at
    return found


def _indent_of(line: str) -> int:
    """Count what stands before a key, the dash of its item included."""
    return len(line) - len(re.sub(r"^ *(- +)*", "", line))


_SLIPS: tuple[Callable[[Stop], Slip | None], ...] = (
    _conflict,
    _tab,
    _odd_character,
    _unclosed,
    _reserved,
    _second_colon,
    _no_colon,
    _indent,
)
