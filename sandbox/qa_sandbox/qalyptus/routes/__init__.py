"""All routes of the Qalyptus app, group by group as the vendor's documentation has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qa_sandbox.qalyptus.routes import catalogue, contents, status, tasks, users
from qa_sandbox.qalyptus.routes.operation import Operation

GROUPS: Mapping[str, Iterable[Operation]] = {
    "API keys": tuple(catalogue.API_KEYS),
    "Conditions": contents.CONDITIONS,
    "Filters": contents.FILTERS,
    "Groups": catalogue.GROUPS,
    "Identity provider": tuple(catalogue.IDENTITY_PROVIDERS),
    "Licenses": catalogue.LICENSES,
    "Organizations": catalogue.ORGANIZATIONS,
    "Projects": catalogue.PROJECTS,
    "Reports": contents.REPORTS,
    "Status": status.STATUS,
    "Storage services": tuple(catalogue.STORAGE_SERVICES),
    "Tasks": tasks.TASKS,
    "Users": users.USERS,
}
