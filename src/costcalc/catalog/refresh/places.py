"""Where the models of another library's file stand in our catalog, and which of them are wanted."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.refresh.read import TheirFile
from costcalc.catalog.refresh.record import Json, LeftOut, Taken, without_fields
from costcalc.errors import FlagError
from costcalc.findings import did_you_mean


class Placed(NamedTuple):
    """A model of theirs with its place in our catalog.

    Args:
        taken: The model.
        ours: Our id of it, or None where we have no such model.
    """

    taken: Taken
    ours: str | None

    @property
    def ref(self) -> str:
        """How options name it."""
        return f"{self.taken.provider}/{self.ours or self.taken.name}"

    def prices(self, catalog: Catalog) -> list[Json]:
        """Give our dated prices of it, as plain data; none of a model that we lack."""
        if self.ours is None:
            return []
        entry = catalog.entry(("api", self.taken.provider, "models", self.ours))
        found: list[Json] = entry["prices"]
        return found


def placed(theirs: TheirFile, catalog: Catalog, only: Sequence[str] = ()) -> tuple[list[Placed], list[LeftOut]]:
    """Find every model's place in our catalog, and everything of the wanted models that is left out.

    Two names of theirs may be one model of ours; where their prices differ, one is left out.

    Args:
        theirs: What was read.
        catalog: Our catalog.
        only: Patterns such as ``openai/*`` of the models that are wanted; empty for all.

    Raises:
        FlagError: A pattern fits no model.
    """
    ours = {provider: _names(catalog, provider) for provider in {one.provider for one in theirs.taken}}
    found = [Placed(taken, _ours(taken, ours[taken.provider])) for taken in theirs.taken]
    for pattern in only:
        names = [name for one in found for name in _called(one)]
        names += [name for one in theirs.left for name in _left_called(one, theirs)]
        if not _fit(names, [pattern]):
            hint = did_you_mean(pattern, names)
            raise FlagError(f"no model of {theirs.file} fits '{pattern}'{f'; {hint}' if hint else ''}")
    wanted, claims = _one_each([one for one in found if not only or _fit(_called(one), only)])
    about = {one.taken.theirs for one in wanted}
    left = [one for one in theirs.left if not only or one.model in about or _fit(_left_called(one, theirs), only)]
    return wanted, [*without_fields(left, {one.model for one in claims}), *claims]


def _called(one: Placed) -> tuple[str, ...]:
    return one.ref, one.taken.theirs, f"{one.taken.provider}/{one.taken.name}"


def _left_called(one: LeftOut, theirs: TheirFile) -> list[str]:
    return [one.model, *([theirs.names[one.model]] if one.model in theirs.names else [])]


def _fit(names: Sequence[str], patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name.lower(), pattern.lower()) for name in names for pattern in patterns)


def _names(catalog: Catalog, provider: str) -> dict[str, str]:
    """Give a provider's ids by every name of theirs; case does not matter."""
    models = catalog.providers[provider].models if provider in catalog.providers else {}
    aliases = {alias.lower(): name for name, model in models.items() for alias in model.aliases}
    return aliases | {name.lower(): name for name in models}


def named(theirs: TheirFile, catalog: Catalog) -> frozenset[str]:
    """Name the models of ours that a file names, whether it has a price of them or not."""
    split = [(ref.partition("/")[0], ref.partition("/")[2]) for ref in theirs.names.values()]
    ours = {provider: _names(catalog, provider) for provider, _ in split}
    found = {f"{provider}/{ours[provider][name.lower()]}" for provider, name in split if name.lower() in ours[provider]}
    return frozenset(found) | {one.ref for one in placed(theirs, catalog)[0] if one.ours is not None}


def _ours(taken: Taken, ours: Mapping[str, str]) -> str | None:
    names = (taken.name, *taken.entry.get("aliases", ()))
    return next((ours[name.lower()] for name in names if name.lower() in ours), None)


def _one_each(found: Sequence[Placed]) -> tuple[list[Placed], list[LeftOut]]:
    """Let the entry that bears our own id stand for a model of ours; others must say the same, or are left out."""
    kept: dict[str, Placed] = {}
    left: list[LeftOut] = []
    for one in sorted(found, key=lambda each: (each.ours != each.taken.name, each.taken.name)):
        first = kept.setdefault(one.ref, one)
        if not first.taken.costs_as(one.taken):
            reason = f"a name of {one.ref}, as {first.taken.theirs} is, which has another price; that one is taken"
            left.append(LeftOut(one.taken.theirs, "", reason, one.taken.place))
    return [kept[ref] for ref in sorted(kept)], left
