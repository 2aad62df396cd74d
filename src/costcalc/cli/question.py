"""The one door for a question: flags, a workload of a file or a kind of work become a case, with what was assumed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import typer

from costcalc.cli.asked import assumptions_of, inputs_of, policy_inputs, policy_line, traffic_lines
from costcalc.cli.context import day_in_force, load, money_of, project_of
from costcalc.cli.flags import MoneyFlags, PriceFlags, ServingFlags, TrafficFlags
from costcalc.cli.terms import Slips, check_alone, check_terms
from costcalc.cli.values import named_options, one_of
from costcalc.errors import FlagError
from costcalc.money import USD, Money
from costcalc.render.report import Said
from costcalc.units import Volume, decimal, whole

if TYPE_CHECKING:
    from costcalc.case.case import Case
    from costcalc.case.month import Traffic
    from costcalc.catalog.catalog import Catalog
    from costcalc.catalog.forms.options import Costs
    from costcalc.catalog.layers.load import Loaded
    from costcalc.cost.policy import Policy
    from costcalc.render.report import Json
    from costcalc.scenario import Scenario, WorkloadEntry


class Question(NamedTuple):
    """What was asked.

    Args:
        case: The traffic, the catalog and the day.
        options: The options that were named, `--own` among them; None where the command has to choose.
        own: The ids of the options of `--own`.
        said: What a page says of the traffic and of what was assumed, and the assumptions that the traffic rests on.
        inputs: What was asked, for the document.
        volume: Output tokens a month, or the interval in which they lie; None where no amount was given.
        costs: With which costs self-hosting is priced.
        today: The option that serves the workload today.
        entry: The workload as its file has it.
        scenario: The file's workloads, where all of them were asked for.
        parts: The case of each of them.
        money: In which currency amounts are shown.
        no_sum: Why the workloads have no sum, where that was not asked for; the case is then the first one's.
    """

    case: "Case"
    options: tuple[str, ...] | None
    own: tuple[str, ...]
    said: Said
    inputs: "dict[str, Json]"
    volume: Volume | None
    costs: "Costs"
    today: str | None = None
    entry: "WorkloadEntry | None" = None
    scenario: "Scenario | None" = None
    parts: "tuple[Case, ...]" = ()
    money: Money = USD
    no_sum: str = ""

    def each(self) -> "Iterator[Question]":
        """Ask for each of several workloads by itself, as ``FILE#NAME`` would."""
        entries = self.scenario.workloads.values() if self.scenario is not None else ()
        for part, entry in zip(self.parts, entries, strict=True):
            today = part.catalog.resolved(entry.option) if entry.option is not None else None
            yield self._replace(case=part, today=today, entry=entry, scenario=None, parts=(), no_sum="")

    def chosen(self, usual: Sequence[str]) -> list[str]:
        """Give the options that were named, else the usual ones; those of one's own follow."""
        return list(dict.fromkeys((*(usual if self.options is None else self.options), *self.own)))

    def compared(self, usual: Sequence[str]) -> list[str]:
        """Give the same, and what serves today, once: whatever is named, that is what the others are set against."""
        chosen = self.chosen(usual)
        if self.today is None:
            return chosen
        option = self.case.catalog.option
        others = (name for name in chosen if name == self.today or option(name).option != option(self.today).option)
        return list(dict.fromkeys((*others, self.today)))


def question(
    traffic: TrafficFlags,
    serving: ServingFlags,
    prices: PriceFlags,
    shown: MoneyFlags,
    *,
    costs: "Costs | None" = None,
    mix: bool = False,
    compares: bool = True,
    apart: bool = False,
    mean: bool = False,
) -> Question:
    """Ask: load the catalog, and make one case of whatever was said.

    Args:
        traffic: What is to be served.
        serving: The options and their terms.
        prices: Catalog and day.
        shown: In which currency amounts are shown.
        costs: With which costs the command prices self-hosting where nothing is said; None as the options say.
        mix: Whether a mix of requests will do, without an amount.
        compares: Whether the command chooses options where none is named.
        apart: Whether the command answers each of several workloads by itself, so that they need have no sum.
        mean: Whether units of capacity are sized for the mean where nobody stated a peak, as vendors do; else for the
            usual one, as machines are.

    Raises:
        FlagError: Something is said twice, half, or not at all.
        UndecidableError: There is no rate of exchange for the currency.
    """
    from costcalc.case.case import only_reads

    slips = Slips()
    slips.of(partial(check_alone, traffic))
    served = slips.of(partial(_served, traffic)) or _Served(None, None, None)
    loaded = load(prices.catalog, project=served.file, as_of=prices.as_of)
    day = day_in_force(loaded, prices.as_of)
    money = money_of(shown.currency, loaded.catalog, day)
    catalog, own, policy = equipped(loaded.catalog, serving, costs)
    names = slips.of(partial(named_options, serving.options))
    check_terms(catalog, traffic, names or (), slips)
    slips.end()
    amount = any(getattr(traffic, name) is not None for name in ("workload", "log", *_AMOUNTS))
    found = _found(traffic, served, loaded, catalog, day, mix=mix, apart=apart)
    case, parts = _ready(found, traffic, catalog, of_file=served.file is not None or bool(traffic.log), mean=mean)
    weighed = [*names, *own] if names is not None else None
    only_read = (_ONLY_READ,) if compares and names is None and only_reads(case.workload) else ()
    terms = (policy_line(catalog, policy, weighed), *_rents(catalog, own, day, money))
    lines = (*found.lines, *only_read, *traffic_lines(case, amount=amount), "; ".join(terms))
    return Question(
        case=case,
        options=tuple(map(case.catalog.resolved, names)) if names is not None else None,
        own=own,
        said=Said(lines, assumptions_of(case)),
        inputs={**inputs_of(traffic, case), **policy_inputs(policy, own)},
        volume=_volume(case) if amount else None,
        costs=policy.costs or "hardware",
        today=case.catalog.resolved(found.today) if found.today is not None else None,
        entry=found.entry,
        scenario=found.scenario,
        parts=parts,
        money=money,
        no_sum=found.no_sum,
    )


