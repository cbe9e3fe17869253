"""The sums of one attempt: who has the mail, who has not, and what a person should know of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from airflow_qa_provider.delivery.recipients import Address
from airflow_qa_provider.exceptions import QADeliveryError

_NAMED = 20


@dataclass
class DeliveryReport:
    """Every recipient is in exactly one of these, by the end. Texts say why."""

    pending: list[Address] = field(default_factory=list)
    """Still to be served; at the end, those that were not reached because the batch was stopped."""
    delivered: dict[str, str] = field(default_factory=dict)
    """Accepted by the server in this attempt, with its answer."""
    already_delivered: list[str] = field(default_factory=list)
    """Served by an earlier attempt."""
    skipped: dict[str, str] = field(default_factory=dict)
    """Uncertain, and left as they are by policy."""
    uncertain: dict[str, str] = field(default_factory=dict)
    """Uncertain, and for a person to decide."""
    refused: dict[str, str] = field(default_factory=dict)
    """Refused for good (5xx)."""
    postponed: dict[str, str] = field(default_factory=dict)
    """Not taken this time (4xx, or the connection broke), and for the next attempt to serve."""
    stopped: str | None = None
    """Why the batch was stopped, when it was."""
    advice: str | None = None
    """What to do about that."""

    def stop(self, why: str, advice: str | None = None) -> None:
        """Stop the batch; who is pending stays so.

        :param why: What happened.
        :param advice: What to do about it.
        """
        self.stopped, self.advice = why, advice

    def failed(self, max_refused: int) -> bool:
        """Tell whether the task has to fail.

        :param max_refused: Recipients that may be refused for good all the same.
        """
        return bool(self.pending or self.uncertain or self.postponed) or len(self.refused) > max_refused

    def error(self, message_ids: Mapping[str, str]) -> QADeliveryError:
        """Return the error that says who was served, who was not and why, and what to do.

        :param message_ids: Message-ID by address, to look up those that are uncertain.
        """
        waiting = [address.email for address in self.pending]
        missing = len(self.refused) + len(self.postponed) + len(self.uncertain) + len(waiting)
        total = missing + len(self.delivered) + len(self.already_delivered) + len(self.skipped)
        reasons = [
            _sentence("Refused for good", _with_reasons(self.refused)),
            _sentence("Not taken this time", _with_reasons(self.postponed)),
            _sentence(
                "Uncertain", [f"{who} (Message-ID {message_ids[who]}: {why})" for who, why in self.uncertain.items()]
            ),
            _sentence(f"Not tried, because {self.stopped}", waiting),
        ]
        served = [
            _sentence("Delivered now", self.delivered),
            _sentence("Delivered by an earlier attempt", self.already_delivered),
            _sentence("Uncertain and left so by on_uncertain", self.skipped),
        ]
        error = QADeliveryError(
            f"{missing} of {total} recipients are not known to have the mail. {' '.join(filter(None, reasons))}",
            operation="delivery",
            outcome=" ".join(filter(None, served)) or (None if self.uncertain else "Nobody has the mail"),
            hint=self._hint([*self.refused, *self.postponed, *waiting]),
        )
        # a retry sends nothing to those who are uncertain
        error.permanent = not (self.refused or self.postponed or waiting)
        return error

    def _hint(self, retried: list[str]) -> str:
        parts = [f"{self.advice}."] if self.advice else []
        if retried:
            parts.append(f"A retry sends only to {_named(retried)}.")
        if self.refused:
            parts.append("Correct or remove the refused addresses in `to`, or allow for them with max_refused.")
        if self.uncertain:
            parts.append(
                ("A retry does not" if not retried else "It does not")
                + " send to the uncertain ones: look for their Message-ID in the mail server's log, then set "
                'on_uncertain="skip" if they have the mail or "repeat" if they do not, and clear the task.'
            )
        return " ".join(parts)


def _with_reasons(reasons: Mapping[str, str]) -> list[str]:
    return [f"{who} ({why})" for who, why in reasons.items()]


def _sentence(label: str, names: Iterable[str]) -> str:
    named = _named(list(names), "; " if any("(" in name for name in names) else ", ")
    return f"{label}: {named}." if named else ""


def _named(names: list[str], separator: str = ", ") -> str:
    more = len(names) - _NAMED
    return separator.join(names[:_NAMED]) + (f" and {more} more (see the task's log)" if more > 0 else "")
