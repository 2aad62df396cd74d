"""Which published scores a command shows, as flags: the benchmark and whose."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from costcalc.cli import complete
from costcalc.cli.flags import NEEDS_PANEL
from costcalc.cli.values import filled
from costcalc.errors import UnknownNameError

if TYPE_CHECKING:
    from costcalc.case.case import Case


def _score(help_text: str) -> Any:  # noqa: ANN401  # typer's
    return typer.Option(
        "--score",
        parser=filled,
        metavar="BENCHMARK",
        help=help_text,
        autocompletion=complete.benchmarks,
        rich_help_panel=NEEDS_PANEL,
    )


ScoreOf = Annotated[
    str | None, _score("The benchmark, such as swe-bench-verified (default: that of the kind of work).")
]
ScoreBeside = Annotated[
    str | None, _score("Show the scores of a benchmark beside the costs, such as swe-bench-verified.")
]
ReporterOf = Annotated[
    str | None,
    typer.Option(
        "--reporter",
        parser=filled,
        metavar="NAME",
        help="Whose scores: a reporter's; vendor, each vendor's own, or any, both not comparable; own, your tests.",
        rich_help_panel=NEEDS_PANEL,
    ),
]


def benchmark_of(text: str | None, case: "Case") -> str:
    """Find the benchmark that was named, else that of the kind of work.

    Raises:
        BadParameter: There is none of that name.
    """
    from costcalc.catalog.boards import benchmark_named

    if text is None:
        return case.catalog.kinds()[case.workload.kind].quality.benchmark
    try:
        return benchmark_named(text, case.catalog.quality())
    except UnknownNameError as error:
        raise typer.BadParameter(error.reason, param_hint="'--score'") from None
