"""A comparison as data, for JSON, JSON lines and CSV."""

from decimal import Decimal
from typing import TYPE_CHECKING

from costcalc.analysis.compare import Comparison, Saving
from costcalc.analysis.decision import Decision, InAll
from costcalc.case.case import LeftOut
from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.schema import Source
from costcalc.cost.estimate import CostLine, Estimate
from costcalc.render.deployments import deployment_data
from costcalc.render.owed import owed_data
from costcalc.render.report import Json
from costcalc.render.score_data import basis_data, score_data, score_record
from costcalc.units import HOURS_PER_MONTH, decimal, short

if TYPE_CHECKING:
    from costcalc.analysis.evidence import Basis


def result_data(
    comparison: Comparison,
    decision: Decision,
    notes: tuple[str, ...],
    explained_by: Catalog | None,
    basis: "Basis | None" = None,
) -> dict[str, Json]:
    """Give the whole answer."""
    scored: dict[str, Json] = {"scores": basis_data(basis)} if basis is not None else {}
    return scored | {
        "answer": _answer(decision),
        "output_tokens": decimal(comparison.workload.output_tokens),
        "input_tokens": decimal(comparison.workload.input_tokens),
        "hours_per_month": HOURS_PER_MONTH,
        "estimates": [_estimate(comparison, one, explained_by, basis) for one in comparison.estimates],
        "savings": [_saving(saving) for saving in comparison.savings],
        "owed": owed_data(comparison.owed),
        "unpriced": [{"option": one.option, "reason": one.reason} for one in comparison.unpriced],
        "notes": list(notes),
    }


def _answer(decision: Decision) -> dict[str, Json]:
    return {
        "today": _priced(decision.today, None),
        "cheapest": _priced(decision.cheapest, decision.today),
        "equal_to_cheapest": list(decision.equal),
        "cheapest_with_evidence": _priced(decision.vouched, decision.today),
        "cheapest_output_alone": _priced(decision.output_alone, None),
        "cheapest_to_build": _priced(decision.build, decision.today),
        "cheapest_in_all": _in_all(decision.in_all),
        "build_from_mtok": decision.build_from_mtok,
        "your_mtok": decision.your_mtok,
        "cheapest_if_even": _priced(decision.if_even, decision.today),
        "cheapest_if_even_at_peak": _priced(decision.at_peak, decision.today),
    }


def _priced(estimate: Estimate | None, today: Estimate | None) -> dict[str, Json] | None:
    if estimate is None:
        return None
    change = _ratio((estimate.monthly_usd / today.monthly_usd - 1) * 100) if today and today.monthly_usd else None
    return {"option": estimate.option, "monthly_usd": estimate.monthly_usd, "change_percent": change}


def _in_all(found: InAll | None) -> dict[str, Json] | None:
    if found is None:
        return None
    return {"option": found.cheapest.option, "in_all_usd": short(found.usd, 6)}


def _estimate(
    comparison: Comparison, one: Estimate, explained_by: Catalog | None, basis: "Basis | None"
) -> dict[str, Json]:
    scored: dict[str, Json] = {"evidence": score_data(basis.evidence[one.option])} if basis is not None else {}
    return scored | {
        **_figures(comparison, one),
        "in_all_usd": short(comparison.in_all(comparison.decisive(one) or one), 6) if comparison.owed else None,
        "deployment": deployment_data(one.deployment, comparison.published, one.option),
        "retired": one.retired.isoformat() if one.retired else None,
        "last_listed": one.last_listed.isoformat() if one.last_listed else None,
        "not_comparable": one.unfit or None,
        "source": _source(one.source),
        "lines": [line_data(line, explained_by) for line in one.lines],
        "caveats": list(one.caveats),
    }


def _figures(comparison: Comparison, one: Estimate) -> dict[str, Json]:
    with_prompts = comparison.with_prompts.get(one.option)
    return {
        "option": one.option,
        "kind": one.kind,
        "side": one.side,
        "models": _models(one),
        "monthly_usd": one.monthly_usd,
        "usd_per_mtok": comparison.usd_per_mtok(one),
        "times_cheapest": _ratio(comparison.times_cheapest(one)),
        "price_date": one.price_date.isoformat(),
        "with_prompts_usd": with_prompts.monthly_usd if with_prompts is not None else None,
    }


def _models(one: Estimate) -> list[Json]:
    """Name the sold models whose prices an estimate rests on, as the catalog does."""
    metered = [line for line in one.lines if line.part == "meter" and line.path[0] == "api"]
    return [*dict.fromkeys(f"{line.path[1]}/{line.path[3]}" for line in metered)]


def _source(source: Source | None) -> dict[str, Json] | None:
    """Give a source as data; a judgement has none."""
    if source is None:
        return None
    seen = source.seen.isoformat() if source.seen is not None else None
    return {"url": source.url, "title": source.title, "checked": source.checked.isoformat(), "seen": seen}


def line_data(line: CostLine, explained_by: Catalog | None = None) -> dict[str, Json]:
    """Give a cost line as data; with a catalog, also where its price stands."""
    data: dict[str, Json] = {
        "item": line.item,
        "part": line.part,
        "quantity": line.quantity,
        "unit": line.unit,
        "unit_price_usd": line.unit_price_usd,
        "list_unit_price_usd": line.list_unit_price_usd,
        "usd": line.usd,
        "conditions": line.conditions,
        "source": _source(line.source),
    }
    if explained_by is not None:
        places = map(explained_by.place, (line.path, *line.also))
        data["places"] = [
            {"layer": place.document.layer, "path": place.document.name, "line": place.line} for place in places
        ]
    return data


def _saving(saving: Saving) -> dict[str, Json]:
    return {
        "option": saving.option,
        "baseline": saving.baseline,
        "percent": _ratio(saving.share * 100),
        "times": _ratio(saving.times),
    }


def _ratio(value: Decimal | None) -> Decimal | None:
    """Ratios are not money: four decimals say enough."""
    return short(value, 4) if value is not None else None


def record_data(comparison: Comparison, one: Estimate, basis: "Basis | None" = None) -> dict[str, Json]:
    """Give an estimate as a flat row."""
    scored = score_record(basis, one.option) if basis is not None else {}
    return {
        **_figures(comparison, one),
        "source": str(one.source),
        "checked": one.source.checked.isoformat(),
        "caveats": "; ".join(one.caveats),
        "not_compared": one.unfit or None,
        **scored,
    }


def reason_data(one: LeftOut) -> dict[str, Json]:
    """Give an option without a price as a flat row."""
    return {"option": one.option, "not_compared": one.reason}


def part_data(part: Comparison) -> dict[str, Json]:
    """Give what one of several workloads costs on each option."""
    return {
        "workload": part.workload.name,
        "requests": decimal(part.workload.requests),
        "estimates": [{"option": each.option, "monthly_usd": each.monthly_usd} for each in part.estimates],
    }
