"""What docs/cli.md says: each command with its examples and its own flags, and the flags that commands share, once."""

import re
from collections.abc import Iterator
from typing import Any

import typer

from costcalc.cli.app import app
from costcalc.cli.commands import EXIT_CODES, GROUPS


def page() -> str:
    """Give the text of the page, below its heading."""
    root: Any = typer.main.get_command(app)
    context: Any = typer.Context(root, info_name="costcalc")
    commands = dict(_commands(root, "costcalc"))
    shared: dict[str, dict[str, str]] = {}
    lines = [EXIT_CODES, ""]
    for name, command in commands.items():
        lines += [f"## {name}", "", command.help, "", "```sh", *command.examples, "```", ""]
        own: frozenset[str] = command.own
        rows = [_row(one, context) for one in command.params if one.name in own]
        lines += [*_table(rows), ""] if rows else []
        others: dict[str, None] = {}
        for one in command.params:
            if one.name not in own and one.name != "help":
                panel = one.rich_help_panel or "Others"
                flag, says = _row(one, context)
                shared.setdefault(panel, {}).setdefault(flag, says)
                others[f"[{panel}](#{panel.lower().replace(' ', '-')})"] = None
        lines += [f"Beside these: {', '.join(others)}.", ""] if others else []
    lines += ["# Flags that commands share", ""]
    for panel, flags in shared.items():
        lines += [f"## {panel}", "", *_table(list(flags.items())), ""]
    return "\n".join(lines).rstrip()


def _commands(group: Any, name: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # typer does not export the type of a command
    for word, command in group.commands.items():
        if word in GROUPS:
            yield from _commands(command, f"{name} {word}")
        else:
            yield f"{name} {word}", command


def _row(one: Any, context: Any) -> tuple[str, str]:  # noqa: ANN401  # a parameter of typer's
    names = " ".join(f"`{flag}`" for flag in one.opts) if one.param_type_name == "option" else f"`{one.name}`"
    metavar = (
        "" if getattr(one, "is_flag", False) or one.param_type_name != "option" else f" {one.make_metavar(context)}"
    )
    return f"{names}{_inert(metavar)}", _inert(" ".join((one.help or "").split()))


def _inert(text: str) -> str:
    """Keep what Markdown would read: a bar ends a cell, and <…> is a tag."""
    return re.sub(r"([|<>\[\]])", r"\\\1", text)


def _table(rows: list[tuple[str, str]]) -> list[str]:
    return ["| | |", "|---|---|", *(f"| {flag} | {says} |" for flag, says in rows)]
