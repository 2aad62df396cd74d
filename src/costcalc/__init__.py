"""costcalc: build or buy? What an LLM workload costs on each API, on your own GPUs, on seats, or on a mix.

Example:
    >>> from datetime import date
    >>> from costcalc import Workload, compare, load_catalog
    >>> month = Workload.single(requests=100, input_tokens=10_000, output_tokens=1_000)
    >>> result = compare(month, load_catalog(), options=["gpt-5.4"], as_of=date(2026, 11, 22))
    >>> str(result.estimates[0].monthly_usd)
    '4.00'
"""

TYPE_CHECKING = False  # as type checkers read it; the import of typing would take longer than the rest of a start

if TYPE_CHECKING:
    from typing import Any

    from costcalc.analysis.compare import Comparison, Saving, compare
    from costcalc.case.case import LeftOut
    from costcalc.catalog.catalog import Catalog
    from costcalc.catalog.layers.load import load_catalog
    from costcalc.cost.estimate import CostLine, Deployment, Estimate
    from costcalc.cost.option import estimate
    from costcalc.cost.throughput import Throughput
    from costcalc.errors import CostcalcError, InputError, UndecidableError, UnknownNameError
    from costcalc.project import Project, load_project
    from costcalc.scenario import Scenario
    from costcalc.serving import throughput
    from costcalc.week import Hours, Load, Window
    from costcalc.workload import Shape, Workload

__version__ = "0.1.0"

_HOMES = {
    "costcalc.analysis.compare": ("Comparison", "Saving", "compare"),
    "costcalc.case.case": ("LeftOut",),
    "costcalc.catalog.catalog": ("Catalog",),
    "costcalc.catalog.layers.load": ("load_catalog",),
    "costcalc.cost.estimate": ("CostLine", "Deployment", "Estimate"),
    "costcalc.cost.option": ("estimate",),
    "costcalc.cost.throughput": ("Throughput",),
    "costcalc.errors": ("CostcalcError", "InputError", "UndecidableError", "UnknownNameError"),
    "costcalc.project": ("Project", "load_project"),
    "costcalc.scenario": ("Scenario",),
    "costcalc.serving": ("throughput",),
    "costcalc.week": ("Hours", "Load", "Window"),
    "costcalc.workload": ("Shape", "Workload"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Catalog",
    "Comparison",
    "CostLine",
    "CostcalcError",
    "Deployment",
    "Estimate",
    "Hours",
    "InputError",
    "LeftOut",
    "Load",
    "Project",
    "Saving",
    "Scenario",
    "Shape",
    "Throughput",
    "UndecidableError",
    "UnknownNameError",
    "Window",
    "Workload",
    "__version__",
    "compare",
    "estimate",
    "load_catalog",
    "load_project",
    "throughput",
]


def __getattr__(name: str) -> "Any":  # noqa: ANN401  # a name's type is what the block for type checkers says
    """Import a public name when it is first used: ``costcalc --version`` should not load pydantic."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'costcalc' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOME_OF[name]), name)
