"""What all tasks of this package know of themselves: their kind of object, and their connection.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from typing_extensions import override

from airflow_qa_provider.bases.provider import ProviderTask
from airflow_qa_provider.bases.retrying import failing_now

if TYPE_CHECKING:
    from airflow_qa_provider.kinds.kind import Kind
    from airflow_qa_provider.vendors.connect import Connected

Method = TypeVar("Method", bound=Callable[..., Any])


class VendorTask(ProviderTask):
    """Mixin for operators and sensors of one vendor.

    The connection is the argument, attribute and template field ``<vendor>_conn_id``.

    :cvar vendor: Vendor in lower case.
    """

    vendor: ClassVar[str]
    _connected: Connected | None = None

    @property
    def conn_id(self) -> str:
        """Id of the Airflow connection."""
        return str(getattr(self, f"{self.vendor}_conn_id"))

    @contextmanager
    def connected(self) -> Iterator[Connected]:
        """Open the connection of the task; within another such block, it is the same one, with the same client."""
        if self._connected is not None:
            yield self._connected
            return
        from airflow_qa_provider.compat import session_store
        from airflow_qa_provider.vendors.connect import Connected

        self._connected = Connected(self.vendor, self.conn_id, session_store())
        try:
            yield self._connected
        finally:
            opened, self._connected = self._connected, None
            opened.close()


class KindTask(VendorTask):
    """Mixin for operators and sensors of one kind of object.

    :cvar kind: Kind of object, ``vendor.object``.
    :cvar connection_fields: Arguments that the connection's extra names where they are not given, such as a project.
    """

    kind: ClassVar[str]
    connection_fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "kind" in vars(cls):
            cls.vendor = cls.kind.partition(".")[0]

    @classmethod
    @override
    def xcom_keys(cls) -> dict[str, str]:
        keys = super().xcom_keys()
        if cls._kind().link is None:
            keys.pop("link", None)
        return keys

    @classmethod
    def _kind(cls) -> Kind:
        from airflow_qa_provider.vendors import kind_of

        return kind_of(cls.kind)

    def link_to(self, object_id: str) -> dict[str, str]:
        """Return the fact ``link``, of kinds that have a page for people.

        :param object_id: Id at the vendor.
        """
        link = self._kind().link
        return {"link": link(object_id)} if link else {}

    def values_of(self, names: tuple[str, ...]) -> Mapping[str, Any]:
        """Return arguments by name, as templates left them; ids that are not given are those of the connection.

        :param names: Names of attributes.
        """
        given = {name: getattr(self, name, None) for name in names}
        with self.connected() as opened:
            return opened.with_defaults(given, self.connection_fields)


def one_execution(method: Method) -> Method:
    """Decorate what Airflow calls on a worker: it reads the connection once and has one client, and fails as it should.

    :param method: A method of a :class:`VendorTask`.
    """

    @functools.wraps(method)
    def connected(self: VendorTask, *args: Any, **kwargs: Any) -> Any:
        with failing_now(), self.connected():
            return method(self, *args, **kwargs)

    return connected  # type: ignore[return-value]
