"""Files of smartQ notes."""

from __future__ import annotations

from typing import Any, BinaryIO

from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.rest.parameters import Id
from airflow_qa_provider.vendors.smartq.client.answers import Record, Records, record
from airflow_qa_provider.vendors.smartq.client.forms import FileBody
from airflow_qa_provider.vendors.smartq.client.resource import SmartQResource
from airflow_qa_provider.vendors.smartq.client.rules import check


class Files(SmartQResource):
    """Files that are attached to a note. What comes back of them is not documented."""

    def list(self, project_id: Id, ticket_id: Id, note_id: Id) -> Records:
        """Return the files of a note (source: "Files: returns list of files attached to the note").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param note_id: Id of the note.
        """
        return self._rows("files.list", project_id=project_id, ticket_id=ticket_id, note_id=note_id)

    def upload(
        self,
        project_id: Id,
        ticket_id: Id,
        note_id: Id,
        *,
        file: BinaryIO,
        file_name: str | None = None,
        content_type: str | None = None,
        is_last_file: bool | str | None = None,
    ) -> Record:
        """Attach one file to a note (source: "Files: uploads a new file").

        The file is read in pieces while it is sent, from its present position to its end, and never held in memory; it
        stays open. Sent twice, there are two files. The docs name no limit of size, and their example would not send a
        file: the body here is ``multipart/form-data`` as the text asks for.

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param note_id: Id of the note.
        :param file: A file that is open in binary mode and can seek.
        :param file_name: Name that smartQ shows; the file's own by default.
        :param content_type: Media type; guessed from the name by default.
        :param is_last_file: Sends the notifications of a note that was made with ``has_attachments``. Only the docs of
            notes mention it, so it goes as a form field beside the file.
        :return: The file.
        :raises QAValidationError: The file is closed, opened as text, cannot seek, or has no name.
        """
        last = check.optional_flag(is_last_file, "is_last_file")
        fields = {} if last is None else {"is_last_file": str(int(last))}
        kind = check.optional_id(content_type, "content_type")
        body = FileBody(file, file_name=file_name, content_type=kind, fields=fields)
        path = {"project_id": project_id, "ticket_id": ticket_id, "note_id": note_id}
        headers = {"Content-Type": body.content_type}
        return record(self._client.call("files.upload", path, data=body, headers=headers), "files.upload")

    def get(self, project_id: Id, ticket_id: Id, note_id: Id, file_id: Id) -> Record:
        """Return what is known of one file (source: "Files: returns file details").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param note_id: Id of the note.
        :param file_id: Id of the file.
        """
        return self._record("files.get", None, **_file(project_id, ticket_id, note_id, file_id))

    def download(self, project_id: Id, ticket_id: Id, note_id: Id, file_id: Id) -> Download:
        """Open one file (source: "Files: returns file body").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param note_id: Id of the note.
        :param file_id: Id of the file.
        """
        return self._client.stream("files.download", _file(project_id, ticket_id, note_id, file_id))

    def delete(self, project_id: Id, ticket_id: Id, note_id: Id, file_id: Id) -> None:
        """Delete one file (source: "Files: deletes a file").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param note_id: Id of the note.
        :param file_id: Id of the file.
        """
        self._client.call("files.delete", _file(project_id, ticket_id, note_id, file_id))


def _file(*ids: Id) -> dict[str, Any]:
    return dict(zip(("project_id", "ticket_id", "note_id", "file_id"), ids, strict=True))
