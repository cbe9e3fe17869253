"""What the Simplo IS docs leave open, in one place: authentication and the query parameters of lists.

The docs name the fields that can be sorted, filtered and embedded but not how to ask for it, and speak of a logged-in
user without saying how one logs in. The defaults below follow the docs' own words (``_meta.page``, ``_meta.per_page``,
"Sorting", "Embedded") and common practice. A connection can replace any of them in its extra, for example
``{"simplo": {"auth_header": "X-Api-Key", "auth_scheme": "", "filter_param": "{field}"}}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airflow_qa_provider.exceptions import QAConfigurationError
from airflow_qa_provider.rest.options import with_options

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_ONE_LINE = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True)
class Dialect:
    """Names of an installation; all inferred.

    :param auth_header: Header that carries the credentials.
    :param auth_scheme: Word before the token, or empty for the bare token.
    :param user_agent: ``User-Agent`` to send, for installations that let a "known client user agent" approve reports;
        empty for this package's own.
    :param page_param: Query parameter for the number of the page, from 1.
    :param per_page_param: Query parameter for the rows per page.
    :param sort_param: Query parameter for the fields to sort by.
    :param descending_prefix: Sign before a field that makes its order descending.
    :param filter_param: Query parameter for a filter; ``{field}`` stands for the name of the field.
    :param embed_param: Query parameter for the fields to embed.
    :param separator: Sign between several fields or values in one parameter.
    """

    auth_header: str = "Authorization"
    auth_scheme: str = "Bearer"
    user_agent: str = ""
    page_param: str = "page"
    per_page_param: str = "per_page"
    sort_param: str = "sort"
    descending_prefix: str = "-"
    filter_param: str = "filter[{field}]"
    embed_param: str = "embed"
    separator: str = ","

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Dialect:
        """Return the dialect with a connection's replacements.

        :param options: Names of the fields above to texts.
        :raises QAConfigurationError: An unknown name, or a text that cannot be used; the message names it.
        """
        dialect = with_options(cls(), options, "simplo")
        if not _HEADER_NAME.fullmatch(dialect.auth_header):
            raise _unusable("auth_header", dialect.auth_header, "the name of a header")
        for name in ("auth_scheme", "user_agent"):
            if not _ONE_LINE.fullmatch(getattr(dialect, name)):
                raise _unusable(name, getattr(dialect, name), "one line of ASCII characters")
        if "{field}" not in dialect.filter_param:
            raise _unusable("filter_param", dialect.filter_param, "a text with {field} in it")
        for name in ("page_param", "per_page_param", "sort_param", "embed_param"):
            if not getattr(dialect, name).strip():
                raise _unusable(name, getattr(dialect, name), "the name of a query parameter")
        return dialect

    def credentials(self, token: str) -> str:
        """Return the value of the header with the credentials."""
        return f"{self.auth_scheme} {token}".strip()

    def filter_name(self, field: str) -> str:
        """Return the query parameter that filters by a field."""
        return self.filter_param.replace("{field}", field)

    def descending(self, field: str) -> str:
        """Return how to ask for the descending order of a field."""
        return f"{self.descending_prefix}{field}"


def _unusable(name: str, value: str, wanted: str) -> QAConfigurationError:
    return QAConfigurationError(f"extra.simplo.{name} must be {wanted}, got {value!r}", vendor="simplo")
