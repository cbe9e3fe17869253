"""A change of an object that is there: compare first, send only what differs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from typing_extensions import Self

from airflow_qa_provider.exceptions import QAError
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.policies import OnUncertain
from airflow_qa_provider.kinds.polling import as_qa_error

if TYPE_CHECKING:
    from airflow_qa_provider.kinds.steps import Step

ChangeOutcome = Literal["created", "updated", "deleted", "unchanged"]
Shown = Mapping[str, Any]


@dataclass(frozen=True)
class Change(ABC):
    """What an object is brought to. Each change derives a frozen dataclass from it, of plain data that is checked.

    :cvar id_field: Name of the id of the object among the fields.
    :cvar on_uncertain: What a retry does about a request of which the vendor shows no effect: ``repeat`` it, or
        ``fail``, where a repeat would do harm.
    :cvar result: What the change does to an object that is there.
    :cvar creates: Whether an object that is not there is made by :meth:`create`, with an id of the vendor's: a repeated
        request would make another one. Otherwise :meth:`send` makes it, as often as it is repeated.
    :cvar facts: What :meth:`details` tells, by name, and what it means.
    """

    id_field: ClassVar[str]
    on_uncertain: ClassVar[OnUncertain] = "repeat"
    result: ClassVar[ChangeOutcome] = "updated"
    creates: ClassVar[bool] = False
    facts: ClassVar[Mapping[str, str]] = {}

    @classmethod
    @abstractmethod
    def read(cls, given: Given) -> Self:
        """Check the arguments and return the change.

        :param given: The arguments.
        :raises QAValidationError: One of them cannot be sent; the message names it.
        """

    @property
    def object_id(self) -> str:
        """Id at the vendor of the object."""
        return str(getattr(self, self.id_field))

    @abstractmethod
    def wanted(self, client: Any) -> Shown:
        """Return the fields that the object is to have, as :meth:`current` would show them.

        :param client: The vendor's client.
        :raises QAValidationError: What is asked for does not exist there.
        """

    @abstractmethod
    def current(self, client: Any) -> Shown | None:
        """Return what the vendor shows of the object, ``None`` when there is none.

        Only the fields that are wanted, and those of :meth:`before`, are ever shown to people.

        :param client: The vendor's client.
        """

    @abstractmethod
    def send(self, client: Any, wanted: Shown, current: Shown | None) -> str | None:
        """Send the request that makes the change.

        :param client: The vendor's client.
        :param wanted: What :meth:`wanted` returned.
        :param current: What :meth:`current` returned.
        :return: Why nothing was changed after all; ``None`` when it was.
        """

    def create(self, client: Any, wanted: Shown) -> Shown:
        """Make the object, where :attr:`creates` says so, and return what :meth:`current` shows of it from then on.

        :param client: The vendor's client.
        :param wanted: What :meth:`wanted` returned.
        """
        raise NotImplementedError("send makes it")

    def id_shown(self, current: Shown) -> str:
        """Return the id of an object that is there.

        :param current: What :meth:`current` returned.
        """
        return self.object_id

    def identity(self) -> Mapping[str, Any]:
        """Return what makes the change the same in another attempt, by field."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def at(self, moment: datetime) -> Self:
        """Return the change as it is sent, with relative dates and the time of the transaction.

        :param moment: When it was asked for first: the same for every attempt.
        """
        return self

    @property
    def known(self) -> Shown | None:
        """What :meth:`current` would show, where this attempt has just made it; ``None`` where it must be asked."""
        return None

    def first(self) -> Sequence[Step]:
        """Return what has to be done before, each step once."""
        return ()

    def was_made(self, current: Shown | None, sent_at: datetime) -> bool:
        """Tell whether a request whose answer was lost was carried out, although the object looks different now.

        :param current: What :meth:`current` returned.
        :param sent_at: When it was sent.
        """
        return False

    def before(self, current: Shown | None) -> Shown:
        """Return what later attempts must know of the object as it was before the request, as plain JSON.

        :param current: What :meth:`current` returned before it.
        """
        return {}

    def has_effect(self, current: Shown | None, before: Shown) -> bool:
        """Tell whether the object shows that the request was carried out, although it is not as wanted.

        :param current: What :meth:`current` returned.
        :param before: What :meth:`before` returned.
        """
        return False

    def details(self, client: Any) -> Shown:
        """Return what else is of use to the tasks downstream, read after the change.

        :param client: The vendor's client.
        """
        return {}


def shown_now(change: Change, client: Any) -> Shown | None:
    """Return what :meth:`Change.current` does; an answer of an undreamt-of shape is an error of ours.

    :param change: The change.
    :param client: The vendor's client.
    :raises QAError: The vendor could not be asked, or its answer cannot be read.
    """
    try:
        return change.current(client)
    except QAError:
        raise
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise as_qa_error(error) from error
