"""What Airflow reads at start-up: connection types with their forms, and where our modules are.

Imports nothing, for Airflow reads it in every process.
"""

from __future__ import annotations

from typing import Any

_NUMBER = ["number", "null"]
_INTEGER = ["integer", "null"]
_STRING = ["string", "null"]
_OBJECT = ["object", "null"]


def _field(label: str, description: str, **schema: Any) -> dict[str, Any]:
    return {"label": label, "description": description, "schema": schema}


_COMMON_FIELDS: dict[str, Any] = {
    "connect_timeout": _field(
        "Connect time-out", "Seconds to wait for a connection.", type=_NUMBER, default=10, minimum=0.1
    ),
    "read_timeout": _field(
        "Read time-out", "Seconds of silence after which a request is given up.", type=_NUMBER, default=60, minimum=0.1
    ),
    "total_timeout": _field(
        "Total time-out",
        "Seconds after which an answer is given up that is still not complete; files only have to keep a lowest rate.",
        type=_NUMBER,
        default=300,
        minimum=0.1,
    ),
    "settle_time": _field(
        "Settle time",
        "Seconds for which the vendor may still be working on a request whose answer was lost.",
        type=_NUMBER,
        default=15,
        minimum=0,
    ),
    "retries": _field(
        "Retries", "How often a request that may be repeated is tried again.", type=_INTEGER, default=4, minimum=0
    ),
    "max_retry_wait": _field(
        "Longest wait for a retry",
        "Seconds; a longer Retry-After of the vendor is left to the wait, or to the retries of the task.",
        type=_NUMBER,
        default=60,
        minimum=0,
    ),
    "poll_interval": _field(
        "Poll interval", "Seconds between two looks at what is waited for.", type=_NUMBER, default=30, minimum=0.1
    ),
    "requests_per_minute": _field(
        "Requests per minute", "Budget of each Airflow process; empty for no limit.", type=_INTEGER, minimum=1
    ),
    "page_size": _field(
        "Page size", "Rows per request of lists; empty for the vendor's default.", type=_INTEGER, minimum=1
    ),
    "max_json_bytes": _field(
        "Largest JSON answer", "Bytes after decompression.", type=_INTEGER, default=67108864, minimum=1024
    ),
    "download_hosts": _field(
        "Download hosts",
        "Hosts, separated by commas, that the vendor may redirect a download to; .example.net for all below it.",
        type=["string", "array", "null"],
    ),
    "verify": _field("Verify TLS", "Leave on, except against a test server.", type=["boolean", "null"], default=True),
    "ca_path": _field("CA bundle", "Path of a CA bundle on the workers, for a private authority.", type=_STRING),
    "routes": _field(
        "Routes",
        'Overrides such as {"reports.get": "GET /reports/{id}"}; see airflow-qa routes list.',
        type=_OBJECT,
    ),
}


_INTEGRATIONS = {
    "conqa": ("CONQA", "https://help.conqahq.com/hc/en-us/articles/45491806858777-API-Endpoints"),
    "monitorqa": ("MonitorQA", "https://developer.monitorqa.com"),
    "qalyptus": ("Qalyptus Cloud", "https://apidocs.qalyptus.com/qalyptus-cloud/rest-api"),
    "simplo": ("Simplo IS", "https://simplo-is-docs.docker.sdev.cz/docs/api/"),
    "smartq": ("smartQ", "https://www.getsmartq.com/help/api.php"),
}


def _connection_type(
    kind: str,
    hook_class: str,
    *,
    host: str,
    secret: str,
    fields: dict[str, Any] | None = None,
    login: str | None = None,
) -> dict[str, Any]:
    relabeling = {"host": "API base URL", "password": secret}
    return {
        "connection-type": kind,
        "hook-class-name": f"airflow_qa_provider.hooks.{kind}.{hook_class}",
        "hook-name": _INTEGRATIONS[kind][0],
        "ui-field-behaviour": {
            "hidden-fields": ["schema", "port"] if login else ["schema", "port", "login"],
            "relabeling": {**relabeling, "login": login} if login else relabeling,
            "placeholders": {"host": host},
        },
        "conn-fields": {**(fields or {}), **_COMMON_FIELDS},
    }


