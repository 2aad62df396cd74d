"""``costcalc catalog schema``: the JSON Schema of a catalog file, for editors."""

from typing import Annotated, Literal, get_args

import typer

from costcalc.cli.output import write_stdout

FileKind = Literal[
    "api",
    "models",
    "gpus",
    "plans",
    "options",
    "assumptions",
    "quality",
    "rules",
    "kinds",
    "measurements",
    "contracts",
    "suppressions",
    "costcalc",
]
KINDS: tuple[FileKind, ...] = get_args(FileKind)


def schema_command(
    kind: Annotated[FileKind, typer.Argument(help="Which file: pricing/api/*.yaml, options.yaml, …, costcalc.yaml.")],
) -> int:
    """Print the JSON Schema (draft-07) of one kind of catalog file."""
    from costcalc.catalog.forms.hardware import GpuFile, MeasurementsFile, OpenModelFile, QualityFile
    from costcalc.catalog.forms.json_schema import schema_of
    from costcalc.catalog.forms.options import OptionsFile
    from costcalc.catalog.forms.plans import PlansFile
    from costcalc.catalog.forms.schema import ApiFile, AssumptionsFile, ContractsFile
    from costcalc.catalog.forms.suppressions import SuppressionsFile
    from costcalc.catalog.rules.entries import KindsFile, RulesFile
    from costcalc.render.as_json import dumps
    from costcalc.scenario import project_schema

    forms = {
        "api": ApiFile,
        "models": OpenModelFile,
        "gpus": GpuFile,
        "plans": PlansFile,
        "options": OptionsFile,
        "assumptions": AssumptionsFile,
        "quality": QualityFile,
        "rules": RulesFile,
        "kinds": KindsFile,
        "measurements": MeasurementsFile,
        "contracts": ContractsFile,
        "suppressions": SuppressionsFile,
    }
    schema = schema_of(forms[kind]) if kind in forms else project_schema()
    write_stdout(dumps(schema, indent=2) + "\n")
    return 0
