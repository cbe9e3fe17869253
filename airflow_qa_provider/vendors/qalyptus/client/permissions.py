"""The permissions of Qalyptus Cloud: 42 switches, all optional (source: "PermissionDto")."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypedDict

from airflow_qa_provider.rest.parameters import camel_case
from airflow_qa_provider.vendors.qalyptus.client.rules import check


class Permissions(TypedDict, total=False):
    """What a member may do; a switch that is left out is not sent.

    Switches of other kinds of objects than the one they are set on are accepted too: the docs list all 42 everywhere.
    """

    view_project: bool

    view_report: bool
    create_report: bool
    use_report: bool
    edit_report: bool
    subscribe_report: bool
    run_report: bool
    delete_report: bool
    set_permissions_report: bool
    duplicate_report: bool
    move_report: bool

    view_filter: bool
    create_filter: bool
    use_filter: bool
    edit_filter: bool
    delete_filter: bool
    duplicate_filter: bool
    move_filter: bool
    set_permissions_filter: bool

    view_condition: bool
    create_condition: bool
    use_condition: bool
    edit_condition: bool
    delete_condition: bool
    set_permissions_condition: bool
    duplicate_condition: bool
    move_condition: bool

    view_task: bool
    create_task: bool
    edit_task: bool
    run_task: bool
    delete_task: bool
    set_permissions_task: bool
    duplicate_task: bool
    move_task: bool

    view_folder_content: bool
    create_folder_content: bool
    edit_folder_content: bool
    download_folder_content: bool
    delete_folder_content: bool
    duplicate_folder_content: bool
    move_folder_content: bool


WIRE_NAMES = {name: camel_case(name) for name in Permissions.__annotations__}
"""Our name to the vendor's, for every switch."""


_BOTH = {**WIRE_NAMES, **{wire: wire for wire in WIRE_NAMES.values()}}


def permissions_body(permissions: Permissions | Mapping[str, Any] | str) -> dict[str, bool]:
    """Return permissions under the vendor's names.

    :param permissions: The switches that are to be set, in the vendor's spelling or ours; JSON text of them; or a
        member's permissions as the vendor answers them, of which only the switches are taken.
    :raises QAValidationError: An unknown name, or a value that is not a boolean.
    """
    read = check.mapping(permissions, "permissions")
    answered = "id" in read
    if answered and isinstance(read.get("permissions"), Mapping):
        read = dict(read["permissions"])
    body: dict[str, bool] = {}
    for name, allowed in read.items():
        if name in _BOTH:
            body[_BOTH[name]] = check.flag(allowed, f"permissions[{name!r}]")
        elif not answered:
            near = get_close_matches(str(name), _BOTH, n=1)
            raise check.refused(
                f"permissions has no {name!r}",
                f"Did you mean {near[0]!r}?" if near else f"Known are {', '.join(WIRE_NAMES)}",
            )
    return body
