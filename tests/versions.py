"""What a test needs of the Airflow that it runs on, and the places in which older versions keep the same."""

from __future__ import annotations

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

__all__ = ["NEEDS_TASK_STATE", "AirflowRescheduleException", "DagSerialization", "integrate_macros_plugins"]

NEEDS_TASK_STATE = pytest.mark.skipif(
    not compat.RETRY_POLICIES, reason="needs the task state and the retry policies of Airflow 3.3"
)
