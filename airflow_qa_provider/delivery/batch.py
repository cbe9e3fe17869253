"""The batch: one mail to each recipient who has none yet, each step noted before and after."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from airflow_qa_provider.delivery.attachments import human_size
from airflow_qa_provider.delivery.ledger import Ledger
from airflow_qa_provider.delivery.message import Mail
from airflow_qa_provider.delivery.policies import UncertainPolicy
from airflow_qa_provider.delivery.recipients import Address
from airflow_qa_provider.delivery.report import DeliveryReport
from airflow_qa_provider.delivery.session import Answer, MailServerError, SmtpSession, Verdict

log = logging.getLogger(__name__)

_TRIES = 2
_LOST_IN_A_ROW = 3
_SENDER_HINT = "Check from_email and what the connection's login may send"
_SIZE_HINT = (
    'Link reports instead of attaching them (attach="fit" or "none" with link_url), lower max_attachment_bytes below '
    "what the mail server takes (base64 adds a third), or deliver fewer reports per task"
)


def sort_out(recipients: Sequence[Address], ledger: Ledger, on_uncertain: UncertainPolicy) -> DeliveryReport:
    """Tell who is to be served from who was, by what earlier attempts noted.

    :param recipients: Everybody.
    :param ledger: The notes.
    :param on_uncertain: What to do about those whose mail may or may not have been sent.
    """
    report = DeliveryReport()
    for recipient in recipients:
        progress = ledger.progress(recipient)
        if progress == "sent":
            report.already_delivered.append(recipient.email)
        elif progress == "sending" and on_uncertain != "repeat":
            _leave(report, recipient, "an earlier attempt ended between sending and the server's answer", on_uncertain)
        else:
            report.pending.append(recipient)
    return report


@dataclass
class Batch:
    """Everything that sending takes, apart from the recipients.

    :param session: The SMTP session.
    :param ledger: Where each step is noted.
    :param mail: The mail.
    :param sender: Whom it comes from.
    :param on_uncertain: What to do when a connection breaks between the mail and the server's answer.
    """

    session: SmtpSession
    ledger: Ledger
    mail: Mail
    sender: Address
    on_uncertain: UncertainPolicy

    def send(self, report: DeliveryReport) -> None:
        """Serve everybody who is pending; one recipient's trouble does not stop the others.

        :param report: Read for who is pending; takes what became of each.
        :raises QADeliveryError: The task's state cannot be written.
        """
        lost_in_a_row = 0
        while report.pending and not report.stopped:
            recipient = report.pending[0]
            try:
                answer = self._serve(recipient)
            except MailServerError as error:
                report.stop(error.message, error.hint)
                break
            lost_in_a_row = lost_in_a_row + 1 if answer.verdict is Verdict.LOST else 0
            if answer.verdict is Verdict.SENDER_REFUSED:
                report.stop(f"the mail server refused {self.sender.email} as sender: {answer.text}", _SENDER_HINT)
                break
            if answer.verdict is Verdict.TOO_LARGE:
                size = human_size(self.mail.size)
                report.stop(f"the mail of {size} is larger than the mail server takes: {answer.text}", _SIZE_HINT)
                break
            if lost_in_a_row == _LOST_IN_A_ROW:
                report.stop(f"the connection broke in the mails to {_LOST_IN_A_ROW} recipients in a row")
            del report.pending[0]
            self._enter(report, recipient, answer)

    def _serve(self, recipient: Address) -> Answer:
        before = self.ledger.progress(recipient)
        answer = Answer(Verdict.LOST, "")
        for _ in range(_TRIES):
            answer = self._send_once(recipient)
            if answer.verdict is Verdict.UNCERTAIN:
                before = "sending"
            if not self._worth_another_try(answer):
                break
            log.warning("Mail to %s: %s", recipient.email, answer.text)
        if answer.verdict is Verdict.ACCEPTED:
            log.info("Delivered to %s: %s", recipient.email, answer.text)
            self.ledger.note(recipient, "sent")
        elif self.ledger.progress(recipient) != before:
            self.ledger.note(recipient, before)
        return answer

    def _worth_another_try(self, answer: Answer) -> bool:
        uncertain = answer.verdict is Verdict.UNCERTAIN
        return answer.verdict is Verdict.LOST or (uncertain and self.on_uncertain == "repeat")

    def _send_once(self, recipient: Address) -> Answer:
        message_id = self.ledger.message_id(recipient, self.sender.domain)
        parts = self.mail.addressed(recipient, message_id)
        return self.session.send(self.sender, recipient, parts, commit=lambda: self.ledger.note(recipient, "sending"))

    def _enter(self, report: DeliveryReport, recipient: Address, answer: Answer) -> None:
        if answer.verdict is Verdict.ACCEPTED:
            report.delivered[recipient.email] = answer.text
        elif answer.verdict is Verdict.UNCERTAIN:
            _leave(report, recipient, answer.text, self.on_uncertain)
        else:
            place = report.refused if answer.verdict is Verdict.REFUSED else report.postponed
            place[recipient.email] = answer.text
            log.warning("Not delivered to %s: %s", recipient.email, answer.text)


def _leave(report: DeliveryReport, recipient: Address, why: str, on_uncertain: UncertainPolicy) -> None:
    place = {"skip": report.skipped, "fail": report.uncertain, "repeat": report.postponed}[on_uncertain]
    place[recipient.email] = why
    log.warning("Uncertain whether %s has the mail: %s", recipient.email, why)
