"""A report becomes a stored file, or nothing."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.compat import storage_conn_id
from airflow_qa_provider.exceptions import (
    QAConnectionLostError,
    QAFileError,
    QATimeoutError,
    QATransportError,
    QAValidationError,
)
from airflow_qa_provider.reports.checks import NOTHING_STORED, Inspection
from airflow_qa_provider.reports.formats import FileFormat, file_format, format_of_headers
from airflow_qa_provider.reports.hashing import HashingThread
from airflow_qa_provider.reports.manifest import Manifest
from airflow_qa_provider.reports.staging import Staging, StopSwitch
from airflow_qa_provider.reports.storage import file_info, report_lineage, storage_errors
from airflow_qa_provider.reports.target import Target
from airflow_qa_provider.rest.download import CHUNK_BYTES, Download

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

log = logging.getLogger(__name__)

OVERWRITE_POLICIES = ("replace", "keep", "fail")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 15.0


_UNCHANGED = "Unchanged"


class UnchangedFile(Exception):
    """The file that was downloaded is there already, byte for byte."""


def store_report(
    open_download: Callable[[], Download],
    target: Target | str | ObjectStoragePath,
    *,
    vendor: str,
    source: Mapping[str, str],
    expected_format: str | None = None,
    link: str | None = None,
    operation: str | None = None,
    overwrite: str = "replace",
    attempts: int = 3,
    secrets: Iterable[str] = (),
    stop: StopSwitch | None = None,
    only_if_changed: bool = False,
) -> Manifest:
    """Stream a vendor's download into a file, and describe the file.

    The bytes go to a temporary name beside the target (``.{name}.{random}.part``) and are checked on the way. The
    target appears whole, or not at all: whatever goes wrong, the temporary file is removed and an older file stays as
    it was. Memory is constant. A stream that breaks off is read again from its beginning.

    :param open_download: Asks the vendor for the file; called once per attempt.
    :param target: The file to write, or a folder (see :class:`~airflow_qa_provider.reports.target.Target`).
    :param vendor: Vendor in lower case, for the manifest and messages.
    :param source: Ids at the vendor, for the manifest.
    :param expected_format: Such as ``pdf``. By default what the suffix of the target says, or else what the vendor
        announces; a page of HTML or a JSON document is only stored when it was expected.
    :param link: Where a person can see the report at the vendor.
    :param operation: Operation of the client, for messages.
    :param overwrite: What to do about a file that is there already. ``replace`` puts the new file in its place once
        that is complete. ``keep`` takes the old file as the result and downloads nothing; it is checked like a new one.
        ``fail`` raises, also for the file of an earlier try of the same task.
    :param attempts: How often the download is started at most.
    :param secrets: Values that must not be seen in errors.
    :param stop: Lets a kill end the transfer.
    :param only_if_changed: Whether to raise where the file is there already, byte for byte.
    :return: The manifest of the stored file.
    :raises UnchangedFile: The file is there already, and only a changed one is wanted.
    :raises QAValidationError: An argument is wrong; nothing was sent.
    :raises QAFileError: What arrived is not the expected file, or the storage did not take it.
    :raises QAError: The vendor refused, or could not be reached; see :mod:`airflow_qa_provider.exceptions`.
    """
    place = target if isinstance(target, Target) else Target.of(target)
    ids = " ".join(source.values())
    job = _Transfer(
        open_download=open_download,
        place=place,
        expected=file_format(expected_format) if expected_format else place.named_format,
        overwrite=checked_policy(overwrite),
        manifest={"vendor": vendor, "source": dict(source), "link": link},
        where={"vendor": vendor, "operation": operation, "object_id": ids},
        secrets=tuple(secrets),
        stop=stop or StopSwitch(),
        only_if_changed=only_if_changed,
    )
    return job.run(attempts)


def checked_policy(overwrite: str) -> str:
    """Return a policy for files that are there already.

    :param overwrite: ``replace``, ``keep`` or ``fail``.
    :raises QAValidationError: None of these.
    """
    if overwrite not in OVERWRITE_POLICIES:
        policies = ", ".join(OVERWRITE_POLICIES)
        raise QAValidationError(f"overwrite must be one of {policies}, got {overwrite!r}", outcome="Nothing was sent")
    return overwrite


@dataclass
class _Transfer:
    """One report on its way into one file.

    :param broke: The error of a download that broke after it had begun: only this is worth another attempt here. Before
        that the client has tried already.
    """

    open_download: Callable[[], Download]
    place: Target
    expected: FileFormat | None
    overwrite: str
    manifest: dict[str, Any]
    where: dict[str, Any]
    secrets: tuple[str, ...]
    stop: StopSwitch
    only_if_changed: bool = False
    started: float = field(default_factory=time.monotonic)
    broke: QATransportError | None = None

    def run(self, attempts: int) -> Manifest:
        """Look at what is there, then download, again where the stream breaks."""
        import tenacity

        if self.expected is not None:
            kept = self._older(self.place.file(self.expected), self.expected)
            if kept is not None:
                return kept

        def announce(state: tenacity.RetryCallState) -> None:
            broke = state.outcome.exception() if state.outcome else None
            log.warning("%s Trying again from the beginning, try %d of %d", broke, state.attempt_number + 1, attempts)

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda error: error is self.broke),
            stop=tenacity.stop_after_attempt(attempts),
            wait=tenacity.wait_random_exponential(multiplier=_FIRST_PAUSE, max=_LONGEST_PAUSE),
            before_sleep=announce,
            reraise=True,
        )
        try:
            return retrying(self._attempt)
        except QATransportError as error:
            if error is self.broke:
                error.outcome = (
                    f"{NOTHING_STORED}; the download of {self.where['object_id']} broke off {attempts} times"
                )
                error.hint = "A retry of the task starts it again"
            raise

    def _attempt(self) -> Manifest:
        self.stop.check()
        with self.open_download() as download, HashingThread() as digest:
            fmt = self.expected or self._announced_format(download)
            path = self.place.file(fmt)
            if self.expected is None:
                kept = self._older(path, fmt)
                if kept is not None:
                    return kept
            seen = self._inspection(fmt, download.content_type, download.length, digest)
            with Staging(path, stop=self.stop, where=self.where, media_type=fmt.media_type) as staging:
                for chunk in self._chunks(download):
                    seen.feed(chunk)
                    staging.write(chunk)
                seen.finish()
                staging.complete()
                with storage_errors("read back", str(path), self.where):
                    seen.examine(staging.opened)
                count = seen.count(staging.opened)
                verb = self._publish(staging, path, seen)
        if verb == _UNCHANGED and self.only_if_changed:
            raise UnchangedFile(f"{path} has not changed: {seen.size:,} bytes, sha256 {seen.sha256}")
        report_lineage(path)
        return self._described(verb, path, seen, count, datetime.now(timezone.utc))

    def _chunks(self, download: Download) -> Iterator[bytes]:
        try:
            yield from download.chunks(CHUNK_BYTES)
        except (QAConnectionLostError, QATimeoutError) as error:
            self.broke = error
            raise

    def _publish(self, staging: Staging, path: ObjectStoragePath, seen: Inspection) -> str:
        with storage_errors("look at", str(path), self.where):
            older = file_info(path.fs, str(path.path))
            if older is not None and self.overwrite != "replace":
                raise self._exists(path, "It appeared while the report was downloaded: another run has written here")
            if older is not None and older.get("size") == seen.size and _sha256(path) == seen.sha256:
                return _UNCHANGED
        staging.publish()
        return "Stored"

    def _older(self, path: ObjectStoragePath, fmt: FileFormat) -> Manifest | None:
        """Return the manifest of an older file that is to be kept."""
        if self.overwrite == "replace":
            return None
        with storage_errors("look at", str(path), self.where):
            info = file_info(path.fs, str(path.path))
        if info is None:
            return None
        if self.overwrite == "fail":
            raise self._exists(path, "Nothing was downloaded")
        seen = self._inspection(fmt, fmt.media_type, info.get("size"))
        try:
            with storage_errors("read", str(path), self.where):
                for chunk in _content(path):
                    seen.feed(chunk)
                seen.finish()
                seen.examine(lambda: path.fs.open(str(path.path), "rb"))
        except QAFileError as error:
            error.hint = f'{path} was there already: remove it, or set overwrite="replace"'
            raise
        count = seen.count(lambda: path.fs.open(str(path.path), "rb"))
        return self._described("Kept", path, seen, count, _modified(path))

    def _inspection(
        self, fmt: FileFormat, content_type: str, length: int | None, digest: HashingThread | None = None
    ) -> Inspection:
        return Inspection(
            fmt,
            content_type=content_type,
            announced=length,
            where=self.where,
            secrets=self.secrets,
            digest=digest,
        )

    def _announced_format(self, download: Download) -> FileFormat:
        found = format_of_headers(download.content_type, download.file_name)
        if found is not None and found.name not in ("html", "json"):
            return found
        kind = download.content_type or "no media type"
        name = f" and the name {download.file_name!r}" if download.file_name else ""
        raise QAFileError(
            f"the vendor announced {kind}{name}, which does not tell whether it is the report",
            outcome=NOTHING_STORED,
            hint="Name the format that is expected, or end the target with its suffix",
            **self.where,
        )

    def _exists(self, path: ObjectStoragePath, outcome: str) -> QAFileError:
        return QAFileError(
            f"{path} is there already, and overwrite is {self.overwrite!r}",
            outcome=f"{outcome}; the file is untouched",
            hint="Another run, or an earlier attempt of this one, has written here: put the run into the target, for "
            'example {{ run_id }}, or set overwrite="replace" or "keep". A retry will fail the same way',
            **self.where,
        )

    def _described(
        self, verb: str, path: ObjectStoragePath, seen: Inspection, count: int | None, at: datetime
    ) -> Manifest:
        seconds = time.monotonic() - self.started
        facts = f"{seen.size:,} bytes, sha256 {seen.sha256}, {seconds:.1f} s"
        log.info("%s %s: %s, at %s", verb, path.name, facts, path)
        return {
            "uri": str(path),
            "conn_id": storage_conn_id(path),
            "name": path.name,
            "bytes": seen.size,
            "sha256": seen.sha256,
            "content_type": seen.expected.media_type,
            "pages": count if seen.expected.name == "pdf" else None,
            "rows": None if seen.expected.name == "pdf" else count,
            **self.manifest,  # type: ignore[typeddict-item]
            "fetched_at": at.isoformat(timespec="seconds"),
        }


def _content(path: ObjectStoragePath) -> Iterator[bytes]:
    with path.fs.open(str(path.path), "rb") as file:
        yield from iter(lambda: file.read(CHUNK_BYTES), b"")


def _sha256(path: ObjectStoragePath) -> str:
    digest = hashlib.sha256()
    for chunk in _content(path):
        digest.update(chunk)
    return digest.hexdigest()


def _modified(path: ObjectStoragePath) -> datetime:
    try:
        at: datetime = path.fs.modified(str(path.path))
    except Exception:  # the time is a convenience, and file systems raise what they like
        at = datetime.now(timezone.utc)
    return at if at.tzinfo else at.replace(tzinfo=timezone.utc)
