"""What keeps a scenario from being judged, and what its names hide: unknown ones, scopes that do not meet."""

from collections.abc import Iterable, Iterator
from datetime import date

from costcalc.budget.look_alike import alike, oddity
from costcalc.budget.verdict import place_of, scope_of
from costcalc.catalog.catalog import Catalog
from costcalc.errors import UnknownNameError
from costcalc.findings import Finding, Level, Node, did_you_mean
from costcalc.limits import BudgetEntry
from costcalc.scenario import Scenario


def problems_of(scenario: Scenario, tree: Node, catalog: Catalog, *, today: date) -> tuple[Finding, ...]:
    """Find what keeps a scenario from being judged.

    Args:
        scenario: The scenario.
        tree: Its tree, for places.
        catalog: Prices and options.
        today: The day of the check.
    """
    unknown = unknown_names(tree, catalog)
    apart = () if unknown else _apart(scenario, tree)
    return (*_missing(scenario, tree), *unknown, *apart, *_too_long(scenario, tree, today))


def _missing(scenario: Scenario, tree: Node) -> Iterator[Finding]:
    if not scenario.budgets:
        yield Finding("no-budgets", "error", "the file has no budgets, so there is nothing to check", tree.place)
    for name, entry in scenario.workloads.items():
        if entry.option is None:
            message = f"workloads.{name}: no option: say which one serves it today"
            yield Finding("no-option", "error", message, place_of(tree, "workloads", name), subject=name)
    if not scenario.workloads:
        yield Finding("no-workloads", "error", "the file has no workloads, so there is nothing to check", tree.place)


def unknown_names(tree: Node, catalog: Catalog) -> tuple[Finding, ...]:
    """Find names that lead nowhere; of a file whose values are wrong elsewhere too.

    Args:
        tree: The file beside its prices.
        catalog: Prices and options.
    """
    workloads, budgets = dict(_entries(tree, "workloads")), dict(_entries(tree, "budgets"))
    options = {name: text for name, entry in workloads.items() if (text := _text(entry.child("option")))}
    tags = {text for entry in workloads.values() for _, text in _texts(entry, "tags")}
    found: list[Finding] = []
    for name, option in options.items():
        found += _unknown_option(option, catalog, tree, ("workloads", name, "option"))
    for name, budget in budgets.items():
        for index, workload in _texts(budget, "workloads"):
            found += _near(workload, workloads, "workload", tree, ("budgets", name, "workloads", index))
        found += _near(_text(budget.child("tag")), tags, "tag", tree, ("budgets", name, "tag"))
        option_path = ("budgets", name, "option")
        found += _near(_text(budget.child("option")), options.values(), "option of a workload", tree, option_path)
    suppressions = tree.child("suppressions")
    for index, entry in enumerate(suppressions.value if suppressions and isinstance(suppressions.value, list) else ()):
        found += _near(_text(entry.child("budget")), budgets, "budget", tree, ("suppressions", index, "budget"))
    return tuple(found)


def _entries(tree: Node, key: str) -> Iterator[tuple[str, Node]]:
    node = tree.child(key)
    yield from node.items() if node is not None else ()


def _texts(entry: Node, key: str) -> Iterator[tuple[int, str]]:
    node = entry.child(key)
    items = node.value if node is not None and isinstance(node.value, list) else ()
    yield from ((index, item.value) for index, item in enumerate(items) if isinstance(item.value, str))


def _text(node: Node | None) -> str | None:
    return node.value if node is not None and isinstance(node.value, str) else None


def _unknown_option(option: str, catalog: Catalog, tree: Node, path: tuple[str, ...]) -> Iterator[Finding]:
    try:
        catalog.option(option)
    except UnknownNameError as error:
        message = f"{'.'.join(path)}: {error.reason}"
        yield Finding("unknown-name", "error", message, place_of(tree, *path), subject=option)


def _near(
    name: str | None, expected: Iterable[str], word: str, tree: Node, path: tuple[str | int, ...]
) -> Iterator[Finding]:
    names = sorted(set(expected))
    if name is not None and name not in names:
        shown = ".".join(map(str, path))
        message = f"{shown}: unknown {word} '{name}'; expected one of {', '.join(names) or '(there are none)'}"
        yield Finding("unknown-name", "error", message, place_of(tree, *path), did_you_mean(name, names), subject=name)


