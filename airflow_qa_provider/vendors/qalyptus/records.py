"""The records of Qalyptus Cloud's Status group: report requests and task runs have the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, cast

from airflow_qa_provider.exceptions import QAError, QANotFoundError, QANotSupportedError, QAValidationError
from airflow_qa_provider.kinds.lookup import Candidate, Search
from airflow_qa_provider.kinds.polling import Statuses, not_gone, poll_each
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.rest.timestamps import to_utc
from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient
from airflow_qa_provider.vendors.qalyptus.client.dialect import Dialect

Record = dict[str, Any]

CLOCK_SECONDS = 120.0
"""How far the vendor's clock may be from ours."""

TIMES = {"started_at": "when it began", "completed_at": "when it was completed"}
"""Facts of requests and runs, and what they mean."""

_FEW = 2
_FACTS = {
    "output_format": "outputFormat",
    "report_name": "reportName",
    "task_name": "taskName",
    "started_at": "startDate",
    "completed_at": "endDate",
}


def snapshot(record: Mapping[str, Any], dialect: Dialect) -> Snapshot:
    """Return the snapshot of a record; one with an unknown status counts as active.

    :param record: A record of the Status group.
    :param dialect: Status words and field names of the tenant.
    """
    status = dialect.status_of(record)
    phase = _phase(status, dialect)
    detail = {name: record[theirs] for name, theirs in _FACTS.items() if record.get(theirs) is not None}
    message = dialect.message_of(record)
    if message:
        detail["message"] = message
    return Snapshot(dialect.find_id(record) or "", phase or Phase.ACTIVE, status, detail, known=phase is not None)


def _phase(status: str, dialect: Dialect) -> Phase | None:
    word = status.strip().lower()
    for phase, words in (
        (Phase.SUCCEEDED, dialect.succeeded),
        (Phase.WARNING, dialect.warning),
        (Phase.FAILED, dialect.failed),
        (Phase.CANCELLED, dialect.cancelled),
        (Phase.ACTIVE, dialect.active),
    ):
        if word in (known.lower() for known in words):
            return phase
    return None


def poll_records(
    dialect: Dialect, ids: Collection[str], get: Callable[[str], Record], list_all: Callable[[], list[Record]]
) -> Statuses:
    """Return where objects stand: few are asked for one by one, many by the list and, if that lacks them, one by one.

    What the list holds is not documented, so gone is only what neither way shows.

    :param dialect: Status words and field names of the tenant.
    :param ids: Ids of the objects.
    :param get: Returns one record.
    :param list_all: Returns all records.
    :raises QAError: The list could not be read, though it is there.
    """

    def one(object_id: str) -> Snapshot:
        return snapshot({"id": object_id, **get(object_id)}, dialect)

    def listed() -> Statuses | None:
        try:
            rows = {dialect.find_id(row): row for row in list_all()}
        except QANotFoundError:
            return None
        return {object_id: snapshot(rows[object_id], dialect) for object_id in ids if object_id in rows}

    many = len(ids) > _FEW
    shown = listed() if many else {}
    statuses = poll_each(one, [object_id for object_id in ids if object_id not in (shown or {})])
    missing = [object_id for object_id, seen in statuses.items() if isinstance(seen, QANotFoundError)]
    if missing and not many:
        shown = listed()
    if shown is None:
        # both paths are inferred: where neither is there, nothing is known about the object
        statuses.update({object_id: not_gone(cast(QAError, statuses[object_id])) for object_id in missing})
    return {**statuses, **(shown or {})}


def candidates(
    client: QalyptusClient,
    rows: Iterable[Mapping[str, Any]],
    search: Search,
    is_sure: Callable[[float | None], bool],
) -> list[Candidate]:
    """Return what matching records are to a lookup.

    :param client: The client.
    :param rows: The records that match.
    :param search: What is looked for. What is older is left out, where a record tells when it was made.
    :param is_sure: Tells by the moment at which an object was made, ``None`` for an unknown one, whether it is the one.
    :raises QANotSupportedError: A record has no id.
    """
    found = []
    for row in rows:
        seen = snapshot(row, client.dialect)
        if not seen.id:
            raise unsearchable("ids", "id_fields", client.dialect.id_fields)
        made = client.dialect.created_of(row)
        created = moment(made)
        too_old = search.since is not None and created is not None and created < search.since - CLOCK_SECONDS
        if too_old and not search.compared:
            continue
        about = f"{seen.id} ({seen.status}, created {made or 'at an unknown time'})"
        found.append(Candidate(seen.id, seen.phase, about, is_sure(created), seen.phase is Phase.ACTIVE))
    return found


def moment(text: str | None) -> float | None:
    """Return a date in seconds since the epoch, ``None`` for one without a time zone, and for none.

    :param text: The date as the vendor writes it.
    """
    try:
        return to_utc(text or "", "date").timestamp()
    except QAValidationError:
        return None


def is_same(shown: str | None, wanted: str) -> bool:
    """Tell whether a record names the object that is wanted; UUIDs are the same in any case.

    :param shown: Id in the record.
    :param wanted: Id that is looked for.
    """
    return shown is not None and shown.strip().lower() == wanted.strip().lower()


def unsearchable(nouns: str, option: str, names: tuple[str, ...]) -> QANotSupportedError:
    """Return the error for records that lack what a lookup needs.

    :param nouns: What they do not name.
    :param option: Option of the connection that gives the name of the field.
    :param names: The names that were tried.
    """
    return QANotSupportedError(
        f"the records of the status list do not name their {nouns} (looked for {', '.join(names)})",
        vendor="qalyptus",
        hint=f'Set the name in the connection\'s extra: {{"qalyptus": {{"{option}": ["..."]}}}}',
    )
