"""What `capability` says: score beside cost, who beats whom, and what a further point costs."""

from collections.abc import Iterator, Mapping, Sequence

from costcalc.analysis.capability import Step
from costcalc.analysis.tradeoff import Stands, Tradeoff, Weighed
from costcalc.catalog.boards import Published
from costcalc.catalog.scores import Board
from costcalc.findings import Finding
from costcalc.money import USD, Money
from costcalc.render.capability_data import records_of, result_data
from costcalc.render.capability_verdict import verdict
from costcalc.render.compare_explain import origin
from costcalc.render.compare_rows import FLAGS, flag_of
from costcalc.render.numbers import percent, times
from costcalc.render.pictures.capability import frontier
from costcalc.render.report import (  # fmt: skip
    ASSUMED_LINES,
    Block,
    Bullets,
    Column,
    Figure,
    Heading,
    Json,
    Report,
    Said,
    Table,
    listed,
)
from costcalc.render.scores import (
    basis_text,
    board_text,
    elsewhere_text,
    own_test_text,
    points,
    result_text,
    score_cell,
)
from costcalc.render.traffic import month_of
from costcalc.units import decimal, whole

MOST_ROWS = 12
_UNITS = {"percent": "per cent", "index_points": "index points", "elo": "Elo points"}
_MEANS = {
    "not comparable": "not comparable: its scores are on other boards",
    "no evidence": "no evidence: nobody publishes a score, which is not a score of 0",
}


def capability_report(
    found: Tradeoff,
    *,
    inputs: Mapping[str, Json],
    said: Said,
    every_row: bool,
    explain: bool,
    chart: bool,
    money: Money = USD,
) -> Report:
    """Put cost against capability into words and data.

    Args:
        found: The result.
        inputs: What was asked, after defaults were filled in.
        said: What the command has to say of its inputs.
        every_row: Whether every option without a score has a row.
        explain: Whether every score is shown with its place and source.
        chart: Whether to draw it as well.
        money: In which currency amounts are shown.
    """
    notes = (*_assumed(found), *said.notes)
    return Report(
        money=money,
        command="capability",
        as_of=found.case.as_of,
        digest_of=found.case.catalog.digest_of,
        inputs=inputs,
        result=result_data(found, notes),
        records=tuple(records_of(found)),
        verdict=tuple(filter(None, verdict(found, money))),
        blocks=(
            Heading(f"{basis_text(found.basis)}; {month_of(found.case.workload)}, prices of {found.case.as_of}"),
            *_table(found, every_row=every_row, money=money),
            *_steps(found, money),
            *(_drawn(found, money) if chart else ()),
            *(_explained(found) if explain else ()),
        ),
        assumed=notes[:ASSUMED_LINES],
        more=tuple(_more(found, notes[ASSUMED_LINES:], money)),
        diagnostics=tuple(
            Finding("unpriced", "warning", f"{each.option} is not compared: {each.reason}", subject=each.option)
            for each in found.left_out
        ),
    )


def _assumed(found: Tradeoff) -> Iterator[str]:
    """Say on what the comparison rests."""
    basis = found.basis
    highest = "of several efforts the highest speaks, at the cost of the tokens that you gave"
    match basis.mode:
        case "board":
            alike = "" if basis.board is None or basis.board.variant or basis.board.version else "taken as run alike; "
            yield f"{alike}scores of one board are compared, none of another (--reporter); {highest}"
        case "own":
            yield "your tests are taken as tests of the same tasks"
        case _:
            yield f"scores of different reporters and variants stand side by side: they are not comparable; {highest}"
    if found.failures is not None:
        yield (
            "a request fails as often as a task of the benchmark, whatever your work is, and costs the same each time"
            if basis.mode != "own"
            else "a request fails as often as a task of your tests, and costs the same each time"
        )
    if any(len(each.evidence.results) > 1 for each in found.options):
        yield "a blend scores the mean of its members by share of the requests, as if each share were a fair sample"


