"""The commands, and where each one lives; one is imported when it is asked for, so that each costs what it uses."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup

from costcalc.cli.answer import as_typed

EXIT_CODES = (
    "Exit status: 0 done; 1 a budget or check was broken; 2 could not start (flag, file, YAML, unknown name); "
    "3 could not be decided (a needed price is missing); 70 a bug in costcalc; 130 interrupted."
)


class Where(NamedTuple):
    """Where a command lives.

    Args:
        file: The file of ``cli/``.
        function: The function in it, or the class of a group of commands.
        panel: The part of the help page in which it stands.
    """

    file: str
    function: str
    panel: str | None = None


ANSWERS, LOGS, BUDGETS, PRICES, MACHINES = "Answers", "Logs of real traffic", "Budgets", "Prices", "For machines"

CATALOG: dict[str, Where] = {
    "list": Where("catalog_list", "list_command"),
    "show": Where("catalog_show", "show_command"),
    "history": Where("catalog_history", "history_command"),
    "set": Where("catalog_set", "set_command"),
    "add": Where("catalog_add", "add_command"),
    "import": Where("catalog_import", "import_command"),
    "refresh": Where("catalog_refresh", "refresh_command"),
    "diff": Where("catalog_diff", "catalog_diff_command"),
    "lint": Where("catalog_lint", "lint_command"),
    "export": Where("catalog_export", "export_command"),
    "validate": Where("catalog_validate", "validate_command"),
    "schema": Where("catalog_schema", "schema_command"),
}

USAGE: dict[str, Where] = {
    "price": Where("usage_price", "price_command"),
    "sql": Where("usage_sql", "sql_command"),
    "size": Where("usage_size", "usage_size_command"),
    "workload": Where("usage_workload", "usage_workload_command"),
    "pack": Where("usage_pack", "usage_pack_command"),
}

COMMANDS: dict[str, Where] = {
    "compare": Where("compare", "compare_command", ANSWERS),
    "breakeven": Where("breakeven", "breakeven_command", ANSWERS),
    "capability": Where("capability", "capability_command", ANSWERS),
    "project": Where("project", "project_command", ANSWERS),
    "sensitivity": Where("sensitivity", "sensitivity_command", ANSWERS),
    "simulate": Where("simulate", "simulate_command", ANSWERS),
    "recommend": Where("recommend", "recommend_command", ANSWERS),
    "report": Where("report", "report_command", ANSWERS),
    "chart": Where("chart", "chart_command", ANSWERS),
    "size": Where("size", "size_command", ANSWERS),
    "tco": Where("tco", "tco_command", ANSWERS),
    "calibrate": Where("calibrate", "calibrate_command", ANSWERS),
    "init": Where("init", "init_command", BUDGETS),
    "check": Where("check", "check_command", BUDGETS),
    "diff": Where("diff", "diff_command", BUDGETS),
    "usage": Where("commands", "UsageGroup", LOGS),
    "catalog": Where("commands", "CatalogGroup", PRICES),
    "schema": Where("schema", "schema_command", MACHINES),
}


class Commands(Mapping[str, Any]):
    """A group's commands, each built when it is looked up."""

    def __init__(self, table: Mapping[str, Where]) -> None:
        self._table = table

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401  # typer does not export the type of a command
        where = self._table[name]
        found = getattr(import_module(f"costcalc.cli.{where.file}"), where.function)
        if isinstance(found, type):
            app = typer.Typer(name=name, cls=found, epilog=EXIT_CODES, add_completion=False)
            app.callback()(PAGES[found])
        else:
            app = typer.Typer(add_completion=False)
            app.command(name, epilog=EXIT_CODES)(as_typed(found))
        command: Any = typer.main.get_command(app)
        command.rich_help_panel = where.panel  # typer leaves out that of a group
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


class RootGroup(TyperGroup):
    """The commands of ``costcalc``."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  # what typer passes on
        super().__init__(**settings)
        self.commands = Commands(COMMANDS)  # type: ignore[assignment]  # nobody adds commands later


def _catalog() -> None:
    """Look at prices, options and assumptions, change them, and check them."""


class CatalogGroup(TyperGroup):
    """The commands of ``costcalc catalog``."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401
        super().__init__(**settings)
        self.commands = Commands(CATALOG)  # type: ignore[assignment]


def _usage() -> None:
    """Read the logs that you have: what the traffic did cost, and what it would cost on every option."""


class UsageGroup(TyperGroup):
    """The commands of ``costcalc usage``."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401
        super().__init__(**settings)
        self.commands = Commands(USAGE)  # type: ignore[assignment]


SAVING = frozenset({"usage-workload", "usage-pack"})  # what they write is no report: their -o is --save
GROUPS = {"catalog": CATALOG, "usage": USAGE}
PAGES: dict[type, Any] = {CatalogGroup: _catalog, UsageGroup: _usage}


def command_of(args: list[str]) -> str:
    """Name the command of a command line, as its JSON document does.

    Example:
        >>> command_of(["catalog", "show", "gpt-5.4"]), command_of(["--version"])
        ('catalog-show', 'costcalc')
    """
    first, second = [*args, "", ""][:2]
    if second in GROUPS.get(first, {}):
        return f"{first}-{second}"
    return first if first in COMMANDS else "costcalc"
