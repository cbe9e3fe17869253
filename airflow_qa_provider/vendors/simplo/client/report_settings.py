"""Report settings of Simplo IS: for which client and period reports are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.rest.client import Resource, given
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.timestamps import Timestamp
from airflow_qa_provider.vendors.simplo.client import rules
from airflow_qa_provider.vendors.simplo.client.index import Filters, Index

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.simplo.client.client import SimploClient

FIELDS = (
    *("id", "name", "client_id", "project_id", "type", "is_live", "one_time_from", "one_time_to", "regular_start"),
    *("regular_interval", "created_at", "is_bug_field_hidden_for_client", "is_automatically_created_by_project"),
)
"""Fields to sort and filter by (source: "Report settings index")."""

EMBEDS = ("client", "projects")
"""Fields that can be embedded (source: "Report settings index")."""

_INDEX = Index("report_settings.list", FIELDS, EMBEDS)


class ReportSettings(Resource):
    """Report settings.

    The bodies of :meth:`create` and :meth:`update` are not public: their arguments are the fields of the answers, and
    ``more`` takes what an installation wants beside them.
    """

    _client: SimploClient

    def list(
        self,
        *,
        filters: Filters | None = None,
        sort: Iterable[str] | str | None = None,
        embed: Iterable[str] | str | None = None,
        page_size: int | None = None,
        limit: int | None = None,
    ) -> Paged:
        """Return the report settings (source: "Report settings index"). Needs the permission access on report-settings.

        :param filters: Field of :data:`FIELDS` to the wanted value, or to several.
        :param sort: Fields of :data:`FIELDS`; ``-`` before a name makes its order descending.
        :param embed: Fields of :data:`EMBEDS`.
        :param page_size: Rows per request; the vendor's default when unset.
        :param limit: Most rows in all.
        :raises QAValidationError: A field that the docs do not allow, or a value that cannot be sent.
        :raises QAResponseError: The installation did not understand the page or a filter by number.
        """
        return _INDEX.pages(self._client, filters, sort, embed, page_size, limit)

    def get(self, report_setting_id: int | str) -> dict[str, Any]:
        """Return one report setting (source: "Report setting detail"). Needs the permission read on report-settings.

        :param report_setting_id: Id of the report setting.
        :return: ``type`` and ``task_filter`` are numbers in texts; dates are ISO 8601.
        :raises QANotFoundError: There is no such report setting.
        """
        return dict(self._client.call("report_settings.get", {"report_setting_id": report_setting_id}))

    def create(
        self,
        *,
        name: str | None = None,
        client_id: int | None = None,
        responsible_user_id: int | None = None,
        setting_type: int | str | None = None,
        is_live: bool | None = None,
        task_filter: int | str | None = None,
        is_bug_field_hidden_for_client: bool | None = None,
        one_time_from: Timestamp | None = None,
        one_time_to: Timestamp | None = None,
        regular_start: Timestamp | None = None,
        regular_interval: int | str | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Create a report setting (source: "Create report setting"). Which fields are required is not public.

        :param name: Name.
        :param client_id: Client that the reports are for.
        :param responsible_user_id: User who answers for them.
        :param setting_type: ``type``; its values are not public.
        :param is_live: ``is_live``.
        :param task_filter: ``task_filter``; its values are not public.
        :param is_bug_field_hidden_for_client: Whether clients do not see which tasks are bugs.
        :param one_time_from: Start of the period of a single report, an aware ``datetime`` or ISO 8601 with a zone.
        :param one_time_to: Its end.
        :param regular_start: Start of the first period of repeated reports.
        :param regular_interval: Their interval; its unit is not public.
        :param more: Further fields of the body, by the vendor's names.
        :return: The report setting.
        :raises QAValidationError: Nothing was given, a date has no zone, or a field is given twice.
        :raises QARequestRejectedError: The vendor refused a value; the message names the field.
        """
        body = _body(
            {
                "name": name,
                "client_id": client_id,
                "responsible_user_id": responsible_user_id,
                "type": setting_type,
                "is_live": is_live,
                "task_filter": task_filter,
                "is_bug_field_hidden_for_client": is_bug_field_hidden_for_client,
                "regular_interval": regular_interval,
            },
            {"one_time_from": one_time_from, "one_time_to": one_time_to, "regular_start": regular_start},
            more,
        )
        return dict(self._client.call("report_settings.create", body=body))

    def update(
        self,
        report_setting_id: int | str,
        *,
        name: str | None = None,
        client_id: int | None = None,
        responsible_user_id: int | None = None,
        setting_type: int | str | None = None,
        is_live: bool | None = None,
        task_filter: int | str | None = None,
        is_bug_field_hidden_for_client: bool | None = None,
        one_time_from: Timestamp | None = None,
        one_time_to: Timestamp | None = None,
        regular_start: Timestamp | None = None,
        regular_interval: int | str | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Replace a report setting (source: "Update report setting").

        The arguments are those of :meth:`create`. A PUT: for reports the vendor requires all fields then, so give all.

        :param report_setting_id: Id of the report setting.
        :param name: See :meth:`create`.
        :param client_id: See :meth:`create`.
        :param responsible_user_id: See :meth:`create`.
        :param setting_type: See :meth:`create`.
        :param is_live: See :meth:`create`.
        :param task_filter: See :meth:`create`.
        :param is_bug_field_hidden_for_client: See :meth:`create`.
        :param one_time_from: See :meth:`create`.
        :param one_time_to: See :meth:`create`.
        :param regular_start: See :meth:`create`.
        :param regular_interval: See :meth:`create`.
        :param more: See :meth:`create`.
        :return: The report setting after the change.
        :raises QAValidationError: Nothing was given, a date has no zone, or a field is given twice.
        :raises QANotFoundError: There is no such report setting.
        :raises QARequestRejectedError: The vendor refused a value; the message names the field.
        """
        body = _body(
            {
                "name": name,
                "client_id": client_id,
                "responsible_user_id": responsible_user_id,
                "type": setting_type,
                "is_live": is_live,
                "task_filter": task_filter,
                "is_bug_field_hidden_for_client": is_bug_field_hidden_for_client,
                "regular_interval": regular_interval,
            },
            {"one_time_from": one_time_from, "one_time_to": one_time_to, "regular_start": regular_start},
            more,
        )
        return dict(self._client.call("report_settings.update", {"report_setting_id": report_setting_id}, body=body))

    def delete(self, report_setting_id: int | str) -> None:
        """Delete a report setting (source: "Delete report setting").

        :param report_setting_id: Id of the report setting.
        :raises QANotFoundError: There is no such report setting.
        """
        self._client.call("report_settings.delete", {"report_setting_id": report_setting_id})


def _body(
    plain: Mapping[str, Any], dates: Mapping[str, Timestamp | None], more: Mapping[str, Any] | None
) -> dict[str, Any]:
    body = given(**plain)
    for name, moment in dates.items():
        if moment is not None:
            body[name] = rules.offset_timestamp(moment, name)
    twice = sorted(set(body) & set(more or {}))
    if twice:
        raise rules.refused(f"more repeats {twice}, which are given as arguments")
    body.update(more or {})
    if not body:
        raise rules.refused("no field of the report setting was given")
    return body