def _connection_types() -> list[dict[str, Any]]:
    return [
        _connection_type(
            "conqa",
            "ConqaHook",
            host="https://api-{region}.con.qa/api-v1 (made of the region when empty)",
            secret="API token",  # noqa: S106 - a label
            fields={
                "region": _field("Region", "Part of the host after api-; oceania when empty.", type=_STRING),
                "conqa": _field(
                    "Names in answers",
                    'What the docs leave open, such as {"external_id_fields": ["externalRef"]}.',
                    type=_OBJECT,
                ),
            },
        ),
        _connection_type(
            "monitorqa",
            "MonitorQAHook",
            host="https://api-external.monitorqa.com (the default)",
            secret="API key",  # noqa: S106 - a label
        ),
        _connection_type(
            "qalyptus",
            "QalyptusHook",
            host="https://{tenant}.qalyptus.net/api/v1",
            secret="API key",  # noqa: S106 - a label
            fields={
                "tenant": _field("Tenant", "Name before .qalyptus.net; used when the base URL is empty.", type=_STRING),
                "qalyptus": _field(
                    "Status words and field names",
                    'What the public docs leave open, such as {"succeeded": ["completed"]}.',
                    type=_OBJECT,
                ),
            },
        ),
        _connection_type(
            "simplo",
            "SimploHook",
            host="https://{host}/api/v0 (the path is added)",
            secret="Token",  # noqa: S106 - a label
            fields={
                "simplo": _field(
                    "Authentication and query parameters",
                    'What the docs leave open, such as {"auth_header": "X-Api-Key", "auth_scheme": ""}.',
                    type=_OBJECT,
                ),
            },
        ),
        _connection_type(
            "smartq",
            "SmartQHook",
            host="https://{account}.smartqweb.com/api/v1",
            secret="Password",  # noqa: S106 - a label
            login="E-mail address",
            fields={
                "api_key": _field(
                    "API access key", "Of the account, from Options > API.", type=_STRING, format="password"
                ),
                "account": _field(
                    "Account", "Name before .smartqweb.com; used when the base URL is empty.", type=_STRING
                ),
                "smartq": _field(
                    "Habits of the account",
                    'What the docs leave open, such as {"timezone": "Europe/Prague"}.',
                    type=_OBJECT,
                ),
            },
        ),
    ]


def get_provider_info() -> dict[str, Any]:
    """Return the provider description that the entry point ``apache_airflow_provider`` promises."""
    return {
        "package-name": "airflow-qa-provider",
        "name": "Quality and reporting services",
        "description": (
            "Hooks, operators, sensors and transfers for CONQA, MonitorQA, Qalyptus Cloud, smartQ and Simplo IS."
        ),
        "integrations": [
            {"integration-name": title, "external-doc-url": url, "tags": ["service"]}
            for title, url in _INTEGRATIONS.values()
        ],
        "connection-types": _connection_types(),
        "hooks": _modules("hooks", *_INTEGRATIONS),
        "operators": [
            *_modules("operators", *_INTEGRATIONS),
            {
                # as Airflow's own SMTP provider names it
                "integration-name": "Simple Mail Transfer Protocol (SMTP)",
                "python-modules": ["airflow_qa_provider.operators.delivery"],
            },
        ],
        "sensors": _modules("sensors", *_INTEGRATIONS),
        "triggers": [
            {"integration-name": title, "python-modules": ["airflow_qa_provider.triggers.wait"]}
            for title, _ in _INTEGRATIONS.values()
        ],
        "transfers": [
            {
                "source-integration-name": _INTEGRATIONS[vendor][0],
                "target-integration-name": "Common IO",
                "python-module": f"airflow_qa_provider.transfers.{vendor}",
            }
            for vendor in ("monitorqa", "qalyptus")
        ],
    }


def _modules(room: str, *vendors: str) -> list[dict[str, Any]]:
    """Return the module of each vendor, which has its name."""
    return [
        {"integration-name": _INTEGRATIONS[vendor][0], "python-modules": [f"airflow_qa_provider.{room}.{vendor}"]}
        for vendor in vendors
    ]
