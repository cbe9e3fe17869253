"""The Simplo IS client: credentials, error shapes, and its resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from requests.auth import AuthBase
from typing_extensions import override

from airflow_qa_provider.exceptions import QAApiError
from airflow_qa_provider.rest.client import VendorClient, VendorError
from airflow_qa_provider.rest.routes import Route
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.rest.shapes import record_in
from airflow_qa_provider.rest.transport import HeaderAuth
from airflow_qa_provider.vendors.simplo.client import errors
from airflow_qa_provider.vendors.simplo.client.dialect import Dialect
from airflow_qa_provider.vendors.simplo.client.report_settings import ReportSettings
from airflow_qa_provider.vendors.simplo.client.report_tasks import ReportTasks
from airflow_qa_provider.vendors.simplo.client.reports import Reports
from airflow_qa_provider.vendors.simplo.client.routes import ROUTES

API_PREFIX = "/api/v0"


def base_url(host: str) -> str:
    """Return the base URL of an installation.

    :param host: Its host, with or without ``https://`` and with or without :data:`API_PREFIX`.
    """
    url = host.strip().rstrip("/")
    if url.count(":") > 1 and "/" not in url and not url.startswith("["):
        url = f"[{url}]"  # an IPv6 address, whose colons are no port
    url = url if "://" in url else f"https://{url}"
    return url if url.endswith(API_PREFIX) else f"{url}{API_PREFIX}"


class SimploClient(VendorClient):
    """Simplo IS API v0 (source: "Reports API").

    Dates in answers are texts such as ``2023-01-01T00:00:00+0100``;
    :func:`~airflow_qa_provider.rest.timestamps.to_utc` reads them.

    :param settings: ``base_url`` is normally :func:`base_url` of the installation; ``token`` is the credential of a
        user; ``options`` may replace names of the :class:`~airflow_qa_provider.vendors.simplo.client.dialect.Dialect`,
        such as how the token is sent, which the docs do not say.
    """

    vendor = "simplo"
    title = "Simplo IS"
    routes = ROUTES
    usual_base_url = "https://{host}/api/v0"

    def __init__(self, settings: ClientSettings) -> None:
        self.dialect = Dialect.from_options(settings.options)
        super().__init__(settings)
        # the docs print this content type on every request; without Accept, errors may come as HTML
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.dialect.user_agent:
            headers["User-Agent"] = self.dialect.user_agent
        self.transport.session.headers.update(headers)
        self.reports = Reports(self)
        self.report_settings = ReportSettings(self)
        self.report_tasks = ReportTasks(self)

    def ping(self) -> str:
        """Read the first page of the list of reports (source: "Reports index")."""
        total = self.reports.list(page_size=1).total
        return "reports visible" if total is None else f"{total} reports visible"

    def record(self, operation: str, path: Mapping[str, Any] | None = None, **request: Any) -> dict[str, Any]:
        """Call an operation whose answer is one object.

        :param operation: Name in the route table.
        :param path: Values of the path's placeholders.
        :param request: As in :meth:`call`.
        :raises QAResponseError: The answer is something else.
        """
        outcome = None if self.route_table[operation].safe else "The request was carried out"
        return record_in(self.call(operation, path, **request), self.vendor, operation, outcome)

    @override
    def api_error(self, response: requests.Response, route: Route, answer: Any) -> QAApiError:
        error = super().api_error(response, route, answer)
        error.hint = errors.hint(route, response.status_code) or error.hint
        error.request_id = error.request_id or errors.reference(answer, self._secrets())
        return error

    def _auth(self) -> AuthBase:
        return HeaderAuth({self.dialect.auth_header: self.dialect.credentials(self.settings.token)})

    def _vendor_error(self, answer: Any) -> VendorError:
        return errors.read(answer, self._secrets())
