"""Files that are handed on to a vendor: paths, URIs of object storage, and manifests of the transfers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from airflow_qa_provider.compat import storage_conn_id
from airflow_qa_provider.exceptions import QAError, QAFileError, QAValidationError
from airflow_qa_provider.reports.manifest import as_manifest
from airflow_qa_provider.reports.storage import explanation, open_path, report_lineage
from airflow_qa_provider.rest.fields import Fields, is_given
from airflow_qa_provider.rest.redaction import redact

_NOT_SENT = "It was not sent"
_READ_AGAIN = (
    "A path of a worker exists on that worker only: hand files from task to task in object storage. A retry looks for "
    "the file again"
)


@dataclass(frozen=True)
class SourceFile:
    """One file.

    :param uri: Path or URI, as ``ObjectStoragePath`` reads it.
    :param name: File name for people.
    :param conn_id: Airflow connection of the object storage.
    :param known_bytes: Size that the manifest tells.
    :param sha256: Digest that the manifest tells.
    """

    uri: str
    name: str
    conn_id: str | None = None
    known_bytes: int | None = None
    sha256: str | None = None

    @property
    def identity(self) -> list[str]:
        """What makes it the same file in another attempt: its name, and its content or else its place."""
        return [self.name, self.sha256 or self.uri]

    @property
    def size(self) -> int:
        """Size in bytes, of the manifest or else of the file.

        :raises QAFileError: There is no such file, or it cannot be asked for.
        """
        if self.known_bytes is not None:
            return self.known_bytes
        with self._explained():
            path = open_path(self.uri, self.conn_id)
            return int(path.fs.info(str(path.path))["size"])

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open the file for reading.

        :raises QAFileError: It cannot be opened, or is not the one of its manifest.
        """
        with self._explained():
            path = open_path(self.uri, self.conn_id)
            found = int(path.fs.info(str(path.path))["size"])
            stored = path.fs.open(str(path.path), "rb")
        with stored:
            if self.known_bytes not in (None, found):
                raise self._changed(found)
            report_lineage(path, read=True)
            yield stored

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except QAError:
            raise
        except Exception as error:  # file systems raise what they like
            reason, hint = explanation(error)
            what = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {reason}"
            raise QAFileError(
                f"the file {self.name} at {redact(self.uri)} {what}", outcome=_NOT_SENT, hint=f"{hint}. {_READ_AGAIN}"
            ) from None

    def _changed(self, found: int) -> QAFileError:
        return QAFileError(
            f"the file {self.name} at {redact(self.uri)} has {found} bytes and had {self.known_bytes} when it was "
            "stored: another run has written here",
            outcome=_NOT_SENT,
            hint="Put the run into the target of the task that fetched it, for example {{ run_id }}, and clear that "
            "task. A retry reads the same file again",
        )


def source_files(value: Any, field: str = "files", folder: Any = None) -> list[SourceFile]:
    """Return files as a user names them: one or many, nested as mapped tasks return them.

    :param value: A path, URI, ``ObjectStoragePath`` or manifest, or an iterable of such, also as JSON; ``None`` for no
        files.
    :param field: Name of the argument, for the message.
    :param folder: Folder of the names that are relative, as a text or ``ObjectStoragePath``.
    :raises QAValidationError: Something else is among them.
    """
    if folder is not None and str(folder).strip() in ("", "None"):
        raise QAValidationError(f"{field}_from names no folder, got {folder!r}", outcome="Nothing was sent")
    if not is_given(value):
        return []
    if isinstance(value, str) and value.lstrip().startswith(("[", "{")):
        value = Fields().structure(value, field)
    return list(_each(value, field, folder))


def _is_below(folder: Any, name: str) -> bool:
    """Tell whether a file is named relative to a folder; one that leads out of it is refused."""
    if folder is None or "://" in name or name.startswith("/") or name in ("", "None"):
        return False
    if ".." in name.split("/"):
        raise QAValidationError(f"the file {name!r} leads out of its folder", outcome="Nothing was sent")
    return True


def _conn_id_of(path: Any) -> str | None:
    return storage_conn_id(path) if hasattr(path, "fs") else None


def _each(value: Any, field: str, folder: Any) -> Iterator[SourceFile]:
    if value is None:
        return
    if isinstance(value, Mapping):
        manifest = as_manifest(value, field)
        yield SourceFile(
            manifest["uri"], manifest["name"], manifest["conn_id"], manifest["bytes"], manifest["sha256"].lower()
        )
    elif isinstance(value, (str, os.PathLike)) or hasattr(value, "fs"):
        text = str(value).strip()
        if _is_below(folder, text):
            yield _named(f"{str(folder).strip().rstrip('/')}/{text}", _conn_id_of(folder), field)
        else:
            yield _named(text, _conn_id_of(value), field)
    elif isinstance(value, Iterable):
        for item in value:
            yield from _each(item, field, folder)
    else:
        raise _no_file(value, field)


def _named(uri: str, conn_id: str | None, field: str) -> SourceFile:
    place = uri.partition("://")[2]
    # the query of a signed address belongs neither into a message nor to the vendor
    name = PurePosixPath(place.partition("?")[0] if place else uri).name
    if uri in ("", "None") or not name or uri.endswith("/") or uri.startswith(("[", "{")):
        raise _no_file(uri, field)
    return SourceFile(uri, name, conn_id)


def _no_file(value: Any, field: str) -> QAValidationError:
    return QAValidationError(
        f"{field} takes paths, URIs and the manifests that the transfers return, got {str(value)[:80]!r}",
        outcome="Nothing was sent",
        hint="To hand on what another task has returned, pass its output itself, not a template that makes text of it",
    )
