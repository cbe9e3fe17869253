"""Who was served: kept in the task's state, so that a retry knows what the attempt before it did.

The state belongs to one task of one run and one map index. In it lies

``delivery``
    the delivery in hand: ``{"id", "files", "text", "done"}``, fingerprints and whether everybody was served
``delivery/<id>/<0..f>``
    its recipients in sixteen parts: ``{"<hash of the address>": ["sending" | "sent", <epoch seconds>]}``

A part of sixteen stays small enough to be rewritten for every recipient: 500 recipients take about 1.2 KB per part,
20,000 come near the 64 KiB above which Airflow warns. Addresses are not stored, only hashes that differ in every run;
together with the id they are also the Message-ID, so that a line here leads to a line in the mail server's log.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal

from airflow_qa_provider.delivery.recipients import Address
from airflow_qa_provider.exceptions import QADeliveryError
from airflow_qa_provider.journal.store import TaskStateStore
from airflow_qa_provider.reports.manifest import Manifest

log = logging.getLogger(__name__)

_HEAD = "delivery"

Progress = Literal["sending", "sent"]
"""How far the mail to one recipient has come.

``sending``: the mail was about to be completed; found by a later attempt, it means that nobody knows the end. ``sent``:
the server has taken it.
"""


class Ledger:
    """What is known of each recipient of one delivery.

    :param store: The task's state store; ``None`` keeps the notes for this attempt only.
    :param delivery_id: Identity of the delivery.
    """

    def __init__(self, store: TaskStateStore | None, delivery_id: str) -> None:
        self._store = store
        self.delivery_id = delivery_id
        self._parts: dict[str, dict[str, list[Any]]] = {}

    def progress(self, recipient: Address) -> Progress | None:
        """Return how far the mail to a recipient has come, ``None`` when it was never near its end.

        :param recipient: Whom to look up.
        """
        entry = self._part(recipient).get(self._hash(recipient))
        return entry[0] if entry else None

    def note(self, recipient: Address, progress: Progress | None) -> None:
        """Write down how far the mail to a recipient has come, ``None`` when it was not sent after all.

        :param recipient: Whom it goes to.
        :param progress: How far it has come.
        :raises QADeliveryError: The task's state cannot be written.
        """
        part, name = self._part(recipient), self._hash(recipient)
        if progress is None:
            part.pop(name, None)
        else:
            part[name] = [progress, int(time.time())]
        if self._store is not None:
            store, key = self._store, self._part_key(name)
            _guarded(lambda: store.keep(key, part), "written")

    def message_id(self, recipient: Address, domain: str) -> str:
        """Return the Message-ID: the same for every copy of this delivery to this recipient.

        :param recipient: Whom the mail goes to.
        :param domain: Domain of the sender.
        """
        return f"<{self.delivery_id}.{self._hash(recipient)}@{domain}>"

    def finish(self) -> None:
        """Note that everybody was served: other content is now another delivery.

        :raises QADeliveryError: The task's state cannot be written.
        """
        if self._store is not None:
            store = self._store
            head = _guarded(lambda: store.get(_HEAD), "read")
            if head and not head["done"]:
                _guarded(lambda: store.keep(_HEAD, {**head, "done": True}), "written")

    def _hash(self, recipient: Address) -> str:
        return _digest([self.delivery_id, recipient.key])

    def _part_key(self, name: str) -> str:
        return f"{_HEAD}/{self.delivery_id}/{name[0]}"

    def _part(self, recipient: Address) -> dict[str, list[Any]]:
        key = self._part_key(self._hash(recipient))
        if key not in self._parts:
            store = self._store
            stored = _guarded(lambda: store.get(key), "read") if store is not None else None
            self._parts[key] = dict(stored or {})
        return self._parts[key]


def open_ledger(
    store: TaskStateStore | None,
    scope: Sequence[str | int | None],
    manifests: Sequence[Manifest],
    subject: str,
    html_content: str | None,
) -> Ledger:
    """Return the ledger of this delivery: a new one, or the one that an earlier attempt began.

    The identity is the scope and the content, of which recipients are no part. One exception: when an earlier attempt
    with the same files is not finished and only subject or body differ, this attempt goes on with it. A subject that
    holds the time of day would otherwise serve people twice.

    :param store: The task's state store, if there is one.
    :param scope: Dag, run, task and map index.
    :param manifests: The reports; their order does not count.
    :param subject: Subject.
    :param html_content: Body of one's own.
    :raises QADeliveryError: The task's state cannot be read or written.
    """
    files = _digest(sorted([manifest["name"], manifest["sha256"].lower()] for manifest in manifests))
    text = _digest([subject, html_content])
    delivery_id = _digest([*scope, files, text])
    if store is None:
        return Ledger(None, delivery_id)
    head = _guarded(lambda: store.get(_HEAD), "read")
    if head and not head["done"] and head["files"] == files and head["text"] != text:
        log.warning(
            "Subject or body differ from those of the attempt that this one continues: people who have its mail keep "
            "it and get no second one. Let them not depend on the time or the try number; to send the new text to "
            "all, delete the state of this task instance and clear it"
        )
        return Ledger(store, head["id"])
    if not head or head["id"] != delivery_id:
        if head:
            log.info("Other content than in an earlier attempt of this task: a new delivery to all recipients")
        new = {"id": delivery_id, "files": files, "text": text, "done": False}
        _guarded(lambda: store.keep(_HEAD, new), "written")
    return Ledger(store, delivery_id)


def _guarded(call: Callable[[], Any], done: str) -> Any:
    try:
        return call()
    # Airflow lets deployments bring their own store, which may raise anything
    except Exception as error:
        raise QADeliveryError(
            f"the task's state could not be {done}: {type(error).__name__}: {error}",
            operation="delivery",
            outcome="Without it nobody knows who was served, so no further mail is sent",
            hint="A retry goes on from the last note",
        ) from error


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]
