"""Is the download the file that was asked for? Pure: bytes in, verdict out, in constant memory."""

from __future__ import annotations

import hashlib
import json
import re
import struct
from collections.abc import Iterable, Mapping
from typing import Any

from airflow_qa_provider.exceptions import QAFileError
from airflow_qa_provider.reports.formats import OLE_MAGIC, FileFormat
from airflow_qa_provider.rest.redaction import excerpt

HEAD_BYTES = 64 * 1024
END_RECORD = struct.Struct("<4s4H2LH")
# the end record of a ZIP archive may be followed by a comment of this length
TAIL_BYTES = END_RECORD.size + 0xFFFF
JSON_PARSE_BYTES = 32 * 1024 * 1024

NOTHING_STORED = "Nothing was stored"
_PDF_HEAD, _END_WINDOW, _TITLE_WINDOW = 1024, 2048, 8192
_END_MAGIC = b"PK\x05\x06"
_IN_ZIP64 = 0xFFFFFFFF
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_HTML = re.compile(
    rb"(?is)(?:<\?xml[^>]*>\s*|<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|script)\b"
)
_TITLE = re.compile(rb"(?is)<title[^>]*>(.*?)</title>")
_LOGIN_FORM = re.compile(rb"(?is)<input\b[^>]{0,500}\btype\s*=\s*[\"']?password\b")

_CUT_OFF = "The download was cut off, or the vendor made a broken file; a retry of the task downloads it again"
_ERROR_KEYS = frozenset(
    {"error", "errorDetails", "message", "code", "status", "statusCode", "isSuccess", "data", "details", "traceId"}
)
_LOGIN = "Login pages, proxies and a wrong base URL answer like this: check host and key of the connection"


