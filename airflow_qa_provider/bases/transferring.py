"""The base of transfers: a file of a vendor into object storage, and a kill that leaves nothing behind.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.compat.sdk import BaseOperator

from airflow_qa_provider.bases.retrying import fail_now
from airflow_qa_provider.bases.task import KindTask

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

    from airflow_qa_provider.kinds.files import RemoteFile
    from airflow_qa_provider.reports.manifest import Manifest
    from airflow_qa_provider.reports.staging import StopSwitch
    from airflow_qa_provider.reports.target import Target


class StoringTask(KindTask):
    """Mixin for operators that store a file of a vendor.

    :cvar file: Name of the file among those of the kind.
    """

    file: ClassVar[str] = "report"
    target: str | ObjectStoragePath
    object_storage_conn_id: str | None
    overwrite: str
    _stop: StopSwitch | None = None

    def store_file(self, arguments: Mapping[str, Any], name: str | None) -> Manifest:
        """Download, check and store a file.

        :param arguments: What is asked for, by name.
        :param name: Name of the file in a folder; ``None`` for its own.
        :raises QAError: It cannot be fetched, is not what it should be, or cannot be stored.
        """
        from airflow_qa_provider.bases.preview import connected
        from airflow_qa_provider.vendors import kind_of

        file = kind_of(self.kind).file(self.file, arguments)
        target = self._target(name or file.stem)
        with connected(self.vendor, self.conn_id) as client:
            file = file.described(client, name=target.stem is not None and not name)
            self._mask(file.secrets)
            return self._store(file, client, self._target(name or file.stem))

    def stop_storing(self) -> None:
        """Remove the temporary file: Airflow lets the task run on after SIGTERM, until SIGKILL ends it."""
        if self._stop is not None:
            self._stop.pull()

    def _mask(self, secrets: tuple[str, ...]) -> None:
        from airflow.sdk.log import mask_secret

        for secret in secrets:
            # the library that sends requests logs their URLs where its level is DEBUG
            mask_secret(secret)

    def _target(self, stem: str) -> Target:
        from airflow_qa_provider.reports.store import checked_policy
        from airflow_qa_provider.reports.target import Target
        from airflow_qa_provider.vendors.connect import below_folder

        checked_policy(self.overwrite)
        target = below_folder(self.target, self.vendor, self.conn_id, self.object_storage_conn_id)
        return Target.of(target, self.object_storage_conn_id, stem)

    def _store(self, file: RemoteFile, client: Any, target: Target) -> Manifest:
        from airflow_qa_provider.exceptions import QAError
        from airflow_qa_provider.reports.staging import StopSwitch
        from airflow_qa_provider.reports.store import store_report

        self._stop = StopSwitch()
        try:
            return store_report(
                lambda: file.open(client),
                target,
                vendor=client.vendor,
                source=file.source,
                expected_format=file.format,
                link=file.link,
                operation=file.operation,
                overwrite=self.overwrite,
                secrets=[client.settings.token, *file.secrets],
                stop=self._stop,
            )
        except QAError as error:
            raise file.explained(error) from None


class ReportToObjectStorageOperator(StoringTask, BaseOperator):
    """Streams a file of a vendor into object storage, checks it, and returns its manifest.

    The file appears whole or not at all; see :func:`~airflow_qa_provider.reports.store.store_report`.

    :param target: File to write, as ``ObjectStoragePath`` reads it: a path, or a URI such as
        ``s3://bucket/reports/audit.pdf``. A relative one, such as ``{{ qa.day }}/``, lies below the ``folder`` in the
        extra of the storage's connection, or else of the vendor's. A text with ``/`` at its end is a folder, in which
        the file gets a name of its own; a path object drops that ``/`` and so always names a file. (templated)
    :param name: Name of the file in a folder, made of ids by default; the suffix is added where it is missing.
        (templated)
    :param object_storage_conn_id: Airflow connection of the object storage; may also stand in the target,
        ``s3://conn_id@bucket/...``. (templated)
    :param overwrite: What to do about a file that is there already: ``replace`` it once the new one is complete,
        ``keep`` it as the result and download nothing, or ``fail``. (templated)

    :cvar payload_fields: Names of the attributes that say what is asked for.
    """

    payload_fields: ClassVar[tuple[str, ...]]

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

    @fail_now
    def execute(self, context: Any) -> Manifest:
        """Download, check and store the file.

        :param context: Airflow's task context.
        """
        return self.store_file(self.values_of(self.payload_fields), self.name)

    def on_kill(self) -> None:
        """Remove the temporary file."""
        self.stop_storing()
