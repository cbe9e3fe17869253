"""Assets of MonitorQA."""

from __future__ import annotations

from airflow.sdk import Asset

from airflow_qa_provider.bases.assets import event_asset
from airflow_qa_provider.vendors.monitorqa.events import EVENTS


def monitorqa_event(event: str, monitorqa_conn_id: str = "monitorqa_default") -> Asset:
    """Return the asset whose events are those of one kind that MonitorQA tells by webhook (source: "Webhook").

    Schedule a DAG on it, with ``PartitionedAssetTimetable`` for one run per event; templates of that DAG's tasks have
    the event as ``{{ qa.event }}``. What the API server needs for it is in "Events" in the documentation.

    :param event: The vendor's name of it in lower case, such as ``audit_completed``, ``corrective_action_created`` or
        ``template_deleted``.
    :param monitorqa_conn_id: Id of the Airflow connection that has the token of the webhook.
    :raises QAValidationError: There is no such event.
    """
    return event_asset("monitorqa", EVENTS, event, monitorqa_conn_id)
