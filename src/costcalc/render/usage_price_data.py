"""What `usage price` says, as data: what was priced, by the names that were asked for, and every option."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.cost.estimate import Estimate
from costcalc.render.compare_data import line_data
from costcalc.render.report import Json
from costcalc.units import decimal
from costcalc.usage.groups import COUNTED
from costcalc.usage.reprice import Served
from costcalc.usage.repriced import Repriced


class Part(NamedTuple):
    """Some of what it did cost, under one name, or one for each thing that was asked for.

    Args:
        named: The model, the day, the team or whatever was asked for, by what it is.
        served: What it is.
    """

    named: Mapping[str, str]
    served: tuple[Served, ...]

    @property
    def name(self) -> str:
        """All of its names."""
        return ", ".join(self.named.values())

    @property
    def low(self) -> Fraction:
        """What it cost [USD]; the least where that is not certain."""
        return sum((each.exact_usd for each in self.served), start=Fraction(0))

    @property
    def high(self) -> Fraction:
        """The most that it can have cost [USD]."""
        return sum((each.exact_high_usd for each in self.served), start=Fraction(0))

    @property
    def recorded(self) -> Decimal | None:
        """What the log says that it cost [USD], or None where it does not say of all."""
        found = [each.recorded_usd for each in self.served if each.recorded_usd is not None]
        return sum(found, Decimal(0)) if len(found) == len(self.served) else None


def parts_of(result: Repriced, by: Sequence[str]) -> tuple[Part, ...]:
    """Put what it did cost under the names that were asked for, dearest first; with days, in the names' order."""
    named: dict[tuple[str, ...], list[Served]] = {}
    for served in result.cost.served:
        known = {"model": served.model, "day": str(served.day)}
        named.setdefault(tuple(known.get(each) or served.label or f"(no {each})" for each in by), []).append(served)
    groups = [Part(dict(zip(by, names, strict=True)), tuple(each)) for names, each in named.items()]
    if "day" in by:
        return tuple(sorted(groups, key=lambda group: tuple(group.named.values())))
    return tuple(sorted(groups, key=lambda group: (-group.low, group.name)))


def part_row(part: Part) -> dict[str, Json]:
    """Give some of what it did cost as one row, but for its name."""
    data = part_data(part)
    return {key: value for key, value in data.items() if key not in {"name", "names", "models"}} | {
        "models": ", ".join(dict.fromkeys(each.ref for each in part.served))
    }


def price_data(result: Repriced, groups: Sequence[Part], explained_by: Catalog | None = None) -> dict[str, Json]:
    """Give every figure of a repriced log; with a catalog, also where each price stands."""
    usage = result.usage
    return {
        "first": usage.first_s,
        "last": usage.last_s,
        "span_hours": decimal(usage.span_hours),
        "requests": usage.requests,
        "rows": usage.rows,
        "rows_repeated": usage.repeated,
        "ids_differing": usage.differing,
        "rows_not_counted": {fault.kind: fault.rows for fault in usage.faults},
        "files": usage.files,
        "formats": list(usage.formats),
        "tokens": {meter: usage.total(meter) for meter in COUNTED if usage.total(meter)},
        "did_cost": _did_cost(result, groups, explained_by),
        "options": [_option_data(result, estimate, explained_by) for estimate in result.estimates],
        "unpriced": [{"option": each.option, "reason": each.reason} for each in result.left_out],
    }


def _did_cost(result: Repriced, groups: Sequence[Part], explained_by: Catalog | None) -> dict[str, Json]:
    """Give what it did cost, with every line of it."""
    cost = result.cost
    return {
        "usd": decimal(cost.exact_usd) if cost.served else None,
        "high_usd": decimal(cost.exact_high_usd) if cost.served else None,
        "recorded_usd": cost.recorded_usd,
        "by": [part_data(group) | {"lines": [*_lines(group, explained_by)]} for group in groups],
        "differences": [
            {
                "model": each.model,
                "recorded_usd": each.recorded_usd,
                "usd": decimal(each.exact_usd),
                "list_usd": decimal(each.list_usd),
                "under_contract": each.under_contract,
                "cause": each.cause or None,
            }
            for each in result.differences
        ],
        "commitments": [
            {
                "provider": each.provider,
                "usd": decimal(each.exact_usd),
                "used_usd": decimal(each.used_usd),
                "saved_by_leaving_usd": decimal(each.saved_usd),
            }
            for each in result.owed
        ],
        "unpriced": [
            {"model": each.model, "requests": each.requests, "tokens": each.tokens, "reason": each.reason}
            for each in cost.unpriced
        ],
    }


def _lines(group: Part, explained_by: Catalog | None) -> Iterator[dict[str, Json]]:
    """Walk the cost lines under a name, each with its model and the day of its price."""
    for served in group.served:
        for estimate in served.estimates:
            priced = {"model": served.ref, "price_date": estimate.price_date.isoformat()}
            yield from ({**priced, **line_data(line, explained_by)} for line in estimate.lines)


def part_data(group: Part) -> dict[str, Json]:
    """Give what some of it did cost."""
    return {
        "name": group.name,
        **({"names": dict(group.named)} if len(group.named) > 1 else {}),
        "models": [*dict.fromkeys(each.ref for each in group.served)],
        "requests": sum(each.requests for each in group.served),
        "tokens": sum(each.tokens for each in group.served),
        "usd": decimal(group.low),
        "high_usd": decimal(group.high),
        "recorded_usd": group.recorded,
    }


def _option_data(result: Repriced, estimate: Estimate, explained_by: Catalog | None = None) -> dict[str, Json]:
    low, high = result.low_and_high(estimate)
    month = result.month(estimate)
    return {
        "option": estimate.option,
        "kind": estimate.kind,
        "side": estimate.side,
        "usd": decimal(low),
        "high_usd": decimal(high),
        "monthly_usd": month[0] if month is not None else None,
        "monthly_high_usd": month[1] if month is not None else None,
        "price_date": estimate.price_date.isoformat(),
        "not_comparable": estimate.unfit or None,
        "lines": [line_data(line, explained_by) for line in result.in_period(estimate).lines],
        "caveats": list(estimate.caveats),
    }


def option_record(result: Repriced, estimate: Estimate) -> dict[str, Json]:
    """Give an option as one row."""
    data = _option_data(result, estimate)
    return {key: value for key, value in data.items() if key not in {"lines", "caveats"}}
