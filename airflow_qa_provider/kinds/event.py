"""What a vendor tells by itself: the calls of its webhooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


def _nothing(call: Mapping[str, Any]) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Event:
    """One kind of event that a vendor tells by a webhook.

    :param name: In lower case, such as ``inspection_completed``.
    :param about: What has happened, in a few words.
    :param is_told_by: Tells whether a call, which is a JSON object, tells of such an event.
    :param object_id: A call to the id of the object that it tells of; ``None`` where it names none.
    :param key: A call to what it has in common only with repeats of itself, so that they can be told from another such
        event; ``None`` where nothing in it does.
    :param failure: A call to what went wrong, a text, for events that end a wait badly; ``None`` for the others.
    :param result: A call to what a task that has waited for the event returns: plain JSON, and not much of it.
    """

    name: str
    about: str
    is_told_by: Callable[[Mapping[str, Any]], bool]
    object_id: Callable[[Mapping[str, Any]], str | None]
    key: Callable[[Mapping[str, Any]], str | None] = _nothing
    failure: Callable[[Mapping[str, Any]], str | None] = _nothing
    result: Callable[[Mapping[str, Any]], Any] = _nothing
