"""The MonitorQA client: authentication, error shapes, and its resources."""

from __future__ import annotations

from typing import Any

from requests.auth import AuthBase

from airflow_qa_provider.clients.base import VendorClient, VendorError
from airflow_qa_provider.clients.monitorqa.audits import Audits
from airflow_qa_provider.clients.monitorqa.routes import ROUTES
from airflow_qa_provider.clients.monitorqa.templates import AuditTemplates
from airflow_qa_provider.clients.settings import ClientSettings
from airflow_qa_provider.clients.transport import HeaderAuth

BASE_URL = "https://api-external.monitorqa.com"


class MonitorQAClient(VendorClient):
    """MonitorQA external API (source: developer.monitorqa.com).

    :param settings: ``base_url`` is normally :data:`BASE_URL`; ``token`` is the API key of Settings > Integration.
    """

    vendor = "monitorqa"
    title = "MonitorQA"
    routes = ROUTES

    def __init__(self, settings: ClientSettings) -> None:
        super().__init__(settings)
        self.audits = Audits(self)
        self.audit_templates = AuditTemplates(self)

    def ping(self) -> str:
        """Read the list of audit templates (source: "Get audit templates list")."""
        return f"{len(self.audit_templates.list())} audit templates visible"

    def _auth(self) -> AuthBase:
        return HeaderAuth("X-API-KEY", self.settings.token)

    def _vendor_error(self, answer: Any) -> VendorError:
        if not isinstance(answer, dict):
            return VendorError()
        error = answer.get("error")
        if isinstance(error, dict):
            details = error.get("details")
            text = str(error.get("message") or "")
            return VendorError(f"{text} {details}" if details else text, error.get("code"))
        # business errors, HTTP 409, carry only a code such as "template/not-found"
        message = str(answer.get("message") or "")
        return VendorError(message, message or None)
