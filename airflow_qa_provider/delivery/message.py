"""One mail, composed once and addressed to each recipient: the costly part is the same for all."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping, Sequence
from email import policy
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from pathlib import Path

from airflow_qa_provider.delivery.attachments import Item
from airflow_qa_provider.delivery.layout import html_body, text_body
from airflow_qa_provider.delivery.recipients import Address

# 7bit: a server on the way need not know 8BITMIME, and nobody re-encodes what was checked.
_POLICY = policy.SMTP.clone(cte_type="7bit")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][\w.+-]*/[A-Za-z0-9][\w.+-]*", re.ASCII)
# RFC 2046 allows no base64 inside these, so such a file travels as plain bytes.
_COMPOSITE = frozenset({"message", "multipart"})


class Mail:
    """A mail that lacks only its recipient.

    :param head: Header lines that all copies share, with their line ends.
    :param body: What follows the empty line, the same for all copies.
    """

    def __init__(self, head: bytes, body: bytes) -> None:
        self._head = head
        self._body = body

    @property
    def size(self) -> int:
        """Bytes of one copy, up to its few lines for the recipient."""
        return len(self._head) + len(self._body)

    def addressed(self, recipient: Address, message_id: str) -> tuple[bytes, bytes]:
        """Return the copy for a recipient, as two parts to send one after the other.

        :param recipient: Whom it goes to.
        :param message_id: Message-ID with its angle brackets.
        """
        own = EmailMessage(_POLICY)
        own["To"] = _header_address(recipient)
        own["Message-ID"] = message_id
        return self._head + own.as_bytes().rstrip(b"\r\n") + b"\r\n\r\n", self._body


def compose(
    sender: Address, subject: str, items: Sequence[Item], files: Mapping[str, Path], html_content: str | None = None
) -> Mail:
    """Compose the mail.

    :param sender: Whom it comes from.
    :param subject: Subject, checked by :func:`~airflow_qa_provider.delivery.recipients.header_safe`.
    :param items: The reports, with the decision which are attached.
    :param files: Local copies of the attached ones, by the item's name.
    :param html_content: HTML in place of the default heading and greeting.
    """
    message = EmailMessage(_POLICY)
    message["Date"] = format_datetime(localtime())
    message["From"] = _header_address(sender)
    message["Subject"] = subject
    # RFC 3834: no out-of-office notes in return; the second is what Exchange listens to
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(text_body(subject, items, html_content))
    message.add_alternative(html_body(subject, items, html_content), subtype="html")
    for item in items:
        if item.attached:
            maintype, _, subtype = media_type(item).partition("/")
            message.add_attachment(
                files[item.name].read_bytes(), maintype=maintype, subtype=subtype, filename=item.name
            )
    head, _, body = message.as_bytes().partition(b"\r\n\r\n")
    return Mail(head + b"\r\n", body)


def media_type(item: Item) -> str:
    """Return the media type under which a report is attached: the manifest's, else one guessed by the name."""
    guessed = mimetypes.guess_type(item.name)[0]
    for candidate in (item.manifest["content_type"].split(";")[0].strip().lower(), guessed):
        if candidate and _MEDIA_TYPE.fullmatch(candidate) and candidate.split("/")[0] not in _COMPOSITE:
            return candidate
    return "application/octet-stream"


def _header_address(address: Address) -> HeaderAddress:
    return HeaderAddress(display_name=address.name, addr_spec=address.email)
