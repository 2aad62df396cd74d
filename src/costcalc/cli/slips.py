"""Everything that is wrong with the values of a command line, said at once."""

from collections.abc import Iterator, Sequence
from typing import Any

from typer.exceptions import TyperException

from costcalc.cli.values import named_options
from costcalc.errors import CostcalcError, UnknownNameError


class Several(TyperException):
    """Several things that are wrong with a command line.

    Args:
        errors: Each of them.
    """

    def __init__(self, errors: Sequence[TyperException | CostcalcError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = tuple(errors)


def all_of(command: Any, ctx: Any, args: Sequence[str], first: TyperException) -> TyperException:  # noqa: ANN401  # typer exports neither type
    """Read every flag of a command line of which one was wrong, and give whatever is wrong.

    Args:
        command: The command.
        ctx: Its context.
        args: The command line.
        first: What was found first.
    """
    opts, _, order = command.make_parser(ctx).parse_args(args=list(args))
    given = list(dict.fromkeys(order))
    parameters = [*given, *(each for each in command.get_params(ctx) if each not in given)]
    errors: list[TyperException | CostcalcError] = []
    for parameter in parameters:
        try:
            parameter.handle_parse_result(ctx, opts, [])
        except TyperException as error:
            errors.append(error)
    errors += _unknown_options(ctx.params)
    return Several(errors) if len(errors) > 1 else first


def _unknown_options(given: dict[str, Any]) -> Iterator[UnknownNameError]:
    """Look up the options that were named, where the catalog can be read and holds all that there are."""
    from costcalc.cli.context import load

    if given.get("own") or "#" in (file := given.get("workload") or "") or "." in file:
        return  # a file or flags that are not read here may define them
    try:
        names = named_options(given.get("options")) or ()
        catalog = load(given.get("catalog")).catalog if names else None
    except (TyperException, CostcalcError):
        return
    for name in names:
        try:
            catalog.option(name) if catalog is not None else None
        except UnknownNameError as error:
            yield error
