"""What a vendor contributes to waiting: how to look at its objects, and how to cancel one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from importlib import import_module
from typing import Any, ClassVar, Protocol

from airflow_qa_provider.clients.base import VendorClient
from airflow_qa_provider.exceptions import QAConflictError, QAError, QANotFoundError, QARequestRejectedError
from airflow_qa_provider.waiting.snapshot import Snapshot

Looks = dict[str, Snapshot | QAError]
"""For each id what was seen, or why it could not be seen; one bad id harms no other."""


class Probe(Protocol):
    """One per kind of object.

    :cvar kind: ``vendor.object``, for example ``monitorqa.audit``.
    :cvar noun: The object in words, for messages.
    """

    kind: ClassVar[str]
    noun: ClassVar[str]

    def look(self, client: Any, ids: Collection[str], since: float) -> Looks:
        """Look at all the ids with as few requests as the vendor allows.

        :param client: The vendor's client.
        :param ids: Ids at the vendor.
        :param since: Wall-clock time in seconds at which the oldest of the waits began.
        :raises QAError: The vendor could not be asked at all.
        """

    def cancel(self, client: Any, object_id: str) -> str:
        """Cancel an object and say in a few words what was done.

        :param client: The vendor's client.
        :param object_id: Id at the vendor.
        :raises QANotSupportedError: The vendor has no call for it.
        """


_PROBES: dict[str, str] = {
    "monitorqa.audit": "airflow_qa_provider.waiting.monitorqa:AuditProbe",
    "qalyptus.request": "airflow_qa_provider.waiting.qalyptus:RequestProbe",
    "qalyptus.task_run": "airflow_qa_provider.waiting.qalyptus:TaskRunProbe",
}


def probe_for(kind: str) -> Probe:
    """Return the probe of a kind of object.

    :param kind: ``vendor.object``.
    :raises KeyError: No such kind.
    """
    module, _, name = _PROBES[kind].partition(":")
    probe: Probe = getattr(import_module(module), name)()
    return probe


def look_at_each(get: Any, ids: Iterable[str]) -> Looks:
    """Ask for one id after the other.

    An answer about one id (404 and the like) stays with that id; when the vendor itself cannot be asked, the others are
    not tried.

    :param get: Returns the snapshot of an id.
    :param ids: The ids.
    """
    looks: Looks = {}
    for object_id in ids:
        try:
            looks[object_id] = get(object_id)
        except (QANotFoundError, QARequestRejectedError, QAConflictError) as error:
            looks[object_id] = error
    return looks


def look_at_one(probe: Probe, client: VendorClient, object_id: str, since: float) -> Snapshot:
    """Return one object's snapshot.

    :param probe: Its probe.
    :param client: The vendor's client.
    :param object_id: Id at the vendor.
    :param since: Wall-clock time in seconds at which the wait began.
    :raises QAError: It could not be seen.
    """
    look: Mapping[str, Snapshot | QAError] = probe.look(client, [object_id], since)
    seen = look[object_id]
    if isinstance(seen, QAError):
        raise seen
    return seen
