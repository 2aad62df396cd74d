"""What can go wrong, by the exit status that it ends in (DESIGN section 5)."""

from collections.abc import Sequence
from typing import Protocol


class Problem(Protocol):
    """What an error says of one problem; `costcalc.findings.Finding` is one."""

    @property
    def message(self) -> str:
        """One sentence: what was found, what was expected."""


class CostcalcError(Exception):
    """Base of every error that costcalc raises on purpose.

    Args:
        reason: What is wrong.
        subject: What it is about, where the reason alone does not say so.
        more: Further reasons of the same kind.
    """

    exit_status = 2

    def __init__(self, reason: str, *, subject: str = "", more: Sequence[str] = ()) -> None:
        self.messages = (f"{subject}: {reason}" if subject else reason, *more)
        super().__init__("\n".join(self.messages))
        self.reason = reason


class InputError(CostcalcError):
    """Files or values that cannot be used; carries every problem of the run, not only the first.

    Args:
        problems: What is wrong, each with its place where there is one.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(problem.message for problem in problems))
        self.problems = tuple(problems)


class FlagError(CostcalcError):
    """Flags that do not go together, or that leave out what is needed."""


class UnknownNameError(CostcalcError):
    """A model, option, tier or workload of that name does not exist."""


class AmbiguousNameError(UnknownNameError):
    """Several things have that name."""


class UndecidableError(CostcalcError):
    """The question has no answer yet: a price that it needs is missing."""

    exit_status = 3


class UnsuitableError(UndecidableError):
    """The option is not for a workload of this kind, so that there is nothing to price."""

    exit_status = 2
