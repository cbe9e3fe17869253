"""The base of operators that create something at a vendor, once, and of those that also wait for its end.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.compat.sdk import BaseOperator, conf

from airflow_qa_provider.bases.retrying import RetryingTask, fail_now
from airflow_qa_provider.bases.waiting import TIMEOUT, WaitingTask, seconds
from airflow_qa_provider.waiting.verdict import OnKill

if TYPE_CHECKING:
    from airflow_qa_provider.journal.attempt import LookupTimeouts, Made
    from airflow_qa_provider.journal.journal import Journal
    from airflow_qa_provider.journal.policies import (
        IfExists,
        OnChangedInput,
        OnClear,
        OnGone,
        OnUncertain,
        Policies,
    )
    from airflow_qa_provider.kinds.lookup import Lookup
    from airflow_qa_provider.kinds.polling import Poller
    from airflow_qa_provider.kinds.snapshot import Phase


class CreatingOperator(RetryingTask, BaseOperator):
    """Creates something at a vendor, once, however often the task is retried, killed or cleared.

    Before the request is sent, the task's state notes that it will be; after the answer, it notes the id. A later
    attempt takes up the object that is noted, or looks at the vendor for the one whose id was lost. See "Exactly once"
    in the documentation for what each vendor makes possible.

    Returns the id at the vendor; the XCom ``remote_id`` has it as soon as it is known, and ``result`` says under
    ``journal`` how it came about: ``{"outcome", "reason", "generation"}``, where ``outcome`` is ``created``,
    ``adopted``, ``unchanged`` or ``updated``.

    :param conn_id: Id of the Airflow connection.
    :param on_uncertain: When nobody can tell whether an earlier attempt created the object: ``fail`` with a list of
        what was found, or ``repeat`` the request.
    :param on_changed_input: When an attempt asks for something else than the one before it: ``fail``, create a ``new``
        object and leave the other, or ``update`` it where the vendor can.
    :param on_clear: What a cleared task does about its object: ``adopt`` it again, or create a ``new`` one.
    :param on_gone: What a retry does when the object was deleted at the vendor: ``fail``, or create a ``new`` one. A
        cleared task creates a new one in either case.
    :param if_exists: What the first attempt does about an equal object that was there before: ``create`` one more,
        ``adopt`` it, or ``fail``.
    :param preview: Whether to show the request, in the log and the XCom ``preview``, and to send nothing. The task is
        then skipped where it would have sent something. (templated)

    :cvar kind: Kind of object, ``vendor.object``.
    :cvar noun: The object in words.
    :cvar payload_fields: Names of the attributes that say what is asked for.
    :cvar updates: Whether the vendor can change the object.
    :cvar lookup_timeouts: How long to look for lost objects; the journal's own times by default.
    """

    kind: ClassVar[str]
    noun: str
    payload_fields: ClassVar[tuple[str, ...]]
    updates: ClassVar[bool] = False
    lookup_timeouts: ClassVar[LookupTimeouts | None] = None

    def __init__(
        self,
        *,
        conn_id: str,
        on_uncertain: OnUncertain = "fail",
        on_changed_input: OnChangedInput = "fail",
        on_clear: OnClear = "adopt",
        on_gone: OnGone = "fail",
        if_exists: IfExists = "create",
        preview: bool | str = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.conn_id = conn_id
        self.on_uncertain = on_uncertain
        self.on_changed_input = on_changed_input
        self.on_clear = on_clear
        self.on_gone = on_gone
        self.if_exists = if_exists
        self.preview = preview

    @fail_now
    def execute(self, context: Any) -> Any:
        """Create the object, or take up the one that is there.

        :param context: Airflow's task context.
        :return: Id at the vendor.
        """
        made = self.create_once(context)
        ti = context.get("ti")
        if ti is not None and self.do_xcom_push:
            ti.xcom_push(key="result", value={"id": made.id, "journal": made.as_dict()})
        return made.id

    def create_once(self, context: Any) -> Made:
        """Make sure that the object of this task is at the vendor, and return its id and how it came about.

        :param context: Airflow's task context.
        :raises QAJournalError: Going on could create it twice.
        :raises AirflowSkipException: It is a dry run, and something would be sent.
        """
        from airflow_qa_provider.bases.preview import connected, is_preview, show
        from airflow_qa_provider.journal.policies import Policies
        from airflow_qa_provider.rest.preview import RequestWithheld

        policies = Policies(
            self.on_uncertain, self.on_changed_input, self.on_clear, self.on_gone, self.if_exists
        ).checked(updates=self.updates)
        dry = is_preview(self.preview)
        with connected(self.kind.partition(".")[0], self.conn_id, preview=dry) as client:
            try:
                made = self._journal(context, client, policies, dry).ensure()
                self.complete(client, made)
            except RequestWithheld as withheld:
                raise show(self, context, withheld) from None
        return made

    def _journal(self, context: Any, client: Any, policies: Policies, dry: bool) -> Journal:
        from airflow_qa_provider.compat import task_state_store
        from airflow_qa_provider.journal.attempt import Attempt, LookupTimeouts
        from airflow_qa_provider.journal.identity import Identity
        from airflow_qa_provider.journal.journal import Journal
        from airflow_qa_provider.journal.ownership import Ownership
        from airflow_qa_provider.journal.record import Notes

        payload = {name: getattr(self, name) for name in self.payload_fields}
        return Journal(
            self,
            client,
            self.poller(),
            self.lookup(),
            Identity.of(context, self.kind, self.conn_id, payload),
            Notes(task_state_store(context), read_only=dry),
            Ownership(context, self.kind, tell=self.do_xcom_push and not dry),
            Attempt.of(context),
            policies,
            self.lookup_timeouts or LookupTimeouts(),
        )

    def facts(self, now: datetime, marker: str) -> dict[str, Any]:
        """Check the input; return what depends on the moment, and what the object can be recognised by, as plain JSON.

        :param now: The moment that relative dates are relative to.
        :param marker: A text that identifies the object, for vendors that have room for one.
        :raises QAValidationError: The input breaks a rule.
        """
        raise NotImplementedError

    def create(self, client: Any, facts: Mapping[str, Any]) -> str | None:
        """Send the one request that creates the object.

        :param client: The vendor's client.
        :param facts: What :meth:`facts` returned.
        :return: Id at the vendor; ``None`` when the answer does not tell it.
        """
        raise NotImplementedError

    def update(self, client: Any, object_id: str, facts: Mapping[str, Any]) -> None:
        """Give an object that exists the content that is asked for now.

        :param client: The vendor's client.
        :param object_id: Id at the vendor.
        :param facts: What :meth:`facts` returned.
        """
        raise NotImplementedError

    def complete(self, client: Any, made: Made) -> None:
        """Do what belongs to the object besides its creation, such as uploads; each attempt does this anew.

        :param client: The vendor's client.
        :param made: The object.
        """

    def has_failed(self, phase: Phase) -> bool:
        """Tell whether an object that stands there has ended badly, so that a retry creates another one.

        :param phase: Where it stands.
        """
        from airflow_qa_provider.kinds.snapshot import Phase

        return phase in (Phase.FAILED, Phase.CANCELLED)

    def poller(self) -> Poller | None:
        """Return how to look at an object whose id is known, ``None`` where the vendor cannot show one."""
        from airflow_qa_provider.kinds.polling import poller_for

        try:
            return poller_for(self.kind)
        except KeyError:
            return None

    def lookup(self) -> Lookup | None:
        """Return how to find an object whose id was lost, ``None`` where the vendor shows nothing to search."""
        from airflow_qa_provider.kinds.lookup import lookup_for

        return lookup_for(self.kind)


class RemoteJobOperator(WaitingTask, CreatingOperator):
    """Creates something at a vendor, once, and unless told otherwise waits until it has ended.

    Returns the id at the vendor; the XCom ``result`` holds ``{"id", "phase", "status", "detail", "link", "journal"}``
    of the end, or, without a wait, ``{"id", "journal"}``.

    A retry takes up the object of the attempt before it: it waits on for one that is still open, and creates another
    one only when that one has ended badly.

    :param conn_id: Id of the Airflow connection.
    :param wait_for_completion: Whether to wait for the end.
    :param deferrable: Whether to wait in the triggerer, without a worker slot; ``[operators] default_deferrable`` by
        default.
    :param poll_interval: Time between two looks, a ``timedelta`` or seconds; by default that of the connection, 30 s.
    :param timeout: Longest wait, a ``timedelta`` or seconds; 7 days by default. Unlike ``execution_timeout`` it goes on
        counting while the task is deferred.
    :param on_kill: What happens to the remote object when a user stops the task while it waits: ``leave`` it, or
        ``cancel`` it where the vendor can.
    :param kwargs: See :class:`CreatingOperator`.
    """

    result_shape = "id"

    def __init__(
        self,
        *,
        conn_id: str,
        wait_for_completion: bool = True,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        poll_interval: timedelta | float | None = None,
        timeout: timedelta | float = TIMEOUT,
        on_kill: OnKill = "leave",
        **kwargs: Any,
    ) -> None:
        super().__init__(conn_id=conn_id, **kwargs)
        self.wait_for_completion = wait_for_completion
        self.deferrable = deferrable
        self.poll_interval = poll_interval
        self.wait_timeout = timeout
        self.kill_policy = on_kill

    @fail_now
    def execute(self, context: Any) -> Any:
        """Create the object or take it up, then wait for its end.

        :param context: Airflow's task context.
        :return: Id at the vendor.
        """
        from airflow_qa_provider.bases.preview import is_preview

        for field, value in (("poll_interval", self.poll_interval), ("timeout", self.wait_timeout)):
            if value is not None:
                seconds(value, field)
        self.check_policies()
        if not self.wait_for_completion or is_preview(self.preview):
            return super().execute(context)
        made = self.create_once(context)
        self.awaited_id, self.journal_note = made.id, made.as_dict()
        return self.wait_for_object(context, made.id)

    def create_once(self, context: Any) -> Made:
        """Make sure that the object of this task is at the vendor, and return its id and how it came about.

        :param context: Airflow's task context.
        """
        made = super().create_once(context)
        self.awaited_id = made.id  # the links show it
        return made

    def has_failed(self, phase: Phase) -> bool:
        """Tell whether an object that stands there has ended badly, so that a retry creates another one.

        :param phase: Where it stands.
        """
        from airflow_qa_provider.kinds.snapshot import Phase

        return super().has_failed(phase) or (phase is Phase.WARNING and self.on_warning == "fail")

    def retry_advice(self) -> str:
        """Say what an Airflow retry of this task will do."""
        return f"A retry looks for the {self.noun} first and does not create a second one, unless this one ended badly"
