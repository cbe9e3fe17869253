"""Users of Qalyptus Cloud, and the recipients of reports, who are users too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any, BinaryIO

from typing_extensions import override

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.rest.parameters import Id, Ids, Words
from airflow_qa_provider.vendors.qalyptus.client.mixins import BulkDelete, Collection
from airflow_qa_provider.vendors.qalyptus.client.resource import Record
from airflow_qa_provider.vendors.qalyptus.client.rules import check

EXCEL_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xls": "application/vnd.ms-excel",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
}
"""Files that users can be imported from, with their media types (source: "Add users from Excel")."""


class Users(Collection, BulkDelete, name="users"):
    """Users and recipients of the tenant."""

    def create(self, *, first_name: str, last_name: str, organization_ids: Ids, email: str | None = None) -> Record:
        """Add a recipient, also to the group "All users" (source: "Add user").

        People who are to sign in are asked with :meth:`invite`.

        :param first_name: First name.
        :param last_name: Last name.
        :param organization_ids: UUIDs of the organizations, at least one.
        :param email: Address that reports are sent to.
        """
        body = given(
            firstName=check.text(first_name, "first_name"),
            lastName=check.text(last_name, "last_name"),
            email=check.optional_id(email, "email"),
            organizations=check.uuids(organization_ids, "organization_ids"),
        )
        return self._created("users.create", body=body)

    def update(self, user_id: Id, *, type: str, value: Any) -> Record:
        """Change one thing about a user (source: "Update user").

        :param user_id: UUID of the user.
        :param type: What to change. The docs name status, organizations, groups, organization roles, license and tenant
            admin role; how they are spelt on the wire is not public.
        :param value: The new value, any JSON; ``None`` is sent as ``null``.
        """
        body = {"type": check.text(type, "type"), "value": value}
        return self._changed("users.update", {"id": user_id}, body)

    def import_excel(self, content: bytes | BinaryIO, file_name: str) -> Record:
        """Add the users that an Excel file lists (source: "Add users from Excel").

        The docs show no form; the name of the file's field is ``import_field`` of the client's dialect.

        :param content: The file, or its bytes; see :meth:`download_import_template` for its columns.
        :param file_name: Its name; ends with one of :data:`EXCEL_TYPES`.
        :raises QAValidationError: An empty file, or another kind of file.
        :raises QARequestRejectedError: The vendor does not take the content.
        """
        suffix = PurePath(check.text(file_name, "file_name")).suffix.lower()
        if suffix not in EXCEL_TYPES:
            raise check.refused(f"file_name must end with {', '.join(EXCEL_TYPES)}, got {file_name!r}")
        # read at once: a second try after a rate limit could not read a stream again
        if not isinstance(content, bytes) and not hasattr(content, "read"):
            raise check.refused(f"content must be bytes or an open file, got {content!r}"[:300], 'Give open(..., "rb")')
        data = content if isinstance(content, bytes) else content.read()
        if not data:
            raise check.refused(f"content of {file_name!r} is empty")
        files = {self._client.dialect.import_field: (PurePath(file_name).name, data, EXCEL_TYPES[suffix])}
        answer = self._client.call("users.import_excel", files=files)
        return dict(answer) if isinstance(answer, Mapping) else {}

    def transfer(
        self, user_id: Id, *, new_user_id: str, transfer_content: bool | str, transfer_permissions: bool | str
    ) -> None:
        """Hand what a user has over to another (source: "Transfer user content and authorizations").

        :param user_id: UUID of the user who has it.
        :param new_user_id: UUID of the user who gets it.
        :param transfer_content: Whether the content goes over.
        :param transfer_permissions: Whether the permissions go over.
        """
        body = {
            "newUserID": check.uuid(new_user_id, "new_user_id"),
            "transferContent": check.flag(transfer_content, "transfer_content"),
            "transferPermissions": check.flag(transfer_permissions, "transfer_permissions"),
        }
        self._client.call("users.transfer", {"id": user_id}, body=body)

    def download_import_template(self) -> Download:
        """Open the Excel file to fill in for :meth:`import_excel` (source: "Download import users template")."""
        return self._client.stream("users.download_import_template")

    def invite(
        self,
        emails: Words,
        *,
        tenant_admin_role: str | None = None,
        organizations: Iterable[Mapping[str, Any]] | str | None = None,
    ) -> Record:
        """Invite people by mail (source: "Invite users").

        :param emails: Addresses, at least one; a text may hold several, separated by commas.
        :param tenant_admin_role: The vendor's word for their role in the tenant; the words are not public.
        :param organizations: Their organizations and roles there, sent as they are: the docs name the type
            (``OrganizationRoleDto``) but not its fields.
        """
        body = given(
            emails=check.words(emails, "emails"),
            tenantAdminRole=check.optional_id(tenant_admin_role, "tenant_admin_role"),
            organizations=check.mappings(organizations, "organizations") if is_given(organizations) else None,
        )
        return self._changed("users.invite", {}, body)

    @override
    def delete(self, object_id: Id) -> None:
        """Delete a user (source: "Delete user").

        :param object_id: UUID of the user.
        :raises QAApiError: The vendor refuses the key's own user, the owner of the tenant, and users who own content:
            hand that over with :meth:`transfer` first.
        """
        super().delete(object_id)
