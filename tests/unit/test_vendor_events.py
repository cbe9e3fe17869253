"""What the calls of webhooks tell, as the vendors' documentation prints them."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from airflow_qa_provider.events.told import Told
from airflow_qa_provider.vendors import BUILT_IN, vendor_named

DOCS = Path(__file__).parents[2] / "docs"
ID = "db2b640b-a8f5-4af6-277a-08db091985f7"
NOW = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)
URL = "https://example.com/exports/7f9c/v2/qa-report.pdf"

QA_REPORT = {
    "reportUrl": URL,
    "reportRequestedBy": "user@example.com",
    "reportType": "QAREPORT",
    "context": {"airflow": "airflow-1"},
    "supportCode": "",
    "error": "",
    "status": "completed",
    "breadcrumbs": [{"id": "cl:1", "name": "RAN-A1-ITP-0001-001", "type": "checklist"}],
}
FAILED = {
    "projectId": "p",
    "reportUrl": "",
    "reportType": "QAREPORT",
    "context": {},
    "supportCode": "1RRQ7",
    "error": "There was an error generating the report",
    "status": "failed",
}
ISSUES = {"projectId": "p", "reportUrl": URL, "reportType": "ISSUES", "filters": {}, "status": "completed"}
NO_ADDRESS = "but CONQA names no address of up to 4000 characters for it"


def read(vendor: str, call: dict[str, Any]) -> Told | None:
    event = vendor_named(vendor).event_of(call)
    return None if event is None else Told(vendor, f"{vendor}_default", event, call, NOW)


def of_conqa(data: Any) -> Told | None:
    return read("conqa", {"data": data})


@pytest.mark.parametrize(
    ("data", "name", "object_id", "result", "failure"),
    [
        (QA_REPORT, "report_completed", "airflow-1", URL, None),
        ({**QA_REPORT, "reportType": "HISTORY"}, "report_completed", "airflow-1", URL, None),
        ({**QA_REPORT, "reportType": "FAILED_CHECKPOINT"}, "report_completed", "airflow-1", URL, None),
        ({**QA_REPORT, "context": {}}, "report_completed", None, URL, None),
        ({**QA_REPORT, "context": None}, "report_completed", None, URL, None),
        ({**QA_REPORT, "context": {"airflow": 7}}, "report_completed", None, URL, None),
        (FAILED, "report_failed", None, None, f"{FAILED['error']}; CONQA's support knows it as 1RRQ7"),
        ({**FAILED, "error": "", "supportCode": ""}, "report_failed", None, None, "CONQA does not say why"),
        ({**FAILED, "error": "x" * 9000, "supportCode": 7}, "report_failed", None, None, "x" * 4000),
        *(
            ({**QA_REPORT, "reportUrl": address}, "report_completed", "airflow-1", None, NO_ADDRESS)
            for address in ("", None, ["x"], f"{URL}?{'x' * 4000}")
        ),
        (ISSUES, "issue_report_completed", None, URL, None),
        ({**ISSUES, "status": "failed", "reportUrl": ""}, "issue_report_failed", None, None, "CONQA does not say why"),
        ({"milestone": {"id": 1}}, "milestone", None, None, None),
        ([], "milestone", None, None, None),
    ],
)
def test_what_conqa_tells(data: Any, name: str, object_id: Any, result: Any, failure: Any) -> None:
    told = of_conqa(data)
    assert told is not None
    event = told.event
    assert (event.name, event.object_id(told.call)) == (name, object_id)
    assert (event.result(told.call), event.failure(told.call)) == (result, failure)


@pytest.mark.parametrize("data", [{**QA_REPORT, "status": "queued"}, {**QA_REPORT, "reportType": "WEEKLY"}])
def test_what_conqa_does_not_document_is_not_known(data: Any) -> None:
    assert of_conqa(data) is None


def test_a_report_is_told_from_the_next_by_what_belongs_to_it_alone() -> None:
    """Two addresses are two reports; neither an address nor what is in it becomes a key that people see."""
    first, second = (of_conqa({**QA_REPORT, "context": {}, "reportUrl": f"{URL}?signature={n}"}) for n in (1, 2))
    keys = {one.own_key for one in (first, second, first) if one is not None and one.own_key is not None}
    assert len(keys) == 2
    assert not any("signature" in key or "example.com" in key for key in keys)
    failed, nameless = of_conqa(FAILED), of_conqa({**FAILED, "supportCode": ""})
    assert failed is not None
    assert nameless is not None
    assert (failed.own_key, nameless.own_key) == ("1RRQ7", None)


@pytest.mark.parametrize(
    ("event", "data", "name"),
    [
        ("AUDIT_ASSIGNED", {"auditId": ID}, "audit_assigned"),
        ("AUDIT_RESCHEDULED", {"auditId": ID}, "audit_rescheduled"),
        (
            "CORRECTIVE_ACTION_DELETED",
            {"correctiveActionId": ID, "correctiveAction": None},
            "corrective_action_deleted",
        ),
        ("TEMPLATE_CREATED", {"id": ID, "name": "Template name"}, "template_created"),
    ],
)
def test_what_monitorqa_tells(event: str, data: Any, name: str) -> None:
    told = read("monitorqa", {"event": event, "data": data, "company": {"id": "c", "name": "Company Name"}})
    assert told is not None
    assert (told.event.name, told.event.object_id(told.call), told.own_key) == (name, ID, None)
    assert told.new_key() != told.new_key()
    assert told.new_key().startswith(f"{ID} ")


@pytest.mark.parametrize(
    "data", [{"auditId": ID, "completeDate": "T1"}, {"auditId": ID, "audit": {"completeDate": "T1"}}]
)
def test_a_completion_is_told_from_the_next_wherever_its_details_stand(data: Any) -> None:
    told = read("monitorqa", {"event": "AUDIT_COMPLETED", "data": data})
    assert told is not None
    assert told.own_key == f"{ID} T1"


def test_every_event_of_the_docs_is_known_and_on_our_page() -> None:
    named = (DOCS / "events.md").read_text()
    events = {name: [event.name for event in vendor_named(name).events] for name in BUILT_IN}
    assert {name: len(found) for name, found in events.items() if found} == {"conqa": 5, "monitorqa": 15}
    assert [one for found in events.values() for one in found if f"`{one}`" not in named] == []
