"""Tickets of smartQ: what looks at them cost, and until when they are waited for."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_qa_provider.vendors import kind_of
from airflow_qa_provider.vendors.connect import polling_client
from qa_sandbox import Sandbox
from tests.unit.vendor_waits.looks import Watch, ask, asked, poll, seen, store


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
    poll_tickets = kind_of("smartq.ticket").new_poll()
    lists = []
    with polling_client("smartq", "smartq_default") as client:
        for _ in range(7):
            with asked(sandbox, "smartq") as paths:
                looks = poll_tickets(client, [archived], 0.0)
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
