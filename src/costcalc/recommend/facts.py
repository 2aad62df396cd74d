"""What is known of a workload and of each option, as facts by name; what nobody knows is not there."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

from costcalc.case.case import only_reads, why_unfit
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import ApiOption, BlendOption, PlanOption, RateOption, SelfHostOption
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.catalog.generating import generates
from costcalc.catalog.things import NamedOption, SoldModel
from costcalc.cost.estimate import Estimate
from costcalc.cost.fleet import terms_of
from costcalc.cost.interruptions import cold_start_s
from costcalc.cost.tenure import TERMS
from costcalc.recommend.grounds import Facts, Given, Grounds, evidence_facts, floor_of
from costcalc.scenario import Needs
from costcalc.units import MTOK, decimal
from costcalc.workload import Workload

VENDORS_TERMS = "the vendor's terms"
MONTHS_PER_YEAR = 12


def _known(given: Given) -> Facts:
    return {name: value for name, value in given if value is not None}


def workload_facts(workload: Workload, needs: Needs, catalog: Catalog) -> Facts:
    """Say what is known of a workload; what it does not ask for is not there.

    Args:
        workload: What is to be served.
        needs: What it asks of whoever serves it.
        catalog: Where the assumptions stand.
    """
    return _known(_of_workload(workload, needs, catalog))


def _of_workload(workload: Workload, needs: Needs, catalog: Catalog) -> Given:
    longest = max(shape.prompt_tokens + shape.output_tokens for shape in workload.shapes)
    yield "workload_kind", workload.kind
    yield "output_mtok", decimal(workload.output_tokens) / MTOK
    yield "input_mtok", decimal(workload.input_tokens) / MTOK
    yield "longest_request", decimal(longest)
    yield "peak_to_mean", decimal(workload.peak)
    yield "batchable_share", decimal(workload.batchable_share)
    yield "people", workload.is_seats
    yield "data", needs.data
    yield "commercial", needs.commercial
    yield "region", workload.region
    yield "tpot_limit_ms", needs.tpot_ms
    yield "cold_start_limit_s", needs.cold_start_s
    for kind in needs.reads:
        yield f"needs_{kind}", True
    yield "needs_tools", needs.tools
    floor = floor_of(needs, workload, catalog)
    if floor is not None:
        yield "quality_benchmark", floor.benchmark
        yield "quality_floor", floor.least
    yield "commitment_limit_months", needs.commitment_months
    yield "team_fte", needs.team_fte
    yield "oncall_engineers", catalog.assumption("oncall_engineers").value
    yield "trains_on_synthetic", needs.trains_on_synthetic
    yield "verification_usd", _verification_usd(catalog)


def _verification_usd(catalog: Catalog) -> Decimal:
    """What checking generated data costs: labels of a refresh, the rejected ones too [USD/month]."""
    names = ("finetune_refreshes_per_year", "labels_per_refresh", "label_cost", "reject_rate")
    refreshes, labels, usd, rejected = (catalog.assumption(name).value for name in names)
    return refreshes / MONTHS_PER_YEAR * labels / (1 - rejected) * usd


def option_facts(named: NamedOption, workload: Workload, catalog: Catalog, grounds: Grounds, *, as_of: date) -> Facts:
    """Say what is known of an option for a workload, its costs apart.

    Args:
        named: The option.
        workload: What is to be served.
        catalog: Models, plans and assumptions.
        grounds: Published scores, and what the user says of models.
        as_of: The day on which it would be chosen.
    """
    option = named.option
    facts: Facts = {"option": named.id, "option_kind": option.kind, "commitment_months": Decimal(0)}
    match option:
        case ApiOption():
            sold = catalog.sold_model(option.model)
            facts |= _known(_of_api(sold, workload, catalog, as_of, region=option.region))
        case ProvisionedOption():
            facts |= _known(_of_units(option, workload, catalog, as_of))
        case SelfHostOption():
            facts |= _known(_of_machines(option, catalog))
        case PlanOption():
            facts |= _known(_of_plan(option, workload, catalog, as_of))
        case RateOption():
            facts |= _known(iter([("side", option.side), ("model", option.serves)]))
        case BlendOption():
            members = [catalog.option(name) for name in option.members]
            known = [option_facts(one, workload, catalog, grounds, as_of=as_of) for one in members]
            facts |= combined_facts(known)
    if only_reads(workload) and (generating := generates(option, catalog, as_of=as_of)) is not None:
        facts["generates"] = generating
    return facts | _known(evidence_facts(named, workload, catalog, grounds, as_of=as_of))


def _of_api(sold: SoldModel, workload: Workload, catalog: Catalog, day: date, *, region: str | None = None) -> Given:
    model, open_model = sold.model, sold.model.open_weights
    yield "model", open_model or plain_name(sold.id)
    yield "provider", sold.provider
    yield "open_weights", open_model is not None
    yield "licence", VENDORS_TERMS
    yield "context_window", Decimal(model.context_window) if model.context_window is not None else None
    yield "leaves_own_machines", True
    yield "vendor_may_train", False
    yield "retired", sold.retired_on(day)
    yield "unlisted", sold.unlisted_on(day)
    if model.retired is not None and not sold.retired_on(day):
        yield "days_to_retirement", Decimal((model.retired - day).days)
    prices = [price for price in model.prices if price.effective <= day][-1:]
    place = region or workload.region
    yield "sold_in_region", workload.region is None or any(price.sold_in(str(place)) for price in prices)
    yield "sells_batch", any(when.processing == "batch" for price in prices for when in price.when)
    meters = {meter for price in prices for meter in price.usd_per_mtok or price.per_mtok or {}}
    known = catalog.models[open_model] if open_model is not None and open_model in catalog.models else None
    reads = model.reads if model.reads is not None else known.reads if known is not None else None
    for kind in ("image", "audio", "video"):
        yield f"takes_{kind}", True if f"input_{kind}" in meters else kind in reads if reads is not None else None
    yield "calls_tools", model.tools if model.tools is not None else known.tools if known is not None else None


def _of_units(option: ProvisionedOption, workload: Workload, catalog: Catalog, day: date) -> Given:
    """What is known of the model by the token, but for what only requests by the token have."""
    sold = catalog.sold_model(option.model)
    yield "commitment_months", Decimal(option.commitment_months or 0)
    by_token = {"sells_batch", "sold_in_region"}
    yield from ((name, value) for name, value in _of_api(sold, workload, catalog, day) if name not in by_token)
    yield "sells_batch", False
    yield "sold_in_region", True if workload.region is None else None  # nobody says where the units stand


def _of_machines(option: SelfHostOption, catalog: Catalog) -> Given:
    yield "side", "build"
    yield "leaves_own_machines", False
    yield "vendor_may_train", False
    yield "retired", False
    yield "unlisted", False
    yield "sold_in_region", True  # where one's own machines stand is one's own choice
    yield "rented", option.tenure != "own"
    yield "tenure", option.tenure
    yield "commitment_months", bound_months(option, catalog)
    if option.model is not None:
        model = catalog.open_model(option.model)
        yield "model", model.model
        yield "open_weights", True
        yield "licence", model.licence
        yield "context_window", Decimal(model.context_window) if model.context_window is not None else None
        for kind in ("image", "audio", "video"):
            yield f"takes_{kind}", kind in model.reads if model.reads is not None else None
        yield "calls_tools", model.tools
    starts = decimal(cold_start_s(option, catalog))
    yield "cold_start_s", starts if terms_of(option, catalog).follows else Decimal(0)


def bound_months(option: SelfHostOption, catalog: Catalog) -> Decimal:
    """For how long machines bind: a reservation for its term, one's own for as long as they are used [months]."""
    if option.tenure == "own":
        return catalog.assumption("economic_life").value * MONTHS_PER_YEAR
    return Decimal(TERMS.get(option.tenure, 0))