class Inspection:
    """Statuses at the bytes of one download as they pass: size, digest, and whether they are the expected file.

    :param expected: The format that was asked for.
    :param content_type: Media type that the vendor announced.
    :param announced: Length in bytes that the vendor announced.
    :param where: Facts for errors: ``vendor``, ``operation``, ``object_id``.
    :param secrets: Values that must not be seen in errors.
    """

    def __init__(
        self,
        expected: FileFormat,
        *,
        content_type: str = "",
        announced: int | None = None,
        where: Mapping[str, Any] | None = None,
        secrets: Iterable[str] = (),
    ) -> None:
        self.expected = expected
        self.size = 0
        self._content_type = content_type
        self._announced = announced
        self._where = dict(where or {})
        self._secrets = list(secrets)
        self._digest = hashlib.sha256()
        self._head = bytearray()
        self._head_checked = False
        self._complete = False
        self._tail = b""
        self._document: bytearray | None = bytearray() if expected.name == "json" else None

    @property
    def sha256(self) -> str:
        """Digest of what has passed, hexadecimal."""
        return self._digest.hexdigest()

    def feed(self, chunk: bytes) -> None:
        """Look at the next bytes.

        :param chunk: The bytes.
        :raises QAFileError: The file does not begin as it should.
        """
        self.size += len(chunk)
        self._digest.update(chunk)
        self._tail = (self._tail + chunk)[-TAIL_BYTES:]
        if self._document is not None:
            self._document += chunk
            if len(self._document) > JSON_PARSE_BYTES:
                self._document = None
        if len(self._head) < HEAD_BYTES:
            self._head += chunk[: HEAD_BYTES - len(self._head)]
        if len(self._head) == HEAD_BYTES and not self._head_checked:
            self._check_head()

    def finish(self) -> None:
        """Say that no more bytes come.

        :raises QAFileError: The bytes are not the expected file, or not all of it.
        """
        self._complete = True
        if self.size == 0:
            raise self._error("an empty answer", "The vendor may still be writing it; a retry of the task asks again")
        if not self._head_checked:
            self._check_head()
        if self._announced is not None and self.size != self._announced:
            raise self._error(f"{self.size:,} bytes of the {self._announced:,} that were announced", _CUT_OFF)
        if self.expected.name == "json":
            self._check_json()
        elif self.expected.is_zip:
            self._check_zip_end()
        elif self.expected.end and self.expected.end not in self._tail[-_END_WINDOW:]:
            mark = self.expected.end.decode("ascii", errors="backslashreplace")
            raise self._error(f"a file without its end ({mark} is missing)", _CUT_OFF)

    def _check_head(self) -> None:
        self._head_checked = True
        text = bytes(self._head).removeprefix(b"\xef\xbb\xbf").lstrip()
        if self.expected.name == "html":
            self._check_html(text)
        elif _HTML.match(text):
            raise self._error(f"an HTML page{_title_of(text, self._secrets)}", _LOGIN)
        elif self.expected.name != "json" and text[:1] in (b"{", b"["):
            self._refuse_json(text)
        if self.expected.magic and not self._has_magic():
            raise self._error("a file of another kind", "Check the format that is asked for")

    def _has_magic(self) -> bool:
        if self.expected.name == "pdf":
            # readers accept a few bytes before the header, and some generators write them
            return self.expected.magic[0] in self._head[:_PDF_HEAD]
        # an Office file with a password is an OLE container around the ZIP archive
        locked = (OLE_MAGIC,) if self.expected.member else ()
        return self._head.startswith((*self.expected.magic, *locked))

    def _check_html(self, text: bytes) -> None:
        if not text.startswith(b"<"):
            raise self._error("something that is not HTML", "Check the format that is asked for")
        if _LOGIN_FORM.search(text):
            raise self._error(f"a login page{_title_of(text, self._secrets)}", _LOGIN)

    def _refuse_json(self, text: bytes) -> None:
        whole = self.size <= HEAD_BYTES
        document = _parsed(text) if whole else None
        said = error_in(document)
        if said is not None:
            raise self._error(f"an error of the vendor: {excerpt(said, self._secrets)}", None)
        # a CSV or text file may begin with a bracket, a binary file never does
        if self.expected.magic or "json" in self._content_type or isinstance(document, dict):
            raise self._error("a JSON document", "Check the format that is asked for")

    def _check_json(self) -> None:
        if self._document is None:
            first, last = bytes(self._head).removeprefix(b"\xef\xbb\xbf").lstrip()[:1], self._tail.rstrip()[-1:]
            if (first, last) not in ((b"{", b"}"), (b"[", b"]")):
                raise self._error("a JSON document without its beginning or end", _CUT_OFF)
            return
        try:
            document = json.loads(self._document)
        except (ValueError, RecursionError) as error:
            raise self._error(f"a document that is not JSON ({error})", _CUT_OFF) from None
        said = error_in(document)
        if said is not None:
            raise self._error(f"an error of the vendor: {excerpt(said, self._secrets)}", None)

    def _check_zip_end(self) -> None:
        if self._head.startswith(OLE_MAGIC):
            if _ENCRYPTED_OFFICE not in self._head and _ENCRYPTED_OFFICE not in self._tail:
                raise self._error("an Office file of the old format", "Check the format that is asked for")
            return
        start = self._tail.rfind(_END_MAGIC)
        if start < 0 or len(self._tail) - start < END_RECORD.size:
            raise self._error("an archive without its end", _CUT_OFF)
        *_, length, offset, comment = END_RECORD.unpack_from(self._tail, start)
        position = self.size - len(self._tail) + start
        complete = start + END_RECORD.size + comment == len(self._tail)
        if not complete or (_IN_ZIP64 not in (length, offset) and offset + length > position):
            raise self._error("an archive with a piece missing", _CUT_OFF)
        directory = self._tail[max(0, start - length) : start] if length <= start else None
        if self.expected.member and directory is not None and self.expected.member not in directory:
            raise self._error(f"an archive that is not {self.expected.title}", "Check the format that is asked for")

    def _error(self, got: str, hint: str | None) -> QAFileError:
        size = f"{self.size:,} bytes" if self._complete else f"{self._announced or self.size:,} bytes or more"
        kind = self._content_type or "no media type"
        sample = _sample(bytes(self._head), self._secrets)
        begins = f", beginning with {sample}" if sample else ""
        of = f" of {self._where['object_id']}" if self._where.get("object_id") else ""
        return QAFileError(
            f"asked for {self.expected.title}{of}, got {got} ({kind}, {size}{begins})",
            outcome=NOTHING_STORED,
            hint=hint,
            **self._where,
        )


def error_in(document: Any) -> str | None:
    """Return what a vendor says in a JSON answer that is an error, ``None`` when it is none.

    Knows the envelope with ``isSuccess`` (Qalyptus Cloud) and answers that hold nothing but ``error`` or ``message``
    (MonitorQA).

    :param document: A parsed answer.
    """
    if not isinstance(document, dict):
        return None
    error, message = document.get("error"), document.get("message")
    bare = document.keys() <= _ERROR_KEYS and not document.get("data")
    succeeded = document.get("isSuccess")
    if succeeded is True or (succeeded is not False and not (bare and (error or message))):
        return None
    detail = error.get("message") or error.get("code") if isinstance(error, dict) else error
    return " ".join(str(part) for part in (detail, document.get("errorDetails"), message) if part) or "no reason given"


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _title_of(page: bytes, secrets: Iterable[str]) -> str:
    found = _TITLE.search(page[:_TITLE_WINDOW])
    title = excerpt(found.group(1).decode(errors="replace"), secrets, limit=80) if found else ""
    return f' titled "{title}"' if title else ""


def _sample(head: bytes, secrets: Iterable[str]) -> str:
    if not head:
        return ""
    text = head[:2000].decode(errors="replace")
    odd = sum(not (sign.isprintable() or sign.isspace()) or sign == "\ufffd" for sign in text[:100])
    return f"bytes {head[:8].hex(' ')}" if odd > 5 else repr(excerpt(text, secrets, limit=120))
