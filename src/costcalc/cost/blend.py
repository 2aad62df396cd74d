"""What a mix of options costs: requests routed by share, or tried on one option and escalated to another."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import BlendOption, Route
from costcalc.catalog.forms.requests import shapes_of
from costcalc.catalog.forms.schema import Source
from costcalc.catalog.things import NamedOption
from costcalc.cost.assumed import assumed_line, value
from costcalc.cost.curve import ZERO, Affine, CostCurve, combined
from costcalc.cost.estimate import CostLine, Demand, Deployment, Estimate, Month, Monthly, exact_usd
from costcalc.errors import UnsuitableError
from costcalc.units import MTOK, Count, Number, exact, whole
from costcalc.workload import OUTPUT_METERS, PROMPT_METERS, Shape, Workload

Priced = Callable[[NamedOption, Workload], Estimate]


class Part(NamedTuple):
    """The requests of a blend that one option serves.

    Args:
        label: Which part it is, as lines and caveats name it.
        option: The option.
        share: Its share of the workload's requests, above 0.
        workload: Those requests.
    """

    label: str
    option: NamedOption
    share: Fraction
    workload: Workload


def blend_estimate(
    name: str, option: BlendOption, workload: Workload, catalog: Catalog, priced: Priced, *, as_of: date
) -> Estimate:
    """Price a month of requests that several options share [USD/month].

    Every option is priced with its own requests, so a deployment of one's own is sized for its share alone. Of an
    escalation the first option is paid for every request, and the second for those that are sent on: these pay both.
    What the router costs is a line of its own.

    Leaves out that routing by difficulty changes the mix unless a route says its own shapes, the latency of two
    attempts, and quality: whether the routed requests are served as well is nothing that this figure knows.

    Args:
        name: The option's id.
        option: The blend.
        workload: All requests.
        catalog: Options, prices and assumptions.
        priced: Prices one option.
        as_of: The day whose prices are in force.

    Raises:
        UnsuitableError: A part is a blend itself, or does not serve such a workload.
        UndecidableError: A price is missing.

    Source:
        docs/method/blend.md.
    """
    parts = parts_of(option, workload, catalog)
    estimates = [priced(part.option, part.workload) for part in parts]
    lines = [line for part, priced_part in zip(parts, estimates, strict=True) for line in _of(part.label, priced_part)]
    oldest = min(estimates, key=lambda one: one.evidence_day)
    return Estimate(
        option=name,
        kind="blend",
        side="build" if any(one.side == "build" for one in estimates) else "buy",
        lines=(*lines, *_router_lines(name, option, workload.requests, catalog, as_of)),
        caveats=tuple(_caveats(option, parts, estimates)),
        price_date=max(one.price_date for one in estimates),
        source=oldest.source,
        retired=min((one.retired for one in estimates if one.retired is not None), default=None),
        last_listed=min((one.last_listed for one in estimates if one.last_listed is not None), default=None),
        unfit=next((one.unfit for one in estimates if one.unfit), ""),
        via=oldest.via,
        exchange_day=oldest.exchange_day,
        is_offer=all(one.is_offer for one in estimates),
        assumptions=tuple(dict.fromkeys([*_assumed(option), *(each for one in estimates for each in one.assumptions)])),
    )


class BlendMonth(NamedTuple):
    """A month of a blend: its lines, and ids of the assumptions that they rest on."""

    lines: tuple[CostLine, ...]
    assumptions: tuple[str, ...]

    @property
    def exact_usd(self) -> Fraction:
        """The exact sum of the lines [USD/month]."""
        return exact_usd(self.lines)


def blend_monthly(
    name: str,
    option: BlendOption,
    workload: Workload,
    catalog: Catalog,
    monthly: Callable[[NamedOption, Workload], Monthly],
    *,
    as_of: date,
) -> Monthly:
    """Make a blend ready to be priced at any volume, peak and assumptions: of these comes the share that is sent on.

    Raises:
        UnsuitableError: A part is a blend itself.
    """
    legs = _legs(option, workload, catalog)
    ready: dict[int, Monthly] = {}  # a leg without requests is not priced, and may be one that serves no such workload

    def month(demand: Demand, at: Catalog) -> BlendMonth:
        lines: list[CostLine] = []
        assumptions = dict.fromkeys(_assumed(option))
        for index, (leg, share) in enumerate(zip(legs, _shares(option, at), strict=True)):
            if not share:
                continue
            if index not in ready:
                ready[index] = monthly(leg.option, replace(workload, shapes=leg.shapes))
            part = ready[index](Demand(whole(Fraction(demand.requests) * share), demand.peak), at)
            lines += _of(leg.label(share), part)
            assumptions |= dict.fromkeys(part.assumptions)
        lines += _router_lines(name, option, demand.requests, at, as_of)
        return BlendMonth(tuple(lines), tuple(assumptions))

    return month


def _of(label: str, month: Month) -> Iterator[CostLine]:
    """Give the lines of a part, each with the part's name before its own."""
    return (line._replace(item=f"{label}: {line.item}") for line in month.lines)


def blend_curve(
    name: str,
    option: BlendOption,
    workload: Workload,
    catalog: Catalog,
    curve: Callable[[NamedOption, Workload], CostCurve],
) -> CostCurve:
    """The curve of a blend: the sum of its parts' curves, each at its share of the volume, and the router's line.

    Raises:
        UnsuitableError: A part is a blend itself, or does not serve such a workload.
        UndecidableError: A price is missing.
    """
    curves = [(curve(part.option, part.workload), part.share) for part in parts_of(option, workload, catalog)]
    return combined(name, curves, fixed=Affine(ZERO, router_usd(option, catalog) / MTOK))


