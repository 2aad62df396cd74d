"""Help pages: what a command does, how it is typed, and which flags it has, within 40 lines of 80 columns."""

import textwrap
from collections.abc import Iterator, Sequence
from shutil import get_terminal_size
from typing import Any

from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.exceptions import TyperException

from costcalc.errors import FlagError

LONGEST = 40  # lines of a page
WIDEST = 100
_NAMES = 28  # columns of the flags, left of what they say


class CommandPage(TyperCommand):
    """A command whose ``--help`` is a short page and whose ``--help-all`` describes every flag.

    Args:
        examples: Command lines that run as they stand.
        own: The parameters that no other command shares, by name; the page describes these, and names the others.
    """

    examples: Sequence[str] = ()
    own: frozenset[str] = frozenset()

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401  # typer does not export the type of a context
        """Add ``--help-all`` to the parameters."""
        return [*super().get_params(ctx), _HELP_ALL]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # the same
        """Read a command line; a flag of one value that is given twice is refused, where the last one would win.

        Raises:
            FlagError: A flag is given twice.
            TyperException: Values of flags are wrong; with all of them.
        """
        if not ctx.resilient_parsing:
            _, _, order = self.make_parser(ctx).parse_args(args=list(args))
            for parameter in dict.fromkeys(order):
                if order.count(parameter) > 1 and _takes_one(parameter):
                    flag = next((one for one in parameter.opts if one.startswith("--")), parameter.opts[0])
                    raise FlagError(f"{flag} is given twice; give it once")
        try:
            return super().parse_args(ctx, list(args))
        except TyperException as error:
            if ctx.resilient_parsing or type(error).__name__ not in {"BadParameter", "MissingParameter"}:
                raise
            from costcalc.cli.slips import all_of

            raise all_of(self, ctx, args, error) from None

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # the same
        """Write the short page; where it grows too long, shared flags are cut to a line, then its own named alone."""
        width = _width()
        head = [self.get_usage(ctx), "", *_paragraphs(self.help, width), "", *_examples(self.examples)]
        own = [one for one in self.params if one.name in self.own]
        others = [one for one in self.params if one.name not in self.own]
        described = [*head, *_described(own, ctx, width)]
        ends = ["", *_fill(f"{ctx.command_path} --help-all describes every flag.", width)]
        lines = [*described, *_named(others, width), *ends]
        if len(lines) > LONGEST:
            lines = [*described, *_named(others, width, in_one_line=True), *ends]
        if len(lines) > LONGEST:
            arguments = [one for one in own if one.param_type_name == "argument"]
            lines = [*head, *_described(arguments, ctx, width), *_named(self.params, width), *ends]
        formatter.write("\n".join(lines))


class GroupPage(TyperGroup):
    """A group of commands whose page says what each does in one line."""

    examples: Sequence[str] = ()

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # typer does not export their types
        """Write the page."""
        width = _width()
        formatter.write("\n".join([*_paragraphs(self.help, width), "", *_examples(self.examples)]))
        panels: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            command: Any = self.get_command(ctx, name)
            panels.setdefault(command.rich_help_panel or "Commands", []).append((name, summary(command)))
        lines = [line for title, rows in panels.items() for line in (f"{title}:", *_columns(rows, 14, width))]
        flags = ", ".join(flag for one in self.get_params(ctx) for flag in one.opts if flag.startswith("--"))
        ends = f"{ctx.command_path} COMMAND --help says more. Flags: {flags}. {self.epilog or ''}"
        formatter.write("\n".join(["", *lines, "", *_fill(ends, width)]))


def summary(command: Any) -> str:  # noqa: ANN401  # typer does not export the type of a command
    """Give the first sentence of a command's page."""
    return " ".join((command.help or "").split("\n\n")[0].split())


def _show_all(ctx: Any, _: Any, asked: bool) -> None:  # noqa: ANN401  # typer's
    """Print the page on which every flag is described, and end."""
    if asked and not ctx.resilient_parsing:
        from typer.rich_utils import rich_format_help

        rich_format_help(obj=ctx.command, ctx=ctx, markup_mode=ctx.command.rich_markup_mode)
        ctx.exit()


_HELP_ALL = TyperOption(
    param_decls=["--help-all"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_all,
    help="Describe every flag and exit.",
)


def _takes_one(parameter: Any) -> bool:  # noqa: ANN401  # typer's
    """Say whether a parameter has one value, of which a second one would take the place."""
    return parameter.param_type_name == "option" and not (parameter.multiple or parameter.is_flag or parameter.count)


def _width() -> int:
    return min(get_terminal_size().columns, WIDEST)


def _fill(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _paragraphs(text: str | None, width: int) -> list[str]:
    """Wrap each paragraph of a docstring by itself."""
    parts = [_fill(" ".join(part.split()), width) for part in (text or "").split("\n\n")]
    return [line for at, part in enumerate(parts) for line in ([""] * (at > 0) + part)]


def _examples(lines: Sequence[str]) -> list[str]:
    return ["For example:", *(f"  {line}" for line in lines), ""] if lines else []


def _label(parameter: Any, ctx: Any) -> str:  # noqa: ANN401  # typer's
    """Say how a parameter is typed: a flag with what follows it, or what stands for an argument."""
    metavar = parameter.make_metavar(ctx)
    if parameter.param_type_name == "argument":
        return str(metavar)
    flag = next((flag for flag in parameter.opts if flag.startswith("--")), parameter.opts[0])
    return flag if getattr(parameter, "is_flag", False) else f"{flag} {metavar}"


def _described(parameters: Sequence[Any], ctx: Any, width: int) -> list[str]:  # noqa: ANN401  # typer's
    rows = [(_label(one, ctx), " ".join((one.help or "").split())) for one in parameters]
    return [*_columns(rows, _NAMES, width), ""] if rows else []


def _columns(rows: Sequence[tuple[str, str]], left: int, width: int) -> Iterator[str]:
    """Set names on the left and what they mean on the right, below a name that is too long."""
    for name, meaning in rows:
        says = _fill(meaning, width - left - 2) or [""]
        if len(name) > left - 2:
            yield f"  {name}"
        else:
            yield f"  {name:<{left}}{says.pop(0)}".rstrip()
        yield from (f"  {'':<{left}}{line}" for line in says)


def _named(parameters: Sequence[Any], width: int, *, in_one_line: bool = False) -> Iterator[str]:
    """Name flags, by the part of the page in which they stand."""
    panels: dict[str, list[str]] = {}
    for one in parameters:
        flags = [flag for flag in one.opts if flag.startswith("--")]
        if not flags:
            continue
        panels.setdefault(one.rich_help_panel or "Others", []).extend(flags)
    for title, flags in panels.items():
        text = f"{title}: {', '.join(flags)}"
        if in_one_line:
            yield textwrap.shorten(text, width, placeholder=" …")
        else:
            yield from textwrap.wrap(text, width, subsequent_indent="  ", break_on_hyphens=False)