def in_scope(budget: BudgetEntry, scenario: Scenario) -> tuple[str, ...]:
    """Give the workloads that a budget is about."""
    return tuple(name for name, entry in scenario.workloads.items() if budget.takes(name, entry.option, entry.tags))


def _apart(scenario: Scenario, tree: Node) -> Iterator[Finding]:
    """Find budgets that are about nothing: no workload has all that their scopes name."""
    for name, budget in scenario.budgets.items():
        if scenario.workloads and not in_scope(budget, scenario):
            message = f"budgets.{name}: no workload is in all of its scopes ({scope_of(budget)}); it limits nothing"
            yield Finding("empty-scope", "error", message, place_of(tree, "budgets", name), subject=name)


def _too_long(scenario: Scenario, tree: Node, today: date) -> Iterator[Finding]:
    for index, one in enumerate(scenario.suppressions):
        if one.is_too_long_on(today):
            path = ("suppressions", index, "expires")
            message = f"suppressions.{index}.expires: expected a day at most a year after {today}, found {one.expires}"
            yield Finding("suppression-too-long", "error", message, place_of(tree, *path), subject=one.budget or "")


def about_names(scenario: Scenario, tree: Node, catalog: Catalog, *, strict: bool) -> Iterator[Finding]:
    """Find workloads that no budget reaches, tags that no budget asks for, and names that look like others.

    Args:
        scenario: The scenario, without `problems_of`.
        tree: Its tree, for places.
        catalog: Where the options stand.
        strict: Whether they are errors.
    """
    level: Level = "error" if strict else "warning"
    reached = {name for budget in scenario.budgets.values() for name in in_scope(budget, scenario)}
    for name in scenario.workloads:
        if name not in reached:
            message = f"workload '{name}' is in no budget, so nothing limits it"
            yield Finding("workload-unbudgeted", level, message, place_of(tree, "workloads", name), subject=name)
    yield from _unasked(scenario, tree, level)
    yield from _look_alikes(scenario, tree, catalog, level)


def _unasked(scenario: Scenario, tree: Node, level: Level) -> Iterator[Finding]:
    """Name each tag that no budget asks for once, at its first workload, however many have it."""
    asked_for = {budget.tag for budget in scenario.budgets.values()}
    tagged: dict[str, list[tuple[str, int]]] = {}
    for name, entry in scenario.workloads.items():
        for index, tag in enumerate(entry.tags):
            tagged.setdefault(tag, []).append((name, index))
    for tag, found in tagged.items():
        if tag in asked_for:
            continue
        (first, index), more = found[0], len({name for name, _ in found}) - 1
        others = f" (and of {more} more workload{'s' if more > 1 else ''})" if more else ""
        message = f"workload '{first}': no budget asks for its tag '{tag}'{others}"
        place = place_of(tree, "workloads", first, "tags", index)
        yield Finding("tag-unbudgeted", level, message, place, subject=f"tag {tag}")


def _look_alikes(scenario: Scenario, tree: Node, catalog: Catalog, level: Level) -> Iterator[Finding]:
    options = {entry.option: ("workloads", name, "option") for name, entry in scenario.workloads.items()}
    tags = {tag: ("workloads", name, "tags") for name, entry in scenario.workloads.items() for tag in entry.tags}
    tables = (
        ("workload", {name: ("workloads", name) for name in scenario.workloads}, ()),
        ("budget", {name: ("budgets", name) for name in scenario.budgets}, ()),
        ("tag", tags, ()),
        ("option", {name: path for name, path in options.items() if name is not None}, catalog.options),
    )
    for word, places, others in tables:
        odd = {name: f"holds {what}" for name in places if (what := oddity(name))}
        pairs = alike((*others, *places))
        odd |= {name: f"looks like '{other}', and is another one" for name, other in pairs if name in places}
        for name, what in odd.items():
            message = f"the {word} {name!a} {what}"
            yield Finding("look-alike", level, message, place_of(tree, *places[name]), subject=f"{word} {name}")
