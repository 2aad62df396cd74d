"""The verdict of `recommend` in sentences: what to use, on what it rests, what costs less, from where own GPUs pay."""

from collections.abc import Iterator
from decimal import Decimal
from enum import IntEnum
from typing import NamedTuple

from costcalc.catalog.forms.options import BlendOption
from costcalc.catalog.rules.vocabulary import FACTS
from costcalc.money import Money
from costcalc.recommend.answer import Recommendation
from costcalc.recommend.question import Candidate
from costcalc.recommend.words import written
from costcalc.render.numbers import percent, quantity
from costcalc.render.verdict import fitting, people
from costcalc.units import how_many
from costcalc.workload import WorkloadKind

TERMS = {"reserved_1y": "reserved for a year", "reserved_3y": "reserved for 3 years", "own": "bought"}


def verdict_of(answer: Recommendation, money: Money) -> tuple[str, ...]:
    """Say what to use and on how much that rests, what costs less or is next, and from which volume on own GPUs pay."""
    if answer.choice is None:
        return ("Nothing is left: every option is excluded.",)
    return fitting(*(_Words(answer, answer.choice, money, brevity).sentences() for brevity in Without))


# kinds whose names are no nouns
_KINDS: dict[WorkloadKind, str] = {
    "general": "this work",
    "agentic": "agentic work",
    "batch_offline": "offline batches",
    "coding_swe_bench_critical": "SWE-bench-critical coding",
    "coding_assistant": "completions of code",
}


class Without(IntEnum):
    """What a verdict leaves to what follows it; each briefer one leaves out what the others do as well."""

    NOTHING = 0
    SIDES = 1
    SAVING = 2
    NEXT = 3
    OWN_VOLUME = 4
    DETAIL = 5
    MACHINES = 6


