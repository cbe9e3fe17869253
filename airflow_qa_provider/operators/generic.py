"""One operator per vendor that calls any operation of its API.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.compat.sdk import BaseOperator

from airflow_qa_provider.retries import RetryingTask, fail_now

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

    from airflow_qa_provider.operators.calls import Call
    from airflow_qa_provider.reports.manifest import Manifest
    from airflow_qa_provider.reports.staging import StopSwitch

DEFAULT_LIMIT = 1000
"""Most rows of a paged list that go into an XCom when no limit is given."""


class VendorOperator(RetryingTask, BaseOperator):
    """Calls one operation of a vendor's API and returns its answer as JSON.

    For everything that has no operator of its own. Operation and arguments are checked against the client before
    anything is sent; the values of the arguments are checked by the client, where the vendor documents rules.

    A list that comes in pages is returned whole up to ``limit``, an argument of its operation; without one it ends
    after 1000 rows, and the log says so. An operation that answers with a file needs a ``target``. Secrets in an answer
    are masked; operations whose answer is a secret, such as a new API key, are refused.

    A retry of the task repeats the call. For an operation that only reads, or that the vendor documents as idempotent,
    that is harmless. Any other is carried out once more when the first answer was lost or the task failed after it: set
    ``retries=0`` where that would hurt.

    :param conn_id: Id of the Airflow connection. (templated)
    :param operation: Name of the operation, as ``airflow-qa routes list`` shows it. (templated)
    :param arguments: Arguments of the client method of that name; a text is read as a JSON object. (templated)
    :param target: File, or folder with ``/`` at its end, for an operation that answers with a file; the answer is then
        its :class:`~airflow_qa_provider.reports.manifest.Manifest`. End it with the suffix of the format that is
        expected. (templated)
    :param object_storage_conn_id: Airflow connection of the object storage. (templated)
    :param overwrite: What to do about a file that is there already: ``replace``, ``keep`` or ``fail``. (templated)
    """

    vendor: ClassVar[str]
    template_fields: Sequence[str] = (
        "operation",
        "arguments",
        "target",
        "conn_id",
        "object_storage_conn_id",
        "overwrite",
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"arguments": "json"}
    _stop: StopSwitch | None = None

    def __init__(
        self,
        *,
        conn_id: str,
        operation: str,
        arguments: Mapping[str, Any] | str | None = None,
        target: str | ObjectStoragePath | None = None,
        object_storage_conn_id: str | None = None,
        overwrite: str = "replace",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.conn_id = conn_id
        self.operation = operation
        self.arguments = arguments
        self.target = target
        self.object_storage_conn_id = object_storage_conn_id
        self.overwrite = overwrite

    @fail_now
    def execute(self, context: Any) -> Any:
        """Check the call, carry it out, and return its answer.

        :param context: Airflow's task context.
        """
        from airflow_qa_provider.hooks.registry import hook_for
        from airflow_qa_provider.operators.calls import Call

        with hook_for(self.vendor, self.conn_id).get_conn() as client:
            call = Call.of(client, self.operation, self.arguments)
            self._check_target(call)
            if call.gives_file:
                return self._store(call)
            answer = self._rows(call) if call.gives_pages else call()
            self.log.info("%s carried out %s", client.title, self.operation)
            return self._for_xcom(answer)

    def on_kill(self) -> None:
        """Remove the temporary file of a download."""
        if self._stop is not None:
            self._stop.pull()

    def _check_target(self, call: Call) -> None:
        from airflow_qa_provider.exceptions import QAValidationError

        if call.gives_file == bool(self.target):
            return
        problem, hint = "this operation answers with JSON: target has no use", "Leave target out"
        if call.gives_file:
            problem = "this operation answers with a file, which does not go into an XCom"
            hint = 'Say where it goes, such as target="s3://bucket/folder/"'
        raise QAValidationError(
            problem, vendor=self.vendor, operation=self.operation, outcome="Nothing was sent", hint=hint
        )

    def _rows(self, call: Call) -> list[Any]:
        from itertools import islice

        if "limit" in call.arguments:
            return list(call())
        rows = list(islice(call(), DEFAULT_LIMIT + 1))
        if len(rows) > DEFAULT_LIMIT:
            self.log.warning(
                "%s has more than %d rows, and only these are returned: give a limit in arguments, or None for all",
                *(self.operation, DEFAULT_LIMIT),
            )
        return rows[:DEFAULT_LIMIT]

    def _for_xcom(self, answer: Any) -> Any:
        from airflow_qa_provider.exceptions import QANotSupportedError
        from airflow_qa_provider.operators.results import JsonAnswer

        try:
            read = JsonAnswer(answer)
        except TypeError as error:
            raise QANotSupportedError(
                f"the answer holds a {error}, which cannot go into an XCom",
                vendor=self.vendor,
                operation=self.operation,
                outcome="The operation was carried out",
                hint="Call the hook's client in a @task. A retry of this task repeats the operation",
            ) from None
        if read.masked:
            self.log.warning("Masked in the XCom, because they are or carry secrets: %s", ", ".join(read.masked))
        return read.value

    def _store(self, call: Call) -> Manifest:
        from airflow_qa_provider.reports.staging import StopSwitch
        from airflow_qa_provider.reports.store import checked_policy, store_report
        from airflow_qa_provider.reports.target import Target

        checked_policy(self.overwrite)
        stem = "-".join([*self.operation.replace("_", "-").split("."), *call.ids.values()])
        target = Target.of(self.target or "", self.object_storage_conn_id, stem)
        self._stop = StopSwitch()
        return store_report(
            call,
            target,
            vendor=self.vendor,
            source=call.ids,
            operation=self.operation,
            overwrite=self.overwrite,
            secrets=[call.client.settings.token],
            stop=self._stop,
        )


class MonitorQAOperator(VendorOperator):
    """Calls one operation of the MonitorQA API, such as ``users.list``.

    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`VendorOperator`.
    """

    vendor = "monitorqa"
    ui_color = "#e3f4ea"

    def __init__(self, *, monitorqa_conn_id: str = "monitorqa_default", **kwargs: Any) -> None:
        super().__init__(conn_id=monitorqa_conn_id, **kwargs)


class QalyptusOperator(VendorOperator):
    """Calls one operation of the Qalyptus Cloud API, such as ``conditions.create``.

    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`VendorOperator`.
    """

    vendor = "qalyptus"
    ui_color = "#e6e9f8"

    def __init__(self, *, qalyptus_conn_id: str = "qalyptus_default", **kwargs: Any) -> None:
        super().__init__(conn_id=qalyptus_conn_id, **kwargs)
