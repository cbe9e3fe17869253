"""The base of operators that bring a report: ask for it, wait for it, store it.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.compat.sdk import BaseOperatorLink
from typing_extensions import override

from airflow_qa_provider.bases.jobs import RemoteJobOperator
from airflow_qa_provider.bases.link import StoredFileLink
from airflow_qa_provider.bases.transferring import StoringTask

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

    from airflow_qa_provider.waiting.decisions import Finished, GaveUp
    from airflow_qa_provider.waiting.verdict import EndTask


class RemoteReportOperator(StoringTask, RemoteJobOperator):
    """Creates something at a vendor, once, waits until it has ended, and stores its file.

    Returns the manifest of the file, with what the vendor says of the object under ``facts``. A retry goes on where the
    attempt before it stopped: with the object, the wait, or the file.

    :param target: File to write, or folder with ``/`` at its end. A relative one lies below the ``folder`` in the extra
        of the storage's connection, or else of the vendor's. (templated)
    :param file_name: Name of the file in a folder; the suffix is added where it is missing. (templated)
    :param object_storage_conn_id: Airflow connection of the object storage. (templated)
    :param overwrite: What to do about a file that is there already: ``replace`` it once the new one is complete,
        ``keep`` it as the result and download nothing, or ``fail``. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.jobs.RemoteJobOperator`.

    :cvar id_field: What the file calls the object's id.
    :cvar report_fields: Names of the attributes that say which file is meant.
    """

    tells = (*RemoteJobOperator.tells, *StoringTask.tells)
    id_field: ClassVar[str]
    report_fields: ClassVar[tuple[str, ...]] = ()
    operator_extra_links: Collection[BaseOperatorLink] = (StoredFileLink(),)

    def __init__(
        self,
        *,
        target: str | ObjectStoragePath,
        file_name: str | None = None,
        object_storage_conn_id: str | None = None,
        overwrite: str = "replace",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.target = target
        self.file_name = file_name
        self.object_storage_conn_id = object_storage_conn_id
        self.overwrite = overwrite

    @override
    def conclude(self, context: Any, outcome: Finished | GaveUp, object_id: str) -> Any:
        from airflow_qa_provider.rest.fields import is_given
        from airflow_qa_provider.waiting.decisions import Finished

        super().conclude(context, outcome, object_id)
        arguments = {**self.values_of(self.report_fields), self.id_field: object_id}
        manifest = self.store_file(arguments, self.file_name if is_given(self.file_name) else self.default_name())
        self.tell(context, {"uri": manifest["uri"]})
        facts = dict(outcome.snapshot.detail) if isinstance(outcome, Finished) else {}
        return {**manifest, "facts": facts}

    def default_name(self) -> str | None:
        """Return the name of the file in a folder where the author gives none; ``None`` for the file's own."""
        return None

    @override
    def on_kill(self) -> None:
        self.stop_storing()
        super().on_kill()

    def _left_to_trigger(self) -> EndTask | None:
        # a triggerer stores no files
        return None
