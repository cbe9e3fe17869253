"""Arguments that several methods share, declared once: names, types, how each is read, and its name on the wire.

A family is a ``TypedDict`` that methods take as ``**fields: Unpack[Family]``. The annotations of its fields carry a
:class:`Read`, and a :class:`Wire` where the vendor's name is not ours as the vendor spells names;
:meth:`~airflow_qa_provider.rest.fields.Fields.wire` reads the values by them.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypedDict, Union, get_args, get_origin

from typing_extensions import NotRequired, Required, get_type_hints

from airflow_qa_provider.rest.timestamps import Timestamp

_UNPACK = re.compile(r"Unpack\[(\w+)\]")


class Read:
    """How a value is read.

    :param how: Name of a method of the vendor's :class:`~airflow_qa_provider.rest.fields.Fields`.
    :param keeps_empty: Whether ``""`` is a value: one that clears the field.
    :param options: Further arguments of the method, such as limits.
    """

    def __init__(self, how: str, *, keeps_empty: bool = False, **options: Any) -> None:
        self.how = how
        self.keeps_empty = keeps_empty
        self.options = options


@dataclass(frozen=True)
class Wire:
    """The vendor's name of a field.

    :param name: As it goes over the wire; empty for a field that the method itself takes care of.
    """

    name: str


Id = Annotated[int | str, Read("id")]
"""An id: a text, or a number."""
Ids = Annotated[Iterable[int | str] | int | str, Read("ids")]
"""At least one id: a list, JSON text of one, or a single id."""
OptionalIds = Annotated[Iterable[int | str] | int | str, Read("optional_ids")]
"""Ids of which there may be none at all: an empty list says nobody."""
Text = Annotated[str, Read("text")]
"""A text that cannot be empty."""
FreeText = Annotated[str, Read("free_text", keeps_empty=True)]
"""A text that may be empty, which clears the field."""
Words = Annotated[Iterable[str] | str, Read("words")]
"""At least one word: a list, JSON text of one, or words with commas between them."""
Flag = Annotated[bool | str, Read("flag")]
"""A boolean, or a text that says one."""
Whole = Annotated[int | str, Read("whole")]
"""A whole number, or its digits."""
Number = Annotated[float | str, Read("number")]
"""A number, or its digits."""
Object = Annotated[Mapping[str, Any] | str, Read("mapping")]
"""An object of names and values, or JSON text of one; sent as it is."""
Objects = Annotated[Iterable[Mapping[str, Any]] | str, Read("mappings")]
"""A list of such objects, or JSON text of one."""
Moment = Annotated[Timestamp, Read("timestamp")]
"""An aware ``datetime``, or ISO 8601 with a zone."""
Secret = Annotated[str, Read("secret")]
"""A secret, which no message shows."""


class Paging(TypedDict, total=False):
    """How much of a list is read.

    :param page_size: Rows per request; the connection's, then the vendor's default when unset.
    :param limit: Most rows in all; all when unset.
    """

    page_size: Annotated[Whole | None, Read("whole", low=1), Wire("")]
    limit: Annotated[Whole | None, Read("whole", low=0), Wire("")]


@dataclass(frozen=True)
class Parameter:
    """One field of a family.

    :param name: Our name.
    :param required: Whether it must be given.
    :param read: How it is read.
    :param wire: The vendor's name, where it is not ours in the vendor's spelling.
    """

    name: str
    required: bool
    read: Read
    wire: str | None


@cache
def fields_of(family: type) -> tuple[Parameter, ...]:
    """Return the fields of a family, in the order of their declaration.

    :param family: A ``TypedDict``.
    """
    hints = get_type_hints(family, include_extras=True)
    always: frozenset[str] = getattr(family, "__required_keys__", frozenset())
    return tuple(_parameter(name, hint, name in always) for name, hint in hints.items())


def _parameter(name: str, hint: Any, required: bool) -> Parameter:
    found: dict[type, Any] = {}
    while get_origin(hint) in (Annotated, Required, NotRequired, Union):
        origin, (hint, *marks) = get_origin(hint), get_args(hint)
        if origin is Annotated:
            # the outermost mark is the nearest one
            found = {**{type(mark): mark for mark in marks}, **found}
        elif origin is not Union:
            required = origin is Required
    wire = found.get(Wire)
    return Parameter(name, required, found[Read], wire and wire.name)


def camel_case(name: str) -> str:
    """Return ``audit_object_id`` as ``auditObjectId``.

    :param name: A name with underscores.
    """
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def parameters_of(method: Callable[..., Any]) -> dict[str, bool]:
    """Return the arguments that a method takes by name, each with whether it is required; those of families too.

    :param method: A bound method.
    """
    found = {
        one.name: one.default is one.empty
        for one in inspect.signature(method).parameters.values()
        if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
    }
    family = family_of(method)
    if family is not None:
        found.update({field.name: field.required for field in fields_of(family)})
    # required ones first, as a signature has them
    return dict(sorted(found.items(), key=lambda item: not item[1]))


def family_of(method: Callable[..., Any]) -> type | None:
    """Return the family that a method takes, ``None`` when it takes none.

    :param method: A bound method.
    """
    for one in inspect.signature(method).parameters.values():
        if one.kind is one.VAR_KEYWORD:
            named = _UNPACK.fullmatch(one.annotation) if isinstance(one.annotation, str) else None
            family = method.__globals__[named[1]] if named else get_args(one.annotation)[0]
            return family  # type: ignore[no-any-return]
    return None
