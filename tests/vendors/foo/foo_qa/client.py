"""The client of Foo."""

from __future__ import annotations

from typing import Any

from requests.auth import AuthBase

from airflow_qa_provider.rest.client import VendorClient, VendorError
from airflow_qa_provider.rest.connection import ConnectionForm
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.rest.routes import route_table
from airflow_qa_provider.rest.transport import HeaderAuth

# [routes]
ROUTES = route_table(
    "foo",
    [
        ("inspections.list", "GET", "/inspections", "List inspections"),
        ("inspections.get", "GET", "/inspections/{id}", "Get an inspection"),
        ("inspections.create", "POST", "/inspections", "Start an inspection"),
        ("inspections.cancel", "POST", "/inspections/{id}/cancel", "Cancel an inspection"),
        ("inspections.download", "GET", "/inspections/{id}/report", "Download the report"),
    ],
)


# [client]
class Inspections:
    """The inspections of an account."""

    def __init__(self, client: FooClient) -> None:
        self._client = client

    def list(self, site: str) -> list[dict[str, Any]]:
        """Return the inspections of a site."""
        rows: list[dict[str, Any]] = self._client.call("inspections.list", params={"site": site})
        return rows

    def get(self, inspection_id: str) -> dict[str, Any]:
        """Return an inspection: ``id``, ``site``, ``reference``, ``state``."""
        found: dict[str, Any] = self._client.call("inspections.get", {"id": inspection_id})
        return found

    def create(self, site: str, reference: str) -> str:
        """Start an inspection and return its id."""
        return str(self._client.call("inspections.create", body={"site": site, "reference": reference})["id"])

    def cancel(self, inspection_id: str) -> None:
        """Cancel an inspection."""
        self._client.call("inspections.cancel", {"id": inspection_id})

    def download(self, inspection_id: str) -> Download:
        """Open the report of an inspection, a CSV file."""
        return self._client.stream("inspections.download", {"id": inspection_id})


class FooClient(VendorClient):
    """Foo's API. Errors are ``{"error": "..."}``."""

    vendor = "foo"
    title = "Foo"
    routes = ROUTES
    usual_base_url = "https://api.foo.example.com"

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.inspections = Inspections(self)

    def ping(self) -> str:
        """Read one list."""
        return f"{len(self.inspections.list('any'))} inspections visible"

    def _auth(self) -> AuthBase:
        return HeaderAuth({"Authorization": f"Bearer {self.settings.token}"})

    def _vendor_error(self, answer: Any) -> VendorError:
        return VendorError(str(answer.get("error", "")) if isinstance(answer, dict) else "")


class FooForm(ConnectionForm[FooClient]):
    """``host`` is the base URL, ``password`` the token."""

    client_class = FooClient
    host_placeholder = "https://api.foo.example.com"
