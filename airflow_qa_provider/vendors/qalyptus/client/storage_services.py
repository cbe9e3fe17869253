"""Storage services of Qalyptus Cloud: places outside, such as SFTP servers, that tasks put files on."""

from __future__ import annotations

from typing_extensions import Unpack

from airflow_qa_provider.rest.parameters import Flag, FreeText, Id, Secret
from airflow_qa_provider.vendors.qalyptus.client.mixins import BulkDelete, Collection
from airflow_qa_provider.vendors.qalyptus.client.rules import Int32, Named, check


class StorageFields(Named, total=False):
    """What a storage service has. What is unset is not sent; the docs do not say whether it stays then.

    :param type: The vendor's word for the kind of storage; the words are not public.
    :param host: Host name of the server.
    :param username: Who to sign in as.
    :param password: The password for that.
    :param passive_mode: Whether FTP is used in passive mode.
    :param ftp_test_directory_path: Directory that a test of the service uses.
    :param sftp_port: TCP port of the SFTP server.
    """

    type: FreeText | None
    host: FreeText | None
    username: FreeText | None
    password: Secret | None
    passive_mode: Flag | None
    ftp_test_directory_path: FreeText | None
    sftp_port: Int32 | None


class StorageServices(Collection, BulkDelete, name="storage_services"):
    """Storage services of the key's user; the docs have no call that creates one."""

    def update(self, storage_service_id: Id, **service: Unpack[StorageFields]) -> None:
        """Change a storage service (source: "Update a storage service").

        :param storage_service_id: UUID of the storage service.
        :param service: Fields of :class:`StorageFields`.
        """
        body = check.wire(StorageFields, service)
        self._client.call("storage_services.update", {"id": storage_service_id}, body=body)
