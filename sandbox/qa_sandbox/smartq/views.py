"""From what the account holds to what goes over the wire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from qa_sandbox.smartq import answers, models
from qa_sandbox.smartq.models import ACCOUNT_RIGHTS
from qa_sandbox.smartq.properties import DATE_FORMAT
from qa_sandbox.smartq.store import SmartQStore

Wire = dict[str, Any]
_ATTRIBUTES = {"insert_time": "inserted", "update_time": "updated", "move_time": "moved", "deadline_date": "deadline"}


def date(moment: datetime) -> str:
    return moment.strftime(DATE_FORMAT)


def _shown(answer: Any, item: object, **others: Any) -> Wire:
    """Describe an item with the members of its answer: the others are given, the rest are its attributes."""
    own = {name: getattr(item, _ATTRIBUTES.get(name, name)) for name in answer.model_fields if name not in others}
    return {name: date(one) if isinstance(one, datetime) else one for name, one in {**own, **others}.items()}


def user(store: SmartQStore, item: models.User) -> Wire:
    """Describe a user; an account administrator has every right, as in the documented example."""
    rights = {name: item.is_account_administrator or getattr(item, name) for name in ACCOUNT_RIGHTS}
    return _shown(answers.UserAnswer, item, **rights, avatar_url=f"{store.context.base_url}/img/big_avatar.gif")


def project(item: models.Project) -> Wire:
    return _shown(answers.ProjectAnswer, item)


def role(project: models.Project, item: models.Role) -> Wire:
    return _shown(answers.RoleAnswer, item, project_id=project.id)


def step(project: models.Project, item: models.Step) -> Wire:
    return _shown(answers.StepAnswer, item, project_id=project.id, pos=project.rank(item.id))


def choice(choices: models.CustomField, item: models.Choice) -> Wire:
    return _shown(answers.ValueAnswer, item, pos=choices.values.index(item) + 1)


def custom_field(project: models.Project, item: models.CustomField) -> Wire:
    """Describe a custom field, with its values if it has any."""
    options: Wire = {"min": item.low, "max": item.high} if item.type == "float" else {}
    if item.is_choice:
        layout = "\n".join(value.title for value in item.values)
        options = {"choiceType": item.choice_type, "fieldLayout": layout}
    values = [choice(item, value) for value in item.values]
    described = _shown(answers.FieldAnswer, item, project_id=project.id, options=options, values=values)
    return {name: value for name, value in described.items() if name != "values" or item.is_choice}


def ticket(project: models.Project, item: models.Ticket) -> Wire:
    return _shown(answers.TicketMembers, item, project_id=project.id, tags=",".join(item.tags))


def field_values(project: models.Project, item: models.Ticket) -> Wire:
    """Describe a ticket's custom fields: value ids for choice fields, an array where several may be chosen."""
    return {name: _field_value(field, item.values.get(name)) for name, field in project.fields.items()}


def _field_value(field: models.CustomField, held: Any) -> Any:
    if not field.is_choice:
        return held
    ids = [str(value_id) for value_id in held or ()]
    return ids if field.holds_many else next(iter(ids), None)


def people(item: models.Ticket, users: Mapping[int, models.User]) -> list[Wire]:
    return [_shown(answers.PersonAnswer, users[user_id]) for user_id in item.assigned_to]


def cover(notes: Iterable[models.Note]) -> Wire | None:
    for item in notes:
        for attached in item.files.values():
            if attached.content_type.startswith("image/"):
                return _shown(answers.CoverAnswer, attached, file_id=attached.id, note_id=item.id)
    return None


def note(project: models.Project, ticket: models.Ticket, item: models.Note) -> Wire:
    top = item
    while top.parent_id is not None:
        top = ticket.notes[top.parent_id]
    return _shown(
        answers.NoteAnswer,
        item,
        project_id=project.id,
        ticket_id=ticket.id,
        top_parent_id=None if top is item else top.id,
        files=[file(item, attached) for attached in item.files.values()],
    )


def task(ticket: models.Ticket, item: models.Task) -> Wire:
    return _shown(answers.TaskAnswer, item, ticket_id=ticket.id)


def file(note: models.Note, item: models.File) -> Wire:
    return _shown(answers.FileAnswer, item, note_id=note.id, size=len(item.content))
