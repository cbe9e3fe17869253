"""How each vendor's poller sees objects: what it asks for, what it makes of the answers, how waits end by it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from airflow_qa_provider.exceptions import (
    QAError,
    QANotFoundError,
    QANotSupportedError,
    QARateLimitError,
    QAServerError,
)
from airflow_qa_provider.kinds.polling import Statuses, poll_all
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.vendors import kind_of
from airflow_qa_provider.vendors.connect import client_for, polling_client
from airflow_qa_provider.waiting.decisions import Finished, GaveUp, WaitPolicy, WaitUntil, grace_for
from airflow_qa_provider.waiting.machine import Wait
from qa_sandbox import ManualClock, Outcome, Sandbox, SandboxSettings, run_sandbox
from tests.sandbox.receiver import Receiver

START = 1_800_000_000.0
INTERVAL = 30.0
HOUR = 3600.0
MILESTONE_SECONDS = 90.0
SHOWN, PLANNED, MISSING = "P6-A1010", "P6-A1310", "P6-X0000"
NEW_MILESTONE = {"productType": {"value": "concrete-slab"}, "area": {"value": "podium"}}
SIGN_IN = "/oauth2/"
UNFINISHED = ("open", "submitted", "rejected")
NO_SUCH = "0b8f4a52-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    settings = SandboxSettings(milestone_seconds=MILESTONE_SECONDS)
    with run_sandbox(["conqa", "monitorqa", "simplo", "smartq"], settings, clock=ManualClock()) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The vendors as new, and Airflow connections to them."""
    shared_sandbox.reset()
    for name, value in shared_sandbox.environment().items():
        monkeypatch.setenv(name, value)
    return shared_sandbox


def store(sandbox: Sandbox, vendor: str) -> Any:
    return sandbox.app(vendor).state.store


def extra(sandbox: Sandbox, vendor: str) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.connections()[f"{vendor}_default"]["extra"]
    return found


def ask(vendor: str, call: Callable[[Any], Any]) -> Any:
    with client_for(vendor, f"{vendor}_default") as client:
        return call(client)


def poll(kind: str, *ids: str) -> Statuses:
    """Look once, as everything that waits does."""
    vendor = kind.partition(".")[0]
    with polling_client(vendor, f"{vendor}_default") as client:
        return poll_all(kind_of(kind).new_poller(), client, ids, START)


@contextmanager
def asked(sandbox: Sandbox, vendor: str) -> Iterator[list[str]]:
    """Collect the paths that a vendor is asked for; signing in to smartQ does not count."""
    before = len(sandbox.requests(vendor))
    paths: list[str] = []
    yield paths
    entries = [entry for entry in sandbox.requests(vendor)[before:] if not entry.path.endswith(SIGN_IN)]
    assert all(entry.method == "GET" for entry in entries), "a look changes nothing"
    paths.extend(entry.path for entry in entries)


def seen(looks: Statuses, object_id: str) -> Snapshot:
    found = looks[object_id]
    assert isinstance(found, Snapshot), found
    return found


class Watch:
    """The wait that a sensor with these arguments makes; its time passes only when it looks."""

    def __init__(self, kind: str, **fields: Any) -> None:
        target = kind_of(kind).target(fields)
        policy = WaitPolicy(
            INTERVAL, START, START + HOUR, not_found_grace=grace_for(INTERVAL), condition=target.condition
        )
        self.kind = kind
        self.wait = Wait(target.object_id, WaitPolicy.from_dict(json.loads(json.dumps(policy.as_dict()))))
        self.now = START

    def goes_on(self) -> bool:
        """Look once, and tell whether the wait goes on."""
        return isinstance(self._look(), WaitUntil)

    def end(self) -> tuple[str, str]:
        """Look until the wait ends; return the phase and the vendor's word."""
        while isinstance(decision := self._look(), WaitUntil):
            assert self.now < START + 2 * HOUR
        assert isinstance(decision, Finished), decision
        return decision.snapshot.phase.value, decision.snapshot.status

    def give_up(self) -> GaveUp:
        """Look until the wait is given up."""
        while isinstance(decision := self._look(), WaitUntil):
            assert self.now < START + 2 * HOUR
        assert isinstance(decision, GaveUp), decision
        return decision

    def _look(self) -> Any:
        decision = self.wait.on_poll(self.now, poll(self.kind, self.wait.object_id)[self.wait.object_id], 0.5)
        self.now = decision.at if isinstance(decision, WaitUntil) else self.now
        return decision


