"""Keys of XComs: one name, one meaning, whichever operator or sensor tells it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import pytest

from airflow_qa_provider.get_provider_info import get_provider_info
from airflow_qa_provider.kinds.facts import MEANINGS, told
from airflow_qa_provider.vendors import BUILT_IN, vendor_named

INFO = get_provider_info()
MODULES = [
    *(module for part in ("operators", "sensors") for one in INFO[part] for module in one["python-modules"]),
    *(one["python-module"] for one in INFO["transfers"]),
]
CLASSES: list[Any] = [
    one
    for name in MODULES
    for one in vars(import_module(name)).values()
    if inspect.isclass(one) and one.__module__ == name
]


def test_a_name_means_the_same_everywhere() -> None:
    assert len(CLASSES) > 30
    found: dict[str, set[str]] = {}
    for one in CLASSES:
        for key, meaning in one.xcom_keys().items():
            found.setdefault(key, set()).add(meaning)
    assert {key: meanings for key, meanings in found.items() if len(meanings) > 1} == {}


@pytest.mark.parametrize("vendor", BUILT_IN)
def test_what_a_kind_tells_does_not_hide_what_all_tell(vendor: str) -> None:
    for kind in vendor_named(vendor).kinds:
        facts: list[Mapping[str, str]] = [kind.facts, *(change.facts for change in kind.changes.values())]
        assert all(MEANINGS.get(name, meaning) == meaning for one in facts for name, meaning in one.items())


def test_what_is_not_known_is_told_of_mapped_tasks_only() -> None:
    facts: dict[str, object] = {"score": None, "changes": {}, "archived": False}
    assert told(facts, mapped=False) == {"changes": {}, "archived": False}
    assert told(facts, mapped=True) == facts
