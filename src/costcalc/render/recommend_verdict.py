"""The verdict of `recommend` in sentences: what to use, what is next, and from where on own GPUs pay."""

from collections.abc import Iterator
from decimal import Decimal

from costcalc.catalog.forms.options import BlendOption
from costcalc.money import Money
from costcalc.recommend.answer import Baseline, Recommendation
from costcalc.recommend.question import Candidate
from costcalc.recommend.words import written
from costcalc.render.numbers import percent, quantity
from costcalc.render.verdict import fitting


def verdict_of(answer: Recommendation, money: Money) -> tuple[str, ...]:
    """Say what to use, what the next best costs more, and from which volume on own GPUs pay."""
    full, brief = ([*_sentences(answer, brief=brief, money=money)] for brief in (False, True))
    return fitting(full, [*full[:-1], *brief[-1:]], brief, [*brief[:1], *brief[2:]])


def _sentences(answer: Recommendation, *, brief: bool, money: Money) -> Iterator[str]:
    choice = answer.choice
    if choice is None:
        yield "Nothing is left: every option is excluded."
        return
    amount = f"{_name(choice)}{'' if brief else f' ({choice.side})'} at {money.text(choice.usd)} a month"
    saved = f", {_saved(answer.baseline, choice, brief=brief, money=money)}" if answer.baseline is not None else ""
    if answer.verdict == "decided":
        yield f"Use {amount}{saved}."
    else:
        yield f"Too close to call; the best guess is {amount}{saved}."
    if answer.runner_up is not None and answer.doubt is not None and answer.regret_usd is not None:
        other, chance = answer.runner_up, f"{answer.doubt.chance:.0%}".replace("%", " %")
        more = f", {money.text(answer.regret_usd)} more" if not brief else ""
        sure = f"; the first is cheaper with a probability of {chance}" if chance != "100 %" else ""
        if brief:
            sure = f"; {chance} that the first is cheaper" if sure else ""
        yield f"Next is {other.id}{'' if brief else f' ({other.side})'} at {money.text(other.usd)}{more}{sure}."
    yield from _own_machines(answer, brief=brief, money=money)


def _name(choice: Candidate) -> str:
    """Name an answer, one of several parts by its parts."""
    parts = parts_of(choice)
    if len(parts) == 1:
        return choice.id
    return " and ".join(f"{quantity(share * 100)} % {name}" for name, share in parts)


def _own_machines(answer: Recommendation, *, brief: bool, money: Money) -> Iterator[str]:
    """Say from which volume on building is cheaper for good, where there is something to build and something to buy."""
    margin, volume = answer.margin, answer.question.asked["output_mtok"]
    if margin is None:
        return
    yours = f"you: {written('output_mtok', volume)}"
    machines = "Your own GPUs" if brief else f"Your own GPUs ({margin.build.id})"
    if margin.durable_mtok is not None:
        assert isinstance(volume, Decimal)  # the vocabulary says so
        where = "pay above" if volume > margin.durable_mtok else "do not pay below"
        unit = "" if brief else " of output"
        yield f"{machines} {where} {written('output_mtok', margin.durable_mtok)}{unit} a month ({yours})."
        return
    pay = "pay at no volume"
    if margin.first_mtok:
        pay = f"pay above {written('output_mtok', margin.first_mtok)} of output a month at times, never for good"
    slopes = (margin.build_slope_usd, margin.buy_slope_usd)
    # a fleet of fixed size has no price of a further Mtok: it ends
    why = f": a further Mtok costs {money.text(slopes[0])} there and {money.text(slopes[1])} on {margin.buy.id}"
    yield f"{machines} {pay} ({yours}){why if slopes[0] >= slopes[1] and not brief else ''}."


def parts_of(choice: Candidate) -> list[tuple[str, Decimal]]:
    """Give the options that an answer is made of, with their shares of the requests."""
    option = choice.named.option
    if isinstance(option, BlendOption) and option.routes is not None:
        return list(zip(option.members, option.shares, strict=True))
    return [(choice.id, Decimal(1))]


def _saved(baseline: Baseline, choice: Candidate, *, brief: bool, money: Money) -> str:
    named = baseline.option if brief else f"{baseline.option} ({baseline.why}, {money.text(baseline.usd)})"
    gap = baseline.usd - choice.usd
    if baseline.option == choice.id:
        return f"which is {baseline.why}"
    if gap == 0 or not baseline.usd:
        return f"as much as {named}"
    if gap < 0:
        return f"{money.text(-gap)} more than {named}"
    return f"{percent(gap / baseline.usd)} less than {named}"
