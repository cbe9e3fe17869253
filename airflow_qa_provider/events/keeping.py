"""Calls of webhooks as asset events in Airflow's database. For the API server, which has that database."""

from __future__ import annotations

import threading
from collections.abc import Collection
from contextlib import suppress
from enum import Enum
from typing import Any

from airflow_qa_provider.compat import PARTITIONS
from airflow_qa_provider.events.told import Told

# SQLite locks no rows; an Airflow with another database holds the row of the asset, in all its API servers
_ONE_AT_A_TIME = threading.Lock()
_LATEST = 1000  # events of an asset among which a repeat is looked for


class Kept(Enum):
    """What became of a call."""

    STORED = "stored"
    REPEATED = "stored before"


def keep(told: Told) -> Kept:
    """Store a call as an event of its asset, once, and let Airflow start what is scheduled on that.

    It is stored whether or not a DAG names the asset by now, for one that waits for it may come later.

    Where Airflow has partitions (from 3.2 on), the event has a key of its own, so that a DAG with a
    ``PartitionedAssetTimetable`` has one run for each event. DAGs that are scheduled on the plain asset get an event
    without a key; Airflow runs such a DAG once for several that come together.

    :param told: The call.
    """
    from airflow.models.asset import AssetModel
    from airflow.sdk import Asset
    from airflow.utils.session import create_session
    from sqlalchemy import select
    from sqlalchemy.exc import IntegrityError

    with _ONE_AT_A_TIME, create_session(scoped=False) as session:
        this = select(AssetModel).where(AssetModel.name == told.uri, AssetModel.uri == told.uri)
        asset = session.scalar(this.with_for_update())
        if asset is None:
            # until it is there, it locks nobody out: another API server may make it at the same moment
            with suppress(IntegrityError), session.begin_nested():
                session.add(AssetModel(name=told.uri, uri=told.uri, group=Asset.asset_type))
            asset = session.scalars(this.with_for_update()).one()
        key = told.own_key
        if key is not None and _is_there(session, asset.id, key):
            return Kept.REPEATED
        scheduled = _scheduled_on(session, asset)
        for partition in _partitions(scheduled, key or told.new_key()):
            _register(session, asset, told, partition, wanted=bool(scheduled))
    return Kept.STORED


def _register(session: Any, asset: Any, told: Told, partition: str | None, *, wanted: bool) -> None:
    from airflow.assets.manager import asset_manager
    from airflow.models.asset import AssetEvent

    more: dict[str, Any] = {"partition_key": partition} if partition is not None else {}
    if not wanted and not asset.active:
        # Airflow would warn of each event that nobody waits for yet
        session.add(AssetEvent(asset_id=asset.id, extra=told.as_extra(), **more))
        return
    asset_manager.register_asset_change(asset=asset, extra=told.as_extra(), session=session, **more)


def _is_there(session: Any, asset_id: int, key: str) -> bool:
    from airflow.models.asset import AssetEvent
    from sqlalchemy import select

    of_asset = select(AssetEvent).where(AssetEvent.asset_id == asset_id).order_by(AssetEvent.timestamp.desc())
    # those for plain schedules have it in what they say only
    return any(one.extra.get("key") == key for one in session.scalars(of_asset.limit(_LATEST)))


def _partitions(scheduled: Collection[Any], key: str) -> Collection[str | None]:
    """Return the partition keys to store an event with: Airflow starts a DAG by the one kind of event or the other."""
    if not PARTITIONS:
        return [None]
    partitioned = {dag.timetable_partitioned for dag in scheduled}
    return [partition for partition, wanted in ((key, partitioned != {False}), (None, False in partitioned)) if wanted]


def _scheduled_on(session: Any, asset: Any) -> list[Any]:
    from airflow.models.asset import (
        DagScheduleAssetNameReference,
        DagScheduleAssetReference,
        DagScheduleAssetUriReference,
    )
    from airflow.models.dag import DagModel
    from sqlalchemy import or_, select

    named = (
        select(DagScheduleAssetReference.dag_id).where(DagScheduleAssetReference.asset_id == asset.id),
        select(DagScheduleAssetNameReference.dag_id).where(DagScheduleAssetNameReference.name == asset.name),
        select(DagScheduleAssetUriReference.dag_id).where(DagScheduleAssetUriReference.uri == asset.uri),
    )
    dags = select(DagModel).where(or_(*(DagModel.dag_id.in_(one) for one in named)))
    return list(session.scalars(dags.where(DagModel.is_stale.is_(False))))
