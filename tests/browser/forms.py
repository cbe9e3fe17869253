"""The connections: what the form of each vendor asks for, and what its Test says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, expect

from airflow_qa_provider.get_provider_info import get_provider_info
from airflow_qa_provider.vendors import BUILT_IN, vendor_named
from tests.browser.window import Window

TYPES = {one["connection-type"]: one for one in get_provider_info()["connection-types"]}
REQUIRED = "(required)"
WRONG = "wrong-key"


def try_forms(window: Window, accounts: Mapping[str, Mapping[str, Any]], *, quick: bool) -> None:
    """Test the stored connections, look at their forms, and make others by hand, with the right key and a wrong one.

    :param accounts: Vendor to the fields of a connection that works.
    :param quick: Whether one wrong key is enough.
    """
    shown = Connections(window)
    for vendor in BUILT_IN:
        account = accounts[vendor]
        with window.step(f"The stored connection of {vendor}"):
            shown.open()
            shown.green(f"{vendor}_default", vendor)
            shown.look_at(f"{vendor}_default", vendor, account)
        with window.step(f"A connection of {vendor} made by hand"):
            shown.open()
            shown.make(f"{vendor}_by_hand", vendor, account)
            shown.green(f"{vendor}_by_hand", vendor)
        if not quick or vendor == "smartq":
            with window.step(f"A wrong key of {vendor}"):
                shown.open()
                shown.make(f"{vendor}_wrong", vendor, {**account, "password": WRONG})
                shown.red(f"{vendor}_wrong", vendor)


def accounts_of(connections: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The connections of the sandboxes by vendor."""
    return {one["conn_type"]: one for one in connections.values()}


class Connections:
    """The page with the connections."""

    def __init__(self, window: Window) -> None:
        self.window, self.page = window, window.page
        self.dialog = self.page.get_by_role("dialog")

    def open(self) -> None:
        self.window.open("connections?limit=100", "monitorqa_default")

    def row(self, conn_id: str) -> Locator:
        """The row of a connection, alone at the top, for messages cover what is below."""
        self.page.get_by_placeholder("Search Connections").fill(conn_id)
        rows = self.page.locator("tbody tr")
        expect(rows).to_have_count(1)
        return rows.filter(has=self.page.get_by_text(conn_id, exact=True))

    def green(self, conn_id: str, vendor: str) -> None:
        message = self._tested(conn_id, "success")
        good = message.startswith(vendor_named(vendor).title)
        self.window.problems.check(good, f"Test of {conn_id} is green: {message}")

    def red(self, conn_id: str, vendor: str) -> None:
        """The message of a wrong key is for people: what is wrong, and no id that Airflow makes anew for each Test."""
        message = self._tested(conn_id, "error")
        again = self._tested(conn_id, "error")
        readable = message.startswith(vendor_named(vendor).title) and "401" in message
        good = readable and "Traceback" not in message and WRONG not in message and message == again
        self.window.problems.check(good, f"Test of {conn_id} is red, twice the same: {message}")

    def _tested(self, conn_id: str, kind: str) -> str:
        """Press Test, and return the message, which has to be shown in the colour of its kind."""
        button = self.row(conn_id).get_by_role("button", name="Test Connection")
        with self.page.expect_response(lambda one: one.url.endswith("/connections/test")) as asked:
            button.click()
        message = str(asked.value.json().get("message", asked.value.text()))
        self.window.await_message(kind, message)
        self.window.picture(f"test-{conn_id}", at_once=True)
        return message

    def look_at(self, conn_id: str, vendor: str, account: Mapping[str, Any]) -> None:
        """What has to be filled in stands first, and is marked; no secret is anywhere."""
        self.row(conn_id).get_by_role("button", name="Edit Connection").click()
        expect(self._field("password")).to_be_visible()
        self.window.picture(f"form-{vendor}", at_once=True)
        labels = [one.strip() for one in self.dialog.locator("label:visible").all_inner_texts()]
        behaviour = TYPES[vendor]["ui-field-behaviour"]
        promised = [one for one in behaviour["relabeling"].values() if REQUIRED in one]
        parts = [one.strip() for one in self.dialog.locator("[data-part=item-trigger]").all_inner_texts()]
        own = [one for one in TYPES[vendor]["conn-fields"].values() if REQUIRED in one["schema"]["section"]]
        begins = parts[1].endswith(REQUIRED) == bool(own)
        marked = all(one in labels for one in promised)
        self.window.problems.check(marked and begins, f"The form of {vendor} has {promised} and then {parts[1]!r}")
        seen = self.page.content() + json.dumps(self.page.locator("input, textarea").evaluate_all(VALUES))
        found = [name for name, secret in _secrets(account).items() if secret in seen]
        self.window.problems.check(not found, f"The form of {vendor} shows no secret {found or ''}")
        self.page.keyboard.press("Escape")
        expect(self.dialog).to_be_hidden()

    def make(self, conn_id: str, vendor: str, account: Mapping[str, Any]) -> None:
        """Fill in the form by hand, and save it."""
        self.page.get_by_role("button", name="Add Connection").click()
        self._field("connection_id").fill(conn_id)
        kind = self.dialog.get_by_role("combobox").first
        kind.fill(vendor_named(vendor).title)
        self.page.get_by_role("option", name=vendor_named(vendor).title, exact=True).click()
        for name in ("host", "login", "password"):
            if account.get(name):
                self._field(name).fill(str(account[name]))
        self._field("port").fill(str(urlsplit(str(account["host"])).port))
        self.window.picture(f"filled-{conn_id}", at_once=True)
        for name, one in TYPES[vendor]["conn-fields"].items():
            if REQUIRED in one["schema"]["section"]:
                field = self._field(f"element_{name}")
                self.dialog.get_by_role("button", name=one["schema"]["section"]).click()
                field.fill(str(account["extra"][name]))
                self.window.picture(f"filled-{conn_id}-{name}", at_once=True)
        self.dialog.get_by_role("button", name="Save").click()
        expect(self.dialog).to_be_hidden()
        expect(self.row(conn_id)).to_be_visible()

    def _field(self, name: str) -> Locator:
        return self.dialog.locator(f"input[name={name}]")


VALUES = "all => all.map(one => one.value)"


def _secrets(account: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: str(value)
        for name, value in {"password": account.get("password"), **account.get("extra", {})}.items()
        if value and ("key" in name or "password" in name)
    }
