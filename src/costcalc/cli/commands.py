"""The commands, and where each one lives; one is imported when it is asked for, so that each costs what it uses."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple

import typer

from costcalc.cli.answer import as_typed, own_flags
from costcalc.cli.pages import CommandPage, GroupPage

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
        examples: Command lines for its page, each of which runs as it stands beside a costcalc.yaml.
    """

    file: str
    function: str
    panel: str | None
    examples: tuple[str, ...]


ANSWERS, LOGS, BUDGETS, PRICES, MACHINES = "Answers", "Logs of real traffic", "Budgets", "Prices", "This installation"

CATALOG: dict[str, Where] = {
    "list": Where(
        "catalog_list",
        "list_command",
        None,
        (
            "costcalc catalog list gpus",
            "costcalc catalog list models claude",
        ),
    ),
    "show": Where(
        "catalog_show",
        "show_command",
        None,
        (
            "costcalc catalog show gpt-5.2",
            "costcalc catalog show r1-distill-32b-h100 --explain",
        ),
    ),
    "history": Where("catalog_history", "history_command", None, ("costcalc catalog history gpt-5.2",)),
    "set": Where(
        "catalog_set",
        "set_command",
        None,
        ("costcalc catalog set gpt-5.2 output=12.00 --effective 2026-12-01 --source https://example.com --dry-run",),
    ),
    "add": Where("catalog_add", "add_command", None, ("costcalc catalog add model --template",)),
    "import": Where(
        "catalog_import",
        "import_command",
        None,
        ("costcalc catalog import litellm model_prices.json --save litellm.yaml",),
    ),
    "refresh": Where(
        "catalog_refresh",
        "refresh_command",
        None,
        ("costcalc catalog refresh --from litellm model_prices.json --file costcalc.yaml --dry-run",),
    ),
    "diff": Where("catalog_diff", "catalog_diff_command", None, ("costcalc catalog diff git:HEAD costcalc.yaml",)),
    "lint": Where(
        "catalog_lint",
        "lint_command",
        None,
        (
            "costcalc catalog lint",
            "costcalc catalog lint costcalc.yaml --max-age 90d",
        ),
    ),
    "export": Where("catalog_export", "export_command", None, ("costcalc catalog export gpt-5.2",)),
    "validate": Where(
        "catalog_validate",
        "validate_command",
        None,
        (
            "costcalc catalog validate",
            "costcalc catalog validate costcalc.yaml --strict",
        ),
    ),
    "schema": Where(
        "catalog_schema",
        "schema_command",
        None,
        (
            "costcalc catalog schema",
            "costcalc catalog schema costcalc",
        ),
    ),
}

USAGE: dict[str, Where] = {
    "price": Where(
        "usage_price",
        "price_command",
        None,
        (
            "costcalc usage price logs/*.jsonl",
            "costcalc usage price logs/*.jsonl --by team --options gpt-5.2-api",
        ),
    ),
    "sql": Where(
        "usage_sql",
        "sql_command",
        None,
        ("costcalc usage sql --dialect bigquery --table logs.calls --format-in litellm",),
    ),
    "size": Where(
        "usage_size", "usage_size_command", None, ("costcalc usage size logs/*.jsonl --option r1-distill-32b-h100",)
    ),
    "workload": Where(
        "usage_workload", "usage_workload_command", None, ("costcalc usage workload logs/*.jsonl --save traffic.yaml",)
    ),
    "pack": Where("usage_pack", "usage_pack_command", None, ("costcalc usage pack logs/*.jsonl --save pack.json",)),
}

