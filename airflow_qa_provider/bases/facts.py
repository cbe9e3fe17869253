"""Facts of a task as XComs of their own, under the same names in all operators and sensors.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from airflow_qa_provider.kinds.facts import MEANINGS, told


class TellingTask:
    """Mixin for operators and sensors: what they tell besides what they return.

    :cvar tells: Keys of XComs that a task of this class can store; those of its kind of object come on top.
    :cvar returns: What it returns, in a few words.
    """

    returns: ClassVar[str] = "id"
    tells: ClassVar[tuple[str, ...]] = ()

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
