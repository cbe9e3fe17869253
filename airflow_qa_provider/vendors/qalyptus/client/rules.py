"""Reading the fields of Qalyptus Cloud, before anything is sent."""

from __future__ import annotations

import re
from typing import Annotated, TypedDict

from typing_extensions import Required

from airflow_qa_provider.rest.fields import Fields
from airflow_qa_provider.rest.parameters import FreeText, Read, Text, camel_case

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_INT32 = 2**31

Uuid = Annotated[str, Read("uuid")]
"""An id that goes into a body, where a wrong one makes the vendor refuse without naming it."""
Int32 = Annotated[int | str, Read("whole", low=-_INT32, high=_INT32 - 1)]
"""A number that the docs give as ``integer <int32>``."""


class Named(TypedDict, total=False):
    """A name, and a description.

    :param name: Its name; has to be said also when it stays.
    :param description: Text for people; not sent when unset. The docs do not say whether it stays then.
    """

    name: Required[Text]
    description: FreeText | None


class NamedInProject(Named):
    """A name, a project, and a description.

    :param project_id: UUID of the project; has to be said also when it stays.
    """

    project_id: Uuid


class NamedInOrganization(Named):
    """A name, an organization, and a description.

    :param organization_id: UUID of the organization that it belongs to.
    """

    organization_id: Uuid


class QalyptusFields(Fields):
    """Reads what Qalyptus Cloud takes: UUIDs, and UTC without fractions of seconds."""

    def __init__(self) -> None:
        # projectID, but qlikAppID as well
        super().__init__("qalyptus", lambda name: re.sub("Id$", "ID", camel_case(name)))

    def uuid(self, value: object, field: str) -> str:
        """Return an id that goes into a body."""
        text = self.text(value, field)
        if not _UUID.fullmatch(text):
            raise self.refused(f"{field} must be a UUID, got {value!r}", "Give the id of the object, not its name")
        return text

    def uuids(self, value: object, field: str) -> list[str]:
        """Return ids for a body, at least one; a single one counts as a list of one."""
        return self.optional_uuids(self.ids(value, field), field)

    def optional_uuids(self, value: object, field: str) -> list[str]:
        """Return ids for a body, of which there may be none."""
        return [self.uuid(one, f"{field}[{index}]") for index, one in enumerate(self.optional_list(value, field) or [])]

    def timestamp(self, value: object, field: str) -> str:
        """Write a moment as the docs print it: UTC, ``2019-08-24T14:15:22Z``."""
        return f"{self.moment(value, field):%Y-%m-%dT%H:%M:%SZ}"


check = QalyptusFields()
"""Reads the values of all fields."""
