"""The one place that talks SMTP: a session that can say of every mail whether the server took it.

``SmtpHook`` opens the connection (address, time-out, TLS, login, OAuth 2). It does not send: its ``send_email_smtp``
cannot tell a connection that broke before a mail was complete from one that broke after it, keeps the server's answer
to itself, and passes over a refused recipient among others. So the commands of one mail are given here, on the
``smtplib`` client that the hook opened.
"""

from __future__ import annotations

import logging
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, cast

from typing_extensions import Self

from airflow_qa_provider.delivery.recipients import Address, parse_sender
from airflow_qa_provider.exceptions import QAConfigurationError, QADeliveryError

if TYPE_CHECKING:
    from airflow.providers.smtp.hooks.smtp import SmtpHook

log = logging.getLogger(__name__)

# RFC 5321, 4.5.3.2.6: a client that does not wait ten minutes for the answer to a mail makes duplicates.
_ANSWER_TIMEOUT = 600
# smtplib's time-out is for a whole send: in chunks, a slow line gets it for each.
_CHUNK_BYTES = 256 * 1024


class MailServerError(QADeliveryError):
    """No session could be opened, so this mail and those after it were not sent."""


class Verdict(Enum):
    """What became of one mail to one recipient."""

    ACCEPTED = "accepted"
    """The server has taken it."""
    REFUSED = "refused"
    """5xx: not taken, and the server says that asking again is of no use."""
    POSTPONED = "postponed"
    """4xx: not taken this time."""
    SENDER_REFUSED = "sender refused"
    """5xx to the sender or to the session: no mail of this batch will pass."""
    TOO_LARGE = "too large"
    """552 to a mail of this size (RFC 1870): the other recipients would get the same answer."""
    LOST = "connection lost"
    """The connection broke before the mail was complete: not taken."""
    UNCERTAIN = "uncertain"
    """The connection broke after the mail was complete and before the answer: taken or not, nobody can say."""


@dataclass(frozen=True)
class Answer:
    """What the server said, or what went wrong."""

    verdict: Verdict
    text: str


class _Refusal(Exception):
    """The server answered a command with 4xx or 5xx."""

    def __init__(self, code: int, text: bytes, permanent: Verdict = Verdict.REFUSED) -> None:
        verdict = permanent if code >= 500 else Verdict.POSTPONED
        if _is_too_large(code, text):
            verdict = Verdict.TOO_LARGE
        # 421: the server is about to close the connection, which says nothing on the mail
        self.answer = Answer(Verdict.LOST if code == 421 else verdict, _words(code, text))
        super().__init__(self.answer.text)


