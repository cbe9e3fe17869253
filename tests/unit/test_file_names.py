"""File names that vendors suggest, in all spellings of ``Content-Disposition``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_qa_provider.rest.download import suggested_name


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("", None),
        ("inline", None),
        ("attachment", None),
        ('attachment; filename=""', None),
        ('attachment; filename="a.pdf"', "a.pdf"),
        ("attachment;filename=a.pdf", "a.pdf"),
        ('attachment; filename = "a.pdf" ', "a.pdf"),
        ('attachment; FileName="a.pdf"', "a.pdf"),
        ('filename="a.pdf"', "a.pdf"),
        ('attachment; filename="a.pdf', "a.pdf"),
        ("attachment; filename=Sales Q3.pdf", "Sales Q3.pdf"),
        ('attachment; filename="Sales; Q3.pdf"', "Sales; Q3.pdf"),
        ('attachment; filename="Say \\"hi\\".pdf"', 'Say "hi' + '".pdf'),
        ("attachment; filename=it's.pdf", "it's.pdf"),
        ("attachment; filename=\"plain.pdf\"; filename*=UTF-8''Sales%20Q3.pdf", "Sales Q3.pdf"),
        ("attachment; filename*=UTF-8''Sales%20Q3.pdf; filename=\"plain.pdf\"", "Sales Q3.pdf"),
        ("attachment; filename*=utf-8'en'Sales%20Q3.pdf", "Sales Q3.pdf"),
        ("attachment; FILENAME*=UTF-8''%e2%82%ac.pdf", "€.pdf"),
        ("attachment; filename*=iso-8859-1''%A3%20rates.pdf", "£ rates.pdf"),
        ("attachment; filename*=abc.pdf", "abc.pdf"),
        ("attachment; filename*=klingon''a.pdf", "a.pdf"),
        ("attachment; filename*=UTF-8''a%00b.pdf", "a\ufffdb.pdf"),
        ('attachment; filename*0="Sales "; filename*1="Q3.pdf"', "Sales Q3.pdf"),
        ('attachment; x-filename="no.pdf"; filename=yes.pdf', "yes.pdf"),
        ('attachment; name="filename=no.pdf"; filename=yes.pdf', "yes.pdf"),
        ('attachment; filename="Prüfung.pdf"', "Prüfung.pdf"),
        ('attachment; filename="Prüfung.pdf"'.encode().decode("latin-1"), "Prüfung.pdf"),
        ('attachment; filename="=?UTF-8?B?UHLDvGZ1bmcucGRm?="', "Prüfung.pdf"),
        ('attachment; filename="=?klingon?B?UHI=?="', "=?klingon?B?UHI=?="),
    ],
)
def test_the_name_is_read(header: str, name: str | None) -> None:
    assert suggested_name(header) == name


@given(st.text(st.characters(max_codepoint=255), max_size=40))
def test_no_header_fails(value: str) -> None:
    for header in (
        value,
        f"attachment; filename={value}",
        f"attachment; filename*={value}",
        f"filename*0*=a'b'{value}",
    ):
        name = suggested_name(header)
        assert name is None or name.encode()
