"""Printing: reports to standard output and files, errors to whoever can read them."""

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import typer

from costcalc import __version__
from costcalc.cli.flags import FORMATS, Format, PrintFlags
from costcalc.errors import CostcalcError
from costcalc.render.report import Report


def emit(report: Report, printed: PrintFlags) -> None:
    """Print a report in one format, and write it to files in others.

    Raises:
        typer.BadParameter: A file does not say its format, or cannot be written.
    """
    targets = [_target(spec) for spec in printed.output or ()]
    for form, path in targets:
        _write(path, rendered(report, form, notes=True))
    if printed.form == "text":
        color = wants_color(no_color=printed.no_color)
        write_stdout(rendered(report, "text", width=page_width(), color=color, notes=printed.notes))
    else:
        write_stdout(rendered(report, printed.form))


def write_failure(report: Report, specs: Iterable[str]) -> None:
    """Write what went wrong to the files that wait for a result, so that a pipeline finds today's and not an old one.

    A file that cannot be named or written is passed over: the command has failed already.
    """
    for spec in specs:
        with suppress(typer.BadParameter):
            form, path = _target(spec)
            _write(path, rendered(report, form, notes=True))


def rendered(report: Report, form: Format, *, width: int = 100, color: bool = False, notes: bool = False) -> str:
    """Render a report; only the renderer that is asked for is imported."""
    if form == "text":
        from costcalc.render.text import as_text

        return as_text(report, width=width, color=color, notes=notes)
    from importlib import import_module

    file, function = _RENDERERS[form]
    render: Callable[..., str] = getattr(import_module(f"costcalc.render.{file}"), function)
    if form in {"json", "jsonl"}:
        return render(report, version=__version__)
    return render(report, path_of=repository_path) if form in _PLACED else render(report)


_RENDERERS: dict[Format, tuple[str, str]] = {
    "csv": ("csv", "as_csv"),
    "markdown": ("markdown", "as_markdown"),
    "json": ("as_json", "as_json"),
    "jsonl": ("as_json", "as_jsonl"),
    "github": ("github", "as_github"),
    "gitlab": ("gitlab", "as_gitlab"),
    "junit": ("junit", "as_junit"),
    "sarif": ("sarif", "as_sarif"),
}
_PLACED = {"github", "gitlab", "sarif"}  # their readers show a finding in a file of the repository


def repository_path(name: str) -> str:
    """Name a file from the root of its git repository, as reviewers see it; others as they are."""
    path = Path(name).absolute()
    root = next((folder for folder in path.parents if (folder / ".git").exists()), None)
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
        # later writes, and the flush at exit, must find something that is open
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise CostcalcError(f"cannot write to standard output: {error.strerror}") from None


def write_stderr(text: str) -> None:
    """Write a message."""
    sys.stderr.write(text if text.endswith("\n") else f"{text}\n")


_ENDINGS: dict[str, Format] = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".md": "markdown",
    ".txt": "text",
    ".sarif": "sarif",
    ".xml": "junit",
}


def _target(spec: str) -> tuple[Format, Path]:
    """Read FORMAT=FILE, or a file whose ending says the format; a name that holds = needs its format before it."""
    name, equals, file = spec.partition("=")
    if not equals and Path(spec).suffix.lower() in _ENDINGS:
        return _ENDINGS[Path(spec).suffix.lower()], Path(spec)
    form = next((known for known in FORMATS if known == name), None)
    if form is None or not file:
        raise typer.BadParameter(
            f"expected a file that ends in {', '.join(_ENDINGS)}, or FORMAT=FILE with a format of"
            f" {', '.join(FORMATS)}, found '{spec}'",
            param_hint="'--output'",
        )
    return form, Path(file)


def write_new(path: Path, text: str, *, flag: str = "--save") -> None:
    """Write a file that does not exist yet, whole or not at all.

    Raises:
        typer.BadParameter: It exists, or cannot be written.
    """
    if path.exists() or path.is_symlink():
        raise typer.BadParameter(f"{path} exists already; name a new file", param_hint=f"'{flag}'")
    _write(path, text)


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all; what is no regular file (a device, a pipe) is written to directly."""
    path = path.resolve()  # a link stays a link: what it leads to is written
    if path.exists() and not path.is_file():
        _write_directly(path, text)
        return
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        unfinished.write_text(text, encoding="utf-8", newline="")
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise _unwritten(path, error) from None


def _write_directly(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise _unwritten(path, error) from None


def _unwritten(path: Path, error: OSError) -> typer.BadParameter:
    return typer.BadParameter(f"cannot write {path}: {error.strerror}", param_hint="'--output'")
