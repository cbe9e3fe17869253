"""Every row of the resilience table: the right end, a bounded number of requests, the right pace, a free event loop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.resilience import ROWS
from benchmarks.resilience_table import documented
from benchmarks.stage import CONNECTION, Row, Stage
from qa_sandbox import Sandbox, run_sandbox

# less than the 1.2 s of the slow answers, which a loop that waits for them would stand still for; a busy machine may
# stop everything for shorter times
LONGEST_LAG = 1.1
# a machine that stops for longer than the client waits makes timeouts of its own; a loop of ours that stands still
# does it every time
_PLAYS = 3


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["monitorqa"]) as found:
        yield found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_wait_survives(row: Row, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONNECTION, "{}")  # what the stage sets is taken back after the test

    for _ in range(_PLAYS):
        seen = Stage(sandbox).play(row)
        if seen.lag < row.read_timeout:
            break

    fewest, most = row.calls
    assert seen.outcomes == [row.ours]
    assert fewest <= len(seen.calls) <= most
    assert seen.too_soon == []
    assert row.name != "slow answers" or seen.lag < LONGEST_LAG
    assert 1 <= seen.connections <= row.connections


def test_the_documented_table_is_that_of_the_rows() -> None:
    shown = documented()

    assert [cells[:3] for cells in shown] == [(row.what, row.today, row.ours) for row in ROWS]
    for row, cells in zip(ROWS, shown, strict=True):
        assert row.calls[0] <= int(cells[3]) <= row.calls[1]
