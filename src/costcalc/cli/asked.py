"""What was asked, as every answer says it: the assumed numbers in words, and the inputs of the document."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from costcalc.cli.flags import TrafficFlags
from costcalc.units import MTOK, decimal, plural, whole

if TYPE_CHECKING:
    from costcalc.case.case import Case
    from costcalc.catalog.catalog import Catalog
    from costcalc.cost.policy import Policy
    from costcalc.render.report import Json

_NO_PEAK = "peak 1: no hour has more than the mean traffic"
_UNLESS = " unless an option says otherwise"
_COUNTED = 100  # from so many requests on a fraction of one says nothing


def assumptions_of(case: "Case") -> tuple[str, ...]:
    """Name the assumptions that the traffic rests on."""
    return tuple(
        each.path.removeprefix("assumptions.") for each in case.traffic if each.path.startswith("assumptions.")
    )


def traffic_lines(case: "Case", *, amount: bool) -> Iterator[str]:
    """Say what was priced, and which of its numbers nobody stated."""
    from costcalc.render.numbers import count, significant
    from costcalc.render.traffic import cached_of, request_of

    assumed = assumptions_of(case)
    sizes = [name for name in assumed if name != "peak_to_mean"]
    requests = case.workload.requests
    number = requests if requests < _COUNTED else round(requests)
    sent = f"{count(number)} {request_of(case.workload, number=number)}" if amount else request_of(case.workload)
    answers = any(shape.is_answer for shape in case.workload.shapes)
    counted = ", before each model's own reasoning" if answers else ""
    counted += f", as {case.workload.tokens_as} counts tokens" if case.workload.tokens_as is not None else ""
    if stored := Fraction(case.workload.stored) / MTOK:
        counted += f"; {significant(decimal(whole(stored)), 3)} Mtok-hours a month kept in a cache"
    rest_on = f" ({_named(sizes)})" if sizes else ""
    yield f"{sent}{cached_of(case.workload)}{counted}{rest_on}"
    times = significant(decimal(case.workload.peak), 3)
    peak = f"the busiest hour has {times} times the mean traffic" if case.workload.peak != 1 else _NO_PEAK
    yield f"{peak} (assumption peak_to_mean, --peak-to-mean)" if "peak_to_mean" in assumed else peak


def _named(assumptions: Sequence[str]) -> str:
    return f"{plural(len(assumptions), 'assumption')} {', '.join(assumptions)}"


def policy_line(catalog: "Catalog", policy: "Policy", named: Sequence[str] | None = None) -> str:
    """Say on which terms self-hosting is priced, and which of them an option has of its own.

    Args:
        catalog: The assumptions and the options.
        policy: What flags say for every option.
        named: The options that were named, those of ``--own`` too; None for those of the catalog.
    """
    from costcalc.catalog.forms.options import SelfHostOption
    from costcalc.render.numbers import quantity

    spares = catalog.assumption("spare_replicas").value if policy.spares is None else Decimal(policy.spares)
    headroom = catalog.assumption("headroom").value if policy.headroom is None else policy.headroom
    costs = policy.costs or "hardware"
    names = catalog.options if named is None else named
    stated = [option for name in names if isinstance(option := catalog.options.get(name), SelfHostOption)]

    def mostly(said: str, *others: object) -> str:
        """A policy has been laid over every option, so that one that differs does so where no flag speaks."""
        return f"{said}{_UNLESS}" if any(others) else said

    spare = f"{quantity(spares)} {plural(spares, 'spare')}" if spares else "no spare replica (--spares)"
    spare = mostly(spare, *(option.spares not in {None, spares} for option in stated))
    capacity = mostly(
        f"capacity {quantity(headroom)} × the peak (--headroom)",
        *(option.headroom not in {None, headroom} for option in stated),
    )
    counted = "people and upkeep counted" if costs == "all" else "without people (--costs all)"
    counted = mostly(counted, *(option.costs != costs for option in stated))
    return f"self-hosting: {spare}, {capacity}, {counted}"


def inputs_of(flags: TrafficFlags, case: "Case") -> "dict[str, Json]":
    """What was asked, for the document: a range is a list of its low, central and high value."""
    from costcalc.catalog.forms.scalars import Interval

    def given(number: Decimal | None) -> "Json":
        return [number.low, Decimal(number), number.high] if isinstance(number, Interval) else number

    workload = case.workload
    ranges: dict[str, Json] = {each.path: [each.low, each.value, each.high] for each in case.traffic}
    return {
        "tokens": given(flags.tokens),
        "cached_share": given(flags.cached_share),
        "output_per_request": given(flags.output_per_request),
        "workload": workload.name,
        "log": list(flags.log or ()),
        "kind": workload.kind,
        "requests": decimal(workload.requests),
        "output_tokens": decimal(workload.output_tokens),
        "input_tokens": given(flags.input_tokens) or decimal((case.counted or workload).input_tokens),
        "batchable_share": decimal(workload.batchable_share),
        "service_tier": workload.service_tier,
        "region": workload.region,
        "tokens_as": workload.tokens_as,
        "answer_tokens": given(flags.answer_tokens),
        "effort": workload.effort,
        "load": workload.load.label,
        "peak_to_mean": given(flags.peak_to_mean) or decimal(workload.peak),
        "seats": workload.seats,
        "typical_prompts": case.counted is not None,
        "ranges": ranges,
    }


def policy_inputs(policy: "Policy", own: tuple[str, ...]) -> "dict[str, Json]":
    """On which terms self-hosting was priced, and which hardware is the user's own, for the document."""
    return {"own": list(own), "spares": policy.spares, "headroom": policy.headroom, "costs": policy.costs}
