"""Storage services that reports are sent to. The API has no call that makes one."""

from __future__ import annotations

from qa_sandbox.qalyptus.state.collection import Collection, Row


class StorageServices(Collection):
    """Storage services of the tenant."""

    kind = "storage-service"
    noun = "storage service"
    hidden = ("password",)

    def removed(self, row: Row) -> None:
        """Remove a storage service that is gone from the reports of tasks."""
        self.store.tasks.reports.unlink("storageServices", row["id"])
