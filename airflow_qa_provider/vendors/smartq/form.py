"""How connections of smartQ are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from airflow_qa_provider.rest.connection import ConnectionFields, ConnectionForm, names_of, with_path
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.smartq.client import SmartQClient
from airflow_qa_provider.vendors.smartq.client.dialect import CREDENTIALS, Dialect

if TYPE_CHECKING:
    from airflow.sdk import Connection

_API_PATH = "/api/v1"
_KEY_NAMES = ("client_id", "api_key")


class SmartQForm(ConnectionForm[SmartQClient]):
    """``login`` and ``password`` are those of a user; the API access key stands in the extra's ``api_key``.

    Airflow masks that name. ``client_id``, smartQ's own name for it, is read in the extra's ``smartq`` as well.
    """

    client_class = SmartQClient
    host_label = "API base URL (or Account below)"
    host_placeholder = "https://{account}.smartqweb.com/api/v1"
    secret_label = "Password"  # noqa: S105 - a label
    login_label = "E-mail address"
    own_fields = {  # noqa: RUF012 - read only
        "api_key": {
            "label": "API access key",
            "description": "Of the account, from Options > API.",
            "format": "password",
            "required": True,
        },
        "account": {"label": "Account", "description": "Name before .smartqweb.com; used when the base URL is empty."},
        "project_id": {"label": "Project", "description": "Id of the project of tasks which name no other."},
        "step_id": {"label": "Step", "description": "Id of the step in which tickets begin that name no other."},
    }
    option_names = (*names_of(Dialect), *CREDENTIALS, "api_key")
    option_help = ("Habits of the account", 'What the docs leave open, such as {"timezone": "Europe/Prague"}.')

    @override
    def base_url_from(self, fields: ConnectionFields) -> str:
        account = fields.host_label("account", "{account}.smartqweb.com")
        made = f"https://{account}.smartqweb.com" if account else ""
        return with_path(fields.base_url(made), _API_PATH)

    @override
    def token_from(self, connection: Connection) -> str:
        # blanks may be part of a password
        return connection.password or ""

    @override
    def options_from(self, fields: ConnectionFields) -> Mapping[str, Any]:
        given = fields.object("smartq")
        keys = [given.pop(name, None) for name in _KEY_NAMES]
        key = str(next((key for key in keys if key), fields.text("api_key"))).strip()
        return {**given, "login": fields.connection.login or given.get("login"), "client_id": key}

    @override
    def check(self, fields: ConnectionFields, settings: ClientSettings) -> None:
        if settings.base_url and not settings.token:
            hint = "Put the password of the user into the password field"
            raise fields.refused("missing_key", "there is no password", hint)
        super().check(fields, settings)
        if not settings.options["login"]:
            hint = "Put the e-mail address of a user into the login field"
            raise fields.refused("missing_login", "there is no login", hint)
        if not settings.options["client_id"]:
            hint = "An administrator finds it under Options > API; put it into extra.api_key"
            raise fields.refused("missing_key", "there is no API access key", hint)
