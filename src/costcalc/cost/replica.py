"""What one replica serves of a workload: as measured, or as the throughput model predicts."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, partial
from typing import Any, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.hardware import Measurement
from costcalc.catalog.forms.open_models import OpenModelFile
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.catalog.forms.scalars import high_of, low_of
from costcalc.cost.coefficients import Coefficients
from costcalc.cost.hardware import shape_of, spec_of
from costcalc.cost.reading import reader
from costcalc.cost.setup import Setup, layout_of, served, setup_of, trust_of
from costcalc.cost.throughput import ByLoad, Spread, Throughput, calibrated, coefficients_from, predictor, spread_from
from costcalc.cost.unfit import why_unfit
from costcalc.errors import UndecidableError
from costcalc.workload import Shape, Workload

_SAME = 0.05  # lengths and concurrency within 5 % are the configuration that was measured


class Request(NamedTuple):
    """The mean request of a deployment [tokens].

    Args:
        input_tokens: The whole prompt.
        output_tokens: What is generated.
        cached_tokens: The part of the prompt that a prefix cache provides.
    """

    input_tokens: float
    output_tokens: float
    cached_tokens: float = 0.0

    @classmethod
    def of(cls, shape: Shape) -> "Request":
        """Take a request's sizes from a shape; what is read from a cache is not computed again."""
        cached = sum(tokens for meter, tokens in shape.tokens.items() if meter.startswith("cache_read"))
        return cls(float(shape.prompt_tokens), float(shape.output_tokens), float(cached))

    @classmethod
    def mean(cls, shapes: Sequence[Shape]) -> "Request":
        """Take the mean of the sizes of several shapes, weighted by their shares."""
        sizes = [(cls.of(shape), float(shape.share)) for shape in shapes]
        return cls(*(sum(size[part] * share for size, share in sizes) for part in range(len(cls._fields))))


class Fitted(NamedTuple):
    """The throughput model's numbers, as fitted."""

    coefficients: Coefficients
    spread: Spread


def fitted(catalog: Catalog) -> Fitted:
    """Take the fit out of the catalog, once for it and for whatever catalogs were made of it."""
    return _fitted(catalog.throughput_fit)


@lru_cache(maxsize=8)
def _fitted(throughput_fit: Callable[[], Mapping[str, Any]]) -> Fitted:
    data = throughput_fit()
    return Fitted(coefficients_from(data), spread_from(data))


def predicted(setup: Setup, request: Request, catalog: Catalog, concurrency: float | None) -> Throughput:
    """Predict the throughput of a setup at one load: see `predictions`."""
    return predictions(setup, request, catalog)(concurrency)


def predictions(setup: Setup, request: Request, catalog: Catalog) -> ByLoad:
    """Predict the throughput of a setup, moved by the user's own measurements of its like.

    A measurement counts for the same model, GPU, weight precision and engine. One of this very configuration
    (layout, GPUs, lengths and concurrency) wins over the model; one of as many as fit does so for their number.
    """
    raw = _raw(setup, request, catalog)
    like = [one for one in catalog.measurements.values() if _is_like(one, setup, catalog)]
    if not like:
        return raw

    offline = [one for one in like if _is_same(one, setup, request, None)]
    most = raw(None).in_flight if offline else None

    def moved(concurrency: float | None) -> Throughput:
        same = [one for one in like if _is_same(one, setup, request, concurrency)]
        if concurrency == most and not same:
            concurrency, same = None, offline
        pairs = [(float(one.output_tokens_per_s), _raw_of(one, setup, catalog)) for one in same or like]
        return calibrated(raw(concurrency), pairs, fitted(catalog).spread, direct=bool(same))

    return moved


def _raw(setup: Setup, request: Request, catalog: Catalog) -> ByLoad:
    fit = fitted(catalog)
    predict = partial(predictor, output_tokens=request.output_tokens) if request.output_tokens else reader
    return predict(
        shape_of(setup.model),
        spec_of(setup.gpu),
        setup.serving,
        setup.layout,
        n_gpus=setup.gpus,
        input_tokens=request.input_tokens,
        cached_tokens=request.cached_tokens,
        coefficients=fit.coefficients,
        spread=fit.spread,
    )