# Every vendor


@pytest.fixture
def ids(sandbox: Sandbox) -> dict[str, list[str]]:
    """Some objects of each kind that are there, of one project where there are projects."""
    project = extra(sandbox, "conqa")["project_id"]
    hook = {"name": "Report is ready", "callback_url": "http://127.0.0.1:9/hook"}
    hooks = ask("conqa", lambda client: [client.project_webhooks.register(project, "REPORT", **hook) for _ in range(5)])
    milestones = store(sandbox, "conqa").snapshot()["milestones"]
    board = store(sandbox, "smartq").snapshot()["projects"][0]
    return {
        "conqa.milestone": [f"{project}/{row['externalId']}" for row in milestones[:5]],
        "conqa.webhook": [f"project/{project}/{row['id']}" for row in hooks],
        "monitorqa.corrective_action": actions(sandbox, *UNFINISHED)[:5],
        "simplo.report": ["41", "42", "43", "44", "45"],
        "smartq.ticket": [f"{board['id']}/{row['id']}" for row in board["tickets"] if not row["archived"]][:5],
    }


def absent(sandbox: Sandbox, kind: str) -> str:
    """An id that could be, in a project that is there."""
    project = extra(sandbox, "conqa")["project_id"]
    return {
        "conqa.milestone": f"{project}/{MISSING}",
        "conqa.webhook": f"project/{project}/wh:{NO_SUCH}",
        "monitorqa.corrective_action": NO_SUCH,
        "simplo.report": "999999",
        "smartq.ticket": f"{extra(sandbox, 'smartq')['project_id']}/999999",
    }[kind]


