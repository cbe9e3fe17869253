"""Custom fields and tickets: values, moves, the list with its filters."""

from __future__ import annotations

from typing import Any

import pytest

from qa_sandbox import Sandbox


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["name"] for row in rows]


@pytest.fixture
def board(smartq: Any) -> Any:
    """Move the user to an empty project with three steps."""
    project = smartq.ask("POST", "/projects", {"project[name]": "Empty"})
    smartq.project = f"/projects/{project['id']}"
    smartq.tickets = f"{smartq.project}/tickets"
    added = [smartq.ask("POST", f"{smartq.project}/steps", {"step[name]": name})["id"] for name in "ABC"]
    smartq.steps = [int(step) for step in added]
    smartq.step = smartq.steps[0]
    return smartq


def test_printed_example_add_a_custom_field(board: Any) -> None:
    form = {
        "field[type]": "float",
        "field[label]": "New field",
        "field[hint]": "New field from API",
        "field[required]": "1",
        "field[options][min]": "1",
        "field[options][max]": "99",
    }
    fields = f"{board.project}/custom_fields"
    field = board.ask("POST", fields, form)
    assert (field["name"], field["type"], field["required"], field["options"]) == (
        "f1",
        "float",
        1,
        {"min": 1, "max": 99},
    )
    assert "values" not in field
    assert board.ask("GET", f"{fields}/f1") == field
    assert board.ask("PUT", f"{fields}/f1", {"field[options][max]": "150"})["options"] == {"min": 1, "max": 150}
    for wrong in (
        {"field[type]": "date"},
        {"field[options][min]": "100"},
        {"field[options][choiceType]": "radio"},
        {"field[pos_type]": "triple"},
        {"field[label]": ""},
    ):
        board.refused(400, "POST", fields, {**form, **wrong})
    board.refused(400, "POST", fields, {**form, "field[type]": "text"})
    board.refused(400, "GET", f"{fields}/f1/values")
    board.refused(400, "PUT", f"{fields}/f1", {"field[type]": "text"})


def test_field_names_run_from_f1_to_f25(board: Any) -> None:
    fields, form = f"{board.project}/custom_fields", {"field[type]": "string", "field[label]": "More"}
    assert [board.ask("POST", fields, form)["name"] for _ in range(25)] == [f"f{number}" for number in range(1, 26)]
    board.refused(400, "POST", fields, form)
    assert board.ask("DELETE", f"{fields}/f7") is True
    board.refused(404, "GET", f"{fields}/f7")
    assert board.ask("POST", fields, form)["name"] == "f7"


def test_values_of_a_choice_field(board: Any) -> None:
    fields = f"{board.project}/custom_fields"
    form = {"field[type]": "choice", "field[label]": "Trade", "field[options][choiceType]": "radio"}
    field = board.ask("POST", fields, {**form, "field[options][fieldLayout]": "Tiling\nPlumbing"})
    assert [value["title"] for value in field["values"]] == ["Tiling", "Plumbing"]
    values = f"{fields}/{field['name']}/values"
    first = board.ask("POST", values, {"value[title]": "Roofing", "value[is_default]": "1", "value[pos]": "1"})
    second = board.items(values)[1]
    assert (first["pos"], second["title"], second["pos"]) == (1, "Tiling", 2)
    assert board.ask("PUT", f"{values}/{second['id']}", {"value[is_default]": "1", "value[title]": "Tiles"})["pos"] == 2
    assert [(value["title"], value["is_default"]) for value in board.items(values)] == [
        ("Roofing", 0),
        ("Tiles", 1),
        ("Plumbing", 0),
    ]
    ticket = board.new_ticket()
    assert ticket["custom_fields"] == {"f1": second["id"]}, "the default is filled in"
    assert board.ask("DELETE", f"{values}/{second['id']}") is True
    board.refused(404, "GET", f"{values}/{second['id']}")
    assert board.ask("GET", f"{board.tickets}/{ticket['id']}")["custom_fields"] == {"f1": None}


