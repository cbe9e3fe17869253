"""A throw-away Airflow for the demo: its home, its settings, its connections."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

RECIPIENTS = ("quality@example.com", "site.lead@example.com", "finance@example.com")
DAG_ID = "example_report_distribution"
WEBHOOK_CONNECTIONS = ("conqa_default", "monitorqa_default")
_POLL_SECONDS = 1


def loopback() -> str:
    """Return the one address that servers of the demo listen on, which is also their host name for Airflow."""
    return "127.0.0.1"


def dag_folder() -> Path:
    """Return the folder of the example DAGs, in the repository or in the installed package."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package.parent / "example_dags", package / "example_dags"):
        if (folder / f"{DAG_ID}.py").is_file():
            return folder
    raise FileNotFoundError(f"{DAG_ID}.py is neither beside nor inside {package}")


def demo_connections(
    vendors: Mapping[str, dict[str, Any]],
    smtp: Mapping[str, Any],
    output: Path,
    poll_seconds: float = _POLL_SECONDS,
    output_url: str | None = None,
    webhook_token: str | None = None,
) -> dict[str, dict[str, Any]]:
    """Return the connections that the example DAGs use.

    :param vendors: Connections of the sandboxes.
    :param smtp: Connection of the mail server.
    :param output: Folder for the files.
    :param poll_seconds: Poll interval; short, for the sandboxes are quick.
    :param output_url: Address under which a browser finds them.
    :param webhook_token: Token of the webhooks.
    """
    shown = {"folder_url": output_url} if output_url else {}
    connections = {
        name: {
            **fields,
            # Airflow's Test compares the port with what its form sends
            "port": urlsplit(fields["host"]).port,
            "extra": {**fields.get("extra", {}), "poll_interval": poll_seconds, "folder": f"file://{output}", **shown},
        }
        for name, fields in vendors.items()
    }
    for name in WEBHOOK_CONNECTIONS if webhook_token else ():
        if name in connections:
            connections[name]["extra"]["webhook_token"] = webhook_token
    connections["smtp_default"] = dict(smtp)
    connections["site_schedule"] = {"conn_type": "fs", "extra": {"path": f"file://{output}"}}
    return connections


def airflow_environment(
    home: Path, settings: Mapping[str, str], connections: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, str]:
    """Return the environment of an Airflow process.

    :param home: ``AIRFLOW_HOME``.
    :param settings: ``SECTION__KEY`` to value.
    :param connections: Connections to hand over in the environment.
    """
    foreign = ("AIRFLOW__", "AIRFLOW_CONN_", "AIRFLOW_VAR_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    env["AIRFLOW_HOME"] = str(home)
    # `airflow standalone` starts its parts by the name of the command
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env.get("PATH", os.defpath)])
    defaults = {
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__DAGS_FOLDER": str(dag_folder()),
        "CORE__UNIT_TEST_MODE": "False",
        # a busy machine keeps others waiting for longer than the five seconds of SQLite, and a triggerer dies of it
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}?timeout=30",
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    env.update({f"AIRFLOW__{name}": value for name, value in {**defaults, **settings}.items()})
    for name, fields in (connections or {}).items():
        env[f"AIRFLOW_CONN_{name.upper()}"] = json.dumps(fields)
    return env
