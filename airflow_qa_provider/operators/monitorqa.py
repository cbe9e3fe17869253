"""Operators of MonitorQA."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from airflow_qa_provider.bases.bulk import BulkCreateOperator, BulkOperator
from airflow_qa_provider.bases.calling import VendorOperator
from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.bases.jobs import RemoteJobOperator
from airflow_qa_provider.bases.link import StoredFileLink
from airflow_qa_provider.bases.listing import ListOperator
from airflow_qa_provider.bases.reporting import RemoteReportOperator
from airflow_qa_provider.links.monitorqa import MonitorQAAuditLink, MonitorQACorrectiveActionLink

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from airflow_qa_provider.bases.arguments import (
        BulkArguments,
        CallingArguments,
        ChangingArguments,
        CreatingArguments,
        JobArguments,
        ListArguments,
        ReportingArguments,
    )
    from airflow_qa_provider.vendors.monitorqa.client.repeats import Repeat

_COLOR = "#e3f4ea"


class MonitorQAOperator(VendorOperator):
    """Calls one operation of the MonitorQA API, such as ``users.list``.

    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.calling.VendorOperator`.
    """

    vendor = "monitorqa"
    template_fields = (*VendorOperator.template_fields, "monitorqa_conn_id")
    ui_color = _COLOR

    def __init__(self, *, monitorqa_conn_id: str = "monitorqa_default", **kwargs: Unpack[CallingArguments]) -> None:
        super().__init__(**kwargs)
        self.monitorqa_conn_id = monitorqa_conn_id


class MonitorQACreateAuditOperator(RemoteJobOperator):
    """Creates a one-time audit, once, and waits until it is completed.

    A completed audit is a success, also when its score is low: it is in the XCom ``score``. An audit that expired or
    was deleted fails the task. MonitorQA can expire a waiting audit, so ``on_kill="cancel"`` works.

    An audit whose id was lost is found by template, object, name and dates. ``if_exists`` looks at the same, and with a
    relative due date at all open audits of that name; it is ``create`` by default, since a weekly walk has the same
    name every week. ``on_changed_input="update"`` changes name, dates, hint and assignee.

    Returns the id of the audit.

    :param name: Name of the audit. (templated)
    :param template_id: Template to use; that of the connection by default. (templated)
    :param audit_object_id: Object to be audited; that of the connection by default. (templated)
    :param due: Due date: an aware ``datetime``, ISO 8601 with a zone, or a ``timedelta`` from the creation. (templated)
    :param start: From when it can be started, in the same forms; at once by default. (templated)
    :param auditor_hint: Instructions for the auditor, at most 2,000 characters. (templated)
    :param assignee_id: User who will do it. (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.jobs.RemoteJobOperator`.
    """

    kind = "monitorqa.audit"
    payload_fields = ("name", "template_id", "audit_object_id", "due", "start", "auditor_hint", "assignee_id")
    connection_fields = ("template_id", "audit_object_id")
    template_fields = (*payload_fields, "monitorqa_conn_id", "preview")
    operator_extra_links = (MonitorQAAuditLink(),)
    ui_color = _COLOR

    def __init__(
        self,
        *,
        name: str,
        due: datetime | timedelta | str,
        template_id: str | None = None,
        audit_object_id: str | None = None,
        start: datetime | timedelta | str | None = None,
        auditor_hint: str | None = None,
        assignee_id: str | None = None,
        monitorqa_conn_id: str = "monitorqa_default",
        **kwargs: Unpack[JobArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.name, self.template_id, self.audit_object_id = name, template_id, audit_object_id
        self.due, self.start = due, start
        self.auditor_hint, self.assignee_id = auditor_hint, assignee_id
        self.monitorqa_conn_id = monitorqa_conn_id


class MonitorQACreateAuditsOperator(BulkCreateOperator):
    """Creates a one-time audit for each row of a file, a query or another task, once. Nothing is waited for.

    A row may give all arguments of :class:`MonitorQACreateAuditOperator`. When an answer is lost, the audit is found by
    its dates where one of them is relative (``due`` of ``P1D``, say): no two rows have the same to the millisecond.
    With other dates it cannot be told from an equal one that was there before, and the row is uncertain.

    :param template_id: Template to use, where a row names none; that of the connection by default. (templated)
    :param audit_object_id: Object to be audited, where a row names none; that of the connection by default. (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.bulk.BulkCreateOperator`.
    """

    kind = "monitorqa.audit"
    row_fields = ("name", "due", "start", "auditor_hint", "assignee_id")
    payload_fields = ("template_id", "audit_object_id")
    connection_fields = ("template_id", "audit_object_id")
    template_fields = (*BulkCreateOperator.template_fields, *payload_fields, "monitorqa_conn_id")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        template_id: str | None = None,
        audit_object_id: str | None = None,
        monitorqa_conn_id: str = "monitorqa_default",
        **kwargs: Unpack[BulkArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.template_id = template_id
        self.audit_object_id = audit_object_id
        self.monitorqa_conn_id = monitorqa_conn_id


class MonitorQAUpsertAuditObjectsOperator(BulkOperator):
    """Brings audit objects, such as sites and machines, to what the rows of a file, a query or another task say.

    A row may give ``name``, ``notes``, ``geo_address`` (an object of ``lat``, ``lng``, ``name``, ``address``),
    ``attributes`` (names of attributes to names of options) and ``audit_object_id``. An object is known by its name, or
    by its id, which a row that renames it needs. What a row does not give stays as it is. When an answer is lost, the
    list of objects is looked at before another request is sent.

    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.bulk.BulkOperator`.
    """

    kind = "monitorqa.audit_object"
    change = "upsert"
    row_fields = ("audit_object_id", "name", "notes", "geo_address", "attributes")
    template_fields = (*BulkOperator.template_fields, "monitorqa_conn_id")
    ui_color = _COLOR

    def __init__(self, *, monitorqa_conn_id: str = "monitorqa_default", **kwargs: Unpack[BulkArguments]) -> None:
        super().__init__(**kwargs)
        self.monitorqa_conn_id = monitorqa_conn_id


class MonitorQAAuditReportOperator(RemoteReportOperator):
    """Creates a one-time audit, once, waits until it is completed, and stores its report.

    All of :class:`MonitorQACreateAuditOperator` and of
    :class:`~airflow_qa_provider.transfers.monitorqa.MonitorQAAuditReportToObjectStorageOperator` in one task, which a
    retry takes up where the attempt before it stopped. In a folder the file is named after the audit.

    Returns the manifest of the file, with ``number``, ``score``, ``score_label``, ``completed_at`` and ``completed_by``
    of the audit under ``facts``.

    :param name: Name of the audit. (templated)
    :param due: Due date: an aware ``datetime``, ISO 8601 with a zone, or a ``timedelta`` from the creation. (templated)
    :param template_id: Template to use; that of the connection by default. (templated)
    :param audit_object_id: Object to be audited; that of the connection by default. (templated)
    :param start: From when it can be started, in the same forms; at once by default. (templated)
    :param auditor_hint: Instructions for the auditor, at most 2,000 characters. (templated)
    :param assignee_id: User who will do it. (templated)
    :param report: ``pdf``, or ``json`` for the items with their answers and corrective actions. (templated)
    :param report_type: How much a PDF tells: ``regular``, ``summary``, ``full``, or the vendor's 0, 1, 2. (templated)
    :param include_photos: Whether photos are part of a PDF. (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.reporting.RemoteReportOperator`.
    """

    kind = "monitorqa.audit"
    id_field = "audit_id"
    payload_fields = MonitorQACreateAuditOperator.payload_fields
    report_fields = ("report", "report_type", "include_photos")
    connection_fields = ("template_id", "audit_object_id")
    template_fields = (
        *payload_fields,
        *report_fields,
        *("target", "file_name", "object_storage_conn_id", "overwrite"),
        *("monitorqa_conn_id", "preview"),
    )
    operator_extra_links = (MonitorQAAuditLink(), StoredFileLink())
    ui_color = _COLOR

    def __init__(
        self,
        *,
        name: str,
        due: datetime | timedelta | str,
        template_id: str | None = None,
        audit_object_id: str | None = None,
        start: datetime | timedelta | str | None = None,
        auditor_hint: str | None = None,
        assignee_id: str | None = None,
        report: str = "pdf",
        report_type: str | int = "regular",
        include_photos: bool | str = False,
        monitorqa_conn_id: str = "monitorqa_default",
        **kwargs: Unpack[ReportingArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.name, self.template_id, self.audit_object_id = name, template_id, audit_object_id
        self.due, self.start = due, start
        self.auditor_hint, self.assignee_id = auditor_hint, assignee_id
        self.report, self.report_type, self.include_photos = report, report_type, include_photos
        self.monitorqa_conn_id = monitorqa_conn_id

    @override
    def default_name(self) -> str:
        return self.name


class MonitorQAReopenAuditOperator(ChangingOperator):
    """Makes a completed audit active again, once.

    An audit that is active already is left as it is, whatever its dates and assignees are. One that has expired is
    refused: MonitorQA reopens completed audits only.

    A retry whose earlier attempt lost the answer does not reopen an audit that was reopened by it and has been
    completed again since. That is seen by its dates, and by a completion more than a minute after the request. What
    cannot be told: an audit that somebody has given other dates and completed within that minute is reopened again.

    Returns the id of the audit. :class:`~airflow_qa_provider.sensors.monitorqa.MonitorQAAuditSensor` waits for its
    completion.

    :param audit_id: Id of a completed audit. (templated)
    :param due: New due date: an aware ``datetime``, an ISO 8601 string with a zone, or a ``timedelta`` from
        the first attempt on. (templated)
    :param start: New start, in the same forms; the moment of the first attempt by default. (templated)
    :param assignees_ids: New assignees; by default it stays with those who have it. (templated)
    :param remove_assignees: Whether to take it from all assignees; an empty ``assignees_ids`` is refused.
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    kind = "monitorqa.audit"
    change = "reopen"
    payload_fields = ("audit_id", "due", "start", "assignees_ids", "remove_assignees")
    template_fields = (*payload_fields, "monitorqa_conn_id", "preview")
    operator_extra_links = (MonitorQAAuditLink(),)
    ui_color = _COLOR

    def __init__(
        self,
        *,
        audit_id: str,
        due: datetime | timedelta | str,
        start: datetime | timedelta | str | None = None,
        assignees_ids: Iterable[str] | str | None = None,
        remove_assignees: bool | str = False,
        monitorqa_conn_id: str = "monitorqa_default",
        **kwargs: Unpack[ChangingArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.audit_id = audit_id
        self.due, self.start = due, start
        self.assignees_ids, self.remove_assignees = assignees_ids, remove_assignees
        self.monitorqa_conn_id = monitorqa_conn_id


class MonitorQAUpdateCorrectiveActionOperator(ChangingOperator):
    """Changes fields of a corrective action, once: those that are given, and no others.

    MonitorQA replaces all fields of a corrective action. So it is read first, and the fields that are not given are
    sent as they are. Between the two requests somebody may change it as well; that change is lost, since MonitorQA has
    no way to refuse an update of something that has changed.

    The status stays as it is unless it is given: an approved corrective action stays approved, which the log says. To
    give an expired one a new due date and have it worked on again, give ``status="open"`` as well.

    A retry whose earlier attempt lost the answer compares again, and sends what is still missing. With a relative due
    date it can tell that the change was made, and that somebody has changed other fields since, which it leaves alone.
    Without one it cannot: MonitorQA does not show when a corrective action was changed. It then changes the fields back
    to what was asked for.

    Returns the id of the corrective action.

    :param action_id: Id of the corrective action. (templated)
    :param name: New name. (templated)
    :param description: New description, ``""`` for none. (templated)
    :param due_date: New due date, in the forms of an audit's ``due``; ``timedelta`` from the first attempt. (templated)
    :param status: ``open``, ``approved``, ``rejected``, ``submitted`` or ``expired``. (templated)
    :param priority: ``low``, ``medium`` or ``high``. (templated)
    :param assigned_users_ids: Users who are to do it, all of them; an empty list takes it from everybody. (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    kind = "monitorqa.corrective_action"
    change = "update"
    payload_fields = ("action_id", "name", "description", "due_date", "status", "priority", "assigned_users_ids")
    template_fields = (*payload_fields, "monitorqa_conn_id", "preview")
    operator_extra_links = (MonitorQACorrectiveActionLink(),)
    ui_color = _COLOR

    def __init__(
        self,
        *,
        action_id: str,
        name: str | None = None,
        description: str | None = None,
        due_date: datetime | timedelta | str | None = None,
        status: str | int | None = None,
        priority: str | int | None = None,
        assigned_users_ids: Iterable[str] | str | None = None,
        monitorqa_conn_id: str = "monitorqa_default",
        **kwargs: Unpack[ChangingArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.action_id = action_id
        self.name = name
        self.description = description
        self.due_date = due_date
        self.status = status
        self.priority = priority
        self.assigned_users_ids = assigned_users_ids
        self.monitorqa_conn_id = monitorqa_conn_id


class MonitorQACreateScheduleOperator(CreatingOperator):
    """Creates a schedule, which makes audits at intervals, once.

    How it repeats is said by ``repeat_pattern`` and the fields of that pattern in ``repeat``:

    - ``daily``: ``repeat_every`` (days, 1 to 10)
    - ``weekly``: ``days_of_week`` (such as ``["monday", "thursday"]``), ``repeat_every`` (weeks)
    - ``multiple_weeks``: ``repeat_every`` (weeks), ``start_day``, ``duration`` (days that each audit is open)
    - ``monthly``: ``repeat_every`` (months), ``start_rule``, ``end_rule``

    The types of :mod:`~airflow_qa_provider.vendors.monitorqa.client.repeats`, such as ``Weekly``, say the same without
    a pattern, and its rules, such as ``StartOnDay(15)``, the same as the vendor's JSON. They load the client with the
    DAG file, and what is in them is not templated.

    A schedule whose id was lost is found by name, template, objects and pattern among the schedules that were not there
    before the request. MonitorQA lists active schedules only: when the answer is lost for one with ``active=False``,
    nobody can tell, and the task fails as uncertain; so it does when nothing is found of one that starts later, since
    the docs do not say whether the list shows it before. ``if_exists`` looks at active schedules.
    ``on_changed_input="update"`` changes all but the template; assignees, hint and dates that are not given stay.

    Returns the id of the schedule.

    :param name: Name of the schedule and of its audits. (templated)
    :param template_id: Template of its audits; that of the connection by default. (templated)
    :param repeat: How it repeats: fields by name, or one of the types. (templated)
    :param repeat_pattern: ``daily``, ``weekly``, ``multiple_weeks`` or ``monthly``; needed with fields by name.
        (templated)
    :param audit_object_ids: Objects to audit; these or groups are needed. (templated)
    :param audit_object_group_ids: Groups of objects to audit. (templated)
    :param assignees_ids: Users who do the audits. (templated)
    :param auditor_hint: Instructions for the auditor, at most 2,000 characters. (templated)
    :param active: Whether it makes audits; the vendor's default is yes.
    :param start_from_date: From when on it makes audits: an aware ``datetime``, an ISO 8601 string with a zone, or a
        ``timedelta`` from the creation on. (templated)
    :param stop_by_date: Until when it makes audits, in the same forms. (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.creating.CreatingOperator`.
    """

    kind = "monitorqa.schedule"
    payload_fields = (
        "name",
        "template_id",
        "repeat",
        "repeat_pattern",
        "audit_object_ids",
        "audit_object_group_ids",
        "assignees_ids",
        "auditor_hint",
        "active",
        "start_from_date",
        "stop_by_date",
    )
    connection_fields = ("template_id",)
    template_fields = (*payload_fields, "monitorqa_conn_id", "preview")
    template_fields_renderers = {"repeat": "json"}  # noqa: RUF012 - Airflow's own shape
    ui_color = _COLOR

    def __init__(
        self,
        *,
        name: str,
        template_id: str | None = None,
        repeat: Repeat | Mapping[str, Any] | str,
        repeat_pattern: str | int | None = None,
        audit_object_ids: Iterable[str] | str | None = None,
        audit_object_group_ids: Iterable[str] | str | None = None,
        assignees_ids: Iterable[str] | str | None = None,
        auditor_hint: str | None = None,
        active: bool | str | None = None,
        start_from_date: datetime | timedelta | str | None = None,
        stop_by_date: datetime | timedelta | str | None = None,
        monitorqa_conn_id: str = "monitorqa_default",
        **kwargs: Unpack[CreatingArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.name, self.template_id, self.active = name, template_id, active
        self.repeat, self.repeat_pattern = repeat, repeat_pattern
        self.audit_object_ids, self.audit_object_group_ids = audit_object_ids, audit_object_group_ids
        self.assignees_ids, self.auditor_hint = assignees_ids, auditor_hint
        self.start_from_date, self.stop_by_date = start_from_date, stop_by_date
        self.monitorqa_conn_id = monitorqa_conn_id


class _ListOperator(ListOperator):
    vendor = "monitorqa"
    template_fields = (*ListOperator.template_fields, "state", "monitorqa_conn_id")
    ui_color = _COLOR

    def __init__(
        self, *, state: str = "pending", monitorqa_conn_id: str = "monitorqa_default", **kwargs: Unpack[ListArguments]
    ) -> None:
        super().__init__(**kwargs)
        self.state = state
        self.monitorqa_conn_id = monitorqa_conn_id


class MonitorQAListAuditsOperator(_ListOperator):
    """Returns the ids of audits; ``filters`` takes ``template_id``, ``assigned_to``, ``score_max`` and more.

    :param state: ``pending`` or ``completed``. (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.listing.ListOperator`.
    """

    records = {"pending": "pending_audits", "completed": "completed_audits"}  # noqa: RUF012 - read only


class MonitorQAListCorrectiveActionsOperator(_ListOperator):
    """Returns the ids of corrective actions; ``filters`` takes ``audit_id``, ``assigned_to_id`` and more.

    :param state: ``pending``, ``expired`` or ``completed``. (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.listing.ListOperator`.
    """

    records = {state: f"{state}_actions" for state in ("pending", "expired", "completed")}  # noqa: RUF012
