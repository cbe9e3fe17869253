"""The server that all contract tests of a process share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.recorder import RecordingServer


@pytest.fixture(scope="session")
def server() -> Iterator[RecordingServer]:
    with RecordingServer() as running:
        yield running
