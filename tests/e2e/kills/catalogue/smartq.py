"""smartQ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from tests.e2e.kills.catalogue.entry import Arguments, Entry, World, changed
from tests.e2e.kills.catalogue.files import all_stored, stored, uri_and_digest
from tests.e2e.kills.catalogue.rows import IN_FLIGHT, all_taken, one_effect, rows
from tests.e2e.kills.script import Point, Request

_TICKET = "/tickets/[0-9]+"
_ACCEPTED = "Accepted"


def _board(world: World) -> Any:
    return world.store("smartq").projects[int(world.ids("smartq")["project_id"])]


def _new_ticket(world: World, label: str) -> Arguments:
    ids = world.ids("smartq")
    return {"project_id": ids["project_id"], "step_id": ids["step_id"], "name": label}


def _old_ticket(world: World, label: str) -> Arguments:
    new = _new_ticket(world, f"Ticket for {label}")
    made = world.client("smartq").tickets.create(new.pop("project_id"), **new)
    return {"project_id": world.ids("smartq")["project_id"], "ticket_id": str(made["id"])}


def _note(world: World, label: str) -> Arguments:
    return {**_old_ticket(world, label), "text": label}


def _note_with_file(world: World, label: str) -> Arguments:
    file = world.files / f"{label}.txt"
    file.write_text(label)
    return {**_note(world, label), "files": [str(file)]}


def _stored_file(world: World, label: str) -> Arguments:
    path = {**_old_ticket(world, label)}
    client = world.client("smartq")
    note = client.notes.create(path["project_id"], path["ticket_id"], text=f"Note for {label}")["id"]
    content = BytesIO(b"%PDF-1.7 " + label.encode() + b"\n%%EOF\n")
    file = client.files.upload(*path.values(), note, file=content, file_name="walk.pdf")["id"]
    return {**path, "note_id": note, "file_id": file, "target": f"file://{world.files / label}.pdf"}


def _tickets(world: World, label: str, _: Arguments) -> list[str]:
    return [str(ticket.id) for ticket in _board(world).tickets.values() if ticket.name == label]


def _tickets_of(operator: str) -> Callable[[World], set[str]]:
    return lambda world: {str(ticket.id) for ticket in _board(world).tickets.values() if f"-{operator}-" in ticket.name}


def _notes(world: World) -> Iterator[Any]:
    for ticket in _board(world).tickets.values():
        yield from ticket.notes.values()


def _moves(world: World, label: str, arguments: Arguments) -> list[str]:
    board = _board(world)
    ticket = board.tickets[int(arguments["ticket_id"])]
    there = next(step.name for step in board.steps if step.id == ticket.step_id)
    return [str(ticket.id)] * world.accepted(label) if there == _ACCEPTED else []


def _new_tickets(world: World, label: str) -> Arguments:
    place = _new_ticket(world, label)
    del place["name"]
    return {**place, "rows": rows(label, "name")}


ENTRIES = (
    Entry(
        "operators.smartq:SmartQCreateTicketOperator",
        "smartq",
        _new_ticket,
        _tickets,
        _tickets_of("SmartQCreateTicket"),
        write=Request("POST", "/tickets$"),
        lookup=Request("GET", "/tickets$"),
        watch=Request("GET", f"{_TICKET}$"),
    ),
    Entry(
        "operators.smartq:SmartQAddNoteOperator",
        "smartq",
        _note,
        lambda world, label, _: [str(note.id) for note in _notes(world) if note.text == label],
        lambda world: {str(note.id) for note in _notes(world)},
        write=Request("POST", f"{_TICKET}/notes$"),
        lookup=Request("GET", f"{_TICKET}/notes$"),
        watch=Request("GET", f"{_TICKET}/notes/[0-9]+$"),
    ),
    Entry(
        "operators.smartq:SmartQAddNoteOperator",
        "smartq",
        _note_with_file,
        lambda world, label, _: [
            str(note.id) for note in _notes(world) if note.text == label for _ in note.files or [None]
        ],
        lambda world: {str(note.id) for note in _notes(world)},
        write=Request("POST", "/notes/[0-9]+/filesv2$"),
        lookup=Request("GET", "/notes/[0-9]+/files$"),
        watch=Request("GET", f"{_TICKET}/notes/[0-9]+$"),
        title="SmartQAddNoteWithFile",
    ),
    Entry(
        "operators.smartq:SmartQMoveTicketOperator",
        "smartq",
        _old_ticket,
        _moves,
        lambda world: set(),
        write=Request("PUT", f"{_TICKET}$"),
        lookup=Request("GET", f"{_TICKET}$"),
        fixed={"step": _ACCEPTED},
        believed=changed,
    ),
    Entry(
        "operators.smartq:SmartQOperator",
        "smartq",
        lambda world, label: {"arguments": _new_ticket(world, label)},
        _tickets,
        _tickets_of("SmartQOperator"),
        write=Request("POST", "/tickets$"),
        fixed={"operation": "tickets.create"},
        title="SmartQOperator",
        believed=lambda xcoms, _: str((xcoms.get("return_value") or {}).get("id")),
        # a call of a generic operator leaves no trace that could be searched
        uncertain=frozenset({Point.BEFORE, Point.COMMITTED, Point.ANSWERED}),
    ),
    Entry(
        "operators.smartq:SmartQCreateTicketsOperator",
        "smartq",
        _new_tickets,
        lambda world, label, _: one_effect(label, (ticket.name for ticket in _board(world).tickets.values())),
        lambda world: set(),
        write=Request("POST", "/tickets$"),
        lookup=Request("GET", "/tickets$"),
        fixed={"max_in_flight": IN_FLIGHT},
        believed=all_taken,
        sections=("kills",),
    ),
    Entry(
        "transfers.smartq:SmartQFileToObjectStorageOperator",
        "smartq",
        _stored_file,
        stored,
        all_stored("SmartQFileToObjectStorage"),
        download=Request("GET", "/download$"),
        believed=uri_and_digest,
    ),
)
