"""How the headings of all commands name the traffic: output in Mtok a month, and the mean request."""

from decimal import Decimal
from fractions import Fraction

from costcalc.render.numbers import count, percent, significant
from costcalc.units import MTOK, Count, decimal, plural, whole
from costcalc.workload import UnitMeter, Workload


def mtok(tokens: Count | Decimal) -> str:
    """Write an amount of tokens in millions.

    Example:
        >>> mtok(500_000_000), mtok(1_234_567)
        ('500 Mtok', '1.2346 Mtok')
    """
    return f"{significant(tokens / MTOK if isinstance(tokens, Decimal) else decimal(tokens) / MTOK)} Mtok"


def request_of(workload: Workload, *, number: Count = 2) -> str:
    """Say how large the mean request is.

    Args:
        workload: The requests.
        number: How many of them the text is of, for the form of its nouns.

    Example:
        >>> request_of(Workload.single(requests=10, input_tokens=1155, output_tokens=211))
        'requests of 1,155 tokens in and 211 out'
        >>> request_of(Workload.single(requests=1, input_tokens=1, output_tokens=211), number=1)
        'request of 1 token in and 211 out'
    """
    means = [
        Fraction(tokens) / Fraction(workload.requests) for tokens in (workload.input_tokens, workload.output_tokens)
    ]
    tokens_in, tokens_out = (count(whole(mean)) for mean in means)
    noun = plural(number, "request")
    sizes = {(shape.prompt_tokens, shape.output_tokens) for shape in workload.shapes}
    mean = "" if len(sizes) == 1 else f" on average ({len(sizes)} sizes)"
    units = _units_of(workload)
    if not workload.input_tokens and not workload.output_tokens:
        return f"{noun} without tokens{units}{mean}"
    if not workload.input_tokens:
        return f"{noun} without a prompt and with {tokens_out} {plural(means[1], 'token')} out{units}{mean}"
    return f"{noun} of {tokens_in} {plural(means[0], 'token')} in and {tokens_out} out{units}{mean}"


_UNIT_WORDS: dict[UnitMeter, tuple[str, str]] = {
    "web_search": ("web search", "web searches"),
    "file_search": ("file search", "file searches"),
    "container_session": ("container", "containers"),
    "page": ("page", "pages"),
    "input_picture": ("picture read", "pictures read"),
    "output_picture": ("picture made", "pictures made"),
    "input_duration": ("s read", "s read"),
    "output_duration": ("s made", "s made"),
    "container_duration": ("s of containers", "s of containers"),
    "input_character": ("character read", "characters read"),
    "output_character": ("character made", "characters made"),
}


def _units_of(workload: Workload) -> str:
    """Say what the mean request uses beside tokens; "" where that is nothing."""
    found = []
    for meter, (one, many) in _UNIT_WORDS.items():
        mean = sum(Fraction(shape.units.get(meter, 0)) * Fraction(shape.share) for shape in workload.shapes)
        found += [f"{significant(decimal(whole(mean)))} {one if mean == 1 else many}"] if mean else []
    return f" ({', '.join(found)})" if found else ""


def cached_of(workload: Workload) -> str:
    """Say how much of the input is read from a cache and written to it; "" where nothing is.

    Example:
        >>> cached_of(Workload.single(requests=10, input_tokens=1000, output_tokens=1, cached_share=0.25))
        ', 25.0 % of the input read from the cache'
    """
    total = Fraction(workload.input_tokens) / Fraction(workload.requests)
    words = ""
    for meter, verb in (("cache_read", "read from"), ("cache_write", "written to")):
        cached = sum(
            Fraction(tokens) * Fraction(shape.share)
            for shape in workload.shapes
            for name, tokens in shape.tokens.items()
            if name.startswith(meter)
        )
        if cached and total:
            words += f", {percent(decimal(cached / total))} of the input {verb} the cache"
    return words


def month_of(workload: Workload) -> str:
    """Say how much traffic a month brings.

    Example:
        >>> month_of(Workload.single(requests=1_000_000, input_tokens=1155, output_tokens=211))
        '211 Mtok of output a month, requests of 1,155 tokens in and 211 out'
    """
    if not workload.output_tokens:
        return f"{count(workload.requests)} {plural(workload.requests, 'request')} a month, {request_of(workload)}"
    return f"{mtok(workload.output_tokens)} of output a month, {request_of(workload)}"
