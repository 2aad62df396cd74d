"""Names: what kinds of thing have one, how it is compared, and what to do next where nothing has it."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from costcalc.errors import AmbiguousNameError, UnknownNameError
from costcalc.findings import did_you_mean

ThingKind = Literal["option", "assumption", "plan", "model", "open model", "GPU", "currency"]
AddedKind = Literal["model", "gpu", "plan", "option", "assumption"]  # as ``catalog add`` calls what it adds


class Named(NamedTuple):
    """A kind of thing that has names.

    Args:
        word: What an error calls it.
        folder: The key of the catalog under which it stands.
        listed_by: What ``costcalc catalog list`` calls all of them.
        otherwise: What else a user can do where the catalog lacks it.
    """

    word: str
    folder: str
    listed_by: str
    otherwise: str


_MEASURED = "give the option a measured tokens_per_s (--own: tokens/s=)"
_READ = "read it: costcalc size --config its-config.json --save mine.yaml, then --catalog mine.yaml"

# the order in which a name without a kind is looked up
NAMED: dict[ThingKind, Named] = {
    "option": Named("option", "options", "options", "costcalc catalog add option adds yours"),
    "assumption": Named("assumption", "assumptions", "assumptions", "costcalc catalog add assumption adds yours"),
    "plan": Named("plan", "plans", "plans", "costcalc catalog add plan adds yours"),
    "model": Named("model", "api", "models", "costcalc catalog add model adds yours"),
    "open model": Named(
        "model",
        "models",
        "open-models",
        f"for another, {_MEASURED}, or {_READ}",
    ),
    "GPU": Named("GPU", "gpus", "gpus", f"for another, {_MEASURED}, or costcalc catalog add gpu"),
    "currency": Named("currency", "exchange_rates", "currencies", "exchange_rates of a costcalc.yaml adds yours"),
}

# what folder/id can name; a model or a plan is provider/id already
OF_FOLDER: dict[str, ThingKind] = {of.folder: kind for kind, of in NAMED.items() if kind not in {"model", "plan"}}
ADDED: dict[AddedKind, ThingKind] = {
    "model": "model",
    "gpu": "GPU",
    "plan": "plan",
    "option": "option",
    "assumption": "assumption",
}


@lru_cache(maxsize=1024)
def slug(name: str) -> str:
    """Write a name as an id: lower case, and a hyphen for whatever is neither letter, digit nor dot.

    Example:
        >>> slug("RTX 4060 Ti 16GB"), slug("Qwen3.5-397B-A17B"), slug("TPU v6e (Trillium)")
        ('rtx-4060-ti-16gb', 'qwen3.5-397b-a17b', 'tpu-v6e-trillium')
    """
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-")


def unknown(kind: ThingKind, name: str, names: Iterable[str], *, remark: str = "") -> UnknownNameError:
    """Make the error for a name that nothing of a kind has: near names first, then what to do next.

    Example:
        >>> print(unknown("GPU", "H1000", ["H100", "B200"]))
        unknown GPU 'H1000'; did you mean 'H100'? costcalc catalog list gpus names them all; for another, give the
        option a measured tokens_per_s (--own: tokens/s=), or costcalc catalog add gpu
    """
    of = NAMED[kind]
    message = with_hint(f"unknown {of.word} '{name}'{remark}", did_you_mean(name, names))
    return UnknownNameError(with_next(message, f"costcalc catalog list {of.listed_by} names them all; {of.otherwise}"))


def nothing_called(
    name: str, kinds: Sequence[ThingKind], names: Iterable[str], *, is_provider: bool
) -> UnknownNameError:
    """Make the error for a name that nothing of several kinds has; a provider has terms, in a file of one's own."""
    if is_provider:
        return UnknownNameError(
            f"'{name}' is a provider: name one of its models (costcalc catalog list models), or write its terms into a"
            f" costcalc.yaml, as contracts: {{{name}: {{discount: 0.15, …}}}}"
        )
    *others, last = kinds
    message = f"unknown name '{name}': no {', '.join(others)} or {last} is called so"
    message = with_hint(message, did_you_mean(name, names))
    return UnknownNameError(with_next(message, "costcalc catalog list names what there is"))


def ambiguous(name: str, refs: Iterable[str]) -> AmbiguousNameError:
    """Make the error for a name that several providers sell a model under; it lists them, and prefers none."""
    return AmbiguousNameError(f"several providers sell '{name}'; name one of: {', '.join(refs)}; prices are per Mtok")


def with_next(message: str, words: str) -> str:
    """Put what to do next behind a message, which may end in a question."""
    return f"{message}{' ' if message.endswith('?') else '; '}{words}"


def with_hint(message: str, hint: str | None) -> str:
    """Put a near name behind a message, where there is one."""
    return f"{message}; {hint}" if hint else message
