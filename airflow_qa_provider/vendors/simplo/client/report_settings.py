"""Report settings of Simplo IS: for which client and period reports are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

from typing_extensions import Unpack

from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import Flag, Id, Moment, Object, Read, Text, Whole, Wire
from airflow_qa_provider.vendors.simplo.client.index import Index, Wanted
from airflow_qa_provider.vendors.simplo.client.rules import check

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


class SettingFields(TypedDict, total=False):
    """What a report setting has. The bodies of its changes are not public: these are the fields of the answers.

    :param name: Name.
    :param client_id: Client that the reports are for.
    :param responsible_user_id: User who answers for them.
    :param setting_type: ``type``; its values are not public.
    :param is_live: ``is_live``.
    :param task_filter: ``task_filter``; its values are not public.
    :param is_bug_field_hidden_for_client: Whether clients do not see which tasks are bugs.
    :param regular_interval: Interval of repeated reports; its unit is not public.
    :param one_time_from: Start of the period of a single report, an aware ``datetime`` or ISO 8601 with a zone.
    :param one_time_to: Its end.
    :param regular_start: Start of the first period of repeated reports.
    :param more: Further fields of the body, by the vendor's names.
    """

    name: Text | None
    client_id: Whole | None
    responsible_user_id: Whole | None
    setting_type: Annotated[int | str | None, Read("word_or_number"), Wire("type")]
    is_live: Flag | None
    task_filter: Annotated[int | str | None, Read("word_or_number")]
    is_bug_field_hidden_for_client: Flag | None
    regular_interval: Whole | None
    one_time_from: Moment | None
    one_time_to: Moment | None
    regular_start: Moment | None
    more: Annotated[Object | None, Wire("")]


class ReportSettings(Resource):
    """Report settings.

    All that change one raise a QAValidationError when nothing was given, a date has no zone, or a field is given twice,
    and a QARequestRejectedError, which names the field, when the vendor refuses a value.
    """

    _client: SimploClient

    def list(self, **wanted: Unpack[Wanted]) -> Paged:
        """Return the report settings (source: "Report settings index"). Needs the permission access on report-settings.

        :param wanted: Fields of :class:`~airflow_qa_provider.vendors.simplo.client.index.Wanted`: filters and sort of
            :data:`FIELDS`, embed of :data:`EMBEDS`.
        """
        return _INDEX.pages(self._client, wanted)

    def get(self, report_setting_id: Id) -> dict[str, Any]:
        """Return one report setting (source: "Report setting detail"). Needs the permission read on report-settings.

        :param report_setting_id: Id of the report setting.
        :return: ``type`` and ``task_filter`` are numbers in texts; dates are ISO 8601.
        """
        return self._client.record("report_settings.get", {"report_setting_id": report_setting_id})

    def create(self, **setting: Unpack[SettingFields]) -> dict[str, Any]:
        """Create a report setting and return it (source: "Create report setting"). What is required is not public.

        :param setting: Fields of :class:`SettingFields`.
        """
        return self._client.record("report_settings.create", body=_body(setting))

    def update(self, report_setting_id: Id, **setting: Unpack[SettingFields]) -> dict[str, Any]:
        """Replace a report setting and return it (source: "Update report setting").

        A PUT: for reports the vendor requires all fields then, so give all, or use :meth:`patch`.

        :param report_setting_id: Id of the report setting.
        :param setting: Fields of :class:`SettingFields`.
        """
        return self._change("report_settings.update", report_setting_id, setting)

    def patch(self, report_setting_id: Id, **setting: Unpack[SettingFields]) -> dict[str, Any]:
        """Change some fields of a report setting and return it (source: "Update report setting").

        :param report_setting_id: Id of the report setting.
        :param setting: Fields of :class:`SettingFields`; those that are left out stay.
        """
        return self._change("report_settings.patch", report_setting_id, setting)

    def delete(self, report_setting_id: Id) -> None:
        """Delete a report setting (source: "Delete report setting").

        :param report_setting_id: Id of the report setting.
        """
        self._client.call("report_settings.delete", {"report_setting_id": report_setting_id})

    def _change(self, operation: str, report_setting_id: Id, setting: Mapping[str, Any]) -> dict[str, Any]:
        return self._client.record(operation, {"report_setting_id": report_setting_id}, body=_body(setting))


def _body(setting: Mapping[str, Any]) -> dict[str, Any]:
    body, more = check.wire(SettingFields, setting), check.optional_object(setting.get("more"), "more") or {}
    twice = sorted(set(body) & set(more))
    if twice:
        raise check.refused(f"more repeats {twice}, which are given as arguments")
    body.update(more)
    if not body:
        raise check.refused("no field of the report setting was given", 'Give one, such as name="Weekly"')
    return body
