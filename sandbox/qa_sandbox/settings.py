"""What a sandbox can be told: durations, file sizes, keys, outcomes, and the wire words nobody documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qa_sandbox.outcomes import Outcome
from qa_sandbox.requestlog import CREDENTIAL_HEADERS

MAX_FILE_BYTES = 1 << 30


@dataclass(frozen=True)
class QalyptusWire:
    """
    The parts of Qalyptus Cloud's answers that its public documentation does not show.

    Tests change them to prove that a client does not depend on a guess.

    :param words: status words, from the sandbox's own word to the one on the wire; own words are ``queued``,
        ``running``, ``completed``, ``success``, ``warning``, ``error``, ``stopped``; default: the same words
    :param fields: field names of status records, from the sandbox's own name (``status``, ``progress``, ``message``,
        ``reportId``, ...) to the one on the wire; default: the same names
    :param task_run_returns_id: whether running a task answers ``{"id": ...}`` of the new status record in ``data``, or
        ``null``
    :param errors_as_200: whether errors are answered with HTTP 200 and ``isSuccess: false``
    """

    words: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    task_run_returns_id: bool = True
    errors_as_200: bool = False


@dataclass(frozen=True)
class ConqaWire:
    """
    The parts of CONQA that its public documentation does not show.

    :param error_member: member that holds the text of an error
    :param register_replaces: whether registering a webhook again replaces the one of the same project or account and
        type, or adds another
    :param milestone_webhooks: whether MILESTONE webhooks are called; the vendor shows no payload, ours is invented
    """

    error_member: str = "message"
    register_replaces: bool = False
    milestone_webhooks: bool = True


@dataclass(frozen=True)
class SimploWire:
    """
    The parts of Simplo IS that its public documentation does not show.

    :param auth_header: header that carries the token, one of those that the request log masks
    :param auth_scheme: word before the token, for instance ``Bearer``; empty for the bare token
    :param second_invoice: what issuing an invoice does for a report that has one: ``new`` makes another, ``error``
        answers 422
    :param approve_returns_report: whether approving answers the report, or 200 with an empty body
    :param user_agents: ``User-Agent`` headers of clients who may approve without being logged in
    """

    auth_header: str = "Authorization"
    auth_scheme: str = "Bearer"
    second_invoice: str = "new"
    approve_returns_report: bool = False
    user_agents: tuple[str, ...] = ("Mozilla/5.0 (client portal)",)

    def __post_init__(self) -> None:
        if self.auth_header.lower() not in CREDENTIAL_HEADERS:
            known = ", ".join(sorted(CREDENTIAL_HEADERS))
            raise ValueError(f"Simplo auth_header must be one of {known}, not {self.auth_header!r}.")
        if self.second_invoice not in ("new", "error"):
            raise ValueError(f"Simplo second_invoice must be 'new' or 'error', not {self.second_invoice!r}.")


@dataclass(frozen=True)
class SmartQWire:
    """
    The parts of smartQ's behaviour that its documentation leaves open.

    :param errors_as_200: whether errors are answered with HTTP 200; else with the status of their code. The docs never
        look at a status, only at ``error`` in the body
    :param token_seconds: how long an authorization token works
    :param refresh_token_seconds: how long a refresh token works
    :param rotate_refresh_tokens: whether a refresh token works only once
    :param token_fields: names in the answer to a sign-in, from the sandbox's own name (``access_token``,
        ``refresh_token``, ``expires_in``) to the one on the wire; default: the same names
    :param deleted: ``data`` of the answer to a deletion
    :param max_upload_bytes: largest file that can be attached
    :param hidden: members that no ticket shows
    """

    errors_as_200: bool = True
    token_seconds: float = 3600.0
    refresh_token_seconds: float = 14 * 24 * 3600.0
    rotate_refresh_tokens: bool = True
    token_fields: Mapping[str, str] = field(default_factory=dict)
    deleted: Any = True
    max_upload_bytes: int = 64 << 20
    hidden: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("token_seconds", "refresh_token_seconds"):
            if not 0 <= getattr(self, name) <= 1e9:
                raise ValueError(f"smartQ setting {name} must be between 0 and 1e9, not {getattr(self, name)}.")


@dataclass(frozen=True)
class MonitorQAWire:
    """
    What MonitorQA keeps on its settings page, and the parts that its public documentation does not show.

    :param webhook_url: where events are sent, an address on this machine; None for nowhere
    :param completed_details: where AUDIT_COMPLETED holds the details of the audit: ``nested`` in ``data.audit``, or
        ``merged`` into ``data`` beside ``auditId``
    """

    webhook_url: str | None = field(default=None, repr=False)
    completed_details: str = "nested"

    def __post_init__(self) -> None:
        if self.completed_details not in ("nested", "merged"):
            raise ValueError(
                f"MonitorQA completed_details must be 'nested' or 'merged', not {self.completed_details!r}."
            )


@dataclass(frozen=True)
class SandboxSettings:
    """
    Behaviour of all vendors of one sandbox. Durations are seconds, fractions allowed.

    :param audit_pickup_seconds: from the moment an audit can start until the simulated auditor starts it
    :param audit_seconds: from the moment an audit can start until it is completed
    :param report_queue_seconds: how long a requested report or a started task stays queued
    :param report_seconds: from requesting a report until its file is ready
    :param task_seconds: from starting a task until it has ended
    :param milestone_seconds: from accepting a change of a milestone until lists show it
    :param callback_timeout_seconds: wall-clock seconds that a webhook has for its answer, at most 600; default: the
        vendor's own limit
    :param download_url_seconds: how long a pre-signed download address works
    :param pdf_bytes: exact size of every PDF file, at most 1 GiB; default: the natural size. A size below the natural
        one has no effect
    :param xlsx_bytes: the same for XLSX files
    :param seed: all invented data and ids derive from it
    :param api_keys: API key by vendor; default ``sandbox-<vendor>-key``
    :param outcomes: scripted endings, see :class:`~qa_sandbox.outcomes.Outcome`
    :param qalyptus: the undocumented parts of Qalyptus' wire format
    :param monitorqa: MonitorQA's webhook and the undocumented parts of it
    :param conqa: the undocumented parts of CONQA
    :param simplo: the undocumented parts of Simplo IS
    :param smartq: the undocumented parts of smartQ
    """

    audit_pickup_seconds: float = 1.0
    audit_seconds: float = 4.0
    report_queue_seconds: float = 0.5
    report_seconds: float = 2.5
    task_seconds: float = 3.0
    milestone_seconds: float = 1.5
    callback_timeout_seconds: float | None = None
    download_url_seconds: float = 300.0
    pdf_bytes: int | None = None
    xlsx_bytes: int | None = None
    seed: int = 7
    api_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    outcomes: tuple[Outcome, ...] = ()
    qalyptus: QalyptusWire = field(default_factory=QalyptusWire)
    monitorqa: MonitorQAWire = field(default_factory=MonitorQAWire)
    conqa: ConqaWire = field(default_factory=ConqaWire)
    simplo: SimploWire = field(default_factory=SimploWire)
    smartq: SmartQWire = field(default_factory=SmartQWire)

    def __post_init__(self) -> None:
        for name in ("audit_pickup", "audit", "report_queue", "report", "task", "milestone", "download_url"):
            value = getattr(self, f"{name}_seconds")
            if not 0 <= value <= 1e9:
                raise ValueError(f"Sandbox setting {name}_seconds must be between 0 and 1e9, not {value}.")
        limit = self.callback_timeout_seconds
        if limit is not None and not 0 < limit <= 600:
            raise ValueError(f"Sandbox setting callback_timeout_seconds must be above 0, at most 600, not {limit}.")
        for name in ("pdf_bytes", "xlsx_bytes"):
            size = getattr(self, name)
            if size is not None and not 0 <= size <= MAX_FILE_BYTES:
                raise ValueError(f"Sandbox setting {name} must be between 0 and {MAX_FILE_BYTES}, not {size}.")

    def api_key(self, vendor: str) -> str:
        """Return the API key that a vendor's app accepts."""
        return self.api_keys.get(vendor, f"sandbox-{vendor}-key")
