"""
Fault rules: which requests go wrong, and how.

A scenario is a list of rules, in a file (JSON or YAML) or as plain data. One rule::

    {"vendor": "monitorqa", "method": "GET", "path": "^/audit/complete", "first": 2, "last": 4,
     "fault": {"status": 429, "retry_after": 2}}
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

FIRST_PAGE = {"pageNumber": "1", "page": "1", "offset": "0", "lastEvaluatedKey": ""}


@dataclass(frozen=True)
class Fault:
    """
    What goes wrong. Members combine; a delay comes first.

    :param status: answer with this status instead of the app
    :param body: body of that answer: text as it is, anything else as JSON; default: an empty body
    :param headers: extra headers of that answer
    :param retry_after: adds ``Retry-After`` with this many seconds
    :param retry_after_date: adds ``Retry-After`` as an HTTP date this many seconds from now
    :param html: answer with an HTML sign-in page instead of the app (status 200 unless given)
    :param commit: let the app handle the request before its answer is replaced by ``status`` or ``html``
    :param commit_late: answer ``status`` (502 unless given) at once, and let the app handle the request so many seconds
        later, by the sandbox clock
    :param list_lag: lists show what the request made only so many seconds later, by the sandbox clock; asking for it
        by id works at once
    :param delay: seconds to wait before anything else
    :param reset_before: drop the TCP connection before the app sees the request
    :param reset_after: let the app handle the request, then drop the connection without an answer
    :param truncate: send only this many bytes of the body, then close; Content-Length stays
    :param slow: send the body at this many bytes per second
    :param drip: send the body byte by byte, with this many seconds between two
    :param duplicate_content_length: send ``Content-Length`` twice, as some proxies do
    :param date_skew: the ``Date`` header is this many seconds ahead of the time, or behind when negative
    :param expire_token: hide the credentials from the app, which then answers its own 401
    :param duplicate_page: answer page 1 whatever page was asked for
    """

    status: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_after: float | None = None
    retry_after_date: float | None = None
    html: bool = False
    commit: bool = False
    commit_late: float | None = None
    list_lag: float | None = None
    delay: float = 0.0
    reset_before: bool = False
    reset_after: bool = False
    truncate: int | None = None
    slow: float | None = None
    drip: float | None = None
    duplicate_content_length: bool = False
    date_skew: float = 0.0
    expire_token: bool = False
    duplicate_page: bool = False

    def __post_init__(self) -> None:
        for spec in fields(self):
            value = getattr(self, spec.name)
            _require(spec.default is not False or isinstance(value, bool), spec.name, "true or false", value)
        _require(self.status is None or _is_int(self.status, 200, 599), "status", "200 to 599", self.status)
        _require(_is_number(self.delay, 0, 3600), "delay", "0 to 3600 seconds", self.delay)
        _require(self.truncate is None or _is_int(self.truncate, 0, 1 << 40), "truncate", "bytes", self.truncate)
        _require(self.slow is None or _is_number(self.slow, 1, 1e12), "slow", "bytes per second, 1 or more", self.slow)
        for name in ("retry_after", "retry_after_date", "commit_late", "list_lag", "drip"):
            value = getattr(self, name)
            _require(value is None or _is_number(value, 0, 1e9), name, "seconds", value)
        _require(_is_number(self.date_skew, -1e9, 1e9), "date_skew", "seconds", self.date_skew)
        _require(isinstance(self.headers, Mapping), "headers", "a mapping", self.headers)
        for header in self.headers.items():
            _require(all(map(_is_header_text, header)), "headers", "one line of Latin-1 each", header)
        _require(self.body is None or _is_json(self.body), "body", "text or JSON", self.body)
        if self.commit and self.status is None and not self.html:
            raise ValueError("Fault commit needs status or html: it says what replaces the app's answer.")

    @property
    def replaces_answer(self) -> bool:
        """Whether the app's own answer is not sent."""
        return self.status is not None or self.html or self.commit_late is not None


@dataclass(frozen=True)
class Rule:
    """
    Which requests a fault applies to. Requests are counted per rule, from 1, among those that match.

    :param vendor: vendor name; default: every vendor
    :param method: HTTP method; default: every method
    :param path: regular expression searched in the path; default: every path
    :param nth: only the nth matching request
    :param first: from this matching request on
    :param last: up to and including this matching request
    :param times: stop after the fault has applied this often
    """

    fault: Fault
    id: str
    vendor: str | None = None
    method: str | None = None
    path: str = ""
    nth: int | None = None
    first: int = 1
    last: int | None = None
    times: int | None = None

    def __post_init__(self) -> None:
        for name in ("nth", "first", "last", "times"):
            value = getattr(self, name)
            _require(value is None or _is_int(value, 1, 1 << 40), name, "1 or more", value)
        for name in ("vendor", "method"):
            value = getattr(self, name)
            _require(value is None or isinstance(value, str), name, "text", value)
        try:
            re.compile(self.path)
        except (re.error, TypeError) as error:
            raise ValueError(f"Scenario path {self.path!r} is not a regular expression: {error}.") from error

    @classmethod
    def parse(cls, raw: Any, rule_id: str) -> Rule:
        if not isinstance(raw, Mapping):
            raise ValueError(f"A scenario rule is a mapping, not {type(raw).__name__}.")
        values = dict(raw)
        fault = values.pop("fault", None)
        if isinstance(fault, str):
            fault = {fault: True}
        if not isinstance(fault, Fault):
            fault = _build(Fault, fault, "fault")
        values.setdefault("id", rule_id)
        values["id"] = str(values["id"])
        rule: Rule = _build(cls, {**values, "fault": fault}, "scenario rule")
        return rule

    def matches(self, vendor: str, method: str, path: str) -> bool:
        """Whether a request counts for this rule."""
        return (
            self.vendor in (None, vendor)
            and (self.method is None or self.method.upper() == method.upper())
            and re.search(self.path, path) is not None
        )

    def applies_to(self, count: int, fired: int) -> bool:
        """Whether the fault applies to the matching request with this number."""
        if self.times is not None and fired >= self.times:
            return False
        if self.nth is not None:
            return count == self.nth
        return count >= self.first and (self.last is None or count <= self.last)

    def as_dict(self) -> dict[str, Any]:
        """Return the rule as plain data, without what is left at its default."""
        return {**_changed(self, skip=("fault",)), "fault": _changed(self.fault)}


