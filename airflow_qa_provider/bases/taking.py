"""Tasks given as arguments: what is meant is what they return.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from typing import Any

from airflow.providers.common.compat.sdk import BaseOperator
from airflow.sdk.definitions.mappedoperator import MappedOperator, OperatorPartial


def with_outputs(value: Any) -> Any:
    """Return a value in which each task has become its output, and each set a list in one order.

    Sets come in any order: in each process it would be another version of the DAG.

    :param value: An argument, also a list, tuple or mapping of arguments.
    """
    if isinstance(value, (BaseOperator, MappedOperator)):
        return value.output
    if type(value) in (list, tuple):
        return type(value)(with_outputs(one) for one in value)
    if type(value) in (set, frozenset):
        return sorted((with_outputs(one) for one in value), key=str)
    if type(value) is dict:
        return {name: with_outputs(one) for name, one in value.items()}
    return value


class TakingTask:
    """Mixin for operators and sensors: a task that is given as a templated argument is taken for its ``.output``.

    Airflow itself would draw no dependency, and hand the task's ``repr`` on as text.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        # what was rendered on a worker holds no tasks
        if name in getattr(type(self), "template_fields", ()) and not getattr(self, "_lock_for_execution", False):
            value = with_outputs(value)
        super().__setattr__(name, value)

    @classmethod
    def partial(cls, **kwargs: Any) -> Any:
        """Return the operator with some of its arguments, to be expanded over others.

        :param kwargs: Arguments that are the same for all.
        """
        parent: Any = super()
        templated = getattr(cls, "template_fields", ())
        given = {name: with_outputs(value) if name in templated else value for name, value in kwargs.items()}
        return _Partial.of(parent.partial(**given))


class _Partial(OperatorPartial):
    """Airflow's, which takes tasks for their outputs as well."""

    @classmethod
    def of(cls, made: OperatorPartial) -> _Partial:
        # or it warns that it was never expanded
        made._expand_called = True
        return cls(operator_class=made.operator_class, kwargs=made.kwargs, params=made.params)

    def expand(self, **mapped_kwargs: Any) -> MappedOperator:
        return super().expand(**with_outputs(mapped_kwargs))

    def expand_kwargs(self, kwargs: Any, *, strict: bool = True) -> MappedOperator:
        return super().expand_kwargs(with_outputs(kwargs), strict=strict)
