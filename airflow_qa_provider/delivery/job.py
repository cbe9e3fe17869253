"""One delivery from its arguments to its result, in the order that keeps the promises: check all, then send."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from airflow_qa_provider.delivery.attachments import Item, choose_attachments, human_size, list_items
from airflow_qa_provider.delivery.batch import Batch, sort_out
from airflow_qa_provider.delivery.ledger import Ledger, open_ledger
from airflow_qa_provider.delivery.message import compose
from airflow_qa_provider.delivery.policies import AttachPolicy, EmptyPolicy, LinkUrl, UncertainPolicy
from airflow_qa_provider.delivery.recipients import (
    NOTHING_SENT,
    Address,
    header_safe,
    parse_recipients,
    parse_sender,
    structured,
)
from airflow_qa_provider.delivery.report import DeliveryReport
from airflow_qa_provider.delivery.session import MailServerError, SmtpSession
from airflow_qa_provider.delivery.staging import stage
from airflow_qa_provider.delivery.templates import flattened
from airflow_qa_provider.exceptions import QAFileError, QAValidationError
from airflow_qa_provider.journal.store import TaskStateStore
from airflow_qa_provider.reports.manifest import Manifest
from airflow_qa_provider.reports.storage import explanation
from airflow_qa_provider.rest.fields import Fields, is_given

log = logging.getLogger(__name__)

# Of a server's limit for mails, what is left to header and text.
_TEXT_BYTES = 256 * 1024

_POLICIES = {"attach": AttachPolicy, "on_uncertain": UncertainPolicy, "if_empty": EmptyPolicy}


@dataclass
class DeliveryJob:
    """What to deliver to whom, and how; the arguments of
    :class:`~airflow_qa_provider.operators.delivery.DeliverReportsOperator`, which describes them.
    """

    reports: Any
    to: Any
    subject: str
    html_content: str | None
    smtp_conn_id: str
    from_email: str | None
    attach: AttachPolicy
    max_attachment_bytes: int
    link_url: LinkUrl
    on_uncertain: UncertainPolicy
    if_empty: EmptyPolicy
    max_refused: int

    def run(self, store: TaskStateStore | None, scope: Sequence[str | int | None]) -> dict[str, Any] | None:
        """Deliver.

        :param store: The task's state store, if there is one.
        :param scope: Dag, run, task and map index.
        :return: What the operator returns; ``None`` when there is no report and the policy says skip.
        :raises QAError: As the operator describes.
        """
        self._check_policies()
        self._read_texts()
        manifests = list(flattened(self.reports))
        if not manifests and self.if_empty == "skip":
            return None
        if not manifests and self.if_empty == "fail":
            raise QAValidationError(
                "reports holds no report",
                outcome=NOTHING_SENT,
                hint='If that is no mistake, leave out if_empty or, for a mail that says so, set if_empty="send"',
            )
        return self._deliver(manifests, store, scope)

    def _deliver(
        self, manifests: Sequence[Manifest], store: TaskStateStore | None, scope: Sequence[str | int | None]
    ) -> dict[str, Any]:
        recipients = parse_recipients(self.to)
        subject = self._checked_subject()
        items = choose_attachments(
            list_items(manifests, self.link_url), self.attach, self.max_attachment_bytes, "max_attachment_bytes"
        )
        session = SmtpSession(self.smtp_conn_id)
        sender = parse_sender(self.from_email) if self.from_email else session.sender()
        if store is None:
            log.warning(
                "This Airflow has no task state store (3.3 and later have one): each recipient gets one mail in this "
                "attempt, but a retry sends to all of them again"
            )
        ledger = open_ledger(store, scope, manifests, subject, self.html_content)
        report = sort_out(recipients, ledger, self.on_uncertain)
        if report.pending:
            with _own_folder() as folder, session:
                self._send(report, items, subject, sender, session, ledger, Path(folder))
        message_ids = {recipient.email: ledger.message_id(recipient, sender.domain) for recipient in recipients}
        if report.failed(self.max_refused):
            raise report.error(message_ids)
        ledger.finish()
        return _result(report, items, message_ids)

    def _send(
        self,
        report: DeliveryReport,
        items: Sequence[Item],
        subject: str,
        sender: Address,
        session: SmtpSession,
        ledger: Ledger,
        folder: Path,
    ) -> None:
        files = stage(items, folder)
        try:
            session.open()
        except MailServerError as error:
            report.stop(error.message, error.hint)
            return
        fitting = self._within_server_limit(items, session.max_message_bytes)
        if fitting != items:
            items, files = fitting, stage(fitting, folder)
        mail = compose(sender, subject, items, files, self.html_content)
        log.info(
            "Reports: %d (%d attached), recipients: %d, %s per mail, from %s",
            len(items),
            len(files),
            len(report.pending),
            human_size(mail.size),
            sender.email,
        )
        Batch(session, ledger, mail, sender, self.on_uncertain).send(report)

    def _within_server_limit(self, items: Sequence[Item], max_message_bytes: int | None) -> Sequence[Item]:
        room = None if max_message_bytes is None else max(max_message_bytes - _TEXT_BYTES, 0)
        if self.attach == "none" or room is None or room >= self.max_attachment_bytes:
            return items
        return choose_attachments(items, self.attach, room, "what the mail server takes per mail")

    def _read_texts(self) -> None:
        """Read what templates have made of the optional arguments."""
        try:
            self.html_content = Fields().optional_text(self.html_content, "html_content")
        except QAValidationError as error:
            error.outcome = NOTHING_SENT
            raise
        self.from_email = self.from_email if is_given(self.from_email) else None
        if not is_given(self.link_url):
            self.link_url = None
        elif isinstance(self.link_url, str) and self.link_url.lstrip().startswith("{"):
            self.link_url = structured(self.link_url, "link_url")  # no address begins like this

    def _checked_subject(self) -> str:
        subject = header_safe(self.subject, "subject")
        if not subject:
            raise QAValidationError("subject is empty", outcome=NOTHING_SENT)
        return subject

    def _check_policies(self) -> None:
        for name, policy in _POLICIES.items():
            if getattr(self, name) not in get_args(policy):
                allowed = ", ".join(repr(word) for word in get_args(policy))
                raise QAValidationError(f"{name} is {getattr(self, name)!r} and can be {allowed}", outcome=NOTHING_SENT)
        for name in ("max_attachment_bytes", "max_refused"):
            value = getattr(self, name)
            if not isinstance(value, int) or value < 0:
                raise QAValidationError(f"{name} is {value!r} and can be 0 or more", outcome=NOTHING_SENT)


def _own_folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="reports-")
    except OSError as error:
        raise QAFileError(
            f"the reports cannot be copied to this worker: {explanation(error)[0]}",
            operation="delivery",
            outcome=NOTHING_SENT,
            hint="Its folder for temporary files (TMPDIR) must be there, be writable and have room",
        ) from None


def _result(report: DeliveryReport, items: Sequence[Item], message_ids: Mapping[str, str]) -> dict[str, Any]:
    log.info(
        "Recipients: %d served, %d served by an earlier attempt, %d refused, %d left uncertain",
        len(report.delivered),
        len(report.already_delivered),
        len(report.refused),
        len(report.skipped),
    )
    served = [*report.delivered, *report.already_delivered]
    return {
        "delivered": list(report.delivered),
        "already_delivered": report.already_delivered,
        "skipped": report.skipped,
        "refused": report.refused,
        "message_ids": {address: message_ids[address] for address in served},
        "files": [item.name for item in items],
        "bytes": sum(item.manifest["bytes"] for item in items),
    }
