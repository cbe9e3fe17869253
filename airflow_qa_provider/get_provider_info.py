"""What Airflow reads at start-up: connection types with their forms, and where our modules are.

Written by scripts/provider_info.py from the vendors' records: do not edit. Imports nothing, for Airflow reads it in
every process.
"""

from __future__ import annotations

from typing import Any

_COMMON_FIELDS: dict[str, Any] = {
    "connect_timeout": {
        "label": "Connect time-out",
        "description": "Seconds to wait for a connection.",
        "schema": {"type": ["number", "null"], "section": "Limits, time-outs and TLS", "default": 10, "minimum": 0.1},
    },
    "read_timeout": {
        "label": "Read time-out",
        "description": "Seconds of silence after which a request is given up.",
        "schema": {"type": ["number", "null"], "section": "Limits, time-outs and TLS", "default": 60, "minimum": 0.1},
    },
    "total_timeout": {
        "label": "Total time-out",
        "description": "Seconds after which an answer is given up that is still not "
        "complete; files only have to keep a lowest rate.",
        "schema": {"type": ["number", "null"], "section": "Limits, time-outs and TLS", "default": 300, "minimum": 0.1},
    },
    "settle_time": {
        "label": "Settle time",
        "description": "Seconds for which the vendor may still be working on a request whose answer was lost.",
        "schema": {"type": ["number", "null"], "section": "Limits, time-outs and TLS", "default": 15, "minimum": 0},
    },
    "retries": {
        "label": "Retries",
        "description": "How often a request that may be repeated is tried again.",
        "schema": {"type": ["integer", "null"], "section": "Limits, time-outs and TLS", "default": 4, "minimum": 0},
    },
    "max_retry_wait": {
        "label": "Longest wait for a retry",
        "description": "Seconds; a longer Retry-After is left to the wait, or to the retries of the task.",
        "schema": {"type": ["number", "null"], "section": "Limits, time-outs and TLS", "default": 60, "minimum": 0},
    },
    "poll_interval": {
        "label": "Poll interval",
        "description": "Seconds between two polls of what is waited for.",
        "schema": {"type": ["number", "null"], "section": "Limits, time-outs and TLS", "default": 30, "minimum": 0.1},
    },
    "requests_per_minute": {
        "label": "Requests per minute",
        "description": "Budget of each Airflow process; empty for no limit.",
        "schema": {"type": ["integer", "null"], "section": "Limits, time-outs and TLS", "minimum": 1},
    },
    "page_size": {
        "label": "Page size",
        "description": "Rows per request of lists; empty for the vendor's default.",
        "schema": {"type": ["integer", "null"], "section": "Limits, time-outs and TLS", "minimum": 1},
    },
    "max_json_bytes": {
        "label": "Largest JSON answer",
        "description": "Bytes after decompression.",
        "schema": {
            "type": ["integer", "null"],
            "section": "Limits, time-outs and TLS",
            "default": 67108864,
            "minimum": 1024,
        },
    },
    "folder": {
        "label": "Folder of files",
        "description": "Path or URI, such as s3://reports/site: where targets lie that are relative paths.",
        "schema": {"type": ["string", "null"], "section": "Limits, time-outs and TLS"},
    },
    "folder_url": {
        "label": "Address of the folder",
        "description": "URL, such as https://files.example.com/site, under which people find the files of the folder.",
        "schema": {"type": ["string", "null"], "section": "Limits, time-outs and TLS"},
    },
    "download_hosts": {
        "label": "Download hosts",
        "description": "Hosts, separated by commas, that the vendor may redirect a "
        "download to; .example.net for all below it.",
        "schema": {"type": ["string", "array", "null"], "section": "Limits, time-outs and TLS"},
    },
    "verify": {
        "label": "Verify TLS",
        "description": "Leave on, except against a test server.",
        "schema": {"type": ["boolean", "null"], "section": "Limits, time-outs and TLS", "default": True},
    },
    "ca_path": {
        "label": "CA bundle",
        "description": "Path of a CA bundle on the workers, for a private authority.",
        "schema": {"type": ["string", "null"], "section": "Limits, time-outs and TLS"},
    },
    "routes": {
        "label": "Routes",
        "description": 'Overrides such as {"reports.get": "GET /reports/{id}"}; see airflow-qa routes list.',
        "schema": {"type": ["object", "null"], "section": "Limits, time-outs and TLS"},
    },
}


