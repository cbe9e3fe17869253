"""Secrets in what vendors send back: none of them reaches a message."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from airflow_qa_provider.rest.redaction import MASK, excerpt, redact

KEY = "k3y+S/ecr et&1"
TOKEN = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=._-", min_size=12, max_size=60)


@pytest.mark.parametrize("form", [KEY, "k3y%2BS%2Fecr%20et%261", "k3y%2BS%2Fecr+et%261"])
def test_a_known_secret_is_masked_in_every_encoding(form: str) -> None:
    assert redact(f"no such key {form}, sorry", [KEY]) == f"no such key {MASK}, sorry"


def test_the_longer_secret_goes_first() -> None:
    assert redact("abcd1234 and abcd", ["abcd", "abcd1234"]) == f"{MASK} and {MASK}"


def test_what_is_too_short_to_be_a_secret_leaves_the_text_readable() -> None:
    assert redact("the id is 12", ["12", "", "the"]) == "the id is 12"


@pytest.mark.parametrize(
    "text",
    [
        "X-API-KEY: s3cr3t-value",
        "api_key=s3cr3t-value&page=2",
        '{"apiKey": "s3cr3t-value"}',
        "{'api-key': 's3cr3t-value'}",
        '"password":"s3cr3t-value"',
        "clientSecret=s3cr3t-value",
        '"refresh_token" : "s3cr3t-value"',
        "fileOpenPassword: s3cr3t-value",
        "Authorization: s3cr3t-value",
        "Authorization: Bearer s3cr3t-value",
        "authorization: Basic s3cr3t-value",
        "Authorization: Token s3cr3t-value",
        "X-Authorization: OAuth2 s3cr3t-value",
        "x-auth-client-id: s3cr3t-value",
        "https://blob.example.com/r.pdf?se=2026&sig=s3cr3t-value",
        "Signature=s3cr3t-value",
        "s3://AKIA:s3cr3t-value@reports/door.jpg",
        "proxy http://kim:s3cr3t-value@proxy.example.com:3128",
    ],
)
def test_a_value_that_is_named_like_a_secret_is_masked(text: str) -> None:
    masked = redact(text)

    assert "s3cr3t" not in masked
    assert MASK in masked
    assert masked.startswith(text[:5])


@pytest.mark.parametrize(
    "text",
    [
        "The API key is missing, unknown or expired.",
        "design=new&signal=5",
        "templateId: 4f1c",
        "tokens are not accepted here",
        "s3://site@reports/door.jpg",
        "http://proxy.example.com:3128/mail/kim@example.com",
        '{"message": "template/not-found"}',
    ],
)
def test_a_text_without_a_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_an_excerpt_is_one_short_line() -> None:
    assert excerpt("  a\n\tb  c ") == "a b c"
    assert excerpt("word " * 200, limit=20) == "word word word word …"
    assert excerpt("x" * 300) == "x" * 300


@given(secret=TOKEN, before=st.integers(0, 700), blanks=st.integers(0, 700), limit=st.integers(1, 30))
@example(secret="A" * 40, before=0, blanks=580, limit=30)
def test_no_cut_leaves_a_piece_of_a_secret(secret: str, before: int, blanks: int, limit: int) -> None:
    text = "," * before + " " * blanks + secret + " end" * 300
    shown = excerpt(text, [secret], limit)

    assert len(shown) <= limit + 1
    assert not any(secret[start : start + 5] in shown for start in range(len(secret) - 4))
