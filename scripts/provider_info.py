"""Writes airflow_qa_provider/get_provider_info.py from the vendors' records; with --check, only tells whether it is so.

Airflow reads that module in every process, so it imports nothing and holds plain data.
"""

from __future__ import annotations

import pprint
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from airflow_qa_provider.bases.retrying import RETRIES
from airflow_qa_provider.kinds.kind import Vendor
from airflow_qa_provider.rest.common_fields import COMMON_FORM
from airflow_qa_provider.vendors import BUILT_IN, vendor_named

MODULE = Path(__file__).resolve().parent.parent / "airflow_qa_provider" / "get_provider_info.py"
HOOKS = {"conqa": "Conqa", "monitorqa": "MonitorQA", "qalyptus": "Qalyptus", "simplo": "Simplo", "smartq": "SmartQ"}
PORT_HELP = "443, or that of the URL: Test needs it"
HEAD = '''"""What Airflow reads at start-up: connection types with their forms, and where our modules are.

Written by scripts/provider_info.py from the vendors' records: do not edit. Imports nothing, for Airflow reads it in
every process.
"""

from __future__ import annotations

from typing import Any

_COMMON_FIELDS: dict[str, Any] = '''
ENTRY = '''

def get_provider_info() -> dict[str, Any]:
    """Return the provider description that the entry point ``apache_airflow_provider`` promises."""
    return '''


def provider_info() -> dict[str, Any]:
    """Return the description, from the records."""
    vendors = [vendor_named(name) for name in BUILT_IN]
    titles = [vendor.title for vendor in vendors]
    return {
        "package-name": "airflow-qa-provider",
        "name": "Quality and reporting services",
        "description": f"Hooks, operators, sensors and transfers for {', '.join(titles[:-1])} and {titles[-1]}.",
        "integrations": [
            {"integration-name": vendor.title, "external-doc-url": vendor.url, "tags": ["service"]}
            for vendor in vendors
        ],
        "connection-types": [connection_type(vendor) for vendor in vendors],
        "hooks": modules("hooks", vendors),
        "operators": [
            *modules("operators", vendors),
            {
                # as Airflow's own SMTP provider names it
                "integration-name": "Simple Mail Transfer Protocol (SMTP)",
                "python-modules": ["airflow_qa_provider.operators.delivery"],
            },
        ],
        "sensors": modules("sensors", vendors),
        "triggers": [
            {"integration-name": vendor.title, "python-modules": ["airflow_qa_provider.triggers.wait"]}
            for vendor in vendors
        ],
        "transfers": [
            {
                "source-integration-name": vendor.title,
                "target-integration-name": "Common IO",
                "python-module": f"airflow_qa_provider.transfers.{vendor.name}",
            }
            for vendor in vendors
            if find_spec(f"airflow_qa_provider.transfers.{vendor.name}")
        ],
        "extra-links": links(vendors),
        "notifications": notifiers(vendors),
        "config": {
            "airflow_qa_provider": {
                "description": "Settings of the operators and sensors for quality and reporting services.",
                "options": {
                    "default_retries": {
                        "description": "Retries of a task where nothing else says it.",
                        "version_added": None,
                        "type": "integer",
                        "example": None,
                        "default": str(RETRIES),
                    },
                    "webhook_connections": {
                        "description": "Ids of the connections whose webhooks the API server receives, with commas "
                        "between them. None by default: nothing listens then.",
                        "version_added": None,
                        "type": "string",
                        "example": "conqa_default, monitorqa_default",
                        "default": "",
                    },
                },
            }
        },
    }


def modules(room: str, vendors: list[Vendor]) -> list[dict[str, Any]]:
    """Return the module of each vendor, which has its name."""
    return [
        {"integration-name": vendor.title, "python-modules": [f"airflow_qa_provider.{room}.{vendor.name}"]}
        for vendor in vendors
    ]


