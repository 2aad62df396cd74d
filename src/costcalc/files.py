"""YAML as people mean it: the 1.2 core rules on the C parser, with a place for every value.

PyYAML's own loaders follow YAML 1.1, where ``NO`` is False, ``12:30`` is 750, ``017`` is 15, ``1e6`` is
text and a duplicate key silently wins. Here the parser's events are read instead: only ``true`` and
``false`` are booleans, ``1e6``, ``3e-6`` and ``1_000`` are numbers, numbers are int or Decimal and never
float, and whatever is ambiguous is a finding with its line.
"""

import os
import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml._yaml import CParser

from costcalc.errors import InputError
from costcalc.findings import At, Document, Finding, Node, Place, Scalar
from costcalc.paths import READ, Seen, look, seen_of, way_out
from costcalc.units import MAX_DIGITS, comma_number

_Event = Any  # yaml's stubs know neither that events carry marks nor what each kind holds

MAX_BYTES = 16 * 2**20  # about forty times the largest catalog we know of
MAX_DEPTH = 40  # the deepest shipped entry is at 8
MAX_ALIASED_NODES = 10_000  # an alias shares its node; only its unfolding costs

_LINE_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")  # as the parser counts lines
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*(_[0-9]+)*)")
_PREFIXED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_REAL = re.compile(r"[-+]?((0|[1-9][0-9]*(_[0-9]+)*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_NOT_FINITE = {".nan": "NaN", ".inf": "Infinity", "+.inf": "Infinity", "-.inf": "-Infinity"}
_WORDS: dict[str, bool | None] = (
    dict.fromkeys(("true", "True", "TRUE"), True)
    | dict.fromkeys(("false", "False", "FALSE"), False)
    | dict.fromkeys(("null", "Null", "NULL", "~", ""), None)
)
_IN_WORDS = {
    "folder": "a folder",
    "pipe": "a named pipe",
    "device": "a device",
    "socket": "a socket",
    "unknown": "nothing that can be read",
}
_CORE_TAGS = {None, "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}


def read_document(path: Path, *, name: str | None = None, layer: str = "project") -> Document:
    """Read a text file as UTF-8, with or without a byte order mark.

    Raises:
        InputError: The file is missing, unreadable, too large or not UTF-8.
    """
    shown = name or str(path)
    return Document(shown, text_of(read_bytes(path, name=name), shown), layer)


def text_of(data: bytes, shown: str) -> str:
    """Read bytes as UTF-8, with or without a byte order mark.

    Raises:
        InputError: They are not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{shown}:{line}: not UTF-8 at byte {error.start}: found 0x{data[error.start]:02x}"
        raise InputError([Finding("encoding", "error", message)]) from error


def read_bytes(path: Path, *, name: str | None = None) -> bytes:
    """Read a file; every file that a user or a pull request names is read here.

    A repository may hold a link to anything: to a device that never ends, to what the system says of this process,
    to a secret. So only a regular file is read, its size is checked before, and in CI a link that leaves the
    repository is not followed. A pipe is read only under ``/dev`` itself (``/dev/stdin``), which a user writes.

    Args:
        path: The file.
        name: What the user calls it, if that is not the path.

    Raises:
        InputError: It is missing, unreadable, no regular file, too large, or a link out of the repository.
    """
    shown = name or str(path)
    handle = _opened(path, shown)
    try:
        return _read(handle, shown, is_pipe_meant=str(path).startswith("/dev/"))
    finally:
        os.close(handle)


def read_start(path: Path, count: int) -> tuple[bytes, int]:
    """Read the first bytes of a regular file of any size, and say how many it has; the rest is never read.

    Raises:
        InputError: It is missing, unreadable, no regular file, or a link out of the repository.
    """
    shown = str(path)
    handle = _opened(path, shown)
    try:
        status = os.fstat(handle)
        found = seen_of(status)
        if found.kind != "file":
            raise _unread(f"{shown}: {_IN_WORDS[found.kind]}; expected a file")
        READ.add((status.st_dev, status.st_ino))
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(count), found.size
    except OSError as error:
        raise _unread(f"{shown}: cannot be read: {error.strerror}") from error
    finally:
        os.close(handle)


def _opened(path: Path, shown: str) -> int:
    """Open a file for reading; to open a pipe must not wait."""
    if in_ci() and (leads := way_out(path)) is not None:
        raise _unread(f"{shown}: a link out of the repository, to {leads}; in CI only files inside it are read")
    try:
        return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        seen = look(path)
        what = "a socket; expected a file" if seen.kind == "socket" else f"cannot be read: {_reason(error, seen)}"
        raise _unread(f"{shown}: {what}") from error


def in_ci() -> bool:
    """Say whether this run judges a change that somebody else wrote: every CI system sets ``CI``."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


def _reason(error: OSError | ValueError, seen: Seen) -> str:
    return getattr(error, "strerror", None) or seen.why


def _read(handle: int, shown: str, *, is_pipe_meant: bool) -> bytes:
    status = os.fstat(handle)
    found = seen_of(status)
    if found.kind == "file":
        READ.add((status.st_dev, status.st_ino))
    if found.kind != "file" and not (found.kind == "pipe" and is_pipe_meant):
        raise _unread(f"{shown}: {_IN_WORDS[found.kind]}; expected a file")
    if found.size > MAX_BYTES:
        raise _unread(f"{shown}: {found.size:,} bytes; at most {MAX_BYTES:,} are read")
    os.set_blocking(handle, True)
    try:
        with os.fdopen(handle, "rb", closefd=False) as file:
            data = file.read(MAX_BYTES + 1)  # a pipe has no size, and a file may grow
    except OSError as error:
        raise _unread(f"{shown}: cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise _unread(f"{shown}: longer than {MAX_BYTES:,} bytes; at most that many are read")
    if data and found.kind == "file" and not found.size:  # /proc/self/environ calls itself an empty file
        raise _unread(f"{shown}: made by the system and not stored anywhere; expected a file")
    return data


def _unread(message: str) -> InputError:
    return InputError([Finding("file", "error", message)])


def parse_yaml(document: Document, report: Callable[[Finding], None] | None = None) -> Node:
    r"""Parse one YAML document into placed values.

    Args:
        document: The text.
        report: Takes what people do not mean but a reader can pass over (duplicate keys, a second document,
            tags, unquoted numbers as keys), so that other checks can go on; without it these raise too.

    Raises:
        InputError: It is not YAML; with every finding of the document.

    Example:
        >>> parse_yaml(Document("x.yaml", "price: 1.50\ncountry: NO\nat: 12:30\nvolume: 1e6\n")).plain()
        {'price': Decimal('1.50'), 'country': 'NO', 'at': '12:30', 'volume': Decimal('1E+6')}
    """
    reader = _Reader(document)
    root = reader.read()
    if report is None and reader.findings:
        raise InputError(reader.findings)
    for finding in reader.findings:
        assert report is not None  # else there are none left
        report(finding)
    return root


@lru_cache(maxsize=8192)  # keys, days and units come again and again
def resolve_scalar(text: str) -> Scalar:
    """Give the value of an unquoted scalar by the YAML 1.2 core rules, plus ``1_000``.

    A number of more than 30 digits, or as small as that, is not finite: no form takes it.

    Example:
        >>> [resolve_scalar(text) for text in ("017", "0.5", "3e-6", "1_000", "on", "true", "~")]
        ['017', Decimal('0.5'), Decimal('0.000003'), 1000, 'on', True, None]
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0].isalpha():
        return text
    if _INTEGER.fullmatch(text) or _PREFIXED.fullmatch(text):
        return int(text, 0) if len(text) <= MAX_DIGITS else Decimal("Infinity")
    if _REAL.fullmatch(text):
        number = Decimal(text.replace("_", ""))
        if abs(number.adjusted()) > MAX_DIGITS:
            return Decimal("Infinity") if number else Decimal(0)  # 0e99 is nothing, whatever its exponent
        return number
    return Decimal(_NOT_FINITE[text.lower()]) if text.lower() in _NOT_FINITE else text


class _Reader:
    """One pass over the parser's events; recursion is bounded by MAX_DEPTH."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.next_event: Callable[[], _Event] = CParser(document.text).get_event
        self.findings: list[Finding] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.lines: list[str] = []
        self.nodes = 0
        self.aliased = 0

    def read(self) -> Node:
        try:
            return self._document()
        except yaml.YAMLError as error:
            self._stop("yaml", *_parser_message(error, self.document))

    def _document(self) -> Node:
        self.next_event()  # the start of the stream
        if isinstance(self.next_event(), yaml.StreamEndEvent):
            self._stop("empty", "the file is empty; expected a mapping", Place(self.document, 1, 1))
        root = self._node(self.next_event(), depth=0)
        self.next_event()  # the end of the document
        event = self.next_event()
        if not isinstance(event, yaml.StreamEndEvent):
            self._report("second-document", "a second YAML document; expected one document per file", event)
        return root

    def _node(self, event: _Event, depth: int) -> Node:
        if depth > MAX_DEPTH:
            self._stop("depth", f"nested deeper than {MAX_DEPTH} levels", Place(*self._at(event)))
        before = self.nodes
        self.nodes += 1
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event)
        elif isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        elif isinstance(event, yaml.MappingStartEvent):
            self._check_tag(event)
            node = Node(self._mapping(depth), self._at(event))
        else:
            self._check_tag(event)
            node = Node(self._sequence(depth), self._at(event))
        if event.anchor:
            self.anchors[event.anchor] = (node, self.nodes - before)
        return node

    def _scalar(self, event: _Event) -> Node:
        self._check_tag(event)
        if not event.implicit[0]:  # written in quotes
            return Node(event.value, self._at(event))
        return Node(resolve_scalar(self._meant(event)), self._at(event))

    def _meant(self, event: _Event) -> str:
        """Give an unquoted text; report what an editor of texts has made of it, and read it as it is meant."""
        if event.value.isascii() or not event.implicit[0]:
            return str(event.value)
        from costcalc.unparsed import typeset

        message, meant = typeset(event.value)
        if message:
            self._report("typeset", message, event)
        return meant

    def _mapping(self, depth: int) -> dict[str, Node]:
        children: dict[str, Node] = {}
        last: tuple[str, str] | None = None
        while not isinstance(event := self.next_event(), yaml.MappingEndEvent):
            follows = self.next_event() if isinstance(event, yaml.ScalarEvent) else None
            if follows is not None and (parted := self._parted(event, follows)) is not None:
                written, meant = parted
                if children and parted != last:  # once, and read as it is meant: its first part is no other mistake
                    children[next(reversed(children))].value = resolve_scalar(meant)
                    self._report("comma", f"a comma parts entries here: write {meant}, found {written}", event)
                last = parted
                continue
            key = self._key(event, depth)
            child = self._node(follows or self.next_event(), depth + 1)
            if key in children:
                first = children[key].key
                self._report("duplicate-key", f"duplicate key '{key}'; it stands first in line {_line(first)}", event)
            child.key_at = self._at(event)
            children[key] = child
        return children

    def _parted(self, key: _Event, value: _Event) -> tuple[str, str] | None:
        """Find the number of which a comma made a key without a value: ``{usd: 1200,50}``."""
        digits = key.implicit[0] and key.value[:1].isdigit()
        if not digits or not isinstance(value, yaml.ScalarEvent) or value.value or not value.implicit[0]:
            return None
        self.lines = self.lines or _LINE_BREAK.split(self.document.text)
        return comma_number(self.lines[key.start_mark.line], key.start_mark.column)

    def _key(self, event: _Event, depth: int) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._report("key", "expected a text as key, found a mapping, list or alias", event)
            self._node(event, depth + 1)
            return ""
        self._check_tag(event)
        if event.implicit[0] and not isinstance(resolve_scalar(event.value), str):
            kind = "a number" if event.value[:1].isdigit() else "not a text"
            message = f'the key {event.value or "(empty)"} is {kind}; quote it: "{event.value}"'
            self._report("unquoted-key", message, event)
        return self._meant(event)

    def _sequence(self, depth: int) -> list[Node]:
        children: list[Node] = []
        while not isinstance(event := self.next_event(), yaml.SequenceEndEvent):
            children.append(self._node(event, depth + 1))
        return children

    def _alias(self, event: _Event) -> Node:
        if event.anchor not in self.anchors:
            self._stop("alias", f"no anchor '&{event.anchor}' stands before this alias", Place(*self._at(event)))
        node, size = self.anchors[event.anchor]
        self.nodes += size
        self.aliased += size
        if self.aliased > MAX_ALIASED_NODES:
            message = f"aliases unfold to more than {MAX_ALIASED_NODES:,} values"
            self._stop("alias", message, Place(*self._at(event)))
        return Node(node.value, self._at(event))

    def _check_tag(self, event: _Event) -> None:
        if event.tag not in _CORE_TAGS:
            shown = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            self._report("tag", f"unknown tag '{shown}'; costcalc files hold plain values only", event)

    def _at(self, event: _Event) -> At:
        start, end = event.start_mark, event.end_mark
        column = start.column
        width = end.column - column if end.line == start.line else 1
        return (self.document, start.line + 1, column + 1, width or 1)

    def _report(self, rule: str, message: str, event: _Event) -> None:
        self.findings.append(Finding(rule, "error", message, Place(*self._at(event))))

    def _stop(self, rule: str, message: str, place: Place) -> NoReturn:
        """Give up on this document: what follows cannot be told from its damage."""
        others = [finding for finding in self.findings if finding.message != message]
        raise InputError([*others, Finding(rule, "error", message, place)])


def _line(place: Place | None) -> int:
    return place.line if place else 0


def _parser_message(error: yaml.YAMLError, document: Document) -> tuple[str, Place]:
    """Say what the parser could not read, in words for somebody who edits prices."""
    from costcalc.unparsed import Stop, stopped  # few files are no YAML

    mark, start = (getattr(error, name, None) for name in ("problem_mark", "context_mark"))
    if mark is None:  # the reader stopped at a character that YAML does not allow
        before = document.text[: getattr(error, "position", 0)].splitlines(keepends=True) or [""]
        place = Place(document, len(before), len(before[-1]) + 1)
        return f"not YAML: a control character, {getattr(error, 'character', 0):#06x}", place
    problem = str(getattr(error, "problem", "")) or "not YAML"
    if "nesting depth" in problem:  # the parser reads ahead, and counts levels too since libyaml 0.2.6
        return f"nested deeper than {MAX_DEPTH} levels", Place(document, mark.line + 1, mark.column + 1)
    began = (start.line, start.column) if start is not None else None
    found = stopped(Stop(_LINE_BREAK.split(document.text), mark.line, mark.column, problem, began))
    return found.message, Place(document, found.line + 1, found.column + 1)