class SmtpSession:
    """One SMTP connection for a batch of mails, opened when it is needed and again after it broke.

    :param conn_id: Airflow connection of type ``smtp``.
    """

    def __init__(self, conn_id: str) -> None:
        self.conn_id = conn_id
        self._client: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def sender(self) -> Address:
        """Return the sender that the connection names, without connecting.

        :raises QAConfigurationError: There is no such connection, or it names no sender.
        """
        hook = self._hook()
        if not hook.from_email:
            raise QAConfigurationError(
                f"no sender: give from_email, or set from_email in the extra of connection {self.conn_id!r}",
                operation="delivery",
            )
        return parse_sender(hook.from_email, f"extra.from_email of connection {self.conn_id!r}")

    def open(self) -> None:
        """Connect and log in, unless that is done.

        :raises MailServerError: The server cannot be reached, or refuses the connection or the login.
        """
        if self._client is not None:
            return
        from airflow.providers.common.compat.sdk import AirflowException

        hook = self._hook()
        try:
            # The hook has no public name for its client.
            self._client = cast("smtplib.SMTP", hook.get_conn()._smtp_client)
            self._client.ehlo_or_helo_if_needed()
            if self._client.sock is not None:
                # the last line of a mail is sent by itself, and would wait 40 ms for the rest to be acknowledged
                self._client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except (smtplib.SMTPException, OSError, AirflowException) as error:
            self._drop()
            raise MailServerError(
                f"connection {self.conn_id!r} to the mail server {hook.host}:{hook.port or 'default port'} failed: "
                f"{_reason(error)}",
                operation="delivery",
                hint=_hint(error),
            ) from error

    @property
    def max_message_bytes(self) -> int | None:
        """Largest mail that the connected server takes, ``None`` when it does not say (RFC 1870)."""
        announced = self._client.esmtp_features.get("size", "") if self._client else ""
        return int(announced) or None if announced.isascii() and announced.isdigit() and len(announced) < 20 else None

    def send(self, sender: Address, recipient: Address, parts: Sequence[bytes], commit: Callable[[], None]) -> Answer:
        """Send one mail to one recipient.

        :param sender: Sender of the envelope.
        :param recipient: Recipient of the envelope.
        :param parts: The mail, lines ended by CRLF.
        :param commit: Called when all but the last line is with the server: what is noted here is noted before the
            mail can be delivered, and a process that dies earlier has certainly not sent it.
        :raises MailServerError: The server cannot be reached.
        """
        self.open()
        try:
            return self._send(sender, recipient, parts, commit)
        except BaseException:
            # Whatever stops the task in the middle of a mail: without its last line the server throws the mail away,
            # and a QUIT would become part of it.
            self._drop()
            raise

    def close(self) -> None:
        """Part from the server; nothing happens without a connection."""
        if self._client is not None:
            try:
                self._client.quit()
            except (smtplib.SMTPException, OSError):
                log.debug("The mail server was gone before it was told", exc_info=True)
        self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _send(self, sender: Address, recipient: Address, parts: Sequence[bytes], commit: Callable[[], None]) -> Answer:
        client = cast("smtplib.SMTP", self._client)
        try:
            self._transmit(client, sender, recipient, parts)
        except _Refusal as refusal:
            self._reset(refusal.answer)
            return refusal.answer
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Answer(Verdict.LOST, f"the connection broke before the mail was complete: {_reason(error)}")
        commit()
        return self._finish(client)

    def _transmit(self, client: smtplib.SMTP, sender: Address, recipient: Address, parts: Sequence[bytes]) -> None:
        size = [f"SIZE={sum(map(len, parts))}"] if client.has_extn("size") else []
        code, text = client.mail(sender.email, size)
        if code != 250:
            # the size is announced with the sender, and 552 is the answer to that
            raise _Refusal(code, text, permanent=Verdict.TOO_LARGE if code == 552 else Verdict.SENDER_REFUSED)
        code, text = client.rcpt(recipient.email)
        if code not in (250, 251):
            raise _Refusal(code, text)
        code, text = client.docmd("DATA")
        if code != 354:
            raise _Refusal(code, text)
        for part in parts:
            escaped = memoryview(_dot_stuffed(part))
            for start in range(0, len(escaped), _CHUNK_BYTES):
                client.send(escaped[start : start + _CHUNK_BYTES])

    def _finish(self, client: smtplib.SMTP) -> Answer:
        try:
            client.send(b".\r\n")
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Answer(Verdict.LOST, f"the connection broke before the mail was complete: {_reason(error)}")
        try:
            code, text = self._patient_reply(client)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Answer(
                Verdict.UNCERTAIN, f"the connection broke before the server confirmed the mail: {_reason(error)}"
            )
        if 200 <= code < 300:
            return Answer(Verdict.ACCEPTED, _words(code, text))
        if code < 400:
            self._drop()
            return Answer(Verdict.UNCERTAIN, f"the server's answer to the mail makes no sense: {_words(code, text)}")
        answer = _Refusal(code, text).answer
        self._reset(answer)
        return answer

    def _patient_reply(self, client: smtplib.SMTP) -> tuple[int, bytes]:
        if client.sock is not None:
            client.sock.settimeout(max(client.timeout, _ANSWER_TIMEOUT))
        reply = client.getreply()
        if client.sock is not None:
            client.sock.settimeout(client.timeout)
        return reply

    def _reset(self, answer: Answer) -> None:
        try:
            if answer.verdict is Verdict.LOST or self._client is None or self._client.rset()[0] != 250:
                self._drop()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _hook(self) -> SmtpHook:
        from airflow.providers.common.compat.sdk import AirflowNotFoundException
        from airflow.providers.smtp.hooks.smtp import SmtpHook

        hook = SmtpHook(smtp_conn_id=self.conn_id)
        try:
            hook.smtp_connection = hook.get_connection(self.conn_id)
        except AirflowNotFoundException:
            raise QAConfigurationError(
                f"there is no connection {self.conn_id!r}",
                operation="delivery",
                outcome="No mail was sent",
                hint="Add a connection of type smtp with that id, or name another with smtp_conn_id",
            ) from None
        return hook


def _dot_stuffed(part: bytes) -> bytes:
    if b"\r\n." not in part and not part.startswith(b"."):
        return part
    return re.sub(rb"(?m)^\.", b"..", part)


def _is_too_large(code: int, text: bytes) -> bool:
    # without the enhanced code (RFC 3463), 552 to a recipient or to the mail itself can also mean a full mailbox
    return code >= 500 and text.lstrip().startswith(b"5.3.4")


def _words(code: int, text: bytes) -> str:
    return f"{code} {' '.join(text.decode('utf-8', 'replace').split())}"


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return _words(error.smtp_code, text if isinstance(text, bytes) else text.encode())
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _hint(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "Check login and password of the connection; a retry with the same will be refused again"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "The server's certificate is not trusted here: check host, or install its authority on the workers"
    if isinstance(error, ssl.SSLError):
        return "The server speaks no TLS on this port: check port, or set disable_ssl (and disable_tls) in the extra"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "The server offers no STARTTLS or login: check port, or set disable_tls in the connection's extra"
    return "A retry connects again"
