"""Which gates options pass, and what those that pass are known to suit."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import BlendOption, PlanOption
from costcalc.catalog.rules.verdicts import Rule, verdict
from costcalc.catalog.rules.vocabulary import OWN_EVIDENCE
from costcalc.cost.finance import MONTHS_PER_YEAR
from costcalc.recommend.grounds import Facts
from costcalc.recommend.question import Candidate, Fired, Open, Question, fired


class Sorted(NamedTuple):
    """The options by what the rules make of them.

    Args:
        contenders: Those that are known to suffice, cheapest first.
        aside: Those that passed every gate but about which something is not known, cheapest first.
        out: Those that a gate stopped, each with every gate that did.
        open: What is not known of options, by id.
        suits: Rules that called options sufficient or frontier, or that set them aside.
        premium: The premium option with its share, where a rule calls for one.
        vouched: How many options passed every gate and have evidence that they suffice, alone or as a part.
        mix: The cheapest mix that saves less than a router takes of people, where there is one.
    """

    contenders: tuple[Candidate, ...]
    aside: tuple[Candidate, ...]
    out: tuple[tuple[Candidate, tuple[Fired, ...]], ...]
    open: Mapping[str, tuple[Open, ...]]
    suits: tuple[Fired, ...]
    premium: "Premiums | None" = None
    vouched: int = 0
    mix: "Mix | None" = None

    @property
    def passed(self) -> int:
        """How many options passed every gate."""
        return self.vouched + len(self.aside)


class Mix(NamedTuple):
    """A mix that costs less than whatever suffices alone, but not by as much as its router takes of people.

    Args:
        candidate: The mix.
        saving_usd: What it would save [USD/month].
        upkeep_usd: What keeping a router between two models takes of people [USD/month].
    """

    candidate: Candidate
    saving_usd: Decimal
    upkeep_usd: Decimal


class Premiums(NamedTuple):
    """The frontier options for a premium part, best first.

    Args:
        rule: The rule that calls for it, as it fired.
        share: Share of the requests.
        ranked: The options, the chosen one first.
        benchmark: The benchmark by which they are ranked; None where they are by cost.
        bases: The options of the base tier.
    """

    rule: Fired
    share: Decimal
    ranked: tuple[Candidate, ...]
    benchmark: str | None
    bases: tuple[Candidate, ...]


def sort_out(question: Question, candidates: Sequence[Candidate], premium_share: Decimal | None) -> Sorted:
    """Ask the gates, then what suits, of every candidate.

    Args:
        question: The workload and the rules.
        candidates: The options.
        premium_share: The share of a premium part, in place of the rule's.
    """
    gated = _gated(question, candidates)
    called = _called_for(question, premium_share)
    judge = _Judge(question, {one.id: one for one in candidates}, called[1] if called else Decimal(0))
    judged = [judge.of(one) for one in gated.passed]
    known = [one.candidate for one in judged if not one.aside and one.candidate.id not in gated.open]
    aside = [one.candidate for one in judged if one.aside or one.candidate.id in gated.open]
    premium = _premiums(question, known, called) if called else None
    contenders = known if premium is None else _composed(question, known, premium)
    worth, mix = _worth_a_router(question, contenders)
    return Sorted(
        tuple(sorted(worth, key=lambda one: one.order)),
        tuple(sorted(aside, key=lambda one: one.order)),
        gated.out,
        gated.open,
        tuple(said for one in judged for said in one.said),
        premium,
        len(known),
        mix,
    )


class _Gated(NamedTuple):
    """What the gates make of the options: those that passed, those that did not, and what could not be decided."""

    passed: tuple[Candidate, ...]
    out: tuple[tuple[Candidate, tuple[Fired, ...]], ...]
    open: Mapping[str, tuple[Open, ...]]


def _gated(question: Question, candidates: Sequence[Candidate]) -> _Gated:
    passed: list[Candidate] = []
    out: list[tuple[Candidate, tuple[Fired, ...]]] = []
    undecided: dict[str, tuple[Open, ...]] = {}
    gates = list(question.of("gate", "shape", effects=["exclude"]))
    for one in candidates:
        facts = question.asked | one.facts
        verdicts = [(rule, verdict(rule, facts)) for rule in gates]
        stopped = tuple(fired(rule, facts, one.id) for rule, said in verdicts if said.word == "fires")
        if stopped or one.estimate is None:
            out.append((one, _without_echo(stopped)))
            continue
        passed.append(one)
        missing = tuple(Open(rule.id, said.missing) for rule, said in verdicts if said.word == "unknown")
        if missing:
            undecided[one.id] = missing
    return _Gated(tuple(passed), tuple(out), undecided)


def _without_echo(stopped: tuple[Fired, ...]) -> tuple[Fired, ...]:
    """Leave out that there is no price where another gate says why it is not wanted."""
    said = tuple(one for one in stopped if "priced" not in one.rule.facts)
    return said or stopped


class _Judged(NamedTuple):
    """An option with what it is known to suit, the rules that said so, and whether one set it aside."""

    candidate: Candidate
    said: tuple[Fired, ...]
    aside: bool


class _Judge(NamedTuple):
    """Says what options are known to suit.

    Args:
        question: The workload and the rules.
        by_id: The options, for the parts of blends.
        premium: The share of a premium part that the workload calls for; 0 for none.
    """

    question: Question
    by_id: Mapping[str, Candidate]
    premium: Decimal

    def of(self, one: Candidate) -> _Judged:
        """Judge an option by its own facts, or a blend by its parts."""
        option = one.named.option
        if isinstance(option, BlendOption):
            marks, said = self._of_blend(option), list[Fired]()
        else:
            marks, said = self._of_one(one)
        facts = self.question.asked | one.facts | marks
        for_good = [
            fired(rule, facts, one.id)
            for rule in self.question.of("suit", effects=["set_aside"])
            if verdict(rule, facts).word == "fires"
        ]
        return _Judged(one._replace(facts=one.facts | marks), (*said, *for_good), bool(for_good))

    def _of_one(self, one: Candidate) -> tuple[Facts, list[Fired]]:
        facts = self.question.asked | one.facts
        rules = list(self.question.of("suit", effects=["suits", "frontier"]))
        if facts.get("own_tested"):  # what the user measured beats whatever was published
            rules = [rule for rule in rules if OWN_EVIDENCE & {*rule.facts}]
        said = [fired(rule, facts, one.id) for rule in rules if verdict(rule, facts).word == "fires"]
        effects = {each.rule.entry.effect for each in said}
        return {"suited": "suits" in effects, "frontier": "frontier" in effects}, said

    def _of_blend(self, option: BlendOption) -> Facts:
        """A blend suits where all of its parts do, and where its frontier part is as large as a rule asks."""
        parts = [self._of_one(self.by_id.get(name) or self.question.candidate(name))[0] for name in option.members]
        shares = option.shares if option.routes is not None else (Decimal(1), self._sent_on(option))
        frontier = sum((by for part, by in zip(parts, shares, strict=True) if part["frontier"]), start=Decimal(0))
        suited = all(part["suited"] or part["frontier"] for part in parts) and frontier >= self.premium
        return {"suited": suited, "frontier": suited and frontier > 0}

    def _sent_on(self, option: BlendOption) -> Decimal:
        assert option.escalation is not None  # a blend has routes or an escalation
        rate = option.escalation.rate
        return rate if rate is not None else self.question.catalog.assumption("escalation_rate").value


def _called_for(question: Question, premium_share: Decimal | None) -> tuple[Rule, Decimal] | None:
    """Find the rule that calls for a premium part, the largest one where there are several."""
    usual = question.catalog.assumption("escalation_rate").value
    called = [
        (rule, rule.entry.premium.share if rule.entry.premium.share is not None else usual)
        for rule in question.of("suit", effects=["premium"])
        if rule.entry.premium is not None and verdict(rule, question.asked).word == "fires"
    ]
    if not called:
        return None
    rule, share = max(called, key=lambda pair: (pair[1], pair[0].id))
    share = share if premium_share is None else premium_share
    return (rule, share) if 0 < share < 1 else None


def _premiums(question: Question, known: Sequence[Candidate], called: tuple[Rule, Decimal]) -> Premiums | None:
    """Rank the frontier options for a premium part; None where there is none, or nothing to stand beside it."""
    rule, share = called
    # a seat is one person's for all of the work: no share of the requests can be sent there
    single = [one for one in known if not isinstance(one.named.option, BlendOption | PlanOption)]
    bases = tuple(one for one in single if one.facts["suited"] and not one.facts["frontier"])
    frontier = sorted((one for one in single if one.facts["frontier"]), key=lambda one: one.order)
    benchmark = _benchmark_of(question, rule, frontier)
    if benchmark is not None:
        scored = [(score.score, one) for one in frontier if (score := question.score(one, benchmark)) is not None]
        frontier = [one for _, one in sorted(scored, key=lambda pair: (-pair[0], pair[1].order))]
    if not frontier or not bases:
        return None
    return Premiums(fired(rule, question.asked, None), share, tuple(frontier), benchmark, bases)


def _benchmark_of(question: Question, rule: Rule, frontier: Sequence[Candidate]) -> str | None:
    """Choose the benchmark that most frontier options have a score on; evaluations move on from one to the next."""
    assert rule.entry.premium is not None  # it calls for a premium part
    named = rule.entry.premium.benchmarks
    counts = [sum(question.score(one, name) is not None for one in frontier) for name in named]
    return named[counts.index(max(counts))] if any(counts) else None


def _composed(question: Question, known: Sequence[Candidate], premium: Premiums) -> list[Candidate]:
    """Give every base its premium part; frontier options and the user's own blends stand as they are."""
    bases = {one.id for one in premium.bases}
    blends = [question.blended(premium.ranked[0], one, premium.share) for one in premium.bases]
    return [*(one for one in known if one.id not in bases), *blends]


def _worth_a_router(question: Question, contenders: Sequence[Candidate]) -> tuple[list[Candidate], Mix | None]:
    """Leave out mixes that save less, against the cheapest that suffices alone, than their router takes of people."""
    alone = min((one for one in contenders if not _is_mix(one)), key=lambda one: one.order, default=None)
    if alone is None:
        return list(contenders), None
    upkeep = upkeep_usd(question.catalog)
    idle = [one for one in contenders if _is_mix(one) and alone.usd - one.usd < upkeep]
    near = min((one for one in idle if one.usd < alone.usd), key=lambda one: one.order, default=None)
    mix = Mix(near, alone.usd - near.usd, upkeep) if near is not None else None
    return [one for one in contenders if one not in idle], mix


def _is_mix(one: Candidate) -> bool:
    return isinstance(one.named.option, BlendOption)


def upkeep_usd(catalog: Catalog) -> Decimal:
    """What keeping a router between two models takes of people: its rule, and the tests of both [USD/month]."""
    share, usd = (catalog.assumption(name).value for name in ("routing_upkeep_fte", "mlops_engineer_cost"))
    return share * usd / MONTHS_PER_YEAR
