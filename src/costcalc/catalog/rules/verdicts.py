"""What a rule says of some facts, and whether a rule can be understood at all."""

import string
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Literal, NamedTuple

from costcalc.catalog.forms.scalars import found
from costcalc.catalog.rules.entries import BOUNDS, RuleEntry, RulesFile
from costcalc.catalog.rules.vocabulary import FACTS, Fact, Value, type_of
from costcalc.errors import InputError
from costcalc.findings import Finding, Node, did_you_mean

Facts = Mapping[str, Value]
Word = Literal["fires", "silent", "unknown"]

_TESTS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "above": lambda value, bound: value > bound,
    "at_least": lambda value, bound: value >= bound,
    "below": lambda value, bound: value < bound,
    "at_most": lambda value, bound: value <= bound,
}


class Condition(NamedTuple):
    """One thing that must hold of a fact.

    Args:
        fact: The fact's name.
        test: ``is`` one of some values, ``holds`` one of some texts, or a bound: above, at_least, below, at_most.
        values: The values or texts, or the one bound.
        other: The fact that is the bound, or None.
    """

    fact: str
    test: str
    values: tuple[Value, ...]
    other: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The facts that it needs."""
        return (self.fact,) if self.other is None else (self.fact, self.other)

    def holds(self, facts: Facts) -> bool:
        """Say whether it holds of facts that are all known."""
        value = facts[self.fact]
        bound = facts[self.other] if self.other is not None else self.values[0]
        if self.test in _TESTS:
            assert isinstance(value, Decimal)  # the vocabulary says so
            assert isinstance(bound, Decimal)
            return _TESTS[self.test](value, bound)
        if self.test == "holds":
            return any(str(text).lower() in str(value).lower() for text in self.values)
        return value in self.values


class Rule(NamedTuple):
    """A rule that was understood.

    Args:
        id: Its id.
        entry: What the file says.
        conditions: Its conditions.
        said: The facts that its sentence names.
    """

    id: str
    entry: RuleEntry
    conditions: tuple[Condition, ...]
    said: tuple[str, ...]

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that it asks for, in the order of its conditions."""
        return tuple(dict.fromkeys(name for condition in self.conditions for name in condition.names))

    def about(self, whose: str) -> bool:
        """Say whether it asks for a fact of the workload, of an option or of the answer."""
        return any(FACTS[name].about == whose for name in (*self.facts, *self.said))


class Verdict(NamedTuple):
    """What a rule says of some facts.

    Args:
        word: It fires, it is silent, or it would fire if what is unknown were so.
        missing: The facts that it needed and that nobody knows.
    """

    word: Word
    missing: tuple[str, ...] = ()


def verdict(rule: Rule, facts: Facts) -> Verdict:
    """Ask a rule about facts; one that is not known never fires it.

    What nobody asked for (a fact of the workload that is not stated) leaves it silent; what nobody knows of an
    option leaves it undecided, unless another condition does not hold.
    """
    missing: list[str] = []
    for condition in rule.conditions:
        absent = [name for name in condition.names if name not in facts]
        if any(FACTS[name].about != "option" for name in absent):
            return Verdict("silent")
        if not absent and not condition.holds(facts):
            return Verdict("silent")
        missing += absent
    return Verdict("unknown", tuple(dict.fromkeys(missing))) if missing else Verdict("fires")


def understood(file: RulesFile) -> dict[str, Rule]:
    """Give the rules of a file that was checked."""
    return {name: _rule(name, entry) for name, entry in file.rules.items()}


def _rule(name: str, entry: RuleEntry) -> Rule:
    conditions = [one for fact, value in entry.when.items() for one in _conditions(FACTS[fact], value)]
    return Rule(name, entry, tuple(conditions), _facts_named(entry.say))


def _facts_named(say: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(field for _, field, _, _ in string.Formatter().parse(say) if field is not None))


def check_rules(file: RulesFile, tree: Node) -> None:
    """Check every rule's conditions and sentence, and run its examples.

    Args:
        file: The rules, checked against their form.
        tree: The same as placed values, to say where something is wrong.

    Raises:
        InputError: With every problem, each at its place.
    """
    findings: list[Finding] = []
    placed = tree.nearest(["rules"])
    for name, entry in file.rules.items():
        findings += _findings(name, entry, placed.nearest([name]))
    if not findings:
        for rule in understood(file).values():
            findings += _examples(rule, placed.nearest([rule.id]))
    if findings:
        raise InputError(findings)


