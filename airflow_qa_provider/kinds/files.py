"""Files on their way from a vendor, which a transfer stores, and to one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from typing_extensions import Self

from airflow_qa_provider.exceptions import QAError
from airflow_qa_provider.kinds.given import Given

if TYPE_CHECKING:
    from airflow_qa_provider.rest.download import Download


class SourceFile(Protocol):
    """A file that is handed on to a vendor, as a task's arguments name it."""

    @property
    def name(self) -> str:
        """File name for people."""

    @property
    def identity(self) -> list[str]:
        """What makes it the same file in another attempt."""

    @property
    def size(self) -> int:
        """Size in bytes.

        :raises QAFileError: There is no such file, or it cannot be asked for.
        """

    def open(self) -> AbstractContextManager[BinaryIO]:
        """Open the file for reading.

        :raises QAFileError: It cannot be opened, or is another one by now.
        """


@dataclass(frozen=True)
class RemoteFile(ABC):
    """What is asked for. Each file derives a frozen dataclass from it."""

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
    @abstractmethod
    def source(self) -> Mapping[str, str]:
        """Name to id of the objects that it belongs to, for the manifest."""

    @property
    @abstractmethod
    def stem(self) -> str:
        """Name of the file without suffix."""

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
        return error
