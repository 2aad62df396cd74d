"""The data that genai-prices ships as Python: its text is parsed and never run."""

import ast
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from costcalc.errors import InputError
from costcalc.findings import At, Document, Finding, Node, Place

_NAME = "providers"
_SKIPPED = ("extractors", "description", "price_comments")  # long, and nothing that a price needs
_SPAN = {"datetime.date": "{:04}-{:02}-{:02}", "datetime.time": "{:02}:{:02}:{:02}"}


def parse_python(document: Document) -> Node:
    r"""Read the list ``providers`` of a module as the JSON of its repository has it: calls as mappings.

    Raises:
        InputError: It is no Python, or holds something else than data.

    Example:
        >>> text = "providers = [Provider(id='a', models=[ModelInfo(prices=ModelPrice(input_mtok=Decimal('2')))])]"
        >>> parse_python(Document("data.py", text)).plain()
        [{'id': 'a', 'models': [{'prices': {'input_mtok': Decimal('2')}}]}]
    """
    try:
        module = ast.parse(document.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InputError([Finding("python", "error", f"{document.name}: no Python: {error}")]) from None
    for statement in module.body:
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else getattr(statement, "targets", [])
        if any(isinstance(target, ast.Name) and target.id == _NAME for target in targets):
            return _node(getattr(statement, "value", None) or statement, document)
    raise InputError([Finding("python", "error", f"{document.name}: expected a list named {_NAME}, found none")])


def _node(tree: ast.AST, document: Document, key_at: At | None = None) -> Node:
    at = _at(tree, document)
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str | int | None):
        return Node(tree.value, at, key_at)
    if isinstance(tree, ast.List | ast.Tuple):
        return Node([_node(item, document) for item in tree.elts], at, key_at)
    if isinstance(tree, ast.Dict):
        return Node(dict(_items(tree, document)), at, key_at)
    if not isinstance(tree, ast.Call):
        _stop(tree, document)
    return _called(tree, document, at, key_at)


def _items(tree: ast.Dict, document: Document) -> Iterator[tuple[str, Node]]:
    for key, value in zip(tree.keys, tree.values, strict=True):
        if not isinstance(key, ast.Constant):
            _stop(key or tree, document)
        yield str(key.value), _node(value, document, _at(key, document))


def _called(tree: ast.Call, document: Document, at: At, key_at: At | None) -> Node:
    """Read a call: a number, a day, a time of day, or an object by the names of its arguments."""
    function = ast.unparse(tree.func)
    arguments = [_node(argument, document).value for argument in tree.args]
    if function == "Decimal" and len(arguments) == 1:
        return Node(_number(tree, arguments[0], document), at, key_at)
    if function in _SPAN and all(isinstance(number, int) for number in arguments):
        numbers = [*arguments, 0, 0, 0][:3]
        return Node(_SPAN[function].format(*numbers), at, key_at)
    if arguments or any(keyword.arg is None for keyword in tree.keywords):
        _stop(tree, document)
    named = [(str(keyword.arg).rstrip("_"), keyword) for keyword in tree.keywords if keyword.arg not in _SKIPPED]
    children = {name: _node(keyword.value, document, _at(keyword, document)) for name, keyword in named}
    return Node(children, at, key_at)


def _number(tree: ast.AST, text: object, document: Document) -> Decimal:
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        _stop(tree, document)
    if not number.is_finite():
        _stop(tree, document)
    return number


def _at(tree: ast.AST, document: Document) -> At:
    line, column = getattr(tree, "lineno", 1), getattr(tree, "col_offset", 0)
    length = getattr(tree, "end_col_offset", column + 1) - column if getattr(tree, "end_lineno", line) == line else 1
    return document, line, column + 1, max(1, length)


def _stop(tree: ast.AST, document: Document) -> NoReturn:
    message = f"expected data as genai-prices ships it, found {type(tree).__name__}"
    raise InputError([Finding("python", "error", message, Place(*_at(tree, document)))])
