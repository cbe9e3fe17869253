"""The file that says what became of each row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from airflow_qa_provider.bulk.items import Item
from airflow_qa_provider.reports.staging import Staging, StopSwitch
from airflow_qa_provider.reports.storage import report_lineage

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

_MEDIA_TYPE = "application/x-ndjson"


class ResultFile:
    """A JSONL file with one object for each row; it appears whole, in place of an older one, or not at all.

    :param path: Where it goes.
    :param staging: The file in the making.
    """

    def __init__(self, path: ObjectStoragePath, staging: Staging) -> None:
        self._path = path
        self._staging = staging

    @classmethod
    @contextmanager
    def opened(cls, path: ObjectStoragePath) -> Iterator[ResultFile]:
        """Open the file before anything is sent, so that a place where nothing can be written is found out then.

        :param path: Where it goes.
        :raises QAFileError: It cannot be written there.
        """
        with Staging(path, stop=StopSwitch(), where={}, media_type=_MEDIA_TYPE) as staging:
            yield cls(path, staging)

    def write(self, items: Iterable[Item]) -> str:
        """Write the rows, publish the file, and return its URI.

        :param items: The rows.
        :raises QAFileError: It cannot be written.
        """
        for item in items:
            line = json.dumps(item.as_dict(), ensure_ascii=False, default=str)
            self._staging.write(f"{line}\n".encode("utf-8", "replace"))
        self._staging.complete()
        self._staging.publish()
        report_lineage(self._path)
        return str(self._path)
