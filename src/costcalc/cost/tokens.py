"""How many tokens a model makes: of a text that another model counted, and of an answer that a reader sees."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, assert_never

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.assumptions import Assumption
from costcalc.catalog.forms.options import ApiOption, BlendOption, Option, PlanOption, RateOption, SelfHostOption
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.catalog.ids import model_keys
from costcalc.catalog.names import with_hint
from costcalc.catalog.things import NamedOption, SoldModel
from costcalc.catalog.tokenizers import Names, Ratio, Step
from costcalc.cost.estimate import CostLine, Demand, Month, Monthly
from costcalc.errors import UndecidableError, UnknownNameError
from costcalc.findings import did_you_mean
from costcalc.units import Count, whole
from costcalc.workload import Shape, TokenMeter, Workload

# what a tokenizer makes of text; pictures, sound and video are cut into tokens by other rules
TEXT_METERS: frozenset[TokenMeter] = frozenset(
    {"input", "cache_read", "cache_write", "cache_write_1h", "cache_write_12h", "output", "reasoning"}
)


class Counter(NamedTuple):
    """A model that counts tokens.

    Args:
        names: What it is called.
        tokenizer: The id of its tokenizer, or None where nobody has compared it.
    """

    names: Names
    tokenizer: str | None

    def is_same(self, other: "Counter") -> bool:
        """Say whether both count alike, as far as anybody knows: the same tokenizer, or the same model."""
        if self.tokenizer is not None:
            return self.tokenizer == other.tokenizer
        keys, others = ({key for name in one.names for key in model_keys(name)} for one in (self, other))
        return bool(keys & others)


def counter_named(text: str, catalog: Catalog) -> Counter:
    """Find whose tokens a workload says that it counts: a model's, in any spelling and at any seller, or a tokenizer's.

    Raises:
        UnknownNameError: Nothing is called so.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> shipped = load_catalog()
        >>> [counter_named(text, shipped).tokenizer for text in ("Claude Opus 4.6", "claude-4.7", "mistral-large-3")]
        ['claude-3', 'claude-4.7', None]
    """
    tokenizers = catalog.tokenizers()
    if (listed := tokenizers.named(text)) is not None:
        return Counter((text,), listed)
    if sold := catalog.sold_as(text):  # several sellers of a name sell the same model
        return _of_sold(sold[0], catalog)
    try:
        return _counter(_open_names(text, catalog), catalog)
    except UnknownNameError:
        models = (name for kind in ("model", "open model") for name in catalog.names(kind))
        hint = did_you_mean(text, (*tokenizers.names(), *models))
        message = f"unknown model '{text}': tokens_as says whose tokens the counts are, a model's or a tokenizer's"
        raise UnknownNameError(with_hint(message, hint)) from None


def _counter(names: Names, catalog: Catalog) -> Counter:
    return Counter(names, catalog.tokenizers().of(names))


def _of_sold(sold: SoldModel, catalog: Catalog) -> Counter:
    name, model = sold.model.open_weights, sold.model
    weights = _open_names(name, catalog) if name is not None and name in catalog.models else ()
    return _counter((sold.id, *model.aliases, *weights), catalog)


def _open_names(name: str, catalog: Catalog) -> Names:
    model = catalog.open_model(name)
    return (model.model, model.name, *model.aliases)


def counter_of(option: Option, catalog: Catalog) -> Counter | None:
    """Find the model that counts what an option bills; None where it names none, or is a blend of several."""
    match option:
        case ApiOption() | ProvisionedOption():
            return _of_sold(catalog.sold_model(option.model), catalog)
        case PlanOption():
            model = option.model or catalog.plan(option.plan).plan.overage
            return _of_sold(catalog.sold_model(model), catalog) if model is not None else None
        case RateOption():
            return _counter(_open_names(option.serves, catalog), catalog) if option.serves is not None else None
        case SelfHostOption():
            return _counter(_open_names(option.model, catalog), catalog) if option.model is not None else None
        case BlendOption():
            return None
        case _:
            assert_never(option)


def is_counted(workload: Workload) -> bool:
    """Say whether a workload's counts are what any model bills, as far as it says."""
    if workload.tokens_as is not None:
        return False
    for shape in workload.shapes:  # noqa: SIM110  # asked for every estimate: a generator takes four times as long
        if shape.is_answer:
            return False
    return True


