"""Is the download the file that was asked for? Bytes in, verdict out, in constant memory."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from typing import IO, TYPE_CHECKING, Any

from airflow_qa_provider.exceptions import QAFileError
from airflow_qa_provider.reports.archives import (
    END_MAGIC,
    END_RECORD,
    TAIL_BYTES,
    BrokenArchiveError,
    TooManyMembersError,
    check_members,
    main_types,
    member_names,
    open_archive,
    stream_names,
)
from airflow_qa_provider.reports.counting import count
from airflow_qa_provider.reports.envelope import error_in
from airflow_qa_provider.reports.formats import FileFormat
from airflow_qa_provider.reports.jsonscan import JsonScan, NotJsonError
from airflow_qa_provider.reports.signatures import OLE_MAGIC, as_text, is_binary, is_html, is_xml, signature
from airflow_qa_provider.rest.redaction import excerpt

if TYPE_CHECKING:
    from airflow_qa_provider.reports.hashing import HashingThread

log = logging.getLogger(__name__)

HEAD_BYTES = 64 * 1024

NOTHING_STORED = "Nothing was stored"
_PDF_HEAD, _END_WINDOW, _TITLE_WINDOW = 1024, 2048, 8192
_IN_ZIP64 = 0xFFFFFFFF
_ENCRYPTED_OFFICE = "EncryptedPackage"
_TITLE = re.compile(rb"(?is)<title[^>]*>(.*?)</title>")
# what asks for a password, hands over to a sign-in elsewhere, or leads on by itself
_LOGIN_FORM = re.compile(
    rb"(?is)<input\b[^>]{0,500}\b(?:type\s*=\s*[\"']?password|name\s*=\s*[\"']?SAML(?:Request|Response))\b"
    rb"|<meta\b[^>]{0,200}\bhttp-equiv\s*=\s*[\"']?refresh\b[^>]{0,200};\s*url\s*="
)
_LINEARIZED = re.compile(rb"(?s)/Linearized\b[^>]{0,400}?/L\s+(\d{1,18})\b")
_START_OF_TABLE = re.compile(rb"startxref\s+(\d{1,18})\s+%%EOF")

_CUT_OFF = "The download was cut off, or the vendor made a broken file; a retry of the task downloads it again"
_LOGIN = "Login pages, proxies and a wrong base URL answer like this: check host and key of the connection"
_WRONG_KIND = "Check the format that is asked for"


class Inspection:
    """Looks at the bytes of one download as they pass: size, digest, and whether they are the expected file.

    ``feed`` and ``finish`` see what passes; ``examine`` looks into the stored file, where a verdict needs more than its
    two ends.

    :param expected: The format that was asked for.
    :param content_type: Media type that the vendor announced.
    :param announced: Length in bytes that the vendor announced.
    :param where: Facts for errors: ``vendor``, ``operation``, ``object_id``.
    :param secrets: Values that must not be seen in errors.
    :param digest: What hashes the bytes; SHA-256 in line by default.
    """

    def __init__(
        self,
        expected: FileFormat,
        *,
        content_type: str = "",
        announced: int | None = None,
        where: Mapping[str, Any] | None = None,
        secrets: Iterable[str] = (),
        digest: HashingThread | None = None,
    ) -> None:
        self.expected = expected
        self.size = 0
        self._content_type = content_type
        self._announced = announced
        self._where = dict(where or {})
        self._secrets = list(secrets)
        self._digest = digest or hashlib.sha256()
        self._head = bytearray()
        self._head_checked = False
        self._complete = False
        self._tail = b""
        self._scan = JsonScan() if expected.name == "json" else None
        self._not_json: NotJsonError | None = None

    @property
    def sha256(self) -> str:
        """Digest of what has passed, hexadecimal."""
        return self._digest.hexdigest()

    def count(self, open_file: Callable[[], IO[bytes]]) -> int | None:
        """Return the pages or rows of the file, see :func:`~airflow_qa_provider.reports.counting.count`.

        :param open_file: Opens it; not called for a JSON document, whose items were counted as they passed.
        """
        return count(open_file, self.expected.name, self.size) if self._scan is None else self._scan.items

    def feed(self, chunk: bytes) -> None:
        """Look at the next bytes.

        :param chunk: The bytes.
        :raises QAFileError: The file does not begin as it should.
        """
        self.size += len(chunk)
        self._digest.update(chunk)
        self._tail = chunk[-TAIL_BYTES:] if len(chunk) >= TAIL_BYTES else (self._tail + chunk)[-TAIL_BYTES:]
        if self._scan is not None and self._not_json is None:
            try:
                self._scan.feed(chunk)
            except NotJsonError as error:
                # a page of HTML is no JSON either, and said to be one as soon as enough of it has come
                self._not_json = error
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
        if self._scan is not None:
            self._check_json(self._scan)
        elif self.expected.is_zip and not self._head.startswith(OLE_MAGIC):
            self._check_zip_end()
        elif self.expected.end and self.expected.end not in self._tail[-_END_WINDOW:]:
            mark = self.expected.end.decode("ascii", errors="backslashreplace")
            raise self._error(f"a file without its end ({mark} is missing)", _CUT_OFF)
        elif self.expected.name == "pdf":
            self._check_pdf_end()
        if self.size <= HEAD_BYTES:
            self._look_into(io.BytesIO(self._head))

    def examine(self, open_file: Callable[[], IO[bytes]]) -> None:
        """Look into the stored file, unless it passed as a whole: members of archives, and their checksums.

        :param open_file: Opens it, binary and seekable; only called when there is something to look for.
        :raises QAFileError: It is of another kind, or damaged.
        """
        if self.size > HEAD_BYTES and (self.expected.is_zip or self.expected.streams):
            with open_file() as file:
                self._look_into(file)

    def _check_head(self) -> None:
        self._head_checked = True
        head = bytes(self._head)
        text = as_text(head)
        if self.expected.name == "html":
            self._check_html(text)
        elif is_html(text):
            raise self._error(f"an HTML page{_title_of(text, self._secrets)}", _LOGIN)
        elif self._scan is None and text[:1] in (b"{", b"["):
            self._refuse_json(text)
        if self.expected.is_text:
            self._check_text(head, text)
        elif not self._has_magic():
            found = signature(head)
            raise self._error(f"a file of another kind{f', {found}' if found else ''}", _WRONG_KIND)

    def _check_text(self, head: bytes, text: bytes) -> None:
        found = signature(head, text=True) or signature(text, text=True)
        if found is not None:
            raise self._error(found, _WRONG_KIND)
        if self.expected.name in ("csv", "json", "jsonl") and is_xml(text):
            raise self._error("an XML document", _WRONG_KIND)
        # JSON may be in UTF-16 or UTF-32 without a mark, and is read through anyway
        if self._scan is None and is_binary(head):
            raise self._error("a binary file", _WRONG_KIND)

    def _has_magic(self) -> bool:
        if self.expected.name == "pdf":
            # readers accept a few bytes before the header, and some generators write them
            return self.expected.magic[0] in self._head[:_PDF_HEAD]
        # an Office file with a password is an OLE container around the ZIP archive
        locked = (OLE_MAGIC,) if self.expected.main_part else ()
        return self._head.startswith((*self.expected.magic, *locked))

    def _check_html(self, text: bytes) -> None:
        if not text.startswith(b"<"):
            raise self._error(signature(bytes(self._head)) or "something that is not HTML", _WRONG_KIND)
        if _LOGIN_FORM.search(text):
            raise self._error(f"a login page{_title_of(text, self._secrets)}", _LOGIN)

    def _refuse_json(self, text: bytes) -> None:
        document = _parsed(text) if self.size <= HEAD_BYTES else None
        said = error_in(document)
        if said is not None:
            raise self._error(f"an error of the vendor: {excerpt(said, self._secrets)}", None)
        if self.expected.name == "jsonl":
            return  # of one line
        # a CSV or text file may begin with a bracket, a binary file never does
        if self.expected.magic or "json" in self._content_type or isinstance(document, dict):
            raise self._error("a JSON document", _WRONG_KIND)

    def _check_json(self, scan: JsonScan) -> None:
        try:
            if self._not_json is not None:
                raise self._not_json
            scan.close()
        except NotJsonError as error:
            why = excerpt(str(error), self._secrets)
            raise self._error(f"a document that is not JSON ({why})", _CUT_OFF) from None
        if scan.is_single:
            raise self._error("a single JSON value", _WRONG_KIND)
        said = error_in(scan.top)
        if said is not None:
            raise self._error(f"an error of the vendor: {excerpt(said, self._secrets)}", None)

    def _check_pdf_end(self) -> None:
        found = _START_OF_TABLE.findall(self._tail[-_END_WINDOW:])
        # a linearized file has an end near its start as well, and says how long it is
        linearized = _LINEARIZED.search(self._head, 0, 2 * _PDF_HEAD)
        if (found and int(found[-1]) > self.size) or (linearized and int(linearized[1]) > self.size):
            raise self._error("a PDF with a piece missing", _CUT_OFF)

    def _check_zip_end(self) -> None:
        start = self._tail.rfind(END_MAGIC)
        if start < 0 or len(self._tail) - start < END_RECORD.size:
            raise self._error("an archive without its end", _CUT_OFF)
        *_, length, offset, comment = END_RECORD.unpack_from(self._tail, start)
        position = self.size - len(self._tail) + start
        complete = start + END_RECORD.size + comment == len(self._tail)
        if not complete or (_IN_ZIP64 not in (length, offset) and offset + length > position):
            raise self._error("an archive with a piece missing", _CUT_OFF)

    def _look_into(self, file: IO[bytes]) -> None:
        try:
            if self._head.startswith(OLE_MAGIC):
                self._look_into_container(stream_names(file))
            elif self.expected.is_zip:
                with open_archive(file) as archive:
                    if self.expected.main_part:
                        self._check_main_part(main_types(archive), member_names(archive).keys())
                    check_members(archive)
        except TooManyMembersError as error:
            log.info("The members of the archive were not checked: %s", error)
        except BrokenArchiveError as error:
            raise self._error(f"a damaged file: {error}", _CUT_OFF) from None

    def _look_into_container(self, streams: set[str]) -> None:
        if self.expected.main_part and _ENCRYPTED_OFFICE not in streams:
            raise self._error("an Office file of the old format", _WRONG_KIND)
        if self.expected.streams and not self.expected.streams & streams:
            raise self._error(f"a file of another kind than {self.expected.title}", _WRONG_KIND)

    def _check_main_part(self, types: list[str], names: Iterable[str]) -> None:
        known = self.expected.main_type in types if types else self.expected.main_part in names
        if not known:
            what = f" but holds {types[0]}" if types else ""
            raise self._error(f"an archive that is not {self.expected.title}{what}", _WRONG_KIND)

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
