"""The MonitorQA client: authentication, error shapes, and its resources."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import requests
from requests.auth import AuthBase

from airflow_qa_provider.clients.base import VendorClient, VendorError
from airflow_qa_provider.clients.monitorqa.actions import CorrectiveActions
from airflow_qa_provider.clients.monitorqa.attributes import AuditObjectAttributes
from airflow_qa_provider.clients.monitorqa.audits import Audits
from airflow_qa_provider.clients.monitorqa.company import Company
from airflow_qa_provider.clients.monitorqa.files import Files
from airflow_qa_provider.clients.monitorqa.objects import AuditObjects
from airflow_qa_provider.clients.monitorqa.roles import Roles
from airflow_qa_provider.clients.monitorqa.routes import ROUTES
from airflow_qa_provider.clients.monitorqa.schedules import Schedules
from airflow_qa_provider.clients.monitorqa.score_systems import ScoreSystems
from airflow_qa_provider.clients.monitorqa.templates import AuditTemplates
from airflow_qa_provider.clients.monitorqa.timezones import Timezones
from airflow_qa_provider.clients.monitorqa.users import UserGroups, Users
from airflow_qa_provider.clients.monitorqa.webhooks import Webhooks
from airflow_qa_provider.clients.routes import Route
from airflow_qa_provider.clients.settings import ClientSettings
from airflow_qa_provider.clients.transport import HeaderAuth
from airflow_qa_provider.exceptions import QAApiError

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

    def api_error(self, response: requests.Response, route: Route, answer: Any) -> QAApiError:
        """Return the typed error, with a hint for the business errors that the docs explain.

        :param response: The answer.
        :param route: What was asked.
        :param answer: Its JSON, or ``None``.
        """
        error = super().api_error(response, route, answer)
        code = error.code or ""
        general = "Check the id. A retry will get the same answer" if code.endswith("/not-found") else error.hint
        error.hint = _BUSINESS_HINTS.get(code, general)
        return error

    def _auth(self) -> AuthBase:
        return HeaderAuth("X-API-KEY", self.settings.token)

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
