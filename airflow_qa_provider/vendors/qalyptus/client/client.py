"""The Qalyptus Cloud client: Bearer key, the answer envelope, and its resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from requests.auth import AuthBase

from airflow_qa_provider.rest.client import VendorClient, VendorError
from airflow_qa_provider.rest.peek import possible_error
from airflow_qa_provider.rest.routes import Route
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.rest.transport import HeaderAuth
from airflow_qa_provider.vendors.qalyptus.client.api_keys import ApiKeys
from airflow_qa_provider.vendors.qalyptus.client.conditions import Conditions
from airflow_qa_provider.vendors.qalyptus.client.dialect import Dialect
from airflow_qa_provider.vendors.qalyptus.client.filters import Filters
from airflow_qa_provider.vendors.qalyptus.client.groups import Groups
from airflow_qa_provider.vendors.qalyptus.client.identity_providers import IdentityProviders
from airflow_qa_provider.vendors.qalyptus.client.licenses import Licenses
from airflow_qa_provider.vendors.qalyptus.client.organizations import Organizations
from airflow_qa_provider.vendors.qalyptus.client.projects import Projects
from airflow_qa_provider.vendors.qalyptus.client.reports import Reports
from airflow_qa_provider.vendors.qalyptus.client.routes import BASE_PATH, ROUTES
from airflow_qa_provider.vendors.qalyptus.client.status import Status
from airflow_qa_provider.vendors.qalyptus.client.storage_services import StorageServices
from airflow_qa_provider.vendors.qalyptus.client.tasks import Tasks
from airflow_qa_provider.vendors.qalyptus.client.users import Users

_FILES = frozenset(
    operation for operation in ROUTES if ".download_" in operation and operation != "status.download_report"
)
_ENVELOPE = frozenset({"data", "isSuccess", "error", "errorDetails"})


class QalyptusClient(VendorClient):
    """Qalyptus Cloud API v1 (source: "Qalyptus Cloud API Documentation (beta)").

    :param settings: ``base_url`` is ``https://{tenant}.qalyptus.net/api/v1``; ``token`` is an API key, bound to
        one organization; ``options`` may replace names of the
        :class:`~airflow_qa_provider.vendors.qalyptus.client.dialect.Dialect`.
    """

    vendor = "qalyptus"
    title = "Qalyptus Cloud"
    routes = ROUTES
    openapi_base_path = BASE_PATH
    usual_base_url = "https://{tenant}.qalyptus.net/api/v1"

    def __init__(self, settings: ClientSettings) -> None:
        super().__init__(settings)
        self.dialect = Dialect.from_options(settings.options)
        self.api_keys = ApiKeys(self)
        self.conditions = Conditions(self)
        self.filters = Filters(self)
        self.groups = Groups(self)
        self.identity_providers = IdentityProviders(self)
        self.licenses = Licenses(self)
        self.organizations = Organizations(self)
        self.projects = Projects(self)
        self.reports = Reports(self)
        self.status = Status(self)
        self.storage_services = StorageServices(self)
        self.tasks = Tasks(self)
        self.users = Users(self)

    def ping(self) -> str:
        """Read the list of reports (source: "Get reports")."""
        return f"{len(self.reports.list())} reports visible"

    def _auth(self) -> AuthBase:
        return HeaderAuth({"Authorization": f"Bearer {self.settings.token}"})

    def _vendor_error(self, answer: Any) -> VendorError:
        if not isinstance(answer, dict):
            return VendorError()
        error, details = answer.get("error"), answer.get("errorDetails")
        code = error.get("code") if isinstance(error, dict) else None
        text = (error.get("message") if isinstance(error, dict) else error) or ""
        return VendorError(" ".join(str(part) for part in (text, details) if part), code)

    def _unwrap(self, answer: Any, route: Route) -> Any:
        # the vendor may add members to its envelope
        if isinstance(answer, dict) and "isSuccess" in answer and ("data" in answer or answer.keys() <= _ENVELOPE):
            return answer.get("data")
        return answer

    def _check(self, response: requests.Response, route: Route) -> None:
        super()._check(response, route)
        # errors may come as HTTP 200 with isSuccess false, also where a file was asked for, and as plain text
        answer = possible_error(response, file=route.operation in _FILES)
        if isinstance(answer, dict) and _has_failed(answer):
            raise self.api_error(response, route, answer)


def _has_failed(answer: Mapping[str, Any]) -> bool:
    """Tell whether an envelope says so; whatever is not true is no success."""
    return "isSuccess" in answer and str(answer["isSuccess"]).strip().lower() not in ("true", "1")
