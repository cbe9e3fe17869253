"""Dialects: what a vendor's docs leave open, as a frozen dataclass of defaults that a connection can replace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from airflow_qa_provider.exceptions import QAConfigurationError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

D = TypeVar("D", bound="DataclassInstance")


def with_options(defaults: D, options: Mapping[str, Any], vendor: str) -> D:
    """Return a dialect with a connection's replacements.

    :param defaults: A frozen dataclass whose fields are texts or tuples of words.
    :param options: Field name to text, or to a list of words where the default is a tuple; one word may be a string.
    :param vendor: Vendor in lower case, which is also the name of its object in the connection's extra.
    :raises QAConfigurationError: An unknown name, or a value of another kind; the message names it.
    """
    if not isinstance(options, Mapping):
        raise QAConfigurationError(f"extra.{vendor} must be an object, got {options!r}", vendor=vendor)
    known = {field.name: getattr(defaults, field.name) for field in fields(defaults)}
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise QAConfigurationError(
            f"extra.{vendor} has unknown names {unknown}", vendor=vendor, hint=f"Known are {sorted(known)}"
        )
    changes = {
        name: _words(value, f"extra.{vendor}.{name}", vendor)
        if isinstance(known[name], tuple)
        else _text(value, f"extra.{vendor}.{name}", vendor)
        for name, value in options.items()
    }
    return replace(defaults, **changes)


def _words(value: Any, name: str, vendor: str) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, (list, tuple)) or not listed or not all(isinstance(w, str) and w for w in listed):
        raise QAConfigurationError(f"{name} must be a list of words, got {value!r}", vendor=vendor)
    return tuple(listed)


def _text(value: Any, name: str, vendor: str) -> str:
    if not isinstance(value, str):
        raise QAConfigurationError(f"{name} must be a string, got {value!r}", vendor=vendor)
    return value
