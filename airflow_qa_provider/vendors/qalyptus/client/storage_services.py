"""Storage services of Qalyptus Cloud: places outside, such as SFTP servers, that tasks put files on."""

from __future__ import annotations

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.vendors.qalyptus.client import rules
from airflow_qa_provider.vendors.qalyptus.client.mixins import BulkDelete, Collection


class StorageServices(Collection, BulkDelete, name="storage_services"):
    """Storage services of the key's user; the docs have no call that creates one."""

    def update(
        self,
        storage_service_id: str,
        *,
        name: str,
        type: str | None = None,
        host: str | None = None,
        username: str | None = None,
        password: str | None = None,
        passive_mode: bool | None = None,
        ftp_test_directory_path: str | None = None,
        sftp_port: int | None = None,
        description: str | None = None,
    ) -> None:
        """Change a storage service (source: "Update a storage service").

        Fields that are unset are not sent; the docs do not say whether they stay then.

        :param storage_service_id: UUID of the storage service.
        :param name: Its name; has to be said also when it stays.
        :param type: The vendor's word for the kind of storage; the words are not public.
        :param host: Host name of the server.
        :param username: Who to sign in as.
        :param password: The password for that.
        :param passive_mode: Whether FTP is used in passive mode.
        :param ftp_test_directory_path: Directory that a test of the service uses.
        :param sftp_port: TCP port of the SFTP server.
        :param description: Text for people.
        :raises QAValidationError: No name, a switch that is not a boolean, or a port that is not a whole number.
        :raises QANotFoundError: There is no such storage service.
        """
        body = given(
            name=rules.required(name, "name"),
            description=description,
            type=type,
            host=host,
            username=username,
            password=password,
            passiveMode=rules.boolean_or_none(passive_mode, "passive_mode"),
            ftpTestDirectoryPath=ftp_test_directory_path,
            sftpPort=rules.int32(sftp_port, "sftp_port"),
        )
        self._client.call("storage_services.update", {"id": storage_service_id}, body=body)
