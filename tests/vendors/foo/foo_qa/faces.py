"""What DAG authors import."""

from __future__ import annotations

from typing import Any

from airflow_qa_provider.bases.calling import VendorOperator
from airflow_qa_provider.bases.jobs import RemoteJobOperator
from airflow_qa_provider.bases.link import ObjectLink
from airflow_qa_provider.bases.sensing import RemoteJobSensor
from airflow_qa_provider.bases.transferring import ReportToObjectStorageOperator


class FooOperator(VendorOperator):
    """Calls one operation of Foo."""

    vendor = "foo"

    def __init__(self, *, foo_conn_id: str = "foo_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.foo_conn_id = foo_conn_id


class FooInspectionOperator(RemoteJobOperator):
    """Starts an inspection, once, and waits until it is done."""

    kind = "foo.inspection"
    payload_fields = ("site",)
    template_fields = (*payload_fields, "foo_conn_id", "preview")
    operator_extra_links = (ObjectLink(),)

    def __init__(self, *, site: str, foo_conn_id: str = "foo_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.site = site
        self.foo_conn_id = foo_conn_id


class FooInspectionSensor(RemoteJobSensor):
    """Waits until an inspection is done."""

    kind = "foo.inspection"
    template_fields = ("inspection_id", "foo_conn_id")

    def __init__(self, *, inspection_id: str, foo_conn_id: str = "foo_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inspection_id = inspection_id
        self.foo_conn_id = foo_conn_id


class FooReportToObjectStorageOperator(ReportToObjectStorageOperator):
    """Stores the report of an inspection."""

    kind = "foo.inspection"
    payload_fields = ("inspection_id",)
    template_fields = (*payload_fields, "target", "name", "foo_conn_id")

    def __init__(self, *, inspection_id: str, foo_conn_id: str = "foo_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inspection_id = inspection_id
        self.foo_conn_id = foo_conn_id