@dataclass
class _Entry:
    rule: Rule
    count: int = 0
    fired: int = 0


@dataclass
class Scenario:
    """The rules in force; the first that applies to a request wins. Safe to use from several threads."""

    entries: list[_Entry] = field(default_factory=list)
    _made: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, raw: Any) -> Rule:
        return self.add_all([raw])[0]

    def add_all(self, raws: Iterable[Any]) -> list[Rule]:
        """Add rules, all or none."""
        with self._lock:
            numbered = enumerate(raws, self._made + 1)
            rules = [raw if isinstance(raw, Rule) else Rule.parse(raw, f"rule-{number}") for number, raw in numbered]
            self._made += len(rules)
            self.entries.extend(_Entry(rule) for rule in rules)
            return rules

    def remove(self, rule_id: str) -> bool:
        """Remove a rule and say whether there was one."""
        with self._lock:
            kept = [entry for entry in self.entries if entry.rule.id != rule_id]
            removed = len(kept) < len(self.entries)
            self.entries = kept
            return removed

    def clear(self) -> None:
        with self._lock:
            self.entries = []

    def pick(self, vendor: str, method: str, path: str) -> Rule | None:
        """Count a request and return the rule that applies to it, if any."""
        chosen: Rule | None = None
        with self._lock:
            for entry in self.entries:
                if not entry.rule.matches(vendor, method, path):
                    continue
                entry.count += 1
                if chosen is None and entry.rule.applies_to(entry.count, entry.fired):
                    entry.fired += 1
                    chosen = entry.rule
        return chosen

    def describe(self) -> list[dict[str, Any]]:
        """Return the rules as plain data, with how many requests matched and how often each applied."""
        with self._lock:
            return [{**e.rule.as_dict(), "matched": e.count, "applied": e.fired} for e in self.entries]


def read_scenario(path: str | Path) -> tuple[list[Any], list[Any]]:
    """
    Read a scenario file.

    :param path: a JSON or YAML file: a list of rules, or a mapping with ``rules`` and ``outcomes``
    :return: the rules and the outcomes, not yet parsed
    """
    text = Path(path).read_text(encoding="utf-8")
    if Path(path).suffix.lower() in (".yaml", ".yml"):
        import yaml

        try:
            raw = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ValueError(f"Scenario file {path} is not YAML: {error}") from error
    else:
        try:
            raw = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"Scenario file {path} is not JSON: {error}") from error
    if isinstance(raw, list):
        return raw, []
    if isinstance(raw, dict) and set(raw) <= {"rules", "outcomes"}:
        return list(raw.get("rules") or []), list(raw.get("outcomes") or [])
    raise ValueError(f"Scenario file {path} must hold a list of rules, or a mapping with rules and outcomes.")


def _build(cls: Any, values: Any, what: str) -> Any:
    if not isinstance(values, Mapping) or not values:
        raise ValueError(f"A {what} is a non-empty mapping, not {values!r}.")
    known = {item.name for item in fields(cls)}
    unknown = sorted(str(name) for name in values if name not in known)
    if unknown:
        raise ValueError(f"Unknown {what} member {', '.join(unknown)}; known: {', '.join(sorted(known))}.")
    return cls(**values)


def _changed(item: Any, skip: Iterable[str] = ()) -> dict[str, Any]:
    shown = {}
    for spec in fields(item):
        value = getattr(item, spec.name)
        default = {} if spec.name == "headers" else spec.default
        if spec.name not in skip and value != default:
            shown[spec.name] = dict(value) if isinstance(value, Mapping) else value
    return shown


def _is_int(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_number(value: Any, low: float, high: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high


def _is_header_text(value: Any) -> bool:
    text = str(value)
    return text.isprintable() and text == text.encode("latin-1", "ignore").decode("latin-1")


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True


def _require(good: bool, name: str, expected: str, value: Any) -> None:
    if not good:
        raise ValueError(f"Scenario member {name} must be {expected}, not {value!r}.")
