"""Foo, as airflow-qa-provider finds it."""

from __future__ import annotations

from airflow_qa_provider.kinds.kind import Vendor
from foo_qa.client import FooClient, FooForm
from foo_qa.inspections import INSPECTION

VENDOR = Vendor(client=FooClient, form=FooForm, kinds=(INSPECTION,), url="https://foo.example.com/api")
