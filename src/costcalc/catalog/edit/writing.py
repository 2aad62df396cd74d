"""Values as YAML in the house's style: a leaf on one line, what is long or holds dated entries line by line."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from costcalc.files import resolve_scalar

_PLAIN = re.compile(r"[A-Za-z0-9]([\w ./()+-]*[\w.)])?")
_NOT_PRINTABLE = re.compile(  # nor what has no width or turns the direction of writing
    "[^\x20-\x7e\xa0-\xac\xae-\u200a\u2010-\u2027\u202f-\u205f\u2070-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_GROUPED_FROM = 10_000  # the house writes 272_000, and 4096 as it is
_LINE = 120  # what is longer goes line by line


def written(value: object) -> str:
    """Write a scalar as the house does.

    Example:
        >>> [written(value) for value in (Decimal("1E+1"), 272000, "mon", "01:00-04:00", "no: 1", True)]
        ['10', '272_000', 'mon', '"01:00-04:00"', '"no: 1"', 'true']
    """
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int):
        return f"{value:_}" if abs(value) >= _GROUPED_FROM else str(value)
    text = str(value)
    is_plain = _PLAIN.fullmatch(text) and resolve_scalar(text) == text
    return text if is_plain else quoted(text)


def quoted(text: str) -> str:
    r"""Write a text in double quotes; what YAML would not take as it is, or would fold, is escaped.

    Example:
        >>> print(quoted('a "b"\x85 ü\n'))
        "a \"b\"\x85 ü\n"
    """
    # ##[ anywhere in a line of a log is a command to some CI systems
    return _NOT_PRINTABLE.sub(_escaped, json.dumps(text, ensure_ascii=False)).replace("##", "#\\x23")


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004  # all above U+FFFF are printable


def as_block(value: object, indent: int = 0) -> list[str]:
    """Write a mapping or a list as lines."""
    pad = " " * indent
    if isinstance(value, Mapping):
        lines = []
        for key, child in value.items():
            line = f"{pad}{written(key)}: {as_flow(child)}"
            if _is_wide(child) or (_has_lines(child) and len(line) > _LINE):
                lines += [f"{pad}{written(key)}:", *as_block(child, indent + 2)]
            else:
                lines.append(line)
        return lines
    lines = []
    for item in value if isinstance(value, Sequence) else ():
        line = f"{pad}  {as_flow(item)}"
        takes_lines = _is_wide(item) or _is_dated(item) or (_has_lines(item) and len(line) > _LINE)
        inner = as_block(item, indent + 2) if takes_lines else [line]
        lines += [f"{pad}- {inner[0].lstrip()}", *inner[1:]]
    return lines


def _has_lines(value: object) -> bool:
    return isinstance(value, Mapping | list) and bool(value)


def _is_wide(value: object) -> bool:
    """Say whether a list of mappings stands in it: that is written line by line."""
    if isinstance(value, Mapping):
        return any(map(_is_wide, value.values()))
    return isinstance(value, list) and any(isinstance(item, Mapping) for item in value)


def _is_dated(item: object) -> bool:
    return isinstance(item, Mapping) and "effective" in item


def as_flow(value: object) -> str:
    """Write a value on one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{written(key)}: {as_flow(child)}' for key, child in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(as_flow, value))}]"
    return written(value)
