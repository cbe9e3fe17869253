"""Audit objects, groups of them, and their attributes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qa_sandbox.monitorqa.errors import BusinessError
from qa_sandbox.monitorqa.state.base import Shelf
from qa_sandbox.monitorqa.state.people import Group, User
from qa_sandbox.monitorqa.wire import objects as wire

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.company import Company


@dataclass(eq=False)
class Site:
    """An audit object; ``assigned`` are pairs of attribute id and option id, in the order of assignment."""

    id: str
    name: str
    notes: str | None = None
    geo_address: wire.GeoAddress | None = None
    participant_users: tuple[User, ...] = ()
    participant_user_groups: tuple[Group, ...] = ()
    assigned: list[tuple[str, str]] = field(default_factory=list)


class Objects:
    def __init__(self, company: Company) -> None:
        self._company = company
        self.sites: Shelf[Site] = Shelf("Audit object", "audit-object")
        self.groups: Shelf[Group] = Shelf("Audit object group", "audit-object-group")
        self.attributes: Shelf[wire.AttributeDetails] = Shelf("Audit object attribute", "audit-object-attribute")

    def create(self, wanted: wire.AuditObjectBody) -> Site:
        return self.sites.add(Site(self._company.new_id("object"), wanted.name, wanted.notes, wanted.geo_address))

    def update(self, object_id: str, wanted: wire.AuditObjectBody) -> None:
        site = self.sites.get(object_id)
        site.name, site.notes, site.geo_address = wanted.name, wanted.notes, wanted.geo_address

    def delete(self, object_ids: Iterable[str]) -> None:
        """Delete audit objects, all or none. Their audits keep their names; schedules pass them over."""
        self.sites.remove(self.sites.known(object_ids))

    def assign(self, object_id: str, wanted: wire.Assignments) -> None:
        """Assign options; those assigned already and those unknown are ignored."""
        site = self.sites.get(object_id)
        for pair in ((item.attribute_id, item.option_id) for item in wanted.attributes):
            if pair not in site.assigned and self.option(*pair) is not None:
                site.assigned.append(pair)

    def unassign(self, object_id: str, wanted: wire.Assignments) -> None:
        """Take options away; unknown ones are ignored."""
        site = self.sites.get(object_id)
        doomed = {(item.attribute_id, item.option_id) for item in wanted.attributes}
        site.assigned = [pair for pair in site.assigned if pair not in doomed]

    def option(self, attribute_id: str, option_id: str) -> wire.OptionDetails | None:
        attribute = self.attributes.find(attribute_id)
        options = attribute.options if attribute else []
        return next((option for option in options if option.id == option_id), None)

    def create_attribute(self, wanted: wire.CreateAttribute) -> wire.AttributeDetails:
        options = [self._option(item) for item in wanted.options]
        _keep_one_default(options)
        return self.attributes.add(
            wire.AttributeDetails.of(wanted, id=self._company.new_id("attribute"), options=options)
        )

    def update_attribute(self, attribute_id: str, wanted: wire.UpdateAttribute) -> None:
        """Change an attribute: options with an id are changed, without one created, left out deleted."""
        attribute = self.attributes.get(attribute_id)
        given = [item.id for item in wanted.options if item.id is not None]
        if len(set(given)) < len(given) or not set(given) <= {option.id for option in attribute.options}:
            raise BusinessError("audit-object-attribute/option-not-found")
        attribute.name, attribute.options = wanted.name, [self._option(item, item.id) for item in wanted.options]
        _keep_one_default(attribute.options)
        self._drop_dead_assignments()

    def delete_attributes(self, attribute_ids: Iterable[str]) -> None:
        """Delete attributes and their assignments, all or none."""
        self.attributes.remove(self.attributes.known(attribute_ids))
        self._drop_dead_assignments()

    def _option(self, item: wire.NewOption, option_id: str | None = None) -> wire.OptionDetails:
        option_id = self._company.new_id("option") if option_id is None else option_id
        return wire.OptionDetails(id=option_id, name=item.name, is_default=bool(item.is_default))

    def _drop_dead_assignments(self) -> None:
        for site in self.sites:
            site.assigned = [pair for pair in site.assigned if self.option(*pair) is not None]


def _keep_one_default(options: list[wire.OptionDetails]) -> None:
    first = next((option for option in options if option.is_default), None)
    for option in options:
        option.is_default = option is first
