"""Who may do what with an object."""

from __future__ import annotations

from collections.abc import Iterable

from qa_sandbox.qalyptus.models.permissions import MemberRequestDto, PermissionDto
from qa_sandbox.qalyptus.state.collection import Row
from qa_sandbox.qalyptus.state.parts import Parts

FLAGS = tuple(PermissionDto.model_fields)
EVERYTHING: Row = dict.fromkeys(FLAGS, True)
READING: Row = {name: name.startswith("view") for name in FLAGS}


class Permissions(Parts):
    """Permissions of members, by object."""

    kind = "member-permission"
    noun = "member permission"

    def grant(self, object_id: str, member_id: str, flags: Row) -> None:
        """Set the permissions of a user or group, whether it has some or not."""
        held = next((part for part in self.of(object_id) if part["memberID"] == member_id), None)
        self.save(object_id, held["id"] if held else None, {"memberID": member_id, "permissions": dict(flags)})

    def grant_all(self, object_id: str, members: Iterable[MemberRequestDto], flags: PermissionDto) -> None:
        """Set the same permissions for several members."""
        found = [self.store.member(member.id)["id"] for member in members]
        for member_id in found:
            self.grant(object_id, member_id, flags.model_dump())

    def hand_over(self, old_id: str, new_id: str) -> None:
        """Give a member's permissions to another, who keeps what it was allowed before."""
        for object_id in self._parts:
            held = {part["memberID"]: part for part in self.of(object_id)}
            old, new = held.get(old_id), held.get(new_id)
            if old is None:
                continue
            before = new["permissions"] if new else dict.fromkeys(FLAGS, False)
            self.grant(object_id, new_id, {name: before[name] or old["permissions"][name] for name in FLAGS})
            self.remove(object_id, [old["id"]])

    def view(self, part: Row) -> Row:
        """Describe a member's permissions on the wire."""
        member = self.store.member(part["memberID"])
        return {
            "id": part["id"],
            "memberID": member["id"],
            "name": member["name"],
            "type": member["type"],
            "permissions": dict(part["permissions"]),
        }
