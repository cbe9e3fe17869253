"""
MonitorQA's client on MonitorQA's sandbox: files, secrets, flows of several requests, and refusals.

The operations one by one are in ``test_monitorqa_client.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from math import nan
from typing import Any

import pytest

from airflow_qa_provider.exceptions import (
    QAAuthenticationError,
    QAConflictError,
    QANotFoundError,
    QARequestRejectedError,
    QAValidationError,
)
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.monitorqa.client.attributes import Option
from airflow_qa_provider.vendors.monitorqa.client.client import MonitorQAClient
from airflow_qa_provider.vendors.monitorqa.client.enums import ReportType, UsagePurpose
from airflow_qa_provider.vendors.monitorqa.client.objects import AttributeOption
from airflow_qa_provider.vendors.monitorqa.client.repeats import (
    Daily,
    EndAfterDays,
    EndBeforeNextStarts,
    EndOfMonth,
    Monthly,
    MultipleWeeks,
    OneTime,
    StartOfMonth,
    StartOnDay,
    Weekly,
)
from airflow_qa_provider.vendors.monitorqa.client.routes import ROUTES
from airflow_qa_provider.vendors.monitorqa.client.score_systems import ScoreLabel
from qa_sandbox import Sandbox
from tests.sandbox.monitorqa_operations import PNG, known_ids
from tests.sandbox.receiver import Receiver

UNKNOWN = "00000000-0000-4000-8000-000000000000"
START, END = datetime(2998, 5, 1, 8, tzinfo=timezone.utc), "2998-05-02T19:00:00+02:00"
LABELS = [ScoreLabel(0, 50, "Poor", "#FF0000"), ScoreLabel(50, 100, "Good", "#00FF00")]
Ids = dict[str, str]


@pytest.fixture
def ids(sandbox: Sandbox) -> Ids:
    return known_ids(sandbox.app("monitorqa").state.store.main)


def client_with(api: Any, key: str | None = None) -> MonitorQAClient:
    settings = ClientSettings(base_url=api.connection["host"], token=key or api.connection["password"], retries=0)
    return MonitorQAClient(settings)


@pytest.fixture
def client(monitorqa: Any) -> Iterator[MonitorQAClient]:
    with client_with(monitorqa) as client:
        yield client


def test_reports_and_files(client: MonitorQAClient, ids: Ids) -> None:
    for call, start, content_type in (
        (
            lambda: client.audits.download_report_pdf(ids["done"], report_type="full", include_photos=True),
            b"%PDF",
            "pdf",
        ),
        (lambda: client.audits.download_report_pdf(ids["done"], report_type=ReportType.SUMMARY), b"%PDF", "pdf"),
        (lambda: client.audits.download_report(ids["done"]), b"{", "json"),
        (lambda: client.files.download(ids["file"], with_watermark=True), PNG, "png"),
    ):
        with call() as download:
            content = b"".join(download.chunks())
            assert content.startswith(start)
            assert content_type in str(download.content_type)
            assert download.length == len(content)


def test_images(client: MonitorQAClient, ids: Ids) -> None:
    client.company.upload_logo(PNG + b"logo")
    client.company.upload_icon(b"\xff\xd8\xff icon", file_name="i.jpg")
    company = client.company.get()
    for file_id, content in ((company["logoFileId"], PNG + b"logo"), (company["iconFileId"], b"\xff\xd8\xff icon")):
        with client.files.download(file_id) as download:
            assert b"".join(download.chunks()) == content


def test_attributes(client: MonitorQAClient, ids: Ids) -> None:
    pair = AttributeOption(ids["attribute"], ids["option"])
    new = client.audit_objects.create(name="New")
    client.audit_objects.assign_attributes(new, [pair, pair, AttributeOption(UNKNOWN, UNKNOWN)])
    (row,) = client.audit_objects.get(new)["attributes"]
    assert (row["attributeId"], row["optionId"]) == (pair.attribute_id, pair.option_id)
    before = client.audit_object_attributes.get(ids["attribute"])["options"]
    client.audit_object_attributes.update(ids["attribute"], name="Unit", options="Yard", left_out="keep")
    after = client.audit_object_attributes.get(ids["attribute"])
    assert sorted(option["name"] for option in after["options"]) == sorted(["Yard", *(one["name"] for one in before)])
    assert [one["name"] for one in after["options"] if one["isDefault"]] == ["Facilities"]
    assert client.audit_objects.get(new)["attributes"] == [{**row, "attributeName": "Unit"}]
    client.audit_object_attributes.update(ids["attribute"], name="Unit", options=[Option("Yard")], left_out="delete")
    assert client.audit_objects.get(new)["attributes"] == []


def test_company_and_template_copy(client: MonitorQAClient, monitorqa: Any, ids: Ids) -> None:
    new = client.company.create(
        company_name="Fleet", admin_full_name="Dan", usage_purpose=UsagePurpose.VEHICLES, iana_time_zone="Etc/UTC"
    )
    assert new.company_id in {company["id"] for company in client.company.list_accessible()}
    with pytest.raises(QAConflictError) as caught:
        client.audit_templates.copy(ids["template"], target_company_id=new.company_id, copy_score_system=False)
    assert caught.value.code == "score-system/no-default-score-system"
    copy = client.audit_templates.copy(ids["template"], target_company_id=new.company_id, copy_score_system=True)
    with client_with(monitorqa, new.api_key) as there:
        assert there.ping() == "1 audit templates visible"
        assert [template["id"] for template in there.audit_templates.list()] == [copy]
        with pytest.raises(QAValidationError):
            there.company.delete(confirm="Northwind Facilities Group")
        there.company.delete(confirm="Fleet")
        with pytest.raises(QAAuthenticationError, match="X-API-KEY"):
            there.company.get()
    assert client.company.get()["name"] == "Northwind Facilities Group"


def test_webhook_log(client: MonitorQAClient, sandbox: Sandbox, monitorqa: Any, ids: Ids, receiver: Receiver) -> None:
    monitorqa.control("PUT", "/webhook", json={"url": receiver.url})
    client.corrective_actions.delete(ids["action"])
    sandbox.deliveries("monitorqa")
    (row,) = client.webhooks.list_log(page_size=10)
    assert (row["webhookEvent"], row["httpStatusCode"]) == ("CORRECTIVE_ACTION_DELETED", 200)


@pytest.mark.parametrize(
    "repeat",
    [
        OneTime(START, END),
        Daily(1),
        Weekly("friday", 10),
        MultipleWeeks(1, 6, 7),
        Monthly(1, StartOfMonth(1), EndOfMonth(12)),
        Monthly(10, StartOnDay(1), EndAfterDays(500)),
        Monthly(2, StartOfMonth(2), EndBeforeNextStarts()),
    ],
    ids=lambda repeat: str(repeat.wire()),
)
def test_every_kind_of_repetition_is_understood(client: MonitorQAClient, ids: Ids, repeat: Any) -> None:
    client.schedules.update(ids["schedule"], name="R", active=True, repeat=repeat, audit_object_ids=ids["site"])
    schedule = client.schedules.get(ids["schedule"])
    assert (schedule["repeatPattern"], schedule["repeat"]) == (repeat.pattern, repeat.wire())


def test_audit_from_creation_to_report(sandbox: Sandbox, client: MonitorQAClient, ids: Ids) -> None:
    sandbox.add_outcome("audit", "failed")
    end = sandbox.clock.now() + timedelta(hours=1)
    audit_id = client.audits.create(name="W", template_id=ids["template"], audit_object_id=ids["site"], end_date=end)
    with pytest.raises(QAConflictError) as caught:
        client.audits.get_complete(audit_id)
    assert caught.value.code == "audit/not-completed"
    sandbox.advance(4)
    report = client.audits.get_report(audit_id)
    actions = {action["id"] for item in report["items"] for action in item["actions"]}
    assert {row["id"] for row in client.corrective_actions.list_pending(audit_id=audit_id)} == actions
    users = [user["id"] for user in client.users.list()][:2]
    client.audits.reopen(audit_id, start_date=end, end_date=end + timedelta(days=1), assignees_ids=users)
    assert [user["id"] for user in client.audits.get(audit_id)["assignees"]] == users


# Refusals: the client's own for what it knows to be wrong, the vendor's for the rest, none without a name.


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda c, ids: c.audits.get(UNKNOWN), QANotFoundError, "Audit not found"),
        (lambda c, ids: c.audits.expire([ids["audit"], UNKNOWN]), QAConflictError, "audit/not-found"),
        (lambda c, ids: c.audits.expire(ids["done"]), QAConflictError, "audit/already-completed"),
        (
            lambda c, ids: c.users.create(email="x", full_name="A", role_id=ids["role"]),
            QARequestRejectedError,
            "email: must be an email address",
        ),
        (
            lambda c, ids: c.users.create(email="daniel.okafor@example.com", full_name="A", role_id=ids["role"]),
            QAConflictError,
            "user/email-already-exists",
        ),
        (
            lambda c, ids: c.roles.update(ids["auditor"], role_type=2, name="A", permissions=None),
            QARequestRejectedError,
            "roleType: must match the type of the role",
        ),
        (
            lambda c, ids: c.company.update(company_name="A", usage_purpose=0, iana_time_zone="Mars/Base"),
            QARequestRejectedError,
            "ianaTimeZone: is not one of",
        ),
        (
            lambda c, ids: c.score_systems.delete(_used_system(c)),
            QAConflictError,
            "score-system/has-templates",
        ),
        (
            lambda c, ids: c.audit_templates.copy(ids["template"], target_company_id=UNKNOWN, copy_score_system=True),
            QAConflictError,
            "company/not-accessible",
        ),
    ],
)
def test_refusals_arrive_as_typed_errors(
    client: MonitorQAClient, ids: Ids, call: Callable[[MonitorQAClient, Ids], Any], error: type, message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)) as caught:
        call(client, ids)
    assert caught.value.operation in ROUTES


def _used_system(client: MonitorQAClient) -> str:
    return str(next(iter(client.score_systems.list()))["id"])


def test_what_the_client_refuses_the_sandbox_would_too(sandbox: Sandbox, client: MonitorQAClient, ids: Ids) -> None:
    sent = len(sandbox.requests("monitorqa"))
    for call in (
        lambda: client.schedules.create_daily(name="A", template_id="t", repeat_every=11, audit_object_ids="o"),
        lambda: client.schedules.create_daily(name="A", template_id="t", repeat_every=1),
        lambda: client.schedules.update(
            "s", name="A", active=True, audit_object_ids="o", repeat=MultipleWeeks(1, 0, 8)
        ),
        lambda: client.schedules.update(
            "s", name="A", active=True, audit_object_ids="o", repeat=Monthly(2, StartOfMonth(3), EndAfterDays(1))
        ),
        lambda: client.audit_objects.create(name="A", notes="x" * 801),
        lambda: client.roles.create(role_type=1, name="A", permissions=["users.manage"]),
        lambda: client.score_systems.create(name="A", passed_threshold=1, score_system_type=0, labels=LABELS[:1]),
        lambda: client.score_systems.create(name="A", passed_threshold=nan, score_system_type=0, labels=LABELS),
        lambda: client.score_systems.create(name="A", passed_threshold="three", score_system_type=0, labels=LABELS),
        lambda: client.audit_templates.copy("t", target_company_id="c", copy_score_system="perhaps"),
        lambda: client.company.upload_logo(b"GIF89a"),
        lambda: client.company.update(company_name="A", usage_purpose=6, iana_time_zone="Etc/UTC"),
        lambda: client.corrective_actions.update("a", name="A", due_date=END, status=5, priority=0),
    ):
        with pytest.raises(QAValidationError):
            call()
    assert len(sandbox.requests("monitorqa")) == sent
