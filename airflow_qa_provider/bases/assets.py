"""Assets whose events are what vendors tell by webhooks.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Iterable

from airflow.sdk import Asset

from airflow_qa_provider.events.told import uri_of
from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.kinds.event import Event


def event_asset(vendor: str, known: Iterable[Event], event: str, conn_id: str) -> Asset:
    """Return the asset of one kind of event of one connection.

    :param vendor: Vendor in lower case.
    :param known: What the vendor tells.
    :param event: Name of the event.
    :param conn_id: Id of the Airflow connection whose webhook tells of it.
    :raises QAValidationError: There is no such event.
    """
    names = [one.name for one in known]
    if event not in names:
        raise QAValidationError(
            f"there is no event {event!r}",
            vendor=vendor,
            outcome="Nothing was sent",
            hint=f"Known are {', '.join(names)}",
        )
    return Asset(uri_of(vendor, conn_id, event))
