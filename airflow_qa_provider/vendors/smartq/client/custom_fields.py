"""Custom fields of smartQ projects, and the values of those that are a choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypedDict, get_args

from typing_extensions import Required, Unpack

from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.rest.parameters import Flag, FreeText, Id, Number, Read, Text, Whole, Wire
from airflow_qa_provider.vendors.smartq.client.answers import Record, Records
from airflow_qa_provider.vendors.smartq.client.forms import form
from airflow_qa_provider.vendors.smartq.client.resource import SmartQResource
from airflow_qa_provider.vendors.smartq.client.rules import check

FieldType = Literal["float", "string", "text", "choice"]
"""Types of a custom field."""
ChoiceType = Literal["checkbox", "radio", "select"]
"""How a field of type ``choice`` is chosen from."""
Width = Literal["single", "double"]
"""How a field is laid out in smartQ's pages."""

_OPTIONS = ("choiceType", "min", "max", "fieldLayout")
_ONLY_FOR = {"choice_type": "choice", "field_layout": "choice", "minimum": "float", "maximum": "float"}


class FieldFields(TypedDict, total=False):
    """What a custom field has. Type and label are required in a change, too.

    What only some types have is sent together under ``options``.

    :param field_type: ``float``, ``string``, ``text`` or ``choice``.
    :param label: What people see.
    :param hint: Text that describes it.
    :param required: Whether a ticket must have it.
    :param width: ``single`` or ``double`` (``pos_type`` in smartQ).
    :param choice_type: ``checkbox``, ``radio`` or ``select``, for fields of type ``choice``.
    :param minimum: Lower limit, for fields of type ``float``.
    :param maximum: Upper limit, for fields of type ``float``.
    :param field_layout: The values to choose from, for fields of type ``choice``; the docs say "list of choice values"
        and show no format, so the text goes as it is, and :meth:`CustomFieldValues.create` is the surer way.
    """

    field_type: Required[Annotated[FieldType, Read("choice", words=get_args(FieldType)), Wire("type")]]
    label: Required[Text]
    hint: FreeText | None
    required: Flag | None
    width: Annotated[Width | None, Read("choice", words=get_args(Width)), Wire("pos_type")]
    choice_type: Annotated[ChoiceType | None, Read("choice", words=get_args(ChoiceType)), Wire("choiceType")]
    minimum: Annotated[Number | None, Wire("min")]
    maximum: Annotated[Number | None, Wire("max")]
    field_layout: Annotated[FreeText | None, Wire("fieldLayout")]


class ValueFields(TypedDict, total=False):
    """What a value of a choice has.

    :param title: What people see; required in a change, too.
    :param is_default: Whether new tickets have it.
    :param position: Place in the list. The docs call ``pos`` a boolean, which is taken for an error.
    """

    title: Required[Text]
    is_default: Flag | None
    position: Annotated[Whole | None, Wire("pos")]


class CustomFields(SmartQResource):
    """Fields that a project adds to its tickets. They go by names such as ``f3``, not by their labels.

    An empty label, and an option that does not exist or not for the type of the field, raise a QAValidationError.
    """

    def list(self, project_id: Id) -> Records:
        """Return the custom fields of a project, choices with their values.

        Source: "Project Custom Fields: returns the list of project custom fields".

        :param project_id: Id of the project.
        """
        return self._rows("custom_fields.list", project_id=project_id)

    def get(self, project_id: Id, field_name: str) -> Record:
        """Return one custom field (source: "Project Custom Fields: returns field properties").

        :param project_id: Id of the project.
        :param field_name: Name of the field, such as ``f3``.
        """
        return self._record("custom_fields.get", project_id=project_id, field_name=field_name)

    def create(self, project_id: Id, **field: Unpack[FieldFields]) -> Record:
        """Add a custom field, and return it (source: "Project Custom Fields: adds a new custom filed to the project").

        :param project_id: Id of the project.
        :param field: Fields of :class:`FieldFields`.
        """
        return self._record("custom_fields.create", _field(field), project_id=project_id)

    def update(self, project_id: Id, field_name: str, **field: Unpack[FieldFields]) -> Record:
        """Change a custom field, and return it (source: "Project Custom Fields: updates custom filed details").

        :param project_id: Id of the project.
        :param field_name: Name of the field, such as ``f3``.
        :param field: Fields of :class:`FieldFields`.
        """
        return self._record("custom_fields.update", _field(field), project_id=project_id, field_name=field_name)

    def delete(self, project_id: Id, field_name: str) -> None:
        """Delete a custom field (source: "Project Custom Fields: deletes custom field").

        :param project_id: Id of the project.
        :param field_name: Name of the field, such as ``f3``.
        """
        self._client.call("custom_fields.delete", {"project_id": project_id, "field_name": field_name})


