"""Assets of CONQA."""

from __future__ import annotations

from airflow.sdk import Asset

from airflow_qa_provider.bases.assets import event_asset
from airflow_qa_provider.vendors.conqa.events import EVENTS


def conqa_event(event: str, conqa_conn_id: str = "conqa_default") -> Asset:
    """Return the asset whose events are those of one kind that CONQA tells by webhook (source: "Webhooks").

    Schedule a DAG on it, with ``PartitionedAssetTimetable`` for one run per event; templates of that DAG's tasks have
    the event as ``{{ qa.event }}``. What the API server needs for it is in "Events" in the documentation.

    :param event: ``report_completed``, ``report_failed``, ``issue_report_completed``, ``issue_report_failed`` or
        ``milestone``.
    :param conqa_conn_id: Id of the Airflow connection that has the token of the webhook.
    :raises QAValidationError: There is no such event.
    """
    return event_asset("conqa", EVENTS, event, conqa_conn_id)
