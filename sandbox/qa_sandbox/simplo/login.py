"""Who is logged in. The vendor does not document how; header and scheme are settings."""

from __future__ import annotations

from starlette.datastructures import Headers

from qa_sandbox.auth import same_secret
from qa_sandbox.context import SandboxContext


def is_logged_in(headers: Headers, context: SandboxContext) -> bool:
    """Whether a request carries the token."""
    wire = context.settings.simplo
    given = headers.get(wire.auth_header, "")
    if not wire.auth_scheme:
        return same_secret(given, context.api_key)
    scheme, _, token = given.partition(" ")
    return scheme.lower() == wire.auth_scheme.lower() and same_secret(token.strip(), context.api_key)
