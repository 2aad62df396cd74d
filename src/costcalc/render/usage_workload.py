"""What `usage workload` writes, a commented costcalc.yaml, and what it says of it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from costcalc.catalog.edit.writing import written
from costcalc.render.numbers import compact, significant
from costcalc.render.report import Column, Json, Report, Table, listed
from costcalc.render.usage_log import fault_lines, log_data, log_words
from costcalc.units import HOURS_PER_MONTH, how_many
from costcalc.usage.groups import Usage
from costcalc.usage.shapes import DIGITS, Hours, LoggedWorkload


def workload_text(workloads: Sequence[LoggedWorkload], usage: Usage, *, options: Mapping[str, str], day: date) -> str:
    """Write the file.

    Args:
        workloads: What to write.
        usage: What was counted.
        options: The option that serves each workload today, where it is known, by the workload's name.
        day: The day on which the log was read.
    """
    pace = f"× {HOURS_PER_MONTH} h ÷ {float(usage.span_hours):.4g} h"
    head = [
        f"# What logs say was asked, read on {day}: {log_words(usage)}.",
        f"# requests are a month's at that pace: {pace}. Numbers are rounded to {DIGITS} digits.",
        "# A shape is the mean of the requests whose prompts lie between two lengths at which prices change.",
        *(["# The log has sums: how long single prompts are is not known."] if usage.is_pooled else []),
        "workloads:",
    ]
    return "\n".join([*head, *(line for each in workloads for line in _lines(each, options.get(each.name)))]) + "\n"


def _lines(workload: LoggedWorkload, option: str | None) -> Iterator[str]:
    yield f"  {written(workload.name)}:"
    if option is not None:
        yield f"    option: {written(option)}"
    yield f"    requests: {_number(workload.requests)}"
    yield "    shapes:"
    for shape in workload.shapes:
        yield f"      - {{{', '.join(f'{name}: {_number(value)}' for name, value in shape.items())}}}"
    if workload.batchable_share:
        yield f"    batchable_share: {workload.batchable_share}  # the log says that these were batches"
    if workload.service_tier is not None:
        yield f"    service_tier: {written(workload.service_tier)}"
    if workload.region is not None:
        yield f"    region: {written(workload.region)}  # the log says that these were processed there"
    if workload.load:
        yield "    load:  # to a tenth of the mean rate; hours that are not named weigh 1"
        yield from (f"      - {_hours(hours)}" for hours in workload.load)
    if workload.peak_to_mean is not None:
        yield f"    peak_to_mean: {_number(workload.peak_to_mean)}  # the busiest ten minutes"


def _hours(hours: Hours) -> str:
    days = f"weekdays: [{', '.join(hours.weekdays)}], " if hours.weekdays else ""
    windows = ", ".join(f'"{window}"' for window in hours.utc)
    return f"{{{days}utc: {windows if len(hours.utc) == 1 else f'[{windows}]'}, weight: {_number(hours.weight)}}}"


def _number(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def workload_report(
    workloads: Sequence[LoggedWorkload],
    usage: Usage,
    path: str,
    *,
    options: Mapping[str, str],
    inputs: Mapping[str, Json],
    day: date,
) -> Report:
    """Say what was written."""
    rows = tuple(_data(workload, options.get(workload.name)) for workload in workloads)
    shapes = sum(len(workload.shapes) for workload in workloads)
    return Report(
        command="usage-workload",
        as_of=day,
        digest_of=None,
        inputs=inputs,
        result={"path": path, "log": log_data(usage), "workloads": list(rows)},
        records=tuple({**row, "shapes": _count(row["shapes"])} for row in rows),
        verdict=(
            f"Wrote {path}: {how_many(len(workloads), 'workload')} with {how_many(shapes, 'shape')}.",
            f"A month at the pace of {log_words(usage)}.",
            f"Next: costcalc compare --workload {path}#{workloads[0].name}",
        ),
        blocks=(Table(_COLUMNS, tuple(map(_row, workloads))), *listed("Rows that are not in it", fault_lines(usage))),
    )


_COLUMNS = (
    Column("workload", wraps=True),
    Column("requests/month", "right"),
    Column("tokens in", "right", means="and out are those of the mean request"),
    Column("tokens out", "right"),
    Column("shapes", "right", rank=2),
    Column("peak", "right", rank=1, means="is the busiest ten minutes over the mean"),
)


def _row(workload: LoggedWorkload) -> tuple[str, ...]:
    peak = workload.peak_to_mean
    return (
        workload.name,
        compact(workload.requests),
        *(significant(_mean(workload, name), 4) for name in ("input_tokens", "output_tokens")),
        str(len(workload.shapes)),
        f"{significant(peak, 3)}×" if peak is not None else "–",
    )


def _mean(workload: LoggedWorkload, name: str) -> Decimal:
    return sum((shape.get("share", Decimal(1)) * shape[name] for shape in workload.shapes), start=Decimal(0))


def _count(shapes: Json) -> int:
    return len(shapes) if isinstance(shapes, list) else 0


def _data(workload: LoggedWorkload, option: str | None) -> dict[str, Json]:
    return {
        "workload": workload.name,
        "option": option,
        "requests": workload.requests,
        "shapes": [dict(shape) for shape in workload.shapes],
        "batchable_share": workload.batchable_share,
        "service_tier": workload.service_tier,
        "region": workload.region,
        "has_load": bool(workload.load),
        "peak_to_mean": workload.peak_to_mean,
    }
