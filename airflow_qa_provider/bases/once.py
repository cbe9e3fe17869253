"""From a task to its journal: what it asks for, whose it is, and what is noted of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from operator import methodcaller
from typing import Any

from airflow_qa_provider.bases.call import Call
from airflow_qa_provider.compat import shared_store, task_state_store
from airflow_qa_provider.journal.attempt import Attempt, Made
from airflow_qa_provider.journal.calls import CallJournal
from airflow_qa_provider.journal.changes import ChangeJournal
from airflow_qa_provider.journal.creates import CreateJournal
from airflow_qa_provider.journal.identity import Identity
from airflow_qa_provider.journal.ownership import Ownership
from airflow_qa_provider.journal.record import Notes
from airflow_qa_provider.kinds.change import Change
from airflow_qa_provider.kinds.fields import KindFields
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.kinds.policies import Policies
from airflow_qa_provider.kinds.snapshot import Phase
from airflow_qa_provider.kinds.steps import Step
from airflow_qa_provider.vendors import kind_of, vendor_named


def created(task: Any, context: Any, client: Any, *, preview: bool) -> Made:
    """Make sure that the object of a task is at the vendor.

    :param task: A :class:`~airflow_qa_provider.bases.creating.CreatingOperator`.
    :param context: Airflow's task context.
    :param client: The vendor's client.
    :param preview: Whether nothing may be noted.
    :raises QAError: See the journal.
    """
    kind = kind_of(task.kind)
    asked = kind.read(task.asked_for())
    notes = Notes(task_state_store(context), read_only=preview)
    ownership = Ownership(context, kind.name, tell=task.do_xcom_push and not preview)
    stop = partial(kind.stop, client) if getattr(task, "kill_policy", "leave") == "cancel" and kind.cancel else None
    journal = CreateJournal(
        Identity.of(context, kind.name, task.conn_id, asked.identity()),
        notes,
        Attempt.of(context),
        _create_policies(task, asked).checked(updates=asked.updates),
        timeouts_of(task, client),
        kind,
        asked,
        client,
        methodcaller("create", client),
        ownership,
        None if preview else shared_store(context),
        task.has_failed,
        stop,
        task.can_pause and notes.kept and not preview,
    )
    made = journal.ensure()
    _complete(journal, made)
    if made.generation > 1:
        notes = notes.of_step(str(made.generation))  # what was done to the object before it does not count
    steps = (journal.sent or asked).then(made.id, new=made.outcome == "created")
    new = made.outcome == "created"
    done = {step.name: _stepped(task, context, client, step, notes.of_step(step.name, empty=new)) for step in steps}
    return replace(made, details=done)


def _create_policies(task: Any, asked: KindFields) -> Policies:
    return Policies(
        task.on_uncertain or ("repeat" if asked.repeats else "fail"),
        task.on_changed_input,
        task.on_clear,
        task.on_gone,
        task.if_exists,
    )


def _complete(journal: CreateJournal, made: Made) -> None:
    """Do what belongs to an object beside the request that creates it."""
    repeats = journal.policies.on_uncertain == "repeat"
    new, timeouts = made.outcome == "created", journal.timeouts
    journal.asked.complete(journal.client, made.id, new=new, timeouts=timeouts, repeats=repeats)


def _stepped(task: Any, context: Any, client: Any, step: Step, mine: Notes) -> dict[str, Any]:
    """Carry out one step of a task, once, and say what came of it.

    :param task: The operator, with its policies.
    :param context: Airflow's task context.
    :param client: The vendor's client.
    :param step: The step.
    :param mine: Where the note of the step is kept.
    """
    kind, asked = kind_of(step.kind), step.asked
    attempt, timeouts = Attempt.of(context), timeouts_of(task, client)
    if isinstance(asked, Change):
        identity = Identity.of(context, f"{kind.name}.{step.name}", task.conn_id, asked.identity())
        once = Policies(on_uncertain=asked.on_uncertain)
        changed = ChangeJournal(identity, mine, attempt, once, timeouts, kind.noun, asked, client).ensure()
        return {"id": changed.id, "outcome": changed.outcome}
    policies = replace(_create_policies(task, asked), if_exists="create")
    if policies.on_changed_input == "update" and not asked.updates:
        policies = replace(policies, on_changed_input="fail")
    journal = CreateJournal(
        Identity.of(context, kind.name, task.conn_id, asked.identity()),
        mine,
        attempt,
        policies,
        timeouts,
        kind,
        asked,
        client,
        methodcaller("create", client),
        # the id that the task tells is that of its object
        Ownership(context, kind.name, tell=False),
        None if mine.read_only else shared_store(context),
        _never,
    )
    made = journal.ensure()
    _complete(journal, made)
    return {"id": made.id, "outcome": made.outcome}


def change_of(task: Any) -> Change:
    """Return the change that a task asks for, checked.

    :param task: A :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    :raises QAValidationError: An argument cannot be sent.
    """
    change = kind_of(task.kind).change(task.change, task.values_of(task.payload_fields))
    Policies(on_uncertain=task.on_uncertain or change.on_uncertain).checked(updates=False)
    return change


def changed(task: Any, context: Any, client: Any, change: Change, *, preview: bool) -> Made:
    """Make sure that the change of a task is made.

    :param task: A :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    :param context: Airflow's task context.
    :param client: The vendor's client.
    :param change: The change.
    :param preview: Whether nothing may be noted.
    :raises QAError: See the journal.
    """
    kind = kind_of(task.kind)
    notes = Notes(task_state_store(context), read_only=preview)
    done = {step.name: _stepped(task, context, client, step, notes.of_step(step.name)) for step in change.first()}
    made = ChangeJournal(
        Identity.of(context, f"{kind.name}.{task.change}", task.conn_id, change.identity()),
        notes,
        Attempt.of(context),
        Policies(on_uncertain=task.on_uncertain or change.on_uncertain),
        timeouts_of(task, client),
        kind.noun,
        change,
        client,
    ).ensure()
    return replace(made, details=done)


def answered(
    task: Any, context: Any, call: Call, carry_out: Callable[[datetime], Any], *, preview: bool
) -> tuple[Any, Made]:
    """Return the answer of a call, carried out unless an earlier attempt has done so, and how it came about.

    :param task: The operator, with its policies.
    :param context: Airflow's task context.
    :param call: The call.
    :param carry_out: Carries it out, given the moment of the first request, and returns the answer as plain JSON.
    :param preview: Whether it is a dry run, in which nothing is noted.
    :raises RequestWithheld: It is a dry run, and something would be sent.
    :raises QAError: See the journals.
    """
    policies = Policies(
        on_uncertain=task.on_uncertain or "fail",
        on_changed_input=task.on_changed_input,
        on_clear=task.on_clear,
        if_exists=task.if_exists,
    ).checked(updates=False)
    kind = vendor_named(task.vendor).made_by(call.operation)
    asked = {"operation": call.operation, **call.arguments}
    identity = Identity.of(context, kind.name if kind else f"{task.vendor}.call", task.conn_id, asked)
    notes, attempt = Notes(task_state_store(context), read_only=preview), Attempt.of(context)
    timeouts = timeouts_of(task, call.client)
    if kind is None:
        repeatable = call.client.route_table[call.operation].idempotent
        return CallJournal(identity, notes, attempt, policies, timeouts, carry_out, call.operation, repeatable).ensure()
    fields = kind.made_by[call.operation](Given(call.arguments, task.vendor))
    if task.on_uncertain is None and fields.repeats:
        policies = replace(policies, on_uncertain="repeat")
    made = CreateJournal(
        identity,
        notes,
        attempt,
        policies,
        timeouts,
        kind,
        fields,
        call.client,
        lambda _: _text(call()),
        Ownership(context, kind.name, tell=task.do_xcom_push and not preview),
        None if preview else shared_store(context),
        _never,
    ).ensure()
    return made.id, made


def timeouts_of(task: Any, client: Any) -> LookupTimeouts:
    """Return how long to look for what was lost: as the operator says, or as the connection does.

    :param task: The operator.
    :param client: The vendor's client.
    """
    return task.lookup_timeouts or LookupTimeouts(settled=client.settings.settle_time)


def _text(answer: Any) -> str | None:
    return None if answer is None else str(answer)


def _never(phase: Phase) -> bool:
    """Tell that an object is not replaced: nobody looks at it again."""
    return False