def links(vendors: list[Vendor]) -> list[str]:
    """Return the classes of links: to the files of all vendors, and to the pages of those that have some."""
    from importlib import import_module

    from airflow_qa_provider.bases.link import ObjectLink, StoredFileLink

    found = [f"{StoredFileLink.__module__}.{StoredFileLink.__name__}"]
    for vendor in vendors:
        place = f"airflow_qa_provider.links.{vendor.name}"
        if find_spec(place):
            members = vars(import_module(place)).values()
            classes = [one for one in members if isinstance(one, type) and issubclass(one, ObjectLink)]
            found += [f"{place}.{one.__name__}" for one in classes if one.__module__ == place]
    return sorted(found)


def notifiers(vendors: list[Vendor]) -> list[str]:
    """Return the classes of notifiers, of the vendors that have some."""
    from importlib import import_module

    from airflow.sdk import BaseNotifier

    found = []
    for place in (f"airflow_qa_provider.notifications.{vendor.name}" for vendor in vendors):
        if find_spec(place):
            members = vars(import_module(place)).values()
            found += [
                f"{place}.{one.__name__}"
                for one in members
                if isinstance(one, type) and issubclass(one, BaseNotifier) and one.__module__ == place
            ]
    return sorted(found)


def connection_type(vendor: Vendor) -> dict[str, Any]:
    """Return the form of a vendor's connections."""
    form = vendor.form
    # Airflow's form has no mark for its own fields
    labels = {"host": form.host_label, "password": f"{form.secret_label} (required)", "port": "Port"}
    if form.login_label:
        labels["login"] = f"{form.login_label} (required)"
    options = {}
    if form.option_help:
        label, description = form.option_help
        options = {vendor.name: field({"label": label, "description": description, "type": "object"}, vendor.title)}
    own = sorted(form.own_fields.items(), key=lambda item: not item[1].get("required", False))
    return {
        "connection-type": vendor.name,
        "hook-class-name": f"airflow_qa_provider.hooks.{vendor.name}.{HOOKS[vendor.name]}Hook",
        "hook-name": vendor.title,
        "ui-field-behaviour": {
            "hidden-fields": ["schema"] if form.login_label else ["schema", "login"],
            "relabeling": labels,
            "placeholders": {"host": form.host_placeholder, "port": PORT_HELP},
        },
        "conn-fields": {
            **{name: field(help_, vendor.title) for name, help_ in own},
            **options,
            "**": "_COMMON_FIELDS",
        },
    }


def field(help_: Mapping[str, Any], section: str) -> dict[str, Any]:
    """Return one field of a form, as Airflow describes it: what may not be empty is marked, in a part of its own."""
    rest = {name: value for name, value in help_.items() if name not in ("label", "description", "type", "required")}
    kinds = help_.get("type", "string")
    if help_.get("required"):
        schema = {"type": kinds, "section": f"{section} (required)", **rest}
    else:
        schema = {"type": [*([kinds] if isinstance(kinds, str) else kinds), "null"], "section": section, **rest}
    return {"label": help_["label"], "description": help_["description"], "schema": schema}


def source() -> str:
    """Return the module's text."""
    common = {name: field(help_, "Limits, time-outs and TLS") for name, help_ in COMMON_FORM.items()}
    parts = (HEAD, _text(common), ENTRY, _text(provider_info()).replace("'**': '_COMMON_FIELDS'", "**_COMMON_FIELDS"))
    text = "".join(parts)
    ruff = [str(Path(sys.executable).with_name("ruff")), "format", "--quiet", "--stdin-filename", str(MODULE), "-"]
    return subprocess.run(ruff, input=text, capture_output=True, text=True, check=True).stdout  # noqa: S603


def _text(value: Any) -> str:
    return pprint.pformat(value, width=100, sort_dicts=False)


def main() -> int:
    """Write or check the module."""
    if "--check" in sys.argv[1:]:
        if MODULE.read_text() == source():
            return 0
        print(f"{MODULE.name} is not what the records say: run `make format`", file=sys.stderr)
        return 1
    MODULE.write_text(source())
    return 0


if __name__ == "__main__":
    sys.exit(main())