class Counted(NamedTuple):
    """A workload in the tokens of the model that serves it.

    Args:
        workload: The workload.
        caveats: What was done to its counts, or could not be done.
        assumptions: Ids of the assumptions that the counts rest on now.
    """

    workload: Workload
    caveats: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()


def counted_by(named: NamedOption, workload: Workload, catalog: Catalog) -> Counted:
    """Give a workload in the tokens that the model of an option counts and bills.

    The same text is more tokens to one model than to another. Where the workload says whose tokens its counts are,
    those of text are multiplied by the ratio of the two tokenizers, so that everything after it (the long-context tier,
    the least prompt that is cached, the context window, the throughput of a GPU) sees what the model itself counts.

    Where it says how long the answer is that a reader sees, a model that reasons bills more: the answer × its factor.

    Args:
        named: The option; not a blend, of which each part counts for itself.
        workload: What is to be served.
        catalog: Models, how they count, and the assumptions that are their ratios and factors.

    Raises:
        UnknownNameError: Nothing is called as the workload says.
        UndecidableError: It is not known whether the model reasons, and the workload says how long its answers are.
    """
    if is_counted(workload):
        return Counted(workload)
    own = counter_of(named.option, catalog)
    counted = _in_tokens_of(own, workload, catalog)
    answers = any(shape.is_answer for shape in workload.shapes)
    return _with_reasoning(named.id, own, counted, catalog) if answers else counted


def _in_tokens_of(own: Counter | None, workload: Workload, catalog: Catalog) -> Counted:
    if workload.tokens_as is None:
        return Counted(workload)
    theirs = counter_named(workload.tokens_as, catalog)
    same = replace(workload, tokens_as=None)
    if own is not None and own.is_same(theirs):
        return Counted(same)
    steps = _steps(own, theirs, catalog)
    if steps is None:
        unknown = "how many its own tokenizer makes of the same text is not known"
        return Counted(same, (f"token counts are those of {workload.tokens_as}; {unknown}",))
    ratio = _ratio(steps, catalog)
    said = f"its tokenizer counts {_times(ratio)} the tokens of {workload.tokens_as} for the same text"
    shapes = tuple(_scaled(shape, ratio.value) for shape in same.shapes)
    scaled = replace(same, shapes=shapes, stored=whole(same.stored * ratio.value))
    return Counted(scaled, (said,), tuple(step.assumption for step in steps))


def _with_reasoning(name: str, own: Counter | None, counted: Counted, catalog: Catalog) -> Counted:
    """Add to the answers of a workload what the model reasons; nothing where it does not reason."""
    entry = catalog.reasoning().of(own.names) if own is not None else None
    if entry is None:
        unknown = "it is not known whether its model reasons, so not what it bills for an answer"
        raise UndecidableError(
            f"{unknown}: say output_tokens, or list it under reasoning in a costcalc.yaml", subject=name
        )
    workload = counted.workload
    times = entry.times_at(workload.effort)
    if times is None:
        return counted._replace(workload=_reasoned(workload, Fraction(1)))
    factor = catalog.assumption(times)
    if factor.value < 1:
        raise UndecidableError(
            f"what is billed is at least the answer; assumption {times} is {factor.value}", subject=name
        )
    said = _reasoning_said(workload, factor, is_at_effort=times != entry.times)
    reasoned = _reasoned(workload, Fraction(factor.value))
    return Counted(reasoned, (*counted.caveats, said), (*counted.assumptions, times))


def _reasoned(workload: Workload, times: Fraction) -> Workload:
    shapes = (_answered(shape, times) if shape.is_answer else shape for shape in workload.shapes)
    return replace(workload, shapes=tuple(shapes))


def _answered(shape: Shape, times: Fraction) -> Shape:
    thought = whole(shape.tokens.get("output", 0) * (times - 1))
    reasoning: Mapping[TokenMeter, Count] = {"reasoning": thought} if thought else {}
    return replace(shape, tokens={**shape.tokens, **reasoning}, is_answer=False)


def _reasoning_said(workload: Workload, factor: Assumption, *, is_at_effort: bool) -> str:
    sizes = {shape.output_tokens for shape in workload.shapes if shape.is_answer}
    answer = f"the answer of {float(sizes.pop()):,.0f} tokens" if len(sizes) == 1 else "the answer"
    value, low, high = (f"{each.normalize():f}" for each in (factor.value, factor.low, factor.high))
    interval = f" ({low} to {high})" if low != high else ""
    effort = f" at {workload.effort} effort" if is_at_effort else ""
    without = f"; no figure for {workload.effort} effort" if workload.effort is not None and not is_at_effort else ""
    return f"output is {answer} × {value}{interval} for reasoning{effort} ({factor.basis}{without})"