def _ready(
    found: "_Found", traffic: TrafficFlags, catalog: "Catalog", *, of_file: bool, mean: bool
) -> "tuple[Case, tuple[Case, ...]]":
    """Give the case and those of its parts, with the flags' terms, what is owed, and the peak that units carry."""
    case = _with_terms(found.case, traffic, of_file=of_file)
    if catalog.contracts:
        from costcalc.case.owed import owing

        case = owing(case, found.beside or {})
    parts = tuple(_with_terms(part, traffic, of_file=True) for part in found.parts)
    return (case, parts) if mean else (case.at_peak, tuple(part.at_peak for part in parts))


_ONLY_READ = (
    "nothing is generated: by default only embedding models and rerankers are compared (--options names others)"
)
_AMOUNTS = ("tokens", "requests", "conversations", "seats")
_TERMS = ("batch", "batchable_share", "service_tier", "region", "tokens_as", "effort")
_BESIDE_A_FILE = ("seats", "peak_to_mean", *_TERMS, "workload")
_BESIDE_A_LOG = (*(field for field in _BESIDE_A_FILE if field != "workload"), "kind", "log")


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
        from costcalc.cli.scenarios import workloads_nearby

        near = {name.partition("#")[2]: name for name in workloads_nearby()}
        hint = f"did you mean '{near[text]}'?" if text in near else did_you_mean(text, (*KINDS, *near.values()))
        kinds = f"expected FILE#NAME or a kind of work ({', '.join(KINDS)}), found '{text}'"
        raise typer.BadParameter(f"{kinds}; {hint}" if hint else kinds, param_hint="'--workload'")
    _check_beside(traffic, "--workload", _BESIDE_A_FILE)
    return _Served(None, file, name or None)


def _check_beside(traffic: TrafficFlags, source: str, may_stand: Sequence[str]) -> None:
    """What a file or a log says, no other flag may say as well."""
    beside = traffic._replace(**{field: TrafficFlags._field_defaults[field] for field in may_stand})
    given = [f"--{field.replace('_', '-')}" for field, value in beside._asdict().items() if value not in (None, False)]
    if given:
        raise FlagError(f"{source} says what is to be served; leave out {', '.join(given)}")


def _policy(serving: ServingFlags, usual: "Costs | None") -> "Policy":
    """Read the terms that hold for everything that is self-hosted."""
    from costcalc.catalog.forms.options import Costs
    from costcalc.cost.policy import Policy

    costs = one_of(serving.costs, get_args(Costs), "--costs") if serving.costs is not None else usual
    headroom = decimal(whole(serving.headroom)) if serving.headroom is not None else None
    return Policy(serving.spares, headroom, costs)


class Equipped(NamedTuple):
    """The catalog with the user's own hardware, and with the policy for all that is self-hosted.

    Args:
        catalog: The catalog.
        own: The ids of the options of ``--own``.
        policy: The policy.
    """

    catalog: "Catalog"
    own: tuple[str, ...]
    policy: "Policy"


def equipped(catalog: "Catalog", serving: ServingFlags, usual: "Costs | None" = None) -> Equipped:
    """Lay the user's own hardware, and the terms of what is self-hosted, over the catalog.

    Args:
        catalog: The catalog.
        serving: The options and their terms.
        usual: With which costs the command prices self-hosting where nothing is said; None as the options say.
    """
    from costcalc.cost.policy import with_policy

    policy = _policy(serving, usual)
    if not serving.own:
        return Equipped(with_policy(catalog, policy), (), policy)
    from costcalc.cli.own import with_own

    own = with_own(serving.own, catalog)
    return Equipped(with_policy(own.catalog, policy), tuple(own.options), policy)


