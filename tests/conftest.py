"""Keep the tests off the caller's Airflow: a home of their own, and none of the caller's settings.

Runs before any test module imports Airflow, which reads its settings once, at import.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import pytest

_SETTINGS = ("AIRFLOW__", "AIRFLOW_CONN_", "AIRFLOW_VAR_", "AIRFLOW_HOME", "AIRFLOW_CONFIG")

for _name in [name for name in os.environ if name.startswith(_SETTINGS)]:
    del os.environ[_name]
_HOME = Path(tempfile.mkdtemp(prefix="airflow-qa-tests-"))  # one per xdist worker
os.environ["AIRFLOW_HOME"] = str(_HOME)
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"

# A busy machine is slow, and that is no failure.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the home with everything that Airflow wrote into it."""
    shutil.rmtree(_HOME, ignore_errors=True)
