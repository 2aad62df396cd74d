"""What holds of every answer, whatever the prices: monotony, irrelevance, order, and the cost model's last word."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from endings import often
from hypothesis import given
from hypothesis import strategies as st
from recommend_world import DAY, ask, dearer, month, only, pencil, shipped

from costcalc.analysis.breakeven import break_even, tokens_of
from costcalc.case.case import Case
from costcalc.cost.policy import Policy, with_policy
from costcalc.recommend.answer import Asked, Recommendation
from costcalc.recommend.recommend import recommend
from costcalc.scenario import Needs
from costcalc.units import MTOK
from costcalc.workload import KINDS, Workload, WorkloadKind

pytestmark = pytest.mark.no_cover  # many draws of what other tests cover

OPTIONS = ("frontier-a", "frontier-b", "small-c", "old-d", "hosted-distill", "hosted-twin", "hosted-gemma", "hosted-r1", "hosted-r1-0528", "own-distill", "own-gemma", "own-r1")  # fmt: skip
kinds = st.sampled_from(KINDS)
volumes = st.sampled_from([1e5, 1e6, 2.5e8, 1e9, 4e9, 6e9, 2e10])
data = st.sampled_from([None, "private", "no_training"])


def choice_of(answer: Recommendation) -> str | None:
    return answer.choice.id if answer.choice is not None else None


def serving(answer: Recommendation) -> set[str]:
    return set(choice_of(answer).split("+")) if answer.choice is not None else set()  # type: ignore[union-attr]


@often(25)
@given(kinds, volumes, data, st.sampled_from(OPTIONS), st.sampled_from(["1.01", "1.5", "10"]))
def test_raising_every_price_of_an_option_never_makes_it_recommended(
    kind: WorkloadKind, tokens: float, where: str | None, name: str, factor: str
) -> None:
    needs = Needs.model_validate({"data": where})
    before = ask(pencil(), kind, tokens, OPTIONS, needs)
    after = ask(dearer(pencil(), name, Decimal(factor)), kind, tokens, OPTIONS, needs)
    assert name in serving(before) or name not in serving(after)


@often(15)
@given(kinds, volumes, data)
def test_removing_an_excluded_option_changes_nothing(kind: WorkloadKind, tokens: float, where: str | None) -> None:
    needs = Needs.model_validate({"data": where})
    before = ask(pencil(), kind, tokens, OPTIONS, needs)
    for out, _ in before.sorted.out:
        after = ask(pencil(), kind, tokens, tuple(one for one in OPTIONS if one != out.id), needs)
        assert _gist(after) == _gist(before)


def _gist(answer: Recommendation) -> tuple[object, ...]:
    other = answer.runner_up.id if answer.runner_up is not None else None
    usd = answer.choice.usd if answer.choice is not None else None
    return choice_of(answer), usd, answer.verdict, other, answer.regret_usd, answer.baseline, answer.close


@often(15)
@given(kinds, data, st.integers(0, 10**6))
def test_the_order_of_options_and_of_rules_does_not_matter(kind: WorkloadKind, where: str | None, seed: int) -> None:
    needs = Needs.model_validate({"data": where})
    random = Random(seed)  # noqa: S311  # a shuffle
    options, rules = list(OPTIONS), list(pencil().rules().items())
    random.shuffle(options)
    random.shuffle(rules)
    shuffled = replace(pencil(), rules=lambda: dict(rules))
    before, after = ask(pencil(), kind, 5e8, OPTIONS, needs), ask(shuffled, kind, 5e8, tuple(options), needs)
    assert _gist(after) == _gist(before)
    assert [(one.rule.id, one.facts) for one in after.fired if one.option is None] == [
        (one.rule.id, one.facts) for one in before.fired if one.option is None
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [OPTIONS, ("frontier-a", "frontier-b", "own-distill", "own-gemma", "own-r1")])
def test_more_volume_never_moves_a_durable_build_back_to_buy(kind: WorkloadKind, options: tuple[str, ...]) -> None:
    durable = False
    for tokens in (1e6, 1e7, 1e8, 2.57e8, 5e8, 1e9, 1.9e9, 3.8e9, 3.9e9, 5.9e9, 8e9, 2e10, 1e11, 1e12):
        answer = ask(pencil(), kind, tokens, options)
        assert answer.choice is not None
        assert not durable or answer.choice.side == "build"
        margin = answer.margin
        above = margin is not None and margin.durable_mtok is not None and tokens / 1e6 > margin.durable_mtok
        durable = durable or (answer.choice.side == "build" and above)


@pytest.mark.parametrize("kind", KINDS)
def test_at_a_million_tokens_nothing_is_built_for_its_cost(kind: WorkloadKind) -> None:
    for catalog in (pencil(), shipped()):
        answer = ask(catalog, kind, 1e6)
        assert answer.choice is not None
        assert answer.choice.side == "buy"


@pytest.mark.parametrize("options", [("small-c", "own-distill"), ("frontier-a", "own-distill"), ("window-g", "own-distill"), ("hosted-r1", "own-distill", "own-gemma")])  # fmt: skip
def test_a_million_tokens_never_buy_a_machine_while_there_is_anything_to_buy(options: tuple[str, ...]) -> None:
    for kind in KINDS:
        answer = ask(pencil(), kind, 1e6, options)
        assert answer.choice is not None
        assert answer.choice.side == "buy"


@pytest.mark.parametrize("tokens", [1e3, 1e6, 1e9, 1e10, 1e12])
def test_private_customer_service_is_self_hosted_at_every_volume(tokens: float) -> None:
    answer = ask(shipped(), "customer_service", tokens, needs=Needs(data="private"))
    assert answer.choice is not None
    assert answer.choice.named.option.kind == "self_host"
    (said,) = [one for one in answer.fired if one.rule.id == "price-of-privacy"]
    without = ask(shipped(), "customer_service", tokens).choice
    assert without is not None
    assert said.facts == {"privacy_usd": answer.choice.usd - without.usd, "without_privacy": without.id}


@often(40)
@given(kinds, volumes, data, st.sampled_from([None, Decimal(30)]), st.sampled_from([None, Decimal(50)]))
def test_what_is_called_cheaper_is_cheaper_and_not_the_answer_itself(
    kind: WorkloadKind, tokens: float, where: str | None, tpot_ms: Decimal | None, at_least: Decimal | None
) -> None:
    needs = Needs.model_validate({"data": where, "tpot_ms": tpot_ms, "at_least": at_least})
    answer = ask(pencil(), kind, tokens, (*OPTIONS, "own-8b", "blind-j"), needs)
    if answer.choice is None:
        return
    assert [one.id for one in answer.cheaper_if if one.order >= answer.choice.order] == []
    assert answer.pool[0] is answer.choice
    assert [one.id for one in answer.pool[2:] if answer.runner_up is None or one.order < answer.runner_up.order] == []


MISSION = ("gpt-5.2-api", "gemini-3.1-pro-api", "deepseek-r1-api", "r1-distill-32b-h100")


def test_the_flip_volume_is_that_of_breakeven() -> None:
    answer = ask(shipped(), "customer_service", 5e8, MISSION)
    assert answer.margin is not None
    assert answer.margin.durable_mtok is not None
    whole = with_policy(shipped(), Policy(costs="all"))
    mix = month("customer_service", 1e6, shipped())
    found = break_even("r1-distill-32b-h100", "gemini-3.1-pro-api", Case(mix, whole, date(2026, 11, 22)))
    assert found.durable_win is not None
    assert answer.margin.durable_mtok == tokens_of(found.durable_win, mix) / MTOK
    flip = float(answer.margin.durable_mtok) * 1e6
    assert choice_of(ask(shipped(), "customer_service", flip * 0.999, MISSION)) == "gemini-3.1-pro-api"
    assert choice_of(ask(shipped(), "customer_service", flip * 1.001, MISSION)) == "r1-distill-32b-h100"


LATER = date(2026, 11, 27)  # the day from which the facts on successors are known
MACHINES = ("gemini-3.1-pro-api", "r1-distill-32b-h100", "r1-distill-32b-2x-l40s", "r1-distill-32b-a100-int4", "gemma-4-31b-h100")  # fmt: skip
ONE_MACHINE = OPTIONS[:3] + OPTIONS[9:]
OTHERS = ("hosted-r1", "frontier-a", "own-distill", "own-gemma", "own-r1", "own-8b")
SETS = (MISSION, ONE_MACHINE, OTHERS) * 2 + (MACHINES,)  # those of the last have the longest stairs


@often(60)
@given(
    st.sampled_from(KINDS),
    st.sampled_from(SETS),
    st.integers(50, 20_000),
    st.integers(1, 4_000),
    st.decimals("0.05", "5", places=2),
    st.integers(4, 12),
)
def test_every_volume_that_an_answer_names_is_one_of_breakeven_and_no_machine_pays_earlier(
    kind: WorkloadKind, options: tuple[str, ...], prompt: int, output: int, peak: Decimal, digits: int
) -> None:
    catalog = only(shipped() if options in {MISSION, MACHINES} else pencil(), options)
    single = Workload.single(requests=10**digits, input_tokens=prompt, output_tokens=output)
    kind = "customer_service" if options is MACHINES else kind  # what a rule vouches for each of them in
    workload = replace(single, kind=kind, peak_to_mean=1 + Fraction(peak))
    answer = recommend(Case(workload, catalog, DAY), Needs(), Asked(options))
    margin = answer.margin
    if margin is None:
        return
    whole = replace(answer.question.catalog, options={**answer.question.catalog.options, **{one.id: one.named.option for one in answer.pool}})  # fmt: skip
    case = Case(workload, whole, DAY)
    found = {one.id: break_even(one.id, margin.buy.id, case) for one in answer.pool if one.side == "build"}
    reigns = [reign for reign in found[margin.build.id].reigns if reign.option == margin.build.id]

    def mtok(at: Fraction | None) -> Decimal | None:
        return tokens_of(at, workload) / MTOK if at is not None else None

    assert [(win.lo, win.hi) for win in margin.wins] == [(mtok(reign.lo), mtok(reign.hi)) for reign in reigns]
    named = {again.at for again in answer.again if again.what == "volume"}
    assert {end for win in margin.wins for end in win if end} <= named
    durable = [each.durable_win for each in found.values() if each.durable_win is not None]
    assert margin.durable_mtok == mtok(min(durable, default=None))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 11, 22), date(2027, 6, 1)])
def test_what_is_retired_or_a_rate_or_without_a_price_is_listed_with_its_reason_and_never_recommended(
    kind: WorkloadKind, day: date
) -> None:
    answer = ask(shipped(), kind, 5e8, day=day)
    out = {one.id: stopped for one, stopped in answer.sorted.out}
    unwanted = [
        one.id
        for one in (*answer.sorted.contenders, *answer.sorted.aside)
        if one.facts.get("retired") or one.facts["option_kind"] == "rate" or one.estimate is None
    ]
    assert unwanted == []
    assert all(out.values())
    assert not serving(answer) & set(out)
    assert "deepseek-r1-32b-self-hosted" in out


def superseded() -> list[tuple[str, str]]:
    """Every sold model that a dated fact calls superseded by then, with its successor."""
    catalog = shipped()
    sold = [
        catalog.sold_model(f"{seller}/{model}") for seller, file in catalog.providers.items() for model in file.models
    ]
    pairs = [(one.ref, by) for one in sold if (by := one.superseded_by(LATER)) and not one.retired_on(LATER)]
    assert len(pairs) > 20  # else the facts are gone
    return pairs


@pytest.mark.parametrize("pair", superseded(), ids=lambda pair: pair[0])
def test_no_answer_names_a_superseded_model_without_saying_so(pair: tuple[str, str]) -> None:
    old, new = pair
    answer = ask(shipped(), "general", 1e6, (old,), Needs(assume_suffices=(old,)), day=LATER)
    if answer.choice is None:  # it takes no text, or has no price for it
        return
    other = answer.question.candidate(new)
    costs_no_more = other.estimate is not None and other.usd <= answer.choice.usd
    assert [one.facts["successor"] for one in answer.fired if one.rule.id == "superseded"] == [new] * costs_no_more
