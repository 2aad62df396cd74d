"""Traffic as people know it (tokens, requests, conversations, seats) made into one case."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from costcalc.case.case import Case
from costcalc.case.month import Month, Traffic
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.scalars import Interval, high_of, low_of
from costcalc.errors import FlagError
from costcalc.workload import Shape

MAX_TURNS = 100  # beyond it a conversation is an agent's run: give its requests as shapes


def traffic_case(traffic: Traffic, catalog: Catalog, *, as_of: date) -> Case:
    """Make a case of a month's traffic.

    What was not said is that of the kind of work, else of the typical request: the assumptions
    `input_tokens_per_request`, `output_tokens_per_request` and `peak_to_mean`, each with its range.

    Args:
        traffic: The traffic.
        catalog: Prices, options, kinds of work and assumptions.
        as_of: The day whose prices are in force.

    Raises:
        FlagError: How much there is was said twice, or not at all, or two statements contradict each other.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> case = traffic_case(Traffic(output_tokens=Decimal(211_000)), load_catalog(), as_of=date(2026, 11, 27))
        >>> case.workload.requests, case.workload.input_tokens, case.counted.input_tokens
        (1000, 1155000, 0)
    """
    _check(traffic)
    month = Month(traffic, catalog)
    central = month.workload({})
    counted = None
    if traffic.counts_output_alone:
        output = tuple(Shape({"output": shape.output_tokens}, share=shape.share) for shape in central.shapes)
        counted = replace(central, shapes=output)
    return Case(central, catalog, as_of, month.inputs(), month.workload, month.volume, counted)


_AMOUNTS = ("output_tokens", "requests", "conversations", "seats")


def flag_of(field: str) -> str:
    """Name the flag of a field of the traffic."""
    return "--tokens" if field == "output_tokens" else f"--{field.replace('_', '-')}"


def _check(traffic: Traffic) -> None:
    given = [flag_of(name) for name in _AMOUNTS[:3] if getattr(traffic, name) is not None]
    if not given and traffic.seats is None:
        raise FlagError(
            "say how much is to be served: --tokens 1e6 (output tokens a month), --requests 240k, --conversations 40k"
            " --turns 6, --seats 50 --kind coding_assistant, or --workload FILE#NAME"
        )
    sized = bool(traffic.sizes) or traffic.output_per_request is not None
    if len(given) > 1 and (sized or set(given) != {"--tokens", "--requests"}):
        size = " and the size of a request" if sized else ""
        raise FlagError(f"{' and '.join(given)}{size} say the same thing twice; give what you know best")
    if traffic.sizes and (traffic.output_per_request is not None or traffic.input_tokens is not None):
        raise FlagError("--shape is the whole request; leave out --input-tokens and --output-per-request")
    if traffic.answer_tokens is not None:
        _check_answer(traffic)
    if (traffic.conversations is None) != (traffic.turns is None):
        raise FlagError("--conversations and --turns go together: how many, and how many requests each has")
    _check_shares(traffic)
    _check_output(traffic)
    _check_media(traffic)
    if traffic.conversations is not None:
        _check_conversations(traffic)
    if (
        traffic.seats is not None
        and traffic.seats != traffic.seats.to_integral_value()
        and not _is_range(traffic.seats)
    ):
        raise FlagError(f"--seats: expected a whole number of people, found {traffic.seats}")


def _check_answer(traffic: Traffic) -> None:
    """An answer is one request's, before reasoning; what is said of output beside it would count it twice."""
    beside = {
        "--tokens": traffic.output_tokens is not None,
        "--shape": bool(traffic.sizes),
        "--output-per-request": traffic.output_per_request is not None,
        "--reasoning": traffic.reasons,
    }
    if given := [flag for flag, is_given in beside.items() if is_given]:
        raise FlagError(
            f"--answer-tokens is a request's output before reasoning, which each model adds; leave out"
            f" {', '.join(given)}, and give --requests, --conversations or --seats"
        )


def _check_media(traffic: Traffic) -> None:
    """Media are parts of a request's totals, so the request must be said, and must hold them."""
    media = [name for name, _ in traffic.per_request if name.endswith("_tokens")]
    if media and not traffic.sizes:
        words = f"--per-request {', '.join(media)}: they are a part of the request"
        raise FlagError(f"{words}, so give all of it, text included: --shape IN:OUT")
    ranged = [name for name, number in traffic.per_request if name in media and isinstance(number, Interval)]
    if ranged:
        raise FlagError(f"--per-request {', '.join(ranged)}: expected a number; a range may stand in --shape")
    cached = _high(traffic.cached_share) + _high(traffic.cache_write_share)
    for size in traffic.sizes:
        for total, parts, room in (
            (size.input_tokens, traffic.media_read, low_of(size.input_tokens) * (1 - cached)),
            (size.output_tokens, traffic.media_made, low_of(size.output_tokens)),
        ):
            if parts > room:
                beside = " beside what is cached" if room < low_of(total) else ""
                held = f"a total of {low_of(total):f} tokens in --shape"
                raise FlagError(f"--per-request: {parts:f} tokens of other media do not fit into {held}{beside}")


def _check_output(traffic: Traffic) -> None:
    """Requests that generate nothing, as those of embeddings, are counted by themselves, not by their output."""
    sizes = traffic.sizes
    silent = bool(sizes) and not any(_high(size.output_tokens) for size in sizes)
    if silent and traffic.requests is None and traffic.seats is None:
        raise FlagError("a --shape that generates nothing has no output to count: say how many there are (--requests)")
    if silent and not traffic.per_request and not any(_high(size.input_tokens) for size in sizes):
        raise FlagError("a request without tokens and without anything else costs nothing: give --per-request")


def _is_range(number: Decimal) -> bool:
    return isinstance(number, Interval)


def _high(number: Decimal | None) -> Decimal:
    """The largest value that a number may take."""
    return Decimal(0) if number is None else high_of(number)


def _check_shares(traffic: Traffic) -> None:
    """Shares of the requests sum to 1; what is read from and written to the cache is at most the prompt."""
    shares = [size.share for size in traffic.sizes]
    missing = [share for share in shares if share is None]
    if missing and len(shares) > 1:
        raise FlagError(f"give every --shape its share, such as 3000:400:80%: {len(missing)} of {len(shares)} lack it")
    total = sum((share for share in shares if share is not None), start=Decimal(0))
    if shares and not missing and total != 1:
        raise FlagError(f"the shares of --shape sum to {float(total) * 100:g} %; expected 100 %")
    cached = _high(traffic.cached_share) + _high(traffic.cache_write_share)
    if cached > 1:
        total_share = f"up to {float(cached) * 100:g} % together"
        raise FlagError(f"--cached-share and --cache-write-share are {total_share}; a prompt is 100 %")


def _check_conversations(traffic: Traffic) -> None:
    assert traffic.turns is not None  # checked before
    last = traffic.turns.high if isinstance(traffic.turns, Interval) else traffic.turns
    if last != last.to_integral_value() or not 1 <= last <= MAX_TURNS:
        raise FlagError(f"--turns: expected a whole number from 1 to {MAX_TURNS}, found {last}")
    if traffic.cached_share or traffic.cache_write_share is not None or traffic.input_tokens is not None:
        raise FlagError(
            "--conversations derives what is read from and written to the cache; leave out --cached-share (or give 0%"
            " for no caching), --cache-write-share and --input-tokens"
        )
