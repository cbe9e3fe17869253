"""What the transfers share: the target, the policies, and a kill that leaves nothing behind.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import BaseOperator

from airflow_qa_provider.bases.retrying import RetryingTask

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

    from airflow_qa_provider.reports.manifest import Manifest
    from airflow_qa_provider.reports.staging import StopSwitch
    from airflow_qa_provider.reports.target import Target
    from airflow_qa_provider.rest.client import VendorClient
    from airflow_qa_provider.rest.download import Download


class ReportToObjectStorageOperator(RetryingTask, BaseOperator):
    """Base of the transfers: streams a report into a file, checks it, and returns its manifest.

    The file appears whole or not at all; see :func:`~airflow_qa_provider.reports.store.store_report`.

    :param target: File to write, as ``ObjectStoragePath`` reads it: a path, or a URI such as
        ``s3://bucket/reports/audit.pdf``. A text with ``/`` at its end is a folder, in which the file gets a name of
        its own; a path object drops that ``/`` and so always names a file.
    :param name: Name of the file in a folder, made of ids by default; the suffix is added where it is missing.
    :param object_storage_conn_id: Airflow connection of the object storage; may also stand in the target,
        ``s3://conn_id@bucket/...``.
    :param overwrite: What to do about a file that is there already: ``replace`` it once the new one is complete,
        ``keep`` it as the result and download nothing, or ``fail``.
    """

    vendor: str
    _stop: StopSwitch | None = None

    def __init__(
        self,
        *,
        target: str | ObjectStoragePath,
        name: str | None = None,
        object_storage_conn_id: str | None = None,
        overwrite: str = "replace",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.target = target
        self.name = name
        self.object_storage_conn_id = object_storage_conn_id
        self.overwrite = overwrite

    def on_kill(self) -> None:
        """Remove the temporary file: Airflow lets the task run on after SIGTERM, until SIGKILL ends it."""
        if self._stop is not None:
            self._stop.pull()

    def target_for(self, stem: str) -> Target:
        """Return where the report goes, once target and policy are found good.

        :param stem: File name without suffix, for a folder, when the author named none.
        :raises QAValidationError: They are not.
        """
        from airflow_qa_provider.reports.store import checked_policy
        from airflow_qa_provider.reports.target import Target

        checked_policy(self.overwrite)
        return Target.of(self.target, self.object_storage_conn_id, self.name or stem)

    def store(
        self, open_download: Callable[[], Download], client: VendorClient, target: Target, **facts: Any
    ) -> Manifest:
        """Store a report.

        :param open_download: Asks the vendor for it.
        :param client: The vendor's client.
        :param target: Where it goes.
        :param facts: See :func:`~airflow_qa_provider.reports.store.store_report`.
        """
        from airflow_qa_provider.reports.staging import StopSwitch
        from airflow_qa_provider.reports.store import store_report

        self._stop = StopSwitch()
        return store_report(
            open_download,
            target,
            vendor=client.vendor,
            overwrite=self.overwrite,
            secrets=[client.settings.token],
            stop=self._stop,
            **facts,
        )
