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
from costcalc.cost.estimate import CostLine, Deployment, Estimate
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
    lines = [
        line._replace(item=f"{part.label}: {line.item}")
        for part, one in zip(parts, estimates, strict=True)
        for line in one.lines
    ]
    oldest = min(estimates, key=lambda one: one.source.checked)
    return Estimate(
        option=name,
        kind="blend",
        side="build" if any(one.side == "build" for one in estimates) else "buy",
        lines=(*lines, *_router_lines(name, option, workload, catalog, as_of)),
        caveats=tuple(_caveats(option, parts, estimates)),
        price_date=max(one.price_date for one in estimates),
        source=oldest.source,
        retired=min((one.retired for one in estimates if one.retired is not None), default=None),
        unfit=next((one.unfit for one in estimates if one.unfit), ""),
        via=oldest.via,
        is_offer=all(one.is_offer for one in estimates),
        assumptions=tuple(dict.fromkeys([*_assumed(option), *(each for one in estimates for each in one.assumptions)])),
    )


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
    if option.escalation is not None:
        sent, rate = option.escalation, escalation_rate(option, catalog)
        onward = _resized(workload.shapes, sent.input_times, sent.output_times)
        found = [
            ("first, every request", sent.first, Fraction(1), workload.shapes),
            (f"then, {_percent(rate)} of them again", sent.then, rate, onward),
        ]
    else:
        found = [
            (_percent(Fraction(share)), route.option, Fraction(share), _shapes(route, workload))
            for route, share in zip(option.routes or (), option.shares, strict=True)
        ]
    return tuple(
        Part(f"{words}, {name}", _member(catalog, name), share, _served(workload, share, shapes))
        for words, name, share, shapes in found
        if share
    )


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
        Shape(
            {meter: whole(Fraction(tokens * times[meter])) for meter, tokens in shape.tokens.items()},
            shape.calls,
            shape.share,
        )
        for shape in shapes
    )


def _percent(share: Fraction) -> str:
    return f"{float(share) * 100:.4g} %"


def _router_lines(
    name: str, option: BlendOption, workload: Workload, catalog: Catalog, day: date
) -> tuple[CostLine, ...]:
    own = option.router_usd_per_million_requests
    if own is not None:
        path = ("options", name, "router_usd_per_million_requests")
        source = Source(title=f"your own figure, {catalog.place(path)}", checked=day)
        line = CostLine("router", workload.requests, MTOK, "M requests", own, own, source, "your own figure", path)
        return (line,) if own else ()
    if option.routes is None:
        return ()
    return (assumed_line(catalog, "router", workload.requests, "M requests", "router_overhead", per=MTOK),)


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
        yield from (f"{part.option.id}: {text}" for text in one.caveats)


def _deployed(of: Deployment) -> str:
    gpus = "1 GPU" if of.gpus == 1 else f"{float(of.gpus):,.3g} GPUs"
    return f"is sized for its share: {gpus}, {float(of.utilisation) * 100:.2g} % in use"
