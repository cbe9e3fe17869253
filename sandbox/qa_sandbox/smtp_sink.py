"""A mail server on 127.0.0.1 that keeps what it gets and fails where it is told to."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import socket
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from typing_extensions import Self

FaultKind = Literal[
    "reject_sender",
    "reject",
    "reject_data",
    "reject_content",
    "drop_before_data",
    "drop_in_data",
    "drop_after_data",
    "drop_unstored",
    "slow",
]

_START_TIMEOUT = 10


@dataclass
class Fault:
    """Something that goes wrong.

    :param kind: ``"reject_sender"`` answers MAIL with ``reply``, ``"reject"`` RCPT, ``"reject_data"`` DATA, and
        ``"reject_content"`` the complete mail; ``"drop_before_data"`` closes the connection at DATA,
        ``"drop_in_data"`` after it asked for the content, ``"drop_after_data"`` after it stored the mail and without
        an answer, ``"drop_unstored"`` the same without storing it; ``"slow"`` takes ``delay`` seconds to answer the
        complete mail.
    :param recipient: Only mails to this address.
    :param nth: Only the nth mail since the start, counted from 1 by RCPT commands.
    :param times: How often, ``None`` for always.
    :param reply: Answer of the ``reject`` kinds.
    :param delay: Seconds of ``"slow"``.
    """

    kind: FaultKind
    recipient: str | None = None
    nth: int | None = None
    times: int | None = 1
    reply: str = "550 5.1.1 No such user here"
    delay: float = 0.0

    def strikes(self, kind: FaultKind, recipient: str, number: int) -> bool:
        """Tell whether this is the moment, and count it."""
        here = self.kind == kind and self.recipient in (None, recipient.casefold()) and self.nth in (None, number)
        if not here or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(frozen=True)
class ReceivedAttachment:
    """A file as it arrived."""

    name: str
    content_type: str
    content: bytes = field(repr=False)

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class ReceivedMail:
    """A mail as it arrived."""

    sender: str
    recipients: list[str]
    raw: bytes = field(repr=False)
    path: Path

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def attachments(self) -> list[ReceivedAttachment]:
        return [
            ReceivedAttachment(
                part.get_filename() or "", part.get_content_type(), cast(bytes, part.get_payload(decode=True))
            )
            for part in self.message.iter_attachments()
        ]

    def body(self, kind: Literal["html", "plain"]) -> str:
        """Return one of the versions of the body, its lines ended by LF; empty when there is none."""
        part = self.message.get_body((kind,))
        return str(part.get_content()).replace("\r\n", "\n") if part else ""


class _Server(SMTP):
    """aiosmtpd with a line that can be cut at DATA."""

    sink: SmtpSink

    async def smtp_DATA(self, arg: str) -> None:
        recipients = self.envelope.rcpt_tos if self.envelope else []
        recipient = recipients[-1] if recipients else ""
        if self.sink.strikes("drop_before_data", recipient):
            cut(self)
        elif self.sink.strikes("drop_in_data", recipient):
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            cut(self)
        elif fault := self.sink.strikes("reject_data", recipient):
            await self.push(fault.reply)
        else:
            await super().smtp_DATA(arg)


def cut(server: SMTP) -> str:
    """Break a server's connection at once; the reply is for the hooks that must return one, and nobody hears it."""
    cast(asyncio.Transport, server.transport).abort()
    return "421 4.3.2 Not heard by anybody"


