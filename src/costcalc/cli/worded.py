"""Errors of a command line in words: what was meant, where that is plain, and else what to type next."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from costcalc.units import parse_amount

if TYPE_CHECKING:
    from typer.exceptions import TyperException

_NEAR = 0.75  # as alike are two flags of which one is a slip

# what is one thing under several names: in costcalc's commands, in the engines, in people's words
_SAME = (
    ("--weights", "--precision", "--quantization", "--dtype"),
    ("--kv", "--kv-cache-dtype"),
    ("--tp", "--tensor-parallel-size"),
    ("--pp", "--pipeline-parallel-size"),
    ("--seats", "--users", "--developers", "--people", "--employees", "--headcount"),
    ("--options", "--model", "--models", "--provider"),
    ("--requests", "--calls", "--queries"),
    ("--conversations", "--chats", "--sessions"),
    ("--output-per-request", "--output-tokens", "--max-tokens"),
    ("--as-of", "--date", "--day"),
    ("--notes", "--verbose"),
)
_COMMANDS = {
    "cost": "compare",
    "costs": "compare",
    "price": "compare",
    "estimate": "compare",
    "forecast": "project",
    "budget": "check",
    "completion": "--install-completion",
    "version": "--version",
    "help": "--help",
}


def worded(error: "TyperException") -> str:
    """Word what is wrong with a command line, with what was meant or what to type next."""
    # typer does not export the classes of these errors
    context: Any = getattr(error, "ctx", None)
    if type(error).__name__ == "MissingParameter":
        (example, *_) = context.command.examples
        return f"{error.format_message().rstrip('.')}; for example: {example}"
    if type(error).__name__ == "NoSuchOption":
        return _flag(error, context)
    if (command := re.match(r"No such command '(.*?)'\.", error.message)) and context is not None:
        return _command(command[1], context)
    if (extra := re.fullmatch(r"Got unexpected extra argument\(s\) \((.*)\)", error.message)) and context is not None:
        return _argument(extra[1], context)
    return error.format_message()


def _flag(error: Any, context: Any) -> str:  # noqa: ANN401  # typer's own classes
    """Offer the command's own name of a flag, else the nearest one, else its help."""
    wrong = error.option_name
    known = {flag for parameter in context.command.params for flag in parameter.opts}
    same = next((flag for names in _SAME for flag in names if wrong in names and flag in known), None)
    meant = same or _nearest(wrong, error.possibilities or ())
    return f"{error.message}; {_or_help(meant, context)}"


def _nearest(wrong: str, flags: Sequence[str]) -> str | None:
    """Give the flag that begins so or, if it is nearly the same, the nearest."""
    from difflib import SequenceMatcher

    alike = {flag: (flag.startswith(wrong), SequenceMatcher(None, flag, wrong).ratio()) for flag in flags}
    nearest = max(alike, key=lambda flag: alike[flag], default=None)
    return nearest if nearest is not None and max(alike[nearest]) >= _NEAR else None


def _command(wrong: str, context: Any) -> str:  # noqa: ANN401
    from costcalc.findings import did_you_mean

    message = f"No such command '{wrong}'"
    if context.parent is None and wrong in _COMMANDS:
        return f"{message}; did you mean 'costcalc {_COMMANDS[wrong]}'?"
    hint = did_you_mean(wrong, context.command.list_commands(context))
    return f"{message}; {hint or f'{context.command_path} --help lists them'}"


def _argument(extra: str, context: Any) -> str:  # noqa: ANN401
    """Take a number without its flag for tokens, where a command asks for those."""
    known = {flag for parameter in context.command.params for flag in parameter.opts}
    try:
        parse_amount(extra)
    except ValueError:
        meant = None
    else:
        meant = f"--tokens {extra}" if "--tokens" in known else None
    return f"Got unexpected extra argument(s) ({extra}); {_or_help(meant, context)}"


def _or_help(meant: str | None, context: Any) -> str:  # noqa: ANN401
    return f"did you mean '{meant}'?" if meant is not None else f"{context.command_path} --help has its flags"
