"""One answer to how a workload should be served, with its reasons: gates, what suits, shape, cost, lock-in."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from costcalc.case.case import Case, only_reads
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import ApiOption, BlendOption, PlanOption
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.catalog.rules.verdicts import verdict
from costcalc.catalog.scores import comparable, described
from costcalc.cost.policy import Policy, with_policy
from costcalc.errors import UnknownNameError
from costcalc.recommend.again import ask_again, measure_first
from costcalc.recommend.answer import Asked, Baseline, Recommendation
from costcalc.recommend.commitments import Commitment, cheaper_committed, names_within
from costcalc.recommend.doubt import ALIKE, Chances, Doubt, doubt_between, range_of
from costcalc.recommend.facts import workload_facts
from costcalc.recommend.grounds import Facts, Grounds
from costcalc.recommend.margin import margin_of
from costcalc.recommend.pick import picked
from costcalc.recommend.pool import Sorted, sort_out
from costcalc.recommend.question import Candidate, Fired, Question, fired
from costcalc.scenario import Needs

_RIVALS = 8  # how many options a simulation compares


def recommend(case: Case, needs: Needs, asked: Asked, *, chances: Chances | None = None) -> Recommendation:
    """Choose a way of serving a workload.

    Gates exclude; rules say which of the rest is known to suffice; the cheapest of those is the answer, its whole bill
    counted. What nobody knows never counts for an option: it is set aside, and named where it would be cheaper. But
    nobody buys machines for want of evidence: where only an option to build is known to suffice and one to buy might
    at less, it is too close to call.

    Args:
        case: The workload, the catalog and the day.
        needs: What the workload asks of whoever serves it.
        asked: From which options, and against what.
        chances: Simulates who is the cheapest; None takes ranges of first order.

    Raises:
        UnknownNameError: An option of that name does not exist; with all such names.

    Source:
        docs/method/recommend.md.
    """
    catalog = with_policy(case.catalog, Policy(costs=asked.costs))
    if needs.tpot_ms is not None:  # a fleet is loaded as far as the workload's own limit allows, not the usual one
        catalog = catalog.with_assumptions({"tpot_target": needs.tpot_ms})
    facts = workload_facts(case.workload, needs, catalog)
    grounds = Grounds.of(needs, case.workload, catalog, as_of=case.as_of)
    question = Question(case.workload, facts, catalog, grounds, case.as_of)
    chosen = (*(asked.options if asked.options is not None else _usual(case)), *needs.assume_suffices)
    everything = _candidates(question, chosen)
    names = dict.fromkeys(names_within(chosen, catalog, needs.commitment_months or Decimal(0)))
    everything |= {name: question.candidate(name) for name in names if name not in everything}
    sorted_out = sort_out(question, [everything[name] for name in names], needs.premium_share)
    return _Answering(replace(case, catalog=catalog), needs, asked, question, everything, sorted_out, chances).answer()


def _usual(case: Case) -> tuple[str, ...]:
    """Give every option of the catalog; where nothing is generated, those that only read."""
    return case.usual if only_reads(case.workload) else tuple(case.catalog.options)


def _candidates(question: Question, options: Sequence[str] | None) -> dict[str, Candidate]:
    """Price what is asked for and, for baselines and what-ifs, every option of the catalog."""
    unknown: list[str] = []
    found: dict[str, Candidate] = {}
    for name in dict.fromkeys((*(options or ()), *question.catalog.options)):
        try:
            found[name] = question.candidate(name)
        except UnknownNameError as error:
            unknown.append(str(error))
    if unknown:
        raise UnknownNameError(unknown[0], more=unknown[1:])
    return found


class _Answering(NamedTuple):
    """Everything that an answer is made from."""

    case: Case
    needs: Needs
    asked: Asked
    question: Question
    everything: dict[str, Candidate]
    sorted: Sorted
    chances: Chances | None

    def answer(self) -> Recommendation:
        """Put the answer together."""
        pick = picked(self.sorted)
        case = replace(self.case, catalog=self._holding(pick.pool))
        choice, runner_up = pick.choice, pick.runner_up
        doubt = doubt_between(case, choice.id, runner_up.id) if choice and runner_up else None
        chances = self.chances(case, [one.id for one in pick.pool[:_RIVALS]]) if self.chances and choice else {}
        close = [
            *pick.close,
            *(_closeness(choice, runner_up, doubt, chances) if choice and runner_up and doubt else ()),
        ]
        margin = margin_of(self.question, pick.pool) if choice else None
        answer = Recommendation(
            question=self.question,
            verdict="nothing is left" if choice is None else "too close to call" if close else "decided",
            choice=choice,
            runner_up=runner_up,
            sorted=self.sorted,
            close=tuple(close),
            measure=(),
            cheaper_if=pick.cheaper_if,
            committed=self._committed(choice) if choice else (),
            doubt=doubt,
            range=doubt.range if doubt else range_of(case, choice.id) if choice else None,
            baseline=self._baseline(),
            margin=margin,
            fired=(),
            again=(),
            case=case,
            pool=pick.pool,
            costs=self.asked.costs,
            chances=chances,
        )
        return answer._replace(
            fired=tuple(self._fired(answer)), again=tuple(ask_again(answer)), measure=tuple(measure_first(answer))
        )

    def _committed(self, choice: Candidate) -> tuple[Commitment, ...]:
        """Look what commitments would save, where the user did not say how long a commitment may be."""
        if self.needs.commitment_months is not None:
            return ()
        premium = self.sorted.premium
        bases = premium.bases if premium is not None else ()
        builds = {one.id: one for one in (choice, *self.sorted.contenders, *bases) if one.side == "build"}
        base_ids = {one.id for one in bases}

        def serving(tenured: Candidate) -> Candidate:
            if premium is None or tenured.id.rpartition("@")[0] not in base_ids:
                return tenured
            return self.question.blended(premium.ranked[0], tenured, premium.share)

        return cheaper_committed(self.question, list(builds.values()), serving, choice.usd)

    def _holding(self, pool: Sequence[Candidate]) -> Catalog:
        """Give the catalog with the options that were composed for this answer."""
        catalog = self.question.catalog
        return replace(catalog, options={**catalog.options, **{one.id: one.named.option for one in pool}})

    def _baseline(self) -> Baseline | None:
        """Take what was named, else the current option, else the cheapest frontier API that the catalog has."""
        for name, why in ((self.asked.against, "named"), (self.asked.current, "the current option")):
            if name is not None:
                one = self._candidate(name)
                return Baseline(name, why, one.usd) if one.estimate is not None else None
        open_to_all = replace(self.question, asked={**self.question.asked, "data": "any"})
        sorted_out = sort_out(open_to_all, [self.everything[name] for name in self.question.catalog.options], None)
        alone = [
            one
            for one in (*sorted_out.contenders, *(sorted_out.premium.ranked if sorted_out.premium else ()))
            if one.facts.get("frontier") and isinstance(one.named.option, ApiOption)
        ]
        least = min(alone, key=lambda one: one.order, default=None)
        return Baseline(least.id, "the cheapest frontier API", least.usd) if least is not None else None

    def _fired(self, answer: Recommendation) -> Iterator[Fired]:
        """Ask the rules that speak: of the answer, and of the option to build that it was weighed against."""
        choice = answer.choice
        if choice is None:
            return
        yield from self._suits(answer, choice)
        later = self._answer_facts(answer)
        weighed = [choice]
        if answer.margin is not None and answer.margin.build.id != choice.id:
            weighed.append(answer.margin.build)
        for rule in self.question.of("gate", "suit", "shape", "cost", "lock_in", effects=[None]):
            alone = not rule.about("option") or rule.entry.level in {"cost", "lock_in"}
            for one in weighed[:1] if alone else weighed:
                facts = self.question.asked | one.facts | later
                if verdict(rule, facts).word == "fires":
                    yield fired(rule, facts, one.id if rule.about("option") else None)

    def _suits(self, answer: Recommendation, choice: Candidate) -> Iterator[Fired]:
        """Give the rules that call for a premium part, that call options sufficient, and the answer a frontier one."""
        serving = {choice.id, *getattr(choice.named.option, "members", ())}
        sufficient = {one.id for one in answer.pool} | serving
        premium = self.sorted.premium
        if premium is not None:
            sufficient |= {one.id for one in premium.bases}
            if isinstance(choice.named.option, BlendOption):
                yield premium.rule
        for one in self.sorted.suits:
            effect = one.rule.entry.effect
            if one.option in (sufficient if effect == "suits" else serving if effect == "frontier" else ()):
                yield one

    def _answer_facts(self, answer: Recommendation) -> Facts:
        """Say what is known once costs are: of break-even, privacy, the premium part and what was replaced."""
        choice = answer.choice
        assert choice is not None  # asked only of an answer
        return {
            "answer_side": choice.side,
            **_margin_facts(answer),
            **self._mix(),
            **self._succession(choice),
            **self._privacy(choice),
            **self._advantage(choice),
            **self._replacement(choice),
        }

    def _succession(self, choice: Candidate) -> Facts:
        """Find a model of the answer that its vendor calls superseded by one that costs no more."""
        catalog, day = self.question.catalog, self.question.as_of
        for name in getattr(choice.named.option, "members", (choice.id,)):
            option = self._candidate(name).named.option
            if not isinstance(option, ApiOption | ProvisionedOption | PlanOption) or option.model is None:
                continue
            sold = catalog.sold_model(option.model)
            by = sold.superseded_by(day)
            if by is None:
                continue
            old, new = self._candidate(name), self.question.candidate(by)
            if new.estimate is not None and new.usd <= old.usd:
                return {"superseded": sold.ref, "superseded_usd": old.usd, "successor": by, "successor_usd": new.usd}
        return {}

    def _candidate(self, name: str) -> Candidate:
        return self.everything.get(name) or self.question.candidate(name)

    def _mix(self) -> Facts:
        """Say of a mix that would cost less why it is not worth it."""
        mix = self.sorted.mix
        if mix is None:
            return {}
        return {
            "mix": mix.candidate.id,
            "mix_saving_usd": mix.saving_usd,
            "routing_upkeep_usd": mix.upkeep_usd,
        }

    def _privacy(self, choice: Candidate) -> Facts:
        """Answer once more as if data might leave; the difference is what privacy costs."""
        if self.needs.data != "private":
            return {}
        question = replace(self.question, asked={**self.question.asked, "data": "any"})
        without = picked(sort_out(question, list(self.everything.values()), self.needs.premium_share)).choice
        if without is None:
            return {}
        return {"privacy_usd": choice.usd - without.usd, "without_privacy": without.id}

    def _advantage(self, choice: Candidate) -> Facts:
        """Say what the best premium option costs over the next best on the same benchmark, and for how many points."""
        premium = self.sorted.premium
        if premium is None or not isinstance(choice.named.option, BlendOption):
            return {}
        best, *others = premium.ranked
        facts: Facts = {"premium": best.id, "premium_percent": premium.share * 100}
        base = next((one for one in premium.bases if f"{best.id}+{one.id}" == choice.id), None)
        if premium.benchmark is None or base is None or not others:
            return facts
        rival = others[0]
        scores = [self.question.score(one, premium.benchmark) for one in (best, rival)]
        assert scores[0] is not None  # ranked by their scores
        assert scores[1] is not None
        words = f"{described(scores[0])} and {described(scores[1])}"
        return facts | {
            "premium_rival": rival.id,
            "advantage_benchmark": premium.benchmark,
            "advantage_points": scores[0].score - scores[1].score,
            "advantage_usd": choice.usd - self.question.blended(rival, base, premium.share).usd,
            "advantage_scores": words if comparable(scores[0], scores[1]) else f"{words}: not comparable",
        }

    def _replacement(self, choice: Candidate) -> Facts:
        """Find a retired option that the same rule would have called sufficient: the answer takes its place."""
        serving = [choice.id, *getattr(choice.named.option, "members", ())]
        named = {(one.rule.id, one.option) for one in self.sorted.suits if one.rule.entry.effect == "suits"}
        rules = list(self.question.of("suit", effects=["suits"]))
        for one, stopped in sorted(self.sorted.out, key=lambda pair: pair[0].id):
            if [each.rule.id for each in stopped] != ["retired"]:
                continue
            for rule in rules:
                place = next((name for name in serving if (rule.id, name) in named), None)
                if place is not None and verdict(rule, self.question.asked | one.facts).word == "fires":
                    return {"replaced": one.id, "replacement": place}
        return {}


def _margin_facts(answer: Recommendation) -> Facts:
    margin, volume = answer.margin, answer.question.asked["output_mtok"]
    if margin is None:
        return {}
    facts: Facts = {
        "build": margin.build.id,
        "buy": margin.buy.id,
        "same_model": margin.same_model,
        "has_durable": margin.durable_mtok is not None,
        "build_slope_usd": margin.build_slope_usd,
        "buy_slope_usd": margin.buy_slope_usd,
    }
    if margin.first_mtok is not None:
        facts["first_win_mtok"] = margin.first_mtok
    if margin.durable_mtok is not None:
        facts["durable_mtok"] = margin.durable_mtok
    assert isinstance(volume, Decimal)  # the vocabulary says so
    until = next((win.hi for win in margin.wins if win.holds(volume)), None)
    return facts if until is None else facts | {"win_until_mtok": until}


def _closeness(choice: Candidate, other: Candidate, doubt: Doubt, chances: dict[str, float]) -> Iterator[str]:
    if choice.usd == other.usd:
        yield f"{choice.id} and {other.id} cost the same"
    elif chances:
        if choice.id in chances and chances[choice.id] <= ALIKE[1]:  # one that seldom wins is not decided either
            yield f"{choice.id} is the cheapest in {chances[choice.id]:.0%} of the draws"
    elif doubt.is_close:
        yield f"{choice.id} is cheaper than {other.id} with a probability of {doubt.chance:.0%} only"
