"""Hook of smartQ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.providers.common.compat.sdk import Connection
from airflow.sdk.log import mask_secret

from airflow_qa_provider.bases.hook import VendorHook, names_of
from airflow_qa_provider.rest.connection import Fields, with_path
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.smartq.client import SmartQClient
from airflow_qa_provider.vendors.smartq.client.dialect import CREDENTIALS, Dialect

_API_PATH = "/api/v1"
_KEY_NAMES = ("client_id", "api_key")


class SmartQHook(VendorHook[SmartQClient]):
    """Gives the :class:`~airflow_qa_provider.vendors.smartq.client.SmartQClient` of a connection of type ``smartq``.

    ``login`` and ``password`` are those of a user, ``login`` being an e-mail address. The API access key of Options >
    API stands in the extra's ``api_key``, a name that Airflow masks; ``client_id``, smartQ's own name for it, is read
    in the extra's ``smartq``, where Airflow's UI and REST API show it. ``host`` is
    ``https://{account}.smartqweb.com/api/v1``; with an empty host the extra's ``account`` makes it. The extra's
    ``smartq`` replaces names and habits, see :class:`~airflow_qa_provider.vendors.smartq.client.dialect.Dialect`.

    :param smartq_conn_id: Id of the Airflow connection.
    """

    conn_name_attr = "smartq_conn_id"
    default_conn_name = "smartq_default"
    conn_type = "smartq"
    hook_name = "smartQ"
    client_class = SmartQClient
    own_fields = ("account", "api_key")
    option_names = (*names_of(Dialect), *CREDENTIALS, "api_key")

    def __init__(self, smartq_conn_id: str = default_conn_name) -> None:
        super().__init__(smartq_conn_id)

    @classmethod
    def base_url_from(cls, fields: Fields) -> str:
        """Return the host, with the API's path where it has none, or the address of the extra's ``account``.

        :param fields: Fields of the connection.
        """
        account = fields.host_label("account", "{account}.smartqweb.com")
        made = f"https://{account}.smartqweb.com" if account else ""
        return with_path(fields.base_url(made), _API_PATH)

    @classmethod
    def token_from(cls, connection: Connection) -> str:
        """Return the password as it is: blanks may be part of it.

        :param connection: An Airflow connection.
        """
        return connection.password or ""

    @classmethod
    def options_from(cls, fields: Fields) -> Mapping[str, Any]:
        """Return the vendor's own settings with login and API access key among them.

        :param fields: Fields of the connection.
        """
        given = fields.object("smartq")
        keys = [given.pop(name, None) for name in _KEY_NAMES]
        key = str(next((key for key in keys if key), fields.text("api_key"))).strip()
        if key:
            # Airflow does not mask what is called client_id
            mask_secret(key)
        return {**given, "login": fields.connection.login or given.get("login"), "client_id": key}

    @classmethod
    def check(cls, fields: Fields, settings: ClientSettings) -> None:
        """Find what is missing, login and API access key too.

        :param fields: Fields of the connection.
        :param settings: What was read from them.
        :raises ConnectionFieldError: Something is missing, or a route cannot be overridden like that.
        """
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
