"""
The vendors as stateful local HTTP servers.

The sandbox is a reading of the vendor documentation of its own: it shares nothing with any client of these
vendors. Use it in tests, in demos, and to try a pipeline before a vendor account exists::

    from qa_sandbox import SandboxSettings, run_sandbox

    with run_sandbox(["monitorqa"], SandboxSettings(audit_seconds=1)) as sandbox:
        os.environ["AIRFLOW_CONN_MONITORQA_DEFAULT"] = json.dumps(sandbox.connections()["monitorqa_default"])
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa_sandbox.clock import Clock, ManualClock, RealClock
    from qa_sandbox.outcomes import Outcome
    from qa_sandbox.server import Sandbox, run_sandbox
    from qa_sandbox.settings import ConqaWire, MonitorQAWire, QalyptusWire, SandboxSettings, SimploWire, SmartQWire

__all__ = [
    "Clock",
    "ConqaWire",
    "ManualClock",
    "MonitorQAWire",
    "Outcome",
    "QalyptusWire",
    "RealClock",
    "Sandbox",
    "SandboxSettings",
    "SimploWire",
    "SmartQWire",
    "run_sandbox",
]


def __getattr__(name: str) -> Any:
    # Lazy, so that building the command line does not import a web framework; the server does, so it comes last.
    for home in ("clock", "outcomes", "settings", "server") if name in __all__ else ():
        module = import_module(f"{__name__}.{home}")
        if hasattr(module, name):
            return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
