"""The base of operators that change something at a vendor: compare first, send only what differs, once.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.compat.sdk import BaseOperator
from typing_extensions import override

from airflow_qa_provider.bases.task import KindTask, one_execution

if TYPE_CHECKING:
    from airflow_qa_provider.journal.attempt import Made
    from airflow_qa_provider.kinds.lookup import LookupTimeouts
    from airflow_qa_provider.kinds.policies import OnUncertain


class ChangingOperator(KindTask, BaseOperator):
    """Brings an object at a vendor to what is asked for, once, however often the task is retried or killed.

    The object is read first, and nothing is sent when it is as asked for already. A change that an attempt of the task
    has made is not made again by its retries, also when somebody has changed the object since. A task that is cleared
    compares anew.

    Returns the id of the object. The XComs ``outcome`` and ``reason`` say what was done: ``created``, ``updated``,
    ``deleted`` or ``unchanged``, and why; ``changes`` holds ``{"from", "to"}`` by field. Some operators tell more.

    :param preview: Whether to show the request and the difference, in the log and the XCom ``preview``, and to send
        nothing (a dry run). The task is then skipped where it would have sent something. (templated)

    :cvar change: Name of the change among those of the kind.
    :cvar payload_fields: Names of the attributes that say what is asked for.
    :cvar on_uncertain: What a retry does about a request of which the vendor shows no effect: ``repeat`` it, or
        ``fail``, where a repeat would do harm; ``None`` for what the change says. An operator may make it an argument.
    :cvar result_detail: What the task returns, by the key that tells it; the id by default.
    :cvar lookup_timeouts: How long to look for the effect of a lost request; the journal's own times by default.
    """

    tells: ClassVar[tuple[str, ...]] = ("outcome", "reason", "changes", "link")
    change: ClassVar[str]
    payload_fields: ClassVar[tuple[str, ...]]
    on_uncertain: OnUncertain | None = None
    result_detail: ClassVar[str | None] = None
    lookup_timeouts: ClassVar[LookupTimeouts | None] = None
    awaited_id: str | None = None

    def __init__(self, *, preview: bool | str = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.preview = preview

    @one_execution
    def execute(self, context: Any) -> Any:
        """Compare, and change what differs.

        :param context: Airflow's task context.
        :return: Id at the vendor of the object, or what ``result_detail`` names.
        """
        changed = self.change_once(context)
        self.awaited_id = changed.id  # the links show it
        facts = {**changed.facts, "changes": changed.changes}
        self.tell(context, {**facts, **self.link_to(changed.id), **changed.details})
        return changed.id if self.result_detail is None else changed.details.get(self.result_detail)

    @classmethod
    @override
    def xcom_keys(cls) -> dict[str, str]:
        return {**super().xcom_keys(), **cls._kind().changes[cls.change].facts}

    def change_once(self, context: Any) -> Made:
        """Make sure that the change of this task is made.

        :param context: Airflow's task context.
        :raises AirflowSkipException: It is a preview, and something would be sent.
        """
        from airflow_qa_provider.bases.once import change_of, changed
        from airflow_qa_provider.bases.preview import is_preview, previewed

        preview = is_preview(self.preview)
        change = change_of(self)
        with previewed(self, context, preview=preview) as client:
            made = changed(self, context, client, change, preview=preview)
            # after the change is noted, so that a retry repeats no more than this
            return replace(made, details={**made.details, **change.details(client)})
