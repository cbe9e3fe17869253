"""Custom fields of smartQ projects, and the values of those that are a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict, get_args

from typing_extensions import Unpack

from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.vendors.smartq.client import rules
from airflow_qa_provider.vendors.smartq.client.answers import Record, Records, record, rows
from airflow_qa_provider.vendors.smartq.client.forms import form
from airflow_qa_provider.vendors.smartq.client.rules import Id

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.smartq.client.client import SmartQClient

FieldType = Literal["float", "string", "text", "choice"]
"""Types of a custom field."""
ChoiceType = Literal["checkbox", "radio", "select"]
"""How a field of type ``choice`` is chosen from."""
Width = Literal["single", "double"]
"""How a field is laid out in smartQ's pages."""


class FieldOptions(TypedDict, total=False):
    """What a custom field may have beside its type and label.

    ``hint``: text that describes it. ``required``: whether a ticket must have it. ``width``: ``single`` or ``double``
    (``pos_type`` in smartQ). ``choice_type``: ``checkbox``, ``radio`` or ``select``, for fields of type ``choice``.
    ``minimum`` and ``maximum``: limits, for fields of type ``float``. ``field_layout``: the values to choose from, for
    fields of type ``choice``; the docs say "list of choice values" and show no format, so the text goes as it is, and
    :meth:`CustomFieldValues.create` is the surer way.
    """

    hint: str
    required: bool
    width: Width
    choice_type: ChoiceType
    minimum: float
    maximum: float
    field_layout: str


class CustomFields(Resource):
    """Fields that a project adds to its tickets. They go by names such as ``f3``, not by their labels."""

    _client: SmartQClient

    def list(self, project_id: Id) -> Records:
        """Return the custom fields of a project, choices with their values.

        Source: "Project Custom Fields: returns the list of project custom fields".

        :param project_id: Id of the project.
        """
        answer = self._client.call("custom_fields.list", {"project_id": project_id})
        return rows(self._client, answer, "custom_fields.list")

    def get(self, project_id: Id, field_name: str) -> Record:
        """Return one custom field (source: "Project Custom Fields: returns field properties").

        :param project_id: Id of the project.
        :param field_name: Name of the field, such as ``f3``.
        """
        answer = self._client.call("custom_fields.get", {"project_id": project_id, "field_name": field_name})
        return record(answer, "custom_fields.get")

    def create(self, project_id: Id, *, field_type: FieldType, label: str, **options: Unpack[FieldOptions]) -> Record:
        """Add a custom field to a project (source: "Project Custom Fields: adds a new custom filed to the project").

        :param project_id: Id of the project.
        :param field_type: ``float``, ``string``, ``text`` or ``choice``.
        :param label: What people see.
        :param options: Fields of :class:`FieldOptions`.
        :return: The field.
        :raises QAValidationError: The label is empty, or an option does not exist or not for this type.
        """
        data = _field(field_type, label, options)
        answer = self._client.call("custom_fields.create", {"project_id": project_id}, data=data)
        return record(answer, "custom_fields.create")

    def update(
        self, project_id: Id, field_name: str, *, field_type: FieldType, label: str, **options: Unpack[FieldOptions]
    ) -> Record:
        """Change a custom field (source: "Project Custom Fields: updates custom filed details").

        :param project_id: Id of the project.
        :param field_name: Name of the field, such as ``f3``.
        :param field_type: ``float``, ``string``, ``text`` or ``choice``; required in a change, too.
        :param label: What people see; required in a change, too.
        :param options: Fields of :class:`FieldOptions`.
        :return: The field.
        :raises QAValidationError: The label is empty, or an option does not exist or not for this type.
        """
        path = {"project_id": project_id, "field_name": field_name}
        answer = self._client.call("custom_fields.update", path, data=_field(field_type, label, options))
        return record(answer, "custom_fields.update")

    def delete(self, project_id: Id, field_name: str) -> None:
        """Delete a custom field (source: "Project Custom Fields: deletes custom field").

        :param project_id: Id of the project.
        :param field_name: Name of the field, such as ``f3``.
        """
        self._client.call("custom_fields.delete", {"project_id": project_id, "field_name": field_name})


