"""A step: what a task does to an object besides that for which it is named."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_qa_provider.kinds.change import Change
from airflow_qa_provider.kinds.fields import KindFields


@dataclass(frozen=True)
class Step:
    """One thing that is done once, with a note of its own in the task's state: a retry takes up where it is missing.

    :param name: Its name in the note and in the task's result; no two steps of a task have the same.
    :param kind: Kind of the object that is created or changed, ``vendor.object``.
    :param asked: What is created, or what is changed.
    """

    name: str
    kind: str
    asked: KindFields | Change
