"""What we guess about Qalyptus Cloud, for ``airflow-qa routes import`` to compare with the OpenAPI file of a tenant."""

from __future__ import annotations

from airflow_qa_provider.rest.openapi_guesses import Guess
from airflow_qa_provider.vendors.qalyptus.client.dialect import Dialect
from airflow_qa_provider.vendors.qalyptus.client.reports import OUTPUT_FORMATS

_OURS = Dialect()

GUESSES = (
    Guess(
        "status words",
        ("status", "request", "execution"),
        _OURS.status_fields,
        (*_OURS.succeeded, *_OURS.warning, *_OURS.failed, *_OURS.cancelled, *_OURS.active),
        'say what they mean in the extra of the connection: {"qalyptus": {"succeeded": ["..."], "failed": ["..."]}}',
    ),
    Guess("output formats", (), ("outputFormat", "outputFormats", "format"), OUTPUT_FORMATS),
    Guess("frequency of schedules", (), ("frequency",), ("Once", "Hourly", "Daily", "Weekly", "Monthly", "Yearly")),
    Guess("execution of tasks", (), ("execution",), ("Parallel", "Serial")),
    Guess("type of recipients", ("recipient",), ("type",)),
    Guess("type of members", ("member",), ("type",)),
    Guess("type of reports", ("report",), ("type",)),
    Guess("what users.update changes", ("user",), ("type",)),
    Guess("fields of a member", ("MemberRequest",)),
    Guess(
        "fields of a selection",
        ("FieldSelection",),
        ours=("fieldName", "selectedCount", "selectedValues", "isNumeric"),
        setting="give selections as a list of objects with these fields",
    ),
)
"""All of it; see :class:`~airflow_qa_provider.vendors.qalyptus.client.dialect.Dialect`."""
