"""Projects, their milestone configuration and their checklists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from qa_sandbox.conqa import seed
from qa_sandbox.context import SandboxContext
from qa_sandbox.data import email_of


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    email: str


@dataclass(frozen=True)
class Option:
    """One value of an option field: unchanging identifier, label for people."""

    value: str
    label: str
    active: bool = True


@dataclass
class FieldSpec:
    """
    A field of a milestone.

    :param kind: ``option``, ``date``, ``number`` or ``text``
    :param origin: where its options are kept: ``project``, ``account`` or ``template``
    """

    name: str
    kind: str
    origin: str
    options: list[Option] = field(default_factory=list)

    def option(self, value: str) -> Option | None:
        return next((option for option in self.options if option.value == value), None)

    def labelled(self, label: str) -> Option | None:
        """Find an option by its label, an active one first."""
        found = [option for option in self.options if option.label == label]
        return next((option for option in found if option.active), found[0] if found else None)


@dataclass
class MilestoneConfig:
    """
    How a project names, files and checks its milestones.

    :param statuses: identifier -> label, the first is the default
    :param template_field: field that chooses the checklist template
    :param folder_fields: fields that choose the folder; None without a folder structure
    """

    statuses: Mapping[str, str]
    fields: dict[str, FieldSpec]
    template_field: str
    folder_fields: tuple[str, ...] | None


@dataclass(frozen=True)
class Folder:
    id: str
    name: str


@dataclass(frozen=True)
class Checklist:
    """A checklist made from a template, with the folders it lies in, outermost first."""

    id: str
    name: str
    project_id: str
    template: str
    path: tuple[Folder, ...]
    made_at: datetime


@dataclass
class Project:
    """A construction project; ``config`` is None where milestones were never set up."""

    id: str
    name: str
    code: str
    account_id: str
    accessible: bool
    config: MilestoneConfig | None


def make_people(context: SandboxContext) -> list[Person]:
    """Invent the users; the first owns the token."""
    return [Person(context.make_id("user", n), name, email_of(name)) for n, name in enumerate(seed.PEOPLE)]


def make_projects(context: SandboxContext) -> list[Project]:
    own, other = context.make_id("account", 0), context.make_id("account", 1)
    return [
        Project(
            id=context.make_id("project", n),
            name=name,
            code=code,
            account_id=other if n == seed.NO_ACCESS else own,
            accessible=n != seed.NO_ACCESS,
            config=None if n in (seed.NO_CONFIG, seed.NO_ACCESS) else _config(n != seed.NO_FOLDERS),
        )
        for n, (name, code) in enumerate(seed.PROJECTS)
    ]


def _config(has_folders: bool) -> MilestoneConfig:
    fields = {
        name: FieldSpec(
            name,
            kind,
            origin,
            [Option(value, label.lstrip("!"), not label.startswith("!")) for value, label in options.items()],
        )
        for name, (kind, origin, options) in seed.FIELDS.items()
    }
    return MilestoneConfig(seed.STATUSES, fields, seed.TEMPLATE_FIELD, seed.FOLDER_FIELDS if has_folders else None)


class Checklists:
    """All checklists, numbered per project and template."""

    def __init__(self, context: SandboxContext) -> None:
        self._context = context
        self._made: dict[str, Checklist] = {}
        self._counts: dict[tuple[str, str, str], int] = {}

    def make(self, project: Project, product: str, area: str, made_at: datetime) -> Checklist:
        template = seed.TEMPLATES[product][0]
        key = (project.id, product, area)
        self._counts[key] = self._counts.get(key, 0) + 1
        short = template.partition(" - ")[0].replace(" ", "-")
        place = "".join(word[:1] for word in area.split("-")).upper() or "X"
        name = f"{project.code}-{place}-{short}-{self._counts[key]:03d}"
        checklist = Checklist(
            id="cl:" + self._context.make_id("checklist", len(self._made)),
            name=name,
            project_id=project.id,
            template=product,
            path=tuple(self._folder(project, parts) for parts in _paths(project, area, template)),
            made_at=made_at,
        )
        self._made[checklist.id] = checklist
        return checklist

    def find(self, project: Project, checklist_id: str) -> Checklist | None:
        found = self._made.get(checklist_id)
        return found if found is not None and found.project_id == project.id else None

    def of(self, project: Project) -> list[Checklist]:
        return [checklist for checklist in self._made.values() if checklist.project_id == project.id]

    def _folder(self, project: Project, parts: tuple[str, ...]) -> Folder:
        return Folder("fo:" + self._context.make_id("folder", f"{project.id}:{'/'.join(parts)}"), parts[-1])


def _paths(project: Project, area: str, template: str) -> list[tuple[str, ...]]:
    names = [seed.ROOT_FOLDER]
    option = project.config.fields["area"].option(area) if project.config is not None else None
    if option is not None:
        names.append(option.label)
    names.append(template)
    return [tuple(names[: depth + 1]) for depth in range(len(names))]
