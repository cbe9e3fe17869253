"""Keep the tests off the caller's Airflow: a home of their own, and none of the caller's settings.

Runs before any test module imports Airflow, which reads its settings once, at import.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.moments import moment_of

_SETTINGS = ("AIRFLOW__", "AIRFLOW_CONN_", "AIRFLOW_VAR_", "AIRFLOW_HOME", "AIRFLOW_CONFIG")

for _name in [name for name in os.environ if name.startswith(_SETTINGS)]:
    del os.environ[_name]
_HOME = Path(tempfile.mkdtemp(prefix="airflow-qa-tests-"))  # one per xdist worker
os.environ["AIRFLOW_HOME"] = str(_HOME)
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"

# A busy machine is slow, and that is no failure.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")


@pytest.fixture(autouse=True)
def _no_sign_ins_of_other_tests() -> None:
    """Begin without the sessions of tests before, whose vendors are as new."""
    sessions = sys.modules.get("airflow_qa_provider.vendors.smartq.client.sessions")
    if sessions is not None:
        sessions.forget_sessions()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the tests run at another time."""
    parser.addoption(
        "--moment",
        metavar="TIME[@ZONE]",
        help="run at another time: random (one of the next four years), or such as 2028-02-29T12:00:00Z@Europe/Prague",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Set the clock, before any test module is imported."""
    asked = config.getoption("moment")
    if asked is None:
        return
    try:
        moment = moment_of(asked)
    except ValueError as error:
        raise pytest.UsageError(f"--moment: {error}") from error
    # workers take it over from here, so that it is the same in all of them
    config.option.moment = str(moment)
    travel = moment.travel()
    travel.start()
    config.add_cleanup(travel.stop)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs the real time."""
    if config.getoption("moment"):
        for item in items:
            if item.get_closest_marker("real_clock"):
                item.add_marker(pytest.mark.skip(reason="the processes that it starts have the real time"))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Say which time it is, so that a failure can be repeated."""
    config = session.config
    if (moment := config.getoption("moment")) and not hasattr(config, "workerinput"):
        print(f"The tests run from {moment} on; to repeat that: make test-fast ARGS=--moment={moment}", flush=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the home with everything that Airflow wrote into it."""
    shutil.rmtree(_HOME, ignore_errors=True)
