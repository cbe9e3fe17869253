"""The CONQA client: raw token, error shapes, and its resources."""

from __future__ import annotations

import re
from typing import Any

import requests
from requests.auth import AuthBase
from typing_extensions import override

from airflow_qa_provider.exceptions import QAApiError, QAConfigurationError
from airflow_qa_provider.rest.client import VendorClient, VendorError
from airflow_qa_provider.rest.routes import Route
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.rest.transport import HeaderAuth
from airflow_qa_provider.vendors.conqa.client import errors
from airflow_qa_provider.vendors.conqa.client.dialect import Dialect
from airflow_qa_provider.vendors.conqa.client.milestones import Milestones
from airflow_qa_provider.vendors.conqa.client.projects import Issues, Projects
from airflow_qa_provider.vendors.conqa.client.reports import Reports
from airflow_qa_provider.vendors.conqa.client.routes import ROUTES
from airflow_qa_provider.vendors.conqa.client.webhooks import Webhooks

DEFAULT_REGION = "oceania"
"""The only region that the docs name."""

_REGION = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", re.IGNORECASE)


def base_url(region: str = DEFAULT_REGION) -> str:
    """Return the base URL of a region (source: "Getting Started with the API").

    :param region: Name of the region as it stands in the host, ``api-{region}.con.qa``.
    :raises QAConfigurationError: It cannot be part of a host name.
    """
    if not _REGION.fullmatch(region):
        raise QAConfigurationError(
            f"region must be a word such as {DEFAULT_REGION!r}, got {region!r}",
            vendor="conqa",
            outcome="Nothing was sent",
            hint="It is the part after api- in the host that CONQA gave you, api-{region}.con.qa",
        )
    return f"https://api-{region.lower()}.con.qa/api-v1"


class ConqaClient(VendorClient):
    """CONQA public API (source: "API Endpoints").

    The answers have no common envelope: some come in ``data``, some under a name of their own, some plain. Each method
    takes off what its endpoint puts on.

    :param settings: ``base_url`` is normally :func:`base_url`; ``token`` is made in the user settings of CONQA Console
        and sees what its user sees; ``options`` may replace names of the
        :class:`~airflow_qa_provider.vendors.conqa.client.dialect.Dialect`.
    """

    vendor = "conqa"
    title = "CONQA"
    routes = ROUTES
    usual_base_url = "https://api-{region}.con.qa/api-v1"

    def __init__(self, settings: ClientSettings) -> None:
        super().__init__(settings)
        self.dialect = Dialect.from_options(settings.options)
        self.projects = Projects(self)
        self.issues = Issues(self)
        self.milestones = Milestones(self)
        self.project_webhooks = Webhooks(self, "project_webhooks", "projectId")
        self.account_webhooks = Webhooks(self, "account_webhooks", "accountId")
        self.reports = Reports(self)

    def ping(self) -> str:
        """Read the list of projects (source: "Get Projects for User")."""
        return f"{len(self.projects.list())} projects visible"

    @override
    def api_error(self, response: requests.Response, route: Route, answer: Any) -> QAApiError:
        error = super().api_error(response, route, answer)
        error.hint = errors.hint(route, response.status_code, error.code) or error.hint
        return error

    def _auth(self) -> AuthBase:
        # the docs show the bare token, without a scheme
        return HeaderAuth({"Authorization": self.settings.token})

    def _vendor_error(self, answer: Any) -> VendorError:
        return errors.read(answer)
