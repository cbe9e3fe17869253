"""What all that is done once has in common: whose it is, the note of it, and what to say when nobody can tell."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airflow_qa_provider.exceptions import QAJournalError, QAUncertainError
from airflow_qa_provider.journal.attempt import Attempt
from airflow_qa_provider.journal.identity import Identity
from airflow_qa_provider.journal.record import Notes, Record
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.kinds.policies import Policies

NO_STATE = "this Airflow keeps no state of tasks, so what an earlier attempt sent is unknown"


@dataclass
class Journal:
    """Base of the journals: of objects that are created, of changes, and of calls.

    :param identity: Whose it is.
    :param notes: The task's state.
    :param attempt: The attempt that is going on.
    :param policies: What the author of the DAG has chosen.
    :param timeouts: How long to look for what was lost.
    """

    identity: Identity
    notes: Notes
    attempt: Attempt
    policies: Policies
    timeouts: LookupTimeouts

    @property
    def vendor(self) -> str:
        """Vendor in lower case."""
        return self.identity.kind.partition(".")[0]

    def intent(
        self,
        fields: Mapping[str, Any],
        *,
        sent_at: float | None = None,
        generation: int = 1,
        past: tuple[str, ...] = (),
    ) -> Record:
        """Return the note of a request that is about to be sent.

        :param fields: What is asked for, or what later attempts must know of before, as plain JSON.
        :param sent_at: When it is sent first, in seconds since the epoch; now by default.
        :param generation: 1 for the first.
        :param past: Ids of the objects of earlier generations.
        """
        return Record(
            kind=self.identity.kind,
            conn_id=self.identity.conn_id,
            fingerprint=self.identity.fingerprint,
            digests=self.identity.digests,
            generation=generation,
            sent_at=time.time() if sent_at is None else sent_at,
            fields=fields,
            max_tries=self.attempt.max_tries,
            past=past,
        )

    def uncertain(self, what: str, *, then: str, outcome: str | None = None, **named: Any) -> QAUncertainError:
        """Return the error for what nobody can tell.

        :param what: What was found, in one sentence.
        :param then: What a person does after a look at the vendor, where the task's state is kept.
        :param outcome: What this attempt has done.
        :param named: ``operation`` and ``object_id`` of the error.
        """
        todo = f"Look at the vendor. {then}" if self.notes.kept else "Look at the vendor"
        return QAUncertainError(
            what,
            vendor=self.vendor,
            outcome=outcome or "This attempt has sent nothing",
            hint=f"{todo}; on_uncertain='repeat' always sends it once more. A retry gets the same answer",
            **named,
        )

    def changed_input(self, record: Record, what: str, choices: str) -> QAJournalError:
        """Return the error for an attempt that asks for something else than the one before it.

        :param record: The note of the one before.
        :param what: What that one has done.
        :param choices: What ``on_changed_input`` may be set to, and what that does.
        """
        return QAJournalError(
            what,
            vendor=self.vendor,
            outcome="This attempt has sent nothing",
            hint="If it depends on the time or the try number, make it the same for every attempt. "
            f"{choices}. A retry fails again",
        )

    @property
    def by_hand(self) -> str:
        """What a person does about a request that left nothing to choose from."""
        return (
            f"If it was carried out, mark the task as success. Otherwise delete {self.notes.key!r} from the task's "
            "state and clear the task to have it done"
        )

    @property
    def choose(self) -> str:
        """What a person does about objects of which one may be the right one."""
        return (
            f"Then write the id of the right one under {self.notes.choice_key!r} into the task's state, or delete "
            f"{self.notes.key!r} there to have one created, and clear the task"
        )
