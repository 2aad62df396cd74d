"""``costcalc recommend``: one way of serving a workload, with its reasons."""

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, get_args

import typer

from costcalc.cli.context import day_in_force, load
from costcalc.cli.needs import (
    Against,
    Batchable,
    ColdStart,
    CostsFlag,
    Data,
    Latency,
    NeedFlags,
    OptionIds,
    PremiumShare,
    Quality,
    ReadsFlag,
    Region,
    Synthetic,
    Team,
    Tools,
    Workload,
)
from costcalc.cli.options import AsOf, CatalogPath, NoColor, OutputFiles, OutputFormat, one_of
from costcalc.cli.output import emit
from costcalc.cli.traffic import CachedShare, InputTokens, OutputPerRequest, PeakToMean, Sizes, Tokens
from costcalc.errors import FlagError
from costcalc.findings import did_you_mean
from costcalc.units import decimal, whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from costcalc.analysis.case import Case
    from costcalc.catalog.catalog import Catalog
    from costcalc.catalog.layers.load import Loaded
    from costcalc.recommend.answer import Asked, Recommendation
    from costcalc.render.report import Json
    from costcalc.scenario import Needs
    from costcalc.workload import WorkloadKind

GENERAL = "general"
UNDECIDED = 3  # exit status: no option passes the gates

Explain = Annotated[
    bool, typer.Option("--explain", help="Show every option, gate, rule and fact.", rich_help_panel="Output")
]


class _Traffic(NamedTuple):
    """The case that flags describe, what the workload needs, and what must be said of it."""

    case: "Case"
    needs: "Needs"
    current: str | None
    notes: tuple[str, ...]


Simulated = Annotated[
    bool,
    typer.Option(
        "--simulate",
        help="Draw how likely each option is the cheapest, instead of ranges of first order.",
        rich_help_panel="Output",
    ),
]
_DRAWS = 2_000  # a standard error of one point at most


def recommend_command(
    workload: Workload = None,
    tokens: Tokens = None,
    input_tokens: InputTokens = None,
    cached_share: CachedShare = None,
    output_per_request: OutputPerRequest = None,
    peak_to_mean: PeakToMean = None,
    batchable_share: Batchable = None,
    region: Region = None,
    data: Data = None,
    quality: Quality = None,
    latency: Latency = None,
    cold_start: ColdStart = None,
    reads: ReadsFlag = None,
    tools: Tools = False,
    team_fte: Team = None,
    trains_on_synthetic: Synthetic = False,
    premium_share: PremiumShare = None,
    options: OptionIds = None,
    against: Against = None,
    costs: CostsFlag = "all",
    as_of: AsOf = None,
    catalog: CatalogPath = None,
    simulated: Simulated = False,
    explain: Explain = False,
    form: OutputFormat = "text",
    output: OutputFiles = None,
    no_color: NoColor = False,
) -> int:
    """Recommend one way of serving a workload: its cost, its reasons, and when to look again.

    Gates exclude options, rules say which of the others suffice, and the cheapest of those is the answer.
    """
    from costcalc.catalog.forms.options import Costs
    from costcalc.recommend.answer import Asked
    from costcalc.recommend.recommend import recommend
    from costcalc.render.recommendation import recommendation_report

    sizes = Sizes(tokens, input_tokens, cached_share, output_per_request)
    flags = NeedFlags(data, quality, latency, cold_start, reads, tools, team_fte, trains_on_synthetic, premium_share)
    needs, file, chosen = flags.stated(), _file_of(workload, sizes), _listed(options)
    loaded = load(catalog, project=file)
    traffic = _traffic(loaded, workload, sizes, day_in_force(loaded, as_of))
    case = _changed(traffic.case, batchable_share=batchable_share, region=region, peak_to_mean=peak_to_mean)
    asked = Asked(chosen, against, traffic.current, one_of(costs, get_args(Costs), "--costs"))
    chances = _chances if simulated else None
    answer = recommend(case, traffic.needs.model_copy(update=_checked(needs)), asked, chances=chances)
    inputs = _inputs(answer, asked, explain=explain)
    emit(
        recommendation_report(answer, inputs=inputs, notes=traffic.notes, explain=explain),
        form,
        output,
        no_color=no_color,
    )
    return UNDECIDED if answer.choice is None else 0


def _chances(case: "Case", options: "Sequence[str]") -> dict[str, float]:
    """Draw how likely each option is the cheapest, always from the same seed."""
    from costcalc.analysis.montecarlo import simulate

    found = simulate(case, options, draws=_DRAWS, seed=0)
    return {one.option: one.cheapest.value for one in found.outcomes}


def _listed(options: str | None) -> tuple[str, ...] | None:
    if options is None:
        return None
    names = tuple(dict.fromkeys(one.strip() for one in options.split(",") if one.strip()))
    if not names:
        raise FlagError("--options names no option")
    return names


