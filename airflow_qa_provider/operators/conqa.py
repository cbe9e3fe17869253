"""Operators of CONQA."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_qa_provider.bases.calling import VendorOperator
from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.inputs import required_id

if TYPE_CHECKING:
    from airflow_qa_provider.journal.changes import Changed, ChangeOutcome
    from airflow_qa_provider.vendors.conqa.client import ConqaClient
    from airflow_qa_provider.vendors.conqa.client.comparison import WantedMilestone
    from airflow_qa_provider.vendors.conqa.client.fields import FieldValue, Option

    Rows = list[dict[str, Any]]

REPORT_MARKER = "airflow"
"""Name in a report's ``context`` under which its id goes out and comes back."""


class ConqaOperator(VendorOperator):
    """Calls one operation of the CONQA API, such as ``milestones.upsert``.

    :param conqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.calling.VendorOperator`.
    """

    vendor = "conqa"
    ui_color = "#fdf0d9"

    def __init__(self, *, conqa_conn_id: str = "conqa_default", **kwargs: Any) -> None:
        super().__init__(conn_id=conqa_conn_id, **kwargs)


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

    Returns the external id. The ``outcome`` in the XCom ``result`` is ``created``, ``updated`` or ``unchanged``.

    :param project_id: Id of the project. (templated)
    :param external_id: Id of the milestone in the system that it comes from. (templated)
    :param name: Name; left as it is when unset. (templated)
    :param status: Identifier of a configured status, such as ``planned``, or an
        :class:`~airflow_qa_provider.vendors.conqa.client.fields.Option`; left as it is when unset. (templated)
    :param fields: Field name to a text, a number, a date, an option (``Option`` or ``{"value", "display",
        "createNew"}``), or ``None`` to clear the field. Fields that are not named stay as they are. A new milestone
        needs those that decide its checklist template and its folder. (templated)
    :param conqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    kind = "conqa.milestone"
    noun = "milestone"
    payload_fields = ("project_id", "external_id", "name", "status", "fields")
    template_fields = (*payload_fields, "conn_id", "preview")
    template_fields_renderers: ClassVar[dict[str, str]] = {"fields": "json"}
    ui_color = "#fdf0d9"

    def __init__(
        self,
        *,
        project_id: str,
        external_id: str,
        name: str | None = None,
        status: str | Option | Mapping[str, Any] | None = None,
        fields: Mapping[str, FieldValue] | None = None,
        conqa_conn_id: str = "conqa_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(conn_id=conqa_conn_id, **kwargs)
        self.project_id = project_id
        self.external_id = external_id
        self.name = name
        self.status = status
        self.fields = fields

    def changed_id(self) -> str:
        """Return the external id."""
        required_id(self.project_id, "project_id", "conqa")
        return required_id(self.external_id, "external_id", "conqa")

    def wanted(self, client: ConqaClient, moment: datetime) -> Mapping[str, Any]:
        """Return ``name``, ``status`` and ``fields.<name>``, as far as they are given.

        :param client: Not used.
        :param moment: Not used.
        """
        return self._milestone().values

    def current(self, client: ConqaClient) -> Mapping[str, Any] | None:
        """Return what the list of milestones tells of the same values.

        :param client: The client.
        """
        rows = _listed(self, client)
        return {} if rows is None else self._milestone().shown_in(rows, self.changed_id(), client.dialect)

    def send(
        self, client: ConqaClient, wanted: Mapping[str, Any], current: Mapping[str, Any] | None, moment: datetime
    ) -> None:
        """Upsert the milestone.

        :param client: The client.
        :param wanted: What :meth:`wanted` returned.
        :param current: What :meth:`current` returned.
        :param moment: Transaction time.
        """
        unknown = [] if current is None else [path for path in wanted if path not in current]
        if unknown:
            self.log.warning(
                "CONQA's list does not tell %s of milestone %s: sent without a comparison",
                *(", ".join(unknown), self.external_id),
            )
        client.milestones.upsert(
            required_id(self.project_id, "project_id", "conqa"),
            self.changed_id(),
            name=self.name,
            status=self.status,
            fields=self.fields,
            timestamp=moment,
        )

    def _milestone(self) -> WantedMilestone:
        from airflow_qa_provider.vendors.conqa.client.comparison import WantedMilestone

        return WantedMilestone(self.name, self.status, self.fields)


class ConqaDeleteMilestoneOperator(ChangingOperator):
    """Deletes a milestone with its checklist, if it is there. People can restore both in CONQA.

    CONQA answers that the deletion is queued, and the task ends then. To go on when it is done, wait with
    :class:`~airflow_qa_provider.sensors.conqa.ConqaMilestoneSensor` and ``until="deleted"``.

    All attempts send the same transaction time, by which CONQA recognises a repeated request. Only that keeps a retry
    after a lost answer from deleting a milestone that somebody has made since under the same external id.

    The list of milestones shows whether there is one; changes that are still queued do not count. When the list cannot
    be read, as its answer is not documented, the log says so, and the deletion is sent.

    Returns the external id. The ``outcome`` in the XCom ``result`` is ``deleted``, or ``unchanged`` when there was no
    such milestone.

    :param project_id: Id of the project. (templated)
    :param external_id: Id of the milestone in the system that it comes from. (templated)
    :param conqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    kind = "conqa.milestone"
    noun = "milestone"
    payload_fields = ("project_id", "external_id")
    template_fields = (*payload_fields, "conn_id", "preview")
    ui_color = "#fdf0d9"
    _was_gone = False

    def __init__(
        self, *, project_id: str, external_id: str, conqa_conn_id: str = "conqa_default", **kwargs: Any
    ) -> None:
        super().__init__(conn_id=conqa_conn_id, **kwargs)
        self.project_id = project_id
        self.external_id = external_id

    def change_once(self, context: Any) -> Changed:
        """Make sure that there is no such milestone.

        :param context: Airflow's task context.
        """
        changed = super().change_once(context)
        if self._was_gone:
            return replace(changed, outcome="unchanged", reason="CONQA has no such milestone", changes={})
        return changed

    def changed_id(self) -> str:
        """Return the external id."""
        required_id(self.project_id, "project_id", "conqa")
        return required_id(self.external_id, "external_id", "conqa")

    def wanted(self, client: ConqaClient, moment: datetime) -> Mapping[str, Any]:
        """Return that there is to be no such milestone.

        :param client: Not used.
        :param moment: Not used.
        """
        return {"exists": False}

    def current(self, client: ConqaClient) -> Mapping[str, Any]:
        """Return whether the list of milestones shows it; nothing when that cannot be told.

        :param client: The client.
        """
        ids = self._listed_ids(client)
        if ids is None:
            return {}
        if self.changed_id() in ids:
            return {"exists": True}
        # what others delete meanwhile moves rows to pages that were read already: only the same list twice has all
        return {"exists": False} if self._listed_ids(client) == ids else {}

    def send(
        self, client: ConqaClient, wanted: Mapping[str, Any], current: Mapping[str, Any] | None, moment: datetime
    ) -> None:
        """Delete the milestone; one that is gone meanwhile is as good.

        :param client: The client.
        :param wanted: What :meth:`wanted` returned.
        :param current: What :meth:`current` returned.
        :param moment: Transaction time.
        """
        from airflow_qa_provider.exceptions import QANotFoundError

        project_id = required_id(self.project_id, "project_id", "conqa")
        try:
            client.milestones.delete(project_id, self.changed_id(), timestamp=moment)
        except QANotFoundError as error:
            # the project is there, or its milestones could not have been asked for
            if error.status_code != 404:
                raise
            self.log.info("CONQA has no milestone %s: %s", self.external_id, error)
            self._was_gone = True

    def outcome_of(self, current: Mapping[str, Any] | None) -> ChangeOutcome:
        """Return ``deleted``.

        :param current: What :meth:`current` returned before.
        """
        return "deleted"

    def _listed_ids(self, client: ConqaClient) -> list[str | None] | None:
        rows = _listed(self, client)
        return None if rows is None else [client.dialect.external_id_of(row) for row in rows]


class ConqaGenerateReportOperator(CreatingOperator):
    """Asks for the report of a checklist, once. Its end is told by webhook only, and not waited for.

    CONQA gives a report no id and has no list of them. The task makes an id of its own and sends it in ``context``
    under ``airflow``, beside what the author puts there: the call of the webhook brings it back. Register a ``REPORT``
    webhook for the project or its account first. Report types other than ``QAREPORT``, ``HISTORY`` and
    ``FAILED_CHECKPOINT`` bring no context back.

    When the answer is lost, nothing at CONQA tells whether the report is being made: the task fails with
    ``QAUncertainError``. With ``on_uncertain="repeat"`` a retry asks again under another id, and the webhook may tell
    of a report that no task waits for. ``if_exists`` and ``on_gone`` have no use here.

    Returns the id, ``airflow-`` and 32 hexadecimal digits.

    :param project_id: Id of the project. (templated)
    :param checklist_id: Id of the checklist, ``cl:...``. (templated)
    :param context: JSON object to be handed back; the name ``airflow`` in it is taken. (templated)
    :param conqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.creating.CreatingOperator`.
    """

    kind = "conqa.report"
    noun = "report"
    payload_fields = ("project_id", "checklist_id", "context")
    template_fields = (*payload_fields, "conn_id", "preview")
    template_fields_renderers: ClassVar[dict[str, str]] = {"context": "json"}
    ui_color = "#fdf0d9"

    def __init__(
        self,
        *,
        project_id: str,
        checklist_id: str,
        context: Mapping[str, Any] | None = None,
        conqa_conn_id: str = "conqa_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(conn_id=conqa_conn_id, **kwargs)
        self.project_id = project_id
        self.checklist_id = checklist_id
        self.context = context

    def facts(self, now: datetime, marker: str) -> dict[str, Any]:
        """Return the id of the report.

        :param now: Not used: a report has no dates.
        :param marker: The id.
        """
        from airflow_qa_provider.vendors.conqa.client import rules

        for name in ("project_id", "checklist_id"):
            required_id(getattr(self, name), name, "conqa")
        if REPORT_MARKER in (rules.json_object(self.context, "context") or {}):
            raise rules.refused(
                f"context has the name {REPORT_MARKER!r}, under which this task sends the id of the report",
                "Take another name",
            )
        return {"marker": marker}

    def create(self, client: ConqaClient, facts: Mapping[str, Any]) -> str:
        """Ask for the report.

        :param client: The client.
        :param facts: What :meth:`facts` returned.
        """
        from airflow_qa_provider.exceptions import QAResponseError
        from airflow_qa_provider.kinds.lookup import was_accepted

        marker: str = facts["marker"]
        project_id = required_id(self.project_id, "project_id", "conqa")
        checklist_id = required_id(self.checklist_id, "checklist_id", "conqa")
        try:
            client.reports.start(project_id, checklist_id, context={**(self.context or {}), REPORT_MARKER: marker})
        except QAResponseError as error:
            # what it says besides is of no use, the id is ours
            if not was_accepted(error):
                raise
        return marker


def _listed(task: ConqaUpsertMilestoneOperator | ConqaDeleteMilestoneOperator, client: ConqaClient) -> Rows | None:
    """Return the milestones of a project; ``None``, and a warning, when they cannot be told from each other."""
    from airflow_qa_provider.exceptions import QAResponseError

    try:
        rows = list(client.milestones.list(required_id(task.project_id, "project_id", "conqa")))
    except QAResponseError as error:
        if error.status_code is not None:  # what a proxy or a login page answers
            raise
        task.log.warning("The milestones of the project cannot be read: %s", error)
        return None
    names = client.dialect.external_id_fields
    if rows and not any(name in row for row in rows for name in names):
        task.log.warning(
            "The list of milestones tells no external ids under %s. Set their name in the connection's extra: "
            '{"conqa": {"external_id_fields": ["..."]}}',
            " or ".join(names),
        )
        return None
    return rows
