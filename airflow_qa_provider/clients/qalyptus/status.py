"""Status of Qalyptus Cloud: what runs, what ran, and the files that came out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_qa_provider.clients.base import Resource
from airflow_qa_provider.clients.download import Download

if TYPE_CHECKING:
    from airflow_qa_provider.clients.qalyptus.client import QalyptusClient


class Status(Resource):
    """Runs of scheduled tasks, and on-demand requests.

    The docs show no response samples; the fields of the records are read through the client's dialect.
    """

    _client: QalyptusClient

    def list_scheduled(self) -> list[dict[str, Any]]:
        """Return the runs of scheduled tasks (source: "Get scheduled task status list")."""
        return list(self._client.call("status.list_scheduled") or [])

    def get_scheduled(self, run_id: str) -> dict[str, Any]:
        """Return one run of a scheduled task (source: "Get scheduled task status").

        :param run_id: UUID of the run.
        :raises QANotFoundError: There is no such run.
        """
        return dict(self._client.call("status.get_scheduled", {"id": run_id}) or {})

    def list_on_demand(self) -> list[dict[str, Any]]:
        """Return the on-demand requests (source: "Get on-demand requests status")."""
        return list(self._client.call("status.list_on_demand") or [])

    def get_on_demand(self, request_id: str) -> dict[str, Any]:
        """Return one on-demand request (source: "Get on-demand request status").

        :param request_id: UUID of the request.
        :raises QANotFoundError: There is no such request.
        """
        return dict(self._client.call("status.get_on_demand", {"id": request_id}) or {})

    def run(self, request_id: str) -> Any:
        """Run a task or request again (source: "Runs a specified task or report").

        :param request_id: UUID of the scheduled task, on-demand report or on-demand task.
        :return: What the vendor answers; not documented.
        """
        return self._client.call("status.run", {"id": request_id})

    def stop(self, request_id: str) -> None:
        """Stop a running task or request (source: "Stop the execution of a specified task or request").

        :param request_id: UUID of the task or request.
        """
        self._client.call("status.stop", {"id": request_id})

    def delete_request(self, request_id: str) -> None:
        """Delete a request with its logs and files; stops it first (source: "Delete request").

        :param request_id: UUID of the request.
        """
        self._client.call("status.delete_request", {"id": request_id})

    def download_scheduled_log(self, run_id: str) -> Download:
        """Open the log of a task run (source: "Download the scheduled task log file").

        :param run_id: UUID of the run.
        """
        return self._client.stream("status.download_scheduled_log", {"id": run_id})

    def download_scheduled_smtp_log(self, run_id: str) -> Download:
        """Open the SMTP log of a task run (source: "Download the scheduled task SMTP log file").

        :param run_id: UUID of the run.
        """
        return self._client.stream("status.download_scheduled_smtp_log", {"id": run_id})

    def download_on_demand_log(self, request_id: str) -> Download:
        """Open the log of a request (source: "Download the on-demand request log").

        :param request_id: UUID of the request.
        """
        return self._client.stream("status.download_on_demand_log", {"id": request_id})

    def download_on_demand_smtp_log(self, request_id: str) -> Download:
        """Open the SMTP log of a request (source: "Download on-demand request SMTP log file").

        :param request_id: UUID of the request.
        """
        return self._client.stream("status.download_on_demand_smtp_log", {"id": request_id})

    def download_report(self, request_id: str, *, version: str | None = None) -> str:
        """Return the URI of a generated report (source: "Download report").

        :param request_id: UUID of the request.
        :param version: Not explained in the docs.
        """
        return str(self._client.call("status.download_report", {"id": request_id}, params={"version": version}))

    def download_report_stream(self, request_id: str) -> Download:
        """Open a generated report (source: "Download report as a stream").

        :param request_id: UUID of a completed request.
        """
        return self._client.stream("status.download_report_stream", {"id": request_id})
