"""How fast a page answers: from a key to the next picture of the screen, at a quarter of the processor's speed."""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from costcalc.cli.output import rendered

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from pages import page  # the page of the tests: six options, three drivers, 40 volumes

KEYS = 60
THROTTLE = 4
OBSERVE = """() => {
  window.durations = [];
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
    if (entry.name === 'keydown' || entry.name === 'input') window.durations.push(entry.duration);
  })).observe({ type: 'event', durationThreshold: 16 });
}"""


def main() -> None:
    """Print the bytes of the page, the time of its self-check and the durations of its events."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    text = rendered(page(), "html", notes=True)
    print(f"page: {len(text.encode()):,} bytes")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        file = Path(folder) / "page.html"
        file.write_text(text, encoding="utf-8")
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1200, "height": 900})
        opened.context.new_cdp_session(opened).send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
        opened.goto(file.as_uri())
        loaded = opened.evaluate("performance.timing.domContentLoadedEventEnd - performance.timing.responseEnd")
        print(f"read, checked and ready: {loaded} ms at {THROTTLE} × throttle")
        opened.evaluate(OBSERVE)
        opened.focus("#what-if-volume")
        for turn in range(KEYS):
            opened.keyboard.press("ArrowRight" if turn % 20 < KEYS // 6 else "ArrowLeft")
            opened.wait_for_timeout(30)
        opened.wait_for_timeout(500)
        took = opened.evaluate("window.durations")
        browser.close()
    print(f"input to paint: median {statistics.median(took or [16]):.0f} ms, most {max(took or [16]):.0f} ms", end="")
    print(f", {len(took)} of {2 * KEYS} events took 16 ms or more")


if __name__ == "__main__":
    main()
