"""Why a run is no measurement of what a deployment can do: one sentence each, the same for every format."""

from collections.abc import Iterator

from costcalc.catalog.bench.figures import number, value
from costcalc.catalog.bench.reading import Reading, Row

_ALIKE = "measure with prompts that share nothing"
TOLERANCE = 0.10  # figures of one run, each rounded or averaged in its own way, agree within this share
_OFF = {"", "none", "null", "false", "off", "no", "0", "[]", "{}"}
# under which keys files say that tokens were guessed ahead: its method, or how many guesses were accepted
_METHODS = ("spec_decoding", "spec_method", "mtp", "speculative_algorithm", "speculative_config", "speculative_model")
_ACCEPTED = ("spec_decode_num_drafts", "spec_decode_acceptance_rate")
_LENGTHS = ("accept_length", "acc_length", "avg_spec_accept_length", "spec_decode_acceptance_length")


def failed(completed: float, lost: float) -> str | None:
    """Refuse a run with requests that failed: what was served beside them is not what is served without them."""
    if completed >= 1 and lost == 0:
        return None
    return f"{completed:g} requests were completed and {lost:g} failed; expected all to be completed"


def idle(rate: object) -> str:
    """Refuse a run at a request rate of which nothing says how many requests were in flight."""
    return (
        f"a run at {rate} requests a second says what was asked for, not what can be served; run it with a number of"
        " requests in flight"
    )


def in_flight(mean: float) -> str | None:
    """Refuse a run at a request rate so low that the deployment was idle between requests."""
    if mean >= 1:
        return None
    return f"{mean:.2g} requests were in flight on average: the deployment was idle in between; expected 1 or more"


def cached(tokens: float, whole: float | None = None) -> str | None:
    """Refuse a run whose prompts came from a prefix cache: a measurement has no place for their share."""
    if not tokens:
        return None
    share = f" ({tokens / whole:.0%})" if whole else ""
    return f"{tokens:g} tokens of the prompts{share} were read from a prefix cache; {_ALIKE}"


def shared_prefix(what: str) -> str:
    """Refuse a run whose prompts begin alike, which a prefix cache serves."""
    return (
        f"{what}: the prompts begin alike, and a prefix cache serves that part; measure with prompts that share nothing"
    )


def split(*, disaggregated: bool, nodes: float | None) -> str | None:
    """Refuse what the throughput model has no place for: prefill apart from decode, and several nodes."""
    if disaggregated or (nodes is not None and nodes > 1):
        return "measured with disaggregated prefill or over several nodes, which the model leaves out"
    return None


def offline_total(figure: float, flag: str) -> str:
    """Refuse a rate that counts prompts too where nothing says how much of it was generated."""
    return f"{figure:g} tokens/s count prompts and outputs together; say the lengths with {flag}"


def speculation(row: Row) -> str | None:
    """Say how tokens were guessed ahead; None where the file says nothing of it, or that they were not.

    Example:
        >>> speculation({"spec_decoding": "MTP"}), speculation({"accept_length": 2.4}), speculation({"mtp": "off"})
        ('mtp', 'accept_length 2.4', None)
    """
    for key in _METHODS:
        found = value(row, key)
        word = str(found).strip().lower()
        if found is not None and word not in _OFF:
            return word if len(word) <= 40 else f"{word[:40]}…"  # noqa: PLR2004  # a method's name, or its settings
    for key in (*_ACCEPTED, *_LENGTHS):
        found = number(row, key)
        if found is not None and found > (1 if key in _LENGTHS else 0):  # one token a step is none guessed
            return f"{key} {found:g}"
    return None


def of(reading: Reading) -> Iterator[str]:
    """Walk why a run is no measurement: what its reader found, guesses ahead, figures that contradict each other."""
    yield from reading.faults
    if reading.speculative is not None:
        # the one place where a run with guesses is refused: a model that has a key for them reads it from here
        yield (
            f"measured with speculative decoding ({reading.speculative}), which the throughput model leaves out;"
            " measure without it, or give the option its measured tokens_per_s"
        )
    yield from _contradictions(reading)


def _contradictions(reading: Reading) -> Iterator[str]:
    rate, out = reading.output_tokens_per_s, reading.output_tokens
    if rate is None or out is None:
        return
    requests = reading.requests_per_s
    if requests is not None and _apart(requests * out, rate):
        yield (
            f"{rate:.6g} output tokens/s do not agree with {requests:.4g} requests/s of {out:.6g} tokens out"
            f" ({requests * out:.6g} tokens/s)"
        )
    total, into = reading.total_tokens_per_s, reading.input_tokens
    if total is not None and into is not None and _apart(rate * (into + out) / out, total):
        yield (
            f"{rate:.6g} output tokens/s at {into:.6g} tokens in and {out:.6g} out make"
            f" {rate * (into + out) / out:.6g} tokens/s together, and the file says {total:.6g}"
        )


def _apart(one: float, other: float) -> bool:
    return abs(one - other) > TOLERANCE * max(one, other)