def _file_of(workload: str | None, sizes: Sizes) -> str | None:
    """Tell a project file from a kind of workload, and check that the traffic is said once."""
    from costcalc.workload import KINDS

    given = [f"--{name.replace('_', '-')}" for name, value in sizes._asdict().items() if value is not None]
    if workload is None or workload in KINDS:
        if sizes.tokens is None:
            raise FlagError("say how much is to be served: --tokens 5e8 (output tokens a month)")
        return None
    file = workload.partition("#")[0]
    if "#" not in workload and "." not in file and "/" not in file:
        hint = did_you_mean(workload, KINDS)
        kinds = f"expected a kind ({', '.join(KINDS)}) or FILE#NAME, found '{workload}'"
        raise typer.BadParameter(f"{kinds}; {hint}" if hint else kinds, param_hint="'--workload'")
    if given:
        raise FlagError(f"--workload says what is to be served; leave out {', '.join(given)}")
    if not file or workload.endswith("#"):
        raise typer.BadParameter(f"expected FILE or FILE#NAME, found '{workload}'", param_hint="'--workload'")
    return file


def _checked(needs: dict[str, Any]) -> dict[str, Any]:
    """Check what flags say as a project file would be checked, and give the values."""
    from costcalc.scenario import Needs

    checked = Needs.model_validate(needs)
    return {name: getattr(checked, name) for name in needs}


def _traffic(loaded: "Loaded", workload: str | None, sizes: Sizes, day: "date") -> _Traffic:
    from costcalc.workload import KINDS

    name = workload or GENERAL
    kind = next((known for known in KINDS if known == name), None)
    return _of_kind(loaded.catalog, kind, sizes, day) if kind is not None else _of_file(loaded, name, day)


def _of_kind(catalog: "Catalog", name: "WorkloadKind", sizes: Sizes, day: "date") -> _Traffic:
    """Describe a month of a kind of workload: its usual requests, as many as the tokens make, unless flags say more."""
    from costcalc.analysis.case import Case
    from costcalc.render.numbers import count, quantity
    from costcalc.scenario import Needs
    from costcalc.workload import Shape, Workload

    assert sizes.tokens is not None  # checked with the flags
    kind = catalog.kinds()[name]
    size = sizes.output_per_request or Fraction(kind.output_tokens)
    requests = sizes.tokens / size
    prompt = sizes.input_tokens / requests if sizes.input_tokens is not None else Fraction(kind.input_tokens)
    cached = sizes.cached_share if sizes.cached_share is not None else Fraction(kind.cached_share)
    shape = Shape.of(input_tokens=prompt, cached_share=cached, output_tokens=size)
    month = Workload(
        whole(requests),
        (shape,),
        batchable_share=Fraction(kind.batchable_share),
        peak_to_mean=Fraction(kind.peak_to_mean),
        name=name,
        kind=name,
    )
    read = f"{count(whole(prompt))} tokens in, {float(cached) * 100:g} % of them cached, {count(whole(size))} out"
    note = (
        f"{count(whole(requests))} requests of {read}; {float(kind.batchable_share) * 100:g} % can wait, peak"
        f" {quantity(kind.peak_to_mean)} times the mean: {name} as it usually is ({kind.because})"
    )
    return _Traffic(Case(month, catalog, day), Needs(), None, (note,))


def _of_file(loaded: "Loaded", workload: str, day: "date") -> _Traffic:
    from costcalc.analysis.case import case_of
    from costcalc.render.numbers import count
    from costcalc.scenario import parse_scenario

    file, _, name = workload.partition("#")
    if loaded.project is None:
        raise typer.BadParameter(f"expected a costcalc.yaml with workloads, found '{file}'", param_hint="'--workload'")
    scenario = parse_scenario(loaded.project)
    chosen, entry = scenario.entry(name or None)
    case = case_of(entry, chosen, loaded.catalog, as_of=day)
    shapes = f"{len(entry.shapes)} shape{'s' if len(entry.shapes) > 1 else ''}"
    note = f"workload '{chosen}' of {file}: {count(case.workload.requests)} requests a month, {shapes}, {entry.kind}"
    return _Traffic(case, entry.needs, entry.option, (note,))


def _changed(case: "Case", **flags: Any) -> "Case":  # noqa: ANN401  # fields of a workload
    """Give the case with what flags say of its workload."""
    said = {name: value for name, value in flags.items() if value is not None}
    if not said:
        return case
    rebuild = case.rebuild
    if rebuild is None:
        return replace(case, workload=replace(case.workload, **said))

    def again(values: "Mapping[str, Decimal]") -> Any:  # noqa: ANN401  # a workload
        return replace(rebuild(values), **said)

    return replace(case, workload=replace(case.workload, **said), rebuild=again)


def _inputs(answer: "Recommendation", asked: "Asked", *, explain: bool) -> "dict[str, Json]":
    month, facts = answer.question.workload, answer.question.asked
    return {
        "workload": month.name,
        "kind": month.kind,
        "requests": decimal(month.requests),
        "output_tokens": decimal(month.output_tokens),
        "input_tokens": decimal(month.input_tokens),
        "batchable_share": decimal(month.batchable_share),
        "peak_to_mean": decimal(month.peak),
        "region": month.region,
        "data": facts.get("data"),
        "against": asked.against,
        "options": sorted(asked.options) if asked.options is not None else None,
        "costs": asked.costs,
        "explain": explain,
    }
