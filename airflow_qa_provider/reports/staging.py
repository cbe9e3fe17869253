"""A file in the making: written beside its final place under a temporary name, then published whole, or removed."""

from __future__ import annotations

import logging
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from typing_extensions import Self

from airflow_qa_provider.exceptions import QAFileError
from airflow_qa_provider.reports.storage import UNTOUCHED, file_info, is_local, storage_errors, writing_options
from airflow_qa_provider.rest.redaction import excerpt

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath
    from fsspec import AbstractFileSystem

log = logging.getLogger(__name__)

# temporary names must fit into the 255 bytes that file systems take, whatever the final name is
_NAME_PART_BYTES = 100
_COMPARED_BYTES = 1024 * 1024
_PERHAPS_REPLACED = (
    "The new file was complete beside it; what is under the final name is the whole new file, or what was there before"
)


class StopSwitch:
    """Lets a kill reach a file in the making, also from a signal handler or another thread.

    Airflow answers SIGTERM by calling ``on_kill`` and lets the task run on until SIGKILL, which would leave the
    temporary file behind.
    """

    def __init__(self) -> None:
        self._pulled = False
        self._staging: Staging | None = None

    def pull(self) -> None:
        """Remove the temporary file, and make the transfer fail at its next step."""
        self._pulled = True
        if self._staging is not None:
            self._staging.discard()

    def check(self) -> None:
        """Raise when the switch was pulled.

        :raises QAFileError: It was.
        """
        if self._pulled:
            raise QAFileError("the task was stopped in mid-transfer", outcome="Nothing was stored")

    def watch(self, staging: Staging | None) -> None:
        """Name the file that a pull removes.

        :param staging: The file in the making, or ``None``.
        """
        self._staging = staging