class _Words(NamedTuple):
    """The sentences of a verdict; the briefer, the more of them stands only in what follows.

    Args:
        answer: The answer.
        choice: What is recommended.
        money: In which currency amounts are shown.
        brevity: What they leave out.
    """

    answer: Recommendation
    choice: Candidate
    money: Money
    brevity: Without

    def sentences(self) -> tuple[str, ...]:
        """Give the sentences."""
        if self.answer.owed_to:  # what the amounts above it leave out comes before what would cost less
            return (self._use(), *(self._beside() if self.brevity < Without.MACHINES else ()), *self._owed())
        return (self._use(), *self._beside(), *self._machines())

    def _use(self) -> str:
        answer, amount = self.answer, self._priced(self.choice)
        evidence = self._evidence()
        if answer.verdict == "decided":
            return f"Use {amount}{self._router()}, {evidence}{self._saving()}."
        if self.choice in answer.sorted.aside:
            return f"Too close to call: test {amount} first; {self._proven()}."
        if answer.runner_up is not None and answer.runner_up.usd == self.choice.usd:
            return f"Too close to call: {name_of(answer.runner_up)} or {amount}, {evidence}{self._saving()}."
        return f"Too close to call; the best guess is {amount}{self._router()}, {evidence}{self._saving()}."

    def _router(self) -> str:
        """Say what keeping the router of a mix takes of people, which is not in its amount."""
        usd = self.answer.router_usd
        kept = "for whoever keeps its router" if not self.brevity else "for its router"
        kept = "router" if self.brevity >= Without.DETAIL else kept
        return f" + {self.money.text(usd)} {kept}" if usd else ""

    def _evidence(self) -> str:
        """Say among how many options it was chosen."""
        found, kind = self.answer.sorted, self._kind()
        if found.premium is not None:  # not all that has evidence suffices: a rule calls for a part of frontier quality
            return self._with_premium(found.vouched, percent(found.premium.share))
        if found.passed == 1:
            return f"the only option that no rule excludes, with evidence for {kind}"
        if self.brevity >= Without.DETAIL:
            return f"cheapest of {found.vouched} of {found.passed} options with evidence"
        if found.vouched <= 1:
            return f"the only one of {found.passed} options with evidence for {kind}"
        if found.vouched == found.passed:
            return f"the cheapest of {found.passed} options, all with evidence for {kind}"
        return f"the cheapest of the {found.vouched} of {found.passed} options with evidence for {kind}"

    def _with_premium(self, vouched: int, share: str) -> str:
        options = f"{how_many(vouched, 'option')} with evidence"
        if self.brevity < Without.DETAIL:
            return f"the cheapest way with at least {share} of the work on a frontier model, of {options}"
        part = f"at least {share} on a frontier model"
        return f"cheapest with {part}" if self.brevity == Without.MACHINES else f"cheapest of {options}, {part}"

    def _proven(self) -> str:
        found, proven = self.answer.sorted, self.answer.sorted.contenders
        missing = [name for gate in found.open.get(self.choice.id, ()) for name in gate.missing]
        if missing:
            means = FACTS[missing[0]].means
            return f"nobody publishes of it what you ask for: {means[0].lower()}{means[1:].rstrip('.')}"
        if not proven:
            none = f"none of {found.passed} options has" if found.passed > 1 else "there is no"
            return f"{none} evidence for {self._kind()}"
        least = self._priced(proven[0], month=False)
        if found.vouched == 1:
            return f"of {found.passed} options only {least} has evidence for {self._kind()}"
        return f"the cheapest of the {found.vouched} of {found.passed} with evidence for {self._kind()} is {least}"

    def _kind(self) -> str:
        kind = self.answer.question.workload.kind
        return _KINDS.get(kind, kind.replace("_", " "))

    def _priced(self, one: Candidate, *, month: bool = True) -> str:
        side = f" ({one.side})" if not self.brevity else ""
        with_people = people(self.answer.costs) if one.side == "build" else ""
        return f"{name_of(one)}{side} at {self.money.text(one.usd)}{' a month' if month else ''}{with_people}"

    def _saving(self) -> str:
        baseline, choice = self.answer.baseline, self.choice
        if baseline is None or self.brevity >= Without.SAVING or baseline.option == choice.id or not baseline.usd:
            return ""
        if self.answer.owed_to:  # leaving a provider saves what exceeds the commitment alone: the last sentence says it
            return ""
        named = (
            baseline.option if self.brevity else f"{baseline.option} ({baseline.why}, {self.money.text(baseline.usd)})"
        )
        gap = baseline.usd - choice.usd
        if gap == 0:
            return f"; as much as {named}"
        return (
            f"; {self.money.text(-gap)} more than {named}{self._why_not(baseline.option)}"
            if gap < 0
            else f"; {percent(gap / baseline.usd)} less than {named}"
        )

    def _why_not(self, name: str) -> str:
        """Say why what costs less is not the answer: a gate, a rule, or that nothing vouches for it."""
        found = self.answer.sorted
        stopped = next((gates for one, gates in found.out if one.id == name), ())
        if stopped:
            return f", which the rule {stopped[0].rule.id} excludes"
        if found.open.get(name):
            return f", of which the rule {found.open[name][0].rule} lacks a fact"
        if any(one.id == name for one in found.aside):
            return ", which has no evidence"
        if found.premium is not None and any(one.id == name for one in found.premium.bases):
            return f", which does not suffice for all of it (rule {found.premium.rule.rule.id})"
        return "" if any(one.id == name for one in found.contenders) else ", which --options leaves out"

    def _beside(self) -> Iterator[str]:
        """Name what is next where that is close, and what would cost less if a test of the user's own passes."""
        answer = self.answer
        if self.choice in answer.sorted.aside:
            return
        unproven = answer.cheaper_if[0] if answer.cheaper_if else None
        is_close = answer.doubt is not None and answer.doubt.is_close
        if (is_close or unproven is None) and (self.brevity < Without.NEXT or answer.close):
            yield from self._next()
        if unproven is not None:
            yield f"{name_of(unproven)} costs {self.money.text(unproven.usd)}, if your own test passes."

    def _next(self) -> Iterator[str]:
        other, doubt = self.answer.runner_up, self.answer.doubt
        if other is None or doubt is None or other.usd == self.choice.usd:
            return
        chance = f"{doubt.chance:.0%}".replace("%", " %")
        is_said = doubt.is_uncertain and chance != "100 %" and self.brevity < Without.MACHINES
        sure = f"; the first is cheaper with a probability of {chance}" if is_said else ""
        more = f", {self.money.text(other.usd - self.choice.usd)} more" if not self.brevity else ""
        yield f"Next is {self._priced(other, month=False)}{more}{sure}."

    def _owed(self) -> Iterator[str]:
        """Say what the answer comes to with what is owed anyway, beside what serves today."""
        counted = "With" if self.brevity >= Without.DETAIL else "Counting in"
        owed = f"{counted} what you owe {' and '.join(self.answer.owed_to)} anyway"
        base = self.answer.baseline.option if self.answer.baseline is not None else self.choice.id
        beside = "" if base == self.choice.id else f", {base} to {self.money.text(self.answer.in_all_usd(base))}"
        yield f"{owed} it comes to {self.money.text(self.answer.in_all_usd(self.choice.id))}{beside}."

    def _machines(self) -> Iterator[str]:
        """Say from which volume on building is cheaper, and what whoever commits to machines pays."""
        pay, committed = self._pay(), self._committed()
        said = "; ".join(filter(None, (pay, committed)))
        if said and self.brevity < Without.MACHINES:
            yield f"{said[0].upper()}{said[1:]}."

    def _pay(self) -> str:
        margin, volume = self.answer.margin, self.answer.question.asked["output_mtok"]
        if margin is None:
            return ""
        machines = f"Your own GPUs{people(self.answer.costs)}{'' if self.brevity else f' ({margin.build.id})'}"
        yours = f" (you: {written('output_mtok', volume)})" if self.brevity < Without.OWN_VOLUME else ""
        if not margin.wins:
            return f"{machines} never pay, at any volume{yours}"
        return f"{machines} pay {self._stretches()}{yours}"

    def _stretches(self) -> str:
        """Write the volumes at which building is cheaper; many of them by the first and the last."""
        margin = self.answer.margin
        assert margin is not None  # asked only where there is one
        first, last = margin.wins[0], margin.wins[-1]
        if self.brevity >= Without.DETAIL and last.hi is None:
            return f"above {written('output_mtok', last.lo)}"
        ends = [written("output_mtok", end) for end in (first.lo, first.hi or last.lo, last.lo)]
        if len(margin.wins) == 1:
            return f"above {ends[0]} a month" if first.hi is None else f"from {ends[0]} to {ends[1]} a month"
        start = f"from {ends[0]} to {ends[1]}" if len(margin.wins) == _FEW else f"at times from {ends[0]}"
        return f"{start} and {'above ' + ends[2] + ' for good' if last.hi is None else 'again up to larger volumes'}"

    def _committed(self) -> str:
        """Name the cheapest option on terms that bind."""
        best = min(self.answer.committed, key=lambda one: one.candidate.order, default=None)
        if best is None or self.brevity >= Without.DETAIL:
            return ""
        saved = 1 - best.candidate.usd / self.choice.usd
        what = "it" if best.base == self.choice.id and self.answer.margin is None else best.base
        return f"{TERMS[best.tenure]}, {what} costs {self.money.text(best.candidate.usd)}, {percent(saved)} less"


_FEW = 2


def name_of(choice: Candidate) -> str:
    """Name an answer, one of several parts by its parts."""
    parts = parts_of(choice)
    if len(parts) == 1:
        return choice.id
    return " and ".join(f"{quantity(share * 100)} % {name}" for name, share in parts)


def parts_of(choice: Candidate) -> list[tuple[str, Decimal]]:
    """Give the options that an answer is made of, with their shares of the requests."""
    option = choice.named.option
    if isinstance(option, BlendOption) and option.routes is not None:
        return list(zip(option.members, option.shares, strict=True))
    return [(choice.id, Decimal(1))]
