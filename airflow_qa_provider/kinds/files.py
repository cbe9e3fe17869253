"""Files on their way from a vendor, which a transfer stores."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import Self

from airflow_qa_provider.exceptions import QAError, QANotFoundError, QAValidationError
from airflow_qa_provider.kinds.given import Given

if TYPE_CHECKING:
    from airflow_qa_provider.rest.download import Download

_FIELD = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class RemoteFile(ABC):
    """What is asked for. Each file derives a frozen dataclass from it.

    :cvar source_fields: Names of the ids that it has, see :attr:`source`.
    :cvar name_fields: What :attr:`facts` has, once :meth:`described` has read it: what a name may be made of.
    :cvar part_fields: Those of them that differ between the files of one object, where it has several.
    """

    source_fields: ClassVar[tuple[str, ...]] = ()
    name_fields: ClassVar[tuple[str, ...]] = ()
    part_fields: ClassVar[tuple[str, ...]] = ()

    @classmethod
    @abstractmethod
    def read(cls, given: Given) -> Self:
        """Check the arguments and return the file.

        :param given: The arguments.
        :raises QAValidationError: One of them cannot be sent; the message names it.
        """

    @property
    @abstractmethod
    def operation(self) -> str:
        """Client operation that gives it, for messages and the manifest."""

    @property
    def source(self) -> Mapping[str, str]:
        """Name to id of the objects that it belongs to, its own at last, for the manifest."""
        return {name: getattr(self, name) for name in self.source_fields}

    @property
    @abstractmethod
    def stem(self) -> str:
        """Name of the file without suffix."""

    @property
    def facts(self) -> Mapping[str, str]:
        """What its object says, by the names of :attr:`name_fields`; empty texts for what it does not say."""
        return {}

    def asks_for_facts(self, name: str) -> bool:
        """Tell whether a name that the author gives is made of fields of the object.

        :param name: Such as ``"{name} {date}"``.
        :raises QAValidationError: It names a field that there is not.
        """
        wanted = _FIELD.findall(name) if self.name_fields else []
        unknown = [one for one in wanted if one not in self.name_fields]
        if unknown:
            raise QAValidationError(
                f"name has {{{unknown[0]}}}, which is no field of this file",
                outcome="Nothing was sent",
                hint=f"It may have {', '.join(f'{{{one}}}' for one in self.name_fields)}",
            )
        return bool(wanted)

    def named(self, name: str) -> str:
        """Return a name with the facts in place of their fields.

        :param name: Such as ``"{name} {date}"``.
        """
        facts = self.facts
        return _FIELD.sub(lambda field: str(facts.get(field[1]) or ""), name) if self.name_fields else name

    def parts(self, client: Any) -> Iterable[RemoteFile]:
        """Return the files that this one stands for: itself, or those of an object that has several.

        :param client: The vendor's client.
        """
        return [self]

    @property
    def format(self) -> str | None:
        """Format that the file must have; ``None`` for what target or download say."""
        return None

    @property
    def link(self) -> str | None:
        """Page for people."""
        return None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must be seen in no log and no error, once :meth:`described` has read it."""
        return ()

    @abstractmethod
    def open(self, client: Any) -> Download:
        """Ask the vendor for the file.

        :param client: The vendor's client.
        """

    def described(self, client: Any, *, name: bool) -> Self:
        """Return the file with what only the vendor can tell of it; nothing is asked that is known.

        :param client: The vendor's client.
        :param name: Whether its name is needed.
        """
        return self

    def explained(self, error: QAError) -> QAError:
        """Return an error of the download with what it means for this file.

        :param error: How it failed.
        """
        if isinstance(error, QANotFoundError):
            error.object_id = next(reversed(list(self.source.values())), None)
            error.outcome = "Nothing was stored"
        return error
