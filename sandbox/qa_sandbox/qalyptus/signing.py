"""Pre-signed download addresses, as object storage gives out: they work without credentials, for a while."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote, urlencode

from qa_sandbox.auth import same_secret
from qa_sandbox.clock import later

STORAGE_PREFIX = "/storage/"


def signed_url(base_url: str, record_id: str, name: str, now: datetime, seconds: float, key: str) -> str:
    """Make an address."""
    expires = str(int(later(now, seconds).timestamp()))
    query = urlencode({"expires": expires, "signature": _signature(record_id, expires, key)})
    return f"{base_url}{STORAGE_PREFIX}{record_id}/{quote(name)}?{query}"


def is_valid(record_id: str, expires: str, signature: str, now: datetime, key: str) -> bool:
    """Check an address."""
    if not same_secret(signature, _signature(record_id, expires, key)):
        return False
    return now.timestamp() <= int(expires)


def _signature(record_id: str, expires: str, key: str) -> str:
    text = f"{record_id}:{expires}".encode("utf-8", "replace")
    return hmac.new(f"storage:{key}".encode(), text, hashlib.sha256).hexdigest()
