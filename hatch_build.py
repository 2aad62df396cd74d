"""The build's own step: keep the checked catalog beside the code, as ``costcalc.catalog.layers.kept`` describes."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class KeepCatalog(BuildHookInterface):
    """Runs before a wheel, an editable one too, is put together."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # hatchling calls it so
        """Read every shipped file and keep what it says."""
        sys.path.insert(0, str(Path(self.root) / "src"))
        from costcalc.catalog.layers.load import keep_shipped

        keep_shipped()
