"""The rows of `compare`: variants of one model folded into one row, and at most twelve of them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from costcalc.analysis.compare import Comparison, model_behind
from costcalc.catalog.catalog import Catalog
from costcalc.cost.estimate import Deployment, Estimate
from costcalc.money import Money
from costcalc.render.numbers import count
from costcalc.render.report import Column
from costcalc.render.scores import basis_text, score_cell

if TYPE_CHECKING:
    from costcalc.analysis.evidence import Basis

MOST_ROWS = 12
OTHER = "other"  # in place of a score that stands on another board
ALWAYS = 4  # options of the headline that always have a row of their own: those of the mission

FLAGS = {
    "rate": "is a published figure that nobody sells",
    "retired": "can no longer be bought",
    "unlisted": "stands in no current list of prices: ask whether it is still sold",
    "part": "leaves out meters that the workload uses, so it is not comparable",
    "too long": "requests exceed its context window, so it is not comparable",
    "text only": "makes pictures or speech too, at prices of their own: only text is counted",
    "no storage": "bills the storage of explicit caches by the hour, which is not counted (cache_storage)",
    "too small": "has too few units for the mean rate of requests, so it is not comparable",
    "bound": "is paid for beyond the day on which its model is retired, so it is not comparable",
    "limit unknown": "is a fee alone: nobody publishes how much a seat holds, so it is not comparable",
    "seats": "is for people, never for a server",
    "capacity": "is paid for used or not, and sized for the mean where no peak is stated",
    "blend": "is a mix of other options",
    "today": "serves the workload now",
}
_WIDE, _WIDEST = 16, 24  # characters of an amount, and of a range of two
_KINDS = {"rate": "rate", "plan": "seats", "provisioned": "capacity", "blend": "blend"}


class Row(NamedTuple):
    """One row: an option, or variants of one model.

    Args:
        estimates: The option, or the variants from the cheapest to the dearest.
        flag: What must not be overlooked, or "".
        is_fixed: Whether the row always stays.
    """

    estimates: tuple[Estimate, ...]
    flag: str
    is_fixed: bool

    @property
    def first(self) -> Estimate:
        """The option, or its cheapest variant."""
        return self.estimates[0]


def flag_of(estimate: Estimate, today: str | None) -> str:
    """Say in a word what must not be overlooked of an option, or ""."""
    if estimate.unfit:
        return estimate.unfit
    if estimate.option == today:
        return "today"
    if estimate.retired is not None:
        return "retired"
    if estimate.last_listed is not None:
        return "unlisted"
    return estimate.leaves_out or _KINDS.get(estimate.kind, "")


def rows_of(
    comparison: Comparison, catalog: Catalog, *, today: str | None, own: Sequence[str] = (), every_row: bool
) -> tuple[Row, ...]:
    """Give the rows, cheapest first, those that cannot be compared last.

    The same weights from several sellers are one row, unless every row is asked for; machines stay apart, since each
    has a capacity of its own. Of more than twelve rows those stay that are fixed (the mission's, today's, what the user
    described) and the cheapest to build, then the cheapest.
    """
    fixed = {*catalog.headline[:ALWAYS], *([today] if today is not None else []), *own}
    groups: dict[tuple[bool, str], list[Estimate]] = {}
    for estimate in comparison.estimates:
        alone = every_row or estimate.side == "build" or estimate.option in fixed or flag_of(estimate, today)
        key = (bool(alone), estimate.option if alone else model_behind(estimate.option, catalog))
        groups.setdefault(key, []).append(estimate)
    rows = [Row(tuple(group), flag_of(group[0], today), group[0].option in fixed) for group in groups.values()]
    return tuple(rows) if every_row or len(rows) <= MOST_ROWS else _fewer(rows)


def _fewer(rows: Sequence[Row]) -> tuple[Row, ...]:
    build = next((row for row in rows if row.first.side == "build" and not row.flag), None)
    kept = [row for row in rows if row.is_fixed or row is build]
    kept += [row for row in rows if row not in kept][: max(0, MOST_ROWS - len(kept))]
    return tuple(row for row in rows if row in kept)


def columns_of(comparison: Comparison, money: Money, basis: "Basis | None" = None) -> tuple[Column, ...]:
    """Give the columns of the table."""
    alone = bool(comparison.with_prompts)
    dearest = max((len(money.cell(estimate.monthly_usd)) for estimate in comparison.estimates), default=0)
    counts = "output" if comparison.workload.output_tokens or not comparison.workload.input_tokens else "input"
    columns = [
        Column("option"),
        Column("kind", rank=1 if dearest > _WIDE else 0),  # beside two columns of trillions it has no room
        Column("score", "right", rank=1, means=_score_means(basis) if basis is not None else ""),
        Column(money.per("month"), "right", means="counts output alone" if alone else ""),
        Column("with prompts", "right", means="adds the prompts of typical requests"),
        Column(money.per("Mtok"), "right", rank=4, means=f"is {money.per('month')} per million {counts} tokens"),
        Column("replicas", "right", rank=3),
        Column("price of", rank=2),
        Column("source", rank=5),
    ]
    hidden = {
        "with prompts" if not alone else "",
        "replicas" if not _deployed(comparison) else "",
        "score" if basis is None else "",
    }
    return tuple(column for column in columns if column.title not in hidden)


def _score_means(basis: "Basis") -> str:
    none = "– where nobody publishes one"
    elsewhere = "" if basis.mode == "any" else f", {OTHER} where it may not be compared"
    return f"is of {basis_text(basis)}, {none}{elsewhere}"


def _score_of(option: str, basis: "Basis | None") -> str:
    """Write an option's score; one that stands on another board is no number beside these."""
    if basis is None:
        return ""
    evidence = basis.evidence[option]
    return OTHER if evidence.score is None and not evidence.unknown else score_cell(evidence)


