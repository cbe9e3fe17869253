"""Conditions of Qalyptus Cloud: rules that decide whether a task produces its reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.rest.parameters import Id, Ids
from airflow_qa_provider.vendors.qalyptus.client.mixins import (
    BulkDelete,
    Collection,
    CreatedInProject,
    Duplicable,
    Permitted,
    Renamable,
)
from airflow_qa_provider.vendors.qalyptus.client.resource import Record, Records
from airflow_qa_provider.vendors.qalyptus.client.rules import check


class Conditions(Collection, CreatedInProject, Renamable, Duplicable, BulkDelete, Permitted, name="conditions"):
    """Conditions and their rules."""

    def list_by_project(self, project_id: Id) -> Records:
        """Return the conditions of a project (source: "Get project conditions").

        :param project_id: UUID of the project.
        """
        return self._records("conditions.list_by_project", {"id": project_id})

    def upsert_rule(
        self,
        condition_id: Id,
        *,
        name: str,
        qlik_app_id: str,
        values: Iterable[Mapping[str, Any]] | str,
        rule_id: str | None = None,
    ) -> Record:
        """Add a rule to a condition, or change one (source: "Create or update rule").

        :param condition_id: UUID of the condition.
        :param name: Name of the rule.
        :param qlik_app_id: UUID of the Qlik app that the values come from.
        :param values: What is compared, sent as it is: the docs name the type (``ConditionRuleValueRequestDto``) but
            not its fields.
        :param rule_id: UUID of the rule to change; a new rule when unset.
        """
        body = given(
            id=check.uuid(rule_id, "rule_id") if is_given(rule_id) else None,
            name=check.text(name, "name"),
            qlikAppID=check.uuid(qlik_app_id, "qlik_app_id"),
            values=check.mappings(values, "values"),
        )
        return self._created("conditions.upsert_rule", {"id": condition_id}, body=body)

    def list_rules(self, condition_id: Id) -> Records:
        """Return the rules of a condition (source: "Get rules").

        :param condition_id: UUID of the condition.
        """
        return self._records("conditions.list_rules", {"id": condition_id})

    def get_rule(self, rule_id: Id) -> Record:
        """Return one rule (source: "Get rule").

        :param rule_id: UUID of the rule; the condition is not asked for.
        """
        return self._record("conditions.get_rule", {"id": rule_id})

    def delete_rules(self, condition_id: Id, rule_ids: Ids) -> None:
        """Delete rules of a condition (source: "Delete condition rules").

        :param condition_id: UUID of the condition.
        :param rule_ids: UUIDs of the rules, at least one.
        """
        self._client.call("conditions.delete_rules", {"id": condition_id}, body=check.uuids(rule_ids, "rule_ids"))
