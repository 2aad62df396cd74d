"""``costcalc usage size``: how many replicas the load of a log takes, and what each way of running them costs."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import typer

from costcalc.cli import complete
from costcalc.cli.answer import Answer
from costcalc.cli.context import day_in_force, load, money_of
from costcalc.cli.flags import MoneyFlags, PriceFlags
from costcalc.cli.load_curve import CurveFlags, usage_of_load
from costcalc.cli.logs import LogFlags, of_models
from costcalc.cli.values import amount, share
from costcalc.errors import FlagError, UndecidableError
from costcalc.units import SECONDS_PER_MINUTE, decimal

if TYPE_CHECKING:
    from costcalc.catalog.catalog import Catalog
    from costcalc.catalog.forms.options import SelfHostOption
    from costcalc.render.report import Json
    from costcalc.usage.groups import Usage
    from costcalc.usage.sizing import SizedLog, SizeTerms

MOST_ABOVE = Fraction(1, 100)
_LONGEST_START = 24 * 60  # a day [min]; what takes longer follows no load

LogsOrNone = Annotated[
    list[str] | None,
    typer.Argument(metavar="LOG…", help="Files, patterns, folders and packs; - is stdin.", show_default=False),
]
Options = Annotated[
    list[str] | None,
    typer.Option("--option", metavar="ID", help="A self-hosted option; several.", autocompletion=complete.option),
]
Own = Annotated[list[str] | None, typer.Option(metavar="HARDWARE", help="Hardware of your own; several.")]
Models = Annotated[
    list[str] | None, typer.Option("--model", metavar="NAME", help="Only this model of the logs; several.")
]
Targets = Annotated[
    list[Fraction] | None,
    typer.Option("--target", parser=share, metavar="SHARE", help="How busy an autoscaler keeps them; several."),
]
ColdStart = Annotated[
    Fraction | None, typer.Option(parser=amount, metavar="MIN", help="Minutes in which a replica starts.")
]
Above = Annotated[
    Fraction | None,
    typer.Option("--above", parser=share, metavar="SHARE", help="Of the load, at most, above capacity (1%)."),
]


def usage_size_command(
    prices: PriceFlags,
    shown: MoneyFlags,
    read: LogFlags,
    curve: CurveFlags,
    logs: LogsOrNone = None,
    option: Options = None,
    own: Own = None,
    model: Models = None,
    target: Targets = None,
    cold_start: ColdStart = None,
    above: Above = None,
) -> Answer:
    """Size a self-hosted fleet from the load of a log or a table.

    Load is counted in windows of ten minutes, or in those of the table.
    """
    from costcalc.cli.own import with_own
    from costcalc.render.usage_size import usage_size_report

    _check(target, cold_start)
    loaded = load(prices.catalog, as_of=prices.as_of)
    day = day_in_force(loaded, prices.as_of)
    money = money_of(shown.currency, loaded.catalog, day)
    ours = with_own(own or (), loaded.catalog)
    hosted = _self_hosted([*(option or ()), *ours.options], ours.catalog)
    usage = of_models(usage_of_load(logs, read, curve), model)
    terms = _terms(hosted, target, cold_start, MOST_ABOVE if above is None else above, ours.catalog)
    terms = terms._replace(mean_load=curve.mean)
    found, left_out = _sized(hosted, usage, terms, ours.catalog, day)
    inputs: dict[str, Json] = {
        "logs": list(logs or ()),
        "load": str(curve.load) if curve.load is not None else None,
        "mean_load": decimal(curve.mean) if curve.mean is not None else None,
        "options": list(hosted),
        "models": model,
        "targets": [decimal(each) for each in terms.targets],
        "cold_start_s": {name: decimal(seconds) for name, seconds in terms.cold_start_s.items()},
        "most_above_capacity": decimal(terms.most_above),
        **read._asdict(),
    }
    report = usage_size_report(found, left_out, usage, terms, ours.catalog, inputs=inputs, day=day, money=money)
    return Answer(report, catalog=ours.catalog)


def _check(target: Sequence[Fraction] | None, cold_start: Fraction | None) -> None:
    if not all(target or ()):
        raise FlagError("--target is how busy replicas are kept: expected a share above 0, found 0")
    if cold_start is not None and cold_start > _LONGEST_START:
        raise FlagError(f"--cold-start is in minutes: expected at most {_LONGEST_START}, found {float(cold_start):g}")


def _self_hosted(names: Sequence[str], catalog: "Catalog") -> "dict[str, SelfHostOption]":
    """Find the options, all of which must be self-hosted."""
    from costcalc.catalog.forms.options import SelfHostOption

    found: dict[str, SelfHostOption] = {}
    for name in names:
        known = catalog.option(name).option
        if not isinstance(known, SelfHostOption):
            raise FlagError(f"a fleet is sized for a self-hosted option: {name} is of the kind {known.kind}")
        found[name] = known
    if not found:
        raise FlagError(
            "name what is sized: --option ID of a self-hosted option, such as r1-distill-32b-h100, or --own"
        )
    return found


def _terms(
    hosted: "dict[str, SelfHostOption]",
    target: Sequence[Fraction] | None,
    cold_start: Fraction | None,
    above: Fraction,
    catalog: "Catalog",
) -> "SizeTerms":
    from costcalc.cost.availability import cold_start_of
    from costcalc.usage.sizing import SizeTerms

    targets = tuple(target or (Fraction(65, 100), Fraction(80, 100)))
    if cold_start is not None:
        return SizeTerms(targets, dict.fromkeys(hosted, cold_start * SECONDS_PER_MINUTE), above, ())
    assumed = {name: cold_start_of(option, catalog) for name, option in hosted.items()}
    seconds = {name: Fraction(catalog.assumption(path).value) for name, path in assumed.items()}
    return SizeTerms(targets, seconds, above, tuple(dict.fromkeys(assumed.values())))


def _sized(
    hosted: "dict[str, SelfHostOption]", usage: "Usage", terms: "SizeTerms", catalog: "Catalog", day: date
) -> "tuple[list[SizedLog], list[tuple[str, str]]]":
    """Size each option; where none can be, say why the first cannot."""
    from costcalc.usage.sizing import sized_log

    found: list[SizedLog] = []
    left_out: list[tuple[str, str]] = []
    for name, option in hosted.items():
        try:
            found.append(sized_log(name, option, usage, catalog, as_of=day, terms=terms))
        except UndecidableError as error:
            left_out.append((name, error.reason))
    if not found:
        name, reason = left_out[0]
        raise UndecidableError(reason, subject=name, more=[f"{name}: {reason}" for name, reason in left_out[1:]])
    return found, left_out
