"""What the shipped catalog puts up with."""

from costcalc.catalog.forms.diagnose import validated
from costcalc.catalog.forms.suppressions import SuppressionsFile
from costcalc.catalog.layers import load
from costcalc.catalog.layers.stack import Problems, mapping_root
from costcalc.catalog.lint.table import Suppression, own_suppressions
from costcalc.files import read_document
from costcalc.paths import look


def shipped_suppressions() -> list[Suppression]:
    """Read ``pricing/suppressions.yaml``; it prices nothing, so no layer is laid over it and no digest holds it.

    Raises:
        InputError: With every problem of the file.
    """
    path = load.shipped_pricing() / "suppressions.yaml"
    if look(path).kind == "nothing":
        return []
    problems = Problems()
    tree = mapping_root(read_document(path, name="pricing/suppressions.yaml", layer="shipped"), problems)
    problems.stop_if_any()
    return own_suppressions(tree, validated(SuppressionsFile, tree).suppressions, is_own=False)
