"""Names that somebody writes who wants more than a name, and what each format must make of them.

Every renderer and every command that prints names runs through this one table.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

HOSTILE = {
    # a log of CI: GitHub, Azure Pipelines, TeamCity
    "command in the second line": "a\n::stop-commands::token",
    "command": "::error::all is well",
    "command after wrapping": "a name of several words that a narrow page must wrap ::error file=x::all is well",
    "old command": "##[error]all is well",
    "Azure": "##vso[task.complete result=Succeeded;]",
    "escaped command": "%0A::error::all is well%25",
    # a terminal
    "colour": "\x1b[31mred\x1b[0m",
    "title": "\x1b]0;owned\x07",
    "C1": "\x9b31mred\x90q\x9c",
    "controls": "a\x00b\x07c\x08d\x7f",
    "return": "all is well\rover budget",
    # the eye
    "bidi": "\u202eexe.gpj\u202c\u202a\u202b\u202d",
    "isolates": "\u2066a\u2067b\u2068c\u2069\u200e\u200f",
    "zero width": "a\u200bb\u200cc\u200dd\ufeffe\u2060f\u00adg",
    "line separators": "a\u2028::error::b\u2029c\x85d\x0be\x0cf",
    "filler": "\u3164\u115f",
    # Markdown on GitHub and GitLab
    "mention": "@team and (@other/team)",
    "reference": "fixes #1, GH-1",
    "address": "https://evil.example/x_y, www.evil.example HTTP://EVIL.example and ftp://evil.example, me@evil.example",
    "address in code": "https://evil.example/`![x](y)`@team|z",
    "strike": "~~gone~~ ~gone~",
    "link": "[all is well](https://evil.example) [a][b] <https://evil.example>",
    "picture": "![x](https://evil.example/x.png)",
    "HTML": "<script>alert(1)</script><img src=x onerror=y></details><!-- x",
    "entity": "&#64;team &lt;b&gt; &#8203;",
    "cell": "a|b \\| c",
    "code": "`x` ``` y ~~~",
    "emphasis": "**b** _i_ __b__ *i* \\",
    "mathematics": "$\\href{https://evil.example}{x}$ $`x`$",
    "quick action": "/close",
    "rule": "---",
    "list": "- x",
    "numbered": "1. x",
    # a spreadsheet
    "formula": "=cmd|'/c calc'!A0",
    "formula after a tab": "\t=cmd()",
    "plus": "+1+1",
    "minus": "-1+1",
    "at": "@SUM(1)",
    "wide": "\uff1d1+1",
    "second cell": "a; =cmd()",
    "quote": '","=cmd()',
    # XML, JSON
    "XML": "]]><!--&'\"</testcase>",
    "JSON": '"},{"a":1',
}

_MENTION = re.compile(r"(?<!\w)@\w|#\d|\bGH-\d|https?://|ftp://|www\.|\w@\w", re.IGNORECASE)
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # what Unicode calls controls, formats, surrogates, separators


def check_inert(form: str, text: str) -> None:
    """Check one output as the programs that read it would."""
    _check_seen(text)
    assert not re.search(r"##\w*\[", text), text
    if form == "github":
        assert all(re.fullmatch(r"::(error|warning|notice) [^:]*::.*", line) for line in text.splitlines())
        return
    assert not [line for line in text.splitlines() if line.strip().startswith("::")]
    checks: dict[str, Callable[[str], object]] = {
        "csv": check_csv,
        "focus": check_csv,
        "markdown": check_markdown,
        "html": check_html,
        "json": json.loads,
        "jsonl": lambda lines: [json.loads(line) for line in lines.splitlines()],
        "sarif": check_sarif,
        "gitlab": check_data,
        "junit": ET.fromstring,  # of our own
    }
    checks.get(form, str)(text)


def _check_seen(text: str) -> None:
    hidden = [char for char in text if char != "\n" and unicodedata.category(char) in _HIDDEN]
    assert hidden == []


def check_csv(text: str) -> None:
    for delimiter in ",;":  # a semicolon parts cells where a comma is the decimal sign
        cells = [cell for row in csv.reader(io.StringIO(text), delimiter=delimiter) for cell in row]
        formulas = [cell for cell in cells if re.match(r"\s*[=+@\uff1d\uff0b\uff0d\uff20-]", cell)]
        assert [cell for cell in formulas if not re.fullmatch(r"-?[\d.]+(,.*)?", cell)] == []
    assert "\t" not in text


_TAGS = {
    *("html", "head", "meta", "title", "link", "style", "body", "main", "nav", "h1", "h2", "h3", "p", "ul", "li", "a"),
    *(
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "pre",
        "figure",
        "figcaption",
        "div",
        "details",
        "summary",
    ),
    *("section", "form", "label", "output", "input", "fieldset", "legend", "b", "script"),
    *("svg", "desc", "g", "path", "rect", "circle", "text", "tspan", "line", "defs", "pattern", "clippath", "polygon"),
}
_OURS = re.compile(r"#part-\d+|data:,|data:text/csv;charset=utf-8,[\w.~/,:;()%-]*")


class _Page(HTMLParser):
    """Reads a page as a browser does, and finds nothing in it but our own elements, which ask for nothing."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _TAGS, tag
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name not in {"src", "style", "srcset", "action"}, name
            assert name != "href" or _OURS.fullmatch(value or ""), value

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def check_html(text: str) -> None:
    assert text.startswith("<!DOCTYPE html>\n")
    page = _Page()
    page.feed(text)
    page.close()
    assert text.count("<script") == text.count("</script>") <= 2


def check_data(text: str) -> None:
    for value in texts(json.loads(text)):
        _check_seen(value)


def check_sarif(text: str) -> None:
    check_data(text)
    messages = [result["message"]["text"] for run in json.loads(text)["runs"] for result in run["results"]]
    assert not [message for message in messages if "](" in message]  # a link, in SARIF's plain text too


def texts(data: Any) -> Iterator[str]:  # noqa: ANN401  # JSON
    """Walk every text of a JSON document, keys included."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from texts(value)


PLAIN = {"text", "softbreak", "code_inline", "strong_open", "strong_close", "html_inline"}
BLOCKS = {"inline", "paragraph", "bullet_list", "list_item", "table", "thead", "tbody", "tr", "th", "td", "fence"}


def check_markdown(text: str) -> None:
    """Read Markdown as GitHub does, and find nothing in it but our own paragraphs, lists, tables and bold verdicts."""
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        if token.type == "html_block":
            assert re.fullmatch(
                r"<!-- costcalc:\w+ -->|</?details>|<details><summary>\d+ rows</summary>", token.content.strip()
            )
            continue
        assert re.sub("_(open|close)$", "", token.type) in BLOCKS, token
        for inline in token.children or ():
            _check_inline(inline)
    without_fences = re.sub(r"^(`{3,})text\n.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert not [line for line in without_fences.splitlines() if line.startswith("/")]  # GitLab's quick actions


def _check_inline(token: Token) -> None:
    assert token.type in PLAIN, token
    if token.type == "text":
        assert not _MENTION.search(token.content), token.content
    if token.type == "code_inline":
        assert re.fullmatch(r"https?://\S+", token.content, re.IGNORECASE), token.content
