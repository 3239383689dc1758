"""The folded state of one message and its row in the file: what appending changes, and how it is read back."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from inspector.callbacks.facts import Facts
from inspector.callbacks.findings import Remark
from inspector.callbacks.lifecycle import Arrival, Identity, Lifecycle, Transition, transition
from inspector.callbacks.problems import Severity
from inspector.callbacks.status import Status
from inspector.session.values import dump_foreign, storable_integer, stored_integer

STRIP_LENGTH: Final = 16
LARGE: Final = 16_384
"""Characters from which a message is `large`."""

_CHANGING: Final = (
    "project_id, to_number, from_number, body, number_of_segments, status, terminal, error_code, error_message, "
    "custom_variables, first_received, last_received, last_transition, delivered_after, callbacks, invalid, strip, "
    "codes, severity"
)
INSERT_MESSAGE: Final = f"INSERT INTO messages (row, id, {_CHANGING}) VALUES ({','.join('?' * 21)})"
UPDATE_MESSAGE: Final = f"UPDATE messages SET ({_CHANGING}) = ({','.join('?' * 19)}) WHERE row = ?"
"""Not INSERT OR REPLACE: that would write the index of ids anew with every callback, at a place of chance."""

SEVERITIES: Final = {Severity.INFO: 1, Severity.WARNING: 2, Severity.ERROR: 3}


@dataclass(slots=True)
class StoredMessage:
    """The folded state of one message with the counters of its row."""

    row: int
    id: str
    lifecycle: Lifecycle
    first_received: int
    last_received: int
    callbacks: int = 0
    invalid: int = 0
    codes: dict[str, None] = field(default_factory=dict)
    severity: int = 0
    large: bool = False
    """Whether it has so much text that it is not worth holding: it is read again when it is needed."""

    def as_row(self) -> tuple[Any, ...]:
        """The values of every column, as `INSERT_MESSAGE` takes them."""
        return (self.row, self.id, *self._changing())

    def as_update(self) -> tuple[Any, ...]:
        """The same for `UPDATE_MESSAGE`."""
        return (*self._changing(), self.row)

    def _changing(self) -> tuple[Any, ...]:
        life = self.lifecycle
        identity, current = life.identity, life.current
        code, message = life.error or (None, None)
        variables = life.custom_variables
        return (
            identity.project_id,
            identity.to,
            identity.from_,
            identity.body,
            storable_integer(identity.number_of_segments),
            None if current is None else current.status.value,
            int(current is not None and current.status.terminal),
            code,
            message,
            None if variables is None else dump_foreign(variables),
            self.first_received,
            self.last_received,
            life.latest_arrival,
            life.delivered_after(),
            self.callbacks,
            self.invalid,
            life.strip(STRIP_LENGTH),
            joined_codes(self.codes),
            self.severity,
        )

    def add(self, arrival: Arrival) -> tuple[Transition | None, list[Remark]]:
        new, remarks = self.lifecycle.add(arrival)
        self.callbacks += 1
        self.invalid += not arrival.valid
        self.first_received = min(self.first_received, arrival.received)
        self.last_received = max(self.last_received, arrival.received)
        for one in remarks:
            self.codes[one.code.value] = None
            self.severity = max(self.severity, SEVERITIES[one.severity])
        return new, remarks

    @property
    def status_word(self) -> str:
        """The status as the tallies name it."""
        return self.lifecycle.status or "none"


def load(connection: sqlite3.Connection, message_id: str) -> StoredMessage | None:
    """The state of a message as its rows tell it, or None when the file has none with this id."""
    stored = connection.execute(
        "SELECT row, project_id, to_number, from_number, body, number_of_segments, custom_variables, "
        "first_received, last_received, callbacks, invalid, codes, severity FROM messages WHERE id = ?",
        (message_id,),
    ).fetchone()
    if stored is None:
        return None
    row, project_id, to, from_, body, segments, variables, first, last, callbacks, invalid, codes, severity = stored
    life = Lifecycle(Identity(project_id, to, from_, body, stored_integer(segments)))
    life.custom_variables = None if variables is None else json.loads(variables)
    known = connection.execute(
        "SELECT status, timestamp, received, seq, transition, error_code, error_message FROM callbacks "
        "WHERE message = ? AND valid AND status NOTNULL "
        "AND (transition OR error_code NOTNULL OR error_message NOTNULL) ORDER BY seq",
        (row,),
    )
    for status, timestamp, received, seq, is_transition, error_code, error_message in known:
        one = transition(Status(status), timestamp, received, seq)
        life.restore(one, Facts(error_code=error_code, error_message=error_message), is_new=bool(is_transition))
    names = dict.fromkeys(codes.strip(",").split(",")) if codes else {}
    large = len(body or "") + len(variables or "") > LARGE
    return StoredMessage(row, message_id, life, first, last, callbacks, invalid, names, severity, large)


def joined_codes(codes: Iterable[str]) -> str:
    """The column `codes`: each with a comma before and after, so that one can be looked for."""
    text = ",".join(codes)
    return f",{text}," if text else ""
