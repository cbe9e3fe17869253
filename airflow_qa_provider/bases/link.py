"""The links of an operator or sensor: to its object at the vendor, and to the file that it stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from airflow.providers.common.compat.sdk import BaseOperatorLink

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.connect import Connected

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
    """Opens the file that a task has stored: below the ``folder_url`` of its connection, or in the cloud's console.

    Elsewhere it is the file's URI. Airflow 3.3 shows no button for what no browser opens, such as ``file://``: the URI
    is in the XCom ``uri``.
    """

    name = "Stored file"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the address of the file; empty before it is stored.

        :param operator: The operator.
        :param ti_key: Key of the task instance.
        """
        page = getattr(operator, "stored_page", None)
        if page:
            return str(page)
        uri = getattr(operator, "stored_uri", None) or ""
        parts = urlsplit(uri)
        console = _CONSOLES.get(parts.scheme.removesuffix("a"))
        if console is None:
            return uri
        # s3://conn_id@bucket/key
        bucket = parts.netloc.rpartition("@")[2]
        return console.format(bucket=bucket, key=quote(parts.path.removeprefix("/")))


class ShowingFile:
    """Mixin for operators that store a file of one vendor: what :class:`StoredFileLink` shows."""

    object_storage_conn_id: str | None
    stored_uri: str | None = None
    stored_page: str | None = None

    def show_file(self, opened: Connected, uri: str) -> None:
        """Note where the file is.

        :param opened: The connection.
        :param uri: Where the file is stored.
        """
        self.stored_uri = uri
        self.stored_page = opened.page_of(uri, self.object_storage_conn_id)


def object_link_key(operator: Any) -> str | None:
    """Return the XCom key of the link to a task's object; ``None`` where it has none.

    :param operator: The operator.
    """
    keys = (link.xcom_key for link in operator.operator_extra_links if isinstance(link, ObjectLink))
    return next(keys, None)


def show_links(operator: Any, context: Any) -> None:
    """Show the links of a task that goes on: Airflow itself does so only when it pauses or ends.

    :param operator: The operator.
    :param context: Airflow's task context.
    """
    for link in operator.operator_extra_links:
        address = link.get_link(operator, ti_key=context["ti"])
        if address:
            context["ti"].xcom_push(key=link.xcom_key, value=address)
