"""Reports of Simplo IS: what was worked in a period, to be sent, approved and invoiced."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from typing_extensions import Unpack

from airflow_qa_provider.rest.client import Resource, given
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import Id
from airflow_qa_provider.vendors.simplo.client.index import Index, Wanted, embedding
from airflow_qa_provider.vendors.simplo.client.rules import check

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.simplo.client.client import SimploClient

FIELDS = (
    *("id", "name", "report_setting_id", "to_invoice_price", "is_active", "state"),
    *("approved_at", "sent_at", "invoiced_at", "from_at", "to_at", "created_at", "updated_at", "hash"),
)
"""Fields to sort and filter by (source: "Reports index")."""

EMBEDS = ("report_setting", "project", "edit_allowed")
"""Fields that can be embedded (source: "General notes"), although the rows of both endpoints say "-"."""

PUBLIC_EMBEDS = ("report_setting", "responsible_user", "report_tasks")
"""Fields that can be embedded in the public view (source: "View Public Report")."""

_INDEX = Index("reports.list", FIELDS, EMBEDS)


class Reports(Resource):
    """Reports; there is no call to create one, they come from report settings.

    A report has the :data:`FIELDS`, and ``approved_by_user_id``, ``sent_by_user_id``, ``invoiced_by_user_id`` and
    ``invoice_number``. Its ``hash`` is a secret: who has it can read the report.
    """

    _client: SimploClient

    def list(self, **wanted: Unpack[Wanted]) -> Paged:
        """Return the reports (source: "Reports index"). Needs the permission access on reports.

        :param wanted: Fields of :class:`~airflow_qa_provider.vendors.simplo.client.index.Wanted`: filters and sort of
            :data:`FIELDS`, embed of :data:`EMBEDS`.
        """
        return _INDEX.pages(self._client, wanted)

    def get(self, report_id: Id, *, embed: Iterable[str] | str | None = None) -> dict[str, Any]:
        """Return one report (source: "Report detail"). Needs the permission read on reports.

        :param report_id: Id of the report.
        :param embed: Fields of :data:`EMBEDS`.
        """
        params = embedding(self._client, embed, EMBEDS)
        return self._client.record("reports.get", {"report_id": report_id}, params=params)

    def update(self, report_id: Id, *, state: int | str, invoice_number: int | str) -> dict[str, Any]:
        """Replace state and invoice number of a report (source: "Update report").

        Needs the permission update on reports.

        :param report_id: Id of the report.
        :param state: Number of ``report_state``. The list is not public; in the examples ``1`` is a new report and
            ``2`` one that was sent.
        :param invoice_number: Number of the invoice. Required even when only the state changes: see :meth:`patch`.
        :return: The report after the change.
        :raises QARequestRejectedError: The vendor refused a value; the message names the field.
        """
        body = {
            "state": check.whole(state, "state"),
            "invoice_number": check.whole(invoice_number, "invoice_number"),
        }
        return self._client.record("reports.update", {"report_id": report_id}, body=body)

    def patch(
        self, report_id: Id, *, state: int | str | None = None, invoice_number: int | str | None = None
    ) -> dict[str, Any]:
        """Change state or invoice number of a report (source: "Update report").

        Needs the permission update on reports.

        :param report_id: Id of the report.
        :param state: Number of ``report_state``, as in :meth:`update`; left as it is when unset.
        :param invoice_number: Number of the invoice; left as it is when unset.
        :return: The report after the change.
        :raises QAValidationError: Nothing to change was given.
        :raises QARequestRejectedError: The vendor refused a value; the message names the field.
        """
        body = given(
            state=check.optional_whole(state, "state"),
            invoice_number=check.optional_whole(invoice_number, "invoice_number"),
        )
        if not body:
            raise check.refused("state and invoice_number are both unset: there is nothing to change", "Give state=2")
        return self._client.record("reports.patch", {"report_id": report_id}, body=body)

    def delete(self, report_id: Id) -> None:
        """Delete a report (source: "Delete report"). Needs the permission delete on reports.

        :param report_id: Id of the report.
        """
        self._client.call("reports.delete", {"report_id": report_id})

    def download_pdf(self, report_id: Id, report_hash: str) -> Download:
        """Open a report as PDF (source: "Download report as PDF").

        :param report_id: Id of the report.
        :param report_hash: Its ``hash`` property.
        :raises QAPermissionError: The hash is not the one of this report.
        """
        params = {"hash": check.report_hash(report_hash)}
        return self._client.stream("reports.download_pdf", {"report_id": report_id}, params=params)

    def approve(self, report_id: Id, report_hash: str) -> None:
        """Approve a report (source: "Approve Report").

        Simplo IS then stores a PDF of the report and mails the responsible person. Not repeated after a lost answer:
        look at ``approved_at`` of the report first.

        :param report_id: Id of the report.
        :param report_hash: Its ``hash`` property.
        :raises QAAuthenticationError: No user is logged in, and the user agent is not a known one.
        :raises QAPermissionError: The hash is not the one of this report.
        """
        self._client.call("reports.approve", {"report_id": report_id}, body={"hash": check.report_hash(report_hash)})

    def get_public(
        self, report_id: Id, report_hash: str, *, embed: Iterable[str] | str | None = None
    ) -> dict[str, Any]:
        """Return a report as its client sees it (source: "View Public Report"). The docs do not show the answer.

        :param report_id: Id of the report.
        :param report_hash: Its ``hash`` property.
        :param embed: Fields of :data:`PUBLIC_EMBEDS`.
        :raises QAPermissionError: The hash is not the one of this report.
        """
        params = {"hash": check.report_hash(report_hash), **embedding(self._client, embed, PUBLIC_EMBEDS)}
        return self._client.record("reports.get_public", {"report_id": report_id}, params=params)

    def issue_invoice(self, report_id: Id) -> None:
        """Turn a report into a new iDoklad invoice (source: "Issue external (idoklad) invoice").

        A GET that changes something: a second call may issue a second invoice. It is never repeated after a lost answer
        or a server error; look at ``invoiced_at`` of the report first. Needs the permission update on reports.

        :param report_id: Id of the report.
        """
        self._client.call("reports.issue_invoice", {"report_id": report_id})
