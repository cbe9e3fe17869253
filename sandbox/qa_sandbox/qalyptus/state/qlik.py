"""The Qlik side of the tenant: apps with their fields, variables, bookmarks and charts. Nothing changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qa_sandbox.context import SandboxContext
from qa_sandbox.qalyptus.envelope import missing
from qa_sandbox.qalyptus.seed import SUBJECTS, TEXTS, Subject
from qa_sandbox.qalyptus.state.collection import Row


@dataclass(frozen=True)
class QlikApp:
    """One Qlik app, with what its figures are about. Its parts are ready for the wire."""

    id: str
    name: str
    subjects: tuple[Subject, ...]
    fields: tuple[Row, ...]
    variables: tuple[Row, ...]
    bookmarks: tuple[Row, ...]
    objects: tuple[Row, ...]

    @property
    def wire(self) -> Row:
        return {"id": self.id, "name": self.name}


class QlikWorld:
    def __init__(self, context: SandboxContext) -> None:
        self.apps = [_app(context, index, row) for index, row in enumerate(TEXTS["qlik_apps"])]

    def app_of(self, subject: Subject) -> QlikApp:
        """Return the app that the figures of a subject come from."""
        return next(app for app in self.apps if subject in app.subjects)

    def find(self, kind: str, object_id: str) -> Row:
        """Find an app, field, variable or bookmark."""
        for app in self.apps:
            for row in (app.wire,) if kind == "app" else getattr(app, f"{kind}s"):
                if row["id"] == object_id:
                    return dict(row)
        raise missing(f"Qlik {kind}", object_id)

    def snapshot(self) -> list[Row]:
        """Describe the apps and what can be referred to in them."""
        return [
            {**app.wire, "fields": app.fields, "variables": app.variables, "bookmarks": app.bookmarks}
            for app in self.apps
        ]


def _app(context: SandboxContext, index: int, seed: Mapping[str, Any]) -> QlikApp:
    app_id = context.make_id("qlik-app", index)

    def make_id(kind: str, name: str) -> str:
        return context.make_id(f"qlik-{kind}", f"{index}:{name}")

    subjects = tuple(SUBJECTS[name] for name in seed["subjects"])
    dimensions = [subject.dimension for subject in subjects]
    return QlikApp(
        id=app_id,
        name=seed["name"],
        subjects=subjects,
        fields=tuple({"id": make_id("field", name), "name": name} for name in (*dimensions, "Month")),
        variables=tuple(
            {"id": make_id("variable", name), "name": name, "value": value, "qlikAppID": app_id}
            for name, value in seed["variables"]
        ),
        bookmarks=tuple({"id": make_id("bookmark", name), "name": name} for name in seed["bookmarks"]),
        objects=tuple(
            {"id": make_id("object", title), "title": title, "type": kind, "qlikAppID": app_id}
            for title, kind in seed["objects"]
        ),
    )
