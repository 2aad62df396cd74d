"""What `simulate` says: what options may cost, which is probably the cheapest, and what to measure first."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import isinf

from costcalc.analysis.information import Worth
from costcalc.analysis.montecarlo import Measured, Outcome, Simulation
from costcalc.case.inputs import Input
from costcalc.render.numbers import compact, significant, to_error, usd
from costcalc.render.report import Block, Column, Heading, Json, Paragraph, Report, Said, Table, listed
from costcalc.render.sensitivity import name_of

_RULE_OF_THREE = 3  # none in n draws: below 3/n with 95 % confidence (Hanley and Lippman-Hand, JAMA 249(13), 1983)

_COLUMNS = (
    Column("option"),
    Column("P10", "right", means="to P90 USD a month: one draw in ten is below P10, one in ten above P90"),
    Column("P50", "right"),
    Column("P90", "right"),
    Column("cheapest", "right", means="the probability of being so, ± its standard error"),
    Column("regret", "right", means="the expected cost above the cheapest of each draw"),
    Column("P90 of it", "right", rank=1),
)
_MEASURE = (
    Column("input"),
    Column("low to high"),
    Column("unit", rank=2),
    Column("worth", "right", means="USD a month that knowing it before choosing would save, ± its standard error"),
    Column("too high by", "right", rank=1, means="the part of that which noise puts there"),
)


def simulation_report(found: Simulation, *, inputs: Mapping[str, Json], said: Said) -> Report:
    """Put a simulation into words and data.

    Args:
        found: The result.
        inputs: What was asked, after defaults were filled in.
        said: What the command has to say of its inputs.
    """
    return Report(
        command="simulate",
        as_of=found.case.as_of,
        digest_of=found.case.catalog.digest_of,
        inputs={**inputs, "draws": found.draws, "seed": found.seed},
        result=_result(found, said),
        records=tuple(_record(one) for one in found.outcomes),
        blocks=tuple(_blocks(found, said)),
    )


def _result(found: Simulation, said: Said) -> dict[str, Json]:
    return {
        "draws": found.draws,
        "seed": found.seed,
        "choice": found.choice,
        "options": [_outcome(one) for one in found.outcomes],
        "perfect_information": _worth(found.information),
        "inputs": [
            {
                "input": one.path,
                "unit": one.unit,
                "low": one.low,
                "value": one.value,
                "high": one.high,
                "information": _worth(worth),
            }
            for one, worth in found.by_input
        ],
        "left_out": [{"option": name, "reason": reason} for name, reason in found.left_out],
        "notes": list(said.notes),
    }


def _outcome(one: Outcome) -> dict[str, Json]:
    low, middle, high = one.quantiles
    return {
        "option": one.option,
        "central_usd": one.central_usd,
        "p10_usd": _measured(low),
        "p50_usd": _measured(middle),
        "p90_usd": _measured(high),
        "mean_usd": _measured(one.mean_usd),
        "cheapest": _measured(one.cheapest),
        "regret_usd": _measured(one.regret),
        "regret_p90_usd": _measured(one.regret_p90),
        "cannot_serve": _plain(one.unserved),
    }


def _measured(one: Measured | None) -> Json:
    """Give a figure and its standard error, with no more digits than that supports; null where it is infinite."""
    if one is None or isinf(one.value):
        return None
    return {"value": _rounded(one), "standard_error": _plain(float(f"{one.error:.2g}"))}


def _worth(one: Worth | None) -> Json:
    if one is None:
        return None
    rounded = {"value": _rounded(Measured(one.usd, one.error)), "standard_error": _plain(float(f"{one.error:.2g}"))}
    return {**rounded, "bias": _plain(float(f"{one.bias:.2g}")), "is_noise": one.is_noise}


def _rounded(one: Measured) -> Decimal:
    """Round a figure to the first digit of its standard error; one without an error is exact."""
    return _plain(to_error(Decimal(repr(one.value)), Decimal(repr(one.error))))


def _plain(number: float | Decimal) -> Decimal:
    """Write a number without an exponent, so that 1.94E+4 is 19400."""
    return Decimal(f"{Decimal(repr(number)) if isinstance(number, float) else number:f}")


def _record(one: Outcome) -> dict[str, Json]:
    """One option as a flat row."""
    figures = {
        "p10_usd": one.quantiles[0],
        "p50_usd": one.quantiles[1],
        "p90_usd": one.quantiles[2],
        "mean_usd": one.mean_usd,
        "cheapest": one.cheapest,
        "regret_usd": one.regret,
        "regret_p90_usd": one.regret_p90,
    }
    known = {name: figure for name, figure in figures.items() if figure is not None and not isinf(figure.value)}
    values: dict[str, Json] = {name: _rounded(known[name]) if name in known else None for name in figures}
    error = _plain(float(f"{one.cheapest.error:.2g}"))
    return {"option": one.option, **values, "cheapest_error": error, "cannot_serve": _plain(one.unserved)}


def _blocks(found: Simulation, said: Said) -> Iterator[Block]:
    yield Heading(
        f"{found.draws:,} draws of {len(found.inputs)} uncertain inputs, seed {found.seed}, at the prices of"
        f" {found.case.as_of}"
    )
    yield Table(_COLUMNS, tuple(_row(one, found.draws) for one in found.outcomes))
    yield Paragraph(_verdict(found))
    known = [(one, worth) for one, worth in found.by_input if not worth.is_noise]
    if known:
        yield Heading("What to measure first")
        yield Table(_MEASURE, tuple(_measure(one, worth) for one, worth in known))
    noise = [name_of(one) for one, worth in found.by_input if worth.is_noise]
    yield from listed("Not worth measuring alone, as far as this sample can tell", [", ".join(noise)] if noise else [])
    yield from listed("Cannot serve", [_unserved(one) for one in found.outcomes if one.unserved])
    yield from listed("Left out", [f"{name}: {reason}" for name, reason in found.left_out])
    yield from listed("Notes", said.notes)


def _row(one: Outcome, draws: int) -> tuple[str, ...]:
    return (
        one.option,
        *(_usd(quantile) for quantile in one.quantiles),
        _probability(one.cheapest, draws),
        _usd(one.regret),
        _usd(one.regret_p90),
    )


def _usd(one: Measured | None) -> str:
    """Write USD with the digits that their standard error supports; what is exact, to the cent."""
    if one is None or isinf(one.value):
        return "–"
    rounded = _rounded(one)
    return f"{rounded:,f}" if one.error else usd(rounded)


def _probability(one: Measured, draws: int) -> str:
    """Write a probability as a percentage with its standard error; of what never came, what it is at most."""
    if one.value in {0.0, 1.0}:
        bound = significant(Decimal(100 * _RULE_OF_THREE) / draws, 1)
        return f"< {bound} %" if not one.value else f"> {100 - Decimal(bound)} %"
    return f"{_rounded(one).scaleb(2):f} ± {_error(one.error).scaleb(2):f} %"


def _error(error: float) -> Decimal:
    """Round a standard error to its first digit."""
    exact = Decimal(repr(error))
    return _plain(to_error(exact, exact))


def _verdict(found: Simulation) -> str:
    if found.choice is None or found.information is None:
        return "No option can serve the workload in every draw, so none can be chosen without looking."
    worth = found.information
    if not worth.usd:
        return f"{found.choice} is the cheapest in every draw: nothing that could be measured would change the choice."
    known = _usd(Measured(worth.usd, worth.error))
    return (
        f"{found.choice} has the lowest expected cost. Knowing every input before choosing would save ${known} a month"
        f" (± {_error(worth.error):,f}), so no measurement is worth more than that."
    )


def _measure(one: Input, worth: Worth) -> tuple[str, ...]:
    figure = _usd(Measured(worth.usd, worth.error))
    return (
        name_of(one),
        f"{compact(one.low)} to {compact(one.high)}",
        one.unit,
        f"{figure} ± {_error(worth.error):,f}",
        f"{_error(worth.bias):,f}" if worth.bias >= worth.error / 10 else "0",
    )


def _unserved(one: Outcome) -> str:
    return f"{one.option} in {_share(one.unserved)} of the draws"


def _share(share: float) -> str:
    return f"{100 * share:.2g} %"
