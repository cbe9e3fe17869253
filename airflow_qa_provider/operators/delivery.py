"""Delivery of stored reports to people."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from airflow.providers.common.compat.sdk import BaseOperator

from airflow_qa_provider.compat import task_state_store
from airflow_qa_provider.delivery.attachments import (
    AttachPolicy,
    Item,
    LinkUrl,
    choose_attachments,
    human_size,
    list_items,
)
from airflow_qa_provider.delivery.batch import Batch, sort_out
from airflow_qa_provider.delivery.ledger import Content, Ledger, open_ledger
from airflow_qa_provider.delivery.message import compose
from airflow_qa_provider.delivery.recipients import NOTHING_SENT, Address, header_safe, parse_recipients, parse_sender
from airflow_qa_provider.delivery.session import MailServerError, SmtpSession
from airflow_qa_provider.delivery.staging import stage
from airflow_qa_provider.delivery.tally import Tally, UncertainPolicy
from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.reports.manifest import Manifest, as_manifest

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context

EmptyPolicy = Literal["fail", "skip", "send"]

DEFAULT_MAX_ATTACHMENT_BYTES = 20 * 1024 * 1024

# Of a server's limit for mails, what is left to header and text.
_TEXT_BYTES = 256 * 1024

_POLICIES = {"attach": AttachPolicy, "on_uncertain": UncertainPolicy, "if_empty": EmptyPolicy}


class DeliverReportsOperator(BaseOperator):
    """Mail stored reports to people: one mail to each, with the files attached or linked, once.

    ::

        fetch = FetchSomeReportOperator.partial(task_id="fetch").expand(report_id=ids)
        DeliverReportsOperator(
            task_id="deliver",
            reports=fetch.output,
            to="anna@example.com; ben@example.com",
            subject="Audit reports {{ ds }}",
            link_url="https://files.example.com/{path}",
        )

    **Once.** On Airflow 3.3 and later, the task's state remembers who was served. A retry, or a task that is cleared,
    sends the same content only to those who have no mail yet, and also to addresses that were added. The same content
    means the same files (name and SHA-256), subject and body in the same task of the same run; changed content is a new
    delivery to all. While a delivery is incomplete, a subject or body that differs from the first attempt's does not
    make it a new one. To send all again, delete the state of the task instance and clear it. Deployments that set
    ``[state_store] clear_on_success`` forget who was served when the task has succeeded. Before Airflow 3.3 there is no
    such memory: each recipient gets one mail per attempt, and a retry sends to all again; the log says so.

    **Uncertain.** When a worker dies, or a connection breaks, after the server has the whole mail and before its answer
    is noted, nobody can say whether the mail was delivered. ``on_uncertain`` decides. The default serves everybody
    else, then fails and names those recipients with their Message-IDs, to be looked up in the mail server's log. Copies
    have the same Message-ID, and many mail systems show only one of them.

    **Nothing is sent** when anything is wrong with the arguments, a file is not the one that was fetched (size,
    SHA-256), or a report can neither be attached nor linked.

    Recipients do not see each other. Their addresses are in the task's log and result, but not in its state.

    :param reports: Manifests of the stored reports as the transfers return them: one, a list, or the output of a mapped
        task. ``None`` in a list (a mapped task that was skipped) is dropped.
    :param to: Recipients, as a list or as a string that separates them by comma or semicolon. Names are allowed
        (``"Anna <anna@example.com>"``); each address counts once, whatever the case of its letters.
    :param subject: Subject. A line break in it is refused.
    :param html_content: HTML above the table of reports, in place of the default heading and greeting; ``{reports}``
        in it marks another place for the table. The plain-text version is made from it. May be the path of a template
        file that ends in ``.html.jinja``.
    :param smtp_conn_id: Connection of type ``smtp``.
    :param from_email: Sender, by default ``from_email`` in the connection's extra.
    :param attach: ``"fit"`` attaches reports in their order as long as they fit and links the others, ``"all"`` fails
        when they do not all fit, ``"none"`` links all.
    :param max_attachment_bytes: Bytes that the attachments of one mail may have together, counted as they travel
        (base64 adds a third); default 20 MiB. A smaller limit that the mail server announces counts as well.
    :param link_url: Address of a file that is not attached: a template such as
        ``"https://files.example.com/{path}"`` with ``{name}``, ``{path}`` (of the URI, without scheme and bucket),
        ``{sha256}`` or ``{vendor}``, or a mapping of file names to addresses. By default the manifest's link to the
        vendor.
    :param on_uncertain: ``"fail"`` leaves uncertain recipients to a person, ``"skip"`` counts them as served,
        ``"repeat"`` sends again.
    :param if_empty: What to do when there is no report: ``"fail"``, ``"skip"`` the task, or ``"send"`` a mail that says
        so.
    :param max_refused: Recipients that the server may refuse for good (5xx) before the task fails; the others are
        served in any case.
    :return: ``{"delivered": [address], "already_delivered": [address], "skipped": {address: reason},
        "refused": {address: reason}, "message_ids": {address: id}, "files": [name], "bytes": total}``
    :raises QAValidationError: An argument is wrong.
    :raises QAConfigurationError: The connection does not exist or names no sender.
    :raises QAFileError: A stored file is gone or changed.
    :raises QADeliveryError: Somebody was not reached; the message says who was, who was not and why.
    """

    template_fields: Sequence[str] = (
        "reports",
        "to",
        "subject",
        "html_content",
        "smtp_conn_id",
        "from_email",
        "link_url",
    )
    # not .html: that would take a report's own name for a template
    template_ext: Sequence[str] = (".html.jinja",)
    template_fields_renderers = {"html_content": "html"}  # noqa: RUF012 - as Airflow declares it
    ui_color = "#e4f1ea"

    def __init__(
        self,
        *,
        reports: Any,
        to: str | Iterable[str],
        subject: str,
        html_content: str | None = None,
        smtp_conn_id: str = "smtp_default",
        from_email: str | None = None,
        attach: AttachPolicy = "fit",
        max_attachment_bytes: int = DEFAULT_MAX_ATTACHMENT_BYTES,
        link_url: LinkUrl = None,
        on_uncertain: UncertainPolicy = "fail",
        if_empty: EmptyPolicy = "fail",
        max_refused: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.reports = reports
        self.to = to
        self.subject = subject
        self.html_content = html_content
        self.smtp_conn_id = smtp_conn_id
        self.from_email = from_email
        self.attach = attach
        self.max_attachment_bytes = max_attachment_bytes
        self.link_url = link_url
        self.on_uncertain = on_uncertain
        self.if_empty = if_empty
        self.max_refused = max_refused

    def execute(self, context: Context) -> dict[str, Any]:
        """Deliver the reports; the class says how.

        :param context: Airflow's context.
        """
        self._check_policies()
        manifests = self._manifests()
        recipients = parse_recipients(self.to)
        subject = header_safe(self.subject, "subject")
        if not subject:
            raise QAValidationError("subject is empty", outcome=NOTHING_SENT)
        items = choose_attachments(
            list_items(manifests, self.link_url), self.attach, self.max_attachment_bytes, "max_attachment_bytes"
        )
        session = SmtpSession(self.smtp_conn_id)
        sender = parse_sender(self.from_email) if self.from_email else session.sender()
        ledger = self._ledger(context, Content.of(manifests, subject, self.html_content))
        tally = sort_out(recipients, ledger, self.on_uncertain)
        if tally.pending:
            with tempfile.TemporaryDirectory(prefix="reports-") as folder, session:
                self._send(tally, items, subject, sender, session, ledger, Path(folder))
        message_ids = {recipient.email: ledger.message_id(recipient, sender.domain) for recipient in recipients}
        if tally.failed(self.max_refused):
            raise tally.error(message_ids)
        ledger.finish()
        return self._result(tally, items, message_ids)

    def _send(
        self,
        tally: Tally,
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
            tally.stop(error.message, error.hint)
            return
        fitting = self._within_server_limit(items, session.max_message_bytes)
        if fitting != items:
            items, files = fitting, stage(fitting, folder)
        mail = compose(sender, subject, items, files, self.html_content)
        self.log.info(
            "Reports: %d (%d attached), recipients: %d, %s per mail, from %s",
            len(items),
            len(files),
            len(tally.pending),
            human_size(mail.size),
            sender.email,
        )
        Batch(session, ledger, mail, sender, self.on_uncertain).send(tally)

    def _within_server_limit(self, items: Sequence[Item], max_message_bytes: int | None) -> Sequence[Item]:
        room = None if max_message_bytes is None else max(max_message_bytes - _TEXT_BYTES, 0)
        if self.attach == "none" or room is None or room >= self.max_attachment_bytes:
            return items
        return choose_attachments(items, self.attach, room, "what the mail server takes per mail")

    def _ledger(self, context: Context, content: Content) -> Ledger:
        store = task_state_store(context)
        if store is None:
            self.log.warning(
                "This Airflow has no task state store (3.3 and later have one): each recipient gets one mail in this "
                "attempt, but a retry sends to all of them again"
            )
        ti = context["ti"]
        return open_ledger(store, [ti.dag_id, ti.run_id, ti.task_id, ti.map_index], content)

    def _manifests(self) -> list[Manifest]:
        manifests = list(_flatten(self.reports))
        if manifests or self.if_empty == "send":
            return manifests
        if self.if_empty == "skip":
            from airflow.providers.common.compat.sdk import AirflowSkipException

            raise AirflowSkipException("There is no report to deliver")
        raise QAValidationError(
            "reports holds no report",
            outcome=NOTHING_SENT,
            hint='If that is no mistake, set if_empty="skip" or, for a mail that says so, if_empty="send"',
        )

    def _check_policies(self) -> None:
        for name, policy in _POLICIES.items():
            if getattr(self, name) not in get_args(policy):
                allowed = ", ".join(repr(word) for word in get_args(policy))
                raise QAValidationError(f"{name} is {getattr(self, name)!r} and can be {allowed}", outcome=NOTHING_SENT)
        for name in ("max_attachment_bytes", "max_refused"):
            value = getattr(self, name)
            if not isinstance(value, int) or value < 0:
                raise QAValidationError(f"{name} is {value!r} and can be 0 or more", outcome=NOTHING_SENT)

    def _result(self, tally: Tally, items: Sequence[Item], message_ids: Mapping[str, str]) -> dict[str, Any]:
        self.log.info(
            "Recipients: %d served, %d served by an earlier attempt, %d refused, %d left uncertain",
            len(tally.delivered),
            len(tally.already_delivered),
            len(tally.refused),
            len(tally.skipped),
        )
        served = [*tally.delivered, *tally.already_delivered]
        return {
            "delivered": list(tally.delivered),
            "already_delivered": tally.already_delivered,
            "skipped": tally.skipped,
            "refused": tally.refused,
            "message_ids": {address: message_ids[address] for address in served},
            "files": [item.name for item in items],
            "bytes": sum(item.manifest["bytes"] for item in items),
        }


def _flatten(value: Any) -> Iterable[Manifest]:
    if value is None:
        return
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        for item in value:
            yield from _flatten(item)
    else:
        yield as_manifest(value)
