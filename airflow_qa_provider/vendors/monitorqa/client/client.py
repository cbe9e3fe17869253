"""The MonitorQA client: authentication, error shapes, and its resources."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import requests
from requests.auth import AuthBase
from typing_extensions import override

from airflow_qa_provider.exceptions import QAApiError
from airflow_qa_provider.rest.client import VendorClient, VendorError
from airflow_qa_provider.rest.routes import Route
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.rest.transport import HeaderAuth
from airflow_qa_provider.vendors.monitorqa.client.actions import CorrectiveActions
from airflow_qa_provider.vendors.monitorqa.client.attributes import AuditObjectAttributes
from airflow_qa_provider.vendors.monitorqa.client.audits import Audits
from airflow_qa_provider.vendors.monitorqa.client.company import Company
from airflow_qa_provider.vendors.monitorqa.client.files import Files
from airflow_qa_provider.vendors.monitorqa.client.objects import AuditObjects
from airflow_qa_provider.vendors.monitorqa.client.roles import Roles
from airflow_qa_provider.vendors.monitorqa.client.routes import ROUTES
from airflow_qa_provider.vendors.monitorqa.client.schedules import Schedules
from airflow_qa_provider.vendors.monitorqa.client.score_systems import ScoreSystems
from airflow_qa_provider.vendors.monitorqa.client.templates import AuditTemplates
from airflow_qa_provider.vendors.monitorqa.client.timezones import Timezones
from airflow_qa_provider.vendors.monitorqa.client.users import UserGroups, Users
from airflow_qa_provider.vendors.monitorqa.client.webhooks import Webhooks

BASE_URL = "https://api-external.monitorqa.com"

_BUSINESS_HINTS = {
    "template/not-found": "Check template_id. A retry will get the same answer",
    "template/not-accessible": "The template is not of this key's company. A retry will get the same answer",
    "company/not-accessible": "The key's user has no account in the target company; invite the user there",
    "permissions/can-manage-templates": "The key's user needs the permission auditTemplates.manage in both companies",
    "score-system/no-default-score-system": "Create a score system in the target company, or copy that of the template",
    "score-system/has-templates": "Give the templates of the named score systems another one first",
}


class MonitorQAClient(VendorClient):
    """MonitorQA external API (source: developer.monitorqa.com).

    :param settings: ``base_url`` is normally :data:`BASE_URL`; ``token`` is the API key of Settings > Integration.
    """

    vendor = "monitorqa"
    title = "MonitorQA"
    routes = ROUTES
    usual_base_url = "https://api-external.monitorqa.com"

    def __init__(self, settings: ClientSettings) -> None:
        super().__init__(settings)
        self._issued_keys: set[str] = set()
        self.audits = Audits(self)
        self.schedules = Schedules(self)
        self.audit_templates = AuditTemplates(self)
        self.audit_objects = AuditObjects(self)
        self.audit_object_attributes = AuditObjectAttributes(self)
        self.corrective_actions = CorrectiveActions(self)
        self.users = Users(self)
        self.user_groups = UserGroups(self)
        self.roles = Roles(self)
        self.company = Company(self)
        self.score_systems = ScoreSystems(self)
        self.files = Files(self)
        self.timezones = Timezones(self)
        self.webhooks = Webhooks(self)

    def ping(self) -> str:
        """Read the list of audit templates (source: "Get audit templates list")."""
        return f"{len(self.audit_templates.list())} audit templates visible"

    def add_secret(self, value: str) -> None:
        """Mask a value in all error messages of this client from now on.

        :param value: A secret that the vendor sent, such as the key of a new company.
        """
        self._issued_keys.add(value)

    @override
    def api_error(self, response: requests.Response, route: Route, answer: Any) -> QAApiError:
        error = super().api_error(response, route, answer)
        code = error.code or ""
        general = "Check the id. A retry will get the same answer" if code.endswith("/not-found") else error.hint
        error.hint = _BUSINESS_HINTS.get(code, general)
        return error

    def _auth(self) -> AuthBase:
        return HeaderAuth({"X-API-KEY": self.settings.token})

    def _secrets(self) -> Iterable[str]:
        return [*super()._secrets(), *self._issued_keys]

    def _vendor_error(self, answer: Any) -> VendorError:
        if not isinstance(answer, dict):
            return VendorError()
        error, message = answer.get("error"), answer.get("message")
        if isinstance(error, dict):
            details = error.get("details")
            if isinstance(details, dict):
                details = "; ".join(f"{name}: {text}" for name, text in details.items())
            return VendorError(
                " - ".join(str(part) for part in (error.get("message"), details) if part), error.get("code")
            )
        if message:
            # business errors, HTTP 409, carry only a code, some followed by ids: "score-system/has-templates:<ids>"
            return VendorError(str(message), str(message).partition(":")[0])
        # the docs promise validation messages with HTTP 400 but not their shape
        return VendorError(json.dumps(answer)) if answer else VendorError()
