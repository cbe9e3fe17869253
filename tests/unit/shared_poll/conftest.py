"""MonitorQA as new, in real time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qa_sandbox import Sandbox, run_sandbox
from qa_sandbox.clock import RealClock
from tests.unit.shared_poll.waits import Vendor


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["monitorqa"], clock=RealClock()) as sandbox:
        yield sandbox


@pytest.fixture
def vendor(shared_sandbox: Sandbox) -> Vendor:
    shared_sandbox.reset()
    return Vendor(shared_sandbox)
