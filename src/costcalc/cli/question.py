"""The one door for a question: flags, a workload of a file or a kind of work become a case, with what was assumed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import typer

from costcalc.cli.context import day_in_force, load
from costcalc.cli.flags import PriceFlags, ServingFlags, TrafficFlags
from costcalc.cli.values import named_options, one_of
from costcalc.errors import FlagError
from costcalc.units import Volume, decimal, whole

if TYPE_CHECKING:
    from costcalc.case.case import Case
    from costcalc.case.month import Traffic
    from costcalc.catalog.catalog import Catalog
    from costcalc.catalog.layers.load import Loaded
    from costcalc.cost.policy import Costs
    from costcalc.render.report import Json
    from costcalc.scenario import Needs, Scenario, WorkloadEntry


class Question(NamedTuple):
    """What was asked.

    Args:
        case: The traffic, the catalog and the day.
        options: The options that were named, `--own` among them; None where the command has to choose.
        own: The ids of the options of `--own`.
        assumed: What a page says of the traffic and of what was assumed, in at most three lines.
        assumptions: Ids of the assumptions that the traffic rests on.
        inputs: What was asked, for the document.
        volume: Output tokens a month, or the interval in which they lie; None where no amount was given.
        today: The option that serves the workload today.
        entry: The workload as its file has it.
        scenario: The file's workloads, where all of them were asked for.
    """

    case: "Case"
    options: tuple[str, ...] | None
    own: tuple[str, ...]
    assumed: tuple[str, ...]
    assumptions: tuple[str, ...]
    inputs: "dict[str, Json]"
    volume: Volume | None
    today: str | None = None
    entry: "WorkloadEntry | None" = None
    scenario: "Scenario | None" = None

    @property
    def needs(self) -> "Needs":
        """What the workload asks of whoever serves it."""
        from costcalc.scenario import Needs

        return self.entry.needs if self.entry is not None else Needs()

    def chosen(self, usual: Sequence[str]) -> list[str]:
        """Give the options that were named, else the usual ones, today's among them; those of one's own follow."""
        usual = [*usual, *([self.today] if self.today is not None else [])]
        return list(dict.fromkeys((*(usual if self.options is None else self.options), *self.own)))


def question(
    traffic: TrafficFlags, serving: ServingFlags, prices: PriceFlags, *, costs: "Costs | None" = None, mix: bool = False
) -> Question:
    """Ask: load the catalog, and make one case of whatever was said.

    Args:
        traffic: What is to be served.
        serving: The options and their terms.
        prices: Catalog and day.
        costs: With which costs the command prices self-hosting where nothing is said; None as the options say.
        mix: Whether a mix of requests will do, without an amount.

    Raises:
        FlagError: Something is said twice, half, or not at all.
    """
    _check(traffic)
    kind, file, name = _served(traffic)
    loaded = load(prices.catalog, project=file)
    day = day_in_force(loaded, prices.as_of)
    catalog, own = _equipped(loaded.catalog, serving, day, costs)
    if file is not None:
        found = _of_file(loaded, catalog, file, name, day)
    else:
        found = _of_flags(traffic, kind, catalog, day, mix=mix)
    case = _with_terms(found.case, traffic, of_file=file is not None)
    names = named_options(serving.options)
    return found._replace(
        case=case,
        options=tuple(names) if names is not None else None,
        own=own,
        assumed=(*found.assumed, *_policy_lines(catalog, serving, costs)),
        inputs={**_inputs(traffic, case), **_policy_inputs(serving, own, costs)},
        volume=_volume(case) if _has_amount(traffic) else None,
    )


_AMOUNTS = ("tokens", "requests", "conversations", "seats")
_BESIDE_A_FILE = ("seats", "peak_to_mean", "batch", "batchable_share", "service_tier", "region", "workload")


def _check(traffic: TrafficFlags) -> None:
    if traffic.batch and traffic.service_tier is not None:
        raise FlagError("a batch has no service tier: give --batch or --service-tier, not both")
    if traffic.batch and traffic.batchable_share is not None:
        raise FlagError("--batch is a batchable share of 1; leave out --batchable-share")


def _has_amount(traffic: TrafficFlags) -> bool:
    return any(getattr(traffic, name) is not None for name in (*_AMOUNTS, "workload"))


class _Served(NamedTuple):
    """A kind of work, or a workload of a file."""

    kind: str | None
    file: str | None
    name: str | None


def _served(traffic: TrafficFlags) -> _Served:
    """Tell a kind of work from a file; `--workload customer_service` is a kind as well."""
    from costcalc.findings import did_you_mean
    from costcalc.workload import KINDS

    text = traffic.workload
    if text is None or text in KINDS:
        if text is not None and traffic.kind not in {None, text}:
            raise FlagError(f"--workload {text} and --kind {traffic.kind} name two kinds of work")
        kind = text or traffic.kind
        return _Served(one_of(kind, KINDS, "--kind") if kind is not None else None, None, None)
    file, hash_sign, name = text.partition("#")
    if not file or (hash_sign and not name):
        raise typer.BadParameter(f"expected FILE or FILE#NAME, found '{text}'", param_hint="'--workload'")
    if not hash_sign and "." not in file and "/" not in file:
        hint = did_you_mean(text, KINDS)
        kinds = f"expected FILE#NAME or a kind of work ({', '.join(KINDS)}), found '{text}'"
        raise typer.BadParameter(f"{kinds}; {hint}" if hint else kinds, param_hint="'--workload'")
    beside = traffic._replace(**{field: TrafficFlags._field_defaults[field] for field in _BESIDE_A_FILE})
    given = [f"--{field.replace('_', '-')}" for field, value in beside._asdict().items() if value not in {None, False}]
    if given:
        raise FlagError(f"--workload says what is to be served; leave out {', '.join(given)}")
    return _Served(None, file, name or None)


def _equipped(
    catalog: "Catalog", serving: ServingFlags, day: date, costs: "Costs | None"
) -> "tuple[Catalog, tuple[str, ...]]":
    """Give the catalog with the user's own hardware and with the policy for all that is self-hosted."""
    from costcalc.cost.policy import Costs, Policy, with_policy

    wanted = one_of(serving.costs, get_args(Costs), "--costs") if serving.costs is not None else costs
    headroom = decimal(whole(serving.headroom)) if serving.headroom is not None else None
    own: dict[str, Any] = {}
    if serving.own:
        from costcalc.cli.own import own_options

        own = dict(own_options(serving.own, catalog))
        catalog = replace(catalog, options={**catalog.options, **own})
    return with_policy(catalog, Policy(serving.spares, headroom, wanted)), tuple(own)


