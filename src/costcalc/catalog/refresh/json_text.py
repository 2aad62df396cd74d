"""JSON with a place for every value, so that what is wrong in somebody else's file has a line.

The standard parser knows neither places nor duplicate keys, and reads prices as floats; here numbers are int
or Decimal as they are written, and ``NaN`` is no number.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple, NoReturn

from costcalc.errors import InputError
from costcalc.findings import At, Document, Finding, Node, Place, Scalar
from costcalc.units import MAX_DIGITS

MAX_DEPTH = 40  # theirs end at 7
_TOKEN = re.compile(r'[ \t\r\n]*(?:(?P<mark>[{}\[\],:])|(?P<text>")|(?P<word>[^ \t\r\n{}\[\],:"]+)|(?P<end>\Z))')
_TEXT = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<real>(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)")
_SURROGATE = re.compile("[\ud800-\udfff]")  # a pair of them has been read as one character
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None}


class _Token(NamedTuple):
    """One token: a bracket or comma as it is, a value, or the end of the text."""

    mark: str
    value: Scalar
    at: At


def parse_json(document: Document) -> Node:
    r"""Parse one JSON document into placed values.

    Raises:
        InputError: It is not JSON; with every duplicate key and every number that is none.

    Example:
        >>> parse_json(Document("x.json", '{"price": 1.50, "per": [1e-6, null]}')).plain()
        {'price': Decimal('1.50'), 'per': [Decimal('0.000001'), None]}
    """
    reader = _Reader(document)
    root = reader.value(reader.token(), 0)
    rest = reader.token()
    if rest.mark != "end":
        reader.stop("the document ends here; found more", rest.at)
    if reader.findings:
        raise InputError(reader.findings)
    return root


class _Reader:
    """One pass over the tokens; recursion is bounded by MAX_DEPTH."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: list[Finding] = []
        self._tokens = self._scan()

    def token(self) -> _Token:
        return next(self._tokens)

    def value(self, token: _Token, depth: int) -> Node:
        if depth > MAX_DEPTH:
            self.stop(f"nested deeper than {MAX_DEPTH} levels", token.at)
        if token.mark == "{":
            return Node(self._mapping(depth), token.at)
        if token.mark == "[":
            return Node(self._list(depth), token.at)
        if token.mark:
            self.stop(f"expected a value, found {_shown(token)}", token.at)
        return Node(token.value, token.at)

    def _mapping(self, depth: int) -> dict[str, Node]:
        children: dict[str, Node] = {}
        token = self.token()
        while token.mark != "}":
            if token.mark or not isinstance(token.value, str):
                self.stop(f"expected a key in quotes, found {_shown(token)}", token.at)
            colon = self.token()
            if colon.mark != ":":
                self.stop(f"expected ':' after the key, found {_shown(colon)}", colon.at)
            self._add(children, token, self.value(self.token(), depth + 1))
            token = self._after_item("}")
        return children

    def _add(self, children: dict[str, Node], key: _Token, child: Node) -> None:
        name = str(key.value)
        first = children[name].key if name in children else None
        if first is not None:
            message = f"duplicate key '{name}'; it stands first in line {first.line}"
            self.findings.append(Finding("duplicate-key", "error", message, Place(*key.at)))
        child.key_at = key.at
        children[name] = child

    def _list(self, depth: int) -> list[Node]:
        children: list[Node] = []
        token = self.token()
        while token.mark != "]":
            children.append(self.value(token, depth + 1))
            token = self._after_item("]")
        return children

    def _after_item(self, closing: str) -> _Token:
        """Give what begins the next item, or the closing bracket."""
        token = self.token()
        if token.mark == closing:
            return token
        if token.mark != ",":
            self.stop(f"expected ',' or '{closing}', found {_shown(token)}", token.at)
        token = self.token()
        if token.mark == closing:
            self.stop(f"nothing stands after the last comma before '{closing}'", token.at)
        return token

    def _scan(self) -> Iterator[_Token]:
        text, at, line, line_start = self.document.text, 0, 1, 0
        while True:
            match = _TOKEN.match(text, at)
            assert match is not None  # one of its arms takes any character
            kind = str(match.lastgroup)
            start = match.start(kind)
            newlines = text.count("\n", at, start)
            if newlines:
                line, line_start = line + newlines, text.rfind("\n", 0, start) + 1
            place: At = (self.document, line, start - line_start + 1, max(1, match.end() - start))
            at = match.end()
            if kind == "text":
                value, at = self._string(start, place)
                yield _Token("", value, (*place[:3], max(1, at - start)))
            elif kind == "word":
                yield _Token("", self._word(match["word"], place), place)
            else:
                yield _Token("end" if kind == "end" else match["mark"], None, place)

    def _string(self, start: int, place: At) -> tuple[str, int]:
        match = _TEXT.match(self.document.text, start)
        if match is None:
            self.stop("a text without its closing quote, or with a control character or escape in it", place)
        text: str = json.loads(match[0])
        if _SURROGATE.search(text):
            self.stop("half of a character, such as \\ud83d without what follows it", place)
        return text, match.end()

    def _word(self, word: str, place: At) -> Scalar:
        if word in _WORDS:
            return _WORDS[word]
        match = _NUMBER.fullmatch(word)
        if match is None:
            self.findings.append(Finding("json", "error", f"not JSON: expected a value, found '{word}'", Place(*place)))
            return None
        number = Decimal(word)
        if abs(number.adjusted()) > MAX_DIGITS and number:
            message = f"expected a number of at most {MAX_DIGITS} digits, found {word[:MAX_DIGITS]}"
            self.findings.append(Finding("value", "error", message, Place(*place)))
            return None
        return number if match["real"] else int(word)

    def stop(self, words: str, at: At) -> NoReturn:
        """Give up: what follows cannot be told from the damage."""
        raise InputError([*self.findings, Finding("json", "error", f"not JSON: {words}", Place(*at))])


def _shown(token: _Token) -> str:
    if token.mark == "end":
        return "the end of the file"
    return f"'{token.mark or token.value}'"
