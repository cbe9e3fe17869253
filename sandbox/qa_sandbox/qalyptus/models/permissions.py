"""The 42 permissions, and who gets them."""

from __future__ import annotations

from qa_sandbox.qalyptus.models.base import Body, Bool, Linked


class PermissionDto(Body):
    """What a member may do. What is not given is not allowed."""

    viewProject: Bool = False
    viewReport: Bool = False
    createReport: Bool = False
    useReport: Bool = False
    editReport: Bool = False
    subscribeReport: Bool = False
    runReport: Bool = False
    deleteReport: Bool = False
    setPermissionsReport: Bool = False
    duplicateReport: Bool = False
    moveReport: Bool = False
    viewFilter: Bool = False
    createFilter: Bool = False
    useFilter: Bool = False
    editFilter: Bool = False
    deleteFilter: Bool = False
    duplicateFilter: Bool = False
    moveFilter: Bool = False
    setPermissionsFilter: Bool = False
    viewCondition: Bool = False
    createCondition: Bool = False
    useCondition: Bool = False
    editCondition: Bool = False
    deleteCondition: Bool = False
    setPermissionsCondition: Bool = False
    duplicateCondition: Bool = False
    moveCondition: Bool = False
    viewTask: Bool = False
    createTask: Bool = False
    editTask: Bool = False
    runTask: Bool = False
    deleteTask: Bool = False
    setPermissionsTask: Bool = False
    duplicateTask: Bool = False
    moveTask: Bool = False
    viewFolderContent: Bool = False
    createFolderContent: Bool = False
    editFolderContent: Bool = False
    downloadFolderContent: Bool = False
    deleteFolderContent: Bool = False
    duplicateFolderContent: Bool = False
    moveFolderContent: Bool = False


class MemberRequestDto(Linked):
    """A user or a group. The documentation shows no members; these are those of a task's recipients."""

    type: str | None = None


class PermissionsRequest(Body):
    """The same permissions for several users or groups."""

    members: list[MemberRequestDto]
    permissions: PermissionDto
