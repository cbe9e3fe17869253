"""What Airflow reads at start-up: connection types with their forms, and where our modules are.

Imports nothing, for Airflow reads it in every process.
"""

from __future__ import annotations

from typing import Any

_NUMBER = ["number", "null"]
_INTEGER = ["integer", "null"]


def _field(label: str, description: str, **schema: Any) -> dict[str, Any]:
    return {"label": label, "description": description, "schema": schema}


_COMMON_FIELDS: dict[str, Any] = {
    "connect_timeout": _field(
        "Connect time-out", "Seconds to wait for a connection.", type=_NUMBER, default=10, minimum=0.1
    ),
    "read_timeout": _field(
        "Read time-out", "Seconds of silence after which a request is given up.", type=_NUMBER, default=60, minimum=0.1
    ),
    "poll_interval": _field(
        "Poll interval", "Seconds between two looks at what is waited for.", type=_NUMBER, default=30, minimum=0.1
    ),
    "requests_per_minute": _field(
        "Requests per minute", "Budget of each Airflow process; empty for no limit.", type=_INTEGER, minimum=1
    ),
    "page_size": _field("Page size", "Rows per request of lists; empty for the vendor's default.", type=_INTEGER),
    "verify": _field("Verify TLS", "Leave on, except against a test server.", type=["boolean", "null"], default=True),
    "ca_path": _field(
        "CA bundle", "Path of a CA bundle on the workers, for a private authority.", type=["string", "null"]
    ),
    "routes": _field(
        "Routes",
        'Overrides such as {"reports.get": "GET /reports/{id}"}; see airflow-qa routes list.',
        type=["object", "null"],
    ),
}


def _connection_type(
    kind: str,
    hook_class: str,
    title: str,
    host: str,
    token: str,
    fields: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "connection-type": kind,
        "hook-class-name": f"airflow_qa_provider.hooks.{hook_class}",
        "hook-name": title,
        "ui-field-behaviour": {
            "hidden-fields": ["schema", "port", "login"],
            "relabeling": {"host": "API base URL", "password": token},
            "placeholders": {"host": host},
        },
        "conn-fields": {**(fields or {}), **_COMMON_FIELDS},
    }


def get_provider_info() -> dict[str, Any]:
    """Return the provider description that the entry point ``apache_airflow_provider`` promises."""
    return {
        "package-name": "airflow-qa-provider",
        "name": "Quality and reporting services",
        "description": "Hooks, operators, sensors and transfers for MonitorQA and Qalyptus Cloud.",
        "integrations": [
            {
                "integration-name": "MonitorQA",
                "external-doc-url": "https://developer.monitorqa.com",
                "tags": ["service"],
            },
            {
                "integration-name": "Qalyptus Cloud",
                "external-doc-url": "https://apidocs.qalyptus.com/qalyptus-cloud/rest-api",
                "tags": ["service"],
            },
        ],
        "connection-types": [
            _connection_type(
                "monitorqa",
                "monitorqa.MonitorQAHook",
                "MonitorQA",
                "https://api-external.monitorqa.com (the default)",
                "API key",
            ),
            _connection_type(
                "qalyptus",
                "qalyptus.QalyptusHook",
                "Qalyptus Cloud",
                "https://{tenant}.qalyptus.net/api/v1",
                "API key",
                {
                    "tenant": _field(
                        "Tenant", "Name before .qalyptus.net; used when the base URL is empty.", type=["string", "null"]
                    ),
                    "qalyptus": _field(
                        "Status words and field names",
                        'What the public docs leave open, such as {"succeeded": ["completed"]}.',
                        type=["object", "null"],
                    ),
                },
            ),
        ],
        "hooks": _modules("hooks"),
        "operators": _modules("operators"),
        "sensors": _modules("sensors"),
        "triggers": [
            {"integration-name": "MonitorQA", "python-modules": ["airflow_qa_provider.triggers.wait"]},
            {"integration-name": "Qalyptus Cloud", "python-modules": ["airflow_qa_provider.triggers.wait"]},
        ],
        "transfers": [
            {
                "source-integration-name": "MonitorQA",
                "target-integration-name": "Common IO",
                "python-module": "airflow_qa_provider.transfers.monitorqa",
            },
            {
                "source-integration-name": "Qalyptus Cloud",
                "target-integration-name": "Common IO",
                "python-module": "airflow_qa_provider.transfers.qalyptus",
            },
        ],
    }


def _modules(room: str) -> list[dict[str, Any]]:
    return [
        {"integration-name": "MonitorQA", "python-modules": [f"airflow_qa_provider.{room}.monitorqa"]},
        {"integration-name": "Qalyptus Cloud", "python-modules": [f"airflow_qa_provider.{room}.qalyptus"]},
    ]
