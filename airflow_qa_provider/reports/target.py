"""Where a report goes: a file, or a folder and a name to be completed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_qa_provider.compat import storage_conn_id
from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.reports.formats import FileFormat, format_of_name
from airflow_qa_provider.reports.names import safe_name
from airflow_qa_provider.reports.storage import (
    NOTHING_SENT,
    check_connection,
    file_info,
    is_local,
    open_path,
    opening,
    storage_errors,
)

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath


@dataclass(frozen=True)
class Target:
    """Where a report goes.

    :param path: A file; a folder when ``stem`` is set.
    :param stem: File name to be put into the folder; the suffix of its format is added where it is missing.
    """

    path: ObjectStoragePath
    stem: str | None = None

    @classmethod
    def of(cls, target: str | ObjectStoragePath, conn_id: str | None = None, stem: str = "report") -> Target:
        """Return the target that a user names.

        :param target: Path or URI, as ``ObjectStoragePath`` reads it. With ``/`` at its end it is a folder.
        :param conn_id: Airflow connection of the object storage.
        :param stem: File name for a folder.
        :raises QAValidationError: No target, no file system for its scheme, or a folder without ``/`` at its end.
        :raises QAConfigurationError: There is no such connection.
        :raises QAFileError: The storage could not be asked.
        """
        from airflow.providers.common.compat.sdk import ObjectStoragePath

        text = str(target).strip()
        if not text or text == "None":
            raise QAValidationError(f"target names no file or folder, got {target!r}", outcome=NOTHING_SENT)
        with opening(text):
            if isinstance(target, ObjectStoragePath):
                conn_id = conn_id or storage_conn_id(target)
                if conn_id:
                    # the path opened its file system when it was made, with whatever credentials there were
                    check_connection(conn_id)
            path = open_path(text, conn_id)
            fs = path.fs
        if is_local(fs):
            # absolute, for a manifest is read by other processes; made of the text, for in Airflow 3.1 the path of a
            # relative one begins at the root
            path = ObjectStoragePath(f"file://{fs._strip_protocol(text)}")
        if text.endswith("/") or not path.name:
            return cls(path, stem)
        with storage_errors("look at", text, {}, outcome=NOTHING_SENT):
            info = file_info(fs, str(path.path))
        if info is not None and info.get("type") == "directory":
            raise QAValidationError(
                f"target {text!r} is a folder", outcome=NOTHING_SENT, hint='End it with "/", or add a file name'
            )
        return cls(path)

    @property
    def named_format(self) -> FileFormat | None:
        """The format that the file's name stands for; ``None`` for a folder."""
        return None if self.stem else format_of_name(self.path.name)

    def file(self, fmt: FileFormat) -> ObjectStoragePath:
        """Return the path of the file.

        :param fmt: Its format, which gives the suffix in a folder.
        """
        if not self.stem:
            return self.path
        suffix = "" if format_of_name(self.stem) is fmt else fmt.suffix
        return self.path / safe_name(f"{self.stem}{suffix}")
