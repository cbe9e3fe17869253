"""Delivery of stored reports to people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from airflow_qa_provider.bases.empty import GatheringTask
from airflow_qa_provider.bases.provider import ProviderTask
from airflow_qa_provider.bases.retrying import failing_now
from airflow_qa_provider.delivery.policies import (
    DEFAULT_MAX_ATTACHMENT_BYTES,
    AttachPolicy,
    EmptyPolicy,
    LinkUrl,
    UncertainPolicy,
)

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context


class DeliverReportsOperator(ProviderTask, GatheringTask):
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

    **Nothing to do.** A task that was expanded over nothing does not stop the delivery of what others have stored; any
    other task that was skipped does, unless a ``trigger_rule`` is given. Without any report the task is skipped.

    **Nothing is sent** when anything is wrong with the arguments, a file is not the one that was fetched (size,
    SHA-256), or a report can neither be attached nor linked.

    Recipients do not see each other. Their addresses are in the task's log and result, but not in its state.

    :param reports: Manifests of the stored reports as the transfers return them: one, a list, or the output of a mapped
        task. ``None`` in a list (a mapped task that was skipped) is dropped.
    :param to: Recipients, as a list or as a string that separates them by comma or semicolon. Names are allowed
        (``"Anna <anna@example.com>"``); each address counts once, whatever the case of its letters.
    :param subject: Subject. A line break in it is refused. In it, and in ``html_content``, ``reports`` is the list of
        manifests: ``{{ reports[0].facts.score }}`` is the score of the audit whose report comes first.
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
    :param if_empty: What to do when there is no report: ``"skip"`` the task, ``"fail"``, or ``"send"`` a mail that says
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

    tells = ("delivered", "already_delivered", "refused")
    returns = "who got the mail"
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
        if_empty: EmptyPolicy = "skip",
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

    @override
    def render_template(self, content: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        from airflow_qa_provider.delivery.templates import ReportsInTemplates

        context.setdefault("reports", ReportsInTemplates(lambda: self.reports))
        return super().render_template(content, context, *args, **kwargs)

    @failing_now()
    def execute(self, context: Context) -> dict[str, Any]:
        """Deliver the reports; the class says how.

        :param context: Airflow's context.
        """
        from airflow.providers.common.compat.sdk import AirflowSkipException

        from airflow_qa_provider.compat import task_state_store
        from airflow_qa_provider.delivery.job import DeliveryJob

        job = DeliveryJob(**{one.name: getattr(self, one.name) for one in fields(DeliveryJob)})
        skipped = self.skipped_before(context)
        if skipped:
            raise AirflowSkipException(f"Skipped, as {', '.join(skipped)} before it")
        ti = context["ti"]
        result = job.run(task_state_store(context), [ti.dag_id, ti.run_id, ti.task_id, ti.map_index])
        if result is None:
            raise AirflowSkipException("There is no report to deliver")
        self.tell(context, {name: result[name] or None for name in self.tells})
        return result
