"""Which models of the catalog have a name: exactly, else in any spelling of one and the same model.

The rules, in order. A provider before the slash and one of its ids, letter by letter, is that model. Else the id is
read (`costcalc.catalog.ids`), and spellings are compared without case and separators: the way in which a seller happens
to write a name never chooses that seller. A bare name means its maker's price where its maker sells it; what several
others sell is several matches, and the caller lists them. A snapshot's date is left out only where the entry names no
snapshots of its own, since another snapshot can have another price.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from costcalc.catalog.forms.schema import ApiFile, Model
from costcalc.catalog.ids import HeldId, key, parts, read_id, same_price, without_date
from costcalc.catalog.names import with_hint
from costcalc.catalog.sellers import UNLISTED, maker_of, our_provider
from costcalc.errors import UnknownNameError
from costcalc.findings import did_you_mean

Match = tuple[str, str]  # a provider's id and a model's id there


def has(file: ApiFile, name: str) -> Iterator[str]:
    """Walk the models of a provider that have a name letter by letter, as an id or an alias."""
    if name in file.models:
        yield name
    else:
        yield from (model for model, entry in file.models.items() if name in entry.aliases)


class _Spellings:
    """The models of one provider by the keys of their names.

    Args:
        file: Its price list.

    Attributes:
        whole: By whole names.
        last: By what stands behind the last slash of a name.
        undated: By names without the date of their snapshot.
        snapshots: Models that name snapshots of their own.
    """

    def __init__(self, file: ApiFile) -> None:
        self.whole: dict[str, set[str]] = defaultdict(set)
        self.last: dict[str, set[str]] = defaultdict(set)
        self.undated: dict[str, set[str]] = defaultdict(set)
        self.snapshots: set[str] = set()
        for model, entry in file.models.items():
            for name in (model, *entry.aliases):
                self._add(model, name)

    def _add(self, model: str, name: str) -> None:
        self.whole[key(name)].add(model)
        self.last[key(name.rpartition("/")[2])].add(model)
        plain = without_date(name)
        if plain is not None:
            self.undated[key(plain)].add(model)
            self.snapshots.add(model)

    def find(self, name: str) -> set[str]:
        """Find a name at this seller: as it stands, else without its company, else without a snapshot's date."""
        for spelling in parts(name):
            if found := self.whole.get(key(spelling)) or self.last.get(key(spelling)):
                return found
        plain = without_date(name)
        if plain is None:
            return self.undated.get(key(name), set())
        return {model for model in self.find(plain) if model not in self.snapshots}


class Resolver:
    """Finds models by name in price lists.

    Args:
        providers: Price lists by provider id.
    """

    def __init__(self, providers: Mapping[str, ApiFile]) -> None:
        self._providers = providers
        self._spellings: dict[str, _Spellings] = {}

    def matches(self, name: str) -> tuple[Match, ...]:
        """Find the models of a name; several where several sellers have it, none where nobody does."""
        provider, _, rest = name.partition("/")
        if provider in self._providers and (exact := list(has(self._providers[provider], rest))):
            return ((provider, exact[0]),)
        if "/" in name and (hub := self._hub(name)):
            return hub
        try:
            held = self._read(name)
        except UnknownNameError:
            return ()
        if held.seller is None:
            return self._anywhere(held.name)
        return self._at(held.seller, held.name) if held.seller in self._providers else ()

    def refusal(self, name: str) -> UnknownNameError | None:
        """Say why a name has no match, where its id tells more than that it is unknown: a variant, or who sells it."""
        try:
            held = self._read(name)
        except UnknownNameError as error:
            return error
        if held.seller is not None and held.seller not in self._providers:
            return self._no_list(name, held)
        return self._deployment(name) if held.seller == "azure" else None

    def _deployment(self, name: str) -> UnknownNameError:
        """Make the error for a name at Azure, where customers call by names of their own."""
        message = (
            f"unknown model '{name}': Azure's price list has no such name, and a deployment's own name does not tell"
            " which model it serves; name that model, azure/MODEL, or add yours with costcalc catalog add model"
        )
        return UnknownNameError(with_hint(message, did_you_mean(name, self.names_like(name))))

    def names_like(self, name: str) -> Iterator[str]:
        """Walk the names that may be offered in place of one that nobody has: of its seller alone, where it has one."""
        held = self._read(name)
        bare = held.seller is None and "/" not in name
        for seller in self._providers if held.seller is None else (held.seller,):
            yield from (model if bare else f"{seller}/{model}" for model in self._providers[seller].models)

    def _read(self, name: str) -> HeldId:
        return read_id(name, self._providers.__contains__)

    def _hub(self, name: str) -> tuple[Match, ...]:
        """Find a company/model id that some seller writes letter by letter, at all who sell that model under it."""
        if not any(True for file in self._providers.values() for _ in has(file, name)):
            return ()
        sellers = ((seller, self._spelt(seller).whole.get(key(name), set())) for seller in self._providers)
        found = [(seller, model) for seller, models in sellers for model in models]
        company, _, rest = name.partition("/")
        maker = our_provider(company)
        own = self._at(maker, rest) if maker in self._providers else ()
        return tuple(sorted({*found, *own})) if self._open(found) else own or tuple(found)

    def _open(self, found: Iterable[Match]) -> bool:
        """Say whether a model's weights are open, so that no seller's price is its own."""
        return any(self._entry(match).open_weights is not None for match in found)

    def _anywhere(self, name: str) -> tuple[Match, ...]:
        """Find a name without a seller: the maker's own model of that name, whose price list alone is then read."""
        maker = maker_of(name) if "/" not in name else None
        if maker is not None and maker in self._providers and (own := self._at(maker, name)):
            return own
        return tuple(match for seller in self._providers for match in self._at(seller, name))

    def _at(self, seller: str, name: str) -> tuple[Match, ...]:
        found = list(has(self._providers[seller], name)) or sorted(self._spelt(seller).find(name))
        if not found and (same := same_price(seller, name)) is not None:
            found = sorted(self._spelt(seller).find(same))
        return tuple((seller, model) for model in found)

    def _spelt(self, seller: str) -> _Spellings:
        if seller not in self._spellings:
            self._spellings[seller] = _Spellings(self._providers[seller])
        return self._spellings[seller]

    def _entry(self, match: Match) -> Model:
        """Give the catalog's entry of a match."""
        seller, model = match
        return self._providers[seller].models[model]

    def _no_list(self, text: str, held: HeldId) -> UnknownNameError:
        """Make the error for a seller without a price list; what others charge for that model is said to be theirs."""
        assert held.seller is not None
        message = (
            f"unknown model '{text}': the catalog has no price of {UNLISTED.get(held.seller, held.seller)}; "
            "costcalc catalog import or costcalc catalog add model --new-provider adds it"
        )
        others = ", ".join(f"{other}/{model}" for other, model in self._anywhere(held.name))
        return UnknownNameError(f"{message}; another seller's price: {others}" if others else message)

    def not_sold(self, seller: str, name: str) -> UnknownNameError:
        """Make the error for a model that a seller's price list lacks; near names are that seller's own."""
        hint = did_you_mean(name, self._providers[seller].models)
        return UnknownNameError(with_hint(f"unknown model '{name}' of {seller}", hint))