def _of_plan(option: PlanOption, workload: Workload, catalog: Catalog, day: date) -> Given:
    """What is known of a seat, and of the model to whose prices its work is equivalent."""
    sold = catalog.plan(option.plan)
    if option.model is not None:
        of_model = {"model", "open_weights", "context_window", "retired", "unlisted", "calls_tools"}
        of_model |= {f"takes_{kind}" for kind in ("image", "audio", "video")}
        model = catalog.sold_model(option.model)
        yield from (pair for pair in _of_api(model, workload, catalog, day) if pair[0] in of_model)
    else:
        yield "retired", False
        yield "unlisted", False
    policy = sold.plan.data_policy
    yield "side", "buy"
    yield "provider", sold.provider
    yield "leaves_own_machines", True
    yield "vendor_may_train", {"may_train_by_default": True, "no_training": False}.get(policy)
    yield "licence", VENDORS_TERMS
    yield "sold_in_region", True if workload.region is None else None  # no plan says where it is processed


_ANY = ("leaves_own_machines", "vendor_may_train", "retired", "unlisted", "rented", "frontier")
_ALL = (
    "carries_load",
    "sold_in_region",
    "takes_image",
    "takes_audio",
    "takes_video",
    "calls_tools",
    "sells_batch",
    "open_weights",
)
_LEAST = ("context_window", "days_to_retirement", "score_low", "score_high")
_MOST = ("tpot_ms", "cold_start_s", "commitment_months")


