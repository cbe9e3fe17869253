"""Operators of Simplo IS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_qa_provider.bases.calling import VendorOperator
from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.listing import ListOperator

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from airflow_qa_provider.bases.arguments import CallingArguments, ChangingArguments, ListArguments
    from airflow_qa_provider.kinds.policies import OnUncertain

_COLOR = "#f9e3ee"


class SimploOperator(VendorOperator):
    """Calls one operation of the Simplo IS API, such as ``reports.list``.

    :param simplo_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.calling.VendorOperator`.
    """

    vendor = "simplo"
    template_fields = (*VendorOperator.template_fields, "simplo_conn_id")
    ui_color = _COLOR

    def __init__(self, *, simplo_conn_id: str = "simplo_default", **kwargs: Unpack[CallingArguments]) -> None:
        super().__init__(**kwargs)
        self.simplo_conn_id = simplo_conn_id


class SimploApproveReportOperator(ChangingOperator):
    """Approves a billing report, once. Simplo IS then keeps a PDF of it and mails the person who answers for it.

    Whether it is approved is told by ``approved_at``; a report that is approved already is left alone. The hash that
    the call needs is read from the report, and is neither logged nor stored.

    When the answer is lost, the report is polled for a while: a retry approves it only where Simplo IS still shows
    it as not approved.

    Returns the id of the report. The XCom ``outcome`` is ``updated`` or ``unchanged``, ``approved_at`` when it
    was approved.

    :param report_id: Id of the report. (templated)
    :param simplo_conn_id: Id of the Airflow connection. Its user approves: a logged-in user, or a client user agent
        that the installation knows. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    kind = "simplo.report"
    change = "approve"
    payload_fields = ("report_id",)
    template_fields = (*payload_fields, "simplo_conn_id", "preview")
    ui_color = _COLOR

    def __init__(
        self, *, report_id: str | int, simplo_conn_id: str = "simplo_default", **kwargs: Unpack[ChangingArguments]
    ) -> None:
        super().__init__(**kwargs)
        self.report_id = report_id
        self.simplo_conn_id = simplo_conn_id


class SimploIssueInvoiceOperator(ChangingOperator):
    """Turns a billing report into an invoice in iDoklad, once. One that is invoiced already is left alone.

    Simplo IS has no guard against a second invoice, and a repeated call may issue one. Whether there is an invoice is
    told by ``invoiced_at`` of the report, or by another ``invoice_number`` than before the request: a number alone may
    have been given by hand.

    When the answer is lost, the report is polled for a while. When a retry finds it still not invoiced, nobody can
    tell whether the invoice was issued, and the task fails with ``QAUncertainError``: a second invoice is worse than a
    failed task. With ``on_uncertain="repeat"`` the retry issues it. Clearing the task does not settle the doubt; the
    message says how to.

    Returns the id of the report. The XCom ``outcome`` is ``updated`` or ``unchanged``; ``invoiced_at`` and
    ``invoice_number`` are those of the invoice.

    :param report_id: Id of the report. (templated)
    :param on_uncertain: When nobody can tell whether an earlier attempt issued the invoice: ``fail``, or ``repeat``.
    :param simplo_conn_id: Id of the Airflow connection; its user needs the permission update on reports. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    kind = "simplo.report"
    change = "issue_invoice"
    payload_fields = ("report_id",)
    template_fields = (*payload_fields, "simplo_conn_id", "preview")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        report_id: str | int,
        on_uncertain: OnUncertain = "fail",
        simplo_conn_id: str = "simplo_default",
        **kwargs: Unpack[ChangingArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.report_id = report_id
        self.on_uncertain = on_uncertain
        self.simplo_conn_id = simplo_conn_id


class SimploBillReportOperator(SimploIssueInvoiceOperator):
    """Bills a report: approves it, and then turns it into an invoice in iDoklad, each once.

    All of :class:`SimploApproveReportOperator` and :class:`SimploIssueInvoiceOperator` in one task, which a retry takes
    up where the attempt before it stopped. What is done already, by whomever, is left alone. Nothing is invoiced that
    could not be approved. Expands over reports: ``.expand(report_id=...)``.

    When nobody can tell whether the invoice was issued, the task fails with ``QAUncertainError``, as
    :class:`SimploIssueInvoiceOperator` says.

    Returns the number of the invoice. The XCom ``outcome`` is that of the invoice, and ``approve`` has that of the
    approval: ``updated`` or ``unchanged``.

    :param report_id: Id of the report. (templated)
    :param on_uncertain: When nobody can tell whether an earlier attempt issued the invoice: ``fail``, or ``repeat``.
    :param simplo_conn_id: Id of the Airflow connection. Its user approves, and needs the permission update on reports.
        (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    change = "bill"
    tells = (*ChangingOperator.tells, "approve")
    returns = "number of the invoice"
    result_detail = "invoice_number"


class SimploListReportsOperator(ListOperator):
    """Returns the ids of billing reports, such as those that were sent and not invoiced.

    Simplo IS documents no filter for dates that are empty, so all reports are read.

    :param active: Whether they are active; both when ``None``. (templated)
    :param sent: Whether they were sent; both when unset. (templated)
    :param approved: Whether they were approved; both when unset. (templated)
    :param invoiced: Whether they were invoiced; both when unset. (templated)
    :param simplo_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.listing.ListOperator`.
    """

    vendor = "simplo"
    records = "reports"
    filter_fields = ("active", "sent", "approved", "invoiced")
    template_fields = (*ListOperator.template_fields, *filter_fields, "simplo_conn_id")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        active: bool | str | None = True,
        sent: bool | str | None = None,
        approved: bool | str | None = None,
        invoiced: bool | str | None = None,
        simplo_conn_id: str = "simplo_default",
        **kwargs: Unpack[ListArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.active = active
        self.sent = sent
        self.approved = approved
        self.invoiced = invoiced
        self.simplo_conn_id = simplo_conn_id