def _is_like(one: Measurement, setup: Setup, catalog: Catalog) -> bool:
    return (
        served(one, setup.serving.kv_precision) == setup.serving._replace(weights=None, adapter_bytes=0.0, draft=None)
        and catalog.open_model(one.model).model == setup.model.model
        and catalog.gpu(one.gpu).gpu == setup.gpu.gpu  # a part of a GPU is another one
    )


def _is_same(one: Measurement, setup: Setup, request: Request, concurrency: float | None) -> bool:
    if (layout_of(one), one.gpus, one.kv) != (setup.layout, setup.gpus, setup.serving.kv_precision):
        return False
    if (one.concurrency is None) != (concurrency is None) or request.cached_tokens:
        return False
    pairs = [(float(one.input_tokens), request.input_tokens), (float(one.output_tokens), request.output_tokens)]
    if concurrency is not None:
        pairs.append((float(one.concurrency or 0), concurrency))
    return all(abs(measured - asked) <= _SAME * max(measured, asked) for measured, asked in pairs)


def _raw_of(one: Measurement, setup: Setup, catalog: Catalog) -> float:
    """What the model alone says of a measured configuration [tokens/s]."""
    measured = setup._replace(serving=served(one, one.kv), layout=layout_of(one), gpus=one.gpus)
    request = Request(float(one.input_tokens), float(one.output_tokens))
    concurrency = float(one.concurrency) if one.concurrency is not None else None
    return _raw(measured, request, catalog)(concurrency).output_tokens_per_s


class _Answers:
    """What a setup delivers for a request, by concurrency: every answer is worked out once.

    An analysis asks the same again and again. Two are equal where they are about the very same entries of a catalog;
    what is remembered keeps those alive, so ids stay theirs.
    """

    __slots__ = ("_catalog", "_key", "_known", "_predict", "_request", "_setup", "_within")

    def __init__(self, setup: Setup, request: Request, catalog: Catalog) -> None:
        self._setup, self._request, self._catalog = setup, request, catalog
        self._key = (id(setup.model), id(setup.gpu), setup.serving, setup.layout, setup.gpus, request)
        self._predict: ByLoad | None = None
        self._known: dict[float | None, Throughput] = {}
        self._within: dict[float, Throughput] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Answers) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __call__(self, concurrency: float | None) -> Throughput:
        known = self._known.get(concurrency)
        if known is None:
            if self._predict is None:
                self._predict = predictions(self._setup, self._request, self._catalog)
            known = self._known[concurrency] = self._predict(concurrency)
        return known

    def within(self, tpot_s: float) -> Throughput:
        """Load the setup as far as a time per output token allows [s/output token]."""
        found = self._within.get(tpot_s)
        if found is None:
            found = self._within[tpot_s] = within_target(self, tpot_s=tpot_s)
        return found


class _Rooms:
    """The tables of a catalog that a prediction rests on; copies of a catalog share them."""

    __slots__ = ("_tables",)

    def __init__(self, catalog: Catalog) -> None:
        self._tables = (catalog.models, catalog.gpus, catalog.measurements, catalog.throughput_fit)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Rooms) and tuple(map(id, self._tables)) == tuple(map(id, other._tables))

    def __hash__(self) -> int:
        return hash(tuple(map(id, self._tables)))


@lru_cache(maxsize=2)  # a process may go through thousands of catalogs: what they answered goes when they go
def _memory_of(_rooms: _Rooms) -> Callable[[_Answers], _Answers]:
    """Give what remembers answers of a catalog: called with answers, it gives the equal ones that it knows."""
    return lru_cache(maxsize=2048)(lambda answers: answers)


