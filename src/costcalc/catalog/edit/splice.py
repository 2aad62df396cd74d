"""Changing one value of a YAML text and no other byte: its span is replaced, or lines are added.

Whatever is spliced is parsed again and must be the old tree with that one change, so that an anchor, a
comment or a style that the splice did not foresee is a refusal and never a damaged file.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import yaml

from costcalc.catalog.edit.writing import as_block, as_flow, quoted, written
from costcalc.errors import CostcalcError
from costcalc.files import parse_yaml, resolve_scalar
from costcalc.findings import Document, Path

_Span = tuple[int, int, str]  # from, to, what stands there afterwards


def set_value(text: str, path: Path, value: object) -> str:
    r"""Change the value under a path, or add it where nothing stands.

    Raises:
        CostcalcError: It cannot be done without touching anything else.

    Example:
        >>> from decimal import Decimal
        >>> set_value("rates: {input: 3.00}   # list\n", ("rates", "input"), Decimal("2.50"))
        'rates: {input: 2.50}   # list\n'
    """
    return splice(text, [Edit(path, value)])


class Edit(NamedTuple):
    """One change of a text.

    Args:
        path: The path of the value, or of the list.
        value: What is to stand there.
        item: Which item of the list it is to be; None for the value itself.
    """

    path: Path
    value: object
    item: int | None = None


def splice(text: str, edits: Sequence[Edit]) -> str:
    """Make several changes at once, each in a place of its own: the text is parsed as often as for one of them.

    What is missing above a value is added once for all that stand below it.

    Raises:
        CostcalcError: They cannot be made without touching anything else.
    """
    root = _composed(text)
    if root is None:
        if any(edit.item is not None for edit in edits):
            raise _by_hand(edits[0].path)
        whole = _tree(edits)
        return _checked(text, f"{_ended(text)}{_newlines(as_block(whole, 0), text)}", edits)
    spans: list[_Span] = []
    missing: dict[tuple[int, str | int], tuple[Any, list[Edit]]] = {}
    for edit in edits:
        node, rest = _deepest(root, edit.path)
        if edit.item is not None or not rest:
            spans += _spans(text, node, edit, rest)
        elif isinstance(node, yaml.MappingNode):
            missing.setdefault((node.start_mark.index, rest[0]), (node, []))[1].append(edit._replace(path=rest))
        else:
            raise _by_hand(edit.path)
    for (_, key), (node, below) in missing.items():
        spans.append(_key_span(text, node, str(key), _tree(below)[key]))
    new = text
    for span in sorted(spans, key=lambda each: each[0], reverse=True):  # a span moves only what stands behind it
        new = _spliced(new, span)
    return _checked(text, new, edits)


def _deepest(node: Any, path: Path) -> tuple[Any, Path]:  # noqa: ANN401
    """Follow a path as far as there is something, and give what is left of it."""
    while path and (child := _child(node, path[0])) is not None:
        node, path = child, path[1:]
    return node, path


def _spans(text: str, node: Any, edit: Edit, rest: Path) -> list[_Span]:  # noqa: ANN401
    """Give where an item is added or a scalar replaced; nowhere where it says that already."""
    if edit.item is not None:
        if rest or not isinstance(node, yaml.SequenceNode) or not node.value:
            raise _by_hand(edit.path)
        return [_item_span(text, node, edit.item, edit.value)]
    if not isinstance(node, yaml.ScalarNode):
        raise _by_hand(edit.path)
    is_said = resolve_scalar(node.value) == edit.value or node.value == edit.value
    return [] if is_said else [_scalar_span(text, node, edit.value)]


def _tree(edits: Sequence[Edit]) -> Any:  # noqa: ANN401  # plain YAML
    """Give the mapping that edits of what does not stand anywhere yet come to."""
    tree: Any = {}
    for edit in edits:
        into = tree
        for step in edit.path[:-1]:
            into = into.setdefault(step, {})
        into[edit.path[-1]] = edit.value
    return tree


def add_item(text: str, path: Path, index: int, item: Mapping[str, object]) -> str:
    """Add an item to the list under a path, so that it has this index.

    Raises:
        CostcalcError: It cannot be done without touching anything else.
    """
    return splice(text, [Edit(path, item, index)])


def _item_span(text: str, node: Any, index: int, item: object) -> _Span:  # noqa: ANN401
    before = node.value[index - 1] if index else None
    if node.flow_style:
        at = before.end_mark.index if before is not None else node.start_mark.index + 1
        one = as_flow(item)
        return at, at, f", {one}" if index else f"{one}, "
    column = node.start_mark.column
    # a comment at the column of the items may head the next one, or whatever follows the list
    behind = _line_after(text, before, column + 1) if before is not None else None
    at = behind if behind is not None else text.rfind("\n", 0, node.start_mark.index) + 1
    return _lines_span(text, at, as_block([item], column))


def _composed(text: str) -> Any:  # noqa: ANN401  # yaml's nodes carry no types
    _plain(text)  # refuses what is too deep, or no YAML, in its own words
    return yaml.compose(text, Loader=yaml.CSafeLoader)


def is_empty(text: str) -> bool:
    """Say whether a text holds nothing but comments."""
    return all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines())


def _child(node: Any, step: str | int) -> Any:  # noqa: ANN401
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]
    return None


def _scalar_span(text: str, node: Any, value: object) -> _Span:  # noqa: ANN401
    """Replace a scalar in the quotes that it has; a comment after it keeps its column where there is room."""
    start, end = node.start_mark.index, node.end_mark.index
    new = written(value)
    if node.style == "'" and isinstance(value, str) and "'" not in value:
        new = f"'{value}'"
    elif node.style == '"' and isinstance(value, str):
        new = quoted(value)
    if start == end:
        return start, end, f" {new}"
    gap = re.compile(r" {2,}(?=#)").match(text, end)
    if gap is None:
        return start, end, new
    return start, gap.end(), new + " " * max(1, gap.end() - start - len(new))


def _key_span(text: str, node: Any, key: str, value: object) -> _Span:  # noqa: ANN401
    if node.flow_style:
        at = node.end_mark.index - 1
        at = len(text[:at].rstrip())
        comma = ", " if node.value else ""
        return at, at, f"{comma}{written(key)}: {as_flow(value)}"
    column = node.start_mark.column
    at = _line_after(text, node, column)
    # at the top of a file a comment just above the new key would read as its heading
    apart = not column and text[:at].rstrip("\r\n").rpartition("\n")[2].startswith("#")
    return _lines_span(text, at, [*([""] if apart else []), *as_block({key: value}, column)])


def _line_after(text: str, node: Any, column: int) -> int:  # noqa: ANN401
    """Find the start of the line behind a node, where new lines may stand.

    Comments below the node that are indented to the column or further belong to it: entries that are commented out,
    a remark about the last one. The others, and blank lines, belong to what follows.
    """
    end = node.end_mark.index
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        lines = text[:end].splitlines(keepends=True)
        while not lines[-1].strip() or lines[-1].lstrip().startswith("#"):
            lines.pop()
        end = len("".join(lines).rstrip())
    newline = text.find("\n", end)
    if newline < 0:
        return len(text)
    at = behind = newline + 1
    for line in text[at:].splitlines(keepends=True):
        behind += len(line)
        words = line.lstrip()
        if words.startswith("#") and len(line) - len(words) >= column:
            at = behind
        elif words:
            break
    return at


def _lines_span(text: str, at: int, lines: list[str]) -> _Span:
    first = "" if not at or text[at - 1] == "\n" else _newline(text)
    return at, at, first + _newlines(lines, text)


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + _newline(text)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _newlines(lines: list[str], text: str) -> str:
    return "".join(line + _newline(text) for line in lines)


def _spliced(text: str, span: _Span) -> str:
    start, end, new = span
    return text[:start] + new + text[end:]


def _checked(old: str, new: str, edits: Sequence[Edit]) -> str:
    """Give the new text if it says the old one with these changes, and nothing else."""
    wanted: Any = _plain(old)
    for edit in edits:
        _apply(wanted, edit)
    try:
        is_right = _plain(new) == wanted
    except CostcalcError:
        is_right = False
    if not is_right:
        raise _by_hand(edits[0].path)
    return new


def _apply(tree: Any, edit: Edit) -> None:  # noqa: ANN401
    *above, last = edit.path
    for step in above:
        tree = tree.setdefault(step, {}) if isinstance(tree, dict) else tree[step]
    if edit.item is None:
        tree[last] = edit.value
    else:
        tree[last].insert(edit.item, edit.value)


def _plain(text: str) -> object:
    return {} if is_empty(text) else parse_yaml(Document("the text", text)).plain()


def _by_hand(path: Path) -> CostcalcError:
    shown = ".".join(map(str, path))
    return CostcalcError(f"{shown}: cannot be changed here without changing more than it; edit the file by hand")
