"""What the message log of the REST API says, held against what the callbacks told."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from inspector.callbacks.status import Status
from inspector.callbacks.timestamps import utc_microseconds
from inspector.session.deaf import DeafWindow
from inspector.session.values import dump_foreign, storable

SENT_HERE: Final = "callback_inspector_sent_it"
"""A member of this program's own in the record of a message that it sent itself."""

LONGEST_WAIT: Final = 4 * 3600 * 1_000_000
"""Microseconds: a message may stay queued for four hours (the validity period unless the sender sets another)."""

ON_ITS_WAY: Final = 30 * 1_000_000
"""Microseconds. A message as young as this may have callbacks that are still to come."""

_STATUSES: Final = {one.value: one for one in Status}


class Outcome(StrEnum):
    """How the log and the callbacks go together."""

    AGREES = "agrees"
    BEHIND = "behind"
    """The log knows a later status than any callback told."""
    UNHEARD = "unheard"
    """No callback came at all."""
    AHEAD = "ahead"
    """A callback told a later status than the log shows."""
    DIFFERS = "differs"
    """Two outcomes that exclude each other."""


@dataclass(frozen=True, slots=True)
class LoggedRow:
    """An entry of the log beside the message of its id. Times in microseconds since 1970 (UTC), None where unknown.

    `row`, `ours` and `last_heard` are the message's row, its status and its newest callback; None without a message.
    `status_callback` is the address that the message was sent with, where a record names it; `sent_here`: by this
    program, so that the address was its own then.
    """

    id: str
    status: str | None
    created: int | None
    to: str
    from_: str
    error_code: str | None
    inbound: bool
    status_callback: str | None
    checked: int
    row: int | None
    ours: str | None
    last_heard: int | None
    sent_here: bool = False

    @property
    def outcome(self) -> Outcome:
        if self.row is None:
            return Outcome.UNHEARD
        return compared(self.status, self.ours)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the likely reason of a missed callback is found in."""

    deaf: Sequence[DeafWindow]
    public_url: str | None = None


def compared(logged: str | None, ours: str | None) -> Outcome:
    """What two status words say of one message. A word that is no status of this contract says nothing."""
    theirs, own = _STATUSES.get(logged or ""), _STATUSES.get(ours or "")
    if theirs is None:
        return Outcome.AGREES
    if own is None or theirs.rank > own.rank:
        return Outcome.BEHIND
    if theirs.rank < own.rank:
        return Outcome.AHEAD
    return Outcome.AGREES if theirs is own else Outcome.DIFFERS


def missed_in(row: LoggedRow, deaf: Sequence[DeafWindow]) -> DeafWindow | None:
    """The deaf window in which the callbacks that never came were probably sent: the first that can be it."""
    begin = row.created if row.last_heard is None else row.last_heard
    if begin is None:
        return None
    end = min(row.checked, begin + LONGEST_WAIT)
    return next((one for one in sorted(deaf, key=lambda one: one.since) if one.overlaps(begin, end)), None)


def went_elsewhere(row: LoggedRow, public_url: str | None) -> bool:
    """Whether the message was sent with the address of another receiver."""
    return not row.sent_here and other_address(row, public_url)


def other_address(row: LoggedRow, public_url: str | None) -> bool:
    """Whether the message was sent with another address than the public one now."""
    if row.status_callback is None or public_url is None:
        return False
    theirs, ours = urlsplit(row.status_callback), urlsplit(public_url)
    return (theirs.scheme, theirs.netloc.lower()) != (ours.scheme, ours.netloc.lower())


# -- in the session file, within a transaction of its owner ------------------------------------


def record(connection: sqlite3.Connection, records: Iterable[Mapping[str, Any]], checked: int) -> None:
    """Keep records of the API. What an earlier record of the same message said besides is kept with them: the answer
    to a message that was sent names its status_callback, the log does not."""
    for found in records:
        message_id = found.get("id")
        if not isinstance(message_id, str) or not message_id:
            continue
        message_id = storable(message_id)
        known = connection.execute("SELECT record FROM logged WHERE id = ?", (message_id,)).fetchone()
        whole = {**_object("{}" if known is None else known[0]), **found}
        connection.execute(
            "INSERT OR REPLACE INTO logged VALUES (?,?,?,?,?)",
            (
                message_id,
                _text(whole.get("status")),
                _text(whole.get("created_at")),
                dump_foreign(whole),
                checked,
            ),
        )


def logged_row(values: tuple[Any, ...]) -> LoggedRow:
    """Of the columns that LogReading selects."""
    message_id, status, created_at, record_text, checked, row, ours, last_heard = values
    found = _object(record_text)
    direction = _text(found.get("direction")) or ""
    return LoggedRow(
        message_id,
        status,
        created_moment(created_at),
        _text(found.get("to")) or "",
        _text(found.get("from")) or "",
        _text(found.get("error_code")),
        direction.startswith("inbound"),
        _text(found.get("status_callback_url")),
        checked,
        row,
        ours,
        last_heard,
        found.get(SENT_HERE) is True,
    )


def created_moment(text: Any) -> int | None:
    """Microseconds since 1970 of a record's `created_at`, or None."""
    try:
        return utc_microseconds(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, (dict, list)):
        return None
    return storable(str(value))