class CountedMonth(NamedTuple):
    """A month of a workload whose counts rest on assumptions."""

    month: Month
    counted_with: tuple[str, ...]

    @property
    def lines(self) -> tuple[CostLine, ...]:
        """What is paid for."""
        return self.month.lines

    @property
    def exact_usd(self) -> Fraction:
        """The exact sum of the lines [USD/month]."""
        return self.month.exact_usd

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Ids of the assumptions that it rests on."""
        return tuple(dict.fromkeys([*self.month.assumptions, *self.counted_with]))


def monthly_counted(named: NamedOption, workload: Workload, ready: Callable[[Workload], Monthly]) -> Monthly:
    """Make an option ready for a workload whose counts rest on assumptions, once for each of their values.

    Args:
        named: The option.
        workload: The mix of requests, in another model's tokens or with answers alone.
        ready: Makes the option ready for the mix in the tokens that its own model counts and bills.
    """
    made: dict[tuple[Decimal, ...], Monthly] = {}

    def month(demand: Demand, at: Catalog) -> Month:
        counted = counted_by(named, workload, at)
        key = tuple(at.assumption(name).value for name in counted.assumptions)
        if key not in made:
            made[key] = ready(counted.workload)
        return CountedMonth(made[key](demand, at), counted.assumptions)

    return month


def _steps(to: Counter | None, of: Counter, catalog: Catalog) -> tuple[Step, ...] | None:
    if to is None or to.tokenizer is None or of.tokenizer is None:
        return None
    return catalog.tokenizers().steps(to.tokenizer, of.tokenizer)


def _ratio(steps: Iterable[Step], catalog: Catalog) -> Ratio:
    known = ((step, catalog.assumption(step.assumption)) for step in steps)
    return Ratio.of((step, found.value, found.low, found.high) for step, found in known)


def _times(ratio: Ratio) -> str:
    value, low, high = (f"{float(each):.2f}" for each in ratio)
    return f"{value} times" if low == high else f"{value} times ({low} to {high})"


def _scaled(shape: Shape, times: Fraction) -> Shape:
    tokens = {
        meter: whole(amount * times) if meter in TEXT_METERS else amount for meter, amount in shape.tokens.items()
    }
    return replace(shape, tokens=tokens)


def differing(options: Iterable[NamedOption], catalog: Catalog) -> Mapping[str, str]:
    """Say of options that are compared at equal counts whose model would make more tokens of the same text.

    One sentence each, by the option's id, and only where it is known by how much: against the tokenizer with which it
    was compared, where an option has that, else against the one that makes the fewest.

    Args:
        options: The options, in the order in which they are compared.
        catalog: Models and tokenizers.
    """
    counters = {named.id: counter_of(named.option, catalog) for named in options}
    first: dict[str, str] = {}
    for name, counter in counters.items():
        if counter is not None and counter.tokenizer is not None:
            first.setdefault(counter.tokenizer, name)
    said = {tokenizer: _more(tokenizer, first, catalog) for tokenizer in first} if len(first) > 1 else {}
    found = ((name, said.get(counter.tokenizer or "")) for name, counter in counters.items() if counter is not None)
    return {name: text for name, text in found if text is not None}


def _more(tokenizer: str, first: Mapping[str, str], catalog: Catalog) -> str | None:
    ratios = dict(_against(tokenizer, first, catalog))
    than = catalog.tokenizers().entries[tokenizer].than
    other = than if than in ratios else max(ratios, key=lambda name: ratios[name].value, default=None)
    if other is None or ratios[other].value <= 1:
        return None
    more = f"the same text is {_times(ratios[other])} as many tokens here as for {first[other]}"
    return f"{more}: counts are taken as each model's own (--tokens-as)"


def _against(tokenizer: str, others: Iterable[str], catalog: Catalog) -> Iterator[tuple[str, Ratio]]:
    tokenizers = catalog.tokenizers()
    for other in others:
        steps = tokenizers.steps(tokenizer, other)
        if steps:
            yield other, _ratio(steps, catalog)
