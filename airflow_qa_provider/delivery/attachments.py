"""Which reports travel in the mail and which are linked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit

from airflow_qa_provider.delivery.policies import AttachPolicy, LinkUrl
from airflow_qa_provider.delivery.recipients import NOTHING_SENT, header_safe
from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.reports.manifest import Manifest

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_UNITS = ("bytes", "KB", "MB", "GB", "TB")
_BASE64_LINE = 76


@dataclass(frozen=True)
class Item:
    """One report in a mail."""

    manifest: Manifest
    name: str
    """File name, unique in the mail."""
    link: str | None
    """Where the file can be had when it is not attached: the given base, else the vendor's link."""
    attached: bool = False


def list_items(manifests: Sequence[Manifest], link_url: LinkUrl) -> list[Item]:
    """Return the reports with the names and links that they get in the mail.

    :param manifests: The reports, in the order of the mail.
    :param link_url: Template such as ``"https://files.example.com/{path}"``, or a mapping of file names to addresses.
        A template knows ``{name}``, ``{path}`` (of the URI, without scheme and bucket), ``{sha256}`` and ``{vendor}``.
    :raises QAValidationError: A file name cannot stand in a header, or ``link_url`` makes no http(s) address.
    """
    names = _unique([_file_name(manifest["name"]) for manifest in manifests])
    return [
        Item(manifest, name, _given_link(link_url, manifest) or web_link(manifest["link"]))
        for manifest, name in zip(manifests, names, strict=True)
    ]


def choose_attachments(items: Sequence[Item], policy: AttachPolicy, limit: int, limit_name: str) -> list[Item]:
    """Decide what is attached. ``fit`` takes the reports in order, as long as they fit, and links the others.

    :param items: The reports.
    :param policy: ``"fit"``, ``"all"`` or ``"none"``.
    :param limit: Bytes that all attachments of a mail may have together, counted as they travel (base64).
    :param limit_name: What sets the limit, for the message.
    :raises QAValidationError: A report can neither be attached nor linked.
    """
    if policy == "all":
        chosen = [replace(item, attached=True) for item in items]
        if _attached_size(chosen) > limit:
            raise _too_large(items, items, limit, limit_name)
        return chosen
    chosen, room = [], limit if policy == "fit" else 0
    for item in items:
        size = encoded_size(item.manifest["bytes"])
        chosen.append(replace(item, attached=policy == "fit" and size <= room))
        room -= size if chosen[-1].attached else 0
    stranded = [item for item in chosen if not item.attached and item.link is None]
    if stranded and policy == "fit":
        raise _too_large(items, stranded, limit, limit_name)
    if stranded:
        raise QAValidationError(
            f'attach="none" links every report, and there is no link to {_listed(stranded)}',
            outcome=NOTHING_SENT,
            hint='Set link_url, for example "https://files.example.com/{name}"',
        )
    return chosen


def encoded_size(size: int) -> int:
    """Return the bytes that a file takes in a mail: base64 in lines of 76 characters.

    :param size: Bytes of the file.
    """
    characters = (size + 2) // 3 * 4
    return characters + 2 * -(-characters // _BASE64_LINE)


def human_size(size: float) -> str:
    """Return a size for people, in units of 1024 as mail programs show them.

    :param size: Bytes.
    """
    unit = 0
    while size >= 1024 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.0f} {_UNITS[unit]}" if unit == 0 or size >= 100 else f"{size:.1f} {_UNITS[unit]}"


def web_link(link: str | None) -> str | None:
    """Return the address when a browser can open it, else ``None``.

    :param link: An address, or what was meant to be one.
    """
    if not link:
        return None
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    return link if parts.scheme in ("http", "https") and parts.netloc else None


def _attached_size(items: Sequence[Item]) -> int:
    return sum(encoded_size(item.manifest["bytes"]) for item in items if item.attached)


def _file_name(name: str) -> str:
    return re.sub(r"[/\\]", "_", header_safe(name, "the file name of a report")) or "report"


def _unique(names: Sequence[str]) -> list[str]:
    taken: set[str] = set()
    unique = []
    for name in names:
        path, candidate, number = PurePosixPath(name), name, 2
        while candidate.casefold() in taken:
            candidate, number = f"{path.stem} ({number}){path.suffix}", number + 1
        taken.add(candidate.casefold())
        unique.append(candidate)
    return unique


def _given_link(link_url: LinkUrl, manifest: Manifest) -> str | None:
    if not link_url:
        return None
    if isinstance(link_url, Mapping):
        url = link_url.get(manifest["name"])
    else:
        known = {
            "name": quote(manifest["name"], safe=""),
            # URIs of object storage are not percent-encoded: a "?" in them is part of a name
            "path": quote(manifest["uri"].partition("://")[2].partition("/")[2]),
            "sha256": manifest["sha256"],
            "vendor": manifest["vendor"] or "",
        }
        if unknown := set(_PLACEHOLDER.findall(link_url)) - known.keys():
            raise QAValidationError(
                f"link_url may hold {{{'}, {'.join(known)}}}, not {{{'}, {'.join(sorted(unknown))}}}",
                outcome=NOTHING_SENT,
            )
        url = _PLACEHOLDER.sub(lambda match: known[match[1]], link_url)
    if url is not None and web_link(header_safe(url, "link_url")) is None:
        raise QAValidationError(f"link_url gives {url[:200]!r}, which is no http(s) address", outcome=NOTHING_SENT)
    return url


def _listed(items: Sequence[Item]) -> str:
    return ", ".join(f"{item.name} ({human_size(item.manifest['bytes'])})" for item in items)


def _too_large(items: Sequence[Item], stranded: Sequence[Item], limit: int, limit_name: str) -> QAValidationError:
    total = sum(encoded_size(item.manifest["bytes"]) for item in items)
    return QAValidationError(
        f"the reports take {human_size(total)} as attachments (base64 adds a third) and {limit_name} is "
        f"{human_size(limit)}: {_listed(stranded)} cannot be sent",
        outcome=NOTHING_SENT,
        hint='Link what does not fit (attach="fit" with link_url, for example "https://files.example.com/{name}"), '
        "raise max_attachment_bytes if the mail server takes more, or deliver fewer reports per task",
    )
