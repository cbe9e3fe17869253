"""Operators of CONQA."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.bases.bulk import BulkSyncOperator
from airflow_qa_provider.bases.calling import VendorOperator
from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.bases.listing import ListOperator
from airflow_qa_provider.bases.webhooks import WebhookOperator

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from airflow_qa_provider.bases.arguments import (
        CallingArguments,
        ChangingArguments,
        CreatingArguments,
        ListArguments,
        SyncArguments,
    )
    from airflow_qa_provider.vendors.conqa.client.fields import FieldValue, Option

_COLOR = "#fdf0d9"


class ConqaOperator(VendorOperator):
    """Calls one operation of the CONQA API, such as ``milestones.upsert``.

    :param conqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.calling.VendorOperator`.
    """

    vendor = "conqa"
    template_fields = (*VendorOperator.template_fields, "conqa_conn_id")
    ui_color = _COLOR

    def __init__(self, *, conqa_conn_id: str = "conqa_default", **kwargs: Unpack[CallingArguments]) -> None:
        super().__init__(**kwargs)
        self.conqa_conn_id = conqa_conn_id


class ConqaUpsertMilestoneOperator(ChangingOperator):
    """Creates a milestone, or brings it to a name, a status and fields; what is equal already is not sent.

    CONQA answers that the change is queued, and the task ends then. To go on when it is done, wait with
    :class:`~airflow_qa_provider.sensors.conqa.ConqaMilestoneSensor`.

    All attempts send the same transaction time, by which CONQA recognises a repeated request: after a lost answer, a
    retry may send it again without harm. What CONQA does when somebody has changed the milestone since is not
    documented beyond "to allow idempotency".

    It is compared with the list of milestones, which does not show changes that are still queued: put the sensor
    between two tasks that change one milestone. The docs do not show that list. What it does not tell of the
    milestone cannot be compared; the log says so, and the change is sent.

    Returns the external id. The XCom ``outcome`` is ``created``, ``updated`` or ``unchanged``.

    :param project_id: Id of the project; that of the connection by default. (templated)
    :param external_id: Id of the milestone in the system that it comes from. (templated)
    :param name: Name; left as it is when unset. (templated)
    :param status: Identifier of a configured status, such as ``planned``, or an
        :class:`~airflow_qa_provider.vendors.conqa.client.fields.Option`; left as it is when unset. (templated)
    :param fields: Field name to a text, a number, a date, an option (``Option`` or ``{"value", "display",
        "createNew"}``), or ``None`` to clear the field; all of it also as JSON text. Fields that are not named stay
        as they are. A new milestone needs those that decide its checklist template and its folder. (templated)
    :param conqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    kind = "conqa.milestone"
    change = "upsert"
    payload_fields = ("project_id", "external_id", "name", "status", "fields")
    connection_fields = ("project_id",)
    template_fields = (*payload_fields, "conqa_conn_id", "preview")
    template_fields_renderers = {"fields": "json"}  # noqa: RUF012 - Airflow's own shape
    ui_color = _COLOR

    def __init__(
        self,
        *,
        project_id: str | None = None,
        external_id: str,
        name: str | None = None,
        status: str | Option | Mapping[str, Any] | None = None,
        fields: Mapping[str, FieldValue] | str | None = None,
        conqa_conn_id: str = "conqa_default",
        **kwargs: Unpack[ChangingArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.project_id = project_id
        self.external_id = external_id
        self.name = name
        self.status = status
        self.fields = fields
        self.conqa_conn_id = conqa_conn_id


class ConqaDeleteMilestoneOperator(ChangingOperator):
    """Deletes a milestone with its checklist, if it is there. People can restore both in CONQA.

    CONQA answers that the deletion is queued, and the task ends then. To go on when it is done, wait with
    :class:`~airflow_qa_provider.sensors.conqa.ConqaMilestoneSensor` and ``until="deleted"``.

    All attempts send the same transaction time, by which CONQA recognises a repeated request. Only that keeps a retry
    after a lost answer from deleting a milestone that somebody has made since under the same external id.

    The list of milestones shows whether there is one; changes that are still queued do not count. When the list cannot
    be read, as its answer is not documented, the log says so, and the deletion is sent.

    Returns the external id. The XCom ``outcome`` is ``deleted``, or ``unchanged`` when there was no
    such milestone.

    :param project_id: Id of the project; that of the connection by default. (templated)
    :param external_id: Id of the milestone in the system that it comes from. (templated)
    :param conqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    kind = "conqa.milestone"
    change = "delete"
    payload_fields = ("project_id", "external_id")
    connection_fields = ("project_id",)
    template_fields = (*payload_fields, "conqa_conn_id", "preview")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        project_id: str | None = None,
        external_id: str,
        conqa_conn_id: str = "conqa_default",
        **kwargs: Unpack[ChangingArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.project_id = project_id
        self.external_id = external_id
        self.conqa_conn_id = conqa_conn_id


class ConqaGenerateReportOperator(CreatingOperator):
    """Asks for the report of a checklist, once. Its end is told by webhook only.

    CONQA gives a report no id and has no list of them. The task makes an id of its own and sends it in ``context``
    under ``airflow``, beside what the author puts there: the call of the webhook brings it back, and
    :class:`~airflow_qa_provider.sensors.conqa.ConqaReportSensor` waits for that. Register a ``REPORT`` webhook for the
    project or its account first. Report types other than ``QAREPORT``, ``HISTORY`` and
    ``FAILED_CHECKPOINT`` bring no context back.

    When the answer is lost, nothing at CONQA tells whether the report is being made: the task fails with
    ``QAUncertainError``. With ``on_uncertain="repeat"`` a retry asks again under another id, and the webhook may tell
    of a report that no task waits for. ``if_exists`` and ``on_gone`` have no use here.

    Returns the id, ``airflow-`` and 32 hexadecimal digits.

    :param project_id: Id of the project; that of the connection by default. (templated)
    :param checklist_id: Id of the checklist, ``cl:...``. (templated)
    :param context: JSON object to be handed back, also as text; the name ``airflow`` in it is taken. (templated)
    :param conqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.creating.CreatingOperator`.
    """

    kind = "conqa.report"
    payload_fields = ("project_id", "checklist_id", "context")
    connection_fields = ("project_id",)
    template_fields = (*payload_fields, "conqa_conn_id", "preview")
    template_fields_renderers = {"context": "json"}  # noqa: RUF012 - Airflow's own shape
    ui_color = _COLOR

    def __init__(
        self,
        *,
        project_id: str | None = None,
        checklist_id: str,
        context: Mapping[str, Any] | str | None = None,
        conqa_conn_id: str = "conqa_default",
        **kwargs: Unpack[CreatingArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.project_id = project_id
        self.checklist_id = checklist_id
        self.context = context
        self.conqa_conn_id = conqa_conn_id


class ConqaUpsertWebhookOperator(WebhookOperator):
    """Makes sure that CONQA tells Airflow of reports or milestones: registers the webhook, or switches it on again.

    CONQA switches a webhook off after ten failures in a row, and tells nothing any more until somebody switches it on.
    Let this task run each day, or before tasks that wait for reports.

    Of the address of a webhook, CONQA shows the host only. So one webhook of the type to the host of ``airflow_url``
    is taken for that of this Airflow, and another one is registered where there is none. With several, the task fails
    and names them. Whether the token is still the same cannot be seen, and an address cannot be changed: after a new
    token, delete the webhook with ``project_webhooks.delete`` and let this task register another one.

    Returns the id of the webhook, for :class:`~airflow_qa_provider.sensors.conqa.ConqaWebhookSensor`. The XCom
    ``outcome`` is ``created``, ``updated`` or ``unchanged``.

    :param project_id: Project whose events are told; that of the connection by default. (templated)
    :param account_id: Account, for the events of all its projects, in place of a project. (templated)
    :param webhook_type: ``report`` or ``milestone``. (templated)
    :param name: Name of a webhook that is registered, for people. (templated)
    :param airflow_url: Address under which CONQA reaches the API server, ``https://...``; Airflow's ``[api] base_url``
        by default. (templated)
    :param conqa_conn_id: Id of the Airflow connection, which has the token of the webhook. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.webhooks.WebhookOperator`.
    """

    kind = "conqa.webhook"
    change = "upsert"
    payload_fields = ("project_id", "account_id", "webhook_type", "name")
    connection_fields = ("project_id",)
    template_fields = (*payload_fields, "airflow_url", "conqa_conn_id", "preview")
    result_detail = "webhook_id"
    ui_color = _COLOR

    def __init__(
        self,
        *,
        project_id: str | None = None,
        account_id: str | None = None,
        webhook_type: str = "report",
        name: str = "Airflow",
        airflow_url: str | None = None,
        conqa_conn_id: str = "conqa_default",
        **kwargs: Unpack[ChangingArguments],
    ) -> None:
        super().__init__(airflow_url=airflow_url, **kwargs)
        self.project_id = project_id
        self.account_id = account_id
        self.webhook_type = webhook_type
        self.name = name
        self.conqa_conn_id = conqa_conn_id


class ConqaSyncMilestonesOperator(BulkSyncOperator):
    """Brings the milestones of a project to what the rows of a file, a query or another task say.

    The list of the project's milestones is read once. Rows that are as they should be are not sent; the others are
    upserted, and those that ``delete_where`` marks deleted, where the list shows them. All attempts send the same
    transaction time for a row, by which CONQA recognises a repeated request.

    CONQA queues changes: with ``wait_until_shown`` the task ends when its list shows them. See
    :class:`ConqaUpsertMilestoneOperator` for how milestones are compared, and for what a row may give.

    :param project_id: Id of the project, where a row names none; that of the connection by default. (templated)
    :param conqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.bulk.BulkSyncOperator`.
    """

    kind = "conqa.milestone"
    change = "upsert"
    delete_change = "delete"
    row_fields = ("external_id", "name", "status", "fields")
    payload_fields = ("project_id",)
    connection_fields = ("project_id",)
    template_fields = (*BulkSyncOperator.template_fields, *payload_fields, "conqa_conn_id")
    ui_color = _COLOR

    def __init__(
        self, *, project_id: str | None = None, conqa_conn_id: str = "conqa_default", **kwargs: Unpack[SyncArguments]
    ) -> None:
        super().__init__(**kwargs)
        self.project_id = project_id
        self.conqa_conn_id = conqa_conn_id


class _ListOperator(ListOperator):
    vendor = "conqa"
    scope_fields = ("project_id",)
    connection_fields = ("project_id",)
    filter_fields = ("status",)
    template_fields = (*ListOperator.template_fields, *scope_fields, *filter_fields, "conqa_conn_id")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        project_id: str | None = None,
        status: str | Iterable[str] | None = None,
        conqa_conn_id: str = "conqa_default",
        **kwargs: Unpack[ListArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.project_id = project_id
        self.status = status
        self.conqa_conn_id = conqa_conn_id


class ConqaListIssuesOperator(_ListOperator):
    """Returns the ids of the issues of a project, such as those that are disputed.

    ``column="checklistId"`` returns the checklists that they are on, each once, which is what
    :class:`ConqaGenerateReportOperator` expands over.

    :param project_id: Id of the project; that of the connection by default. (templated)
    :param status: Only issues in one of these states, such as ``disputed``. (templated)
    :param conqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.listing.ListOperator`.
    """

    records = "issues"


class ConqaListMilestonesOperator(_ListOperator):
    """Returns the external ids of the milestones of a project.

    Milestones that have none are in the XCom ``rows`` only.

    :param project_id: Id of the project; that of the connection by default. (templated)
    :param status: Only milestones in one of these states, by identifier or label. (templated)
    :param conqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.listing.ListOperator`.
    """

    records = "milestones"
