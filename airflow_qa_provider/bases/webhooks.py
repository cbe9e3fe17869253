"""The base of operators that have a vendor call this Airflow's webhook.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.events.address import TOKEN, webhook_address


class WebhookOperator(ChangingOperator):
    """Makes sure that a vendor calls the webhook of a connection, which Airflow's API server receives.

    The address that the vendor gets ends with the token of the connection. It is made on the worker, and is in no
    field, log or XCom.

    :param airflow_url: Address under which the vendor reaches the API server, ``https://...``; Airflow's
        ``[api] base_url`` by default. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    def __init__(self, *, airflow_url: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.airflow_url = airflow_url

    @override
    def values_of(self, names: tuple[str, ...]) -> Mapping[str, Any]:
        from airflow.providers.common.compat.sdk import conf

        from airflow_qa_provider.rest.connection import ConnectionFields

        base = conf.get("api", "base_url", fallback="") if self.airflow_url is None else self.airflow_url
        with self.connected() as opened:
            token = ConnectionFields(opened.connection, self.vendor).text(TOKEN)
        return {**super().values_of(names), "callback_url": webhook_address(base, self.conn_id, token)}
