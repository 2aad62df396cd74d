"""A command is a function of its flags that gives an answer; here it gets single flags, and its answer is printed."""

from collections.abc import Callable, Iterator
from copy import copy
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, get_type_hints

from costcalc.cli.flags import PANELS, Format, PrintFlags
from costcalc.findings import Finding
from costcalc.render.report import Report

if TYPE_CHECKING:
    from costcalc.catalog.catalog import Catalog


class Answer(NamedTuple):
    """What a command gives back.

    Args:
        report: What it has to say; None where it has printed its text already.
        status: Its exit status.
        aloud: Findings that are written to standard error as well.
        aloud_in: In which formats they are; None for all.
        catalog: The catalog that it rests on, to find what was set in vain.
    """

    report: Report | None
    status: int = 0
    aloud: tuple[Finding, ...] = ()
    aloud_in: tuple[Format, ...] | None = None
    catalog: "Catalog | None" = None


Command = Callable[..., Answer]


def as_typed(command: Callable[..., Any]) -> Callable[..., int]:
    """Give a command as typer takes it; one that prints by itself, such as a schema, stays as it is."""
    return _printing(command) if get_type_hints(command)["return"] is Answer else command


def _printing(command: Command) -> Callable[..., int]:
    """Give a command the flags of printing, each group's flags one by one, and print its answer."""
    hints = get_type_hints(command, include_extras=True)
    groups = {name: hint for name, hint in hints.items() if name != "return" and _is_group(hint)}

    def run(**flags: Any) -> int:  # noqa: ANN401  # typer's values
        values = {name: group(**{field: flags.pop(field) for field in group._fields}) for name, group in groups.items()}
        printed = PrintFlags(**{field: flags.pop(field) for field in PrintFlags._fields})
        return _printed(command(**values, **flags), printed)

    parameters = tuple(sorted(_parameters(command, hints), key=_panel))  # stable: within a panel the order stays
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
    return run


def _printed(answer: Answer, printed: PrintFlags) -> int:
    """Print an answer and what was set in vain, and give its status."""
    from costcalc.cli.output import emit, write_stderr

    report, aloud = answer.report, answer.aloud
    if report is None:
        return answer.status
    if answer.catalog is not None and answer.catalog.own_assumptions:
        from costcalc.catalog.unread import unread_overrides

        unread = unread_overrides(answer.catalog)
        report, aloud = report._replace(diagnostics=(*report.diagnostics, *unread)), (*aloud, *unread)
    emit(report, printed)
    if aloud and (answer.aloud_in is None or printed.form in answer.aloud_in):
        from costcalc.render.diagnostics import as_diagnostics

        write_stderr(as_diagnostics(aloud))
    return answer.status


def _is_group(hint: Any) -> bool:  # noqa: ANN401  # an annotation
    """Say whether a parameter stands for several flags: a tuple with names and defaults."""
    return isinstance(hint, type) and hasattr(hint, "_field_defaults")


def own_flags(command: Callable[..., Any]) -> frozenset[str]:
    """Name the parameters of a command that are its own: those in no group that commands share."""
    hints = get_type_hints(command, include_extras=True)
    return frozenset(name for name, hint in hints.items() if name != "return" and not _is_group(hint))


def _panel(parameter: Parameter) -> int:
    """Say in which panel of the help page a flag stands."""
    infos = (PANELS.index(info.rich_help_panel) for info in parameter.annotation.__metadata__)
    return next(infos, 0)


def _parameters(command: Command, hints: dict[str, Any]) -> Iterator[Parameter]:
    for name, parameter in signature(command).parameters.items():
        if _is_group(hints[name]):
            yield from _fields(hints[name])
        else:
            yield parameter.replace(kind=Parameter.KEYWORD_ONLY, annotation=hints[name])
    own = [hint for name, hint in hints.items() if name != "return" and not _is_group(hint)]
    taken = {flag for hint in own for flag in _flags_of(hint)}
    yield from (_without(parameter, taken) for parameter in _fields(PrintFlags))


def _fields(group: Any) -> Iterator[Parameter]:  # noqa: ANN401  # a class of flags
    hints = get_type_hints(group, include_extras=True)
    for field in group._fields:
        default = group._field_defaults[field]
        yield Parameter(field, Parameter.KEYWORD_ONLY, default=default, annotation=hints[field])


def _flags_of(hint: Any) -> set[str]:  # noqa: ANN401  # an annotation
    """Give a parameter's flags; typer keeps the first as its default where it stands in an annotation."""
    return {str(flag) for info in hint.__metadata__ for flag in (info.default, *(info.param_decls or ()))}


def _without(parameter: Parameter, taken: set[str]) -> Parameter:
    """Leave out a short flag of printing that the command has for something else: -o of what it saves."""
    if taken.isdisjoint(flag for flag in _flags_of(parameter.annotation) if flag.startswith("-")):
        return parameter
    (info,) = parameter.annotation.__metadata__
    less = copy(info)
    less.param_decls = tuple(flag for flag in info.param_decls if flag not in taken)  # its long flag stays
    return parameter.replace(annotation=Annotated[parameter.annotation.__origin__, less])
