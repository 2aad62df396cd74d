"""What `check` says: every budget with its limit, what is spent, what is left, and how it stands."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from costcalc.budget.commitments import unused_name
from costcalc.budget.verdict import Checked, Measured, Spent, Verdict, sum_of
from costcalc.catalog.catalog import Catalog
from costcalc.money import USD, Money
from costcalc.render.compare_data import line_data
from costcalc.render.findings import worst_first
from costcalc.render.report import Block, Column, Heading, Json, Paragraph, Report, Table, listed, marker_of
from costcalc.units import MTOK, decimal, rounded, whole

_PLACES = Decimal("1e-12")
_WORST = ("over", "undecided", "over as before", "warning", "no baseline", "suppressed", "inside")
_BUDGETS = (
    Column("budget"),
    Column("of", rank=2),
    Column("limit", "right"),
    Column("spent", "right"),
    Column("left", "right", rank=1),
    Column("status"),
)
_MEASURED = (
    Column("budget"),
    Column("limit", "right"),
    Column("so far", "right"),
    Column("at its end", "right"),
    Column("left", "right", rank=1),
    Column("status"),
)
_UNITS = {"monthly_usd": "", "usd_per_mtok": " /Mtok", "usd_per_request": " /request", "max_increase": " (increase)"}


def _workload_columns(money: Money) -> tuple[Column, ...]:
    """Title what each workload costs."""
    return (
        Column("workload"),
        Column("option"),
        Column(money.per("month"), "right"),
        Column(money.per("Mtok"), "right", rank=1),
        Column("price of", rank=2),
    )


def check_report(
    results: Sequence[Checked], catalog: Catalog, *, inputs: Mapping[str, Json], money: Money = USD
) -> Report:
    """Put judged scenarios into words and data."""
    budgets = [_verdict(each.file, one) for each in results for one in each.verdicts]
    findings = tuple(finding for each in results for finding in each.findings)
    total = sum_of(each.total for each in results)
    return Report(
        money=money,
        command="check",
        as_of=results[0].as_of,
        digest_of=catalog.digest_of,
        inputs=inputs,
        result={
            "status": _status(results),
            "total_usd": number(total),
            "budgets": budgets,
            "commitments": [
                {"file": each.file, "provider": provider, "unused_usd": number(unused)}
                for each in results
                for provider, unused in each.unused
            ],
            "workloads": [_spent(each.file, one) for each in results for one in each.spent],
            "by_log": [
                {**_verdict(each.file, one.verdict), "so_far_usd": number(one.so_far)}
                for each in results
                for one in each.measured
            ],
        },
        records=tuple(budgets),
        blocks=tuple(_blocks(results, total, money)),
        diagnostics=findings,
        marker=marker_of("check"),
        passed=tuple(_passed(results)),
    )


_PASSES = ("inside", "suppressed")


def _passed(results: Sequence[Checked]) -> Iterator[str]:
    """Name the limits that hold, those by a log too; of several files, with the file."""
    for each in results:
        where = f"{each.file}: " if len(results) > 1 else ""
        yield from (f"{where}{one.budget}.{one.limited}" for one in each.verdicts if one.status in _PASSES)
        by_log = (one.verdict for one in each.measured)
        yield from (f"{where}{one.budget}.{one.limited} by the log" for one in by_log if one.status in _PASSES)


def number(amount: Fraction | None) -> Decimal | None:
    """Give an amount as JSON has it: exact, or cut at twelve digits behind the point."""
    if amount is None:
        return None
    exact = decimal(whole(amount))
    return exact if exact == (cut := rounded(exact, _PLACES, rounding=ROUND_HALF_EVEN)) else cut


def _status(results: Sequence[Checked]) -> str:
    if any(one.undecided for one in results):
        return "undecided"
    return "broken" if any(f.level == "error" for one in results for f in one.findings) else "inside"


def _verdict(file: str, one: Verdict) -> dict[str, Json]:
    return {
        "file": file,
        "budget": one.budget,
        "scope": one.scope,
        "limit": one.limited,
        "warn_usd": number(one.warn),
        "deny_usd": number(one.deny),
        "actual_usd": number(one.actual),
        "base_usd": number(one.base),
        "headroom_usd": number(one.headroom),
        "status": one.status,
        "reason": one.reason or None,
        "severity": one.severity,
        "max_increase": one.increase._asdict() if one.increase is not None else None,
        "at": one.at,
        "ranged": one.ranged,
    }


def _spent(file: str, one: Spent) -> dict[str, Json]:
    workload, known = one.workload, one.usd
    tokens, requests = Fraction(workload.output_tokens), Fraction(workload.requests)
    lines = one.estimate.lines if one.estimate is not None else ()
    return {
        "file": file,
        "workload": workload.name,
        "option": one.option,
        "tags": list(one.tags),
        "requests": decimal(workload.requests),
        "output_tokens": decimal(workload.output_tokens),
        "monthly_usd": number(known),
        "usd_per_mtok": number(known * MTOK / tokens) if known is not None and tokens else None,
        "usd_per_request": number(known / requests) if known is not None and requests else None,
        "price_date": one.estimate.price_date.isoformat() if one.estimate is not None else None,
        "reason": one.reason or None,
        "share": number(one.share),
        "lines": [line_data(line) for line in lines],
        "caveats": list(one.estimate.caveats) if one.estimate is not None else [],
    }


def _blocks(results: Sequence[Checked], total: Fraction | None, money: Money) -> Iterator[Block]:
    for each in results:
        yield Heading(f"{each.file}, a month at the prices of {each.as_of}")
        ordered = sorted(each.verdicts, key=lambda one: _WORST.index(one.status))
        yield Table(_BUDGETS, tuple(_budget_row(one, money) for one in ordered))
        if each.measured:
            yield Heading(f"What the log says: {each.as_of:%Y-%m} so far, and its end at the present pace")
            yield Table(_MEASURED, tuple(_measured_row(one, money) for one in each.measured))
        owed = (_owed_row(provider, unused, money) for provider, unused in each.unused)
        yield Table(
            _workload_columns(money),
            (*(_workload_row(one, money) for one in each.spent), *owed, _total_row(each.total, money)),
        )
        said = [f"{one.place}: {one.level}: {one.message}" for one in worst_first(each.findings)]
        yield from listed("Findings", said)
    if len(results) > 1:
        known = money.cell(total) if total is not None else "unknown: a price is missing"
        yield Paragraph(f"All files together: {known} a month.")


def _budget_row(one: Verdict, money: Money) -> tuple[str, ...]:
    limit = one.deny if one.deny is not None else one.warn
    return (
        one.budget + _UNITS[one.limited],
        one.scope,
        money.cell(limit) if limit is not None else "–",
        f"{money.cell(one.actual)}{_at(one)}" if one.actual is not None else "unknown",
        money.cell(one.headroom) if one.headroom is not None else "–",
        one.status.upper() if one.status in {"over", "undecided"} else one.status,
    )


def _measured_row(one: Measured, money: Money) -> tuple[str, ...]:
    name, _, limit, _, _, status = _budget_row(one.verdict, money)
    at_end, left = (_known(amount, money) for amount in (one.verdict.actual, one.verdict.headroom))
    return name, limit, _known(one.so_far, money), at_end, left, status


def _known(amount: Fraction | None, money: Money) -> str:
    return money.cell(amount) if amount is not None else "unknown"


def _at(one: Verdict) -> str:
    return f" at {one.at.upper()}" if one.ranged else ""


def _workload_row(one: Spent, money: Money) -> tuple[str, ...]:
    known, tokens = one.usd, Fraction(one.workload.output_tokens)
    return (
        one.workload.name,
        one.option,
        _known(known, money),
        money.cell(known * MTOK / tokens) if known is not None and tokens else "–",
        one.estimate.price_date.isoformat() if one.estimate is not None else "–",
    )


def _owed_row(provider: str, unused: Fraction, money: Money) -> tuple[str, ...]:
    return (unused_name(provider), "", money.cell(unused), "", "")


def _total_row(total: Fraction | None, money: Money) -> tuple[str, ...]:
    return ("all of them", "", _known(total, money), "", "")