def test_printed_examples_add_ticket(smartq: Any) -> None:
    people = [user["id"] for user in smartq.items("/users", count=3)]
    areas = [value["id"] for value in smartq.items(f"{smartq.project}/custom_fields/f5/values")[:2]]
    trade = smartq.items(f"{smartq.project}/custom_fields/f2/values")[0]["id"]
    form = {
        "ticket[name]": "New Ticket",
        "ticket[description]": "New Ticket Description",
        "ticket[step_id]": str(smartq.step),
        **{f"ticket[assigned_to][{place}]": person for place, person in enumerate(people)},
    }
    plain = smartq.ask("POST", smartq.tickets, form)
    assert (plain["name"], plain["description"], plain["step_id"]) == (
        "New Ticket",
        "New Ticket Description",
        str(smartq.step),
    )
    assert [person["id"] for person in plain["assigned_to"]] == people
    custom = {"ticket[f1]": "some important info", "ticket[f3]": "2017", "ticket[f2]": trade}
    custom |= {f"ticket[f5][{place}]": area for place, area in enumerate(areas)}
    ticket = smartq.ask("POST", smartq.tickets, {**form, **custom})
    expected = {"f1": "some important info", "f2": trade, "f3": 2017.0, "f4": None, "f5": areas}
    assert ticket["custom_fields"] == expected
    assert smartq.ask("GET", f"{smartq.tickets}/{ticket['id']}") == ticket


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"ticket[name]": ""}, "ticket[name] is required"),
        ({"ticket[step_id]": "1"}, "has no step 1"),
        ({"ticket[step_id]": "first"}, "must be a whole number"),
        ({"ticket[assigned_to][]": "1"}, "users that do not exist: 1"),
        ({"ticket[assigned_to][]": "me"}, "must be an array of ids"),
        ({"ticket[required_by]": "tomorrow"}, "must be a date"),
        ({"ticket[f3]": "-1"}, "between 0 and 250000"),
        ({"ticket[f3]": "much"}, "must be a number"),
        ({"ticket[f2]": "Tiling"}, "must be an array of ids"),
        ({"ticket[f2]": "1"}, "send ids, not titles"),
        ({"ticket[f2][0]": "1271", "ticket[f2][1]": "1272"}, "takes one value id"),
        ({"ticket[f9]": "x"}, "no custom field f9"),
        ({"ticket[name][x]": "y"}, "must be text"),
    ],
)
def test_wrong_ticket_is_refused_and_not_kept(smartq: Any, wrong: dict[str, str], problem: str) -> None:
    before = len(smartq.items(smartq.tickets, count=1000))
    form = {"ticket[name]": "X", "ticket[step_id]": str(smartq.step), **wrong}
    assert problem in smartq.refused(400, "POST", smartq.tickets, form)
    assert len(smartq.items(smartq.tickets, count=1000)) == before


def test_a_json_body_is_not_understood(smartq: Any) -> None:
    answer = smartq.call("POST", smartq.tickets, json={"ticket": {"name": "X", "step_id": smartq.step}})
    assert 'form with an array named "ticket"' in answer.json()["error"]["message"]


def test_required_custom_field_and_required_step(smartq: Any) -> None:
    strict = smartq.items("/projects")[1]["id"]
    step = smartq.items(f"/projects/{strict}/steps")[0]["id"]
    form = {"ticket[name]": "X", "ticket[step_id]": step}
    message = smartq.refused(400, "POST", f"/projects/{strict}/tickets", form)
    assert message == "ticket[f1] (Location) is required."
    ticket = smartq.ask("POST", f"/projects/{strict}/tickets", {**form, "ticket[f1]": "Lobby"})
    smartq.refused(400, "PUT", f"/projects/{strict}/tickets/{ticket['id']}", {"ticket[f1]": ""})
    smartq.refused(404, "GET", f"{smartq.tickets}/{ticket['id']}")
    smartq.refused(400, "POST", f"/projects/{strict}/tickets", {"ticket[name]": "X", "ticket[f1]": "Lobby"})


def test_moving_a_ticket_is_an_update_of_its_step(sandbox: Sandbox, board: Any) -> None:
    other = board.new_ticket(name="Already there", step_id=board.steps[1])
    ticket = board.new_ticket()
    path = f"{board.tickets}/{ticket['id']}"
    assert (ticket["insert_time"], ticket["pos"]) == (ticket["move_time"], 1)
    sandbox.advance(60)
    renamed = board.ask("PUT", path, {"ticket[name]": "Hinge"})
    assert renamed["move_time"] == ticket["move_time"] < renamed["update_time"]
    sandbox.advance(60)
    board.refused(400, "PUT", path, {"ticket[step_id]": "1"})
    moved = board.ask("PUT", path, {"ticket[step_id]": board.steps[1]})
    assert (moved["step_id"], moved["pos"], moved["name"]) == (str(board.steps[1]), other["pos"] + 1, "Hinge")
    assert moved["insert_time"] < renamed["update_time"] < moved["update_time"] == moved["move_time"]
    assert names(board.items(board.tickets, stepIdFilter=board.steps[0])) == []
    assert board.ask("DELETE", path) is True
    board.refused(404, "DELETE", path)
    assert names(board.items(board.tickets)) == ["Already there"]


def test_tags_dates_and_assignments_are_set_and_cleared(board: Any) -> None:
    me = board.ask("GET", "/users/me")["id"]
    form = {"tags": " plaster,level 3, plaster", "required_by": "2026-05-04", "assigned_to][": [me, me]}
    ticket = board.new_ticket(**form)
    assert (ticket["tags"], ticket["deadline_date"]) == ("plaster,level 3", "2026-05-04 00:00:00")
    assert [person["id"] for person in ticket["assigned_to"]] == [me]
    cleared = {"ticket[tags]": "", "ticket[required_by]": "", "ticket[assigned_to]": ""}
    changed = board.ask("PUT", f"{board.tickets}/{ticket['id']}", cleared)
    assert (changed["tags"], changed["deadline_date"], changed["assigned_to"]) == ("", None, [])