KINDS = ("conqa.milestone", "conqa.webhook", "monitorqa.corrective_action", "simplo.report", "smartq.ticket")
# requests for one, two and five objects of a project or company
COSTS = {
    "conqa.milestone": (1, 1, 1),
    "conqa.webhook": (1, 1, 1),
    "monitorqa.corrective_action": (1, 2, 1),
    "simplo.report": (1, 2, 1),
    "smartq.ticket": (1, 1, 1),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_look_costs_no_more_requests_than_it_must(sandbox: Sandbox, ids: dict[str, list[str]], kind: str) -> None:
    costs = []
    for number in (1, 2, 5):
        some = ids[kind][:number]
        with asked(sandbox, kind.partition(".")[0]) as paths:
            looks = poll(kind, *some)
        assert [seen(looks, object_id).id for object_id in some] == some
        costs.append(len(paths))
    assert tuple(costs) == COSTS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_few_and_many_are_seen_in_the_same_way(ids: dict[str, list[str]], kind: str) -> None:
    together = poll(kind, *ids[kind])
    for object_id in ids[kind]:
        assert poll(kind, object_id)[object_id] == together[object_id]
        json.dumps(seen(together, object_id).as_dict())


@pytest.mark.parametrize("number", [1, 4], ids=["few", "many"])
@pytest.mark.parametrize("kind", KINDS)
def test_one_missing_object_harms_no_other(sandbox: Sandbox, ids: dict[str, list[str]], kind: str, number: int) -> None:
    bad, good = absent(sandbox, kind), ids[kind][:number]
    looks = poll(kind, bad, *good)
    assert isinstance(looks[bad], QANotFoundError)
    assert looks[bad].status_code != 405  # type: ignore[union-attr]
    assert [seen(looks, object_id).phase for object_id in good] == [Phase.ACTIVE] * number


@pytest.mark.parametrize("number", [1, 5], ids=["few", "many"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_error_of_the_vendor_says_nothing_about_any_object(
    sandbox: Sandbox, ids: dict[str, list[str]], kind: str, number: int
) -> None:
    vendor, wanted = kind.partition(".")[0], ids[kind][:number]
    sandbox.add_fault({"status": 503}, vendor=vendor, method="GET")
    looks = poll(kind, *wanted)
    assert [type(looks[object_id]) for object_id in wanted] == [QAServerError] * number


@pytest.mark.parametrize("kind", KINDS)
def test_a_vendor_that_wants_to_be_left_alone_is_asked_once(
    sandbox: Sandbox, ids: dict[str, list[str]], kind: str
) -> None:
    vendor = kind.partition(".")[0]
    elsewhere = {
        "conqa.milestone": f"{store(sandbox, 'conqa').snapshot()['projects'][1]['id']}/{SHOWN}",
        "conqa.webhook": f"account/{extra(sandbox, 'conqa')['account_id']}/wh:{NO_SUCH}",
        "smartq.ticket": f"{store(sandbox, 'smartq').snapshot()['projects'][1]['id']}/1",
    }
    wanted = [*ids[kind][:2], *([elsewhere[kind]] if kind in elsewhere else [])]
    sandbox.add_fault({"status": 429, "retry_after": 7}, vendor=vendor, method="GET")
    with asked(sandbox, vendor) as paths:
        looks = poll(kind, *wanted)
    assert len(paths) == 1
    for object_id in wanted:
        error = looks[object_id]
        assert isinstance(error, QARateLimitError)
        assert error.retry_after == 7


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_these_can_be_cancelled_and_nothing_is_sent(sandbox: Sandbox, kind: str) -> None:
    vendor = kind.partition(".")[0]
    with (
        asked(sandbox, vendor) as paths,
        polling_client(vendor, f"{vendor}_default") as client,
        pytest.raises(QANotSupportedError, match="cannot"),
    ):
        kind_of(kind).stop(client, "41")
    assert paths == []


@pytest.mark.parametrize("kind", ["conqa.milestone", "conqa.webhook", "smartq.ticket"])
def test_an_unknown_project_says_nothing_about_what_would_be_in_it(
    sandbox: Sandbox, ids: dict[str, list[str]], kind: str
) -> None:
    lost = {
        "conqa.milestone": f"{NO_SUCH}/{SHOWN}",
        "conqa.webhook": f"project/{NO_SUCH}/wh:{NO_SUCH}",
        "smartq.ticket": "999999/1",
    }[kind]
    looks = poll(kind, lost, ids[kind][0])
    assert isinstance(looks[lost], QAError)
    assert not isinstance(looks[lost], QANotFoundError)
    assert seen(looks, ids[kind][0]).phase is Phase.ACTIVE


@pytest.mark.parametrize("kind", ["monitorqa.corrective_action", "simplo.report", "smartq.ticket"])
def test_a_connection_may_ask_for_larger_pages(
    sandbox: Sandbox, ids: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    vendor = kind.partition(".")[0]
    connection = sandbox.connections()[f"{vendor}_default"]
    connection["extra"] = {**connection["extra"], "page_size": 250}
    monkeypatch.setenv(f"AIRFLOW_CONN_{vendor.upper()}_DEFAULT", json.dumps(connection))
    poll(kind, *ids[kind])
    asked_for = [entry for entry in sandbox.requests(vendor) if "250" in entry.query]
    assert len(asked_for) == 1


# CONQA


def milestone(sandbox: Sandbox, external_id: str, **fields: Any) -> Watch:
    arguments = {"project_id": extra(sandbox, "conqa")["project_id"], "until": "visible", "status": None}
    return Watch("conqa.milestone", **{**arguments, "external_id": external_id, **fields})


def upsert(sandbox: Sandbox, external_id: str, **change: Any) -> None:
    project = extra(sandbox, "conqa")["project_id"]
    ask("conqa", lambda client: client.milestones.upsert(project, external_id, **change))


def test_a_milestone_is_waited_for_until_the_list_shows_it(sandbox: Sandbox) -> None:
    watch = milestone(sandbox, "P6-NEW/7")
    assert watch.goes_on()
    upsert(sandbox, "P6-NEW/7", name="Podium slab, pour 3", fields=NEW_MILESTONE)
    assert watch.goes_on()
    sandbox.advance(MILESTONE_SECONDS)
    assert watch.end() == ("succeeded", "planned")


def test_a_milestone_that_never_shows_up_runs_into_the_time_out(sandbox: Sandbox) -> None:
    sandbox.add_outcome("milestone", "never")
    upsert(sandbox, MISSING, fields=NEW_MILESTONE)
    sandbox.advance(HOUR)
    end = milestone(sandbox, MISSING).give_up()
    assert end.timed_out
    assert f"{MISSING} is not in the list of {extra(sandbox, 'conqa')['project_id']}" in end.reason


def test_a_deleted_milestone_is_waited_for_until_the_list_no_longer_shows_it(sandbox: Sandbox) -> None:
    watch = milestone(sandbox, SHOWN, until="deleted")
    project = extra(sandbox, "conqa")["project_id"]
    ask("conqa", lambda client: client.milestones.delete(project, SHOWN))
    assert watch.goes_on()
    sandbox.advance(MILESTONE_SECONDS)
    assert watch.goes_on(), "one look may have met a replica that lags behind"
    assert watch.end() == ("succeeded", "not found")


def test_a_milestone_of_a_project_that_is_not_there_has_not_been_deleted(sandbox: Sandbox) -> None:
    end = milestone(sandbox, SHOWN, until="deleted", project_id=NO_SUCH).give_up()
    assert not end.timed_out
    assert "Project not found" in end.reason


@pytest.mark.parametrize("status", ["ready-to-inspect", ["closed", "Ready-To-Inspect"]])
def test_a_milestone_is_waited_for_until_it_has_one_of_the_statuses(sandbox: Sandbox, status: Any) -> None:
    watch = milestone(sandbox, PLANNED, status=status)
    assert watch.goes_on()
    upsert(sandbox, PLANNED, status="ready-to-inspect")
    assert watch.goes_on()
    sandbox.advance(MILESTONE_SECONDS)
    assert watch.end() == ("succeeded", "ready-to-inspect")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.mark.parametrize("owner", ["project", "account"])
def test_a_webhook_is_inactive_after_ten_failures_in_a_row(sandbox: Sandbox, receiver: Receiver, owner: str) -> None:
    receiver.status = 500
    owner_id = extra(sandbox, "conqa")[f"{owner}_id"]

    def register(client: Any) -> str:
        webhooks = client.project_webhooks if owner == "project" else client.account_webhooks
        hook: dict[str, Any] = webhooks.register(owner_id, "MILESTONE", name="Schedule", callback_url=receiver.url)
        return hook["id"]

    fields = {"project_id": None, "account_id": None, f"{owner}_id": owner_id, "webhook_id": ask("conqa", register)}
    assert Watch("conqa.webhook", **fields, status="Active").end() == ("succeeded", "active")
    watch = Watch("conqa.webhook", **fields, status="inactive")
    for failures in range(1, 11):
        assert watch.goes_on()
        upsert(sandbox, PLANNED, name=f"Version {failures}")
        sandbox.advance(MILESTONE_SECONDS)
        ask("conqa", lambda client: client.milestones.list(extra(sandbox, "conqa")["project_id"]).total)
        assert len(sandbox.deliveries("conqa")) == failures
    assert watch.end() == ("succeeded", "inactive")


def test_a_deleted_webhook_is_gone(sandbox: Sandbox, ids: dict[str, list[str]]) -> None:
    _, project, webhook_id = ids["conqa.webhook"][0].split("/")
    watch = Watch("conqa.webhook", webhook_id=webhook_id, project_id=project, account_id=None, status="inactive")
    assert watch.goes_on()
    ask("conqa", lambda client: client.project_webhooks.delete(project, "REPORT", webhook_id))
    assert watch.end() == ("gone", "not found")
    assert watch.now >= START + grace_for(INTERVAL)


# smartQ


def ticket(object_id: str, **fields: Any) -> Watch:
    project_id, ticket_id = object_id.split("/")
    arguments = {"project_id": project_id, "ticket_id": ticket_id, "step_id": None, "archived": None}
    return Watch("smartq.ticket", **{**arguments, **fields})


def step_ids(sandbox: Sandbox) -> list[int]:
    return list(store(sandbox, "smartq").snapshot()["projects"][0]["steps"])


def move(object_id: str, step_id: int) -> None:
    project_id, ticket_id = object_id.split("/")
    ask("smartq", lambda client: client.tickets.update(project_id, ticket_id, name="Moved", step_id=step_id))


def test_archived_tickets_cost_a_second_list_and_other_projects_lists_of_their_own(sandbox: Sandbox) -> None:
    boards = store(sandbox, "smartq").snapshot()["projects"][1:]
    tickets = {f"{board['id']}/{row['id']}": row["archived"] for board in boards for row in board["tickets"]}
    with asked(sandbox, "smartq") as paths:
        looks = poll("smartq.ticket", *tickets)
    assert len(paths) == 2 * len(boards)
    assert {object_id: seen(looks, object_id).detail["archived"] for object_id in tickets} == tickets
    assert set(tickets.values()) == {True, False}


def test_a_ticket_that_was_archived_costs_the_second_list_at_every_third_poll(sandbox: Sandbox) -> None:
    boards = store(sandbox, "smartq").snapshot()["projects"]
    (archived, *_) = [f"{board['id']}/{row['id']}" for board in boards for row in board["tickets"] if row["archived"]]
    poller = kind_of("smartq.ticket").new_poller()
    lists = []
    with polling_client("smartq", "smartq_default") as client:
        for _ in range(7):
            with asked(sandbox, "smartq") as paths:
                looks = poller.poll(client, [archived], 0.0)
            assert seen(looks, archived).status == "archived"
            lists.append(len([path for path in paths if "ticket" in path]))
    active = min(lists)
    assert [pages - active for pages in lists] == [1, 0, 1, 0, 0, 1, 0]


@pytest.mark.parametrize("as_text", [True, False])
def test_a_ticket_is_waited_for_until_it_is_in_one_of_the_steps(
    sandbox: Sandbox, ids: dict[str, list[str]], as_text: bool
) -> None:
    object_id = ids["smartq.ticket"][0]
    *_, repair, check, closed = step_ids(sandbox)
    move(object_id, repair)
    watch = ticket(object_id, step_id=[str(check), str(closed)] if as_text else [check, closed])
    assert watch.goes_on()
    move(object_id, closed)
    assert watch.end() == ("succeeded", f"in step {closed}")


def test_a_ticket_is_waited_for_until_it_is_archived_and_until_it_is_not(
    sandbox: Sandbox, ids: dict[str, list[str]]
) -> None:
    object_id = ids["smartq.ticket"][0]
    ticket_id = int(object_id.split("/")[1])
    into, out_of = ticket(object_id, archived=True), ticket(object_id, archived="False")
    assert into.goes_on()
    store(sandbox, "smartq").archive(ticket_id)
    assert out_of.goes_on()
    assert into.end() == ("succeeded", "archived")
    store(sandbox, "smartq").archive(ticket_id, archived=False)
    assert out_of.end()[0] == "succeeded"


def test_a_step_and_the_archive_are_waited_for_together(sandbox: Sandbox, ids: dict[str, list[str]]) -> None:
    object_id, closed = ids["smartq.ticket"][0], step_ids(sandbox)[-1]
    move(object_id, step_ids(sandbox)[0])
    watch = ticket(object_id, step_id=closed, archived=True)
    move(object_id, closed)
    assert watch.goes_on()
    store(sandbox, "smartq").archive(int(object_id.split("/")[1]))
    assert watch.end() == ("succeeded", "archived")


def test_a_deleted_ticket_is_gone(ids: dict[str, list[str]]) -> None:
    project_id, ticket_id = ids["smartq.ticket"][0].split("/")
    watch = ticket(ids["smartq.ticket"][0], archived=True)
    ask("smartq", lambda client: client.tickets.delete(project_id, ticket_id))
    assert watch.end() == ("gone", "not found")


# Simplo IS


def report(report_id: int, **fields: Any) -> Watch:
    return Watch("simplo.report", report_id=report_id, **{"until": "approved", "state": None, **fields})


@pytest.fixture
def new_report(sandbox: Sandbox) -> int:
    """A report with which nothing was done yet."""
    rows = store(sandbox, "simplo").snapshot()["reports"]
    return next(row["id"] for row in rows if row["state"] == "NEW")


def test_a_report_is_waited_for_until_it_is_sent_approved_and_invoiced(sandbox: Sandbox, new_report: int) -> None:
    secret = ask("simplo", lambda client: client.reports.get(new_report))["hash"]
    steps: dict[str, Callable[[Any], Any]] = {
        "sent": lambda client: client.reports.patch(new_report, state=2),
        "approved": lambda client: client.reports.approve(new_report, secret),
        "invoiced": lambda client: client.reports.issue_invoice(new_report),
    }
    for until, do in steps.items():
        watch = report(new_report, until=until)
        assert watch.goes_on()
        ask("simplo", do)
        assert watch.end() == ("succeeded", until)
    assert report(new_report, until="sent").end() == ("succeeded", "invoiced"), "what was reached stays reached"


def test_a_report_is_waited_for_until_it_has_one_of_the_states(new_report: int) -> None:
    watch = report(new_report, state=["02", 7])
    assert watch.goes_on()
    ask("simplo", lambda client: client.reports.patch(new_report, state=2))
    assert watch.end() == ("succeeded", "sent")


def test_a_deleted_report_is_gone(new_report: int) -> None:
    watch = report(new_report)
    ask("simplo", lambda client: client.reports.delete(new_report))
    assert watch.end() == ("gone", "not found")


def test_reports_are_looked_up_two_hundred_to_a_request(sandbox: Sandbox) -> None:
    there = [str(row["id"]) for row in store(sandbox, "simplo").snapshot()["reports"]]
    wanted = [*there, *(str(number) for number in range(10_000, 10_000 + 420 - len(there)))]
    with asked(sandbox, "simplo") as paths:
        looks = poll("simplo.report", *wanted)
    assert len(paths) == 3
    assert [object_id for object_id, one in looks.items() if isinstance(one, Snapshot)] == there


@pytest.mark.parametrize("number", [1, 5], ids=["few", "many"])
def test_what_is_seen_of_a_report_holds_no_hash(ids: dict[str, list[str]], number: int) -> None:
    wanted = ids["simplo.report"][:number]
    secrets = [ask("simplo", lambda client, one=one: client.reports.get(one))["hash"] for one in wanted]
    looks = poll("simplo.report", *wanted)
    told = json.dumps([seen(looks, object_id).as_dict() for object_id in wanted]) + repr(looks)
    assert len(secrets[0]) > 8
    assert "hash" not in told
    assert not [secret for secret in secrets if secret in told]


# Corrective actions of MonitorQA


def actions(sandbox: Sandbox, *statuses: str) -> list[str]:
    rows = store(sandbox, "monitorqa").snapshot()["correctiveActions"]
    return [row["id"] for row in rows if row["status"] in statuses]


def decide(sandbox: Sandbox, action_id: str, result: str) -> None:
    """Let the simulated users bring a corrective action to a result within a minute."""
    assert store(sandbox, "monitorqa").script(action_id, Outcome(kind="action", result=result, seconds=60))
    sandbox.advance(60)


@pytest.fixture
def action_id(sandbox: Sandbox) -> str:
    return actions(sandbox, "open")[-1]


@pytest.mark.parametrize("result", ["submitted", "approved", "rejected"])
def test_a_corrective_action_is_waited_for_until_it_has_the_status(
    sandbox: Sandbox, action_id: str, result: str
) -> None:
    watch = Watch("monitorqa.corrective_action", action_id=action_id, status=result)
    assert watch.goes_on()
    decide(sandbox, action_id, result)
    assert watch.end() == ("succeeded", result)


@pytest.mark.parametrize(
    ("awaited", "result"),
    [("approved", "expired"), (["submitted", "rejected"], "expired"), ("rejected", "approved"), ("open", "approved")],
)
def test_a_corrective_action_that_ended_otherwise_is_a_failure(
    sandbox: Sandbox, action_id: str, awaited: Any, result: str
) -> None:
    decide(sandbox, action_id, result)
    assert Watch("monitorqa.corrective_action", action_id=action_id, status=awaited).end() == ("failed", result)


def test_a_rejected_corrective_action_may_still_be_approved(sandbox: Sandbox, action_id: str) -> None:
    watch = Watch("monitorqa.corrective_action", action_id=action_id, status="approved")
    decide(sandbox, action_id, "rejected")
    assert watch.goes_on()
    decide(sandbox, action_id, "approved")
    assert watch.end() == ("succeeded", "approved")


def test_a_deleted_corrective_action_is_gone(action_id: str) -> None:
    watch = Watch("monitorqa.corrective_action", action_id=action_id, status="approved")
    ask("monitorqa", lambda client: client.corrective_actions.delete(action_id))
    assert watch.end() == ("gone", "not found")


def test_of_many_corrective_actions_only_those_that_are_over_cost_a_request_each(sandbox: Sandbox) -> None:
    pending, over = actions(sandbox, *UNFINISHED)[:4], actions(sandbox, "approved", "expired")[:3]
    with asked(sandbox, "monitorqa") as paths:
        looks = poll("monitorqa.corrective_action", *over, *pending)
    assert len(paths) == 1 + len(over)
    assert {seen(looks, one).status for one in over} <= {"approved", "expired"}
    assert {seen(looks, one).status for one in pending} <= set(UNFINISHED)
