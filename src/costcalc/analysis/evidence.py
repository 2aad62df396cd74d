"""What is known of each option's quality: scores of one board that may be compared, or the user's own tests."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, NamedTuple

from costcalc.case.case import Case
from costcalc.catalog.boards import Published, benchmarks_of, published_on, reporters_named
from costcalc.catalog.forms.options import BlendOption
from costcalc.catalog.scores import Board, evaluation_of, folded, names_of_option, version_key
from costcalc.catalog.things import NamedOption
from costcalc.cost.blend import escalation_rate
from costcalc.units import decimal

if TYPE_CHECKING:
    from costcalc.catalog.forms.quality import Evaluation, Unit

Mode = Literal["board", "vendor", "any", "own"]

YOUR_TEST = "your test"
_COMPARED = 2  # a board with a single model compares none


class Success(NamedTuple):
    """The share of requests that a model does right, as far as anybody can tell.

    Args:
        low: The lower end of its 90 % interval; of a published score the share itself, since nobody knows the interval.
        value: The share, 0 to 1.
        high: The upper end.
        is_tested: Whether the user's own tests say so, and no published score has a part in it.
    """

    low: Decimal
    value: Decimal
    high: Decimal
    is_tested: bool


class Evidence(NamedTuple):
    """What is known of an option.

    Args:
        option: The option.
        score: Its score where that may be compared with the others', or None; a blend's by share of the requests.
        results: The published scores that it rests on; several of a blend.
        boards: The boards of those.
        elsewhere: The scores of the option, or of a blend's members, on other boards.
        unknown: The option, or those members of a blend, of which nothing at all is known on the benchmark.
        tests: The user's own tests of its models.
        success: The share of requests that it does right, where the user's tests or a score in per cent tell it.
    """

    option: str
    score: Decimal | None
    results: tuple[Published, ...]
    boards: frozenset[Board]
    elsewhere: tuple[Published, ...]
    unknown: tuple[str, ...]
    tests: "tuple[Evaluation, ...]"
    success: Success | None


class Coverage(NamedTuple):
    """How much of a comparison a board covers.

    Args:
        board: The board.
        models: The models with a score on it.
        options: The options with a score on it.
        newest: Its newest score.
    """

    board: Board
    models: frozenset[str]
    options: tuple[str, ...]
    newest: Published

    @property
    def preference(self) -> tuple[object, ...]:
        """Orders boards, the one to compare on last.

        One that compares models and says how it was run comes first; then the one with the most models, the most
        options, the newest version, an independent reporter, the newest day; then the first by name.
        """
        board, newest = self.board, self.newest.score
        stated = board.version is not None or board.variant is not None
        letters = f"{board.reported_by} {board.variant or ''}"
        return (
            len(self.models) >= _COMPARED,
            stated,
            len(self.models),
            len(self.options),
            version_key(board.version),
            newest.standing == "independent",
            newest.date or "",
            tuple(-ord(letter) for letter in letters),
        )


class Basis(NamedTuple):
    """The evidence for several options, and what it may be used for.

    Args:
        benchmark: The benchmark, or "your test".
        unit: What scores are measured in.
        mode: One board; each vendor's own figures; any board's; the user's own tests.
        board: The board, where it is one.
        evidence: What is known of each option.
        boards: Every board that covers one of the options, the preferred one first.
    """

    benchmark: str
    unit: "Unit"
    mode: Mode
    board: Board | None
    evidence: Mapping[str, Evidence]
    boards: tuple[Coverage, ...]

    @property
    def is_comparable(self) -> bool:
        """Whether its scores may be compared with each other."""
        return self.mode in {"board", "own"}


class _Member(NamedTuple):
    """A model's option, or one of a blend's, with its share of the requests and all that is known of it."""

    named: NamedOption
    share: Fraction
    results: tuple[Published, ...]
    test: "Evaluation | None"


def look_up(
    case: Case,
    options: Sequence[str],
    benchmark: str,
    reporter: str | None = None,
    *,
    prefers_tests: bool = False,
    unfit: Collection[str] = (),
) -> Basis:
    """Find what is known of some options on a benchmark.

    Scores of one board are compared; of a model at several efforts the highest effort speaks. A blend has the mean of
    its members' scores by share of the requests. The user's own tests are a board of their own.

    Args:
        case: The workload, the catalog and the day; what was published later is not known.
        options: The options.
        benchmark: The benchmark, by its name in the catalog.
        reporter: Whose scores; "vendor" and "any" put on what cannot be compared, "own" are the user's tests; None for
            the board that covers the most models.
        prefers_tests: Whether the user's tests go before a published board, where they cover two models.
        unfit: Options that nobody can choose: they count for no board.

    Raises:
        UnknownNameError: Nobody of that name reports the benchmark, or several do.
    """
    published = published_on(benchmark, case.catalog.quality(), as_of=case.as_of)
    members = {option: tuple(_members(option, case, published)) for option in options}
    tested = {folded(each.test.model) for parts in members.values() for each in parts if each.test is not None}
    mode = _mode(reporter, prefers_tests=prefers_tests and len(tested) >= _COMPARED)
    boards = _boards({option: parts for option, parts in members.items() if option not in unfit})
    if mode == "board" and reporter is not None:
        everybody = (each.score.reported_by for scores in published.values() for each in scores)
        name = reporters_named(reporter, everybody, benchmark)
        boards = tuple(each for each in boards if each.newest.score.reported_by == name)
        mode = "vendor" if name.startswith("vendor") else mode
    board = boards[0].board if mode == "board" and boards else None
    pick = _picking(mode, board, {each.board for each in boards})
    units = [each.score.unit for parts in members.values() for part in parts for each in part.results]
    # a score without a unit is one in per cent: where others on the benchmark are not, nor is it
    unit: Unit = "percent" if mode == "own" else next((each for each in units if each != "percent"), "percent")
    return Basis(
        benchmark=YOUR_TEST if mode == "own" else benchmark,
        unit=unit,
        mode=mode,
        board=board,
        evidence={option: _evidence(option, parts, mode, pick, unit) for option, parts in members.items()},
        boards=boards,
    )


def best_boards(case: Case, options: Sequence[str], *, unfit: Collection[str] = ()) -> tuple[Coverage, ...]:
    """Give the board of each benchmark that compares at least two models of some options, the largest first."""
    quality = case.catalog.quality()
    found = []
    for benchmark in benchmarks_of(quality):
        published = published_on(benchmark, quality, as_of=case.as_of)
        members = {option: tuple(_members(option, case, published)) for option in options if option not in unfit}
        found += [board for board in _boards(members)[:1] if len(board.models) >= _COMPARED]
    return tuple(sorted(found, key=lambda each: (-len(each.models), -len(each.options), each.board.benchmark)))


def _mode(reporter: str | None, *, prefers_tests: bool) -> Mode:
    match reporter:
        case None:
            return "own" if prefers_tests else "board"
        case "any" | "vendor" | "own":
            return reporter
        case _:
            return "board"


def _members(option: str, case: Case, published: Mapping[str, tuple[Published, ...]]) -> Iterator[_Member]:
    """Give the options that serve the requests of an option, each with its share of them."""
    for named, share in _shares(case.catalog.option(option), case):
        names = dict.fromkeys(map(folded, names_of_option(named.option, case.catalog)))
        results = tuple(each for name in names for each in published.get(name, ()))
        test = evaluation_of(
            named.option, case.catalog, kind=case.workload.kind, workload=case.workload.name, as_of=case.as_of
        )
        yield _Member(named, share, results, test)


def _shares(named: NamedOption, case: Case) -> Iterator[tuple[NamedOption, Fraction]]:
    """Share the requests of a blend between its members; of an escalation, those that are sent on count there alone.

    Nobody knows which requests a router or a gate picks: the score of each share is taken as that of all requests.
    """
    if not isinstance(named.option, BlendOption):
        yield named, Fraction(1)
        return
    shares: Iterable[Fraction] = map(Fraction, named.option.shares)
    if named.option.escalation is not None:
        sent_on = escalation_rate(named.option, case.catalog)
        shares = (1 - sent_on, sent_on)
    for member, share in zip(named.option.members, shares, strict=True):
        if share:
            yield case.catalog.option(member), share


def _boards(members: Mapping[str, tuple[_Member, ...]]) -> tuple[Coverage, ...]:
    """Find every board of the options' scores, the preferred one first; a blend counts for none."""
    found: dict[Board, list[tuple[str, Published]]] = {}
    for option, parts in members.items():
        for each in parts[0].results if len(parts) == 1 else ():
            found.setdefault(each.board, []).append((option, each))
    covered = [
        Coverage(
            board,
            frozenset(each.model for _, each in rows),
            tuple(dict.fromkeys(option for option, _ in rows)),
            max((each for _, each in rows), key=lambda each: each.score.date or ""),
        )
        for board, rows in found.items()
    ]
    return tuple(sorted(covered, key=lambda each: each.preference, reverse=True))