def _deployed(comparison: Comparison) -> bool:
    return any(estimate.deployment is not None for estimate in comparison.estimates)


def cells_of(
    row: Row,
    comparison: Comparison,
    columns: Sequence[Column],
    source: str,
    money: Money,
    *,
    basis: "Basis | None" = None,
) -> tuple[str, ...]:
    """Write a row's cells for some columns."""
    first, last = row.first, row.estimates[-1]
    more = len(row.estimates) - 1
    per_mtok = comparison.usd_per_mtok(first)
    # the range of several sellers stands once, in the column that a decision rests on
    months = [first.monthly_usd] if comparison.with_prompts else [first.monthly_usd, last.monthly_usd]
    prompts = [comparison.with_prompts.get(estimate.option) for estimate in row.estimates]
    decisive = sorted(each.monthly_usd for each in prompts if each is not None and not each.unfit)
    cells = {
        "option": f"{first.option}{f' +{more}' if more else ''}",
        "kind": f"{first.side}{f' ({_flag_text(row)})' if row.flag else ''}",
        "score": _score_of(first.option, basis),
        money.per("month"): _span(months, money),
        "with prompts": _span(decisive, money),
        money.per("Mtok"): money.cell(per_mtok) if per_mtok is not None else "–",
        "replicas": replicas(first.deployment),
        "price of": first.price_date.isoformat(),
        "source": source,
    }
    return tuple(cells[column.title] for column in columns)


def _flag_text(row: Row) -> str:
    """Write a row's flag; of seats, how many are paid for."""
    if row.flag != "seats":
        return row.flag
    paid = sum(line.amount for line in row.first.lines if line.part == "seats")
    return "1 seat" if paid == 1 else f"{count(paid)} seats"


def _span(amounts: Sequence[Decimal], money: Money) -> str:
    """Write an amount, or the range of several: from where on, where both ends are too wide for a column."""
    if not amounts:
        return "–"
    low, high = money.cell(amounts[0]), money.cell(amounts[-1])
    span = f"{low}–{high}"
    return low if low == high else span if len(span) <= _WIDEST else f"from {low}"


def replicas(deployment: Deployment | None) -> str:
    """Say how many replicas serve, and how many stand beside them.

    Example:
        >>> replicas(None)
        ''
    """
    if deployment is None:
        return ""
    if deployment.scales_to_zero:
        return f"{count(deployment.replicas)}, to zero"
    spare = f" + {deployment.spares} spare" if deployment.spares else ", no spare"
    return f"{count(deployment.replicas)}{spare}"
