"""Request bodies of tasks."""

from __future__ import annotations

from pydantic import Field

from qa_sandbox.qalyptus.models import Body, Bool, FreeForm, Int32, Linked, NameAndDescription, OptionalDateTime, Ref


class TaskUpdate(NameAndDescription):
    isActive: Bool
    sendNotifications: Bool
    notifyIfError: Bool | None = None
    notifyIfWarning: Bool | None = None
    notifyIfSuccess: Bool | None = None
    notificationRecipients: str | None = None
    notificationCc: str | None = None
    notificationBcc: str | None = None
    testMode: Bool = False
    testModeRecipients: str | None = None


class TaskEmail(Body):
    sender: str = Field(alias="from")
    ccBcc: Bool = False
    cc: str | None = None
    bcc: str | None = None
    ccQlikVariable: Ref | None = None
    bccQlikVariable: Ref | None = None
    subject: str
    message: str | None = None
    isActive: Bool
    oneToAll: Bool = False


class TaskRecipient(Body):
    id: Ref
    type: str


class TaskSchedule(Body):
    """When a task runs by itself. ``Minut`` is the vendor's spelling."""

    name: str
    frequency: str | None = None
    execution: str | None = None
    priority: Int32 = 0
    timeZone: str
    day: Int32 = 0
    month: Int32 = 0
    atHour: Int32 | None = None
    atMinut: Int32 | None = None
    everyHours: Int32 = 0
    fromHour: Int32 | None = None
    fromMinut: Int32 | None = None
    toHour: Int32 | None = None
    toMinut: Int32 | None = None
    weeklyDays: str | None = None
    startDate: OptionalDateTime = None
    endDate: OptionalDateTime = None


class TaskExternalEvent(Body):
    name: str
    execution: str
    priority: Int32
    description: str | None = None
    appID: str | None = None
    qlikEvent: str
    startDate: OptionalDateTime = None
    endDate: OptionalDateTime = None
    timeZone: str | None = None


class IterationReportDto(FreeForm):
    """Options of an iteration. The documentation shows no members."""


class ReportFilterDto(Linked):
    order: Int32 | None = None


class ReportConditionDto(Linked):
    """A condition that must hold."""


class ReportStorageServiceDto(Linked):
    """A storage service that gets the file."""


class ReportHubDto(FreeForm):
    """Publishing in the hub. The documentation shows no members."""


class ReportFileStorageDto(FreeForm):
    """Keeping the file. The documentation shows no members."""


class SeparatorOptionsDto(FreeForm):
    numberDecimalSeparator: str | None = None
    numberGroupSeparator: str | None = None


class TaskReport(Body):
    reportID: Ref
    format: str
    emailEmbedment: Bool
    emailAttachment: Bool
    fileOpenPassword: str | None = None
    fileWritePassword: str | None = None
    isOpenFilePasswordProtected: Bool = False
    isWriteFilePasswordProtected: Bool = False
    iterationOptions: IterationReportDto | None = None
    filters: list[ReportFilterDto] | None = None
    conditions: list[ReportConditionDto] | None = None
    storageServices: list[ReportStorageServiceDto] | None = None
    hub: ReportHubDto | None = None
    fileStorage: ReportFileStorageDto | None = None
    separatorOptions: SeparatorOptionsDto | None = None
