"""Draws docs/quality_lake.png: the picture of the lake example, of what the sandbox has today."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from PIL import Image

from airflow_qa_provider.demo.environment import demo_connections
from qa_sandbox import run_sandbox
from tests.dags.test_example_dags import load

PICTURE = Path(__file__).parents[2] / "docs" / "quality_lake.png"


def main() -> None:
    """Run the tasks of the DAG one after another, without Airflow, and keep the picture."""
    with tempfile.TemporaryDirectory() as folder, run_sandbox() as sandbox:
        connections = demo_connections(sandbox.connections(), {}, Path(folder))
        variables = {f"AIRFLOW_CONN_{name.upper()}": json.dumps(fields) for name, fields in connections.items()}
        with patch.dict(os.environ, variables):
            dag = load("example_quality_lake")
            exports = [task for task in dag.tasks if task.task_id != "picture"]
            for task in exports:
                task.target = "lake/"
            drawn = dag.get_task("picture").python_callable([task.execute({}) for task in exports])
            with Image.open(drawn.removeprefix("file://")) as image:
                # few colours, so that the file stays small
                image.convert("RGB").quantize(64).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
