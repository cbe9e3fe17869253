"""File systems as the rest of this package sees them: opened by URI and connection, with one kind of error."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from airflow_qa_provider.exceptions import QAConfigurationError, QAError, QAFileError, QAValidationError
from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.rest.redaction import excerpt

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath
    from fsspec import AbstractFileSystem

log = logging.getLogger(__name__)

UNTOUCHED = "Nothing was stored, and what was there before is untouched"
DOWNLOADED_AGAIN = "A retry of the task downloads the report again"
NOTHING_SENT = "Nothing was sent"

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# what stands in the class names and error codes of botocore, azure-core, google-auth, gcsfs and aiohttp; the first
# group that fits counts
_SAYS_REFUSED = (
    "credential", "auth", "accessdenied", "forbidden", "permission", "invalidaccesskey", "signature", "expiredtoken",
    "invalidtoken", "refresherror", "403", "401",
)  # fmt: skip
_SAYS_NO_PLACE = (
    "paramvalidation", "nosuchbucket", "invalidbucket", "nosuchcontainer", "containernotfound", "resourcenotfound",
    "filenotfound", "notadirectory", "isadirectory", "invalidresourcename", "404",
)  # fmt: skip
_SAYS_UNREACHABLE = (
    "connect", "timeout", "servicerequest", "endpoint", "disconnected", "brokenpipe", "ssl", "gaierror", "proxy",
)  # fmt: skip


def open_path(uri: str, conn_id: str | None = None) -> ObjectStoragePath:
    """Return a path once it is certain that the connection it names exists.

    File systems fall back to the credentials of the machine when a connection is not there: a misspelt id would read
    and write with the rights of another account.

    :param uri: Path or URI, as ``ObjectStoragePath`` reads it; it may name the connection, ``s3://conn_id@bucket/...``.
    :param conn_id: Airflow connection of the object storage.
    :raises QAConfigurationError: There is no such connection.
    :raises ValueError: No file system is registered for the scheme.
    :raises ImportError: The library of the file system is not installed.
    """
    from airflow.providers.common.compat.sdk import ObjectStoragePath
    from airflow.sdk.io import attach

    parts = urlsplit(uri)
    named = conn_id or parts.netloc.rpartition("@")[0] or None
    if named and "fs" not in vars(attach(parts.scheme or "file", named)):
        check_connection(named)
    return ObjectStoragePath(uri, conn_id=conn_id) if conn_id else ObjectStoragePath(uri)


def given_conn_id(value: object) -> str | None:
    """Return the connection that a task names for its files; ``None`` for what a template leaves of none."""
    return str(value).strip() if is_given(value) else None


def check_connection(conn_id: str) -> None:
    """See that a connection exists.

    :param conn_id: Its id.
    :raises QAConfigurationError: It does not.
    """
    from airflow.providers.common.compat.sdk import AirflowNotFoundException, BaseHook

    try:
        BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        # in place of an id, s3://key:secret@bucket/ has credentials
        named, with_secret, _ = conn_id.partition(":")
        raise QAConfigurationError(
            f"there is no connection {f'{named}:***' if with_secret else conn_id!r} for the object storage",
            outcome=f"{NOTHING_SENT}, and nothing was read or stored with other credentials in its place",
            hint="Correct object_storage_conn_id (or the id in front of the @ of the URI), or add that connection. "
            "A retry will fail the same way",
        ) from None


@contextmanager
def opening(text: str) -> Iterator[None]:
    """Turn what opening a file system raises into this package's errors.

    :param text: The target, for the message.
    :raises QAValidationError: No file system is installed for it.
    :raises QAFileError: The file system could not be opened.
    """
    with storage_errors("open", text, {}, outcome=NOTHING_SENT):
        try:
            yield
        except (ValueError, ImportError) as error:
            if isinstance(error, QAError):
                raise
            raise QAValidationError(
                f"target {text!r} cannot be opened: {excerpt(str(error))}",
                outcome=NOTHING_SENT,
                hint="Install the Airflow provider that brings this file system (amazon for s3://, google for gs://, "
                "microsoft-azure for abfs://)",
            ) from None


@contextmanager
def storage_errors(
    action: str, shown: str, where: Mapping[str, Any], *, outcome: str = UNTOUCHED, again: str = DOWNLOADED_AGAIN
) -> Iterator[None]:
    """Turn whatever a file system raises into this package's error; many raise what is no ``OSError``.

    :param action: What is tried, such as ``write to``.
    :param shown: The place, for the message.
    :param where: Facts for the error, such as ``vendor``.
    :param outcome: What happened to the file.
    :param again: What a retry of the task does.
    :raises QAFileError: The storage refused, is full, or could not be reached.
    """
    try:
        yield
    except QAError:
        raise
    except Exception as error:
        reason, hint = explanation(error)
        raise QAFileError(
            f"could not {action} {excerpt(shown)}: {reason}",
            outcome=outcome,
            hint=f"{hint}. {again}",
            **where,
            # the storage's own words may hold a signature, and were redacted above
        ) from None


def explanation(error: Exception) -> tuple[str, str]:
    """Return what happened and what to change, each for a message; secrets are masked.

    :param error: What a file system raised.
    """
    said = str(error) or type(error).__name__
    if not isinstance(error, OSError):
        said = f"{type(error).__name__}: {said}"
    reason = excerpt(said)
    if isinstance(error, OSError) and error.errno in _NO_SPACE:
        return "no space is left there", "Free some space"
    marks = _marks(error)
    if any(word in marks for word in _SAYS_REFUSED):
        return reason, "Check what the connection of the object storage may do there, and its credentials"
    if any(word in marks for word in _SAYS_NO_PLACE):
        return reason, "Check the name of the bucket and folder in the target, and that they exist"
    if isinstance(error, ConnectionError | TimeoutError) or any(word in marks for word in _SAYS_UNREACHABLE):
        return reason, "The storage could not be reached: check its endpoint and the network"
    return reason, "Check the target, its rights and the connection of the object storage"


def _marks(error: BaseException | None) -> str:
    """Return class names and error codes of an error and of those that led to it."""
    marks: list[str] = []
    for _ in range(5):
        if error is None:
            break
        marks.append(type(error).__name__)
        response = getattr(error, "response", None)
        if isinstance(response, Mapping):
            marks.append(str(response.get("Error", {}).get("Code", "")))
        marks += [str(getattr(error, name, "")) for name in ("code", "error_code", "status_code")]
        error = error.__cause__ or error.__context__
    return " ".join(marks).lower().replace("_", "")


def is_local(fs: AbstractFileSystem) -> bool:
    """Tell whether a file system is the worker's own."""
    from fsspec.implementations.local import LocalFileSystem

    return isinstance(fs, LocalFileSystem)


