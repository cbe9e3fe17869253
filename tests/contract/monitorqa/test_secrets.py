"""The key of a company that was just created."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from airflow_qa_provider.exceptions import QAConflictError
from airflow_qa_provider.vendors.monitorqa.client.company import NewCompany
from tests.contract.harness import Contract
from tests.contract.recorder import Answer, RecordingServer

KEY = "12345678-1234-1234-1234-123456789012"


def test_the_key_of_a_new_company_is_masked_in_later_errors(server: RecordingServer) -> None:
    created = json.dumps({"companyId": "c1", "apiKey": KEY}).encode()
    refusal = json.dumps({"message": f"company/not-accessible:{KEY}"}).encode()
    server.expect([Answer(200, {}, created), Answer(409, {}, refusal)])
    client: Any = Contract.of("monitorqa").client(server.url)
    with client:
        company = client.company.create(company_name="Example", admin_full_name="Admin", usage_purpose="sites")
        with pytest.raises(QAConflictError) as caught:
            client.company.get()
    assert company.api_key == KEY
    assert KEY not in str(caught.value)
    assert caught.value.code == "company/not-accessible"


def test_a_new_company_does_not_show_or_pickle_its_key() -> None:
    company = NewCompany("c1", KEY)
    assert repr(company) == str(company) == "NewCompany(company_id='c1', api_key='***')"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(company)
