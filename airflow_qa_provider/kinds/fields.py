"""The fields of a kind of object: what is asked for of one that is to be created."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import Self

from airflow_qa_provider.exceptions import QANotSupportedError
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.kinds.snapshot import Snapshot

if TYPE_CHECKING:
    from airflow_qa_provider.kinds.steps import Step

UNNOTED = {"noted": False}
"""Metadata of fields that need not be noted, such as long texts: nothing is looked for by them."""


@dataclass(frozen=True)
class KindFields(ABC):
    """What is asked for. Each kind derives a frozen dataclass from it, of plain data that is checked.

    Made once per attempt from the rendered arguments, so that it is the same for every attempt: relative dates are
    still relative. It is fingerprinted as it is; :meth:`at` then gives what is sent, looked for, and noted.

    :cvar updates: Whether the vendor can change such an object.
    :cvar repeats: Whether to make another one is harmless when nobody can tell whether an earlier request made one.
    :cvar recognisable: Whether the vendor shows enough of such an object to tell the one that came of a lost request
        from those of others. Where it never does, and to repeat is the policy, no time is spent on a lookup.
    :cvar told_by_dates: Whether dates that are relative to the request tell the object from others, to the millisecond.
    :cvar shows_itself: Whether :meth:`seen` takes the place of the kind's poll.
    """

    updates: ClassVar[bool] = False
    repeats: ClassVar[bool] = False
    recognisable: ClassVar[bool] = True
    told_by_dates: ClassVar[bool] = False
    shows_itself: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def read(cls, given: Given) -> Self:
        """Check the arguments and return the fields.

        :param given: The arguments.
        :raises QAValidationError: One of them cannot be sent; the message names it.
        """

    @abstractmethod
    def create(self, client: Any) -> str | None:
        """Send the one request that creates the object.

        :param client: The vendor's client.
        :return: Id at the vendor; ``None`` when the answer does not tell it.
        """

    def identity(self) -> Mapping[str, Any]:
        """Return what makes the request the same in another attempt, by field."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def at(self, moment: datetime, marker: str) -> Self:
        """Return the fields as they are sent at a moment.

        :param moment: What relative dates count from.
        :param marker: A text that identifies the object, for vendors that have room for one.
        """
        return self

    def alike(self) -> Mapping[str, Any]:
        """Return that by which the vendor shows the object: two tasks with the same here cannot be told apart.

        Empty where no other task can ask for the same.
        """
        return self.as_note()

    def compares(self, client: Any) -> bool:
        """Tell whether to list what is there before the request, so that what is new can be told without clocks.

        Costs one look-up per create. Sends nothing itself.

        :param client: The vendor's client, which may have seen before what objects show.
        """
        return True

    def update(self, client: Any, object_id: str) -> None:
        """Give an object that exists the content that is asked for now.

        :param client: The vendor's client.
        :param object_id: Id at the vendor.
        :raises QANotSupportedError: The vendor cannot.
        """
        raise QANotSupportedError("such an object cannot be changed", outcome="Nothing was sent")

    def complete(  # noqa: B027 - most kinds have nothing to complete
        self, client: Any, object_id: str, *, new: bool, timeouts: LookupTimeouts, repeats: bool
    ) -> None:
        """Do what belongs to the object besides its creation, such as uploads; each attempt does this anew.

        :param client: The vendor's client.
        :param object_id: Id at the vendor.
        :param new: Whether this attempt has created it.
        :param timeouts: How long to look for what was lost.
        :param repeats: Whether to send again what cannot be told to have arrived.
        """

    def then(self, object_id: str, *, new: bool) -> Sequence[Step]:
        """Return what is done to the object once it is there, each step once, whatever happens to the task.

        :param object_id: Id at the vendor.
        :param new: Whether this attempt has created it.
        """
        return ()

    def seen(self, client: Any, object_id: str) -> Snapshot:
        """Return where an object stands, for kinds whose ids say nothing without what else was asked for.

        :param client: The vendor's client.
        :param object_id: Id at the vendor.
        :raises QAError: It is not there, or the vendor could not be asked.
        """
        raise NotImplementedError

    def as_note(self) -> dict[str, Any]:
        """Return plain JSON, for the note in the task's state."""
        return {one.name: _plain(getattr(self, one.name)) for one in fields(self) if one.metadata.get("noted", True)}

    @classmethod
    def from_note(cls, note: Mapping[str, Any]) -> Self:
        """Return the fields that :meth:`as_note` described.

        :param note: Plain JSON.
        """
        return cls(**{one.name: _read(note[one.name], str(one.type)) for one in fields(cls) if one.name in note})


def from_moment(moment: datetime, value: datetime | timedelta) -> datetime:
    """Return a date that may be relative.

    :param moment: What a ``timedelta`` counts from.
    :param value: A moment, or a ``timedelta``.
    """
    return moment + value if isinstance(value, timedelta) else value


def absolute(value: datetime | timedelta) -> datetime:
    """Return a date that was made absolute, for the eyes of a type checker.

    :param value: What :func:`from_moment` returned.
    """
    if isinstance(value, timedelta):
        raise TypeError(f"{value} is still relative")
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return {"seconds": value.total_seconds()}
    return list(value) if isinstance(value, tuple) else value


def _read(value: Any, annotation: str) -> Any:
    if isinstance(value, str) and "datetime" in annotation:
        return datetime.fromisoformat(value)
    if isinstance(value, Mapping) and "timedelta" in annotation:
        return timedelta(seconds=value["seconds"])
    return tuple(value) if isinstance(value, list) and "tuple" in annotation else value
