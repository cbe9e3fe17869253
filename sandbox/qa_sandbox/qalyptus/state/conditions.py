"""Conditions with their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa_sandbox.qalyptus.models.catalogue import ConditionRule
from qa_sandbox.qalyptus.state.collection import Row
from qa_sandbox.qalyptus.state.owned import ContentCollection
from qa_sandbox.qalyptus.state.parts import Parts

if TYPE_CHECKING:
    from qa_sandbox.qalyptus.store import QalyptusStore


class Rules(Parts):
    kind = "rule"
    noun = "condition rule"


class Conditions(ContentCollection):
    """Conditions of the tenant."""

    kind = "condition"
    noun = "condition"

    def __init__(self, store: QalyptusStore) -> None:
        super().__init__(store)
        self.rules = Rules(store)
        self.parts = (self.rules,)

    def save_rule(self, condition_id: str, body: ConditionRule) -> Row:
        """Add a rule, or change it when its id is given."""
        condition, fields = self.get(condition_id), self._fields(body)
        return self.rules.view(self.rules.save(condition["id"], body.id, fields))

    def removed(self, row: Row) -> None:
        """Remove a condition that is gone from the reports of tasks."""
        super().removed(row)
        self.store.tasks.reports.unlink("conditions", row["id"])
