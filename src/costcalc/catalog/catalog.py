"""The catalog in force: what `compare` and every later command ask for prices, options and assumptions."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from costcalc.catalog.forms.kinds import FOLDERS
from costcalc.catalog.forms.options import ApiOption, Option
from costcalc.catalog.forms.schema import ApiFile, Assumption, Contract, Model, Price
from costcalc.errors import AmbiguousNameError, UndecidableError, UnknownNameError
from costcalc.findings import Node, Path, Place, did_you_mean

if TYPE_CHECKING:
    from costcalc.catalog.forms.hardware import GpuFile, Measurement, OpenModelFile, Score
    from costcalc.catalog.forms.plans import Plan, PlansFile
    from costcalc.catalog.rules.entries import KindEntry
    from costcalc.catalog.rules.verdicts import Rule
    from costcalc.workload import WorkloadKind

MAX_AGE_DAYS = 180  # judgement: after half a year without a look, a list price is called stale


@dataclass(frozen=True, eq=False, slots=True)
class SoldModel:
    """A model as one provider sells it, with the user's contract where there is one.

    Args:
        provider: The provider's id.
        id: The model's id at the provider.
        model: The catalog's entry.
        contract: What the provider agreed with the user, or None.
        via: Against what the provider's figures were checked, where its pages were not opened.
        tariffs: Tariffs already worked out, by day and terms; filled by `costcalc.cost.tariff`.
        rates: Rates already worked out, by what decided them; filled by `costcalc.cost.rates`.
    """

    provider: str
    id: str
    model: Model
    contract: Contract | None = None
    via: str | None = None
    tariffs: dict[object, Any] = field(default_factory=dict, repr=False)
    rates: dict[object, Any] = field(default_factory=dict, repr=False)

    @property
    def ref(self) -> str:
        """How options name it: ``provider/model``."""
        return f"{self.provider}/{self.id}"

    @property
    def path(self) -> Path:
        """Where it stands in the catalog."""
        return ("api", self.provider, "models", self.id)

    def price_on(self, day: date) -> tuple[int, Price]:
        """Find the price entry in force on a day, with its index.

        Raises:
            UndecidableError: No entry is as old as that day.
        """
        for index in range(len(self.model.prices) - 1, -1, -1):
            price = self.model.prices[index]
            if price.effective <= day:
                return index, price
        first = self.model.prices[0].effective
        raise UndecidableError(f"no price is known for {day}; the earliest is of {first}", subject=self.ref)

    def retired_on(self, day: date) -> bool:
        """Say whether the provider no longer serves it on that day."""
        return self.model.retired is not None and self.model.retired <= day


class SoldPlan(NamedTuple):
    """A subscription as one vendor sells it."""

    provider: str
    id: str
    plan: "Plan"

    @property
    def ref(self) -> str:
        """How options name it: ``provider/plan``."""
        return f"{self.provider}/{self.id}"

    @property
    def path(self) -> Path:
        """Where it stands in the catalog."""
        return ("plans", self.provider, "plans", self.id)


class NamedOption(NamedTuple):
    """An option with the id under which it was asked for."""

    id: str
    option: Option


@dataclass(frozen=True, eq=False)
class Catalog:
    """Everything that prices need, from all layers.

    Args:
        providers: Price lists by provider id.
        options: Ways of serving by id.
        headline: The options that ``compare`` shows by default.
        assumptions: Assumptions by id.
        contracts: Contracts by provider id.
        models: Open models by id.
        gpus: GPUs by id.
        plans: Subscriptions by their vendor's id.
        measurements: Measured throughputs of the user's own, by id.
        quality: Gives the published scores by model.
        rules: Gives the recommender's rules by id.
        kinds: Gives the kinds of workload by id.
        throughput_fit: Gives the fitted coefficients of the throughput model.
        trees: The merged trees by kind (``options``, ``api/openai``), for the place of every number.
        digest_of: Works out a hash over every file of every layer that could have had a say.
    """

    providers: Mapping[str, ApiFile]
    options: Mapping[str, Option]
    headline: tuple[str, ...]
    assumptions: Mapping[str, Assumption]
    contracts: Mapping[str, Contract]
    models: "Mapping[str, OpenModelFile]"
    gpus: "Mapping[str, GpuFile]"
    plans: "Mapping[str, PlansFile]"
    measurements: "Mapping[str, Measurement]"
    quality: "Callable[[], Mapping[str, tuple[Score, ...]]]"
    rules: "Callable[[], Mapping[str, Rule]]"
    kinds: "Callable[[], Mapping[WorkloadKind, KindEntry]]"
    throughput_fit: Callable[[], Mapping[str, Any]]
    trees: Mapping[str, Node]
    digest_of: Callable[[], str]
    _sold: dict[str, SoldModel] = field(default_factory=dict, repr=False)
    _slugs: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)

    def sold_model(self, ref: str) -> SoldModel:
        """Find a model by ``provider/model``, by its id or by an alias.

        Raises:
            UnknownNameError: There is none.
            AmbiguousNameError: Several providers sell one of that name.

        Example:
            >>> from costcalc.catalog.layers.load import load_catalog
            >>> load_catalog().sold_model("gpt-5.2").ref
            'openai/gpt-5.2'
        """
        if ref not in self._sold:
            self._sold[ref] = self._find(ref)
        return self._sold[ref]

    def _find(self, ref: str) -> SoldModel:
        provider, _, name = ref.partition("/")
        matches = [(provider, known) for known in self._named(provider, name)] if provider in self.providers else []
        if not matches:  # ids may hold slashes: google/gemma-4-31B-it is what several hosts call it
            matches = [(one, known) for one in self.providers for known in self._named(one, ref)]
        if not matches:
            message = f"unknown model '{ref}'"
            raise UnknownNameError(_with_hint(message, did_you_mean(ref, self._all_names(with_provider=bool(name)))))
        if len(matches) > 1:
            offers = ", ".join(f"{one}/{known}" for one, known in matches)
            raise AmbiguousNameError(f"several providers sell '{ref}'; name one of: {offers}")
        provider, known = matches[0]
        prices = self.providers[provider]
        return SoldModel(provider, known, prices.models[known], self.contracts.get(provider), prices.via)

    def own_model(self, provider: str, name: str) -> str:
        """Find a model of one provider by its id or an alias, and give its id.

        Raises:
            UnknownNameError: The provider sells none of that name.
        """
        found = next(self._named(provider, name), None)
        if found is None:
            hint = did_you_mean(name, self.providers[provider].models)
            raise UnknownNameError(_with_hint(f"unknown model '{name}' of {provider}", hint))
        return found

    def _named(self, provider: str, name: str) -> Iterator[str]:
        models = self.providers[provider].models
        if name in models:
            yield name
        else:
            yield from (known for known in models if name in models[known].aliases)

    def _all_names(self, *, with_provider: bool) -> Iterable[str]:
        refs = [(provider, name) for provider in self.providers for name in self.providers[provider].models]
        return [f"{provider}/{name}" if with_provider else name for provider, name in refs]

    def option(self, name: str) -> NamedOption:
        """Find an option by its id; a model's name is an option too: that model over its API.

        Raises:
            UnknownNameError: There is neither.
        """
        if name in self.options:
            return NamedOption(name, self.options[name])
        try:
            return NamedOption(name, ApiOption(kind="api", model=self.sold_model(name).ref))
        except AmbiguousNameError:
            raise
        except UnknownNameError as error:
            known = [*self.options, *self._all_names(with_provider="/" in name)]
            message = f"unknown option '{name}': neither an option nor a model"
            raise UnknownNameError(_with_hint(message, did_you_mean(name, known))) from error

    def provider(self, name: str) -> ApiFile:
        """Find a provider's price list by its id.

        Raises:
            UnknownNameError: There is none.
        """
        if name not in self.providers:
            raise UnknownNameError(_with_hint(f"unknown provider '{name}'", did_you_mean(name, self.providers)))
        return self.providers[name]

    def assumption(self, name: str) -> Assumption:
        """Find an assumption by its id.

        Raises:
            UnknownNameError: There is none.
        """
        if name not in self.assumptions:
            message = f"unknown assumption '{name}'"
            raise UnknownNameError(_with_hint(message, did_you_mean(name, self.assumptions)))
        return self.assumptions[name]

    def open_model(self, name: str) -> "OpenModelFile":
        """Find an open model by its name, id or an alias; case and punctuation do not matter.

        Raises:
            UnknownNameError: There is none.

        Example:
            >>> from costcalc.catalog.layers.load import load_catalog
            >>> load_catalog().open_model("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B").model
            'deepseek-r1-distill-qwen-32b'
        """
        return _named("model", self.models, name, self._slugs)

    def gpu(self, name: str) -> "GpuFile":
        """Find a GPU by its name, id or an alias; case and punctuation do not matter.

        Raises:
            UnknownNameError: There is none.

        Example:
            >>> from costcalc.catalog.layers.load import load_catalog
            >>> [load_catalog().gpu(name).gpu for name in ("H100 SXM", "h100")]
            ['h100-sxm', 'h100-sxm']
        """
        return _named("GPU", self.gpus, name, self._slugs)

    def plan(self, ref: str) -> SoldPlan:
        """Find a subscription by ``provider/plan``.

        Raises:
            UnknownNameError: There is none.

        Example:
            >>> from costcalc.catalog.layers.load import load_catalog
            >>> load_catalog().plan("anthropic/claude-pro").plan.name
            'Claude Pro'
        """
        provider, _, name = ref.partition("/")
        if provider in self.plans and name in self.plans[provider].plans:
            return SoldPlan(provider, name, self.plans[provider].plans[name])
        known = [f"{one}/{plan}" for one, file in self.plans.items() for plan in file.plans]
        raise UnknownNameError(_with_hint(f"unknown plan '{ref}'", did_you_mean(ref, known)))

    def place(self, path: Path) -> Place:
        """Tell where the value under a path was written, in whichever layer decided it."""
        node = self.node(path)
        return node.key or node.place if isinstance(node.value, dict | list) else node.place

    def entry(self, path: Path) -> dict[str, Any]:
        """Give what stands under a path, all layers merged, as plain data."""
        return {key: child.plain() for key, child in self.node(path).items()}

    def node(self, path: Path) -> Node:
        """Give what stands under a path, all layers merged, with the place of every value."""
        kind, *rest = path
        if kind in FOLDERS:
            kind = f"{kind}/{rest.pop(0)}"
        return self.trees[str(kind)].nearest(rest)


_Named = TypeVar("_Named", bound="OpenModelFile | GpuFile")


def slug(name: str) -> str:
    """Write a name as an id: lower case, and a hyphen for whatever is neither letter, digit nor dot.

    Example:
        >>> slug("RTX 4060 Ti 16GB"), slug("Qwen3.5-397B-A17B"), slug("TPU v6e (Trillium)")
        ('rtx-4060-ti-16gb', 'qwen3.5-397b-a17b', 'tpu-v6e-trillium')
    """
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-")


def _named(word: str, entries: Mapping[str, _Named], name: str, known: dict[str, dict[str, str]]) -> _Named:
    """Find an entry by id, else by its name or an alias, for which all of them must be read."""
    wanted = slug(name)
    if wanted in entries:
        return entries[wanted]
    if word not in known:
        names = ((one, other) for one, form in entries.items() for other in (form.name, *form.aliases))
        known[word] = {slug(other): one for one, other in names}
    if wanted in known[word]:
        return entries[known[word][wanted]]
    shown = [other for form in entries.values() for other in (form.name, *form.aliases)]
    raise UnknownNameError(_with_hint(f"unknown {word} '{name}'", did_you_mean(name, shown)))


def _with_hint(message: str, hint: str | None) -> str:
    return f"{message}; {hint}" if hint else message
