"""Operators of Simplo IS."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.bases.calling import VendorOperator
from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.inputs import required_id

if TYPE_CHECKING:
    from airflow_qa_provider.kinds.policies import OnUncertain
    from airflow_qa_provider.vendors.simplo.client import SimploClient


class SimploOperator(VendorOperator):
    """Calls one operation of the Simplo IS API, such as ``reports.list``.

    :param simplo_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.calling.VendorOperator`.
    """

    vendor = "simplo"
    ui_color = "#f9e3ee"

    def __init__(self, *, simplo_conn_id: str = "simplo_default", **kwargs: Any) -> None:
        super().__init__(conn_id=simplo_conn_id, **kwargs)


class _ReportOperator(ChangingOperator):
    """What the operators for one billing report share."""

    noun = "billing report"
    payload_fields = ("report_id",)
    template_fields = (*payload_fields, "conn_id", "preview")
    ui_color = "#f9e3ee"

    def __init__(self, *, report_id: str | int, simplo_conn_id: str = "simplo_default", **kwargs: Any) -> None:
        super().__init__(conn_id=simplo_conn_id, **kwargs)
        self.report_id = report_id

    def changed_id(self) -> str:
        """Return the id of the report."""
        return _report_id(self.report_id)


class SimploApproveReportOperator(_ReportOperator):
    """Approves a billing report, once. Simplo IS then keeps a PDF of it and mails the person who answers for it.

    Whether it is approved is told by ``approved_at``; a report that is approved already is left alone. The hash that
    the call needs is read from the report, and is neither logged nor stored.

    When the answer is lost, the report is looked at for a while: a retry approves it only where Simplo IS still shows
    it as not approved.

    Returns the id of the report. The XCom ``result`` has ``approved_at`` besides; its ``outcome`` is ``updated`` or
    ``unchanged``.

    :param report_id: Id of the report. (templated)
    :param simplo_conn_id: Id of the Airflow connection. Its user approves: a logged-in user, or a client user agent
        that the installation knows. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    kind = "simplo.approval"

    def wanted(self, client: SimploClient, moment: datetime) -> Mapping[str, Any]:
        """Return that it is to be approved.

        :param client: Not used.
        :param moment: Not used: Simplo IS notes its own.
        """
        return {"approved": True}

    def current(self, client: SimploClient) -> Mapping[str, Any]:
        """Return whether it is approved.

        :param client: The client.
        """
        report = client.reports.get(self.changed_id())
        # kept apart from what is compared, noted or shown
        self._report_hash = report.get("hash") or ""
        return {"approved": _has(report, "approved_at")}

    def send(
        self, client: SimploClient, wanted: Mapping[str, Any], current: Mapping[str, Any] | None, moment: datetime
    ) -> None:
        """Approve the report.

        :param client: The client.
        :param wanted: What :meth:`wanted` returned.
        :param current: What :meth:`current` returned.
        :param moment: Not used.
        """
        client.reports.approve(self.changed_id(), self._report_hash)

    def details(self, client: SimploClient) -> Mapping[str, Any]:
        """Return when it was approved.

        :param client: The client.
        """
        return {"approved_at": client.reports.get(self.changed_id()).get("approved_at")}


class SimploIssueInvoiceOperator(_ReportOperator):
    """Turns a billing report into an invoice in iDoklad, once. One that is invoiced already is left alone.

    Simplo IS has no guard against a second invoice, and a repeated call may issue one. Whether there is an invoice is
    told by ``invoiced_at`` of the report, or by another ``invoice_number`` than before the request: a number alone may
    have been given by hand.

    When the answer is lost, the report is looked at for a while. When a retry finds it still not invoiced, nobody can
    tell whether the invoice was issued, and the task fails with ``QAUncertainError``: a second invoice is worse than a
    failed task. With ``on_uncertain="repeat"`` the retry issues it. Clearing the task does not settle the doubt; the
    message says how to.

    Returns the id of the report. The XCom ``result`` has ``invoiced_at`` and ``invoice_number`` besides; its
    ``outcome`` is ``updated`` or ``unchanged``.

    :param report_id: Id of the report. (templated)
    :param on_uncertain: When nobody can tell whether an earlier attempt issued the invoice: ``fail``, or ``repeat``.
    :param simplo_conn_id: Id of the Airflow connection; its user needs the permission update on reports. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    kind = "simplo.invoice"

    def __init__(self, *, report_id: str | int, on_uncertain: OnUncertain = "fail", **kwargs: Any) -> None:
        super().__init__(report_id=report_id, **kwargs)
        self.on_uncertain = on_uncertain

    def wanted(self, client: SimploClient, moment: datetime) -> Mapping[str, Any]:
        """Return that it is to be invoiced.

        :param client: Not used.
        :param moment: Not used: Simplo IS notes its own.
        """
        return {"invoiced": True}

    def current(self, client: SimploClient) -> Mapping[str, Any]:
        """Return whether it is invoiced, and the number of the invoice.

        :param client: The client.
        """
        report = client.reports.get(self.changed_id())
        return {"invoiced": _has(report, "invoiced_at"), "invoice_number": report.get("invoice_number")}

    def send(
        self, client: SimploClient, wanted: Mapping[str, Any], current: Mapping[str, Any] | None, moment: datetime
    ) -> None:
        """Issue the invoice.

        :param client: The client.
        :param wanted: What :meth:`wanted` returned.
        :param current: What :meth:`current` returned.
        :param moment: Not used.
        """
        client.reports.issue_invoice(self.changed_id())

    def before(self, current: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """Return the number that the report has before it is invoiced.

        :param current: What :meth:`current` returned.
        """
        return {"invoice_number": (current or {}).get("invoice_number")}

    def has_effect(self, current: Mapping[str, Any] | None, before: Mapping[str, Any]) -> bool:
        """Tell whether the report has got another number.

        :param current: What :meth:`current` returned.
        :param before: What :meth:`before` returned.
        """
        number = (current or {}).get("invoice_number")
        return number is not None and "invoice_number" in before and number != before["invoice_number"]

    def details(self, client: SimploClient) -> Mapping[str, Any]:
        """Return when it was invoiced, and the number of the invoice.

        :param client: The client.
        """
        report = client.reports.get(self.changed_id())
        return {"invoiced_at": report.get("invoiced_at"), "invoice_number": report.get("invoice_number")}


def _has(report: Mapping[str, Any], moment: str) -> bool:
    """Tell whether a report has got a date; one that does not show it at all must not count as still to be done."""
    if moment not in report:
        from airflow_qa_provider.exceptions import QAResponseError

        raise QAResponseError(
            f"the billing report shows no {moment}",
            vendor="simplo",
            operation="reports.get",
            outcome="This attempt has sent nothing: it cannot be told whether that is done already",
            hint="Simplo IS documents it for every report. Look whether the host of the connection is the right one",
        )
    return report[moment] is not None


def _report_id(value: object) -> str:
    from airflow_qa_provider.vendors.simplo.client import rules

    text = required_id(value, "report_id", "simplo")
    if not (text.isascii() and text.isdigit()):
        raise rules.refused(f"report_id must be a whole number, got {value!r}")
    return text