def within_target(ask: ByLoad, *, tpot_s: float) -> Throughput:
    """Load a deployment as far as its time per output token allows; by a single request at least.

    As many requests as fit are asked for by their number: the same batch gives the same speed, whatever limits it.

    Args:
        ask: Gives the throughput at a concurrency, None for as many as fit.
        tpot_s: The slowest decode that is accepted [s/output token].
    """
    most = ask(None)
    if most.output_tokens_per_s <= 0:
        return most
    full = ask(most.in_flight)  # users load it; that is no run over a file of prompts, which is always full
    if full.tpot_s <= tpot_s:
        return full
    fast, slow = 1, max(2, int(full.in_flight) + 1)  # the answer is the largest concurrency that is fast enough
    best, worst = ask(float(fast)), full
    narrowed = True
    while slow - fast > 1:
        rise = worst.tpot_s - best.tpot_s
        middle = _between(fast, slow, (tpot_s - best.tpot_s) / rise if narrowed and rise > 0 else 0.5)
        answer, before = ask(float(middle)), slow - fast
        if answer.tpot_s <= tpot_s:
            fast, best = middle, answer
        else:
            slow, worst = middle, answer
        narrowed = 2 * (slow - fast) <= before
    if best.tpot_s > tpot_s:
        alone = f"even alone a request takes {best.tpot_s * 1000:.0f} ms per token; the target is {tpot_s * 1000:.0f}"
        return best._replace(caveats=(*best.caveats, alone))
    return best


def _between(fast: int, slow: int, share: float) -> int:
    """Take a whole number strictly between two others, at about a share of the way.

    Time per token grows almost straight with the concurrency, so the share at which it would meet the target is a
    good guess; where a guess did not halve what is left, the next one is the middle.
    """
    return min(slow - 1, max(fast + 1, fast + int((slow - fast) * share)))


class Replica(NamedTuple):
    """One replica at full load on a workload's mix of requests.

    Args:
        requests_per_s: Requests that it finishes [1/s].
        tokens_per_s: Output tokens that it generates [tokens/s].
        low: The lower end of that figure's 80 % interval.
        high: The upper end.
        tpot_ms: Time per output token of one request, or None where it was measured as a whole [ms].
        bottleneck: What bounds it, or None.
        measured: Whether the figure is the user's own.
        caveats: What the reader must know before trusting it.
    """

    requests_per_s: float
    tokens_per_s: float
    low: float
    high: float
    tpot_ms: float | None
    bottleneck: str | None
    measured: bool
    caveats: tuple[str, ...]

    def times(self, factor: float) -> "Replica":
        """Give the replica with its rates times a factor: mixes of requests and intervals scale alike."""
        return self._replace(
            requests_per_s=self.requests_per_s * factor,
            tokens_per_s=self.tokens_per_s * factor,
            low=self.low * factor,
            high=self.high * factor,
        )


def replica_of(option: SelfHostOption, workload: Workload, catalog: Catalog) -> Replica:
    """Say what one replica of an option serves of a workload.

    A throughput that the option states wins over the model. Otherwise every shape is predicted by itself, at the
    largest concurrency that keeps its time per output token within the target; a request of each shape then takes
    its output ÷ that throughput of the replica's time, and the mix takes the mean.

    Where a shape generates nothing, its requests are read alone; where no shape does, tokens are those of the prompts.

    Leaves out the assumption throughput_factor, by which `Replica.times` scales a prediction without making it anew,
    and that shapes which run together share the cache and hold up each other's prefill.

    Raises:
        UndecidableError: The model does not fit the GPUs, a request has no tokens at all, or the model generates none.
    """
    _check_served(option, workload, catalog)
    mean = _mean_counted(workload)
    if option.tokens_per_s is not None:
        rate = float(option.tokens_per_s)
        caveats = _beside_prediction(option, workload, catalog)
        return Replica(rate / mean, rate, rate, rate, None, None, measured=True, caveats=caveats)
    return _predicted_replica(option, workload, catalog, mean=mean)


def _beside_prediction(option: SelfHostOption, workload: Workload, catalog: Catalog) -> tuple[str, ...]:
    """Say that a throughput which an option states lies outside the interval of what the model predicts for it."""
    measured = option.tokens_per_s
    if measured is None or option.model is None or option.gpu is None:
        return ()
    try:
        predicted = _predicted_replica(option, workload, catalog, mean=_mean_counted(workload))
    except UndecidableError:
        return ()  # of what does not fit there is no prediction
    low, high = float(low_of(measured)), float(high_of(measured))
    if predicted.low <= high and low <= predicted.high:
        return ()
    side = "below" if high < predicted.low else "above"
    interval = f"({predicted.tokens_per_s:,.0f}; {predicted.low:,.0f} to {predicted.high:,.0f})"
    found = f"the stated {float(measured):,.0f} tokens/s are {side} the 80 % interval of the prediction {interval}"
    return (f"{found}: are they output tokens alone, of one replica, with requests of this size?",)