_Pick = Callable[[Sequence[Published]], Published | None]


def _picking(mode: Mode, board: Board | None, allowed: set[Board]) -> _Pick:
    """Give the rule by which one of a model's scores speaks for it."""

    def pick(results: Sequence[Published]) -> Published | None:
        by_board: dict[Board, list[Published]] = {}
        for each in results:
            fits = {"board": each.board == board, "vendor": each.is_vendors, "any": True, "own": False}[mode]
            if fits and (each.board in allowed or mode == "any"):
                by_board.setdefault(each.board, []).append(each)
        speaking = [max(each, key=lambda one: one.by_effort) for each in by_board.values()]
        return min(speaking, key=lambda each: (each.score.score, each.model, each.position), default=None)

    return pick


def _evidence(option: str, parts: Sequence[_Member], mode: Mode, pick: _Pick, unit: "Unit") -> Evidence:
    picked = [pick(part.results) for part in parts]
    results = tuple(each for each in picked if each is not None)
    scores = [_score(part, each, mode) for part, each in zip(parts, picked, strict=True)]
    found = [(part.share, score) for part, score in zip(parts, scores, strict=True) if score is not None]
    return Evidence(
        option=option,
        score=_mean(found) if len(found) == len(parts) else None,
        results=results,
        boards=frozenset(each.board for each in results),
        elsewhere=tuple(each for part in parts for each in part.results if each not in results),
        unknown=tuple(part.named.id for part in parts if not part.results and part.test is None),
        tests=tuple(part.test for part in parts if part.test is not None),
        success=_success(parts, scores, unit),
    )


