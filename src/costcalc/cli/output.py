"""Printing: reports to standard output and files, errors to whoever can read them."""

import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from shlex import quote
from typing import TextIO

import typer

from costcalc import __version__
from costcalc.cli.flags import FOCUS, FORMATS, PICTURES, PNG, Format, PrintFlags
from costcalc.errors import CostcalcError
from costcalc.findings import printable
from costcalc.paths import absolute, look, mode_of, real, was_read, way_out
from costcalc.render.report import Report
from costcalc.render.safe import cleaned, inert

_OUTPUT = "--output"


def emit(report: Report, printed: PrintFlags) -> None:
    """Print a report in one format, and write it to files in others.

    Raises:
        typer.BadParameter: A file does not say its format, or cannot be written.
    """
    targets = [_target(spec) for spec in printed.output or ()]
    _check_targets([path for _, path in targets])
    # all are made before the first is written: one that cannot be leaves nothing behind
    for path, content in [(path, content_of(report, form)) for form, path in targets]:
        _write(path, content)
    if printed.form == "text":
        color = wants_color(no_color=printed.no_color)
        write_stdout(
            rendered(report, "text", width=page_width(), color=color, notes=printed.notes, unicode=draws_unicode())
        )
    else:
        write_stdout(rendered(report, printed.form))
    if targets and sys.stdout.isatty() and sys.stderr.isatty():  # somebody looks, and no script reads
        write_stderr(f"Written: {', '.join(str(path) for _, path in targets)}")


def write_failure(report: Report, specs: Iterable[str], *, inputs: Sequence[str]) -> None:
    """Write what went wrong to the files that wait for a result, so that a pipeline finds today's and not an old one.

    A file that cannot be named or written is passed over: the command has failed already. So is whatever may be an
    input, read or not: what the command line names elsewhere, and YAML, which no format of ours is.
    """
    named = {real(Path(each)) for each in inputs if look(Path(each)).kind == "file"}
    for spec in specs:
        with suppress(typer.BadParameter):
            form, path = _target(spec)
            if form in PICTURES or was_read(path) or real(path) in named or path.suffix in {".yaml", ".yml"}:
                continue
            _write(path, content_of(report, form))


def content_of(report: Report, form: Format) -> bytes:
    """Give what a file in a format holds."""
    if form == PNG:
        from costcalc.render.drawn import as_png_file

        return as_png_file(cleaned(report))
    return rendered(report, form, notes=True).encode(errors="replace")


def rendered(
    report: Report, form: Format, *, width: int = 100, color: bool = False, notes: bool = False, unicode: bool = True
) -> str:
    """Render a report; only the renderer that is asked for is imported.

    Whatever people or CI systems will read is cleaned before and made inert after; JSON says exactly what is.
    """
    if form not in _EXACT:
        report = cleaned(report)
    if form == "text":
        from costcalc.render.text import as_text

        return inert(as_text(report, width=width, color=color, notes=notes, unicode=unicode))
    from importlib import import_module

    if form == FOCUS and report.focus is None and report.result is not None:
        raise typer.BadParameter("rows of FOCUS are what usage price writes; take csv", param_hint="'--format'")
    if form == PNG:
        raise typer.BadParameter("png is for files: --output chart.png", param_hint="'--format'")
    file, function = _RENDERERS[form]
    render: Callable[..., str] = getattr(import_module(f"costcalc.render.{file}"), function)
    if form in _EXACT:
        return render(report, version=__version__)
    text = render(report, path_of=repository_path) if form in _PLACED else render(report)
    return inert(text, of_commands=form == "github")


_RENDERERS: dict[Format, tuple[str, str]] = {
    "csv": ("csv", "as_csv"),
    "focus": ("csv", "as_focus"),
    "markdown": ("markdown", "as_markdown"),
    "html": ("html.page", "as_html"),
    "svg": ("drawn", "as_svg_file"),
    "json": ("as_json", "as_json"),
    "jsonl": ("as_json", "as_jsonl"),
    "github": ("github", "as_github"),
    "gitlab": ("gitlab", "as_gitlab"),
    "junit": ("junit", "as_junit"),
    "sarif": ("sarif", "as_sarif"),
}
_EXACT = {"json", "jsonl"}
_PLACED = {"github", "gitlab", "sarif"}  # their readers show a finding in a file of the repository


def repository_path(name: str) -> str:
    """Name a file from the root of its git repository, as reviewers see it; others as they are."""
    path = absolute(Path(name))
    root = next((folder for folder in path.parents if look(folder / ".git").kind != "nothing"), None)
    return path.relative_to(root).as_posix() if root is not None else name


def open_streams() -> None:
    """Make standard output and error writable: somebody may have closed them, or their encoding may lack signs."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # open to the end
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot show × still gets its answer


def page_width() -> int:
    """The width of the terminal, or of ``$COLUMNS``; 80 where there is neither."""
    return max(40, shutil.get_terminal_size((80, 24)).columns)


def draws_unicode() -> bool:
    """Say whether standard output can show lines and blocks; under LC_ALL=C a chart is plain ASCII."""
    try:
        "│─█".encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except UnicodeEncodeError:
        return False
    return (os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG")) not in {"C", "POSIX"}


def wants_color(*, no_color: bool) -> bool:
    """Colour only for a terminal whose user has not asked for none."""
    refused = no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not refused and sys.stdout.isatty()


def write_stdout(text: str) -> None:
    """Write data; a reader that has gone away (``| head``) is not an error and changes no exit status."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        _drop(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            raise _unwritten_stdout(error) from None


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}


