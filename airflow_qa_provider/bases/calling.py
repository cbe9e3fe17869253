"""One operator per vendor that calls any operation of its API.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from airflow.providers.common.compat.sdk import BaseOperator
from typing_extensions import override

from airflow_qa_provider.bases.listing import DEFAULT_LIMIT
from airflow_qa_provider.bases.task import VendorTask, one_execution

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

    from airflow_qa_provider.bases.call import Call
    from airflow_qa_provider.kinds.lookup import LookupTimeouts
    from airflow_qa_provider.kinds.policies import IfExists, OnClear, OnUncertain
    from airflow_qa_provider.reports.manifest import Manifest
    from airflow_qa_provider.reports.staging import StopSwitch


class VendorOperator(VendorTask, BaseOperator):
    """Calls one operation of a vendor's API and returns its answer as JSON.

    For everything that has no operator of its own. Operation and arguments are checked against the client before
    anything is sent; the values of the arguments are checked by the client, where the vendor documents rules.

    A list that comes in pages is returned whole. Beyond 1000 rows it is refused, for XComs are no place for it: the
    vendor's records operator stores it. A ``limit`` among the arguments of the operation is another number, or
    ``None`` for none. An operation that answers with a file needs a ``target``. Secrets in an answer
    are masked; operations whose answer is a secret, such as a new API key, are refused.

    An operation that changes something is carried out once, however often the task is retried, killed or cleared: the
    task's state notes the request before it is sent, and the answer after it, which later attempts return. When the
    answer was lost, the object that the request may have made is looked for where the vendor has a list and a name to
    look for (see "Exactly once" in the documentation); a request that the vendor documents as idempotent is repeated;
    for any other, ``on_uncertain`` decides. The XComs ``outcome`` and ``reason`` say how the answer came about.

    :param operation: Name of the operation, as ``airflow-qa routes list`` shows it. (templated)
    :param arguments: Arguments of the client method of that name; a text is read as a JSON object. (templated)
    :param target: File, or folder with ``/`` at its end, for an operation that answers with a file; the answer is then
        its :class:`~airflow_qa_provider.reports.manifest.Manifest`. End it with the suffix of the format that is
        expected. (templated)
    :param object_storage_conn_id: Airflow connection of the object storage. (templated)
    :param overwrite: What to do about a file that is there already: ``replace``, ``keep`` or ``fail``. (templated)
    :param on_uncertain: When nobody can tell whether an earlier attempt carried a change out: ``fail``, or ``repeat``
        the request.
    :param on_changed_input: When an attempt asks for another change than the one before it: ``fail``, or make the
        ``new`` one as well.
    :param on_clear: What a cleared task does about a change that it has made: ``adopt`` its answer, or make a ``new``
        one.
    :param if_exists: What the first attempt does about an equal object that was there before: ``create`` one more,
        ``adopt`` it, or ``fail``; the last two only where objects can be looked for.
    :param preview: Whether to show the request of a change, in the log and the XCom ``preview``, and to send nothing.
        The task is then skipped where it would have sent something. (templated)

    :cvar lookup_timeouts: How long to look for lost objects; the journal's own times by default.
    """

    tells = ("remote_id", "outcome", "reason", "uri")
    returns = "answer, or manifest of the file"
    template_fields: Sequence[str] = (
        "operation",
        "arguments",
        "target",
        "object_storage_conn_id",
        "overwrite",
        "preview",
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"arguments": "json"}
    lookup_timeouts: ClassVar[LookupTimeouts | None] = None
    _stop: StopSwitch | None = None

    def __init__(
        self,
        *,
        operation: str,
        arguments: Mapping[str, Any] | str | None = None,
        target: str | ObjectStoragePath | None = None,
        object_storage_conn_id: str | None = None,
        overwrite: str = "replace",
        on_uncertain: OnUncertain | None = None,
        on_changed_input: Literal["fail", "new"] = "fail",
        on_clear: OnClear = "adopt",
        if_exists: IfExists = "create",
        preview: bool | str = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.operation = operation
        self.arguments = arguments
        self.target = target
        self.object_storage_conn_id = object_storage_conn_id
        self.overwrite = overwrite
        self.on_uncertain = on_uncertain
        self.on_changed_input = on_changed_input
        self.on_clear = on_clear
        self.if_exists = if_exists
        self.preview = preview

    @override
    def render_template(self, content: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        # secrets among the arguments are masked in what Airflow shows of the task
        rendered = super().render_template(content, context, *args, **kwargs)
        if isinstance(rendered, Mapping) or (isinstance(rendered, str) and rendered.lstrip().startswith("{")):
            self._mask_secrets(rendered)
        return rendered

    def _mask_secrets(self, arguments: Any) -> None:
        from airflow.sdk.log import mask_secret

        from airflow_qa_provider.rest.clean_json import parsed
        from airflow_qa_provider.rest.redaction import SECRET_NAME, secret_values
        from airflow_qa_provider.vendors import vendor_named

        try:
            given = parsed(arguments) if isinstance(arguments, str) else arguments
        except ValueError:
            return  # what that is supposed to be is said when the task runs
        names = [name for name in given if isinstance(name, str) and SECRET_NAME.search(name)]
        for secret in secret_values([*names, *vendor_named(self.vendor).secret_names], given):
            mask_secret(secret)

    @one_execution
    def execute(self, context: Any) -> Any:
        """Check the call, carry it out, and return its answer.

        :param context: Airflow's task context.
        """
        from airflow_qa_provider.bases.call import Call
        from airflow_qa_provider.bases.preview import is_preview, previewed

        preview = is_preview(self.preview)
        with previewed(self, context, preview=preview) as client:
            call = Call.of(client, self.operation, self.arguments)
            self._check_target(call)
            if call.gives_file:
                manifest = self._store(call)
                self.tell(context, {"uri": manifest["uri"]})
                return manifest
            if not client.route_table[self.operation].safe:
                return self._once(context, call, preview)
            answer = self._rows(call) if call.gives_pages else call()
            self.log.info("%s carried out %s", client.title, self.operation)
            return self._for_xcom(answer)

    def _once(self, context: Any, call: Call, preview: bool) -> Any:
        from airflow_qa_provider.bases.once import answered

        answer, made = answered(self, context, call, lambda moment: self._for_xcom(call(moment)), preview=preview)
        self.tell(context, made.facts)
        return answer

    def on_kill(self) -> None:
        """Remove the temporary file of a download."""
        if self._stop is not None:
            self._stop.pull()

    def _check_target(self, call: Call) -> None:
        from airflow_qa_provider.exceptions import QAValidationError
        from airflow_qa_provider.rest.fields import is_given

        if call.gives_file == is_given(self.target):
            return
        problem, hint = "this operation answers with JSON: target has no use", "Leave target out"
        if call.gives_file:
            problem = "this operation answers with a file, which does not go into an XCom"
            hint = 'Say where it goes, such as target="s3://bucket/folder/"'
        raise QAValidationError(
            problem, vendor=self.vendor, operation=self.operation, outcome="Nothing was sent", hint=hint
        )

    def _rows(self, call: Call) -> list[Any]:
        from itertools import islice

        from airflow_qa_provider.bases.listing import cut
        from airflow_qa_provider.vendors import vendor_named

        if "limit" in call.arguments:
            rows = list(call())
            if str(len(rows)) == str(call.arguments["limit"]):
                self.log.info("%s: as many rows as limit allows, there may be more", self.operation)
            return rows
        rows = list(islice(call(), DEFAULT_LIMIT + 1))
        if len(rows) > DEFAULT_LIMIT:
            listings = vendor_named(self.vendor).listings
            known = next((one.name for one in listings if one.operation == self.operation), None)
            raise cut(call.client, self.operation, DEFAULT_LIMIT, known, type(self).__name__.removesuffix("Operator"))
        return rows

    def _for_xcom(self, answer: Any) -> Any:
        from airflow_qa_provider.bases.results import as_json
        from airflow_qa_provider.exceptions import QANotSupportedError
        from airflow_qa_provider.vendors import vendor_named

        try:
            value, masked = as_json(answer, vendor_named(self.vendor).secret_names)
        except TypeError as error:
            raise QANotSupportedError(
                f"the answer holds a {error}, which cannot go into an XCom",
                vendor=self.vendor,
                operation=self.operation,
                outcome="The operation was carried out",
                hint="Call the hook's client in a @task",
            ) from None
        if masked:
            self.log.warning("Masked in the XCom, because they are or carry secrets: %s", ", ".join(masked))
        return value

    def _store(self, call: Call) -> Manifest:
        from airflow_qa_provider.reports.staging import StopSwitch
        from airflow_qa_provider.reports.storage import given_conn_id
        from airflow_qa_provider.reports.store import checked_policy, store_report
        from airflow_qa_provider.reports.target import Target

        checked_policy(self.overwrite)
        conn_id = given_conn_id(self.object_storage_conn_id)
        stem = "-".join([*self.operation.replace("_", "-").split("."), *call.ids.values()])
        with self.connected() as opened:
            place = opened.below_folder(self.target or "", conn_id)
        target = Target.of(place, conn_id, stem)
        self._stop = StopSwitch()
        return store_report(
            call,
            target,
            vendor=self.vendor,
            source=call.ids,
            operation=self.operation,
            overwrite=self.overwrite,
            secrets=[call.client.settings.token],
            stop=self._stop,
        )
