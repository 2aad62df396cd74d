"""What a stranger is told of a file that is no YAML: the line to change, and how it should read."""

from __future__ import annotations

import pytest

from costcalc.errors import InputError
from costcalc.files import parse_yaml
from costcalc.findings import Document, Finding
from costcalc.unparsed import Stop, stopped

LINES = """\
workloads:
  bot:
    option: gpt-5.2-api
    requests: 1000
    shapes:
      - input_tokens: 10
        output_tokens: 10
budgets:
  # everything
  all:
    monthly_usd: 50
""".splitlines()  # counted from 1 below

NBSP = "\u00a0"
SLIPS = [
    # a colon is missing: the line that lacks it, not the one after it
    ({1: "workloads"}, "1:10: no ':' after 'workloads'; write workloads:"),
    ({2: "  bot"}, "2:6: no ':' after 'bot'; write bot:"),
    ({8: "budgets  # all"}, "8:8: no ':' after 'budgets'; write budgets:"),
    ({3: "    option gpt-5.2-api"}, "3:11: no ':' after 'option'; write option: gpt-5.2-api"),
    ({4: "    requests 1000"}, "4:13: no ':' after 'requests'; write requests: 1000"),
    ({4: "    requests = 1000"}, "4:13: '=' between a key and its value, where ':' is expected; write requests: 1000"),
    ({4: "    requests\uff1a 1000"}, "4:13: a wide colon (U+FF1A); write a plain one, and a space"),
    # no space
    ({3: "    option:gpt-5.2-api"}, "3:11: no space after the colon; write option: gpt-5.2-api"),
    ({4: "    requests:1000"}, "4:13: no space after the colon; write requests: 1000"),
    ({6: "      -input_tokens: 10"}, "6:8: no space after the dash; write - input_tokens: 10"),
    # a colon too many
    ({3: "    note: see: the ticket"}, '3:11: a text with a colon in it stands in quotes; write "see: the ticket"'),
    # quotes and brackets
    ({3: '    option: "gpt-5.2-api'}, '3:13: " is not closed; expected " at the end of the text'),
    ({11: "    monthly_usd: 50\n    note: 'x"}, "12:11: ' is not closed; expected ' at the end of the text"),
    ({6: "      - {input_tokens: 10", 7: ""}, "6:9: { is not closed; expected } behind its last value"),
    ({6: "      - [input_tokens: 10", 7: ""}, "6:9: [ is not closed; expected ] behind its last value"),
    ({3: "    option: @x # y"}, "3:13: a text that begins with @ stands in quotes; write '@x'"),
    # indentation
    ({4: "\trequests: 1000"}, "4:1: a tab; YAML is indented with spaces"),
    ({4: "    \trequests: 1000"}, "4:5: a tab; YAML is indented with spaces"),
    ({4: "      requests: 1000"}, "4:7: indented by 6 spaces, deeper than line 3, which has a value already; expected 4 as in line 3 or 2 as in line 2"),
    ({4: "   requests: 1000"}, "4:4: indented by 3 spaces; expected 4 as in line 3 or 2 as in line 2"),
    ({4: "  requests: 1000"}, "5:5: indented by 4 spaces, deeper than line 4, which has a value already; expected 2 as in line 4 or 0 as in line 1"),
    ({7: "       output_tokens: 10"}, "7:8: indented by 7 spaces; expected '- ' for the next item, or 8 as in line 6 or 4 as in line 5"),
    ({7: "      output_tokens: 10"}, "7:7: indented by 6 spaces; expected '- ' for the next item, or 8 as in line 6 or 4 as in line 5"),
    ({6: "      input_tokens: 10"}, "7:9: indented by 8 spaces, deeper than line 6, which has a value already; expected 6 as in line 6 or 4 as in line 5"),
    ({4: "\n    # in which month\n      requests: 1000"}, "6:7: indented by 6 spaces, deeper than line 3, which has a value already; expected 4 as in line 3 or 2 as in line 2"),
    # what an editor of texts has made of it
    ({3: "    option: \u201cgpt-5.2-api\u201d"}, '3:13: curly quotes; write straight ones, "gpt-5.2-api"'),
    ({3: "    \u201coption\u201d: gpt-5.2-api"}, '3:5: curly quotes; write straight ones, "option"'),
    ({4: f"    requests:{NBSP}1000"}, "4:14: a non-breaking space (U+00A0), which looks like a plain one; write a plain space"),
    ({4: f"{NBSP * 4}requests: 1000"}, "4:1: a non-breaking space (U+00A0), which looks like a plain one; write a plain space"),
    ({4: f"    requests: 1000{NBSP}"}, "4:15: a non-breaking space (U+00A0), which looks like a plain one; write a plain space"),
    # what git has left
    ({4: "<<<<<<< HEAD\n    requests: 1000\n=======\n    requests: 2000\n>>>>>>> b"}, "4:1: a conflict that git has left; keep one version, and remove the lines with <<<<<<<, ======= and >>>>>>>"),
    # none of these: what the parser says
    ({4: "    - c"}, "4:5: not YAML: did not find expected key"),
    ({3: "    option: - c"}, "3:13: not YAML: block sequence entries are not allowed in this context"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), SLIPS, ids=[said for _, said in SLIPS])
def test_a_slip_is_named_at_the_line_that_has_it(changes: dict[int, str], said: str) -> None:
    text = "\n".join(changes.get(at, line) for at, line in enumerate(LINES, start=1))
    with pytest.raises(InputError) as raised:
        parse_yaml(Document("x.yaml", f"{text}\n"))
    (found,) = raised.value.problems
    assert isinstance(found, Finding)
    assert found.place is not None
    assert f"{found.place.line}:{found.place.column}: {found.message}" == said


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a: caf\u00e9", {"a": "caf\u00e9"}),
        ("\u00e9: 1", {"\u00e9": 1}),
        ('a: "\u201cb\u201d"', {"a": "\u201cb\u201d"}),
        ("a: \u201cb\u201d c", {"a": "\u201cb\u201d c"}),
        ("\ufeffa: 1", {"a": 1}),
        ("a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
    ],
)
def test_what_is_meant_is_read(text: str, read: dict[str, object]) -> None:
    # a file is read without its byte order mark
    assert parse_yaml(Document("x.yaml", text.removeprefix("\ufeff"))).plain() == read


def test_a_parser_that_stops_at_the_beginning_has_no_line_before() -> None:
    for problem in ("mapping values are not allowed", "could not find expected ':'"):
        assert stopped(Stop(["a"], 0, 0, problem)).message == f"not YAML: {problem}"
