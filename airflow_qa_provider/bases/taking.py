"""Tasks given as arguments: what is meant is what they return.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from typing import Any

from airflow.providers.common.compat.sdk import BaseOperator
from airflow.sdk.definitions.mappedoperator import MappedOperator, OperatorPartial
from typing_extensions import override


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


class Partial(OperatorPartial):
    """Airflow's, which takes tasks for their outputs as well."""

    @classmethod
    def of(cls, made: OperatorPartial) -> Partial:
        """Return what takes the place of Airflow's.

        :param made: Airflow's.
        """
        # or it warns that it was never expanded
        made._expand_called = True
        return cls(operator_class=made.operator_class, kwargs=made.kwargs, params=made.params)

    @override
    def expand(self, **mapped_kwargs: Any) -> MappedOperator:
        return super().expand(**with_outputs(mapped_kwargs))

    @override
    def expand_kwargs(self, kwargs: Any, *, strict: bool = True) -> MappedOperator:
        return super().expand_kwargs(with_outputs(kwargs), strict=strict)
