"""The form of what ``--format json`` prints, as types; ``costcalc schema`` is generated from them.

Within one major version fields are only added, so readers must not mind fields that they do not know.
"""

from importlib import import_module
from typing import Any

DOCUMENTS: dict[str, tuple[str, str]] = {  # a command's name: the file of this folder, and the type in it
    "compare": ("compare", "CompareDocument"),
    "breakeven": ("breakeven", "BreakEvenDocument"),
    "capability": ("capability", "CapabilityDocument"),
    "project": ("project", "ProjectDocument"),
    "sensitivity": ("sensitivity", "SensitivityDocument"),
    "simulate": ("simulate", "SimulateDocument"),
    "recommend": ("recommend", "RecommendDocument"),
    "report": ("report", "ReportDocument"),
    "chart": ("report", "ChartDocument"),
    "size": ("size", "SizeDocument"),
    "tco": ("tco", "TcoDocument"),
    "calibrate": ("calibrate", "CalibrateDocument"),
    "init": ("init", "InitDocument"),
    "check": ("check", "CheckDocument"),
    "diff": ("diff", "DiffDocument"),
    "doctor": ("doctor", "DoctorDocument"),
    "usage-price": ("usage_price", "UsagePriceDocument"),
    "usage-size": ("usage_size", "UsageSizeDocument"),
    "usage-workload": ("usage_workload", "UsageWorkloadDocument"),
    "usage-pack": ("usage_pack", "UsagePackDocument"),
    "catalog-list": ("catalog", "ListDocument"),
    "catalog-show": ("catalog", "ShowDocument"),
    "catalog-history": ("catalog_history", "HistoryDocument"),
    "catalog-set": ("catalog", "SetDocument"),
    "catalog-add": ("catalog", "AddDocument"),
    "catalog-import": ("catalog_import", "ImportDocument"),
    "catalog-refresh": ("catalog_refresh", "RefreshDocument"),
    "catalog-diff": ("catalog_diff", "CatalogDiffDocument"),
    "catalog-validate": ("catalog", "ValidateDocument"),
    "catalog-lint": ("catalog_lint", "LintDocument"),
}


def document_schema(command: str) -> dict[str, Any]:
    """Give the JSON Schema of a command's document."""
    from costcalc.catalog.forms.json_schema import schema_of

    file, name = DOCUMENTS[command]
    return schema_of(getattr(import_module(f"{__name__}.{file}"), name))
