"""Stored reports brought next to the task, and checked to be the files that were fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from airflow_qa_provider.delivery.attachments import Item, human_size
from airflow_qa_provider.delivery.recipients import NOTHING_SENT
from airflow_qa_provider.exceptions import QAFileError
from airflow_qa_provider.reports.storage import open_path, report_lineage, storage_errors
from airflow_qa_provider.rest.redaction import redact

_CHUNK_BYTES = 1024 * 1024
_READ_AGAIN = (
    "A retry reads the file again. If it was moved or removed on purpose, clear the task that fetched it; a path of a "
    "worker exists on that worker only"
)
_COPIED_AGAIN = "That is the worker's folder for temporary files (TMPDIR). A retry copies the file again"


def stage(items: Sequence[Item], folder: Path) -> dict[str, Path]:
    """Check every report against its manifest and copy those that are attached.

    Files are read in chunks. A linked report is read as well, for the mail vouches for its checksum, but not kept.

    :param items: The reports.
    :param folder: Where the copies go.
    :return: The copies by the item's name.
    :raises QAFileError: A file is gone, cannot be read, or is not the one that was fetched.
    :raises QAConfigurationError: The connection of the storage is gone.
    """
    copies: dict[str, Path] = {}
    for number, item in enumerate(items):
        # the item's name may be longer than a file system takes
        copy = folder / f"{number:04d}" if item.attached else None
        _check(item, copy)
        if copy is not None:
            copies[item.name] = copy
    return copies


def _check(item: Item, copy: Path | None) -> None:
    manifest = item.manifest
    digest, size = hashlib.sha256(), 0
    shown = f"the stored report {item.name} at {manifest['uri']}"
    with storage_errors("read", shown, {"operation": "delivery"}, outcome=NOTHING_SENT, again=_READ_AGAIN):
        path = open_path(manifest["uri"], manifest["conn_id"])
        # the file system itself, for an ObjectStoragePath reports lineage for every chunk
        with path.fs.open(str(path.path), "rb") as stored, _kept(copy) as keep:
            while chunk := stored.read(_CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                keep(chunk)
    if size != manifest["bytes"]:
        raise _changed(item, f"has {size:,} bytes ({human_size(size)}) and had {manifest['bytes']:,}")
    if digest.hexdigest() != manifest["sha256"].lower():
        raise _changed(item, f"has SHA-256 {digest.hexdigest()} and had {manifest['sha256']}")
    report_lineage(path, read=True)


@contextmanager
def _kept(copy: Path | None) -> Iterator[Callable[[bytes], None]]:
    """Give a function that takes the chunks of a file; it writes the copy, where there is to be one."""
    if copy is None:
        yield lambda chunk: None
        return

    def errors() -> AbstractContextManager[None]:
        # the copy's own, so that they are not taken for those of the storage that is read
        facts = {"operation": "delivery"}
        return storage_errors("write", f"a copy to {copy}", facts, outcome=NOTHING_SENT, again=_COPIED_AGAIN)

    with errors():
        file = copy.open("wb")
    with file:

        def keep(chunk: bytes) -> None:
            with errors():
                file.write(chunk)
                file.flush()

        yield keep


def _changed(item: Item, what: str) -> QAFileError:
    at = item.manifest.get("fetched_at")
    when = f"when this run stored it at {at}" if at else "when it was stored"
    return QAFileError(
        f"the stored report {item.name} at {redact(item.manifest['uri'])} {what} {when}: another run or task has "
        "written here since",
        operation="delivery",
        outcome=f"{NOTHING_SENT}: it would have carried the other file",
        hint="Put the run into the target of the task that fetched it, for example "
        "s3://bucket/reports/{{ run_id }}/ (two runs of one day share {{ ds }}), then clear that task. A retry of this "
        "task alone finds the same file",
    )