class SmtpSink:
    """The server. Use it in a ``with`` statement, or call :meth:`start` and :meth:`stop`.

    :param folder: Where mails are stored, as ``.eml`` files numbered in the order of arrival.
    :param login: User and password that the server insists on, ``None`` for none.
    :param max_message_bytes: Size limit that it announces and enforces.
    :param port: Its port; 0 for a free one.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        login: tuple[str, str] | None = None,
        max_message_bytes: int = 32 * 1024 * 1024,
        port: int = 0,
    ) -> None:
        self.folder = Path(folder)
        self.login = login
        self.max_message_bytes = max_message_bytes
        self.host = "127.0.0.1"
        self.port = 0
        self._wanted_port = port
        self.mails: list[ReceivedMail] = []
        self.faults: list[Fault] = []
        self.connections = 0
        self._count = 0
        self._before = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="smtp-sink", daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen on a free port.

        :raises RuntimeError: The server did not come up.
        """
        # aiosmtpd tells every command as news, credentials included
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self.folder.mkdir(parents=True, exist_ok=True)
        # mails of an earlier server in the same folder stay
        self._before = max((int(mail.name.partition("-")[0]) for mail in self.folder.glob("[0-9]*-*.eml")), default=0)
        self._thread.start()
        if not self._ready.wait(_START_TIMEOUT) or not self.port:
            raise RuntimeError("the mail server did not come up")

    def stop(self) -> None:
        """Close all connections and stop listening."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_START_TIMEOUT)

    def script(self, kind: FaultKind, **details: Any) -> None:
        """Let something go wrong from now on; see :class:`Fault`."""
        self.faults.append(Fault(kind, **details))

    def mails_to(self, address: str) -> list[ReceivedMail]:
        return [mail for mail in self.mails if address.casefold() in map(str.casefold, mail.recipients)]

    def strikes(self, kind: FaultKind, recipient: str) -> Fault | None:
        """Return the fault that is due, if one is."""
        return next((fault for fault in self.faults if fault.strikes(kind, recipient, self._count)), None)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if fault := self.strikes("reject_sender", ""):
            return fault.reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._count += 1
        if fault := self.strikes("reject", address):
            return fault.reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        recipient = envelope.rcpt_tos[-1]
        if fault := self.strikes("reject_content", recipient):
            return fault.reply
        if self.strikes("drop_unstored", recipient):
            return cut(server)
        if fault := self.strikes("slow", recipient):
            await asyncio.sleep(fault.delay)
        self._store(envelope)
        if self.strikes("drop_after_data", recipient):
            return cut(server)
        return f"250 2.0.0 Ok: queued as {len(self.mails):06d}"

    def _store(self, envelope: Envelope) -> None:
        raw = cast(bytes, envelope.original_content)
        number = self._before + len(self.mails) + 1
        path = self.folder / f"{number:04d}-{re.sub(r'[^A-Za-z0-9.@_-]', '_', envelope.rcpt_tos[0])}.eml"
        path.write_bytes(raw)
        self.mails.append(ReceivedMail(envelope.mail_from or "", list(envelope.rcpt_tos), raw, path))

    def _server(self) -> SMTP:
        self.connections += 1
        server = _Server(
            self,
            data_size_limit=self.max_message_bytes,
            hostname="sink.example.com",
            loop=self._loop,
            authenticator=self._authenticate,
            auth_required=self.login is not None,
            auth_require_tls=False,
        )
        server.sink = self
        return server

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: LoginPassword
    ) -> AuthResult:
        pair = (given.login.decode(), given.password.decode())
        return AuthResult(success=pair == self.login, handled=False)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        listener = socket.create_server((self.host, self._wanted_port))
        try:
            server = self._loop.run_until_complete(self._loop.create_server(self._server, sock=listener))
            self.port = listener.getsockname()[1]
            self._ready.set()
            self._loop.run_forever()
            server.close()
            self._loop.run_until_complete(self._end_connections())
        finally:
            listener.close()
            self._loop.close()
            self._ready.set()

    async def _end_connections(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def smtp_connection(sink: SmtpSink) -> dict[str, Any]:
    """Return an Airflow connection to a sink that has started, as ``AIRFLOW_CONN_{ID}`` takes it in JSON."""
    login, password = sink.login or (None, None)
    return {
        "conn_type": "smtp",
        "host": sink.host,
        "port": sink.port,
        "login": login,
        "password": password,
        "extra": {
            "disable_ssl": True,
            "disable_tls": True,
            "from_email": "Reports <reports@example.com>",
            "timeout": 5,
            "retry_limit": 1,
        },
    }
