"""What the templates of a delivery know of its reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from jinja2 import ChainableUndefined

from airflow_qa_provider.delivery.recipients import structured
from airflow_qa_provider.reports.manifest import Manifest, as_manifest


class ReportsInTemplates(Sequence[Any]):
    """The manifests of a delivery, read when a template asks for them: ``{{ reports[0].facts.score }}``.

    :param given: Returns what the task was given as reports.
    """

    def __init__(self, given: Callable[[], Any]) -> None:
        self._given = given

    def __getitem__(self, index: Any) -> Any:
        manifests = list(flattened(self._given()))
        # without any report there is no mail either, and so nothing to fail about
        return manifests[index] if manifests or isinstance(index, slice) else ChainableUndefined(name="reports")

    def __len__(self) -> int:
        return sum(1 for _ in flattened(self._given()))


def flattened(value: Any) -> Iterable[Manifest]:
    """Return the manifests in what a task was given as reports: one, a list, lists of lists, ``None`` for none.

    :param value: What was given; a text is read as JSON.
    :raises QAValidationError: There is something else in it.
    """
    if isinstance(value, str):
        value = structured(value, "reports")
    if value is None:
        return
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        # the output of a mapped task is lazy: a slice asks for all at once, a loop for one at a time
        for item in value[:] if isinstance(value, Sequence) else value:
            yield from flattened(item)
    else:
        yield as_manifest(value)
