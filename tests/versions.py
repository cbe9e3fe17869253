"""What a test needs of the Airflow that it runs on, and the places in which older versions keep the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException

from airflow_qa_provider import compat

try:
    from airflow.sdk.exceptions import AirflowRescheduleException
except ImportError:  # before Airflow 3.2
    from airflow.exceptions import AirflowRescheduleException
try:
    from airflow.sdk.plugins_manager import integrate_macros_plugins
except ImportError:  # before Airflow 3.2
    from airflow.plugins_manager import integrate_macros_plugins
try:
    from airflow.serialization.serialized_objects import DagSerialization
except ImportError:  # before Airflow 3.2
    from airflow.serialization.serialized_objects import SerializedDAG as DagSerialization

NEEDS_STATE = pytest.mark.skipif(not compat.RETRY_POLICIES, reason="Airflow 3.3 keeps the state of tasks")
"""For what an attempt can only know from notes of the one before."""
NEEDS_TEMPLATES_OF_TRIGGERS = pytest.mark.skipif(not compat.RETRY_POLICIES, reason="Airflow 3.3 renders triggers")
"""For tasks that begin in the triggerer."""

__all__ = [
    "NEEDS_STATE",
    "NEEDS_TEMPLATES_OF_TRIGGERS",
    "AirflowRescheduleException",
    "DagSerialization",
    "integrate_macros_plugins",
    "keep_state",
    "our_errors",
]


@contextmanager
def our_errors() -> Iterator[None]:
    """Raise what our code raised, also where Airflow has no retry policies and is told to fail by its own error."""
    try:
        yield
    except AirflowFailException as error:
        raise error.__cause__ or error from None


def keep_state(context: dict[str, Any], store: Any) -> None:
    """Give a simulated task a state; where Airflow has none for tasks, what a test says of it cannot be.

    :param context: The task's context.
    :param store: What stands in for Airflow's store.
    """
    if not compat.RETRY_POLICIES:
        pytest.skip("Airflow 3.3 keeps the state of tasks")
    context["task_state_store"] = store