def _score(part: _Member, picked: Published | None, mode: Mode) -> Decimal | None:
    if mode == "own":
        return part.test.rate * 100 if part.test is not None else None
    return picked.score.score if picked is not None else None


def _mean(weighted: Iterable[tuple[Fraction, Decimal]]) -> Decimal:
    """The mean by share, exact; shares sum to 1."""
    return decimal(sum((share * Fraction(number) for share, number in weighted), start=Fraction(0)))


def _success(parts: Sequence[_Member], scores: Sequence[Decimal | None], unit: "Unit") -> Success | None:
    """Turn tests, else scores in per cent, into a share of requests; None where a member has neither."""
    each = [_success_of(part, score, unit) for part, score in zip(parts, scores, strict=True)]
    known = [(part.share, one) for part, one in zip(parts, each, strict=True) if one is not None]
    if len(known) < len(parts):
        return None
    return Success(
        low=_mean((share, one.low) for share, one in known),
        value=_mean((share, one.value) for share, one in known),
        high=_mean((share, one.high) for share, one in known),
        is_tested=all(one.is_tested for _, one in known),
    )


def _success_of(part: _Member, score: Decimal | None, unit: "Unit") -> Success | None:
    if part.test is not None:
        low, high = part.test.interval
        return Success(low, part.test.rate, high, is_tested=True)
    if score is None or unit != "percent":
        return None
    share = score / 100
    return Success(share, share, share, is_tested=False)
