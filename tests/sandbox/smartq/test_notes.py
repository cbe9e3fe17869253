"""Notes with replies and notifications, tasks, files."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from qa_sandbox import Sandbox

PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def test_printed_example_answer_to_a_note(smartq: Any) -> None:
    ticket = smartq.new_ticket()
    notes = f"{smartq.tickets}/{ticket['id']}/notes"
    first = smartq.ask("POST", notes, {"note[text]": "First"})
    assert (first["parent_id"], first["top_parent_id"], first["private"]) == (None, None, 0)
    reply = smartq.ask("POST", notes, {"note[text]": "New Note", "note[top_parent_id]": first["id"]})
    nested = smartq.ask("POST", notes, {"note[text]": "Nested", "note[parent_id]": reply["id"]})
    assert (reply["parent_id"], nested["parent_id"]) == (first["id"], reply["id"])
    assert (reply["top_parent_id"], nested["top_parent_id"]) == (first["id"], first["id"])
    assert smartq.items(notes) == [first, reply, nested]
    assert smartq.items(notes, count=10, offset=1) == [reply, nested]
    assert "no note 1" in smartq.refused(400, "POST", notes, {"note[text]": "X", "note[parent_id]": "1"})
    loop = {"note[parent_id]": nested["id"]}
    assert "stays in its thread" in smartq.refused(400, "PUT", f"{notes}/{first['id']}", loop)
    assert smartq.ask("DELETE", f"{notes}/{first['id']}") is True
    assert smartq.items(notes) == []


def test_note_text_keeps_few_tags(sandbox: Sandbox, smartq: Any) -> None:
    ticket = smartq.new_ticket()
    note = smartq.new_note(ticket, **{"note[text]": "<b>a</b><script>b</script> 1 < 2 <A href=x>c</a>"})
    before = smartq.ask("GET", note)
    assert before["text"] == "<b>a</b>b 1 < 2 <A href=x>c</a>"
    sandbox.advance(5)
    after = smartq.ask("PUT", note, {"note[text]": "Shorter"})
    assert after["update_time"] > after["insert_time"] == before["insert_time"]
    smartq.refused(400, "PUT", note, {"note[text]": ""})
    smartq.refused(400, "PUT", note, {"note[text]": "x" * 65_536})


def test_notes_of_others_and_private_notes_need_a_right(smartq: Any, smartq_as: Any) -> None:
    ticket, trade = smartq.new_ticket(), smartq_as("owen.pritchard")
    open_note = smartq.new_note(ticket)
    private = smartq.new_note(ticket, **{"note[private]": "1"})
    assert [note["private"] for note in trade.items(private.rpartition("/")[0])] == [0]
    trade.refused(404, "GET", private)
    for method in ("PUT", "DELETE"):
        trade.refused(403, method, open_note, {"note[text]": "Mine now"})
    own = trade.new_note(ticket, **{"note[private]": "1"})
    assert trade.ask("PUT", own, {"note[text]": "Mine"})["text"] == "Mine"
    rights = {"role[can_see_private_notes]": "1", "role[can_manage_people_notes]": "1"}
    smartq.ask("PUT", f"{smartq.project}/roles/default", rights)
    assert trade.ask("GET", private)["private"] == 1
    assert trade.ask("PUT", open_note, {"note[text]": "Corrected"})["text"] == "Corrected"


def test_notifications_wait_for_the_last_file(smartq: Any) -> None:
    people = [int(user["id"]) for user in smartq.items("/users")[1:4]]
    ticket = smartq.new_ticket(notify_involved=1, **{"assigned_to][": people[:2]})
    told = [sent["user_ids"] for sent in smartq.state()["notifications"]]
    assert told == [people[:2]], "the team, except whoever did it"
    note = smartq.new_note(
        ticket, **{"note[notify_users]": "1", "note[users][]": people[2], "note[has_attachments]": "1"}
    )
    for last in ({}, {"is_last_file": "0"}):
        smartq.ask("POST", f"{note}/filesv2", last, files={"file": ("a.txt", b"a")})
    assert len(smartq.state()["notifications"]) == 1
    smartq.ask("POST", f"{note}/filesv2", {"is_last_file": "1"}, files={"file": ("b.txt", b"b")})
    smartq.ask("POST", f"{note}/filesv2", {"is_last_file": "1"}, files={"file": ("c.txt", b"c")})
    (_, sent) = smartq.state()["notifications"]
    assert (sent["user_ids"], sent["note_id"]) == ([people[2]], int(note.rpartition("/")[2]))
    smartq.new_note(ticket, **{"note[notify_users]": "1"})
    assert smartq.state()["notifications"][-1]["user_ids"] == people[:2]
    smartq.new_note(ticket)
    assert len(smartq.state()["notifications"]) == 3


def test_printed_example_add_a_task_in_both_forms(smartq: Any) -> None:
    tasks = f"{smartq.tickets}/{smartq.new_ticket()['id']}/tasks"
    plain = smartq.ask("POST", tasks, {"task": "New Task"})
    array = smartq.ask("POST", tasks, {"task[text]": "Structured", "task[done]": "1"})
    assert [(task["text"], task["done"]) for task in (plain, array)] == [("New Task", 0), ("Structured", 1)]
    assert smartq.items(tasks) == [plain, array]
    assert smartq.items(tasks, count=1, offset=1) == [array]
    done = smartq.ask("PUT", f"{tasks}/{plain['id']}", {"task[done]": "1"})
    assert (done["text"], done["done"]) == ("New Task", 1)
    for wrong in ({"task": ""}, {"task[done]": "1"}, {}):
        smartq.refused(400, "POST", tasks, wrong)
    assert smartq.ask("DELETE", f"{tasks}/{plain['id']}") is True
    smartq.refused(404, "PUT", f"{tasks}/{plain['id']}", {"task": "x"})


def test_file_goes_up_and_comes_down_unchanged(smartq: Any) -> None:
    ticket = smartq.new_ticket()
    note = smartq.new_note(ticket)
    file = smartq.ask("POST", f"{note}/filesv2", files={"file": ('../Prüf "1".png', PIXEL, "image/png")})
    assert (file["size"], file["content_type"]) == (len(PIXEL), "image/png")
    assert file["name"].startswith("Prüf ")
    assert smartq.items(f"{note}/files") == smartq.ask("GET", note)["files"] == [file]
    path = f"{note}/files/{file['id']}"
    assert smartq.ask("GET", path) == file
    body = smartq.call("GET", f"{path}/download")
    assert (body.content, body.headers["Content-Type"]) == (PIXEL, "image/png")
    assert body.headers["Content-Length"] == str(len(PIXEL))
    assert body.headers["Content-Disposition"].startswith('attachment; filename="Prf ')
    assert smartq.items(smartq.tickets, count=1)[0]["cover"]["file_id"] == file["id"]
    assert smartq.ask("DELETE", path) is True
    for gone in (path, f"{path}/download"):
        smartq.refused(404, "GET", gone)
    assert smartq.items(smartq.tickets, count=1)[0]["cover"] is None


def test_what_is_not_an_upload_is_refused(smartq: Any, smartq_with: Any) -> None:
    note = smartq.new_note(smartq.new_ticket())
    # The printed example encodes the form in this way, which sends no file.
    printed = urlencode({"file": "@/srv/image.jpg"})
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert "multipart/form-data" in smartq.refused(400, "POST", f"{note}/filesv2", printed, headers=form)
    smartq.refused(400, "POST", f"{note}/filesv2", files={"file": (None, b"text")})
    smartq.refused(400, "POST", f"{note}/filesv2", files={"upload": ("a.txt", b"a")})
    smartq.refused(405, "POST", f"{note}/files", files={"file": ("a.txt", b"a")})
    assert smartq.items(f"{note}/files") == []
    _, small = smartq_with(max_upload_bytes=10)
    note = small.new_note(small.new_ticket())
    assert small.ask("POST", f"{note}/filesv2", files={"file": ("a", b"x" * 10)})
    assert "11 bytes" in small.refused(413, "POST", f"{note}/filesv2", files={"file": ("a", b"x" * 11)})


def test_seeded_photos_are_photos(smartq: Any) -> None:
    row = next(row for row in smartq.items(smartq.tickets) if row["cover"])
    cover = row["cover"]
    photo = smartq.call(
        "GET", f"{smartq.tickets}/{row['id']}/notes/{cover['note_id']}/files/{cover['file_id']}/download"
    )
    assert photo.headers["Content-Type"] == "image/jpeg"
    assert photo.content.startswith(b"\xff\xd8\xff")