class CustomFieldValues(SmartQResource):
    """Values of custom fields of type ``choice``. Tickets hold the ids of values, not their titles.

    An empty title, and a position that is not a whole number, raise a QAValidationError.
    """

    def list(self, project_id: Id, field_name: str) -> Records:
        """Return the values of a field.

        Source: "Project Custom Field Values: returns the list of custom field values".

        :param project_id: Id of the project.
        :param field_name: Name of a choice field, such as ``f3``.
        """
        return self._rows("custom_field_values.list", project_id=project_id, field_name=field_name)

    def get(self, project_id: Id, field_name: str, value_id: Id) -> Record:
        """Return one value of a field (source: "Project Custom Field Values: returns field value properties").

        :param project_id: Id of the project.
        :param field_name: Name of a choice field, such as ``f3``.
        :param value_id: Id of the value.
        """
        path = {"project_id": project_id, "field_name": field_name, "value_id": value_id}
        return self._record("custom_field_values.get", None, **path)

    def create(self, project_id: Id, field_name: str, **value: Unpack[ValueFields]) -> Record:
        """Add a value, and return it (source: "Project Custom Field Values: adds a new value to the custom field").

        :param project_id: Id of the project.
        :param field_name: Name of a choice field, such as ``f3``.
        :param value: Fields of :class:`ValueFields`.
        """
        return self._record("custom_field_values.create", _value(value), project_id=project_id, field_name=field_name)

    def update(self, project_id: Id, field_name: str, value_id: Id, **value: Unpack[ValueFields]) -> Record:
        """Change a value, and return it (source: "Project Custom Field Values: updates custom filed value details").

        :param project_id: Id of the project.
        :param field_name: Name of a choice field, such as ``f3``.
        :param value_id: Id of the value.
        :param value: Fields of :class:`ValueFields`.
        """
        path = {"project_id": project_id, "field_name": field_name, "value_id": value_id}
        return self._record("custom_field_values.update", _value(value), **path)

    def delete(self, project_id: Id, field_name: str, value_id: Id) -> None:
        """Delete a value of a field (source: "Project Custom Field Values: deletes custom field value").

        :param project_id: Id of the project.
        :param field_name: Name of a choice field, such as ``f3``.
        :param value_id: Id of the value.
        """
        path = {"project_id": project_id, "field_name": field_name, "value_id": value_id}
        self._client.call("custom_field_values.delete", path)


def _field(field: Mapping[str, Any]) -> dict[str, str]:
    sent = check.wire(FieldFields, field)
    for name, kind in _ONLY_FOR.items():
        if is_given(field.get(name)) and kind != sent["type"]:
            raise check.refused(f"{name} is for fields of type {kind!r} only, this one is {sent['type']!r}")
    options = {name: sent.pop(name) for name in _OPTIONS if name in sent}
    return form("field", {**sent, "options": options})


def _value(value: Mapping[str, Any]) -> dict[str, str]:
    return form("value", check.wire(ValueFields, value))
