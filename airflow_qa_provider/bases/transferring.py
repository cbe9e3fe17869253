"""The base of transfers: a file of a vendor into object storage, and a kill that leaves nothing behind.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.compat.sdk import AirflowSkipException, BaseOperator, BaseOperatorLink
from typing_extensions import override

from airflow_qa_provider.bases.link import ShowingFile, StoredFileLink
from airflow_qa_provider.bases.task import KindTask, one_execution

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

    from airflow_qa_provider.exceptions import QAValidationError
    from airflow_qa_provider.kinds.files import RemoteFile
    from airflow_qa_provider.reports.manifest import Manifest
    from airflow_qa_provider.reports.staging import StopSwitch
    from airflow_qa_provider.reports.target import Target


class StoringTask(ShowingFile, KindTask):
    """Mixin for operators that store a file of a vendor.

    :cvar file: Name of the file among those of the kind.
    """

    tells: ClassVar[tuple[str, ...]] = ("uri",)
    returns = "manifest of the file"
    file: ClassVar[str] = "report"
    target: str | ObjectStoragePath
    overwrite: str
    awaited_link: str | None = None
    _stop: StopSwitch | None = None

    def store_file(self, arguments: Mapping[str, Any], name: str | None, *, only_if_changed: bool = False) -> Manifest:
        """Download, check and store a file.

        :param arguments: What is asked for, by name.
        :param name: Name of the file in a folder; ``None`` for its own.
        :param only_if_changed: Whether to raise where the file is there already, byte for byte.
        :raises UnchangedFile: It is, and only a changed one is wanted.
        :raises QAError: It cannot be fetched, is not what it should be, or cannot be stored.
        """
        from airflow_qa_provider.vendors import kind_of

        file, name = kind_of(self.kind).file(self.file, arguments), self._read_name(name)
        has_fields = name is not None and file.asks_for_facts(name)
        target = self._target(name or file.stem)
        with self.connected() as opened:
            return self._fetched(file, opened.client, target, name, has_fields, only_if_changed)

    def store_files(
        self, arguments: Mapping[str, Any], name: str | None, *, only_if_changed: bool = False
    ) -> list[Manifest]:
        """Download, check and store the files of an object that has several; return those that were wanted.

        :param arguments: What is asked for, by name.
        :param name: Name of each file in the folder, made of its fields; ``None`` for its own.
        :param only_if_changed: Whether to leave out those that are there already, byte for byte.
        :raises QAValidationError: The target is no folder, or the name would be the same for all.
        :raises QAError: One of them cannot be fetched, is not what it should be, or cannot be stored.
        """
        from airflow_qa_provider.reports.store import UnchangedFile
        from airflow_qa_provider.vendors import kind_of

        file, name = kind_of(self.kind).file(self.file, arguments), self._read_name(name)
        has_fields = name is not None and file.asks_for_facts(name)
        target = self._target(name or file.stem)
        if target.stem is None:
            raise self._several("target must be a folder", 'End it with "/"')
        fields = [f"{{{one}}}" for one in file.part_fields]
        if name and not any(one in name for one in fields):
            raise self._several(f"name {name!r} would be the same for all", f"Put {' or '.join(fields)} into it")
        stored = []
        with self.connected() as opened:
            for part in file.parts(opened.client):
                with suppress(UnchangedFile):
                    stored.append(self._fetched(part, opened.client, target, name, has_fields, only_if_changed))
        return stored

    def _fetched(
        self, file: RemoteFile, client: Any, target: Target, name: str | None, has_fields: bool, only_if_changed: bool
    ) -> Manifest:
        file = file.described(client, name=target.stem is not None and (has_fields or not name))
        self._mask(file.secrets)
        target = self._target(file.named(name) if name else file.stem)
        self.awaited_link = file.link or self.awaited_link  # the links show both
        manifest = self._store(file, client, target, only_if_changed)
        with self.connected() as opened:
            self.show_file(opened, manifest["uri"])
        return manifest

    def _several(self, problem: str, hint: str) -> QAValidationError:
        from airflow_qa_provider.exceptions import QAValidationError

        return QAValidationError(
            f"{problem}, for there may be several files", vendor=self.vendor, outcome="Nothing was sent", hint=hint
        )

    def _read_name(self, name: object) -> str | None:
        from airflow_qa_provider.rest.fields import Fields, is_given

        return Fields(self.vendor).text(name, "name") if is_given(name) else None

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
        from airflow_qa_provider.reports.storage import given_conn_id
        from airflow_qa_provider.reports.store import checked_policy
        from airflow_qa_provider.reports.target import Target

        checked_policy(self.overwrite)
        conn_id = given_conn_id(self.object_storage_conn_id)
        with self.connected() as opened:
            target = opened.below_folder(self.target, conn_id)
        return Target.of(target, conn_id, stem)

    def _store(self, file: RemoteFile, client: Any, target: Target, only_if_changed: bool) -> Manifest:
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
                only_if_changed=only_if_changed,
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
    :param name: Name of the file in a folder, where it has one of its own by default; the suffix is added where it is
        missing. Fields of the object stand in it in single braces, such as ``"{name} {date}"``; each operator says
        which there are. (templated)
    :param object_storage_conn_id: Airflow connection of the object storage; may also stand in the target,
        ``s3://conn_id@bucket/...``. (templated)
    :param overwrite: What to do about a file that is there already: ``replace`` it once the new one is complete,
        ``keep`` it as the result and download nothing, or ``fail``. (templated)
    :param only_if_changed: Whether the task ends as skipped when the file is there already, byte for byte, so that
        nobody gets it twice. (templated)

    :cvar payload_fields: Names of the attributes that say what is asked for.
    """

    payload_fields: ClassVar[tuple[str, ...]]
    template_fields: Sequence[str] = ("target", "name", "object_storage_conn_id", "overwrite", "only_if_changed")
    operator_extra_links: Collection[BaseOperatorLink] = (StoredFileLink(),)

    def __init__(
        self,
        *,
        target: str | ObjectStoragePath,
        name: str | None = None,
        object_storage_conn_id: str | None = None,
        overwrite: str = "replace",
        only_if_changed: bool | str = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.target = target
        self.name = name
        self.object_storage_conn_id = object_storage_conn_id
        self.overwrite = overwrite
        self.only_if_changed = only_if_changed

    @one_execution
    def execute(self, context: Any) -> Any:
        """Download, check and store the file.

        :param context: Airflow's task context.
        :raises AirflowSkipException: It has not changed, and only a changed one is wanted.
        """
        from airflow_qa_provider.reports.store import UnchangedFile

        only_if_changed = self._wants_changed_only()
        try:
            stored = self.store_file(self.values_of(self.payload_fields), self.name, only_if_changed=only_if_changed)
        except UnchangedFile as unchanged:
            raise AirflowSkipException(str(unchanged)) from None
        self.tell(context, {"uri": stored["uri"]})
        return stored

    def _wants_changed_only(self) -> bool:
        from airflow_qa_provider.rest.fields import Fields

        return Fields(self.vendor).flag(self.only_if_changed, "only_if_changed")

    def on_kill(self) -> None:
        """Remove the temporary file."""
        self.stop_storing()


class FilesToObjectStorageOperator(ReportToObjectStorageOperator):
    """Streams all files of one object into a folder, each checked, and returns the list of their manifests.

    Each appears whole or not at all. Those that were stored before one failed stay; a retry fetches all again.

    :param target: Folder, with ``/`` at its end. (templated)
    :param name: Name of each file, made of its fields, such as ``"{audit_id}-{number}"``. (templated)
    :param only_if_changed: Whether to return only those that were not there already, byte for byte, and to end as
        skipped when there are none. (templated)
    :param kwargs: See :class:`ReportToObjectStorageOperator`.
    """

    tells = ()
    returns = "manifests of the files"

    @one_execution
    @override
    def execute(self, context: Any) -> Any:
        changed = self._wants_changed_only()
        stored = self.store_files(self.values_of(self.payload_fields), self.name, only_if_changed=changed)
        if changed and not stored:
            raise AirflowSkipException("None of the files has changed, or there are none")
        return stored
