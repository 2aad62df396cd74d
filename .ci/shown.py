"""Commands of the docs with what they print: run in this process, in a folder of their own, on a fixed day."""

import atexit
import contextlib
import gc
import io
import os
import re
import shlex
import shutil
import tempfile
from pathlib import Path

_WIDEST = 100
DAY = "2026-11-22"  # the day of the prices that the docs show
_FOLDER = Path(tempfile.mkdtemp(prefix="costcalc-docs-"))  # where commands run, emptied for each page
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)


def begin() -> None:
    """Begin a page: a user without configuration, 80 columns wide, in a folder that holds ``examples`` alone."""
    for name in ("COSTCALC_CATALOG", "NO_COLOR", "GITHUB_ACTIONS", "CI"):
        os.environ.pop(name, None)
    os.environ |= {"COLUMNS": "80", "COSTCALC_AS_OF": DAY, "XDG_CONFIG_HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
    os.environ["_TYPER_FORCE_DISABLE_TERMINAL"] = "1"
    gc.disable()  # as costcalc itself does: a page lives for two seconds
    shutil.rmtree(_FOLDER)
    _FOLDER.mkdir()
    shutil.copytree("examples", _FOLDER / "examples")


def shown(command: str, *, until: str = "Assumed:", lines: int | None = None, status: int = 0) -> str:
    """Run a command and give it with the first part of its output, as two blocks of Markdown.

    Args:
        command: The line, as somebody types it beside the folder ``examples`` of a clone.
        until: Where the output is cut off, before the line that begins so.
        lines: How many lines of the output are shown at most.
        status: The exit status that it must have.

    Raises:
        ValueError: The command ended with another status.
    """
    found, out = _run(shlex.split(command)[1:])  # a shell, unlike shlex, reads the # of a word as part of it
    if found != status:
        raise ValueError(f"{command}: exit status {found}, expected {status}\n{out}")
    whole = out.rstrip().splitlines()
    cut = next((at for at, line in enumerate(whole) if line.startswith(until)), len(whole))
    kept = whole[: min(cut, lines or cut)]
    while kept and not kept[-1]:
        kept.pop()
    dots = ["…"] if len(kept) < len(whole) else []
    ends = [f"(exit status {status})"] if status else []
    return "\n".join(["```sh", _wrapped(command), "```", "", "```text", *kept, *dots, *ends, "```"])


def written(text: str, name: str = "costcalc.yaml") -> str:
    """Write a file beside which the next commands run, and give it as a block of Markdown."""
    (_FOLDER / name).write_text(text.strip() + "\n", encoding="utf-8")
    return f"```yaml\n{text.strip()}\n```"


def _wrapped(command: str) -> str:
    """Break a long line before its flags, as a shell reads on after a backslash."""
    lines = [""]
    for part in re.split(r" (?=--)", command):
        if lines[-1] and len(lines[-1]) + len(part) > _WIDEST:
            lines.append(f"  {part}")
        else:
            lines[-1] += f" {part}" if lines[-1] else part
    return " \\\n".join(lines)


def _run(words: list[str]) -> tuple[int, str]:
    from costcalc.cli.app import main

    before, out = Path.cwd(), io.StringIO()
    try:
        os.chdir(_FOLDER)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            return main(words), out.getvalue()
    finally:
        os.chdir(before)