def _table(found: Tradeoff, *, every_row: bool, money: Money) -> Iterator[Block]:
    if not found.options:
        return
    rows = _rows(found, every_row=every_row)
    marks = {} if found.basis.is_comparable else _marks(rows)
    columns = [
        Column("option"),
        Column(money.per("month"), "right"),
        Column("with failures", "right", means=f"adds what failures cost, {money.per('month')}"),
        Column("score", "right", means=f"in {_UNITS[found.basis.unit]}"),
        Column("how it was scored", rank=2, wraps=True),
        Column("stands"),
        Column("beaten by", rank=1),
        Column("stands", rank=1, wraps=True),  # both in one
    ]
    # beside the cost of failures there is room for both only on a wide page
    hidden = {2, 5, 6} if found.failures is None else {7}
    cells = [_cells(each, money, marks) for each in rows]
    shown = [index for index in range(len(columns)) if index not in hidden]
    notes = [f"({mark}) {board_text(board)}" for board, mark in marks.items()]
    flags = {flag_of(each.estimate, None) for each in rows if each.unfit}
    notes += [f"({flag}) {meaning}" for flag, meaning in FLAGS.items() if flag in flags]
    notes += [_MEANS[stands] for stands in dict.fromkeys(each.stands for each in rows) if stands in _MEANS]
    if len(rows) < len(found.options):
        notes.append(f"{len(found.options) - len(rows)} more without a score have no row: --all has every one")
    table = tuple(tuple(row[index] for index in shown) for row in cells)
    yield Table(tuple(columns[index] for index in shown), table, tuple(notes))


def _marks(rows: Sequence[Weighed]) -> dict[Board, str]:
    """Give each board a letter, by which every row says where its score is from; aa follows z."""
    boards = dict.fromkeys(each.evidence.results[0].board for each in rows if _is_single(each))
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = [*letters, *(first + second for first in letters for second in letters)]
    return dict(zip(boards, names, strict=False))


def _rows(found: Tradeoff, *, every_row: bool) -> tuple[Weighed, ...]:
    """Give the options with a score, and of those without as many as fill twelve rows."""
    scored = [each for each in found.options if each.evidence.score is not None]
    unscored = [each for each in found.options if each.evidence.score is None]
    room = len(unscored) if every_row else max(0, MOST_ROWS - len(scored))
    kept = {each.option for each in (*scored, *unscored[:room])}
    return tuple(each for each in found.options if each.option in kept)


def _is_single(one: Weighed) -> bool:
    """Whether one published score is the option's; that of a blend is a mean of its members'."""
    return one.evidence.score is not None and len(one.evidence.results) == 1


def _cells(one: Weighed, money: Money, marks: Mapping[Board, str]) -> tuple[str, ...]:
    expected, evidence = one.expected, one.evidence
    mark = f" ({marks[evidence.results[0].board]})" if marks and _is_single(one) else ""
    return (
        one.option,
        money.cell(one.usd),
        money.cell(decimal(whole(expected.value))) if expected is not None else "–",
        f"{score_cell(evidence)}{mark}",
        _scored(one),
        stands_text(one).removesuffix(f" by {one.beaten_by}"),
        one.beaten_by or "",
        stands_text(one),
    )


def stands_text(one: Weighed) -> str:
    """Say in a few words where an option stands."""
    words: dict[Stands, str] = {
        "frontier": "frontier",
        "dominated": f"beaten by {one.beaten_by}",
        "not comparable": "not comparable",
        "no evidence": "no evidence",
        "cannot be chosen": f"({flag_of(one.estimate, None)})",
    }
    return words[one.stands]


def _scored(one: Weighed) -> str:
    evidence = one.evidence
    if _is_single(one):
        return result_text(evidence.results[0], with_board=False)
    if evidence.score is not None and evidence.results:
        return f"blend of {', '.join(points(each.score.score) for each in evidence.results)}"
    if evidence.tests:
        return "; ".join(map(own_test_text, evidence.tests))
    if evidence.unknown != (one.option,) and evidence.unknown:
        return f"nothing of {', '.join(evidence.unknown)}"
    return f"elsewhere: {elsewhere_text(evidence)}" if evidence.elsewhere else ""


