"""The traffic that a command is asked about: amounts from flags, or a workload of a ``costcalc.yaml``."""

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from costcalc.cli.flags import WORKLOAD_PANEL, amount, positive, share
from costcalc.errors import FlagError, InputError
from costcalc.findings import Finding
from costcalc.render.report import Said
from costcalc.units import Volume, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from costcalc.catalog.catalog import Catalog
    from costcalc.catalog.layers.load import Loaded
    from costcalc.workload import Workload

ASSUMED_SIZE = "output_tokens_per_request"
DEFAULT_SHAPE = (Fraction(1000), Fraction(300))  # tokens in and out of a chat turn, where nothing is said

Tokens = Annotated[
    Fraction | None,
    typer.Option(
        parser=positive,
        metavar="AMOUNT",
        help="Output tokens a month: 1e6, 1M, 2.5B, 250k or 1_000_000.",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
InputTokens = Annotated[
    Fraction | None,
    typer.Option(
        parser=amount,
        metavar="AMOUNT",
        help="Input tokens a month, cached ones included (default: input is not counted).",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
CachedShare = Annotated[
    Fraction | None,
    typer.Option(
        parser=share,
        metavar="SHARE",
        help="Share of the input that is read from the prompt cache, 0 to 1 or 25%.",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
OutputPerRequest = Annotated[
    Fraction | None,
    typer.Option(
        parser=positive,
        metavar="AMOUNT",
        help="Output tokens of one request (default: the assumption output_tokens_per_request).",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
WorkloadName = Annotated[
    str | None,
    typer.Option(
        "--workload",
        metavar="FILE[#NAME]",
        help="Take the workload from a costcalc.yaml instead of the amounts above.",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
PeakToMean = Annotated[
    Fraction | None,
    typer.Option(
        parser=positive,
        metavar="FACTOR",
        help="The busiest hour's traffic over the mean; self-hosting is sized for it (default: 1, evenly).",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]


class Sizes(NamedTuple):
    """The traffic as flags give it."""

    tokens: Fraction | None
    input_tokens: Fraction | None
    cached_share: Fraction | None
    output_per_request: Fraction | None


class Asked(NamedTuple):
    """The workload that was asked for, and what must be said of it."""

    workload: "Workload"
    said: Said


class Named(NamedTuple):
    """A workload of a project file, as ``--workload FILE#NAME`` names it."""

    file: str
    name: str


def check_sizes(sizes: Sizes, workload: str | None) -> Named | None:
    """Check that the traffic is said once, and take ``FILE#NAME`` apart.

    Raises:
        FlagError: It is said twice, or not at all.
    """
    given = [f"--{name.replace('_', '-')}" for name, value in sizes._asdict().items() if value is not None]
    if workload is not None and given:
        raise FlagError(f"--workload says what is to be served; leave out {', '.join(given)}")
    if workload is None and sizes.tokens is None:
        raise FlagError("say what is to be served: --tokens 1e6 (output tokens a month) or --workload FILE#NAME")
    if sizes.cached_share and not sizes.input_tokens:
        raise FlagError("--cached-share is a share of the input; give --input-tokens as well")
    if workload is None:
        return None
    file, hash_sign, name = workload.partition("#")
    if hash_sign and not name:
        raise FlagError(f"--workload names no workload after the #: '{workload}'")
    return Named(file, name)


def asked_for(loaded: "Loaded", sizes: Sizes, named: Named | None) -> Asked:
    """Give the workload that the flags describe or name."""
    return _from_file(loaded, named) if named is not None else _from_flags(loaded.catalog, sizes)


def _from_flags(catalog: "Catalog", sizes: Sizes) -> Asked:
    from costcalc.render.numbers import count
    from costcalc.workload import Shape, Workload

    assert sizes.tokens is not None  # checked with the flags
    assumed = catalog.assumption(ASSUMED_SIZE)
    if assumed.value <= 0:
        place = catalog.place(("assumptions", ASSUMED_SIZE, "value"))
        message = f"assumptions.{ASSUMED_SIZE}: expected a value above 0, found {assumed.value}"
        raise InputError([Finding("value", "error", message, place)])
    size = sizes.output_per_request if sizes.output_per_request is not None else Fraction(assumed.value)
    requests = sizes.tokens / size
    prompt = (sizes.input_tokens or Fraction(0)) / requests
    shape = Shape.of(input_tokens=prompt, cached_share=sizes.cached_share or 0, output_tokens=size)
    note = f"{count(whole(requests))} requests of {count(whole(size))} output tokens each"
    if sizes.input_tokens:
        note += f" and {count(whole(prompt))} input tokens, {float(sizes.cached_share or 0) * 100:g} % of them cached"
    if sizes.output_per_request is None:
        note += f" (--output-per-request is assumed: {assumed.basis}, {assumed.source})"
    unpriced_input = "input is not counted: give --input-tokens; most traffic reads more tokens than it writes"
    notes = (note,) if sizes.input_tokens else (note, unpriced_input)
    assumed_ids = (ASSUMED_SIZE,) if sizes.output_per_request is None else ()
    return Asked(Workload(whole(requests), (shape,), name="flags"), Said(notes, assumed_ids))


def with_peak(asked: Asked, peak_to_mean: Fraction | None) -> Asked:
    """Give the workload another peak, where a flag says one."""
    from dataclasses import replace

    if peak_to_mean is None:
        return asked
    return asked._replace(workload=replace(asked.workload, peak_to_mean=peak_to_mean))


def _from_file(loaded: "Loaded", named: Named) -> Asked:
    from costcalc.render.numbers import count
    from costcalc.scenario import parse_scenario

    file, name = named
    if not file:
        raise typer.BadParameter(f"expected FILE or FILE#NAME, found '#{name}'", param_hint="'--workload'")
    if loaded.project is None:
        raise typer.BadParameter(f"expected a costcalc.yaml with workloads, found '{file}'", param_hint="'--workload'")
    workload = parse_scenario(loaded.project).workload(name or None)
    shapes = f"{len(workload.shapes)} shape{'s' if len(workload.shapes) > 1 else ''}"
    note = f"workload '{workload.name}' of {file}: {count(workload.requests)} requests a month, {shapes}"
    return Asked(workload, Said((note,)))


class Mix(NamedTuple):
    """Requests of a kind, and how many there are, where that was said.

    Args:
        workload: The mix; without a volume it is a single request.
        said: What must be said of it.
        volume: Output tokens a month, or the interval in which they lie; None where nothing was said.
    """

    workload: "Workload"
    said: Said
    volume: Volume | None


def mix_of(
    load: "Callable[..., Loaded]",
    catalog: str | None,
    sizes: Sizes,
    workload: str | None,
    *,
    volume: Volume | None,
    shape: tuple[Fraction, Fraction] | None,
) -> "tuple[Loaded, Mix]":
    """Load the catalog, and find the mix of requests: that of a workload, of a shape, or of a month's amounts.

    Raises:
        FlagError: It is said twice, or half.
    """
    from dataclasses import replace

    if shape is not None and (workload is not None or sizes.input_tokens or sizes.output_per_request):
        raise FlagError("--shape is the whole request; leave out --workload, --input-tokens and --output-per-request")
    if volume is None and sizes.input_tokens is not None:
        raise FlagError("--input-tokens are a month's; give --tokens as well, or the request with --shape IN:OUT")
    if workload is not None:
        named = check_sizes(sizes, workload)
        loaded = load(catalog, project=(named.file or None) if named else None)
        asked = asked_for(loaded, sizes, named)
        tokens = Fraction(asked.workload.output_tokens)
        return loaded, Mix(asked.workload, asked.said, volume or (Volume(tokens, tokens, tokens) if tokens else None))
    if volume is not None and shape is None:
        monthly = sizes._replace(tokens=volume.value)
        check_sizes(monthly, None)
        loaded = load(catalog)
        return loaded, Mix(*asked_for(loaded, monthly, None), volume)
    loaded = load(catalog)
    mix, said = _of_shape(shape or DEFAULT_SHAPE, sizes.cached_share, assumed=shape is None)
    share = volume.value / Fraction(mix.output_tokens) if volume is not None else 1
    return loaded, Mix(replace(mix, requests=mix.requests * share), said, volume)


def _of_shape(size: tuple[Fraction, Fraction], cached: Fraction | None, *, assumed: bool) -> Asked:
    from costcalc.render.numbers import count
    from costcalc.workload import Shape, Workload

    tokens_in, tokens_out = size
    shape = Shape.of(input_tokens=tokens_in, output_tokens=tokens_out, cached_share=cached or 0)
    note = f"requests of {count(whole(tokens_in))} tokens in and {count(whole(tokens_out))} out"
    if cached:
        note += f", {float(cached):.0%} of the input cached"
    return Asked(Workload(1, (shape,), name="flags"), Said((f"{note} (--shape)" if assumed else note,)))
