"""Status of Qalyptus Cloud: what runs, what ran, and the files that came out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_qa_provider.exceptions import QAResponseError
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.rest.parameters import Id
from airflow_qa_provider.vendors.qalyptus.client.resource import QalyptusResource, Record, Records
from airflow_qa_provider.vendors.qalyptus.client.rules import check


class Status(QalyptusResource, name="status"):
    """Runs of scheduled tasks, and on-demand requests.

    The docs show no response samples; the fields of the records are read through the client's dialect. They call the id
    of a run "the ID of the scheduled task"; it is taken for the ``id`` of an entry in :meth:`list_scheduled`.
    """

    def list_scheduled(self) -> Records:
        """Return the runs of scheduled tasks (source: "Get scheduled task status list")."""
        return self._records("status.list_scheduled")

    def get_scheduled(self, run_id: Id) -> Record:
        """Return one run of a scheduled task (source: "Get scheduled task status").

        :param run_id: UUID of the run.
        """
        return self._record("status.get_scheduled", {"id": run_id})

    def list_on_demand(self) -> Records:
        """Return the on-demand requests (source: "Get on-demand requests status")."""
        return self._records("status.list_on_demand")

    def get_on_demand(self, request_id: Id) -> Record:
        """Return one on-demand request (source: "Get on-demand request status").

        :param request_id: UUID of the request.
        """
        return self._record("status.get_on_demand", {"id": request_id})

    def run(self, request_id: Id) -> Any:
        """Run a task or request again (source: "Runs a specified task or report").

        :param request_id: UUID of the scheduled task, on-demand report or on-demand task.
        :return: What the vendor answers; not documented.
        """
        return self._client.call("status.run", {"id": request_id})

    def stop(self, request_id: Id) -> None:
        """Stop a running task or request (source: "Stop the execution of a specified task or request").

        :param request_id: UUID of the task or request.
        """
        self._client.call("status.stop", {"id": request_id})

    def delete_request(self, request_id: Id) -> None:
        """Delete a request with its logs and files; stops it first (source: "Delete request").

        :param request_id: UUID of the request.
        """
        self._client.call("status.delete_request", {"id": request_id})

    def download_scheduled_log(self, run_id: Id) -> Download:
        """Open the log of a task run (source: "Download the scheduled task log file").

        :param run_id: UUID of the run.
        """
        return self._client.stream("status.download_scheduled_log", {"id": run_id})

    def download_scheduled_smtp_log(self, run_id: Id) -> Download:
        """Open the SMTP log of a task run (source: "Download the scheduled task SMTP log file").

        :param run_id: UUID of the run.
        """
        return self._client.stream("status.download_scheduled_smtp_log", {"id": run_id})

    def download_on_demand_log(self, request_id: Id) -> Download:
        """Open the log of a request (source: "Download the on-demand request log").

        :param request_id: UUID of the request.
        """
        return self._client.stream("status.download_on_demand_log", {"id": request_id})

    def download_on_demand_smtp_log(self, request_id: Id) -> Download:
        """Open the SMTP log of a request (source: "Download on-demand request SMTP log file").

        :param request_id: UUID of the request.
        """
        return self._client.stream("status.download_on_demand_smtp_log", {"id": request_id})

    def download_report(self, request_id: Id, *, version: str | None = None) -> str:
        """Return the URI of a generated report (source: "Download report").

        The URI may open the report without a key: keep it out of logs and XComs, or use
        :meth:`download_report_stream`.

        :param request_id: UUID of a completed request.
        :param version: Not explained in the docs.
        :raises QAResponseError: The answer holds no URI.
        """
        answer = self._client.call(
            "status.download_report", {"id": request_id}, params={"version": check.optional_id(version, "version")}
        )
        uri = self._client.dialect.find_uri(answer)
        if uri is None:
            raise QAResponseError(
                f"no URI in the answer; looked for {list(self._client.dialect.uri_fields)}, got {_kind(answer)}",
                vendor="qalyptus",
                operation="status.download_report",
                hint='Set the name in the connection\'s extra: {"qalyptus": {"uri_fields": ["..."]}}, '
                "or take the file itself with status.download_report_stream",
            )
        return uri

    def download_report_stream(self, request_id: Id) -> Download:
        """Open a generated report (source: "Download report as a stream").

        :param request_id: UUID of a completed request.
        """
        return self._client.stream("status.download_report_stream", {"id": request_id})


def _kind(answer: Any) -> str:
    return f"an object with {sorted(answer)}" if isinstance(answer, Mapping) else type(answer).__name__
