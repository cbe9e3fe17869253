"""The base of operators that change something at a vendor: compare first, send only what differs, once.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.compat.sdk import BaseOperator

from airflow_qa_provider.bases.retrying import RetryingTask, fail_now

if TYPE_CHECKING:
    from airflow_qa_provider.journal.attempt import LookupTimeouts
    from airflow_qa_provider.journal.changes import Changed, ChangeOutcome
    from airflow_qa_provider.journal.policies import OnUncertain


class ChangingOperator(RetryingTask, BaseOperator):
    """Brings an object at a vendor to what is asked for, once, however often the task is retried or killed.

    The object is read first, and nothing is sent when it is as asked for already. A change that an attempt of the task
    has made is not made again by its retries, also when somebody has changed the object since. A task that is cleared
    compares anew.

    Returns the id of the object; the XCom ``result`` is ``{"id", "outcome", "reason", "changes"}``, where ``outcome``
    is ``created``, ``updated``, ``deleted`` or ``unchanged``, and ``changes`` holds ``{"from", "to"}`` by field; some
    operators add more.

    :param conn_id: Id of the Airflow connection.
    :param preview: Whether to show the request and the difference, in the log and the XCom ``preview``, and to send
        nothing. The task is then skipped where it would have sent something. (templated)

    :cvar kind: Kind of object, ``vendor.object``.
    :cvar noun: The object in words.
    :cvar payload_fields: Names of the attributes that say what is asked for.
    :cvar on_uncertain: What a retry does about a request of which the vendor shows no effect: ``repeat`` it, or
        ``fail``, where a repeat would do harm. An operator may make it an argument.
    :cvar lookup_timeouts: How long to look for the effect of a lost request; the journal's own times by default.
    """

    kind: ClassVar[str]
    noun: str
    payload_fields: ClassVar[tuple[str, ...]]
    on_uncertain: OnUncertain = "repeat"
    lookup_timeouts: ClassVar[LookupTimeouts | None] = None

    def __init__(self, *, conn_id: str, preview: bool | str = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conn_id = conn_id
        self.preview = preview

    @fail_now
    def execute(self, context: Any) -> str:
        """Compare, and change what differs.

        :param context: Airflow's task context.
        :return: Id at the vendor of the object.
        """
        changed = self.change_once(context)
        ti = context.get("ti")
        if ti is not None and self.do_xcom_push:
            facts = {"outcome": changed.outcome, "reason": changed.reason, "changes": changed.changes}
            ti.xcom_push(key="result", value={"id": changed.id, **facts, **changed.details})
        return changed.id

    def change_once(self, context: Any) -> Changed:
        """Make sure that the change of this task is made.

        :param context: Airflow's task context.
        :raises AirflowSkipException: It is a dry run, and something would be sent.
        """
        from airflow_qa_provider.bases.preview import connected, is_preview, show
        from airflow_qa_provider.compat import task_state_store
        from airflow_qa_provider.journal.attempt import Attempt, LookupTimeouts
        from airflow_qa_provider.journal.changes import ChangeJournal
        from airflow_qa_provider.journal.identity import Identity
        from airflow_qa_provider.journal.policies import Policies
        from airflow_qa_provider.journal.record import Notes
        from airflow_qa_provider.rest.preview import RequestWithheld

        dry = is_preview(self.preview)
        identity = Identity.of(
            context, self.kind, self.conn_id, {name: getattr(self, name) for name in self.payload_fields}
        )
        Policies(on_uncertain=self.on_uncertain).checked(updates=False)
        self.changed_id()
        with connected(self.kind.partition(".")[0], self.conn_id, preview=dry) as client:
            notes = Notes(task_state_store(context), read_only=dry)
            lookup_timeouts = self.lookup_timeouts or LookupTimeouts()
            try:
                changed = ChangeJournal(self, client, identity, notes, Attempt.of(context), lookup_timeouts).ensure()
            except RequestWithheld as withheld:
                raise show(self, context, withheld) from None
            # after the change is noted, so that a retry repeats no more than this
            return replace(changed, details=dict(self.details(client)))

    def changed_id(self) -> str:
        """Return the id at the vendor of the object, checked.

        :raises QAValidationError: It is missing.
        """
        raise NotImplementedError

    def wanted(self, client: Any, moment: datetime) -> Mapping[str, Any]:
        """Check the input; return the fields that the object is to have, as :meth:`current` would show them.

        :param client: The vendor's client.
        :param moment: When the change was asked for first: the same for every attempt.
        :raises QAValidationError: The input breaks a rule.
        """
        raise NotImplementedError

    def current(self, client: Any) -> Mapping[str, Any] | None:
        """Return what the vendor shows of the object, ``None`` when there is none.

        :param client: The vendor's client.
        """
        raise NotImplementedError

    def send(self, client: Any, wanted: Mapping[str, Any], current: Mapping[str, Any] | None, moment: datetime) -> None:
        """Send the request that makes the change.

        :param client: The vendor's client.
        :param wanted: What :meth:`wanted` returned.
        :param current: What :meth:`current` returned.
        :param moment: When the change was asked for first: the same for every attempt.
        """
        raise NotImplementedError

    def was_made(self, current: Mapping[str, Any] | None, sent_at: datetime) -> bool:
        """Tell whether a request whose answer was lost was carried out, although the object looks different now.

        :param current: What :meth:`current` returned.
        :param sent_at: When it was sent.
        """
        return False

    def before(self, current: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """Return what later attempts must know of the object as it was before the request, as plain JSON.

        :param current: What :meth:`current` returned before it.
        """
        return {}

    def has_effect(self, current: Mapping[str, Any] | None, before: Mapping[str, Any]) -> bool:
        """Tell whether the object shows that the request was carried out, although it is not as wanted.

        :param current: What :meth:`current` returned.
        :param before: What :meth:`before` returned.
        """
        return False

    def details(self, client: Any) -> Mapping[str, Any]:
        """Return what else the XCom ``result`` says of the object, read after the change.

        :param client: The vendor's client.
        """
        return {}

    def outcome_of(self, current: Mapping[str, Any] | None) -> ChangeOutcome:
        """Say what the change does: it creates an object that is not there, and updates one that is.

        :param current: What :meth:`current` returned before it.
        """
        return "created" if current is None else "updated"
