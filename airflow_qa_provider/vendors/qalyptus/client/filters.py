"""Filters of Qalyptus Cloud: selections, variables and bookmarks that reports are generated with."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.vendors.qalyptus.client import rules
from airflow_qa_provider.vendors.qalyptus.client.mixins import (
    BulkDelete,
    Collection,
    CreatedInProject,
    Duplicable,
    Owned,
    Permitted,
)
from airflow_qa_provider.vendors.qalyptus.client.resource import Record, Records

DIRECTIONS = ("Up", "Down")
"""Where a value of a filter can be moved (source: "Order filter values.")."""


class Filters(Collection, CreatedInProject, Duplicable, BulkDelete, Permitted, Owned, name="filters"):
    """Filters, and the values in them."""

    def update(self, filter_id: str, *, name: str, project_id: str, description: str | None = None) -> Record:
        """Change the name, the description and the project of a filter (source: "Update filter").

        :param filter_id: UUID of the filter.
        :param name: Its name; has to be said also when it stays.
        :param project_id: UUID of its project; the same.
        :param description: Text for people; not sent when unset. The docs do not say whether it stays then.
        :return: The vendor's answer, or nothing.
        :raises QAValidationError: No name, or the project is not a UUID.
        :raises QANotFoundError: There is no such filter.
        """
        body = given(
            name=rules.required(name, "name"),
            description=description,
            projectID=rules.uuid(project_id, "project_id"),
        )
        return self._changed("filters.update", {"id": filter_id}, body)

    def list_by_project(self, project_id: str) -> Records:
        """Return the filters of a project (source: "Get filters by project").

        :param project_id: UUID of the project.
        :raises QANotFoundError: There is no such project.
        """
        return self._records("filters.list_by_project", {"id": project_id})

    def list_by_report(self, report_id: str) -> Records:
        """Return the filters that can be used with a report (source: "Get report filters").

        :param report_id: UUID of the report.
        :return: Records with ``id``, ``name``, ``project``, ``ownerName``, and more.
        :raises QANotFoundError: There is no such report.
        """
        return self._records("filters.list_by_report", {"id": report_id})

    def update_variable_values(
        self, filter_id: str, *, qlik_variable_id: str, variable_value: str, value_id: str | None = None
    ) -> Record:
        """Set a Qlik variable in a filter (source: "Update filter variable values").

        :param filter_id: UUID of the filter.
        :param qlik_variable_id: UUID of the variable.
        :param variable_value: Its value; may be empty.
        :param value_id: UUID of the filter's value to change. The docs allow none and do not say what happens then;
            presumably a new value is added.
        :return: The vendor's answer, or nothing.
        :raises QAValidationError: A field breaks a documented rule.
        :raises QANotFoundError: There is no such filter.
        """
        body = given(
            id=rules.uuid_or_none(value_id, "value_id"),
            qlikVariableID=rules.uuid(qlik_variable_id, "qlik_variable_id"),
        )
        body["variableValue"] = _text(variable_value)
        return self._changed("filters.update_variable_values", {"id": filter_id}, body)

    def update_bookmark_values(self, filter_id: str, *, qlik_bookmark_id: str, value_id: str | None = None) -> Record:
        """Set a Qlik bookmark in a filter (source: "Update filter bookmark values").

        :param filter_id: UUID of the filter.
        :param qlik_bookmark_id: UUID of the bookmark.
        :param value_id: See :meth:`update_variable_values`.
        :return: The vendor's answer, or nothing.
        :raises QAValidationError: A field breaks a documented rule.
        :raises QANotFoundError: There is no such filter.
        """
        body = given(
            id=rules.uuid_or_none(value_id, "value_id"),
            qlikBookmarkID=rules.uuid(qlik_bookmark_id, "qlik_bookmark_id"),
        )
        return self._changed("filters.update_bookmark_values", {"id": filter_id}, body)

    def update_field_values(
        self, filter_id: str, *, qlik_field_id: str, values: Iterable[str], value_id: str | None = None
    ) -> None:
        """Set the values of a Qlik field in a filter (source: "Update filter field values").

        :param filter_id: UUID of the filter.
        :param qlik_field_id: UUID of the field.
        :param values: The values to select; the docs do not forbid an empty list.
        :param value_id: See :meth:`update_variable_values`.
        :raises QAValidationError: A field breaks a documented rule.
        :raises QANotFoundError: There is no such filter.
        """
        if isinstance(values, str):
            raise rules.refusal(f"values must be a list of texts, got {values!r}")
        body = given(
            id=rules.uuid_or_none(value_id, "value_id"),
            qlikFieldID=rules.uuid(qlik_field_id, "qlik_field_id"),
            filterItemFieldValues=[str(value) for value in values],
        )
        self._client.call("filters.update_field_values", {"id": filter_id}, body=body)

    def delete_values(self, filter_id: str, value_ids: Iterable[str] | str) -> None:
        """Delete values of a filter (source: "Delete filter values").

        :param filter_id: UUID of the filter.
        :param value_ids: UUIDs of the values, at least one.
        :raises QAValidationError: There is none, or one is not a UUID.
        :raises QANotFoundError: There is no such filter.
        """
        self._client.call("filters.delete_values", {"id": filter_id}, body=rules.uuids(value_ids, "value_ids"))

    def order_values(self, filter_id: str, *, item_id: str, direction: str) -> None:
        """Move an item of a filter one place (source: "Order filter values.").

        :param filter_id: UUID of the filter.
        :param item_id: UUID of the item, see :meth:`list_items`.
        :param direction: One of :data:`DIRECTIONS`, in any case.
        :raises QAValidationError: The item is not a UUID, or the direction is neither up nor down.
        :raises QANotFoundError: There is no such filter.
        """
        body = {
            "id": rules.uuid(item_id, "item_id"),
            "direction": rules.choice(direction, DIRECTIONS, "direction"),
        }
        self._client.call("filters.order_values", {"id": filter_id}, body=body)

    def list_items(self, filter_id: str) -> Records:
        """Return the items of a filter (source: "Get filter items.").

        :param filter_id: UUID of the filter.
        :raises QANotFoundError: There is no such filter.
        """
        return self._records("filters.list_items", {"id": filter_id})

    def get_item(self, item_id: str) -> Record:
        """Return one item of a filter (source: "Get filter items field.").

        :param item_id: UUID of the item; the filter is not asked for.
        :raises QANotFoundError: There is no such item.
        """
        return self._record("filters.get_item", {"id": item_id})


def _text(value: object) -> str:
    if value is None:
        raise rules.refusal("variable_value is required, got None")
    return str(value)
