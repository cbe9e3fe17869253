"""Users, projects, roles and steps."""

from __future__ import annotations

import re
from typing import Any

import pytest

from qa_sandbox import ManualClock, Sandbox, SandboxSettings


def test_printed_example_add_new_user(smartq: Any) -> None:
    form = {
        "user[name]": "John Smith",
        "user[email]": "johnsmith@example.com",
        "user[password]": "zaq123",
        "user[is_account_administrator]": "1",
        "user[title]": "Director of E Commerce Jobs",
    }
    user = smartq.ask("POST", "/users", form)
    assert re.fullmatch(r"\d+", user.pop("id"))
    assert user.pop("avatar_url") == smartq.host.removesuffix("/api/v1") + "/img/big_avatar.gif"
    texts = dict.fromkeys(("company", "address", "work_phone", "home_phone", "cell_phone", "comments"), "")
    rights = ("is_account_administrator", "can_manage_projects", "can_view_profiles", "can_manage_profiles")
    assert user == {
        "email": "johnsmith@example.com",
        "name": "John Smith",
        "title": "Director of E Commerce Jobs",
        **texts,
        **dict.fromkeys(rights, 1),
    }
    assert "unique" in smartq.refused(400, "POST", "/users", {**form, "user[email]": "JohnSmith@example.com"})
    assert "user[name] is required" in smartq.refused(400, "POST", "/users", {**form, "user[name]": " "})


def test_user_is_updated_signs_in_and_is_deleted(smartq: Any) -> None:
    form = {"user[name]": "Mia", "user[email]": "mia@example.com", "user[password]": "one"}
    user = f"/users/{smartq.ask('POST', '/users', form)['id']}"
    changed = smartq.ask("PUT", user, {"user[password]": "two", "user[cell_phone]": "+1 555 0199"})
    assert (changed["name"], changed["cell_phone"], changed["can_view_profiles"]) == ("Mia", "+1 555 0199", 0)
    assert smartq.ask("GET", user) == changed
    ticket = smartq.new_ticket(**{"assigned_to][": changed["id"]})
    administrator, smartq.login = smartq.login, ("mia@example.com", "two")
    smartq.token = smartq.ask("POST", "/oauth2/")["access_token"]
    assert smartq.ask("PUT", "/users/me", {"user[comments]": "On site"})["comments"] == "On site"
    token, smartq.token, smartq.login = smartq.token, None, administrator
    assert smartq.ask("DELETE", user) is True
    smartq.refused(404, "GET", user)
    assert smartq.ask("GET", f"{smartq.tickets}/{ticket['id']}")["assigned_to"] == []
    smartq.token = token
    smartq.refused(401, "GET", "/users/me")


def test_user_list_has_1000_rows_by_default_and_can_be_paged(smartq: Any) -> None:
    everyone = smartq.items("/users")
    assert len(everyone) == 11
    assert smartq.items("/users", count=4, offset=2) == everyone[2:6]
    assert smartq.items("/users", offset=50) == []


def test_rights_of_the_account(smartq: Any, smartq_as: Any) -> None:
    trade = smartq_as("owen.pritchard")
    me, robot = trade.ask("GET", "/users/me")["id"], smartq.ask("GET", "/users/me")["id"]
    assert trade.ask("GET", f"/users/{me}")["email"] == "owen.pritchard@example.com"
    for method, path in (("GET", "/users"), ("GET", f"/users/{robot}"), ("DELETE", f"/users/{robot}")):
        trade.refused(403, method, path)
    trade.refused(403, "PUT", "/users/me", {"user[is_account_administrator]": "1"})
    trade.refused(403, "POST", "/projects", {"project[name]": "Mine"})
    smartq.ask("PUT", f"/users/{me}", {"user[can_manage_projects]": "1"})
    mine = trade.ask("POST", "/projects", {"project[name]": "Mine"})
    assert mine["owner_id"] == me
    assert trade.ask("POST", f"/projects/{mine['id']}/steps", {"step[name]": "To do"})
    smartq.refused(400, "DELETE", f"/users/{robot}")


def test_printed_example_add_new_project(smartq: Any) -> None:
    form = {"project[name]": "New project", "project[description]": "Project Description"}
    project = smartq.ask("POST", "/projects", form)
    path = f"/projects/{project['id']}"
    owner = smartq.ask("GET", "/users/me")["id"]
    expected = {"name": "New project", "description": "Project Description", "owner_id": owner, "active": True}
    assert project == {"id": project["id"], **expected}
    assert smartq.ask("PUT", path, {"project[name]": "Renamed"})["description"] == "Project Description"
    assert smartq.ask("GET", f"{path}/roles/default")["name"] == "Member"
    assert smartq.ask("DELETE", path) is True
    smartq.refused(404, "GET", path)


def test_project_list_is_filtered_and_paged(smartq: Any) -> None:
    assert [project["active"] for project in smartq.items("/projects")] == [True, True, False]
    assert len(smartq.items("/projects", activeFilter=1)) == 2
    assert [row["name"] for row in smartq.items("/projects", nameFilter="BLOCK B")] == ["Harbour Row, Block B: defects"]
    for number in range(20):
        smartq.ask("POST", "/projects", {"project[name]": f"P{number}"})
    assert len(smartq.items("/projects")) == 20
    page = smartq.items("/projects", count=10, offset=5, activeFilter=1)
    assert [project["name"] for project in page] == [f"P{number}" for number in range(3, 13)]


