"""The links of an operator or sensor: to its object at the vendor, and to the file that it stored."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from airflow.providers.common.compat.sdk import BaseOperatorLink

_CONSOLES = {
    "s3": "https://s3.console.aws.amazon.com/s3/object/{bucket}?prefix={key}",
    "gs": "https://console.cloud.google.com/storage/browser/_details/{bucket}/{key}",
}


class ObjectLink(BaseOperatorLink):
    """Opens the object of a task on the vendor's own page.

    :cvar name: Text of the button.
    """

    name = "Object"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the page of the object; empty before there is one, or where the vendor has none.

        Airflow calls this on the worker, also when the task defers, and stores the result.

        :param operator: The operator.
        :param ti_key: Key of the task instance.
        """
        seen = getattr(operator, "awaited_link", None)
        object_id = getattr(operator, "awaited_id", None)
        if seen or not object_id:
            return seen or ""
        from airflow_qa_provider.vendors import kind_of

        link = kind_of(operator.kind).link
        return link(object_id) if link else ""


class StoredFileLink(BaseOperatorLink):
    """Opens the file that a task has stored, in the console of the cloud where it lies; its URI where there is none.

    Browsers open no ``file://`` from another page: copy it.
    """

    name = "Stored file"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the address of the file; empty before it is stored.

        :param operator: The operator.
        :param ti_key: Key of the task instance.
        """
        uri = getattr(operator, "stored_uri", None) or ""
        parts = urlsplit(uri)
        console = _CONSOLES.get(parts.scheme.removesuffix("a"))
        if console is None:
            return uri
        # s3://conn_id@bucket/key
        bucket = parts.netloc.rpartition("@")[2]
        return console.format(bucket=bucket, key=quote(parts.path.removeprefix("/")))


def show_links(operator: Any, context: Any) -> None:
    """Show the links of a task that goes on: Airflow itself does so only when it pauses or ends.

    :param operator: The operator.
    :param context: Airflow's task context.
    """
    for link in operator.operator_extra_links:
        address = link.get_link(operator, ti_key=context["ti"])
        if address:
            context["ti"].xcom_push(key=link.xcom_key, value=address)
