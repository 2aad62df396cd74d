"""Every kind of file that a catalog is made of: one row each, from which loading, schemas and edits are derived."""

from importlib import import_module
from typing import Any, NamedTuple

from costcalc.catalog.forms.entry import Entry

_Where = tuple[str, str]  # a module below costcalc.catalog, and a name in it


class FileKind(NamedTuple):
    """One kind of catalog file.

    Args:
        name: Its folder, or its file without ``.yaml``; its JSON Schema is ``pricing/schema/<name>.json``.
        form_at: Where its form is, imported when it is asked for.
        keys: What a layer calls it at the top of one file: of a folder its name, of a single file the file's own keys.
        named_by: In a folder, the key of each file that repeats the name of the file; "" for a single file.
        field: The attribute of `Catalog` that holds it; "" where it is called as its key.
        has_parts: Whether a layer may give a part of an entry, because costcalc ships the rest.
        checked_at: A function that checks, of a form and its tree, what the form alone cannot, or None.
        understood_at: A function that turns the checked form into what commands use, or None.
    """

    name: str
    form_at: _Where
    keys: tuple[str, ...]
    named_by: str = ""
    field: str = ""
    has_parts: bool = True
    checked_at: _Where | None = None
    understood_at: _Where | None = None

    @property
    def form(self) -> type[Entry]:
        """The form of one file."""
        form: type[Entry] = _found(self.form_at)
        return form

    def check(self, form: Any, tree: Any) -> None:  # noqa: ANN401  # each kind has a form of its own
        """Check what the form alone cannot.

        Raises:
            InputError: With every problem, each at its place.
        """
        if self.checked_at is not None:
            _found(self.checked_at)(form, tree)

    def understood(self, form: Any) -> Any:  # noqa: ANN401
        """Give what commands use of a checked file: the form itself, unless the kind says otherwise."""
        return _found(self.understood_at)(form) if self.understood_at is not None else form


def _found(where: _Where) -> Any:  # noqa: ANN401
    module, name = where
    return getattr(import_module(f"costcalc.catalog.{module}"), name)


FOLDER_KINDS = (
    FileKind("api", ("forms.schema", "ApiFile"), ("api",), named_by="provider", field="providers"),
    FileKind("models", ("forms.open_models", "OpenModelFile"), ("models",), named_by="model"),
    FileKind("gpus", ("forms.hardware", "GpuFile"), ("gpus",), named_by="gpu"),
    FileKind("plans", ("forms.plans", "PlansFile"), ("plans",), named_by="provider"),
)
TABLE_KINDS = (
    FileKind("options", ("forms.options", "OptionsFile"), ("options", "headline")),
    FileKind("assumptions", ("forms.assumptions", "AssumptionsFile"), ("assumptions",)),
    FileKind("quality", ("forms.quality", "QualityFile"), ("quality", "searched"), has_parts=False),
    FileKind(
        "rules",
        ("rules.entries", "RulesFile"),
        ("rules",),
        checked_at=("rules.verdicts", "check_rules"),
        understood_at=("rules.verdicts", "understood"),
    ),
    FileKind("kinds", ("rules.entries", "KindsFile"), ("kinds",)),
    FileKind(
        "tokens",
        ("forms.tokens", "TokensFile"),
        ("tokenizers", "reasoning"),
        checked_at=("forms.tokens", "check_tokens"),
        understood_at=("tokenizers", "understood"),
    ),
    FileKind("measurements", ("forms.hardware", "MeasurementsFile"), ("measurements",), has_parts=False),
    FileKind("exchange_rates", ("forms.exchange_rates", "ExchangeRatesFile"), ("exchange_rates",)),
    FileKind("contracts", ("forms.contracts", "ContractsFile"), ("contracts",), has_parts=False),
    FileKind("evaluations", ("forms.quality", "EvaluationsFile"), ("evaluations",), has_parts=False),
)
# what stands beside the prices, and is never laid over anything
SUPPRESSIONS = FileKind("suppressions", ("forms.suppressions", "SuppressionsFile"), ())
DISPUTED = FileKind("disputed", ("forms.disputed", "DisputedFile"), ())
KINDS = {kind.name: kind for kind in (*FOLDER_KINDS, *TABLE_KINDS, SUPPRESSIONS, DISPUTED)}

FOLDERS = {kind.name: kind.named_by for kind in FOLDER_KINDS}
FILE_KEYS = {f"{kind.name}.yaml": kind.keys for kind in TABLE_KINDS}
FIELDS = {key: kind.field or key for kind in (*FOLDER_KINDS, *TABLE_KINDS) for key in kind.keys}
CATALOG_KEYS = tuple(FIELDS)  # what a layer may say at the top of one file
