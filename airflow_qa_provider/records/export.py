"""A list becomes a file, or nothing."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.compat import storage_conn_id
from airflow_qa_provider.records.cleaning import Cleaner
from airflow_qa_provider.records.encoding import Encoded, encode
from airflow_qa_provider.records.reading import Reading
from airflow_qa_provider.reports.formats import file_format
from airflow_qa_provider.reports.manifest import Manifest
from airflow_qa_provider.reports.staging import Staging, StopSwitch
from airflow_qa_provider.reports.storage import file_info, report_lineage, storage_errors
from airflow_qa_provider.reports.target import Target

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

    from airflow_qa_provider.records.marks import Marks

log = logging.getLogger(__name__)

PAGES_AT_A_TIME = 8
"""Most pages of a list that are asked for at the same time, within the connection's ``requests_per_minute``."""


class RecordsManifest(Manifest):
    """Description of one stored list; plain JSON. ``rows`` is always a number."""

    records: str
    """Name of the list."""
    columns: dict[str, str]
    """Its columns and their types."""
    since: str | None
    """Beginning of the time whose rows it holds, ISO 8601 in UTC; ``None`` for no such bound."""
    until: str | None
    """End of that time, which is not part of it."""
    mark: str | None
    """Where the next partition begins; ``None`` for a list that is read whole."""
    drift: list[dict[str, Any]]
    """What is not as documented: column, change, documented type, found types, how it is kept, first row."""
    left_out: list[str]
    """Names of the secrets that are no columns, or were masked in an address."""
    repeated: int
    """Rows that came twice while the list moved under the reader, and are in the file once."""
    undated: int
    """Rows without a date, which are in each partition."""
    gone: int
    """Objects that were deleted before their rows were read."""
    missing: int
    """Rows that the vendor counts and did not send: the list moved under the reader. A clear reads it again."""


def store_records(
    reading: Reading,
    client: Any,
    target: Target,
    *,
    format: str,
    marks: Marks | None = None,
    skip_empty: bool = False,
    stop: StopSwitch | None = None,
) -> RecordsManifest | None:
    """Read a list into a file, and describe the file.

    The file appears whole, in place of an older one, or not at all, see
    :class:`~airflow_qa_provider.reports.staging.Staging`. Memory is constant.

    :param reading: What is asked for.
    :param client: The vendor's client.
    :param target: The file to write, or a folder.
    :param format: What :func:`~airflow_qa_provider.records.encoding.checked_format` returned.
    :param marks: The times of the partitions, where none is given.
    :param skip_empty: Whether a list without rows makes no file; one that is there already becomes an empty one.
    :param stop: Lets a kill end it.
    :return: The manifest; ``None`` when there is nothing to be stored.
    :raises QAFileError: The storage did not take it.
    :raises QAError: The vendor refused, or could not be reached.
    """
    fmt = file_format(format)
    path = target.file(fmt)
    where = {"vendor": client.vendor, "operation": reading.listing.operation}
    reading = replace(reading, pages_at_a_time=PAGES_AT_A_TIME)
    if marks is not None:
        reading = replace(reading, window=marks.window_of(str(path), datetime.now(timezone.utc)))
    cleaner = Cleaner(reading.listing.secrets)
    with Staging(path, stop=stop or StopSwitch(), where=where, media_type=fmt.media_type) as staging:
        digest = hashlib.sha256()

        def write(chunk: bytes) -> None:
            digest.update(chunk)
            staging.write(chunk)

        zone = reading.listing.zone and reading.listing.zone(client)
        held = encode(format, reading.rows(client), write, reading.listing.columns, cleaner=cleaner, zone=zone)
        staging.complete()
        if held.rows == 0 and skip_empty and _nothing_at(path, where):
            return None
        staging.publish()
    if marks is not None:
        marks.done(str(path))
    report_lineage(path)
    manifest: RecordsManifest = {
        **_described(reading, held, cleaner, path),
        "bytes": staging.written,
        "sha256": digest.hexdigest(),
        "content_type": fmt.media_type,
        "vendor": client.vendor,
    }
    _tell(manifest)
    return manifest


def _described(reading: Reading, held: Encoded, cleaner: Cleaner, path: ObjectStoragePath) -> RecordsManifest:
    since, until = (bound.isoformat() if bound else None for bound in (reading.window.since, reading.window.until))
    return {
        "uri": str(path),
        "conn_id": storage_conn_id(path),
        "name": path.name,
        "bytes": 0,
        "sha256": "",
        "content_type": "",
        "pages": None,
        "rows": held.rows,
        "vendor": "",
        "source": {"records": reading.listing.name, **{name: str(value) for name, value in reading.arguments.items()}},
        "fetched_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "link": None,
        "records": reading.listing.name,
        "columns": held.columns,
        "since": since,
        "until": until,
        "mark": until,
        "drift": held.drift,
        "left_out": sorted(cleaner.left_out),
        "repeated": reading.repeated,
        "undated": reading.undated,
        "gone": reading.gone,
        "missing": reading.missing,
    }


def _tell(manifest: RecordsManifest) -> None:
    name = manifest["records"]
    for one in manifest["drift"]:
        log.warning("%s: %s %s, kept as %s", name, one["change"], one["column"], one["kept_as"])
    if manifest["missing"]:
        log.warning("%s: the vendor counts %s rows more than it has sent", name, manifest["missing"])
    if manifest["left_out"]:
        log.info("Left out or masked, because they are or carry secrets: %s", ", ".join(manifest["left_out"]))
    log.info("Stored %s rows of %s, %s bytes, at %s", manifest["rows"], name, manifest["bytes"], manifest["uri"])


def _nothing_at(path: ObjectStoragePath, where: dict[str, Any]) -> bool:
    with storage_errors("look at", str(path), where):
        return file_info(path.fs, str(path.path)) is None
