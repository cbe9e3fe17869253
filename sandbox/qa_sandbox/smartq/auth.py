"""
Who is calling: the API access key of the client, and a login or a token of a user.

Documented: the key goes into ``X-Auth-Client-Id`` or ``X_AUTH_CLIENT_ID``, a login into HTTP Basic authorization, a
token into ``X-Authorization: OAUTH2 <token>``, and the answer to a wrong key. The other messages are our choice.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from fastapi import Request

from qa_sandbox.auth import same_secret
from qa_sandbox.smartq.models import User
from qa_sandbox.smartq.phpform import read_form
from qa_sandbox.smartq.store import SmartQStore
from qa_sandbox.smartq.tokens import TokenBook
from qa_sandbox.web import Refused

KEY_HEADER, KEY_PARAMETER = "X-Auth-Client-Id", "X_AUTH_CLIENT_ID"
TOKEN_HEADER, TOKEN_SCHEME = "X-Authorization", "OAUTH2"


async def signed_in(request: Request) -> User:
    """Find the user who calls a resource. A token decides if there is one, else the login."""
    return await _user(request, "token", TokenBook.user_of)


async def signing_in(request: Request) -> User:
    """Find the user who asks for tokens, by refresh token or login."""
    return await _user(request, "refresh token", TokenBook.redeem)


async def _user(request: Request, kind: str, find: Callable[[TokenBook, str], int | None]) -> User:
    store: SmartQStore = request.app.state.store
    await _check_key(request, store)
    token = _token(request)
    if token is None:
        return _user_of_login(request, store)
    user_id = find(store.tokens, token)
    if user_id is None:
        raise Refused(401, f"Authorization failed, the {kind} is invalid or expired")
    return store.users[user_id]


async def _check_key(request: Request, store: SmartQStore) -> None:
    given = request.headers.get(KEY_HEADER) or request.query_params.get(KEY_PARAMETER)
    if given is None:
        given = (await read_form(request)).get(KEY_PARAMETER)
    if not isinstance(given, str) or not same_secret(given, store.context.api_key):
        raise Refused(401, "Authorization failed, invalid client id")


def _token(request: Request) -> str | None:
    sent = request.headers.get(TOKEN_HEADER)
    if sent is None:
        return None
    scheme, _, token = sent.strip().partition(" ")
    if scheme != TOKEN_SCHEME:
        raise Refused(401, f"Authorization failed, {TOKEN_HEADER} must read: {TOKEN_SCHEME} <token>")
    return token.strip()


def _user_of_login(request: Request, store: SmartQStore) -> User:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise Refused(401, "Authorization failed, send a login or a token")
    try:
        login, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        login, password = "", ""
    user = store.user_by_email(login)
    if user is None or not same_secret(password, user.password):
        raise Refused(401, "Authorization failed, invalid login or password")
    return user
