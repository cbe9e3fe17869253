"""The high-water mark of a list: which time each partition holds, in a small file beside the partitions.

A partition keeps its time for ever, so that a retry or a clear writes the same rows again; the next partition begins
where the latest one ends. The time is noted before anything is read: a partition that failed leaves a gap that clearing
its task fills, and none that another one fills, too.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.exceptions import QAFileError
from airflow_qa_provider.records.reading import Window
from airflow_qa_provider.reports.staging import Staging, StopSwitch
from airflow_qa_provider.reports.storage import file_info, storage_errors
from airflow_qa_provider.rest.clean_json import parsed
from airflow_qa_provider.rest.timestamps import to_utc

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

log = logging.getLogger(__name__)

SETTLING = timedelta(minutes=2)
"""How long a change may take to show at the vendor, differences of clocks included."""


class Marks:
    """The times of the partitions of one list.

    :param path: The file.
    :param about: What is exported, so that two lists that are given one file are told apart.
    :param where: Facts for errors, such as ``vendor``.
    """

    def __init__(self, path: ObjectStoragePath, about: str, where: Mapping[str, Any]) -> None:
        self._path = path
        self._about = about
        self._where = where

    def window_of(self, partition: str, now: datetime) -> Window:
        """Return the time of a partition: the one that it has, or what follows the latest one.

        :param partition: URI of the partition.
        :param now: This moment.
        :raises QAFileError: The file cannot be read or written, or is about another list.
        """
        known = self._read()
        for one in known:
            if one["partition"] == partition:
                return _window(one)
        unfinished = [one["partition"] for one in known if not one["done"]]
        if unfinished:
            log.warning("Begun and not finished, and left to their own tasks: %s", ", ".join(unfinished))
        since = max((_window(one).until for one in known), key=_or_first, default=None)
        until = now.astimezone(timezone.utc) - SETTLING
        if since is not None and until < since:
            until = since
        entry = {
            "partition": partition,
            "since": since and since.isoformat(),
            "until": until.isoformat(),
            "done": False,
        }
        self._write([*known, entry])
        return _window(entry)

    def done(self, partition: str) -> None:
        """Note that a partition is complete.

        :param partition: URI of the partition.
        :raises QAFileError: The file cannot be read or written.
        """
        known = self._read()
        if not all(one["done"] for one in known if one["partition"] == partition):
            self._write([{**one, "done": one["done"] or one["partition"] == partition} for one in known])

    def _read(self) -> list[dict[str, Any]]:
        with storage_errors("read", str(self._path), self._where):
            if file_info(self._path.fs, str(self._path.path)) is None:
                return []
            with self._path.fs.open(str(self._path.path), "rb") as file:
                content = file.read()
        try:
            noted = parsed(content)
            about, partitions = noted["list"], noted["partitions"]
            for one in partitions:
                _window(one)
        except (ValueError, TypeError, KeyError):
            raise self._unusable("holds no marks of ours") from None
        if about != self._about:
            raise self._unusable(f"holds the marks of {about}, not of {self._about}")
        return list(partitions)

    def _write(self, partitions: list[dict[str, Any]]) -> None:
        content = json.dumps({"list": self._about, "partitions": partitions}, indent=1)
        with Staging(self._path, stop=StopSwitch(), where=self._where, media_type="application/json") as staging:
            staging.write(content.encode())
            staging.complete()
            staging.publish()

    def _unusable(self, problem: str) -> QAFileError:
        return QAFileError(
            f"{self._path} {problem}",
            outcome="Nothing was read or stored",
            hint="Give each list and scope a mark of its own. A retry will fail the same way",
            **self._where,
        )


def _window(entry: Mapping[str, Any]) -> Window:
    since, until = entry["since"], entry["until"]
    bool(entry["done"]), str(entry["partition"])
    return Window(since and to_utc(since, "since"), to_utc(until, "until"))


def _or_first(moment: datetime | None) -> datetime:
    return moment or datetime.min.replace(tzinfo=timezone.utc)
