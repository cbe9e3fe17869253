"""What a test needs of the Airflow that it runs on, and the places in which older versions keep the same."""

from __future__ import annotations

from typing import Any

import pytest

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

__all__ = [
    "AirflowRescheduleException",
    "DagSerialization",
    "integrate_macros_plugins",
    "keep_state",
]


def keep_state(context: dict[str, Any], store: Any) -> None:
    """Give a simulated task a state; where Airflow has none for tasks, what a test says of it cannot be.

    :param context: The task's context.
    :param store: What stands in for Airflow's store.
    """
    if not compat.RETRY_POLICIES:
        pytest.skip("Airflow 3.3 keeps the state of tasks")
    context["task_state_store"] = store
