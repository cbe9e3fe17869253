"""The fields that the connections of all vendors have in their extra."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COMMON_FORM: Mapping[str, Mapping[str, Any]] = {
    "connect_timeout": {
        "label": "Connect time-out",
        "description": "Seconds to wait for a connection.",
        "type": "number",
        "default": 10,
        "minimum": 0.1,
    },
    "read_timeout": {
        "label": "Read time-out",
        "description": "Seconds of silence after which a request is given up.",
        "type": "number",
        "default": 60,
        "minimum": 0.1,
    },
    "total_timeout": {
        "label": "Total time-out",
        "description": "Seconds after which an answer is given up that is still not complete; files only have to keep "
        "a lowest rate.",
        "type": "number",
        "default": 300,
        "minimum": 0.1,
    },
    "settle_time": {
        "label": "Settle time",
        "description": "Seconds for which the vendor may still be working on a request whose answer was lost.",
        "type": "number",
        "default": 15,
        "minimum": 0,
    },
    "retries": {
        "label": "Retries",
        "description": "How often a request that may be repeated is tried again.",
        "type": "integer",
        "default": 4,
        "minimum": 0,
    },
    "max_retry_wait": {
        "label": "Longest wait for a retry",
        "description": "Seconds; a longer Retry-After is left to the wait, or to the retries of the task.",
        "type": "number",
        "default": 60,
        "minimum": 0,
    },
    "poll_interval": {
        "label": "Poll interval",
        "description": "Seconds between two polls of what is waited for.",
        "type": "number",
        "default": 30,
        "minimum": 0.1,
    },
    "requests_per_minute": {
        "label": "Requests per minute",
        "description": "Budget of each Airflow process; empty for no limit.",
        "type": "integer",
        "minimum": 1,
    },
    "page_size": {
        "label": "Page size",
        "description": "Rows per request of lists; empty for the vendor's default.",
        "type": "integer",
        "minimum": 1,
    },
    "max_json_bytes": {
        "label": "Largest JSON answer",
        "description": "Bytes after decompression.",
        "type": "integer",
        "default": 67108864,
        "minimum": 1024,
    },
    "folder": {
        "label": "Folder of files",
        "description": "Path or URI, such as s3://reports/site: where targets lie that are relative paths.",
    },
    "folder_url": {
        "label": "Address of the folder",
        "description": "URL, such as https://files.example.com/site, under which people find the files of the folder.",
    },
    "download_hosts": {
        "label": "Download hosts",
        "description": "Hosts, separated by commas, that the vendor may redirect a download to; .example.net for all "
        "below it.",
        "type": ["string", "array"],
    },
    "verify": {
        "label": "Verify TLS",
        "description": "Leave on, except against a test server.",
        "type": "boolean",
        "default": True,
    },
    "ca_path": {
        "label": "CA bundle",
        "description": "Path of a CA bundle on the workers, for a private authority.",
    },
    "routes": {
        "label": "Routes",
        "description": 'Overrides such as {"reports.get": "GET /reports/{id}"}; see airflow-qa routes list.',
        "type": "object",
    },
}
"""Names in the extra of every vendor's connection, to what the form of Airflow's UI says of them."""
COMMON_FIELDS = frozenset(COMMON_FORM)
