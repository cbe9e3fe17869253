"""Simplo IS: lists, the life of a report, access by hash, invoices, report settings and tasks."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pypdf
import pytest
import requests

from qa_sandbox import ManualClock, Sandbox, run_sandbox
from tests.sandbox.simplo_answers import CLIENT, WRONG_HASH, in_state, invoices, items, refusal, without_login

DOCUMENTED = {
    "id", "name", "report_setting_id", "to_invoice_price", "is_active", "state", "approved_at", "sent_at",
    "invoiced_at", "from_at", "to_at", "created_at", "updated_at", "hash", "_links",
}  # fmt: skip
DAY = 24 * 3600


class RewindingClock(ManualClock):
    """A manual clock that a test can take back to its start; others only go on."""

    def rewind(self) -> None:
        with self._lock:
            self._advanced = timedelta()


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["simplo"], clock=RewindingClock()) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared_sandbox: Sandbox) -> Sandbox:
    """At 2026-03-02 09:00 in Prague."""
    assert isinstance(shared_sandbox.clock, RewindingClock)
    shared_sandbox.clock.rewind()
    shared_sandbox.reset()
    return shared_sandbox


def test_report_has_the_documented_members(simplo: Any) -> None:
    number = simplo.extra["report_id"]
    report = simplo.get(f"/reports/{number}").json()
    assert set(report) >= DOCUMENTED
    assert report["_links"] == [{"href": f"/api/v0/reports/{number}", "rel": "self", "type": "GET"}]
    assert (report["from_at"], report["to_at"]) == ("2026-02-01T00:00:00+0100", "2026-02-28T23:59:59+0100")
    assert re.fullmatch(r"[A-Za-z0-9]{64}", report["hash"])
    summer = items(simplo.get("/reports", params={"name": "05/2025"}))
    assert {report["created_at"] for report in summer} == {"2025-06-01T02:00:00+0200"}


def test_lists_are_paged(simplo: Any) -> None:
    first = simplo.get("/reports").json()
    assert first["_meta"] == {"page": 1, "total_pages": 3, "records": 49, "per_page": 20}
    pages = [items(simplo.get("/reports", params={"page": page})) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [20, 20, 9, 0]
    assert [report["id"] for page in pages for report in page] == list(range(1, 50))
    for query in ({"page": 0}, {"per_page": 0}, {"page": "x"}, {"per_page": 10**9}):
        assert list(refusal(simplo.get("/reports", params=query), 422, "ValidationError")) == list(query)


def test_sorting(simplo: Any) -> None:
    query = {"sort": "-state,to_invoice_price", "per_page": 100}
    found = [(-report["state"], report["to_invoice_price"]) for report in items(simplo.get("/reports", params=query))]
    assert found == sorted(found)
    sent = [report["sent_at"] for report in items(simplo.get("/reports", params={"sort": "sent_at", "per_page": 100}))]
    assert sent[:2] == [None, None], "what is empty comes first"
    refusal(simplo.get("/reports", params={"sort": "colour"}), 422, "ValidationError")


@pytest.mark.parametrize(
    ("name", "value", "count"),
    [
        ("id", "3,5,999", 2),
        ("name", "webshop", 12),
        ("report_setting_id", "1", 1),
        ("is_active", "0", 1),
        ("state", "1", 2),
        ("created_at", "newest", 4),
        ("approved_at", "2001-01-01", 0),
    ],
)
def test_filters_in_both_spellings(simplo: Any, name: str, value: str, count: int) -> None:
    if value == "newest":
        value = simplo.get("/reports/49").json()[name].partition("T")[0]
    for spelling in (name, f"filter[{name}]"):
        answer = simplo.get("/reports", params={spelling: value, "per_page": 100})
        assert len(items(answer)) == answer.json()["_meta"]["records"] == count


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"filter[colour]": "red"}, "filter"),
        ({"state": "sent"}, "state"),
        ({"is_active": "maybe"}, "is_active"),
        ({"to_at": "soon"}, "to_at"),
        ({"embed": "tasks"}, "embed"),
    ],
)
def test_wrong_queries_are_422(simplo: Any, query: dict[str, str], field: str) -> None:
    assert list(refusal(simplo.get("/reports", params=query), 422, "ValidationError")) == [field]


def test_embeds(simplo: Any) -> None:
    query = {"embed": "report_setting,project,edit_allowed", "sort": "-id", "per_page": 49}
    latest, *_, oldest = items(simplo.get("/reports", params=query))
    assert latest["report_setting"]["id"] == latest["report_setting_id"]
    assert latest["project"]["name"] in latest["name"]
    assert (latest["edit_allowed"], oldest["edit_allowed"]) == (True, False)
    assert simplo.get("/reports/1", params={"embed": "edit_allowed"}).json()["edit_allowed"] is False
    setting = items(simplo.get("/report-settings", params={"embed": "client,projects"}))[1]
    assert setting["client"]["id"] == setting["client_id"] == setting["projects"][0]["client_id"]
    task = items(simplo.get("/report-tasks", params={"embed": "total_time_reported"}))[0]
    assert task["total_time_reported"] == task["reported_time"]


def test_put_needs_the_invoice_number_and_patch_does_not(sandbox: Sandbox, simplo: Any) -> None:
    path = f"/reports/{in_state(simplo, 1)['id']}"
    assert refusal(simplo.put(path, json={"state": 2}), 422, "ValidationError") == {
        "invoice_number": "The invoice number field is required."
    }
    assert refusal(simplo.put(path, json={"invoice_number": 1}), 422, "ValidationError") == {
        "state": "The state field is required."
    }
    assert simplo.get(path).json()["state"] == 1
    sent = simplo.patch(path, json={"state": 2})
    assert (sent.status_code, sent.json()["state"]) == (200, 2)
    assert sent.json()["sent_at"] == sent.json()["updated_at"] == "2026-03-02T09:00:00+0100"
    sandbox.advance(60)
    again = simplo.put(path, json={"state": 2, "invoice_number": 20230001}).json()
    assert (again["invoice_number"], again["sent_at"]) == (20230001, "2026-03-02T09:00:00+0100")
    assert again["updated_at"] == "2026-03-02T09:01:00+0100"
    assert simplo.patch(path).json() == again, "any field can be omitted"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"state": 9, "invoice_number": 1}, "state"),
        ({"state": None, "invoice_number": 1}, "state"),
        ({"state": 2, "invoice_number": "x"}, "invoice_number"),
        ({"state": 2, "invoice_number": 1 << 70}, "invoice_number"),
        ([], "body"),
    ],
)
def test_wrong_updates(simplo: Any, body: Any, field: str) -> None:
    before = simplo.get("/reports/46").json()
    for method in (simplo.put, simplo.patch):
        assert field in refusal(method("/reports/46", json=body), 422, "ValidationError")
    assert simplo.get("/reports/46").json() == before


def test_delete(simplo: Any) -> None:
    answer = simplo.delete("/reports/46")
    assert (answer.status_code, answer.content) == (204, b"")
    refusal(simplo.delete("/reports/46"), 404, "NotFound")
    assert items(simplo.get("/report-tasks", params={"report_id": 46})) == []


@pytest.mark.parametrize(
    "path", ["/reports/999", "/reports/x", "/reports/-1", "/reports/999/issue-invoice", "/report-settings/99",
             "/report-tasks/1", f"/reports/999/public?hash={WRONG_HASH}", "/reports/999/download-pdf"]
)  # fmt: skip
def test_unknown_objects_are_404(simplo: Any, path: str) -> None:
    refusal(simplo.get(path), 404, "NotFound")


@pytest.mark.parametrize("path", ["public", "download-pdf"])
def test_hash_opens_a_report_without_login(simplo: Any, path: str) -> None:
    report = in_state(simplo, 2)
    place = f"/reports/{report['id']}/{path}"
    assert without_login(simplo, "GET", place, params={"hash": report["hash"]}).status_code == 200
    for query in ({"hash": WRONG_HASH}, {"hash": ""}, {}):
        refusal(without_login(simplo, "GET", place, params=query), 403, "Forbidden")
    refusal(simplo.get(place), 403, "Forbidden")


def test_public_view_and_its_embeds(simplo: Any) -> None:
    report = in_state(simplo, 2)
    query = {"hash": report["hash"], "embed": "report_setting,responsible_user,report_tasks"}
    shown = without_login(simplo, "GET", f"/reports/{report['id']}/public", params=query).json()
    assert shown["name"] == report["name"]
    assert shown["responsible_user"]["id"] == shown["report_setting"]["responsible_user_id"]
    tasks = shown["report_tasks"]
    assert tasks == items(simplo.get("/report-tasks", params={"report_id": report["id"]}))
    assert sum(task["to_invoice_price"] for task in tasks) == pytest.approx(report["to_invoice_price"])


def test_pdf_is_a_bill_of_the_report(simplo: Any) -> None:
    report = in_state(simplo, 1)
    place = f"/reports/{report['id']}"
    file = without_login(simplo, "GET", f"{place}/download-pdf", params={"hash": report["hash"]})
    assert file.headers["Content-Type"] == "application/pdf"
    assert int(file.headers["Content-Length"]) == len(file.content)
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file.content)).pages)
    price = f"{report['to_invoice_price']:,.2f}".replace(",", " ")
    assert price in text
    assert report["name"] in text
    for task in items(simplo.get("/report-tasks", params={"report_id": report["id"]})):
        assert task["name"] in text
    simplo.post(f"{place}/approved", json={"hash": report["hash"]})
    approved = without_login(simplo, "GET", f"{place}/download-pdf", params={"hash": report["hash"]})
    assert "Approved" in pypdf.PdfReader(io.BytesIO(approved.content)).pages[0].extract_text()


@pytest.mark.parametrize(("by", "user_id"), [("user", 1), ("client", None)])
def test_approval_by_user_or_known_client(sandbox: Sandbox, simplo: Any, by: str, user_id: int | None) -> None:
    report = in_state(simplo, 2)
    place = f"/reports/{report['id']}/approved"

    def approve(**body: str) -> requests.Response:
        if by == "user":
            return simplo.post(place, json=body)  # type: ignore[no-any-return]
        return without_login(simplo, "POST", place, agent=CLIENT, json=body)

    refusal(approve(hash=WRONG_HASH), 403, "Forbidden")
    refusal(approve(), 403, "Forbidden")
    refusal(without_login(simplo, "POST", place, json={"hash": report["hash"]}), 401, "Unauthorized")
    assert simplo.get(f"/reports/{report['id']}").json() == report
    sandbox.advance(1)
    for _ in range(2):
        answer = approve(hash=report["hash"])
        assert (answer.status_code, answer.content) == (200, b"")
        sandbox.advance(60)
    after = simplo.get(f"/reports/{report['id']}").json()
    assert (after["state"], after["approved_at"]) == (3, "2026-03-02T09:00:01+0100")
    assert after["approved_by_user_id"] == user_id
    state = simplo.control("GET", "/state").json()
    assert [copy["reportId"] for copy in state["savedCopies"]] == [report["id"]]
    assert len(state["mails"]) == 1
    assert report["hash"] not in str(state)


def test_printed_example_of_an_approval_is_a_get_with_a_body(simplo: Any) -> None:
    report = in_state(simplo, 2)
    place = f"/reports/{report['id']}/approved"
    refusal(simplo.get(place), 403, "Forbidden")
    refusal(simplo.get(place, json={"hash": WRONG_HASH}), 403, "Forbidden")
    assert simplo.get(place, json={"hash": report["hash"]}).status_code == 200
    assert simplo.get(f"/reports/{report['id']}").json()["state"] == 3
    answer = simplo.put(place)
    refusal(answer, 405, "MethodNotAllowed")
    assert answer.headers["Allow"] == "GET, POST"


def test_every_call_of_issue_invoice_makes_an_invoice(simplo: Any) -> None:
    report = in_state(simplo, 3)
    for _ in range(2):
        answer = simplo.get(f"/reports/{report['id']}/issue-invoice")
        assert (answer.status_code, answer.content) == (204, b"")
    made = invoices(simplo)
    assert [invoice["reportId"] for invoice in made] == [report["id"]] * 2
    assert [invoice["number"] for invoice in made] == [20260001, 20260002]
    after = simplo.get(f"/reports/{report['id']}").json()
    assert (after["state"], after["invoice_number"]) == (4, 20260002)
    assert after["invoiced_at"] == "2026-03-02T09:00:00+0100"


def test_a_number_that_was_given_is_used(simplo: Any) -> None:
    simplo.patch("/reports/46", json={"invoice_number": 20239999})
    simplo.get("/reports/46/issue-invoice")
    assert [invoice["number"] for invoice in invoices(simplo)] == [20239999]


def test_a_lost_answer_leaves_an_invoice_behind(sandbox: Sandbox, simplo: Any) -> None:
    sandbox.add_fault("reset_after", vendor="simplo", path="issue-invoice$", times=1)
    with pytest.raises(requests.ConnectionError):
        simplo.get("/reports/46/issue-invoice")
    assert len(invoices(simplo)) == 1
    assert simplo.get("/reports/46").json()["invoiced_at"] is not None


def test_reports_come_from_settings_as_months_pass(sandbox: Sandbox, simplo: Any) -> None:
    wanted = {"name": "Driver app support", "client_id": 2, "regular_interval": 1, "project_ids": [2]}
    made = simplo.post("/report-settings", json=wanted)
    assert made.status_code == 201
    setting = made.json()
    assert (setting["id"], setting["type"], setting["is_live"]) == (6, "2", True)
    assert items(simplo.get("/report-settings", params={"project_id": 2, "sort": "-id"}))[0] == setting
    assert simplo.patch("/report-settings/2", json={"is_live": False}).json()["is_live"] is False
    sandbox.advance(31 * DAY)
    new = items(simplo.get("/reports", params={"sort": "-id", "created_at": "2026-04-01"}))
    assert [report["report_setting_id"] for report in new] == [6, 5, 4, 3]
    assert {report["state"] for report in new} == {1}
    assert new[0]["name"] == "Driver app support 03/2026"
    assert (new[0]["from_at"], new[0]["to_at"]) == ("2026-03-01T00:00:00+0100", "2026-03-31T23:59:59+0200")
    assert simplo.delete("/report-settings/6").status_code == 204
    assert simplo.get(f"/reports/{new[0]['id']}", params={"embed": "report_setting"}).json()["report_setting"] is None


def test_one_time_setting_makes_one_report(sandbox: Sandbox, simplo: Any) -> None:
    times = {"one_time_from": "2026-03-02T00:00:00+0100", "one_time_to": "2026-03-04T23:59:59+0100"}
    wanted = {"name": "Security review", "client_id": 3, "type": 1, "project_ids": [3], **times}
    setting = simplo.post("/report-settings", json=wanted).json()
    assert setting["one_time_to"] == "2026-03-04T22:59:59.000000Z"
    sandbox.advance(20 * DAY)
    made = items(simplo.get("/reports", params={"report_setting_id": setting["id"]}))
    assert [(report["name"], report["created_at"]) for report in made] == [
        ("Security review", "2026-03-05T02:00:00+0100")
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"client_id": 1}, "name"),
        ({"name": "n"}, "client_id"),
        ({"name": "n", "client_id": 99}, "client_id"),
        ({"name": "n", "client_id": 1, "project_ids": [99]}, "project_ids"),
        ({"name": "n", "client_id": 1, "responsible_user_id": 99}, "responsible_user_id"),
        ({"name": "n", "client_id": 1, "type": "3"}, "type"),
        ({"name": "n", "client_id": 1, "regular_start": "9999-12-31"}, "regular_start"),
        ({"name": "n", "client_id": 1, "regular_start": "2026-02-30"}, "regular_start"),
    ],
)
def test_wrong_report_settings(simplo: Any, body: dict[str, Any], field: str) -> None:
    assert list(refusal(simplo.post("/report-settings", json=body), 422, "ValidationError")) == [field]
    assert list(refusal(simplo.put("/report-settings/2", json=body), 422, "ValidationError")) == [field]


def test_report_setting_dates_have_two_formats(simplo: Any) -> None:
    setting = simplo.get("/report-settings/2").json()
    assert setting["regular_start"] == "2025-02-28T23:00:00.000000Z"
    assert setting["created_at"] == "2025-03-01T00:00:00+0100"
    task = items(simplo.get("/report-tasks", params={"is_bug": "true", "sort": "-to_invoice_price"}))[0]
    assert simplo.get(f"/report-tasks/{task['id']}").json() == task
