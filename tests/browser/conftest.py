"""A headless Chromium for the tests of pages; where there is none they are skipped, which .ci/run does not allow."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from costcalc.cli.output import rendered
from costcalc.render.report import Report

NAMES = ("chromium", "chromium-browser", "google-chrome")
Show = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start it once for the tests of a file, and close it: it takes a tenth of a processor even where it rests."""
    chromium = next((found for name in NAMES if (found := shutil.which(name))), None)
    if chromium is None or any(find_spec(name) is None for name in ("playwright", "axe_playwright_python")):
        pytest.skip("no Chromium on this machine")  # or nothing that steers it: pip install -e '.[browser]'
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        running = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Show]:  # noqa: ANN401  # its types are not installed everywhere
    """Give a function that shows a page from a file, as a reader opens it."""
    contexts = []

    def shown(
        report: Report | str,
        *,
        size: tuple[int, int] = (1200, 900),
        path: Path | None = None,
        **more: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        file = path or tmp_path / "page.html"
        if path is None:
            text = report if isinstance(report, str) else rendered(report, "html", notes=True)
            file.write_text(text, encoding="utf-8")
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **more)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.seen = []
        page.on("request", lambda request: page.seen.append(request.url))
        page.on("console", lambda message: page.seen.append(message.text))
        page.on("pageerror", lambda error: page.seen.append(str(error)))
        page.goto(file.as_uri())
        return page

    yield shown
    for context in contexts:
        context.close()
