"""A command is a function of its flags that gives an answer; here it gets single flags, and its answer is printed."""

from collections.abc import Callable, Iterator
from inspect import Parameter, Signature, signature
from typing import Any, NamedTuple, get_type_hints

from costcalc.cli.flags import PrintFlags
from costcalc.findings import Finding
from costcalc.render.report import Report


class Answer(NamedTuple):
    """What a command gives back.

    Args:
        report: What it has to say.
        status: Its exit status.
        aloud: Findings that are written to standard error as well.
    """

    report: Report
    status: int = 0
    aloud: tuple[Finding, ...] = ()


Command = Callable[..., Answer]


def printing(command: Command) -> Callable[..., int]:
    """Give a command the flags of printing, each group's flags one by one, and print its answer."""
    hints = get_type_hints(command, include_extras=True)
    groups = {name: hint for name, hint in hints.items() if _is_group(hint)}

    def run(**flags: Any) -> int:  # noqa: ANN401  # typer's values
        values = {name: group(**{field: flags.pop(field) for field in group._fields}) for name, group in groups.items()}
        printed = PrintFlags(**{field: flags.pop(field) for field in PrintFlags._fields})
        answer = command(**values, **flags)
        from costcalc.cli.output import emit, write_stderr

        emit(answer.report, printed)
        if answer.aloud:
            from costcalc.render.diagnostics import as_diagnostics

            write_stderr(as_diagnostics(answer.aloud))
        return answer.status

    parameters = tuple(_parameters(command, hints))
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
    return run


def _is_group(hint: Any) -> bool:  # noqa: ANN401  # an annotation
    """Say whether a parameter stands for several flags: a tuple with names and defaults."""
    return isinstance(hint, type) and hasattr(hint, "_field_defaults")


def _parameters(command: Command, hints: dict[str, Any]) -> Iterator[Parameter]:
    for name, parameter in signature(command).parameters.items():
        if _is_group(hints[name]):
            yield from _fields(hints[name])
        else:
            yield parameter.replace(kind=Parameter.KEYWORD_ONLY, annotation=hints[name])
    yield from _fields(PrintFlags)


def _fields(group: Any) -> Iterator[Parameter]:  # noqa: ANN401  # a class of flags
    hints = get_type_hints(group, include_extras=True)
    for field in group._fields:
        default = group._field_defaults[field]
        yield Parameter(field, Parameter.KEYWORD_ONLY, default=default, annotation=hints[field])