COMMANDS: dict[str, Where] = {
    "compare": Where(
        "compare",
        "compare_command",
        ANSWERS,
        (
            "costcalc compare --tokens 1e6",
            "costcalc compare --requests 240k --shape 3000:400 --cached-share 70%",
            "costcalc compare --workload costcalc.yaml --options gpt-5.2-api,gemma-4-31b-novita",
        ),
    ),
    "breakeven": Where(
        "breakeven",
        "breakeven_command",
        ANSWERS,
        (
            "costcalc breakeven --build r1-distill-32b-h100 --buy gpt-5.2-api",
            'costcalc breakeven --tokens "100M to 2B" --chart',
        ),
    ),
    "capability": Where(
        "capability", "capability_command", ANSWERS, ("costcalc capability --tokens 500M --score gpqa-diamond",)
    ),
    "project": Where(
        "project", "project_command", ANSWERS, ("costcalc project --tokens 500M --months 36 --growth 50%",)
    ),
    "sensitivity": Where(
        "sensitivity",
        "sensitivity_command",
        ANSWERS,
        ('costcalc sensitivity --tokens "100M to 2B" --options gpt-5.2-api,r1-distill-32b-h100',),
    ),
    "simulate": Where(
        "simulate",
        "simulate_command",
        ANSWERS,
        ('costcalc simulate --tokens "100M to 2B" --options gpt-5.2-api,r1-distill-32b-h100',),
    ),
    "recommend": Where(
        "recommend",
        "recommend_command",
        ANSWERS,
        (
            "costcalc recommend --kind customer_service --tokens 5e8",
            "costcalc recommend --workload costcalc.yaml --explain",
        ),
    ),
    "report": Where("report", "report_command", ANSWERS, ("costcalc report --workload costcalc.yaml -o report.html",)),
    "chart": Where(
        "chart",
        "chart_command",
        ANSWERS,
        (
            "costcalc chart breakeven --tokens 5e8",
            "costcalc chart breakeven --tokens 5e8 -o chart.svg",
        ),
    ),
    "size": Where(
        "size",
        "size_command",
        ANSWERS,
        (
            "costcalc size Qwen3-32B --gpu H100 --weights fp8",
            "costcalc size Llama-3.3-70B --shape 3000:400 --tpot 30",
        ),
    ),
    "tco": Where("tco", "tco_command", ANSWERS, ("costcalc tco r1-distill-32b-h100 --tokens 5e8 --months 36",)),
    "calibrate": Where(
        "calibrate", "calibrate_command", ANSWERS, ("costcalc calibrate bench.json --gpu H100 --weights fp8",)
    ),
    "init": Where(
        "init",
        "init_command",
        BUDGETS,
        (
            "costcalc init",
            "costcalc init --option gpt-5.2-api --requests 250k --monthly-usd 800",
        ),
    ),
    "check": Where(
        "check",
        "check_command",
        BUDGETS,
        (
            "costcalc check costcalc.yaml",
            "costcalc check costcalc.yaml --format github --output junit=budgets.xml",
        ),
    ),
    "diff": Where(
        "diff",
        "diff_command",
        BUDGETS,
        (
            "costcalc diff git:HEAD costcalc.yaml",
            "costcalc diff git:main costcalc.yaml --fail-on-increase 5%",
        ),
    ),
    "usage": Where(
        "commands",
        "UsageGroup",
        LOGS,
        (
            "costcalc usage price logs/*.jsonl",
            "costcalc usage size logs/*.jsonl --option r1-distill-32b-h100",
            "costcalc usage workload logs/*.jsonl --save traffic.yaml",
        ),
    ),
    "catalog": Where(
        "commands",
        "CatalogGroup",
        PRICES,
        (
            "costcalc catalog list models gpt",
            "costcalc catalog show gpt-5.2",
            "costcalc catalog validate costcalc.yaml",
        ),
    ),
    "doctor": Where("doctor", "doctor_command", MACHINES, ("costcalc doctor",)),
    "schema": Where("schema", "schema_command", MACHINES, ("costcalc schema compare",)),
}


STARTS = (
    "costcalc compare --tokens 1e6                    # output tokens a month",
    "costcalc compare --conversations 40k --turns 6   # a chat",
    "costcalc usage price logs/*.jsonl                # logs of real traffic",
    "costcalc size Qwen3-32B --gpu H100               # a model and a GPU",
    "costcalc init && costcalc check                  # a plan with a budget",
)


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
            app.command(name, cls=CommandPage, epilog=EXIT_CODES)(as_typed(found))
        command: Any = typer.main.get_command(app)
        command.examples = where.examples
        command.own = frozenset() if isinstance(found, type) else own_flags(found)
        command.rich_help_panel = where.panel  # typer leaves out that of a group
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


class RootGroup(GroupPage):
    """The commands of ``costcalc``."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  # what typer passes on
        super().__init__(**settings)
        self.examples = STARTS
        self.commands = Commands(COMMANDS)  # type: ignore[assignment]  # nobody adds commands later


def _catalog() -> None:
    """Look at prices, options and assumptions; change and check them."""


class CatalogGroup(GroupPage):
    """The commands of ``costcalc catalog``."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401
        super().__init__(**settings)
        self.commands = Commands(CATALOG)  # type: ignore[assignment]


def _usage() -> None:
    """Read your logs: what traffic did cost, and would elsewhere."""


class UsageGroup(GroupPage):
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
