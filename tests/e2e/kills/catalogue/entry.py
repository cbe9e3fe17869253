"""What the harness has to know of an operator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.e2e.kills.script import Point, Request

if TYPE_CHECKING:
    from qa_sandbox import Sandbox

Arguments = dict[str, Any]


@dataclass
class World:
    """The vendors, as the harness prepares and counts them.

    :param sandbox: The sandboxes.
    :param files: Folder for what is downloaded.
    :param accepted: How many writes of a logical create the vendor has carried out, by label.
    """

    sandbox: Sandbox
    files: Path
    accepted: Callable[[str], int] = lambda label: 0
    _clients: dict[str, Any] = field(default_factory=dict)
    _pools: dict[str, Iterator[Any]] = field(default_factory=dict)

    def store(self, vendor: str) -> Any:
        """Return the state of a vendor.

        :param vendor: Its name.
        """
        return self.sandbox.app(vendor).state.store

    def ids(self, vendor: str) -> dict[str, Any]:
        """Return the ids that the sandbox puts into a vendor's connection.

        :param vendor: Its name.
        """
        return dict(self.sandbox.connections()[f"{vendor}_default"]["extra"])

    def client(self, vendor: str) -> Any:
        """Return a client of the package, to prepare what operators need.

        :param vendor: Its name.
        """
        if vendor not in self._clients:
            from airflow_qa_provider.rest.settings import ClientSettings

            connection = self.sandbox.connections()[f"{vendor}_default"]
            options = (
                {"login": connection["login"], "client_id": self.ids(vendor)["api_key"]}
                if "login" in connection
                else {}
            )
            settings = ClientSettings(base_url=connection["host"], token=connection["password"], options=options)
            clients = vars(import_module(f"airflow_qa_provider.vendors.{vendor}.client"))
            self._clients[vendor] = next(one for name, one in clients.items() if name.endswith("Client"))(settings)
        return self._clients[vendor]

    def end(self, vendor: str, kind: str, object_id: str, result: str) -> None:
        """Let an object end that was to stay open.

        :param vendor: Whose it is.
        :param kind: Kind of object, in the words of the sandbox.
        :param object_id: Its id.
        :param result: How it ends.
        """
        import requests

        outcome = {"id": object_id, "kind": kind, "result": result, "seconds": 0.1}
        url = f"{self.sandbox.url(vendor)}/__sandbox__/outcomes"
        requests.post(url, json=outcome, timeout=30).raise_for_status()

    def unused(self, what: str, items: Iterable[Any]) -> Any:
        """Return an object that the vendor has already, another one each time.

        :param what: Kind of object.
        :param items: All of them.
        """
        return next(self._pools.setdefault(what, iter(list(items))))


@dataclass(frozen=True)
class Job:
    """What an operator can wait for, in the words of the sandbox's scripted endings.

    :param kind: Kind of object.
    :param never: The ending that keeps it open.
    :param done: The good one.
    :param subject: Which of the arguments the sandbox knows the object by, before it has an id.
    """

    kind: str
    never: str
    done: str
    subject: str


def created(xcoms: Mapping[str, Any], arguments: Arguments) -> str | None:
    """Return the id that a creating task returned, when it is the one that it told of."""
    returned = xcoms.get("return_value")
    return str(returned) if returned is not None and returned == xcoms.get("remote_id") else None


def changed(xcoms: Mapping[str, Any], arguments: Arguments) -> str | None:
    """Return the id that a changing task returned."""
    returned = xcoms.get("return_value")
    return None if returned is None else str(returned)


@dataclass(frozen=True)
class Entry:
    """One operator.

    :param path: ``module:class`` below ``airflow_qa_provider``.
    :param vendor: Vendor in lower case.
    :param prepare: Makes the arguments of one logical create, whose objects nobody else's can be mistaken for; the
        label is unique.
    :param effects: Returns what the vendor has of one logical create.
    :param everything: Returns all of that kind, so that strays are found.
    :param write: The request that must not be carried out twice.
    :param lookup: The request that looks for a lost object, where there is one.
    :param watch: The request that reads the state of an object whose id is known.
    :param download: The request whose answer is a file.
    :param fixed: Arguments that are the same for all, as Python values.
    :param believed: Returns the one effect that the DAG believes in, from the XComs of the task.
    :param job: What it waits for; ``None`` for an operator that does not wait.
    :param title: Its name in the table, where a class has several entries.
    :param repeats: Whether a lost write is sent again without a look, since the vendor takes it for the same.
    :param harmless: Whether a lost write is sent again although the vendor then has one more, which does no harm.
    :param sections: DAGs that it is part of, on SQLite only; all DAGs on all databases by default.
    :param uncertain: Points after which the documentation says that it cannot be told what happened.
    """

    path: str
    vendor: str
    prepare: Callable[[World, str], Arguments]
    effects: Callable[[World, str, Arguments], Sequence[str]]
    everything: Callable[[World], set[str]]
    write: Request | None = None
    lookup: Request | None = None
    watch: Request | None = None
    download: Request | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    believed: Callable[[Mapping[str, Any], Arguments], str | None] = created
    job: Job | None = None
    title: str = ""
    repeats: bool = False
    harmless: bool = False
    sections: tuple[str, ...] = ()
    uncertain: frozenset[Point] = frozenset()

    @property
    def name(self) -> str:
        """Name of the operator, without the word."""
        return self.title or self.path.rpartition(":")[2].removesuffix("Operator")

    def operator(self) -> Any:
        """Import the operator."""
        module, _, name = self.path.partition(":")
        return getattr(import_module(f"airflow_qa_provider.{module}"), name)

    @property
    def requests(self) -> dict[Point, Request]:
        """Which request each point stands for."""
        of_points = {
            Point.BEFORE: self.write,
            Point.COMMITTED: self.write,
            Point.ANSWERED: self.write,
            Point.LOOKING: self.lookup,
            Point.WATCHING: self.watch,
            Point.DOWNLOADING: self.download,
        }
        return {point: request for point, request in of_points.items() if request is not None}
