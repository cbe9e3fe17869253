"""The file that says what became of each row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from airflow_qa_provider.bulk.items import Item
from airflow_qa_provider.reports.staging import Staging, StopSwitch
from airflow_qa_provider.reports.storage import report_lineage

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

_MEDIA_TYPE = "application/x-ndjson"


@contextmanager
def results_file(path: ObjectStoragePath) -> Iterator[Callable[[Iterable[Item]], str]]:
    """Open a JSONL file with one object for each row.

    Opened before anything is sent, it shows where nothing can be written. The file appears whole, in place of an older
    one, or not at all. What is yielded writes the rows, publishes the file, and returns its URI.

    :param path: Where it goes.
    :raises QAFileError: It cannot be written there.
    """
    with Staging(path, stop=StopSwitch(), where={}, media_type=_MEDIA_TYPE) as staging:

        def write(items: Iterable[Item]) -> str:
            for item in items:
                line = json.dumps(item.as_dict(), ensure_ascii=False, default=str)
                staging.write(f"{line}\n".encode("utf-8", "replace"))
            staging.complete()
            staging.publish()
            report_lineage(path)
            return str(path)

        yield write
