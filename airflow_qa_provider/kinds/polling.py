"""What a vendor contributes to waiting: how to look at its objects, and how to cancel one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

from airflow_qa_provider.exceptions import (
    QAApiError,
    QAAuthenticationError,
    QAConfigurationError,
    QAConflictError,
    QAConnectError,
    QAError,
    QANotFoundError,
    QAPermissionError,
    QARateLimitError,
    QARequestRejectedError,
    QAResponseError,
    QATLSError,
)
from airflow_qa_provider.kinds.snapshot import Snapshot
from airflow_qa_provider.rest.redaction import redact

log = logging.getLogger(__name__)

T = TypeVar("T")

Statuses = dict[str, Snapshot | QAError]
"""For each id what was seen, or why it could not be seen; one bad id harms no other."""

Poll = Callable[[Any, Collection[str], float], Statuses]
"""Asks where objects of one kind stand, all of them with as few requests as the vendor allows.

It takes the vendor's client, the ids (those that could be seen last time first), and the wall-clock time in seconds at
which the oldest of the waits began. It raises a QAError where the vendor could not be asked at all.
"""

# answers about one object, from a vendor that is well
_ABOUT_ONE = (QANotFoundError, QARequestRejectedError, QAConflictError)
# the next object would get the same answer
_ABOUT_ALL = (QAAuthenticationError, QARateLimitError, QAConnectError, QATLSError, QAConfigurationError)
# anything else may be one broken object, or the vendor: two in a row are taken for the vendor
_ENOUGH_IN_A_ROW = 2


def poll_each(get: Callable[[str], T], ids: Iterable[str]) -> dict[str, T | QAError]:
    """Ask for one id after the other, in the given order.

    What is wrong with one object stays with it. When the vendor itself cannot be asked, the rest is not tried and gets
    the same error; what was seen before that is kept. That one object may not be seen says nothing about the rest, even
    beside another that is broken: 403 becomes an error that refuses nothing.

    :param get: Returns the snapshot of an id, or what else is seen there.
    :param ids: The ids.
    """
    looks: dict[str, T | QAError] = {}
    in_a_row = 0
    stopped_by: QAError | None = None
    for object_id in ids:
        if stopped_by is not None:
            looks[object_id] = stopped_by
            continue
        try:
            looks[object_id] = get(object_id)
            in_a_row = 0
        except _ABOUT_ONE as error:
            looks[object_id] = error
            in_a_row = 0
        except Exception as error:
            looks[object_id] = failure = as_qa_error(error)
            in_a_row += 1
            if in_a_row == _ENOUGH_IN_A_ROW or isinstance(error, _ABOUT_ALL) or failure.retry_after is not None:
                stopped_by = _not_refused(failure)
    return looks


def poll_all(poll: Poll, client: Any, ids: Collection[str], since: float) -> Statuses:
    """Return a look at every id, whatever goes wrong.

    :param poll: How to look.
    :param client: The vendor's client.
    :param ids: Ids at the vendor.
    :param since: Wall-clock time in seconds at which the oldest of the waits began.
    """
    try:
        looks = poll(client, ids, since)
        return {object_id: _checked(looks.get(object_id)) for object_id in ids}
    except Exception as error:
        # a 404 for all comes from a list, and says nothing about what should be in it
        return dict.fromkeys(ids, not_gone(as_qa_error(error)))


def doubted(looks: Statuses, witness: Callable[[], object]) -> Statuses:
    """Return looks in which 404 is believed only from a vendor that is there at all.

    A gateway whose service restarts, or a wrong base URL, answers 404 for everything.

    :param looks: What was seen.
    :param witness: Asks the vendor for something that always exists; only called when nothing but 404 was seen.
    """
    if not looks or not all(isinstance(seen, QANotFoundError) for seen in looks.values()):
        return looks
    try:
        witness()
    except (QAAuthenticationError, QAPermissionError):  # an answer of the vendor's own
        return looks
    except Exception as error:
        return dict.fromkeys(looks, not_gone(as_qa_error(error)))
    return looks


def not_gone(error: QAError) -> QAError:
    """Return an error that says nothing about an object, where a 404 came from something that always exists.

    :param error: What went wrong.
    """
    return _plain(error) if isinstance(error, QANotFoundError) else error


def _not_refused(error: QAError) -> QAError:
    return _plain(error) if isinstance(error, QAPermissionError) else error


def _plain(error: QAError) -> QAError:
    facts = {name: value for name, value in vars(error).items() if name != "message"}
    return QAApiError(error.message, **facts)


def as_qa_error(error: Exception) -> QAError:
    """Return an error of this package for any error.

    :param error: What went wrong while looking; an answer of an undreamt-of shape, a secrets backend that is away.
    """
    if isinstance(error, QAError):
        return error
    log.warning("Unexpected error while looking", exc_info=error)
    return QAResponseError(f"unexpected {type(error).__name__} while looking: {redact(str(error))[:300]}")


def _checked(seen: object) -> Snapshot | QAError:
    if isinstance(seen, (Snapshot, QAError)):
        return seen
    return QAResponseError(f"the look brought {type(seen).__name__} in place of what was asked for")
