"""What `simulate` says: what options may cost, which is probably the cheapest, and what to measure first."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from math import isinf

from costcalc.analysis.information import Worth
from costcalc.analysis.montecarlo import Measured, Outcome, Simulation
from costcalc.case.inputs import Input
from costcalc.money import USD, Money
from costcalc.render.numbers import compact, significant, to_error
from costcalc.render.pictures.tornado import name_of
from costcalc.render.report import ASSUMED_LINES, Block, Column, Heading, Json, Report, Said, Table, at_most, listed
from costcalc.render.traffic import month_of
from costcalc.render.verdict import fitting
from costcalc.units import how_many, usd

_RULE_OF_THREE = 3  # none in n draws: below 3/n with 95 % confidence (Hanley and Lippman-Hand, JAMA 249(13), 1983)

_BRIEFEST = 2  # of the versions of a verdict, from 0; up to it the central cost is placed among the draws

_SHOWN = 12  # options in the table of a page; --notes, CSV and JSON have all


def _measured_columns(money: Money) -> tuple[Column, ...]:
    """Title what is said of an input."""
    return (
        Column("input"),
        Column("low to high"),
        Column("unit", rank=2),
        Column(
            "worth",
            "right",
            means=f"{money.code} a month that knowing it before the choice would save, ± the standard error",
        ),
        Column("too high by", "right", rank=1, means="how much of that is noise"),
    )


def _columns(money: Money) -> tuple[Column, ...]:
    """Title what is said of an option."""
    return (
        Column("option"),
        Column(
            "P10", "right", means=f"and P90 {money.code} a month: one draw in ten is below P10, one in ten above P90"
        ),
        Column("P50", "right"),
        Column("P90", "right"),
        Column("cheapest", "right", means="in how many draws it is, ± the standard error"),
        Column("regret", "right", means=f"{money.code} a month above the cheapest of each draw, on average"),
        Column("P90 of it", "right", rank=1),
    )


def simulation_report(
    found: Simulation, *, inputs: Mapping[str, Json], said: Said, today: str | None = None, money: Money = USD
) -> Report:
    """Put a simulation into words and data.

    Args:
        found: The result.
        inputs: What was asked, after defaults were filled in.
        said: What the command has to say of its inputs.
        today: The option that serves the workload now, which always has a row.
        money: In which currency amounts are shown.
    """
    return Report(
        money=money,
        command="simulate",
        as_of=found.case.as_of,
        digest_of=found.case.catalog.digest_of,
        inputs={**inputs, "draws": found.draws, "seed": found.seed},
        result=_result(found, said),
        records=tuple(_record(outcome) for outcome in found.outcomes),
        verdict=fitting(*(_verdict(found, brief=brief, money=money) for brief in range(_BRIEFEST + 1))),
        blocks=(
            Heading(f"{month_of(found.case.workload)}, prices of {found.case.as_of}; {_drawn(found)}"),
            _table(found, at_most(found.outcomes, _SHOWN, lambda each: each.option == today), money),
        ),
        assumed=said.notes[:ASSUMED_LINES],
        more=tuple(_more(found, said, money)),
    )


def _drawn(found: Simulation) -> str:
    return f"{found.draws:,} draws of {how_many(len(found.inputs), 'uncertain input')}, seed {found.seed}"


def _result(found: Simulation, said: Said) -> dict[str, Json]:
    return {
        "draws": found.draws,
        "seed": found.seed,
        "choice": found.choice,
        "not_told_apart": list(found.alike),
        "has_clear_leader": found.has_clear_leader,
        "options": [_outcome(outcome) for outcome in found.outcomes],
        "perfect_information": _worth(found.information),
        "inputs": [
            {
                "input": drawn.path,
                "unit": drawn.unit,
                "low": drawn.low,
                "value": drawn.value,
                "high": drawn.high,
                "information": _worth(worth),
            }
            for drawn, worth in found.by_input
        ],
        "left_out": [{"option": name, "reason": reason} for name, reason in found.left_out],
        "notes": list(said.notes),
    }


def _outcome(outcome: Outcome) -> dict[str, Json]:
    low, middle, high = outcome.quantiles
    return {
        "option": outcome.option,
        "central_usd": outcome.central_usd,
        "p10_usd": _measured(low),
        "p50_usd": _measured(middle),
        "p90_usd": _measured(high),
        "mean_usd": _measured(outcome.mean_usd),
        "cheapest": _measured(outcome.cheapest),
        "regret_usd": _measured(outcome.regret),
        "regret_p90_usd": _measured(outcome.regret_p90),
        "cannot_serve": _plain(outcome.unserved),
        "below_central": _plain(outcome.below_central),
    }


def _measured(figure: Measured | None) -> Json:
    """Give a figure and its standard error, with no more digits than that supports; null where it is infinite."""
    if figure is None or isinf(figure.value):
        return None
    return {"value": _rounded(figure), "standard_error": _plain(float(f"{figure.error:.2g}"))}


def _worth(worth: Worth | None) -> Json:
    if worth is None:
        return None
    rounded = {
        "value": _rounded(Measured(worth.usd, worth.error)),
        "standard_error": _plain(float(f"{worth.error:.2g}")),
    }
    return {**rounded, "bias": _plain(float(f"{worth.bias:.2g}")), "is_noise": worth.is_noise}


def _rounded(figure: Measured) -> Decimal:
    """Round a figure to the first digit of its standard error; one without an error is exact."""
    return _plain(to_error(Decimal(repr(figure.value)), Decimal(repr(figure.error))))


def _plain(number: float | Decimal) -> Decimal:
    """Write a number without an exponent, so that 1.94E+4 is 19400."""
    return Decimal(f"{Decimal(repr(number)) if isinstance(number, float) else number:f}")


def _record(outcome: Outcome) -> dict[str, Json]:
    """One option as a flat row."""
    figures = {
        "p10_usd": outcome.quantiles[0],
        "p50_usd": outcome.quantiles[1],
        "p90_usd": outcome.quantiles[2],
        "mean_usd": outcome.mean_usd,
        "cheapest": outcome.cheapest,
        "regret_usd": outcome.regret,
        "regret_p90_usd": outcome.regret_p90,
    }
    finite = {name: figure for name, figure in figures.items() if figure is not None and not isinf(figure.value)}
    values: dict[str, Json] = {name: _rounded(finite[name]) if name in finite else None for name in figures}
    error = _plain(float(f"{outcome.cheapest.error:.2g}"))
    return {"option": outcome.option, **values, "cheapest_error": error, "cannot_serve": _plain(outcome.unserved)}


def _table(found: Simulation, shown: Sequence[Outcome], money: Money) -> Table:
    more = len(found.outcomes) - len(shown)
    notes = (f"{more} more options with --notes",) if more else ()
    if not found.has_clear_leader:
        notes = ("the first two are not told apart: their shares lie within the sampling error", *notes)
    if any(outcome.unserved for outcome in shown):
        notes = ("– it cannot serve in so many of the draws", *notes)
    return Table(_columns(money), tuple(_row(outcome, found.draws, money) for outcome in shown), notes)


def _more(found: Simulation, said: Said, money: Money) -> Iterator[Block]:
    worth_it = [(each, worth) for each, worth in found.by_input if not worth.is_noise]
    if worth_it:
        yield Heading("What to measure first")
        yield Table(_measured_columns(money), tuple(_measure(each, worth, money) for each, worth in worth_it))
    noise = [name_of(each) for each, worth in found.by_input if worth.is_noise]
    yield from listed("Not worth measuring alone", noise)
    if len(found.outcomes) > _SHOWN:
        yield Heading("All options")
        yield _table(found, found.outcomes, money)
    yield from listed(
        "Cannot serve in some draws", [_unserved(outcome) for outcome in found.outcomes if outcome.unserved]
    )
    yield from listed("Left out", [f"{name}: {reason}" for name, reason in found.left_out])
    yield from listed("Notes", said.notes[ASSUMED_LINES:])


def _row(outcome: Outcome, draws: int, money: Money) -> tuple[str, ...]:
    return (
        outcome.option,
        *(_usd(quantile, money) for quantile in outcome.quantiles),
        _probability(outcome.cheapest, draws),
        _usd(outcome.regret, money),
        _usd(outcome.regret_p90, money),
    )


def _usd(figure: Measured | None, money: Money) -> str:
    """Write USD with the digits that their standard error supports; what is exact, to the cent."""
    if figure is None or isinf(figure.value):
        return "–"
    rounded = _rounded(_in_currency(figure, money))
    return f"{rounded:,f}" if figure.error else usd(rounded)


def _in_currency(figure: Measured, money: Money) -> Measured:
    """Convert a figure of USD and its standard error."""
    rate = float(money.per_usd)
    return Measured(figure.value * rate, figure.error * rate)


def _probability(share: Measured, draws: int) -> str:
    """Write a probability as a percentage with its standard error; of what never came, what it is at most."""
    if share.value in {0.0, 1.0}:
        bound = significant(Decimal(100 * _RULE_OF_THREE) / draws, 1)
        return f"< {bound} %" if not share.value else f"> {100 - Decimal(bound)} %"
    return f"{_rounded(share).scaleb(2):f} ± {_error(share.error).scaleb(2):f} %"


def _error(error: float) -> Decimal:
    """Round a standard error to its first digit."""
    exact = Decimal(repr(error))
    return _plain(to_error(exact, exact))


def _verdict(found: Simulation, *, brief: int, money: Money) -> Iterator[str]:
    """Say what to choose, what that may cost too much on average, and what to measure before."""
    chosen = next((outcome for outcome in found.outcomes if outcome.option == found.choice), None)
    worth = found.information
    if chosen is None or worth is None:
        yield "No option serves the workload in every draw, so none can be chosen without a look at the volume."
        return
    if not worth.usd:
        yield f"{found.choice} is the cheapest in every draw: no measurement would change the choice."
        return
    others = found.alike[0] if len(found.alike) == 1 else f"{len(found.alike)} others"
    alike = f" (equal within the error: {others})" if found.alike else ""
    of = "" if brief or len(found.outcomes) == 1 else f" of {how_many(len(found.outcomes), 'option')}"
    place = f"; its central {money.text(chosen.central_usd)} is above {_share(chosen.below_central)} of the draws"
    expected = f"the lowest expected cost{of}, {money.named(_usd(chosen.mean_usd, money))} a month"
    yield f"{found.choice} has {expected}{alike}{place if brief < _BRIEFEST else ''}."
    share = f"It is the cheapest in {_share_of_draws(chosen)} of the draws"
    yield (
        f"{share}."
        if brief
        else f"{share}, and on average costs {money.named(_usd(chosen.regret, money))} more than the cheapest."
    )
    first = next(((each, value) for each, value in found.by_input if not value.is_noise), None)
    if first is None:
        yield "No input alone is worth measuring."
    else:
        saved = _usd(Measured(first[1].usd, first[1].error), money)
        yield f"Measure {name_of(first[0])} first: to know it would save {money.named(saved)} a month."


def _share_of_draws(outcome: Outcome) -> str:
    share = outcome.cheapest
    return f"{_rounded(share).scaleb(2):f} %" if 0 < share.value < 1 else f"{share.value * 100:g} %"


def _measure(drawn: Input, worth: Worth, money: Money) -> tuple[str, ...]:
    figure = Measured(worth.usd, worth.error)
    error, bias = (float(money.per_usd) * amount for amount in (worth.error, worth.bias))
    return (
        name_of(drawn),
        f"{compact(drawn.low)} to {compact(drawn.high)}",
        drawn.unit,
        f"{_usd(figure, money)} ± {_error(error):,f}",
        f"{_error(bias):,f}" if bias >= error / 10 else "0",
    )


def _unserved(outcome: Outcome) -> str:
    return f"{outcome.option} in {_share(outcome.unserved)} of the draws"


def _share(share: float) -> str:
    return f"{100 * share:.2g} %"
