"""The base of operators that store a list of a vendor, and what it shares with those that return one.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from airflow.providers.common.compat.sdk import BaseOperator

from airflow_qa_provider.bases.link import ShowingFile, StoredFileLink
from airflow_qa_provider.bases.task import VendorTask, one_execution

if TYPE_CHECKING:
    from datetime import datetime

    from airflow.providers.common.compat.sdk import BaseOperatorLink
    from airflow.sdk import ObjectStoragePath

    from airflow_qa_provider.records.export import RecordsManifest
    from airflow_qa_provider.records.marks import Marks
    from airflow_qa_provider.records.reading import Reading
    from airflow_qa_provider.reports.staging import StopSwitch
    from airflow_qa_provider.reports.target import Target


class ReadingTask(VendorTask):
    """Mixin for operators that read a list.

    :cvar scope_fields: Names of the attributes that say which list it is, such as a project.
    :cvar connection_fields: Those that the connection's extra names where they are not given.
    """

    scope_fields: ClassVar[tuple[str, ...]] = ()
    connection_fields: ClassVar[tuple[str, ...]] = ()

    def reading(
        self,
        records: str,
        filters: object,
        window: tuple[object, object] = (None, None),
        named: Mapping[str, Any] | None = None,
    ) -> Reading:
        """Return what is asked for, checked.

        :param records: Name of the list.
        :param filters: Names of filters to values.
        :param window: Beginning and end of the time.
        :param named: The same as ``filters``, of arguments that have the names of filters; these go first.
        :raises QAValidationError: There is no such list, or one of the arguments cannot be; the message names it.
        """
        from airflow_qa_provider.kinds.given import Given
        from airflow_qa_provider.records.reading import Reading
        from airflow_qa_provider.vendors import vendor_named

        vendor = vendor_named(self.vendor)
        listing = vendor.listing(str(records).strip())
        scope = {name: getattr(self, name) for name in self.scope_fields if name in listing.scope}
        defaults = [name for name in self.connection_fields if name in scope]
        with self.connected() as opened:
            given = Given(opened.with_defaults(scope, defaults), self.vendor)
        return Reading.of(listing, vendor.listing, given, filters, window, named or {})


class RecordsToObjectStorageOperator(ShowingFile, ReadingTask, BaseOperator):
    """Reads a list of a vendor into a file: JSON lines, CSV or Parquet.

    The file appears whole, in place of an older one, or not at all: a retry or a clear writes it anew, and nothing is
    there twice. A list without rows makes an empty file. Memory does not grow with the list. Secrets are no columns.

    Which rows there are is said by ``since`` and ``until``, such as the data interval of the run; or by a ``mark``, a
    file that keeps which time each partition holds. Without any of them the list is read whole, and lists whose rows
    show no date of their change can only be read so; the page on records says which.

    Returns a :class:`~airflow_qa_provider.records.export.RecordsManifest`: ``uri``, ``rows``, ``columns``, ``sha256``,
    ``since``, ``until``, ``mark``, ``drift`` and more. The events of the task's outlets carry the same.

    :param records: Name of the list, such as ``issues``. (templated)
    :param target: File to write, or a folder with ``/`` at its end, in which the file is named after the list. A
        relative one lies below the ``folder`` of the connection, see
        :class:`~airflow_qa_provider.bases.transferring.ReportToObjectStorageOperator`. (templated)
    :param format: ``jsonl``, ``csv`` or ``parquet`` (with the extra ``parquet``); by default what the target's suffix
        says, or else ``jsonl``. (templated)
    :param since: Only rows that have changed at or after this moment, such as ``{{ data_interval_start }}``.
        (templated)
    :param until: Only rows that have changed before this moment, such as ``{{ data_interval_end }}``. (templated)
    :param mark: File that keeps the times of the partitions, for runs without a data interval: each partition begins
        where the latest one ends. One file for each list; not together with ``since`` and ``until``. (templated)
    :param filters: Names of the list's filters to values; a text is read as JSON. (templated)
    :param empty: What becomes of a list without rows: an empty file (``write``), or a skipped task (``skip``).
    :param object_storage_conn_id: Airflow connection of the object storage. (templated)
    """

    template_fields: Sequence[str] = (
        "records",
        "target",
        "format",
        "since",
        "until",
        "mark",
        "filters",
        "object_storage_conn_id",
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"filters": "json"}
    tells = ("uri", "mark")
    returns = "manifest of the file"
    operator_extra_links: Collection[BaseOperatorLink] = (StoredFileLink(),)
    _stop: StopSwitch | None = None

    def __init__(
        self,
        *,
        records: str,
        target: str | ObjectStoragePath,
        format: str | None = None,
        since: str | datetime | None = None,
        until: str | datetime | None = None,
        mark: str | ObjectStoragePath | None = None,
        filters: Mapping[str, Any] | str | None = None,
        empty: Literal["write", "skip"] = "write",
        object_storage_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.records = records
        self.target = target
        self.format = format
        self.since = since
        self.until = until
        self.mark = mark
        self.filters = filters
        self.empty = empty
        self.object_storage_conn_id = object_storage_conn_id

    @one_execution
    def execute(self, context: Any) -> RecordsManifest:
        """Read the list, and store it.

        :param context: Airflow's task context.
        """
        from airflow.providers.common.compat.sdk import AirflowSkipException

        from airflow_qa_provider.records.export import store_records
        from airflow_qa_provider.reports.staging import StopSwitch

        skip_empty = self._skips_empty()
        reading = self.reading(self.records, self.filters, (self.since, self.until))
        target, format_ = self._place(reading.listing.name)
        self._stop = StopSwitch()
        marks = self._marks(reading)
        with self.connected() as opened:
            manifest = store_records(
                reading,
                opened.client,
                target,
                format=format_,
                marks=marks,
                skip_empty=skip_empty,
                stop=self._stop,
            )
            if manifest is not None:
                self.show_file(opened, manifest["uri"])
        if manifest is None:
            raise AirflowSkipException(f"{reading.listing.name} has no rows, and nothing was stored")
        self.tell(context, {"uri": manifest["uri"], "mark": manifest["mark"]})
        self._tell_outlets(context, manifest)
        return manifest

    def on_kill(self) -> None:
        """Remove the temporary file: Airflow lets the task run on after SIGTERM, until SIGKILL ends it."""
        if self._stop is not None:
            self._stop.pull()

    def _skips_empty(self) -> bool:
        from airflow_qa_provider.kinds.given import Given

        return Given({"empty": self.empty}, self.vendor).choice("empty", ("write", "skip")) == "skip"

    def _place(self, name: str) -> tuple[Target, str]:
        from airflow_qa_provider.records.encoding import FORMATS, checked_format
        from airflow_qa_provider.rest.fields import is_given

        given = checked_format(self.format) if is_given(self.format) else None
        target = self._target(self.target, name)
        named = target.named_format
        return target, given or checked_format(named.name if named and named.name in FORMATS else FORMATS[0])

    def _target(self, place: str | ObjectStoragePath, stem: str = "") -> Target:
        from airflow_qa_provider.reports.storage import given_conn_id
        from airflow_qa_provider.reports.target import Target

        conn_id = given_conn_id(self.object_storage_conn_id)
        with self.connected() as opened:
            below = opened.below_folder(place, conn_id)
        return Target.of(below, conn_id, stem)

    def _marks(self, reading: Reading) -> Marks | None:
        from airflow_qa_provider.exceptions import QAValidationError
        from airflow_qa_provider.records.marks import Marks

        if self.mark is None:
            return None
        if reading.window:
            raise QAValidationError(
                "mark and since or until are both given: a mark says itself where a partition begins and ends",
                vendor=self.vendor,
                outcome="Nothing was sent",
            )
        reading.refuse_undated()
        about = " ".join([self.vendor, reading.listing.name, *map(str, reading.arguments.values())])
        place = self._target(self.mark)
        if place.stem is not None:
            raise QAValidationError(
                f"mark {self.mark!s} is a folder: name the file", vendor=self.vendor, outcome="Nothing was sent"
            )
        return Marks(place.path, about, {"vendor": self.vendor})

    def _tell_outlets(self, context: Any, manifest: RecordsManifest) -> None:
        events = context.get("outlet_events")
        for outlet in self.outlets if events is not None else ():
            events[outlet].extra.update(manifest)
