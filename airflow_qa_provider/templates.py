"""What templates find under ``qa``: the day of a run, however it came about, and the event that has started it.

``{{ ds }}`` is not defined in a run without a logical date: one that an asset or an event has started, or a person who
named no date. A name or a folder with it fails there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from jinja2 import pass_context

from airflow_qa_provider.exceptions import QAValidationError


class Names:
    """What templates of this package's tasks find under ``qa``.

    :param context: Airflow's template context.
    """

    def __init__(self, context: Mapping[str, Any]) -> None:
        self._context = context

    @property
    def day(self) -> str:
        """The day of the run, ``YYYY-MM-DD`` in UTC; see :func:`day`."""
        return _day_of(self._context)

    @property
    def event(self) -> Mapping[str, Any]:
        """What a vendor has told by its webhook, and what has started the run.

        ``vendor``, ``connection``, ``event``, ``object_id``, ``received_at``, ``result`` and ``failure``, which are
        those of the event, and ``call``, which is the JSON that came; ``None`` in place of one above 8 KiB. For a run
        that a person starts, it is ``qa_event`` of the run's configuration.

        :raises QAValidationError: No such event has started the run, or several have.
        """
        return _event_of(self._context)


@pass_context
def day(context: Any) -> str:
    """Return the day of the run, ``YYYY-MM-DD`` in UTC: ``{{ macros.qa.day() }}`` in the templates of any task.

    It is ``{{ ds }}`` where the run has a logical date, as scheduled runs and backfills have. Where it has none, it is
    the day after which it could run (``run_after``): the same for all tasks and all attempts.

    :param context: Airflow's template context; Jinja hands it over.
    """
    return _day_of(context)


class NamesInTemplates:
    """Mixin for what has templates: they find :class:`Names` under ``qa``."""

    def render_template(self, content: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Render a value as Airflow does.

        :param content: What may hold templates.
        :param context: Airflow's template context.
        :param args: See Airflow.
        :param kwargs: See Airflow.
        """
        if isinstance(context, dict):
            # in the context itself, for Airflow goes on to use it, such as for the name of a mapped task
            context.setdefault("qa", Names(context))
        parent: Any = super()
        return parent.render_template(content, context, *args, **kwargs)


def _day_of(context: Any) -> str:
    run = context.get("dag_run")
    for moment in (context.get("logical_date"), getattr(run, "logical_date", None), getattr(run, "run_after", None)):
        if isinstance(moment, datetime):
            return moment.astimezone(timezone.utc).strftime("%Y-%m-%d")
    raise QAValidationError("qa.day is the day of a run, and there is no run here", outcome="Nothing was sent")


def _event_of(context: Mapping[str, Any]) -> Mapping[str, Any]:
    by_asset = context.get("triggering_asset_events") or {}
    extras = [one.extra for events in by_asset.values() for one in events]
    told = [extra for extra in extras if {"vendor", "event", "call"} <= extra.keys()]
    by_hand = (getattr(context.get("dag_run"), "conf", None) or {}).get("qa_event")
    if not told and isinstance(by_hand, Mapping):
        return by_hand
    if len(told) != 1:
        raise QAValidationError(
            f"qa.event is the event of a vendor that has started the run, and {len(told) or 'none'} have",
            outcome="Nothing was sent",
            hint="Schedule the DAG with PartitionedAssetTimetable(assets=...), which starts a run for each event; a "
            'run that you start yourself takes {"qa_event": {...}} as its configuration',
        )
    found: Mapping[str, Any] = told[0]
    return found