def _steps(found: Tradeoff, money: Money) -> Iterator[Block]:
    """Show what each further point costs between neighbours of the frontier."""
    if not found.steps:
        return
    yield Heading("What a further point costs, from each option of the frontier to the next")
    columns = [
        Column("to"),
        Column("points", "right"),
        Column(money.per("month"), "right"),
        Column("times", "right"),
        Column(money.per("point"), "right"),
        Column("pays above", "right", rank=1, means="is the cost of a failed request from which the step pays"),
    ]
    rows = tuple(_step_cells(step, found, money) for step in found.steps)
    if found.basis.unit != "percent":
        columns, rows = columns[:-1], tuple(row[:-1] for row in rows)
    unlike = any(not found.is_comparable(step) for step in found.steps)
    yield Table(tuple(columns), rows, ("– between scores that are not comparable",) if unlike else ())


def _step_cells(step: Step, found: Tradeoff, money: Money) -> tuple[str, ...]:
    comparable = found.is_comparable(step)
    failed = decimal(whole(found.case.workload.requests)) * step.points / 100
    return (
        step.better.option,
        f"+{points(step.points)}",
        f"+{money.cell(step.usd)}",
        times(step.times),
        money.cell(step.usd_per_point) if comparable else "–",
        money.text(step.usd / failed) if comparable else "–",
    )


def _drawn(found: Tradeoff, money: Money) -> Iterator[Block]:
    picture = frontier(found, money)
    if picture is not None:
        yield Figure(picture)


def _explained(found: Tradeoff) -> Iterator[Block]:
    """List every score with its place and source."""
    yield Heading("Where each score stands")
    for one in found.options:
        lines = [_explained_result(each, found) for each in (*one.evidence.results, *one.evidence.elsewhere)]
        lines += [own_test_text(each) for each in one.evidence.tests]
        if lines:
            yield Bullets(f"{one.option}: {score_cell(one.evidence)}", tuple(dict.fromkeys(lines)))


def _explained_result(published: Published, found: Tradeoff) -> str:
    place = found.case.catalog.place(published.path)
    counts = published.score
    return (
        f"{points(counts.score)} ({result_text(published, with_board=True)}); {place.document.layer} {place};"
        f" {origin(counts.source)}"
    )


def _range(one: Weighed, money: Money) -> str:
    """Write what an option costs with its failures at both ends, and of what share of success."""
    expected, success = one.expected, one.evidence.success
    assert expected is not None  # asked only of options with both
    assert success is not None
    usd = " to ".join(dict.fromkeys(money.text(decimal(whole(end))) for end in (expected.low, expected.high)))
    ends = " to ".join(dict.fromkeys(percent(end) for end in (success.low, success.high)))
    return f"{usd} a month, {ends} done right{' (your test)' if success.is_tested else ''}"


def _more(found: Tradeoff, notes: Sequence[str], money: Money) -> Iterator[Block]:
    others = [each for each in found.basis.boards if each.board != found.basis.board]
    many = [f"{board_text(each.board)}: {', '.join(each.options)}" for each in others]
    yield from listed("Other boards", many)
    ranges = [f"{each.option}: {_range(each, money)}" for each in found.options if each.expected is not None]
    yield from listed("With failures, low to high", ranges)
    chosen = [f"{each.option}: {each.unfit}" for each in found.of("cannot be chosen")]
    yield from listed("Cannot be chosen", chosen)
    yield from listed("Not compared", [f"{each.option}: {each.reason}" for each in found.left_out])
    yield from listed("Notes", notes)
    caveats = [f"{each.option}: {text}" for each in found.of("frontier") for text in each.estimate.caveats]
    yield from listed("Caveats of the frontier", caveats)
