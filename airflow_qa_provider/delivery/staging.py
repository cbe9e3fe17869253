"""Stored reports brought next to the task, and checked to be the files that were fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from airflow_qa_provider.delivery.attachments import Item, human_size
from airflow_qa_provider.delivery.recipients import NOTHING_SENT
from airflow_qa_provider.exceptions import QAFileError
from airflow_qa_provider.rest.redaction import redact

_CHUNK_BYTES = 1024 * 1024


def stage(items: Sequence[Item], folder: Path) -> dict[str, Path]:
    """Check every report against its manifest and copy those that are attached.

    Files are read in chunks. A linked report is read as well, for the mail vouches for its checksum, but not kept.

    :param items: The reports.
    :param folder: Where the copies go.
    :return: The copies by the item's name.
    :raises QAFileError: A file is gone, cannot be read, or is not the one that was fetched.
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
    from airflow.providers.common.compat.sdk import ObjectStoragePath

    manifest = item.manifest
    digest, size = hashlib.sha256(), 0
    try:
        source: Any = ObjectStoragePath(manifest["uri"], conn_id=manifest["conn_id"])
        with source.open("rb") as stored, copy.open("wb") if copy else nullcontext() as kept:
            while chunk := stored.read(_CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                if kept is not None:
                    kept.write(chunk)
    except (OSError, ValueError, ImportError) as error:
        # the storage's own words may hold a signature
        raise _unusable(item, f"cannot be read: {type(error).__name__}: {redact(str(error))}") from None
    if size != manifest["bytes"]:
        raise _unusable(item, f"has {size} bytes ({human_size(size)}) and had {manifest['bytes']} when it was stored")
    if digest.hexdigest() != manifest["sha256"].lower():
        raise _unusable(item, f"has SHA-256 {digest.hexdigest()} and had {manifest['sha256']} when it was stored")


def _unusable(item: Item, what: str) -> QAFileError:
    return QAFileError(
        f"the stored report {item.name} at {item.manifest['uri']} {what}",
        operation="delivery",
        outcome=NOTHING_SENT,
        hint="A retry reads the file again. If it was changed or removed on purpose, clear the task that fetched it",
    )