def combined_facts(parts: list[Facts]) -> Facts:
    """Say what holds of a mix of options: no more than of its weakest part, and every risk of any part."""
    return {**_flags(parts), **_ends(parts), **_texts(parts)}


def _flags(parts: list[Facts]) -> Facts:
    facts: Facts = {}
    for names, decisive in ((_ANY, True), (_ALL, False)):
        for name in names:
            values = [part.get(name) for part in parts]
            if decisive in values:
                facts[name] = decisive
            elif None not in values:
                facts[name] = not decisive
    return facts


def _ends(parts: list[Facts]) -> Facts:
    facts: Facts = {}
    for names, choose in ((_LEAST, min), (_MOST, max)):
        for name in names:
            numbers = [number for part in parts if isinstance(number := part.get(name), Decimal)]
            if numbers and (len(numbers) == len(parts) or name == "days_to_retirement"):
                facts[name] = choose(numbers)
    return facts


def _texts(parts: list[Facts]) -> Facts:
    facts: Facts = {}
    for name, all_of_them in (("provider", False), ("model", False), ("licence", True), ("tenure", False)):
        known = [str(part[name]) for part in parts if name in part]
        if known and (len(known) == len(parts) or not all_of_them):
            facts[name] = " and ".join(dict.fromkeys(known))
    return facts


def cost_facts(one: Estimate) -> Facts:
    """Say what an estimate tells of an option."""
    facts: Facts = {"side": one.side, "monthly_usd": one.monthly_usd, "priced": True}
    facts |= _known(_carried(one))
    staff = [line for line in one.lines if line.part == "people"]
    if staff:
        facts["staff_fte"] = decimal(sum((Fraction(line.amount) for line in staff), start=Fraction(0)))
    if one.deployment is not None:
        facts["utilisation"] = decimal(one.deployment.utilisation)
        if one.deployment.tpot_ms is not None:
            facts["tpot_ms"] = Decimal(f"{one.deployment.tpot_ms:.4g}")
    return facts


def _carried(one: Estimate) -> Given:
    """Say whether units of capacity or seats hold the workload; other options grow with it."""
    is_limited = one.kind in {"provisioned", "plan"}
    if not is_limited or not one.unfit:
        yield "carries_load", True
    elif one.unfit != "limit unknown":
        yield from (("carries_load", False), ("reason", why_unfit(one)))


def plain_name(model: str) -> str:
    """Write a vendor's id as the model's name: without its maker's folder, dots for hyphens between digits.

    Example:
        >>> plain_name("claude-opus-4-6"), plain_name("google/gemini-3.1-pro-preview")
        ('claude-opus-4.6', 'gemini-3.1-pro')
    """
    name = model.rsplit("/", 1)[-1].lower().removesuffix("-preview")
    return re.sub(r"(?<=-\d)-(?=\d(?:\D|$))", ".", name)
