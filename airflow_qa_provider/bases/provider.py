"""What all operators and sensors of this package have in common.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from airflow.providers.common.compat.sdk import BaseOperator
from airflow.sdk.definitions.mappedoperator import MappedOperator, OperatorPartial
from typing_extensions import override

from airflow_qa_provider.bases.retrying import QARetryPolicy, default_retries
from airflow_qa_provider.compat import RETRY_POLICIES, default_args_of
from airflow_qa_provider.kinds.facts import MEANINGS, told
from airflow_qa_provider.templates import NamesInTemplates


class ProviderTask(NamesInTemplates):
    """Mixin for all operators and sensors of this package.

    What they survive, they survive by a retry: by default they have
    :class:`~airflow_qa_provider.bases.retrying.QARetryPolicy`. Where neither the task, nor ``default_args``, nor
    ``[core] default_task_retries`` says how often, it is as often as ``[airflow_qa_provider] default_retries`` says;
    errors that no retry can mend fail at once all the same.

    A task that is given as a templated argument is taken for its ``.output``: Airflow itself would draw no dependency,
    and hand the task's ``repr`` on as text.

    :cvar tells: Keys of XComs that a task of this class can store; those of its kind of object come on top.
    :cvar returns: What it returns, in a few words.
    """

    returns: ClassVar[str] = "id"
    tells: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **kwargs: Any) -> None:
        if "retries" not in kwargs and "retries" not in (kwargs.get("default_args") or {}):
            kwargs["retries"] = default_retries()
        super().__init__(**kwargs)
        task: Any = self
        # after Airflow's own, so that default_args of the DAG go first; partial() hands on None as if it were asked for
        if RETRY_POLICIES and task.retry_policy is None:
            task.retry_policy = QARetryPolicy()

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
        # Airflow hands its own default on as if it were asked for
        if "retries" not in kwargs and "retries" not in default_args_of(kwargs):
            kwargs["retries"] = default_retries()
        templated = getattr(cls, "template_fields", ())
        given = {name: with_outputs(value) if name in templated else value for name, value in kwargs.items()}
        parent: Any = super()
        return Partial.of(parent.partial(**given))

    @classmethod
    def xcom_keys(cls) -> dict[str, str]:
        """Return the keys of the XComs that a task of this class can store, and what they mean."""
        return {name: MEANINGS[name] for name in cls.tells}

    def tell(self, context: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        """Store facts, unless the task stores no XComs.

        :param context: Airflow's task context.
        :param facts: XCom key to plain JSON; ``None`` for what is not known.
        """
        ti = context.get("ti")
        if ti is None or not getattr(self, "do_xcom_push", True):
            return
        for key, value in told(facts, mapped=getattr(ti, "map_index", -1) >= 0).items():
            ti.xcom_push(key=key, value=value)


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