class _Said:
    """Collects what is wrong with one rule, each at its place."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []

    def add(self, path: str, message: str, at: Node, hint: str | None = None) -> None:
        """Note one problem."""
        self.findings.append(Finding("rule", "error", f"rules.{self.name}.{path}: {message}", at.key or at.place, hint))

    def unknown(self, path: str, fact: str, at: Node) -> None:
        """Note a fact that does not exist."""
        self.add(path, f"unknown fact '{fact}'", at, did_you_mean(fact, FACTS))


def _findings(name: str, entry: RuleEntry, node: Node) -> list[Finding]:
    wrong = _Said(name)
    for fact, child in node.nearest(["when"]).items():
        if fact not in FACTS:
            wrong.unknown("when", fact, child)
            continue
        try:
            _conditions(FACTS[fact], child.plain())
        except ValueError as error:
            wrong.add(f"when.{fact}", str(error), child)
    for path, example in _all_examples(node):
        _check_values(wrong, path, example)
    _check_placeholders(wrong, entry.say, node.nearest(["say"]))
    return wrong.findings


def _all_examples(node: Node) -> Iterator[tuple[str, Node]]:
    for side in ("fires", "silent"):
        examples = node.nearest(["examples", side]).value
        for index, example in enumerate(examples if isinstance(examples, list) else ()):
            yield f"examples.{side}.{index}", example


def _check_values(wrong: _Said, path: str, example: Node) -> None:
    for fact, child in example.items():
        value = child.plain()
        if fact not in FACTS:
            wrong.unknown(path, fact, child)
        elif (expected := FACTS[fact].type) != _type_found(value):
            wrong.add(f"{path}.{fact}", f"expected a {expected}, found {found(value)}", child)


def _type_found(value: object) -> str:
    return type_of(value if isinstance(value, str | bool) else Decimal(0)) if _is_scalar(value) else "nothing"


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | bool | int | Decimal)


def _check_placeholders(wrong: _Said, say: str, at: Node) -> None:
    try:
        parts = [part for part in string.Formatter().parse(say) if part[1] is not None]
    except ValueError as error:
        wrong.add("say", f"{error}; braces hold the name of a fact", at)
        return
    if any(part[2] or part[3] for part in parts):
        wrong.add("say", "braces hold the name of a fact and nothing else; figures are written by their unit", at)
    for name in (str(part[1]) for part in parts):
        if name not in FACTS:
            wrong.unknown("say", name, at)


def _conditions(fact: Fact, value: object) -> list[Condition]:
    """Read what a rule says of one fact.

    Raises:
        ValueError: It is of another type than the fact, or no value could ever meet it.
    """
    if fact.type == "number":
        return _bounds(fact, value) if isinstance(value, dict) else [Condition(fact.name, "is", (_number(value),))]
    if fact.type == "flag":
        if not isinstance(value, bool):
            raise ValueError(f"expected true or false, found {found(value)}")
        return [Condition(fact.name, "is", (value,))]
    if isinstance(value, dict):
        if set(value) != {"holds"}:
            raise ValueError(f"expected a text, a list of texts, or {{holds: text}}, found keys {', '.join(value)}")
        return [Condition(fact.name, "holds", _texts(value["holds"]))]
    return [Condition(fact.name, "is", _texts(value))]


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f"expected a number, or bounds such as {{below: 0.4}}, found {found(value)}")  # noqa: TRY004
    return Decimal(value)


def _texts(value: object) -> tuple[str, ...]:
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError(f"expected a text or a list of texts, found {found(value)}")
    return tuple(texts)


def _bounds(fact: Fact, value: dict[str, object]) -> list[Condition]:
    unknown = [key for key in value if key not in BOUNDS]
    if unknown or not value:
        raise ValueError(f"expected {', '.join(BOUNDS)}, found {', '.join(unknown) or 'nothing'}")
    conditions = [_bound(fact, test, bound) for test, bound in value.items()]
    stated = {one.test: one.values[0] for one in conditions if one.other is None}
    low, high = (
        [bound for test, bound in stated.items() if test in tests and isinstance(bound, Decimal)]
        for tests in (BOUNDS[:2], BOUNDS[2:])
    )
    if low and high and not _leaves_room(stated, max(low), min(high)):
        raise ValueError(f"the bounds contradict each other: no number lies between {max(low)} and {min(high)}")
    return conditions


def _leaves_room(stated: Mapping[str, Value], low: Decimal, high: Decimal) -> bool:
    meets = low == high and stated.get("above") != low and stated.get("below") != high
    return low < high or meets


def _bound(fact: Fact, test: str, bound: object) -> Condition:
    if not isinstance(bound, str):
        return Condition(fact.name, test, (_number(bound),))
    other = FACTS.get(bound)
    if other is None:
        hint = did_you_mean(bound, FACTS)
        message = f"expected a number or the name of a fact, found '{bound}'"
        raise ValueError(f"{message}; {hint}" if hint else message)
    if (other.type, other.unit) != (fact.type, fact.unit):
        raise ValueError(f"{bound} is in {other.unit or other.type}, and {fact.name} in {fact.unit}")
    return Condition(fact.name, test, (), bound)


def _examples(rule: Rule, node: Node) -> Iterator[Finding]:
    """Run a rule's examples: each must do what its list says."""
    for path, example in _all_examples(node):
        facts = {fact: _value(child.plain()) for fact, child in example.items()}
        said = verdict(rule, facts)
        if (said.word == "fires") != path.startswith("examples.fires"):
            unknown = f" (not known: {', '.join(said.missing)})" if said.missing else ""
            wanted = "fires" if path.startswith("examples.fires") else "stays silent"
            message = f"rules.{rule.id}.{path}: the example says that the rule {wanted}, and it does not{unknown}"
            yield Finding("rule", "error", message, example.key or example.place)


def _value(value: object) -> Value:
    if isinstance(value, str | bool):
        return value
    assert isinstance(value, int | Decimal)  # checked with the rule
    return Decimal(value)