def _of_file(loaded: "Loaded", catalog: "Catalog", file: str, name: str | None, day: date) -> Question:
    from costcalc.case.file import case_of, case_of_all
    from costcalc.render.numbers import count
    from costcalc.scenario import parse_scenario

    if loaded.project is None:
        raise typer.BadParameter(f"expected a costcalc.yaml with workloads, found '{file}'", param_hint="'--workload'")
    scenario = parse_scenario(loaded.project)
    several = name is None and len(scenario.workloads) > 1
    chosen, entry = (None, None) if several else scenario.entry(name)
    if chosen is None or entry is None:
        case = case_of_all(scenario, catalog, as_of=day)
        asked = f"the {len(scenario.workloads)} workloads of {file} together"
        options = {each.option for each in scenario.workloads.values()}
        today = options.pop() if len(options) == 1 else None
    else:
        case, asked, today = case_of(entry, chosen, catalog, as_of=day), f"workload '{chosen}' of {file}", entry.option
    line = (
        f"{asked}: {count(case.workload.requests)} requests a month, {_shapes_in_words(case)}, {_peak_in_words(case)}"
    )
    return Question(
        case, None, (), (line,), _assumptions_of(case), {}, None, today, entry, scenario if several else None
    )


def _of_flags(flags: TrafficFlags, kind: str | None, catalog: "Catalog", day: date, *, mix: bool) -> Question:
    from costcalc.case.traffic import traffic_case
    from costcalc.render.numbers import count

    traffic = _traffic(flags, kind)
    bare = mix and not _has_amount(flags)
    if bare:
        traffic = traffic._replace(requests=Decimal(1))
    case = traffic_case(traffic, catalog, as_of=day)
    sent = "" if bare else f"{count(case.workload.requests)} "
    line = f"{sent}requests of {_shapes_in_words(case)}"
    assumed = _assumptions_of(case)
    if assumed:
        line += (
            f" (assumed: {', '.join(name for name in assumed if name != 'peak_to_mean')})"
            if set(assumed) != {"peak_to_mean"}
            else ""
        )
    return Question(case, None, (), (f"{line}; {_peak_in_words(case)}",), assumed, {}, None)


def _traffic(flags: TrafficFlags, kind: str | None) -> "Traffic":
    from costcalc.case.month import Size, Traffic
    from costcalc.workload import KINDS

    return Traffic(
        output_tokens=flags.tokens,
        input_tokens=flags.input_tokens,
        requests=flags.requests,
        conversations=flags.conversations,
        turns=flags.turns,
        seats=flags.seats,
        sizes=tuple(Size(*size) for size in flags.shape or ()),
        output_per_request=flags.output_per_request,
        cached_share=flags.cached_share,
        cache_write_share=flags.cache_write_share,
        peak_to_mean=flags.peak_to_mean,
        kind=one_of(kind, KINDS, "--kind") if kind is not None else None,
        reasons=flags.reasoning,
    )


