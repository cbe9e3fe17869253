"""What the bases take, by name: so that an editor and the reference page show it for every operator and sensor.

Only for annotations; nothing imports it when a DAG file is read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from airflow.sdk import ObjectStoragePath
from typing_extensions import Required, TypedDict

from airflow_qa_provider.kinds.policies import IfExists, OnChangedInput, OnClear, OnGone, OnUncertain
from airflow_qa_provider.waiting.verdict import OnKill


class TaskArguments(TypedDict, total=False):
    """Arguments of all tasks of Airflow."""

    task_id: Required[str]
    dag: Any
    task_group: Any
    default_args: dict[str, Any] | None
    owner: str
    start_date: datetime | None
    end_date: datetime | None
    retries: int | None
    retry_delay: timedelta | float
    retry_exponential_backoff: bool | float
    max_retry_delay: timedelta | float | None
    retry_policy: Any
    execution_timeout: timedelta | None
    depends_on_past: bool
    wait_for_downstream: bool
    trigger_rule: str
    priority_weight: int
    weight_rule: Any
    pool: str | None
    pool_slots: int
    queue: str
    executor: str | None
    executor_config: dict[str, Any] | None
    max_active_tis_per_dag: int | None
    max_active_tis_per_dagrun: int | None
    map_index_template: str | None
    do_xcom_push: bool
    multiple_outputs: bool
    inlets: Any
    outlets: Any
    params: Any
    on_execute_callback: Callable[[Any], None] | Collection[Callable[[Any], None]] | None
    on_failure_callback: Callable[[Any], None] | Collection[Callable[[Any], None]] | None
    on_success_callback: Callable[[Any], None] | Collection[Callable[[Any], None]] | None
    on_retry_callback: Callable[[Any], None] | Collection[Callable[[Any], None]] | None
    on_skipped_callback: Callable[[Any], None] | Collection[Callable[[Any], None]] | None
    email: str | Sequence[str] | None
    email_on_retry: bool
    email_on_failure: bool
    doc: str | None
    doc_md: str | None
    task_display_name: str | None
    render_template_as_native_obj: bool | None


class ChangingArguments(TaskArguments, total=False):
    """Arguments of :class:`~airflow_qa_provider.bases.changing.ChangingOperator`."""

    preview: bool | str


class BulkArguments(ChangingArguments, total=False):
    """Arguments of :class:`~airflow_qa_provider.bases.bulk.BulkOperator`."""

    source: str | ObjectStoragePath | None
    rows: Any
    sql: str | None
    sql_conn_id: str | None
    columns: Mapping[str, Any] | str | None
    on_row_error: Literal["fail", "continue"] | None
    fail_on: Literal["any", "all"] | float | None
    max_in_flight: int | str
    results: str | ObjectStoragePath | None
    object_storage_conn_id: str | None


class SyncArguments(BulkArguments, total=False):
    """Arguments of :class:`~airflow_qa_provider.bases.bulk.BulkSyncOperator`."""

    delete_where: str | None
    wait_until_shown: bool | str
    timeout: timedelta | float


class CreatingArguments(ChangingArguments, total=False):
    """Arguments of :class:`~airflow_qa_provider.bases.creating.CreatingOperator`."""

    on_uncertain: OnUncertain | None
    on_changed_input: OnChangedInput
    on_clear: OnClear
    on_gone: OnGone
    if_exists: IfExists


class JobArguments(CreatingArguments, total=False):
    """Arguments of :class:`~airflow_qa_provider.bases.jobs.RemoteJobOperator`."""

    wait_for_completion: bool
    deferrable: bool
    poll_interval: timedelta | float | None
    timeout: timedelta | float
    on_kill: OnKill


class CallingArguments(ChangingArguments, total=False):
    """Arguments of :class:`~airflow_qa_provider.bases.calling.VendorOperator`."""

    operation: Required[str]
    arguments: Any
    target: str | ObjectStoragePath | None
    object_storage_conn_id: str | None
    overwrite: str
    on_uncertain: OnUncertain | None
    on_changed_input: Literal["fail", "new"]
    on_clear: OnClear
    if_exists: IfExists


class SensingArguments(TaskArguments, total=False):
    """Arguments of :class:`~airflow_qa_provider.bases.sensing.RemoteJobSensor`."""

    deferrable: bool
    poll_interval: timedelta | float | None
    poke_interval: timedelta | float | None
    timeout: timedelta | float
    mode: Literal["poke", "reschedule"]
    soft_fail: bool
    never_fail: bool
    on_kill: OnKill
    start_from_trigger: bool


class AwaitingArguments(TaskArguments, total=False):
    """Arguments of :class:`~airflow_qa_provider.bases.events.EventSensor`."""

    poke_interval: timedelta | float
    timeout: timedelta | float
    mode: str
    soft_fail: bool
    never_fail: bool


class TransferringArguments(TaskArguments, total=False):
    """Arguments of :class:`~airflow_qa_provider.bases.transferring.ReportToObjectStorageOperator`."""

    target: Required[str | ObjectStoragePath]
    name: str | None
    object_storage_conn_id: str | None
    overwrite: str
    only_if_changed: bool | str


class ReportingArguments(JobArguments, total=False):
    """Arguments of :class:`~airflow_qa_provider.bases.reporting.RemoteReportOperator`."""

    target: Required[str | ObjectStoragePath]
    file_name: str | None
    object_storage_conn_id: str | None
    overwrite: str


class RecordsArguments(TaskArguments, total=False):
    """Arguments of :class:`~airflow_qa_provider.bases.records.RecordsToObjectStorageOperator`."""

    records: Required[str]
    target: Required[str | ObjectStoragePath]
    format: str | None
    since: str | datetime | None
    until: str | datetime | None
    mark: str | ObjectStoragePath | None
    filters: Mapping[str, Any] | str | None
    empty: Literal["write", "skip"]
    object_storage_conn_id: str | None


class ListArguments(TaskArguments, total=False):
    """Arguments of :class:`~airflow_qa_provider.bases.listing.ListOperator`."""

    filters: Mapping[str, Any] | str | None
    column: str | None
    limit: int | str
