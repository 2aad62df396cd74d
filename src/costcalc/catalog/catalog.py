"""The catalog in force: what `compare` and every later command ask for prices, options and assumptions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, assert_never, get_args

from costcalc.catalog.forms.assumptions import Assumption
from costcalc.catalog.forms.contracts import Contract
from costcalc.catalog.forms.kinds import FIELDS, FOLDERS
from costcalc.catalog.forms.options import ApiOption, Option, SelfHostOption, Tenure
from costcalc.catalog.forms.schema import ApiFile
from costcalc.catalog.names import NAMED, OF_FOLDER, ThingKind, ambiguous, nothing_called, slug, unknown, with_hint
from costcalc.catalog.resolve import Resolver, has
from costcalc.catalog.things import NamedOption, SoldModel, SoldPlan, Thing
from costcalc.errors import AmbiguousNameError, UnknownNameError
from costcalc.findings import Node, Path, Place, did_you_mean

if TYPE_CHECKING:
    from costcalc.catalog.forms.exchange_rates import Currency
    from costcalc.catalog.forms.hardware import GpuFile, Measurement
    from costcalc.catalog.forms.open_models import OpenModelFile
    from costcalc.catalog.forms.plans import PlansFile
    from costcalc.catalog.forms.quality import Evaluation, Score, Searched
    from costcalc.catalog.rules.entries import KindEntry
    from costcalc.catalog.rules.verdicts import Rule
    from costcalc.catalog.tokenizers import Reasoning, Tokenizers
    from costcalc.workload import WorkloadKind

MAX_AGE_DAYS = 180  # judgement: after half a year without a look, a list price is called stale


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
        evaluations: Tests of the user's own, by id.
        quality: Gives the published scores by model.
        searched: Gives the models of which somebody looked for current scores and found too few.
        exchange_rates: Gives the currencies with their rates of exchange by code.
        rules: Gives the recommender's rules by id.
        kinds: Gives the kinds of workload by id.
        tokenizers: Gives the tokenizers, by id and by model.
        reasoning: Gives what models bill for an answer.
        throughput_fit: Gives the fitted coefficients of the throughput model.
        trees: The merged trees by kind (``options``, ``api/openai``), for the place of every number.
        digest_of: Works out a hash over every file of every layer that could have had a say.
        own_assumptions: Where the user's layers set assumptions, by id.
        laid: What the user's layers say of each kind (``options``, ``api``), lowest first.
        assumptions_read: Assumptions of the layers that were read so far; copies of the catalog share it.
        assumptions_moved: Assumptions whose value is not the layers', but one that an analysis tries.
        flagged: Options that stand in no file but in a flag, by id, for the place of every value.
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
    evaluations: "Mapping[str, Evaluation]"
    quality: "Callable[[], Mapping[str, tuple[Score, ...]]]"
    searched: "Callable[[], Mapping[str, Searched]]"
    exchange_rates: "Callable[[], Mapping[str, Currency]]"
    rules: "Callable[[], Mapping[str, Rule]]"
    kinds: "Callable[[], Mapping[WorkloadKind, KindEntry]]"
    tokenizers: "Callable[[], Tokenizers]"
    reasoning: "Callable[[], Reasoning]"
    throughput_fit: Callable[[], Mapping[str, Any]]
    trees: Mapping[str, Node]
    digest_of: Callable[[], str]
    own_assumptions: Mapping[str, Place]
    laid: Mapping[str, tuple[Node, ...]] = field(default_factory=dict, repr=False)
    assumptions_read: set[str] = field(default_factory=set, repr=False)
    assumptions_moved: frozenset[str] = frozenset()
    flagged: Mapping[str, Node] = field(default_factory=dict)
    _named: dict[str, NamedOption] = field(default_factory=dict, init=False, repr=False)
    _sold: dict[str, tuple[SoldModel, ...]] = field(default_factory=dict, repr=False)
    _slugs: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)

    def thing(self, name: str, *kinds: ThingKind) -> Thing:
        """Find what has a name: of these kinds, or of any; where several kinds have it, the first of `NAMED`.

        A name may also be ``folder/id``, as ``pricing/`` has it, which only one kind can have: ``models/deepseek-r1``.

        Raises:
            UnknownNameError: Nothing has that name.
            AmbiguousNameError: Several providers sell a model of that name, and nothing else is called so.

        Example:
            >>> from costcalc.catalog.layers.load import load_catalog
            >>> [load_catalog().thing(name)[:2] for name in ("gpt-5.2", "H100 SXM", "pue")]
            [('model', 'openai/gpt-5.2'), ('GPU', 'h100-sxm'), ('assumption', 'pue')]
        """
        found: tuple[Thing, ...] = ()
        for kind in kinds or NAMED:
            found = self._called(kind, name) or found
            # an open model's own name comes before a seller's other spelling of it
            if len(found) == 1 and (len(kinds) == 1 or found[0].is_called(name)):
                return found[0]
        if len(found) == 1:
            return found[0]
        if found:
            raise ambiguous(name, (thing.offer for thing in found))
        folder, _, entry = name.partition("/")
        if folder in OF_FOLDER and OF_FOLDER[folder] in (kinds or NAMED):
            return self.thing(entry, OF_FOLDER[folder])
        if kinds == ("model",):
            raise self._resolver.refusal(name) or unknown("model", name, self._resolver.names_like(name))
        if len(kinds) == 1:
            raise unknown(kinds[0], name, self.names(kinds[0]))
        names = (known for kind in kinds or NAMED for known in self.names(kind))
        raise nothing_called(name, kinds or tuple(NAMED), names, is_provider=name in self.providers)

    def _called(self, kind: ThingKind, name: str) -> tuple[Thing, ...]:
        """Give what of a kind has a name; several where several providers sell a model of that name."""
        match kind:
            case "option" | "assumption" | "currency":
                tables: dict[str, Mapping[str, Any]] = {"option": self.options, "assumption": self.assumptions}
                table = tables[kind] if kind in tables else self.exchange_rates()
                return (Thing(kind, name, (NAMED[kind].folder, name), table[name]),) if name in table else ()
            case "plan":
                sold = [one for one in self._plans() if name in {one.id, one.ref}]
                return tuple(Thing(kind, one.ref, one.path, one) for one in sold)
            case "model":
                return tuple(Thing(kind, model.ref, model.path, model) for model in self.sold_as(name))
            case "open model" | "GPU":
                entries: Mapping[str, OpenModelFile | GpuFile] = self.models if kind == "open model" else self.gpus
                entry = self._entry_called(kind, entries, name)
                return (Thing(kind, entry, (NAMED[kind].folder, entry), entries[entry]),) if entry is not None else ()
            case _:
                assert_never(kind)

    def _plans(self) -> Iterator[SoldPlan]:
        return (
            SoldPlan(vendor, name, plan) for vendor, file in self.plans.items() for name, plan in file.plans.items()
        )

    def sold_as(self, ref: str) -> tuple[SoldModel, ...]:
        """Give the models of a name, in any spelling (`costcalc.catalog.resolve`); several where several sell it."""
        if ref not in self._sold:
            self._sold[ref] = tuple(
                SoldModel(seller, model, file.models[model], self.contracts.get(seller), file, self.exchange_rates)
                for seller, model in self._resolver.matches(ref)
                for file in (self.providers[seller],)
            )
        return self._sold[ref]

    @cached_property
    def _resolver(self) -> Resolver:
        return Resolver(self.providers)

    def _entry_called(self, kind: ThingKind, entries: "Mapping[str, OpenModelFile | GpuFile]", name: str) -> str | None:
        """Find an entry by id, else by its name or an alias, for which all of them must be read."""
        wanted = slug(name)
        if wanted in entries:
            return wanted
        if kind not in self._slugs:
            names = ((entry, name) for entry, form in entries.items() for name in (form.name, *form.aliases))
            self._slugs[kind] = {slug(name): entry for entry, name in names}
        return self._slugs[kind].get(wanted)

    def names(self, kind: ThingKind) -> Iterator[str]:
        """Walk the names of a kind, for did-you-mean."""
        match kind:
            case "option":
                yield from self.options
            case "assumption":
                yield from self.assumptions
            case "plan":
                yield from (one.ref for one in self._plans())
            case "model":
                yield from (name for file in self.providers.values() for name in file.models)
            case "open model":
                yield from (name for form in self.models.values() for name in (form.name, *form.aliases))
            case "GPU":
                yield from (name for form in self.gpus.values() for name in (form.name, *form.aliases))
            case "currency":
                yield from self.exchange_rates()
            case _:
                assert_never(kind)

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
        known = self._sold.get(ref) or self.sold_as(ref)
        sold: SoldModel = known[0] if len(known) == 1 else self.thing(ref, "model").entry
        return sold

    def own_model(self, provider: str, name: str) -> str:
        """Find a model of one provider by its id or an alias, and give its id.

        Raises:
            UnknownNameError: The provider sells none of that name.
        """
        found = next(has(self.providers[provider], name), None)
        if found is None:
            raise self._resolver.not_sold(provider, name)
        return found

    def option(self, name: str) -> NamedOption:
        """Find an option by its id; a model's name is an option too: that model over its API.

        ``ID@reserved_3y`` is a self-hosted option of that id on other terms.

        Raises:
            UnknownNameError: There is neither.
        """
        if name not in self._named:
            self._named[name] = self._option(name)
        return self._named[name]

    def _option(self, name: str) -> NamedOption:
        if name in self.options:
            return NamedOption(name, self.options[name])
        if (tenured := self._at_tenure(name)) is not None:
            return tenured
        try:
            return NamedOption(name, ApiOption(kind="api", model=self.sold_model(name).ref))
        except AmbiguousNameError:
            raise
        except UnknownNameError as error:
            if (refused := self._resolver.refusal(name)) is not None:
                raise refused from None
            near = (*self.options, *self._resolver.names_like(name))
            raise unknown("option", name, near, remark=": neither an option nor a model") from error

    def _at_tenure(self, name: str) -> NamedOption | None:
        base, _, tenure = name.rpartition("@")
        option = self.options.get(base)
        if not isinstance(option, SelfHostOption) or tenure not in get_args(Tenure):
            return None
        return NamedOption(name, option.model_copy(update={"tenure": tenure}))

    def resolved(self, name: str) -> str:
        """Write an option's name so that a row names the model that was read, where it was not written as its id.

        A name that nothing has stays: pricing it says what is wrong with it.
        """
        if name in self.options:
            return name
        sold = self.sold_as(name)
        return sold[0].ref if len(sold) == 1 and name != sold[0].id else name

    def provider(self, name: str) -> ApiFile:
        """Find a provider's price list by its id.

        Raises:
            UnknownNameError: There is none.
        """
        if name not in self.providers:
            raise UnknownNameError(with_hint(f"unknown provider '{name}'", did_you_mean(name, self.providers)))
        return self.providers[name]

    def assumption(self, name: str) -> Assumption:
        """Find an assumption by its id, and note that a figure rests on it.

        Raises:
            UnknownNameError: There is none.
        """
        found = self._assumption(name)
        if name not in self.assumptions_moved:
            self.assumptions_read.add(name)
        return found

    def _assumption(self, name: str) -> Assumption:
        if name not in self.assumptions:
            raise unknown("assumption", name, self.assumptions)
        return self.assumptions[name]

    def with_assumptions(self, values: Mapping[str, Decimal]) -> "Catalog":
        """Give the catalog with other values of some assumptions, each without a range.

        Reading one of them there says nothing of the layers' value: a horizon of the command line hides the file's.

        Raises:
            UnknownNameError: There is no such assumption.

        Example:
            >>> from costcalc.catalog.layers.load import load_catalog
            >>> load_catalog().with_assumptions({"pue": Decimal("1.2")}).assumption("pue").high
            Decimal('1.2')
        """
        if not values:
            return self
        moved = {
            name: self._assumption(name).model_copy(update={"value": value, "low": value, "high": value})
            for name, value in values.items()
        }
        hidden = self.assumptions_moved | moved.keys()
        return replace(self, assumptions={**self.assumptions, **moved}, assumptions_moved=hidden)

    def open_model(self, name: str) -> "OpenModelFile":
        """Find an open model by its name, id or an alias; case and punctuation do not matter.

        Raises:
            UnknownNameError: There is none.

        Example:
            >>> from costcalc.catalog.layers.load import load_catalog
            >>> load_catalog().open_model("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B").model
            'deepseek-r1-distill-qwen-32b'
        """
        model: OpenModelFile = self.thing(name, "open model").entry
        return model

    def gpu(self, name: str) -> "GpuFile":
        """Find a GPU by its name, id or an alias; case and punctuation do not matter.

        Raises:
            UnknownNameError: There is none.

        Example:
            >>> from costcalc.catalog.layers.load import load_catalog
            >>> [load_catalog().gpu(name).gpu for name in ("H100 SXM", "h100")]
            ['h100-sxm', 'h100-sxm']
        """
        gpu: GpuFile = self.thing(name, "GPU").entry
        return gpu

    def plan(self, ref: str) -> SoldPlan:
        """Find a subscription by ``provider/plan``.

        Raises:
            UnknownNameError: There is none.

        Example:
            >>> from costcalc.catalog.layers.load import load_catalog
            >>> load_catalog().plan("anthropic/claude-pro").plan.name
            'Claude Pro'
        """
        plan: SoldPlan = self.thing(ref, "plan").entry
        return plan

    def own(self, path: Path) -> tuple[Node, ...]:
        """Give what the user's layers say of an entry, lowest first; nothing where it is as costcalc ships it."""
        kind, *steps = path
        found: list[Node] = []
        for laid in self.laid.get(str(kind), ()):
            node: Node | None = laid
            for step in steps:
                node = node.child(step) if node is not None else None
            found += [node] if node is not None else []
        return tuple(found)

    def place(self, path: Path) -> Place:
        """Tell where the value under a path was written, in whichever layer decided it."""
        node = self.node(path)
        return node.key or node.place if isinstance(node.value, dict | list) else node.place

    def entry(self, path: Path) -> dict[str, Any]:
        """Give what stands under a path, all layers merged, as plain data."""
        return {key: child.plain() for key, child in self.node(path).items()}

    def find(self, path: Path) -> Node | None:
        """Give what stands exactly under a path, all layers merged; None where nothing does."""
        kind, *rest = path
        if kind in FOLDERS:
            entry, *rest = rest
            if entry not in getattr(self, FIELDS[str(kind)]):
                return None
            kind = f"{kind}/{entry}"
        node: Node | None = self.trees[str(kind)]
        for step in rest:
            node = node.child(step) if node is not None else None
        return node

    def node(self, path: Path) -> Node:
        """Give what stands under a path, all layers merged, with the place of every value."""
        kind, *rest = path
        if kind == "options" and rest and rest[0] in self.flagged:
            return self.flagged[str(rest[0])].nearest(rest[1:])
        if kind in FOLDERS:
            kind = f"{kind}/{rest.pop(0)}"
        return self.trees[str(kind)].nearest(rest)
