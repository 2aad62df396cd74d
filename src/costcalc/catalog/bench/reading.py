"""What a run of a benchmark says, and what a format of result files is."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

Row = Mapping[str, Any]


class UnreadError(ValueError):
    """A run that cannot be read, in one sentence: what stands there, what was expected."""


class Known(NamedTuple):
    """What flags say of the deployment and the load, where a file does not; None is left to the file.

    Args:
        model: The open model.
        gpu: The GPU.
        gpus: GPUs of the deployment.
        tp: Tensor parallel.
        weights: The precision of the weights.
        kv: The precision of the KV cache.
        engine: The serving engine.
        input_tokens: Mean prompt of a request [tokens].
        output_tokens: Mean output of a request [tokens].
        concurrency: Requests in flight.
    """

    model: str | None = None
    gpu: str | None = None
    gpus: int | None = None
    tp: int | None = None
    weights: str | None = None
    kv: str | None = None
    engine: str | None = None
    input_tokens: float | None = None
    output_tokens: float | None = None
    concurrency: float | None = None


class Reading(NamedTuple):
    """One run as its file states it, in the file's words; None is what the file does not say.

    Args:
        output_tokens_per_s: What the whole deployment generated [tokens/s], never with the prompts.
        input_tokens: Mean prompt of a request [tokens].
        output_tokens: Mean output of a request [tokens].
        concurrency: Requests in flight.
        model: The model's id or name.
        gpu: The GPU's name.
        gpus: GPUs of the deployment.
        tp: Tensor parallel.
        dp: Data parallel.
        ep: Expert parallel.
        pp: Pipeline parallel.
        weights: The precision of the weights.
        kv: The precision of the KV cache.
        engine: The serving engine.
        usual_engine: The engine that such a file is about unless a flag names another.
        requests_per_s: Completed requests [requests/s], to check the output rate against.
        total_tokens_per_s: Prompts and outputs together [tokens/s], to check the output rate against.
        speculative: How tokens were guessed ahead, where the file says that they were.
        faults: Why the run is no measurement of what a deployment can do.
    """

    output_tokens_per_s: float | None = None
    input_tokens: float | None = None
    output_tokens: float | None = None
    concurrency: float | None = None
    model: str | None = None
    gpu: str | None = None
    gpus: int | None = None
    tp: int | None = None
    dp: int | None = None
    ep: int | None = None
    pp: int | None = None
    weights: str | None = None
    kv: str | None = None
    engine: str | None = None
    usual_engine: str | None = None
    requests_per_s: float | None = None
    total_tokens_per_s: float | None = None
    speculative: str | None = None
    faults: tuple[str, ...] = ()


class Format(NamedTuple):
    """A format of result files.

    Args:
        name: Whose it is.
        made_by: The command or file that it comes from.
        says: What it says of the deployment and the load.
        lacks: What it does not say, with the flags that say it.
        fits: Whether a row is of this format; decided by its structure, never by a file's name.
        read: Reads one run; what flags say is needed where a rate must be worked out from lengths.
        runs: Takes rows apart, or together, into runs.
    """

    name: str
    made_by: str
    says: str
    lacks: str
    fits: Callable[[Row], bool]
    read: Callable[[Row, Known], Reading]
    runs: Callable[[Sequence[Row]], Sequence[Row]] = list
