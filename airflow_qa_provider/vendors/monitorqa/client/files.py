"""Files of MonitorQA: photos, signatures and attachments."""

from __future__ import annotations

from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.rest.parameters import Id
from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource
from airflow_qa_provider.vendors.monitorqa.client.rules import check


class Files(MonitorQAResource):
    """What was uploaded in audits and corrective actions, found by the ids that their records carry."""

    def download(self, file_id: Id, *, with_watermark: bool | str | None = None) -> Download:
        """Open a file (source: "Get File").

        :param file_id: Id of the file, such as a ``photoId``.
        :param with_watermark: Whether an image gets the watermark; the vendor's default is no. The original comes when
            the settings of the template disable watermarks.
        :return: The open download; its ``content_type`` is that of the file.
        """
        watermark = check.optional_flag(with_watermark, "with_watermark")
        return self._client.stream("files.download", {"id": file_id}, params={"withWatermark": watermark})