def _predicted_replica(option: SelfHostOption, workload: Workload, catalog: Catalog, *, mean: float) -> Replica:
    tokens = [float(shape.share) * float(shape.output_tokens or shape.prompt_tokens) for shape in workload.shapes]
    setup = setup_of(option, catalog)
    answers = [_answer(setup, shape, option, catalog) for shape in workload.shapes]

    def mixed(rates: list[float]) -> float:
        return mean / sum(part / rate for part, rate in zip(tokens, rates, strict=True))

    rate = mixed([answer.output_tokens_per_s for answer in answers])
    slowest = max(answers, key=lambda answer: answer.tpot_s)
    return Replica(
        requests_per_s=rate / mean,
        tokens_per_s=rate,
        low=mixed([answer.low for answer in answers]),
        high=mixed([answer.high for answer in answers]),
        tpot_ms=slowest.tpot_s * 1000 if workload.output_tokens else None,
        bottleneck=slowest.bottleneck,
        measured=False,
        caveats=tuple(dict.fromkeys(text for answer in answers for text in (*answer.caveats, *trust_of(setup)))),
    )


def _check_served(option: SelfHostOption, workload: Workload, catalog: Catalog) -> None:
    """Check every shape of a workload: see `check_asked`."""
    model = catalog.open_model(option.model) if option.model is not None else None
    for shape in workload.shapes:
        check_asked(model, Request.of(shape))


def check_asked(model: OpenModelFile | None, request: Request) -> None:
    """Check that a request has tokens, and that the model makes those that are asked for.

    Raises:
        UndecidableError: It has none, or the model reads and generates nothing.
    """
    if not request.output_tokens and not request.input_tokens:
        raise UndecidableError("the throughput model is about tokens; a shape has neither a prompt nor an output")
    if model is not None and not model.generates and request.output_tokens:
        raise UndecidableError(f"{model.name} reads text and generates nothing: ask for no output (--shape 512:0)")


def _mean_counted(workload: Workload) -> float:
    """Give the mean output of a request or, where no shape has any, its mean prompt [tokens]."""
    generates = any(shape.output_tokens for shape in workload.shapes)
    counted = (shape.share * (shape.output_tokens if generates else shape.prompt_tokens) for shape in workload.shapes)
    return float(sum(counted, start=Fraction(0)))


def alone_s(option: SelfHostOption, workload: Workload, catalog: Catalog) -> float | None:
    """How long a request of the mix takes that has a replica to itself [s]; None where no model says it.

    Its time to the first token, and its output at the speed of one request. Leaves out the assumption
    throughput_factor.
    """
    if option.model is None or option.gpu is None:
        return None
    setup = setup_of(option, catalog)
    total = 0.0
    for shape in workload.shapes:
        answer = _memory_of(_Rooms(catalog))(_Answers(setup, Request.of(shape), catalog))(1.0)
        total += float(shape.share) * (answer.ttft_s + float(shape.output_tokens) / answer.output_tokens_per_s)
    return total


def _answer(setup: Setup, shape: Shape, option: SelfHostOption, catalog: Catalog) -> Throughput:
    target = option.tpot_ms if option.tpot_ms is not None else catalog.assumption("tpot_target").value
    answer = _memory_of(_Rooms(catalog))(_Answers(setup, Request.of(shape), catalog)).within(float(target) / 1000)
    if answer.output_tokens_per_s <= 0:
        named = f"{setup.model.name} at {setup.serving.weight_precision} on {setup.layout.gpus}× {setup.gpu.name}"
        tokens = float(shape.prompt_tokens + shape.output_tokens)
        why = (*answer.caveats, why_unfit(setup, answer.fit, tokens=tokens))
        raise UndecidableError(f"{named} does not fit: {'; '.join(why)}")
    return answer
