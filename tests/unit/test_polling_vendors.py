"""What looks at audits of MonitorQA and at requests of Qalyptus cost, and what they see."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses

from airflow_qa_provider.kinds.polling import poll_all
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.monitorqa.audits import AuditPoller
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient
from airflow_qa_provider.vendors.qalyptus.requests import poll_requests
from airflow_qa_provider.vendors.qalyptus.task_runs import poll_runs
from tests.unit.looks import outcome, outcomes

MONITORQA = "https://monitorqa.example.com"
QALYPTUS = "https://tenant.example.com/api/v1"


# MonitorQA


class Company:
    """The audits of a company, behind the documented paths."""

    def __init__(self) -> None:
        self.audits: dict[str, str] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.faults: dict[str, tuple[int, dict[str, str], str]] = {}
        self.repeat_first_page = False

    def add(self, number: int, state: str = "pending", prefix: str = "a") -> list[str]:
        made = [f"{prefix}{n}" for n in range(number)]
        self.audits.update(dict.fromkeys(made, state))
        return made

    def answer(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        parts = urlsplit(str(request.url))
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        name = parts.path.removeprefix("/audit/")
        self.asked.append((name, query))
        if name in self.faults:
            return self.faults[name]
        if name in ("complete", "pending"):
            state = "completed" if name == "complete" else "pending"
            return 200, {}, json.dumps(self._page([i for i, s in self.audits.items() if s == state], query))
        if name not in self.audits:
            return 404, {}, "{}"
        state = self.audits[name]
        return 200, {}, json.dumps({**row(name), "isCompleted": state == "completed", "isExpired": state == "expired"})

    def _page(self, ids: list[str], query: dict[str, str]) -> dict[str, Any]:
        number = 1 if self.repeat_first_page else int(query["pageNumber"])
        size = int(query["pageSize"])
        page = ids[(number - 1) * size : number * size]
        return {"data": [row(audit_id) for audit_id in page], "meta": {"totalCount": len(ids)}}

    def calls(self) -> list[str]:
        """What was asked for since the last time, details of audits as ``one``."""
        asked = [name if name in ("complete", "pending") else "one" for name, _ in self.asked]
        self.asked.clear()
        return asked


def row(audit_id: str) -> dict[str, Any]:
    return {
        "id": audit_id,
        "number": f"AUD-{audit_id}",
        "score": 82,
        "scoreLabel": "Good",
        "completeDate": "2026-11-08T16:55:30.250Z",
        "completedBy": {"id": "p1", "name": "James Wilson"},
    }


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def company(http: responses.RequestsMock) -> Company:
    found = Company()
    http.add_callback(responses.GET, re.compile(f"{MONITORQA}/audit/.*"), found.answer)
    return found


@pytest.fixture
def monitorqa() -> Iterator[MonitorQAClient]:
    with MonitorQAClient(ClientSettings(MONITORQA, token="key", retries=0)) as client:
        yield client


def test_few_audits_cost_a_request_each(company: Company, monitorqa: MonitorQAClient) -> None:
    ids = company.add(3)
    looks = AuditPoller()(monitorqa, ids, 0.0)
    assert set(outcomes(looks).values()) == {"active"}
    assert company.calls() == ["one"] * 3


def test_many_audits_cost_two_lists_then_one(company: Company, monitorqa: MonitorQAClient) -> None:
    ids, poller = company.add(250), AuditPoller()
    asked = []
    for _ in range(7):
        assert set(outcomes(poller(monitorqa, ids, 0.0)).values()) == {"active"}
        asked.append(company.calls())
    both, one = ["complete", "pending", "pending", "pending"], ["complete"]
    assert asked == [both, one, one, both, one, one, both]


def test_a_completed_audit_is_seen_at_the_next_look(company: Company, monitorqa: MonitorQAClient) -> None:
    ids, poller = company.add(10), AuditPoller()
    poller(monitorqa, ids, 0.0)
    company.audits["a3"] = "completed"
    looks = poller(monitorqa, ids, 0.0)
    assert outcome(looks, "a3") == "succeeded"
    assert list(outcomes(looks).values()).count("active") == 9
    assert company.calls() == ["complete", "pending", "complete"]


@pytest.mark.parametrize(("state", "seen"), [("expired", "failed"), (None, "QANotFoundError")])
def test_an_audit_that_ended_otherwise_is_seen_at_the_third_look(
    state: str | None, seen: str, company: Company, monitorqa: MonitorQAClient
) -> None:
    ids, poller = company.add(10), AuditPoller()
    poller(monitorqa, ids, 0.0)
    if state:
        company.audits["a3"] = state
    else:
        del company.audits["a3"]
    assert [outcome(poller(monitorqa, ids, 0.0), "a3") for _ in range(3)] == ["active", "active", seen]
    # what could not be seen is asked for again until it is
    assert outcome(poller(monitorqa, ids, 0.0), "a3") == seen


def test_newcomers_among_many_are_asked_for_one_by_one(company: Company, monitorqa: MonitorQAClient) -> None:
    ids, poller = company.add(10), AuditPoller()
    poller(monitorqa, ids, 0.0)
    company.calls()
    newcomers = company.add(3, prefix="b")
    assert set(outcomes(poller(monitorqa, ids + newcomers, 0.0)).values()) == {"active"}
    assert company.calls() == ["complete", "one", "one", "one"]
    many = company.add(4, prefix="c")
    poller(monitorqa, ids + newcomers + many, 0.0)
    assert company.calls() == ["complete", "pending"]


def test_only_what_was_completed_lately_is_listed(company: Company, monitorqa: MonitorQAClient) -> None:
    ids, poller = company.add(10), AuditPoller()
    began = time.time() - 5 * 86400
    for _ in range(2):
        poller(monitorqa, ids, began)
    first, second = (query["fromDate"] for name, query in company.asked if name == "complete")
    assert first == time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(began - 3600)) + first[-5:]
    assert second > time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() - 3700))


def test_lists_and_details_say_the_same(company: Company, monitorqa: MonitorQAClient) -> None:
    for state in ("pending", "completed"):
        ids = company.add(4, state, prefix=state)
        many = AuditPoller()(monitorqa, ids, 0.0)
        few = AuditPoller()(monitorqa, ids[:1], 0.0)
        assert few[ids[0]] == many[ids[0]]
        assert few[ids[0]].detail["completed_by"] == "James Wilson"  # type: ignore[union-attr]


def test_a_big_company_costs_little_more_than_asking_one_by_one(company: Company, monitorqa: MonitorQAClient) -> None:
    company.add(5000, "completed", prefix="others")
    company.add(5000, "pending", prefix="more")
    ids = company.add(40)
    assert set(outcomes(AuditPoller()(monitorqa, ids, 0.0)).values()) == {"active"}
    assert company.calls() == ["complete"] * 10 + ["pending"] * 10 + ["one"] * 40


def test_in_a_big_company_a_few_are_checked_in_turn(company: Company, monitorqa: MonitorQAClient) -> None:
    company.add(5000, "pending", prefix="more")
    ids, poller = company.add(9), AuditPoller()
    poller(monitorqa, ids, 0.0)
    assert company.calls() == ["complete"] + ["pending"] * 2 + ["one"] * 9

    company.audits["a8"] = "expired"
    ends, calls = [], []
    for _ in range(9):
        ends.append(outcome(poller(monitorqa, ids, 0.0), "a8"))
        calls.append(company.calls())
        if ends[-1] == "failed":
            break
    assert ends[-1] == "failed", "all have had their turn"
    assert {tuple(one) for one in calls} == {("complete",), ("complete", "one", "one", "one")}


def test_a_repeated_page_ends_the_list(company: Company, monitorqa: MonitorQAClient) -> None:
    ids = company.add(230)
    company.repeat_first_page = True
    looks = AuditPoller()(monitorqa, ids, 0.0)
    assert set(outcomes(looks).values()) == {"active"}
    assert company.calls() == ["complete", "pending", "pending"] + ["one"] * 130


def test_odd_rows_are_passed_over(company: Company, monitorqa: MonitorQAClient) -> None:
    ids = company.add(5)
    rows = [{"name": "no id"}, *(row(audit_id) for audit_id in ids)]
    company.faults["complete"] = (200, {}, json.dumps({"data": rows}))
    assert set(outcomes(AuditPoller()(monitorqa, ids, 0.0)).values()) == {"succeeded"}


def test_a_connection_may_have_larger_pages(company: Company) -> None:
    ids = company.add(250)
    with MonitorQAClient(ClientSettings(MONITORQA, token="key", page_size=500)) as client:
        AuditPoller()(client, ids, 0.0)
    assert company.calls() == ["complete", "pending"]


@pytest.mark.parametrize("number", [2, 20])
def test_a_gateway_that_answers_404_for_all_makes_nothing_gone(
    number: int, company: Company, monitorqa: MonitorQAClient
) -> None:
    ids = company.add(number)
    company.faults.update(dict.fromkeys([*ids, "complete", "pending"], (404, {}, "default backend - 404")))
    looks = poll_all(AuditPoller(), monitorqa, ids, 0.0)
    assert set(outcomes(looks).values()) == {"QAApiError"}
    assert len(company.calls()) <= 3


@pytest.mark.parametrize("name", ["complete", "pending"])
def test_a_list_that_fails_fails_the_look(name: str, company: Company, monitorqa: MonitorQAClient) -> None:
    ids = company.add(20)
    company.faults[name] = (503, {"Retry-After": "7"}, "")
    looks = poll_all(AuditPoller(), monitorqa, ids, 0.0)
    assert set(outcomes(looks).values()) == {"QAServerError"}
    assert company.calls()[-1] == name


def test_stopped_waits_are_forgotten(company: Company, monitorqa: MonitorQAClient) -> None:
    ids, poller = company.add(400), AuditPoller()
    poller(monitorqa, ids, 0.0)
    poller(monitorqa, ids[:5], 0.0)
    assert set(poller._pending) == set(ids[:5])


# Qalyptus


@pytest.fixture
def qalyptus() -> Iterator[QalyptusClient]:
    with QalyptusClient(ClientSettings(QALYPTUS, token="key", retries=0)) as client:
        yield client


class Tenant:
    """The status records of a tenant, in the envelope; ``list`` and ``get`` can be missing."""

    def __init__(self, http: responses.RequestsMock, client: QalyptusClient, group: str) -> None:
        self.records: dict[str, str] = {}
        self.unlisted: set[str] = set()
        self.broken: dict[str, int] = {}
        self.asked: list[str] = []
        one = QALYPTUS + client.route_table[f"status.get_{group}"].url_path({"id": "ID"})
        everything = QALYPTUS + client.route_table[f"status.list_{group}"].url_path({})
        http.add_callback(responses.GET, re.compile(re.escape(one).replace("ID", "[^/]+") + "$"), self.get)
        http.add_callback(responses.GET, re.compile(re.escape(everything) + r"(\?.*)?$"), self.list)

    def get(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        object_id = str(request.url).rsplit("/", 1)[1]
        self.asked.append(object_id)
        if object_id not in self.records or "get" in self.broken:
            return self.broken.get("get", 404), {}, "{}"
        return 200, {}, self._enveloped({"id": object_id, "status": self.records[object_id]})

    def list(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        self.asked.append("list")
        if "list" in self.broken:
            return self.broken["list"], {}, "{}"
        shown = [{"id": i, "status": s} for i, s in self.records.items() if i not in self.unlisted]
        return 200, {}, self._enveloped(shown)

    def _enveloped(self, data: Any) -> str:
        return json.dumps({"isSuccess": True, "data": data})


@pytest.fixture
def tenant(http: responses.RequestsMock, qalyptus: QalyptusClient) -> Tenant:
    return Tenant(http, qalyptus, "on_demand")


def poll(client: QalyptusClient, ids: str) -> dict[str, str]:
    return outcomes(poll_all(poll_requests, client, list(ids), 0.0))


def test_few_requests_cost_a_request_each_and_many_one(tenant: Tenant, qalyptus: QalyptusClient) -> None:
    tenant.records = dict.fromkeys("abcdef", "Running")
    assert poll(qalyptus, "ab") == {"a": "active", "b": "active"}
    assert tenant.asked == ["a", "b"]
    tenant.asked.clear()
    assert set(poll(qalyptus, "abcdef").values()) == {"active"}
    assert tenant.asked == ["list"]


def test_what_the_list_leaves_out_is_asked_for(tenant: Tenant, qalyptus: QalyptusClient) -> None:
    tenant.records, tenant.unlisted = {**dict.fromkeys("abcd", "running"), "d": "completed"}, {"d"}
    assert poll(qalyptus, "abcde") == {
        "a": "active",
        "b": "active",
        "c": "active",
        "d": "succeeded",
        "e": "QANotFoundError",
    }
    assert tenant.asked == ["list", "d", "e"]


def test_gone_is_what_neither_way_shows(tenant: Tenant, qalyptus: QalyptusClient) -> None:
    tenant.records = {"a": "running"}
    tenant.broken["get"] = 404
    assert poll(qalyptus, "ab") == {"a": "active", "b": "QANotFoundError"}
    assert tenant.asked == ["a", "b", "list"]


@pytest.mark.parametrize("ids", ["ab", "abcd"])
def test_a_tenant_with_other_paths_makes_nothing_gone(ids: str, tenant: Tenant, qalyptus: QalyptusClient) -> None:
    tenant.broken = {"get": 404, "list": 404}
    looks = poll_all(poll_requests, qalyptus, list(ids), 0.0)
    assert set(outcomes(looks).values()) == {"QAApiError"}
    assert '{"routes": {"status.get_on_demand": "GET /the/real/path"}}' in str(looks["a"])


def test_a_tenant_without_the_list_is_asked_one_by_one(tenant: Tenant, qalyptus: QalyptusClient) -> None:
    tenant.records, tenant.broken = dict.fromkeys("abc", "completed"), {"list": 404}
    assert poll(qalyptus, "abc") == {"a": "succeeded", "b": "succeeded", "c": "succeeded"}
    assert tenant.asked == ["list", "a", "b", "c"]


def test_a_list_in_trouble_fails_the_look(tenant: Tenant, qalyptus: QalyptusClient) -> None:
    tenant.broken = {"list": 503}
    assert set(poll(qalyptus, "abc").values()) == {"QAServerError"}
    assert tenant.asked == ["list"]


@pytest.mark.parametrize(
    ("word", "phase", "known"),
    [
        *(
            ("Completed", Phase.SUCCEEDED, True),
            ("SUCCESS", Phase.SUCCEEDED, True),
            (" succeeded ", Phase.SUCCEEDED, True),
        ),
        *(("Warning", Phase.WARNING, True), ("Error", Phase.FAILED, True), ("failed", Phase.FAILED, True)),
        *(("Aborted", Phase.FAILED, True), ("Stopped", Phase.CANCELLED, True), ("canceled", Phase.CANCELLED, True)),
        *(("Queued", Phase.ACTIVE, True), ("stopping", Phase.ACTIVE, True), ("Hibernating", Phase.ACTIVE, False)),
        *(("", Phase.ACTIVE, False), ("not completed", Phase.ACTIVE, False), ("error-free", Phase.ACTIVE, False)),
    ],
)
def test_only_known_words_are_an_end(
    word: str, phase: Phase, known: bool, tenant: Tenant, qalyptus: QalyptusClient
) -> None:
    tenant.records = {"a": word}
    seen = poll_requests(qalyptus, ["a"], 0.0)["a"]
    assert isinstance(seen, Snapshot)
    assert (seen.phase, seen.known) == (phase, known)


@pytest.mark.parametrize("group", ["scheduled", "on_demand"])
def test_task_runs_are_where_the_dialect_says(group: str, http: responses.RequestsMock) -> None:
    settings = ClientSettings(QALYPTUS, token="key", options={"task_runs": group})
    with QalyptusClient(settings) as client:
        tenant = Tenant(http, client, group)
        tenant.records = {"a": "Success"}
        assert outcomes(poll_runs(client, ["a"], 0.0)) == {"a": "succeeded"}
    assert tenant.asked == ["a"]
