"""The company account of MonitorQA: its profile, its pictures, its creation and its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NoReturn, TypedDict

from typing_extensions import Required, Unpack

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.rest.parameters import Read, Text
from airflow_qa_provider.rest.redaction import MASK
from airflow_qa_provider.vendors.monitorqa.client.enums import UsagePurpose
from airflow_qa_provider.vendors.monitorqa.client.images import Image, image_part
from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource, Row, Rows
from airflow_qa_provider.vendors.monitorqa.client.rules import check


class NewCompany:
    """A company that was just created.

    ``api_key`` is a secret and the only key to the company: store it in a secrets backend, and make a connection of it.
    It is not in ``repr``, and the object cannot be pickled, so that it does not end up in an XCom.

    :param company_id: Id of the company.
    :param api_key: Key that works for this company alone.
    """

    __slots__ = ("api_key", "company_id")

    def __init__(self, company_id: str, api_key: str) -> None:
        self.company_id = company_id
        self.api_key = api_key

    def __repr__(self) -> str:
        return f"NewCompany(company_id={self.company_id!r}, api_key={MASK!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NewCompany):
            return False
        return (self.company_id, self.api_key) == (other.company_id, other.api_key)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a NewCompany holds an API key and is not pickled; take company_id and store api_key safely")


class CompanyFields(TypedDict, total=False):
    """What a company has.

    :param company_name: Name of the company.
    :param usage_purpose: What the company audits.
    :param usage_purpose_object_name: What the audited things are called; required with ``UsagePurpose.OTHER``.
    """

    company_name: Required[Text]
    usage_purpose: Required[Annotated[UsagePurpose | int | str, Read("value_of", kind=UsagePurpose)]]
    usage_purpose_object_name: Text | None


class Company(MonitorQAResource):
    """The company of the API key."""

    def get(self) -> Row:
        """Return the company (source: "Get company information").

        :return: ``{"id", "name", "logoFileId", "iconFileId", "usagePurpose", "customAuditObjectName"}``.
        """
        return self._record("company.get")

    def list_accessible(self) -> Rows:
        """Return the companies where the key's user has an account (source: "Get accessible companies").

        :return: ``{"id", "name"}`` each.
        """
        return self._rows("company.list_accessible")

    def create(
        self,
        *,
        admin_full_name: str,
        admin_phone: str | None = None,
        iana_time_zone: str | None = None,
        **company: Unpack[CompanyFields],
    ) -> NewCompany:
        """Create a company, of which the key's user becomes the administrator (source: "Create company").

        :param admin_full_name: Full name of the administrator; the e-mail address is that of the key's user.
        :param admin_phone: Phone number of the administrator.
        :param iana_time_zone: Time zone such as ``America/New_York``, see ``timezones.list``.
        :param company: Fields of :class:`CompanyFields`.
        :return: Id and API key of the company. The key is a secret that this client masks in its messages from now on;
            mask it in your own logs too.
        """
        body = {
            **_fields(company),
            "companyAdmin": given(
                fullName=check.text(admin_full_name, "admin_full_name"),
                phone=check.optional_text(admin_phone, "admin_phone"),
            ),
            **given(ianaTimeZone=check.optional_id(iana_time_zone, "iana_time_zone")),
        }
        answer = self._client.call("company.create", body=body)
        if not isinstance(answer, dict) or not answer.get("companyId") or not answer.get("apiKey"):
            error = self._unexpected("company.create", "an object with companyId and apiKey", answer)
            error.outcome = "The company was probably created, but its key is not known"
            error.hint = "Look for it with company.list_accessible before you repeat this"
            raise error
        self._client.add_secret(str(answer["apiKey"]))
        return NewCompany(str(answer["companyId"]), str(answer["apiKey"]))

    def update(self, *, iana_time_zone: str, **company: Unpack[CompanyFields]) -> None:
        """Replace name, purpose and time zone of the company (source: "Update company").

        :param iana_time_zone: Time zone such as ``America/New_York``; required here, unlike in :meth:`create`.
        :param company: Fields of :class:`CompanyFields`.
        """
        body = {**_fields(company), "ianaTimeZone": check.text(iana_time_zone, "iana_time_zone")}
        self._client.call("company.update", body=body)

    def delete(self, *, confirm: str) -> None:
        """Delete the whole company account, for ever (source: "Delete company").

        **All of it: subscription, users, audits, schedules, objects, templates, corrective actions.** The API key stops
        working at once. To keep a wrong connection from doing this, the company's name is read first and compared.

        :param confirm: Name of the company, exactly as :meth:`get` shows it.
        :raises QAValidationError: ``confirm`` is not the name of the company of this key; nothing was deleted.
        """
        if not isinstance(confirm, str) or not confirm.strip():
            raise check.refused("confirm must be the name of the company, which would be deleted for ever")
        name = self.get().get("name")
        if confirm != name:
            error = check.refused(
                f"confirm {confirm!r} is not the name of this key's company, which is {name!r}",
                "Check the connection: it may point to another company than you think",
            )
            error.operation, error.outcome = "company.delete", "Nothing was deleted"
            raise error
        self._client.call("company.delete")

    def upload_logo(self, image: Image, *, file_name: str | None = None) -> None:
        """Set the logo of the company (source: "Upload company logo").

        :param image: PNG or JPEG: its bytes, an open binary file, or a path.
        :param file_name: File name to send; that of the path, or ``logo.png``, when unset.
        :raises QAValidationError: The content is neither PNG nor JPEG.
        """
        self._client.call("company.upload_logo", files={"file": image_part(image, file_name, "logo")})

    def delete_logo(self) -> None:
        """Remove the logo of the company for ever (source: "Delete company logo")."""
        self._client.call("company.delete_logo")

    def upload_icon(self, image: Image, *, file_name: str | None = None) -> None:
        """Set the icon of the company (source: "Upload company icon").

        :param image: PNG or JPEG: its bytes, an open binary file, or a path.
        :param file_name: File name to send; that of the path, or ``icon.png``, when unset.
        :raises QAValidationError: The content is neither PNG nor JPEG.
        """
        self._client.call("company.upload_icon", files={"file": image_part(image, file_name, "icon")})

    def delete_icon(self) -> None:
        """Remove the icon of the company for ever (source: "Delete company icon")."""
        self._client.call("company.delete_icon")


def _fields(company: Mapping[str, Any]) -> dict[str, Any]:
    body = check.wire(CompanyFields, company)
    if body["usagePurpose"] == UsagePurpose.OTHER and "usagePurposeObjectName" not in body:
        raise check.missing(None, "usage_purpose_object_name (with usage_purpose 6, other)")
    return body
