"""Which connections there are: named ones, or all of our types in the environment and Airflow's metadata database."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.rest.redaction import excerpt

if TYPE_CHECKING:
    from airflow.sdk import Connection

_PREFIX = "AIRFLOW_CONN_"
_FIELDS = ("conn_id", "conn_type", "host", "schema", "login", "password", "port", "extra")
_DATABASE_SECONDS = 10.0
_LOADING_SECONDS = 120.0


@dataclass(frozen=True)
class Found:
    """A connection that was looked for.

    :param conn_id: Its id.
    :param source: Where it was found, in words; empty when it was not.
    :param connection: The connection; ``None`` when there is none, or it cannot be read.
    :param problem: Why it cannot be read.
    """

    conn_id: str
    source: str = ""
    connection: Connection | None = None
    problem: str = ""


class DatabaseUnreadableError(Exception):
    """Airflow's metadata database could not be asked; the message says why, without secrets."""


def named(conn_ids: Iterable[str]) -> tuple[list[Found], str]:
    """Look connections up as Airflow does: secrets backend, environment, then metadata database.

    :param conn_ids: Their ids.
    :return: One for each id, in order, and why the database could not be read if it was needed and could not be.
    """
    found = {conn_id: _from_secrets(conn_id) for conn_id in dict.fromkeys(conn_ids)}
    missing = [conn_id for conn_id, one in found.items() if not one.source]
    if not missing:
        return list(found.values()), ""
    try:
        found.update((one.conn_id, one) for one in _from_database(conn_ids=missing))
    except DatabaseUnreadableError as error:
        return list(found.values()), str(error)
    return list(found.values()), ""


def of_types(conn_types: Collection[str]) -> tuple[list[Found], str]:
    """Find all connections of some types. What a secrets backend holds cannot be listed.

    :param conn_types: The connection types.
    :return: The connections by id, and why the database could not be read if it could not be.
    """
    environment = [_from_secrets(name.removeprefix(_PREFIX).lower()) for name in os.environ if name.startswith(_PREFIX)]
    found = {one.conn_id: one for one in environment if _may_be_of(conn_types, one)}
    problem = ""
    try:
        # Airflow looks into the environment first, so that one hides its namesake in the database
        shadowing = {one.conn_id for one in environment}
        found.update((one.conn_id, one) for one in _from_database(conn_types) if one.conn_id.lower() not in shadowing)
    except DatabaseUnreadableError as error:
        problem = str(error)
    return [found[conn_id] for conn_id in sorted(found)], problem


def _may_be_of(conn_types: Collection[str], found: Found) -> bool:
    if found.connection is not None:
        return found.connection.conn_type in conn_types
    return any(kind in os.environ[f"{_PREFIX}{found.conn_id.upper()}"] for kind in conn_types)


def _from_secrets(conn_id: str) -> Found:
    from airflow.providers.common.compat.sdk import AirflowException, BaseHook

    variable = f"{_PREFIX}{conn_id.upper()}"
    try:
        connection = BaseHook.get_connection(conn_id)
    except AirflowException:
        if variable in os.environ:
            return Found(conn_id, "environment", problem=f"{variable} holds neither JSON nor a URI that can be read")
        return Found(conn_id)
    return Found(conn_id, "environment" if variable in os.environ else "secrets backend", connection)


def _from_database(conn_types: Collection[str] = (), conn_ids: Collection[str] = ()) -> list[Found]:
    """Read the metadata database in a thread, for a driver may wait for minutes until it gives a host up."""
    answers: list[list[Found]] = []
    errors: list[BaseException] = []
    loaded = threading.Event()

    def ask() -> None:
        try:
            _check_database()
            import airflow.models
            import airflow.utils.session  # noqa: F401 - what takes long, and says nothing of the database
            from sqlalchemy.orm import configure_mappers

            configure_mappers()
            loaded.set()
            answers.append(_rows(conn_types, conn_ids))
        except Exception as error:  # whatever the driver, the configuration or a missing package raises
            errors.append(error)
            loaded.set()

    thread = threading.Thread(target=ask, name="airflow-qa-doctor-database", daemon=True)
    thread.start()
    loaded.wait(_LOADING_SECONDS)
    thread.join(_DATABASE_SECONDS)
    if answers:
        return answers[0]
    if not errors:
        raise DatabaseUnreadableError(f"it did not answer within {_DATABASE_SECONDS:g} s")
    if isinstance(errors[0], DatabaseUnreadableError):
        raise errors[0]
    lines = str(errors[0]).splitlines() or [""]
    raise DatabaseUnreadableError(f"{type(errors[0]).__name__}: {excerpt(lines[0])}")


def store(connection: Connection, replace: bool) -> bool:
    """Store a connection in the metadata database.

    :param connection: The connection.
    :param replace: Whether to overwrite one of the same id.
    :return: Whether it is stored; not when there is one already.
    :raises DatabaseUnreadableError: There is no database, or it cannot be used.
    """
    _check_database()
    from airflow.models import Connection as Row
    from airflow.utils.session import create_session
    from sqlalchemy import select
    from sqlalchemy.exc import SQLAlchemyError

    fields = {name: getattr(connection, name) for name in _FIELDS}
    try:
        with create_session() as session:
            row = session.scalar(select(Row).where(Row.conn_id == connection.conn_id))  # noqa: AIR311
            if row is not None and not replace:
                return False
            if row is None:
                session.add(Row(**fields))  # noqa: AIR311
                return True
            for name, value in fields.items():
                setattr(row, name, value)
            return True
    except SQLAlchemyError as error:
        lines = str(error).splitlines() or [""]
        raise DatabaseUnreadableError(f"{type(error).__name__}: {excerpt(lines[0])}") from None


def _check_database() -> None:
    from airflow.configuration import conf

    address = conf.get("database", "sql_alchemy_conn", fallback="")
    path = address.partition(":///")[2].partition("?")[0] if address.startswith("sqlite") else ""
    if path and not os.path.exists(path):
        # to connect would create an empty one
        raise DatabaseUnreadableError("there is none yet; airflow db migrate creates it")


def _rows(conn_types: Collection[str], conn_ids: Collection[str]) -> list[Found]:
    from airflow.models import Connection as Row
    from airflow.utils.session import create_session
    from sqlalchemy import or_, select

    wanted = or_(Row.conn_type.in_(conn_types), Row.conn_id.in_(conn_ids))  # noqa: AIR311 - the sdk has no rows
    with create_session() as session:
        # one by one: a row that cannot be decrypted fails as soon as it is loaded
        ids = session.scalars(select(Row.conn_id).where(wanted)).all()  # noqa: AIR311
        return [_from_row(session, conn_id) for conn_id in ids]


def _from_row(session: Any, conn_id: str) -> Found:
    from airflow.models import Connection as Row
    from airflow.sdk import Connection
    from sqlalchemy import select
    from sqlalchemy.exc import SQLAlchemyError

    source = "metadata database"
    try:
        row = session.scalar(select(Row).where(Row.conn_id == conn_id))  # noqa: AIR311
        return Found(conn_id, source, Connection(**{name: getattr(row, name) for name in _FIELDS}))
    except SQLAlchemyError:
        raise
    except Exception:  # cryptography's errors come through as they are
        problem = "it cannot be decrypted: the fernet key here is not the one that it was stored with"
        return Found(conn_id, source, problem=problem)
