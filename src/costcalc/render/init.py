"""What `init` writes: a commented scenario with one workload and its budget."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.edit.writing import quoted
from costcalc.render.report import Paragraph, Report
from costcalc.units import Count, decimal, usd


class Starter(NamedTuple):
    """A first workload.

    Args:
        name: Its name.
        option: The option that serves it today.
        requests: Requests a month.
        input_tokens: Prompt tokens of one request.
        output_tokens: Output tokens of one request.
    """

    name: str
    option: str
    requests: Count
    input_tokens: Count
    output_tokens: Count


def starter_text(start: Starter, cost: Decimal, limit: Decimal, day: date) -> str:
    """Write the file; names are quoted, whatever they hold."""
    name = quoted(start.name)
    return f"""\
# What we run, what it may cost. `costcalc check` fails when a budget is broken; `costcalc diff git:main costcalc.yaml`
# says what a change costs. Your editor knows every key with: costcalc catalog schema costcalc > costcalc.schema.json
# and a line of its own here: # yaml-language-server: $schema=costcalc.schema.json
workloads:
  {name}:
    option: {quoted(start.option)}  # what serves it today; or a model such as openai/gpt-5.4
    # tags: [production]  # a budget of its own: {{tag: production, monthly_usd: 500}}
    requests: {_count(start.requests)}  # a month
    shapes:  # a few kinds of request, their shares summing to 1; prompts of another length are another shape
      - input_tokens: {_count(start.input_tokens)}  # the whole prompt of one request
        cached_share: 0  # of it, read from the prompt cache
        output_tokens: {_count(start.output_tokens)}  # reasoning included

budgets:
  total:
    monthly_usd: {limit:f}  # it costs {cost:.2f} at the prices of {day}; or {{warn: …, deny: …}}
  # per-answer: {{workloads: [{name}], usd_per_request: 0.01}}
  # growth: {{max_increase: 10%}}  # against check --baseline base.json
  # trial: {{tag: experiment, monthly_usd: 500, severity: warn}}

# suppressions:  # a breach that is put up with until a day
#   - {{budget: total, reason: launch month, expires: {day.year + 1}-01-31}}
"""


def _count(number: Count) -> str:
    return f"{number:_}" if isinstance(number, int) else f"{decimal(number):f}"


def starter_report(start: Starter, path: str, cost: Decimal, limit: Decimal, catalog: Catalog, day: date) -> Report:  # noqa: PLR0917
    """Say what was written."""
    return Report(
        command="init",
        as_of=day,
        digest_of=catalog.digest_of,
        inputs={**start._asdict(), "requests": decimal(start.requests)},
        result={"path": path, "workload": start.name, "option": start.option, "monthly_usd": cost, "limit_usd": limit},
        blocks=(
            Paragraph(
                f"Wrote {path}: {start.name} on {start.option} costs ${usd(cost)} a month, within its budget of"
                f" ${usd(limit)}. Next: costcalc check"
            ),
        ),
    )
