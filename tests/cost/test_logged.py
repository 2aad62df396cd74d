"""What a log wrote to a cache, billed by models that sell their cache otherwise."""

from datetime import date
from typing import Literal

import pytest

from costcalc import Catalog, Shape, Workload, estimate
from costcalc.errors import UndecidableError
from costcalc.workload import TokenMeter

DAY = date(2026, 11, 27)
# a request of Claude's: a Mtok each of fresh input, of writes for five minutes and for an hour, and of reads
ASKED: dict[TokenMeter, int] = {"input": 10**5, "cache_read": 10**5, "cache_write": 10**5, "cache_write_1h": 10**5}


def month(logged: Literal["here", "elsewhere"] | None) -> Workload:
    return Workload(10, (Shape(ASKED),), logged=logged)


@pytest.mark.parametrize(
    ("model", "lines", "caveat"),
    [  # quantities in Mtok, ten requests of 0.1 Mtok of each
        (  # sells both times to live: nothing is moved, nothing is said
            "claude-sonnet-4-6",
            {"input": "1", "cache_read": "1", "cache_write": "1", "cache_write_1h": "1"},
            "",
        ),
        (  # bills writes, at one time to live
            "openai/gpt-6.1-sol",
            {"input": "1", "cache_read": "1", "cache_write": "2"},
            "it sells no cache for as long as the log's",
        ),
        (  # bills reads and no writes
            "aws/openai.gpt-5.4",
            {"input": "3", "cache_read": "1"},
            "it bills no writes to its cache: what the log wrote to one is billed as fresh input",
        ),
    ],
)
def test_writes_are_billed_as_the_model_sells_them(
    model: str, lines: dict[str, str], caveat: str, catalog: Catalog
) -> None:
    found = estimate(model, month("elsewhere"), catalog, as_of=DAY)
    assert {line.item: str(line.quantity.normalize()) for line in found.lines} == lines
    written = [text for text in found.caveats if "the log" in text]
    assert [text.startswith(caveat) for text in written] == ([True] if caveat else [])


def test_a_plan_that_asks_for_a_time_to_live_is_refused_where_nobody_sells_it(catalog: Catalog) -> None:
    with pytest.raises(UndecidableError, match="no rate for 'cache_write"):
        estimate("openai/gpt-5.2", month(None), catalog, as_of=DAY)


def test_a_log_without_writes_says_nothing_of_them(catalog: Catalog) -> None:
    plain = Workload(10, (Shape({"input": 100, "output": 10}),), logged="elsewhere")
    assert not [text for text in estimate("openai/gpt-5.2", plain, catalog, as_of=DAY).caveats if "the log" in text]
