"""Audit templates of MonitorQA."""

from __future__ import annotations

from typing_extensions import Unpack

from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import Id, Paging, Text, Whole
from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource, Rows
from airflow_qa_provider.vendors.monitorqa.client.rules import check


class TemplateFilter(Paging, total=False):
    """Which templates are listed.

    :param template_type: Only those of a type. The docs name no values; 0 and 1 occur in their examples.
    :param search: Only those with this in their name.
    """

    template_type: Whole | None
    search: Text | None


class AuditTemplates(MonitorQAResource):
    """The questionnaires that audits are made from."""

    def list(self) -> Rows:
        """Return all templates as ``{"id", "name"}`` (source: "Get audit templates list")."""
        return self._rows("audit_templates.list")

    def list_detailed(self, **wanted: Unpack[TemplateFilter]) -> Paged:
        """Return templates as ``{"id", "name", "templateType"}`` (source: "Get audit templates detailed list").

        :param wanted: Fields of :class:`TemplateFilter`.
        """
        return self._pages("audit_templates.list_detailed", TemplateFilter, wanted)

    def copy(self, template_id: Id, *, target_company_id: Id, copy_score_system: bool | str) -> str:
        """Copy a published template, with its files, to another company (source: "Copy template to another company").

        Repeating it makes another copy.

        :param template_id: Published template of this key's company.
        :param target_company_id: Company to copy to, see ``company.list_accessible``. The key's user needs an account
            there, and the right to manage templates in both companies.
        :param copy_score_system: ``True`` copies the score system of the template too; ``False`` links the copy to the
            target company's default score system, which must exist.
        :return: Id of the copy.
        :raises QAConflictError: Its ``code`` is ``template/not-found``, ``template/not-accessible``,
            ``company/not-accessible``, ``permissions/can-manage-templates`` or
            ``score-system/no-default-score-system``.
        """
        body = {
            "templateId": check.id(template_id, "template_id"),
            "targetCompanyId": check.id(target_company_id, "target_company_id"),
            "copyScoreSystem": check.flag(copy_score_system, "copy_score_system"),
        }
        return self._create("audit_templates.copy", body, "the target company's list of templates", key="templateId")
