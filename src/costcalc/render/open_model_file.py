"""An open model as a file of ``models/``, for a layer of the user's own."""

from costcalc.catalog.edit.writing import as_block
from costcalc.catalog.forms.open_models import OpenModelFile


def model_yaml(model: OpenModelFile, *, stem: str) -> str:
    """Write a model as ``models/<stem>.yaml`` has it.

    Args:
        model: The model.
        stem: The name of the file without its ending, which is the model's id.
    """
    given = model.model_copy(update={"model": stem}).model_dump(exclude_none=True, exclude_defaults=True)
    return "\n".join([*as_block({**given, "attention": list(given["attention"])}), ""])
