"""The case of a workload of a project file, and of all of its workloads together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from costcalc.case.case import Case
from costcalc.case.inputs import Input, changed, ranges_of
from costcalc.case.usual import PEAK, USUAL_PEAK, UsualPeak, peak_inputs, peak_of_kind
from costcalc.catalog.catalog import Catalog
from costcalc.errors import FlagError
from costcalc.scenario import Scenario, WorkloadEntry
from costcalc.week import Load
from costcalc.workload import Workload

ALL = "all workloads"
TERMS = ("service_tier", "region", "tokens_as", "effort")  # what workloads must have in common to be served together


def case_of(entry: WorkloadEntry, name: str, catalog: Catalog, *, as_of: date) -> Case:
    """Make a case of a workload of a project file, with the ranges that it states.

    Where it states neither a peak nor its hours, the peak is the usual one: of its kind, else the assumption.
    """
    usual = usual_peak(entry, catalog)
    traffic = [_within(one, entry) for one in ranges_of("workload", entry)]
    if usual is not None:
        traffic += peak_inputs(usual, catalog)
    volume = next((one.path for one in traffic if one.path == "workload.requests"), "")

    def rebuild(values: Mapping[str, Decimal]) -> Workload:
        moved = entry
        for path, value in values.items():
            if usual is None or path not in {USUAL_PEAK, PEAK}:
                moved = changed(moved, path.split(".")[1:], value)
        workload = moved.to_workload(name)
        if usual is None:
            return workload
        peak = values.get(USUAL_PEAK, values.get(PEAK, usual.value))
        return replace(workload, peak_to_mean=Fraction(peak), has_usual_peak=True)

    return Case(rebuild({}), catalog, as_of, tuple(traffic), rebuild, volume)


def usual_peak(entry: WorkloadEntry, catalog: Catalog) -> UsualPeak | None:
    """Give the peak of a workload that states none: that of its kind, else the assumption; None where it states one."""
    if entry.peak_to_mean is not None or entry.load:
        return None
    return peak_of_kind(entry.kind, catalog)


def _within(one: Input, entry: WorkloadEntry) -> Input:
    """Keep an input of a workload where the workload stays one: a peak is at least the mean, a prompt is whole."""
    *_, index, key = one.path.split(".")
    if one.path == PEAK:
        return one._replace(least=Decimal(1))
    if key == "cached_share":
        return one._replace(most=entry.shapes[int(index)].most_cached)
    if key == "input_tokens":
        return one._replace(least=entry.shapes[int(index)].least_prompt)
    if key == "answer_tokens":
        return one._replace(least=Decimal(1))
    if key == "output_tokens":
        return one._replace(least=entry.shapes[int(index)].least_output)
    return one


def case_of_all(scenario: Scenario, catalog: Catalog, *, as_of: date) -> Case:
    """Make one case of all workloads of a file: every request of each, served by one option.

    What can wait stays with its own requests; hours are weighted by requests; the peaks are taken to fall into the same
    hour, so the peak of the sum is their mean weighted by requests: no fleet is too small for it.

    Raises:
        FlagError: They do not need the same tier or region, or count different models' tokens, so that no option can be
            priced for their sum.
    """
    cases = {name: case_of(entry, name, catalog, as_of=as_of) for name, entry in scenario.workloads.items()}
    if len(cases) == 1:
        return next(iter(cases.values()))
    for term in TERMS:
        wanted = {name: getattr(case.workload, term) for name, case in cases.items()}
        if len(set(wanted.values())) > 1:
            said = ", ".join(f"{name}: {value or 'none'}" for name, value in wanted.items())
            raise FlagError(f"the workloads differ in {term} ({said}), so they have no sum; name one with #")
    traffic = {f"{name}/{one.path}": one for name, case in cases.items() for one in case.traffic}

    def rebuild(values: Mapping[str, Decimal]) -> Workload:
        return together([_rebuilt(case, name, values) for name, case in cases.items()])

    inputs = [one._replace(path=_path_in_sum(path, one)) for path, one in traffic.items()]
    return Case(rebuild({}), catalog, as_of, tuple({one.path: one for one in inputs}.values()), rebuild)


def _path_in_sum(path: str, one: Input) -> str:
    """Name an input of one workload in the sum: workload.BOT.requests; an assumption is that of all."""
    name, _, own = path.partition("/")
    return own if own.startswith("assumptions.") else f"workload.{name}.{one.path.removeprefix('workload.')}"


def _rebuilt(case: Case, name: str, values: Mapping[str, Decimal]) -> Workload:
    own = {
        one.path: values[path] for one in case.traffic if (path := _path_in_sum(f"{name}/{one.path}", one)) in values
    }
    rebuild: Callable[[Mapping[str, Decimal]], Workload] | None = case.rebuild
    return rebuild(own) if rebuild is not None and own else case.workload


def together(workloads: Sequence[Workload]) -> Workload:
    """Add workloads up, which need the same tier and region and count the same tokens.

    Args:
        workloads: They are served together, and their peaks fall into the same hour.
    """
    total = sum((Fraction(each.requests) for each in workloads), start=Fraction(0))
    weights = [Fraction(each.requests) / total for each in workloads]
    kinds, seats = {each.kind for each in workloads}, [each.seats for each in workloads]
    return Workload(
        requests=total,
        shapes=tuple(
            replace(
                shape,
                share=Fraction(shape.share) * weight,
                batchable_share=each.batchable_share if shape.batchable_share is None else shape.batchable_share,
            )
            for each, weight in zip(workloads, weights, strict=True)
            for shape in each.shapes
        ),
        batchable_share=sum(
            (Fraction(each.batchable_share) * weight for each, weight in zip(workloads, weights, strict=True)),
            start=Fraction(0),
        ),
        service_tier=workloads[0].service_tier,
        region=workloads[0].region,
        tokens_as=workloads[0].tokens_as,
        effort=workloads[0].effort,
        load=Load.mixed([(each.load, weight) for each, weight in zip(workloads, weights, strict=True)]),
        name=ALL,
        peak_to_mean=sum(
            (Fraction(each.peak) * weight for each, weight in zip(workloads, weights, strict=True)), start=Fraction(0)
        ),
        kind=kinds.pop() if len(kinds) == 1 else "general",
        seats=sum(each or 0 for each in seats) if all(seats) else None,
        stored=sum((Fraction(each.stored) for each in workloads), start=Fraction(0)),
        has_usual_peak=all(each.has_usual_peak for each in workloads),
    )
