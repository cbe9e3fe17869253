"""The forms of the vendor docs: what each object is made of when it is added or updated; see ``forms.yaml``."""

from __future__ import annotations

from qa_sandbox.data import invented
from qa_sandbox.smartq.properties import DECIMAL, FLAG, IDS, INTEGER, MOMENT, TAGS, TEXT, Form, Kind, Property, one_of

_KINDS = {
    "text": TEXT, "integer": INTEGER, "decimal": DECIMAL, "flag": FLAG, "moment": MOMENT, "ids": IDS, "tags": TAGS
}  # fmt: skip


def _kind(said: str | tuple[str, ...]) -> Kind:
    return _KINDS[said] if isinstance(said, str) else one_of(*said)


USER, PROJECT, ROLE, STEP, FIELD, VALUE, TICKET, NOTE, TASK = (
    Form(
        name, tuple(Property(**{**rest, "name": member, "kind": _kind(rest["kind"])}) for member, rest in form.items())
    )
    for name, form in invented("smartq", "forms").items()
)
