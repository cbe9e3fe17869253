"""Files of smartQ notes: those that are attached once, and those that are fetched."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QAError, QAFileError, QAUncertainError
from airflow_qa_provider.kinds.files import RemoteFile
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.lookup import LookupTimeouts, may_be_done
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.vendors.smartq.client import SmartQClient
from airflow_qa_provider.vendors.smartq.client.shown import file_name_of, file_size_of
from airflow_qa_provider.vendors.smartq.rows import Row

if TYPE_CHECKING:
    from airflow_qa_provider.reports.sources import SourceFile

log = logging.getLogger(__name__)

_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class AttachedFile(RemoteFile):
    """A file of a note (source: "Files: returns file body").

    :param project_id: Id of the project.
    :param ticket_id: Id of the ticket.
    :param note_id: Id of the note.
    :param file_id: Id of the file.
    :param file_name: Its name; ``None`` while it is not known, or not shown.
    """

    project_id: str
    ticket_id: str
    note_id: str
    file_id: str
    file_name: str | None = None

    source_fields = ("project_id", "ticket_id", "note_id", "file_id")
    operation = "files.download"

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        return cls(given.id("project_id"), given.id("ticket_id"), given.id("note_id"), given.id("file_id"))

    @property
    @override
    def stem(self) -> str:
        return self.file_name or f"file-{self.file_id}"

    @override
    def open(self, client: SmartQClient) -> Download:
        return client.files.download(**self.source)

    @override
    def described(self, client: SmartQClient, *, name: bool) -> Self:
        if not name:
            return self
        try:
            return replace(self, file_name=file_name_of(client.files.get(**self.source)))
        except QAError as error:
            raise self.explained(error) from None


@dataclass(frozen=True)
class NoteFiles:
    """The files of one note: those that it does not show yet are uploaded, one request for each.

    The last file of the list, and no other, carries ``is_last_file``, which sends the notifications of the note.

    :param client: The client.
    :param path: Ids of project, ticket and note.
    :param timeouts: How long to look for a file whose upload was lost.
    :param repeats: Whether to upload a file of which it cannot be told whether the note has it.
    """

    client: SmartQClient
    path: tuple[str, str, str]
    timeouts: LookupTimeouts
    repeats: bool

    def ensure(self, files: Sequence[SourceFile], *, new: bool) -> None:
        """Upload what is missing.

        :param files: The files, in order.
        :param new: Whether this attempt has made the note, so that it has no files.
        :raises QAUncertainError: The note has files that are perhaps these.
        :raises QAError: An upload failed.
        """
        for number in range(len(files)) if new or not files else self._missing_at_last(files):
            self._upload(files[: number + 1], is_last=number == len(files) - 1)

    def _missing_at_last(self, files: Sequence[SourceFile]) -> list[int]:
        """Look on while the vendor may still be storing what an earlier attempt has sent."""
        missing, doubtful = self._compared(files)
        for pause in self.timeouts.pauses(self.timeouts.settled) if missing else ():
            time.sleep(pause)
            missing, doubtful = self._compared(files)
            if not missing:
                break
        if doubtful and not self.repeats:
            raise self._uncertain([files[number].name for number in missing], doubtful)
        return missing

    def _compared(self, files: Sequence[SourceFile]) -> tuple[list[int], list[Row]]:
        """Return the places of the files that the note does not show, and those of the note that are perhaps these."""
        left: list[Row] = list(self.client.files.list(*self.path))
        missing = []
        for number, file in enumerate(files):
            shown = next((row for row in left if _is_same(file, row)), None)
            if shown is None:
                missing.append(number)
            else:
                left.remove(shown)
        return missing, [row for row in left if any(_may_be(files[number], row) for number in missing)]

    def _upload(self, up_to: Sequence[SourceFile], *, is_last: bool) -> None:
        file = up_to[-1]
        try:
            with file.open() as stored:
                self.client.files.upload(
                    *self.path, file=stored, file_name=file.name, is_last_file=True if is_last else None
                )
        except QAError as error:
            if not may_be_done(error) or not self._is_there_after_all(up_to, error):
                error.outcome = f"Note {self.path[2]} is there; {error.outcome or f'{file.name} was not attached'}"
                error.hint = error.hint or "A retry attaches what the note does not show"
                raise
        log.info("%s is attached to note %s", file.name, self.path[2])

    def _is_there_after_all(self, up_to: Sequence[SourceFile], error: QAError) -> bool:
        looked = f"It was looked for during {self.timeouts.lost_answer:g} s"
        try:
            for pause in self.timeouts.pauses(self.timeouts.lost_answer):
                time.sleep(pause)
                if not self._compared(up_to)[0]:
                    return True
        except QAError as failed:
            looked = f"It could not be looked for: {failed.message}"
        error.outcome = f"{up_to[-1].name} may be attached, but the note does not show it. {looked}"
        error.hint = "A retry looks again, and attaches what the note does not show"
        return False

    def _uncertain(self, missing: Sequence[str], doubtful: Sequence[Row]) -> QAUncertainError:
        seen = ", ".join(f"{row.get('id')} ({file_name_of(row)}, {file_size_of(row)} bytes)" for row in doubtful)
        return QAUncertainError(
            f"it cannot be told whether note {self.path[2]} has {', '.join(missing)}: it shows {seen}",
            vendor="smartq",
            operation="files.list",
            outcome="This attempt has attached nothing",
            hint="Look at the note. If a file is missing, attach it by hand and mark the task as success; "
            "on_uncertain='repeat' attaches it once more. A retry gets the same answer",
        )


def _is_same(file: SourceFile, row: Row) -> bool:
    return _letters(file.name) == _letters(file_name_of(row) or "") and _size_fits(file, row)


def _may_be(file: SourceFile, row: Row) -> bool:
    """Tell whether a file that looks different may be this one: the vendor renames files, or makes images smaller."""
    name, size = file_name_of(row), file_size_of(row)
    return name is None or _letters(name) == _letters(file.name) or (size is not None and _size_fits(file, row))


def _size_fits(file: SourceFile, row: Row) -> bool:
    shown = file_size_of(row)
    try:
        return shown is None or shown == file.size
    except QAFileError:  # it was there when the note was made, and the name is all that is left
        return True


def _letters(name: str) -> str:
    """Return a file name without what vendors replace in names."""
    return _NO_LETTER.sub("", name).casefold()
