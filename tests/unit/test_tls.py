"""The authorities are read once per process and bundle, and nobody gets those of another."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from airflow_qa_provider.exceptions import QAConfigurationError
from airflow_qa_provider.rest.answer import BoundedAdapter
from airflow_qa_provider.rest.tls import shared_context
from tests.unit.acme import acme

BUNDLE = Path(DEFAULT_CA_BUNDLE_PATH)
END = "-----END CERTIFICATE-----\n"
URL = "https://api.example.com/v1"


def pool(verify: Any, cert: Any = None, url: str = URL) -> Any:
    """The pool that an adapter of its own sends a request with."""
    adapter = BoundedAdapter(1024, 1)
    request = requests.Request("GET", url).prepare()
    found = adapter.get_connection_with_tls_context(request, verify, cert=cert)
    adapter.cert_verify(found, url, verify, cert)
    return found


def some(path: Path, count: int) -> Path:
    """Write a bundle with so many authorities."""
    path.write_text(END.join(BUNDLE.read_text().split(END)[:count]) + END)
    return path


def test_clients_share_what_they_verify_with() -> None:
    first, second = pool(True), pool(True)

    assert first.conn_kw["ssl_context"] is second.conn_kw["ssl_context"]
    assert (first.cert_reqs, first.ca_certs, first.ca_cert_dir) == ("CERT_REQUIRED", None, None)
    context = first.conn_kw["ssl_context"]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.cert_store_stats()["x509_ca"] > 50


def test_bundles_are_kept_apart_and_read_anew_when_replaced(tmp_path: Path) -> None:
    bundle = some(tmp_path / "ca.pem", 1)
    one = shared_context(str(bundle))

    assert one is shared_context(str(bundle))
    assert one is not shared_context(True)
    assert len(one.get_ca_certs()) == 1

    some(bundle, 2)
    assert len(shared_context(str(bundle)).get_ca_certs()) == 2
    assert len(one.get_ca_certs()) == 1


@pytest.mark.parametrize(
    ("verify", "cert", "url"), [(False, None, URL), (True, "mine.pem", URL), (True, None, "http://api.example.com/v1")]
)
def test_nothing_is_shared_without_verification_or_with_a_certificate_of_the_client(
    verify: bool, cert: str | None, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.pem").touch()

    assert "ssl_context" not in pool(verify, cert, url).conn_kw


def test_a_bundle_of_something_else_is_a_wrong_setting(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("no certificate")
    with pytest.raises(QAConfigurationError) as failed:
        acme(verify=str(bundle)).ask("parts.create")

    assert f"the authorities of {bundle} cannot be read" in str(failed.value)
    assert "Nothing was sent. Check ca_path in the connection's extra." in str(failed.value)
