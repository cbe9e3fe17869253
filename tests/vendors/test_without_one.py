"""A vendor is a folder: without it, the other vendors work as before."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import airflow_qa_provider
from airflow_qa_provider.vendors import BUILT_IN
from qa_sandbox import run_sandbox

PACKAGE = Path(airflow_qa_provider.__file__).parent

# imports all that users import of the others, and lets each hook prove its connection
PROGRAM = """
import json, sys
from importlib import import_module
from pathlib import Path
import airflow_qa_provider
from airflow_qa_provider import cli, vendors

gone, root = sys.argv[1], Path(airflow_qa_provider.__file__).parent
found = {"root": str(root), "vendors": vendors.names(), "proved": [], "classes": 0}
for room in ("hooks", "operators", "sensors", "transfers"):
    for module in sorted((root / room).glob("*.py")):
        if module.stem != gone:
            faces = vars(import_module(f"airflow_qa_provider.{room}.{module.stem}"))
            found["classes"] += sum(isinstance(face, type) for face in faces.values())
for name in vendors.names():
    kinds = vendors.vendor_named(name).kinds
    assert kinds and all(vendors.kind_of(kind.name) is kind for kind in kinds)
    hooks = vars(import_module(f"airflow_qa_provider.hooks.{name}"))
    (hook,) = (one for one in hooks.values() if getattr(one, "conn_type", None) == name)
    works, message = hook(f"{name}_default").test_connection()
    assert works, message
    found["proved"].append(name)
assert cli.main(["routes", "list"]) == 0
print(json.dumps(found))
"""


@pytest.mark.slow
@pytest.mark.parametrize("gone", BUILT_IN)
def test_the_other_vendors_work_without_one(gone: str, tmp_path: Path) -> None:
    copy = tmp_path / PACKAGE.name
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(copy / "vendors" / gone)
    others = tuple(name for name in BUILT_IN if name != gone)
    with run_sandbox(list(others)) as sandbox:
        connections = {f"AIRFLOW_CONN_{name.upper()}": json.dumps(one) for name, one in sandbox.connections().items()}
        ran = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", PROGRAM, gone],
            cwd=tmp_path,
            env={**os.environ, **connections, "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=120,
        )

    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["root"] == str(copy)
    assert tuple(found["vendors"]) == tuple(found["proved"]) == others
    assert found["classes"] > 50