def _with_terms(case: "Case", traffic: TrafficFlags, *, of_file: bool) -> "Case":
    """Give the case with what flags say of every request, whatever its file or kind says."""
    terms: dict[str, Any] = {"service_tier": traffic.service_tier, "region": traffic.region}
    if traffic.batch:
        terms["batchable_share"] = 1
    if traffic.batchable_share is not None:
        terms["batchable_share"] = Fraction(traffic.batchable_share)
    if of_file and traffic.seats is not None:
        terms["seats"] = round(traffic.seats)
    terms = {name: value for name, value in terms.items() if value is not None}
    case = case.demanding(**terms) if terms else case
    return case.with_peak(traffic.peak_to_mean) if of_file and traffic.peak_to_mean is not None else case


def _volume(case: "Case") -> Volume:
    """Output tokens a month, and the ends of their interval where the number of requests has one."""
    central = Fraction(case.workload.output_tokens)
    if not case.volume:
        return Volume(central, central, central)
    known = next(each for each in case.traffic if each.path == case.volume)
    low, high = (Fraction(end) / Fraction(known.value) * central for end in (known.low, known.high))
    return Volume(low, central, high)


def _assumptions_of(case: "Case") -> tuple[str, ...]:
    return tuple(
        each.path.removeprefix("assumptions.") for each in case.traffic if each.path.startswith("assumptions.")
    )


def _shapes_in_words(case: "Case") -> str:
    """Say how large the requests are."""
    from costcalc.render.numbers import count, percent

    shapes = case.workload.shapes
    mean_in = sum((Fraction(shape.prompt_tokens) * Fraction(shape.share) for shape in shapes), start=Fraction(0))
    mean_out = sum((Fraction(shape.output_tokens) * Fraction(shape.share) for shape in shapes), start=Fraction(0))
    words = f"{count(whole(mean_in))} tokens in and {count(whole(mean_out))} out"
    words += f" on average ({len(shapes)} shapes)" if len(shapes) > 1 else ""
    for meter, said in (("cache_read", "read from"), ("cache_write", "written to")):
        tokens = sum(
            (Fraction(n) * Fraction(s.share) for s in shapes for m, n in s.tokens.items() if m.startswith(meter)),
            start=Fraction(0),
        )
        if tokens and mean_in:
            words += f", {percent(decimal(tokens / mean_in))} of the input {said} the cache"
    return words


def _peak_in_words(case: "Case") -> str:
    from costcalc.render.numbers import quantity

    assumed = " (assumed: peak_to_mean)" if "peak_to_mean" in _assumptions_of(case) else ""
    return f"the busiest hour has {quantity(decimal(case.workload.peak))} times the mean{assumed}"


def _policy_lines(catalog: "Catalog", serving: ServingFlags, costs: "Costs | None") -> Iterator[str]:
    """Say on which terms self-hosting is priced."""
    from costcalc.render.numbers import quantity

    spares = catalog.assumption("spare_replicas").value if serving.spares is None else Decimal(serving.spares)
    headroom = catalog.assumption("headroom").value if serving.headroom is None else decimal(whole(serving.headroom))
    whose = {"all": "people and upkeep counted", "hardware": "hardware alone, --costs all adds people"}
    wanted = serving.costs or costs or "hardware"
    spare = "no spare replica (--spares)" if not spares else f"{quantity(spares)} spare replicas"
    yield f"self-hosting: {spare}, capacity {quantity(headroom)} times the peak (--headroom), {whose[wanted]}"


def _inputs(flags: TrafficFlags, case: "Case") -> "dict[str, Json]":
    """What was asked, for the document: a range is a list of its low, central and high value."""
    workload = case.workload
    ranges: dict[str, Json] = {each.path: [each.low, each.value, each.high] for each in case.traffic}
    return {
        "workload": workload.name,
        "kind": workload.kind,
        "requests": decimal(workload.requests),
        "output_tokens": decimal(workload.output_tokens),
        "input_tokens": decimal((case.counted or workload).input_tokens),
        "batchable_share": decimal(workload.batchable_share),
        "service_tier": workload.service_tier,
        "region": workload.region,
        "load": workload.load.label,
        "peak_to_mean": decimal(workload.peak),
        "seats": workload.seats,
        "typical_prompts": case.counted is not None,
        "ranges": ranges,
    }


def _policy_inputs(serving: ServingFlags, own: tuple[str, ...], costs: "Costs | None") -> "dict[str, Json]":
    return {
        "own": list(own),
        "spares": serving.spares,
        "headroom": decimal(whole(serving.headroom)) if serving.headroom is not None else None,
        "costs": serving.costs or costs,
    }