def test_list_of_tickets_pages_by_20_latest_first(smartq: Any) -> None:
    everything = smartq.items(smartq.tickets, count=1000, archived=2)
    assert len(everything) == 46
    active, archived = (smartq.items(smartq.tickets, count=1000, archived=flag) for flag in (0, 1))
    assert {row["archived"] for row in active} == {0}
    assert {row["archived"] for row in archived} == {1}
    assert len(active) + len(archived) == 46
    assert [row["insert_time"] for row in active] == sorted((row["insert_time"] for row in active), reverse=True)
    pages = [smartq.items(smartq.tickets, offset=offset) for offset in (0, 20, 40, 60)]
    assert [len(page) for page in pages] == [max(0, min(20, len(active) - offset)) for offset in (0, 20, 40, 60)]
    assert [row for page in pages for row in page] == active


def test_archived_tickets_leave_the_list(sandbox: Sandbox, board: Any) -> None:
    ticket = board.new_ticket()
    store = sandbox.app("smartq").state.store
    store.archive(int(ticket["id"]))
    assert board.items(board.tickets) == []
    assert names(board.items(board.tickets, archived=1)) == ["Broken hinge"]
    store.archive(int(ticket["id"]), archived=False)
    assert names(board.items(board.tickets)) == ["Broken hinge"]
    with pytest.raises(KeyError, match="No ticket 1"):
        store.archive(1)


def test_list_is_filtered(board: Any) -> None:
    me = board.ask("GET", "/users/me")["id"]
    board.new_ticket(name="Window", required_by="2026-04-01 08:30:00", **{"assigned_to][": me})
    board.new_ticket(name="Windowsill", required_by="2026-04-02 08:30:00", step_id=board.steps[2])
    board.new_ticket(name="Door")
    cases = [
        ({"nameFilter": "WINDOW"}, {"Window", "Windowsill"}),
        ({"stepIdFilter": board.steps[2]}, {"Windowsill"}),
        ({"stepIdFilter": 1}, set()),
        ({"assignedToId": me}, {"Window"}),
        ({"requiredByFilter": "2026-04-02 08:30:00"}, {"Window"}),
        ({"requiredByFilter": "2026-04-02 08:30:01"}, {"Window", "Windowsill"}),
        ({"nameFilter": "window", "stepIdFilter": board.steps[0]}, {"Window"}),
    ]
    for params, expected in cases:
        assert set(names(board.items(board.tickets, **params))) == expected, params
    # The docs print the format with an equals sign: 2017=12-31 08:30:00.
    for params in ({"requiredByFilter": "2017=12-31 08:30:00"}, {"requiredByFilter": ""}, {"archived": 3}):
        board.refused(400, "GET", board.tickets, params=params)


@pytest.mark.parametrize(
    ("column", "ascending"),
    [
        ("insert_time", "bac"),
        ("update_time", "cba"),
        ("move_time", "bca"),
        ("title", "abc"),
        ("pos", "bca"),
        ("deadline_date", "cab"),
    ],
)
def test_list_is_ordered(sandbox: Sandbox, board: Any, column: str, ascending: str) -> None:
    made = {}
    for name, properties in (("b", {}), ("a", {"required_by": "2026-09-02"}), ("c", {"required_by": "2026-09-01"})):
        made[name] = f"{board.tickets}/{board.new_ticket(name=name, **properties)['id']}"
        sandbox.advance(1)
    for name, change in (("b", {"ticket[description]": "x"}), ("a", {"ticket[step_id]": board.steps[1]})):
        board.ask("PUT", made[name], change)
        sandbox.advance(1)
    found = "".join(names(board.items(board.tickets, orderCol=column, reverse=0)))
    assert found == ascending
    assert "".join(names(board.items(board.tickets, orderCol=column))) == ascending[::-1]
    board.refused(400, "GET", board.tickets, params={"orderCol": "colour"})


def test_rows_hold_what_was_asked_for(smartq: Any) -> None:
    plain = smartq.items(smartq.tickets)[0]
    assert "cover" in plain, "on by default"
    assert not {"custom_fields", "assigned_to", "notes"} & set(plain)
    bare = smartq.items(smartq.tickets, fields="name,description,deadline_date", get_cover=0)
    assert {tuple(row) for row in bare} == {("name", "description", "deadline_date")}
    params = {"count": 50, "get_info_by_note": 1, "assigned_to": 1, "get_cover": 1, "orderCol": "insert_time"}
    rows = smartq.items(smartq.tickets, custom_fields=1, **params)
    assert {tuple(row["custom_fields"]) for row in rows} == {("f1", "f2", "f3", "f4", "f5")}
    assert any(row["assigned_to"] for row in rows)
    with_cover = [row for row in rows if row["cover"]]
    assert with_cover
    for row in with_cover:
        files = [file["id"] for note in row["notes"] for file in note["files"]]
        assert row["cover"]["file_id"] in files
