"""``costcalc recommend``: one way of serving a workload, with its reasons."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from costcalc.cli.answer import Answer
from costcalc.cli.flags import OUTPUT_PANEL, Explain, MoneyFlags, PriceFlags, ServingFlags, TrafficFlags
from costcalc.cli.needs import Against, NeedFlags
from costcalc.cli.question import Question, question
from costcalc.errors import FlagError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from costcalc.case.case import Case
    from costcalc.cost.estimate import Estimate
    from costcalc.recommend.answer import Recommendation
    from costcalc.render.report import Json
    from costcalc.scenario import Needs

UNDECIDED = 3  # exit status: no option passes the gates

Simulated = Annotated[
    bool,
    typer.Option(
        "--simulate",
        help="Draw how likely each option is the cheapest, instead of ranges of first order.",
        rich_help_panel=OUTPUT_PANEL,
    ),
]
_DRAWS = 2_000  # a standard error of one point at most


def recommend_command(
    traffic: TrafficFlags,
    needs: NeedFlags,
    serving: ServingFlags,
    prices: PriceFlags,
    shown: MoneyFlags,
    against: Against = None,
    simulated: Simulated = False,
    explain: Explain = False,
) -> Answer:
    """Recommend one option: its cost, its reasons, when to ask again.

    Gates exclude options, rules say which of the others suffice, and the cheapest of those is the answer. A file of
    several workloads gets an answer for each, and the sum beside what is paid today.
    """
    from costcalc.render.ahead import with_announced
    from costcalc.render.recommend import recommendation_report

    stated = needs.stated()
    asked = question(traffic, serving, prices, shown, costs="all", apart=True)
    inputs = {
        **asked.inputs,
        "against": against,
        "options": sorted(asked.chosen(())) if asked.options is not None else None,
        "explain": explain,
    }
    if asked.parts:
        return _for_each(asked, stated, inputs, against=against, simulated=simulated, explain=explain)
    answer = recommendation(asked, stated, against=against, simulated=simulated)
    inputs["data"] = answer.question.asked.get("data")
    report = recommendation_report(answer, inputs=inputs, notes=asked.said.notes, explain=explain, money=asked.money)
    report = with_announced(report, answer.ahead)
    return Answer(report, UNDECIDED if answer.choice is None else 0, catalog=asked.case.catalog)


def _for_each(
    asked: Question,
    stated: dict[str, Any],
    inputs: "dict[str, Json]",
    *,
    against: str | None,
    simulated: bool,
    explain: bool,
) -> Answer:
    """Answer each of several workloads, and look for one option for all of them where they have a sum."""
    from costcalc.cli.progress import progress_of
    from costcalc.cost.owed import commitments_of
    from costcalc.recommend.plan import Plan, Row
    from costcalc.render.recommend_plan import plan_report

    rows, today = list[Row](), _served_today(asked)
    with progress_of(f"{len(asked.parts)} workloads") as progress:
        for part in asked.each():
            answer = recommendation(part, stated, against=against, simulated=simulated)
            name = part.case.workload.name
            rows.append(Row(name, answer, part.today, today.get(name)))
            if progress is not None:
                progress(len(rows) / (len(asked.parts) + 1))
        together, apart = _together(asked, stated, against=against, simulated=simulated)
    catalog = asked.case.catalog
    owed = tuple(each for each in commitments_of(catalog, {}) if each.holds_on(asked.case.as_of))
    report = plan_report(
        Plan(tuple(rows), together, apart, owed),
        as_of=asked.case.as_of,
        digest_of=catalog.digest_of,
        inputs=inputs,
        assumed=asked.said.notes[-1:],  # on which terms machines are priced; the rest is of one workload
        explain=explain,
        money=asked.money,
    )
    return Answer(report, UNDECIDED if any(row.usd is None for row in rows) else 0, catalog=catalog)


def _served_today(asked: Question) -> "dict[str, Estimate | None]":
    """Price what serves each workload today; those that name one option of machines share it, as in `check`."""
    from costcalc.case.shared import Use, served

    uses = {each.case.workload.name: Use(each.case.workload, each.today) for each in asked.each() if each.today}
    found = served(uses, asked.case.catalog, as_of=asked.case.as_of)
    return {name: each.estimate for name, each in found.items()}


def _together(
    asked: Question, stated: dict[str, Any], *, against: str | None, simulated: bool
) -> "tuple[Recommendation | None, str]":
    """Find the one option for all workloads; None, and why, where they have no sum or ask for different things."""
    if asked.no_sum:
        return None, asked.no_sum
    try:
        return recommendation(asked, stated, against=against, simulated=simulated), ""
    except FlagError as error:
        return None, error.reason


def recommendation(
    asked: Question, stated: dict[str, Any], *, against: str | None = None, simulated: bool = False
) -> "Recommendation":
    """Find the answer to a question.

    Args:
        asked: The question.
        stated: What flags say of whoever serves it, in place of what its file says.
        against: The baseline of the saving, or None.
        simulated: Whether to draw how likely each option is the cheapest.
    """
    from costcalc.recommend.answer import Asked
    from costcalc.recommend.recommend import recommend

    options = tuple(asked.chosen(())) if asked.options is not None else None
    wanted = _needs(asked).model_copy(update=_with_one_floor(_checked(stated)))
    chances = _chances if simulated else None
    return recommend(asked.case, wanted, Asked(options, against, asked.today, asked.costs), chances=chances)


def _needs(asked: Question) -> "Needs":
    """Give what the workload asks of whoever serves it; several workloads must ask for the same.

    Raises:
        FlagError: They do not.
    """
    from costcalc.scenario import Needs

    if asked.scenario is None:
        return asked.entry.needs if asked.entry is not None else Needs.model_construct()
    needs = [entry.needs for entry in asked.scenario.workloads.values()]
    if any(each != needs[0] for each in needs):
        raise FlagError("the workloads of the file ask for different things (needs); name one with #")
    return needs[0]


def _chances(case: "Case", options: "Sequence[str]") -> dict[str, float]:
    """Draw how likely each option is the cheapest, always from the same seed."""
    from costcalc.recommend.chances import chances_of

    return chances_of(case, options, draws=_DRAWS, seed=0)


def _with_one_floor(stated: dict[str, Any]) -> dict[str, Any]:
    """Take the file's floor of quality away where a flag states another one."""
    floors = {"quality", "at_least"}
    return {**dict.fromkeys(floors if floors & stated.keys() else ()), **stated}


def _checked(needs: dict[str, Any]) -> dict[str, Any]:
    """Check what flags say as a project file would be checked, and give the values."""
    if not needs:
        return {}
    from costcalc.scenario import Needs

    checked = Needs.model_validate(needs)
    return {name: getattr(checked, name) for name in needs}