def _rents(catalog: "Catalog", own: Sequence[str], day: date, money: Money) -> tuple[str, ...]:
    """Say what the machines of `--own` cost an hour."""
    if not own:
        return ()
    from costcalc.cli.own_rent import rent_lines

    return tuple(rent_lines(own, catalog, day, money))


class _Found(NamedTuple):
    """The case of a file's workload, with those beside it, or of flags, before their terms; others as of `Question`."""

    case: "Case"
    today: str | None = None
    entry: "WorkloadEntry | None" = None
    scenario: "Scenario | None" = None
    parts: "tuple[Case, ...]" = ()
    lines: tuple[str, ...] = ()
    no_sum: str = ""
    beside: "Mapping[str, WorkloadEntry] | None" = None


def _found(
    traffic: TrafficFlags, served: _Served, loaded: "Loaded", catalog: "Catalog", day: date, *, mix: bool, apart: bool
) -> _Found:
    """Make the case of whatever says what is to be served: a file, logs, or flags."""
    if served.file is not None:
        return _of_file(loaded, catalog, served, day, apart=apart)
    return _of_log(traffic, served, catalog, day) if traffic.log else _of_flags(traffic, served, catalog, day, mix=mix)


def _of_log(traffic: TrafficFlags, served: _Served, catalog: "Catalog", day: date) -> _Found:
    from costcalc.cli.logs import case_of_logs

    _check_beside(traffic, "--log", _BESIDE_A_LOG)
    found = case_of_logs(traffic.log or (), catalog, day)
    case = found.case if served.kind is None else found.case.demanding(kind=served.kind)
    return _Found(case, found.today, lines=found.lines)


def _of_file(loaded: "Loaded", catalog: "Catalog", served: _Served, day: date, *, apart: bool) -> _Found:
    from costcalc.case.file import case_of, case_of_all
    from costcalc.scenario import parse_scenario

    scenario = parse_scenario(project_of(loaded, served.file or ""))
    if served.name is not None or len(scenario.workloads) <= 1:
        name, entry = scenario.entry(served.name)
        beside = {other: each for other, each in scenario.workloads.items() if other != name}
        return _Found(case_of(entry, name, catalog, as_of=day), entry.option, entry, beside=beside)
    options = {each.option for each in scenario.workloads.values()}
    today = options.pop() if len(options) == 1 else None
    parts = tuple(case_of(entry, name, catalog, as_of=day) for name, entry in scenario.workloads.items())
    try:
        return _Found(case_of_all(scenario, catalog, as_of=day), today, scenario=scenario, parts=parts)
    except FlagError as error:
        if not apart:
            raise
        return _Found(parts[0], scenario=scenario, parts=parts, no_sum=error.reason)


def _of_flags(flags: TrafficFlags, served: _Served, catalog: "Catalog", day: date, *, mix: bool) -> _Found:
    from costcalc.case.traffic import traffic_case

    traffic = _traffic(flags, served.kind)
    if not mix and all(getattr(flags, name) is None for name in _AMOUNTS):
        from costcalc.cli.scenarios import name_workloads

        name_workloads()
    if mix and all(getattr(flags, name) is None for name in _AMOUNTS):
        if traffic.input_tokens and not traffic.sizes:
            raise FlagError("--input-tokens are a month's: give --tokens as well, or the request with --shape IN:OUT")
        traffic = traffic._replace(requests=Decimal(1))
    return _Found(traffic_case(traffic, catalog, as_of=day))


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
        answer_tokens=flags.answer_tokens,
        cached_share=flags.cached_share,
        cache_write_share=flags.cache_write_share,
        peak_to_mean=flags.peak_to_mean,
        kind=one_of(kind, KINDS, "--kind") if kind is not None else None,
        reasons=flags.reasoning,
        per_request=_per_request(flags),
    )


def _per_request(flags: TrafficFlags) -> tuple[tuple[str, Decimal], ...]:
    """Give what each request uses beside text, each once, by the names that a shape's counts have."""
    from costcalc.catalog.forms.requests import PARTS

    given = list(flags.per_request or ())
    twice = next((name for name, _ in given if [one for one, _ in given].count(name) > 1), None)
    if twice is not None:
        raise FlagError(f"--per-request names {twice} twice; give it once")
    return tuple((PARTS[name], amount) for name, amount in given)


def _with_terms(case: "Case", traffic: TrafficFlags, *, of_file: bool) -> "Case":
    """Give the case with what flags say of every request, whatever its file or kind says."""
    from costcalc.workload import EFFORTS

    terms: dict[str, Any] = {name: getattr(traffic, name) for name in ("service_tier", "region", "tokens_as")}
    if traffic.effort is not None:
        terms["effort"] = one_of(traffic.effort, EFFORTS, "--effort")
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