def test_repeated_page_fault_starts_at_the_beginning(sandbox: Sandbox, smartq: Any) -> None:
    first = smartq.items(smartq.tickets, count=5, offset=0)
    sandbox.add_fault("duplicate_page", times=1)
    assert smartq.items(smartq.tickets, count=5, offset=5) == first
    assert smartq.items(smartq.tickets, count=5, offset=5) != first


def test_roles_and_both_printed_paths(smartq: Any) -> None:
    roles = f"{smartq.project}/roles"
    form = {"role[name]": "Inspector", "role[access_level]": "5", "role[can_see_private_notes]": "true"}
    role = smartq.ask("POST", roles, {**form, "role[max_step]": smartq.step})
    assert (role["access_level"], role["max_step"], role["can_see_private_notes"]) == (5, str(smartq.step), 1)
    assert role in smartq.items(roles)
    for wrong in ({"role[access_level]": "6"}, {"role[max_step]": "1"}):
        smartq.refused(400, "POST", roles, {**form, **wrong})
    assert smartq.ask("PUT", f"{roles}/{role['id']}", {"role[max_step]": ""})["max_step"] is None
    singular = roles.replace("/projects", "/project")
    assert smartq.ask("PUT", f"{singular}/default", {"role[name]": "Worker"})["is_default"] == 1
    default = smartq.ask("GET", f"{roles}/default")
    assert default["name"] == "Worker"
    assert smartq.ask("DELETE", f"{smartq.project}roles/{role['id']}") is True
    smartq.refused(404, "GET", f"{roles}/{role['id']}")
    assert "default role" in smartq.refused(400, "DELETE", f"{roles}/{default['id']}")


def test_steps_keep_their_order_and_their_tickets(smartq: Any) -> None:
    steps = f"{smartq.project}/steps"

    def order() -> list[tuple[int, str]]:
        return [(step["pos"], step["name"]) for step in smartq.items(steps)]

    step = smartq.ask("POST", steps, {"step[name]": "Triage", "step[pos]": "2", "step[limit]": "3"})
    assert (step["limit"], order()[1]) == (3, (2, "Triage"))
    smartq.refused(400, "PUT", f"{steps}/{step['id']}", {"step[limit]": "-1"})
    smartq.ask("PUT", f"{steps}/{step['id']}", {"step[pos]": "99"})
    assert order()[-1] == (6, "Triage")
    ticket = smartq.new_ticket(step_id=step["id"])
    assert "1 tickets" in smartq.refused(400, "DELETE", f"{steps}/{step['id']}")
    smartq.ask("DELETE", f"{smartq.tickets}/{ticket['id']}")
    assert smartq.ask("DELETE", f"{steps}/{step['id']}") is True
    assert [place for place, _ in order()] == [1, 2, 3, 4, 5]


def test_default_role_limits_those_who_do_not_run_the_project(smartq: Any, smartq_as: Any) -> None:
    trade = smartq_as("owen.pritchard")
    *_, checked, closed = (step["id"] for step in smartq.items(f"{smartq.project}/steps"))
    ticket = f"{smartq.tickets}/{trade.new_ticket()['id']}"
    assert trade.ask("PUT", ticket, {"ticket[step_id]": checked})["step_id"] == checked
    assert f"not to step {closed}" in trade.refused(403, "PUT", ticket, {"ticket[step_id]": closed})
    trade.refused(403, "POST", f"{smartq.project}/steps", {"step[name]": "Mine"})
    trade.refused(403, "DELETE", smartq.project)
    assert smartq.ask("PUT", ticket, {"ticket[step_id]": closed})["step_id"] == closed


def test_account_derives_from_the_seed() -> None:
    def account(seed: int) -> dict[str, Any]:
        sandbox = Sandbox(["smartq"], SandboxSettings(seed=seed), clock=ManualClock())
        return dict(sandbox.app("smartq").state.store.snapshot())

    first = account(7)
    assert account(7) == first
    assert account(8)["projects"][0]["id"] != first["projects"][0]["id"]


@pytest.mark.parametrize(
    ("sent", "held"), [("1", 1), ("true", 1), ("False", 1), ("no", 1), ("00", 1), (" ", 1), ("0", 0), ("", 0)]
)
def test_flags_are_read_as_php_does(smartq: Any, sent: str, held: int) -> None:
    form = {"role[name]": "Inspector", "role[access_level]": "5", "role[can_see_private_notes]": sent}
    assert smartq.ask("POST", f"{smartq.project}/roles", form)["can_see_private_notes"] == held


@pytest.mark.parametrize(("sent", "closed"), [("0", True), ("", True), ("1", False), ("false", False)])
def test_flags_of_the_query_are_read_as_php_does(smartq: Any, sent: str, closed: bool) -> None:
    answer = smartq.ask("GET", "/projects", params={"activeFilter": sent})
    assert any(not row["active"] for row in answer["items"]) is closed
