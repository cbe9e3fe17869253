"""The manifest: what a stored report is, small enough for an XCom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from airflow_qa_provider.exceptions import QAValidationError


class Manifest(TypedDict):
    """Description of one stored report file; plain JSON."""

    uri: str
    """Where the file is, as an ``ObjectStoragePath`` reads it."""
    conn_id: str | None
    """Airflow connection of the object storage, ``None`` for local files or default credentials."""
    name: str
    """File name for people."""
    bytes: int
    """Size."""
    sha256: str
    """Digest of the content, hexadecimal."""
    content_type: str
    """Media type."""
    pages: int | None
    """Pages of a PDF, when they were counted."""
    rows: int | None
    """Rows of a table (XLSX, CSV) or items of a JSON report, when they were counted."""
    vendor: str
    """Vendor in lower case."""
    source: dict[str, str]
    """Ids at the vendor, such as ``{"audit_id": "..."}``."""
    fetched_at: str
    """When it was stored, ISO 8601 in UTC."""
    link: str | None
    """Where a person can see it at the vendor."""


_REQUIRED = frozenset({"uri", "name", "bytes", "sha256", "content_type"})
_TEXTS = ("uri", "name", "sha256", "content_type", "conn_id", "vendor", "link", "fetched_at")
_NUMBERS = ("bytes", "pages", "rows")


def as_manifest(value: Any, field: str = "reports") -> Manifest:
    """Return a value from an XCom or a template as a manifest.

    :param value: What a transfer returned.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is not a manifest.
    """
    if not isinstance(value, Mapping) or not value.keys() >= _REQUIRED:
        kind = f"an object with {sorted(value)}" if isinstance(value, Mapping) else repr(value)[:80]
        raise QAValidationError(
            f"{field} takes the manifests that the transfers return, got {kind}", outcome="Nothing was sent"
        )
    defaults: dict[str, Any] = dict.fromkeys(Manifest.__annotations__)
    made: dict[str, Any] = {**defaults, "source": {}, **value}
    wrong = next((name for name in (*_TEXTS, *_NUMBERS) if not _fits(made[name], name)), None)
    if wrong is not None:
        raise QAValidationError(
            f"{field} takes the manifests that the transfers return, and {wrong} of one is {made[wrong]!r:.80}",
            outcome="Nothing was sent",
        )
    return made  # type: ignore[return-value]


def _fits(value: Any, name: str) -> bool:
    if value is None:
        return name not in _REQUIRED
    if name in _TEXTS:
        return isinstance(value, str)
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
