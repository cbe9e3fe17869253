"""What an operation of a client takes and answers, in words: its docstring, and that of what it is made of."""

from __future__ import annotations

import inspect
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from airflow_qa_provider.rest.client import VendorClient
from airflow_qa_provider.rest.parameters import Paging

_UNPACK = re.compile(r"Unpack\[([\w.]+)\]")
_FIELD = re.compile(r"^:(param|return|raises)\s*([^:]*):\s*", re.MULTILINE)
_ROLE = re.compile(r":\w+:`~?([^`]+)`")
_CLIENT_ONLY = ("self", "preview")


@dataclass(frozen=True)
class Argument:
    """One argument of an operation.

    :param name: Its name.
    :param type: Its type, as the code has it.
    :param required: Whether the operation refuses to go without.
    :param meaning: What it means.
    """

    name: str
    type: str
    required: bool
    meaning: str


@dataclass(frozen=True)
class Description:
    """What is known of an operation.

    :param words: What it does.
    :param arguments: What it takes.
    :param answer: What it returns.
    :param errors: Which errors mean something special, by name.
    """

    words: str
    arguments: tuple[Argument, ...]
    answer: str
    errors: Mapping[str, str]

    def lines(self) -> Iterator[str]:
        """Yield the description, line by line."""
        yield from _wrapped(self.words)
        if self.arguments:
            yield ""
            yield "Arguments:"
        for one in self.arguments:
            yield f"  {one.name} ({one.type}{', required' if one.required else ''})"
            yield from _wrapped(one.meaning, "      ")
        if self.answer:
            yield ""
            yield from _wrapped(f"Returns: {self.answer}")
        for name, meaning in self.errors.items():
            yield from _wrapped(f"Raises {name}: {meaning}")


def describe(client: VendorClient, operation: str) -> Description:
    """Return what is known of an operation.

    :param client: The client.
    :param operation: Name of the operation.
    :raises LookupError: The client has no such operation.
    """
    resource, _, name = operation.partition(".")
    method = getattr(getattr(client, resource, None), name, None)
    if not callable(method):
        raise LookupError(operation)
    words, fields = _read(inspect.getdoc(method) or "")
    told = {name: text for kind, name, text in fields if kind == "param"}
    answer = next((text for kind, _, text in fields if kind == "return"), "")
    errors = {name.rpartition(".")[2]: text for kind, name, text in fields if kind == "raises"}
    return Description(words, tuple(_arguments(method, told)), answer, errors)


def _arguments(method: Any, told: Mapping[str, str]) -> Iterator[Argument]:
    for one in inspect.signature(method).parameters.values():
        written = "" if one.annotation is inspect.Parameter.empty else str(one.annotation)
        packed = _UNPACK.search(written)
        if one.kind is inspect.Parameter.VAR_KEYWORD and packed:
            yield from _of_typed_dict(vars(sys.modules[method.__module__])[packed[1]])
        elif one.name not in _CLIENT_ONLY and one.kind is not inspect.Parameter.VAR_KEYWORD:
            required = one.default is inspect.Parameter.empty
            yield Argument(one.name, _plain(written), required, told.get(one.name, ""))


def _of_typed_dict(made_of: Any) -> Iterator[Argument]:
    told: dict[str, str] = {}
    for one in _family(made_of):
        _, fields = _read(inspect.getdoc(one) or "")
        told = {**{name: text for kind, name, text in fields if kind == "param"}, **told}
    for name, written in made_of.__annotations__.items():
        text = str(getattr(written, "__forward_arg__", written))
        # as text, Required is not seen by Python itself
        required = text.startswith("Required[") or name in made_of.__required_keys__
        yield Argument(name, _plain(text), required and not text.startswith("NotRequired["), told.get(name, ""))


def _family(made_of: Any) -> Iterator[Any]:
    """Yield a typed dictionary, and those that it can be derived from: Python 3.11 does not tell."""
    yield made_of
    for one in (*vars(sys.modules[made_of.__module__]).values(), Paging):
        if hasattr(one, "__required_keys__") and set(one.__annotations__) < set(made_of.__annotations__):
            yield one


def _plain(written: str) -> str:
    """Return a type without what is only for the machine: ``Annotated[X, ...]`` and ``Required[X]`` are ``X``."""
    for wrapper in ("Required", "NotRequired", "Annotated"):
        if written.startswith(f"{wrapper}["):
            depth, inner = 0, written[len(wrapper) + 1 : -1]
            for at, sign in enumerate(inner):
                depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(sign, 0)
                if sign == "," and not depth:
                    inner = inner[:at]
                    break
            return _plain(inner)
    return written


def _read(doc: str) -> tuple[str, list[tuple[str, str, str]]]:
    """Return the words of a docstring, and its fields as kind, name and text."""
    parts = _FIELD.split(_ROLE.sub(lambda found: found[1].rpartition(".")[2], doc))
    fields = zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    return parts[0].strip(), [(kind, name.strip(), " ".join(text.split())) for kind, name, text in fields]


def _wrapped(text: str, indent: str = "") -> Iterator[str]:
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ""
        plain = " ".join(paragraph.replace("``", "`").split())
        yield from textwrap.wrap(plain, 100, initial_indent=indent, subsequent_indent=indent)
