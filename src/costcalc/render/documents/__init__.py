"""The form of what ``--format json`` prints, as types; ``costcalc schema`` is generated from them.

Within one major version fields are only added, so readers must not mind fields that they do not know.
"""

from importlib import import_module
from typing import Any

DOCUMENTS: dict[str, tuple[str, str]] = {  # a command's name: the file of this folder, and the type in it
    "compare": ("estimates", "CompareDocument"),
    "breakeven": ("decisions", "BreakEvenDocument"),
    "project": ("decisions", "ProjectDocument"),
    "sensitivity": ("uncertainty", "SensitivityDocument"),
    "simulate": ("uncertainty", "SimulateDocument"),
    "recommend": ("recommendation", "RecommendDocument"),
    "size": ("hardware", "SizeDocument"),
    "tco": ("hardware", "TcoDocument"),
    "calibrate": ("hardware", "CalibrateDocument"),
    "init": ("budgets", "InitDocument"),
    "check": ("budgets", "CheckDocument"),
    "diff": ("budgets", "DiffDocument"),
    "catalog-list": ("catalog", "ListDocument"),
    "catalog-show": ("catalog", "ShowDocument"),
    "catalog-history": ("history", "HistoryDocument"),
    "catalog-set": ("catalog", "SetDocument"),
    "catalog-add": ("catalog", "AddDocument"),
    "catalog-import": ("imports", "ImportDocument"),
    "catalog-diff": ("imports", "CatalogDiffDocument"),
    "catalog-validate": ("catalog", "ValidateDocument"),
    "catalog-lint": ("linting", "LintDocument"),
}


def document_schema(command: str) -> dict[str, Any]:
    """Give the JSON Schema of a command's document."""
    from costcalc.catalog.forms.json_schema import schema_of

    file, name = DOCUMENTS[command]
    return schema_of(getattr(import_module(f"{__name__}.{file}"), name))
