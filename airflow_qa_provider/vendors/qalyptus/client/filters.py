"""Filters of Qalyptus Cloud: selections, variables and bookmarks that reports are generated with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from typing_extensions import Unpack

from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.rest.parameters import Id
from airflow_qa_provider.vendors.qalyptus.client.mixins import (
    BulkDelete,
    Collection,
    CreatedInProject,
    Duplicable,
    Permitted,
)
from airflow_qa_provider.vendors.qalyptus.client.resource import Record, Records
from airflow_qa_provider.vendors.qalyptus.client.rules import NamedInProject, check

DIRECTIONS = ("Up", "Down")
"""Where a value of a filter can be moved (source: "Order filter values.")."""


class Filters(Collection, CreatedInProject, Duplicable, BulkDelete, Permitted, name="filters"):
    """Filters, and the values in them."""

    def update(self, filter_id: Id, **named: Unpack[NamedInProject]) -> Record:
        """Change the name, the description and the project of a filter (source: "Update filter").

        :param filter_id: UUID of the filter.
        :param named: Fields of :class:`~airflow_qa_provider.vendors.qalyptus.client.rules.NamedInProject`.
        """
        return self._changed("filters.update", {"id": filter_id}, check.wire(NamedInProject, named))

    def list_by_project(self, project_id: Id) -> Records:
        """Return the filters of a project (source: "Get filters by project").

        :param project_id: UUID of the project.
        """
        return self._records("filters.list_by_project", {"id": project_id})

    def list_by_report(self, report_id: Id) -> Records:
        """Return the filters that can be used with a report (source: "Get report filters").

        :param report_id: UUID of the report.
        :return: Records with ``id``, ``name``, ``project``, ``ownerName``, and more.
        """
        return self._records("filters.list_by_report", {"id": report_id})

    def update_variable_values(
        self, filter_id: Id, *, qlik_variable_id: str, variable_value: str, value_id: str | None = None
    ) -> Record:
        """Set a Qlik variable in a filter (source: "Update filter variable values").

        :param filter_id: UUID of the filter.
        :param qlik_variable_id: UUID of the variable.
        :param variable_value: Its value; may be empty.
        :param value_id: UUID of the filter's value to change. The docs allow none and do not say what happens then;
            presumably a new value is added.
        """
        body = {
            **_value(value_id),
            "qlikVariableID": check.uuid(qlik_variable_id, "qlik_variable_id"),
        }
        if variable_value is None:
            raise check.missing(None, "variable_value")
        body["variableValue"] = check.free_text(variable_value, "variable_value")
        return self._changed("filters.update_variable_values", {"id": filter_id}, body)

    def update_bookmark_values(self, filter_id: Id, *, qlik_bookmark_id: str, value_id: str | None = None) -> Record:
        """Set a Qlik bookmark in a filter (source: "Update filter bookmark values").

        :param filter_id: UUID of the filter.
        :param qlik_bookmark_id: UUID of the bookmark.
        :param value_id: See :meth:`update_variable_values`.
        """
        body = {**_value(value_id), "qlikBookmarkID": check.uuid(qlik_bookmark_id, "qlik_bookmark_id")}
        return self._changed("filters.update_bookmark_values", {"id": filter_id}, body)

    def update_field_values(
        self, filter_id: Id, *, qlik_field_id: str, values: Iterable[str | float] | str, value_id: str | None = None
    ) -> None:
        """Set the values of a Qlik field in a filter (source: "Update filter field values").

        :param filter_id: UUID of the filter.
        :param qlik_field_id: UUID of the field.
        :param values: The values to select; the docs do not forbid an empty list.
        :param value_id: See :meth:`update_variable_values`.
        """
        listed = check.structure(values, "values")
        if listed is None or isinstance(listed, (str, int, float, Mapping)):
            raise check.refused(f"values must be a list of texts, got {values!r}", 'Give ["North", "South"]')
        body = {
            **_value(value_id),
            "qlikFieldID": check.uuid(qlik_field_id, "qlik_field_id"),
            "filterItemFieldValues": [
                check.free_text(one, "values") for one in check.optional_list(listed, "values") or ()
            ],
        }
        self._client.call("filters.update_field_values", {"id": filter_id}, body=body)

    def delete_values(self, filter_id: Id, value_ids: Iterable[str] | str) -> None:
        """Delete values of a filter (source: "Delete filter values").

        :param filter_id: UUID of the filter.
        :param value_ids: UUIDs of the values, at least one.
        """
        self._client.call("filters.delete_values", {"id": filter_id}, body=check.uuids(value_ids, "value_ids"))

    def order_values(self, filter_id: Id, *, item_id: str, direction: str) -> None:
        """Move an item of a filter one place (source: "Order filter values.").

        :param filter_id: UUID of the filter.
        :param item_id: UUID of the item, see :meth:`list_items`.
        :param direction: One of :data:`DIRECTIONS`, in any case.
        """
        body = {
            "id": check.uuid(item_id, "item_id"),
            "direction": check.choice(direction, DIRECTIONS, "direction"),
        }
        self._client.call("filters.order_values", {"id": filter_id}, body=body)

    def list_items(self, filter_id: Id) -> Records:
        """Return the items of a filter (source: "Get filter items.").

        :param filter_id: UUID of the filter.
        """
        return self._records("filters.list_items", {"id": filter_id})

    def get_item(self, item_id: Id) -> Record:
        """Return one item of a filter (source: "Get filter items field.").

        :param item_id: UUID of the item; the filter is not asked for.
        """
        return self._record("filters.get_item", {"id": item_id})


def _value(value_id: str | None) -> dict[str, str]:
    return {"id": check.uuid(value_id, "value_id")} if is_given(value_id) else {}
