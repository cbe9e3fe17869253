"""JSON of vendors: cleaned once, where it is read, and never more than there is memory for."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_qa_provider.exceptions import QAResponseError, may_be_done, was_accepted
from airflow_qa_provider.rest.clean_json import MAX_DEPTH, UnusableJSONError, read_json
from tests.unit.acme import acme
from tests.unit.peers import flood, give, peer

MIB = 1024 * 1024
CODE_POINTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | CODE_POINTS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(CODE_POINTS, inner), max_leaves=20)


def nested(depth: int, opening: str = "[", closing: str = "]") -> bytes:
    return (opening * depth + "1" + closing * depth).encode()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"scoreLabel": "Ann \\ud83d"}', {"scoreLabel": "Ann \ufffd"}),
        ('["\\ud83d\\ude00", "\\udc00\\ud800", "\\uD83D x"]', ["😀", "\ufffd\ufffd", "\ufffd x"]),
        ('{"a\\u0000": "Ann\\u0000Lee", "b": [["\\u0000"]]}', {"a\ufffd": "Ann\ufffdLee", "b": [["\ufffd"]]}),
        ('"\\u0000"', "\ufffd"),
        ('"\\\\u0000"', "\\u0000"),
        ('{"score": NaN, "a": [Infinity, -Infinity]}', {"score": None, "a": [None, None]}),
        ('{"a": 1e999, "b": [-1e400]}', {"a": None, "b": [None]}),
        ("NaN", None),
        ("1.5e3", 1500.0),
        ("1" + "0" * 4000, "1" + "0" * 4000),
        ("[1" + "0" * 5000 + ", 7]", [None, 7]),
        ('{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_what_nobody_can_keep_is_replaced(text: str, value: Any) -> None:
    assert read_json(text.encode(), MIB) == value


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b'"\xed\xa0\xbd"', "\ufffd"),
        (b'{"\xed\xa0\xbd": "\xc3\xbc\xed\xb8\x80"}', {"\ufffd": "ü\ufffd"}),
        (b'\xef\xbb\xbf"a"', "a"),
        ('"ü"'.encode("utf-16"), "ü"),
    ],
)
def test_the_bytes_of_a_surrogate_and_other_encodings_are_read(content: bytes, value: Any) -> None:
    assert read_json(content, MIB) == value


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\xfd", b'"\xc3"', b"[1,]", b'"a\nb"', b"'a'"])
def test_what_is_no_json_is_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json's own, and of many kinds
        read_json(content, MIB)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 300, 995, 20000])
def test_what_is_too_deep_is_refused(depth: int, opening: str, closing: str) -> None:
    with pytest.raises(UnusableJSONError, match="is nested more than 100 levels deep"):
        read_json(nested(depth, opening, closing), MIB)


def test_a_hundred_levels_are_read() -> None:
    assert json.dumps(read_json(nested(MAX_DEPTH), MIB)).encode() == nested(MAX_DEPTH)


@pytest.mark.parametrize("piece", [b"[],", b"{},", b'{"a":1},', b"1,", b'"",', b"[[[]]],", b'{"a":{}},'])
def test_many_small_values_are_refused_before_they_fill_the_memory(piece: bytes) -> None:
    content = b"[" + piece * (60 * MIB // len(piece)) + b"1]"
    with pytest.raises(UnusableJSONError, match="so many values"):
        read_json(content, 64 * MIB)


def test_a_usual_list_is_far_from_the_limit() -> None:
    row = {"id": "a" * 36, "name": "Walk-through", "score": 0.5, "done": True, "tags": ["a"], "at": "2026-01-31"}
    content = json.dumps([row] * 100_000).encode()
    assert len(read_json(content, 64 * MIB)) == 100_000


@given(VALUES)
def test_whatever_is_read_can_be_stored_and_sent(value: Any) -> None:
    read = read_json(json.dumps(value).encode(), MIB)

    text = json.dumps(read, allow_nan=False, ensure_ascii=False)
    assert "\x00" not in text
    assert text.encode() == json.dumps(json.loads(text), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("number", "read"),
    [
        *((number, int(number)) for number in ("9223372036854775807", "-9223372036854775808", "0")),
        *((number, number) for number in ("9223372036854775808", "-9223372036854775809", "18446744073709551616")),
        ("1" * 4000, "1" * 4000),
        ("1" * 5000, None),
    ],
)
def test_a_whole_number_beyond_64_bits_is_a_text(number: str, read: object) -> None:
    assert read_json(b'{"a": [%b]}' % number.encode(), MIB) == {"a": [read]}


@given(st.floats())
def test_finite_numbers_stay(number: float) -> None:
    assert read_json(json.dumps(number).encode(), MIB) == (number if math.isfinite(number) else None)


# Over the wire


def answer(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def test_a_client_s_answer_is_clean() -> None:
    with peer(give(answer(b'[{"scoreLabel": "Ann \\ud83d", "score": NaN}]'))) as port:
        assert acme(base_url=f"http://127.0.0.1:{port}").ask("parts.list") == [
            {"scoreLabel": "Ann \ufffd", "score": None}
        ]


def test_the_words_of_an_error_are_clean() -> None:
    body = b'{"message": "no \\u0000 part \\ud83d", "code": "a\\u0000"}'
    refusal = b"HTTP/1.1 400 Bad\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    with peer(give(refusal)) as port, pytest.raises(Exception, match="no \ufffd part \ufffd") as failed:
        acme(base_url=f"http://127.0.0.1:{port}").ask("parts.list")

    assert str(failed.value).encode()


@pytest.mark.parametrize("operation", ["parts.list", "parts.create"])
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (nested(300), "is nested more than 100 levels deep"),
        (nested(100_000), "is nested more than 100 levels deep"),
        (b"[" + b" " * 5000 + b"]", "is longer than 4 KiB"),
    ],
)
def test_an_answer_that_cannot_be_used_says_why(body: bytes, said: str, operation: str) -> None:
    most = 4096 if "longer" in said else 64 * MIB
    with peer(give(answer(body))) as port, pytest.raises(QAResponseError, match=said) as failed:
        acme(base_url=f"http://127.0.0.1:{port}", max_json_bytes=most).ask(operation)

    assert may_be_done(failed.value)
    assert not was_accepted(failed.value)
    assert failed.value.status_code == 200
    assert ("may have been carried out" in str(failed.value)) is (operation == "parts.create")
    assert ("max_json_bytes" in str(failed.value)) is ("longer" in said)


def test_an_endless_answer_is_left_at_the_limit() -> None:
    endless = flood(b"HTTP/1.1 200 OK\r\n\r\n[", b"1," * 1000)
    with peer(endless) as port, pytest.raises(QAResponseError, match="is longer than 100 KiB"):
        acme(base_url=f"http://127.0.0.1:{port}", max_json_bytes=100 * 1024).ask("parts.list")


@pytest.mark.parametrize("operation", ["parts.list", "parts.file"])
def test_the_words_of_an_endless_error_are_not_waited_for(operation: str) -> None:
    endless = flood(b"HTTP/1.1 403 Forbidden\r\n\r\n", b"no " * 1000)
    with peer(endless) as port, pytest.raises(Exception, match="HTTP 403 Forbidden") as failed:
        acme(base_url=f"http://127.0.0.1:{port}").ask(operation)

    assert type(failed.value).__name__ == "QAPermissionError"