class Staging:
    """A temporary file beside its final place. Use it as a context manager: what is not published is removed.

    :param path: The final place.
    :param stop: Makes writing fail when the task is being stopped.
    :param where: Facts for errors, such as ``vendor``.
    :param media_type: Media type that an object storage is told.
    """

    def __init__(self, path: ObjectStoragePath, *, stop: StopSwitch, where: Mapping[str, Any], media_type: str) -> None:
        # the file system itself, for an ObjectStoragePath would report the temporary name as lineage
        self.fs: AbstractFileSystem = path.fs
        self.final = str(path.path)
        folder, slash, name = self.final.rpartition("/")
        short = name.encode()[:_NAME_PART_BYTES].decode(errors="ignore")
        self.temporary = f"{folder}{slash}.{short}.{secrets.token_hex(6)}.part"
        self._folder = folder
        self._shown = str(path)
        self._stop = stop
        self._where = where
        self._media_type = media_type
        self._file: IO[bytes] | None = None
        self.written = 0

    def __enter__(self) -> Self:
        self._stop.watch(self)
        self._stop.check()
        try:
            with self._explained("open a file at"):
                self._check_place()
                self._file = self._created()
        except BaseException:
            self.discard()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()
        self._stop.watch(None)

    def write(self, chunk: bytes) -> None:
        """Write the next bytes.

        :param chunk: The bytes.
        :raises QAFileError: The storage did not take them, or the task is being stopped.
        """
        self._stop.check()
        if self._file is None:
            raise ValueError("write to a file that was completed or discarded")
        with self._explained("write to"):
            self._file.write(chunk)
        self.written += len(chunk)

    def complete(self) -> None:
        """Finish the temporary file and see that the storage holds all of it.

        :raises QAFileError: It does not.
        """
        self._stop.check()
        if self._file is None:
            raise ValueError("completion of a file that was completed or discarded")
        with self._explained("write to"):
            if is_local(self.fs):
                self._file.flush()
                os.fsync(self._file.fileno())
            self._file.close()
            self._file = None
            self._verify(self.temporary)

    def opened(self) -> IO[bytes]:
        """Open the completed temporary file for reading."""
        return self.fs.open(self.temporary, "rb")  # type: ignore[no-any-return]

    def publish(self) -> None:
        """Give the completed file its final name, in place of an older file.

        :raises QAFileError: The storage refused, and an older file is still there; or it made a broken copy, which was
            removed.
        """
        self._stop.check()
        local = is_local(self.fs)
        with self._explained("publish the file at", UNTOUCHED if local else _PERHAPS_REPLACED):
            if local:
                # looked at again, for the download may have taken hours
                self._check_place()
                self._keep_mode()
                os.replace(self.temporary, self.final)
            else:
                if not (_renames(self.fs) and self._rename()):
                    self.fs.cp_file(self.temporary, self.final)
                self._verify_published()

    def discard(self) -> None:
        """Remove the temporary file, and abort its upload; never raises."""
        file, self._file = self._file, None
        try:
            if file is not None:
                try:
                    _abort(file)
                except RuntimeError:
                    # a signal came in the middle of a write; a file that is removed goes when its writer lets go of it
                    if not is_local(self.fs):
                        raise
            if file_info(self.fs, self.temporary) is not None:
                self.fs.rm_file(self.temporary)
        except Exception as error:
            said = excerpt(str(error) or type(error).__name__)
            log.warning("Could not remove the temporary file %s, which can be deleted: %s", self.temporary, said)

    def _check_place(self) -> None:
        # a rename would put the file in the place of a link, a device or a pipe, not into what it stands for
        if not is_local(self.fs) or not os.path.lexists(self.final):
            return
        if not stat.S_ISREG(os.lstat(self.final).st_mode):
            raise OSError("there is something else than a file, such as a link or a pipe")

    def _created(self) -> IO[bytes]:
        options = writing_options(self.fs, self._media_type)
        try:
            return self.fs.open(self.temporary, "wb", **options)  # type: ignore[no-any-return]
        except FileNotFoundError:
            # object storages know no folders, so they are made only where they are missed
            self.fs.makedirs(self._folder, exist_ok=True)
            return self.fs.open(self.temporary, "wb", **options)  # type: ignore[no-any-return]

    def _keep_mode(self) -> None:
        try:
            mode = stat.S_IMODE(os.stat(self.final).st_mode)
        except FileNotFoundError:
            return
        os.chmod(self.temporary, mode)

    def _rename(self) -> bool:
        """Rename, where need be around an older file that the storage does not overwrite; say whether it worked."""
        try:
            self.fs.mv(self.temporary, self.final)
        except Exception as refusal:
            log.debug("%s was not renamed at once: %s", self.temporary, refusal)
        # WebHDFS answers a rename onto an existing file with success, and does nothing
        if file_info(self.fs, self.temporary) is None:
            return True
        aside = f"{self.temporary}.old"
        if file_info(self.fs, self.final) is None:
            return False
        self.fs.mv(self.final, aside)
        try:
            self.fs.mv(self.temporary, self.final)
        except BaseException:
            self.fs.mv(aside, self.final)
            raise
        self.fs.rm_file(aside)
        return True

    def _verify_published(self) -> None:
        try:
            self._verify(self.final)
        except OSError as error:
            if not self._is_part_of_ours():
                raise QAFileError(
                    f"another run has written to {self._shown} at the same time: {error}",
                    outcome="What the other run has stored was left as it is",
                    hint="Put the run into the target, for example {{ run_id }} or the logical date with its time. A "
                    "retry of the task downloads the report again and replaces the other run's file",
                    **self._where,
                ) from None
            self.fs.rm_file(self.final)
            raise QAFileError(
                f"the storage did not copy all of {self._shown}: {error}",
                outcome="The broken file was removed, and nothing is stored there now",
                hint="A retry of the task downloads the report again",
                **self._where,
            ) from error

    def _is_part_of_ours(self) -> bool:
        """Tell whether the published file is a broken copy of the temporary one, and not another run's file."""
        if file_info(self.fs, self.final) is None or file_info(self.fs, self.temporary) is None:
            return True
        with self.fs.open(self.final, "rb") as published, self.fs.open(self.temporary, "rb") as ours:
            while chunk := published.read(_COMPARED_BYTES):
                if ours.read(len(chunk)) != chunk:
                    return False
        return True

    def _verify(self, path: str) -> None:
        info = file_info(self.fs, path)
        stored = None if info is None else info.get("size")
        if info is None or (stored is not None and stored != self.written):
            raise OSError(f"{self.written:,} bytes were written, the storage holds {stored or 0:,}")

    @contextmanager
    def _explained(self, action: str, outcome: str = UNTOUCHED) -> Iterator[None]:
        try:
            with storage_errors(action, self._shown, self._where, outcome=outcome):
                yield
        except Exception:
            # a file that was pulled away fails in odd ways
            self._stop.check()
            raise


def _renames(fs: AbstractFileSystem) -> bool:
    from fsspec import AbstractFileSystem

    # object storages (the asynchronous ones) copy and delete anyway; so does the inherited method, which also takes
    # brackets in names for patterns
    return not fs.async_impl and type(fs).mv is not AbstractFileSystem.mv


def _abort(file: IO[bytes]) -> None:
    from fsspec.spec import AbstractBufferedFile

    if not isinstance(file, AbstractBufferedFile):
        file.close()
        return
    try:
        file.discard()
    finally:
        # close() would complete the upload, and so would the garbage collector
        file.closed = True
