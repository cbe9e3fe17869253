"""Attributes of MonitorQA's audit objects: fields with a fixed set of options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.rest.parameters import Id, Ids
from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource, Row, Rows
from airflow_qa_provider.vendors.monitorqa.client.rules import check


@dataclass(frozen=True)
class Option:
    """One value that an attribute can have.

    :param name: Text of the option.
    :param is_default: Whether it is the default; of several, MonitorQA takes the first.
    :param id: Id of an existing option, for an update; ``None`` for a new one.
    """

    name: str
    is_default: bool | None = None
    id: str | None = None

    def wire(self, field: str) -> dict[str, Any]:
        """Return the option as MonitorQA takes it.

        :param field: Name of the argument, for messages.
        """
        return given(
            id=check.optional_id(self.id, f"{field}.id"),
            name=check.text(self.name, f"{field}.name"),
            isDefault=check.optional_flag(self.is_default, f"{field}.isDefault"),
        )


class AuditObjectAttributes(MonitorQAResource):
    """What audit objects are categorised by, such as a department or a risk level."""

    def list(self) -> Rows:
        """Return all attributes with their options (source: "Get Audit Object Attributes List").

        :return: ``{"id", "name", "options": [{"id", "name", "isDefault"}]}`` each.
        """
        return self._rows("audit_object_attributes.list")

    def get(self, attribute_id: Id) -> Row:
        """Return an attribute with its options (source: "Get Audit Object Attribute Details").

        :param attribute_id: Id of the attribute.
        """
        return self._record("audit_object_attributes.get", {"id": attribute_id})

    def create(self, *, name: str, options: Iterable[Option | Mapping[str, Any] | str] | str) -> str:
        """Create an attribute and return its id (source: "Create Audit Object Attribute").

        :param name: Name of the attribute.
        :param options: Its options, at least one, without ids: :class:`Option`, the vendor's JSON
            ``{"name", "isDefault"}``, or only the name.
        :raises QAValidationError: There is no option, one has no name, or one has an id.
        :raises QAResponseError: The answer has no id: look for the attribute with :meth:`list` before you repeat this.
        """
        listed = _options(options)
        for number, option in enumerate(listed):
            if option.id is not None:
                raise check.refused(f"options[{number}].id {option.id!r} cannot be given to a new attribute")
        return self._create("audit_object_attributes.create", _fields(name, listed), "audit_object_attributes.list")

    def update(
        self,
        attribute_id: Id,
        *,
        name: str,
        options: Iterable[Option | Mapping[str, Any] | str] | str,
        left_out: Literal["keep", "delete"],
    ) -> None:
        """Replace name and options of an attribute (source: "Update Audit Object Attribute").

        Options with an id are changed, those without are created. **MonitorQA deletes for ever the options that a
        request leaves out, and takes them from every audit object that has them.**

        :param attribute_id: Id of the attribute.
        :param name: New name.
        :param options: Options to change or create, at least one: :class:`Option`, the vendor's JSON, or only the name
            of a new one.
        :param left_out: What becomes of existing options that ``options`` does not name by id: ``"keep"`` reads the
            attribute first and sends them along, ``"delete"`` deletes them.
        :raises QAValidationError: There is no option, one has no name, or ``left_out`` is neither word.
        """
        rest = check.choice(left_out, ("keep", "delete"), "left_out")
        listed = _options(options)
        fields = _fields(name, listed)
        if rest == "keep":
            named = {option.id for option in listed}
            existing = self.get(attribute_id).get("options") or ()
            fields["options"] += [_kept(row) for row in existing if row.get("id") not in named]
        self._client.call("audit_object_attributes.update", {"id": attribute_id}, body=fields)

    def delete(self, attribute_ids: Ids) -> None:
        """Delete attributes for ever, also from all audit objects (source: "Delete Audit Object Attribute").

        :param attribute_ids: Ids of the attributes.
        """
        self._delete("audit_object_attributes.delete", attribute_ids, "attribute_ids")


def _options(options: Iterable[Option | Mapping[str, Any] | str] | str) -> list[Option]:
    return [
        Option(value) if isinstance(value, str) else check.record(Option, value, f"options[{number}]")
        for number, value in enumerate(check.optional_list(options, "options") or [])
    ]


def _kept(row: Mapping[str, Any]) -> dict[str, Any]:
    return given(id=row.get("id"), name=row.get("name"), isDefault=row.get("isDefault"))


def _fields(name: str, options: list[Option]) -> dict[str, Any]:
    if not options:
        raise check.refused("options must have at least one option")
    wired = [option.wire(f"options[{number}]") for number, option in enumerate(options)]
    return {"name": check.text(name, "name"), "options": wired}
