"""What a command says where it has no result: its errors, in every format."""

from collections.abc import Sequence

from costcalc.findings import Finding
from costcalc.render.as_json import diagnostic
from costcalc.render.findings import message_of, worst_first
from costcalc.render.report import Bullets, Report, marker_of
from costcalc.units import how_many


def failure_report(command: str, findings: Sequence[Finding], *, undecided: bool) -> Report:
    """Put errors into words and data; the report bears the marker of the command's result, whose place it takes.

    Args:
        command: The command, as its JSON document names it.
        findings: The errors.
        undecided: Whether the question has no answer yet; otherwise the command could not start.
    """
    count = f"{how_many(len(findings), 'error')}"
    verdict = f"costcalc {command.replace('-', ' ')} {'could not decide' if undecided else 'could not start'}: {count}."
    lines = tuple(f"{one.place}: {message_of(one)}" if one.place else message_of(one) for one in worst_first(findings))
    return Report(
        command,
        None,
        None,
        {},
        None,
        records=tuple(map(diagnostic, findings)),
        blocks=(Bullets("Errors", lines),),
        diagnostics=tuple(findings),
        marker=marker_of(command),
        verdict=(verdict,),
    )
