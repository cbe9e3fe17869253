"""Build hook: ship the example DAGs inside the wheel, so that the demo runs from an installed package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ExampleDagsHook(BuildHookInterface):
    """Map the top-level ``example_dags`` folder into the package.

    An editable install reads the folder where it is; a copy beside it would only go stale.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folder to a real wheel, and to nothing else."""
        if version == "standard" and Path(self.root, "example_dags").is_dir():
            build_data["force_include"]["example_dags"] = "airflow_qa_provider/example_dags"
