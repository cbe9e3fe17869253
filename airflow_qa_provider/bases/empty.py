"""What has nothing to do is no reason to stop those who come after it.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from typing import Any

from airflow.providers.common.compat.sdk import BaseOperator


class GatheringTask(BaseOperator):
    """Base of operators that gather what others return, of which some may have had nothing to do.

    Airflow skips a task that is expanded over nothing, and by its default all that comes after it. Unless it is given a
    ``trigger_rule``, a task of this class runs all the same: with what the others return. It is skipped, as by default,
    when any other task before it was skipped.
    """

    def __init__(self, **kwargs: Any) -> None:
        self._tolerant = "trigger_rule" not in kwargs and "trigger_rule" not in (kwargs.get("default_args") or {})
        if self._tolerant:
            kwargs["trigger_rule"] = "none_failed"
        super().__init__(**kwargs)

    def skipped_before(self, context: Any) -> list[str]:
        """Return the tasks before this one that were skipped, but for those that were expanded over nothing.

        :param context: Airflow's task context.
        """
        if not self._tolerant or not self.upstream_task_ids:
            return []
        ti, names = context["ti"], sorted(self.upstream_task_ids)
        found = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id], task_ids=names).get(ti.run_id) or {}
        mapped = {task.task_id for task in self.upstream_list if task.is_mapped}
        # an instance of a mapped task is told as task id and index; one that has none, as the task id alone
        return [name for name, state in sorted(found.items()) if state == "skipped" and name not in mapped]
