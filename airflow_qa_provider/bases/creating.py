"""The base of operators that create something at a vendor, once.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.compat.sdk import BaseOperator

from airflow_qa_provider.bases.task import KindTask, one_execution

if TYPE_CHECKING:
    from airflow_qa_provider.journal.attempt import Made
    from airflow_qa_provider.kinds.lookup import LookupTimeouts
    from airflow_qa_provider.kinds.policies import IfExists, OnChangedInput, OnClear, OnGone, OnUncertain
    from airflow_qa_provider.kinds.snapshot import Phase


class CreatingOperator(KindTask, BaseOperator):
    """Creates something at a vendor, once, however often the task is retried, killed or cleared.

    Before the request is sent, the task's state notes that it will be; after the answer, it notes the id. A later
    attempt takes up the object that is noted, or looks at the vendor for the one whose id was lost. See "Durable
    execution" in the documentation for what each vendor makes possible.

    Returns the id at the vendor; the XCom ``remote_id`` has it as soon as it is known. The XComs ``outcome`` and
    ``reason`` say how it came about: ``created``, ``adopted``, ``unchanged`` or ``updated``, and why.

    :param on_uncertain: When nobody can tell whether an earlier attempt created the object: ``fail`` with a list of
        what was found, or ``repeat`` the request. By default ``fail``, or ``repeat`` for kinds of which another one
        does no harm.
    :param on_changed_input: When an attempt asks for something else than the one before it: ``fail``, create a ``new``
        object and leave the other, or ``update`` it where the vendor can.
    :param on_clear: What a cleared task does about its object: ``adopt`` it again, or create a ``new`` one.
    :param on_gone: What a retry does when the object was deleted at the vendor: ``fail``, or create a ``new`` one. A
        cleared task creates a new one in either case.
    :param if_exists: What the first attempt does about an equal object that was there before: ``create`` one more,
        ``adopt`` it, or ``fail``.
    :param preview: Whether to show the request, in the log and the XCom ``preview``, and to send nothing (a dry run).
        The task is then skipped where it would have sent something. (templated)

    :cvar payload_fields: Names of the attributes that say what is asked for.
    :cvar file_fields: Those of them that name files; ``<name>_from`` is the folder of those that are
        relative paths, itself below that of the connection.
    :cvar can_pause: Whether it can give its worker back while a lost object may still appear.
    :cvar lookup_timeouts: How long to look for lost objects; the journal's own times by default.
    """

    tells: ClassVar[tuple[str, ...]] = ("remote_id", "outcome", "reason", "link")
    payload_fields: ClassVar[tuple[str, ...]]
    file_fields: ClassVar[tuple[str, ...]] = ()
    can_pause: bool = False
    lookup_timeouts: ClassVar[LookupTimeouts | None] = None

    def __init__(
        self,
        *,
        on_uncertain: OnUncertain | None = None,
        on_changed_input: OnChangedInput = "fail",
        on_clear: OnClear = "adopt",
        on_gone: OnGone = "fail",
        if_exists: IfExists = "create",
        preview: bool | str = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.on_uncertain = on_uncertain
        self.on_changed_input = on_changed_input
        self.on_clear = on_clear
        self.on_gone = on_gone
        self.if_exists = if_exists
        self.preview = preview

    @one_execution
    def execute(self, context: Any) -> Any:
        """Create the object, or take up the one that is there.

        :param context: Airflow's task context.
        :return: Id at the vendor.
        """
        return self.told(context, self.create_once(context))

    def told(self, context: Any, made: Made) -> str:
        """Store what a task that does not wait tells, and return the id.

        :param context: Airflow's task context.
        :param made: How the object came about.
        """
        self.tell(context, {**made.facts, **self.link_to(made.id), **made.details})
        return made.id

    def create_once(self, context: Any) -> Made:
        """Make sure that the object of this task is at the vendor, and return its id and how it came about.

        :param context: Airflow's task context.
        :raises QAJournalError: Going on could create it twice.
        :raises AirflowSkipException: It is a preview, and something would be sent.
        """
        from airflow_qa_provider.bases.once import created
        from airflow_qa_provider.bases.preview import is_preview, previewed

        preview = is_preview(self.preview)
        with previewed(self, context, preview=preview) as client:
            return created(self, context, client, preview=preview)

    def asked_for(self) -> Mapping[str, Any]:
        """Return what is asked for by name, as templates left it; files as what can be opened."""
        if not self.file_fields:
            return self.values_of(self.payload_fields)
        from airflow_qa_provider.reports.sources import source_files

        files = {}
        with self.connected() as opened:
            for name in self.file_fields:
                given = getattr(self, f"{name}_from", None)
                own = opened.folder() if given is None else None
                files[name] = source_files(getattr(self, name), name, own or opened.below_folder(given))
        return {**self.values_of(self.payload_fields), **files}

    def has_failed(self, phase: Phase) -> bool:
        """Tell whether an object that stands there has ended badly, so that a retry creates another one.

        :param phase: Where it stands.
        """
        from airflow_qa_provider.kinds.snapshot import Phase

        return phase in (Phase.FAILED, Phase.CANCELLED)
