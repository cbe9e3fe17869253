"""The base of sensors that wait until a vendor has told of something by its webhook.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any, ClassVar

from airflow.providers.common.compat.sdk import AirflowSensorTimeout, BaseSensorOperator, PokeReturnValue
from airflow.sdk import Asset

from airflow_qa_provider.bases.task import VendorTask, one_execution
from airflow_qa_provider.events.told import uri_of
from airflow_qa_provider.exceptions import QAJobFailedError, QAValidationError
from airflow_qa_provider.kinds.given import Given


class EventSensor(VendorTask, BaseSensorOperator):
    """Waits until a vendor has told of one object, by a call of its webhook that Airflow's API server has received.

    Returns what the vendor has told; fails at once where that is a failure, for a retry would find the same.

    Looks into Airflow's own database, and asks the vendor nothing. A call that came before the task began counts, too,
    back to the moment from which on the run could start.

    :param conn_id: Id of the Airflow connection whose webhook it is; no template, for it names the assets that the task
        reads.
    :param mode: ``reschedule`` gives the worker slot back between two looks; ``poke`` keeps it.
    :param kwargs: ``poke_interval``, ``timeout``, ``soft_fail`` and all else of Airflow's sensors.

    :cvar awaited_events: Names of the events that end the wait.
    :cvar id_field: Argument that has the id of the object.
    """

    awaited_events: ClassVar[tuple[str, ...]]
    id_field: ClassVar[str]

    def __init__(self, *, conn_id: str, mode: str = "reschedule", inlets: Any = None, **kwargs: Any) -> None:
        super().__init__(mode=mode, inlets=self._with_assets(conn_id, inlets), **kwargs)

    @classmethod
    def partial(cls, **kwargs: Any) -> Any:
        """Return the sensor with some of its arguments, to be expanded over others, but not over the connection.

        :param kwargs: Arguments that are the same for all.
        """
        # Airflow asks the mapped sensor for its assets, before it makes the one that runs
        conn_id = kwargs.get(f"{cls.vendor}_conn_id", f"{cls.vendor}_default")
        return super().partial(**{**kwargs, "inlets": cls._with_assets(conn_id, kwargs.get("inlets"))})

    @classmethod
    def _with_assets(cls, conn_id: str, inlets: Any) -> list[Any]:
        given = list(inlets) if isinstance(inlets, (list, tuple)) else [inlets] if inlets else []
        return [*given, *(asset for asset in cls._assets(conn_id).values() if asset not in given)]

    @classmethod
    def _assets(cls, conn_id: str) -> dict[str, Asset]:
        return {event: Asset(uri_of(cls.vendor, conn_id, event)) for event in cls.awaited_events}

    @one_execution
    def execute(self, context: Any) -> Any:
        """Wait.

        :param context: Airflow's task context.
        :raises QAJobFailedError: The vendor has told of a failure.
        """
        try:
            return super().execute(context)
        except AirflowSensorTimeout as error:
            raise AirflowSensorTimeout(
                f"{self.vendor} has not told of {self._awaited_id()} by webhook. Look whether other events of "
                f"{self.conn_id} arrive; if not, whether the webhook is still switched on at the vendor, and what the "
                f"API server's log says of its calls. {error}"
            ) from error

    def poke(self, context: Any) -> bool | PokeReturnValue:
        """Look once.

        :param context: Airflow's task context.
        """
        wanted, since = self._awaited_id(), _since(context)
        for name, asset in self._assets(self.conn_id).items():
            told = (one.extra for one in _events_after(self._events_of(asset, context), since))
            found = next((extra for extra in told if extra.get("object_id") == wanted), None)
            if found is not None:
                return PokeReturnValue(True, self._result(name, found))
        self.log.info("%s has not told of %s yet", self.vendor, wanted)
        return False

    def _events_of(self, asset: Asset, context: Any) -> Any:
        try:
            return context["inlet_events"][asset]
        except KeyError:
            raise QAValidationError(
                f"{self.vendor}_conn_id was mapped over, and a sensor of events reads those of one connection only",
                vendor=self.vendor,
                hint="Give it in partial()",
            ) from None

    def _awaited_id(self) -> str:
        return Given({self.id_field: getattr(self, self.id_field)}, self.vendor).id(self.id_field)

    def _result(self, name: str, extra: Mapping[str, Any]) -> Any:
        from airflow_qa_provider.vendors import vendor_named

        failure = extra.get("failure")
        if failure is None:
            return extra.get("result")
        about = next(one.about for one in vendor_named(self.vendor).events if one.name == name)
        error = QAJobFailedError(
            f"{about}: {failure}",
            vendor=self.vendor,
            object_id=extra["object_id"],
            hint="Clear the task that has started it, to have it started again. A retry of this one finds the same",
        )
        error.permanent = True
        raise error


def _since(context: Any) -> datetime:
    """Return the moment before which nothing about the run can have happened; a clear does not move it."""
    run = context["dag_run"]
    moment: datetime = run.run_after or run.start_date
    return moment.astimezone(timezone.utc)


def _events_after(events: Any, since: datetime) -> Iterable[Any]:
    if hasattr(events, "after"):
        return events.after(since.isoformat())  # type: ignore[no-any-return]
    # Airflow 3.1 hands out all that there are
    return (one for one in events if one.timestamp >= since)
