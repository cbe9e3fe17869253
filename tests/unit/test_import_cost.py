"""DAG files are parsed every few seconds: importing what they import must load nothing that is only needed to run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import airflow_qa_provider

PACKAGE = Path(airflow_qa_provider.__file__).parent
ROOMS = ("operators", "sensors", "transfers", "links")
# Modules without such a class are imported by a task when it runs.
FOR_DAG_FILES = re.compile(r"^class \w+(Operator|Sensor|Link)\b", re.MULTILINE)
MODULES = [
    ".".join([PACKAGE.name, *path.relative_to(PACKAGE).with_suffix("").parts])
    for room in ROOMS
    for path in sorted((PACKAGE / room).rglob("*.py"))
    if FOR_DAG_FILES.search(path.read_text())
]
# Beside the standard library.
ALLOWED_PACKAGES = {"airflow", "airflow_qa_provider"}
FORBIDDEN = (
    *("requests", "urllib3", "httpx", "aiosmtpd", "smtplib", "pypdf", "openpyxl", "pandas", "sqlalchemy"),
    *("fastapi", "starlette", "uvicorn", "qa_sandbox", "fpdf", "yaml", "rich", "tenacity"),
    *("airflow.models", "airflow.api_fastapi", "airflow.jobs", "airflow.triggers", "airflow.providers_manager"),
    *(f"airflow_qa_provider.{room}" for room in ("vendors", "hooks", "demo", "doctor", "cli")),
    *("airflow_qa_provider.triggers.wait", "airflow_qa_provider.waiting.shared", "airflow_qa_provider.kinds.polling"),
)

# What a DAG file has loaded anyway, then our modules one by one, each with what it adds.
PROGRAM = """
import json, sys
from importlib import import_module
from airflow.sdk import DAG, BaseHook, BaseOperator, BaseSensorOperator, ObjectStoragePath, task
import airflow.providers.common.compat.sdk as sdk
for name in ("AirflowException", "BaseOperator", "BaseOperatorLink", "BaseSensorOperator", "PokeReturnValue", "conf"):
    getattr(sdk, name)
before, added = set(sys.modules), {}
for module in sys.argv[1:]:
    import_module(module)
    added[module] = sorted(set(sys.modules) - before)
    before = set(sys.modules)
print(json.dumps({"added": added, "standard": sorted(sys.stdlib_module_names)}))
"""


@cache
def loaded() -> dict[str, Any]:
    """What a fresh process says."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, *MODULES], capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_every_module_that_has_operators_is_looked_into() -> None:
    assert {module.split(".")[1] for module in MODULES} == set(ROOMS)
    assert {f"airflow_qa_provider.operators.{name}" for name in ("monitorqa", "qalyptus", "delivery")} <= set(MODULES)
    assert list(loaded()["added"]) == MODULES
    assert MODULES[0] in loaded()["added"][MODULES[0]]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_of_dag_files_loads_nothing_heavy(module: str) -> None:
    added = loaded()["added"][module]
    heavy = [name for name in added if any(name == one or name.startswith(f"{one}.") for one in FORBIDDEN)]

    assert heavy == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_of_dag_files_loads_no_further_package(module: str) -> None:
    packages = {name.partition(".")[0] for name in loaded()["added"][module]}

    assert packages - set(loaded()["standard"]) <= ALLOWED_PACKAGES


def test_the_forbidden_modules_exist() -> None:
    """A misspelt name would forbid nothing."""
    missing = [name for name in FORBIDDEN if find_spec(name) is None]

    assert missing in ([], ["pandas"])