def unwritable_stdout(error: Exception) -> CostcalcError | None:
    """Say why standard output took nothing, if that is what failed where a library wrote a help page to it."""
    if not isinstance(error, OSError) or error.filename is not None or error.errno not in _FULL:
        return None
    _drop(sys.stdout)
    return _unwritten_stdout(error)


def _unwritten_stdout(error: OSError) -> CostcalcError:
    return CostcalcError(f"cannot write to standard output: {error.strerror}")


def _drop(stream: TextIO) -> None:
    """Let later writes, and the flush at exit, find something that is open."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def write_stderr(text: str) -> None:
    """Write a message; where nobody can be told, the exit status says what there is to say."""
    text = inert(printable(text))
    try:
        sys.stderr.write(text if text.endswith("\n") else f"{text}\n")
        sys.stderr.flush()
    except OSError:
        _drop(sys.stderr)


_ENDINGS: dict[str, Format] = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".md": "markdown",
    ".html": "html",
    ".svg": "svg",
    ".png": "png",
    ".txt": "text",
    ".sarif": "sarif",
    ".xml": "junit",
}


def _target(spec: str) -> tuple[Format, Path]:
    """Read FORMAT=FILE, or a file whose ending says the format; a name that holds = needs its format before it."""
    name, equals, file = spec.partition("=")
    if not equals and Path(spec).suffix.lower() in _ENDINGS:
        return _ENDINGS[Path(spec).suffix.lower()], Path(spec)
    form = next((known for known in (*FORMATS, *PICTURES, FOCUS) if known == name), None)
    if form is None or not file:
        raise typer.BadParameter(
            f"expected a file that ends in {', '.join(_ENDINGS)}, or FORMAT=FILE with a format of"
            f" {', '.join((*FORMATS, *PICTURES))}, found '{spec}'",
            param_hint="'--output'",
        )
    return form, Path(file)


def _check_targets(paths: Sequence[Path]) -> None:
    """Refuse to write over what this run has read, twice to a file, or through a link out of the repository."""
    for at, path in enumerate(paths):
        if was_read(path):
            raise _refused(f"{path} was read in this run: name another file")
        if look(path).kind in {"file", "nothing"} and real(path) in [real(other) for other in paths[:at]]:
            raise _refused(f"{path} is named twice; name a file for each format")


def write_new(path: Path, text: str, *, flag: str = "--save", force: bool = False) -> None:
    """Write a file that does not exist yet, whole or not at all.

    Raises:
        typer.BadParameter: It exists and may not be replaced, or cannot be written.
    """
    check_new(path, flag=flag, force=force)
    _write(path, text.encode(errors="replace"), flag=flag)


def check_new(path: Path, *, flag: str, force: bool = False) -> None:
    """Check that a file does not exist yet, or may be replaced.

    Args:
        path: The file.
        flag: The flag that names it.
        force: Whether it may be replaced.

    Raises:
        typer.BadParameter: It exists.
    """
    seen = look(path)
    if not force and (seen.kind != "nothing" or seen.is_link):
        raise typer.BadParameter(f"{path} exists already; name a new file", param_hint=f"'{flag}'")


def place_of(path: Path, *, flag: str = _OUTPUT) -> Path:
    """Give the file to which a path leads: a link stays a link, and what it leads to is written.

    Raises:
        typer.BadParameter: It leads out of the repository.
    """
    if (leads := way_out(path)) is not None:
        raise _refused(f"{path} leads out of the repository, to {leads}; name that file itself if it is meant", flag)
    return real(path)


def _write(path: Path, content: bytes, *, flag: str = _OUTPUT) -> None:
    """Write a file whole or not at all; what is no regular file (a device, a pipe) is written to directly."""
    from costcalc.catalog.edit.replace import unfinished_of, write_beside

    path = place_of(path, flag=flag)
    if look(path).kind not in {"file", "nothing", "unknown"}:
        _write_directly(path, content, flag)
        return
    unfinished = unfinished_of(path)
    try:
        write_beside(unfinished, content, mode=_mode_of(path))
        unfinished.replace(path)
    except OSError as error:
        raise _unwritten(path, error, flag) from None
    finally:  # an interrupt leaves nothing either
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _mode_of(path: Path) -> int:
    """Keep who may read a file; a new one is as the user's umask has it."""
    if (mode := mode_of(path)) is not None:
        return mode
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def _write_directly(path: Path, content: bytes, flag: str) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise _unwritten(path, error, flag) from None


def _unwritten(path: Path, error: OSError, flag: str) -> typer.BadParameter:
    if look(path.parent).kind == "nothing":
        return _refused(
            f"cannot write {path}: its folder is missing; make it: mkdir -p {quote(str(path.parent))}", flag
        )
    return _refused(f"cannot write {path}: {error.strerror}", flag)


def _refused(message: str, flag: str = _OUTPUT) -> typer.BadParameter:
    return typer.BadParameter(message, param_hint=f"'{flag}'")
