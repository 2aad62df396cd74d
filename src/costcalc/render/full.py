"""What `report` says: the answer of `recommend`, then every analysis behind it, each with its picture."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from costcalc.analysis.what_if import WhatIf
from costcalc.case.case import Case
from costcalc.catalog.catalog import Catalog
from costcalc.findings import Finding
from costcalc.money import Money
from costcalc.render.assumed import assumption_data, assumption_table
from costcalc.render.charts.pictures import Picture
from costcalc.render.pictures.tables import records_of, table_of
from costcalc.render.report import (
    ASSUMED_LINES,
    Block,
    Bullets,
    Figure,
    Heading,
    Json,
    Paragraph,
    Report,
    listed,
)
from costcalc.render.traffic import month_of


class Section(NamedTuple):
    """One analysis of a report.

    Args:
        name: Its key in the JSON document.
        title: Its heading.
        picture: Its picture; None where there is nothing to draw.
        report: What its own command would say; None where a picture says it all.
        missing: Why there is nothing to show, or "".
        has_command: Whether a command of its own gives the result; else its picture is all there is.
    """

    name: str
    title: str
    picture: Picture | None = None
    report: Report | None = None
    missing: str = ""
    has_command: bool = True


def full_report(
    answer: Report,
    sections: Sequence[Section],
    case: Case,
    *,
    unproven: Sequence[str],
    cheaper: Sequence[tuple[str, Decimal]],
    left_out: Sequence[tuple[str, str]],
    inputs: Mapping[str, Json],
    assumptions: Sequence[str],
    what_if: WhatIf | None,
) -> Report:
    """Put all analyses of one question into one report.

    Args:
        answer: What `recommend` says.
        sections: The analyses, in order.
        case: The question.
        unproven: The options that are drawn without evidence that they suffice.
        cheaper: Options without evidence that cost less than the answer and are not drawn, with their cost [USD/month].
        left_out: Options that were named and are not drawn, each with the reason.
        inputs: What was asked, after defaults were filled in.
        assumptions: Ids of the assumptions that any figure rests on.
        what_if: What a page lets its reader try.
    """
    return answer._replace(
        command="report",
        inputs=inputs,
        result={**_result(answer, sections, case.catalog, assumptions), "left_out": _left_out(left_out)},
        blocks=(*answer.blocks, *_unproven(unproven), *_cheaper(cheaper, answer.money), *_not_drawn(left_out)),
        records=next((section.report.records for section in sections if section.report is not None), ()),
        more=(
            *(block for section in sections for block in _blocks(section)),
            Heading("Every assumption behind these figures"),
            assumption_table(case.catalog, assumptions),
            Heading("Why this answer"),
            *answer.more,
            *_notes(sections, said={*answer.assumed}),
        ),
        diagnostics=tuple(dict.fromkeys(_diagnostics(answer, sections))),
        what_if=what_if,
    )


def _blocks(section: Section) -> Iterator[Block]:
    """Give a section's finding, its picture and its tables; a heading of its own becomes a line."""
    yield Heading(section.title)
    if section.missing:
        yield Paragraph(f"Nothing to show: {section.missing}.")
    if section.report is not None and section.report.verdict:
        yield Paragraph(" ".join(section.report.verdict))
    if section.picture is not None:
        yield Figure(section.picture)
    if section.report is not None:
        yield from (_line(block) for block in section.report.blocks)


def _unproven(options: Sequence[str]) -> Iterator[Block]:
    """Say of what is drawn but not recommended that its low cost alone decides nothing."""
    if options:
        yield Paragraph(
            f"Drawn for comparison, without evidence that they suffice for this work: {', '.join(options)}."
        )


def _cheaper(options: Sequence[tuple[str, Decimal]], money: Money) -> Iterator[Block]:
    """Name what costs less than the answer and has no evidence: every analysis is about the answer."""
    if options:
        name, usd = options[0]
        more = f"; {len(options) - 1} more likewise" if len(options) > 1 else ""
        yield Paragraph(
            f"Not drawn, since nothing vouches for it: {name} at {money.text(usd)} a month, less than the answer"
            f" (--options draws it){more}."
        )


def _not_drawn(left_out: Sequence[tuple[str, str]]) -> Iterator[Block]:
    yield from listed("Not drawn", [f"{name}: {reason}" for name, reason in left_out])


def _left_out(left_out: Sequence[tuple[str, str]]) -> list[Json]:
    return [{"option": name, "reason": reason} for name, reason in left_out]


def _notes(sections: Sequence[Section], *, said: Collection[str]) -> Iterator[Block]:
    """Give what each analysis assumes and notes, behind all pictures; what was said at the top is not said again."""
    yield Heading("Notes of each analysis")
    for section in sections:
        report = section.report
        if report is not None:
            assumed = listed("Assumed", [line for line in report.assumed if line not in said])
            for block in (*assumed, *map(_line, report.more)):
                title = f"{section.title}: {block.title.lower()}" if isinstance(block, Bullets) else ""
                yield Bullets(title, block.items) if isinstance(block, Bullets) else block


def _line(block: Block) -> Block:
    return Paragraph(f"{block.text}.") if isinstance(block, Heading) else block


def _diagnostics(answer: Report, sections: Sequence[Section]) -> Iterator[Finding]:
    yield from answer.diagnostics
    for section in sections:
        yield from section.report.diagnostics if section.report is not None else ()


def _result(
    answer: Report, sections: Sequence[Section], catalog: Catalog, assumptions: Sequence[str]
) -> dict[str, Json]:
    analyses: dict[str, Json] = {
        section.name: None if section.report is None else _of(section.report)
        for section in sections
        if section.has_command
    }
    return {
        "recommend": _of(answer),
        **analyses,
        "charts": {
            section.name: list(records_of(section.picture)) for section in sections if section.picture is not None
        },
        "missing": [{"section": section.name, "reason": section.missing} for section in sections if section.missing],
        "assumptions": [assumption_data(catalog, name) for name in assumptions],
    }


def _of(report: Report) -> Json:
    """Give a result as its own command's document has it."""
    result = report.result or {}
    return {"verdict": list(report.verdict), **result} if report.verdict else result


def chart_report(
    picture: Picture,
    case: Case,
    *,
    left_out: Sequence[tuple[str, str]],
    inputs: Mapping[str, Json],
    notes: Sequence[str],
    money: Money,
) -> Report:
    """Put one picture and its figures into a report.

    Args:
        picture: The picture.
        case: The question.
        left_out: Options that were named and are not drawn, each with the reason.
        inputs: What was asked, after defaults were filled in.
        notes: What there is to say of the traffic.
        money: In which currency amounts are shown.
    """
    rows = tuple(records_of(picture))
    return Report(
        command="chart",
        as_of=case.as_of,
        digest_of=case.catalog.digest_of,
        inputs=inputs,
        result={"chart": picture.name, "title": picture.title, "rows": list(rows), "left_out": _left_out(left_out)},
        records=rows,
        blocks=(
            Heading(f"{month_of(case.workload)}, prices of {case.as_of}"),
            Figure(picture),
            *_not_drawn(left_out),
        ),
        assumed=tuple(notes[:ASSUMED_LINES]),
        more=(Heading("Figures"), table_of(picture), *listed("Notes", notes[ASSUMED_LINES:])),
        money=money,
    )
