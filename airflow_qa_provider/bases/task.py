"""What all tasks of this package know of themselves: their kind of object, and their connection.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from airflow_qa_provider.bases.retrying import RetryingTask


class VendorTask(RetryingTask):
    """Mixin for operators and sensors of one vendor.

    The connection is the argument, attribute and template field ``<vendor>_conn_id``.

    :cvar vendor: Vendor in lower case.
    """

    vendor: ClassVar[str]

    @property
    def conn_id(self) -> str:
        """Id of the Airflow connection."""
        return str(getattr(self, f"{self.vendor}_conn_id"))


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

    def values_of(self, names: tuple[str, ...]) -> Mapping[str, Any]:
        """Return arguments by name, as templates left them; ids that are not given are those of the connection.

        :param names: Names of attributes.
        """
        from airflow_qa_provider.vendors.connect import with_defaults

        given = {name: getattr(self, name, None) for name in names}
        return with_defaults(self.vendor, self.conn_id, given, self.connection_fields)
