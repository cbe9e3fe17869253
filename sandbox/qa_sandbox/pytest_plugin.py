"""Fixtures for pytest, which finds them by itself where ``qa-sandbox`` is installed."""

# Imports nothing of the sandbox until a test asks for it: every run of pytest loads this module.
from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from qa_sandbox.clock import Clock
    from qa_sandbox.server import Sandbox
    from qa_sandbox.settings import SandboxSettings


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("qa_sandbox_vendors", "vendors that the fixture qa_sandbox serves; default: all", type="args")
    parser.addini("qa_sandbox_scenario", "file with fault rules and outcomes for the fixture qa_sandbox", default="")


@pytest.fixture(scope="session")
def qa_sandbox_settings() -> SandboxSettings:
    """Durations, file sizes, keys: override this fixture to change them."""
    from qa_sandbox.settings import SandboxSettings

    return SandboxSettings()


@pytest.fixture(scope="session")
def qa_sandbox_clock() -> Clock:
    """Real time plus what tests push it by; return a ``ManualClock`` for one that stands still in between."""
    from qa_sandbox.clock import RealClock

    return RealClock()


@pytest.fixture(scope="session")
def qa_sandbox_server(
    pytestconfig: pytest.Config, qa_sandbox_settings: SandboxSettings, qa_sandbox_clock: Clock
) -> Iterator[Sandbox]:
    """The sandbox of the whole session, for fixtures that need it earlier than a test does."""
    from dataclasses import replace

    from qa_sandbox.outcomes import Outcome
    from qa_sandbox.scenario import read_scenario
    from qa_sandbox.server import run_sandbox

    file = pytestconfig.getini("qa_sandbox_scenario")
    rules, outcomes = read_scenario(pytestconfig.rootpath / file) if file else ([], [])
    scripted = (*qa_sandbox_settings.outcomes, *(Outcome.parse(item) for item in outcomes))
    settings = replace(qa_sandbox_settings, outcomes=scripted)
    vendors = pytestconfig.getini("qa_sandbox_vendors") or None
    with run_sandbox(vendors, settings, clock=qa_sandbox_clock, scenario=rules) as sandbox:
        yield sandbox


@pytest.fixture
def qa_sandbox(qa_sandbox_server: Sandbox) -> Sandbox:
    """The sandbox, as new: other tests' objects, requests, faults and outcomes are gone."""
    qa_sandbox_server.reset()
    return qa_sandbox_server
