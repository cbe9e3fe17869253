"""The name that a server suggests for a download, in the forms in which servers write it."""

from __future__ import annotations

from typing import Any, cast

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from airflow_qa_provider.rest.disposition import suggested_name
from airflow_qa_provider.rest.download import Download

FORMS = [
    ('attachment; filename="report.pdf"', "report.pdf"),
    ("attachment; filename=report.pdf", "report.pdf"),
    ("attachment;filename=report.pdf;", "report.pdf"),
    ("inline; filename=report.pdf; size=12", "report.pdf"),
    ("attachment; filename=\"fallback.pdf\"; filename*=UTF-8''Sales%20Q3.pdf", "Sales Q3.pdf"),
    ("attachment; filename*=UTF-8''Sales%20Q3.pdf; filename=\"fallback.pdf\"", "Sales Q3.pdf"),
    ('attachment; filename="Sales; Q3.pdf"', "Sales; Q3.pdf"),
    ("attachment; filename*=utf-8'en'Sales%20Q3.pdf", "Sales Q3.pdf"),
    ("attachment; filename*=iso-8859-1''Gr%F6%DFe.pdf", "Größe.pdf"),
    ("attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%E2%82%AC.pdf", "Größe €.pdf"),
    ('attachment; FileName="report.pdf"', "report.pdf"),
    ("ATTACHMENT; FILENAME*=UTF-8''a%20b.pdf", "a b.pdf"),
    ('attachment; filename="the \\"final\\" one.pdf"', 'the "final" one.pdf'),
    ('attachment; filename = "report.pdf"', "report.pdf"),
    ('filename="report.pdf"', "report.pdf"),
    ("filename*=UTF-8''a%20b.pdf", "a b.pdf"),
    ('attachment; filename*0="a long "; filename*1="name.pdf"', "a long name.pdf"),
    ('attachment; filename="Grö\u00dfe.pdf"', "Größe.pdf"),
    ('attachment; filename="Größe €.pdf"'.encode().decode("latin-1"), "Größe €.pdf"),
    ('attachment; filename="=?UTF-8?B?R3LDtsOfZS5wZGY=?="', "Größe.pdf"),
    ('form-data; name="file"; filename="a.pdf"', "a.pdf"),
    ('attachment; x="filename=no.pdf"; filename="yes.pdf"', "yes.pdf"),
    ("attachment; filename*=unknown-8''a%20b.pdf; filename=c.pdf", "a b.pdf"),
    ("attachment; filename*=UTF-8''; filename=c.pdf", "c.pdf"),
    ("attachment; filename=\"UTF-8''Sales%20Q3.pdf\"", "Sales Q3.pdf"),
    ("attachment; filename*=\"UTF-8''Sales%20Q3.pdf\"", "Sales Q3.pdf"),
    ("attachment; filename*0*=UTF-8''Sales%20; filename*1*=Q3.pdf", "Sales Q3.pdf"),
    ("attachment; filename*=gbk''%B1%A8%B1%ED.pdf", "报表.pdf"),
    ("attachment; filename=Sales Q3.pdf", "Sales Q3.pdf"),
    ('attachment; filename="Sales Q3.pdf', "Sales Q3.pdf"),
    ('attachment; filename="Sales 100%.pdf"', "Sales 100%.pdf"),
    ('attachment;\r\n filename="a.pdf"', "a.pdf"),
    ("attachment", None),
    ("attachment; filename=", None),
    ('attachment; filename=""', None),
    ("", None),
    (";;;=;", None),
]
HOSTILE = [
    ('attachment; filename="../../etc/passwd.pdf"', "passwd.pdf"),
    ('attachment; filename="C:\\\\reports\\\\a.pdf"', "a.pdf"),
    ("attachment; filename*=UTF-8''..%2F..%2Fa.pdf", "a.pdf"),
    ("attachment; filename*=UTF-8''a%00b%0D%0Ac.pdf", "a b c.pdf"),
    ('attachment; filename="a\tb.pdf"', "a b.pdf"),
    ('attachment; filename=".."', None),
    ('attachment; filename="/"', None),
    ("attachment; filename=NUL.pdf", None),
    ("attachment; filename=COM1", None),
    ("attachment; filename*=UTF-8''..; filename=a.pdf", "a.pdf"),
]


@pytest.mark.parametrize(("header", "name"), FORMS + HOSTILE)
def test_a_suggested_name_is_read_in_every_form(header: str, name: str | None) -> None:
    assert suggested_name(header) == name


def test_a_download_has_the_name() -> None:
    response = requests.Response()
    response.headers["content-disposition"] = "attachment; filename=\"x.bin\"; filename*=UTF-8''Sales%20Q3.pdf"

    assert Download(response, cast(Any, None)).file_name == "Sales Q3.pdf"
    assert Download(requests.Response(), cast(Any, None)).file_name is None


@given(st.text(st.characters(max_codepoint=255)))
def test_no_header_breaks_the_reading(header: str) -> None:
    for form in (header, f"attachment; filename={header}", f"attachment; filename*={header}"):
        name = suggested_name(form)
        assert name is None or (name == name.strip() and not set(name) & set("/\\\0\r\n"))