def router_usd(option: BlendOption, catalog: Catalog) -> Fraction:
    """What choosing a route costs [USD per million requests]."""
    if option.router_usd_per_million_requests is not None:
        return Fraction(option.router_usd_per_million_requests)
    return Fraction(value(catalog, "router_overhead")) if option.routes is not None else ZERO


def escalation_rate(option: BlendOption, catalog: Catalog) -> Fraction:
    """The share of requests that are sent on: as the option says, else the assumption escalation_rate."""
    assert option.escalation is not None  # asked only of escalations
    rate = option.escalation.rate
    return Fraction(rate if rate is not None else value(catalog, "escalation_rate"))


def parts_of(option: BlendOption, workload: Workload, catalog: Catalog) -> tuple[Part, ...]:
    """Take a workload apart by the options that serve it; an option without requests has no part.

    Raises:
        UnsuitableError: A part is a blend itself.
        UnknownNameError: There is no such option.
    """
    return tuple(
        Part(leg.label(share), leg.option, share, _served(workload, share, leg.shapes))
        for leg, share in zip(_legs(option, workload, catalog), _shares(option, catalog), strict=True)
        if share
    )


class _Leg(NamedTuple):
    """One of the options of a blend, whatever its share.

    Args:
        option: The option.
        shapes: The requests that it serves.
        words: What its part is called, by the share in per cent.
    """

    option: NamedOption
    shapes: tuple[Shape, ...]
    words: str

    def label(self, share: Fraction) -> str:
        """Name its part, as lines and caveats do."""
        return f"{self.words.format(_percent(share))}, {self.option.id}"


def _legs(option: BlendOption, workload: Workload, catalog: Catalog) -> tuple[_Leg, ...]:
    if option.escalation is not None:
        sent = option.escalation
        onward = _resized(workload.shapes, sent.input_times, sent.output_times)
        return (
            _Leg(_member(catalog, sent.first), workload.shapes, "first, every request"),
            _Leg(_member(catalog, sent.then), onward, "then, {} of them again"),
        )
    return tuple(_Leg(_member(catalog, route.option), _shapes(route, workload), "{}") for route in option.routes or ())


def _shares(option: BlendOption, catalog: Catalog) -> tuple[Fraction, ...]:
    """Give the share of all requests that each leg serves; of an escalation they exceed 1 together."""
    if option.escalation is not None:
        return Fraction(1), escalation_rate(option, catalog)
    return tuple(map(Fraction, option.shares))


def _served(workload: Workload, share: Fraction, shapes: tuple[Shape, ...]) -> Workload:
    return replace(workload, requests=whole(Fraction(workload.requests) * share), shapes=shapes)


def _member(catalog: Catalog, name: str) -> NamedOption:
    named = catalog.option(name)
    if isinstance(named.option, BlendOption):
        raise UnsuitableError(f"'{name}' is a blend itself; name the options that it is made of")
    return named


def _shapes(route: Route, workload: Workload) -> tuple[Shape, ...]:
    if route.shapes is not None:
        return shapes_of(route.shapes)
    return _resized(workload.shapes, route.input_times, route.output_times)


def _resized(shapes: tuple[Shape, ...], input_times: Number, output_times: Number) -> tuple[Shape, ...]:
    """Give the same kinds of request with longer or shorter prompts and outputs."""
    if input_times == output_times == 1:
        return shapes
    times: dict[str, Count] = {
        **dict.fromkeys(PROMPT_METERS, exact(input_times)),
        **dict.fromkeys(OUTPUT_METERS, exact(output_times)),
    }
    return tuple(
        replace(shape, tokens={meter: whole(Fraction(tokens * times[meter])) for meter, tokens in shape.tokens.items()})
        for shape in shapes
    )


def _percent(share: Fraction) -> str:
    return f"{float(share) * 100:.4g} %"


def _router_lines(name: str, option: BlendOption, requests: Count, catalog: Catalog, day: date) -> tuple[CostLine, ...]:
    own = option.router_usd_per_million_requests
    if own is not None:
        path = ("options", name, "router_usd_per_million_requests")
        source = Source(title=f"your own figure, {catalog.place(path)}", checked=day)
        line = CostLine("router", "routing", requests, MTOK, "M requests", own, own, source, "your own figure", path)
        return (line,) if own else ()
    if option.routes is None:
        return ()
    return (assumed_line(catalog, "router", requests, "M requests", "router_overhead", per=MTOK, part="routing"),)


def _assumed(option: BlendOption) -> Iterator[str]:
    if option.escalation is not None and option.escalation.rate is None:
        yield "escalation_rate"
    if option.routes is not None and option.router_usd_per_million_requests is None:
        yield "router_overhead"


def _caveats(option: BlendOption, parts: Sequence[Part], estimates: Sequence[Estimate]) -> Iterator[str]:
    """Say how requests are shared, what stands behind each part, and whatever is to be said of a part."""
    if option.escalation is not None:
        sent = _percent(parts[-1].share) if len(parts) > 1 else "none"
        yield f"escalation: {sent} of the requests are sent on and pay both attempts; the rate is for you to measure"
    else:
        yield "routed by share of the requests; whether each route serves its share well enough is not in this figure"
    for part, one in zip(parts, estimates, strict=True):
        if not one.is_offer:
            yield f"{part.option.id} is a published figure that nobody sells, and so is its part of this sum"
        if one.deployment is not None:
            yield f"{part.option.id} {_deployed(one.deployment)}"
        yield from (type(text)(f"{part.option.id}: {text}") for text in one.caveats)  # a silence stays one


def _deployed(of: Deployment) -> str:
    gpus = "1 GPU" if of.gpus == 1 else f"{float(of.gpus):,.3g} GPUs"
    return f"is sized for its share: {gpus}, {float(of.utilisation) * 100:.2g} % in use"