def get_provider_info() -> dict[str, Any]:
    """Return the provider description that the entry point ``apache_airflow_provider`` promises."""
    return {
        "package-name": "airflow-qa-provider",
        "name": "Quality and reporting services",
        "description": "Hooks, operators, sensors and transfers for CONQA, MonitorQA, Qalyptus Cloud, "
        "Simplo IS and smartQ.",
        "integrations": [
            {
                "integration-name": "CONQA",
                "external-doc-url": "https://help.conqahq.com/hc/en-us/articles/45491806858777-API-Endpoints",
                "tags": ["service"],
            },
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
            {
                "integration-name": "Simplo IS",
                "external-doc-url": "https://simplo-is-docs.docker.sdev.cz/docs/api/",
                "tags": ["service"],
            },
            {
                "integration-name": "smartQ",
                "external-doc-url": "https://www.getsmartq.com/help/api.php",
                "tags": ["service"],
            },
        ],
        "connection-types": [
            {
                "connection-type": "conqa",
                "hook-class-name": "airflow_qa_provider.hooks.conqa.ConqaHook",
                "hook-name": "CONQA",
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "login"],
                    "relabeling": {
                        "host": "API base URL (optional)",
                        "password": "API token (required)",
                        "port": "Port",
                    },
                    "placeholders": {
                        "host": "https://api-{region}.con.qa/api-v1 (made of the region when empty)",
                        "port": "443, or that of the URL: Test needs it",
                    },
                },
                "conn-fields": {
                    "region": {
                        "label": "Region",
                        "description": "Part of the host after api-; oceania when empty.",
                        "schema": {"type": ["string", "null"], "section": "CONQA"},
                    },
                    "project_id": {
                        "label": "Project",
                        "description": "Id of the project of tasks which name no other.",
                        "schema": {"type": ["string", "null"], "section": "CONQA"},
                    },
                    "account_id": {
                        "label": "Account",
                        "description": "Id of the account of exports which name no other.",
                        "schema": {"type": ["string", "null"], "section": "CONQA"},
                    },
                    "webhook_token": {
                        "label": "Token of the webhook",
                        "description": "Last part of the address "
                        "that the vendor's webhook "
                        "calls, 16 characters or "
                        "more.",
                        "schema": {"type": ["string", "null"], "section": "CONQA", "format": "password"},
                    },
                    "conqa": {
                        "label": "Names in answers",
                        "description": 'What the docs leave open, such as {"external_id_fields": ["externalRef"]}.',
                        "schema": {"type": ["object", "null"], "section": "CONQA"},
                    },
                    **_COMMON_FIELDS,
                },
            },
            {
                "connection-type": "monitorqa",
                "hook-class-name": "airflow_qa_provider.hooks.monitorqa.MonitorQAHook",
                "hook-name": "MonitorQA",
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "login"],
                    "relabeling": {"host": "API base URL (optional)", "password": "API key (required)", "port": "Port"},
                    "placeholders": {
                        "host": "https://api-external.monitorqa.com (the default)",
                        "port": "443, or that of the URL: Test needs it",
                    },
                },
                "conn-fields": {
                    "template_id": {
                        "label": "Template",
                        "description": "Id of the template that tasks use which name no other.",
                        "schema": {"type": ["string", "null"], "section": "MonitorQA"},
                    },
                    "audit_object_id": {
                        "label": "Audit object",
                        "description": "Id of the object that tasks audit which name no other.",
                        "schema": {"type": ["string", "null"], "section": "MonitorQA"},
                    },
                    "webhook_token": {
                        "label": "Token of the webhook",
                        "description": "Last part of the address "
                        "that the vendor's webhook "
                        "calls, 16 characters or "
                        "more.",
                        "schema": {"type": ["string", "null"], "section": "MonitorQA", "format": "password"},
                    },
                    **_COMMON_FIELDS,
                },
            },
            {
                "connection-type": "qalyptus",
                "hook-class-name": "airflow_qa_provider.hooks.qalyptus.QalyptusHook",
                "hook-name": "Qalyptus Cloud",
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "login"],
                    "relabeling": {
                        "host": "API base URL (or Tenant below)",
                        "password": "API key (required)",
                        "port": "Port",
                    },
                    "placeholders": {
                        "host": "https://{tenant}.qalyptus.net/api/v1",
                        "port": "443, or that of the URL: Test needs it",
                    },
                },
                "conn-fields": {
                    "tenant": {
                        "label": "Tenant",
                        "description": "Name before .qalyptus.net; used when the base URL is empty.",
                        "schema": {"type": ["string", "null"], "section": "Qalyptus Cloud"},
                    },
                    "report_id": {
                        "label": "Report",
                        "description": "Id of the report that tasks generate which name no other.",
                        "schema": {"type": ["string", "null"], "section": "Qalyptus Cloud"},
                    },
                    "qalyptus_task_id": {
                        "label": "Task",
                        "description": "Id of the task to run where none is named.",
                        "schema": {"type": ["string", "null"], "section": "Qalyptus Cloud"},
                    },
                    "qalyptus": {
                        "label": "Status words and field names",
                        "description": 'What the public docs leave open, such as {"succeeded": ["completed"]}.',
                        "schema": {"type": ["object", "null"], "section": "Qalyptus Cloud"},
                    },
                    **_COMMON_FIELDS,
                },
            },
            {
                "connection-type": "simplo",
                "hook-class-name": "airflow_qa_provider.hooks.simplo.SimploHook",
                "hook-name": "Simplo IS",
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "login"],
                    "relabeling": {"host": "API base URL (required)", "password": "Token (required)", "port": "Port"},
                    "placeholders": {
                        "host": "https://{host}/api/v0 (the path is added)",
                        "port": "443, or that of the URL: Test needs it",
                    },
                },
                "conn-fields": {
                    "simplo": {
                        "label": "Authentication and query parameters",
                        "description": "What the docs leave open, such "
                        'as {"auth_header": "X-Api-Key", '
                        '"auth_scheme": ""}.',
                        "schema": {"type": ["object", "null"], "section": "Simplo IS"},
                    },
                    **_COMMON_FIELDS,
                },
            },
            {
                "connection-type": "smartq",
                "hook-class-name": "airflow_qa_provider.hooks.smartq.SmartQHook",
                "hook-name": "smartQ",
                "ui-field-behaviour": {
                    "hidden-fields": ["schema"],
                    "relabeling": {
                        "host": "API base URL (or Account below)",
                        "password": "Password (required)",
                        "port": "Port",
                        "login": "E-mail address (required)",
                    },
                    "placeholders": {
                        "host": "https://{account}.smartqweb.com/api/v1",
                        "port": "443, or that of the URL: Test needs it",
                    },
                },
                "conn-fields": {
                    "api_key": {
                        "label": "API access key",
                        "description": "Of the account, from Options > API.",
                        "schema": {"type": "string", "section": "smartQ (required)", "format": "password"},
                    },
                    "account": {
                        "label": "Account",
                        "description": "Name before .smartqweb.com; used when the base URL is empty.",
                        "schema": {"type": ["string", "null"], "section": "smartQ"},
                    },
                    "project_id": {
                        "label": "Project",
                        "description": "Id of the project of tasks which name no other.",
                        "schema": {"type": ["string", "null"], "section": "smartQ"},
                    },
                    "step_id": {
                        "label": "Step",
                        "description": "Id of the step in which tickets begin that name no other.",
                        "schema": {"type": ["string", "null"], "section": "smartQ"},
                    },
                    "smartq": {
                        "label": "Habits of the account",
                        "description": 'What the docs leave open, such as {"timezone": "Europe/Prague"}.',
                        "schema": {"type": ["object", "null"], "section": "smartQ"},
                    },
                    **_COMMON_FIELDS,
                },
            },
        ],
        "hooks": [
            {"integration-name": "CONQA", "python-modules": ["airflow_qa_provider.hooks.conqa"]},
            {"integration-name": "MonitorQA", "python-modules": ["airflow_qa_provider.hooks.monitorqa"]},
            {"integration-name": "Qalyptus Cloud", "python-modules": ["airflow_qa_provider.hooks.qalyptus"]},
            {"integration-name": "Simplo IS", "python-modules": ["airflow_qa_provider.hooks.simplo"]},
            {"integration-name": "smartQ", "python-modules": ["airflow_qa_provider.hooks.smartq"]},
        ],
        "operators": [
            {"integration-name": "CONQA", "python-modules": ["airflow_qa_provider.operators.conqa"]},
            {"integration-name": "MonitorQA", "python-modules": ["airflow_qa_provider.operators.monitorqa"]},
            {"integration-name": "Qalyptus Cloud", "python-modules": ["airflow_qa_provider.operators.qalyptus"]},
            {"integration-name": "Simplo IS", "python-modules": ["airflow_qa_provider.operators.simplo"]},
            {"integration-name": "smartQ", "python-modules": ["airflow_qa_provider.operators.smartq"]},
            {
                "integration-name": "Simple Mail Transfer Protocol (SMTP)",
                "python-modules": ["airflow_qa_provider.operators.delivery"],
            },
        ],
        "sensors": [
            {"integration-name": "CONQA", "python-modules": ["airflow_qa_provider.sensors.conqa"]},
            {"integration-name": "MonitorQA", "python-modules": ["airflow_qa_provider.sensors.monitorqa"]},
            {"integration-name": "Qalyptus Cloud", "python-modules": ["airflow_qa_provider.sensors.qalyptus"]},
            {"integration-name": "Simplo IS", "python-modules": ["airflow_qa_provider.sensors.simplo"]},
            {"integration-name": "smartQ", "python-modules": ["airflow_qa_provider.sensors.smartq"]},
        ],
        "triggers": [
            {"integration-name": "CONQA", "python-modules": ["airflow_qa_provider.triggers.wait"]},
            {"integration-name": "MonitorQA", "python-modules": ["airflow_qa_provider.triggers.wait"]},
            {"integration-name": "Qalyptus Cloud", "python-modules": ["airflow_qa_provider.triggers.wait"]},
            {"integration-name": "Simplo IS", "python-modules": ["airflow_qa_provider.triggers.wait"]},
            {"integration-name": "smartQ", "python-modules": ["airflow_qa_provider.triggers.wait"]},
        ],
        "transfers": [
            {
                "source-integration-name": "CONQA",
                "target-integration-name": "Common IO",
                "python-module": "airflow_qa_provider.transfers.conqa",
            },
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
            {
                "source-integration-name": "Simplo IS",
                "target-integration-name": "Common IO",
                "python-module": "airflow_qa_provider.transfers.simplo",
            },
            {
                "source-integration-name": "smartQ",
                "target-integration-name": "Common IO",
                "python-module": "airflow_qa_provider.transfers.smartq",
            },
        ],
        "extra-links": [
            "airflow_qa_provider.bases.link.StoredFileLink",
            "airflow_qa_provider.links.monitorqa.MonitorQAAuditLink",
            "airflow_qa_provider.links.monitorqa.MonitorQACorrectiveActionLink",
        ],
        "notifications": ["airflow_qa_provider.notifications.smartq.SmartQTicketNotifier"],
        "config": {
            "airflow_qa_provider": {
                "description": "Settings of the operators and sensors for quality and reporting services.",
                "options": {
                    "default_retries": {
                        "description": "Retries of a task where nothing else says it.",
                        "version_added": None,
                        "type": "integer",
                        "example": None,
                        "default": "2",
                    },
                    "webhook_connections": {
                        "description": "Ids of the "
                        "connections "
                        "whose "
                        "webhooks "
                        "the API "
                        "server "
                        "receives, "
                        "with "
                        "commas "
                        "between "
                        "them. None "
                        "by "
                        "default: "
                        "nothing "
                        "listens "
                        "then.",
                        "version_added": None,
                        "type": "string",
                        "example": "conqa_default, monitorqa_default",
                        "default": "",
                    },
                },
            }
        },
    }