def file_info(fs: AbstractFileSystem, path: str) -> dict[str, Any] | None:
    """Return what a file system says of a path, ``None`` when there is nothing.

    Other than ``exists`` it does not take a refusal for an absence.

    :param fs: A file system.
    :param path: A path on it.
    :raises Exception: It could not be asked; see :func:`storage_errors`.
    """
    fs.invalidate_cache(path)
    try:
        return dict(fs.info(path))
    except FileNotFoundError:
        return None


def writing_options(fs: AbstractFileSystem, media_type: str) -> dict[str, Any]:
    """Return what a file system has to be told at opening so that the object gets a content type.

    :param fs: A file system.
    :param media_type: The media type.
    """
    protocols = {fs.protocol} if isinstance(fs.protocol, str) else set(fs.protocol)
    if protocols & {"s3", "s3a"}:
        return {"ContentType": media_type}
    if protocols & {"gs", "gcs"}:
        return {"content_type": media_type}
    if protocols & {"abfs", "abfss", "az"}:
        from azure.storage.blob import ContentSettings

        return {"content_settings": ContentSettings(content_type=media_type)}
    return {}


def asset_uri(path: ObjectStoragePath) -> str:
    """Return the URI of a file for lineage, percent-encoded: Airflow drops what follows a ``#`` in an asset's URI.

    The URI of a manifest is not, for ``ObjectStoragePath`` takes a ``%`` for part of a name.
    """
    scheme, separator, rest = str(path).partition("://")
    return f"{scheme}{separator}{quote(rest, safe=_SAFE_IN_PATHS)}" if separator else quote(scheme, safe=_SAFE_IN_PATHS)


_SAFE_IN_PATHS = "/:@!$&'()*+,;=~"


def report_lineage(path: ObjectStoragePath, *, read: bool = False) -> None:
    """Tell Airflow that the task has written or read a file; never a reason to fail.

    :param path: The file.
    :param read: Whether it was read.
    """
    from airflow.providers.common.compat.lineage.hook import get_hook_lineage_collector

    collector: Any = get_hook_lineage_collector()  # type: ignore[no-untyped-call]
    try:
        (collector.add_input_asset if read else collector.add_output_asset)(context=path, uri=asset_uri(path))
    except Exception as error:  # providers bring rules for the URIs of their storage
        log.warning("No lineage for %s: %s", excerpt(str(path)), error)