class CustomFieldValues(Resource):
    """Values of custom fields of type ``choice``. Tickets hold the ids of values, not their titles."""

    _client: SmartQClient

    def list(self, project_id: Id, field_name: str) -> Records:
        """Return the values of a field.

        Source: "Project Custom Field Values: returns the list of custom field values".

        :param project_id: Id of the project.
        :param field_name: Name of a choice field, such as ``f3``.
        """
        path = {"project_id": project_id, "field_name": field_name}
        answer = self._client.call("custom_field_values.list", path)
        return rows(self._client, answer, "custom_field_values.list")

    def get(self, project_id: Id, field_name: str, value_id: Id) -> Record:
        """Return one value of a field (source: "Project Custom Field Values: returns field value properties").

        :param project_id: Id of the project.
        :param field_name: Name of a choice field, such as ``f3``.
        :param value_id: Id of the value.
        """
        path = {"project_id": project_id, "field_name": field_name, "value_id": value_id}
        return record(self._client.call("custom_field_values.get", path), "custom_field_values.get")

    def create(
        self,
        project_id: Id,
        field_name: str,
        *,
        title: str,
        is_default: bool | None = None,
        position: int | None = None,
    ) -> Record:
        """Add a value to a field (source: "Project Custom Field Values: adds a new value to the custom field").

        :param project_id: Id of the project.
        :param field_name: Name of a choice field, such as ``f3``.
        :param title: What people see.
        :param is_default: Whether new tickets have it.
        :param position: Place in the list. The docs call ``pos`` a boolean, which is taken for an error.
        :return: The value.
        :raises QAValidationError: The title is empty, or the position is not a whole number.
        """
        path = {"project_id": project_id, "field_name": field_name}
        answer = self._client.call("custom_field_values.create", path, data=_value(title, is_default, position))
        return record(answer, "custom_field_values.create")

    def update(
        self,
        project_id: Id,
        field_name: str,
        value_id: Id,
        *,
        title: str,
        is_default: bool | None = None,
        position: int | None = None,
    ) -> Record:
        """Change a value of a field (source: "Project Custom Field Values: updates custom filed value details").

        :param project_id: Id of the project.
        :param field_name: Name of a choice field, such as ``f3``.
        :param value_id: Id of the value.
        :param title: What people see; required in a change, too.
        :param is_default: Whether new tickets have it.
        :param position: Place in the list.
        :return: The value.
        :raises QAValidationError: The title is empty, or the position is not a whole number.
        """
        path = {"project_id": project_id, "field_name": field_name, "value_id": value_id}
        answer = self._client.call("custom_field_values.update", path, data=_value(title, is_default, position))
        return record(answer, "custom_field_values.update")

    def delete(self, project_id: Id, field_name: str, value_id: Id) -> None:
        """Delete a value of a field (source: "Project Custom Field Values: deletes custom field value").

        :param project_id: Id of the project.
        :param field_name: Name of a choice field, such as ``f3``.
        :param value_id: Id of the value.
        """
        path = {"project_id": project_id, "field_name": field_name, "value_id": value_id}
        self._client.call("custom_field_values.delete", path)


_ONLY_FOR = {"choice_type": "choice", "field_layout": "choice", "minimum": "float", "maximum": "float"}


def _field(field_type: FieldType, label: str, options: FieldOptions) -> dict[str, str]:
    rules.known(options, FieldOptions.__optional_keys__, "a custom field")
    kind = rules.one_of(field_type, get_args(FieldType), "field_type")
    for name in options.keys() & _ONLY_FOR.keys():
        if _ONLY_FOR[name] != kind:
            raise rules.refused(f"{name} is for fields of type {_ONLY_FOR[name]!r} only, this one is {kind!r}")
    own: dict[str, Any] = {
        "choiceType": rules.one_of(options.get("choice_type"), get_args(ChoiceType), "choice_type"),
        "min": options.get("minimum"),
        "max": options.get("maximum"),
        "fieldLayout": options.get("field_layout"),
    }
    return form(
        "field",
        {
            "type": kind,
            "label": rules.required(label, "label"),
            "hint": options.get("hint"),
            "required": options.get("required"),
            "pos_type": rules.one_of(options.get("width"), get_args(Width), "width"),
            "options": own,
        },
    )


def _value(title: str, is_default: bool | None, position: int | None) -> dict[str, str]:
    return form(
        "value",
        {
            "title": rules.required(title, "title"),
            "is_default": is_default,
            "pos": None if position is None else rules.whole(position, "position"),
        },
    )
