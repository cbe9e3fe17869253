"""Comparing what a vendor's docs leave open with what the schemas of its OpenAPI file say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_MOST_DEPTH = 8


@dataclass(frozen=True)
class Guess:
    """Something that we had to guess.

    :param about: What it is, for the report.
    :param schemas: Parts of the names of the schemas that tell, in any case; empty for all.
    :param fields: Names of the fields whose words are guessed, in any case; empty when the names of the schema's fields
        are themselves the guess.
    :param ours: What we take for right; empty when we know nothing.
    :param setting: How a connection is told otherwise, for the report.
    """

    about: str
    schemas: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    setting: str | None = None


def differences(document: Mapping[str, Any], guesses: Iterable[Guess]) -> dict[str, str]:
    """Return what a file says otherwise than we guess; nothing about what it does not tell.

    :param document: OpenAPI 3 or Swagger 2, as read from JSON.
    :param guesses: What to look for.
    """
    schemas = _schemas(document)
    found = {}
    for guess in guesses:
        theirs = _theirs(guess, schemas, document)
        problem = _difference(guess, theirs) if theirs else None
        if problem:
            found[guess.about] = problem
    return found


def _difference(guess: Guess, theirs: list[str]) -> str | None:
    known, told = {word.lower() for word in guess.ours}, {word.lower() for word in theirs}
    if known and told <= known:
        return None
    new = [word for word in theirs if word.lower() not in known]
    gone = [word for word in guess.ours if word.lower() not in told]
    parts = [f"the file has {', '.join(theirs)}"]
    if known:
        parts.append(f"not known to us: {', '.join(new)}")
    if gone and guess.fields == ():
        parts.append(f"ours that it lacks: {', '.join(gone)}")
    if guess.setting:
        parts.append(guess.setting)
    return "; ".join(parts)


def _theirs(guess: Guess, schemas: Mapping[str, Any], document: Mapping[str, Any]) -> list[str]:
    wanted = {name.lower() for name in guess.fields}
    words: dict[str, None] = {}
    for name, schema in schemas.items():
        if guess.schemas and not any(part.lower() in name.lower() for part in guess.schemas):
            continue
        for field, value in _fields(schema, document):
            if not wanted:
                words[field] = None
            elif field.lower() in wanted:
                words.update(dict.fromkeys(_words(value, document)))
    return list(words)


def _schemas(document: Mapping[str, Any]) -> Mapping[str, Any]:
    components = document.get("components")
    held = components.get("schemas") if isinstance(components, Mapping) else document.get("definitions")
    return held if isinstance(held, Mapping) else {}


def _fields(schema: Any, document: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[str, Any]]:
    schema = _resolved(schema, document)
    if depth > _MOST_DEPTH or not isinstance(schema, Mapping):
        return
    own = schema.get("properties")
    yield from own.items() if isinstance(own, Mapping) else ()
    for part in _parts(schema):
        yield from _fields(part, document, depth + 1)


def _words(value: Any, document: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    """Yield the words that a field can have; of numbers, their names."""
    value = _resolved(value, document)
    if depth > _MOST_DEPTH or not isinstance(value, Mapping):
        return
    named = value.get("x-enumNames") or value.get("x-enum-varnames") or value.get("enum")
    yield from (str(word) for word in named if word is not None) if isinstance(named, list) else ()
    for part in (*_parts(value), value.get("items")):
        yield from _words(part, document, depth + 1)


def _parts(schema: Mapping[str, Any]) -> list[Any]:
    listed = [schema.get(name) for name in ("allOf", "oneOf", "anyOf")]
    return [part for parts in listed if isinstance(parts, list) for part in parts]


def _resolved(schema: Any, document: Mapping[str, Any]) -> Any:
    for _ in range(_MOST_DEPTH):
        reference = schema.get("$ref") if isinstance(schema, Mapping) else None
        if not isinstance(reference, str) or not reference.startswith("#/"):
            break
        schema = document
        for name in reference[2:].split("/"):
            schema = schema.get(name) if isinstance(schema, Mapping) else None
    return schema
