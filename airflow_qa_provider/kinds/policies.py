"""The choices that the journal leaves to the author of a DAG."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args

from airflow_qa_provider.exceptions import QAValidationError

OnUncertain = Literal["fail", "repeat"]
"""When nobody can tell whether an earlier attempt created the object: fail and list what was found, or create it."""
OnChangedInput = Literal["fail", "new", "update"]
"""When an attempt asks for something else than the one before: fail, create another, change the one that is there."""
OnClear = Literal["adopt", "new"]
"""What a cleared task does about the object that it has: keep it, or create another."""
OnGone = Literal["fail", "new"]
"""What a retry does when the object was deleted at the vendor: fail, or create another."""
IfExists = Literal["create", "adopt", "fail"]
"""What the first attempt does about an equal object that was there before: create one more, take it over, or fail."""


@dataclass(frozen=True)
class Policies:
    """The policies of one task."""

    on_uncertain: OnUncertain = "fail"
    on_changed_input: OnChangedInput = "fail"
    on_clear: OnClear = "adopt"
    on_gone: OnGone = "fail"
    if_exists: IfExists = "create"

    def checked(self, *, updates: bool) -> Policies:
        """Return the policies when each is a known word.

        :param updates: Whether the vendor can change the object.
        :raises QAValidationError: One is not; the message names it.
        """
        for field in fields(self):
            words = [word for word in get_args(_CHOICES[field.name]) if updates or word != "update"]
            if getattr(self, field.name) not in words:
                raise QAValidationError(
                    f"{field.name} must be one of {', '.join(words)}, got {getattr(self, field.name)!r}",
                    outcome="Nothing was sent",
                )
        return self


_CHOICES = {
    "on_uncertain": OnUncertain,
    "on_changed_input": OnChangedInput,
    "on_clear": OnClear,
    "on_gone": OnGone,
    "if_exists": IfExists,
}
