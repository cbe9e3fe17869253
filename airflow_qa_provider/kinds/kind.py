"""What a vendor contributes: itself, and its kinds of objects."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from airflow_qa_provider.exceptions import QANotSupportedError, QAValidationError
from airflow_qa_provider.kinds.change import Change, Shown
from airflow_qa_provider.kinds.conditions import Target
from airflow_qa_provider.kinds.event import Event
from airflow_qa_provider.kinds.fields import KindFields
from airflow_qa_provider.kinds.files import RemoteFile
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.listing import Listing
from airflow_qa_provider.kinds.lookup import Lookup
from airflow_qa_provider.kinds.polling import Poll

if TYPE_CHECKING:
    from airflow_qa_provider.rest.client import VendorClient
    from airflow_qa_provider.rest.connection import ConnectionForm
    from airflow_qa_provider.rest.openapi_guesses import Guess

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of object, such as an audit. Every part may be left out; what needs it then says so.

    :param name: ``vendor.object``, for example ``acme.inspection``.
    :param noun: The object in words, for messages.
    :param poll: Asks the vendor where objects stand. Of a class, whose instances can be called, each shared poll has
        one of its own, which may remember.
    :param condition: A sensor's arguments to what it waits for.
    :param cancel: Client and id to what was done, in a few words.
    :param link: Id to the object's page for people.
    :param fields: What is asked for of a new object, and the requests that make and change it.
    :param lookup: How a new object is found whose id was lost.
    :param changes: Name to change of an object that is there.
    :param overview: Client and changes to what tells of each of them what its ``current`` would, with as few requests
        as the vendor allows; so that many can be made at once. It may refuse one with ``QAValidationError``.
    :param made_by: Client operations that create one and return its id, with what their arguments ask for: so that the
        operator for any call creates it once, too.
    :param files: Name to file that the vendor gives of one.
    :param facts: Which facts of a snapshot's ``detail`` become XComs of their own, and what they mean.
    :param id_of: Id as the poll takes it to the object's own, where the poll needs to know more.
    """

    name: str
    noun: str
    poll: Poll | Callable[[], Poll] | None = None
    condition: Callable[[Given], Target] | None = None
    cancel: Callable[[Any, str], str] | None = None
    link: Callable[[str], str] | None = None
    fields: type[KindFields] | None = None
    lookup: Lookup | None = None
    changes: Mapping[str, type[Change]] = field(default_factory=dict)
    overview: Callable[[Any, Collection[Any]], Callable[[Any], Shown | None]] | None = None
    made_by: Mapping[str, Callable[[Given], KindFields]] = field(default_factory=dict)
    files: Mapping[str, type[RemoteFile]] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    id_of: Callable[[str], str] = str

    @property
    def vendor(self) -> str:
        """Name of the vendor."""
        return self.name.partition(".")[0]

    def new_poll(self) -> Poll:
        """Return what asks the vendor, and remembers nothing yet.

        :raises QANotSupportedError: The vendor cannot show such an object.
        """
        poll: Any = self._part(self.poll, "waited for")
        made: Poll = poll() if isinstance(poll, type) else poll
        return made

    def target(self, arguments: Mapping[str, Any]) -> Target:
        """Return what a sensor waits for.

        :param arguments: Its arguments, rendered.
        :raises QAValidationError: One of them cannot be; the message names it.
        :raises QANotSupportedError: There is nothing to wait for.
        """
        return self._part(self.condition, "waited for")(Given(arguments, self.vendor))

    def read(self, arguments: Mapping[str, Any]) -> KindFields:
        """Return what a task asks for.

        :param arguments: Its arguments, rendered.
        :raises QAValidationError: One of them cannot be sent; the message names it.
        :raises QANotSupportedError: There is no request that creates one.
        """
        return self._part(self.fields, "created").read(Given(arguments, self.vendor))

    def change(self, name: str, arguments: Mapping[str, Any]) -> Change:
        """Return the change that a task asks for.

        :param name: Name of the change.
        :param arguments: The task's arguments, rendered.
        :raises QAValidationError: One of them cannot be sent; the message names it.
        :raises QANotSupportedError: There is no such change.
        """
        return self._part(self.changes.get(name), f"changed by {name!r}").read(Given(arguments, self.vendor))

    def file(self, name: str, arguments: Mapping[str, Any]) -> RemoteFile:
        """Return the file that a task fetches.

        :param name: Name of the file.
        :param arguments: The task's arguments, rendered.
        :raises QAValidationError: One of them cannot be sent; the message names it.
        :raises QANotSupportedError: There is no such file.
        """
        return self._part(self.files.get(name), f"fetched as {name!r}").read(Given(arguments, self.vendor))

    def stop(self, client: Any, object_id: str) -> str:
        """Cancel an object and say in a few words what was done.

        :param client: The vendor's client.
        :param object_id: Id at the vendor.
        :raises QANotSupportedError: The vendor has no call for it.
        """
        return self._part(self.cancel, "cancelled", object_id)(client, object_id)

    def _part(self, part: T | None, done: str, object_id: str | None = None) -> T:
        if part is None:
            raise QANotSupportedError(
                f"a {self.noun} cannot be {done}",
                vendor=self.vendor,
                object_id=object_id,
                outcome="Nothing was sent",
            )
        return part


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """A vendor. Found by its name: one of the built-in ones, or one of another distribution's entry point.

    :param client: The client; its ``vendor`` and ``title`` are those of the vendor, its ``routes`` the operations.
    :param form: How a connection is read.
    :param kinds: The kinds of objects.
    :param listings: The lists.
    :param events: What the calls of its webhooks tell; the first that fits a call is meant.
    :param secrets: Operations whose answer is a secret, which goes into no XCom, to what to do in their place.
    :param secret_names: Names of fields and arguments whose values are secrets, beside those that are called so.
    :param guesses: What the docs leave open, to be compared with the OpenAPI file of a tenant.
    :param url: The vendor's documentation.
    """

    client: type[VendorClient]
    form: type[ConnectionForm[Any]]
    kinds: tuple[Kind, ...] = ()
    listings: tuple[Listing, ...] = ()
    events: tuple[Event, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    secret_names: tuple[str, ...] = ()
    guesses: tuple[Guess, ...] = ()
    url: str = ""

    @property
    def name(self) -> str:
        """Vendor in lower case."""
        return self.client.vendor

    @property
    def title(self) -> str:
        """Name of the vendor for people."""
        return self.client.title

    def kind(self, name: str) -> Kind | None:
        """Return a kind of object, ``None`` when there is none of that name.

        :param name: ``vendor.object``.
        """
        return next((kind for kind in self.kinds if kind.name == name), None)

    def listing(self, name: str) -> Listing:
        """Return a list.

        :param name: Such as ``issues``.
        :raises QAValidationError: There is none of that name.
        """
        found = next((one for one in self.listings if one.name == name), None)
        if found is None:
            known = ", ".join(one.name for one in self.listings)
            raise QAValidationError(
                f"{self.title} has no list {name!r}",
                vendor=self.name,
                outcome="Nothing was sent",
                hint=f"Its lists are {known or 'none'}",
            )
        return found

    def event_of(self, call: Mapping[str, Any]) -> Event | None:
        """Return the event that a webhook's call tells of, ``None`` when it is none that is known.

        :param call: The JSON object that the call has brought.
        """
        return next((event for event in self.events if event.is_told_by(call)), None)

    def made_by(self, operation: str) -> Kind | None:
        """Return the kind that an operation creates, ``None`` when it creates nothing that could be recognised.

        :param operation: Client operation, ``resource.method``.
        """
        return next((kind for kind in self.kinds if operation in kind.made_by), None)
