"""Qalyptus: API keys, organizations, groups, identity providers, storage services, users."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest

from qa_sandbox import Sandbox
from tests.sandbox.envelopes import UNKNOWN, data, error, in_days

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def ids(api: Any, path: str) -> list[str]:
    return [str(item["id"]) for item in data(api.get(path))]


def named(api: Any, path: str, name: str) -> dict[str, Any]:
    return next(dict(item) for item in data(api.get(path)) if item["name"] == name)


def test_api_key_opens_the_api_until_it_expires(sandbox: Sandbox, qalyptus: Any) -> None:
    body = {
        "name": "Airflow",
        "expiryDate": in_days(qalyptus, 1),
        "organizationID": ids(qalyptus, "/organizations")[0],
    }
    created = qalyptus.post("/api-keys", json=body)
    made = data(created)
    secret = made.pop("key")
    assert (made["name"], made["organization"]) == ("Airflow", "Fjordline Trading")
    assert data(qalyptus.get(f"/api-keys/{made['id']}")) == made, "no other answer shows the secret"
    assert secret not in qalyptus.get("/api-keys").text
    assert secret not in qalyptus.control("GET", "/state").text
    headers = {"Authorization": f"Bearer {secret}"}
    assert qalyptus.get("/users", headers=headers).status_code == 200
    changed = data(qalyptus.put(f"/api-keys/{made['id']}", json={"name": "DAGs", "description": "Ours"}))
    assert changed == {**made, "name": "DAGs", "description": "Ours"}
    sandbox.advance(24 * 3600)
    error(qalyptus.get("/users", headers=headers), 401)


def test_deleted_api_key_opens_nothing(qalyptus: Any) -> None:
    body = {"name": "A", "expiryDate": in_days(qalyptus, 90), "organizationID": ids(qalyptus, "/organizations")[0]}
    made = [data(qalyptus.post("/api-keys", json=body)) for _ in range(2)]
    assert made[0]["key"] != made[1]["key"]
    data(qalyptus.post("/api-keys/delete", json=[made[0]["id"]]))
    error(qalyptus.get("/users", headers={"Authorization": f"Bearer {made[0]['key']}"}), 401)
    assert qalyptus.get("/users", headers={"Authorization": f"Bearer {made[1]['key']}"}).status_code == 200


@pytest.mark.parametrize(
    "date", [-0.001, 0.0, 365.001, "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00", "soon", 1, None]
)
def test_api_key_expires_within_a_year(qalyptus: Any, date: Any) -> None:
    expiry = in_days(qalyptus, date) if isinstance(date, float) else date
    body = {"name": "A", "expiryDate": expiry, "organizationID": ids(qalyptus, "/organizations")[0]}
    error(qalyptus.post("/api-keys", json=body), 400)


def test_a_user_has_at_most_1000_api_keys(sandbox: Sandbox, qalyptus: Any) -> None:
    keys, fields = (
        sandbox.app("qalyptus").state.store.api_keys,
        dict(next(iter(sandbox.app("qalyptus").state.store.api_keys))),
    )
    del fields["id"]
    for _ in range(1000 - len(keys)):
        keys.add(**fields)
    body = {"name": "A", "expiryDate": in_days(qalyptus, 90), "organizationID": fields["organizationID"]}
    assert error(qalyptus.post("/api-keys", json=body), 409) == "Too many API keys"


def test_organization_round_trip(qalyptus: Any) -> None:
    made = data(qalyptus.post("/organizations", json={"displayName": "Fjordline Labs", "themeID": UNKNOWN}))
    assert (made["name"], made["description"]) == ("fjordline-labs", None)
    one = f"/organizations/{made['id']}"
    changed = data(qalyptus.put(one, json={"displayName": "Labs", "themeID": UNKNOWN, "description": "New"}))
    assert changed == {**made, "displayName": "Labs", "description": "New"}
    assert changed in data(qalyptus.get("/organizations/user")), "who makes it is a member"
    assert [item["name"] for item in data(qalyptus.get(f"{one}/members"))] == ["Ingrid Solberg"]
    default = next(item for item in data(qalyptus.get("/groups")) if item["organizationID"] == made["id"])
    assert (default["name"], default["isDefault"], default["members"]) == ("All users", True, 1)
    data(qalyptus.delete(one))
    error(qalyptus.get(one), 404)
    error(qalyptus.get(f"/groups/{default['id']}"), 404)


def test_organization_of_the_key_stays(qalyptus: Any) -> None:
    home, other = ids(qalyptus, "/organizations")
    assert error(qalyptus.post("/organizations/delete", json=[other, home]), 403) == "Organization in use"
    assert ids(qalyptus, "/organizations") == [home, other], "nothing is deleted"
    data(qalyptus.post("/organizations/delete", json=[other]))
    assert [item["name"] for item in data(qalyptus.get("/projects"))] == ["Sales", "Quality"]
    assert "Warehouse stock extract" not in {item["name"] for item in data(qalyptus.get("/reports"))}


def test_what_an_organization_holds(qalyptus: Any) -> None:
    home, other = ids(qalyptus, "/organizations")
    resources = data(qalyptus.get(f"/organizations/{other}/resources"))
    assert {(item["type"], item["name"]) for item in resources} == {
        ("report", "Warehouse stock extract"),
        ("filter", "Low stock"),
        ("condition", "Stock below minimum"),
        ("task", "Low stock alert"),
    }
    assert len(data(qalyptus.get(f"/organizations/{home}/members"))) == 6
    assert len(data(qalyptus.get(f"/organizations/{home}/qlik-apps"))) == 3


def test_sign_in_of_an_organization(qalyptus: Any) -> None:
    path, provider = (
        f"/organizations/{ids(qalyptus, '/organizations')[0]}/authentications",
        ids(qalyptus, "/identity-providers")[0],
    )
    assert data(qalyptus.get(path)) == {"qalyptusAuth": True, "identityProvider": None}
    body = {"qalyptusAuth": False, "identityProvider": provider}
    assert data(qalyptus.put(path, json=body)) == body == data(qalyptus.get(path))
    error(qalyptus.put(path, json={**body, "identityProvider": UNKNOWN}), 404, UNKNOWN)
    error(qalyptus.put(path, json={**body, "qalyptusAuth": "no"}), 400, "qalyptusAuth")
    assert error(qalyptus.delete(f"/identity-providers/{provider}"), 409) == "Identity provider in use"


def test_identity_provider_never_shows_its_secret(sandbox: Sandbox, qalyptus: Any) -> None:
    endpoints = {
        f"{name}Endpoint": "https://login.example.com" for name in ("authorization", "accessToken", "userinfo")
    }
    body = {"name": "Sign-in", "type": "OpenIDConnect", "clientID": "reports", **endpoints}
    made = data(qalyptus.post("/identity-providers", json={**body, "clientSecret": "hush"}))
    assert body.items() <= made.items()
    assert "clientSecret" not in made
    one = f"/identity-providers/{made['id']}"
    changed = data(qalyptus.put(one, json={**body, "name": "New", "logoutEndpoint": "https://login.example.com/out"}))
    assert (changed["name"], changed["type"], changed["logoutEndpoint"]) == (
        "New",
        "OpenIDConnect",
        "https://login.example.com/out",
    )
    assert data(qalyptus.get(one)) == changed
    assert sandbox.app("qalyptus").state.store.identity_providers.get(made["id"])["clientSecret"] == "hush", (
        "it is kept"
    )
    data(qalyptus.delete(one))
    error(qalyptus.get(one), 404)


def test_storage_services_can_be_changed_and_deleted_but_not_made(qalyptus: Any) -> None:
    first = data(qalyptus.get("/storage-services"))[0]
    body = {"name": "Vault", "type": "SFTP", "host": "vault.example.com", "password": "hush", "sftpPort": 2222}
    changed = data(qalyptus.put(f"/storage-services/{first['id']}", json=body))
    assert "password" not in changed
    assert (changed["name"], changed["sftpPort"], changed["username"]) == ("Vault", 2222, None)
    assert data(qalyptus.get(f"/storage-services/{first['id']}")) == changed
    answer = qalyptus.post("/storage-services", json=body)
    error(answer, 405)
    assert answer.headers["Allow"] == "GET"
    data(qalyptus.post("/storage-services/delete", json=ids(qalyptus, "/storage-services")))
    assert data(qalyptus.get("/storage-services")) == []


def test_groups_and_their_members(qalyptus: Any) -> None:
    people, home = ids(qalyptus, "/users"), ids(qalyptus, "/organizations")[0]
    made = data(qalyptus.post("/groups", json={"name": "Board", "organizationID": home}))
    assert (made["members"], made["isDefault"], made["organization"]) == (0, False, "Fjordline Trading")
    path = f"/groups/{made['id']}/members"
    members = data(qalyptus.put(path, json=people[:3]))
    assert [item["id"] for item in members] == people[:3]
    assert data(qalyptus.get(f"/groups/{made['id']}"))["members"] == 3
    assert "Board" in data(qalyptus.get(f"/users/{people[0]}"))["groups"]
    data(qalyptus.put(path, json=people[2:3]))
    assert [item["id"] for item in data(qalyptus.get(path))] == people[2:3]
    assert data(qalyptus.put(f"/groups/{made['id']}", json={"name": "Chairs"}))["name"] == "Chairs"
    assert error(qalyptus.delete(f"/groups/{named(qalyptus, '/groups', 'All users')['id']}"), 403) == "Default group"
    data(qalyptus.delete(f"/groups/{made['id']}"))
    assert "Chairs" not in data(qalyptus.get(f"/users/{people[2]}"))["groups"]


def test_added_user_is_a_recipient_in_the_default_groups(qalyptus: Any) -> None:
    licenses = {item["type"]: item for item in data(qalyptus.get("/licenses"))}
    body = {"firstName": "Marta", "lastName": "Kowalska", "organizations": ids(qalyptus, "/organizations")}
    made = data(qalyptus.post("/users", json=body))
    assert (made["name"], made["email"], made["license"]) == ("Marta Kowalska", None, "Recipient")
    assert made["groups"] == ["All users"]
    for organization in body["organizations"]:
        assert made["id"] in [item["id"] for item in data(qalyptus.get(f"/organizations/{organization}/members"))]
    after = {item["type"]: item for item in data(qalyptus.get("/licenses"))}
    assert after["Recipient"]["used"] == licenses["Recipient"]["used"] + 1
    assert after["Recipient"]["available"] == licenses["Recipient"]["available"] - 1
    assert after["Professional"] == licenses["Professional"]


def test_each_attribute_of_a_user(qalyptus: Any) -> None:
    path = f"/users/{ids(qalyptus, '/users')[-1]}"

    def update(kind: str, value: Any) -> dict[str, Any]:
        answer = data(qalyptus.put(path, json={"type": kind, "value": value}))
        assert answer == data(qalyptus.get(path))
        return dict(answer)

    assert update("Status", "Inactive")["status"] == "Inactive"
    assert update("license", "Professional")["license"] == "Professional"
    assert update("license", None)["license"] is None
    assert update("tenantAdminRole", "TenantAdmin")["tenantAdminRole"] == "TenantAdmin"
    assert update("organizationRoles", [{"role": "Developer"}])["organizationRoles"] == [{"role": "Developer"}]
    managers = named(qalyptus, "/groups", "Regional managers")["id"]
    assert update("groups", [managers])["groups"] == ["Regional managers"]
    home, other = ids(qalyptus, "/organizations")
    assert update("organizations", [other])["groups"] == ["All users"], "groups of other organizations are left"
    assert path[7:] not in [item["id"] for item in data(qalyptus.get(f"/organizations/{home}/members"))]


@pytest.mark.parametrize(
    ("kind", "value", "status"),
    [
        ("shoe size", 43, 400),
        ("status", None, 400),
        ("groups", "one", 400),
        ("groups", [1], 400),
        ("groups", [UNKNOWN], 404),
        ("organizations", [UNKNOWN], 404),
        ("organizationRoles", ["Developer"], 400),
        ("tenantAdminRole", True, 400),
    ],
)
def test_wrong_update_of_a_user_changes_nothing(qalyptus: Any, kind: str, value: Any, status: int) -> None:
    path = f"/users/{ids(qalyptus, '/users')[-1]}"
    before = data(qalyptus.get(path))
    error(qalyptus.put(path, json={"type": kind, "value": value}), status)
    assert data(qalyptus.get(path)) == before


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Ingrid Solberg", "cannot delete themselves"),
        ("Pieter de Vries", "tenant owner"),
        ("Sofia Almeida", "Transfer them first"),
    ],
)
def test_users_that_cannot_be_deleted(qalyptus: Any, name: str, reason: str) -> None:
    path = f"/users/{named(qalyptus, '/users', name)['id']}"
    assert error(qalyptus.delete(path), 403, reason) == "Deletion forbidden"
    last = ids(qalyptus, "/users")[-1]
    error(qalyptus.post("/users/delete", json=[last, path[7:]]), 403, reason)
    assert data(qalyptus.get(f"/users/{last}")), "all or none"


def test_transferred_user_can_be_deleted(qalyptus: Any) -> None:
    old, new = (named(qalyptus, "/users", name)["id"] for name in ("Sofia Almeida", "Camille Laurent"))
    body = {"newUserID": new, "transferContent": True, "transferPermissions": True}
    owned = next(item for item in data(qalyptus.get("/reports")) if item["owner"] == old)
    permissions = f"/reports/{owned['id']}/permissions"
    held = next(item for item in data(qalyptus.get(permissions)) if item["memberID"] == old)
    assert error(qalyptus.post(f"/users/{new}/transfer", json=body), 400) == "Same user"
    assert data(qalyptus.post(f"/users/{old}/transfer", json={**body, "transferContent": False})) is None
    error(qalyptus.delete(f"/users/{old}"), 403)
    data(qalyptus.post(f"/users/{old}/transfer", json=body))
    assert data(qalyptus.get(f"/reports/{owned['id']}"))["owner"] == new
    after = {item["memberID"]: item["permissions"] for item in data(qalyptus.get(permissions))}
    assert old not in after
    assert after[new] == held["permissions"]
    data(qalyptus.delete(f"/users/{old}"))
    for path in ("/groups", "/tasks"):
        for item in data(qalyptus.get(path)):
            part = "members" if path == "/groups" else "recipients"
            assert "Sofia Almeida" not in qalyptus.get(f"{path}/{item['id']}/{part}").text


def test_invited_users(qalyptus: Any) -> None:
    body = {
        "emails": ["a@example.com", "b@example.com"],
        "tenantAdminRole": "TenantAdmin",
        "organizations": [{"role": "Viewer"}],
    }
    made = data(qalyptus.post("/users/invite", json=body))
    assert [item["email"] for item in made] == body["emails"]
    assert {(item["status"], item["tenantAdminRole"]) for item in made} == {("Invited", "TenantAdmin")}
    assert made == data(qalyptus.get("/users"))[-2:]
    error(qalyptus.post("/users/invite", json={"emails": ["c@example.com", "nobody"]}), 400, "nobody")
    assert made == data(qalyptus.get("/users"))[-2:]


def filled_template(api: Any, *people: tuple[Any, ...]) -> bytes:
    answer = api.get("/users/import/template")
    assert answer.headers["Content-Type"] == XLSX
    assert answer.headers["Content-Disposition"] == 'attachment; filename="import-users-template.xlsx"'
    workbook = openpyxl.load_workbook(io.BytesIO(answer.content))
    for row in people:
        workbook.active.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def import_file(api: Any, content: bytes, name: str = "people.xlsx", field: str = "file") -> Any:
    return api.post("/users/import", files={field: (name, content, XLSX)})


def test_template_filled_in_is_imported(qalyptus: Any) -> None:
    rows = [
        ("Marta", "Kowalska", "marta.kowalska@example.com", "Fjordline Trading; fjordline-logistics"),
        (),
        ("Jonas", "Berg", None, None),
    ]
    made = data(import_file(qalyptus, filled_template(qalyptus, *rows), field="excelFile"))
    assert [(item["name"], item["email"]) for item in made] == [
        ("Marta Kowalska", "marta.kowalska@example.com"),
        ("Jonas Berg", None),
    ]
    assert made == data(qalyptus.get("/users"))[-2:]
    other = ids(qalyptus, "/organizations")[1]
    members = [item["name"] for item in data(qalyptus.get(f"/organizations/{other}/members"))]
    assert "Marta Kowalska" in members
    assert "Jonas Berg" not in members


@pytest.mark.parametrize(
    ("rows", "message"),
    [([("Marta", "", "m@example.com")], "Incomplete row"), ([("A", "B", "", "Nowhere Ltd")], "Unknown organization")],
)
def test_import_is_all_or_nothing(qalyptus: Any, rows: list[tuple[Any, ...]], message: str) -> None:
    before = ids(qalyptus, "/users")
    content = filled_template(qalyptus, ("Jonas", "Berg"), *rows)
    assert error(import_file(qalyptus, content), 400) == message
    assert ids(qalyptus, "/users") == before


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("people.csv", b"First name", "Unsupported file"),
        ("people.xls", b"\xd0\xcf\x11\xe0", "Unsupported file"),
        ("people.xlsx", b"", "Unreadable file"),
        ("people.xlsx", b"PK\x03\x04 broken", "Unreadable file"),
        ("people.xlsm", b"First name,Last name", "Unreadable file"),
    ],
)
def test_import_of_something_else(qalyptus: Any, name: str, content: bytes, message: str) -> None:
    assert error(import_file(qalyptus, content, name), 400) == message


def test_import_needs_a_file_with_the_headings(qalyptus: Any) -> None:
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    assert error(import_file(qalyptus, buffer.getvalue()), 400) == "Unexpected headings"
    assert error(qalyptus.post("/users/import", data={"file": "text"}), 400) == "No file"
    assert error(qalyptus.post("/users/import"), 400) == "No file"
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    error(qalyptus.post("/users/import", data=b"--y", headers=broken), 400)


def test_import_does_not_unpack_a_bomb(qalyptus: Any) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (17 * 1024 * 1024))
    assert error(import_file(qalyptus, buffer.getvalue()), 400) == "Unreadable file"
