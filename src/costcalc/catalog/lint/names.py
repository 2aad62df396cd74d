"""Rules about names: one name leads to one thing."""

from collections.abc import Iterable, Iterator

from costcalc.catalog.lint.question import Found, Question, dotted
from costcalc.catalog.names import slug
from costcalc.findings import Path


def duplicate_names(asked: Question) -> Iterator[Found]:
    """Find one name for two things: two models of a provider, two open models, two GPUs."""
    catalog = asked.catalog
    for folder, entries in (("models", catalog.models), ("gpus", catalog.gpus)):
        # whatever is looked up there is made a slug first
        named = [(one, [slug(name) for name in (one, form.name, *form.aliases)]) for one, form in entries.items()]
        for one, message in _twice(named):
            yield Found((folder, one), message, catalog.place((folder, one, "name")))
    for provider, prices in catalog.providers.items():
        ids = [(one, [one]) for one in prices.models]
        for one, message in _twice([*ids, *((one, list(model.aliases)) for one, model in prices.models.items())]):
            yield Found(("api", provider, "models", one, "aliases"), message)


def _twice(named: Iterable[tuple[str, list[str]]]) -> Iterator[tuple[str, str]]:
    """Find names that lead to two things; whose they are, and what is to be said."""
    taken: dict[str, str] = {}
    for one, names in named:
        for name in dict.fromkeys(names):
            if taken.setdefault(name, one) != one:
                yield one, f"'{name}' is {taken[name]} already; a name belongs to one of them"


def similar_names(asked: Question) -> Iterator[Found]:
    """Find ids that differ in case and punctuation alone, which nobody keeps apart."""
    catalog = asked.catalog
    yield from _alike(("options",), catalog.options)
    yield from _alike(("assumptions",), catalog.assumptions)
    for vendor, file in catalog.plans.items():
        yield from _alike(("plans", vendor, "plans"), file.plans)
    for provider, prices in catalog.providers.items():
        path = ("api", provider, "models")
        yield from _alike(path, prices.models)
        aliases = ((one, alias) for one, model in prices.models.items() for alias in model.aliases)
        yield from _aliases(path, prices.models, aliases)


def _aliases(path: Path, models: Iterable[str], aliases: Iterable[tuple[str, str]]) -> Iterator[Found]:
    """Find aliases that are another model's id but for case and punctuation; the same text is another rule's."""
    ids = {slug(name): name for name in models}
    for one, alias in aliases:
        other = ids.get(slug(alias), one)
        if other not in {one, alias}:
            yield Found((*path, one, "aliases"), f"its alias '{alias}' and {dotted((*path, other))} are alike")


def _alike(path: Path, names: Iterable[str]) -> Iterator[Found]:
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(slug(name), name)
        if other != name:
            yield Found((*path, name), f"'{name}' and '{other}' differ in case and punctuation alone")
