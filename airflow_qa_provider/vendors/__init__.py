"""The vendors: one folder each, with all that is known of it, and how they are found.

The built-in ones are registered here. Another distribution registers its own through the entry point group
``airflow_qa_provider.vendors``: the name of the vendor to its :class:`~airflow_qa_provider.kinds.kind.Vendor`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import TYPE_CHECKING

from airflow_qa_provider.exceptions import QANotSupportedError

if TYPE_CHECKING:
    from airflow_qa_provider.kinds.kind import Kind, Vendor

ENTRY_POINTS = "airflow_qa_provider.vendors"
BUILT_IN = ("conqa", "monitorqa", "qalyptus", "simplo", "smartq")


@cache
def _places() -> dict[str, str]:
    """Name of a vendor to the place of its record; read once, for entry points cost 10 ms."""
    found = {one.name: one.value for one in entry_points(group=ENTRY_POINTS)}
    here = {name: f"{__name__}.{name}.vendor:VENDOR" for name in BUILT_IN if find_spec(f"{__name__}.{name}")}
    return {**found, **here}


def names() -> tuple[str, ...]:
    """Return the names of all vendors that are installed, sorted."""
    return tuple(sorted(_places()))


@cache
def vendor_named(name: str) -> Vendor:
    """Return a vendor.

    Loads its client and kinds, which takes a tenth of a second once: on an event loop, call it in a thread.

    :param name: Vendor in lower case.
    :raises QANotSupportedError: None of that name is installed.
    """
    place = _places().get(name)
    if place is None:
        raise QANotSupportedError(
            f"there is no vendor {name!r}; installed are {', '.join(names())}",
            outcome="Nothing was sent",
            hint=f"A distribution that brings it registers it under the entry points {ENTRY_POINTS}",
        )
    module, _, attribute = place.partition(":")
    vendor: Vendor = getattr(import_module(module), attribute)
    return vendor


def kind_of(name: str) -> Kind:
    """Return a kind of object.

    :param name: ``vendor.object``.
    :raises QANotSupportedError: There is no such vendor, or it has no such kind.
    """
    vendor = vendor_named(name.partition(".")[0])
    kind = vendor.kind(name)
    if kind is None:
        known = ", ".join(one.name for one in vendor.kinds)
        raise QANotSupportedError(f"there is no kind {name!r}; {vendor.title} has {known}", vendor=vendor.name)
    return kind
