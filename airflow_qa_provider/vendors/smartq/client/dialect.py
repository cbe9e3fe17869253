"""What the smartQ docs leave open, in one place: the token answer, the sign of expiry, two contradictory spellings.

The docs show no answer of ``POST /oauth2/`` and no list. A connection can replace any of these defaults in its extra,
for example ``{"smartq": {"token_fields": ["access"], "timezone": "Europe/Prague"}}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from airflow_qa_provider.exceptions import QAConfigurationError
from airflow_qa_provider.rest.options import with_options

CREDENTIALS = ("login", "client_id")
"""Names in the options that are no habit of an account but say who asks."""

_CHOICES = {
    "authentication": ("oauth2", "basic"),
    "reply_field": ("parent_id", "top_parent_id"),
    "sessions": ("shared", "own"),
}
_SECONDS = ("token_lifetime", "refresh_margin")


@dataclass(frozen=True)
class Dialect:
    """Names and habits of an account; inferred unless said otherwise.

    :param authentication: ``oauth2``: sign in once, then send the token. ``basic``: send login and password with every
        request. Both are documented; the second needs none of the guesses below.
    :param token_fields: Names under which the token answer may hold the token, in order of preference.
    :param refresh_token_fields: The same for the refresh token.
    :param lifetime_fields: The same for the token's lifetime in seconds.
    :param token_lifetime: Seconds that a token lives when the answer does not say; 0 for unknown, which means that it
        is used until it is refused.
    :param refresh_margin: Seconds before its end at which a token is renewed, at most half of its lifetime.
    :param expired_codes: HTTP statuses, or codes in the answer's ``error``, after which the token is renewed and the
        request sent once more. The docs know 401 only, for an invalid API access key.
    :param items_field: Name under which a list answer holds its rows; seen in a public client of 2014.
    :param reply_field: What a reply to a note calls its parent: the list of properties says ``parent_id``, the example
        ``top_parent_id``.
    :param sessions: ``shared``: tasks that use the connection hand the token on to each other, encrypted. ``own``: each
        client signs in for itself.
    :param timezone: Time zone of the dates that are sent, for the docs name none. A name of the IANA database.
    """

    authentication: str = "oauth2"
    token_fields: tuple[str, ...] = ("access_token", "token", "authorization_token", "auth_token")
    refresh_token_fields: tuple[str, ...] = ("refresh_token",)
    lifetime_fields: tuple[str, ...] = ("expires_in",)
    token_lifetime: float = 0.0
    refresh_margin: float = 60.0
    expired_codes: tuple[str, ...] = ("401",)
    items_field: str = "items"
    reply_field: str = "parent_id"
    sessions: str = "shared"
    timezone: str = "UTC"

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Dialect:
        """Return the dialect with a connection's replacements.

        :param options: Names of the fields above to values; a single word may be given as a string. The credentials
            among them are left to :class:`~airflow_qa_provider.vendors.smartq.client.auth.Credentials`.
        :raises QAConfigurationError: An unknown name, or a value that cannot be; the message names it.
        """
        texts = options
        seconds: dict[str, Any] = {}
        if isinstance(options, Mapping):
            seconds = {name: _seconds(name, options[name]) for name in _SECONDS if name in options}
            texts = {name: value for name, value in options.items() if name not in (*_SECONDS, *CREDENTIALS)}
        dialect = replace(with_options(cls(), texts, "smartq"), **seconds)
        for name, allowed in _CHOICES.items():
            if getattr(dialect, name) not in allowed:
                raise _refused(name, f"must be one of {list(allowed)}", getattr(dialect, name))
        try:
            ZoneInfo(dialect.timezone)
        except (KeyError, OSError, ValueError):
            raise _refused("timezone", "must be a name such as 'Europe/Prague'", dialect.timezone) from None
        return dialect


def _seconds(name: str, value: Any) -> float:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise _refused(name, "must be a number of seconds, 0 or more", value)
    return seconds


def _refused(name: str, rule: str, value: Any) -> QAConfigurationError:
    return QAConfigurationError(f"extra.smartq.{name} {rule}, got {value!r}", vendor="smartq")
