"""Calls of the generic operators that change something: carried out once per task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from airflow_qa_provider.bases.call import Call
from airflow_qa_provider.compat import task_state_store
from airflow_qa_provider.exceptions import QANotSupportedError
from airflow_qa_provider.journal.attempt import Attempt, LookupTimeouts, Made
from airflow_qa_provider.journal.calls import CallJournal
from airflow_qa_provider.journal.identity import Identity
from airflow_qa_provider.journal.journal import Journal
from airflow_qa_provider.journal.naturals import Natural, natural_of
from airflow_qa_provider.journal.ownership import Ownership
from airflow_qa_provider.journal.policies import Policies
from airflow_qa_provider.journal.record import Notes
from airflow_qa_provider.kinds.snapshot import Phase


def answer_once(
    task: Any, context: Any, call: Call, carry_out: Callable[[datetime], Any], *, dry: bool
) -> tuple[Any, Made]:
    """Return the answer of a call, carried out unless an earlier attempt has done so, and how it came about.

    :param task: The operator, with its policies.
    :param context: Airflow's task context.
    :param call: The call.
    :param carry_out: Carries it out, given the moment of the first request, and returns the answer as plain JSON.
    :param dry: Whether it is a dry run, in which nothing is noted.
    :raises RequestWithheld: It is a dry run, and something would be sent.
    :raises QAError: See the journals.
    """
    policies = Policies(
        on_uncertain=task.on_uncertain,
        on_changed_input=task.on_changed_input,
        on_clear=task.on_clear,
        if_exists=task.if_exists,
    ).checked(updates=False)
    notes, attempt = Notes(task_state_store(context), read_only=dry), Attempt.of(context)
    asked = {"operation": call.operation, **call.arguments}
    natural = natural_of(call.client.vendor, call.operation)
    if natural is None:
        kind = f"{call.client.vendor}.call"
        identity = Identity.of(context, kind, task.conn_id, asked)
        repeatable = call.client.route_table[call.operation].idempotent
        return CallJournal(carry_out, identity, call.operation, notes, attempt, policies, repeatable).ensure()
    made = Journal(
        _Creator(natural, call),
        call.client,
        None,
        natural.lookup,
        Identity.of(context, natural.kind, task.conn_id, asked),
        notes,
        Ownership(context, natural.kind, tell=task.do_xcom_push and not dry),
        attempt,
        policies,
        task.lookup_timeouts or LookupTimeouts(),
    ).ensure()
    return made.id, made


class _Creator:
    """A call that creates an object with a name of its own, as the journal sees it.

    :param natural: How such objects are recognised.
    :param call: The call.
    """

    def __init__(self, natural: Natural, call: Call) -> None:
        self.noun = natural.noun
        self._natural = natural
        self._call = call

    def facts(self, now: datetime, marker: str) -> dict[str, Any]:
        """Return what the object is recognised by.

        :param now: Not used: arguments have no relative dates.
        :param marker: Not used: there is no room for it.
        """
        return self._natural.facts(self._call.arguments)

    def create(self, client: Any, facts: Mapping[str, Any]) -> str | None:
        """Carry the call out; its answer is the id.

        :param client: Not used: the call has it.
        :param facts: Not used: the arguments go as they are.
        """
        answer = self._call()
        return None if answer is None else str(answer)

    def update(self, client: Any, object_id: str, facts: Mapping[str, Any]) -> None:
        """Refuse: the call only creates.

        :param client: The client.
        :param object_id: Id at the vendor.
        :param facts: What :meth:`facts` returned.
        """
        raise QANotSupportedError(f"{self._call.operation} changes nothing", vendor=self._call.client.vendor)

    def has_failed(self, phase: Phase) -> bool:
        """Tell whether an object is to be replaced: never, since nobody looks at it again.

        :param phase: Where it stands.
        """
        return False
